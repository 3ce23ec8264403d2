"""A layer's numbers as the CRS detective read them, or the question that its user must answer.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.boundaries.candidates import HISTORIC_GEOGRAPHIC, Reading, land, metres, parse_reading
from gis.boundaries.columns import recognise
from gis.boundaries.detective import INSIDE_SHARE, detect
from gis.boundaries.fields import areas_m2
from gis.boundaries.placing import Placed, check_place
from gis.errors import GisError, Problem
from gis.vn2000 import to_vn2000

if TYPE_CHECKING:
    import pandas as pd

    from gis.boundaries.columns import Columns
    from gis.boundaries.detective import Verdict
    from gis.boundaries.evidence import Scene
    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact

# Measured areas stand by the drawn ones; legal ones may be decades older.
_AREAS: Final = ("measured_area_m2", "legal_area_m2")
_LEAST_KNOWN: Final = 5
_CHOICES_NAMED: Final = 6


def judge(raw: RawLayer, columns: Columns, scene: Scene, stated: str | None = None) -> Verdict:
    """What a layer's numbers mean: to be given to `check_parcels`, `check_zones`, `check_features`.

    Args:
        raw: The layer as its file holds it.
        columns: The recognition table, for the areas that the file states.
        scene: The project's CRS, place and loaded land.
        stated: What the user says, "EPSG:3405" or "EPSG:5897:swapped"; it goes before all else.

    Raises:
        UnknownCrsError: If `stated` names no CRS.
    """
    wanted = None if stated is None else parse_reading(stated)
    return detect(raw.frame.geometry, raw.frame.crs, _areas(raw, columns), scene, wanted)


def _areas(raw: RawLayer, columns: Columns) -> pd.Series | None:
    """The areas that the file states, by the first of its columns that states more than a few."""
    attributes = raw.frame.drop(columns="geometry")
    found, _ = recognise(attributes, raw.source, columns, (), _AREAS)
    for meaning in _AREAS:
        if meaning in found:
            values, _ = areas_m2(attributes[found[meaning]], raw, found[meaning])
            if values.notna().sum() >= _LEAST_KNOWN:
                return values
    return None


def placed_by(raw: RawLayer, epsg: int, verdict: Verdict) -> Placed:
    """A layer's vertices in a projected VN-2000 CRS, as a verdict reads them.

    Args:
        raw: The layer as its file holds it, with one feature at least.
        epsg: The projected VN-2000 CRS wanted.
        verdict: Of this layer.

    Returns:
        Without a planar geometry, and with the question, where the verdict chose none.
    """
    geometry = raw.frame.geometry
    reading = verdict.chosen
    if reading is None:
        asked = [_question(raw.source, verdict), *_withdrawn(raw.source, verdict)]
        return Placed(geometry, None, [*asked, *_shifted(raw.source, verdict)])
    if reading.withdrawn is not None:
        return Placed(geometry, None, [_withdrawn_problem(raw.source, reading)])
    told = [Problem(raw.source, message, facts, "warning") for message, facts in _told(verdict, reading)]
    with np.errstate(invalid="ignore"):
        stated = _as_read(geometry, reading)
        try:
            planar = _planar(stated, reading, epsg)
        except GisError as error:
            return Placed(stated, None, [*told, Problem(raw.source, error.message, error.facts)])
        place = check_place(raw, stated, planar)
    return Placed(stated, None if place else planar, [*told, *([place] if place else [])])


def placed_problem(problem: Problem, reading: Reading | None, epsg: int) -> Problem:
    """A problem whose shape is in its file's numbers, with that shape in a projected VN-2000 CRS.

    Args:
        problem: Told of a drawing before anybody knew where it lies.
        reading: Of the file's numbers; None leaves the shape out, as nobody knows its place.
        epsg: The projected VN-2000 CRS wanted.
    """
    shape = problem.shape
    if shape is None:
        return problem
    if reading is None or reading.withdrawn is not None:
        return replace(problem, shape=None)
    moved = shapely.transform(shapely.force_2d(shape), lambda xy: land(reading, xy, epsg))
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        return replace(problem, shape=None)
    area_m2 = moved.area if problem.area_m2 is not None and moved.area else problem.area_m2
    return replace(problem, shape=moved, area_m2=area_m2)


def _as_read(geometry: gpd.GeoSeries, reading: Reading) -> gpd.GeoSeries:
    """The geometry with its axes and unit as its CRS has them; the same bits where nothing differs."""
    shapes = geometry.to_numpy()
    if reading.swapped or reading.unit in {"km", "mm"}:
        shapes = shapely.transform(shapely.force_2d(shapes), lambda xy: metres(reading, xy))
    return gpd.GeoSeries(shapes, index=geometry.index, name=geometry.name, crs=reading.epsg)


def _planar(stated: gpd.GeoSeries, reading: Reading, epsg: int) -> gpd.GeoSeries:
    if HISTORIC_GEOGRAPHIC.get(reading.epsg, reading.epsg) == reading.epsg:
        return to_vn2000(stated, epsg)
    # By way of the datum's own degrees: EPSG has no other.
    plain = Reading(reading.epsg)
    moved = shapely.transform(shapely.force_2d(stated.to_numpy()), lambda xy: land(plain, xy, epsg))
    return gpd.GeoSeries(moved, index=stated.index, name=stated.name, crs=epsg)


def _told(verdict: Verdict, reading: Reading) -> list[tuple[str, dict[str, Fact]]]:
    """What a user must know of a choice, though the layer is used: message and facts."""
    told: list[tuple[str, dict[str, Fact]]] = []
    label, one = verdict.label, verdict.candidate(reading)
    own = label.reading if label else None
    if verdict.stated:
        if label is not None and own != reading:
            told.append(("problem.crs_stated_otherwise", {"found": label.name, "stated": reading.id}))
        if one is not None and one.inside < INSIDE_SHARE:
            km = one.distance_m / 1000 if math.isfinite(one.distance_m) else None
            told.append(("problem.crs_outside_place", {"crs": reading.id, "share": one.inside, "km": km}))
    elif own != reading:
        told.append(("problem.crs_found", {"found": label.name if label else None, "crs": reading.id}))
    elif not verdict.confirmed:
        rival = next((near for near in verdict.choices if near.reading != reading), None)
        if rival is not None:
            other, metres_off = rival.reading.name, rival.offset_m
            told.append(
                ("problem.crs_unconfirmed", {"crs": reading.id, "other": other, "metres": metres_off})
            )
    if one is not None and one.shift_m:
        told.append(("problem.crs_shifted", {"crs": reading.id, "metres": one.shift_m}))
    if label is not None and label.note and own == reading:
        told.append((label.note, {"found": label.name, "crs": reading.name}))
    if reading.accuracy_m:
        told.append(("problem.crs_inexact", {"crs": reading.name, "accuracy": reading.accuracy_m}))
    return told


def _question(source: str, verdict: Verdict) -> Problem:
    """Why nothing was chosen, and from what a user may choose."""
    declared = verdict.label.name if verdict.label else None
    choices = verdict.choices
    if not choices:
        nearest = verdict.candidates[0]
        km = nearest.distance_m / 1000 if math.isfinite(nearest.distance_m) else None
        facts = {"found": declared, "nearest": nearest.reading.name, "km": km}
        return Problem(source, "problem.crs_nowhere", dict(facts))
    named = ", ".join(one.id for one in choices[:_CHOICES_NAMED])
    facts = {"choices": named, "first": choices[0].id, "metres": _at_stake_m(verdict)}
    if declared is None:
        return Problem(source, "problem.crs_ask_missing", dict(facts))
    own = verdict.label.reading if verdict.label else None
    alone = own == choices[0].reading
    message = "problem.crs_ask_alone" if alone else "problem.crs_ask_label"
    return Problem(source, message, {"found": declared, **facts})


def _at_stake_m(verdict: Verdict) -> float | None:
    """How far off the land may be if the wrong one is chosen, metres; None where nobody can say."""
    own = verdict.label.reading if verdict.label else None
    rivals = [one for one in verdict.candidates if one in verdict.choices or one.reading == own]
    return max((one.offset_m for one in rivals if math.isfinite(one.offset_m)), default=None)


def _shifted(source: str, verdict: Verdict) -> list[Problem]:
    """That the first choice's land lies beside loaded land by one small shift: why it is not confirmed."""
    first = verdict.choices[0] if verdict.choices else None
    if first is None or not first.shift_m:
        return []
    facts: dict[str, Fact] = {"crs": first.id, "metres": first.shift_m}
    return [Problem(source, "problem.crs_shifted", facts, "warning")]


def _withdrawn(source: str, verdict: Verdict) -> list[Problem]:
    """The file's label, or the only reading that fits, where EPSG has withdrawn it."""
    own = verdict.label.reading if verdict.label else None
    first = verdict.candidates[0].reading if not verdict.choices else None
    named = [one for one in dict.fromkeys((own, first)) if one is not None and one.withdrawn is not None]
    return [_withdrawn_problem(source, one) for one in named]


def _withdrawn_problem(source: str, reading: Reading) -> Problem:
    facts = {"found": f"EPSG:{reading.epsg}", "instead": f"EPSG:{reading.withdrawn}"}
    return Problem(source, "error.crs_deprecated", dict(facts))
