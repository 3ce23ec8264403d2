"""The story of a parcel and what of it can be cancelled, on entries written out by hand."""

from datetime import UTC, date, datetime
from fractions import Fraction

from gis.ledger.entry import Entry
from gis.ledger.facts import (
    BatchJoined,
    Delivery,
    Holding,
    Milestone,
    Money,
    ObjectListed,
    Visit,
    Void,
)
from gis.web.card_story import steps

DAY = date(2026, 3, 1)


def entry(seq, fact, request="r", on=DAY):
    return Entry(seq, on, datetime(2026, 3, 2, tzinfo=UTC), "lan", request, 0, fact)


def test_steps__one_request_of_several_holdings_is_one_step_the_newest_first():
    """Two holdings of an import, their hand-over in one request, and a list of trees."""
    told = [
        entry(1, Holding("P1", "A", Fraction(1, 2)), "import"),
        entry(2, Holding("P1", "B", Fraction(1, 2)), "import"),
        entry(3, Milestone("P1", "A", "handed_over", "BB-1"), "both"),
        entry(4, Milestone("P1", "B", "handed_over", "BB-1"), "both"),
        entry(5, ObjectListed("P1", None, "tree", 2), "trees"),
        entry(6, ObjectListed("P1", None, "tree", 2), "trees"),
    ]
    assert [step.seqs for step in steps(told, ())] == [(6,), (5,), (3, 4), (1, 2)]
    assert [step.seqs for step in steps(told, {4, 5})] == [(6,), (3,), (1, 2)]


def test_steps__two_milestones_of_one_request_are_two_steps():
    told = [
        entry(1, Milestone("P1", "A", "notified", "TB-1")),
        entry(2, Milestone("P1", "A", "inventoried", "TB-1")),
        entry(3, Milestone("P1", "B", "notified", "TB-2")),
    ]
    assert [step.seqs for step in steps(told, ())] == [(3,), (2,), (1,)]


def test_steps__what_is_not_of_the_card_is_cancelled_elsewhere():
    told = [
        entry(1, BatchJoined("D1", "A", left=False)),
        entry(2, Delivery("B1", "BB-2", ("P1",))),
        entry(3, Void("P1", 9), on=None),
        entry(4, Visit(None, "A", "agreed")),
        entry(5, Money(None, "A", "paid", 5, None, None)),
    ]
    assert [step.seqs for step in steps(told, ())] == [(5,), (4,)]
