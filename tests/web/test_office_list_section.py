"""The section of office lists on the page of imports, without a browser."""

import pytest
import xlsxwriter
from listworld import HEAD, ROWS, make_empty
from pageworld import open_page, press, words

from gis.project import serving
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
    assert serving.shared().snapshot(common.today()).state.holdings == {}


def test_section__the_sample_takes_no_list(sample_copy, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(sample_copy))
    page = at_list(open_page("intake.py"))
    assert not page.file_uploader


def test_section__one_sheet_of_several_and_one_name_as_one_household(folder, tmp_path):
    """Two months in one file are refused; March alone is taken, and its two rows of one name as one household."""
    head = ("STT", "Họ và tên", "Thôn", "Xã cũ", "Khu", "Số tờ", "Số thửa", "Diện tích thu hồi (m2)")
    land = ("Nguyễn Văn Mẫu", "Thôn 1", "Hoằng Xuyên", "CCN Hoàng Sơn", "7")
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        for name in ("Tháng 2", "Tháng 3"):
            sheet = book.add_worksheet(name)
            for at, cells in enumerate((head, ("1", *land, "1", "100"), ("2", *land, "2", "50"))):
                sheet.write_row(at, 0, cells)
    page = at_list(open_page("intake.py"))
    page.file_uploader[0].upload(
        "a.xlsx", (tmp_path / "a.xlsx").read_bytes(), "application/octet-stream"
    ).run()
    assert next(one for one in page.button if one.label == "Nhập danh sách").disabled
    page.multiselect[0].set_value(["Tháng 3"]).run()
    assert "2 hộ, 2 thửa" in words(page)
    page.checkbox[0].check().run()
    assert "1 hộ, 2 thửa" in words(page)
    press(page, "Nhập danh sách")
    assert "Đã nhập danh sách" in words(page)


def test_section__a_header_is_no_markdown(folder):
    page = upload(
        at_list(open_page("intake.py")), LIST.replace("Loại đất", "![x](https://example.org/x.png)")
    )
    labels = [one.label for one in page.selectbox if "example" in one.label]
    assert labels
    assert all("![" not in label for label in labels)
