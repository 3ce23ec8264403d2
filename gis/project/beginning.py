"""The beginnings of a project: an empty one for real data, or one that a backup brings back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import GisError, InsideRepositoryError
from gis.plan import empty_plan_text, parse_plan
from gis.project.holdings import HOLDINGS_COLUMNS
from gis.project.project import Project
from gis.store.folders import make_folder
from gis.store.restoring import restore

if TYPE_CHECKING:
    from datetime import datetime

    from gis.store.restoring import Restored

REPOSITORY: Final = Path(__file__).resolve().parents[2]
MOST_LETTERS: Final = 500


class PlaceNotNamedError(GisError):
    """A folder was to be named by its whole path, and was not."""

    message = "error.place_not_named"


def named_place(text: str) -> Path:
    """The folder that a person typed, by its whole path; "~" is the user's own folder.

    Raises:
        PlaceNotNamedError: If it is empty, relative, or no path.
    """
    typed = text.strip().strip('"')
    if not typed or len(typed) > MOST_LETTERS or not typed.isprintable():
        raise PlaceNotNamedError(found=typed[:MOST_LETTERS])
    try:
        place = Path(typed).expanduser()
    except RuntimeError:  # "~somebody" who is not here
        raise PlaceNotNamedError(found=typed) from None
    if not place.is_absolute() or ".." in place.parts:
        raise PlaceNotNamedError(found=typed)
    return place


def require_outside(folder: Path) -> None:
    """Refuse a place for real data among the program's own files, which an update replaces.

    Raises:
        InsideRepositoryError: If it is there.
    """
    if folder.resolve().is_relative_to(REPOSITORY):
        raise InsideRepositoryError(path=str(folder))


def begin(folder: Path, name: str, crs: int) -> None:
    """Make an empty project for real data, outside the program.

    Args:
        folder: A folder that is not there or empty.
        name: Of the commune.
        crs: EPSG number of the VN-2000 CRS of its areas.

    Raises:
        InsideRepositoryError: If the folder lies among the program's own files.
        DataError: If the plan that would be written is wrong, as by a CRS of another country.
        FolderNotEmptyError, FolderUnwritableError: If it cannot be made there.
    """
    require_outside(folder)
    text = empty_plan_text(name=name, crs=crs)
    parse_plan(text, "project.toml")
    holdings = ",".join(HOLDINGS_COLUMNS) + "\n"
    make_folder(folder, {"project.toml": text, "households/holdings.csv": holdings})
    Project.open(folder).close()


def bring_back(backup: Path, folder: Path, now: datetime, passphrase: str | None) -> Restored:
    """A project from a backup in a new folder, by the checked way of `restore`; nothing is replaced.

    Args:
        backup: A file of a folder of backups.
        folder: A folder that is not there or empty, outside the program.
        now: The clock.
        passphrase: Of an encrypted backup.

    Raises:
        InsideRepositoryError: If the folder lies among the program's own files.
        GisError: As `restore` refuses: a damaged backup, a wrong passphrase, a folder that is not empty.
    """
    require_outside(folder)
    url = os.environ.get("GPMB_DATABASE_URL") or None
    return restore(backup, folder, now, passphrase, url=url)
