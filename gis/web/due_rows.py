"""What is due, for the pages: worked out once for a day and a ledger, and the line about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import streamlit as st

from gis.deadlines import SOON_DAYS
from gis.ledger.batches import batches
from gis.project.batches import deadlines_of, land_of, what_is_due
from gis.project.people import aliases
from gis.web import common
from gis.web.batch_view import summary
from gis.web.common import Refusal, attempt

if TYPE_CHECKING:
    from gis.deadlines import Deadlines
    from gis.ledger.due import Due
    from gis.web.common import View

Kept: TypeAlias = "tuple[object, tuple[Due, ...]]"


def regimes(shown: View) -> Deadlines | Refusal:
    """The project's regimes, or why its own table cannot be read."""
    steps = [step.id for step in shown.snapshot.plan.milestones]
    return attempt(lambda: deadlines_of(shown.project.folder, steps), shown.texts)


def due_rows(shown: View, deadlines: Deadlines) -> tuple[Due, ...]:
    """Every period of every đợt, kept while day, ledger, regimes and merged households stay the same."""
    snapshot = shown.snapshot
    merged = aliases(shown.project)
    key = (str(shown.project.folder), snapshot.head.hash, snapshot.on, snapshot.known, deadlines, merged)
    kept: Kept | None = st.session_state.get("due.rows")
    if kept is None or kept[0] != key:
        kept = (key, what_is_due(snapshot, deadlines, land_of(snapshot), aliases=merged))
        st.session_state["due.rows"] = kept
    return kept[1]


def due_line(shown: View) -> None:
    """One line that leads to the page "Đợt, văn bản"; nothing where there is no đợt."""
    if not batches(shown.snapshot.state):
        return
    deadlines = regimes(shown)
    if isinstance(deadlines, Refusal):
        deadlines.show()
        return
    said = summary(due_rows(shown, deadlines), SOON_DAYS, shown.texts)
    st.page_link(common.BATCHES_PAGE, label=said, icon=":material/event:")
