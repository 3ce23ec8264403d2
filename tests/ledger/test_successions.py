"""Parcels become others: parts, milestones, obstacles, objects."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import RefusedError
from gis.ledger.effects import after
from gis.ledger.facts import ObjectListed
from gis.ledger.part import SquareMetres
from gis.ledger.setting import Setting
from gis.ledger.state import state
from gis.ledger.successions import Succeed, carried_parts

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, opens, reaches

SETTING = Setting(parcels={"P1", "P2", "P8", "P9"}, starts=day(1), today=day(20))
HALF = Fraction(1, 2)
STATE = state(
    entries(
        (1, holds("P1", "H1", HALF), "a"), (1, holds("P1", "H2", HALF), "a"), (1, holds("P2", "H1")),
        (2, reaches("P1", "H1", "notified")), (3, reaches("P2", "H1", "notified")),
        (4, reaches("P2", "H1", "paid")), (5, reaches("P1", "H2", "handed_over")),
        (6, opens("P1", "price", "H1")), (7, ObjectListed("P1", "H1", "grave_built", 2)),
    ),
    day(20),
    99,
)  # fmt: skip
GRAVES = 9


def then(request):
    return after(STATE, request.decide(STATE, SETTING), "r9")


def reasons(request):
    with pytest.raises(RefusedError) as refused:
        request.decide(STATE, SETTING)
    return [problem.message for problem in refused.value.problems]


def test_succeed__a_divided_parcel_keeps_holders_and_milestones_in_both_parts():
    split = Succeed((("P1", "P8", 4000), ("P1", "P9", 6000)), day(10), {GRAVES: "P9"})
    found = then(split)
    for new in ("P8", "P9"):
        assert {h.household: (h.part, set(h.milestones)) for h in found.of_parcel(new)} == {
            "H1": (HALF, {"notified"}),
            "H2": (HALF, {"handed_over"}),
        }
        assert [(o.category, o.household) for o in found.by_parcel[new].obstacles] == [("price", "H1")]
    assert found.by_parcel["P8"].objects == ()
    assert [(o.category, o.count) for o in found.by_parcel["P9"].objects] == [("grave_built", 2)]


def test_succeed__in_a_merged_parcel_a_household_keeps_what_all_its_land_had_reached():
    """P1 is 1000 m² held by halves, P2 is 3000 m² of H1: H1 has 500 + 3000 of 4000 m²."""
    found = then(Succeed((("P1", "P8", 10_000), ("P2", "P8", 30_000)), day(10)))
    assert {h.household: (h.part, set(h.milestones)) for h in found.of_parcel("P8")} == {
        "H1": (Fraction(7, 8), {"notified"}),
        "H2": (Fraction(1, 8), {"handed_over"}),
    }


def test_succeed__refuses_what_would_be_carried_by_guess():
    split = (("P1", "P8", 4000), ("P1", "P9", 6000))
    assert reasons(Succeed(split, day(10))) == ["refused.object_without_place"]
    assert reasons(Succeed(split, day(4), {GRAVES: "P9"})) == ["refused.succession_too_early"]
    assert reasons(Succeed((("P2", "P1", 5),), day(10))) == ["refused.successor_has_entries"]
    assert reasons(Succeed((("P2", "P7", 5),), day(10))) == ["refused.unknown_parcel"]


def test_succeed__a_parcel_is_succeeded_once():
    once = then(Succeed((("P2", "P8", 30_000),), day(10)))
    with pytest.raises(RefusedError, match="refused"):
        Succeed((("P2", "P9", 30_000),), day(11)).decide(once, SETTING)


def test_carried_parts__square_metres_of_a_divided_parcel_cannot_be_placed():
    part = SquareMetres(Decimal("120.5"))
    assert carried_parts({"H1": {"P1": part}}, {"P1": 400}, divided=True) == {"H1": None}
    assert carried_parts({"H1": {"P1": part}}, {"P1": 400}, divided=False) == {"H1": part}


@given(st.dictionaries(st.sampled_from(["P1", "P2", "P3"]), st.integers(1, 10**9), min_size=1))
def test_carried_parts__of_whole_parcels_sum_to_the_whole(shares):
    held = {f"H{parcel}": {parcel: Fraction(1)} for parcel in shares}
    parts = carried_parts(held, shares, divided=False)
    if all(isinstance(part, Fraction) for part in parts.values()):
        assert sum(parts.values()) == 1
    else:
        assert sum(part.m2 for part in parts.values()) * 10 == sum(shares.values())
