"""The story of a parcel: all entries that speak of it, and which of them a card can cancel.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.ledger.facts import (
    Delivery,
    Holding,
    Milestone,
    Money,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Succession,
    Visit,
    Void,
    Waiver,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gis.ledger.entry import Entry
    from gis.ledger.state import State
    from gis.project import Card

CANCELLED_HERE: Final = (
    Milestone,
    Opening,
    Waiver,
    Holding,
    ObstacleOpened,
    ObstacleClosed,
    Visit,
    Money,
    ObjectListed,
    ObjectRemoved,
)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be undone: entries of one request that say the same of a parcel's holdings."""

    seqs: tuple[int, ...]
    entry: Entry


def story(state: State, card: Card) -> tuple[Entry, ...]:
    """The parcel's own entries, and those of its holders as a whole, deliveries and successions, by seq."""
    holders = {holding.household for holding in card.holdings}
    wide = [entry for entry in state.history.get(None, ()) if _concerns(entry, card.parcel_id, holders)]
    seqs = {entry.seq for entry in wide}
    wide += [
        entry
        for entry in state.history.get(None, ())
        if isinstance(entry.fact, Void) and entry.fact.target in seqs
    ]
    found = [*card.history, *(entry for entry in wide if entry.seq <= state.known)]
    return tuple(sorted(found, key=lambda entry: entry.seq))


def _concerns(entry: Entry, parcel: str, holders: Collection[str]) -> bool:
    match entry.fact:
        case Visit(household=household) | Money(household=household):
            return household in holders
        case Delivery(parcels=parcels):
            return parcel in parcels
        case Succession(pairs=pairs):
            return any(parcel in pair[:2] for pair in pairs)
    return False


def steps(history: Sequence[Entry], voided: Collection[int]) -> list[Step]:
    """What can be undone, the newest first; what one request says of several holdings together."""
    grouped: dict[tuple[object, ...], list[Entry]] = {}
    for entry in reversed(history):
        if isinstance(entry.fact, CANCELLED_HERE) and entry.seq not in voided:
            grouped.setdefault(_said_together(entry), []).append(entry)
    return [Step(tuple(sorted(entry.seq for entry in group)), group[0]) for group in grouped.values()]


def _said_together(entry: Entry) -> tuple[object, ...]:
    """What entries of one request have in common that say the same of several holdings."""
    match entry.fact:
        case Milestone() as fact:
            return (entry.request_id, fact.kind, entry.on, fact.milestone, fact.document)
        case Waiver() as fact:
            return (entry.request_id, fact.kind, entry.on, fact.milestone)
        case Holding() as fact:
            return (entry.request_id, fact.kind, entry.on)
    return (entry.seq,)
