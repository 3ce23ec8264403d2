"""Who saw or took away names, when, and whose: by a household's id, or how many there were. Never a name."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.ledger.entry import time_text
from gis.store.tables import name_view_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class NameView:
    """One look at names.

    Args:
        at: When, as `time_text`.
        by: The account.
        what: Which page or export, an id of the catalogues' family `seen`.
        household: Whose name, where it was one.
        count: Of how many households.
    """

    at: str
    by: str
    what: str
    household: str | None
    count: int


def note_names(
    connection: sa.Connection, by: str, what: str, households: Sequence[str], now: datetime
) -> str:
    """Note that somebody is shown the names of some households; the id of the note."""
    view_id = secrets.token_hex(8)
    connection.execute(
        sa.insert(name_view_table).values(
            view_id=view_id, at=time_text(now), by=by, what=what, **_whose(households)
        )
    )
    return view_id


def note_more(connection: sa.Connection, view_id: str, households: Sequence[str]) -> None:
    """Let a note tell of all that somebody was shown since it was made.

    Args:
        connection: Inside a writing transaction.
        view_id: The note.
        households: All of them, those of the note too.
    """
    table = name_view_table
    connection.execute(sa.update(table).where(table.c.view_id == view_id).values(**_whose(households)))


def _whose(households: Sequence[str]) -> dict[str, str | int | None]:
    return {"household": households[0] if len(households) == 1 else None, "count": len(households)}


def read_name_views(
    connection: sa.Connection, most: int, by: str | None = None, household: str | None = None
) -> list[NameView]:
    """The last looks at names, the newest first: of all, of an account, at a household."""
    table = name_view_table.c
    query = sa.select(table.at, table.by, table.what, table.household, table["count"])
    if by is not None:
        query = query.where(table.by == by)
    if household is not None:
        query = query.where(table.household == household)
    rows = connection.execute(query.order_by(table.at.desc(), table.view_id).limit(most))
    return [NameView(*row) for row in rows]
