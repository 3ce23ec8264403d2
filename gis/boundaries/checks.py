"""Zones, parcels and public features as a file has them -> checked frames.

The good rows come back with everything that is wrong beside them: each row of a layer is either in the
frame or named by a problem of severity "refused", or a problem refuses the whole layer.
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.boundaries.columns import recognise
from gis.boundaries.drawing import DRAWINGS
from gis.boundaries.fields import areas_m2, check_land_uses, land_uses, texts
from gis.boundaries.shapes import polygons
from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.boundaries.columns import Columns
    from gis.boundaries.detective import Verdict
    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact

UNIT_COLUMNS: Final = (
    "kind",
    "commune",
    "sheet",
    "number",
    "land_use",
    "legal_area_m2",
    "measured_area_m2",
    "name",
    "source",
)
UNIT_KEY: Final = ("commune", "sheet", "number")
ZONE_COLUMNS: Final = ("zone_id", "name", "source")
_AREA_MEANINGS: Final = ("legal_area_m2", "measured_area_m2")


class _Named(NamedTuple):
    """A text column of a layer, and the file's name for it."""

    values: pd.Series
    column: str


def check_parcels(
    raw: RawLayer,
    columns: Columns,
    epsg: int,
    commune_default: str | None = None,
    declared_crs: object = None,
    verdict: Verdict | None = None,
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """The parcels of a layer that can be used, and everything that is wrong with the others.

    Args:
        raw: The layer as its file holds it.
        columns: The recognition table.
        epsg: The project's projected VN-2000 CRS.
        commune_default: Old commune code of parcels whose file has no column for it.
        declared_crs: What the user says the CRS is, for a file that states none.
        verdict: What the numbers mean, where `judging.judge` said: it goes before what file and user state.

    Returns:
        A frame with `UNIT_COLUMNS` and `geometry`, index 0, 1, 2, ... of the good rows in file order, and
        the problems. Land-use codes stay as the file says, in capitals; legal and measured areas are NaN
        where the file has none.

    Raises:
        UnknownCrsError: If `declared_crs` names no CRS.
        NotVn2000Error: If `epsg` is no projected VN-2000 CRS.
    """
    required, optional = ("sheet", "number"), ("commune", "land_use", *_AREA_MEANINGS, "name")
    return _check_units(
        raw, columns, epsg, "parcel", (required, optional), commune_default, (declared_crs, verdict)
    )


def check_features(
    raw: RawLayer,
    columns: Columns,
    epsg: int,
    commune_default: str | None = None,
    declared_crs: object = None,
    verdict: Verdict | None = None,
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """The public features (roads, canals, water) of a layer; arguments and answer as of `check_parcels`.

    Their `sheet` is empty and their `number` is the code that the file gives them ("K01").
    """
    required, optional = ("code",), ("commune", "land_use", "name")
    return _check_units(
        raw, columns, epsg, "feature", (required, optional), commune_default, (declared_crs, verdict)
    )


def _check_units(
    raw: RawLayer,
    columns: Columns,
    epsg: int,
    kind: str,
    meanings: tuple[tuple[str, ...], tuple[str, ...]],
    commune_default: str | None,
    crs: tuple[object, Verdict | None],
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    shapes, problems = polygons(raw, epsg, *crs)
    attributes = raw.frame.drop(columns="geometry")
    found, missing = recognise(attributes, raw.source, columns, *meanings)
    missing = [_of_drawing(problem, raw) for problem in missing]
    problems += missing
    # Of no use as a whole: naming each feature too would bury the reason.
    if raw.frame.empty or missing or _is_whole(problems):
        return _empty_units(epsg), problems
    units = _unit_attributes(attributes, found, kind, commune_default).assign(source=_sources(raw))
    key_names = {"commune": found.get("commune"), "sheet": found.get("sheet")} | {
        "number": found.get("number") or found.get("code")
    }
    keys = [_Named(units[key], name or key) for key, name in key_names.items() if key != "sheet" or name]
    problems += _check_keys(raw, keys)
    problems += check_land_uses(units["land_use"], raw, columns)
    for meaning in _AREA_MEANINGS:
        if meaning in found:
            values, wrong = areas_m2(attributes[found[meaning]], raw, found[meaning])
            units = units.assign(**{meaning: values})
            problems += wrong
    frame = gpd.GeoDataFrame(units[list(UNIT_COLUMNS)], geometry=shapes, crs=shapes.crs)
    return _good(frame, problems), _at_stake(problems, shapes)


def _of_drawing(problem: Problem, raw: RawLayer) -> Problem:
    """A drawing has no columns to be named: its user says the sheet, its texts say the numbers."""
    wanted = {f"problem.column_missing_{name}" for name in ("sheet", "number")}
    if raw.driver in DRAWINGS and problem.message in wanted:
        return replace(problem, message=f"{problem.message}_drawing", facts={})
    return problem


def _unit_attributes(
    attributes: pd.DataFrame, found: dict[str, str], kind: str, commune_default: str | None
) -> pd.DataFrame:
    """The attributes of all rows, on the file's rows."""

    def column(meaning: str) -> pd.Series:
        if meaning not in found:
            return pd.Series("", index=attributes.index, dtype=str)
        return texts(attributes[found[meaning]])

    commune = column("commune")
    return pd.DataFrame(
        {
            "kind": pd.Series(kind, index=attributes.index, dtype=str),
            "commune": commune.where(commune != "", commune_default or ""),
            "sheet": column("sheet"),
            "number": column("number") if kind == "parcel" else column("code"),
            "land_use": land_uses(column("land_use")),
            "legal_area_m2": float("nan"),
            "measured_area_m2": float("nan"),
            "name": column("name"),
        }
    )


def check_zones(
    raw: RawLayer,
    columns: Columns,
    epsg: int,
    declared_crs: object = None,
    verdict: Verdict | None = None,
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """The zones of a layer that can be used, and everything that is wrong with the others.

    Args:
        raw: The layer as its file holds it; a zone of several parts is one multipart feature.
        columns: The recognition table.
        epsg: The project's projected VN-2000 CRS.
        declared_crs: What the user says the CRS is, for a file that states none.
        verdict: What the numbers mean, where `judging.judge` said: it goes before what file and user state.

    Returns:
        A frame with `name`, `source` and `geometry`, index `zone_id`, in file order, and the problems.

    Raises:
        UnknownCrsError: If `declared_crs` names no CRS.
        NotVn2000Error: If `epsg` is no projected VN-2000 CRS.
    """
    shapes, problems = polygons(raw, epsg, declared_crs, verdict)
    attributes = raw.frame.drop(columns="geometry")
    found, missing = recognise(attributes, raw.source, columns, ("zone_id",), ("name",))
    problems += missing
    if raw.frame.empty or missing or _is_whole(problems):
        return _empty_zones(epsg), problems
    zone_id = texts(attributes[found["zone_id"]])
    name = texts(attributes[found["name"]]) if "name" in found else zone_id
    problems += _check_keys(raw, [_Named(zone_id, found["zone_id"])])
    zones = pd.DataFrame(
        {"zone_id": zone_id, "name": name.where(name != "", zone_id), "source": _sources(raw)}
    )
    frame = gpd.GeoDataFrame(zones, geometry=shapes, crs=shapes.crs)
    return _good(frame, problems).set_index("zone_id"), _at_stake(problems, shapes)


def _sources(raw: RawLayer) -> pd.Series:
    """The place of each feature, by which a person finds it again."""
    return pd.Series([raw.feature(row) for row in raw.frame.index], index=raw.frame.index, dtype=str)


def _is_whole(problems: Sequence[Problem]) -> bool:
    """Whether a problem refuses the whole layer, not one feature of it."""
    return any(problem.severity == "refused" and "feature" not in problem.facts for problem in problems)


def _check_keys(raw: RawLayer, keys: Sequence[_Named]) -> list[Problem]:
    """Features without a whole key, and features that share one: each is named, none is preferred."""
    problems = []
    for values, column in keys:
        for row in np.flatnonzero(values == "").tolist():
            facts: dict[str, Fact] = {"column": column, "feature": row + 1}
            problems.append(Problem(raw.feature(row), "problem.key_missing", facts))
    table = pd.DataFrame({str(i): values for i, (values, _) in enumerate(keys)})
    shared = np.flatnonzero((table != "").all(axis=1) & table.duplicated(keep=False))
    # Row numbers by key, for the few rows that share one.
    places: dict[tuple[str, ...], list[int]] = {}
    for row, key in zip(shared.tolist(), table.iloc[shared].itertuples(index=False, name=None), strict=True):
        places.setdefault(key, []).append(row)
    for key, rows in places.items():
        for row in rows:
            other = next(one for one in rows if one != row)
            facts = {"key": " / ".join(key), "other": other + 1, "feature": row + 1}
            problems.append(Problem(raw.feature(row), "problem.key_twice", facts))
    return problems


def _at_stake(problems: Sequence[Problem], shapes: gpd.GeoSeries) -> list[Problem]:
    """The problems, those of a feature with its land: its polygon and square metres, where it has one."""
    areas_m2 = shapes.area
    told = []
    for problem in problems:
        row = int(problem.facts.get("feature") or 0) - 1
        if problem.shape is None and row >= 0 and shapes.iloc[row] is not None:
            told.append(replace(problem, shape=shapes.iloc[row], area_m2=float(areas_m2.iloc[row])))
        else:
            told.append(problem)
    return told


def _good(frame: gpd.GeoDataFrame, problems: Sequence[Problem]) -> gpd.GeoDataFrame:
    """The rows that no problem refuses, counted anew."""
    refused = {
        int(number) - 1
        for problem in problems
        if problem.severity == "refused" and (number := problem.facts.get("feature")) is not None
    }
    return frame[~frame.index.isin(refused)].reset_index(drop=True)


def check_same_keys(frame: gpd.GeoDataFrame, key: Sequence[str] = UNIT_KEY) -> list[Problem]:
    """Rows of several layers laid together that share a key; within one layer they were refused before.

    Args:
        frame: Units with `source`, or zones with `zone_id` as index or column.
        key: Columns or index names that make a key.
    """
    columns = frame.reset_index()
    twice = columns[columns.duplicated(list(key), keep=False)]
    problems = []
    for values, rows in twice.groupby(list(key), sort=False):
        sources = list(rows["source"])
        facts = {"key": " / ".join(map(str, values)), "other": sources[0]}
        problems += [Problem(source, "problem.key_in_two_files", facts) for source in sources[1:]]
    return problems


def _empty_units(epsg: int) -> gpd.GeoDataFrame:
    columns = {name: pd.Series(dtype="float64" if name in _AREA_MEANINGS else str) for name in UNIT_COLUMNS}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=epsg), crs=epsg)


def _empty_zones(epsg: int) -> gpd.GeoDataFrame:
    columns = {name: pd.Series(dtype=str) for name in ZONE_COLUMNS}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries([], crs=epsg), crs=epsg).set_index("zone_id")
