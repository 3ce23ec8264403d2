"""The form of an office's old list: milestones recorded before this program, from a CSV."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.errors import Problem, RefusedError, SyntheticProjectError
from gis.project import shared
from gis.project.openings import import_openings
from gis.store.received import sent
from gis.web import household_actions as actions
from gis.web.common import stamp
from gis.web.uploads import scan_input

if TYPE_CHECKING:
    from gis.texts import Texts
    from gis.web.common import View


def openings_form(shown: View) -> None:
    """A file, the last possible day of rows without one, and the button; the sample says why it has none."""
    words, request = shown.texts, actions.request_id()
    if shown.snapshot.plan.synthetic:
        st.html(f'<p class="gp-note">{escape(words.error(SyntheticProjectError()))}</p>')
        return
    st.html(f'<p class="gp-note">{escape(words("people.openings_remark"))}</p>')
    file, day = f"openings-file.{request}", f"openings-day.{request}"
    scan_input(words("people.openings_file"), file, ("csv",))
    st.date_input(
        words("people.openings_day"), value=None, key=day, max_value=shown.today, format="DD/MM/YYYY"
    )
    st.button(
        words("people.openings_button"),
        key=f"openings-send.{request}",
        on_click=send,
        args=(file, day, request),
        width="stretch",
    )


def send(file: str, day: str, request: str) -> None:
    """Take the rows over, all or none; the same list again writes nothing."""

    def write(words: Texts) -> tuple[str, ...]:
        chosen = st.session_state.get(file)
        if chosen is None:
            raise RefusedError(problems=[Problem("", "refused.no_file")])
        with sent(chosen.name, chosen) as path:
            done = import_openings(shared(), path, st.session_state.get(day), stamp(request))
        return (words("cli.imported_openings", count=done.count, written=len(done.seqs)),)

    actions.carry_out(write)
