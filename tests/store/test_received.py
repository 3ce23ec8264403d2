"""Vector files that a browser sent: found, unpacked, and never written anywhere but their own folder."""

import io
import zipfile

import pytest

from gis.errors import ImportRefusedError
from gis.store import archives as module
from gis.store.received import received


def packed(**files):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return content


def message(files):
    with pytest.raises(ImportRefusedError) as refused, received(files):
        pass
    return refused.value.problems[0].message


def test_received__files_and_those_in_a_zip_are_there_while_they_are_read():
    files = [("thửa.geojson", io.BytesIO(b"{}")), ("goi.zip", packed(trong__khu_gpkg=b"SQLite format 3\0"))]
    with received(files) as found:
        assert sorted(path.name for path in found) == ["khu.gpkg", "thửa.geojson"]
        assert found[0].read_bytes() in {b"{}", b"SQLite format 3\0"}
    assert not found[0].exists()


def test_received__a_name_that_leads_elsewhere_stays_in_the_folder(tmp_path):
    escaping = io.BytesIO()
    with zipfile.ZipFile(escaping, "w") as archive:
        archive.writestr("../../ra-ngoai.geojson", b"{}")
    for files in ([("x.zip", escaping)], [("..\\..\\ra-ngoai.geojson", io.BytesIO(b"{}"))]):
        with received(files) as (path,):
            assert path.name == "ra-ngoai.geojson"
            assert path.parent.name.startswith("gpmb-")


def test_received__what_cannot_be_read_is_said(monkeypatch):
    assert message([("x.zip", io.BytesIO(b"no zip"))]) == "problem.bad_zip"
    assert message([("ghi-chu.txt", io.BytesIO(b"x"))]) == "problem.no_vector_file"
    twice = [("a/x.geojson", io.BytesIO(b"{}")), ("b/x.geojson", io.BytesIO(b"{}"))]
    assert message(twice) == "problem.name_twice"
    monkeypatch.setattr(module, "UNPACKED_BYTES", 10)
    assert message([("x.zip", packed(a_geojson=b"{" * 6, b_geojson=b"{" * 6))]) == "problem.large_zip"


def test_received__a_workbook_is_there_a_note_in_an_archive_is_not():
    files = [("bang-ke.xlsx", io.BytesIO(b"PK")), ("goi.zip", packed(khu_geojson=b"{}", ghi__chu_txt=b"x"))]
    with received(files) as found:
        assert [path.name for path in found] == ["khu.geojson", "bang-ke.xlsx"]


def test_received__what_was_sent_by_itself_is_refused_by_its_own_name_and_not_left_out():
    files = [
        ("khu.geojson", io.BytesIO(b"{}")),
        ("bản vẽ.dwg", io.BytesIO(b"AC1032")),
        ("to12.dbf", io.BytesIO(b"\x03")),
    ]
    with received(files) as found:
        assert [path.name for path in found] == ["khu.geojson", "bản vẽ.dwg"]
    with received(files[1:]) as found:
        assert [path.name for path in found] == ["bản vẽ.dwg"]
