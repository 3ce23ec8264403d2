"""What is written, and every reason why nothing is."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import BatchDocument, BatchOpened, Delivery, Milestone, Money, Succession, Void
from gis.ledger.marks import correct
from gis.ledger.voids import Cancel, void

sys.path.insert(0, str(Path(__file__).parent))
from build import SETTING, at, closes, day, entries, holds, opens, reaches, reasons, voids


def test_void__cancels_and_names_the_parcel():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")))
    assert void(marked, [2]) == (Draft(None, Void("P1", 2)),)


def test_void__refuses_what_cannot_be_cancelled():
    marked = at(
        (1, holds("P1", "H1")),
        (3, reaches("P1", "H1", "paid")),
        (None, voids("P1", 2)),
        (4, opens("P1")),
        (5, closes("P1", 4)),
    )
    assert reasons(lambda: void(marked, [9, 3, 2, 4])) == [
        ("9", "refused.void_unknown"),
        ("3", "refused.void_of_void"),
        ("2", "refused.void_twice"),
        ("4", "refused.void_carries"),
    ]


def test_void__what_is_left_must_still_sum_to_one():
    """Half is handed over; without the other half's holding the parcel would pass for cleared."""
    halves = [(1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2)))]
    half_done = at(*halves, (3, reaches("P1", "H1", "handed_over")))
    with pytest.raises(RefusedError) as refused:
        void(half_done, [2])
    assert [(p.message, p.facts["sum"]) for p in refused.value.problems] == [("refused.void_shares", "1/2")]
    untouched = at(*halves)
    assert [draft.fact.target for draft in void(untouched, [1, 2])] == [1, 2]


def test_void__what_is_left_sums_to_one_on_every_day_since():
    """Halves until a list of day 5 states thirds, halves again from day 8: today's parts tell of none of it."""
    listed = at(
        (1, holds("P1", "H1", Fraction(1, 2)), "first"),
        (1, holds("P1", "H2", Fraction(1, 2)), "first"),
        (5, holds("P1", "H1", Fraction(1, 3)), "second"),
        (5, holds("P1", "H2", Fraction(2, 3)), "second"),
        (8, holds("P1", "H1", Fraction(1, 2)), "third"),
        (8, holds("P1", "H2", Fraction(1, 2)), "third"),
    )
    with pytest.raises(RefusedError) as refused:
        void(listed, [3])
    assert [(p.message, p.facts) for p in refused.value.problems] == [
        ("refused.void_shares", {"parcel": "P1", "on": "2026-01-05", "sum": "7/6"})
    ]
    assert [draft.fact.target for draft in void(listed, [3, 4])] == [3, 4]
    assert reasons(lambda: void(listed, [1])) == [("1", "refused.void_shares")]


def test_void__a_restated_part_goes_though_milestones_rest_on_the_first_one():
    restated = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")), (5, holds("P1", "H1", None)))
    assert [draft.fact.target for draft in void(restated, [3])] == [3]


def test_void__a_holding_goes_only_with_its_milestones():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")))
    assert reasons(lambda: void(marked, [1])) == [("1", "refused.void_carries")]
    assert [draft.fact.target for draft in void(marked, [1, 2])] == [1, 2]


def test_void__a_document_of_a_batch_goes_only_with_the_marks_that_it_stands_for():
    ledger = at(
        (1, holds("P1", "H1")),
        (1, BatchOpened("D1", "Đợt 1", None, "luat-2024")),
        (3, BatchDocument("D1", "notified", "TB 1", None)),
        (3, Milestone("P1", "H1", "notified", "TB 1", None, "D1")),
        (3, BatchDocument("D1", "recovered", "QĐ 9", None)),
    )
    assert reasons(lambda: void(ledger, [3])) == [("3", "refused.void_carries")]
    assert [draft.fact.target for draft in void(ledger, [3, 4])] == [3, 4]
    assert [draft.fact.target for draft in void(ledger, [5])] == [5]
    assert reasons(lambda: void(ledger, [2]))[0][1] == "refused.void_carries"


def test_void__a_delivery_goes_only_with_the_milestones_of_its_request():
    ledger = at(
        (1, holds("P1", "H1")),
        (3, Delivery("Lô A", "BB-7", ("P1",)), "r"),
        (3, reaches("P1", "H1", "delivered", "BB-7"), "r"),
    )
    assert reasons(lambda: void(ledger, [2])) == [("2", "refused.void_carries")]
    assert [draft.fact.target for draft in void(ledger, [2, 3])] == [2, 3]


def test_void__a_succession_stays():
    ledger = at((1, holds("P1", "H1")), (3, Succession((("P1", "P2", 10),))))
    assert reasons(lambda: void(ledger, [2])) == [("2", "refused.void_of_succession")]


def test_cancel__a_payment_whose_milestone_stays_and_an_approval_that_was_paid_are_odd():
    told = at(
        (1, holds("P1", "H1")),
        (2, Money(None, "H1", "approved", 100, "QĐ", None)),
        (3, Money(None, "H1", "paid", 100, "BK", None), "pay"),
        (3, reaches("P1", "H1", "paid"), "pay"),
    )

    def odd(*targets):
        first, *rest = Cancel(targets, "wrong").decide(told, SETTING)
        assert not any(draft.warnings for draft in rest)
        return [(one.message, one.facts) for one in first.warnings]

    assert odd(3) == [("warning.void_leaves_paid", {"household": "H1", "entries": "4"})]
    assert odd(3, 4) == odd(4) == []
    overpaid = {"household": "H1", "approved": 0, "settled": 100, "beyond": 100}
    assert odd(2) == [("warning.void_overpaid", overpaid)]


def test_void__a_milestone_of_divided_land_goes_only_with_what_the_new_parcels_took_over():
    """P1 became P2 and P3 on day 5; only P2's entry of the succession speaks of the hand-over."""
    told = at(
        (1, holds("P1", "H1")),
        (3, reaches("P1", "H1", "handed_over")),
        (5, Succession((("P1", "P2", 10), ("P1", "P3", 10))), "split"),
        (5, holds("P2", "H1"), "split"),
        (3, reaches("P2", "H1", "handed_over"), "split"),
        (5, holds("P3", "H1"), "split"),
        (6, reaches("P3", "H1", "handed_over")),
    )
    assert reasons(lambda: void(told, [2])) == [("2", "refused.void_carries")]
    assert len(void(told, [2, 5])) == len(void(told, [5, 2])) == 2
    assert void(told, [5])  # the new parcel alone: it was not handed over after all
    assert reasons(lambda: correct(told, 2, day(2), "BB", SETTING)) == [
        ("2", "refused.void_carries"),
    ]
    earlier = at(
        (1, holds("P1", "H1")), (3, reaches("P1", "H1", "notified")), (5, Succession((("P1", "P2", 10),)))
    )
    assert ("P1", "refused.correct_succeeded") in reasons(lambda: correct(earlier, 2, day(2), None, SETTING))


def test_cancel__an_entry_that_took_the_seq_of_the_one_seen_is_left_alone():
    """A backup was restored while the page was open: entry 2 is another one now."""
    seen = entries((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid"), "before"))[1]
    now = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "recovered"), "after"))
    assert reasons(lambda: Cancel((2,), "nhầm", (seen,)).decide(now, SETTING)) == [
        ("2", "refused.another_entry")
    ]
    (draft,) = Cancel((2,), "nhầm", (now.entry(2),)).decide(now, SETTING)
    assert draft.fact.target == 2


def test_cancel__a_hand_over_of_land_that_the_investor_has_is_odd():
    told = at(
        (1, holds("P1", "H1")),
        (2, reaches("P1", "H1", "handed_over")),
        (3, reaches("P1", "H1", "delivered")),
    )
    (draft,) = Cancel((2,), "wrong").decide(told, SETTING)
    assert [(one.source, one.message) for one in draft.warnings] == [("P1", "warning.void_delivered")]
    labelled = replace(SETTING, labels={"P1": "15901/1/7"})
    (draft,) = Cancel((2,), "wrong").decide(told, labelled)
    assert [one.source for one in draft.warnings] == ["15901/1/7"]
    assert not any(one.warnings for one in Cancel((2, 3), "wrong").decide(told, SETTING))
