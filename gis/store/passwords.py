"""What is kept of passwords, one-time codes and session tokens: never they themselves."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# argon2id by the library's own measure (RFC 9106, second recommended option: 64 MiB, 3 passes).
_HASHER: Final = PasswordHasher()
# A crowd at the door must not take all of the machine's memory.
_AT_ONCE: Final = BoundedSemaphore(2)
# No letters and digits that are mistaken for one another when a code is read out.
CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH: Final = 16
_GROUP: Final = 4
_TOKEN_BYTES: Final = 32


def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with a salt of its own."""
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


_NOBODYS: Final = _HASHER.hash(secrets.token_hex(16))


def verify_password(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was kept; as slow where there is none."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODYS, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def _bytes(password: str) -> bytes:
    # A browser may send halves of letters: they fit nothing, and must not end in a fault.
    return password.encode("utf-8", "surrogatepass")


def is_outdated(kept: str) -> bool:
    """Whether a password was kept by an older measure, to be kept anew at the next login."""
    return _HASHER.check_needs_rehash(kept)


def new_code() -> str:
    """A one-time code of 80 bits, in groups: to be read out or written on paper."""
    letters = [secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH)]
    return "-".join("".join(letters[at : at + _GROUP]) for at in range(0, CODE_LENGTH, _GROUP))


def new_token() -> str:
    """What a browser shows to be known again; the database keeps its fingerprint."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def fingerprint(secret: str) -> str:
    """The SHA-256 of a token or code, lower hexadecimal; they are long and random, so that it is enough.

    >>> fingerprint("")[:8]
    'e3b0c442'
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def plain_code(text: str) -> str:
    """A code as it is compared, however it was typed.

    >>> plain_code(" abcd efgh-jklm-npqr ")
    'ABCDEFGHJKLMNPQR'
    """
    return "".join(letter for letter in text.upper() if letter.isalnum())


def verify_code(kept: str | None, code: str) -> bool:
    """Whether a code is the one whose fingerprint was kept."""
    return kept is not None and hmac.compare_digest(kept, fingerprint(plain_code(code)))
