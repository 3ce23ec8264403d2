"""A household's tables and what is next for it, as HTML: said in words, escaped, in Vietnamese formats."""

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

from gis.ledger.accounts import account
from gis.ledger.entry import Attachment
from gis.ledger.facts import Money
from gis.ledger.household_story import MilestoneLine, milestone_lines, obstacle_lines, story
from gis.ledger.next_steps import NextStep, Outlook, Progress, Rank, Reason
from gis.ledger.visits import visits as visits_by_household
from gis.texts import Texts
from gis.web import household_tables as tables
from gis.web import next_view
from gis.web.household_tables import HeldParcel

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import at, closes, holds, opens, visits

VI, EN = Texts("vi"), Texts("en")
NASTY = "<img src=x onerror=alert(1)>"
LABELS = {"P1": "15910/7/1", "P2": "15910/7/2"}
NOW = at(
    (1, holds("P1", "H1", Fraction(1, 3))),
    (2, opens("P1", "price", "H1")),
    (3, opens("P1", "graves")),
    (9, closes("P1", 2)),
    (4, visits("H1", "refused")),
    (5, Money(None, "H1", "approved", 1_250_000, "QĐ 1", None)),
    (6, Money(None, "H1", "paid", 1_000_000, "BK 1", None)),
)
TOLD = story(NOW, ["H1"])


def held(**other):
    facts = {
        "parcel": "P1",
        "title": NASTY,
        "where": "Hoằng Xuyên",
        "class_": "paid",
        "land_use": "LUC",
        "holdings": NOW.of_parcel("P1"),
        "zones_m2": {"KCN": 80.04},
        "area_m2": 100.0,
        "link": "ban-do?parcel=P1&lang=en",
        "proof": "/phieu-can-cu/P1",
        "progress": (Progress("recovered", ("paid",)),),
    }
    return HeldParcel(**(facts | other))


def test_holdings_html__part_areas_and_what_is_next():
    said = tables.holdings_html([held()], 1, VI)
    assert NASTY not in said
    assert "1/3" in said
    assert "80,0 m² <small>KCN</small>" in said
    assert "thửa 100,0 m²" in said
    assert "Đã có quyết định thu hồi đất (bỏ qua: Đã chi trả)" in said
    assert 'href="ban-do?parcel=P1&amp;lang=en"' in said
    assert '<td data-label="Loại đất">LUC</td>' in said  # what a phone shows above the cell


def test_holdings_html__the_whole_is_told_only_where_it_differs_and_land_outside_is_said():
    assert "thửa 80" not in tables.holdings_html([held(area_m2=80.05)], 1, VI)
    outside = tables.holdings_html([held(zones_m2={}, progress=(Progress(None, ()),))], 1, VI)
    assert "Ngoài các khu" in outside
    assert "Đã đủ các mốc" in outside
    assert "không sử dụng thửa nào" in tables.holdings_html([], 0, VI)


def test_milestones_html__day_document_parcels_scans_and_who():
    scan = Attachment("ab12", "application/pdf", 2048)
    line = MilestoneLine(
        "paid", date(2026, 3, 1), NASTY, ("P1", "P2"), 1_250_000, (1_234, 1_235), ("lan",), (scan,), True
    )
    said = tables.milestones_html([line], LABELS, VI)
    assert NASTY not in said
    assert "≤ 01/03/2026" in said
    assert "1.250.000 đ" in said
    assert "15910/7/1, 15910/7/2" in said
    assert "số 1.234, 1.235" in said
    assert 'href="/attachments/ab12"' in said
    assert "Chưa thực hiện bước nào" in tables.milestones_html(milestone_lines(TOLD, NOW), LABELS, VI)


def test_obstacles_html__days_of_the_open_and_of_the_settled_one():
    said = tables.obstacles_html(obstacle_lines(TOLD, NOW), LABELS, lambda _: NASTY, VI)
    assert "15910/7/1 (cả thửa) · đang vướng từ 03/01/2026, đã 17 ngày" in said
    assert "đã gỡ ngày 09/01/2026, từ 02/01/2026 (7 ngày)" in said
    assert NASTY not in said
    assert "&lt;img" in said


def test_visits_html__outcome_and_who_went():
    said = tables.visits_html(visits_by_household(NOW)["H1"], LABELS, lambda _: "", EN)
    assert "04/01/2026" in said
    assert "lan" in said
    assert "No visit is recorded" in tables.visits_html((), LABELS, lambda _: "", EN)


def test_money_html__to_the_dong():
    said = tables.money_html(account(NOW, "H1"), "chi-tra?household=H1", VI)
    assert [amount in said for amount in ("1.250.000 đ", "1.000.000 đ", "250.000 đ")] == [True] * 3
    assert "Xem từng khoản" in said


def step(action, about, rank, due=None, days=None, reasons=()):
    return NextStep(action, about, ("P1",), rank, tuple(reasons), due, None, days)


def test_outlook_html__first_with_its_reasons_then_the_rest_then_what_was_passed_over():
    reasons = [
        Reason("next.period_overdue", {"period": "payment", "title": None, "by": "2026-03-22"}),
        Reason("next.stage", {"period": "own", "title": NASTY, "by": "2026-03-22"}),
    ]
    steps = (
        step("settle", "price", Rank.OVERDUE, date(2026, 3, 22), -3, reasons),
        step("milestone", "handed_over", Rank.READY),
        step("milestone", "recovered", Rank.WAIT, date(2026, 5, 2), 9),
    )
    said = next_view.outlook_html(Outlook("H1", steps, {"paid": ("P1",)}), LABELS, VI)
    assert "Tháo gỡ vướng mắc: Giá đất, đơn giá" in said
    assert "quá hạn 3 ngày (hạn 22/03/2026)" in said
    assert "đã quá hạn 22/03/2026" in said
    assert NASTY not in said
    assert "Ký biên bản bàn giao mặt bằng" in said
    assert "chỉ được làm từ 02/05/2026 (còn 9 ngày)" in said
    assert "(mốc sau đã đạt): Đã chi trả" in said
    assert said.index("Tháo gỡ") < said.index("Ký biên bản") < said.index("Trình quyết định thu hồi")
    assert "Không còn việc" in next_view.outlook_html(None, LABELS, VI)


def test_reasons__what_holds_for_two_parcels_alike_is_said_once():
    late = Reason("next.period_overdue", {"period": "payment", "title": None, "by": "2026-03-22"})
    twice = step("settle", "price", Rank.OVERDUE, date(2026, 3, 22), -3, [late, late])
    assert len(next_view.reasons(twice, VI)) == 1
    assert next_view.outlook_html(Outlook("H1", (twice,)), LABELS, VI).count("đã quá hạn 22/03/2026") == 1


def test_outlook_html__land_outside_all_zones_is_named_with_and_without_steps():
    told = "Ngoài các khu nên không tính việc: thửa 15910/7/1"
    ahead = Outlook("H1", (step("milestone", "handed_over", Rank.READY),))
    for one in (None, ahead):
        assert told in next_view.outlook_html(one, LABELS, VI, ["P1"])
        assert "Ngoài các khu" not in next_view.outlook_html(one, LABELS, VI)


def test_line__one_line_of_a_list():
    today = Outlook("H1", (step("pay", None, Rank.SOON, date(2026, 3, 22), 0),))
    assert next_view.line(today, VI) == "Chi trả hoặc gửi số tiền còn lại · hạn hôm nay (22/03/2026)"
    own = Outlook("H1", (step("milestone", "hop_dan", Rank.ONWARD),))
    named = Texts("vi", {"milestone.hop_dan": "Họp dân"})
    assert next_view.line(own, named) == "Thực hiện bước: Họp dân"
    assert next_view.line(Outlook("H1", ()), EN) == "Nothing left to do"
