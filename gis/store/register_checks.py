"""For `verify`: the words that stand beside the chain, and the guards of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.errors import Problem
from gis.ledger.facts import Note
from gis.store.register import fingerprint
from gis.store.tables import note_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.ledger.entry import Entry
    from gis.store.database import Ledger


def check_register(ledger: Ledger, entries: Iterable[Entry]) -> list[Problem]:
    """Words that are not those which entries were written with, then guards of the database that are gone.

    Args:
        ledger: Whose register.
        entries: The whole ledger's.

    Returns:
        A refusal for each note that was altered or is missing: one that was erased on purpose leaves an
        empty row. Remarks (severity "warning") on what the database should refuse and no longer does: the
        chain shows what was changed meanwhile.
    """
    with ledger.reading() as connection:
        kept = {row.note_id: row for row in connection.execute(sa.select(note_table))}
        guards = ledger.backend.missing_guards(connection)
    problems = []
    for entry in entries:
        for note in _notes(entry):
            row = kept.get(note.id)
            if row is None:
                problems.append(Problem(f"entry {entry.seq}", "verify.note_missing"))
            elif (row.salt or row.text) and fingerprint(row.salt, row.text) != note.sha256:
                problems.append(Problem(f"entry {entry.seq}", "verify.note_altered"))
    return [*problems, *(Problem("", "verify.guard", {"guard": one}, "warning") for one in guards)]


def _notes(entry: Entry) -> Iterator[Note]:
    for field in ("note", "signatory"):
        note = getattr(entry.fact, field, None)
        if isinstance(note, Note):
            yield note
