"""The chain of hashes: each entry's covers its body and the hash before it.

Pure: no file, no clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis.errors import Problem, UnreadableEntryError
from gis.ledger.entry import body_of, parse_body, time_text
from gis.ledger.facts import Holding, ObjectRemoved, ObstacleClosed, Void
from gis.ledger.part import part_text

if TYPE_CHECKING:
    from collections.abc import Iterable

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
        **_holding(entry),
    }


def _holding(entry: Entry) -> dict[str, Any]:
    """The part that a holding is of, and how many holdings it ends."""
    if not isinstance(entry.fact, Holding):
        return {"part": None, "predecessors": None}
    return {"part": part_text(entry.fact.part), "predecessors": len(entry.fact.predecessors)}


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


def check_chain(rows: Iterable[Row], expected: Head | None = None) -> tuple[list[Problem], Head]:
    """Every way in which rows are not the ledger that was written, and the head they lead to.

    Args:
        rows: In seq order.
        expected: A head printed earlier; the ledger must hold that very entry.

    Returns:
        The problems, each naming its seq, in order; and the head.
    """
    problems: list[Problem] = []
    head = Head()
    seen_expected = expected is None or (expected.seq == 0 and expected.hash == head.hash)
    previous_time = ""
    kinds: dict[int, str | None] = {}
    for row in rows:
        source = f"entry {row.seq}"
        if row.seq != head.seq + 1:
            problems.append(Problem(source, "verify.missing", {"needed": head.seq + 1}))
        problems += _row_problems(source, row, head.hash, previous_time)
        problems += _void_problems(source, row, kinds)
        kinds[row.seq] = row.parcel
        previous_time = max(previous_time, row.recorded_at)
        head = Head(row.seq, row.hash)
        if expected is not None and row.seq == expected.seq:
            seen_expected = True
            if row.hash != expected.hash:
                problems.append(
                    Problem(source, "verify.other_head", {"needed": expected.hash, "found": row.hash})
                )
    if not seen_expected and expected is not None:
        facts = {"needed": expected.seq, "found": head.seq}
        problems.append(Problem(f"entry {expected.seq}", "verify.truncated", facts))
    return problems, head


def _row_problems(source: str, row: Row, previous_hash: str, previous_time: str) -> list[Problem]:
    problems = []
    if row.hash != link(previous_hash, row.body):
        problems.append(Problem(source, "verify.changed", {"found": row.hash}))
    try:
        entry = parse_body(row.body)
    except UnreadableEntryError as error:
        return [*problems, Problem(source, "verify.unreadable", error.facts)]
    if body_of(entry) != row.body:
        problems.append(Problem(source, "verify.not_canonical"))
    for column, value in derived(entry).items():
        if getattr(row, column) != value:
            facts = {"column": column, "needed": value, "found": getattr(row, column)}
            problems.append(Problem(source, "verify.column", facts))
    if row.recorded_at < previous_time:
        facts = {"found": row.recorded_at, "needed": previous_time}
        problems.append(Problem(source, "verify.time_back", facts))
    return problems


def _void_problems(source: str, row: Row, parcels: dict[int, str | None]) -> list[Problem]:
    """A void must name an earlier entry of the same parcel, or the fold would look elsewhere."""
    if row.kind != Void.kind:
        return []
    try:
        fact = parse_body(row.body).fact
    except UnreadableEntryError:
        return []  # already told
    if isinstance(fact, Void) and parcels.get(fact.target, "") != fact.parcel:
        return [Problem(source, "verify.void_target", {"target": fact.target})]
    return []
