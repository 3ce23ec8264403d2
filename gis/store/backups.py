"""Backups of a project: one file each day, and beside them, once, every file that never changes.

    FOLDER/gpmb-<UTC time>-<seq>.gpmb[.age]   a zip: manifest.json, ledger.db, project.toml and its like
    FOLDER/files/ab/<sha256>[.<key>.age]      boundary versions and scans (`backup_blobs.py`)

A backup is written under another name, read back and compared, and only then gets its own. What is
damaged is refused before anything is touched (`backup_reading.py`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyrage
import sqlalchemy as sa

from gis.errors import BackupFolderError, BackupUnfitError, GisError
from gis.ledger.chain import Head
from gis.ledger.entry import time_text
from gis.store.backup_blobs import BLOBS, ENCRYPTED, PART, Blob, blobs_of, is_blob_path, keep_blobs, seal
from gis.store.backup_key import known_recipient
from gis.store.copies import copy_tables, require_whole
from gis.store.leftovers import sweep
from gis.store.refusals import CopyUnfitError
from gis.store.tables import backup_made_table, entry_table
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from pyrage import x25519

    from gis.errors import Problem

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
LEDGER: Final = "ledger.db"
# Whatever an office may have written beside its ledger; a background map itself is a copy of something else.
SETTINGS: Final = ("project.toml", "columns.toml", "deadlines.toml", "lists.toml", "background.toml")
SUFFIX: Final = ".gpmb"
STAGING: Final = ".backup-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the ledger's head, the settings and the unchanging files it needs."""

    format: int
    made_at: str
    project_id: str
    seq: int
    hash: str
    settings: dict[str, str]  # sha256 by name
    ledger_sha256: str
    blobs: tuple[Blob, ...]

    @property
    def head(self) -> Head:
        """The head of the ledger in it."""
        return Head(self.seq, self.hash)

    def to_json(self) -> str:
        """The manifest as it stands in the zip."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def of(cls, content: bytes) -> Manifest:
        """The manifest of a zip.

        Raises:
            ValueError, KeyError, TypeError: If it is none.
        """
        facts: dict[str, Any] = json.loads(content)
        blobs = tuple(Blob(one["sha256"], one["path"]) for one in facts.pop("blobs"))
        found = cls(**facts, blobs=blobs)
        datetime.fromisoformat(found.made_at)
        sound = all(is_blob_path(blob) for blob in blobs)
        if found.format != FORMAT or not sound:
            raise ValueError(found.format)
        return found


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: its file, the head in it, and the files that it should hold but could not."""

    path: Path
    head: Head
    encrypted: bool
    problems: tuple[Problem, ...]


def write_backup(
    connection: sa.Connection, project: Path, project_id: str, folder: Path, made_at: datetime
) -> Backup:
    """A backup of what one transaction sees; others may write meanwhile.

    Args:
        connection: Of a reading transaction on the ledger.
        project: The project's folder: settings, boundary versions, scans.
        project_id: Names the project in the manifest.
        folder: Where the backups are; it is made if it is not there.
        made_at: The clock.

    Raises:
        BackupFolderError: If the folder cannot be written, or the disk is full; nothing is left behind.
    """
    head = _head(connection)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        recipient = known_recipient(project, folder)
        _tidy(project, folder, made_at)
        # What is not encrypted yet does not touch the disk of backups that are.
        prefix, room = (PART, folder) if recipient is None else (STAGING, project)
        with tempfile.TemporaryDirectory(prefix=prefix, dir=room) as made_in:
            part = Path(made_in)
            copy_tables(connection, part / LEDGER)
            require_whole(part / LEDGER, head)
            blobs, problems = keep_blobs(blobs_of(part / LEDGER), project, folder, part, recipient)
            manifest = _manifest(part, project, project_id, head, blobs, made_at)
            plain = _zipped(part, project, manifest)
            path = _name(folder, made_at, head, recipient)
            seal(plain, path, recipient)
    except (OSError, CopyUnfitError, pyrage.EncryptError) as error:
        told = error.facts.get("reason") if isinstance(error, GisError) else getattr(error, "strerror", None)
        raise BackupFolderError(folder=str(folder), reason=str(told or error)) from error
    return Backup(path, head, recipient is not None, tuple(problems))


@dataclass(frozen=True, slots=True)
class LastBackup:
    """A backup that was made, as the database remembers it."""

    at: datetime
    folder: str
    seq: int
    encrypted: bool


def note_backup(connection: sa.Connection, made: Backup, folder: Path, now: datetime) -> None:
    """Remember that a backup was made."""
    connection.execute(
        sa.insert(backup_made_table).values(
            backup_id=secrets.token_hex(8),
            at=time_text(now),
            folder=str(folder.resolve()),  # wherever the next one who asks stands
            seq=made.head.seq,
            hash=made.head.hash,
            encrypted=made.encrypted,
        )
    )


def read_backups_made(connection: sa.Connection) -> list[LastBackup]:
    """The backups and copies that were made of this database, the newest first."""
    table = backup_made_table.c
    query = sa.select(table.at, table.folder, table.seq, table.encrypted).order_by(table.at.desc())
    return [
        LastBackup(datetime.fromisoformat(row.at), row.folder, row.seq, bool(row.encrypted))
        for row in connection.execute(query)
    ]


def _head(connection: sa.Connection) -> Head:
    query = sa.select(entry_table.c.seq, entry_table.c.hash).order_by(entry_table.c.seq.desc()).limit(1)
    last = connection.execute(query).first()
    return Head(last.seq, last.hash) if last else Head()


def _tidy(project: Path, folder: Path, now: datetime) -> None:
    """Remove what a backup that was killed left half made."""
    sweep(project, f"{STAGING}*", now)
    sweep(folder, f"{PART}*", now)
    sweep(folder, f"{BLOBS}/*/{PART}*", now)


def _name(folder: Path, made_at: datetime, head: Head, recipient: x25519.Recipient | None) -> Path:
    """A name that no backup has: another project's may be made in the same second."""
    start = f"gpmb-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{head.seq}"
    ending = f"{SUFFIX}{ENCRYPTED if recipient else ''}"
    names = chain([f"{start}{ending}"], (f"{start}-{number}{ending}" for number in count(2)))
    return next(path for name in names if not (path := folder / name).exists())


def _manifest(
    part: Path, project: Path, project_id: str, head: Head, blobs: list[Blob], made_at: datetime
) -> Manifest:
    present = [name for name in SETTINGS if (project / name).is_file()]
    return Manifest(
        format=FORMAT,
        made_at=made_at.astimezone(UTC).isoformat(),
        project_id=project_id,
        seq=head.seq,
        hash=head.hash,
        settings={name: sha256_of(project / name) for name in present},
        ledger_sha256=sha256_of(part / LEDGER),
        blobs=tuple(blobs),
    )


def _zipped(part: Path, project: Path, manifest: Manifest) -> Path:
    plain = part / "plain.zip"
    with zipfile.ZipFile(plain, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        file.writestr(MANIFEST, manifest.to_json())
        file.write(part / LEDGER, LEDGER)
        for name in manifest.settings:
            file.write(project / name, name)
    with zipfile.ZipFile(plain) as file:  # what the disk took is what was given
        for name, digest in {LEDGER: manifest.ledger_sha256, **manifest.settings}.items():
            with file.open(name) as member:
                found = hashlib.sha256()
                while chunk := member.read(1 << 20):
                    found.update(chunk)
                if found.hexdigest() != digest:
                    raise BackupUnfitError(path=str(plain), reason=name)
    return plain


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, the newest first."""
    found = [path for path in folder.glob("gpmb-*") if path.name.endswith((SUFFIX, SUFFIX + ENCRYPTED))]
    return sorted(found, key=lambda path: path.name, reverse=True)
