"""What is next for every household, for the pages: worked out once for a day and a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.project.outlooks import outlooks_of
from gis.project.people import aliases
from gis.web.common import Refusal
from gis.web.due_rows import regimes
from gis.web.prepared import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.deadlines import Deadlines
    from gis.ledger.next_steps import Outlook
    from gis.project import Project, Snapshot
    from gis.web.common import View

DAYS_KEPT: Final = 4
_outlooks: Final[Kept[Mapping[str, Outlook]]] = Kept(DAYS_KEPT)


def outlooks(shown: View) -> Mapping[str, Outlook] | Refusal:
    """What is next for each household by the id that counts, the most pressing first; no name is in it.

    All sessions of this process share it while day, ledger, regimes and merged households stay the same.
    """
    deadlines = regimes(shown)
    if isinstance(deadlines, Refusal):
        return deadlines
    return outlooks_on(shown.project, shown.snapshot, deadlines)


def outlooks_on(project: Project, snapshot: Snapshot, deadlines: Deadlines) -> Mapping[str, Outlook]:
    """The same of a snapshot, for whoever has no page."""
    merged = aliases(project)
    moment = (snapshot.head.hash, snapshot.on, snapshot.known)
    key = (str(project.folder), *moment, deadlines.model_dump_json(), tuple(merged.items()))
    return _outlooks.get(key, lambda: outlooks_of(snapshot, deadlines, aliases=merged))
