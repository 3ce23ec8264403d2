"""What is due: small worlds whose days are counted by hand. Day 1 is 1 January 2026."""

import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.due import Land, counted, due
from gis.ledger.facts import BatchDocument, BatchJoined, BatchOpened, Milestone, Money
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, opens, reaches, voids, waives

LAND = Land(codes={"P1": "LUC", "P2": "ONT", "P3": "ONT+CLN"}, inside={"Z1": {"P1"}})
BASE = [
    (1, holds("P1", "H1")),
    (1, BatchOpened("D1", "Đợt 1", None, "luat-2024")),
    (1, BatchJoined("D1", "H1", left=False)),
]


def dues(*more, today, base=BASE, soon=15, land=LAND, aliases=None):
    ledger = entries(*base, *more)
    now = state(ledger, today, len(ledger))
    return due(now, DEFAULT_DEADLINES, land, today, soon, aliases or {})


def said(rows):
    return [(row.rule.id, row.parcels, row.by, row.days, row.status) for row in rows]


def only(rule, rows):
    return [(row.by, row.days, row.status) for row in rows if row.rule.id == rule]


def test_due__a_notice_on_farm_land_waits_90_days_and_lasts_12_months():
    # 5 March 2026 + 90 days = 3 June 2026 (26 of March, 30 of April, 31 of May, 3 of June).
    rows = dues((64, reaches("P1", "H1", "notified")), today=date(2026, 6, 1))
    assert day(64) == date(2026, 3, 5)
    assert said(rows) == [
        ("recovery_wait", ("P1",), date(2026, 6, 3), 2, "wait"),
        ("notice_expiry", ("P1",), date(2027, 3, 5), 277, "open"),
    ]


def test_due__on_the_day_from_which_it_may_come_nothing_waits_any_more():
    rows = dues((64, reaches("P1", "H1", "notified")), today=date(2026, 6, 3))
    assert only("recovery_wait", rows) == []


def test_due__a_decision_before_its_day_is_early_and_on_it_is_not():
    notice = (64, reaches("P1", "H1", "notified"))
    early = dues(notice, (153, reaches("P1", "H1", "recovered")), today=day(200))
    assert day(153) == date(2026, 6, 2)
    assert only("recovery_wait", early) == [(date(2026, 6, 3), (date(2026, 6, 3) - day(200)).days, "early")]
    assert dues(notice, (154, reaches("P1", "H1", "recovered")), today=day(200)) == ()


@pytest.mark.parametrize(
    ("regime", "farm", "other"),
    [
        ("luat-2024", date(2026, 6, 3), date(2026, 9, 1)),
        ("nq-254-2025", date(2026, 5, 4), date(2026, 7, 3)),
    ],
)
def test_due__other_land_and_unclear_land_wait_longer(regime, farm, other):
    base = [
        *((1, holds(parcel, "H1")) for parcel in ("P1", "P2", "P3", "P4")),
        (1, BatchOpened("D1", "Đợt 1", None, regime)),
        (1, BatchJoined("D1", "H1", left=False)),
    ]
    notices = [(64, reaches(parcel, "H1", "notified")) for parcel in ("P1", "P2", "P3", "P4")]
    rows = [row for row in dues(*notices, today=day(70), base=base) if row.rule.id == "recovery_wait"]
    # P3 is ONT+CLN, P4 has no code: both by the longer period, and the row says so.
    assert [(row.parcels, row.by, row.longest) for row in rows] == [
        (("P1",), farm, False),
        (("P2", "P3", "P4"), other, True),
    ]


@pytest.mark.parametrize(
    ("today", "status"),
    [
        (date(2026, 3, 6), "open"),
        (date(2026, 3, 7), "due"),
        (date(2026, 3, 22), "due"),
        (date(2026, 3, 23), "overdue"),
    ],
)
def test_due__payment_within_30_days_of_the_approval(today, status):
    # 20 February 2026 + 30 days = 22 March 2026 (8 of February, 22 of March).
    rows = dues((51, reaches("P1", "H1", "plan_approved")), today=today)
    assert day(51) == date(2026, 2, 20)
    assert only("payment", rows) == [(date(2026, 3, 22), (date(2026, 3, 22) - today).days, status)]


def test_due__payment_runs_from_the_day_on_which_the_decision_takes_effect():
    decision = (51, BatchDocument("D1", "plan_approved", "QĐ 2", date(2026, 3, 1)))
    mark = (51, Milestone("P1", "H1", "plan_approved", "QĐ 2", batch="D1"))
    rows = dues(decision, mark, today=date(2026, 3, 10))
    assert only("payment", rows) == [(date(2026, 3, 31), 21, "open")]
    other = (51, Milestone("P1", "H1", "plan_approved", "QĐ 3", batch="D1"))
    assert only("payment", dues(decision, other, today=date(2026, 3, 10))) == [(date(2026, 3, 22), 12, "due")]


@pytest.mark.parametrize(
    "answer",
    [
        reaches("P1", "H1", "paid"),
        Money(None, "H1", "paid", 5, "BK 1", None),
        Money("P1", "H1", "deposited", 5, "GTG 1", "D1"),
        waives("P1", "H1", "paid"),
    ],
)
def test_due__who_was_paid_or_whose_money_is_deposited_is_not_due(answer):
    approved = (51, reaches("P1", "H1", "plan_approved"))
    assert only("payment", dues(approved, (60, answer), today=day(200))) == []


def test_due__a_supplement_after_the_payment_has_30_days_of_its_own():
    story = [
        (10, reaches("P1", "H1", "plan_approved", "QĐ 1")),
        (20, reaches("P1", "H1", "paid", "BK 1")),
        (51, reaches("P1", "H1", "plan_approved", "QĐ 2")),
        (52, reaches("P1", "H1", "plan_approved", "QĐ 3")),
    ]
    assert only("payment", dues(*story, today=day(60))) == [(date(2026, 3, 22), 21, "open")]
    assert only("payment", dues(*story, (52, reaches("P1", "H1", "paid")), today=day(60))) == []


def test_due__a_new_notice_runs_anew():
    # A notice of 29 February 2028 lasts to 28 February 2029.
    leap = (date(2028, 2, 29) - day(0)).days
    rows = dues(
        (64, reaches("P1", "H1", "notified", "TB 1")),
        (leap, reaches("P1", "H1", "notified", "TB 2")),
        today=date(2029, 3, 2),
    )
    assert only("notice_expiry", rows) == [(date(2029, 2, 28), -2, "overdue")]


@pytest.mark.parametrize("end", ["recovered", "handed_over", "delivered"])
def test_due__a_notice_does_not_expire_once_the_land_is_recovered_or_given(end):
    rows = dues((1, reaches("P1", "H1", "notified")), (300, reaches("P1", "H1", end)), today=day(500))
    assert only("notice_expiry", rows) == []


def test_due__posting_and_the_dialogue_only_where_an_obstacle_is_open():
    posted = (64, reaches("P1", "H1", "plan_published"))
    rows = dues(posted, today=day(70))
    assert said(rows) == [("posting_end", ("P1",), date(2026, 4, 4), 24, "wait")]
    stuck = dues(posted, (65, opens("P1")), today=day(70))
    assert only("dialogue_end", stuck) == [(date(2026, 5, 4), 54, "open")]
    left = dues(posted, (64, opens("P1", "price", "H9")), today=day(70))  # whose land H1 has bought
    assert only("dialogue_end", left) == [(date(2026, 5, 4), 54, "open")]
    co_user = (1, holds("P1", "H2", None))
    of_another = dues(posted, co_user, (65, opens("P1", household="H2")), today=day(70))
    assert only("dialogue_end", of_another) == []


def test_due__only_members_and_only_land_of_the_zone():
    mark = (51, reaches("P1", "H1", "plan_approved"))
    away = (60, BatchJoined("D1", "H1", left=True))
    assert dues(mark, away, today=day(61)) == ()
    elsewhere = Land(codes={}, inside={"Z1": {"P9"}})
    inside_z1 = [(1, holds("P1", "H1")), (1, BatchOpened("D1", "Đợt 1", "Z1", "luat-2024")), BASE[2]]
    assert dues(mark, today=day(61), base=inside_z1, land=elsewhere) == ()
    assert only("payment", dues(mark, today=day(61), base=inside_z1)) == [(date(2026, 3, 22), 20, "open")]


def test_due__a_mark_of_another_batch_starts_nothing_here():
    both = [
        *BASE,
        (1, BatchOpened("D2", "Đợt 2", None, "luat-2024")),
        (1, BatchJoined("D2", "H1", left=False)),
    ]
    decision = (51, BatchDocument("D2", "plan_approved", "QĐ 2", None))
    by_batch = (51, Milestone("P1", "H1", "plan_approved", "QĐ 2", batch="D2"))
    by_number = (51, reaches("P1", "H1", "plan_approved", "QĐ 2"))
    of_none = (51, reaches("P1", "H1", "plan_approved", "QĐ 3"))
    assert [r.batch for r in dues(decision, by_batch, today=day(60), base=both)] == ["D2"]
    assert [r.batch for r in dues(decision, by_number, today=day(60), base=both)] == ["D2"]
    assert [r.batch for r in dues(decision, of_none, today=day(60), base=both)] == ["D1", "D2"]


def test_due__an_unknown_regime_has_no_periods_and_a_void_mark_starts_none():
    unknown = [BASE[0], (1, BatchOpened("D1", "Đợt 1", None, "luat-2013")), BASE[2]]
    assert dues((51, reaches("P1", "H1", "plan_approved")), today=day(200), base=unknown) == ()
    void = dues((51, reaches("P1", "H1", "plan_approved")), (None, voids("P1", 4)), today=day(200))
    assert void == ()


def test_counted__rows_and_households():
    base = [
        (1, holds("P1", "H1", Fraction(1, 2))),
        (1, holds("P2", "H1")),
        *BASE[1:],
    ]
    marks = [(10, reaches("P1", "H1", "plan_approved")), (11, reaches("P2", "H1", "plan_approved"))]
    rows = dues(*marks, today=day(100), base=base)
    assert (counted(rows, "overdue"), counted(rows, "overdue", lambda row: row.household)) == (2, 1)


@given(st.integers(1, 400), st.integers(0, 900), st.integers(0, 40), st.integers(0, 40))
def test_due__a_day_later_a_row_never_goes_back(start, wait, soon, more):
    """overdue stays overdue, due becomes due or overdue; days fall by one a day."""
    order = {"open": 0, "due": 1, "overdue": 2}
    story = [(start, reaches("P1", "H1", "notified")), (start, reaches("P1", "H1", "plan_approved"))]
    first = day(start) + timedelta(days=wait)
    before = {r.rule.id: r for r in dues(*story, today=first, soon=soon) if r.status in order}
    after = {
        r.rule.id: r for r in dues(*story, today=first + timedelta(days=more), soon=soon) if r.status in order
    }
    assert set(before) == set(after) == {"payment", "notice_expiry"}
    for name, row in before.items():
        assert order[after[name].status] >= order[row.status]
        assert (after[name].by, after[name].days) == (row.by, row.days - more)
        assert (row.status == "overdue") == (row.days < 0)


def test_due__people_entered_twice_are_one_household():
    """H2 was merged into H1; both joined: P1 is of H1, P2 of H2, P3 half of each."""
    base = [
        *BASE,
        (1, holds("P2", "H2")),
        (1, holds("P3", "H1", Fraction(1, 2))),
        (1, holds("P3", "H2", Fraction(1, 2))),
        (1, BatchJoined("D1", "H2", left=False)),
    ]
    places = [("P1", "H1"), ("P2", "H2"), ("P3", "H1"), ("P3", "H2")]
    marks = [(51, reaches(*place, "plan_approved")) for place in places]
    merged = {"H2": "H1"}

    def payments(*more, aliases):
        rows = dues(*marks, *more, today=day(60), base=base, aliases=aliases)
        return [(row.household, row.parcels) for row in rows if row.rule.id == "payment"]

    assert payments(aliases={}) == [("H1", ("P1", "P3")), ("H2", ("P2", "P3"))]
    assert payments(aliases=merged) == [("H1", ("P1", "P2", "P3"))]
    # Money that either of them was paid for all that they hold answers for both.
    paid = (55, Money(None, "H2", "paid", 5, "BK 1", None))
    assert payments(paid, aliases={}) == [("H1", ("P1", "P3"))]
    assert payments(paid, aliases=merged) == []


def test_due__the_land_of_the_id_that_did_not_join_is_due_too():
    base = [*BASE, (1, holds("P2", "H2"))]
    rows = dues((51, reaches("P2", "H2", "plan_approved")), today=day(60), base=base, aliases={"H2": "H1"})
    assert [(row.household, row.parcels) for row in rows] == [("H1", ("P2",))]
