"""What the ledger's money comes to on a day, by hand."""

import sys
from pathlib import Path

from gis.ledger.accounts import Line, Sums
from gis.ledger.money_lines import MoneyLines

sys.path.insert(0, str(Path(__file__).parent))
from build import day


def line(seq, on, act, amount_vnd):
    return Line(seq, day(on), act, amount_vnd, "H1", None, None, None)


LINES = [
    line(2, 1, "approved", 100),
    line(3, 2, "deposited", 60),
    line(5, 3, "withdrawn", 25),
    line(6, 2, "paid", 40),
]


def test_sums__a_day_and_a_seq_include_their_own():
    made = MoneyLines.of(LINES, ())
    assert made.sums(day(9), 9) == Sums(approved=100, paid=65, deposited=35)
    assert made.sums(day(2), 9) == Sums(approved=100, paid=40, deposited=60)
    assert made.sums(day(1), 9) == Sums(approved=100)
    assert made.sums(day(9), 5) == Sums(approved=100, paid=25, deposited=35)
    assert made.sums(day(9), 1) == Sums()


def test_sums__a_void_counts_from_its_own_seq_on_and_the_first_of_two_decides():
    made = MoneyLines.of(LINES, [(7, 6), (9, 6), (8, 4)])
    assert made.sums(day(9), 6).paid == 65
    assert made.sums(day(9), 7).paid == 25


def test_plus__newer_entries_may_cancel_older_ones():
    made = MoneyLines.of((), ()).plus(LINES[:2], ()).plus(LINES[2:], [(7, 2)])
    assert made.sums(day(9), 6) == Sums(approved=100, paid=65, deposited=35)
    assert made.sums(day(9), 7) == Sums(approved=0, paid=65, deposited=35)


def test_sums__beyond_what_a_machine_number_holds():
    """Ten thousand amounts of 10^15 are 10^19, more than 2^63."""
    made = MoneyLines.of([line(seq, 1, "paid", 10**15) for seq in range(1, 10_001)], ())
    assert made.sums(day(1), 10_000).paid == 10**19
