"""Personal data beside the chain: households' names, and the words of notes and reasons.

The chain holds only a household's random id and a note's salted fingerprint, so that a person's
data can be forgotten while the chain still verifies.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.ledger.facts import Note
from gis.store.tables import erasure_table, household_change_table, household_table, note_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gis.store.database import Stamp

IDS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Household:
    """A household or organisation as the register knows it; `kind` as in households.csv.

    Args:
        household_id: Random; all that the chain knows.
        name: Empty once the person's data was erased.
        kind: "household", "organisation" or "commune".
        hamlet: Its name; only together with the commune does it say which hamlet.
        commune: Old commune's code.
        officer: Account id of the officer in charge, empty where there is none.
        merged_into: The household that this one was entered twice of.
        erased_at: When the person's data was erased, as `time_text`.
    """

    household_id: str
    name: str
    kind: str
    hamlet: str
    commune: str
    officer: str = ""
    merged_into: str | None = None
    erased_at: str | None = None


def add_households(
    connection: sa.Connection, households: Sequence[Household], stamp: Stamp | None = None
) -> list[str]:
    """Write households as a list states them; what it leaves empty, and officers and merges, stay.

    Args:
        connection: Of the writing transaction.
        households: New ones, and known ones with what is said of them now.
        stamp: Who changes a known one, for its history; None is the sample's own making.

    Returns:
        The ids that were passed over: their data was erased and does not come back with a list.
    """
    from gis.store.register_changes import write_households  # noqa: PLC0415 - which needs this module

    stated = {household.household_id: household for household in households}
    erased = _erased(connection, stated)
    known = read_rows(connection, stated)
    changed = [
        (known[one.household_id], replace(known[one.household_id], **_listed(one)))
        for one in stated.values()
        if one.household_id in known and one.household_id not in erased
    ]
    write_households(connection, changed, stamp)
    fresh = [
        asdict(replace(one, kind=one.kind or "household"))
        for one in stated.values()
        if one.household_id not in known.keys() | erased
    ]
    if fresh:
        connection.execute(sa.insert(household_table), fresh)
    return sorted(erased)


def _listed(household: Household) -> dict[str, str]:
    """What a list says of a household; a commune only with the hamlet that it tells apart."""
    told = {"name": household.name, "kind": household.kind, "hamlet": household.hamlet}
    if household.hamlet:
        told["commune"] = household.commune
    return {field: text for field, text in told.items() if text}


def _erased(connection: sa.Connection, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for chosen in batched(ids):
        asked = erasure_table.c.household_id.in_(chosen)
        found.update(connection.scalars(sa.select(erasure_table.c.household_id).where(asked)))
    return found


def read_households(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Household]:
    """The households of some ids: of one that was entered twice, the one that it was merged into.

    An id that the register does not know, or whose data was erased, is absent.
    """
    aliases = read_aliases(connection)
    roots = {one: aliases.get(one, one) for one in dict.fromkeys(ids)}
    found = read_rows(connection, dict.fromkeys(roots.values()))
    return {
        one: found[root] for one, root in roots.items() if root in found and found[root].erased_at is None
    }


def read_rows(connection: sa.Connection, ids: Iterable[str] | None = None) -> dict[str, Household]:
    """The register's own rows, merged and erased ones among them: those of some ids, or all."""
    if ids is None:
        return _rows(connection, sa.select(household_table))
    found: dict[str, Household] = {}
    for chosen in batched(ids):
        asked = household_table.c.household_id.in_(chosen)
        found |= _rows(connection, sa.select(household_table).where(asked))
    return found


def _rows(connection: sa.Connection, query: sa.Select[tuple[object, ...]]) -> dict[str, Household]:
    rows = connection.execute(query).mappings()
    return {str(row["household_id"]): Household(**row) for row in rows}


def read_version(connection: sa.Connection) -> tuple[int, int, str, int]:
    """What tells whether the register is as it was: it differs after whatever somebody changed or erased."""
    count = sa.func.count()
    households = connection.scalar(sa.select(count).select_from(household_table)) or 0
    changes = household_change_table.c.at
    changed, last = connection.execute(sa.select(count, sa.func.max(changes))).one()
    erased = connection.scalar(sa.select(count).select_from(erasure_table)) or 0
    return (households, changed, last or "", erased)


def read_aliases(connection: sa.Connection) -> dict[str, str]:
    """Of each household that was entered twice, the one that counts."""
    merged = connection.execute(
        sa.select(household_table.c.household_id, household_table.c.merged_into).where(
            household_table.c.merged_into.is_not(None)
        )
    )
    return roots_of({row.household_id: row.merged_into for row in merged})


def roots_of(merged: Mapping[str, str]) -> dict[str, str]:
    """The last household of each chain of merges.

    >>> roots_of({"H3": "H2", "H2": "H1"})
    {'H3': 'H1', 'H2': 'H1'}
    """
    roots = {}
    for one in merged:
        root = merged[one]
        while root in merged:
            root = merged[root]
        roots[one] = root
    return roots


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
    return add_notes(connection, [text])[0]


def add_notes(connection: sa.Connection, texts: Sequence[str]) -> list[Note]:
    """Keep the words of several notes in one statement, each with its own salt."""
    rows = [{"note_id": secrets.token_hex(8), "salt": secrets.token_hex(16), "text": text} for text in texts]
    if rows:
        connection.execute(sa.insert(note_table), rows)
    return [Note(row["note_id"], fingerprint(row["salt"], row["text"])) for row in rows]


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
