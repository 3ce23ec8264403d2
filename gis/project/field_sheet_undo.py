"""Taking a sheet for the field back: what of it counts, and the request that cancels all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.ledger.field_sheets import REQUEST
from gis.ledger.field_undo import UndoSheet, counting
from gis.store.requests import read_requests

if TYPE_CHECKING:
    from datetime import date

    from gis.ledger.entry import Entry
    from gis.project.project import Project


def written_by(project: Project, sheet: str) -> tuple[Entry, ...]:
    """All entries that a sheet wrote, in seq order.

    Args:
        project: Where.
        sheet: Its id: letters and digits.
    """
    with project.ledger.reading() as connection:
        return tuple(read_requests(connection, f"{REQUEST}-{sheet}-"))


def counting_of(project: Project, sheet: str, today: date) -> tuple[Entry, ...]:
    """Those of them that count still."""
    written = written_by(project, sheet)
    project.load({entry.parcel for entry in written if entry.parcel is not None})
    return counting(written, project.snapshot(today).state)


def undoing_sheet(project: Project, sheet: str, reason: str) -> UndoSheet:
    """The request that cancels all of a sheet that counts still, and writes again what it had corrected."""
    return UndoSheet(written_by(project, sheet), reason)
