"""A drawing of lines, closed shapes and texts -> parcels with what stands written in them.

Every text that names a parcel ends in a polygon or in a problem. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely import Point

from gis.boundaries.linework import Faces, faces, place_facts
from gis.boundaries.noding import SAME_PLACE_M, square_metres
from gis.boundaries.parcel_labels import (
    ParcelText,
    Reading,
    parcel_text,
    read_label,
    sheet_in_name,
    sheet_in_title,
)
from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import LineString, MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from gis.errors import Fact

# GDAL drivers of files that hold lines and texts and no columns.
DRAWINGS: Final = frozenset({"DXF", "DGN"})
COLUMNS: Final = ("sheet", "number", "measured_area_m2", "land_use", "text")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a drawing: its words, its layer and the point where it is inserted."""

    words: str
    layer: str
    at: Point


@dataclass(frozen=True, slots=True)
class DrawingOptions:
    """What the user of a drawing may say of it.

    Args:
        lines: Layers or levels whose lines are boundaries; all if None.
        labels: Layers or levels whose texts are of parcels; all if None.
        sheet: Number of the map sheet; what the drawing says itself if None.
        close_m: The widest gap that is closed, in metres, at most 0.5; a millimetre if nothing was said.
    """

    lines: frozenset[str] | None = None
    labels: frozenset[str] | None = None
    sheet: str | None = None
    close_m: float = SAME_PLACE_M


@dataclass(frozen=True, slots=True, eq=False)
class Parcels:
    """What a drawing holds.

    Args:
        frame: Polygons in the drawing's coordinates, index 0, 1, 2, ..., with those of `COLUMNS` for which
            anything was found: an area is a text as it was written.
        problems: Everything that is wrong; of a polygon by its row, of the rest by its place.
        duplicates: Positions of lines and shapes that are drawn twice.
    """

    frame: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    duplicates: tuple[int, ...] = field(default=())


def parcels_of(
    drawn: Sequence[LineString | Polygon],
    texts: Sequence[Text],
    source: str,
    stem: str,
    options: DrawingOptions,
) -> Parcels:
    """The polygons that a drawing's lines bound, with the labels that stand in them.

    Args:
        drawn: Lines with some length and polygons, two-dimensional.
        texts: All texts of the drawing.
        source: File and layer, for the problems; a polygon's is "{source}, feature 12".
        stem: Name of the file without its ending, which may be the sheet's.
        options: What its user said.
    """
    found = faces(drawn, source, options.close_m)
    labels = [one for one in texts if options.labels is None or one.layer in options.labels]
    readings = [read_label(one.words, one.layer) for one in labels]
    inside, beside = _joined(found, labels)
    drawn_m2 = [square_metres(shape.area, found.unit_m) for shape in found.polygons]
    written = [
        parcel_text([readings[at] for at in sorted(inside.get(row, ()))], drawn_m2[row])
        for row in range(len(found.polygons))
    ]
    sheet, told = _sheet(texts, stem, source, options.sheet)
    frame = _frame(found, written, sheet)
    problems = [
        *found.problems,
        *told,
        *_label_problems(labels, readings, inside, beside, source),
        *_polygon_problems(found, written, drawn_m2, source),
    ]
    return Parcels(frame, tuple(problems), found.duplicates)


def _joined(found: Faces, labels: Sequence[Text]) -> tuple[dict[int, list[int]], dict[int, int]]:
    """Labels by the one polygon that they stand in, and how many polygons the other labels touch."""
    shapes = np.array([_valid(shape) for shape in found.polygons], dtype=object)
    points = np.array([one.at for one in labels], dtype=object)
    at, rows = shapely.STRtree(shapes).query(points, predicate="intersects")
    touched: dict[int, list[int]] = {}
    for label, row in zip(at.tolist(), rows.tolist(), strict=True):
        touched.setdefault(label, []).append(row)
    inside: dict[int, list[int]] = {}
    for label, polygons in touched.items():
        if len(polygons) == 1:
            inside.setdefault(polygons[0], []).append(label)
    beside = {at: len(touched.get(at, ())) for at in range(len(labels)) if len(touched.get(at, ())) != 1}
    return inside, beside


def _valid(shape: Polygon | MultiPolygon) -> BaseGeometry:
    """A shape in which points can be looked for, also where it crosses itself."""
    return shape if shape.is_valid else shapely.make_valid(shape)


def _frame(found: Faces, written: Sequence[ParcelText], sheet: str) -> gpd.GeoDataFrame:
    values = {
        "sheet": [sheet] * len(written),
        "number": [one.number for one in written],
        "measured_area_m2": [one.area for one in written],
        "land_use": [one.land_use for one in written],
        "text": [one.text for one in written],
    }
    columns = {name: values[name] for name in COLUMNS if any(values[name])}
    shapes = np.array(found.polygons, dtype=object)
    return gpd.GeoDataFrame(columns, index=range(len(written)), geometry=shapes)


def _sheet(texts: Sequence[Text], stem: str, source: str, given: str | None) -> tuple[str, list[Problem]]:
    """The sheet's number: its user's, else the one that title and file name agree on, and whence it came."""
    if given is not None:
        return given, []
    title, name = sheet_in_title(one.words for one in texts), sheet_in_name(stem)
    numbers = list(dict.fromkeys([*title, *([name] if name else [])]))
    if len(numbers) > 1:
        return "", [Problem(source, "problem.sheet_several", {"found": ", ".join(numbers)}, "warning")]
    if not numbers:
        return "", []
    message = "problem.sheet_from_title" if title else "problem.sheet_from_name"
    return numbers[0], [Problem(source, message, {"sheet": numbers[0]}, "warning")]


def _label_problems(
    labels: Sequence[Text],
    readings: Sequence[Reading],
    inside: dict[int, list[int]],
    beside: dict[int, int],
    source: str,
) -> list[Problem]:
    """Labels that name a parcel and stand in no polygon, or on the line between two.

    Where no text of a layer stands in a polygon, the layer's numbers are of something else (a legend, a
    grid): one warning tells their count.
    """
    joined = {labels[at].layer for rows in inside.values() for at in rows if readings[at].names_parcel}
    problems = []
    other: dict[str, list[int]] = {}
    for at, polygons in beside.items():
        if not readings[at].names_parcel:
            continue
        if labels[at].layer not in joined and joined:
            other.setdefault(labels[at].layer, []).append(at)
            continue
        number = " / ".join((*readings[at].numbers, *readings[at].whole))
        place = place_facts(labels[at].at)
        facts: dict[str, Fact] = {"number": number, "layer": labels[at].layer, **place}
        message = "problem.label_on_line" if polygons else "problem.label_outside"
        problems.append(Problem(source, message, facts, shape=labels[at].at))
    for layer, places in other.items():
        facts = {"layer": layer, "count": len(places), **place_facts(labels[places[0]].at)}
        where = shapely.multipoints([labels[at].at for at in places])
        problems.append(Problem(source, "problem.labels_elsewhere", facts, "warning", shape=where))
    return problems


def _polygon_problems(
    found: Faces, written: Sequence[ParcelText], drawn_m2: Sequence[float | None], source: str
) -> list[Problem]:
    """Polygons with no number, with several, with texts that could not be taken, and with others inside."""
    problems = []
    bare = [row for row, one in enumerate(written) if not one.number and not one.numbers]
    none = len(bare) == len(written)
    if none and written:
        area = None if None in drawn_m2 else sum(one or 0 for one in drawn_m2)
        facts: dict[str, Fact] = {"count": len(written), "area": area}
        problems.append(Problem(source, "problem.polygons_unlabelled", facts, "warning", area))
    for row, one in enumerate(written):
        wrong: list[tuple[str, dict[str, Fact]]] = []
        if row in found.cut_m2:
            wrong.append(("problem.island_cut", {"cut": found.cut_m2[row]}))
        if one.numbers:
            wrong.append(("problem.labels_several", {"numbers": ", ".join(one.numbers)}))
        if not one.number and not one.numbers and not none:
            wrong.append(("problem.polygon_unlabelled", {}))
        wrong += [(f"problem.label_{meaning}_unsure", {}) for meaning in one.unsure]
        shape = found.polygons[row]
        place = place_facts(shape.representative_point()) if wrong else {}
        for message, more in wrong:
            facts = {"feature": row + 1, "area": drawn_m2[row], **place, **more}
            problem = Problem(f"{source}, feature {row + 1}", message, facts, "warning", drawn_m2[row], shape)
            several = message == "problem.labels_several"
            problems.append(replace(problem, severity="refused") if several else problem)
    return problems
