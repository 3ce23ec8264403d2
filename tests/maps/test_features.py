"""What goes to the browser: the right parcels, at the right place, and nothing about people."""

import json
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.errors import NotVn2000Error
from gis.maps.features import (
    map_units,
    unit_at,
    unit_bounds,
    units_in_view,
    view_geojson,
    whole_bounds,
    zones_geojson,
)

sys.path.insert(0, str(Path(__file__).parent))
from mapworld import AROUND, LAT, LON, square, units, zones

PARENTS = {"kcn": None, "gd1": "kcn", "rest": "kcn", "ccn": None}
NAMES = {"kcn": "KCN", "gd1": "Giai đoạn 1", "rest": "Phần còn lại", "ccn": "CCN"}


def seen(prepared, bbox, codes=None):
    codes = np.zeros(len(prepared.parcel_ids), dtype=np.uint8) if codes is None else codes
    return json.loads(view_geojson(prepared, units_in_view(prepared, bbox), codes))["features"]


def test_view_geojson__holds_what_the_view_meets_and_no_more():
    found = {feature["properties"]["parcel_id"] for feature in seen(map_units(units()), AROUND)}
    assert found == {"P000001", "P000002", "F000001"}


def test_view_geojson__says_key_kind_and_code_and_nothing_else():
    first = seen(map_units(units()), AROUND, np.array([0, 1, 2, 9], dtype=np.uint8))
    told = {feature["properties"]["parcel_id"]: feature["properties"] for feature in first}
    assert told["P000002"] == {
        "parcel_id": "P000002",
        "kind": "parcel",
        "sheet": "12",
        "number": "8a",
        "code": 1,
    }
    assert told["F000001"] == {
        "parcel_id": "F000001",
        "kind": "feature",
        "sheet": "",
        "number": "K01",
        "code": 9,
    }


def test_view_geojson__no_name_from_the_file_goes_out():
    text = view_geojson(map_units(units()), np.arange(4), np.zeros(4, dtype=np.uint8)).decode()
    assert "Nguy" not in text
    assert "nguon" not in text


def test_view_geojson__stands_at_the_published_test_point():
    """The south-west corner of P000001 is a test point of VN-2000; 1e-7 degree is 1 cm."""
    corners = seen(map_units(units()), AROUND)[0]["geometry"]["coordinates"][0]
    assert min(abs(lon - LON) + abs(lat - LAT) for lon, lat in corners) < 2e-7
    assert all(round(value, 7) == value for corner in corners for value in corner)


def test_view_geojson__strange_numbers_stay_json():
    numbers = {f["properties"]["number"] for f in seen(map_units(units()), (105, 19, 106, 20))}
    assert '9"<b>' in numbers


def test_view_geojson__more_than_the_limit_is_counted_not_cut():
    prepared = map_units(units())
    codes = np.zeros(4, dtype=np.uint8)
    found = units_in_view(prepared, AROUND)
    assert json.loads(view_geojson(prepared, found, codes, most=2)) == {"too_many": 3}
    assert len(json.loads(view_geojson(prepared, found, codes, most=3))["features"]) == 3


def test_view_geojson__a_unit_without_geometry_is_in_no_view():
    broken = units()
    broken.loc[["P000001"], "geometry"] = gpd.GeoSeries([None], index=["P000001"], crs=5897)
    prepared = map_units(broken)
    assert "P000001" not in {f["properties"]["parcel_id"] for f in seen(prepared, (105, 19, 106, 20))}
    assert unit_bounds(prepared, ["P000001"]) is None
    assert unit_at(prepared, LON + 0.0005, LAT + 0.0005) is None


def test_unit_at__is_the_unit_that_holds_the_place():
    """0.0005 degree is about 50 m: the middle of P000001; 150 m north of its south-west corner is nothing."""
    prepared = map_units(units())
    assert prepared.parcel_ids[unit_at(prepared, LON + 0.0005, LAT + 0.0005)] == "P000001"
    assert prepared.parcel_ids[unit_at(prepared, LON + 0.0015, LAT + 0.0005)] == "P000002"
    assert unit_at(prepared, LON + 0.0005, LAT + 0.00135) is None


def test_view_geojson__an_empty_project_is_an_empty_collection():
    assert seen(map_units(units().iloc[:0]), AROUND) == []


def test_map_units__refuses_units_without_a_crs():
    with pytest.raises(NotVn2000Error):
        map_units(units().set_crs(None, allow_override=True))


def test_units_in_view__agrees_with_a_scan_of_every_bounding_box():
    rng = np.random.default_rng(7)
    shapes = [square(*corner, 30, 20) for corner in rng.uniform(0, 3000, (300, 2))]
    frame = gpd.GeoDataFrame(
        {"kind": "parcel", "sheet": "1", "number": [str(i) for i in range(300)]},
        geometry=shapes,
        index=[f"P{i:06d}" for i in range(300)],
        crs=5897,
    )
    prepared = map_units(frame)
    for west, south in rng.uniform([105.84, 19.89], [105.87, 19.92], (20, 2)):
        east, north = west + 0.006, south + 0.004
        boxes = prepared.bounds
        meets = (
            (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        )
        assert units_in_view(prepared, (west, south, east, north)).tolist() == np.flatnonzero(meets).tolist()


def test_unit_bounds__spans_100_m():
    """Grid north turns by 0.842° x sin 19.9° = 0.2866° here, so the square reaches over 100 (cos + sin) = 100.50 m of
    meridian; a degree of it is 110.70 km at 19.9°: 0.0009078°."""
    west, south, east, north = unit_bounds(map_units(units()), ["P000001"])
    assert north - south == pytest.approx(0.0009078, abs=3e-7)
    assert west < LON + 1e-7 < east
    assert south < LAT + 1e-7 < north


def test_unit_bounds__of_an_unknown_parcel_are_none():
    assert unit_bounds(map_units(units()), ["P999999"]) is None


def test_whole_bounds__are_those_of_the_zones_where_there_are_any():
    prepared = map_units(units())
    east_of_zones = whole_bounds(prepared, zones())[2]
    assert east_of_zones < 105.85 < whole_bounds(prepared, zones().iloc[:0])[2]


def test_whole_bounds__of_an_empty_project_are_none():
    assert whole_bounds(map_units(units().iloc[:0]), zones().iloc[:0]) is None


def drawn(frame):
    return json.loads(zones_geojson(frame, NAMES, PARENTS))["features"]


def plan_zones(**shapes):
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=pd.Index(shapes, name="zone_id"), crs=5897)


def test_zones_geojson__a_parent_is_the_union_of_its_parts_and_comes_first():
    found = drawn(plan_zones(gd1=square(0, 0), rest=square(100, 0), ccn=square(500, 0)))
    assert [f["properties"]["zone_id"] for f in found] == ["kcn", "ccn", "gd1", "rest"]
    assert [f["properties"]["parent"] for f in found] == [True, False, False, False]
    whole, _, first, rest = (shapely.from_geojson(json.dumps(f["geometry"])) for f in found)
    assert whole.area == pytest.approx(first.area + rest.area, rel=1e-4)
    assert found[0]["properties"]["name"] == "KCN"


def test_zones_geojson__a_zone_without_a_boundary_is_not_invented():
    assert [f["properties"]["zone_id"] for f in drawn(plan_zones(ccn=square(0, 0)))] == ["ccn"]
    assert drawn(plan_zones(ccn=square(0, 0)).iloc[:0]) == []


def test_zones_geojson__labels_stand_inside_parts_and_on_the_upper_edge_of_a_parent():
    found = {f["properties"]["zone_id"]: f for f in drawn(plan_zones(gd1=square(0, 0), rest=square(100, 0)))}
    part = shapely.from_geojson(json.dumps(found["gd1"]["geometry"]))
    assert part.contains(shapely.Point(found["gd1"]["properties"]["label"]))
    whole = shapely.from_geojson(json.dumps(found["kcn"]["geometry"]))
    west, _, east, north = whole.bounds
    assert found["kcn"]["properties"]["label"] == pytest.approx([(west + east) / 2, north], abs=1e-5)


def test_zones_geojson__a_parent_that_lies_askew_is_labelled_at_its_northern_tip():
    diamond = shapely.Polygon([(588000, 2201000), (588200, 2201100), (588150, 2201400), (587900, 2201200)])
    found = drawn(plan_zones(gd1=diamond))
    tip = max(found[1]["geometry"]["coordinates"][0], key=lambda place: place[1])
    assert found[0]["properties"]["label"] == pytest.approx(tip, abs=1e-7)
