"""Drawn lines cut where they meet, and ends that meet nothing: closed as far as was allowed, and told.

Coordinates are those of the drawing; `Scale` says what a metre is in them. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import numpy as np
import shapely
from shapely import LineString, Point
from shapely.ops import substring

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

Shapes: TypeAlias = np.ndarray[Any, Any]

# Drawings are kept to the millimetre: an end that far from a line was drawn upon it.
SAME_PLACE_M: Final = 0.001
# An end that near to another line was meant to meet it: its maker is asked.
NEAR_M: Final = 0.5
_NOISE_M: Final = 1e-6
_DEGREES: Final = 180.0
_KILOMETRES: Final = 10_000.0
_MILLIMETRES: Final = 1e8
_METRES_IN_DEGREE: Final = 111_320.0
# A part of a line that is nearer to its own end than this many times the reach runs on from it.
_OWN_REACHES: Final = 4
_CROSSING: Final = 3


class Gap(NamedTuple):
    """An end of a line, the nearest place of another line, and the metres between."""

    end: tuple[float, float]
    other: tuple[float, float]
    gap_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Noded:
    """Lines cut at every place where they meet.

    Args:
        edges: Pieces that meet at their ends only; where lines lay on each other there is one.
        closed: Gaps that were closed, the largest first.
        unclosed: Ends that stop short of another line by less than `NEAR_M`, the smallest gap first.
        dangling: Edges that end freely, far from any other line.
        overshoots: Short edges that go on past the line that they were to meet.
    """

    edges: Shapes
    closed: tuple[Gap, ...]
    unclosed: tuple[Gap, ...]
    dangling: tuple[LineString, ...]
    overshoots: tuple[LineString, ...]


def metres_per_unit(lines: Iterable[LineString]) -> float:
    """What one unit of a drawing is in metres, by the magnitude of its coordinates.

    Planar VN-2000 in metres is 0.2-2.6 million; smaller and larger ones are degrees, kilometres or
    millimetres. A local drawing of small numbers is taken for larger: its gaps are asked, not closed.

    >>> metres_per_unit([LineString([(588000, 2201000), (588010, 2201000)])])
    1.0
    """
    points = shapely.get_coordinates(list(lines))
    largest = float(np.abs(points).max()) if len(points) else _KILOMETRES
    if largest <= _DEGREES:
        return _METRES_IN_DEGREE
    if largest < _KILOMETRES:
        return 1000.0
    return 0.001 if largest > _MILLIMETRES else 1.0


def square_metres(area: float, unit_m: float) -> float | None:
    """An area of the drawing in square metres; None where its unit may be degrees."""
    return None if unit_m == _METRES_IN_DEGREE else area * unit_m**2


def node(lines: Iterable[LineString], unit_m: float, close_m: float = SAME_PLACE_M) -> Noded:
    """Lines cut where they meet, ends within a distance of another line joined to it.

    No vertex moves: a gap is closed by a line across it. Closing is one pass, so that a chain of small
    gaps never adds up.

    Args:
        lines: Two-dimensional lines with finite coordinates and some length.
        unit_m: From `metres_per_unit`.
        close_m: The widest gap that is closed, in metres; at most `NEAR_M`.
    """
    edges = cut(lines)
    near = NEAR_M / unit_m
    # Coordinates of millions of metres hold a nanometre or so: 0.02 m as drawn is a little more.
    widest = min(close_m, NEAR_M) + _NOISE_M
    closed = [one for one in _gaps(edges, near)[0] if one.gap_m * unit_m <= widest]
    if closed:
        edges = cut([*_with_vertices(edges, closed), *_bridges(closed)])
    gaps, dangling, overshoots = _gaps(edges, near)
    return Noded(
        edges,
        _each_once(sorted((_metric(one, unit_m) for one in closed), key=lambda gap: -gap.gap_m)),
        _each_once(sorted((_metric(one, unit_m) for one in gaps), key=lambda gap: gap.gap_m)),
        tuple(dangling),
        tuple(overshoots),
    )


def cut(lines: Iterable[LineString]) -> Shapes:
    """Lines cut at every place where they meet, what lies twice once."""
    whole = shapely.unary_union(list(lines))
    edges: Shapes = shapely.get_parts(shapely.line_merge(whole))
    # Merging runs edges together over places where only two meet; a ring stays whole.
    return edges


class _Target(NamedTuple):
    """A gap in the drawing's units, and the edge on which its other side lies."""

    end: tuple[float, float]
    other: tuple[float, float]
    gap_m: float
    edge: int


def _metric(one: _Target, unit_m: float) -> Gap:
    return Gap(one.end, one.other, one.gap_m * unit_m)


def _gaps(edges: Shapes, near: float) -> tuple[list[_Target], list[LineString], list[LineString]]:
    """Free ends near another line, edges that end freely far from any, and those that overshoot."""
    starts, ends = (shapely.get_coordinates(shapely.get_point(edges, at)) for at in (0, -1))
    _, at, counts = np.unique(np.concatenate([starts, ends]), axis=0, return_inverse=True, return_counts=True)
    degree = counts[at.reshape(-1)].reshape(2, len(edges))
    tree = shapely.STRtree(edges)
    gaps: list[_Target] = []
    dangling: dict[int, LineString] = {}
    overshoots: dict[int, LineString] = {}
    for side, edge in np.argwhere(degree == 1).tolist():
        end = Point(starts[edge] if side == 0 else ends[edge])
        root = Point(ends[edge] if side == 0 else starts[edge])
        short = degree[1 - side, edge] >= _CROSSING and edges[edge].length <= near
        target = _nearest(tree, edges, int(edge), end, root if short else None, near)
        if target is not None:
            gaps.append(target)
        elif short:
            overshoots[edge] = edges[edge]
        else:
            dangling[edge] = edges[edge]
    return gaps, list(dangling.values()), list(overshoots.values())


def _nearest(
    tree: shapely.STRtree, edges: Shapes, edge: int, end: Point, root: Point | None, near: float
) -> _Target | None:
    """The nearest place of another edge, or of the far part of this one; None beyond `near`.

    Args:
        tree: Of `edges`.
        edges: All edges.
        edge: The one that ends freely.
        end: Where.
        root: Where a short edge springs from: those that meet it there are no targets.
        near: In units of the drawing.
    """
    found: list[tuple[float, int, Point]] = []
    for other in tree.query(end, predicate="dwithin", distance=near).tolist():
        if other != edge and (root is None or edges[other].distance(root) > 0):
            place = edges[other].interpolate(edges[other].project(end))
            found.append((place.distance(end), other, place))
    own = [] if root is not None else _own_places(edges[edge], end, near)
    found += [(place.distance(end), edge, place) for place in own]
    if not found:
        return None
    gap, other, place = min(found, key=lambda one: (one[0], one[1]))
    # A vertex that is there is taken as it is, not as it was computed.
    vertices = shapely.get_coordinates(edges[other])
    at = int(np.argmin(np.hypot(*(vertices - (place.x, place.y)).T)))
    if np.hypot(*(vertices[at] - (place.x, place.y))) <= max(near * 1e-6, 1e-12):
        place = Point(vertices[at])
    return _Target((end.x, end.y), (place.x, place.y), gap, other)


def _own_places(edge: LineString, end: Point, near: float) -> list[Point]:
    """Where an edge comes back to its own free end: a ring that does not close, or closes upon itself."""
    own, first = _OWN_REACHES * near, edge.project(end) < edge.length / 2
    if edge.length <= own:
        # A small ring: its other end alone, where the way round is long beside the gap.
        place = Point(edge.coords[-1 if first else 0])
        return [place] if place.distance(end) * _OWN_REACHES <= min(edge.length, own) else []
    part: BaseGeometry = substring(edge, own, edge.length) if first else substring(edge, 0, edge.length - own)
    if not isinstance(part, LineString):
        return []
    place = part.interpolate(part.project(end))
    return [place] if place.distance(end) <= near else []


def _with_vertices(edges: Shapes, closed: Iterable[_Target]) -> list[LineString]:
    """The edges with a vertex at each place that a gap is closed to."""
    places: dict[int, list[tuple[float, float]]] = {}
    for one in closed:
        places.setdefault(one.edge, []).append(one.other)
    whole = list(edges)
    for edge, wanted in places.items():
        vertices = [tuple(point) for point in shapely.get_coordinates(edges[edge]).tolist()]
        along = list(zip(_measures(vertices), vertices, strict=True))
        fresh = [(edges[edge].project(Point(one)), one) for one in wanted if one not in vertices]
        whole[edge] = LineString([one for _, one in sorted([*along, *fresh], key=lambda pair: pair[0])])
    return whole


def _measures(vertices: list[tuple[float, ...]]) -> list[float]:
    steps = np.hypot(*np.diff(np.array(vertices), axis=0).T)
    return [0.0, *np.cumsum(steps).tolist()]


def _bridges(closed: Iterable[_Target]) -> list[LineString]:
    return [LineString([one.end, one.other]) for one in closed if one.end != one.other]


def _each_once(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Gaps, those that two ends have in common once."""
    found: dict[frozenset[tuple[float, float]], Gap] = {}
    for gap in gaps:
        found.setdefault(frozenset((gap.end, gap.other)), gap)
    return tuple(found.values())
