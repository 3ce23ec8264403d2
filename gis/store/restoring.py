"""The way back from a backup: checked to the last byte, and nothing that was there is lost."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Final

from gis.errors import GisError, LedgerBusyError, RestoreTargetError
from gis.ledger.chain import Head
from gis.plan import parse_plan
from gis.store.backend import choose_backend
from gis.store.backup_reading import PLAN, UNPACKING, opened_backup
from gis.store.backups import LEDGER, SETTINGS, Backup, note_backup
from gis.store.database import Ledger, open_ledger
from gis.store.erasure import read_forgotten, reapply_erasures, scrub
from gis.store.leftovers import sweep
from gis.store.loading import load_tables
from gis.store.sessions import forget_sessions
from gis.store.shared_versions import share_versions
from gis.store.text_files import read_text
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from gis.store.backup_reading import Opened
    from gis.store.backups import Manifest
    from gis.store.erasure import Forgotten

ASIDE: Final = "before-restore-"
# What is beside the ledger while SQLite works on it.
BESIDE: Final = tuple(LEDGER + ending for ending in ("-wal", "-shm"))


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup brought back.

    Args:
        manifest: The backup's.
        before: Where what was there before lies now.
        forgot: Whether what the ledger that was there had erased is erased again; False where it could not
            be read, so that nobody knows.
    """

    manifest: Manifest
    before: Path | None
    forgot: bool = True


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
        RestoreTargetError: If something is there and may not be replaced, or it is another project.
    """
    shown, target = str(target), target.absolute()
    try:
        if target.is_symlink():
            target = target.resolve(strict=True)
        occupied = target.exists() and (not target.is_dir() or any(target.iterdir()))
        if occupied and not (replace and _is_project(target)):
            raise RestoreTargetError(folder=shown, reason="occupied")
        if occupied and url:
            raise RestoreTargetError(folder=shown, reason="server")
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent, f"{UNPACKING}*", now)
        with opened_backup(backup, passphrase, target.parent) as opened:
            forget_sessions(opened.project / LEDGER)
            if occupied:
                return _swap(opened, target, now)
            if url:
                _load(opened, url)
            if target.is_dir():
                target.rmdir()
            shutil.move(opened.project, target)
            return Restored(opened.manifest, None)
    except OSError as error:
        raise RestoreTargetError(folder=shown, reason=error.strerror or str(error)) from error


def _is_project(folder: Path) -> bool:
    """Whether a project is there, or what a restore that was killed has left of one."""
    return folder.is_dir() and ((folder / PLAN).is_file() or any(folder.glob(f"{ASIDE}*/{PLAN}")))


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


def _swap(opened: Opened, target: Path, now: datetime) -> Restored:
    """Let the ledger of a backup take the place of a project's own, under the writer's lock.

    What was erased since the backup was made stays erased. Settings are copied aside and replaced one by
    one, the ledger last: whoever is killed on the way has a project that can be restored again.
    """
    _require_same_project(opened, target)
    aside = target / f"{ASIDE}{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
    current = _readable(target / LEDGER)
    backend = current.backend if current else choose_backend(target / LEDGER, None, 0)
    with backend.locked():
        forgotten, head = _forgotten(current)
        _prepare(opened, forgotten, Backup(aside, head, encrypted=False, problems=()), now)
        aside.mkdir()
        erased = {one.sha256 for one in forgotten.attachments} if forgotten else set()
        _place_files(opened.project, target, aside, erased)
        for name in SETTINGS:
            if (target / name).exists():
                shutil.copy2(target / name, aside / name)
            if (opened.project / name).exists():
                (opened.project / name).replace(target / name)
            else:
                (target / name).unlink(missing_ok=True)
        for name in (LEDGER, *BESIDE):
            if (target / name).exists():
                (target / name).rename(aside / name)
        (opened.project / LEDGER).replace(target / LEDGER)
    return Restored(opened.manifest, aside, forgotten is not None)


def _require_same_project(opened: Opened, target: Path) -> None:
    """Refuse to put one commune's ledger into another's folder; a damaged plan tells nothing."""
    try:
        owner = parse_plan(read_text(target / PLAN), PLAN).project_id
    except (GisError, OSError):
        return
    if owner != opened.manifest.project_id:
        raise RestoreTargetError(folder=str(target), reason="other")


def _readable(path: Path) -> Ledger | None:
    """The ledger that is there; None where it is lost or damaged: the very reason to restore.

    Raises:
        LedgerBusyError: If others write to it without a pause.
    """
    if not path.exists():
        return None
    try:
        return Ledger(path)
    except LedgerBusyError:
        raise
    except GisError:
        return None


def _forgotten(current: Ledger | None) -> tuple[Forgotten | None, Head]:
    """What a ledger has forgotten, and its head; None where it cannot be read. It is closed afterwards."""
    if current is None:
        return None, Head()
    try:
        head = current.head()
        with current.reading() as connection:
            return read_forgotten(connection), head
    except GisError:
        return None, Head()
    finally:
        current.close()


def _prepare(opened: Opened, forgotten: Forgotten | None, aside: Backup, now: datetime) -> None:
    """Let the ledger of a backup forget what was forgotten since, and know of the one that is put aside.

    That one holds names: an erasure must be able to tell that it is there.
    """
    ledger = Ledger(opened.project / LEDGER)
    try:
        with ledger.writing() as writer:
            if forgotten is not None:
                reapply_erasures(writer.connection, forgotten)
            note_backup(writer.connection, aside, aside.path, now)
        if forgotten is not None:
            scrub(ledger)
    finally:
        ledger.close()
    for name in (*BESIDE, LEDGER + ".lock"):
        (opened.project / name).unlink(missing_ok=True)


def _place_files(source: Path, target: Path, aside: Path, erased: set[str]) -> None:
    """The files that never change, where they are missing or altered; an altered one is put aside."""
    for path in sorted(path for path in source.rglob("*") if path.is_file() and path.parent != source):
        place = target / path.relative_to(source)
        if path.name in erased:
            continue
        if place.is_file() and sha256_of(place) == path.stem:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            kept = aside / path.relative_to(source)
            kept.parent.mkdir(parents=True, exist_ok=True)
            place.rename(kept)
        path.rename(place)
