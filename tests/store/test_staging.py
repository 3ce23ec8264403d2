"""What offices send: Shapefiles with parts missing, files still open in a program, ZIPs of all kinds."""

import shutil
import sqlite3
import stat
import unicodedata
import zipfile

import pytest
from vectorworld import write_sample

from gis.store.files import read_vector
from gis.texts import Texts

COUNT = 12


def read(path):
    layers, problems = read_vector(path)
    assert all(Texts(language).problem(problem) for problem in problems for language in ("vi", "en"))
    return layers, [problem.message for problem in problems]


def pack(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


@pytest.fixture
def shapefile(tmp_path):
    return write_sample(tmp_path / "bản đồ", ".shp", COUNT)


def test_shapefile__without_its_index_is_read_by_one_made_in_a_copy(shapefile):
    shapefile.with_suffix(".shx").unlink()
    (layer,), messages = read(shapefile)
    assert (len(layer.frame), messages) == (COUNT, ["problem.shx_rebuilt"])
    assert layer.frame["so_thua"].tolist() == list(range(1, COUNT + 1))
    assert layer.frame.crs.to_epsg() == 5897
    assert not shapefile.with_suffix(".shx").exists(), "nothing is written beside the user's file"


def test_shapefile__without_its_table_has_shapes_and_says_so(shapefile):
    shapefile.with_suffix(".dbf").unlink()
    (layer,), messages = read(shapefile)
    assert layer.frame.geometry.notna().sum() == COUNT
    assert messages == ["problem.dbf_missing"]


def test_shapefile__in_capitals_and_mixed(shapefile):
    for number, part in enumerate(sorted(shapefile.parent.iterdir())):
        part.rename(part.with_name((f"THUA{part.suffix}" if number % 2 else part.name).upper()))
    (layer,), messages = read(shapefile.with_name("THUA.SHP"))
    assert (len(layer.frame), messages) == (COUNT, [])
    assert layer.frame.crs.to_epsg() == 5897
    assert layer.source == "THUA.SHP"


def test_shapefile__parts_of_other_capitals_are_found(shapefile):
    shapefile.with_suffix(".dbf").rename(shapefile.with_name("Thua.DBF"))
    (layer,), messages = read(shapefile)
    assert (len(layer.frame), messages) == (COUNT, [])
    assert "so_thua" in layer.frame


def test_shapefile__whose_prj_is_rubbish_states_no_crs(shapefile):
    shapefile.with_suffix(".prj").write_bytes(b'PROJCS["x",GEOGCS["\x00\xff]]')
    (layer,), messages = read(shapefile)
    assert layer.frame.crs is None
    assert set(messages) <= {"problem.prj_unread", "problem.gdal_says"}


def test_geopackage__with_its_log_beside_it_is_read_with_what_the_log_holds(tmp_path):
    path = write_sample(tmp_path, ".gpkg", COUNT)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    for name in ("IsEmpty", "MinX", "MinY", "MaxX", "MaxY"):
        database.create_function(f"ST_{name}", 1, lambda _: 0)
    database.execute("UPDATE thua SET xu_dong = 'Cồn Ngang' WHERE so_thua = 1")
    database.commit()
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    (layer,), messages = read(path)
    assert messages == ["problem.log_merged"]
    assert layer.frame["xu_dong"].iloc[0] == "Cồn Ngang"
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before
    database.close()


def test_geopackage__without_its_application_id_is_still_counted(tmp_path):
    path = write_sample(tmp_path, ".gpkg", COUNT)
    database = sqlite3.connect(path)
    database.execute("PRAGMA application_id = 0")
    database.close()
    (layer,), messages = read(path)
    assert len(layer.frame) == COUNT
    assert set(messages) == {"problem.gdal_says"}, "GDAL warns, and that is part of the answer"


def test_gml__is_read_in_a_folder_of_its_own(tmp_path):
    path = write_sample(tmp_path, ".gml", COUNT)
    path.with_suffix(".xsd").unlink()
    (layer,), _ = read(path)
    assert len(layer.frame) == COUNT
    assert [one.name for one in tmp_path.iterdir()] == ["thua.gml"]


@pytest.mark.parametrize(
    ("ending", "part"), [(".tab", ".dat"), (".tab", ".map"), (".tab", ".id"), (".mif", ".mid")]
)
def test_mapinfo__without_a_part_names_it(tmp_path, ending, part):
    path = write_sample(tmp_path, ending, COUNT)
    path.with_suffix(part).unlink()
    assert read(path) == ([], ["problem.parts_missing"])


def test_mapinfo__a_table_that_leads_to_others_is_refused(tmp_path):
    path = tmp_path / "a.tab"
    path.write_text(
        '!table\n!version 900\nDefinition Table\n  Type "SEAMLESS"\n  Open Table "..\\bi_mat.tab"\n'
    )
    assert read(path) == ([], ["problem.format_points_elsewhere"])


def test_zip__of_several_files_in_folders_with_vietnamese_names(tmp_path, shapefile):
    members = {
        f"tờ {sheet}/{part.name}": part.read_bytes()
        for sheet in (7, 8)
        for part in shapefile.parent.iterdir()
    }
    members["khu.gpkg"] = write_sample(tmp_path / "g", ".gpkg", COUNT).read_bytes()
    layers, messages = read(pack(tmp_path / "gói.zip", members))
    assert [layer.file for layer in layers] == [
        "gói.zip/tờ 7/thua.shp",
        "gói.zip/tờ 8/thua.shp",
        "gói.zip/khu.gpkg",
    ]
    assert [len(layer.frame) for layer in layers] == [COUNT] * 3
    assert messages == []


def test_zip__names_without_a_flag_are_read_as_the_utf8_they_are(tmp_path, shapefile):
    path = pack(tmp_path / "a.zip", {f"thửa{p.suffix}": p.read_bytes() for p in shapefile.parent.iterdir()})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + place + 1] &= ~0x08
            start += 4
    path.write_bytes(content)
    (layer,), messages = read(path)
    assert (layer.file, messages) == ("a.zip/thửa.shp", [])


def test_zip__names_in_decomposed_letters_belong_together(tmp_path, shapefile):
    forms = {".shp": "NFC", ".shx": "NFD", ".dbf": "NFD", ".prj": "NFC", ".cpg": "NFC"}
    members = {
        unicodedata.normalize(forms[part.suffix], f"thửa đất{part.suffix}"): part.read_bytes()
        for part in shapefile.parent.iterdir()
    }
    (layer,), messages = read(pack(tmp_path / "a.zip", members))
    assert (layer.file, len(layer.frame), messages) == ("a.zip/thửa đất.shp", COUNT, [])


def test_zip__what_is_not_read_of_it_is_named(tmp_path, shapefile):
    members = {part.name: part.read_bytes() for part in shapefile.parent.iterdir()}
    members |= {"to_7.dwg": b"AC1032", "thua.shp.xml": b"x", "__MACOSX/._thua.shp": b"x"}
    layers, problems = read_vector(pack(tmp_path / "a.zip", members))
    assert len(layers) == 1
    assert [(one.message, one.facts["names"]) for one in problems] == [("problem.zip_unread", "to_7.dwg")]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"a.txt": b"x"}, "problem.zip_without_vector_file"),
        ({"a.geojson": b"{}", "b.zip": b"PK"}, "problem.zip_in_zip"),
        ({"a.geojson": b""}, "problem.file_empty"),
        ({f"{n}.txt": b"" for n in range(2001)}, "problem.zip_many"),
    ],
)
def test_zip__is_refused_in_a_sentence(tmp_path, members, message):
    assert read(pack(tmp_path / "a.zip", members)) == ([], [message])


def test_zip__a_bomb_is_refused_before_a_byte_is_unpacked(tmp_path):
    path = tmp_path / "bom.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("a.geojson", "w") as member:
        for _ in range(520):
            member.write(b" " * (1 << 20))
    assert path.stat().st_size < 1 << 20
    assert read(path) == ([], ["problem.large_zip"])


def test_zip__that_states_less_than_it_holds_is_damaged(tmp_path):
    path = pack(tmp_path / "a.zip", {"a.geojson": b" " * 5000})
    content = path.read_bytes()
    size = (5000).to_bytes(4, "little")
    path.write_bytes(content.replace(size, (50).to_bytes(4, "little")))
    assert read(path)[1] in (["problem.bad_zip"], ["problem.file_unopened"], ["problem.format_other"])


@pytest.mark.parametrize("name", ["../../ra.geojson", "/etc/ra.geojson", "C:\\ra.geojson", "..\\ra.geojson"])
def test_zip__a_name_that_leads_elsewhere_stays_within(tmp_path, name):
    content = write_sample(tmp_path / "g", ".geojson", COUNT).read_bytes()
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (layer,), _ = read(pack(folder / "a.zip", {name: content}))
    assert len(layer.frame) == COUNT
    assert [one.name for one in tmp_path.rglob("*ra.geojson")] == []


def test_zip__a_link_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        link = zipfile.ZipInfo("a.geojson")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        packed.writestr(link, "/etc/passwd")
    assert read(path) == ([], ["problem.zip_link"])


def test_zip__with_a_password_or_damaged(tmp_path, shapefile):
    path = pack(tmp_path / "a.zip", {part.name: part.read_bytes() for part in shapefile.parent.iterdir()})
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    (tmp_path / "b.zip").write_bytes(content)
    assert read(tmp_path / "b.zip")[1] == ["problem.bad_zip"]
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    (tmp_path / "c.zip").write_bytes(content)
    assert read(tmp_path / "c.zip")[1] == ["problem.bad_zip"]
    shutil.rmtree(tmp_path)


def test_shapefile__whose_column_names_no_reader_decodes_is_refused(shapefile):
    dbf = bytearray(shapefile.with_suffix(".dbf").read_bytes())
    dbf[32:34] = b"\xff\xf3"  # the first letters of the first column's name
    shapefile.with_suffix(".dbf").write_bytes(dbf)
    layers, messages = read(shapefile)
    assert layers or "problem.layer_unread" in messages


def test_gml__whose_errors_are_no_utf8_answers_in_a_sentence(tmp_path):
    path = write_sample(tmp_path, ".gml", COUNT)
    path.with_suffix(".xsd").unlink()
    path.write_bytes(path.read_bytes().replace(b"<ogr:so_to>7", b"<ogr:\xff\xfeso_to>7", 1))
    layers, problems = read_vector(path)
    assert any(problem.severity == "refused" for problem in problems)
    assert not any("Traceback" in str(problem.facts) for problem in problems), layers


def test_shapefile__two_columns_of_one_name_are_told(shapefile):
    dbf = bytearray(shapefile.with_suffix(".dbf").read_bytes())
    dbf[64:75] = dbf[32:43]  # the second column's name becomes the first one's
    shapefile.with_suffix(".dbf").write_bytes(dbf)
    (layer,), messages = read(shapefile)
    assert [name for name in layer.frame if name.startswith("so_to")] == ["so_to", "so_to_2"]
    assert "problem.columns_twice" in messages
