"""Rings that cross, touch or repeat themselves: areas by hand, and by the shoelace formula of this file."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from shapely import GeometryCollection, MultiPolygon, Point, Polygon, box

from gis.boundaries.repair import opened, repair, ring_reason, without_repeats
from gis.boundaries.shapes import polygons
from gis.errors import Problem
from gis.store.files import read_vector
from gis.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

PLOT = box(0, 0, 100, 100)


def ring(*corners: tuple[float, float]) -> Polygon:
    return Polygon(corners)


def holed(*holes: Any, shell: Any = PLOT) -> Polygon:
    return Polygon(shell.exterior, [hole.exterior for hole in holes])


def shoelace_m2(shape: Any) -> float:
    """By the formula, ring by ring: shells less holes."""

    def of(line: Any) -> float:
        return abs(sum(x * v - u * y for (x, y), (u, v) in pairwise(line.coords))) / 2

    return sum(
        of(part.exterior) - sum(map(of, part.interiors))
        for part in shapely.get_parts(shape)
        if not part.is_empty
    )


# Shape, area after, change, fault. All by hand.
REPAIRED = {
    "figure eight, touching": (
        ring((0, 0), (5, 5), (0, 10), (10, 10), (5, 5), (10, 0)),
        50,
        0,
        "ring_touches_itself",
    ),
    # The upper left corner is a loop of the wrong turn: a 2 x 2 square, which the shoelace takes off.
    "a loop at a corner": (
        ring((0, 0), (100, 0), (100, 100), (0, 100), (0, 102), (-2, 102), (-2, 100), (0, 100)),
        10_004,
        0,
        "ring_touches_itself",
    ),
    "two vertices in the wrong order": (
        ring((0, 0), (100, 0), (100, 100), (4, 100), (-4, 104), (-4, 100), (0, 104)),
        10_010 + 2 / 3,
        2 + 2 / 3,
        "ring_crosses_itself",
    ),
    "spike out": (
        ring((0, 0), (100, 0), (100, 50), (120, 50), (100, 50), (100, 100), (0, 100)),
        10_000,
        0,
        "ring_crosses_itself",
    ),
    "spike in": (
        ring((0, 0), (100, 0), (100, 50), (50, 50), (100, 50), (100, 100), (0, 100)),
        10_000,
        0,
        "ring_touches_itself",
    ),
    "hole outside its shell": (holed(box(200, 0, 210, 10)), 10_000, 100, "hole_outside"),
    "hole over its shell's edge": (holed(box(95, 0, 105, 10)), 9_950, 50, "ring_crosses_itself"),
    "hole twice": (holed(box(20, 20, 60, 60), box(20, 20, 60, 60)), 8_400, 1_600, "ring_twice"),
    "hole in a hole": (
        holed(box(20, 20, 80, 80), box(40, 40, 50, 50)),
        6_400,
        100,
        "hole_in_hole",
    ),
    "holes side by side": (
        holed(box(20, 20, 40, 40), box(40, 20, 60, 40)),
        9_200,
        0,
        "ring_crosses_itself",
    ),
    "a hole that has collapsed": (
        Polygon(PLOT.exterior, [[(20, 20), (40, 40), (60, 60), (20, 20)]]),
        10_000,
        0,
        "ring_crosses_itself",
    ),
    "holes cut the inside apart": (
        holed(ring((0, 50), (50, 55), (50, 45)), ring((100, 50), (50, 55), (50, 45))),
        9_500,
        0,
        "ring_crosses_itself",
    ),
    "a part twice": (MultiPolygon([PLOT, PLOT]), 10_000, -10_000, "ring_twice"),
    "a small part within another": (MultiPolygon([PLOT, box(10, 10, 20, 20)]), 10_000, -100, "part_in_part"),
    "parts side by side": (MultiPolygon([PLOT, box(100, 0, 200, 100)]), 20_000, 0, "ring_crosses_itself"),
    "a collapsed part": (
        MultiPolygon([PLOT, ring((200, 0), (210, 10), (220, 20))]),
        10_000,
        0,
        "ring_crosses_itself",
    ),
    "a point for a part": (MultiPolygon([PLOT, Polygon([(200, 0)] * 4)]), 10_000, 0, "ring_too_short"),
    "an empty part": (
        MultiPolygon([PLOT, Polygon(), ring((200, 0), (210, 10), (220, 20))]),
        10_000,
        0,
        "ring_crosses_itself",
    ),
}


@pytest.mark.parametrize("case", REPAIRED)
def test_repair__area_change_and_fault_by_hand(case: str) -> None:
    shape, area_m2, change_m2, fault = REPAIRED[case]
    assert not shape.is_valid
    done = repair(shape)
    assert done.shape is not None
    assert done.shape.is_valid
    assert done.shape.geom_type in {"Polygon", "MultiPolygon"}
    assert done.shape.area == pytest.approx(area_m2)
    assert done.facts["change"] == pytest.approx(change_m2)
    assert done.facts["before"] == pytest.approx(shoelace_m2(shape))
    assert done.facts["fault"] == fault
    assert done.message == ("problem.ring_repaired_area" if done.area_m2 > 0.05 else "problem.ring_repaired")
    assert done.area_m2 >= abs(change_m2) - 1e-6
    for language in ("vi", "en"):
        sentence = Texts(language).problem(Problem("", done.message, done.facts, "warning"))
        assert fault not in sentence


# Shape, message, least and most of the area.
REFUSED = {
    "bow-tie, lobes alike": (
        ring((0, 0), (10, 10), (10, 0), (0, 10)),
        "problem.ring_crosses_itself",
        0,
        50,
    ),
    "figure eight, lobes against each other": (
        ring((0, 0), (5, 5), (10, 10), (0, 10), (5, 5), (10, 0)),
        "problem.ring_touches_itself",
        0,
        50,
    ),
    "two rounds": (
        Polygon([*PLOT.exterior.coords, *PLOT.exterior.coords[1:]]),
        "problem.ring_crosses_itself",
        10_000,
        20_000,
    ),
    "hole is the shell": (holed(PLOT), "problem.ring_crosses_itself", 0, 10_000),
    "a hole larger than its shell, elsewhere": (
        holed(box(200, 0, 400, 100)),
        "problem.hole_outside",
        0,
        30_000,
    ),
    "a part in a part, or a hole": (
        MultiPolygon([PLOT, box(10, 10, 60, 60)]),
        "problem.part_in_part",
        7_500,
        12_500,
    ),
    # 300 m by 300 m: 3 % of it are more than a family's field.
    "a small share of much land": (
        holed(box(500, 0, 530, 30), shell=box(0, 0, 300, 300)),
        "problem.hole_outside",
        89_100,
        90_900,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_repair__refused_where_people_would_differ(case: str) -> None:
    shape, message, least_m2, most_m2 = REFUSED[case]
    done = repair(shape)
    assert (done.shape, done.message) == (None, message)
    assert done.facts["least"] == pytest.approx(least_m2)
    assert done.facts["most"] == done.area_m2 == pytest.approx(most_m2)
    assert done.where is not None
    assert done.where.is_valid
    for language in ("vi", "en"):
        assert Texts(language).problem(Problem("", done.message, done.facts))


@pytest.mark.parametrize(
    "shape",
    [
        ring((0, 0), (5, 5), (10, 10)),
        Polygon([(1, 1)] * 4),
        MultiPolygon([ring((0, 0), (5, 5), (10, 10)), Polygon([(1, 1)] * 4)]),
        ring((0, 0), (10, 0), (20, 0), (10, 0)),
    ],
)
def test_repair__what_encloses_nothing(shape: Any) -> None:
    done = repair(shape)
    assert (done.shape, done.message) == (None, "problem.ring_collapsed")
    assert done.where is not None


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_repair__the_ring_that_makes_make_valid_raise_or_lie(value: str) -> None:
    with np.errstate(invalid="ignore"):
        shape = shapely.from_wkt(f"POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (1 1, {value} 1, 2 2, 1 2, 1 1))")
        with pytest.raises(shapely.errors.GEOSException, match="NaN/Inf"):
            shapely.make_valid(shape)
        # Structure does not raise: it leaves the vertex out, and 99.5 m2 look like the truth.
        assert shapely.make_valid(shape, method="structure").area == 99.5
        done = repair(shape)
    assert (done.shape, done.message, done.facts) == (None, "problem.ring_not_finite", {"vertex": 7})


def test_repair__numbers_too_large_for_any_area() -> None:
    with np.errstate(all="ignore"):
        done = repair(ring((0, 0), (1e308, 1e308), (1e308, 0), (0, 1e308)))
    assert done.shape is None


def test_repair__against_buffer_0_and_the_other_methods() -> None:
    # 4 m and 100 m lobes that run against each other.
    tie = ring((0, 0), (100, 0), (100, 100), (4, 100), (-4, 104), (-4, 100), (0, 104))
    done = repair(tie)
    assert done.shape is not None
    assert done.shape.buffer(0).area == pytest.approx(done.shape.area)
    # buffer(0) keeps the lobes that run one way, and says nothing of the other.
    assert tie.buffer(0).area == pytest.approx(done.shape.area - 4 / 3)
    # Linework makes a hole of what a ring encloses twice: here 10 x 20 m at its upper side.
    twice = ring((0, 0), (100, 0), (100, 100), (60, 100), (60, 80), (70, 80), (70, 102), (0, 102))
    assert shapely.make_valid(twice, method="linework").area == 9_940
    hooked = repair(twice)
    assert hooked.shape is not None
    assert (hooked.shape.area, hooked.facts["change"]) == (10_140, -200)
    # Both make land of a hole that lies outside its shell.
    outside = holed(box(200, 0, 210, 10))
    assert shapely.make_valid(outside, method="linework").area == 10_100
    assert shapely.make_valid(outside, method="structure").area == 10_100


@pytest.mark.parametrize("east", [0.0, 588_000.0])
def test_repair__holes_and_shells_far_from_the_origin(east: float) -> None:
    shape = shapely.transform(REPAIRED["hole in a hole"][0], lambda xy: xy + np.array([east, 4 * east]))
    assert repair(shape).facts["after"] == 6_400


corner = st.tuples(st.integers(0, 20), st.integers(0, 20))


@settings(deadline=None, max_examples=400)
@given(
    st.lists(st.lists(corner, min_size=3, max_size=8), min_size=1, max_size=3),
    st.booleans(),
)
def test_repair__before_plus_change_is_after(rings: list[list[tuple[int, int]]], as_holes: bool) -> None:
    shape = Polygon(rings[0], rings[1:]) if as_holes else MultiPolygon([Polygon(one) for one in rings])
    assume(not shape.is_valid)
    done = repair(shape)
    for language in ("vi", "en"):
        assert Texts(language).problem(Problem("", done.message, done.facts))
    if done.shape is None:
        return
    assert done.shape.is_valid
    before, after, change = (float(done.facts[name] or 0) for name in ("before", "after", "change"))
    assert before == pytest.approx(shoelace_m2(shape))
    assert after == pytest.approx(done.shape.area)
    assert before + change == pytest.approx(after)
    assert abs(change) <= done.area_m2 + 1e-9
    if done.message == "problem.ring_repaired":
        assert done.shape.area == pytest.approx(shoelace_m2(shape), abs=0.05)


@settings(deadline=None, max_examples=200)
@example([(0, 1), (1, 1), (0, 1), (0, 0), (1, 1)], 1)
@example([(0, 0), (4, 0), (2, 0), (2, 3)], 1)
@given(st.lists(corner, min_size=3, max_size=8), st.integers(0, 7))
def test_repair__the_answer_is_the_same_wherever_the_ring_starts(
    corners: list[tuple[int, int]], start: int
) -> None:
    shape = Polygon(corners)
    assume(not shape.is_valid)
    turned = Polygon(corners[start % len(corners) :] + corners[: start % len(corners)])
    one, other = repair(shape), repair(turned)
    assert (one.shape is None) == (other.shape is None)
    if one.shape is not None and other.shape is not None:
        assert one.shape.symmetric_difference(other.shape).area == pytest.approx(0, abs=1e-9)


SQUARE = [[588000, 2201000], [588010, 2201000], [588010, 2201010], [588000, 2201000]]


def test_unreadable_reason__as_files_bring_it(tmp_path: Path) -> None:
    rings = [SQUARE, SQUARE[:-1], SQUARE[:1], []]
    shapes = [{"type": "Polygon", "coordinates": [ring] if ring else []} for ring in rings]
    features = [{"type": "Feature", "properties": {}, "geometry": shape} for shape in shapes]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5897"}}
    path = tmp_path / "lots.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    (raw,), _ = read_vector(path)
    found, problems = polygons(raw, 5897)
    assert found.notna().tolist() == [True, False, False, False]
    assert [(p.facts["feature"], p.message) for p in problems] == [
        (2, "problem.ring_not_closed"),
        (3, "problem.ring_few_points"),
        (4, "problem.geometry_empty"),
    ]


def test_without_repeats__keeps_the_order_of_the_file() -> None:
    first, second = box(0, 0, 1, 1), box(5, 5, 6, 6)
    once = without_repeats(MultiPolygon([second, first, second, first]))
    assert [part.bounds for part in once.geoms] == [second.bounds, first.bounds]


def test_opened__collections_of_polygons_alone() -> None:
    two = GeometryCollection([PLOT, MultiPolygon([box(200, 0, 210, 10)])])
    assert opened(two).equals(MultiPolygon([PLOT, box(200, 0, 210, 10)]))
    for other in (None, PLOT, GeometryCollection(), GeometryCollection([PLOT, Point(0, 0)])):
        assert opened(other) is other


def test_ring_reason__what_is_not_known_is_said_as_it_came() -> None:
    assert ring_reason("Something new[1 2]") == (
        "problem.ring_invalid",
        {"reason": "Something new", "east": 1.0, "north": 2.0},
    )
    assert ring_reason("Odd") == ("problem.ring_invalid", {"reason": "Odd"})


def test_repair__a_tangle_is_refused_before_anybody_waits_for_it() -> None:
    """3,000 vertices by chance cross about a million times; `make_valid` takes minutes."""
    tangle = Polygon(np.random.default_rng(1).uniform(0, 500, (3_000, 2)))
    done = repair(tangle)
    assert (done.shape, done.message) == (None, "problem.ring_tangled")
    assert 500_000 < int(done.facts["count"] or 0) < 2_000_000
