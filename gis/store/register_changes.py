"""What was changed in the register: a row for each field, with who, when, before and after.

These rows hold names, as the register does, and are forgotten with them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, astuple, dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.ledger.entry import time_text
from gis.store.register import batched
from gis.store.tables import household_change_table, household_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.store.database import Stamp
    from gis.store.register import Household

# Fields whose old and new words say who a person is or where that person lives.
PERSONAL_FIELDS: Final = ("name", "hamlet")


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one household that somebody changed; None: there was, or is, nothing.

    `field` is a column of the register, or "merged_from": another household joined this one (or left it).
    """

    household_id: str
    at: str
    by: str
    field: str
    before: str | None
    after: str | None


def seen_of(household: Household) -> str:
    """A fingerprint of what the register says of a household, for "nobody has changed it since".

    Every field counts; it is no secret and no key, so sixteen digits do.
    """
    told = json.dumps(astuple(household), ensure_ascii=True)
    return hashlib.sha256(told.encode("ascii")).hexdigest()[:16]


def differences(before: Household, after: Household, stamp: Stamp) -> list[Change]:
    """A change for each field that differs, in the register's order."""
    was, is_now = asdict(before), asdict(after)
    at = time_text(stamp.now)
    return [
        Change(before.household_id, at, stamp.by, field, was[field], is_now[field])
        for field in was
        if was[field] != is_now[field]
    ]


def write_households(
    connection: sa.Connection, changed: Sequence[tuple[Household, Household]], stamp: Stamp | None
) -> list[Change]:
    """Write new values of known households, and what changed into their history.

    Args:
        connection: Of the writing transaction.
        changed: What stood there and what is to stand there; equal ones write nothing.
        stamp: Who and when; None keeps no history.
    """
    differing = [(before, after) for before, after in changed if before != after]
    if not differing:
        return []
    columns = [column.name for column in household_table.c if column.name != "household_id"]
    connection.execute(
        sa.update(household_table)
        .where(household_table.c.household_id == sa.bindparam("which"))
        .values({name: sa.bindparam(f"new_{name}") for name in columns}),
        [
            {"which": after.household_id} | {f"new_{name}": asdict(after)[name] for name in columns}
            for _, after in differing
        ],
    )
    if stamp is None:
        return []
    changes = [one for before, after in differing for one in differences(before, after, stamp)]
    add_changes(connection, changes)
    return changes


def add_changes(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Add rows to the history."""
    rows = [asdict(change) | {"change_id": secrets.token_hex(8)} for change in changes]
    if rows:
        connection.execute(sa.insert(household_change_table), rows)


def read_changes(connection: sa.Connection, ids: Iterable[str]) -> list[Change]:
    """The history of some households, the oldest first, fields of one moment by name."""
    found: list[Change] = []
    for chosen in batched(dict.fromkeys(ids)):
        query = sa.select(household_change_table).where(household_change_table.c.household_id.in_(chosen))
        rows = connection.execute(query).mappings()
        found += [Change(**{name: row[name] for name in row if name != "change_id"}) for row in rows]
    return sorted(found, key=lambda change: (change.at, change.household_id, change.field))
