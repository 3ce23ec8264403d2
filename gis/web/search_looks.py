"""Who was shown names while typing: a line of the log for a login and some minutes, not for each letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

from gis.project import accounts
from gis.web.common import SAME_LOOK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gis.project import Project
    from gis.web.visitors import Visitor


@dataclass(slots=True)
class _Look:
    view_id: str | None
    begun: datetime
    households: set[str] = field(default_factory=set)


class Looks:
    """The looks of the last minutes; safe to share between threads."""

    def __init__(self) -> None:
        """Nobody has looked."""
        self._looks: dict[tuple[str, str, str], _Look] = {}
        self._lock = Lock()

    def note(
        self, project: Project, visitor: Visitor, what: str, households: Iterable[str], now: datetime
    ) -> None:
        """Log that somebody is shown the names of some households, before they are shown.

        The line that began within `SAME_LOOK` counts them too; later ones begin another.

        Args:
            project: Whose register.
            visitor: Who is shown them.
            what: Where, an id of the catalogues' family `seen`.
            households: Ids.
            now: The clock.
        """
        shown = set(households)
        if not shown or visitor.session is None:
            return
        key = (str(project.folder), visitor.session_id, what)
        with self._lock:
            self._looks = {one: look for one, look in self._looks.items() if now - look.begun < SAME_LOOK}
            look = self._looks.get(key)
            if look is None:
                view_id = accounts.note_names(project, visitor.account_id, what, sorted(shown), now)
                self._looks[key] = _Look(view_id, now, shown)
            elif not shown <= look.households:
                look.households |= shown
                accounts.note_more(project, look.view_id, sorted(look.households))


looks: Final = Looks()
