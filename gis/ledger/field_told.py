"""What the ledger says of the cells of a sheet for the field, then and now.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.ledger.facts import Milestone, ObstacleClosed, ObstacleOpened, Visit
from gis.ledger.field_sheets import EMPTY, Day, Told, is_of_sheet
from gis.ledger.land_rules import naming

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.ledger.entry import Entry
    from gis.ledger.field_sheets import Compared, Issue, RowKey, Value
    from gis.ledger.parcel import Obstacle
    from gis.ledger.state import State


def milestone_told(state: State, row: RowKey, milestone: str) -> Told:
    """What the ledger says of a milestone of a row's holding."""
    holding = state.holdings.get((row.parcel, row.household))
    reached = holding.milestones.get(milestone) if holding else None
    if reached is None:
        return Told(EMPTY["milestone"])
    day = Day(reached.on, reached.not_later_than)
    # As a cell has it: what came back as it went says nothing new.
    document = " ".join((reached.document or "").split())
    return Told((day, document), state.entry(reached.seq))


def obstacles_of(state: State, row: RowKey) -> tuple[Obstacle, ...]:
    """The obstacles that stand in a holding's way: its household's own first, then those of all holders."""
    land = state.by_parcel.get(row.parcel)
    if land is None:
        return ()
    found = [one for one in land.obstacles if row.household in land.concerned(one.household)]
    return tuple(sorted(found, key=lambda one: (one.household != row.household, one.since, one.seq)))


def opened_told(state: State, row: RowKey, category: str, after: int) -> Told:
    """An obstacle of a category that was recorded after a sheet's head, open or closed since."""
    for entry in reversed(state.history.get(row.parcel, ())):
        fact = entry.fact
        mine = isinstance(fact, ObstacleOpened) and fact.household in {None, row.household}
        if mine and entry.seq > after and entry.seq not in state.voided and _category(entry) == category:
            return Told((category, _day(entry)), entry)
    return Told(EMPTY["opened"])


def closed_told(state: State, opened: int) -> Told:
    """How an obstacle ended, if it did."""
    entry = state.entry(opened)
    for other, _ in naming(state, entry, ObstacleClosed, "opened") if entry else ():
        return Told((_category(entry), _day(other)), other)
    return Told(EMPTY["closed"])


def obstacle_of(state: State, entry: Entry) -> tuple[str, str]:
    """Whether an entry opened or closed an obstacle, and its category; "" where it is of something else."""
    if isinstance(entry.fact, ObstacleOpened):
        return "opened", entry.fact.category
    if isinstance(entry.fact, ObstacleClosed):
        return "closed", _category(state.entry(entry.fact.opened))
    return "", ""


def visit_told(
    state: State, row: RowKey, on: Value, issue: Issue, words_of: Callable[[Entry], str | None]
) -> Told:
    """The talk that a row's talk is to be held against: the sheet's own one, else one of the same day.

    Args:
        state: As it is.
        row: It leads its household.
        on: The day that came back.
        issue: The sheet.
        words_of: The words kept with an entry.
    """
    places = state.told_of.get(row.household, ())
    found = [
        entry
        for place in places
        for entry in state.history.get(place, ())
        if isinstance(entry.fact, Visit)
        and entry.fact.household == row.household
        and entry.seq > issue.head.seq
        and entry.seq not in state.voided
    ]
    found.sort(key=lambda entry: entry.seq, reverse=True)
    own = [entry for entry in found if is_of_sheet(entry, issue)]
    same_day = [entry for entry in found if isinstance(on, Day) and entry.on == on.on]
    for entry in (*own, *same_day):
        if isinstance(entry.fact, Visit):
            return Told((_day(entry), entry.fact.outcome, words_of(entry) or ""), entry)
    return Told(EMPTY["visit"])


def was_taken_back(state: State, one: Compared, issue: Issue) -> bool:
    """Whether an entry that a sheet wrote of a slot was cancelled, and no other of the sheet stands there."""
    row, stands = one.slot.row, one.now.entry
    if stands is not None and is_of_sheet(stands, issue):
        return False
    places = state.told_of.get(row.household, ()) if one.slot.kind == "visit" else (row.parcel,)
    return any(
        entry.seq in state.voided and is_of_sheet(entry, issue) and _fills(entry, one)
        for place in places
        for entry in state.history.get(place, ())
    )


def _fills(entry: Entry, one: Compared) -> bool:
    """Whether an entry says what the cells of a slot say."""
    fact, row, name = entry.fact, one.slot.row, one.slot.name
    match fact:
        case Milestone():
            return (one.slot.kind, row.household, name) == ("milestone", fact.household, fact.milestone)
        case Visit():
            return (one.slot.kind, row.household) == ("visit", fact.household)
        case ObstacleOpened():
            mine = fact.household in {None, row.household}
            return mine and (one.slot.kind, name) == ("opened", fact.category)
        case ObstacleClosed():
            return (one.slot.kind, one.target) == ("closed", fact.opened)
    return False


def _category(entry: Entry | None) -> str:
    return entry.fact.category if entry and isinstance(entry.fact, ObstacleOpened) else ""


def _day(entry: Entry) -> Day | None:
    return None if entry.on is None else Day(entry.on)
