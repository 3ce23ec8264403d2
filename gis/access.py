"""Who may do what, and what an account's name and password must be.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.errors import GisError, Problem, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

Role: TypeAlias = Literal["viewer", "editor", "administrator"]
Action: TypeAlias = Literal["see", "names", "write", "erase", "administer"]

ROLES: Final[tuple[Role, ...]] = ("viewer", "editor", "administrator")
# Leaders see figures and the map without names; the clearance team sees names and writes; what cannot be
# taken back, and the accounts themselves, are the administrator's.
_MAY: Final[Mapping[str, frozenset[str]]] = {
    "viewer": frozenset({"see"}),
    "editor": frozenset({"see", "names", "write"}),
    "administrator": frozenset({"see", "names", "write", "erase", "administer"}),
}
# Stands in the ledger for ever, as `by`, and in addresses: no spaces, no capitals, no Vietnamese letters.
ACCOUNT_ID: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}")
PASSWORD_LEAST: Final = 10
PASSWORD_MOST: Final = 200  # a longer one only costs the server time
_DIFFERENT_LETTERS: Final = 5


class NotAllowedError(GisError):
    """A role may not do what was asked."""

    message = "error.not_allowed"


class NoSessionError(GisError):
    """Nobody is logged in, or not any more."""

    message = "error.no_session"


class LoginRefusedError(GisError):
    """Account and password do not fit; which of the two is not said."""

    message = "error.login"


class NoAccountError(LoginRefusedError):
    """An identity provider vouches for somebody who has no account here."""

    message = "error.no_account"


class TooManyLoginsError(GisError):
    """Too many attempts in a short time."""

    message = "error.too_many_logins"


def may(role: str, action: Action) -> bool:
    """Whether a role may do something; an unknown role may nothing.

    >>> may("viewer", "see"), may("viewer", "names"), may("editor", "erase"), may("king", "see")
    (True, False, False, False)
    """
    return action in _MAY.get(role, frozenset())


def require(role: str, action: Action) -> None:
    """Refuse what a role may not do.

    Raises:
        NotAllowedError: If so.
    """
    if not may(role, action):
        raise NotAllowedError(role=role, action=action)


def actions(role: str) -> frozenset[str]:
    """All that a role may do."""
    return _MAY.get(role, frozenset())


def require_account_id(text: str) -> str:
    """An account's id as it will stand in the ledger.

    Raises:
        RefusedError: If it is not 2 to 32 small letters, digits, dots, dashes or underscores, a letter first.

    >>> require_account_id("lan.nt")
    'lan.nt'
    """
    if not ACCOUNT_ID.fullmatch(text):
        raise RefusedError(problems=[Problem("", "refused.account_id", {"found": text})])
    return text


def require_role(text: str) -> Role:
    """A role by its name.

    Raises:
        RefusedError: If there is none of that name.
    """
    for role in ROLES:
        if text == role:
            return role
    raise RefusedError(
        problems=[Problem("", "refused.unknown_role", {"found": text, "known": ", ".join(ROLES)})]
    )


def plain_password(text: str) -> str:
    """A password as it is compared: one keyboard's accents are another's, and none is a letter more.

    >>> plain_password("e" + chr(0x301)) == plain_password(chr(0xe9))
    True
    """
    return unicodedata.normalize("NFKC", text)


def require_password(password: str, account_id: str) -> str:
    """A password that may be taken, as it is compared.

    Raises:
        RefusedError: With every reason: too short but for the account's name, too long, too few letters.
    """
    plain = plain_password(password)
    problems = []
    if len(plain) < PASSWORD_LEAST:
        problems.append(
            Problem("", "refused.password_short", {"needed": PASSWORD_LEAST, "found": len(plain)})
        )
    if len(plain) > PASSWORD_MOST:
        problems.append(Problem("", "refused.password_long", {"needed": PASSWORD_MOST, "found": len(plain)}))
    rest = plain.casefold().replace(account_id.casefold(), "")
    if len(rest) < PASSWORD_LEAST <= len(plain):
        problems.append(Problem("", "refused.password_account"))
    if len(set(plain)) < _DIFFERENT_LETTERS:
        problems.append(Problem("", "refused.password_plain", {"needed": _DIFFERENT_LETTERS}))
    if problems:
        raise RefusedError(problems=problems)
    return plain
