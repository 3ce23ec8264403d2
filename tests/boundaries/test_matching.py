"""Old and new parcels on squares whose shares are known by hand."""

import itertools

import geopandas as gpd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon, box

from gis.boundaries.matching import SURVEY_WIDTH_M, match
from gis.errors import MissingCrsError
from gis.texts import Texts

E, N = 588_000, 2_201_000


def square(east, north, width=20, height=10):
    return box(E + east, N + north, E + east + width, N + north + height)


def parcels(**shapes):
    """Parcels of one sheet by number, index "<number>", the number after "n" or "p"."""
    rows = [
        {"commune": "15910", "sheet": "12", "number": name[1:], "source": f"do-lai.gpkg, feature {place}"}
        for place, name in enumerate(shapes, start=1)
    ]
    return gpd.GeoDataFrame(rows, geometry=list(shapes.values()), index=list(shapes), crs=5897)


def told(found):
    return [(one.kind, one.olds, one.news, [doubt.message for doubt in one.doubts]) for one in found]


def test_match__the_same_parcel_wherever_its_ring_begins():
    ring = list(square(0, 0).exterior.coords)[:-1]
    turned = Polygon(ring[2:] + ring[:2])
    (found,) = match(parcels(p1=square(0, 0)), parcels(p1=turned))
    assert told([found]) == [("unchanged", ("p1",), ("p1",), [])]
    assert (found.same_shape, found.difference_m2) == (True, 0.0)


def test_match__another_number_on_the_same_land():
    (found,) = match(parcels(p1=square(0, 0)), parcels(n8=square(0, 0)))
    assert told([found]) == [("renumbered", ("p1",), ("n8",), [])]
    assert found.same_shape


def test_match__the_same_number_a_little_otherwise():
    (found,) = match(parcels(p1=square(0, 0)), parcels(p1=square(0, 0, 20.3, 10)))
    assert told([found]) == [("redrawn", ("p1",), ("p1",), [])]
    assert found.difference_m2 == pytest.approx(3.0)
    assert [(pair.old, pair.new, round(pair.area_m2, 6)) for pair in found.pairs] == [("p1", "p1", 200.0)]


def test_match__strips_between_neighbours_are_a_slip_of_the_survey():
    old = parcels(p1=square(0, 0), p2=square(20, 0))
    new = parcels(p1=square(0, 0, 20.3), p2=square(20.3, 0, 19.7))
    assert told(match(old, new)) == [("redrawn", ("p1",), ("p1",), []), ("redrawn", ("p2",), ("p2",), [])]


def test_match__division_and_union():
    whole, left, right = square(0, 0), square(0, 0, 8), square(8, 0, 12)
    assert told(match(parcels(p1=whole), parcels(n8=left, n9=right))) == [
        ("split", ("p1",), ("n8", "n9"), [])
    ]
    assert told(match(parcels(p8=left, p9=right), parcels(n1=whole))) == [
        ("merged", ("p8", "p9"), ("n1",), [])
    ]


def test_match__a_line_that_moved_by_half_a_parcel_is_asked():
    old = parcels(p1=square(0, 0), p2=square(20, 0))
    new = parcels(p1=square(0, 0, 30), p2=square(30, 0, 10))
    (found,) = match(old, new)
    assert (found.kind, found.olds, found.news) == ("rearranged", ("p1", "p2"), ("p1", "p2"))
    # p1 keeps all its land, p2's new parcel lies wholly on its old one; the 100 m² between are the question.
    assert [(d.message, d.facts["old"], d.facts["new"], d.area_m2) for d in found.doubts] == [
        ("ask.part_of_land", "15910/12/2", "15910/12/1", 100.0)
    ]


def test_match__a_number_on_half_of_its_land_is_asked():
    (found,) = match(parcels(p1=square(0, 0)), parcels(p1=square(10, 0)))
    assert told([found]) == [("redrawn", ("p1",), ("p1",), ["ask.other_land"])]
    assert found.doubts[0].facts["share"] == pytest.approx(0.5)


def test_match__a_part_without_its_rest_is_asked():
    (found,) = match(parcels(p1=square(0, 0)), parcels(n8=square(0, 0, 5), n9=square(5, 0, 5)))
    assert told([found]) == [("split", ("p1",), ("n8", "n9"), ["ask.rest_of_land"])]
    assert found.doubts[0].area_m2 == pytest.approx(100.0)


def test_match__a_number_that_stands_elsewhere_is_asked():
    old = parcels(p1=square(0, 0), p2=square(100, 0))
    (found,) = match(old, parcels(n2=square(0, 0)))
    assert told([found]) == [("renumbered", ("p1",), ("n2",), ["ask.number_elsewhere"])]
    swapped = match(old, parcels(n2=square(0, 0), n1=square(100, 0)))
    assert [one.doubts for one in swapped] == [(), ()]


def test_match__new_land_and_parcels_that_nobody_touched():
    old = parcels(p1=square(0, 0), p2=square(20, 0))
    assert told(match(old, parcels(n5=square(200, 0)))) == [("new", (), ("n5",), [])]
    assert match(old, parcels(n5=square(200, 0)))[0].difference_m2 == pytest.approx(200.0)


def test_match__every_doubt_has_its_sentence():
    old = parcels(p1=square(0, 0), p2=square(20, 0), p3=square(100, 0))
    new = parcels(p1=square(0, 0, 30), n3=square(30, 0, 4))
    doubts = [doubt for one in match(old, new) for doubt in one.doubts]
    assert {doubt.message for doubt in doubts} == {
        "ask.number_elsewhere",
        "ask.part_of_land",
        "ask.rest_of_land",
    }
    assert all(Texts(language).problem(doubt) for doubt in doubts for language in ("vi", "en"))


def test_match__a_frame_without_crs_is_refused():
    with pytest.raises(MissingCrsError):
        match(parcels(p1=square(0, 0)).set_crs(None, allow_override=True), parcels(p1=square(0, 0)))


CUTS = st.lists(st.integers(1, 99), unique=True, max_size=6).map(sorted)


def row(cuts, letter):
    edges = [0, *cuts, 100]
    return parcels(**{f"{letter}{a}": square(a, 0, b - a) for a, b in itertools.pairwise(edges)})


@settings(deadline=None)
@given(CUTS, CUTS)
def test_match__every_new_parcel_once_and_no_land_lost(old_cuts, new_cuts):
    """The same strip of land cut in two ways: shares sum to each parcel, and every parcel has one match."""
    old, new = row(old_cuts, "p"), row(new_cuts, "n")
    found = match(old, new)
    news = [one for each in found for one in each.news]
    olds = [one for each in found for one in each.olds]
    assert sorted(news) == sorted(new.index)
    assert sorted(olds) == sorted(old.index)
    for parcel, area in new.area.items():
        shared = sum(p.area_m2 for each in found for p in each.pairs if p.new == parcel)
        assert shared == pytest.approx(area)
    assert sum(each.difference_m2 for each in found) == pytest.approx(0.0, abs=1e-6)


@settings(deadline=None)
@given(st.floats(0.01, SURVEY_WIDTH_M - 0.01), st.integers(2, 8))
def test_match__a_shift_within_the_survey_is_no_question(shift, count):
    cuts = [count * step for step in range(10, 90 // count, 10)]
    old, new = row(cuts, "p"), row(cuts, "p")
    moved = new.set_geometry(new.translate(shift, 0))
    assert all(one.kind == "redrawn" and not one.doubts for one in match(old, moved))
