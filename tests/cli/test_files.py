"""`check` and `import` of boundary files: what they print, their JSON, their exit codes."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout

import geopandas as gpd
import pytest
from landworld import make_project, plot

from gis.cli.main import run

TM3 = ("--crs", "EPSG:5897")


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = make_project(tmp_path)
    monkeypatch.setenv("GPMB_PROJECT", str(made.folder))
    yield made
    made.close()


def command(*words):
    said, aside = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(aside), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    return ended.value.code or 0, said.getvalue(), aside.getvalue()


def lots(folder, name, numbers, shapes):
    frame = gpd.GeoDataFrame(
        {"soTo": "9", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"}, geometry=shapes, crs=5897
    )
    frame.to_file(folder / name)
    return folder / name


def test_check__one_file_is_an_object_several_are_a_list(project, tmp_path):
    one = lots(tmp_path, "mot.gpkg", ["1"], [plot(5)])
    two = lots(tmp_path, "hai.gpkg", ["2"], [plot(6)])
    code, said, _ = command("check", one, "--json", *TM3)
    assert (code, json.loads(said)["refused"]) == (0, [])
    code, said, _ = command("check", one, two, "--json", *TM3)
    assert (code, [report["file"] for report in json.loads(said)]) == (0, [str(one), str(two)])


def test_check__a_refused_row_is_exit_1_and_a_sentence(project, tmp_path):
    code, said, _ = command("check", lots(tmp_path, "mot.gpkg", ["1", ""], [plot(5), plot(6)]), *TM3)
    assert code == 1
    assert "2 đối tượng trong tệp, 1 dùng được, 1 bị từ chối; 10.000,0 m²" in said
    assert "Chưa nhập được" in said
    code, said, _ = command("check", lots(tmp_path, "hai.gpkg", ["1"], [plot(5)]), *TM3)
    assert (code, "nhập được" in said) == (0, True)


def test_check__makes_no_ledger_where_there_is_none(tmp_path):
    folder = tmp_path / "moi"
    assert command("init", folder, "--crs", "EPSG:5897")[0] == 0
    (folder / "ledger.db").unlink()
    file = lots(tmp_path, "mot.gpkg", ["1"], [plot(5)])
    assert command("check", file, "--project", folder, *TM3)[0] == 0
    assert not (folder / "ledger.db").exists()


def test_import__json_has_the_same_shape_and_what_was_written(project, tmp_path):
    file = lots(tmp_path, "mot.gpkg", ["1", "2"], [plot(5), plot(6)])
    checked = json.loads(command("check", file, "--json", *TM3)[1])
    code, said, aside = command("import", "parcels", file, "--json", "--on", "10/03/2026", *TM3)
    assert (code, json.loads(said)) == (0, checked)
    assert "2 mới" in aside


def test_import__a_refused_one_gives_its_report_and_writes_nothing(project, tmp_path):
    before = project.refresh()
    file = lots(tmp_path, "mot.gpkg", ["1", ""], [plot(5), plot(6)])
    code, said, aside = command("import", "parcels", file, "--json", *TM3)
    report = json.loads(said)
    assert (code, report["layers"][0]["imported"], len(report["refused"])) == (1, 1, 1)
    assert "mot.gpkg" in aside
    assert project.refresh() == before


def test_import__a_file_that_the_ledger_alone_refuses_says_so_in_json_too(project, tmp_path):
    """A day before the version that is there is refused inside the transaction only."""
    file = lots(tmp_path, "mot.gpkg", ["1"], [plot(5)])
    code, said, _ = command("import", "parcels", file, "--json", "--on", "01/01/1990", *TM3)
    assert (code, len(json.loads(said)["refused"])) == (1, 1)


def test_import__the_sample_takes_no_real_data(sample_copy, tmp_path):
    file = lots(tmp_path, "mot.gpkg", ["1"], [plot(5)])
    code, said, aside = command("import", "parcels", file, "--project", sample_copy, "--json")
    assert (code, said) == (1, "")
    assert aside


@pytest.mark.parametrize("crs", ["VN2000", "EPSG", "12"])
def test_check__a_crs_that_is_none_is_a_sentence(project, tmp_path, crs):
    code, _, aside = command("check", lots(tmp_path, "mot.gpkg", ["1"], [plot(5)]), "--crs", crs)
    assert code == 1
    assert crs in aside
