"""What is wrong with the kept attachments: gone, altered, or of nobody's; for `verify`."""

from __future__ import annotations

import hashlib
import re
from typing import IO, TYPE_CHECKING, Final

from gis.errors import Problem
from gis.store.attachments import CHUNK_BYTES
from gis.store.media_types import HEAD_BYTES, media_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.store.attachments import Kept

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
SHOWN_DIGITS: Final = 12


def check_attachments(folder: Path, entries: Iterable[Entry], erased: Mapping[str, Kept]) -> list[Problem]:
    """The attachments that entries name, held against the files.

    Args:
        folder: Where attachments are kept.
        entries: The whole ledger's; an attachment is looked at once, for the first entry that names it.
        erased: Those erased on purpose, by sha256.

    Returns:
        A refusal for each that is gone, altered, of another size or kind than its entry says; then
        remarks (severity "warning"): erased ones, and files that no entry names.
    """
    named: dict[str, tuple[str, Attachment]] = {}
    problems: list[Problem] = []
    for entry in entries:
        source = f"entry {entry.seq}"
        for attachment in entry.attachments:
            first = named.setdefault(attachment.sha256, (source, attachment))
            if first[1] != attachment:
                facts: dict[str, Fact] = {"file": attachment.sha256[:SHOWN_DIGITS], "other": first[0][6:]}
                problems.append(Problem(source, "verify.attachment_differs", facts))
    remarks: list[Problem] = []
    for sha256, (source, attachment) in named.items():
        if sha256 in erased:
            remarks += _erased(folder, source, erased[sha256])
        else:
            problems += _check(folder, source, attachment)
    return [*problems, *remarks, *_unnamed(folder, named, erased)]


def _check(folder: Path, source: str, attachment: Attachment) -> list[Problem]:
    """What is wrong with one file: the first that applies."""
    shown: dict[str, Fact] = {"file": attachment.sha256[:SHOWN_DIGITS]}
    if not _SHA256.fullmatch(attachment.sha256):
        return [Problem(source, "verify.attachment_name", shown)]
    path = folder / attachment.sha256[:2] / attachment.sha256
    try:
        if path.exists() and not path.is_file():  # a pipe or a device never ends
            return [Problem(source, "verify.attachment_missing", shown | {"folder": str(folder)})]
        with path.open("rb") as file:
            head, size, found = _look(file)
    except FileNotFoundError:
        return [Problem(source, "verify.attachment_missing", shown | {"folder": str(folder)})]
    except OSError as error:
        return [Problem(source, "verify.attachment_unreadable", shown | {"reason": error.strerror})]
    if size != attachment.bytes:
        facts: dict[str, Fact] = {"found": size, "needed": attachment.bytes}
        return [Problem(source, "verify.attachment_size", shown | facts)]
    if found != attachment.sha256:
        return [Problem(source, "verify.attachment_altered", shown | {"found": found[:SHOWN_DIGITS]})]
    if media_type(head) != attachment.type:
        facts = {"found": media_type(head), "needed": attachment.type}
        return [Problem(source, "verify.attachment_type", shown | facts)]
    return []


def _look(file: IO[bytes]) -> tuple[bytes, int, str]:
    """First bytes, size and sha256 of a file, a chunk at a time."""
    digest, size, head = hashlib.sha256(), 0, b""
    while chunk := file.read(CHUNK_BYTES):
        head = head or chunk[:HEAD_BYTES]
        size += len(chunk)
        digest.update(chunk)
    return head, size, digest.hexdigest()


def _erased(folder: Path, source: str, kept: Kept) -> list[Problem]:
    facts: dict[str, Fact] = {"file": kept.sha256[:SHOWN_DIGITS]}
    if (folder / kept.sha256[:2] / kept.sha256).exists():
        return [Problem(source, "verify.attachment_back", facts, "warning")]
    facts |= {"on": (kept.erased_at or "")[:10], "by": kept.erased_by}
    return [Problem(source, "verify.attachment_erased", facts, "warning")]


def _unnamed(folder: Path, named: Mapping[str, object], erased: Mapping[str, Kept]) -> list[Problem]:
    """Files that no entry names: a command that failed after its file was kept, or a stray."""
    if not folder.is_dir():
        return []
    stray = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not (path.name in named and path.parent.name == path.name[:2])
    )
    back = [name for name in stray if name[3:] in erased]
    return [
        *(
            Problem("", "verify.attachment_back", {"file": name[3:][:SHOWN_DIGITS]}, "warning")
            for name in back
        ),
        *(
            Problem("", "verify.attachment_unnamed", {"file": name}, "warning")
            for name in stray
            if name not in back
        ),
    ]
