"""Lines and labels become the parcels that they draw, and every boundary that does not close is named."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon, box
from shapely.affinity import translate

from gis.boundaries.drawing import DrawingOptions, Text, parcels_of
from gis.boundaries.linework import faces
from gis.texts import Texts

E, N = 588000.0, 2201000.0
SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


def line(*points):
    return LineString([(E + x, N + y) for x, y in points])


def ring(*points):
    return line(*points, points[0])


def words(found):
    for problem in found.problems:
        assert all(Texts(language).problem(problem) for language in ("vi", "en"))
    return [problem.message.removeprefix("problem.") for problem in found.problems]


def areas(found):
    return [round(shape.area, 6) for shape in found.polygons]


def test_faces__a_line_across_a_ring_makes_two():
    found = faces([ring(*SQUARE), line((4, 0), (4, 10))], "a.dxf")
    assert sorted(areas(found)) == [40, 60]
    assert words(found) == []


def test_faces__a_gap_of_3_cm_is_reported_where_it_is_and_not_closed():
    found = faces([ring(*SQUARE), line((4, 0), (4, 9.97))], "a.dxf")
    assert areas(found) == [100]
    (problem,) = found.problems
    assert (problem.message, problem.severity) == ("problem.ring_unclosed", "refused")
    assert problem.facts == {"gap_m": 0.03, "x": E + 4, "y": N + 9.97}
    assert shapely.equals_exact(problem.shape, line((4, 9.97), (4, 10)), 1e-6)


def test_faces__a_gap_is_closed_where_its_user_allows_it_and_told():
    found = faces([ring(*SQUARE), line((4, 0), (4, 9.97))], "a.dxf", close_m=0.05)
    assert sorted(areas(found)) == [40, 60]
    assert words(found) == ["ring_gap_closed"]


def test_faces__ends_within_a_millimetre_meet():
    found = faces([ring(*SQUARE), line((4, 0.0005), (4, 9.9995))], "a.dxf")
    assert sorted(areas(found)) == pytest.approx([40, 60], abs=1e-6)
    (problem,) = found.problems
    assert (problem.message, problem.facts["count"]) == ("problem.ring_ends_joined", 2)
    assert problem.facts["gap_mm"] == pytest.approx(0.5, abs=1e-3)


@pytest.mark.parametrize("gap", [0.02, 0.3])
def test_faces__one_line_that_almost_comes_back_to_its_start(gap):
    found = faces([line((gap, 0), (10, 0), (10, 10), (0, 10), (0, 0))], "a.dxf")
    assert areas(found) == []
    assert [(p.message, p.facts["gap_m"]) for p in found.problems] == [("problem.ring_unclosed", gap)]
    assert areas(faces([line((gap, 0), (10, 0), (10, 10), (0, 10), (0, 0))], "a.dxf", gap)) == [100]


def test_faces__an_end_that_stops_metres_away_dangles():
    found = faces([ring(*SQUARE), line((4, 0), (4, 6))], "a.dxf")
    assert areas(found) == [100]
    assert words(found) == ["line_dangling"]
    assert found.problems[0].facts["length"] == pytest.approx(6)


def test_faces__a_line_that_goes_on_past_the_boundary_loses_no_area():
    found = faces([ring(*SQUARE), line((4, -0.04), (4, 10))], "a.dxf")
    assert sorted(areas(found)) == [40, 60]
    assert words(found) == ["lines_overshoot"]


def test_faces__what_is_drawn_twice_counts_once():
    found = faces([ring(*SQUARE), line((4, 0), (4, 10)), line((4, 10), (4, 0)), ring(*SQUARE[::-1])], "a.dxf")
    assert sorted(areas(found)) == [40, 60]
    assert found.duplicates == (2, 3)
    assert words(found) == ["lines_twice"]


def test_faces__an_island_is_a_parcel_and_a_hole():
    island = [(4, 4), (6, 4), (6, 6), (4, 6)]
    found = faces([ring(*SQUARE), ring(*island)], "a.dxf")
    assert sorted(areas(found)) == [4, 96]
    assert found.cut_m2 == {0: pytest.approx(4)}
    # The same by open lines, which bound the hole themselves.
    drawn = [line((0, 0), (10, 0), (10, 10)), line((10, 10), (0, 10), (0, 0))]
    found = faces([*drawn, line((4, 4), (6, 4), (6, 6)), line((6, 6), (4, 6), (4, 4))], "a.dxf")
    assert sorted(areas(found)) == [4, 96]


def test_faces__an_outline_around_parcels_is_no_parcel():
    halves = [box(E, N, E + 5, N + 10), box(E + 5, N, E + 10, N + 10)]
    found = faces([*halves, ring(*SQUARE)], "a.dxf")
    assert areas(found) == [50, 50]
    assert words(found) == ["outlines_only"]


def test_faces__shapes_that_overlap_stay_as_they_were_drawn():
    one, other = box(E, N, E + 10, N + 10), box(E + 9, N, E + 19, N + 10)
    assert areas(faces([one, other], "a.dxf")) == [100, 100]


def test_faces__two_lines_that_were_meant_to_be_one_leave_no_parcel_between():
    lines = [ring(*SQUARE), line((4, 0), (4, 10)), line((4, 0), (4.005, 5), (4, 10))]
    found = faces(lines, "a.dxf")
    assert len(found.polygons) == 2
    assert words(found) == ["line_slivers"]
    assert found.problems[0].area_m2 == pytest.approx(0.025)


def test_faces__a_drawing_in_degrees_is_not_closed_by_its_millimetre():
    shape = translate(ring(*SQUARE), -E, -N)
    tiny = [shapely.transform(one, lambda xy: xy / 111_320 + (105.8, 19.9)) for one in (shape,)]
    short = LineString([(105.80005, 19.9), (105.80005, 19.90008)])
    found = faces([*tiny, short], "a.dxf")
    assert words(found) == ["line_dangling"]


def text(words_, x, y, layer="0"):
    return Text(words_, layer, Point(E + x, N + y))


def parcels(drawn, texts, stem="ban ve", **options):
    return parcels_of(drawn, texts, "a.dxf", stem, DrawingOptions(**options))


def test_parcels_of__texts_by_layer_or_in_one_label():
    drawn = [ring(*SQUARE), line((4, 0), (4, 10))]
    found = parcels(
        drawn,
        [
            text("1/2", 2, 5, "SO_THUA"),
            text("40,1", 2, 4, "DIEN_TICH"),
            text("LUC", 2, 3, "LOAI_DAT"),
            text("164\n60.2", 7, 5),
            text("ONT+CLN", 7, 3),
        ],
        sheet="12",
    )
    rows = found.frame.drop(columns="geometry").to_dict("records")
    assert rows == [
        {"sheet": "12", "number": "1/2", "measured_area_m2": "40,1", "land_use": "LUC"},
        {"sheet": "12", "number": "164", "measured_area_m2": "60.2", "land_use": "ONT+CLN"},
    ]
    assert words(found) == []


def test_parcels_of__every_label_is_in_a_polygon_or_named():
    drawn = [ring(*SQUARE), line((4, 0), (4, 10))]
    labels = [text("1", 2, 5), text("2", 7, 5), text("3", 7, 6), text("4", 20, 5), text("5", 4, 5)]
    found = parcels(drawn, labels)
    assert sorted(words(found)) == ["label_on_line", "label_outside", "labels_several"]
    assert all(problem.severity == "refused" for problem in found.problems)
    assert found.frame["number"].tolist() == ["1", ""]
    several = next(one for one in found.problems if one.message == "problem.labels_several")
    assert (several.source, several.facts["numbers"]) == ("a.dxf, feature 2", "2, 3")
    assert several.area_m2 == pytest.approx(60)


def test_parcels_of__numbers_of_a_legend_are_told_once():
    labels = [text("1", 5, 5, "13"), *(text(str(n), 50 + n, 50, "60") for n in range(1, 8))]
    found = parcels([ring(*SQUARE)], labels)
    assert [(p.message, p.severity, p.facts["count"]) for p in found.problems] == [
        ("problem.labels_elsewhere", "warning", 7)
    ]


def test_parcels_of__a_polygon_without_a_label_keeps_its_land():
    found = parcels([ring(*SQUARE), line((4, 0), (4, 10))], [text("1", 2, 5)])
    assert [(p.message, p.source, p.area_m2) for p in found.problems] == [
        ("problem.polygon_unlabelled", "a.dxf, feature 2", pytest.approx(60))
    ]
    assert found.frame.area.sum() == pytest.approx(100)


def test_parcels_of__the_sheet_is_told_by_title_and_name_or_not_at_all():
    drawn, labels = [ring(*SQUARE)], [text("1", 5, 5), text("TỜ BẢN ĐỒ SỐ 12", 5, 20)]
    assert parcels(drawn, labels).frame["sheet"].tolist() == ["12"]
    assert words(parcels(drawn, labels)) == ["sheet_from_title"]
    assert words(parcels(drawn, labels, stem="DC5")) == ["sheet_several"]
    assert "sheet" not in parcels(drawn, labels, stem="DC5").frame
    assert parcels(drawn, labels, stem="DC5", sheet="7").frame["sheet"].tolist() == ["7"]


def test_parcels_of__only_the_layers_that_were_chosen_label():
    labels = [text("1", 5, 5, "13"), text("2", 3, 3, "dinh")]
    assert words(parcels([ring(*SQUARE)], labels)) == ["labels_several"]
    assert words(parcels([ring(*SQUARE)], labels, labels=frozenset({"13"}))) == []


def partition(draw):
    """A rectangle cut again and again by straight lines: convex parcels."""
    pieces = [box(E, N, E + draw(st.integers(20, 90)), N + draw(st.integers(20, 90)))]
    for _ in range(draw(st.integers(0, 7))):
        at = draw(st.integers(0, len(pieces) - 1))
        points = shapely.get_coordinates(pieces[at].exterior)[:-1]
        one, other = draw(st.integers(0, len(points) - 1)), draw(st.integers(0, len(points) - 1))
        first = LineString(points[[one, (one + 1) % len(points)]]).interpolate(
            draw(st.floats(0.2, 0.8)), normalized=True
        )
        second = LineString(points[[other, (other + 1) % len(points)]]).interpolate(
            draw(st.floats(0.2, 0.8)), normalized=True
        )
        cut = split(pieces[at], points, one, first, other, second) if one != other else []
        if cut and min(piece.area for piece in cut) > 4:
            pieces[at : at + 1] = cut
    return pieces


def split(piece, points, one, first, other, second):
    """Both parts of a convex polygon, cut from a place on one edge to a place on another."""
    if one > other:
        one, first, other, second = other, second, one, first
    middle = [tuple(point) for point in points[one + 1 : other + 1]]
    rest = [tuple(point) for point in [*points[other + 1 :], *points[: one + 1]]]
    a, b = (first.x, first.y), (second.x, second.y)
    return [Polygon([a, *middle, b]), Polygon([b, *rest, a])]


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_parcels_of__a_partition_drawn_as_lines_comes_back(data):
    """Edges in any order and direction, some twice: the same parcels, their labels, and all the land."""
    pieces = partition(data.draw)
    drawn = []
    for piece in pieces:
        points = [tuple(point) for point in shapely.get_coordinates(piece.exterior)]
        drawn += [LineString(pair) for pair in pairwise(points)]
    chance = random.Random(data.draw(st.integers(0, 999)))  # noqa: S311 - an order, no secret
    drawn = [one.reverse() if chance.random() < 0.5 else one for one in drawn]
    drawn += chance.sample(drawn, k=len(drawn) // 3)
    chance.shuffle(drawn)
    texts = [Text(str(at + 1), "13", piece.representative_point()) for at, piece in enumerate(pieces)]
    chance.shuffle(texts)
    found = parcels_of(drawn, texts, "a.dxf", "a", DrawingOptions())
    assert not [problem for problem in found.problems if problem.severity == "refused"]
    by_number = dict(zip(found.frame["number"], found.frame.geometry, strict=True))
    assert sorted(by_number) == sorted(str(at + 1) for at in range(len(pieces)))
    for at, piece in enumerate(pieces):
        assert by_number[str(at + 1)].symmetric_difference(piece).area < 1e-3
    whole = shapely.union_all(pieces).area
    assert found.frame.area.sum() == pytest.approx(whole, abs=1e-3)
