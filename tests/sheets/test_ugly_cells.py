"""Cells and names as two years of typing leave them; expected values are written by hand."""

from datetime import date

from sheets.lists import messages, table

from gis.sheets.cells import day_of
from gis.sheets.reading import tracking_list


def read(head, *rows):
    lines = [f"STT | Họ và tên | Thôn | Số tờ | Số thửa | {head}", *rows]
    return tracking_list([table("\n".join(lines))])


def test_day_of__in_words_and_by_t():
    assert day_of("ngày 5 tháng 3 năm 2026", asks_for_day=True).on == date(2026, 3, 5)
    month = day_of("T3/2026", asks_for_day=True)
    assert (month.not_before, month.on) == (date(2026, 3, 1), date(2026, 3, 31))


def test_milestones__a_document_and_its_day_in_one_cell():
    found = read("Bàn giao mặt bằng", "1 | Lê Văn Thử | Thôn 1 | 4 | 12 | BB 12 ngày 05/3/2026")
    (one,) = found.rows[0].milestones
    assert (one.on, one.document, one.reached) == (date(2026, 3, 5), "BB 12", True)
    decision = read(
        "Số QĐ thu hồi đất", "1 | Lê Văn Thử | Thôn 1 | 4 | 12 | 125/QĐ-UBND ngày 5 tháng 3 năm 2026"
    )
    (one,) = decision.rows[0].milestones
    assert (one.milestone, one.on, one.document) == ("recovered", date(2026, 3, 5), "125/QĐ-UBND")


def test_milestones__the_day_of_a_paper_does_not_fight_the_day_beside_it():
    head = "Chi trả - số phiếu | Chi trả - ngày"
    found = read(head, "1 | Lê Văn Thử | Thôn 1 | 4 | 12 | PC 7 ngày 01/3/2026 | 05/3/2026")
    (one,) = found.rows[0].milestones
    assert (one.on, one.document) == (date(2026, 3, 5), "PC 7 ngày 01/3/2026")
    assert found.problems == ()


def test_households__an_accent_makes_two_people_the_place_of_a_tone_does_not():
    rows = ("Lê Thị Hoa", "Lê Thị Hòa", "Lê Thị Hoà")
    found = read(
        "Diện tích thu hồi (m2)", *(f" | {name} | Thôn 1 | 4 | {n} | #5" for n, name in enumerate(rows))
    )
    keys = [row.household_key for row in found.rows]
    assert keys[0] != keys[1]
    assert keys[1] == keys[2]


def test_tracking_list__a_name_that_is_a_formula_is_told_once():
    found = read("Diện tích thu hồi (m2)", "1 | =cmd('a') | Thôn 1 | 4 | 1 | #5")
    assert messages(found) == [("cell B2", "problem.cell_formula")]


def test_tracking_list__a_parcel_without_its_sheet_is_refused_and_no_household_line():
    """It stands above a row without a name: 100 m² would go with it."""
    head = "STT | Họ và tên | Số tờ | Số thửa | Diện tích thu hồi (m2)"
    found = tracking_list([table(f"{head}\n1 | Lê Văn Thử | | 3 | #100\n | | 7 | 9 | #5")])
    assert ("cell C2", "problem.list_no_sheet") in messages(found)
    named = tracking_list([table(f"{head}\n1 | Lê Văn Thử | | | #105\n | | 7 | 8 | #100\n | | 7 | 9 | #5")])
    assert [(row.household_name, row.number) for row in named.rows] == [
        ("Lê Văn Thử", "8"),
        ("Lê Văn Thử", "9"),
    ]


def test_tracking_list__the_sum_on_a_household_s_line_is_held_to_its_parcels():
    head = "STT | Họ và tên | Số tờ | Số thửa | Diện tích thu hồi (m2)"
    rows = "\n | | 7 | 8 | #100\n | | 7 | 9 | #5\n2 | Trần Văn Vờ | 7 | 10 | #50"
    same = tracking_list([table(f"{head}\n1 | Lê Văn Thử | | | #105{rows}")])
    assert [(str(own.stated), str(own.computed), own.scope) for own in same.own_totals] == [
        ("105", "105", "")
    ]
    other = tracking_list([table(f"{head}\n1 | Lê Văn Thử | | | #205{rows}")])
    (told,) = (one for one in other.problems if one.message == "problem.list_total_area")
    assert (told.source.rpartition(", ")[2], told.facts["difference"]) == ("cell E2", 100.0)
    assert "Thử" not in repr(other.problems)
