"""Which project a process serves: named by GPMB_PROJECT, chosen on the first screen, or the sample."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

from gis.errors import GisError
from gis.project import accounts
from gis.project.project import Project
from gis.store.choices import keep_choice, read_choice

SAMPLE: Final = Path(__file__).parents[2] / "data"
NAMED: Final = "GPMB_PROJECT"


class ServedToOthersError(GisError):
    """A server with accounts was to change to another project under the people who work with it."""

    message = "error.served_to_others"


class Serving:
    """The projects that this process has opened, and the one that it shows; safe to share between threads."""

    def __init__(self) -> None:
        """Nothing is open or chosen yet."""
        self._lock = threading.RLock()  # a page and a route may ask first at once
        self._opened: dict[Path, Project] = {}
        self._chosen: Path | None = None
        self._has_looked = False

    def folder(self) -> Path:
        """Where the project is: chosen here, else of GPMB_PROJECT, else remembered, else the sample.

        What is remembered is read once: another process that chooses changes nothing under this one's users.

        Raises:
            FileUnreadableError: If what is remembered cannot be read.
        """
        with self._lock:
            if not self._has_looked and not os.environ.get(NAMED):
                self._chosen, self._has_looked = read_choice(), True
            return (self._chosen or Path(os.environ.get(NAMED) or SAMPLE)).resolve()

    def project(self) -> Project:
        """The open project.

        Raises:
            GisError: If it cannot be opened.
        """
        with self._lock:
            folder = self.folder()
            if folder not in self._opened:
                self._opened[folder] = Project.open(folder)
            return self._opened[folder]

    def is_first_start(self) -> bool:
        """Whether nobody has said yet which project it shall be."""
        with self._lock:
            self.folder()
            return not os.environ.get(NAMED) and self._chosen is None

    def require_alone(self) -> None:
        """Refuse to change the project of a server on which people have accounts.

        Without accounts only this very machine may come in (`web/guard.py`): nobody else is at work, and the
        other project opens no door either.

        Raises:
            ServedToOthersError: If there are accounts.
        """
        try:
            current = self.project()
        except GisError:
            return  # it cannot be opened: nobody works with it
        if accounts.exist(current):
            raise ServedToOthersError(folder=str(current.folder))

    def serve(self, folder: Path) -> Project:
        """Show another project from now on, and after the next start where GPMB_PROJECT does not name one.

        Raises:
            ServedToOthersError: If people have accounts here.
            GisError: If the project cannot be opened, or the choice not be kept; the one before stays.
        """
        with self._lock:
            self.require_alone()
            place = folder.resolve()
            opened = self._opened.get(place) or Project.open(place)
            self._opened[place] = opened
            if not os.environ.get(NAMED):
                keep_choice(place)
            self._chosen = place
            return opened


_serving: Final = Serving()
folder, serve, require_alone = _serving.folder, _serving.serve, _serving.require_alone
shared, is_first_start = _serving.project, _serving.is_first_start
