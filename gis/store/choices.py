"""Which project this machine's app opens when nobody says: remembered among the user's own settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import FileUnwritableError
from gis.store.text_files import read_text
from gis.store.versions import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS: Final = "GPMB_SETTINGS"
FILE: Final = "project.txt"


def settings_folder(platform: str, environment: Mapping[str, str], home: Path) -> Path:
    """Where this user's settings of the app are: outside every project and outside the program.

    Args:
        platform: As `sys.platform` says it.
        environment: GPMB_SETTINGS, where set, is the folder.
        home: The user's own folder.

    >>> settings_folder("linux", {}, Path("/home/lan")).as_posix()
    '/home/lan/.config/gpmb'
    """
    if environment.get(SETTINGS):
        return Path(environment[SETTINGS])
    if platform == "win32":
        return Path(environment.get("APPDATA") or home / "AppData" / "Roaming") / "gpmb"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "gpmb"
    return Path(environment.get("XDG_CONFIG_HOME") or home / ".config") / "gpmb"


def choice_file() -> Path:
    """The file that holds the path of the remembered project."""
    return settings_folder(sys.platform, os.environ, Path.home()) / FILE


def read_choice() -> Path | None:
    """The folder of the remembered project, there or not; None where none was ever chosen.

    Raises:
        FileUnreadableError: If the file is there and cannot be read.
    """
    path = choice_file()
    if not path.exists():
        return None
    named = read_text(path).strip()
    return Path(named) if named else None


def keep_choice(folder: Path) -> None:
    """Remember a project for the next start.

    Raises:
        FileUnwritableError: If the settings cannot be written.
    """
    path = choice_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileUnwritableError(file=str(path), reason=error.strerror) from None
    replace_file(path, f"{folder}\n".encode())
