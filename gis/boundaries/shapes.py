"""Geometry of a layer in the project's CRS, and why a layer or a feature has none that can be used.

A ring that crosses or repeats itself is repaired where all would agree on its area, or nearly, and each
repair is told with what it does to the area; where people would differ, its owner must say where the boundary
runs (`gis.boundaries.repair`). Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from shapely import GeometryType

from gis.boundaries.judging import placed_by
from gis.boundaries.placing import EAST_RANGE_M, NORTH_RANGE_M, centres, placed, within
from gis.boundaries.repair import opened, repair, unreadable_reason
from gis.errors import Problem
from gis.vn2000 import crs_name, require_vn2000

if TYPE_CHECKING:
    from gis.boundaries.detective import Verdict
    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact, Severity

_POLYGONS: Final = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_TYPE_NAMES: Final = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


def polygons(
    raw: RawLayer, epsg: int, declared_crs: object = None, verdict: Verdict | None = None
) -> tuple[gpd.GeoSeries, list[Problem]]:
    """The polygons of a layer in a projected VN-2000 CRS, in file order, missing where there is none.

    Args:
        raw: The layer as its file holds it.
        epsg: The projected VN-2000 CRS wanted.
        declared_crs: What the user says the CRS is, for a file that states none.
        verdict: What the numbers mean, where a detective judged them (`judging.judge`): it goes before
            what file and user state.

    Returns:
        Index as `raw.frame`; heights left out. Missing is every geometry that has no area to be trusted:
        absent, empty, undecodable, no polygon, invalid beyond repair, or far outside Vietnam. A problem
        names each, or the whole layer where one reason holds for all of it; a warning names each repair.

    Raises:
        UnknownCrsError: If `declared_crs` names no CRS.
        NotVn2000Error: If `epsg` is no projected VN-2000 CRS.
    """
    target = require_vn2000(epsg)
    problems: list[Problem] = []
    nothing = gpd.GeoSeries([None] * len(raw.frame), index=raw.frame.index, crs=target)
    if raw.frame.empty:
        return nothing, [Problem(raw.source, "problem.layer_empty")]
    raw = _opened(raw, problems)
    kinds = shapely.get_type_id(raw.frame.geometry.to_numpy())
    judged = verdict is not None and (verdict.stated or verdict.candidates)
    place = placed_by(raw, epsg, verdict) if verdict and judged else placed(raw, epsg, declared_crs)
    problems += place.problems
    if not np.isin(kinds, _POLYGONS).any() and not raw.unreadable:
        problems.append(
            Problem(raw.source, "problem.no_polygons", {"found": _kinds(kinds), "count": len(kinds)})
        )
    refused = any(problem.severity == "refused" for problem in problems)
    if place.planar is None or refused:
        return nothing, problems
    stated = place.stated
    with np.errstate(invalid="ignore"):
        usable, told = _usable_rows(raw, stated, place.planar)
    return usable, [*problems, *_left_out(raw.source, stated), *told]


def _opened(raw: RawLayer, problems: list[Problem]) -> RawLayer:
    """The layer with its collections of polygons alone as the polygons that they are, and each told."""
    shapes = raw.frame.geometry.to_numpy()
    rows = np.flatnonzero(shapely.get_type_id(shapes) == GeometryType.GEOMETRYCOLLECTION).tolist()
    found = {row: shape for row in rows if (shape := opened(shapes[row])) is not shapes[row]}
    if not found:
        return raw
    problems += [
        Problem(raw.feature(row), "problem.collection_opened", {"feature": row + 1}, "warning")
        for row in found
    ]
    whole = np.array([found.get(row, shape) for row, shape in enumerate(shapes)], dtype=object)
    geometry = gpd.GeoSeries(whole, index=raw.frame.index, crs=raw.frame.crs)
    return replace(raw, frame=raw.frame.set_geometry(geometry))


def _left_out(source: str, stated: gpd.GeoSeries) -> list[Problem]:
    """Heights (Z) and measures (M), which no area needs."""
    left = {
        "problem.heights_left_out": stated.has_z.any(),
        "problem.measures_left_out": shapely.has_m(stated.to_numpy()).any(),
    }
    return [Problem(source, message, severity="warning") for message, found in left.items() if found]


def _kinds(kinds: np.ndarray[Any, Any]) -> str:
    """How many of each type, as "Point 93372, LineString 4"; no geometry at all is a dash."""
    names = Counter("–" if kind < 0 else _TYPE_NAMES[kind] for kind in kinds)
    return ", ".join(f"{name} {count}" for name, count in names.most_common())


def _usable_rows(
    raw: RawLayer, stated: gpd.GeoSeries, planar: gpd.GeoSeries
) -> tuple[gpd.GeoSeries, list[Problem]]:
    """The polygons with what could be repaired, missing where refused; the problem of each, in file order."""
    shapes = planar.to_numpy(copy=True)
    reasons = _refusals(raw, stated, planar)
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    invalid[list(reasons)] = False
    problems = {
        row: Problem(raw.feature(row), message, facts | {"feature": row + 1})
        for row, (message, facts) in reasons.items()
    }
    for row in np.flatnonzero(invalid).tolist():
        done = repair(shapes[row])
        facts = {**done.facts, "feature": row + 1}
        severity: Severity = "refused" if done.shape is None else "warning"
        problems[row] = Problem(raw.feature(row), done.message, facts, severity, done.area_m2, done.where)
        shapes[row] = done.shape
    shapes[list(reasons)] = None
    usable = gpd.GeoSeries(shapes, index=planar.index, crs=planar.crs)
    return usable, [problems[row] for row in sorted(problems)]


def _refusals(
    raw: RawLayer, stated: gpd.GeoSeries, planar: gpd.GeoSeries
) -> dict[int, tuple[str, dict[str, Fact]]]:
    """Why a feature has no polygon in Vietnam at all, by row: message and facts of the first reason."""
    shapes = planar.to_numpy()
    missing, empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
    polygonal = np.isin(shapely.get_type_id(shapes), _POLYGONS)
    moved = centres(planar)
    # A vertex that is no number is the ring's fault, not the place's.
    points, owners = shapely.get_coordinates(shapes, return_index=True)
    endless = np.isin(np.arange(len(shapes)), owners[~np.isfinite(points).all(axis=1)])
    inside = endless | (within(moved[:, 0], EAST_RANGE_M) & within(moved[:, 1], NORTH_RANGE_M))
    reasons: dict[int, tuple[str, dict[str, Fact]]] = {}
    for row in np.flatnonzero(missing | empty | ~polygonal | ~inside).tolist():
        if row in raw.unreadable:
            reasons[row] = unreadable_reason(raw.unreadable[row])
        elif missing[row]:
            reasons[row] = ("problem.geometry_missing", {})
        elif empty[row]:
            reasons[row] = ("problem.geometry_empty", {})
        elif not polygonal[row]:
            reasons[row] = ("problem.not_polygon", {"found": shapes[row].geom_type})
        else:
            reasons[row] = ("problem.outside_vietnam", _place_facts(stated, row))
    return reasons


def _place_facts(stated: gpd.GeoSeries, row: int) -> dict[str, Fact]:
    point = shapely.get_coordinates(stated.iloc[row])[0]
    return {"east": float(point[0]), "north": float(point[1]), "crs": crs_name(stated.crs)}
