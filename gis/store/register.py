"""Personal data beside the chain: households' names, and the words of notes and reasons.

The chain holds only a household's random id and a note's salted fingerprint, so that a person's
data can be forgotten while the chain still verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.ledger.facts import Note
from gis.store.tables import household_table, note_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

IDS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Household:
    """A household or organisation as the register knows it; `kind` as in households.csv."""

    household_id: str
    name: str
    kind: str
    hamlet: str
    commune: str


def add_households(connection: sa.Connection, households: Sequence[Household]) -> None:
    """Write households, a known id anew with what is said of it now."""
    rows = {household.household_id: asdict(household) for household in households}
    for ids in batched(rows):
        connection.execute(sa.delete(household_table).where(household_table.c.household_id.in_(ids)))
    if rows:
        connection.execute(sa.insert(household_table), list(rows.values()))


def read_households(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Household]:
    """The households of some ids; an id that the register does not know (any more) is absent."""
    found: dict[str, Household] = {}
    for chosen in batched(dict.fromkeys(ids)):
        query = sa.select(household_table).where(household_table.c.household_id.in_(chosen))
        for row in connection.execute(query):
            found[row.household_id] = Household(row.household_id, row.name, row.kind, row.hamlet, row.commune)
    return found


def batched(ids: Iterable[str]) -> Iterator[list[str]]:
    """Ids in lists short enough for one query of any database.

    >>> [len(ids) for ids in batched(map(str, range(1200)))]
    [500, 500, 200]
    """
    remaining = iter(ids)
    while chosen := list(islice(remaining, IDS_A_QUERY)):
        yield chosen


def add_note(connection: sa.Connection, text: str) -> Note:
    """Keep the words of a note; what comes back stands in the chain."""
    note_id, salt = secrets.token_hex(8), secrets.token_hex(16)
    connection.execute(sa.insert(note_table).values(note_id=note_id, salt=salt, text=text))
    return Note(note_id, fingerprint(salt, text))


def read_note(connection: sa.Connection, note: Note) -> str | None:
    """The words of a note, None where they were forgotten or are not those of the chain."""
    row = connection.execute(sa.select(note_table).where(note_table.c.note_id == note.id)).first()
    if row is None or fingerprint(row.salt, row.text) != note.sha256:
        return None
    return str(row.text)


def fingerprint(salt: str, text: str) -> str:
    """The salted SHA-256 of a note, lower hexadecimal.

    >>> fingerprint("", "")[:8]
    'e3b0c442'
    """
    return hashlib.sha256((salt + text).encode("utf-8")).hexdigest()
