"""Backups of a project made while people work, and how old the last one is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import BackupFolderError
from gis.store.backups import LastBackup, note_backup, read_backups_made, write_backup

if TYPE_CHECKING:
    from gis.project.project import Project
    from gis.store.backups import Backup

DAY: Final = timedelta(days=1)


def back_up(project: Project, folder: Path, now: datetime) -> Backup:
    """A checked backup of a project in a folder; others may read and write meanwhile.

    Raises:
        BackupFolderError: If the folder lies in the project's own, or cannot be written.
    """
    try:
        place = folder.resolve()
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise BackupFolderError(folder=str(folder), reason=str(error)) from error
    if place.is_relative_to(project.folder.resolve()):
        raise BackupFolderError(folder=str(folder), reason="inside")
    with project.ledger.reading() as connection:
        used = any(one.folder == str(place) for one in read_backups_made(connection))
        if used and not place.is_dir():  # a disk that is not plugged in is not made anew on this one
            raise BackupFolderError(folder=str(folder), reason="gone")
        made = write_backup(connection, project.folder, project.plan.project_id, folder, now)
    with project.ledger.writing() as writer:
        note_backup(writer.connection, made, folder, now)
    return made


def last_backup(project: Project, now: datetime | None = None) -> LastBackup | None:
    """When and where the last backup was made, by what the clock says now; None where there never was one.

    A copy inside the project's own folder, as a migration leaves one, is no backup: its disk is the same.
    """
    with project.ledger.reading() as connection:
        made = read_backups_made(connection)
    own = project.folder.resolve()
    outside = (one for one in made if not Path(one.folder).resolve().is_relative_to(own))
    return next((one for one in outside if now is None or one.at <= now), None)


def is_due(project: Project, now: datetime, every: timedelta = DAY) -> bool:
    """Whether the last backup is older than it may be.

    One that was made when the clock was wrong, in a time to come, does not count: it would be the last
    one for years.
    """
    last = last_backup(project, now)
    return last is None or now - last.at >= every
