"""What is written, and every reason why nothing is."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.ledger.holdings import hold
from gis.ledger.part import SquareMetres

sys.path.insert(0, str(Path(__file__).parent))
from build import ONE, SETTING, TWO, at, day, holds, reasons, row


def test_hold__writes_new_and_changed_parts_only():
    rows = [row("P1", "H1", Fraction(1, 3)), row("P1", "H2", Fraction(2, 3)), row("P2", "H1", Fraction(1))]
    assert hold(TWO, rows, SETTING) == (
        Draft(day(1), Holding("P1", "H1", Fraction(1, 3))),
        Draft(day(1), Holding("P1", "H2", Fraction(2, 3))),
    )


def test_hold__shares_must_sum_to_one():
    def sums(*parts):
        return reasons(lambda: hold(ONE, [row("P2", f"H{i}", p) for i, p in enumerate(parts)], SETTING))

    assert sums(Fraction(1, 2), Fraction(1, 3)) == [("holdings.csv, line 2", "refused.shares_sum")]
    assert sums(Fraction(2, 3), Fraction(1, 2)) == [("holdings.csv, line 2", "refused.shares_sum")]
    free = [
        row("P2", "H1", Fraction(1, 2)),
        row("P2", "H2", None),
        row("P3", "H1", SquareMetres(Decimal(100))),
    ]
    assert len(hold(ONE, free, SETTING)) == 3


def test_hold__a_part_that_differs_cannot_begin_before_the_known_one():
    late = at((9, holds("P1", "H1", None)))
    earlier = [row("P1", "H1", Fraction(1), since=3)]
    assert reasons(lambda: hold(late, earlier, SETTING)) == [
        ("holdings.csv, line 2", "refused.before_known_holding")
    ]
    assert hold(late, [row("P1", "H1", None, since=3)], SETTING) == ()
    assert len(hold(late, [row("P1", "H1", Fraction(1), since=9)], SETTING)) == 1


@pytest.mark.parametrize("name", ["Nguyen Van A", "Nguyễn", "A\nB", "x" * 41])
def test_hold__a_name_is_no_household_id(name):
    assert reasons(lambda: hold(ONE, [row("P2", name, None)], SETTING))[0][1] == "refused.household_id"


def test_hold__refuses_bad_rows_all_at_once():
    rows = [
        row("P9", "H1", None),
        row("P1", " ", None),
        row("P1", "H1", None, 40),
        row("P1", "H1", Fraction(1)),
    ]
    assert {message for _, message in reasons(lambda: hold(ONE, rows, SETTING))} == {
        "refused.unknown_parcel",
        "refused.no_household",
        "refused.holding_day",
        "refused.holding_twice",
    }


def test_hold__shares_sum_to_one_on_every_day():
    """Two halves from different days: until the second began the first alone would be the whole parcel."""
    halves = [row("P1", "H1", Fraction(1, 2)), row("P1", "H2", Fraction(1, 2), since=5)]
    assert reasons(lambda: hold(at(), halves, SETTING)) == [("holdings.csv, line 2", "refused.shares_sum_on")]
    same_day = [row("P1", "H1", Fraction(1, 2), since=5), row("P1", "H2", Fraction(1, 2), since=5)]
    assert len(hold(at(), same_day, SETTING)) == 2
    # A part that is not determined may be the rest, but only from its own day on.
    rest = row("P1", "H2", None)
    assert len(hold(at(), [row("P1", "H1", Fraction(1, 2)), rest], SETTING)) == 2
    assert len(hold(at(), [row("P1", "H1", Fraction(1, 2), since=5), rest], SETTING)) == 2


def test_hold__a_part_restated_for_two_on_one_day_keeps_every_sum():
    whole = at((1, holds("P1", "H1")))
    assert len(hold(whole, [row("P1", h, Fraction(1, 2), since=5) for h in ("H1", "H2")], SETTING)) == 2
    early = [row("P1", "H1", Fraction(1, 2), since=5), row("P1", "H2", Fraction(1, 2), since=3)]
    assert reasons(lambda: hold(whole, early, SETTING)) == [("holdings.csv, line 2", "refused.shares_sum_on")]
