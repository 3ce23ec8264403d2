"""What the rows of the sample's history say, as the facts of entries.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from gis.ledger.facts import (
    BatchDocument,
    BatchJoined,
    BatchOpened,
    Delivery,
    Milestone,
    Money,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Visit,
    Void,
    Waiver,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.ledger.facts import EntryFact, Note
    from gis.store.text_files import CsvRow

WHOLE: Final = "whole"
TENTHS: Final = 10  # of a square metre


@dataclass(frozen=True, slots=True)
class Lists:
    """What rows of the history name: the batches and the blocks' lists, and the history itself.

    Args:
        batches: The rows of batches.csv by batch.
        deliveries: By document, its parcels with what is excepted of each: "", "whole" or m².
        blocks: The block by document.
        sha256: Of history.csv: an opening names the file and row that it comes from.
    """

    batches: Mapping[str, CsvRow]
    deliveries: Mapping[str, Sequence[tuple[str, str]]]
    blocks: Mapping[str, str]
    sha256: str


@dataclass(frozen=True, slots=True)
class Told:
    """One row of history.csv, its parcel ("" where it is of none), the seq that it refers to and its note."""

    row: CsvRow
    number: int
    parcel: str
    ref: int
    note: Note | None
    lists: Lists

    def text(self, column: str) -> str | None:
        """A cell, None where it is empty."""
        return self.row[column] or None

    @property
    def amount_vnd(self) -> int | None:
        """Whole đồng."""
        return int(self.row["amount_vnd"]) if self.row["amount_vnd"] else None


def _milestone(told: Told) -> EntryFact:
    return Milestone(
        told.parcel,
        told.row["household_id"],
        told.row["milestone"],
        told.text("document"),
        told.amount_vnd,
        told.text("batch"),
    )


def _opening(told: Told) -> EntryFact:
    return Opening(
        told.parcel,
        told.row["household_id"],
        told.row["milestone"],
        told.text("document"),
        told.amount_vnd,
        not_later_than=False,
        file_sha256=told.lists.sha256,
        row=told.number,
    )


def _waiver(told: Told) -> EntryFact:
    return Waiver(told.parcel, told.row["household_id"], told.row["milestone"], told.note)


def _opened(told: Told) -> EntryFact:
    return ObstacleOpened(told.parcel, told.text("household_id"), told.row["category"], told.note)


def _closed(told: Told) -> EntryFact:
    return ObstacleClosed(told.parcel, told.ref)


def _visit(told: Told) -> EntryFact:
    return Visit(told.parcel or None, told.row["household_id"], told.row["outcome"], told.note)


def _money(told: Told) -> EntryFact:
    return Money(
        told.parcel or None,
        told.row["household_id"],
        told.row["act"],
        told.amount_vnd or 0,
        told.text("document"),
        told.text("batch"),
    )


def _listed(told: Told) -> EntryFact:
    row = told.row
    return ObjectListed(told.parcel, told.text("household_id"), row["category"], int(row["count"]), told.note)


def _removed(told: Told) -> EntryFact:
    return ObjectRemoved(told.parcel, told.ref, int(told.row["count"]), told.text("document"))


def _batch(told: Told) -> EntryFact:
    batch = told.lists.batches[told.row["batch"]]
    return BatchOpened(batch["batch"], batch["name"], batch["zone"] or None, batch["regime"])


def _joined(told: Told) -> EntryFact:
    return BatchJoined(told.row["batch"], told.row["household_id"], left=False)


def _document(told: Told) -> EntryFact:
    row = told.row
    effective = date.fromisoformat(row["effective"]) if row["effective"] else None
    return BatchDocument(row["batch"], row["milestone"], row["document"], effective, told.note)


def _delivery(told: Told) -> EntryFact:
    document = told.row["document"]
    parcels = told.lists.deliveries[document]
    excepted = [(parcel, left) for parcel, left in parcels if left]
    return Delivery(
        told.lists.blocks[document],
        document,
        tuple(parcel for parcel, _ in parcels),
        tuple((parcel, None if left == WHOLE else round(float(left) * TENTHS)) for parcel, left in excepted),
    )


def _void(told: Told) -> EntryFact:
    return Void(told.parcel or None, told.ref, told.note)


FACTS: Final[dict[str, Callable[[Told], EntryFact]]] = {
    "milestone": _milestone,
    "opening": _opening,
    "waiver": _waiver,
    "obstacle_opened": _opened,
    "obstacle_closed": _closed,
    "visit": _visit,
    "money": _money,
    "object_listed": _listed,
    "object_removed": _removed,
    "batch_opened": _batch,
    "batch_joined": _joined,
    "batch_document": _document,
    "delivery": _delivery,
    "void": _void,
}
