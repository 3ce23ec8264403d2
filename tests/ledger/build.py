"""Short ways to write a ledger down in a test."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Entry
from gis.ledger.facts import (
    Holding,
    Milestone,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Visit,
    Void,
    Waiver,
)
from gis.ledger.holdings import HoldingRow
from gis.ledger.marks import Mark
from gis.ledger.setting import Setting
from gis.ledger.state import state

FIRST_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: int) -> date:
    """Day 1 is 1 January 2026."""
    return date(2025, 12, 31) + timedelta(days=number)


def entries(*facts):
    """Entries of (day number or None, fact) or (day, fact, request id), numbered from 1."""
    made = []
    for seq, (number, fact, *request) in enumerate(facts, start=1):
        moment = FIRST_MOMENT + timedelta(minutes=seq)
        on = None if number is None else day(number)
        made.append(Entry(seq, on, moment, "lan", request[0] if request else f"r{seq}", 0, fact))
    return made


def holds(parcel, household, part=Fraction(1), *predecessors):
    return Holding(parcel, household, part, predecessors)


def reaches(parcel, household, milestone, document="BB-1"):
    return Milestone(parcel, household, milestone, document)


def opens(parcel, category="price", household=None):
    return ObstacleOpened(parcel, household, category)


def closes(parcel, seq):
    return ObstacleClosed(parcel, seq)


def voids(parcel, seq):
    return Void(parcel, seq)


def lists(parcel, category, count=1, household=None):
    return ObjectListed(parcel, household, category, count)


def removes(parcel, seq, count=1):
    return ObjectRemoved(parcel, seq, count, None)


def waives(parcel, household, milestone):
    return Waiver(parcel, household, milestone)


def visits(household, outcome="considering", parcel=None):
    return Visit(parcel, household, outcome)


# What the tests of commands ask: parcels P1 to P3, days 1 to 20.
SETTING = Setting(parcels={"P1", "P2", "P3"}, starts=day(1), today=day(20))


def at(*facts):
    """The state of day 20 by all of some entries."""
    ledger = entries(*facts)
    return state(ledger, day(20), len(ledger))


def reasons(call):
    """Where and why a command was refused."""
    with pytest.raises(RefusedError) as refused:
        call()
    return [(problem.source, problem.message) for problem in refused.value.problems]


ONE = at((1, holds("P1", "H1")))
TWO = at(
    (1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2))), (1, holds("P2", "H1"))
)


def handed(*parcels, on=5, document="BB-9", **more):
    """A request to mark a hand-over."""
    return Mark(parcels, "handed_over", day(on), document, **more)


def row(parcel, household, part, since=1, source="holdings.csv, line 2"):
    """A row of a list of holdings."""
    return HoldingRow(parcel, household, part, day(since), source)
