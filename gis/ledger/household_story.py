"""The story of a household: every entry that speaks of it, and what they say of milestones and obstacles.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.ledger.batches import batches
from gis.ledger.facts import (
    Holding,
    Milestone,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Void,
    Waiver,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from gis.ledger.batches import Batch
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone of a household as one document says it, of one or several parcels.

    Args:
        milestone: Its id.
        on: The day.
        document: Its number; None where there is none.
        parcels: Ids, sorted.
        amount_vnd: Whole đồng of all of them; None where no amount is told.
        seqs: Of the entries.
        by: The accounts that recorded it, sorted.
        attachments: The scans, each once.
        not_later_than: The day is the last on which it can have been.
        waived: It does not apply.
    """

    milestone: str
    on: date
    document: str | None
    parcels: tuple[str, ...]
    amount_vnd: int | None
    seqs: tuple[int, ...]
    by: tuple[str, ...]
    attachments: tuple[Attachment, ...]
    not_later_than: bool = False
    waived: bool = False


@dataclass(frozen=True, slots=True)
class ObstacleLine:
    """An obstacle of a household, or of a whole parcel that it holds: how long it stood, or stands.

    Args:
        opened: The entry that opened it.
        category: Its category.
        parcel: Of this parcel.
        household: None: of the whole parcel.
        closed: The entry that closed it; None while it is open.
        days: From the day it was opened to that on which it was closed, else to the day of the state.
    """

    opened: Entry
    category: str
    parcel: str
    household: str | None
    closed: Entry | None
    days: int


def story(state: State, ids: Collection[str]) -> tuple[Entry, ...]:
    """Every entry that names a household under any of its ids, or speaks of what it holds as a whole; by seq.

    So does an obstacle of one who left the land that it holds now; see `ParcelState.concerned`.

    Args:
        state: Of the day: later entries, known by then, are among them, and void ones too.
        ids: All its ids.
    """
    places = dict.fromkeys(place for one in sorted(ids) for place in state.told_of.get(one, ()))
    found: list[Entry] = []
    for place in places:
        theirs = _obstacles_now(state, frozenset(ids), place)
        found += _of_place(state.history.get(place, ()), frozenset(ids), place, theirs)
    return tuple(sorted((entry for entry in found if entry.seq <= state.known), key=lambda one: one.seq))


def _obstacles_now(state: State, ids: frozenset[str], place: str | None) -> frozenset[int]:
    """The entries that opened what stands in a household's way on a parcel."""
    land = None if place is None else state.by_parcel.get(place)
    obstacles = land.obstacles if land else ()
    return frozenset(one.seq for one in obstacles if land and ids.intersection(land.concerned(one.household)))


def _of_place(
    entries: Iterable[Entry], ids: frozenset[str], place: str | None, theirs: frozenset[int]
) -> Iterable[Entry]:
    seqs: set[int] = set()
    for entry in entries:
        if entry.seq in theirs or _speaks(entry, ids, place is not None, seqs):
            seqs.add(entry.seq)
            yield entry


def _speaks(entry: Entry, ids: frozenset[str], of_parcel: bool, before: Collection[int]) -> bool:  # noqa: FBT001
    match entry.fact:
        case Void(target=seq) | ObstacleClosed(opened=seq) | ObjectRemoved(listed=seq):
            return seq in before
        case ObstacleOpened(household=None) | ObjectListed(household=None):
            return of_parcel
        case Holding(predecessors=ended) if ids.intersection(ended):
            return True
        case fact:
            return getattr(fact, "household", None) in ids


def joined(state: State, ids: Collection[str]) -> tuple[Batch, ...]:
    """The đợt to which a household belongs under any of its ids."""
    return tuple(one for one in batches(state).values() if not one.members.keys().isdisjoint(ids))


def milestone_lines(told: Sequence[Entry], state: State) -> tuple[MilestoneLine, ...]:
    """The milestones of a household as its documents say them, by day and then by seq.

    Args:
        told: Its story.
        state: Of the day; later and void entries do not count.
    """
    groups: dict[tuple[object, ...], list[Entry]] = {}
    for entry in _counting(told, state):
        fact = entry.fact
        if isinstance(fact, Milestone | Opening | Waiver):
            late = isinstance(fact, Opening) and fact.not_later_than
            key = (entry.on, fact.milestone, getattr(fact, "document", None), late, isinstance(fact, Waiver))
            groups.setdefault(key, []).append(entry)
    lines = [_milestone_line(group) for group in groups.values()]
    return tuple(sorted(lines, key=lambda one: (one.on, one.seqs)))


def _milestone_line(group: Sequence[Entry]) -> MilestoneLine:
    first = group[0]
    fact = first.fact
    assert isinstance(fact, Milestone | Opening | Waiver)  # noqa: S101 - what was grouped
    assert first.on is not None  # noqa: S101 - only a void has no day
    amounts = [amount for one in group if (amount := getattr(one.fact, "amount_vnd", None)) is not None]
    return MilestoneLine(
        milestone=fact.milestone,
        on=first.on,
        document=getattr(fact, "document", None),
        parcels=tuple(sorted({one.parcel for one in group if one.parcel is not None})),
        amount_vnd=sum(amounts) if amounts else None,
        seqs=tuple(sorted(one.seq for one in group)),
        by=tuple(sorted({one.by for one in group})),
        attachments=tuple(dict.fromkeys(scan for one in group for scan in one.attachments)),
        not_later_than=isinstance(fact, Opening) and fact.not_later_than,
        waived=isinstance(fact, Waiver),
    )


def obstacle_lines(told: Sequence[Entry], state: State) -> tuple[ObstacleLine, ...]:
    """The obstacles of a household, the open ones first, then the latest; see `milestone_lines`.

    What stood open on a parcel that became others stands there, and is not told twice.
    """
    counting = list(_counting(told, state))
    closings = {entry.fact.opened: entry for entry in counting if isinstance(entry.fact, ObstacleClosed)}
    found = []
    for entry in counting:
        fact = entry.fact
        if not isinstance(fact, ObstacleOpened) or entry.on is None:
            continue
        closed = closings.get(entry.seq)
        if closed is None and fact.parcel in state.succeeded:
            continue
        until = closed.on if closed and closed.on else state.on
        days = (until - entry.on).days
        found.append(ObstacleLine(entry, fact.category, fact.parcel, fact.household, closed, days))
    found.sort(key=lambda one: one.opened.seq, reverse=True)
    return tuple(sorted(found, key=lambda one: one.closed is not None))


def _counting(told: Sequence[Entry], state: State) -> Iterable[Entry]:
    return (e for e in told if e.on is not None and e.on <= state.on and e.seq not in state.voided)
