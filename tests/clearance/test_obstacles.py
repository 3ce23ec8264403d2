"""Obstacles a line each, and their groups, by hand: the world of the stuck hectares."""

import sys
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from gis.clearance.obstacles import SEVERAL, closed_lines, open_lines, shared_trait
from gis.clearance.stuck import grouped, stuck
from gis.ledger.facts import Holding, Succession

sys.path.insert(0, str(Path(__file__).parent))
from test_stuck import CLASSES, OVERLAPS, STATE
from worlds import closes, holds, opens, state_of

PARTS = {"P1": {"A": 300.0, "B": 100.0}, "P2": {"A": 50.0}, "P3": {"A": 1_000.0}}
FOUND = stuck(OVERLAPS, CLASSES, STATE)
LINES = open_lines(FOUND, PARTS, STATE, ["P1", "P2", "P3", "P4"])


def test_open_lines__the_oldest_first_and_what_is_not_stuck_has_no_area():
    told = [(one.parcel, one.obstacle.category, one.area_m2, one.zones, one.days(STATE.on)) for one in LINES]
    assert told == [
        ("P3", "price", None, (), 95),
        ("P4", "price", None, (), 93),
        ("P1", "price", 400.0, ("A", "B"), 90),
        ("P1", "graves", 400.0, ("A", "B"), 29),
        ("P2", "price", 50.0, ("A",), 5),
    ]


def test_open_lines__concern_the_household_that_they_name_else_every_holder():
    state = state_of(
        (1, holds("P1", "H1")),
        (1, holds("P1", "H2")),
        (5, opens("P1", "price")),
        (6, opens("P1", "graves", "H2")),
        on=9,
    )
    lines = open_lines(FOUND, PARTS, state, ["P1"])
    assert [one.households for one in lines] == [("H1", "H2"), ("H2",)]


def test_shared_trait__one_several_or_none():
    state = state_of(
        (1, holds("P1", "H1")),
        (1, holds("P1", "H2")),
        (1, holds("P2", "H3")),
        (5, opens("P1", "price")),
        (6, opens("P2", "price")),
        on=9,
    )
    lines = open_lines(FOUND, PARTS, state, ["P1", "P2"])
    assert shared_trait(lines, {"H1": "lan", "H2": "minh", "H3": "lan"}) == {"P1": SEVERAL, "P2": "lan"}
    assert shared_trait(lines, {"H1": "lan", "H2": ""}) == {"P1": "lan", "P2": ""}


@pytest.mark.parametrize(
    "names", [{"P1": "lan", "P2": "minh"}, {"P1": "lan", "P2": "lan"}, {"P1": "", "P2": SEVERAL}]
)
def test_grouped__each_parcel_once_so_that_groups_sum_to_the_whole(names):
    groups = grouped(FOUND.parcels, names, STATE.on)
    assert sum(one.area_m2 for one in groups) == FOUND.whole.area_m2
    assert sum(one.parcels for one in groups) == FOUND.whole.parcels
    by_age = [sum(ages) for ages in zip(*(one.by_age_m2 for one in groups), strict=True)]
    assert by_age == list(FOUND.whole.by_age_m2)


def test_grouped__by_hand():
    first, second = grouped(FOUND.parcels, {"P1": "lan", "P2": "minh"}, STATE.on)
    assert (first.category, first.area_m2, first.parcels, first.longest_days) == ("lan", 400.0, 1, 90)
    assert (second.category, second.area_m2, second.longest_days) == ("minh", 50.0, 5)


def test_closed_lines__both_days_are_included_and_a_later_one_is_not_told():
    state = state_of(
        (1, holds("P1", "H1")),
        (10, opens("P1", "price", "H1")),
        (20, opens("P1", "graves")),
        (30, closes("P1", 2)),
        (40, closes("P1", 3)),
        on=100,
    )
    day = state.on - timedelta(days=100)
    first, last = day + timedelta(days=30), day + timedelta(days=40)
    both = closed_lines(state, ["P1"], first, last)
    assert [(one.category, one.household, one.days, one.opened, one.closed) for one in both] == [
        ("graves", None, 20, 3, 5),
        ("price", "H1", 20, 2, 4),
    ]
    assert [one.category for one in closed_lines(state, ["P1"], first, last - timedelta(days=1))] == ["price"]
    assert closed_lines(state, ["P1"], first + timedelta(days=1), last - timedelta(days=1)) == ()


def test_open_lines__the_obstacle_of_one_who_left_concerns_who_holds_the_parcel_now():
    state = state_of(
        (1, holds("P1", "H1")),
        (5, opens("P1", "price", "H1")),
        (6, Holding("P1", "H2", Fraction(1), ("H1",))),
        on=9,
    )
    assert [one.households for one in open_lines(FOUND, PARTS, state, ["P1"])] == [("H2",)]


def test_open_lines__what_stood_on_a_parcel_that_became_others_stands_there_alone():
    state = state_of(
        (1, holds("P1", "H1")),
        (5, opens("P1", "price")),
        (6, Succession((("P1", "P2", 4_000_000),))),
        (6, holds("P2", "H1")),
        (5, opens("P2", "price")),
        on=9,
    )
    assert [one.parcel for one in open_lines(FOUND, PARTS, state, ["P1", "P2"])] == ["P2"]
