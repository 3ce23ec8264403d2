"""Who holds which land and since when it is handed over, by hand."""

import sys
from fractions import Fraction
from pathlib import Path

import pandas as pd

from gis.ledger.columns import Columns, table_of
from gis.ledger.hand_overs import NOT_YET, HandOvers
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, opens, reaches, voids

HALF = Fraction(1, 2)
# A and B share P1, which both handed over; C has P2, with an obstacle; D took P3 over from A. The
# obstacle of X, who holds nothing of P1, is the matter of both who do.
LEDGER = entries(
    (1, holds("P1", "A", HALF), "r"),
    (1, holds("P1", "B", HALF), "r"),
    (1, holds("P2", "C")),
    (1, holds("P3", "A")),
    (4, reaches("P1", "A", "handed_over")),
    (3, reaches("P1", "A", "handed_over")),
    (6, reaches("P1", "B", "handed_over")),
    (5, reaches("P3", "A", "handed_over")),
    (6, holds("P3", "D", Fraction(1), "A")),
    (2, opens("P2", household="C")),
    (2, opens("P1", household="X")),
)
BY_HAND = {
    ("P1", "A"): (day(3), True),
    ("P1", "B"): (day(6), True),
    ("P2", "C"): (None, True),
}


def shown(found):
    rows = zip(found.parcel, found.household, found.day, found.hindered, strict=True)
    return {
        (found.parcels[parcel], found.households[household]): (
            None if number == NOT_YET else pd.Timestamp(int(number), unit="D").date(),
            bool(hindered),
        )
        for parcel, household, number, hindered in rows
    }


def of_columns(on=9, known=None):
    return HandOvers.of_columns(Columns.of(table_of(LEDGER)), day(on), known or len(LEDGER))


def test_of_columns__by_hand_but_for_land_that_was_taken_over():
    found, untold = of_columns()
    assert shown(found) == BY_HAND
    assert untold == ["P3"]
    early, untold = of_columns(on=4)
    assert shown(early)[("P1", "B")] == (None, True)
    assert shown(early)[("P3", "A")] == (None, False)
    assert untold == []


def test_after__only_the_named_parcels_change():
    """D has the hand-over of A, from whom it took over; C's obstacle was never there; E is new."""
    found, untold = of_columns()
    whole = found.after(state(LEDGER, day(9), len(LEDGER)), untold)
    assert shown(whole) == {**BY_HAND, ("P3", "D"): (day(5), False)}
    more = entries(
        *((None if e.on is None else (e.on - day(0)).days, e.fact, e.request_id) for e in LEDGER),
        (None, voids("P2", 10)),
        (7, holds("P9", "E")),
    )
    later = whole.after(state(more, day(9), len(more)), {"P2", "P9", "P8"})
    assert shown(later) == {
        **BY_HAND,
        ("P3", "D"): (day(5), False),
        ("P2", "C"): (None, False),
        ("P9", "E"): (None, False),
    }
    assert shown(whole)[("P2", "C")] == (None, True)


def test_who__households_that_were_entered_twice_have_one_number():
    found, _ = of_columns()
    a, b, c = (found.households.get_loc(one) for one in "ABC")

    def numbers(aliases):
        who = dict(zip(found.household, found.who(aliases), strict=True))
        return who[a], who[b], who[c]

    assert len(set(numbers({}))) == 3
    a_number, b_number, c_number = numbers({"A": "Z", "C": "Z", "Q": "B"})
    assert a_number == c_number != b_number


def test_cleared_on__the_last_holding_decides_and_succeeded_land_is_left_out():
    found = HandOvers.of_state(state(LEDGER, day(9), len(LEDGER))).cleared_on({"P3"})
    assert found.name == "cleared_on"
    assert found.index.name == "parcel_id"
    assert found["P1"] == pd.Timestamp(day(6))
    assert pd.isna(found["P2"])
    assert list(found.index) == ["P1", "P2"]


def test_of_state__nobody_holds_anything():
    found = HandOvers.of_state(state([], day(1), 0))
    assert shown(found) == {}
    assert found.cleared_on(()).empty
