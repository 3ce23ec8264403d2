"""The section of office lists on the page of imports, without a browser."""

import pytest
from listworld import HEAD, ROWS, make_empty
from pageworld import open_page, press, words

from gis.project import project as projects
from gis.web import common

LIST = "DANH SÁCH THEO DÕI\n" + HEAD + "\n".join(ROWS) + "\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    make_empty(tmp_path).close()
    monkeypatch.setenv("GPMB_PROJECT", str(tmp_path / "xã"))
    return tmp_path / "xã"


def at_list(page):
    page.segmented_control[0].set_value("list").run()
    assert not page.exception
    return page


def upload(page, text, name="theo doi.csv"):
    page.file_uploader[0].upload(name, text.encode("utf-8"), "text/csv").run()
    assert not page.exception
    return page


def test_section__look_import_and_the_overview_without_a_map(folder):
    page = upload(at_list(open_page("intake.py")), LIST)
    said = words(page)
    assert "3 hộ, 3 thửa" in said
    assert "0,1901" in said  # 1900.5 m² of CCN Hoàng Sơn, in hectares
    assert "Mẫu" not in said
    press(page, "Nhập danh sách")
    assert "Đã nhập danh sách" in words(page)
    assert "Không có gì mới so với sổ" in words(page)
    assert (folder / "lists.toml").is_file()
    overview = words(open_page("overview.py"))
    assert "Chưa có bản đồ: thêm ranh giới, thửa đất" in overview
    assert "0,1001" in overview or "0,13" in overview


def test_section__asks_for_zones_and_changes(folder):
    page = upload(at_list(open_page("intake.py")), LIST.replace("CCN Hoàng Sơn", "Cụm mới"))
    assert next(one for one in page.button if one.label == "Nhập danh sách").disabled
    page.selectbox(key="take.list.zone.Cụm mới").set_value("ccn-hoang-son").run()
    press(page, "Nhập danh sách")
    assert "Đã nhập danh sách" in words(page)


def test_section__undo_with_a_reason(folder):
    page = upload(at_list(open_page("intake.py")), LIST)
    press(page, "Nhập danh sách")
    page.text_input(key="take.list.reason").set_value("nhập nhầm").run()
    press(page, "Hoàn tác")
    assert "Đã hoàn tác" in words(page)
    assert projects.shared().snapshot(common.today()).state.holdings == {}


def test_section__the_sample_takes_no_list(sample_copy, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(sample_copy))
    page = at_list(open_page("intake.py"))
    assert not page.file_uploader
