"""The way in, by a password, a one-time code that becomes one, or an identity provider; and out again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.access import (
    PASSWORD_MOST,
    LoginRefusedError,
    NoSessionError,
    TooManyLoginsError,
    plain_password,
    require_password,
)
from gis.ledger.entry import parse_time, time_text
from gis.store import accounts as kept
from gis.store import sessions
from gis.store.passwords import (
    fingerprint,
    hash_password,
    is_outdated,
    new_token,
    verify_code,
    verify_password,
)
from gis.store.sessions import Session

if TYPE_CHECKING:
    from datetime import datetime

    from gis.project.project import Project
    from gis.store.accounts import Account
    from gis.store.sessions import Attempts

How: TypeAlias = Literal["password", "oidc"]

# Attempts within a quarter of an hour: for an account from one machine, for an account, from a machine.
WITHIN: Final = timedelta(minutes=15)
MOST_BOTH: Final = 10
MOST_ACCOUNT: Final = 50
MOST_PEER: Final = 100
# A session ends after a night without use, and after a week however much it is used.
UNUSED: Final = timedelta(hours=12)
LONGEST: Final = timedelta(days=7)
SEEN_EVERY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Entered:
    """Who has come in.

    Args:
        account_id: Whose session it is.
        token: What the browser keeps; "" where a one-time code was right and a password must be set first.
    """

    account_id: str
    token: str = ""

    def __repr__(self) -> str:
        """Without the token."""
        return f"Entered({self.account_id!r})"


def log_in(project: Project, account_id: str, secret: str, peer: str, now: datetime) -> Entered:
    """A session by a password; or, by a one-time code, the word that a password must be set first.

    Args:
        project: Whose accounts.
        account_id: As it was typed.
        secret: Password or code.
        peer: The machine that asks.
        now: The clock.

    Raises:
        TooManyLoginsError: If there were too many attempts; nothing was looked at.
        LoginRefusedError: If they do not fit.
    """
    asked = account_id.strip().casefold()
    _count(project, asked, peer, now)
    account = _account(project, asked)
    plain = plain_password(secret)
    fits = verify_password(account.password if account else None, plain[: PASSWORD_MOST + 1])
    if account is None or account.disabled_at:
        raise LoginRefusedError
    if fits:
        return Entered(account.account_id, _begin(project, account, "password", now, plain))
    if _code_fits(account, secret, now):
        return Entered(account.account_id)
    raise LoginRefusedError


def set_password(
    project: Project, account_id: str, code: str, password: str, peer: str, now: datetime
) -> Entered:
    """A session by a one-time code that becomes a password.

    Raises:
        RefusedError: If the password may not be taken; the code stays good.
        TooManyLoginsError: If there were too many attempts.
        LoginRefusedError: If account and code do not fit.
    """
    asked = account_id.strip().casefold()
    plain = require_password(password, asked)
    _count(project, asked, peer, now)
    hashed = hash_password(plain)
    with project.ledger.writing() as writer:
        account = kept.read_account(writer.connection, asked)
        if account is None or account.disabled_at or not _code_fits(account, code, now):
            raise LoginRefusedError
        used = {"password": hashed, "code": None, "code_until": None}
        kept.change_account(writer.connection, asked, "password_set", asked, now, **used)
        kept.end_sessions(writer.connection, asked)
    return Entered(asked, _begin(project, account, "password", now))


def change_password(
    project: Project, session: Session, old: str, password: str, peer: str, now: datetime
) -> None:
    """Another password by whoever knows the old one; the account's other sessions end at once.

    Raises:
        RefusedError: If the new one may not be taken.
        TooManyLoginsError: If there were too many attempts.
        LoginRefusedError: If the old one does not fit.
    """
    plain = require_password(password, session.account_id)
    _count(project, session.account_id, peer, now)
    account = _account(project, session.account_id)
    if account is None or not verify_password(account.password, plain_password(old)[: PASSWORD_MOST + 1]):
        raise LoginRefusedError
    hashed = hash_password(plain)
    with project.ledger.writing() as writer:
        connection = writer.connection
        kept.change_account(
            connection, account.account_id, "password_set", account.account_id, now, password=hashed
        )
        kept.end_sessions(connection, account.account_id, but=session.session_id)
        sessions.forget_attempts(connection, account.account_id)


def log_in_by_provider(project: Project, subject: str, email: str | None, now: datetime) -> Entered:
    """A session of the account that an identity provider's subject or confirmed e-mail belongs to.

    Args:
        project: Whose accounts.
        subject: The provider's id of the person.
        email: The person's address, None unless the provider has confirmed it.
        now: The clock.

    Raises:
        LoginRefusedError: If no account is known by either, or it has left.
    """
    with project.ledger.reading() as connection:
        account = kept.read_oidc_account(connection, subject) if subject else None
        if account is None and email:
            account = kept.read_oidc_account(connection, email.casefold())
    if account is None or account.disabled_at:
        raise LoginRefusedError
    return Entered(account.account_id, _begin(project, account, "oidc", now))


def session_of(project: Project, token: str, now: datetime) -> Session:
    """The session of a token.

    Raises:
        NoSessionError: If there is none, it has ended, or its account has left.
    """
    with project.ledger.reading() as connection:
        session = sessions.read_session(connection, fingerprint(token)) if token else None
    if session is None or session.until <= time_text(now):
        raise NoSessionError
    unused = now - parse_time(session.seen_at)
    if unused > UNUSED:
        raise NoSessionError
    if unused > SEEN_EVERY:
        with project.ledger.writing() as writer:
            sessions.touch_session(writer.connection, session.session_id, now)
    return session


def log_out(project: Project, token: str) -> None:
    """End the session of a token; there may be none."""
    with project.ledger.writing() as writer:
        sessions.end_session(writer.connection, fingerprint(token))


def _count(project: Project, account_id: str, peer: str, now: datetime) -> None:
    """Count an attempt before it is looked at; too many are refused without a look."""
    with project.ledger.reading() as connection:  # no lock, no row: a flood costs a query each
        _require_few(sessions.count_attempts(connection, account_id, peer, now, WITHIN))
    with project.ledger.writing() as writer:
        _require_few(sessions.count_attempts(writer.connection, account_id, peer, now, WITHIN))
        sessions.add_attempt(writer.connection, account_id, peer, now)


def _require_few(found: Attempts) -> None:
    if found.both >= MOST_BOTH or found.account >= MOST_ACCOUNT or found.peer >= MOST_PEER:
        raise TooManyLoginsError(minutes=int(WITHIN.total_seconds() // 60))


def _account(project: Project, account_id: str) -> Account | None:
    with project.ledger.reading() as connection:
        return kept.read_account(connection, account_id)


def _code_fits(account: Account, code: str, now: datetime) -> bool:
    good = account.code_until is not None and account.code_until > time_text(now)
    return verify_code(account.code, code) and good


def _begin(project: Project, account: Account, how: How, now: datetime, plain: str | None = None) -> str:
    """The token of a new session; a password kept by an older measure is kept anew on the way."""
    token = new_token()
    renewed = hash_password(plain) if plain and account.password and is_outdated(account.password) else None
    at = time_text(now)
    session = Session(
        fingerprint(token), account.account_id, account.role, at, at, time_text(now + LONGEST), how
    )
    with project.ledger.writing() as writer:
        connection = writer.connection
        current = kept.read_account(connection, account.account_id)
        if current is None or current.disabled_at or (plain and current.password != account.password):
            raise LoginRefusedError  # closed or reset in the very moment
        if renewed:
            kept.change_account(
                connection, account.account_id, "rehashed", account.account_id, now, password=renewed
            )
        sessions.forget_attempts(connection, account.account_id)
        sessions.add_session(connection, session)
    return token
