"""Land that would count twice."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, box

from gis.boundaries.topology import check_zone_overlaps, overlaps
from gis.errors import NotVn2000Error
from gis.texts import Texts

SHARED = Path(__file__).parents[2] / "../shared/data"


def vn(shapes: list[object]) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapes, crs=5897)


def test_overlaps__least_share_is_a_tenth_of_a_square_metre() -> None:
    # Strips 10 m high that reach 0.01 m (0.1 m2) and 0.011 m (0.11 m2) into their neighbours.
    assert overlaps(vn([box(0, 0, 10.01, 10), box(10, 0, 20, 10)])) == []
    ((first, second, shared),) = overlaps(vn([box(0, 0, 10.011, 10), box(10, 0, 20, 10)]))
    assert (first, second) == (0, 1)
    assert shared == pytest.approx(0.11)


def test_overlaps__identical_contained_multipart_and_missing() -> None:
    shapes = vn(
        [
            box(0, 0, 10, 10),
            None,
            box(0, 0, 10, 10),
            box(100, 0, 200, 100),
            box(120, 20, 140, 40),
            MultiPolygon([box(300, 0, 310, 10), box(138, 38, 148, 48)]),
        ]
    )
    # By hand: 10 x 10 twice, 20 x 20 inside, 10 x 10 of the multipart inside, 2 x 2 of it over the small one.
    assert overlaps(shapes) == [(3, 4, 400.0), (0, 2, 100.0), (3, 5, 100.0), (4, 5, 4.0)]


def test_overlaps__neighbours_that_only_touch_share_nothing() -> None:
    # The long side of the first meets two sides of others: vertices that do not match are no overlap.
    assert (
        overlaps(vn([box(0, 0, 10, 20), box(10, 0, 20, 10), box(10, 10, 20, 20), box(20, 20, 30, 30)])) == []
    )


def test_overlaps__refuses_degrees() -> None:
    with pytest.raises(NotVn2000Error):
        overlaps(gpd.GeoSeries([box(0, 0, 1, 1)], crs=4326))


boxes = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(1, 12),
    st.integers(1, 12),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(boxes, max_size=12))
def test_overlaps__as_pair_by_pair(shapes: list[shapely.Polygon]) -> None:
    expected = {
        (i, j): shapes[i].intersection(shapes[j]).area
        for i, j in combinations(range(len(shapes)), 2)
        if shapes[i].intersection(shapes[j]).area > 0.1
    }
    found = overlaps(vn(shapes))
    assert {(i, j): area for i, j, area in found} == pytest.approx(expected)
    assert [area for *_, area in found] == sorted((area for *_, area in found), reverse=True)


def test_check_zone_overlaps__names_both() -> None:
    zones = gpd.GeoDataFrame(
        index=["KCN-1", "KCN-2"], geometry=[box(0, 0, 100, 100), box(90, 0, 200, 100)], crs=5897
    )
    (problem,) = check_zone_overlaps(zones)
    assert (problem.message, problem.severity) == ("problem.zones_overlap", "refused")
    assert Texts("vi").problem(problem).startswith("KCN-1: khu KCN-1 chồng lên khu KCN-2 1.000,0 m²")


@pytest.mark.parametrize(("name", "count"), [("cz_vfr/parcely_poly.gpkg", 0), ("seoul_kr/Parcels.shp", 11)])
def test_overlaps__parcels_of_other_countries(name: str, count: int) -> None:
    path = SHARED / "parcels" / name
    if not path.exists():
        pytest.skip(f"shared data absent: {name}")
    # Overlap is planar whatever the CRS is called.
    shapes = gpd.read_file(path).geometry.set_crs(5897, allow_override=True)
    assert len(overlaps(shapes)) == count
