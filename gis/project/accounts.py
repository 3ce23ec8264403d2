"""The accounts of a project: added, given a role, reset, disabled; and who saw names.

An account begins, and begins again after a reset, with a one-time code that its owner turns into a
password: nobody else ever knows it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gis.access import require_account_id, require_role
from gis.errors import Problem, RefusedError
from gis.ledger.entry import time_text
from gis.store import accounts as kept
from gis.store import name_views, sessions
from gis.store.accounts import Account
from gis.store.passwords import fingerprint, new_code, plain_code
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gis.project.project import Project
    from gis.store.accounts import AccountChange
    from gis.store.database import Writer
    from gis.store.name_views import NameView
    from gis.store.sessions import Session

# The account of entries that are written while there are none: whoever sits at the machine.
LOCAL_ACCOUNT: Final = "quan-tri"
CODE_GOOD_FOR: Final = timedelta(days=7)
NAME_MOST: Final = 100


def exist(project: Project) -> bool:
    """Whether the project has accounts; without any, only its own machine may come in."""
    with project.ledger.reading() as connection:
        return kept.has_accounts(connection)


def accounts(project: Project) -> list[Account]:
    """All accounts, by id."""
    with project.ledger.reading() as connection:
        return kept.read_accounts(connection)


def state_of(account: Account) -> str:
    """How an account stands: "closed", "code" (its owner has a code to use), or "open"."""
    if account.disabled_at:
        return "closed"
    return "open" if account.password or account.oidc else "code"


def changes(project: Project, most: int = 200) -> list[AccountChange]:
    """The last changes of accounts, the newest first."""
    with project.ledger.reading() as connection:
        return kept.read_account_changes(connection, most)


def open_sessions(project: Project, now: datetime) -> list[Session]:
    """Who is logged in, the newest first."""
    with project.ledger.reading() as connection:
        return [one for one in sessions.read_sessions(connection) if one.until > time_text(now)]


def add(
    project: Project,
    account_id: str,
    role: str,
    by: str,
    now: datetime,
    *,
    name: str = "",
    oidc: str = "",
    first: bool = False,
) -> str:
    """A new account; its one-time code, which is shown once.

    Args:
        project: Whose.
        account_id: As the ledger will name it; never given again.
        role: One of `gis.access.ROLES`.
        by: Who adds it.
        now: The clock.
        name: The person's.
        oidc: Subject or e-mail by which an identity provider knows the person; "" for none.
        first: Whether there must not be any account yet.

    Raises:
        RefusedError: If the id is taken or no id, or the first account would not be an administrator's.
    """
    wanted = require_role(role)
    require_account_id(account_id)
    told = " ".join(nfc(name).split())[:NAME_MOST]
    code = new_code()
    with project.ledger.writing() as writer:
        connection = writer.connection
        if kept.read_account(connection, account_id):
            raise _refused(account_id, "refused.account_taken")
        if first and kept.has_accounts(connection):
            raise _refused(account_id, "refused.not_first")
        if not kept.has_accounts(connection) and wanted != "administrator":
            raise _refused(account_id, "refused.first_account")
        login = _free_oidc(writer, account_id, oidc)
        made = Account(account_id, told, wanted, None, *_kept_code(code, now), login, time_text(now))
        kept.add_account(connection, made, by, now)
    return code


def reset(project: Project, account_id: str, by: str, now: datetime) -> str:
    """A new one-time code for an account; its password and its sessions end at once.

    Raises:
        RefusedError: If there is no such account, or it is disabled.
    """
    code = new_code()
    with project.ledger.writing() as writer:
        account = _known(writer, account_id)
        if account.disabled_at:
            raise _refused(account_id, "refused.account_disabled")
        hashed, until = _kept_code(code, now)
        kept.change_account(
            writer.connection, account_id, "reset", by, now, password=None, code=hashed, code_until=until
        )
        kept.end_sessions(writer.connection, account_id)
    return code


def set_role(project: Project, account_id: str, role: str, by: str, now: datetime) -> None:
    """Give an account another role; whoever is logged in by it logs in anew.

    Raises:
        RefusedError: If there is no such account or role, or no administrator would be left.
    """
    wanted = require_role(role)
    with project.ledger.writing() as writer:
        account = _known(writer, account_id)
        if account.role == wanted:
            return
        _require_another_administrator(writer, account)
        kept.change_account(writer.connection, account_id, f"role_{wanted}", by, now, role=wanted)
        kept.end_sessions(writer.connection, account_id)


def disable(project: Project, account_id: str, by: str, now: datetime) -> None:
    """Close an account whose owner has left: password, code and sessions end at once; its id stays.

    Raises:
        RefusedError: If there is no such account, or no administrator would be left.
    """
    with project.ledger.writing() as writer:
        account = _known(writer, account_id)
        if account.disabled_at:
            return
        _require_another_administrator(writer, account)
        gone = {"password": None, "code": None, "code_until": None, "disabled_at": time_text(now)}
        kept.change_account(writer.connection, account_id, "disabled", by, now, **gone)
        kept.end_sessions(writer.connection, account_id)


def enable(project: Project, account_id: str, by: str, now: datetime) -> str:
    """Let an account that was closed in again; its one-time code.

    Raises:
        RefusedError: If there is no such account, or it is not disabled.
    """
    code = new_code()
    with project.ledger.writing() as writer:
        account = _known(writer, account_id)
        if not account.disabled_at:
            raise _refused(account_id, "refused.account_open")
        hashed, until = _kept_code(code, now)
        kept.change_account(
            writer.connection, account_id, "enabled", by, now, disabled_at=None, code=hashed, code_until=until
        )
    return code


def set_oidc(project: Project, account_id: str, oidc: str, by: str, now: datetime) -> None:
    """Say by which subject or e-mail an identity provider knows an account; "" for none.

    Raises:
        RefusedError: If there is no such account, or another has it.
    """
    with project.ledger.writing() as writer:
        _known(writer, account_id)
        login = _free_oidc(writer, account_id, oidc)
        kept.change_account(writer.connection, account_id, "oidc", by, now, oidc=login)


def end_sessions(project: Project, account_id: str, by: str, now: datetime) -> int:
    """Log an account out everywhere; how many sessions ended.

    Raises:
        RefusedError: If there is no such account.
    """
    with project.ledger.writing() as writer:
        _known(writer, account_id)
        kept.note_change(writer.connection, account_id, "logged_out", by, now)
        return kept.end_sessions(writer.connection, account_id)


def note_names(project: Project, by: str, what: str, households: Sequence[str], now: datetime) -> str | None:
    """Note that somebody is shown names; nothing where there are none, or no accounts to tell people apart.

    Args:
        project: Whose register.
        by: The account.
        what: Which page or export: an id of the catalogues' family `seen`.
        households: Ids of those whose names are shown.
        now: The clock.

    Returns:
        The id of the note, None where nothing was noted.
    """
    if not households or not exist(project):
        return None
    with project.ledger.writing() as writer:
        return name_views.note_names(writer.connection, by, what, households, now)


def note_more(project: Project, view_id: str | None, households: Sequence[str]) -> None:
    """Let a note tell of all households whose names somebody was shown since it was made."""
    if view_id is not None:
        with project.ledger.writing() as writer:
            name_views.note_more(writer.connection, view_id, households)


def name_log(
    project: Project, most: int = 500, by: str | None = None, household: str | None = None
) -> list[NameView]:
    """The last looks at names, the newest first: of everybody or one account, at all households or one."""
    with project.ledger.reading() as connection:
        return name_views.read_name_views(connection, most, by, household)


def _kept_code(code: str, now: datetime) -> tuple[str, str]:
    return fingerprint(plain_code(code)), time_text(now + CODE_GOOD_FOR)


def _known(writer: Writer, account_id: str) -> Account:
    account = kept.read_account(writer.connection, account_id)
    if account is None:
        raise _refused(account_id, "refused.unknown_account")
    return account


def _free_oidc(writer: Writer, account_id: str, oidc: str) -> str | None:
    login = oidc.strip()
    if "@" in login:
        login = login.casefold()
    other = kept.read_oidc_account(writer.connection, login) if login else None
    if other is not None and other.account_id != account_id:
        raise _refused(account_id, "refused.oidc_taken", other=other.account_id)
    return login or None


def _require_another_administrator(writer: Writer, account: Account) -> None:
    """Refuse to lock everybody out."""
    others = [
        one
        for one in kept.read_accounts(writer.connection)
        if one.role == "administrator" and not one.disabled_at and one.account_id != account.account_id
    ]
    if account.role == "administrator" and not account.disabled_at and not others:
        raise _refused(account.account_id, "refused.last_administrator")


def _refused(account_id: str, message: str, **facts: str) -> RefusedError:
    return RefusedError(problems=[Problem("", message, {"account": account_id} | facts)])
