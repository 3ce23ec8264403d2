"""Accounts and what was changed of them, beside the register: the chain knows only their ids.

An account is never removed, for the ledger names it for ever; one that leaves is disabled.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis.access import ACCOUNT_ID
from gis.ledger.entry import time_text
from gis.store.tables import account_change_table, account_table, session_table

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may come in; times as `time_text`.

    Args:
        account_id: As the ledger names it.
        name: The person's, for the administrator's list; may be empty.
        role: One of `gis.access.ROLES`.
        password: As argon2 keeps it; None until its owner has set one.
        code: Fingerprint of a one-time code that is still good.
        code_until: When that code ends.
        oidc: By which subject or e-mail an identity provider knows it.
        created_at: When it was made.
        disabled_at: When it left.
    """

    account_id: str
    name: str
    role: str
    password: str | None
    code: str | None
    code_until: str | None
    oidc: str | None
    created_at: str
    disabled_at: str | None = None

    def __repr__(self) -> str:
        """Without what must not get into a log."""
        return f"Account({self.account_id!r}, {self.role!r})"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What was done to an account, by whom; `what` is an id of the catalogues' family `account`."""

    account_id: str
    at: str
    by: str
    what: str


_COLUMNS = [account_table.c[field.name] for field in fields(Account)]


def has_accounts(connection: sa.Connection) -> bool:
    """Whether there is any account, disabled ones among them."""
    return (
        connection.execute(sa.select(sa.literal(1)).select_from(account_table).limit(1)).first() is not None
    )


def read_accounts(connection: sa.Connection) -> list[Account]:
    """All accounts, by id."""
    rows = connection.execute(sa.select(*_COLUMNS)).all()
    return sorted((Account(*row) for row in rows), key=lambda account: account.account_id)


def read_account(connection: sa.Connection, account_id: str) -> Account | None:
    """An account by its id, however that was typed."""
    if not ACCOUNT_ID.fullmatch(account_id):  # a database may not take such a text at all
        return None
    row = connection.execute(sa.select(*_COLUMNS).where(account_table.c.account_id == account_id)).first()
    return Account(*row) if row else None


def read_oidc_account(connection: sa.Connection, oidc: str) -> Account | None:
    """An account by the subject or e-mail of an identity provider."""
    row = connection.execute(sa.select(*_COLUMNS).where(account_table.c.oidc == oidc)).first()
    return Account(*row) if row else None


def add_account(connection: sa.Connection, account: Account, by: str, now: datetime) -> None:
    """Write a new account."""
    connection.execute(sa.insert(account_table).values(**asdict(account)))
    note_change(connection, account.account_id, "added", by, now)


def change_account(
    connection: sa.Connection,
    account_id: str,
    what: str,
    by: str,
    now: datetime,
    **values: Any,  # noqa: ANN401
) -> None:
    """Write new values of an account, and that they were changed."""
    connection.execute(
        sa.update(account_table).where(account_table.c.account_id == account_id).values(**values)
    )
    note_change(connection, account_id, what, by, now)


def note_change(connection: sa.Connection, account_id: str, what: str, by: str, now: datetime) -> None:
    """Add a line to an account's history."""
    connection.execute(
        sa.insert(account_change_table).values(
            change_id=secrets.token_hex(8), account_id=account_id, at=time_text(now), by=by, what=what
        )
    )


def read_account_changes(connection: sa.Connection, most: int) -> list[AccountChange]:
    """The last changes, the newest first."""
    table = account_change_table.c
    query = sa.select(table.account_id, table.at, table.by, table.what)
    rows = connection.execute(query.order_by(table.at.desc(), table.change_id).limit(most))
    return [AccountChange(*row) for row in rows]


def end_sessions(connection: sa.Connection, account_id: str | None = None, but: str | None = None) -> int:
    """Sessions that are over: those of an account, or all; how many there were.

    Args:
        connection: Of a writing transaction.
        account_id: Whose; None is everybody's.
        but: The id of one that goes on.
    """
    wanted = sa.delete(session_table)
    if account_id is not None:
        wanted = wanted.where(session_table.c.account_id == account_id)
    if but is not None:
        wanted = wanted.where(session_table.c.session_id != but)
    return connection.execute(wanted).rowcount
