"""`check` and `import` of boundary files: what they print, their JSON, their exit codes."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import date

import geopandas as gpd
import pytest
import shapely
from landworld import make_project, plot, stamp

from gis.cli.common import today
from gis.cli.main import run
from gis.ledger.objects import ListObject

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


@pytest.mark.parametrize("crs", ["VN2000", "EPSG", "12", "EPSG:5897:inches", "EPSG:5897:km:mm", "EPSG:99999"])
def test_check__a_crs_that_is_none_is_a_sentence(project, tmp_path, crs):
    code, _, aside = command("check", lots(tmp_path, "mot.gpkg", ["1"], [plot(5)]), "--crs", crs)
    assert code == 1
    assert crs in aside


def test_check__a_label_alone_is_asked_in_one_sentence_that_says_what_to_type(project, tmp_path):
    code, said, _ = command("check", lots(tmp_path, "mot.gpkg", ["1"], [plot(5)]))
    assert code == 1
    assert "nếu đúng, hãy khai --crs EPSG:5897 khi nhập" in said
    assert "chọn nhầm thì đất lệch đến 1240 m" in said


def test_check__axes_and_unit_are_stated_by_the_id_of_the_table(project, tmp_path):
    def in_km(xy):
        return xy[:, ::-1] / 1000

    file = lots(tmp_path, "km.gpkg", ["1"], [shapely.transform(plot(5), in_km)])
    code, said, _ = command("check", file, "--crs", "EPSG:5897:swapped:km", "--json")
    report = json.loads(said)
    assert (code, report["layers"][0]["crs"]["chosen"]) == (0, "EPSG:5897:swapped:km")
    assert report["layers"][0]["area_m2"] == pytest.approx(10_000, abs=0.01)


def test_import__the_old_commune_of_a_file_without_one_is_an_option(project, tmp_path):
    frame = gpd.GeoDataFrame({"soTo": "9", "soThua": ["1"]}, geometry=[plot(5)], crs=5897)
    frame.to_file(tmp_path / "khong xa.gpkg")
    code, _, aside = command("import", "parcels", tmp_path / "khong xa.gpkg", *TM3)
    assert (code, "--commune 15895" in aside) == (1, True)
    code, _, aside = command("import", "parcels", tmp_path / "khong xa.gpkg", *TM3, "--commune", "1")
    assert (code, "15907 Hoằng Cát" in aside) == (1, True)
    assert command("import", "parcels", tmp_path / "khong xa.gpkg", *TM3, "--commune", "15907")[0] == 0
    assert "15907/9/1" in project.snapshot(today()).boundaries.by_label


def test_import__questions_of_a_survey_are_answered_by_options(project, tmp_path):
    """Half of parcel 2 went to parcel 1."""
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": ["1", "2"], "maXa": "15910", "loaiDat": "LUC"},
        geometry=[plot(0, 150), plot(1.5, 50)],
        crs=5897,
    )
    frame.to_file(tmp_path / "do lai.gpkg")
    words = ("import", "parcels", tmp_path / "do lai.gpkg", *TM3)
    code, _, aside = command(*words)
    assert (code, "--confirm 15910/7/1" in aside) == (1, True)
    assert command(*words, "--confirm", "15910/7/1")[0] == 0


def test_import__graves_on_divided_land_are_placed_by_an_option(project, tmp_path):
    listed = ListObject("P000001", None, "grave_earth", 2, date(2026, 3, 1))
    (seq,) = project.do(listed, stamp("mo")).seqs
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": ["1-1", "1-2"], "maXa": "15910", "loaiDat": "LUC"},
        geometry=[plot(0, 40), plot(0.4, 60)],
        crs=5897,
    )
    frame.to_file(tmp_path / "chia.gpkg")
    words = ("import", "parcels", tmp_path / "chia.gpkg", *TM3)
    code, said, _ = command("check", *words[2:])
    assert (code, f"--object {seq}=" in said) == (1, True)
    assert command(*words, "--object", "mo mả")[0] == 1
    assert command(*words, "--object", f"{seq}=15910/7/1-2")[0] == 0
