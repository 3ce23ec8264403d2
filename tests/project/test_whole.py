"""What is kept of all parcels at once, against going through the story of each."""

import sys
import tempfile
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.ledger.accounts import ACTS, Sums, accounts
from gis.ledger.entry import Draft
from gis.ledger.facts import (
    Milestone,
    Money,
    ObjectListed,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Succession,
    Void,
)
from gis.ledger.part import SquareMetres
from gis.ledger.state import State, state
from gis.plan import COMMUNE_ID
from gis.project import Snapshot
from gis.project.record import Record
from gis.project.whole import Whole
from gis.store.database import Ledger, Stamp
from gis.web.figures import HouseholdCount, household_counts
from gis.web.overview_figures import Overview

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
import mapworld
from build import FIRST_MOMENT, day, holds

WORLD = mapworld.snapshot()
PARCELS = ("P000002", "P000001", "F000001", "P000003")
HOUSEHOLDS = ("H3", "H1", "H2")
PARTS = (None, Fraction(1), Fraction(1, 3), SquareMetres(Decimal("120.5")))
MILESTONES = ("plan_approved", "paid", "handed_over", "handed_over")
AMOUNTS = st.one_of(st.none(), st.integers(0, 10**15))
MERGED = ({}, {"H2": "H1"}, {"H1": "H9", "H3": "H9"})
DAYS = 6


@st.composite
def ledgers(draw, most=18):
    """Drafts of four parcels and of none: backdated, void, taken over, shared, paid, succeeded."""
    drafts = []
    for _ in range(draw(st.integers(0, most))):
        parcel = draw(st.sampled_from(PARCELS))
        earlier = [place for place, one in enumerate(drafts, start=1) if one.fact.parcel in (parcel, None)]
        kind = draw(st.sampled_from(_KINDS))
        on = day(draw(st.integers(1, DAYS)))
        if kind in ("void", "closes") and not earlier:
            continue
        if kind == "void":
            target = draw(st.sampled_from(earlier))
            of = draw(st.sampled_from([drafts[target - 1].fact.parcel] * 4 + [parcel]))
            drafts.append(Draft(None, Void(of, target, None)))
        elif kind == "closes":
            drafts.append(Draft(on, ObstacleClosed(parcel, draw(st.sampled_from(earlier)))))
        else:
            drafts.append(Draft(on, draw(_fact(kind, parcel))))
    return drafts


_KINDS = (
    *("holding", "holding", "milestone", "milestone", "milestone", "opening"),
    *("money", "opens", "closes", "void", "void", "object", "succession"),
)


@st.composite
def _fact(draw, kind, parcel):
    household = draw(st.sampled_from(HOUSEHOLDS))
    match kind:
        case "holding":
            ended = draw(st.sampled_from([(), (), (), ("H1",), ("H1", "H2"), (household,)]))
            return holds(parcel, household, draw(st.sampled_from(PARTS)), *ended)
        case "milestone":
            return Milestone(parcel, household, draw(st.sampled_from(MILESTONES)), "BB-1", draw(AMOUNTS))
        case "opening":
            name = draw(st.sampled_from(MILESTONES))
            return Opening(parcel, household, name, '"amount_vnd":null', draw(AMOUNTS), True, "00", 1)
        case "money":
            of = draw(st.sampled_from([parcel, None]))
            return Money(of, household, draw(st.sampled_from(ACTS)), draw(st.integers(1, 10**15)), None, None)
        case "opens":
            return ObstacleOpened(parcel, draw(st.sampled_from([None, household])), "price")
        case "object":
            return ObjectListed(parcel, household, "graves", 1)
    return Succession(((parcel, draw(st.sampled_from(PARCELS)), 5),))


def write(ledger, drafts):
    first = ledger.head().seq
    stamps = [
        Stamp("lan", f"r{first + n}", FIRST_MOMENT + timedelta(minutes=first + n)) for n in range(len(drafts))
    ]
    with ledger.writing() as writer:
        return writer.append(list(zip(drafts, stamps, strict=True)))


def story_counts(found, overlaps, aliases):
    """Households of some land, one parcel's story after the other."""
    everybody, waiting, stuck = set(), set(), set()
    for parcel in set(overlaps.index.get_level_values("parcel_id")):
        land = found.by_parcel.get(parcel)
        holders = {held.household for held in land.holdings} if land else set()
        for held in land.holdings if land else ():
            who = aliases.get(held.household, held.household)
            everybody.add(who)
            if "handed_over" not in held.milestones:
                waiting.add(who)
                others = holders - {held.household}
                if any(one.household not in others for one in land.obstacles):
                    stuck.add(who)
    return HouseholdCount(len(everybody), len(everybody - waiting), len(stuck))


def story_days(found):
    """The day on which each parcel that somebody holds became cleared, one story after the other."""
    days = {}
    for parcel in found.parcels:
        reached = [held.milestones.get("handed_over") for held in found.of_parcel(parcel)]
        days[parcel] = max(one.on for one in reached) if all(reached) else None
    return days


def assert_equal_by_stories(snapshot, entries, aliases):
    """All that is worked out at once is what the stories tell one by one."""
    exact = state(entries, snapshot.on, snapshot.known)
    counts = household_counts(snapshot, aliases)
    overlaps = snapshot.overlaps
    assert set(counts) == {COMMUNE_ID, *(zone.zone_id for zone in snapshot.plan.zones)}
    for zone_id, count in counts.items():
        leaves = list(snapshot.plan.leaf_ids(zone_id))
        inside = overlaps[overlaps.index.get_level_values("zone_id").isin(leaves)]
        assert count == story_counts(exact, inside, aliases)
    days = Overview(snapshot, aliases).cleared_on
    assert {parcel: None if pd.isna(on) else on.date() for parcel, on in days.items()} == story_days(exact)
    assert snapshot.money == sum((one.sums for one in accounts(exact, aliases).values()), Sums())
    plain = Snapshot(snapshot.plan, snapshot.boundaries, exact, snapshot.head)
    assert snapshot.money == plain.money
    assert Overview(snapshot, aliases).months == Overview(plain, aliases).months


@settings(max_examples=40, deadline=None)
@given(ledgers(), st.data())
def test_whole__equals_the_stories_one_by_one_and_so_after_every_entry(drafts, data):
    """Looked at half-way, at the head and back again, on two days, whoever was entered twice."""
    aliases = data.draw(st.sampled_from(MERGED))
    steps = sorted(data.draw(st.lists(st.integers(0, len(drafts)), max_size=2)))
    on = data.draw(st.integers(0, DAYS))
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.db")
        record = Record(ledger)
        whole = Whole(record)
        for start, end in zip([0, *steps], [*steps, len(drafts)], strict=True):
            write(ledger, drafts[start:end])
            record.refresh()
            entries = ledger.entries()
            for known in {len(entries), data.draw(st.integers(0, len(entries)))}:
                for number in (on, DAYS):
                    now = State(day(number), known, record.upto(known))
                    ways = (whole.standing, whole.hand_overs, whole.money)
                    snapshot = Snapshot(WORLD.plan, WORLD.boundaries, now, record.head, *ways)
                    assert_equal_by_stories(snapshot, entries, aliases)
        ledger.close()
