"""Rings that cross, touch or repeat themselves: what they become, and what that does to the area.

Areas are told three ways of an invalid ring, and they differ only where people would differ too:

- by its vertices (the shoelace formula of each ring, shells less holes): what a CAD's area tool prints;
- by linework (`make_valid`, "linework"): a place that is enclosed twice counts as a hole;
- by structure (`make_valid`, "structure", of each ring): what a shell encloses at all belongs to the parcel,
  what a hole encloses does not.

Where the three agree the repair is told; where they differ a little it is told with both areas and their
difference; where they differ by more than a slip of the pen the feature is refused: its owner must say where
the boundary runs. Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely import GeometryCollection, GeometryType, LinearRing, LineString, MultiPolygon, Point, Polygon
from shapely.errors import GEOSException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

    from gis.errors import Fact

# Half of the 0.1 m² to which areas are shown and certified: a smaller change alone turns no printed digit.
SAME_AREA_M2: Final = 0.05
# Beyond a tenth of the parcel, or a sào of 500 m² (a family's field), the readings are two parcels, not one
# with a slip at a corner. A judgement of this project: no circular gives a limit.
DISPUTED_SHARE: Final = 0.1
DISPUTED_M2: Final = 500.0
# `make_valid` takes minutes of a tangle; what somebody drew crosses itself here and there.
MOST_CROSSINGS: Final = 10_000
_SAMPLE: Final = 200
_TRIANGLE: Final = 3  # corners that a ring needs
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
# What readers say of bytes that are no polygon, and what their user can do about it.
_UNREADABLE: Final = (
    (re.compile("closed linestring"), "problem.ring_not_closed"),
    (re.compile("number of points in LinearRing|point array must contain"), "problem.ring_few_points"),
    (re.compile("[Nn]onlinear|[Cc]urve|WKB type 1[0-2]"), "problem.curve_unreadable"),
)


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of an invalid polygon.

    Args:
        shape: The valid polygon, or None where it is refused.
        message: Id of the sentence that tells the repair or the refusal.
        facts: What that sentence names: the fault, its place, areas in square metres.
        area_m2: Land in question: what the readings differ by, or the most it can be where it is refused.
        where: The land in question for the map, None where no vertex can be shown.
    """

    shape: Polygon | MultiPolygon | None
    message: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    area_m2: float = 0.0
    where: BaseGeometry | None = None


def repair(shape: Polygon | MultiPolygon) -> Repair:
    """A valid polygon for an invalid one, with what it does to the area, or the reason why there is none.

    By structure, without what has collapsed: shells stay land and holes stay no land, as their owner drew
    them. Linework makes a hole of what is enclosed twice and land of a hole outside its shell, and leaves
    lines in the result; structure of the whole polygon makes land of such a hole too. `buffer(0)` drops
    whichever lobe of a bow-tie runs the other way round and says nothing.

    Args:
        shape: An invalid polygon in a planar CRS, in metres.

    Returns:
        With `shape`: "before" is the shoelace area of the input, "after" that of the repair, "change" is
        after less before. Without: the fault, and "least" and "most" of what the area may be.

    >>> eight = Polygon([(0, 0), (5, 5), (0, 10), (10, 10), (5, 5), (10, 0)])
    >>> done = repair(eight)
    >>> done.message, done.shape.area, done.facts["change"]
    ('problem.ring_repaired', 50.0, 0.0)
    """
    points = shapely.get_coordinates(shape)
    finite = np.isfinite(points).all(axis=1)
    # Never by `make_valid`: linework raises here, structure leaves the whole ring out and calls it valid.
    if not finite.all():
        return Repair(
            None,
            "problem.ring_not_finite",
            {"vertex": int(np.flatnonzero(~finite)[0]) + 1},
            where=_drawable(points[finite]),
        )
    once = without_repeats(shape)
    message, facts = ring_reason(shapely.is_valid_reason(shape))
    facts = {"east": float(points[0, 0]), "north": float(points[0, 1]), **facts}
    if once.is_valid:
        return _told(shape, once, "ring_twice", facts, (once.area,))
    crossings = _crossings(once)
    if crossings > MOST_CROSSINGS:
        return Repair(None, "problem.ring_tangled", {"count": crossings}, abs(shape.area), _drawable(points))
    try:
        by_lines = shapely.make_valid(once, method="linework").area
        repaired = _by_structure(once)
    except GEOSException as error:
        reason = " ".join(str(error).split())
        return Repair(
            None, "problem.ring_unrepairable", {"reason": reason}, abs(shape.area), _drawable(points)
        )
    readings = (once.area, by_lines, repaired.area)
    most_m2, least_m2 = max(readings), min(readings)
    if most_m2 <= SAME_AREA_M2:
        return Repair(None, "problem.ring_collapsed", facts, most_m2, _drawable(points))
    if most_m2 - least_m2 > min(DISPUTED_M2, DISPUTED_SHARE * most_m2):
        areas: dict[str, Fact] = {"least": max(least_m2, 0.0), "most": most_m2}
        return Repair(None, message, {**facts, **areas}, most_m2, _drawable(points))
    return _told(shape, repaired, message.removeprefix("problem."), facts, readings)


def _told(
    given: Polygon | MultiPolygon,
    repaired: Polygon | MultiPolygon,
    fault: str,
    facts: Mapping[str, Fact],
    readings: tuple[float, ...],
) -> Repair:
    before_m2, after_m2 = float(given.area), float(repaired.area)
    at_stake_m2 = max(*readings, before_m2) - min(*readings, before_m2)
    message = "problem.ring_repaired" if at_stake_m2 <= SAME_AREA_M2 else "problem.ring_repaired_area"
    told: dict[str, Fact] = {"fault": fault, "before": before_m2, "after": after_m2}
    return Repair(repaired, message, {**facts, **told, "change": after_m2 - before_m2}, at_stake_m2, repaired)


def without_repeats(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """The polygon with each hole and each part once: drawn twice it is still the same land.

    >>> without_repeats(MultiPolygon([Polygon([(0, 0), (1, 0), (0, 1)])] * 2)).area
    0.5
    """
    parts = []
    for part in _parts(shape):
        holes = {shapely.normalize(hole).wkb: hole for hole in reversed(part.interiors)}
        parts.append(Polygon(part.exterior, list(holes.values())[::-1]))
    different = {shapely.normalize(part).wkb: part for part in reversed(parts)}
    return _joined(list(different.values())[::-1])


def opened(shape: BaseGeometry | None) -> BaseGeometry | None:
    """A collection of polygons alone as the polygon it is; anything else unchanged.

    >>> opened(GeometryCollection([Polygon([(0, 0), (1, 0), (0, 1)])])).geom_type
    'Polygon'
    >>> opened(GeometryCollection([Point(0, 0)])).geom_type
    'GeometryCollection'
    """
    if not isinstance(shape, GeometryCollection) or shape.is_empty:
        return shape
    members = shapely.get_parts(shapely.get_parts(shape))
    if (shapely.get_type_id(members) != GeometryType.POLYGON).any():
        return shape
    return _joined(list(members))


def unreadable_reason(reason: str) -> tuple[str, dict[str, Fact]]:
    """The message and facts of a geometry that no reader could decode, by what the reader said.

    >>> unreadable_reason("IllegalArgumentException: Points of LinearRing do not form a closed linestring")[0]
    'problem.ring_not_closed'
    """
    for words, message in _UNREADABLE:
        if words.search(reason):
            return message, {}
    return "problem.geometry_unreadable", {"reason": reason}


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


def _parts(shape: Polygon | MultiPolygon) -> list[Polygon]:
    return [part for part in shapely.get_parts(shape) if not part.is_empty]


def _joined(parts: list[Polygon]) -> Polygon | MultiPolygon:
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _by_structure(shape: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """The union of the parts, each its shell less its holes."""
    parts = []
    for part in _parts(shape):
        rings = [_without_ways_back(ring) for ring in (part.exterior, *part.interiors)]
        shell, *holes = shapely.make_valid(rings, method="structure", keep_collapsed=False)
        parts.append(shapely.difference(shell, shapely.union_all(holes)))
    return _land(shapely.union_all(parts))


def _crossings(shape: Polygon | MultiPolygon) -> int:
    """About how many times the lines of a shape cross, by as many of them as tell it."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    lines = np.asarray(shapely.linestrings(np.stack([points[:-1][same], points[1:][same]], axis=1)))
    if not len(lines):
        return 0
    few = lines[np.linspace(0, len(lines) - 1, min(_SAMPLE, len(lines))).astype(int)]
    met = shapely.STRtree(lines).query(few, predicate="crosses").shape[1]
    return int(met * len(lines) / len(few) / 2)


def _without_ways_back(ring: LinearRing) -> Polygon:
    """What a ring encloses, without the lines that it goes out and comes back on, which enclose nothing.

    A ring that starts on such a line is left out whole by `make_valid`, "structure".

    >>> _without_ways_back(Polygon([(0, 1), (1, 1), (0, 1), (0, 0), (1, 1)]).exterior).area
    0.5
    """
    kept: deque[tuple[float, float]] = deque()
    for east, north in shapely.get_coordinates(ring)[:-1].tolist():
        kept.append((east, north))
        while len(kept) >= _TRIANGLE and _is_way_back(kept[-3], kept[-2], kept[-1]):
            del kept[-2]
    while len(kept) >= _TRIANGLE and _is_way_back(kept[-2], kept[-1], kept[0]):
        kept.pop()
    while len(kept) >= _TRIANGLE and _is_way_back(kept[-1], kept[0], kept[1]):
        kept.popleft()
    return shapely.normalize(Polygon(kept)) if len(kept) >= _TRIANGLE else Polygon()


def _is_way_back(before: tuple[float, float], at: tuple[float, float], after: tuple[float, float]) -> bool:
    """Whether a line turns on itself at a vertex, or stays there."""
    came, goes = (at[0] - before[0], at[1] - before[1]), (after[0] - at[0], after[1] - at[1])
    along = came[0] * goes[0] + came[1] * goes[1]
    return along <= 0 and came[0] * goes[1] == came[1] * goes[0]


def _land(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """The polygons of a result, which may hold lines beside them."""
    members = shapely.get_parts(shapely.get_parts(shape))
    return _joined([one for one in members if isinstance(one, Polygon) and not one.is_empty])


def _drawable(points: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> BaseGeometry | None:
    """The line through the vertices, which any map can show, whatever the polygon is."""
    if len(points) == 0:
        return None
    return LineString(points) if len(points) > 1 else Point(points[0])
