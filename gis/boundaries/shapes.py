"""Geometry of a layer in the project's CRS, and why a layer or a feature has none that can be used.

Nothing is repaired: a ring that crosses itself has no area that all would agree on, and its owner must say
where the boundary runs. Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely import GeometryType

from gis.boundaries.layers import declare_crs
from gis.errors import GisError, Problem, UnknownCrsError
from gis.vn2000 import crs_name, require_vn2000, to_vn2000

if TYPE_CHECKING:
    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact

# Where Vietnam's land lies in any VN-2000 projection, in metres, generously.
NORTH_RANGE_M: Final = (850_000, 2_650_000)
EAST_RANGE_M: Final = (-250_000, 1_150_000)
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
# "Self-intersection[588050 2201000]", as GEOS writes it.
_GEOS_REASON: Final = re.compile(r"(.+?)\[([-+0-9.e]+) ([-+0-9.e]+)(?: [-+0-9.e]+)?\]")
_RING_MESSAGES: Final = {
    "Self-intersection": "problem.ring_crosses_itself",
    "Ring Self-intersection": "problem.ring_touches_itself",
    "Hole lies outside shell": "problem.hole_outside",
    "Holes are nested": "problem.hole_in_hole",
    "Nested shells": "problem.part_in_part",
    "Interior is disconnected": "problem.interior_cut",
    "Duplicate Rings": "problem.ring_twice",
    "Too few points in geometry component": "problem.ring_too_short",
}


def polygons(raw: RawLayer, epsg: int, declared_crs: object = None) -> tuple[gpd.GeoSeries, list[Problem]]:
    """The polygons of a layer in a projected VN-2000 CRS, in file order, missing where there is none.

    Args:
        raw: The layer as its file holds it.
        epsg: The projected VN-2000 CRS wanted.
        declared_crs: What the user says the CRS is, for a file that states none.

    Returns:
        Index as `raw.frame`; heights left out. Missing is every geometry that has no area to be trusted:
        absent, empty, undecodable, no polygon, invalid, or far outside Vietnam. A problem names each, or
        the whole layer where one reason holds for all of it.

    Raises:
        UnknownCrsError: If `declared_crs` names no CRS.
        NotVn2000Error: If `epsg` is no projected VN-2000 CRS.
    """
    target = require_vn2000(epsg)
    problems: list[Problem] = []
    nothing = gpd.GeoSeries([None] * len(raw.frame), index=raw.frame.index, crs=target)
    if raw.frame.empty:
        return nothing, [Problem(raw.source, "problem.layer_empty")]
    stated = _stated_crs(raw, declared_crs, problems)
    kinds = shapely.get_type_id(raw.frame.geometry.to_numpy())
    if not np.isin(kinds, _POLYGONS).any() and not raw.unreadable:
        problems.append(
            Problem(raw.source, "problem.no_polygons", {"found": _kinds(kinds), "count": len(kinds)})
        )
    if stated.crs is None or any(problem.severity == "refused" for problem in problems):
        return nothing, problems
    try:
        with np.errstate(invalid="ignore"):
            planar = to_vn2000(stated, epsg)
    except GisError as error:
        return nothing, [*problems, Problem(raw.source, error.message, error.facts)]
    # A vertex that is no number is a reason to be named, not a warning of the processor.
    with np.errstate(invalid="ignore"):
        place = _check_place(raw, stated, planar)
        refused = {} if place else _row_problems(raw, stated, planar)
    if place is not None:
        return nothing, [*problems, place]
    if stated.has_z.any():
        problems.append(Problem(raw.source, "problem.heights_left_out", severity="warning"))
    usable = ~planar.index.isin(refused)
    return planar.where(usable, None), [*problems, *refused.values()]


def read_crs(text: object) -> CRS:
    """The CRS that a text or code names.

    Raises:
        UnknownCrsError: If it names none.

    >>> read_crs("EPSG:5899").to_epsg()
    5899
    """
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise UnknownCrsError(found=str(text)) from None


def _stated_crs(raw: RawLayer, declared_crs: object, problems: list[Problem]) -> gpd.GeoSeries:
    """The geometry with the file's CRS, else the declared one; a problem where neither is, or both differ."""
    own = raw.frame.crs
    if declared_crs is not None:
        declared = read_crs(declared_crs)
        if own is None:
            return declare_crs(raw, declared).frame.geometry
        if not own.equals(declared, ignore_axis_order=True):
            facts = {"found": crs_name(own), "declared": crs_name(declared)}
            problems.append(Problem(raw.source, "problem.crs_declared_otherwise", facts, "warning"))
    elif own is None:
        problems.append(Problem(raw.source, "problem.crs_missing"))
    return raw.frame.geometry


def _kinds(kinds: np.ndarray[Any, Any]) -> str:
    """How many of each type, as "Point 93372, LineString 4"; no geometry at all is a dash."""
    names = Counter("–" if kind < 0 else _TYPE_NAMES[kind] for kind in kinds)
    return ", ".join(f"{name} {count}" for name, count in names.most_common())


def _check_place(raw: RawLayer, stated: gpd.GeoSeries, planar: gpd.GeoSeries) -> Problem | None:
    """One reason why most of a layer cannot lie where its CRS says, else None."""
    given, moved = _centres(stated), _centres(planar)
    count = max(int(np.isfinite(given[:, 0]).sum()), 1)
    facts: dict[str, Fact] = {"crs": crs_name(stated.crs)}
    if stated.crs.is_geographic:
        beyond = (np.abs(given[:, 0]) > 180) | (np.abs(given[:, 1]) > 90)  # noqa: PLR2004  degrees
        if 2 * beyond.sum() > count:
            east, north = given[np.flatnonzero(beyond)[0]]
            return Problem(
                raw.source, "problem.not_degrees", facts | {"east": round(east), "north": round(north)}
            )
        return None
    # The smallest north of the country is larger than the east of any place that has such a north.
    swapped = _within(moved[:, 0], NORTH_RANGE_M) & (moved[:, 1] < NORTH_RANGE_M[0])
    if 2 * swapped.sum() > count:
        east, north = moved[np.flatnonzero(swapped)[0]]
        return Problem(
            raw.source, "problem.axes_swapped", facts | {"east": round(east), "north": round(north)}
        )
    return None


def _centres(shapes: gpd.GeoSeries) -> np.ndarray[Any, Any]:
    bounds = shapely.bounds(shapes.to_numpy())
    return np.column_stack([bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)])


def _within(values: np.ndarray[Any, Any], limits: tuple[float, float]) -> np.ndarray[Any, Any]:
    return (values >= limits[0]) & (values <= limits[1])


def _row_problems(raw: RawLayer, stated: gpd.GeoSeries, planar: gpd.GeoSeries) -> dict[int, Problem]:
    """The first reason why each refused feature has no usable polygon, by row, in file order."""
    shapes = planar.to_numpy()
    missing, empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
    polygonal = np.isin(shapely.get_type_id(shapes), _POLYGONS)
    moved = _centres(planar)
    inside = _within(moved[:, 0], EAST_RANGE_M) & _within(moved[:, 1], NORTH_RANGE_M)
    doubtful = missing | empty | ~polygonal | ~inside
    invalid = ~doubtful & ~shapely.is_valid(shapes)
    reasons: dict[int, tuple[str, dict[str, Fact]]] = {}
    for row in map(int, np.flatnonzero(doubtful | invalid)):
        if row in raw.unreadable:
            reasons[row] = ("problem.geometry_unreadable", {"reason": raw.unreadable[row]})
        elif missing[row]:
            reasons[row] = ("problem.geometry_missing", {})
        elif empty[row]:
            reasons[row] = ("problem.geometry_empty", {})
        elif not polygonal[row]:
            reasons[row] = ("problem.not_polygon", {"found": shapes[row].geom_type})
        elif not inside[row]:
            reasons[row] = ("problem.outside_vietnam", _place_facts(stated, row))
        else:
            reasons[row] = ring_reason(shapely.is_valid_reason(shapes[row]))
    return {
        row: Problem(raw.feature(row), message, facts | {"feature": row + 1})
        for row, (message, facts) in reasons.items()
    }


def _place_facts(stated: gpd.GeoSeries, row: int) -> dict[str, Fact]:
    point = shapely.get_coordinates(stated.iloc[row])[0]
    return {"east": float(point[0]), "north": float(point[1]), "crs": crs_name(stated.crs)}


def ring_reason(reason: str) -> tuple[str, dict[str, Fact]]:
    """The message and facts of a reason as GEOS gives it, with the place in the project's CRS.

    >>> ring_reason("Self-intersection[588050 2201000.5]")
    ('problem.ring_crosses_itself', {'east': 588050.0, 'north': 2201000.5})
    """
    match = _GEOS_REASON.fullmatch(reason)
    if match is None:
        return "problem.ring_invalid", {"reason": reason}
    words, east, north = match.groups()
    facts: dict[str, Fact] = {"east": float(east), "north": float(north)}
    message = _RING_MESSAGES.get(words)
    return (message, facts) if message else ("problem.ring_invalid", {"reason": words, **facts})
