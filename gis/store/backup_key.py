"""Whom a folder of backups is encrypted to: a passphrase opens it, making one needs none.

A key pair of the age format is made once. Its public half stands in the folder, so that the daily
backup keeps no secret; its private half stands beside it, encrypted with the passphrase. The `age`
program opens both without ours: `age -d key.age > key.txt; age -d -i key.txt BACKUP.age`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyrage
from pyrage import passphrase as by_passphrase
from pyrage import x25519

from gis.errors import BackupFolderError, WrongPassphraseError
from gis.store.versions import replace_file

if TYPE_CHECKING:
    from pathlib import Path

PUBLIC_FILE: Final = "recipient.txt"
PRIVATE_FILE: Final = "key.age"
SHORTEST_PASSPHRASE: Final = 12


def make_key(folder: Path, passphrase: str) -> None:
    """Let the backups of a folder be encrypted from now on.

    Raises:
        WrongPassphraseError: If the passphrase is too short to protect names of families.
        BackupFolderError: If the folder has a key already; another would leave two sorts of backups.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise WrongPassphraseError(reason="short", least=SHORTEST_PASSPHRASE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackupFolderError(folder=str(folder), reason=error.strerror) from error
    if (folder / PUBLIC_FILE).exists() or (folder / PRIVATE_FILE).exists():
        raise BackupFolderError(folder=str(folder), reason="key")
    identity = x25519.Identity.generate()
    replace_file(folder / PRIVATE_FILE, by_passphrase.encrypt(str(identity).encode(), passphrase))
    replace_file(folder / PUBLIC_FILE, f"{identity.to_public()}\n".encode())


def recipient_of(folder: Path) -> x25519.Recipient | None:
    """To whom the backups of a folder are encrypted; None where they are not.

    Raises:
        BackupFolderError: If its key cannot be read.
    """
    try:
        text = (folder / PUBLIC_FILE).read_text("utf-8").strip()
        return x25519.Recipient.from_str(text)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, pyrage.RecipientError) as error:
        raise BackupFolderError(folder=str(folder), reason=str(error)) from error


def identity_of(folder: Path, passphrase: str) -> x25519.Identity:
    """The private half of a folder's key.

    Raises:
        WrongPassphraseError: If the passphrase does not open it.
        BackupFolderError: If it cannot be read.
    """
    try:
        encrypted = (folder / PRIVATE_FILE).read_bytes()
    except OSError as error:
        raise BackupFolderError(folder=str(folder), reason=str(error)) from error
    try:
        return x25519.Identity.from_str(by_passphrase.decrypt(encrypted, passphrase).decode("ascii"))
    except (pyrage.DecryptError, pyrage.IdentityError, UnicodeDecodeError) as error:
        raise WrongPassphraseError(reason="wrong", least=SHORTEST_PASSPHRASE) from error
