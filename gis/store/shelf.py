"""What backups lie in a folder, and which folders of this machine hold any: by their names alone."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import FileUnreadableError
from gis.store.backup_blobs import ENCRYPTED
from gis.store.backups import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME: Final = re.compile(
    rf"gpmb-(\d{{8}}T\d{{6}}Z)-(\d+)(?:-\d+)?{re.escape(SUFFIX)}(?:{re.escape(ENCRYPTED)})?"
)
FOLDERS_LOOKED_AT: Final = 400


@dataclass(frozen=True, slots=True)
class Shelved:
    """A backup as its name tells of it.

    Args:
        path: The file.
        made_at: When it was made.
        seq: The last entry in it.
    """

    path: Path
    made_at: datetime
    seq: int

    @property
    def encrypted(self) -> bool:
        """Whether it asks for a passphrase."""
        return self.path.name.endswith(ENCRYPTED)


def backups_in(folder: Path) -> list[Shelved]:
    """The backups of a folder, the newest first; files that are called otherwise are none.

    Raises:
        FileUnreadableError: If the folder is not there or may not be read.
    """
    try:
        named = [(path, _NAME.fullmatch(path.name)) for path in folder.iterdir()]
    except OSError as error:
        raise FileUnreadableError(file=str(folder), reason=error.strerror) from None
    found = [
        Shelved(path, datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), int(match[2]))
        for path, match in named
        if match and path.is_file()
    ]
    return sorted(found, key=lambda one: (one.made_at, one.path.name), reverse=True)


def folders_with_backups(places: Iterable[Path]) -> list[Path]:
    """The folders that hold backups, among some places and what lies right in them, in that order."""
    found: dict[Path, None] = {}
    looked_at = 0
    for place in places:
        for folder in (place, *_inside(place)):
            looked_at += 1
            if looked_at > FOLDERS_LOOKED_AT:
                return list(found)
            if any(_NAME.fullmatch(path.name) for path in _entries(folder)):
                found[folder] = None
    return list(found)


def usual_places(named: Path | None, home: Path) -> list[Path]:
    """Where people keep backups: the folder that is named, disks that are plugged in, their own folders.

    Args:
        named: The folder of the daily backups, if any.
        home: The user's own folder.
    """
    return [*([named] if named else []), *_disks(), home, home / "Documents", home / "Desktop"]


def _disks() -> list[Path]:
    """The disks of this machine beside the one that it starts from."""
    if sys.platform == "win32":
        return [Path(f"{letter}:\\") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ"]
    roots = [Path("/Volumes")] if sys.platform == "darwin" else [Path("/mnt"), *_inside(Path("/media"))]
    return [disk for root in roots for disk in _inside(root)]


def _inside(place: Path) -> list[Path]:
    """The folders right in a place that are not hidden."""
    return [path for path in _entries(place) if not path.name.startswith(".") and _is_folder(path)]


def _entries(folder: Path) -> list[Path]:
    """What is in a folder, by name; nothing where it is not there or may not be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
