"""Households as HTML: what is shown, what is escaped, and what an address may hold."""

import pytest

from gis.project.people import Person
from gis.store.register import Household
from gis.store.register_changes import Change
from gis.texts import Texts
from gis.web import household_view as view

VI = Texts("vi")
COMMUNES = {"15910": "Hoằng Xuyên"}
NASTY = "<b>An & [Ba](http://x) *"
AN = Household("H1", NASTY, "household", "Thôn 1", "15910", "can-bo-1")
GONE = Household("H2", "", "household", "", "15910", "", None, "2026-03-10T18:00:00.000000Z")


def test_line__name_place_land_and_officer_without_markup():
    said = view.line(Person(AN, ("H9",)), view.Land(3, 1), "Trả *tiền*", COMMUNES, VI)
    assert said.startswith("**\\<b\\>An & \\[Ba\\]\\(http\\://x\\) \\*** H1 · Thôn 1, Hoằng Xuyên")
    assert said.endswith("3 thửa, đã bàn giao 1 · cán bộ can\\-bo\\-1 · gồm 1 mã đã gộp *Trả \\*tiền\\**")
    assert "\\(đã xóa dữ liệu cá nhân\\)" in view.line(Person(GONE), view.Land(0, 0), "", COMMUNES, VI)


def test_line__land_outside_all_zones_is_told_or_nothing_to_do_would_look_wrong():
    said = view.line(Person(AN), view.Land(5, 4, outside=1), "Không còn việc phải làm", COMMUNES, VI)
    assert "5 thửa, đã bàn giao 4 · 1 thửa ngoài các khu, không tính việc" in said


def test_head_html__is_escaped_and_names_the_other_codes():
    said = view.head_html(Person(AN, ("H7", "H9")), COMMUNES, ["D1 · <i>"], VI)
    assert "&lt;b&gt;An &amp; [Ba]" in said
    assert "<b>" not in said
    assert "H7, H9" in said
    assert "Thuộc đợt: D1 · &lt;i&gt;" in said


def test_erased_html__the_day_in_vietnam():
    assert "11/03/2026" in view.erased_html(GONE, VI)
    assert view.erased_html(AN, VI) == ""


def test_history_html__newest_first_kinds_in_words_and_escaped():
    changes = [
        Change("H1", "2026-03-10T02:05:00.000000Z", "lan", "kind", "household", "organisation"),
        Change("H1", "2026-03-11T02:05:00.000000Z", "lan", "name", NASTY, "An"),
    ]
    said = view.history_html(changes, VI)
    assert said.index("11/03/2026 09:05") < said.index("10/03/2026 09:05")
    assert "Hộ → Tổ chức" in said
    assert "&lt;b&gt;An" in said
    assert "Chưa có thay đổi" in view.history_html([], VI)


def test_beside_html__two_households_and_their_parcels():
    said = view.beside_html([Person(AN), Person(GONE)], [["15910/7/1", "15910/7/2"], []], COMMUNES, VI)
    assert "15910/7/1<br>15910/7/2" in said
    assert "&lt;b&gt;An" in said


@pytest.mark.parametrize("text", ["Nguyễn Văn A", "a_b", ":red[x]", "$x$", "`x`", "# x", "1. x"])
def test_plain__every_sign_of_markdown_is_only_a_sign(text):
    escaped = view.plain(text)
    assert escaped.replace("\\", "") == text
    signs = [i for i, c in enumerate(escaped) if c in "_[]:$`#."]
    assert all(escaped[i - 1] == "\\" for i in signs)
