"""Backups of a project: one file each day, and beside them, once, every file that never changes.

    FOLDER/gpmb-<UTC time>-<seq>.gpmb[.age]   a zip: manifest.json, ledger.db, project.toml and its like
    FOLDER/files/ab/<sha256>[.age]            boundary versions and scans, by their content

A backup is written under another name, read back and compared, and only then gets its own. What is
damaged is refused before anything is touched.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyrage
import sqlalchemy as sa

from gis.errors import BackupFolderError, BackupUnfitError, GisError, PassphraseNeededError, Problem
from gis.ledger.chain import Head
from gis.ledger.entry import parse_body, time_text
from gis.ledger.facts import Boundaries
from gis.store.backup_key import identity_of, recipient_of
from gis.store.copies import copy_tables, require_whole
from gis.store.tables import backup_made_table, entry_table
from gis.store.versions import sha256_of, sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyrage import x25519

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
LEDGER: Final = "ledger.db"
SETTINGS: Final = ("project.toml", "columns.toml", "deadlines.toml")
SUFFIX: Final = ".gpmb"
ENCRYPTED: Final = ".age"
BLOBS: Final = "files"
BLOB_FOLDERS: Final = {"boundaries": "{sha}.parquet", "attachments": "{start}/{sha}"}
MOST_MANIFEST_BYTES: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Blob:
    """A file that never changes: its content's sha256 and where it lies in a project folder."""

    sha256: str
    path: str  # "boundaries/<sha256>.parquet"


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
        if found.format != FORMAT or any(not _is_blob_path(blob) for blob in blobs):
            raise ValueError(found.format)
        return found


def _is_blob_path(blob: Blob) -> bool:
    """A path is what its sha256 makes of it: a manifest of somebody else's cannot name another place."""
    start = blob.sha256[:2]
    return len(blob.sha256) == 64 and blob.path in {  # noqa: PLR2004 - hexadecimal digits of SHA-256
        f"{folder}/{name.format(sha=blob.sha256, start=start)}" for folder, name in BLOB_FOLDERS.items()
    }


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
        recipient = recipient_of(folder)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as made_in:
            part = Path(made_in)
            copy_tables(connection, part / LEDGER)
            require_whole(part / LEDGER, head)
            blobs, problems = _keep_blobs(part / LEDGER, project, folder, recipient)
            manifest = _manifest(part, project, project_id, head, blobs, made_at)
            plain = _zipped(part, project, manifest)
            path = _name(folder, made_at, head, recipient)
            _seal(plain, path, recipient)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BackupFolderError(folder=str(folder), reason=reason) from error
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
            folder=str(folder),
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


def _name(folder: Path, made_at: datetime, head: Head, recipient: x25519.Recipient | None) -> Path:
    moment = made_at.astimezone(UTC)
    return folder / f"gpmb-{moment:%Y%m%dT%H%M%SZ}-{head.seq}{SUFFIX}{ENCRYPTED if recipient else ''}"


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


def _seal(plain: Path, path: Path, recipient: x25519.Recipient | None) -> None:
    """Give a finished file its name, encrypted where the folder says so; a reader never sees a part."""
    sealed = plain
    if recipient is not None:
        sealed = plain.with_name(plain.name + ENCRYPTED)
        pyrage.encrypt_file(str(plain), str(sealed), [recipient])
    with sealed.open("rb+") as file:
        os.fsync(file.fileno())
    path.parent.mkdir(parents=True, exist_ok=True)
    sealed.replace(path)
    sync_folder(path.parent)


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


def _keep_blobs(
    ledger: Path, project: Path, folder: Path, recipient: x25519.Recipient | None
) -> tuple[list[Blob], list[Problem]]:
    """Each unchanging file in the folder once; those that are missing or altered are told."""
    kept, problems = [], []
    for blob in blobs_of(ledger):
        source, target = project / blob.path, _blob_path(folder, blob, encrypted=recipient is not None)
        if not target.exists():
            if not source.is_file() or sha256_of(source) != blob.sha256:
                problems.append(Problem(blob.path, "problem.backup_without_file"))
                continue
            part = ledger.with_name(blob.sha256)
            shutil.copyfile(source, part)
            if sha256_of(part) != blob.sha256:
                raise BackupUnfitError(path=str(part), reason=blob.path)
            _seal(part, target, recipient)
        kept.append(blob)
    return kept, problems


def _blob_path(folder: Path, blob: Blob, *, encrypted: bool) -> Path:
    return folder / BLOBS / blob.sha256[:2] / (blob.sha256 + (ENCRYPTED if encrypted else ""))


def backups_in(folder: Path) -> list[Path]:
    """The backups of a folder, the newest first."""
    found = [path for path in folder.glob("gpmb-*") if path.name.endswith((SUFFIX, SUFFIX + ENCRYPTED))]
    return sorted(found, key=lambda path: path.name, reverse=True)


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that was found whole, unpacked as a project folder in a place of its own."""

    project: Path
    manifest: Manifest


@contextmanager
def opened_backup(path: Path, passphrase: str | None, beside: Path) -> Iterator[Opened]:
    """A backup unpacked and checked to the last byte; nothing else is touched.

    Args:
        path: The backup, in its folder of backups.
        passphrase: Of an encrypted one.
        beside: A folder on the disk where it will go: it is unpacked there under a name of its own.

    Raises:
        BackupUnfitError: If anything of it is missing or altered.
        PassphraseNeededError: If it is encrypted and there is no passphrase.
        WrongPassphraseError: If the passphrase does not open it.
    """
    encrypted = path.name.endswith(ENCRYPTED)
    if not path.is_file():
        raise BackupUnfitError(path=str(path), reason="no such file")
    if encrypted and not passphrase:
        raise PassphraseNeededError(path=str(path))
    identity = identity_of(path.parent, passphrase) if encrypted and passphrase else None
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=beside) as made_in:
        project = Path(made_in) / "project"
        project.mkdir()
        try:
            manifest = _unpack(path, identity, Path(made_in), project)
            for blob in manifest.blobs:
                _unpack_blob(path.parent, blob, identity, project)
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            zipfile.BadZipFile,
            zlib.error,
            pyrage.DecryptError,
        ) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise BackupUnfitError(path=str(path), reason=reason) from error
        try:
            require_whole(project / LEDGER, manifest.head)
        except GisError as error:
            raise BackupUnfitError(path=str(path), reason=str(error.facts.get("reason"))) from error
        yield Opened(project, manifest)


def _unpack(path: Path, identity: x25519.Identity | None, room: Path, project: Path) -> Manifest:
    plain = path
    if identity is not None:
        plain = room / "plain.zip"
        pyrage.decrypt_file(str(path), str(plain), [identity])
    with zipfile.ZipFile(plain) as file:
        if file.getinfo(MANIFEST).file_size > MOST_MANIFEST_BYTES:
            raise ValueError(MANIFEST)
        manifest = Manifest.of(file.read(MANIFEST))
        wanted = {LEDGER: manifest.ledger_sha256, **manifest.settings}
        if not set(manifest.settings) <= set(SETTINGS) or set(file.namelist()) != {MANIFEST, *wanted}:
            raise ValueError(", ".join(sorted(set(file.namelist()) ^ {MANIFEST, *wanted})))
        for name, digest in wanted.items():
            with file.open(name) as member, (project / name).open("wb") as target:
                shutil.copyfileobj(member, target)
            if sha256_of(project / name) != digest:
                raise ValueError(name)
    if plain is not path:
        plain.unlink()
    return manifest


def _unpack_blob(folder: Path, blob: Blob, identity: x25519.Identity | None, project: Path) -> None:
    source, target = _blob_path(folder, blob, encrypted=identity is not None), project / blob.path
    target.parent.mkdir(parents=True, exist_ok=True)
    if identity is not None:
        pyrage.decrypt_file(str(source), str(target), [identity])
    else:
        shutil.copyfile(source, target)
    if sha256_of(target) != blob.sha256:
        raise ValueError(str(source))
