"""Lists as offices draw them, read row by row; expected rows are written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sheets.lists import messages, table

from gis.sheets.headings import parse_remembered, recognise, remembered_text
from gis.sheets.reading import tracking_list

OFFICE = """
UBND XÃ HOÀNG SƠN | < | < | | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM | < | < | < | < | < | < | <
BẢNG THEO DÕI KIỂM ĐẾM, CHI TRẢ | < | < | < | < | < | < | < | < | < | < | <
STT | Họ và tên chủ hộ | Thôn | Xã cũ | Thửa đất | < | Diện tích (m2) | < | Kiểm đếm | < | Chi trả | <
~ | ~ | ~ | ~ | Số tờ | Số thửa | GCN | Thu hồi | Số biên bản | Ngày | Ngày | Số tiền (triệu đồng)
(1) | (2) | (3) | (4) | (5) | (6) | (7) | (8) | (9) | (10) | (11) | (12)
I | KCN Phú Quý | | | | | | | | | |
#1 | Nguyễn Văn Mẫu | Thôn 3 | Hoằng Cát | #4 | #12 | #500 | #480.5 | 05/BB | @2026-03-01 | x | #45.872
 | | | Hoằng Cát | #4 | 12a | "| #20 | | | |
#2 | Nguyễn Văn Mẫu | Thôn 4 | Hoằng Cát | #4 | #13 | | 1.234,5 | | tháng 2/2026 | chưa |
 | Cộng KCN Phú Quý | | | | #3 | | #1735 | | | | #45.872
II | CCN Hoàng Sơn | | | | | | | | | |
#3 | Công ty TNHH Mẫu | ~ | Hoằng Trinh | #1 | 105-1 | #90 | #90 | | #2025 | |
 | Tổng cộng: 3 hộ | | | | #4 | | #1825 | | | |
Ghi chú: diện tích theo hồ sơ | < | < | < | | | | | | | |
 | | | | | | | | Hoàng Sơn, ngày 5 tháng 3 năm 2026 | < | < | <
 | Người lập biểu | | | | | | | | | |
""".replace('"|', "|")


@pytest.fixture(scope="module")
def office():
    return tracking_list([table(OFFICE.replace("#3 | Công ty TNHH Mẫu | ~", "#3 | Công ty TNHH Mẫu | "))])


def test_tracking_list__rows_of_an_office_sheet(office):
    assert [
        (r.row, r.stt, r.household_name, r.hamlet, r.commune, r.sheet, r.number, r.zone) for r in office.rows
    ] == [
        (7, "1", "Nguyễn Văn Mẫu", "Thôn 3", "Hoằng Cát", "4", "12", "KCN Phú Quý"),
        (8, "1", "Nguyễn Văn Mẫu", "Thôn 3", "Hoằng Cát", "4", "12a", "KCN Phú Quý"),
        (9, "2", "Nguyễn Văn Mẫu", "Thôn 4", "Hoằng Cát", "4", "13", "KCN Phú Quý"),
        (12, "3", "Công ty TNHH Mẫu", "", "Hoằng Trinh", "1", "105-1", "CCN Hoàng Sơn"),
    ]
    assert [row.recovered_area_m2 for row in office.rows] == [
        Decimal("480.5"),
        Decimal(20),
        Decimal("1234.5"),
        Decimal(90),
    ]
    assert [row.kind for row in office.rows] == ["household", "household", "household", "organisation"]
    assert office.rows[0].source == "theo doi.xlsx, Danh sách, row 7"
    assert [problem for problem in office.problems if problem.severity == "refused"] == []


def test_tracking_list__two_households_with_one_name_stay_two(office):
    first, again, other, _ = (row.household_key for row in office.rows)
    assert first == again != other
    assert office.computed["households"] == 3


def test_tracking_list__milestones_with_days_marks_and_amounts(office):
    said = [
        [(m.milestone, m.on, m.reached, m.not_later_than, m.document, m.amount_vnd) for m in row.milestones]
        for row in office.rows
    ]
    assert said == [
        [
            ("inventoried", date(2026, 3, 1), True, False, "05/BB", None),
            ("paid", None, True, False, None, 45_872_000),
        ],
        [],
        [
            ("inventoried", date(2026, 2, 28), True, True, None, None),
            ("paid", None, False, False, None, None),
        ],
        [("inventoried", date(2025, 12, 31), True, True, None, None)],
    ]


def test_tracking_list__own_totals_beside_ours(office):
    assert [
        (t.scope, t.meaning, t.stated, t.computed, t.cell.rpartition(" ")[2]) for t in office.own_totals
    ] == [
        ("KCN Phú Quý", "recovered_area_m2", 1735, 1735, "H10"),
        ("KCN Phú Quý", "paid.amount", 45_872_000, 45_872_000, "L10"),
        ("KCN Phú Quý", "parcels", 3, 3, "F10"),
        ("", "recovered_area_m2", 1825, 1825, "H13"),
        ("", "households", 3, 3, "B13"),
        ("", "parcels", 4, 4, "F13"),
    ]


def test_tracking_list__every_row_counted_once(office):
    counts = office.counts
    assert (counts.titles, counts.headers, counts.sections, counts.rows) == (2, 3, 2, 4)
    assert (counts.totals, counts.footers, counts.refused) == (2, 3, 0)
    assert counts.all == sum(any(cell is not None for cell in row) for row in office.tables[0].rows)


def test_tracking_list__a_total_that_differs_is_told_with_both_figures():
    found = tracking_list([table(OFFICE.replace("#1825", "#1830"))])
    (told,) = [p for p in found.problems if p.message == "problem.list_total_area"]
    assert told.source == "theo doi.xlsx, Danh sách, cell H13"
    assert (told.facts["stated"], told.facts["computed"], told.facts["difference"]) == (1830, 1825, 5)
    assert told.severity == "warning"


PLAIN = """STT|Họ tên|Tờ|Thửa|Diện tích thu hồi (ha)|Tỷ lệ|Ngày bàn giao|Ngày chi trả|Ghi chú
"""


@pytest.mark.parametrize(
    ("row", "cell", "message"),
    [
        ("1|Lê Thị Mẫu|1|7|1.234|||", "cell E2", "problem.cell_ambiguous_number"),
        ("1|Lê Thị Mẫu|1|7|#0.05||#46082||", "cell G2", "problem.cell_serial_date"),
        ("1|Lê Thị Mẫu|1|7|#0.05||12/31/2025||", "cell G2", "problem.cell_not_date"),
        ("1|Lê Thị Mẫu|1|7|#0.05||1||", "cell G2", "problem.cell_not_date"),
        ("1|Lê Thị Mẫu|1|@2026-02-01|#0.05||||", "cell D2", "problem.cell_became_date"),
        ("1|Lê Thị Mẫu|1|7|#-1||||", "cell E2", "problem.cell_not_number"),
        ("1|Lê Thị Mẫu|1|7|-1||||", "cell E2", "problem.cell_negative"),
        ("1|Lê Thị Mẫu|1|7|=SUM(E9:E12)||||", "cell E2", "problem.cell_formula"),
        ("1|Lê Thị Mẫu|1|7|#REF!||||", "cell E2", "problem.cell_error"),
        ("1|Lê Thị Mẫu|1|7|#1|3/2|||", "cell F2", "problem.cell_not_part"),
        ("1|Lê Thị Mẫu||7|#1||||", "cell C2", "problem.list_no_sheet"),
        ("1|Lê Thị Mẫu|1||#1||||", "cell D2", "problem.list_no_number"),
        ("1|Lê Thị Mẫu|1|chưa đo|#1||||", "cell D2", "problem.list_bad_number"),
        ("1||1|7|#1||||", "cell B2", "problem.list_no_name"),
        ("1|=A7|1|7|#1||||", "cell B2", "problem.cell_formula"),
    ],
)
def test_tracking_list__a_cell_that_cannot_be_read_is_refused_by_its_address(row, cell, message):
    found = tracking_list([table(PLAIN + row)])
    assert (cell, message) in messages(found)
    assert (found.rows, found.counts.refused) == ((), 1)


def test_tracking_list__hectares_and_parts():
    found = tracking_list([table(PLAIN + "1|Lê Thị Mẫu|1|7|0,0512|1/3|05/3/2026|x|")])
    assert found.rows[0].recovered_area_m2 == Decimal(512)
    assert found.rows[0].part == Fraction(1, 3)


def test_tracking_list__every_wrong_cell_of_a_row_at_once():
    found = tracking_list([table(PLAIN + "1|Lê Thị Mẫu|1|7|abc|x|hôm qua||")])
    assert [cell for cell, _ in messages(found)] == ["cell E2", "cell F2", "cell G2"]


def test_tracking_list__a_household_line_with_parcels_below():
    rows = "1|Lê Thị Mẫu||||||\n||1|7|#1|||\n||1|8|#1|||\n2|Tống Văn Mẫu|1|9|#1|||"
    found = tracking_list([table(PLAIN + rows)])
    assert [(r.household_name, r.number) for r in found.rows] == [
        ("Lê Thị Mẫu", "7"),
        ("Lê Thị Mẫu", "8"),
        ("Tống Văn Mẫu", "9"),
    ]
    assert found.counts.sections == 1


def test_tracking_list__vertically_merged_household():
    rows = "1|Lê Thị Mẫu|1|7|#1||05/3/2026|\n~|~|1|8|#2||~|\n2|Lê Thị Mẫu|1|9|#1||"
    found = tracking_list([table(PLAIN + rows)])
    assert [(r.stt, r.number, len(r.milestones)) for r in found.rows] == [
        ("1", "7", 1),
        ("1", "8", 1),
        ("2", "9", 0),
    ]
    assert "problem.list_names_carried" not in dict(messages(found)).values()


def test_tracking_list__an_area_merged_over_two_parcels_counts_once():
    found = tracking_list([table(PLAIN + "1|Lê Thị Mẫu|1|7|#1||\n~|~|1|8|~||")])
    assert [row.recovered_area_m2 for row in found.rows] == [Decimal(10_000), None]


def test_tracking_list__a_line_merged_over_all_columns_is_no_parcel():
    rows = "Thôn 3 | < | < | < | < | < | < | < | <\n1|Lê Thị Mẫu|1|7|#1"
    found = tracking_list([table(PLAIN + rows)])
    assert [(r.hamlet, r.number) for r in found.rows] == [("Thôn 3", "7")]
    assert (found.counts.sections, found.counts.refused) == (1, 0)


def test_tracking_list__hamlet_lines_and_a_header_repeated_on_a_page():
    rows = "Thôn 3\n1|Lê Thị Mẫu|1|7|#1\n" + PLAIN + "Thôn 4\n2|Lê Văn Mẫu|1|8|#1\nCộng||||#2"
    found = tracking_list([table(PLAIN + rows)])
    assert [(r.hamlet, r.number) for r in found.rows] == [("Thôn 3", "7"), ("Thôn 4", "8")]
    assert found.counts.headers == 2
    assert [(t.stated, t.computed) for t in found.own_totals] == [(20_000, 20_000)]


def test_tracking_list__another_table_below_is_refused_whole():
    rows = "1|Lê Thị Mẫu|1|7|#1\n\nSTT|Họ tên|Thôn|Tờ|Thửa\n1|Lê Văn Mẫu|Thôn 3|1|8"
    found = tracking_list([table(PLAIN + rows)])
    assert ("row 4", "problem.list_second_header") in messages(found)
    assert (found.counts.rows, found.counts.refused) == (1, 2)


def test_tracking_list__sheets_without_a_list_are_told():
    found = tracking_list(
        [table("Biểu tổng hợp\nKhu | 12 ha", "Tổng hợp"), table(PLAIN + "1|Lê Thị Mẫu|1|7|#1")]
    )
    assert ("Tổng hợp", "problem.list_sheet_left_out") in messages(found)
    assert len(found.rows) == 1


def test_tracking_list__no_list_at_all():
    assert [p.message for p in tracking_list([table("a|b")]).problems][-1] == "problem.list_no_header"
    assert [p.message for p in tracking_list([]).problems] == ["problem.list_no_header"]


def test_tracking_list__a_list_that_lacks_the_parcel_is_refused():
    found = tracking_list([table("STT|Họ tên|Thôn|Diện tích thu hồi|Ngày chi trả\n1|Lê Thị Mẫu|Thôn 3|#1|x")])
    lacking = [("row 1", "problem.list_lacks_sheet"), ("row 1", "problem.list_lacks_number")]
    assert messages(found)[:2] == lacking


def test_tracking_list__a_remembered_column_comes_first():
    text = PLAIN.replace("Ghi chú", "Cột lạ của xã") + "1|Lê Thị Mẫu|1|7|#1||||05/3/2026"
    first = tracking_list([table(text)])
    assert ("cell I1", "problem.list_column_unknown") in messages(first)
    told = parse_remembered('[columns]\n"Cột lạ của xã" = "recovered.on"')
    again = tracking_list([table(text)], told)
    assert again.rows[0].milestones[0].milestone == "recovered"
    assert {c.header: c.sureness for c in again.columns}["Cột lạ của xã"] == "remembered"
    assert parse_remembered(remembered_text(again.columns))["cotlacuaxa"] == "recovered.on"


def test_tracking_list__an_amount_alone_reaches_nothing():
    text = PLAIN.replace("Ngày chi trả", "Số tiền chi trả (đồng)") + "1|Lê Thị Mẫu|1|7|#1||x|45.872.000|"
    found = tracking_list([table(text)])
    paid = found.rows[0].milestones[0]
    assert (paid.milestone, paid.reached, paid.amount_vnd) == ("paid", False, 45_872_000)
    assert ("cell H2", "problem.list_amount_alone") in messages(found)


def test_tracking_list__two_columns_of_one_meaning_are_refused():
    found = tracking_list([table(PLAIN.replace("Ghi chú", "Ngày chi trả") + "1|Lê Thị Mẫu|1|7|#1|||x|x")])
    assert ("cell I1", "problem.list_column_twice") in messages(found)


def test_tracking_list__one_household_and_parcel_twice_is_told():
    found = tracking_list([table(PLAIN + "1|Lê Thị Mẫu|1|7|#1\n1|Lê Thị Mẫu|1|7|#1")])
    assert messages(found) == [("row 3", "problem.list_row_twice")]


@pytest.mark.parametrize(
    ("parts", "meaning", "unit"),
    [
        (("Số QĐ thu hồi đất",), "recovered.document", ""),
        (("Diện tích", "Thu hồi (ha)"), "recovered_area_m2", "ha"),
        (("Bàn giao mặt bằng cho nhà đầu tư",), "delivered.on", ""),
        (("Đã bàn giao mặt bằng",), "handed_over.on", ""),
        (("Quyết định phê duyệt", "Số, ngày"), "plan_approved.document_on", ""),
        (("Kinh phí phê duyệt (nghìn đồng)",), "plan_approved.amount", "nghin"),
        (("Thông báo thu hồi đất", "Ngày"), "notified.on", ""),
        (("Diện tích theo GCN (m²)",), "legal_area_m2", "m2"),
        (("Số CCCD",), "left_out", ""),
        (("SỐ THỬA",), "number", ""),
    ],
)
def test_recognise__headers_of_offices(parts, meaning, unit):
    found = recognise(parts, {})
    assert (found.meaning, found.unit, found.sureness) == (meaning, unit, "sure")
