"""A household's story: which entries speak of it, and what they come to, by hand."""

import sys
from fractions import Fraction
from pathlib import Path

from gis.ledger.facts import BatchJoined, BatchOpened, Milestone, Money, Opening, Succession
from gis.ledger.household_story import joined, milestone_lines, obstacle_lines, story
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import at, closes, day, entries, holds, lists, opens, reaches, removes, visits, voids, waives

HALF = Fraction(1, 2)


def seqs(now, *ids):
    return [entry.seq for entry in story(now, ids)]


def test_story__its_own_and_what_concerns_the_whole_parcel_and_nobody_elses():
    now = at(
        (1, holds("P1", "H1", HALF)),  # 1
        (1, holds("P1", "H2", HALF)),
        (1, holds("P2", "H2")),
        (2, reaches("P1", "H1", "notified")),  # 4
        (2, reaches("P1", "H2", "notified")),
        (3, opens("P1")),  # 6: the whole parcel
        (3, opens("P1", "price", "H2")),
        (3, opens("P2")),  # another parcel
        (4, closes("P1", 6)),  # 9
        (4, closes("P1", 7)),
        (4, visits("H1")),  # 11
        (4, visits("H2")),
        (4, Money(None, "H1", "paid", 5, "BK 1", None)),  # 13
        (5, lists("P1", "grave_earth", 2)),  # 14
        (6, removes("P1", 14, 1)),  # 15
        (None, voids("P1", 4)),  # 16
        (None, voids("P1", 5)),
    )
    assert seqs(now, "H1") == [1, 4, 6, 9, 11, 13, 14, 15, 16]


def test_story__under_all_of_its_ids_and_where_somebody_took_over():
    now = at((1, holds("P1", "H1")), (2, holds("P1", "H3", Fraction(1), "H1")), (2, visits("H9")))
    assert seqs(now, "H1") == [1, 2]
    assert seqs(now, "H1", "H9") == [1, 2, 3]


def test_milestone_lines__one_document_is_one_line_of_several_parcels():
    facts = [
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (5, Milestone("P1", "H1", "plan_approved", "QĐ 1", 100)),
        (5, Milestone("P2", "H1", "plan_approved", "QĐ 1", 50)),
        (6, Milestone("P2", "H1", "plan_approved", "QĐ 2", 7)),
        (4, Opening("P1", "H1", "notified", None, None, True, "00", 3)),
        (7, waives("P1", "H1", "meeting")),
        (8, reaches("P1", "H1", "inventoried")),
        (None, voids("P1", 8)),
        (30, reaches("P1", "H1", "paid")),  # after the day
    ]
    now = at(*facts)
    lines = milestone_lines(story(now, ["H1"]), now)
    assert [(one.milestone, one.document, one.parcels, one.amount_vnd, one.seqs) for one in lines] == [
        ("notified", None, ("P1",), None, (6,)),
        ("plan_approved", "QĐ 1", ("P1", "P2"), 150, (3, 4)),
        ("plan_approved", "QĐ 2", ("P2",), 7, (5,)),
        ("meeting", None, ("P1",), None, (7,)),
    ]
    assert [(one.not_later_than, one.waived) for one in lines] == [
        (True, False),
        (False, False),
        (False, False),
        (False, True),
    ]


def test_obstacle_lines__open_ones_first_each_with_its_days():
    now = at(
        (1, holds("P1", "H1")),
        (2, opens("P1", "price", "H1")),
        (3, opens("P1", "graves")),
        (9, closes("P1", 2)),
        (4, opens("P1", "papers", "H1")),
        (None, voids("P1", 5)),
    )
    lines = obstacle_lines(story(now, ["H1"]), now)
    # Day 3 to day 20; day 2 to day 9.
    assert [(one.category, one.household, one.days, one.closed is None) for one in lines] == [
        ("graves", None, 17, True),
        ("price", "H1", 7, False),
    ]


def test_obstacle_lines__what_one_who_left_has_left_behind_is_told_of_who_holds_the_land_now():
    """H1 sold half of P1 to H3, all of P2 to H2: its obstacle on P1 is its own still, that on P2 is H2's."""
    ledger = entries(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (2, opens("P1", "price", "H1")),
        (3, opens("P2", "papers", "H1")),
        (5, holds("P1", "H3", HALF, "H1"), "sale"),
        (5, holds("P1", "H1", HALF, "H1"), "sale"),
        (6, holds("P2", "H2", Fraction(1), "H1")),
    )
    now, before = (state(ledger, day(on), len(ledger)) for on in (20, 5))
    assert [one.opened.seq for one in obstacle_lines(story(now, ["H2"]), now)] == [4]
    assert obstacle_lines(story(now, ["H3"]), now) == ()
    assert obstacle_lines(story(before, ["H2"]), before) == ()


def test_obstacle_lines__what_stands_on_land_that_became_another_is_told_once():
    now = at(
        (1, holds("P1", "H1")),
        (2, opens("P1", "papers")),
        (2, opens("P1", "price", "H1")),
        (3, closes("P1", 3)),
        (5, Succession((("P1", "P2", 900),)), "split"),
        (5, holds("P2", "H1"), "split"),
        (2, opens("P2", "papers"), "split"),
    )
    lines = obstacle_lines(story(now, ["H1"]), now)
    assert [(one.parcel, one.category, one.closed is None) for one in lines] == [
        ("P2", "papers", True),
        ("P1", "price", False),
    ]


def test_obstacle_lines__as_of_a_day_before_the_closing_it_is_open():
    ledger = entries((1, holds("P1", "H1")), (2, opens("P1", "price", "H1")), (9, closes("P1", 2)))
    then = state(ledger, day(5), len(ledger))
    [line] = obstacle_lines(story(then, ["H1"]), then)
    assert (line.closed, line.days) == (None, 3)


def test_joined__by_any_of_its_ids():
    facts = [(1, BatchOpened(name, name, None, "luat-2024")) for name in ("D1", "D2", "D3")]
    facts += [(2, BatchJoined("D1", "H1", left=False)), (2, BatchJoined("D3", "H9", left=False))]
    facts += [(2, BatchJoined("D2", "H1", left=False)), (3, BatchJoined("D2", "H1", left=True))]
    assert [one.batch for one in joined(at(*facts), ["H1", "H9"])] == ["D1", "D3"]
