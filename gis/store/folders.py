"""A project's folder: made whole in an empty place, never over something that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import FolderNotEmptyError, FolderUnwritableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SUBFOLDERS = ("zones", "parcels", "households")


def require_empty(folder: Path) -> None:
    """Refuse a folder that holds anything, or a file in its place.

    Raises:
        FolderNotEmptyError: Naming the first thing found.
    """
    if folder.is_file():
        raise FolderNotEmptyError(path=str(folder), found=folder.name)
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if found:
        raise FolderNotEmptyError(path=str(folder), found=found[0])


def make_folder(folder: Path, texts: Mapping[str, str]) -> None:
    """An empty project folder with its subfolders and these text files, by path within it.

    Raises:
        FolderNotEmptyError: If something is there.
        FolderUnwritableError: If it cannot be made.
    """
    require_empty(folder)
    try:
        for name in SUBFOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise FolderUnwritableError(path=str(folder), reason=error.strerror) from None
