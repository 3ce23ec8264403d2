"""Drawn lines and closed shapes -> the faces that they bound, and where a boundary does not close.

A closed shape stands as it was drawn where no open line touches it; open lines are cut where they meet, with
the shapes that they touch, and every face that they bound is taken. What lies inside another face is cut out
of it. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, Polygon

from gis.boundaries.noding import SAME_PLACE_M, Noded, metres_per_unit, node, square_metres
from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from gis.boundaries.noding import Gap
    from gis.errors import Fact

# Faces between lines that were meant to be one: narrower than any parcel.
SLIVER_M2: Final = 0.1
_SHORTEST_RING: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """What lines bound.

    Args:
        polygons: Each face once, holes where others lie inside; those drawn as one shape first, in
            their order, which may be invalid as drawn; then the others, from south-west to north-east.
        cut_m2: What was cut out of a polygon because others lie in it, by its position, square metres;
            None where the drawing's unit is not known.
        unit_m: Metres in a unit of the drawing.
        problems: Everything that is wrong with the lines, with its place in the drawing's coordinates.
        duplicates: Positions of lines and shapes that are drawn twice, all but the first of each.
    """

    polygons: tuple[Polygon | MultiPolygon, ...]
    cut_m2: dict[int, float | None]
    unit_m: float
    problems: tuple[Problem, ...]
    duplicates: tuple[int, ...]


def faces(drawn: Sequence[LineString | Polygon], source: str, close_m: float = SAME_PLACE_M) -> Faces:
    """The faces that lines and closed shapes bound, and everything that is wrong with them.

    Args:
        drawn: Two-dimensional lines with some length, and polygons; finite coordinates.
        source: File and layer, for the problems.
        close_m: The widest gap between an end and another line that is closed, in metres. More than a
            millimetre only where their user said so: each is told.

    >>> from shapely import box
    >>> [f.area for f in faces([box(0, 0, 2, 1).boundary, LineString([(1, 0), (1, 1)])], "a.dxf").polygons]
    [1.0, 1.0]
    """
    unit_m = metres_per_unit(shape.exterior if isinstance(shape, Polygon) else shape for shape in drawn)
    duplicates = _duplicates(drawn)
    twice = set(duplicates)
    left = [shape for at, shape in enumerate(drawn) if at not in twice]
    alone, open_lines = _apart(left, SAME_PLACE_M / unit_m)
    noded = node(open_lines, unit_m, close_m)
    bounded, cuts = _polygonized(noded)
    found, slivers = _without_slivers([*alone, *bounded], len(alone), unit_m)
    whole, cut_m2, outlines = _cut_out(found, unit_m)
    problems = [
        *_twice(drawn, duplicates, source, unit_m),
        *_gap_problems(noded, source),
        *_loose_ends(noded, cuts, source, unit_m),
        *_sum_problem(slivers, source, unit_m, "problem.line_slivers"),
        *_sum_problem(outlines, source, unit_m, "problem.outlines_only"),
    ]
    return Faces(tuple(whole), cut_m2, unit_m, tuple(problems), tuple(duplicates))


def _duplicates(drawn: Sequence[LineString | Polygon]) -> list[int]:
    """Positions of what was drawn before, whichever way round and wherever a ring starts."""
    seen: set[bytes] = set()
    found = []
    for at, shape in enumerate(drawn):
        polygon = shape if isinstance(shape, Polygon) else _as_polygon(shape)
        key = shapely.to_wkb(shapely.normalize(shape if polygon is None else polygon))
        if key in seen:
            found.append(at)
        seen.add(key)
    return found


def _as_polygon(line: LineString) -> Polygon | None:
    """The polygon of a closed line, None of an open one or one that only runs there and back."""
    points = shapely.get_coordinates(line)
    if len(points) < _SHORTEST_RING or not (points[0] == points[-1]).all():
        return None
    polygon = Polygon(points)
    return polygon if polygon.area > 0 else None


def _apart(drawn: Sequence[LineString | Polygon], near: float) -> tuple[list[Polygon], list[LineString]]:
    """Closed shapes that no open line touches, and all lines of the others."""
    closed = [shape if isinstance(shape, Polygon) else _as_polygon(shape) for shape in drawn]
    lines = [shape for shape, polygon in zip(drawn, closed, strict=True) if polygon is None]
    shapes = [polygon for polygon in closed if polygon is not None]
    tree = shapely.STRtree(lines)
    rings = [polygon.boundary for polygon in shapes]
    meeting = tree.query(rings, predicate="dwithin", distance=near)[0].tolist() if lines and rings else []
    touched = set(meeting)
    alone = [polygon for at, polygon in enumerate(shapes) if at not in touched]
    joined = [ring for at in sorted(touched) for ring in shapely.get_parts(rings[at])]
    return alone, [*(line for line in lines if isinstance(line, LineString)), *joined]


def _polygonized(noded: Noded) -> tuple[list[Polygon], list[LineString]]:
    """Faces from south-west to north-east, and edges between them that bound nothing."""
    if not len(noded.edges):
        return [], []
    collection, cuts, _, _ = shapely.polygonize_full(list(noded.edges))
    found = sorted(shapely.get_parts(collection), key=lambda face: (face.bounds[1], face.bounds[0]))
    return list(found), list(shapely.get_parts(cuts))


def _without_slivers(
    polygons: list[Polygon], drawn_alone: int, unit_m: float
) -> tuple[list[Polygon], list[Polygon]]:
    """The faces, and those between two lines that were meant to be one; what was drawn as a shape stays."""
    sliver = [at >= drawn_alone and face.area * unit_m**2 <= SLIVER_M2 for at, face in enumerate(polygons)]
    kept = [face for face, thin in zip(polygons, sliver, strict=True) if not thin]
    return kept, [face for face, thin in zip(polygons, sliver, strict=True) if thin]


def _cut_out(
    polygons: list[Polygon], unit_m: float
) -> tuple[list[Polygon | MultiPolygon], dict[int, float | None], list[Polygon]]:
    """The polygons less those that lie wholly inside them.

    Returns:
        What is left of each; how much was cut out of which, by its new position; those of which nothing
        is left, because others fill them.
    """
    shapes = np.array(polygons, dtype=object)
    usable = np.flatnonzero(shapely.is_valid(shapes)) if len(shapes) else np.empty(0, int)
    tree = shapely.STRtree(shapes[usable])
    outer, inner = usable[tree.query(shapes[usable], predicate="covers")] if len(usable) else ((), ())
    area = shapely.area(shapes)
    inside: dict[int, list[int]] = {}
    for one, other in zip(outer, inner, strict=True):
        if area[one] > area[other]:
            inside.setdefault(int(one), []).append(int(other))
    whole: list[Polygon | MultiPolygon] = []
    cut_m2: dict[int, float | None] = {}
    outlines: list[Polygon] = []
    for at, polygon in enumerate(polygons):
        if at not in inside:
            whole.append(polygon)
            continue
        rest = _areal(shapely.difference(polygon, shapely.union_all(shapes[inside[at]])))
        if rest.area * unit_m**2 <= SLIVER_M2:
            outlines.append(polygon)
            continue
        cut_m2[len(whole)] = square_metres(float(polygon.area - rest.area), unit_m)
        whole.append(rest)
    return whole, cut_m2, outlines


def _areal(shape: BaseGeometry) -> Polygon | MultiPolygon:
    """The parts of a shape that have an area."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _twice(
    drawn: Sequence[LineString | Polygon], duplicates: list[int], source: str, unit_m: float
) -> list[Problem]:
    """One warning of all that is drawn twice: nothing depends on it but the file's tidiness."""
    if not duplicates:
        return []
    lines = [drawn[at] for at in duplicates]
    length = float(sum(line.length for line in lines)) * unit_m
    facts: dict[str, Fact] = {
        "count": len(lines),
        "length": length,
        **place_facts(lines[0].representative_point()),
    }
    return [Problem(source, "problem.lines_twice", facts, "warning", shape=shapely.union_all(lines))]


def place_facts(point: Point) -> dict[str, Fact]:
    """Where something is, as the drawing counts: the facts `x` and `y` of its problem."""
    return {"x": round(point.x, 3), "y": round(point.y, 3)}


def _gap_problems(noded: Noded, source: str) -> list[Problem]:
    """Gaps that were closed, those within a millimetre as one, and gaps that its maker must close."""
    told = [gap for gap in noded.closed if gap.gap_m > SAME_PLACE_M + 1e-6]
    tiny = [gap for gap in noded.closed if 0 < gap.gap_m <= SAME_PLACE_M + 1e-6]
    problems = [_gap_problem(gap, source, "problem.ring_gap_closed") for gap in told]
    if tiny:
        facts: dict[str, Fact] = {
            "count": len(tiny),
            "gap_mm": tiny[0].gap_m * 1000,
            **place_facts(Point(tiny[0].end)),
        }
        where = shapely.multipoints([gap.end for gap in tiny])
        problems.append(Problem(source, "problem.ring_ends_joined", facts, "warning", shape=where))
    return problems + [_gap_problem(gap, source, "problem.ring_unclosed") for gap in noded.unclosed]


def _gap_problem(gap: Gap, source: str, message: str) -> Problem:
    facts: dict[str, Fact] = {"gap_m": round(gap.gap_m, 4), **place_facts(Point(gap.end))}
    where = LineString([gap.end, gap.other])
    return Problem(
        source, message, facts, "refused" if message.endswith("unclosed") else "warning", shape=where
    )


def _loose_ends(noded: Noded, cuts: Sequence[LineString], source: str, unit_m: float) -> list[Problem]:
    """Lines that bound nothing: each that ends freely, overshoots and connecting lines as one each."""
    problems = []
    for line in noded.dangling:
        facts: dict[str, Fact] = {"length": line.length * unit_m, **place_facts(Point(line.coords[-1]))}
        problems.append(Problem(source, "problem.line_dangling", facts, "warning", shape=line))
    for message, lines in (("problem.lines_overshoot", noded.overshoots), ("problem.lines_between", cuts)):
        if lines:
            length = sum(line.length for line in lines) * unit_m
            facts = {"count": len(lines), "length": length, **place_facts(Point(lines[0].coords[-1]))}
            problems.append(Problem(source, message, facts, "warning", shape=MultiLineString(list(lines))))
    return problems


def _sum_problem(shapes: list[Polygon], source: str, unit_m: float, message: str) -> list[Problem]:
    """One warning of all faces of a kind, with their area."""
    if not shapes:
        return []
    area = square_metres(float(sum(face.area for face in shapes)), unit_m)
    facts: dict[str, Fact] = {
        "count": len(shapes),
        "area": area,
        **place_facts(shapes[0].representative_point()),
    }
    return [Problem(source, message, facts, "warning", area, shapely.multipolygons(shapes))]
