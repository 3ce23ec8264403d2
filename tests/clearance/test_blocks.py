"""Hectares to the investor by block and zone, worked out by hand."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.clearance.blocks import alone, block_totals, delivered_by_zone, land_of
from gis.ledger.facts import Delivery, ObjectListed, Succession
from gis.ledger.state import state
from gis.plan import empty_plan_text, parse_plan

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import day, entries, holds, opens, reaches

PLAN = parse_plan(empty_plan_text(), "project.toml")
LEAF, OTHER = PLAN.leaves()[0].zone_id, PLAN.leaves()[1].zone_id
PARTS = {"P1": {LEAF: 100.0}, "P2": {LEAF: 30.0, OTHER: 10.0}, "P3": {OTHER: 70.0}, "P4": {OTHER: 5.0}}


def at(*facts):
    ledger = entries(*facts)
    return state(ledger, day(30), len(ledger))


def done(parcel, *more):
    return [(1, holds(parcel, "H1")), (2, reaches(parcel, "H1", "handed_over")), *more]


def given_land(block, parcels, *exceptions, on=5):
    return (on, Delivery(block, "BB", tuple(parcels), tuple(exceptions)))


def by_zone(known, parts=None, areas=None):
    land = land_of(PLAN, known, parts or PARTS, areas or {})
    rows = delivered_by_zone(PLAN, known, land, block_totals(known, land))
    return {row.zone_id: (row.in_blocks_m2, row.alone_m2) for row in rows}


def test_block_totals__area_less_exceptions_by_zone():
    """Of P2's 40 m² in zones 10 are excepted: three quarters stay in each zone."""
    known = at(
        *done("P1"),
        *done("P2"),
        (1, holds("P3", "H3")),
        (2, opens("P3", "price")),
        given_land("Lô A", ["P1", "P2", "P3"], ("P2", 100), ("P3", None)),
    )
    (block,) = block_totals(known, land_of(PLAN, known, PARTS, {}))
    assert block.zones_m2 == pytest.approx({LEAF: 122.5, OTHER: 7.5})
    assert block.m2 == pytest.approx(130)
    part, whole = block.excepted
    assert (part.parcel, part.m2, part.whole, part.reasons) == ("P2", 10.0, False, ())
    assert (whole.parcel, whole.m2, whole.whole) == ("P3", 70.0, True)
    assert whole.reasons == (("state", "not_handed_over"), ("obstacle", "price"))
    assert by_zone(known)["commune"] == pytest.approx((130, 0))


def test_block_totals__an_exception_takes_no_more_than_lies_in_zones():
    known = at(*done("P2"), given_land("Lô A", ["P2"], ("P2", 5_000)))
    (block,) = block_totals(known, land_of(PLAN, known, PARTS, {}))
    assert (block.zones_m2, block.excepted_m2) == ({}, 40.0)


def test_block_totals__several_blocks_never_count_land_twice():
    known = at(
        *done("P1"),
        *done("P3"),
        given_land("Lô A", ["P1", "P3"], ("P3", None)),
        given_land("Lô B", ["P3"], on=6),
        given_land("Lô A", ["P1"], on=7),  # as no command writes it
    )
    first, second = block_totals(known, land_of(PLAN, known, PARTS, {}))
    assert (first.zones_m2, first.excepted, second.zones_m2) == ({LEAF: 100.0}, (), {OTHER: 70.0})
    assert by_zone(known)["commune"] == pytest.approx((170, 0))


def test_block_totals__what_is_outside_or_no_longer_handed_over_is_named():
    known = at(
        *done("P8"),
        (1, holds("P1", "H1")),
        given_land("Lô A", ["P1", "P8"]),
        (5, ObjectListed("P1", None, "house", 1)),
    )
    (block,) = block_totals(known, land_of(PLAN, known, PARTS, {}))
    assert (block.outside, block.not_handed_over) == (("P8",), ("P1",))


def test_delivered_by_zone__parcels_of_no_block_stand_beside():
    known = at(*done("P1"), *done("P4", (3, reaches("P4", "H1", "delivered"))), given_land("Lô A", ["P1"]))
    assert alone(known) == ("P4",)
    found = by_zone(known)
    assert (found[LEAF], found[OTHER], found["commune"]) == ((100, 0), (0, 5), (100, 5))


def test_delivered_by_zone__land_that_was_drawn_anew_counts_once():
    """P1 became P6; its milestone went along, its block too."""
    known = at(
        *done("P1"),
        given_land("Lô A", ["P1"]),
        (6, Succession((("P1", "P6", 1000),))),
        (6, holds("P6", "H1")),
        (6, reaches("P6", "H1", "handed_over")),
        (6, reaches("P6", "H1", "delivered")),
    )
    assert by_zone(known, {"P6": {LEAF: 100.0}})["commune"] == pytest.approx((100, 0))


def test_delivered_by_zone__new_land_that_lies_half_in_a_zone_counts_by_its_half():
    """P1 (100 m², 50 in the zone) became P6 of the same shape, then P7 with 100 m² of other land."""
    once = [
        *done("P1"),
        given_land("Lô A", ["P1"]),
        (6, Succession((("P1", "P6", 1000),))),
        (6, holds("P6", "H1")),
        (6, reaches("P6", "H1", "handed_over")),
    ]
    assert by_zone(at(*once), {"P6": {LEAF: 50.0}}, {"P6": 100.0})["commune"] == pytest.approx((50, 0))
    # A part of P6 that is 0.04 m² smaller than what it took is as large: tenths are rounded.
    assert by_zone(at(*once), {"P6": {LEAF: 50.0}}, {"P6": 99.96})["commune"] == pytest.approx((50, 0))
    twice = [*once, (7, Succession((("P6", "P7", 1000),))), (7, holds("P7", "H1"))]
    grown = {"P7": {LEAF: 80.0}}
    assert by_zone(at(*twice), grown, {"P7": 200.0})["commune"] == pytest.approx((40, 0))


def test_delivered_by_zone__a_parcel_of_no_block_that_was_split_counts_once():
    told = [*done("P1", (3, reaches("P1", "H1", "delivered"))), (6, Succession((("P1", "P6", 1000),)))]
    told += [(6, holds("P6", "H1")), (6, reaches("P6", "H1", "handed_over"))]
    told += [(6, reaches("P6", "H1", "delivered"))]
    assert alone(at(*told)) == ("P6",)
    assert by_zone(at(*told), {"P6": {LEAF: 100.0}})["commune"] == (0, 100)


PARCELS = sorted(PARTS)
DELIVERIES = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", "C"]),
        st.lists(st.sampled_from(PARCELS), min_size=1, unique=True),
        st.dictionaries(st.sampled_from(PARCELS), st.one_of(st.none(), st.integers(1, 2_000))),
        st.integers(1, 20),
    ),
    max_size=6,
)


@given(DELIVERIES)
def test_block_totals__never_more_than_there_is_and_parents_are_their_leaves(told):
    facts = [
        (on, Delivery(name, "BB", tuple(parcels), tuple((p, x) for p, x in excepted.items() if p in parcels)))
        for name, parcels, excepted, on in told
    ]
    known = at(*facts)
    land = land_of(PLAN, known, PARTS, {})
    totals = block_totals(known, land)
    for zone in (LEAF, OTHER):
        whole = sum(parts.get(zone, 0) for parts in PARTS.values())
        assert sum(block.zones_m2.get(zone, 0) for block in totals) <= whole + 1e-9
    names = [parcel for block in totals for parcel in block.parcels]
    assert len(names) == len(set(names))
    inside = sum(sum(PARTS[parcel].values()) for parcel in names)
    assert sum(block.m2 + block.excepted_m2 for block in totals) == pytest.approx(inside)
    rows = delivered_by_zone(PLAN, known, land, totals)
    assert rows[0].m2 == pytest.approx(sum(block.m2 for block in totals))
