"""`check` of files in old encodings, and in folders with Vietnamese names."""

import io
import json
import unicodedata
from contextlib import redirect_stderr, redirect_stdout

import geopandas as gpd
import pytest
from alphabets import encode
from landworld import make_project, plot

from gis.cli.main import run


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = make_project(tmp_path)
    monkeypatch.setenv("GPMB_PROJECT", str(made.folder))
    yield made
    made.close()


def check(path):
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(io.StringIO()), pytest.raises(SystemExit) as ended:
        run(["check", str(path), "--json", "--crs", "EPSG:5897"])
    return ended.value.code or 0, json.loads(said.getvalue())


def lots(path, old=None, **options):
    words = ["Cồn Bái, xứ đồng Trước", "Đồng Sau, thôn Trung Hòa"]
    fields = {
        "soTo": "9", "soThua": ["1", "2"], "maXa": "15910", "loaiDat": "LUC",
        "xuDong": [encode(word, old) if old else word for word in words],
    }  # fmt: skip
    gpd.GeoDataFrame(fields, geometry=[plot(5), plot(6)], crs=5897).to_file(path, **options)
    return path


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["thửa đất.gpkg", "thửa đất.shp", "thửa đất.geojson"])
def test_check__vietnamese_names_of_folder_and_file(project, tmp_path, name, form):
    folder = tmp_path / unicodedata.normalize(form, "Hồ sơ xã Hoàng Sơn (đợt 1)")
    folder.mkdir()
    path = lots(folder / unicodedata.normalize(form, name))
    code, found = check(path)
    assert (code, found["refused"]) == (0, [])
    assert [layer["imported"] for layer in found["layers"]] == [2]
    assert unicodedata.normalize("NFC", found["file"]).endswith(name)


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI", "CP1258"])
def test_check__says_the_encoding_that_it_recognised(project, tmp_path, encoding):
    path = lots(tmp_path / "a.shp", encoding, encoding="ISO-8859-1")
    path.with_suffix(".cpg").unlink()
    code, found = check(path)
    assert code == 0
    assert [(layer["encoding"], layer["imported"]) for layer in found["layers"]] == [(encoding, 2)]
    assert encoding in json.dumps(found["layers"][0]["problems"])
