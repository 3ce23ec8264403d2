"""The proof of a parcel: what it was found to be on a day, and every entry that this rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.clearance.grounds import Ground, grounds
from gis.errors import KnownBeyondHeadError, UnknownParcelError

if TYPE_CHECKING:
    from datetime import date

    from gis.ledger.chain import Head
    from gis.ledger.entry import Entry
    from gis.project.project import Project
    from gis.project.snapshot import Card, Snapshot


@dataclass(frozen=True, slots=True)
class ProofLine:
    """An entry as the proof lists it: its hash, the void that cancelled it, the reason in words."""

    entry: Entry
    hash: str
    voided_by: int | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A parcel on the day `on` by what was known at the seq `known`, with what it rests on.

    `known_hash` is the hash of the entry `known`: who holds a copy of this proof can give both to
    `verify --head`, and whatever was changed since would show.
    """

    card: Card
    grounds: tuple[Ground, ...]
    lines: tuple[ProofLine, ...]
    boundaries: tuple[ProofLine, ...]
    snapshot: Snapshot
    known: Head

    @property
    def cleared(self) -> bool:
        """Whether the parcel is cleared: all conditions that decide are met."""
        return all(ground.met for ground in self.grounds if ground.decides)


def proof(project: Project, parcel: str, on: date, known: int | None = None) -> Proof:
    """The proof of a parcel or public feature.

    Args:
        project: Its ledger is read, never written.
        parcel: Its id or its key commune/sheet/number.
        on: The day, included.
        known: The last seq that counts; None is the head.

    Raises:
        UnknownParcelError: If the boundaries in force on that day have no such parcel.
        KnownBeyondHeadError: If `known` is after the ledger's last entry.
    """
    snapshot = project.snapshot(on, known)
    if known is not None and known > snapshot.head.seq:
        raise KnownBeyondHeadError(found=known, head=snapshot.head.seq)
    parcel_id = snapshot.boundaries.by_label.get(parcel, parcel)
    if parcel_id not in snapshot.units.index:
        raise UnknownParcelError(parcel=parcel, on=on.isoformat())
    card = snapshot.card(parcel_id)
    in_force = sorted(snapshot.state.boundaries.values(), key=lambda entry: entry.seq)
    return Proof(
        card=card,
        grounds=grounds(snapshot.state, parcel_id),
        lines=tuple(_line(project, snapshot, entry) for entry in card.history),
        boundaries=tuple(_line(project, snapshot, entry) for entry in in_force),
        snapshot=snapshot,
        known=_head_at(project, snapshot),
    )


def without_words(found: Proof) -> Proof:
    """A proof without the words that were kept with its entries: they may name people."""
    lines, boundaries = (
        tuple(replace(line, reason=None) for line in lines) for lines in (found.lines, found.boundaries)
    )
    return replace(found, lines=lines, boundaries=boundaries)


def _line(project: Project, snapshot: Snapshot, entry: Entry) -> ProofLine:
    digest = project.ledger.hash_at(entry.seq) or ""
    return ProofLine(entry, digest, snapshot.state.voided.get(entry.seq), project.reason(entry))


def _head_at(project: Project, snapshot: Snapshot) -> Head:
    if snapshot.known == snapshot.head.seq:
        return snapshot.head
    return type(snapshot.head)(snapshot.known, project.ledger.hash_at(snapshot.known) or "0" * 64)
