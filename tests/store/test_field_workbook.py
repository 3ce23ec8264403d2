"""The workbook of a sheet opened again: what may be filled, what may be chosen, how it prints."""

import io
import re
import zipfile
from datetime import date

import pytest
import python_calamine

from gis.store.field_workbook import HEAD_ROW, ID_ROW, IDENTITY_ROW, FieldColumn, FieldTable, field_workbook

COLUMNS = (
    FieldColumn("number", "STT", "read", 5),
    FieldColumn("visit_on", "Ngày gặp", "day", 12),
    FieldColumn("opened", "Vướng mắc mới", "list", 20, ("Mồ mả", "Giá đất, đơn giá")),
    FieldColumn("note", "Ghi chú", "text", 20),
    FieldColumn("key", "Mã dòng", "key", 10),
)
ROWS = (
    (1, date(2026, 3, 9), None, "=1+1", "1 P1 H1 1 0 ab"),
    (2, None, "Mồ mả", "hai dòng\nở đây", "2 P2 H1 1 0 cd"),
)
TABLE = FieldTable(
    "Phiếu",
    "Điền ô vàng",
    "GPMB-PHIEU 1 7f3a09bc xa 2026-03-10 12:abcdef x 2 ff",
    "Phiếu đi thôn",
    "Danh mục",
    COLUMNS,
    ROWS,
    frozenset({(1, "visit_on")}),
    date(2025, 1, 1),
)


@pytest.fixture(scope="module")
def content():
    return field_workbook(TABLE)


@pytest.fixture(scope="module")
def page(content):
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read("xl/worksheets/sheet1.xml").decode()


def test_field_workbook__cells_come_back_as_they_were(content):
    book = python_calamine.load_workbook(io.BytesIO(content))
    assert book.sheet_names == ["Phiếu đi thôn", "Danh mục"]
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[IDENTITY_ROW][0] == TABLE.identity
    assert rows[ID_ROW] == [column.id for column in COLUMNS]
    assert rows[HEAD_ROW] == [column.heading for column in COLUMNS]
    assert rows[HEAD_ROW + 1 :] == [
        [1.0, date(2026, 3, 9), "", "=1+1", "1 P1 H1 1 0 ab"],
        [2.0, "", "Mồ mả", "hai dòng\nở đây", "2 P2 H1 1 0 cd"],
    ]


def test_field_workbook__nothing_in_it_is_a_formula(page):
    assert "<f>" not in page


def test_field_workbook__only_the_cells_to_fill_are_open(content, page):
    assert "<sheetProtection" in page
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        styles = packed.read("xl/styles.xml").decode()
    formats = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.split("<cellXfs")[1].split("</cellXfs>")[0])
    unlocked = {at for at, one in enumerate(formats) if 'protection locked="0"' in one}
    open_cells = {
        cell for cell, style in re.findall(r'<c r="([A-Z]+\d+)" s="(\d+)"', page) if int(style) in unlocked
    }
    first = HEAD_ROW + 2
    assert open_cells == {f"B{first}", f"C{first}", f"D{first}", f"C{first + 1}", f"D{first + 1}"}


def test_field_workbook__a_list_to_choose_from_and_a_day_that_warns(page, content):
    first, last = HEAD_ROW + 2, HEAD_ROW + 3
    assert (
        f'type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" sqref="C{first}:C{last}"'
        in page
    )
    assert "'Danh mục'!$C$2:$C$3" in page
    (day,) = re.findall(r'<dataValidation type="date"[^>]*>', page)
    assert 'errorStyle="warning"' in day
    assert f'sqref="B{first}:B{last}"' in day
    book = python_calamine.load_workbook(io.BytesIO(content))
    assert [row[2] for row in book.get_sheet_by_index(1).to_python(skip_empty_area=False)] == [
        "Vướng mắc mới",
        "Mồ mả",
        "Giá đất, đơn giá",
    ]


def test_field_workbook__prints_on_a4_across_with_its_heading_and_without_the_keys(content, page):
    assert 'paperSize="9"' in page
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page
    assert f'topLeftCell="D{HEAD_ROW + 2}"' in page
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = packed.read("xl/workbook.xml").decode()
    assert f"$A$1:$D${HEAD_ROW + 3}" in names  # the print area ends before the column of keys
    assert f"${HEAD_ROW + 1}:${HEAD_ROW + 1}" in names
