"""Headers as offices nest them: groups above, units beside, a column for each land use."""

import pytest
from sheets.lists import messages, table

from gis.sheets.headings import recognise, unit
from gis.sheets.lines import level_of
from gis.sheets.reading import tracking_list


@pytest.mark.parametrize(
    ("parts", "meaning", "named"),
    [
        (("Thông tin thửa đất", "Diện tích", "Thu hồi (m2)"), "recovered_area_m2", "m2"),
        (("Thông tin hộ nhận tiền", "Họ và tên"), "household_name", ""),
        (("Tiến độ", "Phê duyệt phương án", "Ngày"), "plan_approved.on", ""),
        (("Tiến độ", "Phê duyệt phương án", "Số tiền (triệu đồng)"), "plan_approved.amount", "trieu"),
        (("Tiến độ", "Bàn giao mặt bằng"), "handed_over.on", ""),
        (("TIEN DO", "BAN GIAO MAT BANG"), "handed_over.on", ""),
        (("Kinh phí (đồng)", "Chi trả"), "paid.amount", "dong"),
        (("Chi trả (tr.đ)",), "paid.amount", "trieu"),
        (("Bàn giao", "Ghi chú"), "note", ""),
        (("Chi trả", "Số tài khoản"), "left_out", ""),
        (("Diện tích thu hồi (m2)", "Tổng cộng"), "recovered_area_m2", "m2"),
        (("Diện tích (m2)", "Thửa đất"), "measured_area_m2", "m2"),
    ],
)
def test_recognise__a_header_in_groups(parts, meaning, named):
    found = recognise(parts, {})
    assert (found.meaning, found.unit, found.sureness) == (meaning, named, "sure")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Số tiền (tỷ đồng)", "ty"),
        ("ĐVT: tỉ đồng", "ty"),
        ("Kinh phí (1.000.000đ)", "trieu"),
        ("Kinh phí (1.000 đ)", "nghin"),
        ("Tỷ lệ", ""),
        ("Công ty chi trả (đồng)", "dong"),
        ("Diện tích đất hạ tầng", ""),
        ("Diện tích (héc-ta)", "ha"),
        ("Diện tích (sào)", "other"),
    ],
)
def test_unit__money_and_areas(text, named):
    """1 tỷ read as 1 đồng would lose nine digits, "hạ tầng" read as hectares would add four."""
    assert unit(text) == named


def test_level_of__the_longest_words_decide():
    assert (level_of("Làng nghề mộc", ""), level_of("Khu phố 2", ""), level_of("Khu A", "")) == (
        "zone",
        "hamlet",
        "zone",
    )


def read(head, row):
    text = f"STT | Họ và tên | Số tờ | Số thửa | {head}\n1 | Nguyễn Văn Mẫu | 4 | 12 | {row}"
    return tracking_list([table(text)])


def test_tracking_list__an_area_for_each_land_use_and_no_sum_is_asked():
    found = read("Diện tích thu hồi đất ở (m2) | Diện tích thu hồi đất lúa (m2)", "#100 | #250.5")
    assert ("cell F1", "problem.list_column_twice") in messages(found)
    summed = read("Diện tích thu hồi đất ở (m2) | Tổng diện tích thu hồi (m2)", "#100 | #350.5")
    assert [str(row.recovered_area_m2) for row in summed.rows] == ["350.5"]
    assert ("cell F1", "problem.list_column_twice") not in messages(summed)


def test_tracking_list__a_unit_that_differs_by_place_is_refused():
    found = read("Diện tích thu hồi (sào)", "#2")
    assert [(p.message, p.severity) for p in found.problems] == [("problem.list_column_unit", "refused")]


def test_tracking_list__a_guess_is_told():
    found = read("Diện tích bàn giao (m2)", "#2")
    assert messages(found) == [("cell E1", "problem.list_column_guess")]


def test_tracking_list__the_row_of_column_numbers_is_no_sample():
    text = "STT | Họ và tên | Số tờ | Số thửa\n(1) | (2) | (3) | (4)\n1 | Nguyễn Văn Mẫu | 7 | 12"
    assert [column.sample for column in tracking_list([table(text)]).columns] == ["1", "", "7", "12"]
