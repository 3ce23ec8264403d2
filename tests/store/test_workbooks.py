"""Workbooks opened again by another library: the cells that were written, and no formula."""

import io
import zipfile

import pytest
import python_calamine

from gis.store.workbooks import Column, Sheet, workbook

COLUMNS = (Column("Ở đâu"), Column("Số", "int"), Column("Diện tích (m²)", "m2"))


def opened(content):
    return python_calamine.load_workbook(io.BytesIO(content))


def test_workbook__cells_come_back_as_they_were():
    rows = [["Tờ 7, thửa 12", 3, 1234.56], ["", None, 0.1]]
    book = opened(workbook([Sheet("Chỗ cần xem", "Kết quả", COLUMNS, rows)]))
    assert book.sheet_names == ["Chỗ cần xem"]
    title, _, heads, *body = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert title[0] == "Kết quả"
    assert heads == ["Ở đâu", "Số", "Diện tích (m²)"]
    assert body == [["Tờ 7, thửa 12", 3.0, 1234.56], ["", "", 0.1]]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "+1", "0012", "http://x"])
def test_workbook__a_text_stays_a_text(text):
    content = workbook([Sheet("a", "b", COLUMNS[:1], [[text]])])
    assert opened(content).get_sheet_by_index(0).to_python()[-1][0] == text
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_workbook__numbers_have_formats_and_names_fit_excel():
    content = workbook([Sheet("một/hai:ba" * 9, "t", COLUMNS, [["x", 1, 2.5]])])
    (name,) = opened(content).sheet_names
    assert len(name) <= 31
    assert not set("/:?*[]\\") & set(name)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        styles = packed.read("xl/styles.xml").decode()
    assert "#,##0.0" in styles


def test_workbook__control_letters_and_endless_texts_are_written():
    content = workbook([Sheet("a", "b", COLUMNS[:1], [["a\x01b"], ["x" * 40_000]])])
    rows = opened(content).get_sheet_by_index(0).to_python()
    assert len(rows[-1][0]) == 32_767
