"""Whom a folder of backups is encrypted to: a passphrase opens it, making one needs none.

A key pair of the age format is made once. Its public half stands in the folder, so that the daily
backup keeps no secret; its private half stands beside it, encrypted with the passphrase. The `age`
program opens both without ours: `age -d key.age > key.txt; age -d -i key.txt BACKUP.age`.
"""

from __future__ import annotations

import json
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
# In the project's folder: to whom each folder of backups was encrypted when it was first used.
KNOWN_KEYS: Final = "backup-keys.json"


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


def known_recipient(project: Path, folder: Path) -> x25519.Recipient | None:
    """To whom the backups of a folder are encrypted, the same as ever; None where they never were.

    A folder that lost its key is another folder: a disk that is not plugged in, and names of families
    would lie open on this one. A key that somebody else put there would let them read, and nobody here.

    Args:
        project: The project's folder, which keeps what each folder's key was when it was first used.
        folder: Of backups.

    Raises:
        BackupFolderError: If the key is gone, half gone, or another one.
    """
    shown = str(folder)
    recipient = recipient_of(folder)
    known = _known_keys(project)
    place = str(folder.resolve())
    before = known.get(place)
    if recipient is None:
        if before is not None:
            raise BackupFolderError(folder=shown, reason="key_gone")
        return None
    if not (folder / PRIVATE_FILE).is_file():
        raise BackupFolderError(folder=shown, reason="private_gone")
    if before not in (None, str(recipient)):
        raise BackupFolderError(folder=shown, reason="key_other")
    if before is None:
        text = json.dumps(known | {place: str(recipient)}, ensure_ascii=False, indent=1)
        replace_file(project / KNOWN_KEYS, f"{text}\n".encode())
    return recipient


def _known_keys(project: Path) -> dict[str, str]:
    path = project / KNOWN_KEYS
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise BackupFolderError(folder=str(path), reason=str(error)) from error
    return {str(place): str(key) for place, key in found.items()} if isinstance(found, dict) else {}


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
