"""The way back from a backup: checked to the last byte, and nothing that was there is lost."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from gis.errors import GisError, RestoreTargetError
from gis.ledger.chain import Head
from gis.plan import parse_plan
from gis.store.backend import choose_backend
from gis.store.backups import LEDGER, SETTINGS, opened_backup
from gis.store.database import Ledger, open_ledger
from gis.store.erasure import read_forgotten, reapply_erasures, scrub
from gis.store.loading import load_tables
from gis.store.shared_versions import share_versions
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from gis.store.backups import Manifest, Opened
    from gis.store.erasure import Forgotten

# What is beside the ledger while SQLite works on it.
BESIDE: Final = tuple(LEDGER + ending for ending in ("-wal", "-shm"))


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
    aside = target / f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
    forgotten = _forgotten(target / LEDGER)
    _reapply(opened, forgotten)
    aside.mkdir()
    with choose_backend(target / LEDGER, None, 0).locked():
        for name in (LEDGER, *BESIDE, *SETTINGS):
            if (target / name).exists():
                (target / name).rename(aside / name)
        erased = {one.sha256 for one in forgotten.attachments} if forgotten else set()
        _place(opened.project, target, erased)
    return aside


def _forgotten(path: Path) -> Forgotten | None:
    """What a ledger has forgotten; None where it is lost or damaged: the very reason to restore."""
    if not path.exists():
        return None
    try:
        current = Ledger(path)
    except GisError:
        return None
    try:
        with current.reading() as connection:
            return read_forgotten(connection)
    except GisError:
        return None
    finally:
        current.close()


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
    for name in (*BESIDE, LEDGER + ".lock"):
        (opened.project / name).unlink(missing_ok=True)


def _place(source: Path, target: Path, erased: set[str]) -> None:
    """Every file of a project into another; those that never change only where they are missing."""
    for path in sorted(source.rglob("*")):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(exist_ok=True)
        elif path.name not in erased and not place.exists():
            path.rename(place)
