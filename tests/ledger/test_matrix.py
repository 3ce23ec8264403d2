"""Households by milestone: a small world by hand, and sums by another way of counting."""

import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gis.ledger.facts import Opening
from gis.ledger.matrix import LEVELS, matrix, totals
from gis.ledger.state import state
from gis.milestones import MILESTONES

sys.path.insert(0, str(Path(__file__).parent))
from build import at, closes, day, entries, holds, opens, reaches, waives
from lots import lots

STEPS = ("notified", "meeting", "inventoried", "handed_over")


def table(now, parcels, aliases=None, steps=STEPS):
    return {line.household: line for line in matrix(now, parcels, steps, aliases or {})}


def levels(line):
    return [cell.level for cell in line.cells.values()]


def test_matrix__all_some_none_and_what_does_not_apply():
    now = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (2, reaches("P1", "H1", "notified")),
        (3, reaches("P2", "H1", "notified")),
        (4, waives("P1", "H1", "meeting")),
        (4, waives("P2", "H1", "meeting")),
        (5, reaches("P2", "H1", "inventoried")),
    )
    line = table(now, {"P1", "P2"})["H1"]
    assert levels(line) == ["all", "waived", "some", "none"]
    assert (line.parcels, line.cells["notified"].on) == (("P1", "P2"), day(3))
    assert (line.cells["inventoried"].reached, line.cells["inventoried"].total) == (1, 2)
    # Of one parcel alone it is all.
    assert levels(table(now, {"P2"})["H1"]) == ["all", "waived", "all", "none"]


def test_matrix__a_waiver_fills_up_what_the_others_reached():
    facts = [(1, holds("P1", "H1")), (1, holds("P2", "H1")), (2, reaches("P1", "H1", "meeting"))]
    assert levels(table(at(*facts), {"P1", "P2"})["H1"])[1] == "some"
    assert levels(table(at(*facts, (3, waives("P2", "H1", "meeting"))), {"P1", "P2"})["H1"])[1] == "all"


def test_matrix__a_day_that_is_the_latest_possible_says_so():
    opening = Opening("P1", "H1", "notified", None, None, True, "00", 1)
    cell = table(at((1, holds("P1", "H1")), (9, opening)), {"P1"})["H1"].cells["notified"]
    assert (cell.on, cell.not_later_than) == (day(9), True)


def test_matrix__obstacles_count_where_the_land_is_not_handed_over():
    half = Fraction(1, 2)
    facts = [
        (1, holds("P1", "H1", half)),
        (1, holds("P1", "H2", half)),
        (2, reaches("P1", "H2", "handed_over")),
    ]
    whole = table(at(*facts, (3, opens("P1"))), {"P1"})
    assert (whole["H1"].stuck, whole["H2"].stuck) == (1, 0)
    closed = table(at(*facts, (3, opens("P1")), (4, closes("P1", 4))), {"P1"})
    assert closed["H1"].stuck == 0


def test_matrix__who_was_entered_twice_is_one_line():
    now = at((1, holds("P1", "H1")), (1, holds("P2", "H2")), (2, reaches("P2", "H2", "notified")))
    lines = table(now, {"P1", "P2"}, {"H2": "H1"})
    assert list(lines) == ["H1"]
    assert levels(lines["H1"])[0] == "some"


@given(st.integers(0, 30))
def test_matrix__sums_are_those_of_a_count_holding_by_holding(seed):
    drafts = lots(150, parcels=7, seed=seed)
    ledger = entries(*((None if d.on is None else (d.on - day(0)).days, d.fact) for d in drafts))
    now = state(ledger, day(20), len(ledger))
    lines = matrix(now, set(now.parcels), MILESTONES, {})
    counted = totals(lines, MILESTONES)
    for name in MILESTONES:
        expected = Counter()
        for household in {h.household for p in now.parcels for h in now.of_parcel(p)}:
            there = [name in h.milestones for h in now.holdings.values() if h.household == household]
            expected["all" if all(there) else "some" if any(there) else "none"] += 1
        assert counted[name] == expected
        assert sum(counted[name][level] for level in LEVELS) == len(lines)


def test_matrix__the_obstacle_of_one_who_left_is_the_matter_of_who_holds_the_land_now():
    now = at(
        (1, holds("P1", "H1")), (2, opens("P1", "price", "H1")), (4, holds("P1", "H3", Fraction(1), "H1"))
    )
    assert {name: line.stuck for name, line in table(now, {"P1"}).items()} == {"H3": 1}
