"""What parts sum to on each day, by hand."""

import sys
from fractions import Fraction
from pathlib import Path

from gis.ledger.shares import check_shares, wrong_days
from gis.ledger.state import State
from gis.ledger.stories import told
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, voids

HALF = Fraction(1, 2)
# P1 went to H1 and H2 by halves on day 10; who wrote afterwards that H1 gave all of it to H3 on day 5 left
# three holders, whose parts sum to 2 from day 10 on.
BACKDATED = (
    (1, holds("P1", "H1")),
    (1, holds("P2", "H1")),
    (10, holds("P1", "H1", HALF, "H1"), "sale"),
    (10, holds("P1", "H2", HALF, "H1"), "sale"),
    (5, holds("P1", "H3", Fraction(1), "H1")),
)


def everything(*facts):
    ledger = entries(*facts)
    return State(day(20), len(ledger), told(ledger, len(ledger)))


def test_check_shares__the_first_wrong_day_of_each_parcel():
    (problem,) = check_shares(everything(*BACKDATED))
    assert (problem.source, problem.message, problem.severity, problem.facts) == (
        "P1",
        "verify.shares",
        "warning",
        {"on": "2026-01-10", "sum": "2"},
    )
    for language in LANGUAGES:
        assert "10/01/2026" in Texts(language).problem(problem)
        assert "P1" in Texts(language).problem(problem)


def test_check_shares__what_was_cancelled_is_wrong_no_more():
    assert check_shares(everything(*BACKDATED, (None, voids("P1", 5)))) == []


def test_check_shares__parts_that_are_not_determined_may_be_anything_that_is_left():
    assert check_shares(everything((1, holds("P1", "H1", HALF)), (1, holds("P1", "H2", None)))) == []
    alone = everything((2, holds("P1", "H1", HALF)))
    assert [(one.source, one.facts["sum"]) for one in check_shares(alone)] == [("P1", "1/2")]


def test_wrong_days__what_was_wrong_before_is_not_told_again():
    before = everything(*BACKDATED).stories["P1"]
    worse = everything(*BACKDATED, (12, holds("P1", "H9", HALF))).stories["P1"]
    assert list(wrong_days(before, worse, day(20))) == [(day(12), Fraction(5, 2))]
    assert list(wrong_days(before, worse, day(11))) == []
