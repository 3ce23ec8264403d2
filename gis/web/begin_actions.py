"""What the first screen does: serve the sample, make the commune's project, bring a backup back.

Only whoever sits at the machine of a project without accounts may: `serving.require_alone` is asked before
anything is made, so that a refusal leaves nothing behind.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import GisError
from gis.plan_template import NAME
from gis.project import serving
from gis.project.beginning import begin, bring_back, named_place
from gis.store.shelf import backups_in, folders_with_backups, usual_places
from gis.web.common import now
from gis.web.daily import backup_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Problem
    from gis.store.restoring import Restored
    from gis.store.shelf import Shelved

FOLDER: Final = "gpmb-hoang-son"
VIETNAM_CRS: Final = 5897


def first_place(name: str = FOLDER) -> Path:
    """Where a new project may be made: in the user's documents, a name that is not taken."""
    home = Path.home()
    parent = home / "Documents" if (home / "Documents").is_dir() else home
    names = (name, *(f"{name}-{number}" for number in range(2, 100)))
    return next((parent / one for one in names if not (parent / one).exists()), parent / name)


def backup_places() -> list[Path]:
    """The folders of this machine in which backups were found."""
    return folders_with_backups(usual_places(backup_folder(), Path.home()))


def backups_of(typed: str) -> list[Shelved]:
    """The backups of the folder that was typed.

    Raises:
        PlaceNotNamedError: If it is no whole path.
        FileUnreadableError: If there is no such folder.
    """
    return backups_in(named_place(typed))


def see_sample() -> None:
    """Show the sample: the one that is open, else the shipped one.

    Raises:
        GisError: If it cannot be opened or shown.
    """
    serving.serve(serving.folder() if _shows_sample() else serving.SAMPLE)


def _shows_sample() -> bool:
    try:
        return serving.shared().plan.synthetic
    except GisError:  # what cannot be opened is no sample
        return False


def start_commune(name: str, typed: str) -> Path:
    """An empty project of the commune, shown from now on.

    Raises:
        GisError: If it cannot be made there; nothing was changed.
    """
    serving.require_alone()
    folder = named_place(typed)
    begin(folder, name.strip() or NAME, VIETNAM_CRS)
    serving.serve(folder)
    return folder


def restore_backup(one: Shelved, typed: str, passphrase: str) -> tuple[Restored, Path, Sequence[Problem]]:
    """A backup as a project of its own, shown from now on.

    Returns:
        What came back, where, and what `verify` says of it.

    Raises:
        GisError: If the backup or the place is not fit; nothing was changed.
    """
    serving.require_alone()
    folder = named_place(typed)
    done = bring_back(one.path, folder, now(), passphrase or None)
    problems, _ = serving.serve(folder).verify()
    return done, folder, problems
