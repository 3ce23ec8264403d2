"""The daily backup of a running app: to the folder that GPMB_BACKUP_DIR names, whenever a day has passed."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from anyio import sleep, to_thread

from gis.errors import BackupFaultError, GisError
from gis.project.backups import back_up, is_due

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.project import Project

LOOK_AGAIN_S: Final = 900
FOLDER: Final = "GPMB_BACKUP_DIR"


@dataclass(slots=True)
class Outcome:
    """What the last try of this process came to: its refusal, or None."""

    refusal: GisError | None = None


last_try: Final = Outcome()
log: Final = logging.getLogger(__name__)


def backup_folder() -> Path | None:
    """The folder of the daily backups; None where none is named."""
    named = os.environ.get(FOLDER)
    return Path(named) if named else None


def back_up_if_due(project_of: Callable[[], Project], folder: Path, now: datetime) -> None:
    """One look: a backup where the last one is a day old; a refusal is kept for the pages to show."""
    try:
        project = project_of()
        if is_due(project, now):
            back_up(project, folder, now)
        last_try.refusal = None
    except GisError as error:
        last_try.refusal = error
    except Exception:
        # A fault of ours here must not take the pages down with it: its traceback goes to the log, and
        # the overview says that there is no new backup.
        log.exception("the daily backup failed")
        last_try.refusal = BackupFaultError(folder=str(folder))


async def daily_backups(project_of: Callable[[], Project]) -> None:
    """Look every quarter of an hour for as long as the app runs."""
    folder = backup_folder()
    while folder is not None:
        await to_thread.run_sync(back_up_if_due, project_of, folder, datetime.now(UTC))
        await sleep(LOOK_AGAIN_S)
