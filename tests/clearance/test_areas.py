"""Areas by hand: rectangles at the commune's true coordinates."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.clearance.areas import area_m2, overlap_m2
from gis.errors import CrsMismatchError, DuplicateIdError, MissingCrsError, NotVn2000Error

sys.path.insert(0, str(Path(__file__).parent))
from worlds import EAST, NORTH, assert_measure, box, units, zones

PAIR = ["parcel_id", "zone_id"]


def test_area_m2__polygons_with_holes_and_several_rings():
    """100 x 200, less a pond of 10 x 10; two plots of 5 x 5."""
    pond = box(0, 0, 100, 200).difference(box(40, 40, 50, 50))
    pair = shapely.MultiPolygon([box(0, 0, 5, 5), box(9, 9, 14, 14)])
    geometry = gpd.GeoSeries([box(0, 0, 100, 200), pond, pair], index=["A", "B", "C"], crs=5897)
    assert_measure(area_m2(geometry), {"A": 20_000, "B": 19_900, "C": 50}, name="area_m2")


def test_area_m2__nothing_where_there_is_no_polygon():
    shapes = [
        None,
        shapely.Polygon(),
        shapely.Point(1, 1),
        shapely.LineString([(0, 0), (9, 9)]),
        shapely.GeometryCollection([box(0, 0, 1, 1)]),
    ]
    geometry = gpd.GeoSeries(shapes, index=list("abcde"), crs=5897)
    assert_measure(area_m2(geometry), dict.fromkeys("abcde", np.nan), name="area_m2")


def test_area_m2__other_crs_is_refused():
    plot = gpd.GeoSeries([box(0, 0, 1, 1)])
    with pytest.raises(MissingCrsError):
        area_m2(plot)
    for crs in (4326, 3857, 32648, 6957):
        with pytest.raises(NotVn2000Error):
            area_m2(plot.set_crs(crs))


def test_area_m2__does_not_touch_its_input():
    plot = box(0, 0, 1, 1)
    area_m2(gpd.GeoSeries([plot], crs=5897))
    assert not shapely.is_prepared(plot)


def test_overlap_m2__inside_crossing_outside_and_touching():
    """The zone is 100 x 100. D shares its edge, E only its corner; F only the triangle's bounding box."""
    triangle = shapely.Polygon([(EAST, NORTH), (EAST + 100, NORTH), (EAST, NORTH + 100)])
    found = overlap_m2(
        units(
            A=box(10, 10, 20, 20),
            B=box(90, 40, 120, 50),
            C=box(200, 0, 210, 10),
            D=box(100, 0, 110, 10),
            E=box(100, 100, 110, 110),
            F=box(90, 90, 95, 95),
            G=box(0, 0, 10, 10),
        ),
        zones(Z=box(0, 0, 100, 100), T=triangle),
    )
    expected = {
        ("A", "T"): 100,
        ("A", "Z"): 100,
        ("B", "Z"): 100,
        ("F", "Z"): 25,
        ("G", "T"): 100,
        ("G", "Z"): 100,
    }
    assert_measure(found, expected, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__a_parcel_in_two_zones_counts_its_part_in_each():
    found = overlap_m2(units(P=box(-10, 0, 30, 10)), zones(W=box(-100, 0, 0, 100), E=box(0, 0, 100, 100)))
    assert_measure(found, {("P", "E"): 300, ("P", "W"): 100}, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__a_diagonal_boundary_by_hand():
    """The zone's edge runs along y = x: it leaves half of the square on it."""
    below = shapely.Polygon([(EAST, NORTH), (EAST + 50, NORTH), (EAST + 50, NORTH + 50)])
    found = overlap_m2(units(P=box(10, 10, 20, 20), Q=box(10, 15, 20, 25)), zones(Z=below))
    # Q: of y from 15 to 20 the triangle under y = x, legs of 5
    assert_measure(found, {("P", "Z"): 50, ("Q", "Z"): 12.5}, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__a_touch_beside_a_true_part_adds_nothing():
    """A zone with a notch: the parcel meets it in an area and in a line."""
    notched = box(0, 0, 30, 30).difference(box(10, 20, 20, 30))
    found = overlap_m2(units(P=box(10, 15, 20, 30)), zones(Z=notched))
    assert_measure(found, {("P", "Z"): 50}, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__a_hole_of_the_zone_does_not_count():
    ring = box(0, 0, 100, 100).difference(box(40, 40, 60, 60))
    found = overlap_m2(units(IN=box(45, 45, 55, 55), ON=box(50, 50, 70, 60)), zones(Z=ring))
    assert_measure(found, {("ON", "Z"): 100}, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__missing_shapes_overlap_nothing():
    found = overlap_m2(
        units(A=None, B=shapely.Polygon(), C=box(0, 0, 1, 1), D=shapely.LineString([(EAST, NORTH), (0, 0)])),
        zones(Y=None, Z=box(0, 0, 9, 9)),
    )
    assert_measure(found, {("C", "Z"): 1}, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__no_units_or_no_zones():
    nothing = {}
    some, zone = units(A=box(0, 0, 1, 1)), zones(Z=box(0, 0, 9, 9))
    assert_measure(overlap_m2(some.iloc[:0], zone), nothing, name="overlap_m2", index_name=PAIR)
    assert_measure(overlap_m2(some, zone.iloc[:0]), nothing, name="overlap_m2", index_name=PAIR)


def test_overlap_m2__is_sorted_whatever_the_order_of_rows():
    squares = {name: box(n, 0, n + 1, 1) for n, name in enumerate(["P3", "P1", "P2"])}
    found = overlap_m2(units(**squares), zones(Z=box(0, 0, 9, 9), A=box(0, 0, 9, 9)))
    assert found.index.is_monotonic_increasing
    assert found.loc["P3", "A"] == pytest.approx(1)


def test_overlap_m2__frames_of_differing_crs_are_refused():
    with pytest.raises(CrsMismatchError, match="5899"):
        overlap_m2(units(A=box(0, 0, 1, 1)), zones(crs=5899, Z=box(0, 0, 1, 1)))
    with pytest.raises(NotVn2000Error):
        overlap_m2(units(A=box(0, 0, 1, 1)), zones(crs=3857, Z=box(0, 0, 1, 1)))


def test_overlap_m2__an_id_that_stands_twice_is_refused():
    twice = units(A=box(0, 0, 1, 1), B=box(1, 0, 2, 1)).rename(index={"B": "A"})
    with pytest.raises(DuplicateIdError, match="'A'"):
        overlap_m2(twice, zones(Z=box(0, 0, 9, 9)))


def test_overlap_m2__leaves_the_callers_shapes_unprepared_and_runs_side_by_side():
    lots = units(**{f"P{n:02}": box(n, 0, n + 1, 1) for n in range(40)})
    parks = zones(Z=box(0.5, 0, 30.5, 1))
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: overlap_m2(lots, parks), range(8)))
    assert not shapely.is_prepared(parks.geometry.to_numpy()).any()
    assert all(run.equals(runs[0]) for run in runs)
    assert runs[0].sum() == pytest.approx(30)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60))
def test_overlap_m2__equals_geopandas_overlay(seed, count):
    """Another method, on random triangles that may overlap one another."""
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 60, (count, 1, 2)) + rng.uniform(0, 30, (count, 3, 2)) + (EAST, NORTH)
    lots = units(**{f"P{n:03}": shapely.polygons(ring) for n, ring in enumerate(corners)})
    parks = zones(
        Y=shapely.Point(EAST + 30, NORTH + 30).buffer(25),
        Z=box(20, 20, 70, 70).difference(box(30, 30, 40, 40)),
    )
    laid = gpd.overlay(lots.reset_index(), parks.reset_index(), keep_geom_type=True)
    laid = laid[laid.area > 0]
    expected = laid.area.groupby([laid["parcel_id"], laid["zone_id"]]).sum()
    found = overlap_m2(lots, parks)
    joined = found.to_frame("ours").join(expected.rename("theirs"), how="outer").fillna(0)
    np.testing.assert_allclose(joined["ours"], joined["theirs"], rtol=0, atol=1e-6)
    mixed = overlap_m2(lots.iloc[rng.permutation(count)], parks.iloc[::-1])
    assert mixed.equals(found)
