"""Files of a project that never change, in a folder of backups: once each, by what is in them.

files/ab/<sha256>              boundary versions and scans as they are
files/ab/<sha256>.<key>.age    the same, encrypted; <key> says to whom, so that a folder whose key was
                               changed does not count on what only the old key opens
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyrage

from gis.errors import BackupUnfitError, Problem
from gis.ledger.entry import parse_body
from gis.ledger.facts import Boundaries
from gis.store.versions import sha256_of, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

    from pyrage import x25519

ENCRYPTED: Final = ".age"
BLOBS: Final = "files"
PART: Final = ".part-"
KEY_DIGITS: Final = 12
AGE_HEADER: Final = re.compile(rb"age-encryption\.org/v1\n.*?\n--- [^\n]+\n", re.DOTALL)
AGE_CHUNK_BYTES: Final = 1 << 16
AGE_EXTRA_BYTES: Final = 16  # a nonce at the start, a tag on each chunk
MOST_HEADER_BYTES: Final = 1 << 16
_FOLDERS: Final = {"boundaries": "{sha}.parquet", "attachments": "{start}/{sha}"}
_HEX: Final = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that never changes: its content's sha256 and where it lies in a project folder."""

    sha256: str
    path: str  # "boundaries/<sha256>.parquet"


def is_blob_path(blob: Blob) -> bool:
    """A path is what its sha256 makes of it: a manifest of somebody else's cannot name another place."""
    start = blob.sha256[:2]
    return (
        len(blob.sha256) == 64  # noqa: PLR2004 - hexadecimal digits of SHA-256
        and set(blob.sha256) <= _HEX
        and blob.path
        in {f"{folder}/{name.format(sha=blob.sha256, start=start)}" for folder, name in _FOLDERS.items()}
    )


def blobs_of(ledger: Path) -> list[Blob]:
    """The boundary versions and scans that a ledger's entries name and that were not erased."""
    found: dict[str, Blob] = {}
    with closing(sqlite3.connect(ledger)) as connection:
        erased = {
            row[0] for row in connection.execute("SELECT sha256 FROM attachment WHERE erased_at IS NOT NULL")
        }
        query = """SELECT body FROM entry WHERE kind = 'boundaries' OR body LIKE '%"attachments":[%'"""
        for (body,) in connection.execute(query):
            entry = parse_body(body)
            if isinstance(entry.fact, Boundaries):
                sha = entry.fact.sha256
                found[sha] = Blob(sha, f"boundaries/{sha}.parquet")
            for one in entry.attachments:
                if one.sha256 not in erased:
                    found[one.sha256] = Blob(one.sha256, f"attachments/{one.sha256[:2]}/{one.sha256}")
    return list(found.values())


def keep_blobs(
    blobs: list[Blob], project: Path, folder: Path, room: Path, recipient: x25519.Recipient | None
) -> tuple[list[Blob], list[Problem]]:
    """Each unchanging file in the folder once; those that are missing or altered are told.

    Args:
        blobs: As the ledger names them.
        project: The project's folder.
        folder: Of backups; what lies damaged in it is written anew.
        room: A folder for copies on their way.
        recipient: Whom the folder is encrypted to.
    """
    kept, problems = [], []
    for blob in blobs:
        source, target = project / blob.path, blob_path(folder, blob, recipient)
        if not _is_sound(target, blob, source, encrypted=recipient is not None):
            if not source.is_file() or sha256_of(source) != blob.sha256:
                problems.append(Problem(blob.path, "problem.backup_without_file"))
                continue
            part = room / blob.sha256
            shutil.copyfile(source, part)
            if sha256_of(part) != blob.sha256:
                raise BackupUnfitError(path=str(part), reason=blob.path)
            seal(part, target, recipient)
            part.unlink(missing_ok=True)
        kept.append(blob)
    return kept, problems


def _is_sound(target: Path, blob: Blob, source: Path, *, encrypted: bool) -> bool:
    """Whether a file that is there can be counted on: by its bytes, or, encrypted, by its size."""
    if not target.is_file():
        return False
    if not encrypted:
        return sha256_of(target) == blob.sha256
    # A source that is gone cannot be written anew: whoever opens the backup will see.
    return not source.is_file() or target.stat().st_size == _sealed_bytes(target, source.stat().st_size)


def _sealed_bytes(sealed: Path, plain_bytes: int) -> int | None:
    """How long an encrypted file of some bytes is, by its own header; None where it has none.

    The format age-encryption.org/v1: a header that ends with a line of its own, a nonce of 16 bytes, then
    chunks of 64 KiB, each 16 bytes longer than what is in it.
    """
    with sealed.open("rb") as file:
        start = file.read(MOST_HEADER_BYTES)
    found = AGE_HEADER.match(start)
    if found is None:
        return None
    chunks = max(1, -(-plain_bytes // AGE_CHUNK_BYTES))
    return found.end() + AGE_EXTRA_BYTES + plain_bytes + AGE_EXTRA_BYTES * chunks


def blob_path(folder: Path, blob: Blob, recipient: x25519.Recipient | None) -> Path:
    """Where a file lies in a folder of backups."""
    ending = f".{key_of(recipient)}{ENCRYPTED}" if recipient else ""
    return folder / BLOBS / blob.sha256[:2] / (blob.sha256 + ending)


def key_of(recipient: x25519.Recipient) -> str:
    """The digits by which file names tell one key from another."""
    return hashlib.sha256(str(recipient).encode("ascii")).hexdigest()[:KEY_DIGITS]


def unpack_blob(folder: Path, blob: Blob, identity: x25519.Identity | None, project: Path) -> None:
    """A file from a folder of backups in its place in a project.

    Raises:
        OSError, ValueError, pyrage.DecryptError: If it is missing or altered.
    """
    recipient = None if identity is None else identity.to_public()
    source, target = blob_path(folder, blob, recipient), project / blob.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if identity is not None:
        pyrage.decrypt_file(str(source), str(target), [identity])
    else:
        shutil.copyfile(source, target)
    if sha256_of(target) != blob.sha256:
        raise ValueError(str(source))


def seal(plain: Path, path: Path, recipient: x25519.Recipient | None) -> None:
    """Give a finished file its name, encrypted where the folder says so; a reader never sees a part.

    Args:
        plain: What is to be kept; where it is encrypted it may lie on another disk.
        path: Its name in the folder of backups.
        recipient: To whom; None: not encrypted.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    sealed = path.with_name(f"{PART}{secrets.token_hex(8)}")
    try:
        if recipient is None:
            shutil.move(plain, sealed)
        else:
            pyrage.encrypt_file(str(plain), str(sealed), [recipient])
            # The library says nothing where the disk was full at the very end.
            if sealed.stat().st_size != _sealed_bytes(sealed, plain.stat().st_size):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        with sealed.open("rb+") as file:
            os.fsync(file.fileno())
        sealed.replace(path)
    finally:
        sealed.unlink(missing_ok=True)
    sync_folder(path.parent)
