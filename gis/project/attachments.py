"""The attachments of an open project: brought in, read, erased, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import AttachmentGoneError, AttachmentUnknownError
from gis.store import attachments as kept_files
from gis.store.attachment_checks import check_attachments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import IO

    from gis.errors import Problem
    from gis.ledger.entry import Attachment, Entry
    from gis.project.project import Project
    from gis.store.attachments import Kept
    from gis.store.database import Stamp

FOLDER = "attachments"


def folder_of(project: Project) -> Path:
    """Where a project's attachments are."""
    return project.folder / FOLDER


def attach(project: Project, paths: Sequence[Path], stamp: Stamp) -> tuple[Attachment, ...]:
    """Keep the files of one entry, for a command to name.

    Raises:
        GisError: If one of them, or their number, is refused.
    """
    with project.ledger.writing() as writer:
        return kept_files.add_files(folder_of(project), writer.connection, paths, stamp.by, stamp.now)


def attach_stream(project: Project, stream: IO[bytes], file_name: str, stamp: Stamp) -> Attachment:
    """Keep one file that a browser sent.

    Raises:
        GisError: If it is refused.
    """
    with project.ledger.writing() as writer:
        return kept_files.add_attachment(
            folder_of(project), writer.connection, stream, file_name, stamp.by, stamp.now
        )


def find(project: Project, sha256: str) -> Kept:
    """What the register knows of an attachment that is there to be read.

    Raises:
        AttachmentUnknownError: If there never was one.
        AttachmentGoneError: If it was erased on purpose.
    """
    with project.ledger.reading() as connection:
        known = kept_files.find(connection, sha256)
    if known is None:
        raise AttachmentUnknownError(sha256=sha256[:12])
    if known.erased_at is not None:
        raise AttachmentGoneError(sha256=sha256[:12], on=known.erased_at[:10])
    return known


def read(project: Project, sha256: str) -> Iterator[bytes]:
    """The bytes of an attachment in chunks, their hash checked before the last.

    Raises:
        GisError: If it is missing, or (while reading) altered.
    """
    return kept_files.open_attachment(folder_of(project), sha256)


def erase(project: Project, sha256: str, why: str, stamp: Stamp) -> None:
    """Remove an attachment's file; that it was, when, by whom and why stays.

    Raises:
        GisError: If there never was one, no reason is given, or the file cannot be removed.
    """
    with project.ledger.writing() as writer:
        kept_files.erase_attachment(folder_of(project), writer.connection, sha256, stamp.by, stamp.now, why)


def check(project: Project, entries: Sequence[Entry]) -> list[Problem]:
    """The attachments that are gone or altered, then remarks; for `Project.verify`."""
    with project.ledger.reading() as connection:
        erased = kept_files.read_erased(connection)
    return check_attachments(folder_of(project), entries, erased)
