"""The VN-2000 CRS and the transformation by EPSG:6960."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import pyproj
import pytest
import shapely
from pyproj import CRS
from shapely import Point, box

from gis.errors import (
    CustomVn2000Error,
    DeprecatedVn2000Error,
    GeographicCrsError,
    MissingCrsError,
    NoTransformationError,
    NotVn2000Error,
)
from gis.vn2000 import VN2000_EPSG, known_epsg, require_vn2000, to_crs, to_vn2000, to_wgs84, transformer

# docs/domain: north, east (EPSG:5897), latitude, longitude; from an independent implementation.
TEST_POINTS = (
    (2204712.407, 584560.430, 19.930027940, 105.809631506),
    (2200968.198, 587333.118, 19.896083355, 105.835937693),
    (2201000.000, 588000.000, 19.896340598, 105.842307697),
    (2196841.003, 590773.200, 19.858644661, 105.868585938),
)
METRES_PER_DEGREE = 111_320
TM3_105 = "+proj=tmerc +lat_0=0 +lon_0=105 +k=0.9999 +x_0=500000 +y_0=0 +ellps=WGS84 +units=m +no_defs"
SIGNS_AS_PUBLISHED = (
    " +towgs84=-191.90441429,-39.30318279,-111.45032835,-0.00928836,0.01975479,-0.00427372,0.252906278"
)


@pytest.mark.parametrize(("north", "east", "lat", "lon"), TEST_POINTS)
def test_transformer__test_points_to_one_millimetre(
    north: float, east: float, lat: float, lon: float
) -> None:
    assert transformer(4326, 5897).transform(lon, lat) == pytest.approx((east, north), abs=1e-3)
    lon_out, lat_out = transformer(5897, 4326).transform(east, north)
    assert lat_out == pytest.approx(lat, abs=1e-3 / METRES_PER_DEGREE)
    assert lon_out == pytest.approx(lon, abs=1e-3 / METRES_PER_DEGREE)


def test_transformer__published_point_of_9217() -> None:
    east, north = transformer(4326, 9217).transform(108.877201, 11.349358)
    # The published degrees have six decimals: half of the last is 0.055 m, the pair agrees to 0.017 m.
    assert math.hypot(east - 568262.924, north - 1255172.510) < 0.02


def test_vn2000_epsg__are_all_projected_vn2000_of_epsg() -> None:
    listed = {
        int(info.code)
        for info in pyproj.database.query_crs_info("EPSG", pj_types=["PROJECTED_CRS"])
        if info.name.startswith("VN-2000")
    }
    assert set(VN2000_EPSG) == listed
    assert len(VN2000_EPSG) == 20
    for code in VN2000_EPSG:
        assert require_vn2000(code).to_epsg() == code


@pytest.mark.parametrize("code", VN2000_EPSG)
def test_transformer__goes_by_6960_for_each_crs(code: int) -> None:
    # EPSG's parameters of 6960, put into a pipeline by hand.
    shift = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
        "+step +proj=cart +ellps=WGS84 +step +inv +proj=helmert +convention=coordinate_frame "
        "+x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 +ry=0.01975479 +rz=-0.00427372 "
        "+s=0.252906278 +step +inv +proj=cart +ellps=WGS84 +step +proj=pop +v_3 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    lon, lat = pyproj.Transformer.from_pipeline(shift).transform(105.8, 19.9)
    east, north = pyproj.Proj(CRS.from_epsg(code))(lon, lat)
    assert transformer(4326, code).transform(105.8, 19.9) == pytest.approx((east, north), abs=1e-4)


@pytest.mark.parametrize("version", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
def test_require_vn2000__accepts_a_files_own_wkt(version: str) -> None:
    wkt = CRS.from_epsg(5897).to_wkt(version).replace("TM-3 zone 482", "KTT 105")
    assert require_vn2000(wkt) == CRS.from_epsg(5897)


def test_require_vn2000__accepts_bare_projection_that_equals_one() -> None:
    assert require_vn2000(TM3_105).to_epsg() == 5897


@pytest.mark.parametrize(
    ("crs", "error"),
    [
        (None, MissingCrsError),
        (4326, GeographicCrsError),
        (4756, GeographicCrsError),
        (32648, NotVn2000Error),
        (3857, NotVn2000Error),
        (5514, NotVn2000Error),
        (TM3_105 + SIGNS_AS_PUBLISHED, CustomVn2000Error),
        (TM3_105.replace("+ellps", "+datum"), NotVn2000Error),
        (TM3_105.replace("0.9999", "0.9998"), NotVn2000Error),
        (CRS.from_epsg(5897).to_wkt("WKT1_GDAL").replace("0.9999", "0.9998"), NotVn2000Error),
        (TM3_105.replace("105", "105.3"), NotVn2000Error),
    ],
)
def test_require_vn2000__refuses(crs: object, error: type[NotVn2000Error]) -> None:
    with pytest.raises(error):
        require_vn2000(crs)
    assert known_epsg(crs) is None


@pytest.mark.parametrize(("old", "instead"), [(6956, 5896), (6957, 5897), (6958, 5898), (6959, 5899)])
def test_require_vn2000__names_the_twin_of_a_withdrawn_one(old: int, instead: int) -> None:
    with pytest.raises(DeprecatedVn2000Error) as refusal:
        require_vn2000(old)
    assert refusal.value.facts == {"found": f"EPSG:{old}", "instead": f"EPSG:{instead}"}
    with pytest.raises(DeprecatedVn2000Error):
        transformer(old, 4326)


def test_transformer__refuses_a_crs_that_6960_does_not_join() -> None:
    with pytest.raises(NoTransformationError):
        transformer(5514, 5897)


def test_transformer__between_vn2000_zones_has_no_datum_change() -> None:
    lon, lat = pyproj.Proj(5899)(500_000, 1_800_000, inverse=True)
    expected = pyproj.Proj(5897)(lon, lat)
    assert transformer(5899, 5897).transform(500_000, 1_800_000) == pytest.approx(expected, abs=1e-4)


def test_to_vn2000__keeps_rows_columns_and_drops_heights() -> None:
    lots = gpd.GeoDataFrame(
        {
            "a": [1, 2, 3],
            "shape": [Point(105.8, 19.9, 7.5), None, box(105.8, 19.9, 105.81, 19.91)],
            "b": list("xyz"),
        },
        geometry="shape",
        crs=4326,
        index=["p", "q", "r"],
    )
    moved = to_vn2000(lots, 5897)
    assert list(moved.columns) == ["a", "shape", "b"]
    assert list(moved.index) == ["p", "q", "r"]
    assert moved.crs == CRS.from_epsg(5897)
    assert moved["shape"].isna().tolist() == [False, True, False]
    assert not moved["shape"]["p"].has_z
    assert shapely.get_num_coordinates(moved["shape"]["r"]) == 5
    assert lots.crs == CRS.from_epsg(4326), "the frame given is left as it was"
    assert lots["shape"]["p"].has_z


def test_to_wgs84__and_back_is_the_same_to_a_millimetre() -> None:
    plot = gpd.GeoSeries([box(588000, 2201000, 588100, 2201200)], crs=5897)
    back = to_vn2000(to_wgs84(plot), 5897)
    assert shapely.equals_exact(back[0], plot[0], tolerance=1e-3)


def test_to_crs__same_crs_changes_no_bit() -> None:
    plot = gpd.GeoSeries([box(588000.1234567, 2201000.7654321, 588100, 2201200)], crs=5897)
    assert shapely.equals_exact(to_crs(plot, 5897)[0], plot[0], tolerance=0)


def test_to_vn2000__refuses_without_crs_or_with_another_target() -> None:
    with pytest.raises(MissingCrsError):
        to_vn2000(gpd.GeoSeries([Point(0, 0)]), 5897)
    with pytest.raises(NotVn2000Error):
        to_vn2000(gpd.GeoSeries([Point(0, 0)], crs=4326), 32648)


def test_transformer__may_be_shared_between_threads() -> None:
    def moved(_: int) -> tuple[float, float]:
        east, north = transformer(4326, 5897).transform(105.842307697, 19.896340598)
        return round(east, 2), round(north, 2)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(moved, range(200))) == {(588000.0, 2201000.0)}
