"""Đợt, văn bản: every đợt with its documents and deadlines; a document applied to its list."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.deadlines import SOON_DAYS
from gis.ledger.batches import batches
from gis.project.batches import batch_figures, land_of, signatory
from gis.project.people import aliases
from gis.web import batch_actions as actions
from gis.web import batch_forms as forms
from gis.web import batch_view as view
from gis.web import common
from gis.web.actions import Done
from gis.web.batch_view import PRESSING, People
from gis.web.common import Refusal, section
from gis.web.due_rows import due_rows, regimes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.deadlines import Deadlines
    from gis.ledger.batches import Batch, Document
    from gis.ledger.due import Due, Land
    from gis.project.batches import BatchFigures
    from gis.web.common import View


def main() -> None:
    shown = common.view()
    words, snapshot = shown.texts, shown.snapshot
    deadlines = regimes(shown)
    if isinstance(deadlines, Refusal):
        common.heading(words("batch_page.title"))
        deadlines.show()
        return
    found = batches(snapshot.state)
    if "batch" not in st.session_state:
        st.session_state["batch"] = st.query_params.get("batch")
    chosen = found.get(st.session_state["batch"] or "")
    common.keep_address(shown, batch=chosen.batch if chosen else None)
    land = land_of(snapshot)
    rows = due_rows(shown, deadlines)
    if chosen is None:
        every(shown, found, rows, deadlines, land)
    else:
        one_batch(shown, chosen, [row for row in rows if row.batch == chosen.batch], deadlines, land)


def every(
    shown: View, found: dict[str, Batch], rows: Sequence[Due], deadlines: Deadlines, land: Land
) -> None:
    """The list of đợt, and the form that opens one."""
    words = shown.texts
    common.heading(words("batch_page.title"), shown.team_only)
    show_outcome()
    if not found:
        st.html(
            f'<div class="gp-hint"><b>{escape(words("batch_page.nothing_yet"))}</b>'
            f"<p>{escape(words('batch_page.what_to_do'))}</p></div>"
        )
    else:
        merged = aliases(shown.project)
        listed = [(batch, batch_figures(shown.snapshot, batch, land, merged)) for batch in found.values()]
        st.html(view.cards(listed, rows, SOON_DAYS, words))
        with st.container(key="batch-list"):
            for batch, figures in listed:
                own = [row for row in rows if row.batch == batch.batch]
                st.button(
                    view.line(batch, figures, own, words),
                    key=f"batch.line.{batch.batch}",
                    on_click=actions.open_batch_page,
                    args=(batch.batch,),
                    width="stretch",
                )
        st.html(section(words("batch_page.deadlines")) + view.deadlines_table(rows, words))
    if shown.can_write:
        forms.open_form(shown, deadlines, first=not found)
    else:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')


def show_outcome() -> None:
    """What the last button did."""
    outcome = st.session_state.get("batch.outcome")
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(line)}</p>" for line in outcome.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')


def one_batch(shown: View, batch: Batch, rows: Sequence[Due], deadlines: Deadlines, land: Land) -> None:
    """A đợt: what it is, how far it is, what is due, its documents and its members."""
    words, plan = shown.texts, shown.snapshot.plan
    st.button(words("batch_page.to_list"), on_click=actions.open_batch_page, args=(None,), type="tertiary")
    common.heading(f"{batch.batch} · {batch.name}", shown.team_only)
    show_outcome()
    figures = batch_figures(shown.snapshot, batch, land, aliases(shown.project))
    called = People(shown.households(batch.members, "batch"), shown.snapshot.boundaries.labels)
    st.html(view.head(batch, figures, plan, deadlines, words))
    if not shown.can_write:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
    documents(shown, batch, figures)
    if batch.members:
        steps = [step.id for step in plan.milestones if not step.optional]
        title = section(words("batch_page.progress"), words("batch_page.progress_remark"))
        st.html(title + view.progress(figures, steps, words))
        due_part(shown, rows, called)
    members(shown, batch, figures, called)


def documents(shown: View, batch: Batch, figures: BatchFigures) -> None:
    """The documents, and the forms that record one, apply one, and take an application back."""
    words = shown.texts

    def signed(document: Document) -> str | None:
        return signatory(shown.project, document) if shown.may("names") else None

    st.html(section(words("batch_page.documents")) + view.documents_table(batch, figures, signed, words))
    if shown.can_write and batch.members:
        forms.apply_form(shown, batch)
    if shown.can_write:
        forms.document_form(shown, batch)
        forms.undo_form(shown, batch)


def due_part(shown: View, rows: Sequence[Due], called: People) -> None:
    """What is due by rule, and by household where it presses."""
    words = shown.texts
    st.html(
        section(words("batch_page.deadlines"), view.summary(rows, SOON_DAYS, words))
        + view.deadlines_table(rows, words)
    )
    pressing = sum(row.status in PRESSING for row in rows)
    if pressing:
        with st.expander(words("batch_page.pressing", count=pressing)):
            st.html(view.pressing_table(rows, called, words))


def members(shown: View, batch: Batch, figures: BatchFigures, called: People) -> None:
    """The members, and the forms by which households join and leave."""
    words = shown.texts
    st.html(section(words("batch_page.members"), "" if batch.members else words("batch_page.no_members")))
    if batch.members:
        with st.expander(words("batch_page.members_list", count=len(batch.members))):
            st.html(view.members_table(batch, figures, called, words))
    if shown.can_write:
        forms.join_form(shown, batch)
        forms.leave_form(shown, batch, called)


main()
