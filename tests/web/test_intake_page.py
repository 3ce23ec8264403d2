"""The page "Nhập dữ liệu" without a browser: files checked, shown, imported; what forbids it said."""

import io
from dataclasses import replace

import geopandas as gpd
import pytest
import python_calamine
from landworld import EAST, NORTH, make_project, plot, stamp
from pageworld import open_page, press, words
from shapely import box

from gis.errors import Problem
from gis.ledger.objects import ListObject
from gis.plan import empty_plan_text
from gis.project import shared
from gis.project.intake import import_layer
from gis.project.report import CrsReport, FileReport, LayerReport
from gis.store.workbooks import workbook
from gis.texts import Texts
from gis.web import intake_view as view
from gis.web.common import now, today
from gis.web.intake_actions import OUTCOME, RESULT

VI = Texts("vi")


@pytest.fixture
def project(tmp_path, monkeypatch):
    made = make_project(tmp_path)
    made.close()
    monkeypatch.setenv("GPMB_PROJECT", str(made.folder))
    return shared()


def lots(folder, numbers, shapes, crs=5897, name="moi.gpkg"):
    frame = gpd.GeoDataFrame(
        {"soTo": "9", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"}, geometry=shapes, crs=crs
    )
    frame.to_file(folder / name)
    return name, (folder / name).read_bytes(), "application/octet-stream"


def send(*files, crs="EPSG:5897", **address):
    """The page with these files, their CRS chosen where it is asked."""
    page = open_page("intake.py", **address)
    return choose_crs(put(page, *files), crs)


def put(page, *files):
    page.file_uploader[0].set_value(list(files)).run()
    assert not page.exception
    return page


def choose_crs(page, crs):
    if crs and RESULT in page.session_state and page.session_state[RESULT].asks_crs:
        next(one for one in page.radio if one.key.startswith("take.choice")).set_value(crs).run()
        next(one for one in page.button if one.key.endswith(".use")).click().run()
        assert not page.exception
    return page


def button(page, key):
    return next(one for one in page.button if one.key == key)


def test_page__without_files_asks_for_them(project):
    said = words(open_page("intake.py"))
    assert VI("intake.choose_files") in said
    assert VI("intake.look") not in said


def test_page__a_good_file_is_checked_confirmed_and_imported(project, tmp_path):
    before = project.refresh()
    page = send(lots(tmp_path, ["1", "2"], [plot(5), plot(6)]))
    said = words(page)
    assert "2 thửa trong tệp: 2 dùng được, 0 bị từ chối; diện tích dùng được 20.000,0 m²" in said
    press(page, VI("intake.import_button"))
    assert "Sẽ nhập 2 thửa (20.000,0 m²) từ moi.gpkg: 2 mới, 0 thay đổi" in words(page)
    assert project.refresh() == before  # shown, not written
    press(page, VI("intake.confirm"))
    assert "Đã nhập" in words(page)
    assert "15910/9/2" in project.snapshot(today()).boundaries.by_label
    assert project.refresh().seq == before.seq + 1
    assert page.session_state[OUTCOME].added == 2


def test_page__back_from_the_confirmation_writes_nothing(project, tmp_path):
    before = project.refresh()
    page = send(lots(tmp_path, ["1"], [plot(5)]))
    press(page, VI("intake.import_button"))
    press(page, VI("intake.back"))
    assert not any(one.label == VI("intake.confirm") for one in page.button)
    assert project.refresh() == before


def test_page__a_refused_row_shuts_the_button_and_says_why(project, tmp_path):
    page = send(lots(tmp_path, ["1", ""], [plot(5), plot(6)]))
    said = words(page)
    assert "2 thửa trong tệp: 1 dùng được, 1 bị từ chối" in said
    assert VI("intake.why_refused", count=1) in said
    assert button(page, "take.import").disabled


def test_page__a_file_that_is_none_is_a_sentence(project):
    page = send(("ghi chu.txt", b"xin chao", "text/plain"))
    assert "ghi chu.txt" in words(page)
    assert RESULT not in page.session_state


def test_page__another_file_lets_the_first_result_go(project, tmp_path):
    page = send(lots(tmp_path, ["1"], [plot(5)]))
    first = page.session_state[RESULT]
    put(page, lots(tmp_path, ["1", "2"], [plot(5), plot(6)], name="hai.gpkg"))
    assert page.session_state[RESULT] is not first
    page.file_uploader[0].set_value([]).run()
    assert RESULT not in page.session_state


def test_page__the_ledger_that_went_on_is_checked_anew(project, tmp_path):
    """Somebody imports the same parcels meanwhile: the page knows it at its next run."""
    page = send(lots(tmp_path, ["1"], [plot(5)]))
    assert page.session_state[RESULT].added == 1
    import_layer(project, "parcels", [tmp_path / "moi.gpkg"], stamp("other", now=now()), crs="EPSG:5897")
    page.run()
    assert page.session_state[RESULT].added == 0


def test_page__the_sample_checks_and_does_not_import(sample_copy, monkeypatch, tmp_path):
    monkeypatch.setenv("GPMB_PROJECT", str(sample_copy))
    page = send(lots(tmp_path, ["1"], [plot(5)]))
    assert VI("intake.why_sample") in words(page)
    assert "Bắt đầu với file của xã" in words(page)
    assert button(page, "take.import").disabled


def test_page__a_past_day_shows_and_does_not_write(project, tmp_path):
    page = send(lots(tmp_path, ["1"], [plot(5)]), on="2026-03-10")
    assert button(page, "take.import").disabled


def test_page__in_english(project, tmp_path):
    page = send(lots(tmp_path, ["1", ""], [plot(5), plot(6)]), lang="en")
    assert "2 parcels in the file: 1 usable, 1 refused" in words(page)


def report():
    problems = (
        Problem("a.gpkg, feature 1", "problem.key_missing", {"column": "soTo", "feature": 1}),
        Problem("a.gpkg, feature 2", "problem.shared_land",
                {"unit": "1/2", "other": "1/3", "area": 25.0}, "warning", 25.0),
    )  # fmt: skip
    layer = LayerReport(
        "a.gpkg", "a", "parcels", 3, 2, 20_000.0, problems, CrsReport("EPSG:5897", "EPSG:5897")
    )
    return FileReport("somewhere/a.gpkg", (layer,))


def test_excel__opened_again_has_the_problems_by_stake_and_no_folder():
    content = workbook(view.problem_sheets([report()], VI))
    book = python_calamine.load_workbook(io.BytesIO(content))
    assert book.sheet_names == [VI("intake.sheet_problems"), VI("intake.sheet_layers")]
    title, _, heads, first, second = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert title[0] == "Kết quả kiểm tra: a.gpkg"
    assert heads[5:] == ["Diện tích (m²)", "Diện tích (ha)"]
    assert first[:2] == [1.0, "Lưu ý"]
    assert first[5:] == [25.0, 0.0025]
    assert (second[1], second[5]) == ("Từ chối", "")
    summary = book.get_sheet_by_index(1).to_python(skip_empty_area=False)[3]
    assert summary[:7] == ["a.gpkg", "a", "thửa đất", 3.0, 2.0, 1.0, 20_000.0]


def test_problems_html__escapes_what_files_say_and_counts_the_rest():
    many = [Problem("<b>.gpkg", "problem.file_empty")] * (view.ROWS_SHOWN + 3)
    html = view.problems_html(many, VI)
    assert "<b>.gpkg" not in html
    assert html.count("<tr>") == view.ROWS_SHOWN + 1
    assert VI("intake.more", count=3) in html


def test_page__a_file_without_a_crs_is_asked_about_then_taken_as_chosen(tmp_path, monkeypatch):
    """An empty project: nothing but its user can tell one reading from another 661 m away."""
    folder = tmp_path / "trong"
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    frame = gpd.GeoDataFrame({"soTo": "9", "soThua": ["1"], "loaiDat": "LUC"}, geometry=[plot(5)], crs=5897)
    frame.to_crs(3405).to_file(tmp_path / "moi.shp")
    parts = [("moi" + end, (tmp_path / ("moi" + end)).read_bytes(), "") for end in (".shp", ".shx", ".dbf")]
    page = send(*parts, crs=None)
    assert VI("intake.crs_question") in words(page)
    assert VI("intake.why_crs") in words(page)
    choice = next(one for one in page.radio if one.key.startswith("take.choice"))
    assert choice.value is None
    assert len(choice.options) > 1
    choice.set_value("EPSG:3405").run()
    press(page, VI("intake.crs_use"))
    report = page.session_state[RESULT].reports[0]
    assert report.layers[0].crs.chosen == "EPSG:3405"
    assert button(page, "take.import").disabled
    # No column of the old commune, and the plan has four with a sheet 9 each.
    ask = next(one for one in page.selectbox if one.label == VI("intake.ask_commune"))
    ask.set_value("15907").run()
    press(page, VI("intake.ask_use"))
    report = page.session_state[RESULT].reports[0]
    assert report.layers[0].area_m2 == pytest.approx(10_000, abs=0.01)
    assert "đã khai: xã cũ 15907 Hoằng Cát" in words(page)
    press(page, VI("intake.import_button"))
    press(page, VI("intake.confirm"))
    assert list(shared().snapshot(today()).boundaries.by_label) == ["15907/9/1"]
    (shape,) = shared().snapshot(today()).units.geometry
    assert shape.symmetric_difference(plot(5)).area < 0.01


def survey(folder, **shapes):
    """Parcels of sheet 7, surveyed anew, by number."""
    numbers = [number[1:].replace("_", "-") for number in shapes]
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"},
        geometry=list(shapes.values()),
        crs=5897,
    )
    frame.to_file(folder / "do-lai.gpkg")
    return "do-lai.gpkg", (folder / "do-lai.gpkg").read_bytes(), "application/octet-stream"


def test_page__a_doubt_about_a_parcel_surveyed_anew_is_confirmed_by_its_box(project, tmp_path):
    """Parcel 1 takes half of parcel 2: nobody carries An's and Binh's parts by guess."""
    page = send(survey(tmp_path, n1=box(EAST, NORTH, EAST + 150, NORTH + 100), n2=plot(1.5, 50)))
    assert button(page, "take.import").disabled
    (ask,) = page.checkbox
    assert "15910/7/1" in ask.label
    assert "--confirm" not in ask.label
    ask.set_value(True).run()
    press(page, VI("intake.ask_use"))
    assert VI("intake.answered_confirmed", count=1) in words(page)
    assert not button(page, "take.import").disabled
    press(page, VI("intake.answers_drop"))
    assert button(page, "take.import").disabled


def test_page__graves_on_divided_land_get_the_part_they_stand_on(project, tmp_path):
    listed = ListObject("P000001", None, "grave_earth", 2, today())
    (seq,) = project.do(listed, stamp("mo", now=now())).seqs
    page = send(survey(tmp_path, n1_1=plot(0, 40), n1_2=plot(0.4, 60)))
    ask = next(one for one in page.selectbox if "15910/7/1" in one.label)
    assert ask.options == ["15910/7/1-1", "15910/7/1-2"]
    ask.set_value("15910/7/1-2").run()
    press(page, VI("intake.ask_use"))
    press(page, VI("intake.import_button"))
    press(page, VI("intake.confirm"))
    found = project.snapshot(today())
    (grave,) = found.state.by_parcel[found.boundaries.by_label["15910/7/1-2"]].objects
    assert (grave.count, grave.seq != seq) == (2, True)


def test_page__a_drawing_is_asked_for_its_sheet(project, tmp_path):
    ring = [(x, y) for x, y in plot(6).exterior.coords]
    points = "\n".join(f"10\n{x!r}\n20\n{y!r}" for x, y in ring)
    entities = f"0\nLWPOLYLINE\n8\nRANH\n90\n{len(ring)}\n70\n0\n{points}"
    label = f"0\nTEXT\n8\nNHAN\n10\n{EAST + 650!r}\n20\n{NORTH + 50!r}\n40\n2.5\n1\n163"
    body = f"0\nSECTION\n2\nENTITIES\n{entities}\n{label}\n0\nENDSEC\n0\nEOF\n"
    page = send(("khu dan cu.dxf", body.encode(), "application/dxf"))
    next(one for one in page.text_input if one.label == VI("intake.ask_sheet")).set_value("12").run()
    next(one for one in page.selectbox if one.label == VI("intake.ask_commune")).set_value("15910").run()
    press(page, VI("intake.ask_use"))
    assert not button(page, "take.import").disabled
    press(page, VI("intake.import_button"))
    press(page, VI("intake.confirm"))
    assert "15910/12/163" in project.snapshot(today()).boundaries.by_label


def test_crs_words__what_a_user_chose_is_not_told_as_found():
    chosen = replace(report().layers[0], crs=CrsReport("EPSG:3405", None, stated=True))
    assert view.crs_words(chosen, VI) == VI("intake.crs_stated", crs="EPSG:3405", declared=None)
