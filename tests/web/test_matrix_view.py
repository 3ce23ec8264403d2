"""The matrix as HTML and Excel, the workbook read back by another library."""

import io
from datetime import date

import python_calamine

from gis.ledger.matrix import Cell, Line
from gis.project.charges import Charge
from gis.project.people import Hamlet
from gis.store.workbooks import workbook
from gis.texts import Texts
from gis.web.matrix_view import Known, cell_text, sheets, table_html

VI, EN = Texts("vi"), Texts("en")
STEPS = ("notified", "inventoried", "paid", "handed_over")
DAY = date(2025, 9, 9)
ALL, SOME = Cell(3, 0, 3, DAY, False), Cell(2, 0, 3, DAY, False)
LATEST, WAIVED, NONE = Cell(3, 0, 3, DAY, True), Cell(0, 3, 3, None, False), Cell(0, 0, 3, None, False)
LINES = (
    Line("H1", ("P1", "P2", "P3"), dict(zip(STEPS, (ALL, SOME, WAIVED, NONE), strict=True)), 2),
    Line("H2", ("P4",), dict(zip(STEPS, (LATEST, NONE, NONE, NONE), strict=True)), 0),
)
CHARGES = {"H1": Charge("lan", Hamlet("15910", "Thôn 1")), "H2": Charge()}
NAMES = {"H1": "=cmd|' /C calc'!A0", "H2": '<img src=x onerror="alert(1)">'}
NOBODY = Known(CHARGES, {}, {"15910": "Hoằng Xuyên"}, {})
NAMED = Known(CHARGES, NAMES, {"15910": "Hoằng Xuyên"}, {"H1": "ho?household=H1"})


def test_cell_text__says_it_without_a_colour():
    assert [cell_text(one, VI) for one in (ALL, LATEST, SOME, WAIVED, NONE)] == [
        "09/09/2025",
        "≤ 09/09/2025",
        "2/3",
        "không áp dụng",
        "chưa",
    ]


def test_table_html__the_head_counts_all_and_the_body_shows_its_page():
    html = table_html(LINES[:1], LINES, STEPS, NOBODY, VI)
    assert "✓ 2 hộ đủ" in html  # both were notified
    assert "◐ 1 hộ một phần" in html
    assert "H1" in html
    assert "H2" not in html
    assert "▲ 2 vướng mắc" in html
    assert "Thôn 1, Hoằng Xuyên" in html
    assert 'tabindex="0"' in html
    assert html.count('scope="row"') == 1


def test_table_html__names_are_escaped_and_only_where_they_are_handed_in():
    html = table_html(LINES, LINES, STEPS, NAMED, EN)
    assert "<img" not in html
    assert "&lt;img" in html
    assert '<a href="ho?household=H1" target="_self">H1</a>' in html
    assert "cmd" not in table_html(LINES, LINES, STEPS, NOBODY, EN)


def read_back(**told):
    content = workbook(sheets(LINES, STEPS, told.pop("known"), ["Dữ liệu mẫu", "Xã · ngày"], VI, **told))
    book = python_calamine.load_workbook(io.BytesIO(content))
    return [book.get_sheet_by_index(at).to_python(skip_empty_area=False) for at in (0, 1)]


def test_sheets__days_are_days_counts_are_numbers_and_a_formula_is_a_text():
    matrix, sums = read_back(known=NAMED, named=True)
    assert [row[0] for row in matrix[:4]] == ["Ma trận hộ × mốc", "Dữ liệu mẫu", "Xã · ngày", ""]
    heads, first, second = matrix[4:]
    assert heads[:2] == ["Hộ", "Tên chủ hộ, tổ chức"]
    assert first == [
        "H1",
        NAMES["H1"],
        "Thôn 1, Hoằng Xuyên",
        "lan",
        3.0,
        2.0,
        DAY,
        "2/3",
        "không áp dụng",
        "",
    ]
    assert second[6] == DAY  # "≤" is its look: the cell is a day
    assert [row[1:] for row in sums[5:]] == [
        [2.0, 0.0, 0.0, 0.0, 2.0],
        [0.0, 1.0, 1.0, 0.0, 2.0],
        [0.0, 0.0, 1.0, 1.0, 2.0],
        [0.0, 0.0, 2.0, 0.0, 2.0],
    ]


def test_sheets__without_names_there_is_no_column_of_them():
    matrix, _ = read_back(known=NAMED, named=False)
    assert matrix[4][:3] == ["Hộ", "Thôn", "Cán bộ phụ trách"]
    assert not any("cmd" in str(cell) for row in matrix for cell in row)
