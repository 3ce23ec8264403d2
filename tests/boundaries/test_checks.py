"""Zones, parcels and public features from a file: good rows, and every row that is not good by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely import MultiPolygon, Point, Polygon, box

from gis.boundaries.checks import UNIT_COLUMNS, check_features, check_parcels, check_same_keys, check_zones
from gis.boundaries.columns import DEFAULT_COLUMNS
from gis.boundaries.layers import RawLayer
from gis.boundaries.shapes import polygons
from gis.store.files import read_vector
from gis.texts import Texts

VN_SAMPLE = Path(__file__).parents[2] / "../shared/data/parcels/vn_sample/thua_dat_134.geojson"
BOW_TIE = Polygon([(588000, 2201000), (588010, 2201010), (588010, 2201000), (588000, 2201010)])


def plot(i: int) -> Polygon:
    return box(588000 + 10 * i, 2201000, 588010 + 10 * i, 2201020)


def layer(columns: dict[str, Any], shapes: list[Any], crs: object = 5897) -> RawLayer:
    return RawLayer(
        "Thửa đất.gpkg", "tờ 7", "GPKG", "UTF-8", gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    )


def parcels_of(raw: RawLayer, commune: str | None = "15910") -> tuple[gpd.GeoDataFrame, list[Any]]:
    frame, problems = check_parcels(raw, DEFAULT_COLUMNS, 5897, commune)
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in problems)
    return frame, problems


def refused_rows(problems: list[Any]) -> set[int]:
    return {p.facts["feature"] for p in problems if p.severity == "refused"}


def test_check_parcels__frame_as_documented() -> None:
    raw = layer(
        {
            "soTo": [7.0, 7.0, 8.0],
            "Số thửa": ["12a", " 1/2", "105-1"],
            "loaidat": ["luc", "ont + cln", "BHK"],
            "DIENTICH": [200.4, np.nan, 199.0],
            "xứ đồng": ["Đồng Bông", None, ""],
            "ma_xa": [15895, 15895, 15895],
            "chu_su_dung": ["a", "b", "c"],
        },
        [plot(0), plot(1), MultiPolygon([plot(2), plot(4)])],
    )
    frame, problems = parcels_of(raw)
    assert list(frame.columns) == [*UNIT_COLUMNS, "geometry"]
    assert frame.crs == CRS.from_epsg(5897)
    assert frame["sheet"].tolist() == ["7", "7", "8"]
    assert frame["number"].tolist() == ["12a", "1/2", "105-1"]
    assert frame["land_use"].tolist() == ["LUC", "ONT+CLN", "BHK"]
    assert frame["commune"].tolist() == ["15895"] * 3
    assert frame["name"].tolist() == ["Đồng Bông", "", ""]
    assert frame["legal_area_m2"].isna().tolist() == [False, True, False]
    assert frame["measured_area_m2"].isna().all()
    assert set(frame["kind"]) == {"parcel"}
    assert frame["source"].tolist() == [f"Thửa đất.gpkg, tờ 7, feature {n}" for n in (1, 2, 3)]
    assert [(p.message, p.severity) for p in problems] == [("problem.land_use_obsolete", "warning")]
    assert frame.dtypes[["legal_area_m2", "measured_area_m2"]].eq("float64").all()


def test_check_parcels__duplicate_and_missing_keys_are_all_named() -> None:
    raw = layer(
        {"so_to": ["7", "7", "7", None, "8"], "so_thua": ["1", "2", "1", "4", " "], "mdsd": "LUC"},
        [plot(i) for i in range(5)],
    )
    frame, problems = parcels_of(raw)
    assert frame["number"].tolist() == ["2"]
    assert [(p.facts["feature"], p.message) for p in problems] == [
        (4, "problem.key_missing"),
        (5, "problem.key_missing"),
        (1, "problem.key_twice"),
        (3, "problem.key_twice"),
    ]
    assert problems[2].facts["other"] == 3
    # The land of each is at stake: 10 m by 20 m.
    assert [p.area_m2 for p in problems] == [200] * 4
    assert [p.shape for p in problems] == [plot(3), plot(4), plot(0), plot(2)]
    assert (
        Texts("vi")
        .problem(problems[2])
        .startswith("Thửa đất.gpkg, tờ 7, đối tượng 1: trùng mã 15910 / 7 / 1 với đối tượng số 3")
    )


def test_check_parcels__same_number_in_two_communes_is_no_duplicate() -> None:
    raw = layer(
        {"so_to": ["1", "1"], "so_thua": ["1", "1"], "maXa": ["15895", "15907"], "mdsd": "LUC"},
        [plot(0), plot(1)],
    )
    frame, problems = parcels_of(raw)
    assert (len(frame), problems) == (2, [])


def test_check_parcels__without_any_commune() -> None:
    frame, problems = parcels_of(layer({"so_to": ["1"], "so_thua": ["1"], "mdsd": "LUC"}, [plot(0)]), None)
    assert len(frame) == 0
    assert [p.message for p in problems] == ["problem.key_missing"]


def test_check_parcels__layer_of_no_use_says_why_once() -> None:
    raw = layer({"a": range(1000)}, [Point(588000, 2201000)] * 1000, None)
    frame, problems = parcels_of(raw)
    assert [p.message for p in problems] == [
        "problem.crs_missing",
        "problem.no_polygons",
        "problem.column_missing_sheet",
        "problem.column_missing_number",
    ]
    assert len(frame) == 0
    assert list(frame.columns) == [*UNIT_COLUMNS, "geometry"]


def test_check_parcels__a_row_with_several_faults_names_all() -> None:
    raw = layer(
        {"so_to": [None, "7"], "so_thua": ["1", "2"], "mdsd": "LUC", "dt_gcn": ["1.234", "207,4"]},
        [BOW_TIE, plot(1)],
    )
    frame, problems = parcels_of(raw)
    assert {p.message for p in problems} == {
        "problem.ring_crosses_itself",
        "problem.key_missing",
        "problem.ambiguous_number",
    }
    assert refused_rows(problems) == {1}
    assert frame["legal_area_m2"].tolist() == [207.4]


def test_check_parcels__leaves_the_raw_layer_as_it_was() -> None:
    raw = layer({"so_to": [7.0], "so_thua": [1], "mdsd": "luc"}, [plot(0)])
    before = raw.frame.copy()
    parcels_of(raw)
    pd.testing.assert_frame_equal(pd.DataFrame(raw.frame), pd.DataFrame(before))


rows = st.tuples(
    st.sampled_from(["7", "8", None]),
    st.sampled_from(["1", "2", "3", ""]),
    st.sampled_from(["100,5", "1.234", "x", None]),
    st.sampled_from([plot(0), BOW_TIE, None, Polygon(), Point(588000, 2201000), plot(3)]),
)


@settings(deadline=None)
@given(st.lists(rows, max_size=8))
def test_check_parcels__good_and_refused_are_all_rows(given_rows: list[tuple[Any, ...]]) -> None:
    sheet, number, area, shapes = (
        (list(column) for column in zip(*given_rows, strict=True)) if given_rows else ([], [], [], [])
    )
    raw = layer({"so_to": sheet, "so_thua": number, "dien_tich": area, "mdsd": "LUC"}, shapes)
    frame, problems = parcels_of(raw)
    whole = any(p.severity == "refused" and "feature" not in p.facts for p in problems)
    assert len(frame) + len(refused_rows([p for p in problems if "feature" in p.facts])) == len(
        raw.frame
    ) or (whole and frame.empty)
    kept = {int(source.rpartition(" ")[2]) for source in frame["source"]}
    assert whole or kept | refused_rows(problems) == set(range(1, len(raw.frame) + 1))
    assert not frame.duplicated(["commune", "sheet", "number"]).any()


def test_check_features__code_becomes_the_number() -> None:
    raw = layer(
        {"code": ["K01", "K01", "Đ02"], "name": ["Kênh N5", "Kênh N5", "Đường 510"], "land_use": "dtl"},
        [plot(0), plot(1), plot(2)],
    )
    frame, problems = check_features(raw, DEFAULT_COLUMNS, 5897, "15910")
    assert frame[["kind", "sheet", "number", "land_use", "name"]].to_numpy().tolist() == [
        ["feature", "", "Đ02", "DTL", "Đường 510"]
    ]
    assert [(p.facts["feature"], p.message, p.facts["key"]) for p in problems] == [
        (1, "problem.key_twice", "15910 / K01"),
        (2, "problem.key_twice", "15910 / K01"),
    ]


def test_check_zones__index_and_names() -> None:
    raw = layer(
        {"zone_id": ["KCN-1", "KCN-2", None, "CCN"], "name": ["Giai đoạn 1", "", "x", "y"]},
        [plot(0), plot(1), plot(2), BOW_TIE],
    )
    frame, problems = check_zones(raw, DEFAULT_COLUMNS, 5897)
    assert list(frame.index) == ["KCN-1", "KCN-2"]
    assert frame.index.name == "zone_id"
    assert frame["name"].tolist() == ["Giai đoạn 1", "KCN-2"]
    assert {(p.facts["feature"], p.message) for p in problems} == {
        (3, "problem.key_missing"),
        (4, "problem.ring_crosses_itself"),
    }


def test_check_zones__without_its_column() -> None:
    frame, problems = check_zones(layer({"x": [1]}, [plot(0)]), DEFAULT_COLUMNS, 5897)
    assert [p.message for p in problems] == ["problem.column_missing_zone_id"]
    assert (len(frame), frame.index.name) == (0, "zone_id")


def test_check_same_keys__over_several_files() -> None:
    one, _ = parcels_of(
        layer({"so_to": ["7", "7"], "so_thua": ["1", "2"], "mdsd": "LUC"}, [plot(0), plot(1)])
    )
    two = one.head(1).assign(source="b.gpkg, feature 1")
    (problem,) = check_same_keys(gpd.GeoDataFrame(pd.concat([one, two])))
    assert (problem.source, problem.facts) == (
        "b.gpkg, feature 1",
        {"key": "15910 / 7 / 1", "other": "Thửa đất.gpkg, tờ 7, feature 1"},
    )
    zones = gpd.GeoDataFrame(
        {"source": ["a", "b"]}, index=pd.Index(["Z", "Z"], name="zone_id"), geometry=[plot(0), plot(1)]
    )
    assert [p.facts["key"] for p in check_same_keys(zones, ["zone_id"])] == ["Z"]


# The main job on real input


@pytest.fixture(scope="module")
def vn_sample() -> RawLayer:
    if not VN_SAMPLE.exists():
        pytest.skip("shared data absent: parcels/vn_sample")
    (raw,), problems = read_vector(VN_SAMPLE)
    assert problems == []
    return raw


def test_vn_sample__each_area_is_shape_area(vn_sample: RawLayer) -> None:
    shapes, problems = polygons(vn_sample, 5899)
    assert problems == []
    assert len(shapes) == 134
    assert (shapes.area - vn_sample.frame["Shape_Area"]).abs().max() < 0.01


def test_vn_sample__each_centroid_is_toa_do(vn_sample: RawLayer) -> None:
    shapes, _ = polygons(vn_sample, 5899)
    centroids = shapely.get_coordinates(shapely.centroid(shapes.to_numpy()))
    # Here X is east.
    published = vn_sample.frame[["toaDoX", "toaDoY"]].to_numpy(dtype=float)
    assert np.abs(centroids - published).max() < 0.001


def test_vn_sample__columns_are_recognised_and_all_rows_come_through(vn_sample: RawLayer) -> None:
    frame, problems = check_parcels(vn_sample, DEFAULT_COLUMNS, 5899, "26527")
    assert len(frame) == 134
    assert [p for p in problems if p.severity == "refused"] == []
    assert set(frame["sheet"]) == {"7"}
    assert not frame["number"].str.contains(".", regex=False).any()
    assert frame["legal_area_m2"].sum() == pytest.approx(vn_sample.frame["DIENTICH"].sum(), abs=1e-6)
