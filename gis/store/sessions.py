"""Sessions, and attempts to begin one: rows that go when they are over."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.ledger.entry import time_text
from gis.store.tables import account_table, login_attempt_table, session_table

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

ATTEMPTS_KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in; times as `time_text`.

    Args:
        session_id: The fingerprint of the token that the browser holds.
        account_id: Whose.
        role: The account's, now.
        started_at: When it began.
        seen_at: When it was last used, to a quarter of an hour.
        until: When it ends however much it is used.
        how: "password" or "oidc".
    """

    session_id: str
    account_id: str
    role: str
    started_at: str
    seen_at: str
    until: str
    how: str


def add_session(connection: sa.Connection, session: Session) -> None:
    """Begin a session; those that are over are forgotten on the way."""
    connection.execute(sa.delete(session_table).where(session_table.c.until <= session.started_at))
    values = {column.name: getattr(session, column.name) for column in session_table.c}
    connection.execute(sa.insert(session_table).values(**values))


def read_session(connection: sa.Connection, session_id: str) -> Session | None:
    """A session whose account has not left."""
    return next(iter(_read(connection, session_table.c.session_id == session_id)), None)


def read_sessions(connection: sa.Connection) -> list[Session]:
    """All sessions of accounts that have not left, the newest first."""
    found = _read(connection, sa.true())
    return sorted(found, key=lambda session: (session.started_at, session.session_id), reverse=True)


def _read(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> list[Session]:
    kept = session_table.c
    query = (
        sa.select(
            kept.session_id,
            kept.account_id,
            account_table.c.role,
            kept.started_at,
            kept.seen_at,
            kept.until,
            kept.how,
        )
        .join_from(session_table, account_table, kept.account_id == account_table.c.account_id)
        .where(condition, account_table.c.disabled_at.is_(None))
    )
    return [Session(*row) for row in connection.execute(query)]


def touch_session(connection: sa.Connection, session_id: str, now: datetime) -> None:
    """Note that a session was used."""
    connection.execute(
        sa.update(session_table)
        .where(session_table.c.session_id == session_id)
        .values(seen_at=time_text(now))
    )


def end_session(connection: sa.Connection, session_id: str) -> bool:
    """End one session; whether it was there."""
    ended = connection.execute(sa.delete(session_table).where(session_table.c.session_id == session_id))
    return ended.rowcount > 0


def forget_sessions(path: Path) -> None:
    """End all sessions in a copy of a ledger: one that was ended after the copy must not come back with it.

    Args:
        path: An SQLite file of any schema version.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'session'").fetchone()
        if there:
            connection.execute("DELETE FROM session")


@dataclass(frozen=True, slots=True)
class Attempts:
    """How many attempts there were: for an account from a machine, for the account, from the machine."""

    both: int
    account: int
    peer: int


def count_attempts(
    connection: sa.Connection, account: str, peer: str, now: datetime, within: timedelta
) -> Attempts:
    """The attempts of the last minutes that have led to nothing."""
    table, since = login_attempt_table.c, time_text(now - within)
    same = sa.case((table.account == _hidden(account), 1), else_=0)
    there = sa.case((table.peer == peer, 1), else_=0)
    total = sa.func.coalesce
    query = sa.select(
        total(sa.func.sum(same * there), 0), total(sa.func.sum(same), 0), total(sa.func.sum(there), 0)
    ).where(table.at > since)
    return Attempts(*(int(count) for count in connection.execute(query).one()))


def add_attempt(connection: sa.Connection, account: str, peer: str, now: datetime) -> None:
    """Note an attempt before it is looked at, so that many at once are counted too."""
    table = login_attempt_table
    old = time_text(now - ATTEMPTS_KEPT)
    connection.execute(sa.delete(table).where(table.c.at <= old))
    connection.execute(
        sa.insert(table).values(
            attempt_id=secrets.token_hex(8), at=time_text(now), account=_hidden(account), peer=peer
        )
    )


def forget_attempts(connection: sa.Connection, account: str) -> None:
    """An account's attempts, once one has succeeded."""
    connection.execute(
        sa.delete(login_attempt_table).where(login_attempt_table.c.account == _hidden(account))
    )


def _hidden(account: str) -> str:
    """An account as attempts name it: people type their password into the wrong field."""
    return hashlib.sha256(account.encode("utf-8", "surrogatepass")).hexdigest()[:16]
