"""Boundary files: two readers that must agree, and no exception whatever a file holds."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from pyproj import CRS
from shapely import LineString, Point, box

from gis.boundaries.shapes import polygons
from gis.errors import FileUnwritableError, MissingCrsError, Problem, SchemaMismatchError
from gis.store.files import read_vector, vector_files, write_layers, write_vector
from gis.texts import Texts

SHARED = Path(__file__).parents[2] / "../shared/data"
ROOT = Path(__file__).parents[2]
SCHEMA = {
    "geometry": "Polygon",
    "properties": {"so_to": "str:10", "so_thua": "int", "dt": "float", "ghi_chu": "str"},
}


@pytest.fixture
def lots() -> gpd.GeoDataFrame:
    """Three plots of 10 m x 20 m side by side, two with texts in Vietnamese."""
    shapes = [box(588000 + 10 * i, 2201000, 588010 + 10 * i, 2201020) for i in range(3)]
    return gpd.GeoDataFrame(
        {
            "so_to": ["7", "7", "105-1"],
            "so_thua": [12, 13, 14],
            "dt": [200.0, float("nan"), 199.5],
            "ghi_chu": ["ruộng ông Đồng", None, "Hoằng Xuyên"],
        },
        geometry=shapes,
        crs=5897,
    )


def messages(problems: list[Problem]) -> list[str]:
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in problems)
    return [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("thửa đất.gpkg", "GPKG"),
        ("thửa đất.geojson", "GeoJSON"),
        ("thửa đất.shp", "ESRI Shapefile"),
        ("thửa đất.fgb", "FlatGeobuf"),
    ],
)
def test_write_vector__reads_back_whole(
    tmp_path: Path, lots: gpd.GeoDataFrame, name: str, driver: str
) -> None:
    folder = tmp_path / "Hoàng Sơn - đợt 1"
    folder.mkdir()
    write_vector(folder / name, lots, SCHEMA, driver)
    (layer,), problems = read_vector(folder / name)
    assert messages(problems) == []
    back = layer.frame
    if driver == "GeoJSON":
        # RFC 7946 knows no CRS member, GDAL writes the one of 2008 that names it.
        assert json.loads((folder / name).read_text("utf-8"))["crs"]["properties"]["name"].endswith("5897")
    assert back.crs == CRS.from_epsg(5897)
    # A FlatGeobuf is ordered by its spatial index.
    back = back.sort_values("so_thua").reset_index(drop=True)
    assert back["so_to"].tolist() == ["7", "7", "105-1"]
    assert back["so_thua"].tolist() == [12, 13, 14]
    assert back["dt"].isna().tolist() == [False, True, False]
    assert back["ghi_chu"].iloc[0] == "ruộng ông Đồng"
    assert back["ghi_chu"].isna().tolist() == [False, True, False]
    assert shapely.equals(back.geometry.to_numpy(), lots.geometry.to_numpy()).all()
    assert list(folder.glob(".*")) == [], "no temporary file is left"


def test_write_layers__several_layers_and_the_same_bytes(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    zones = lots.dissolve()[["geometry"]].assign(zone_id="KCN")
    layers = {
        "parcels": (lots, SCHEMA),
        "zones": (zones, {"geometry": "Polygon", "properties": {"zone_id": "str"}}),
    }
    for name in ("a.gpkg", "b.gpkg"):
        write_layers(tmp_path / name, layers, written_at="2026-01-31T00:00:00Z")
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()
    found, problems = read_vector(tmp_path / "a.gpkg")
    assert [(one.layer, len(one.frame)) for one in found] == [("parcels", 3), ("zones", 1)]
    assert problems == []
    (one,), problems = read_vector(tmp_path / "a.gpkg", "zones")
    assert one.source == "a.gpkg, zones"
    none, problems = read_vector(tmp_path / "a.gpkg", "roads")
    assert (none, messages(problems)) == ([], ["problem.no_such_layer"])


def test_write_vector__replaces_the_file_whole(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    write_vector(tmp_path / "a.gpkg", lots.head(1), SCHEMA)
    assert len(read_vector(tmp_path / "a.gpkg")[0][0].frame) == 1


def test_write_vector__refuses_what_does_not_fit(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.gpkg"
    with pytest.raises(MissingCrsError):
        write_vector(
            path, gpd.GeoDataFrame(lots.drop(columns="geometry"), geometry=list(lots.geometry)), SCHEMA
        )
    with pytest.raises(SchemaMismatchError, match="dt"):
        write_vector(path, lots.drop(columns="dt"), SCHEMA)
    with pytest.raises(SchemaMismatchError, match=r"\.shp"):
        write_vector(path, lots, SCHEMA, "ESRI Shapefile")
    with pytest.raises(FileUnwritableError):
        write_vector(tmp_path / "absent/a.gpkg", lots, SCHEMA)
    with pytest.raises(SchemaMismatchError, match="twelve"):
        write_vector(path, lots.assign(so_thua="twelve"), SCHEMA)
    with pytest.raises(SchemaMismatchError, match="105-1-234567"):
        write_vector(path, lots.assign(so_to="105-1-234567"), SCHEMA)
    with pytest.raises(FileUnwritableError):
        write_vector(path, lots.assign(geometry=lots.centroid), SCHEMA)
    assert list(tmp_path.iterdir()) == [], "nothing was written"


def test_read_vector__geojson_without_crs_is_wgs84(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    ring = [[105.80, 19.90], [105.81, 19.90], [105.81, 19.91], [105.80, 19.90]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "utf-8")
    (layer,), problems = read_vector(path)
    assert problems == []
    assert layer.frame.crs == CRS.from_epsg(4326)
    assert layer.source == "a.geojson"
    assert layer.feature(0) == "a.geojson, feature 1"


def test_read_vector__shapefile_without_prj_has_no_crs(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    write_vector(tmp_path / "a.shp", lots, SCHEMA, "ESRI Shapefile")
    (tmp_path / "a.prj").unlink()
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert problems == []
    assert layer.frame.crs is None


def test_read_vector__shapefile_without_cpg_is_told_by_its_bytes(
    tmp_path: Path, lots: gpd.GeoDataFrame
) -> None:
    write_vector(tmp_path / "a.shp", lots, SCHEMA, "ESRI Shapefile")
    (tmp_path / "a.cpg").unlink()
    # The language id in the header of the .dbf, byte 29, may say it too: 0 is "not stated".
    content = bytearray((tmp_path / "a.dbf").read_bytes())
    content[29] = 0
    (tmp_path / "a.dbf").write_bytes(content)
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert messages(problems) == ["problem.text_recoded"]
    assert layer.frame["ghi_chu"].tolist()[::2] == ["ruộng ông Đồng", "Hoằng Xuyên"]
    # Bytes that are no text in any encoding known here: guessed, and fiona guesses otherwise.
    (tmp_path / "a.dbf").write_bytes(bytes(content).replace("Đồ".encode(), b"\x81\x8d\x8f\x90\x9d"))
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert "problem.encoding_guessed" in messages(problems)
    assert {problem.severity for problem in problems} == {"warning"}
    assert problems[-1].facts["columns"] == "ghi_chu"
    assert len(layer.frame) == 3


@pytest.mark.parametrize("kept", [0.999, 0.9, 0.5, 0.2, 0.05, 0.001])
@pytest.mark.parametrize(
    ("name", "driver"),
    [("a.gpkg", "GPKG"), ("a.shp", "ESRI Shapefile"), ("a.geojson", "GeoJSON"), ("a.fgb", "FlatGeobuf")],
)
def test_read_vector__truncated_file_is_never_read_as_whole(
    tmp_path: Path, name: str, driver: str, kept: float
) -> None:
    shapes = [Point(588000 + 30 * i, 2201000).buffer(10) for i in range(300)]
    many = gpd.GeoDataFrame(
        {"so_to": "7", "so_thua": range(300), "dt": 1.0, "ghi_chu": "đất"}, geometry=shapes, crs=5897
    )
    path = tmp_path / name
    write_vector(path, many, SCHEMA, driver)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    layers, problems = read_vector(path)
    refused = [problem for problem in problems if problem.severity == "refused"]
    whole = bool(layers) and len(layers[0].frame) == 300 and not layers[0].unreadable
    rows_named = bool(layers) and layers[0].frame.geometry.isna().any()
    assert refused or whole or rows_named, messages(problems)
    assert all(name in problem.source for problem in problems)


def test_read_vector__empty_missing_folder_and_foreign(tmp_path: Path) -> None:
    (tmp_path / "empty.gpkg").touch()
    (tmp_path / "folder.gpkg").mkdir()
    (tmp_path / "list.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "plan.dwg").write_bytes(b"AC1032")
    (tmp_path / "text.gpkg").write_text("not a database")
    (tmp_path / "v8.dgn").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (tmp_path / "link.kml").write_text("<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>")
    (tmp_path / "none.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    expected = {
        "absent.gpkg": "problem.file_missing",
        "empty.gpkg": "problem.file_empty",
        "folder.gpkg": "problem.file_is_folder",
        "list.xlsx": "problem.format_unknown",
        "plan.dwg": "problem.format_dwg",
        "text.gpkg": "problem.format_other",
        "v8.dgn": "problem.format_dgn_v8",
        "link.kml": "problem.format_points_elsewhere",
    }
    for name, message in expected.items():
        assert (name, *messages(read_vector(tmp_path / name)[1])) == (name, message)
    (layer,), _ = read_vector(tmp_path / "none.geojson")
    assert len(layer.frame) == 0


def test_read_vector__one_bad_geometry_spoils_no_other(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.geojson"
    write_vector(path, lots.to_crs(4326), SCHEMA, "GeoJSON")
    data = json.loads(path.read_text("utf-8"))
    data["features"][1]["geometry"]["coordinates"][0].pop()
    path.write_text(json.dumps(data), "utf-8")
    (layer,), _ = read_vector(path)
    assert list(layer.unreadable) == [1]
    assert layer.frame.geometry.isna().tolist() == [False, True, False]


def test_read_vector__table_without_geometry_is_named(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    table = gpd.GeoDataFrame({"x": [1]}).drop(columns=[])
    pyogrio.write_dataframe(table, tmp_path / "a.gpkg", layer="layer_styles", append=True)
    layers, problems = read_vector(tmp_path / "a.gpkg")
    assert [one.layer for one in layers] == ["a"]
    assert [(p.message, p.severity) for p in problems] == [("problem.layer_without_geometry", "warning")]


def test_read_vector__all_types_of_columns_and_geometry(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {
            "whole": [1, None, 3],
            "flag": [True, False, None],
            "day": ["2025-07-01", None, "2026-01-31"],
            "geometry_": ["a", "b", "c"],
        },
        geometry=[Point(588000, 2201000), LineString([(588000, 2201000), (588010, 2201000)]), None],
        crs=5897,
    )
    schema = {
        "geometry": "Unknown",
        "properties": {"whole": "int", "flag": "bool", "day": "date", "geometry_": "str"},
    }
    write_vector(tmp_path / "a.gpkg", frame, schema)
    (layer,), problems = read_vector(tmp_path / "a.gpkg")
    assert messages(problems) == []
    assert layer.frame["whole"].tolist() == [1, None, 3], "no whole number becomes a decimal one"
    assert layer.frame["day"].astype(str).tolist()[::2] == ["2025-07-01", "2026-01-31"]
    assert layer.frame.geometry.isna().tolist() == [False, False, True]


def test_vector_files__by_name_without_sidecars(tmp_path: Path) -> None:
    for name in (
        "b.gpkg", "b.gpkg-wal", "b.gpkg-shm", "b.gpkg-journal", "a.shp", "a.shx", "a.dbf", "a.prj", "a.cpg", "ảnh.tif",
        "C.GEOJSON", ".a.gpkg", "notes.txt", "đất.fgb",
    ):  # fmt: skip
        (tmp_path / name).touch()
    (tmp_path / "folder.gpkg").mkdir()
    assert [path.name for path in vector_files(tmp_path)] == ["C.GEOJSON", "a.shp", "b.gpkg", "đất.fgb"]
    assert vector_files(tmp_path / "absent") == []


@pytest.mark.parametrize("order", ["import fiona, pyogrio", "import pyogrio, fiona"])
def test_two_gdal__do_not_disturb_each_other(tmp_path: Path, lots: gpd.GeoDataFrame, order: str) -> None:
    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    code = f"""
import os
before = dict(os.environ)
{order}
import pyproj
assert fiona.__gdal_version__ != ".".join(map(str, pyogrio.__gdal_version__))
for _ in range(3):
    assert pyogrio.read_info("a.gpkg")["crs"] == "EPSG:5897"
    with fiona.open("a.gpkg") as source:
        assert source.crs.to_epsg() == 5897 and len(source) == 3
    east, north = pyproj.Transformer.from_crs(4326, 5897, always_xy=True).transform(105.842307697, 19.896340598)
    assert abs(east - 588000) < 0.001 and abs(north - 2201000) < 0.001
assert not [k for k in os.environ if k.startswith(("GDAL_DATA", "PROJ_")) and "CURL" not in k and k not in before]
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_read_vector__file_whose_count_lies(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    # A GeoPackage keeps its own count of features, which a careless program leaves behind.
    import sqlite3

    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    with sqlite3.connect(tmp_path / "a.gpkg") as connection:
        connection.execute("UPDATE gpkg_ogr_contents SET feature_count = 5")
    connection.close()
    layers, problems = read_vector(tmp_path / "a.gpkg")
    assert len(layers[0].frame) == 3
    assert set(messages(problems)) <= {"problem.features_lost", "problem.readers_differ_count"}
    assert problems
    assert all(problem.severity == "refused" for problem in problems)


def test_read_vector__shapefile_whose_header_states_more_than_there_is(
    tmp_path: Path, lots: gpd.GeoDataFrame
) -> None:
    write_vector(tmp_path / "a.shp", lots, SCHEMA, "ESRI Shapefile")
    content = bytearray((tmp_path / "a.shp").read_bytes())
    # Number of points of the first record: bytes 48 to 52 of its content, little endian.
    struct.pack_into("<i", content, 100 + 8 + 4 + 32 + 4, 5_000_000)
    (tmp_path / "a.shp").write_bytes(content)
    layers, problems = read_vector(tmp_path / "a.shp")
    shapes, found = polygons(layers[0], 5897) if layers else (None, [])
    assert any(p.severity == "refused" for p in [*problems, *found])
    assert shapes is None or shapes.notna().sum() == 2


# With files of other people


def shared(name: str) -> Path:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared data absent: {name}")
    return path


def test_read_vector__seoul_korean_texts() -> None:
    (layer,), problems = read_vector(shared("parcels/seoul_kr/Parcels.shp"))
    assert messages(problems) == []
    assert (len(layer.frame), layer.encoding, layer.frame.crs.to_epsg()) == (235, "UTF-8", 5186)
    words = " ".join(map(str, layer.frame.drop(columns="geometry").to_numpy().ravel()))
    assert "서울특별시" in words


def test_read_vector__gualeguaychu_points_without_crs() -> None:
    (layer,), _ = read_vector(shared("parcels/gualeguaychu_ar/parcels.shp"))
    assert len(layer.frame) == 93_372
    shapes, problems = polygons(layer, 5897)
    assert shapes.isna().all()
    assert messages(problems) == ["problem.crs_missing", "problem.no_polygons"]


def test_read_vector__cz_vfr_in_its_own_crs() -> None:
    (layer,), problems = read_vector(shared("parcels/cz_vfr/parcely_poly.gpkg"))
    assert messages(problems) == []
    assert (len(layer.frame), layer.frame.crs.to_epsg()) == (3172, 5514)
    assert messages(polygons(layer, 5897)[1]) == ["error.no_transformation"]


def test_read_vector__bad_input_gives_answers_and_no_exception() -> None:
    files = sorted(path for path in shared("bad_input").rglob("*") if path.is_file())
    answers = Counter()
    for path in files:
        layers, problems = read_vector(path)
        assert layers or problems, path
        for layer in layers:
            shapes, found = polygons(layer, 5897)
            problems = [*problems, *found]
            named = {p.facts["feature"] for p in found if p.severity == "refused" and "feature" in p.facts}
            whole = any(p.severity == "refused" and "feature" not in p.facts for p in found)
            assert whole or shapes.notna().sum() + len(named) == len(layer.frame), path
        answers["read" if layers else "refused"] += 1
        messages(problems)
        assert all(problem.source.startswith(path.name) for problem in problems), path
    assert answers.total() == len(files) > 600
    assert answers["read"] > 300


def test_read_vector__read_only_folder_is_left_as_it_was(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    before = (tmp_path / "a.gpkg").read_bytes()
    read_vector(tmp_path / "a.gpkg")
    assert os.listdir(tmp_path) == ["a.gpkg"]  # noqa: PTH208  hidden files count
    assert (tmp_path / "a.gpkg").read_bytes() == before


def test_read_vector__another_format_under_its_ending(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    shutil.copy(tmp_path / "a.gpkg", tmp_path / "b.shp")
    assert messages(read_vector(tmp_path / "b.shp")[1]) == ["problem.format_other"]


def test_read_vector__a_curve_is_named_and_not_straightened(tmp_path: Path, lots: gpd.GeoDataFrame) -> None:
    import sqlite3

    write_vector(tmp_path / "a.gpkg", lots, SCHEMA)
    # CURVEPOLYGON(CIRCULARSTRING(0 0, 1 1, 2 0, 1 -1, 0 0)): ISO types 10 and 8.
    arc = struct.pack("<BII10d", 1, 8, 5, 0, 0, 1, 1, 2, 0, 1, -1, 0, 0)
    blob = b"GP\x00\x01" + struct.pack("<i", 5897) + struct.pack("<BII", 1, 10, 1) + arc
    connection = sqlite3.connect(tmp_path / "a.gpkg")
    connection.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("MinX", "MinY", "MaxX", "MaxY"):
        connection.create_function(f"ST_{name}", 1, lambda _: 0.0)
    connection.execute("UPDATE a SET geom = ? WHERE fid = 2", [blob])
    connection.commit()
    connection.close()
    (layer,), _ = read_vector(tmp_path / "a.gpkg")
    shapes, problems = polygons(layer, 5897)
    assert shapes.notna().tolist() == [True, False, True]
    assert [(p.message, p.source) for p in problems] == [("problem.curve_unreadable", "a.gpkg, feature 2")]
