"""The fold of all parcels at once, against ledgers written by hand and against the fold entry by entry."""

import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.ledger.columns import FOLDED_KINDS, SCHEMA, Columns, fold, table_of
from gis.ledger.facts import Boundaries, ObjectListed, ObjectRemoved
from gis.ledger.part import SquareMetres
from gis.ledger.state import state
from gis.milestones import MILESTONES

sys.path.insert(0, str(Path(__file__).parent))
from build import closes, day, entries, holds, opens, reaches, voids
from stories import stories


def land(ledger, on=9, known=None):
    return fold(Columns.of(table_of(ledger)), day(on), len(ledger) if known is None else known)


def shown(found):
    """Holdings as {(parcel, household): (part, names)}."""
    rows = found.holdings.to_dict("records")
    return {
        (row["parcel_id"], row["household_id"]): (_part(row), {name for name in MILESTONES if row[name]})
        for row in rows
    }


def _part(row):
    if row["denominator"]:
        return Fraction(row["numerator"], row["denominator"])
    return None if np.isnan(row["part_m2"]) else SquareMetres(Decimal(str(row["part_m2"])))


def test_fold__a_day_includes_what_happened_on_it():
    ledger = entries((1, holds("P1", "A")), (5, reaches("P1", "A", "paid")))
    assert shown(land(ledger, on=4)) == {("P1", "A"): (Fraction(1), set())}
    assert shown(land(ledger, on=5)) == {("P1", "A"): (Fraction(1), {"paid"})}
    assert shown(land(ledger, on=5, known=1)) == {("P1", "A"): (Fraction(1), set())}
    assert shown(land(ledger, on=0)) == {}


def test_fold__the_newest_day_states_the_part_whenever_it_was_written():
    ledger = entries((6, holds("P1", "A", Fraction(1, 2))), (3, holds("P1", "A", Fraction(1, 3))))
    assert shown(land(ledger)) == {("P1", "A"): (Fraction(1, 2), set())}
    assert shown(land(ledger, on=5)) == {("P1", "A"): (Fraction(1, 3), set())}


def test_fold__parts_of_all_sorts():
    parts = [None, Fraction(2, 7), SquareMetres(Decimal("120.5"))]
    ledger = entries(*((1, holds(f"P{n}", "A", part)) for n, part in enumerate(parts)))
    assert shown(land(ledger)) == {(f"P{n}", "A"): (part, set()) for n, part in enumerate(parts)}


def test_fold__a_milestone_before_its_holding_waits_for_it():
    """H is told to be paid before its holding begins; X holds nothing."""
    ledger = entries((1, reaches("P1", "H", "paid")), (1, reaches("P1", "X", "paid")), (3, holds("P1", "H")))
    assert shown(land(ledger, on=2)) == {}
    assert shown(land(ledger, on=3)) == {("P1", "H"): (Fraction(1), {"paid"})}


def test_fold__what_is_void_never_was():
    ledger = entries((1, holds("P1", "A")), (2, reaches("P1", "A", "paid")), (None, voids("P1", 2)))
    assert shown(land(ledger)) == {("P1", "A"): (Fraction(1), set())}
    assert shown(land(ledger, known=2)) == {("P1", "A"): (Fraction(1), {"paid"})}


def test_fold__a_void_of_another_parcel_counts_for_nothing():
    """As in the fold entry by entry, which looks at a parcel's own entries; `verify` tells of it."""
    ledger = entries((1, holds("P1", "A")), (None, voids("P2", 1)))
    assert shown(land(ledger)) == {("P1", "A"): (Fraction(1), set())}


def test_fold__obstacles_open_and_close_by_their_days():
    ledger = entries(
        (2, opens("P1")), (6, closes("P1", 1)), (3, opens("P2")), (4, opens("P1", household="A"))
    )
    assert [list(land(ledger, on=on).stuck) for on in (1, 2, 3)] == [[], ["P1"], ["P1", "P2"]]
    assert list(land(ledger[:3], on=6).stuck) == ["P2"]


def test_fold__objects_stand_until_all_of_them_are_removed():
    """Three graves on P1: two go on day 4, the third on day 6; the house on P2 stays."""
    ledger = entries(
        (1, ObjectListed("P1", None, "graves", 3)),
        (1, ObjectListed("P2", "A", "house", 1)),
        (4, ObjectRemoved("P1", 1, 2, None)),
        (6, ObjectRemoved("P1", 1, 1, None)),
    )
    assert [list(land(ledger, on=on).occupied) for on in (0, 5, 6)] == [[], ["P1", "P2"], ["P2"]]


def test_fold__where_a_household_takes_over_is_left_to_the_other_fold():
    """P1: B takes over from A; P2: the one holder came after somebody who never held."""
    ledger = entries(
        (1, holds("P1", "A")),
        (2, reaches("P1", "A", "paid")),
        (3, holds("P1", "B", Fraction(1), "A")),
        (3, opens("P1")),
        (3, holds("P2", "B", Fraction(1), "A")),
    )
    found = land(ledger)
    assert list(found.untold) == ["P1"]
    assert list(found.stuck) == ["P1"]
    assert shown(found) == {("P2", "B"): (Fraction(1), set())}
    assert list(land(ledger, on=2).untold) == []
    assert shown(land(ledger, on=2)) == {("P1", "A"): (Fraction(1), {"paid"})}


def test_columns__what_is_of_no_parcel_or_no_hectares_is_left_out():
    assert "boundaries" not in FOLDED_KINDS
    boundaries = Boundaries("parcels", "aa", 1, "EPSG:5897", 2, ())
    columns = Columns.of(table_of(entries((1, boundaries), (1, holds("P1", "A")))))
    assert columns.seq.tolist() == [2]
    assert Columns.of(SCHEMA.empty_table()).seq.tolist() == []
    assert shown(fold(Columns.of(SCHEMA.empty_table()), date(2026, 1, 1), 9)) == {}


@settings(max_examples=400, deadline=None)
@given(stories(), st.data())
def test_fold__equals_the_fold_entry_by_entry(ledger, data):
    """For any day and any seq, whatever the order of the rows."""
    on, known = data.draw(st.integers(0, 7)), data.draw(st.integers(0, len(ledger)))
    rows = data.draw(st.permutations(list(ledger)))
    found = fold(Columns.of(table_of(rows)), day(on), known)
    exact = state(ledger, day(on), known)
    told = [parcel for parcel in exact.by_parcel if parcel not in set(found.untold)]
    assert shown(found) == {
        (h.parcel, h.household): (h.part, set(h.milestones))
        for parcel in told
        for h in exact.of_parcel(parcel)
    }
    assert len(found.holdings) == len(shown(found))
    assert set(found.stuck) == exact.stuck
    assert set(found.occupied) == {parcel for parcel, one in exact.by_parcel.items() if one.objects}
