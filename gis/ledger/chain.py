"""The chain of hashes: each entry's covers its body and the hash before it.

Pure: no file, no clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.ledger.entry import body_of, time_text
from gis.ledger.facts import Holding, ObjectListed, ObjectRemoved, ObstacleClosed, Void
from gis.ledger.part import part_text

if TYPE_CHECKING:
    from gis.ledger.entry import Entry

FIRST_PREVIOUS_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry's seq and hash; printed on reports, so that a cut-off tail shows."""

    seq: int = 0
    hash: str = FIRST_PREVIOUS_HASH

    def __str__(self) -> str:
        """As it is printed and given back to `verify --head`."""
        return f"{self.seq}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table `entry` as the database holds it."""

    seq: int
    kind: str
    on_day: str | None
    recorded_at: str
    request_id: str
    item: int
    parcel: str | None
    household: str | None
    milestone: str | None
    target: int | None
    part: str | None
    predecessors: int | None
    body: str
    hash: str


def link(previous_hash: str, body: str) -> str:
    """The hash of an entry, lower hexadecimal SHA-256 over the previous hash and the body.

    >>> link(FIRST_PREVIOUS_HASH, "{}")[:12]
    '5508d2b710e6'
    """
    return hashlib.sha256((previous_hash + body).encode("utf-8")).hexdigest()


def row_of(entry: Entry, previous_hash: str) -> Row:
    """The row of an entry: its body, its hash and the columns derived from the body."""
    body = body_of(entry)
    return Row(**derived(entry), body=body, hash=link(previous_hash, body))


def derived(entry: Entry) -> dict[str, Any]:
    """The columns that repeat what the body says, for queries."""
    return {
        "seq": entry.seq,
        "kind": entry.fact.kind,
        "on_day": None if entry.on is None else entry.on.isoformat(),
        "recorded_at": time_text(entry.recorded_at),
        "request_id": entry.request_id,
        "item": entry.item,
        "parcel": entry.parcel,
        "household": getattr(entry.fact, "household", None),
        "milestone": getattr(entry.fact, "milestone", None),
        "target": _target(entry),
        "part": _part(entry),
        "predecessors": len(entry.fact.predecessors) if isinstance(entry.fact, Holding) else None,
    }


def _part(entry: Entry) -> str | None:
    """How much an entry is about: the part that a holding is of, the number of objects."""
    match entry.fact:
        case Holding():
            return part_text(entry.fact.part)
        case ObjectListed() | ObjectRemoved():
            return str(entry.fact.count)
    return None


def _target(entry: Entry) -> int | None:
    """The seq that an entry cancels, closes or takes from."""
    match entry.fact:
        case Void():
            return entry.fact.target
        case ObstacleClosed():
            return entry.fact.opened
        case ObjectRemoved():
            return entry.fact.listed
    return None
