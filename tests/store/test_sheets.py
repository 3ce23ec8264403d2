"""Workbooks written here, read back: every value at its place, every trap told, nothing that hangs or breaks."""

from __future__ import annotations

import csv
import re
import zipfile
from datetime import date

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.store import sheet_facts
from gis.store.sheets import read_tables

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
ODS = f"""<?xml version="1.0"?><office:document-content xmlns:office="{OFFICE}"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="KCN">%s</table:table></office:spreadsheet></office:body></office:document-content>"""
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


def told(problems):
    return [(problem.source.rpartition(", ")[2], problem.message) for problem in problems]


def ods(path, rows):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", re.sub(r">\s+<", "><", ODS % rows))
        packed.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="application/vnd.oasis.opendocument.spreadsheet"/></m:manifest>',
        )
    return path


def xlsx(path, sheet):
    """A workbook of one sheet whose XML is written here."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/></Types>',
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="KCN" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
    return path


def test_read_tables__xlsx_values_merges_formulas_and_what_is_hidden(tmp_path):
    path = tmp_path / "theo dõi.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("KCN Phú Quý")
        sheet.merge_range("A1:C2", "Danh sách")
        sheet.write_row("A3", ["Tên", 207.4, "1.234"])
        sheet.write_datetime("D3", date(2026, 3, 1), book.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_datetime("E3", date(2026, 3, 1), book.add_format({"num_format": "mm/yyyy"}))
        sheet.write_formula("F3", "=B3*2", None, 414.8)
        sheet.write_row("A4", ["", True])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("H:H", None, None, {"hidden": True})
        other = book.add_worksheet("Ẩn")
        other.write("B2", 1)
        other.hide()
        book.add_worksheet("Trống")
    (first, second), problems = read_tables(path)
    assert first.rows[2] == ("Tên", 207.4, "1.234", date(2026, 3, 1), "3/2026", 414.8)
    assert first.rows[0] == ("Danh sách", None, None, None, None, None)
    assert (first.merged, first.formulas, first.hidden) == (((0, 0, 1, 2),), {(2, 5)}, {2})
    assert second.rows == ((None, None), (None, 1.0))
    assert told(problems) == [
        ("KCN Phú Quý", "problem.sheet_hidden_columns"),
        ("KCN Phú Quý", "problem.sheet_formulas"),
        ("Ẩn", "problem.sheet_hidden"),
    ]


def test_read_tables__formulas_without_a_value_and_errors_are_no_empty_cells(tmp_path):
    cells = '<row r="2"><c r="B2"><f>SUM(A1:A9)</f><v/></c><c r="C2" t="e"><v>#REF!</v></c><c r="D2" t="str"><f>A1</f><v></v></c></row>'
    (table,), problems = read_tables(xlsx(tmp_path / "a.xlsx", SHEET % cells))
    assert table.rows[1] == (None, "=SUM(A1:A9)", "#REF!", None)
    assert told(problems)[:2] == [("cell B2", "problem.cell_formula"), ("cell C2", "problem.cell_error")]


def test_read_tables__ods(tmp_path):
    rows = """<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>Tên</text:p></table:table-cell>
    <table:covered-table-cell/><table:table-cell office:value-type="float" office:value="207.4"><text:p>207,4</text:p></table:table-cell></table:table-row>
    <table:table-row table:number-rows-repeated="2" table:visibility="filter"><table:table-cell office:value-type="date" office:date-value="2026-03-01"><text:p>01/03/2026</text:p></table:table-cell>
    <table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2"><text:p>2</text:p></table:table-cell></table:table-row>
    <table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"""
    tables, problems = read_tables(ods(tmp_path / "a.ods", rows))
    assert told(problems) == [("KCN", "problem.sheet_formulas")]
    (table,) = tables
    assert table.rows == (
        ("Tên", None, 207.4),
        (date(2026, 3, 1), 2.0, None),
        (date(2026, 3, 1), 2.0, None),
    )
    assert (table.merged, table.hidden) == (((0, 0, 0, 1),), {1, 2})
    assert table.formulas == {(1, 1), (2, 1)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_read_tables__csv(tmp_path, encoding, separator):
    path = tmp_path / "hộ.csv"
    rows = [
        ["Họ và tên", "Diện tích", "Ghi chú"],
        ["Nguyễn Văn Mẫu", "207,4", 'nói "có"\nrồi'],
        ["", "1", ""],
    ]
    if encoding == "utf-16-le-bom":
        opened = path.open("w", encoding="utf-16-le", newline="")
        opened.write("\ufeff")
    else:
        opened = path.open("w", encoding=encoding, newline="")
    with opened as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    (table,), problems = read_tables(path)
    assert [[cell or "" for cell in row] for row in table.rows] == rows
    assert problems == []


@pytest.mark.parametrize(
    "before", ["Hä vµ tªn;NguyÔn V¨n MÉu;Th«n §ång Cöa", "Họ và tên;Nguyễn Văn Mẫu;Thôn Đồng Cửa"]
)
def test_read_tables__old_encodings_of_csv(tmp_path, before):
    path = tmp_path / "a.csv"
    old = "ª" in before
    path.write_bytes(before.encode("latin-1" if old else "utf-8"))
    (table,), _ = read_tables(path)
    assert table.rows[0] == ("Họ và tên", "Nguyễn Văn Mẫu", "Thôn Đồng Cửa")


def test_read_tables__unclosed_quotes_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n1,"2\n3,4\n', "utf-8")
    assert read_tables(path)[0] == []
    assert told(read_tables(path)[1]) == [("a.csv", "problem.csv_quotes")]


def test_read_tables__a_renamed_file_is_read_and_told(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.csv") as book:
        book.add_worksheet().write("A1", "x")
    tables, problems = read_tables(tmp_path / "a.csv")
    assert (len(tables), told(problems)) == (1, [("a.csv", "problem.sheet_renamed")])


@pytest.mark.parametrize("lock", ["~$a.xlsx", ".~lock.a.xlsx#"])
def test_read_tables__a_file_open_elsewhere_gets_one_sentence(tmp_path, lock):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        book.add_worksheet().write("A1", "x")
    (tmp_path / lock).write_bytes(b"")
    assert told(read_tables(tmp_path / "a.xlsx")[1]) == [("a.xlsx", "problem.sheet_open")]


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "problem.sheet_empty"),
        (b"\n\n", "problem.sheet_empty"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "problem.sheet_password"),
        (OLE + b"\0" * 600, "problem.sheet_unreadable"),
        (b"PK\x03\x04", "problem.sheet_unreadable"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "problem.sheet_web_page"),
        (b"\x89PNG\0\0", "problem.sheet_unknown_kind"),
        (b"\xff\xfea", "problem.sheet_damaged"),
    ],
)
def test_read_tables__what_is_no_workbook_gets_one_sentence(tmp_path, content, message):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    tables, problems = read_tables(path)
    assert tables == []
    assert [problem.message for problem in problems if problem.severity == "refused"] == [message]


def test_read_tables__no_file_and_a_folder(tmp_path):
    for path in (tmp_path, tmp_path / "không có.xlsx"):
        assert [problem.message for problem in read_tables(path)[1]] == ["problem.sheet_no_file"]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "problem.sheet_too_many_rows"),
        ('<row r="90000"><c r="XFD90000"><v>1</v></c></row>', "problem.sheet_too_many_cells"),
        ('<row r="1"><c r="A1"><v>1</v></c>', "problem.sheet_damaged"),
    ],
)
def test_read_tables__a_far_cell_takes_no_memory(tmp_path, cells, message):
    assert told(read_tables(xlsx(tmp_path / "a.xlsx", SHEET % cells))[1]) == [("a.xlsx", message)]


def test_read_tables__an_ods_of_repeated_cells_takes_no_memory(tmp_path):
    rows = '<table:table-row table:number-rows-repeated="100000"><table:table-cell table:number-columns-repeated="16000" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    assert told(read_tables(ods(tmp_path / "a.ods", rows))[1]) == [("a.ods", "problem.sheet_too_many_cells")]


def test_read_tables__a_zip_bomb_and_entities(tmp_path, monkeypatch):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + SHEET % ""
    assert told(read_tables(xlsx(tmp_path / "a.xlsx", bomb))[1]) == [("a.xlsx", "problem.sheet_damaged")]
    monkeypatch.setattr(sheet_facts, "MOST_UNPACKED_BYTES", 10_000)
    packed = xlsx(tmp_path / "b.xlsx", SHEET % ("<row/>" * 10_000))
    assert told(read_tables(packed)[1]) == [("b.xlsx", "problem.sheet_too_many_megabytes")]


def test_read_tables__a_part_that_states_less_than_it_unpacks_to(tmp_path):
    path = xlsx(tmp_path / "a.xlsx", SHEET % ("<row/>" * 10_000))
    content = bytearray(path.read_bytes())
    size = len(SHEET % ("<row/>" * 10_000)).to_bytes(4, "little")
    assert content.count(size) == 2
    path.write_bytes(content.replace(size, (100).to_bytes(4, "little")))
    assert [problem.severity for problem in read_tables(path)[1]] == ["refused"]


def test_read_tables__a_changed_byte_never_breaks_it(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for row in range(20):
            sheet.write_row(row, 0, ["Nguyễn Văn Mẫu", row, 1.5])
        sheet.merge_range("A22:C23", "x")
    good = (tmp_path / "a.xlsx").read_bytes()

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), min_size=1, max_size=4))
    def change(changes):
        content = bytearray(good)
        for place, byte in changes:
            content[place] = byte
        path = tmp_path / "b.xlsx"
        path.write_bytes(content)
        tables, problems = read_tables(path)
        assert tables or problems

    change()
