"""Scans and photos of minutes: files named by the sha256 of their bytes, beside the database.

The ledger names an attachment by its bytes. The name it had, into which people write names, is in the
register, where it can be forgotten.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
import tempfile
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.errors import (
    AttachmentAlteredError,
    AttachmentDiskFullError,
    AttachmentErasedError,
    AttachmentMissingError,
    AttachmentRefusedError,
    AttachmentUnknownError,
    AttachmentUnwritableError,
    AttachmentWhyError,
    FileUnreadableError,
    Problem,
)
from gis.ledger.entry import Attachment, time_text
from gis.store.media_types import HEAD_BYTES, media_type
from gis.store.register import batched
from gis.store.tables import attachment_table
from gis.store.versions import sha256_of, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

CHUNK_BYTES: Final = 1 << 20
NAME_LETTERS: Final = 200
_READ_ONLY: Final = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one attachment may be, and how many one entry may have; both still allowed."""

    bytes: int = 25 * 1024 * 1024
    count: int = 20


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the register knows of an attachment; `erased_at` is None while its file is kept."""

    sha256: str
    type: str
    bytes: int
    file_name: str
    added_at: str
    by: str
    erased_at: str | None
    erased_by: str | None
    erased_why: str | None

    @property
    def attachment(self) -> Attachment:
        """As an entry names it."""
        return Attachment(self.sha256, self.type, self.bytes)


# Bringing in


def add_files(
    folder: Path,
    connection: sa.Connection,
    paths: Sequence[Path],
    by: str,
    at: datetime,
    limits: Limits = LIMITS,
) -> tuple[Attachment, ...]:
    """Keep the files of one entry; the same file named twice is one attachment.

    Args:
        folder: Where attachments are kept.
        connection: In a transaction, which its caller commits.
        paths: The files, anywhere.
        by: Account id.
        at: The clock's time.
        limits: How large, how many.

    Raises:
        GisError: If one of them, or their number, is refused; no row is written.
    """
    if len(paths) > limits.count:
        facts = {"found": len(paths), "limit": limits.count}
        raise AttachmentRefusedError(problems=[Problem("", "refused.attachments_many", facts)])
    kept = []
    for path in paths:
        try:
            stream = path.open("rb")
        except OSError as error:
            raise FileUnreadableError(file=str(path), reason=error.strerror) from None
        with stream:
            kept.append(add_attachment(folder, connection, stream, path.name, by, at, limits))
    return tuple(dict.fromkeys(kept))


def add_attachment(
    folder: Path,
    connection: sa.Connection,
    stream: IO[bytes],
    file_name: str,
    by: str,
    at: datetime,
    limits: Limits = LIMITS,
) -> Attachment:
    """Keep a file under the sha256 of its bytes, once and for good, and its row in the register.

    The file is on the disk when this returns; a transaction that is not committed leaves a file that
    no entry names, which does no harm.

    Args:
        folder: Where attachments are kept; made if it is not there.
        connection: In a transaction, which its caller commits.
        stream: Read from where it stands to its end, a chunk at a time.
        file_name: As its owner calls it.
        by: Account id.
        at: The clock's time.
        limits: How large.

    Raises:
        AttachmentRefusedError: If it is empty, too large, or none of the kinds of `media_type`.
        AttachmentErasedError: If these very bytes were erased on purpose.
        AttachmentDiskFullError: If the disk is full.
        AttachmentUnwritableError: If the folder cannot be written.
        FileUnreadableError: If the stream cannot be read.
    """
    name = plain_name(file_name)
    try:
        with _received(folder, stream, name, limits) as (part, attachment):
            known = find(connection, attachment.sha256)
            if known and known.erased_at:
                raise AttachmentErasedError(file=name, on=known.erased_at[:10], by=known.erased_by)
            _put(part, _path(folder, attachment.sha256))
    except OSError as error:
        if error.errno in _FULL:
            raise AttachmentDiskFullError(file=name, folder=str(folder)) from error
        raise AttachmentUnwritableError(file=name, folder=str(folder), reason=error.strerror) from error
    if known is None:
        row = {"sha256": attachment.sha256, "type": attachment.type, "bytes": attachment.bytes}
        row |= {"file_name": name, "added_at": time_text(at), "by": by}
        connection.execute(sa.insert(attachment_table).values(row))
    return attachment


def plain_name(file_name: str) -> str:
    r"""A file's own name: no folders, no control characters, not endless; "?" where nothing is left.

    >>> plain_name("../scan/Biên bản 12.pdf"), plain_name("a\x00b"), plain_name("/")
    ('Biên bản 12.pdf', 'ab', '?')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", file_name))[-1]
    shown = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    return shown.strip()[-NAME_LETTERS:] or "?"


@contextmanager
def _received(
    folder: Path, stream: IO[bytes], name: str, limits: Limits
) -> Iterator[tuple[Path, Attachment]]:
    """A stream's bytes in a file beside its later place, gone again unless it is moved there."""
    chunks = _chunks(stream, name, limits)
    head = next(chunks, b"")
    found = media_type(head)
    if not head or found is None:
        reason = "refused.attachment_type" if head else "refused.attachment_empty"
        raise AttachmentRefusedError(problems=[Problem(name, reason)])
    folder.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=".", suffix=".part", dir=folder)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chain([head], chunks):
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        yield Path(part), Attachment(digest.hexdigest(), found, size)
    finally:
        Path(part).unlink(missing_ok=True)


def _chunks(stream: IO[bytes], name: str, limits: Limits) -> Iterator[bytes]:
    """A stream in chunks, the first one long enough to tell the kind; refused once it is too long."""
    size, held = 0, b""
    while True:
        try:
            chunk = stream.read(CHUNK_BYTES)
        except OSError as error:
            raise FileUnreadableError(file=name, reason=error.strerror) from error
        size += len(chunk)
        if size > limits.bytes:
            facts = {"limit": limits.bytes // (1024 * 1024)}
            raise AttachmentRefusedError(problems=[Problem(name, "refused.attachment_large", facts)])
        held += chunk
        if held and (len(held) >= HEAD_BYTES or not chunk):
            yield held
            held = b""
        if not chunk:
            return


def _put(part: Path, path: Path) -> None:
    """Give a received file its name, read-only; one that is there and sound stays."""
    if path.is_file():
        if sha256_of(path) == path.name:
            return
        path.chmod(0o644)  # altered: Windows replaces no read-only file
    path.parent.mkdir(exist_ok=True)
    part.replace(path)
    path.chmod(_READ_ONLY)
    sync_folder(path.parent)
    sync_folder(path.parent.parent)


# Reading


def find(connection: sa.Connection, sha256: str) -> Kept | None:
    """What the register knows of an attachment, None if it was never brought in."""
    row = connection.execute(sa.select(attachment_table).where(attachment_table.c.sha256 == sha256)).first()
    return None if row is None else Kept(*row)


def read_kept(connection: sa.Connection, sha256s: Iterable[str]) -> dict[str, Kept]:
    """What the register knows of some attachments; one that it does not know is absent."""
    found = {}
    for chosen in batched(dict.fromkeys(sha256s)):
        query = sa.select(attachment_table).where(attachment_table.c.sha256.in_(chosen))
        found.update({row.sha256: Kept(*row) for row in connection.execute(query)})
    return found


def read_erased(connection: sa.Connection) -> dict[str, Kept]:
    """The attachments that were erased on purpose."""
    query = sa.select(attachment_table).where(attachment_table.c.erased_at.is_not(None))
    return {row.sha256: Kept(*row) for row in connection.execute(query)}


def open_attachment(folder: Path, sha256: str) -> Iterator[bytes]:
    """The bytes of an attachment, in chunks; the last one only comes if all of them are the right ones.

    Raises:
        AttachmentUnknownError: If the name is no sha256.
        AttachmentMissingError: If there is no such file, or it cannot be read.
        AttachmentAlteredError: While reading, if its bytes are no longer those that were kept.
    """
    if not _SHA256.fullmatch(sha256):
        raise AttachmentUnknownError(sha256=sha256[:12])
    path = _path(folder, sha256)
    try:
        endless = path.exists() and not path.is_file()  # a pipe, a device
        file = (path / "file" if endless else path).open("rb")
    except OSError as error:
        raise AttachmentMissingError(sha256=sha256[:12], reason=error.strerror) from None
    return _checked(file, sha256)


def _checked(file: IO[bytes], sha256: str) -> Iterator[bytes]:
    with file:
        digest, held = hashlib.sha256(), b""
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            if held:
                yield held
            held = chunk
        if digest.hexdigest() != sha256:
            raise AttachmentAlteredError(sha256=sha256[:12])
        yield held


# Erasing


def erase_attachment(
    folder: Path, connection: sa.Connection, sha256: str, by: str, at: datetime, why: str
) -> None:
    """Remove an attachment's file for good; when, by whom and why stays, its name does not.

    Again for one that is erased: removes what a restored backup brought back. Copies in backups are
    not reached.

    Raises:
        AttachmentUnknownError: If it was never brought in.
        AttachmentWhyError: If no reason is given.
        AttachmentUnwritableError: If the file cannot be removed; the row is as it was.
    """
    known = find(connection, sha256)
    if known is None:
        raise AttachmentUnknownError(sha256=sha256[:12])
    if known.erased_at is None:
        if not why.strip():
            raise AttachmentWhyError(sha256=sha256[:12])
        row = {"file_name": "", "erased_at": time_text(at), "erased_by": by, "erased_why": why.strip()}
        connection.execute(sa.update(attachment_table).where(attachment_table.c.sha256 == sha256).values(row))
    path = _path(folder, sha256)
    try:
        if os.name == "nt" and path.exists():
            path.chmod(0o644)
        path.unlink(missing_ok=True)
    except OSError as error:
        shown, reason = sha256[:12], error.strerror
        raise AttachmentUnwritableError(file=shown, folder=str(folder), reason=reason) from error


def _path(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256
