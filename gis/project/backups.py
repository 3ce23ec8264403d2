"""Backups of a project made while people work, and the way back from one."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.errors import BackupFolderError, GisError, RestoreTargetError
from gis.ledger.chain import Head
from gis.ledger.entry import time_text
from gis.plan import parse_plan
from gis.store.backups import LEDGER, SETTINGS, Backup, Manifest, opened_backup, write_backup
from gis.store.database import Ledger, open_ledger
from gis.store.erasure import read_forgotten, reapply_erasures, scrub
from gis.store.loading import load_tables
from gis.store.shared_versions import share_versions
from gis.store.tables import backup_made_table
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from gis.project.project import Project
    from gis.store.backups import Opened
    from gis.store.erasure import Forgotten

DAY: Final = timedelta(days=1)
# What is beside the ledger while SQLite works on it.
LEDGER_FILES: Final = (LEDGER, LEDGER + "-wal", LEDGER + "-shm")


@dataclass(frozen=True, slots=True)
class LastBackup:
    """The newest backup that this project knows of."""

    at: datetime
    folder: str
    seq: int
    encrypted: bool


def back_up(project: Project, folder: Path, now: datetime) -> Backup:
    """A checked backup of a project in a folder; others may read and write meanwhile.

    Raises:
        BackupFolderError: If the folder lies in the project's own, or cannot be written.
    """
    if folder.resolve().is_relative_to(project.folder.resolve()):
        raise BackupFolderError(folder=str(folder), reason="inside")
    with project.ledger.reading() as connection:
        made = write_backup(connection, project.folder, project.plan.project_id, folder, now)
    with project.ledger.writing() as writer:
        writer.connection.execute(
            sa.insert(backup_made_table).values(
                backup_id=secrets.token_hex(8),
                at=time_text(now),
                folder=str(folder),
                seq=made.head.seq,
                hash=made.head.hash,
                encrypted=made.encrypted,
            )
        )
    return made


def last_backup(project: Project) -> LastBackup | None:
    """When and where the last backup was made; None where there never was one.

    A copy inside the project's own folder, as a migration leaves one, is no backup: its disk is the same.
    """
    table = backup_made_table.c
    query = sa.select(table.at, table.folder, table.seq, table.encrypted).order_by(table.at.desc())
    with project.ledger.reading() as connection:
        rows = connection.execute(query).all()
    own = project.folder.resolve()
    for row in rows:
        if not Path(row.folder).resolve().is_relative_to(own):
            return LastBackup(datetime.fromisoformat(row.at), row.folder, row.seq, bool(row.encrypted))
    return None


def is_due(project: Project, now: datetime, every: timedelta = DAY) -> bool:
    """Whether the last backup is older than it may be."""
    last = last_backup(project)
    return last is None or now - last.at >= every


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup brought back: its manifest, where what was there before lies now."""

    manifest: Manifest
    before: Path | None


def restore(
    backup: Path,
    target: Path,
    now: datetime,
    passphrase: str | None = None,
    *,
    replace: bool = False,
    url: str | None = None,
) -> Restored:
    """Bring a backup back as a project folder; it is checked to the last byte before anything is touched.

    Args:
        backup: A file of `back_up`, in its folder.
        target: A folder that is not there or empty; with `replace`, a project whose ledger then lies in
            `before-restore-<time>` in it, so that nothing is lost.
        now: The clock.
        passphrase: Of an encrypted backup.
        replace: Whether a project may be there.
        url: A PostgreSQL with an empty database, instead of a file.

    Raises:
        BackupUnfitError: If the backup is damaged or cut short.
        PassphraseNeededError, WrongPassphraseError: If an encrypted one cannot be opened.
        RestoreTargetError: If something is there and may not be replaced.
    """
    occupied = target.is_dir() and any(target.iterdir())
    if occupied and not (replace and (target / "project.toml").is_file()):
        raise RestoreTargetError(folder=str(target), reason="occupied")
    if occupied and url:
        raise RestoreTargetError(folder=str(target), reason="server")
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened_backup(backup, passphrase, target.parent) as opened:
        if not occupied:
            if url:
                _load(opened, url)
            if target.is_dir():
                target.rmdir()
            shutil.move(opened.project, target)
            return Restored(opened.manifest, None)
        return Restored(opened.manifest, _swap(opened, target, now))


def _load(opened: Opened, url: str) -> None:
    """Put the ledger of a backup into an empty PostgreSQL; the folder keeps no ledger of its own."""
    plan = parse_plan(read_text(opened.project / "project.toml"), "project.toml")
    ledger = open_ledger(opened.project, url, plan.project_id, plan.crs)
    try:
        if ledger.head() != Head():
            raise RestoreTargetError(folder=ledger.backend.name, reason="server")
        with ledger.writing() as writer:
            boundaries = load_tables(opened.project / LEDGER, writer.connection)
            share_versions(writer.connection, opened.project / "boundaries", boundaries)
        if ledger.head() != opened.manifest.head:
            raise RestoreTargetError(folder=ledger.backend.name, reason="server")
    finally:
        ledger.close()
    (opened.project / LEDGER).unlink()


def _swap(opened: Opened, target: Path, now: datetime) -> Path:
    """Let the ledger of a backup take the place of a project's own, under the writer's lock.

    What was erased since the backup was made stays erased.
    """
    aside = target / f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    with _ledger_of(target) as current:
        forgotten = _forgotten(current)
        _reapply(opened, forgotten)
        aside.mkdir()
        with current.backend.locked():
            current.close()
            for name in (*LEDGER_FILES, *SETTINGS):
                if (target / name).exists():
                    (target / name).rename(aside / name)
            erased = {one.sha256 for one in forgotten.attachments} if forgotten else set()
            _place(opened.project, target, erased)
    return aside


class _ledger_of:  # noqa: N801 - a context manager reads as a function
    """The ledger of a project folder, closed at the end; a damaged one is only locked, not read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Ledger:
        self.ledger = Ledger(self.folder / LEDGER)
        return self.ledger

    def __exit__(self, *_: object) -> None:
        self.ledger.close()


def _forgotten(current: Ledger) -> Forgotten | None:
    try:
        with current.reading() as connection:
            return read_forgotten(connection)
    except GisError:
        return None  # a damaged ledger is the very reason to restore; its erasures cannot be read


def _reapply(opened: Opened, forgotten: Forgotten | None) -> None:
    if forgotten is None:
        return
    ledger = Ledger(opened.project / LEDGER)
    try:
        with ledger.writing() as writer:
            reapply_erasures(writer.connection, forgotten)
        scrub(ledger)
    finally:
        ledger.close()
    for name in (LEDGER + "-wal", LEDGER + "-shm", LEDGER + ".lock"):
        (opened.project / name).unlink(missing_ok=True)


def _place(source: Path, target: Path, erased: set[str]) -> None:
    """Every file of a project into another; those that never change only where they are missing."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(exist_ok=True)
        elif path.name not in erased and not place.exists():
            path.rename(place)
