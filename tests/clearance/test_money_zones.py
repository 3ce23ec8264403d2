"""Money by zone: whole đồng, dealt by hand and by law."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.clearance.blocks import land_of
from gis.clearance.money_zones import OUTSIDE, by_zone, deal, split
from gis.ledger.accounts import Sums, accounts
from gis.ledger.facts import Milestone, Money, Succession
from gis.ledger.state import state
from gis.plan import empty_plan_text, parse_plan

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import day, entries, holds

PLAN = parse_plan(empty_plan_text(), "project.toml")
LEAF, OTHER = PLAN.leaves()[0].zone_id, PLAN.leaves()[1].zone_id


def test_deal__largest_remainder_by_hand():
    """7 by 1:2:4 of 7 is exact; 10 by it is 1.43, 2.86, 5.71: floors 1, 2, 5, the rest to b and c."""
    assert deal(7, {"a": 1, "b": 2, "c": 4}) == {"a": 1, "b": 2, "c": 4}
    assert deal(10, {"a": 1, "b": 2, "c": 4}) == {"a": 1, "b": 3, "c": 6}


weights = st.dictionaries(st.sampled_from("abcd"), st.fractions(0, 1000), min_size=1).filter(
    lambda found: any(found.values())
)


@given(st.integers(-(10**15), 10**15), weights)
def test_deal__sums_exactly_and_is_off_by_less_than_one_dong(amount, shares):
    parts = deal(amount, shares)
    total = sum(shares.values())
    assert sum(parts.values()) == amount
    assert all(abs(parts[name] - Fraction(amount) * share / total) < 1 for name, share in shares.items())


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 10**12), weights)
def test_split__exact_and_settled_within_approved_everywhere(approved, paid, deposited, shares):
    whole = Sums(approved, paid, deposited)
    parts = split(whole, shares)
    assert sum(parts.values(), Sums()) == whole
    assert all(min(one.approved, one.paid, one.deposited) >= 0 for one in parts.values())
    if whole.remaining >= 0:
        assert all(one.remaining >= 0 for one in parts.values())
    else:
        assert all(one.remaining <= 0 for one in parts.values())


def money_by_zone(parts_m2, *facts, aliases=None, areas=None):
    ledger = entries(*facts)
    known = state(ledger, day(30), len(ledger))
    rows = by_zone(
        PLAN,
        known,
        accounts(known, aliases or {}),
        land_of(PLAN, known, parts_m2, areas or {}),
        aliases or {},
    )
    commune, outside = rows[0].sums, rows[-1].sums
    leaves = {row.zone_id: row.sums for row in rows if row.zone_id in {z.zone_id for z in PLAN.leaves()}}
    assert sum([*leaves.values(), outside], Sums()) == commune
    assert rows[-1].zone_id == OUTSIDE
    for row in rows:  # a parent is the sum of its leaves
        children = [r.sums for r in rows if r.zone_id in {z.zone_id for z in PLAN.children(row.zone_id)}]
        if children:
            assert sum(children, Sums()) == row.sums
    return {name: sums for name, sums in {**leaves, OUTSIDE: outside}.items() if sums != Sums()}


def approved(parcel, amount, household="H1"):
    return Milestone(parcel, household, "plan_approved", "QĐ", amount)


def test_by_zone__a_parcel_by_its_m2_and_land_outside():
    """300 and 100 m²: 10 đồng are 7.5 and 2.5, equal remainders: the first by name gets it."""
    found = money_by_zone(
        {"P1": {LEAF: 300.0, OTHER: 100.0}},
        (1, holds("P1", "H1")),
        (2, approved("P1", 10)),
        (2, approved("P2", 5)),
    )
    first, second = sorted([(LEAF, 300), (OTHER, 100)])
    expected = {first[0]: 8 if first[1] == 300 else 3, second[0]: 2 if second[1] == 100 else 7}
    assert {zone: sums.approved for zone, sums in found.items()} == {**expected, OUTSIDE: 5}


def test_by_zone__a_household_payment_goes_where_its_approval_lies():
    found = money_by_zone(
        {"P1": {LEAF: 10.0}, "P2": {OTHER: 1000.0}},
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (2, approved("P1", 100)),
        (3, Money(None, "H1", "paid", 100, None, None)),
    )
    assert found == {LEAF: Sums(100, 100, 0)}


def test_by_zone__household_money_by_the_m2_of_its_parcels_and_those_it_held():
    facts = (2, Money(None, "H1", "approved", 100, None, None))
    parts = {"P1": {LEAF: 30.0}, "P2": {OTHER: 70.0}}
    assert money_by_zone(
        parts, (1, holds("P1", "H1")), (1, holds("P2", "H2")), facts, aliases={"H2": "H1"}
    ) == {
        LEAF: Sums(30, 0, 0),
        OTHER: Sums(70, 0, 0),
    }
    sold = (3, holds("P1", "H9", Fraction(1), "H1"))
    assert money_by_zone(parts, (1, holds("P1", "H1")), facts, sold) == {LEAF: Sums(100, 0, 0)}
    assert money_by_zone({}, (1, holds("P1", "H1")), facts) == {OUTSIDE: Sums(100, 0, 0)}


def test_by_zone__old_land_lies_where_its_successors_lie():
    """P1 of 100 m² became P8 (75) and P9 (25); P9 lies half in each zone."""
    found = money_by_zone(
        {"P8": {LEAF: 75.0}, "P9": {LEAF: 12.5, OTHER: 12.5}},
        (1, holds("P1", "H1")),
        (2, approved("P1", 800)),
        (3, Succession((("P1", "P8", 750), ("P1", "P9", 250)))),
    )
    assert found == {LEAF: Sums(700, 0, 0), OTHER: Sums(100, 0, 0)}


def test_by_zone__a_holder_of_divided_land_holds_it_once():
    """H1 holds P2 (100 m²), and P8 and P9 (75 and 25) instead of P1: 200 m², a half in each zone."""
    found = money_by_zone(
        {"P2": {OTHER: 100.0}, "P8": {LEAF: 75.0}, "P9": {LEAF: 25.0}},
        *((1, holds(parcel, "H1")) for parcel in ("P1", "P2")),
        (3, Succession((("P1", "P8", 750), ("P1", "P9", 250)))),
        *((3, holds(parcel, "H1")) for parcel in ("P8", "P9")),
        (4, Money(None, "H1", "approved", 200, None, None)),
    )
    assert found == {LEAF: Sums(100, 0, 0), OTHER: Sums(100, 0, 0)}


@pytest.mark.parametrize("zone", ["khong-co", None])
def test_by_zone__a_boundary_that_is_no_leaf_counts_outside(zone):
    parent = next(z.zone_id for z in PLAN.zones if PLAN.children(z.zone_id))
    found = money_by_zone({"P1": {zone or parent: 10.0}}, (1, holds("P1", "H1")), (2, approved("P1", 9)))
    assert found == {OUTSIDE: Sums(9, 0, 0)}
