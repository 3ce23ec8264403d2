"""For `verify`: what stands beside the chain in its database, and the guards of its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.errors import Problem
from gis.ledger.facts import notes_of
from gis.store.attachment_checks import SHOWN_DIGITS
from gis.store.attachments import read_kept
from gis.store.register import fingerprint
from gis.store.tables import note_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.store.database import Ledger


def check_register(ledger: Ledger, entries: Sequence[Entry]) -> list[Problem]:
    """What is wrong beside the chain: the file, scans that the register names otherwise, words, guards.

    Args:
        ledger: Whose register.
        entries: The whole ledger's.

    Returns:
        A refusal where the database's pages or indexes are damaged, for each attachment of which the
        register knows nothing or something else, and for each note that was altered or is missing: one
        that was erased on purpose leaves an empty row. Remarks (severity "warning") on what the database
        should refuse and no longer does: the chain shows what was changed meanwhile.
    """
    with ledger.reading() as connection:
        kept = {row.note_id: row for row in connection.execute(sa.select(note_table))}
        guards = ledger.backend.missing_guards(connection)
        damage = ledger.backend.damage(connection)
        scans = read_kept(connection, {one.sha256 for entry in entries for one in entry.attachments})
    problems = [Problem("", "verify.damage", {"reason": damage})] if damage else []
    for entry in entries:
        for attachment in entry.attachments:
            known = scans.get(attachment.sha256)
            if known is None or known.attachment != attachment:
                facts: dict[str, Fact] = {"file": attachment.sha256[:SHOWN_DIGITS]}
                problems.append(Problem(f"entry {entry.seq}", "verify.attachment_row", facts))
        for note in notes_of(entry.fact):
            row = kept.get(note.id)
            if row is None:
                problems.append(Problem(f"entry {entry.seq}", "verify.note_missing"))
            elif (row.salt or row.text) and fingerprint(row.salt, row.text) != note.sha256:
                problems.append(Problem(f"entry {entry.seq}", "verify.note_altered"))
    return [*problems, *(Problem("", "verify.guard", {"guard": one}, "warning") for one in guards)]
