"""What is next for a household: small worlds worked out by hand. Day 1 is 1 January 2026."""

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.accounts import accounts
from gis.ledger.due import Land, due
from gis.ledger.facts import BatchJoined, BatchOpened, Milestone, Money
from gis.ledger.next_steps import Order, Progress, Rank, progress
from gis.ledger.outlooks import Sources, outlooks
from gis.ledger.state import state
from gis.milestones import MILESTONES, Step, in_order

sys.path.insert(0, str(Path(__file__).parent))
from build import at, day, entries, holds, opens, reaches, visits, waives
from lots import lots

ORDER = Order.of(in_order([Step("meeting", optional=True, after="notified")]))
EIGHT = Order.of(in_order([]))
D1 = [(1, BatchOpened("D1", "Đợt 1", None, "nq-254-2025")), (1, BatchJoined("D1", "H1", left=False))]


TODAY = day(20)


def looks(*facts, today=TODAY, order=EIGHT, wanted=None, aliases=None, soon=15):
    ledger = entries(*facts)
    now = state(ledger, today, len(ledger))
    aliases = aliases or {}
    rows = due(now, DEFAULT_DEADLINES, Land({}, {}), today, soon, aliases)
    money = accounts(now, aliases)
    return outlooks(now, Sources(order, DEFAULT_DEADLINES, rows, money, wanted, aliases, soon))


def upto(parcel, household, last, on=2):
    """All of the eight up to a milestone, on one day."""
    return [(on, reaches(parcel, household, name)) for name in MILESTONES[: MILESTONES.index(last) + 1]]


def said(outlook):
    return [(step.action, step.about, step.parcels, step.rank.name, step.due) for step in outlook.steps]


def messages(step):
    return [reason.message for reason in step.reasons]


def test_order__ends_before_the_delivery_which_is_of_blocks():
    order = Order.of(
        in_order([Step("meeting", optional=True, after="notified"), Step("x", after="delivered")])
    )
    assert order.milestones == ("notified", "meeting", *MILESTONES[1:7])
    assert order.optional == {"meeting"}


@pytest.mark.parametrize(
    ("reached", "waived", "expected"),
    [
        ([], [], Progress("notified", ())),
        (["notified"], [], Progress("meeting", ())),
        (["notified"], ["meeting"], Progress("inventoried", ())),
        # Paid before its plan was posted: what was overtaken is next; a meeting that was overtaken is not.
        (
            ["notified", "inventoried", "paid"],
            [],
            Progress("plan_published", ("meeting", "plan_published", "plan_approved")),
        ),
        (list(MILESTONES[:7]), [], Progress(None, ("meeting",))),
        (list(MILESTONES[:7]), ["meeting"], Progress(None, ())),
        (["handed_over"], ["meeting"], Progress("notified", ("notified", *MILESTONES[1:6]))),
    ],
)
def test_progress__the_first_of_the_usual_order_that_lacks(reached, waived, expected):
    facts = [(2, reaches("P1", "H1", name)) for name in reached]
    facts += [(2, waives("P1", "H1", name)) for name in waived]
    [holding] = at((1, holds("P1", "H1")), *facts).of_parcel("P1")
    assert progress(holding, ORDER) == expected


def test_outlook__the_parcel_furthest_back_says_what_is_next():
    facts = [(1, holds("P1", "H1")), (1, holds("P2", "H1")), *upto("P1", "H1", "plan_published")]
    one = looks(*facts, (2, reaches("P2", "H1", "notified")))["H1"]
    assert said(one) == [
        ("milestone", "inventoried", ("P2",), "ONWARD", None),
        ("milestone", "plan_approved", ("P1",), "ONWARD", None),
    ]
    assert dict(one.next.reasons[0].facts) == {"count": 1, "total": 2}
    assert one.next.since == day(2)


def test_outlook__who_handed_over_all_and_has_the_money_is_done_with():
    facts = [(1, holds("P1", "H1")), *upto("P1", "H1", "handed_over")]
    assert looks(*facts)["H1"].steps == ()
    assert looks(*facts)["H1"].order[0] == Rank.DONE


def test_outlook__land_without_papers_is_paper_alone_and_said_to_be_passed_over():
    [one] = looks((1, holds("P1", "H1")), (2, reaches("P1", "H1", "handed_over"))).values()
    assert said(one) == [("milestone", "notified", ("P1",), "PAPERS", None)]
    assert messages(one.next) == ["next.lacks", "next.skipped"]
    assert list(one.skipped) == list(MILESTONES[:6])


def test_outlook__one_signature_from_cleared_is_ready_unless_it_is_stuck():
    facts = [(1, holds("P1", "H1")), *upto("P1", "H1", "recovered")]
    assert said(looks(*facts)["H1"]) == [("milestone", "handed_over", ("P1",), "READY", None)]
    assert [step.rank for step in looks(*facts, (3, opens("P1")))["H1"].steps] == [Rank.STUCK, Rank.ONWARD]


def test_outlook__an_obstacle_of_the_whole_parcel_stops_all_its_holders_and_one_of_a_holder_him_alone():
    half = Fraction(1, 2)
    facts = [(1, holds("P1", "H1", half)), (1, holds("P1", "H2", half))]
    whole = looks(*facts, (3, opens("P1", "graves")))
    assert {name: one.next.about for name, one in whole.items()} == {"H1": "graves", "H2": "graves"}
    his = looks(*facts, (3, opens("P1", "price", "H2")))
    assert {name: one.next.about for name, one in his.items()} == {"H1": "notified", "H2": "price"}
    # Day 3 to day 20 are 17 days, and nobody was there since.
    assert [(r.message, dict(r.facts)) for r in his["H2"].next.reasons] == [
        ("next.stuck_since", {"on": "2026-01-03", "days": 17}),
        ("next.no_visit_since", {"on": "2026-01-03"}),
    ]


@pytest.mark.parametrize(
    ("today", "action", "last", "rank"),
    [  # refused on 1 January: persuasion through 16 January, then 10 days through 26 January
        (date(2026, 1, 16), "settle", date(2026, 1, 16), "SOON"),
        (date(2026, 1, 17), "settle", date(2026, 1, 26), "SOON"),
        (date(2026, 1, 26), "settle", date(2026, 1, 26), "SOON"),
        (date(2026, 1, 27), "compel", date(2026, 1, 26), "OVERDUE"),
    ],
)
def test_outlook__a_refused_inventory_goes_through_its_stages(today, action, last, rank):
    one = looks((1, holds("P1", "H1")), (1, opens("P1", "inventory_refused", "H1")), today=today)["H1"]
    assert said(one)[0] == (action, "inventory_refused", ("P1",), rank, last)


def test_outlook__a_partial_payment_leaves_the_rest_and_its_last_day():
    # Approved on 20 February, within 30 days: 22 March.
    facts = [
        (1, holds("P1", "H1")),
        (51, Milestone("P1", "H1", "plan_approved", "QĐ 2", 1_000)),
        (60, Money(None, "H1", "paid", 400, "BK 1", None)),
    ]
    one = looks(*facts, today=date(2026, 3, 1))["H1"]
    assert said(one)[0] == ("pay", None, ("P1",), "PAY", date(2026, 3, 22))
    assert dict(one.next.reasons[0].facts) == {"amount": 600, "settled": 400}
    late = looks(*facts, today=date(2026, 3, 23))["H1"]
    assert (late.next.rank, late.next.days, messages(late.next)) == (
        Rank.OVERDUE,
        -1,
        ["next.pay_rest", "next.late"],
    )
    rest = (61, Money(None, "H1", "deposited", 600, "GTG 1", None))
    assert [step.action for step in looks(*facts, rest, today=date(2026, 3, 23))["H1"].steps] == ["milestone"]


def test_outlook__money_in_the_deposit_is_to_be_taken_and_is_not_owed():
    facts = [
        (1, holds("P1", "H1")),
        *upto("P1", "H1", "plan_published"),
        (3, Milestone("P1", "H1", "plan_approved", "QĐ 2", 1_000)),
        (4, Money("P1", "H1", "deposited", 1_000, "GTG 1", None)),
    ]
    one = looks(*facts)["H1"]
    assert said(one) == [("collect", "paid", ("P1",), "ONWARD", None)]
    assert dict(one.next.reasons[-1].facts) == {"amount": 1_000}


def test_outlook__money_that_is_owed_keeps_who_holds_nothing_any_more():
    facts = [(1, holds("P1", "H1")), (2, Milestone("P1", "H1", "plan_approved", "QĐ 2", 1_000))]
    found = looks(*facts, (3, holds("P1", "H2", Fraction(1), "H1")))
    assert [step.action for step in found["H1"].steps] == ["pay"]


@pytest.mark.parametrize(
    ("outcome", "today", "asked"),
    [
        ("absent", 9, False),
        ("absent", 10, True),
        ("refused", 17, False),
        ("refused", 18, True),
        ("agreed", 99, False),
    ],
)
def test_outlook__another_visit_when_the_office_would_go_again(outcome, today, asked):
    one = looks((1, holds("P1", "H1")), (3, visits("H1", outcome)), today=day(today))["H1"]
    assert any(step.action == "visit" for step in one.steps) is asked
    assert one.last_visit.outcome == outcome


def test_outlook__an_agreement_is_a_reason_of_the_next_milestone():
    one = looks((1, holds("P1", "H1")), *upto("P1", "H1", "recovered"), (3, visits("H1", "agreed")))["H1"]
    assert (one.next.rank, messages(one.next)) == (Rank.READY, ["next.lacks", "next.last_visit"])


def test_outlook__a_period_belongs_to_the_parcels_that_it_runs_for():
    # A notice of 5 January 2026 lasts to 5 January 2027; P2 has none.
    facts = [(1, holds("P1", "H1")), (1, holds("P2", "H1")), *D1, (5, reaches("P1", "H1", "notified"))]
    one = looks(*facts, today=date(2026, 6, 1))["H1"]
    assert said(one) == [
        ("milestone", "notified", ("P2",), "ONWARD", None),
        ("milestone", "inventoried", ("P1",), "ONWARD", date(2027, 1, 5)),
    ]
    later = looks(*facts, today=date(2027, 1, 6))["H1"]
    assert said(later)[0] == ("milestone", "inventoried", ("P1",), "OVERDUE", date(2027, 1, 5))
    stuck = looks(*facts, (6, opens("P1")), today=date(2027, 1, 6))["H1"]
    # The obstacle is why: its step tells the period.
    assert said(stuck)[0] == ("settle", "price", ("P1",), "OVERDUE", date(2027, 1, 5))
    assert [step.due for step in stuck.steps[1:]] == [None, None]


def test_outlook__what_may_not_come_yet_waits():
    # Land of no code waits 120 days after the notice of 2 January 2026: 2 May.
    facts = [(1, holds("P1", "H1")), *D1, *upto("P1", "H1", "paid")]
    one = looks(*facts, today=date(2026, 4, 30))["H1"]
    assert said(one) == [("milestone", "recovered", ("P1",), "WAIT", date(2026, 5, 2))]
    assert looks(*facts, today=date(2026, 5, 2))["H1"].next.rank == Rank.ONWARD


def test_outlooks__a_household_entered_twice_is_one_and_land_outside_the_zones_is_nothing():
    facts = [(1, holds("P1", "H1")), (1, holds("P2", "H2")), (1, holds("P3", "H3"))]
    found = looks(*facts, aliases={"H2": "H1"}, wanted={"P1", "P2"})
    assert {name: one.next.parcels for name, one in found.items()} == {"H1": ("P1", "P2")}


def test_outlooks__the_obstacle_of_one_who_left_is_to_be_settled_with_who_holds_the_land_now():
    facts = [(1, holds("P1", "H1")), (2, opens("P1", "price", "H1"))]
    found = looks(*facts, (4, holds("P1", "H3", Fraction(1), "H1")))
    assert {name: one.next.action for name, one in found.items()} == {"H3": "settle"}


def test_outlooks__the_order_of_work_and_ties_by_id():
    facts = [(1, holds(f"P{n}", f"H{n}")) for n in range(1, 7)]
    facts += [(2, opens("P3")), (3, opens("P4")), *upto("P5", "H5", "recovered")]
    facts += [(2, Milestone("P6", "H6", "plan_approved", "QĐ 1", 5))]
    assert [(name, one.next.rank.name) for name, one in looks(*facts, today=day(40)).items()] == [
        ("H6", "OVERDUE"),
        ("H5", "READY"),
        ("H3", "STUCK"),
        ("H4", "STUCK"),
        ("H1", "ONWARD"),
        ("H2", "ONWARD"),
    ]


@given(st.integers(0, 40))
def test_outlooks__laws_over_ledgers_at_random(seed):
    drafts = lots(160, parcels=8, seed=seed)
    facts = [(None if d.on is None else (d.on - day(0)).days, d.fact) for d in drafts]
    found = looks(*facts, order=ORDER, today=day(30))
    ledger = entries(*facts)
    now = state(ledger, day(30), len(ledger))
    for name, one in found.items():
        held = [h for parcel in now.parcels for h in now.of_parcel(parcel) if h.household == name]
        open_land = [h for h in held if "handed_over" not in h.milestones]
        lacking = {m for h in open_land for m in ORDER.milestones[:1] if m not in h.milestones}
        asked = {step.about for step in one.steps if step.action == "milestone"}
        # Land that nobody was told of is always told of next, and land to come always has a step.
        assert not lacking or lacking <= asked
        assert not open_land or one.steps
        assert [s.rank for s in one.steps] == sorted(s.rank for s in one.steps)
        for step in one.steps:
            assert (step.days is None) == (step.due is None)
            assert step.rank != Rank.OVERDUE or step.due < day(30)
            for skipped in one.skipped:
                assert not all(skipped in h.milestones for h in held)
    assert [one.order for one in found.values()] == sorted(one.order for one in found.values())
