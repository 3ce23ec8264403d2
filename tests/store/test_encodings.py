"""Files without a true word about their encoding: really written, byte by byte, and read."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import fiona
import geopandas as gpd
import pyogrio
import pytest
from alphabets import encode
from shapely import box

from gis.store.decoding import frame_of
from gis.store.encodings import read_table, recoded
from gis.store.files import read_vector, write_vector
from gis.texts import Texts

if TYPE_CHECKING:
    from pathlib import Path

    from gis.errors import Problem

NAMES = ["Nguyễn Văn Thử", "Hoằng Xuyên", "Đất trồng lúa nước", "Nghĩa trang xã Hoàng Sơn", None]
LEGACY = ["TCVN3", "VNI", "CP1258", "VISCII", "VPS", "UTF-8"]


@pytest.fixture
def lots() -> gpd.GeoDataFrame:
    shapes = [box(588000 + 10 * i, 2201000, 588010 + 10 * i, 2201020) for i in range(5)]
    return gpd.GeoDataFrame({"so_thua": range(5), "ten": NAMES}, geometry=shapes, crs=5897)


def texts(column) -> list[str | None]:
    """Values with None for what is missing."""
    return [value if isinstance(value, str) else None for value in column]


def messages(problems: list[Problem]) -> list[str]:
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in problems)
    return [problem.message for problem in problems]


def write_shapefile(
    path: Path, lots: gpd.GeoDataFrame, encoding: str, *, code_page: int = 0, column: str = "ten"
) -> None:
    """A Shapefile as programs of 1998 wrote it: bytes of one encoding, nothing that says which."""
    coded = [None if name is None else encode(name, encoding) for name in texts(lots["ten"])]
    frame = lots.assign(ten=coded).rename(columns={"ten": encode(column, encoding)})
    kinds = {"so_thua": "int", encode(column, encoding): "str:60"}
    with fiona.open(
        path, "w", driver="ESRI Shapefile", crs_wkt=lots.crs.to_wkt("WKT1_GDAL"),
        schema={"geometry": "Polygon", "properties": kinds}, encoding="ISO-8859-1",
    ) as sink:  # fmt: skip
        sink.writerecords(json.loads(frame.to_json())["features"])
    path.with_suffix(".cpg").unlink()
    content = bytearray(path.with_suffix(".dbf").read_bytes())
    content[29] = code_page
    path.with_suffix(".dbf").write_bytes(content)


# 0x57 is what most programs write there, whatever they mean; 0x4D says GBK.
@pytest.mark.parametrize("code_page", [0, 0x57, 0x4D])
@pytest.mark.parametrize("encoding", LEGACY)
def test_read_vector__dbf_without_cpg(tmp_path: Path, lots, encoding: str, code_page: int) -> None:
    write_shapefile(tmp_path / "a.shp", lots, encoding, code_page=code_page)
    assert encode("Thử", encoding).encode("latin-1") in (tmp_path / "a.dbf").read_bytes()
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert texts(layer.frame["ten"]) == NAMES
    assert layer.encoding == encoding
    assert messages(problems) == ["problem.text_recoded"]
    assert problems[0].severity == "warning"
    assert problems[0].facts["encoding"] == encoding
    assert problems[0].facts["after"] in " ".join(map(str, NAMES))


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "VISCII"])
def test_read_vector__names_of_columns(tmp_path: Path, lots, encoding: str) -> None:
    write_shapefile(tmp_path / "a.shp", lots, encoding, column="Chủ đất")
    (layer,), _ = read_vector(tmp_path / "a.shp")
    assert list(layer.frame) == ["so_thua", "Chủ đất", "geometry"]
    assert texts(layer.frame["Chủ đất"]) == NAMES


@pytest.mark.parametrize("stated", ["UTF-8", "ISO-8859-1", "1252"])
@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "CP1258"])
def test_read_vector__cpg_that_lies(tmp_path: Path, lots, encoding: str, stated: str) -> None:
    write_shapefile(tmp_path / "a.shp", lots, encoding)
    (tmp_path / "a.cpg").write_text(stated)
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert texts(layer.frame["ten"]) == NAMES
    assert layer.encoding == encoding
    assert "problem.text_recoded" in messages(problems)
    assert {problem.severity for problem in problems} == {"warning"}


def test_read_vector__capitals_of_tcvn3_are_told_by_feature(tmp_path: Path, lots) -> None:
    write_shapefile(tmp_path / "a.shp", lots.assign(ten=[str(n).upper() for n in NAMES]), "TCVN3")
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert texts(layer.frame["ten"]) == [str(n).upper() for n in NAMES]
    unsure = [p for p in problems if p.message == "problem.text_case_unsure"]
    assert [p.source for p in unsure] == [f"a.shp, a, feature {row}" for row in (1, 2, 3, 4)]
    assert unsure[1].facts["words"] == "HOẰNG"


def test_read_vector__too_little_to_tell_is_told(tmp_path: Path, lots) -> None:
    write_shapefile(tmp_path / "a.shp", lots.assign(ten="Lô 5"), "TCVN3")
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert set(layer.frame["ten"]) == {"L« 5"}
    assert {"problem.text_encoding_unknown", "problem.encoding_guessed"} <= set(messages(problems))


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "UTF-8"])
@pytest.mark.parametrize(
    ("name", "driver"), [("a.geojson", "GeoJSON"), ("a.gpkg", "GPKG"), ("a.fgb", "FlatGeobuf")]
)
def test_read_vector__old_font_in_a_unicode_file(
    tmp_path: Path, lots, name: str, driver: str, encoding: str
) -> None:
    shown = [None if n is None else encode(n, encoding) for n in NAMES]
    schema = {"geometry": "Polygon", "properties": {"so_thua": "int", "ten": "str"}}
    write_vector(tmp_path / name, lots.assign(ten=shown), schema, driver)
    (layer,), problems = read_vector(tmp_path / name)
    assert sorted(map(str, texts(layer.frame["ten"]))) == sorted(map(str, NAMES))
    assert (layer.encoding, messages(problems)) == (encoding, ["problem.text_recoded"])


@pytest.mark.parametrize("charset", [b"Neutral", b"WindowsLatin1", b"WindowsVietnamese"])
@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "CP1258"])
def test_read_vector__mapinfo(tmp_path: Path, lots, encoding: str, charset: bytes) -> None:
    schema = {"geometry": "Polygon", "properties": {"so_thua": "int", "ten": "str:60"}}
    with fiona.open(
        tmp_path / "a.mif", "w", driver="MapInfo File", crs_wkt=lots.crs.to_wkt("WKT1_GDAL"), schema=schema
    ) as sink:
        sink.writerecords(json.loads(lots.assign(ten="x").to_json())["features"])
    head = (tmp_path / "a.mif").read_bytes()
    (tmp_path / "a.mif").write_bytes(head.replace(b'Charset "Neutral"', b'Charset "' + charset + b'"'))
    lines = [f'{i},"{encode(n or "", encoding)}"\r\n' for i, n in enumerate(NAMES)]
    (tmp_path / "a.mid").write_bytes("".join(lines).encode("latin-1"))
    (layer,), problems = read_vector(tmp_path / "a.mif")
    assert texts(layer.frame["ten"]) == [n or "" for n in NAMES]
    assert layer.encoding == encoding
    assert "problem.text_recoded" in messages(problems)


def write_dxf(path: Path, encoding: str, code_page: str | None) -> None:
    """Texts alone, as AutoCAD 2000 writes them."""
    page = ["9", "$DWGCODEPAGE", "3", code_page] if code_page else []
    lines = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", "AC1015", *page, "0", "ENDSEC"]
    lines += ["0", "SECTION", "2", "ENTITIES"]
    for row, name in enumerate(NAMES[:4]):
        place = ["10", str(588000 + row), "20", "2201000", "40", "2.0"]
        lines += ["0", "TEXT", "8", encode("Chữ đất", encoding), *place, "1", encode(str(name), encoding)]
    path.write_bytes("\r\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""]).encode("latin-1"))


# GDAL loses the last letter of every text that it takes for Windows-1258, and a Vietnamese Windows states it.
@pytest.mark.parametrize("code_page", ["ANSI_1258", "ANSI_1252", "ANSI_936", None])
@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "CP1258"])
def test_read_table__dxf(tmp_path: Path, encoding: str, code_page: str | None) -> None:
    write_dxf(tmp_path / "a.dxf", encoding, code_page)
    info = pyogrio.read_info(tmp_path / "a.dxf")
    read = read_table(tmp_path / "a.dxf", "entities", info)
    frame, name, problems = recoded("a.dxf", info, frame_of(read.meta, read.table)[0], read)
    assert texts(frame["Text"]) == NAMES[:4]
    assert set(frame["Layer"]) == {"Chữ đất"}
    assert (name, messages(problems)) == (encoding, ["problem.text_recoded"])


def test_read_table__dxf_with_little_text_is_what_it_states(tmp_path: Path) -> None:
    write_dxf(tmp_path / "a.dxf", "CP1258", "ANSI_1258")
    content = (tmp_path / "a.dxf").read_bytes()
    for name in NAMES[:4]:
        content = content.replace(encode(str(name), "CP1258").encode("latin-1"), b"12a")
    (tmp_path / "a.dxf").write_bytes(
        content.replace(encode("Chữ đất", "CP1258").encode("latin-1"), b"L\xf4 \xf0\xe2\xf2t")
    )
    info = pyogrio.read_info(tmp_path / "a.dxf")
    read = read_table(tmp_path / "a.dxf", "entities", info)
    frame, name, _ = recoded("a.dxf", info, frame_of(read.meta, read.table)[0], read)
    assert set(frame["Layer"]) == {"Lô đật"}
    assert set(frame["Text"]) == {"12a"}
    assert name == "CP1258"


@pytest.mark.parametrize("encoding", ["TCVN3", "CP1258"])
def test_read_vector__cpg_of_windows_1258_keeps_the_last_letter(tmp_path: Path, lots, encoding: str) -> None:
    write_shapefile(tmp_path / "a.shp", lots, encoding)
    (tmp_path / "a.cpg").write_text("1258")
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert texts(layer.frame["ten"]) == NAMES
    assert (layer.encoding, messages(problems)) == (encoding, ["problem.text_recoded"])


def test_read_vector__utf8_of_another_language_is_no_matter(tmp_path: Path, lots) -> None:
    write_shapefile(tmp_path / "a.shp", lots.assign(ten="Lieu-dit Saint-Étienne, éven"), "UTF-8")
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert set(layer.frame["ten"]) == {"Lieu-dit Saint-Étienne, éven"}
    assert (layer.encoding, messages(problems)) == ("UTF-8", [])


def test_read_vector__dgn_in_tcvn3(tmp_path: Path, shared_data) -> None:
    content = (shared_data / "bad_input/gdal/dgn/smalltest.dgn").read_bytes()
    assert b"Demo Text" in content
    coded = encode("Xã Hoằng ", "TCVN3").encode("latin-1")
    (tmp_path / "a.dgn").write_bytes(content.replace(b"Demo Text", coded))
    layers, problems = read_vector(tmp_path / "a.dgn")
    assert "problem.text_recoded" in messages(problems)
    assert "Xã Hoằng" in " ".join(map(str, layers[0].frame.drop(columns="geometry").to_numpy().ravel()))


def test_read_vector__decomposed_unicode_is_composed(tmp_path: Path, lots) -> None:
    decomposed = [None if n is None else unicodedata.normalize("NFD", n) for n in NAMES]
    assert decomposed != NAMES
    schema = {"geometry": "Polygon", "properties": {"so_thua": "int", "ten": "str"}}
    write_vector(tmp_path / "a.gpkg", lots.assign(ten=decomposed), schema)
    (layer,), problems = read_vector(tmp_path / "a.gpkg")
    assert texts(layer.frame["ten"]) == NAMES
    assert problems == []


def test_read_vector__a_letter_cut_in_two_is_told(tmp_path: Path, lots) -> None:
    """A .dbf column holds a number of bytes, and old programs cut there."""
    write_shapefile(tmp_path / "a.shp", lots, "UTF-8")
    (tmp_path / "a.cpg").write_text("UTF-8")
    content = (tmp_path / "a.dbf").read_bytes()
    whole, cut = "nước".encode(), "nư".encode() + "ớ".encode()[:1] + b"   "
    assert len(whole) == len(cut)
    (tmp_path / "a.dbf").write_bytes(content.replace(whole, cut))
    (layer,), problems = read_vector(tmp_path / "a.shp")
    assert texts(layer.frame["ten"])[:2] == NAMES[:2]
    assert str(layer.frame["ten"][2]).startswith("Đất trồng lúa nư\ufffd")
    assert ("problem.text_cut", "a.shp, a, feature 3") in [(p.message, p.source) for p in problems]
    messages(problems)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("name", "driver"),
    [("thửa đất.gpkg", "GPKG"), ("thửa đất.shp", "ESRI Shapefile"), ("thửa đất.geojson", "GeoJSON")],
)
def test_read_vector__vietnamese_names_of_folder_and_file(
    tmp_path: Path, lots, name: str, driver: str, form: str
) -> None:
    folder = tmp_path / unicodedata.normalize(form, "Hồ sơ xã Hoàng Sơn (đợt 1)")
    folder.mkdir()
    path = folder / unicodedata.normalize(form, name)
    write_vector(
        path, lots, {"geometry": "Polygon", "properties": {"so_thua": "int", "ten": "str:60"}}, driver
    )
    (layer,), problems = read_vector(path)
    assert problems == []
    assert texts(layer.frame["ten"]) == NAMES
    assert layer.file == path.name
