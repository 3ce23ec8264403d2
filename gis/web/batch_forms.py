"""The forms of the page "Đợt, văn bản": open, document, apply with a review, join, leave, undo."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.ledger.batch_apply import RENEWED_MILESTONES
from gis.ledger.batches import NAME_MOST, NUMBER_MOST
from gis.project import people
from gis.web import batch_actions as actions
from gis.web import batch_view as view
from gis.web.actions import field
from gis.web.batch_actions import ALL, LIST, NO_ZONE, WAYS
from gis.web.uploads import scan_input

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.deadlines import Deadlines
    from gis.ledger.batches import Batch, Document
    from gis.web.batch_actions import Reviewed, Undoable
    from gis.web.batch_view import People
    from gis.web.common import View

SIGNATORY_MOST = 120
LIST_TYPES = ("txt", "csv")


def _day(shown: View, key: str, label: str) -> None:
    st.session_state.setdefault(key, shown.today)
    st.date_input(
        label,
        key=key,
        min_value=shown.snapshot.plan.starts,
        max_value=shown.today,
        format="DD/MM/YYYY",
    )


def open_form(shown: View, deadlines: Deadlines, *, first: bool) -> None:
    """Open a đợt; spread out where there is none yet."""
    words, request = shown.texts, actions.request_id()
    zones = [zone.zone_id for zone in shown.snapshot.plan.zones]
    with (
        st.expander(words("batch_page.open"), expanded=first),
        st.form(f"batch.open.{request}", enter_to_submit=False),
    ):
        st.text_input(
            words("batch_page.name"),
            key=field("batch", "name", request),
            max_chars=NAME_MOST,
            placeholder=words("batch_page.name_hint"),
            help=words("batch_page.name_help"),
        )
        left, middle, right = st.columns(3)
        with left:
            st.selectbox(
                words("batch_page.zone"),
                [*zones, NO_ZONE],
                format_func=lambda zone: view.zone_name(shown.snapshot.plan, zone or None, words),
                key=field("batch", "zone", request),
            )
        with middle:
            st.selectbox(
                words("batch_page.regime"),
                list(deadlines.regimes),
                format_func=lambda regime: view.regime_name(deadlines, regime),
                key=field("batch", "regime", request),
            )
        with right:
            _day(shown, field("batch", "on", request), words("batch_page.opened"))
        st.form_submit_button(
            words("batch_page.open"),
            type="primary",
            on_click=actions.open_batch,
            args=(tuple(deadlines.regimes), request),
            width="stretch",
        )


def document_form(shown: View, batch: Batch) -> None:
    """Record a document of a đợt."""
    words, request = shown.texts, actions.request_id()
    milestones = [step.id for step in shown.snapshot.plan.milestones]
    with (
        st.expander(words("batch_page.new_document"), expanded=not batch.documents),
        st.form(f"batch.document.{request}", enter_to_submit=False),
    ):
        st.selectbox(
            words("batch_page.milestone"),
            milestones,
            format_func=lambda name: words(f"milestone.{name}"),
            key=field("document", "milestone", request),
        )
        left, right = st.columns(2)
        with left:
            st.text_input(
                words("batch_page.number"), key=field("document", "number", request), max_chars=NUMBER_MOST
            )
            _day(shown, field("document", "on", request), words("batch_page.document_on"))
        with right:
            st.text_input(
                words("batch_page.signatory"),
                key=field("document", "signatory", request),
                max_chars=SIGNATORY_MOST,
            )
            st.date_input(
                words("batch_page.effective"),
                key=field("document", "effective", request),
                value=None,
                min_value=shown.snapshot.plan.starts,
                format="DD/MM/YYYY",
                help=words("batch_page.effective_help"),
            )
        scan_input(words("batch_page.scan_input"), field("document", "scan", request))
        st.form_submit_button(
            words("batch_page.new_document"),
            type="primary",
            on_click=actions.add_document,
            args=(batch, request),
            width="stretch",
        )


def apply_form(shown: View, batch: Batch) -> None:
    """Apply a document to its list: first a review, then one button that writes."""
    words, request = shown.texts, actions.request_id()
    if not batch.documents or not batch.members:
        return
    by_seq = {one.seq: one for one in batch.documents}
    with st.container(border=True, key="batch-apply"):
        st.html(f"<h3>{escape(words('batch_page.apply'))}</h3>")
        seqs = list(by_seq)
        asked = st.session_state.get("batch.apply")
        chosen = st.selectbox(
            words("batch_page.which_document"),
            seqs,
            index=seqs.index(asked) if asked in by_seq else len(seqs) - 1,
            format_func=lambda seq: _document_label(by_seq[seq], shown),
            key=field("apply", "document", request),
            on_change=actions.back,
        )
        who = st.radio(
            words("batch_page.who"),
            (ALL, LIST),
            format_func=lambda one: words(f"batch_page.who_{one}", count=len(batch.members)),
            key=field("apply", "who", request),
            on_change=actions.back,
        )
        if who == LIST:
            _list_fields(shown, "apply", request, changed=actions.back)
        if by_seq[chosen].milestone in RENEWED_MILESTONES:
            key = field("apply", "renewed", request)
            st.checkbox(words("batch_page.renewed"), key=key, on_change=actions.back)
        st.button(
            words("batch_page.to_review"),
            key=f"batch.to_review.{request}",
            type="primary",
            on_click=actions.review,
            args=(batch, request),
            width="stretch",
        )
        reviewed: Reviewed | None = st.session_state.get("batch.review")
        if reviewed is not None and reviewed.request.batch == batch.batch:
            _reviewed(shown, reviewed, by_seq[reviewed.request.document], request)


def _document_label(one: Document, shown: View) -> str:
    words = shown.texts
    return f"{one.number} · {words.date(one.on)} · {words(f'milestone.{one.milestone}')}"


def _list_fields(shown: View, form: str, request: str, changed: Callable[[], None] | None = None) -> None:
    words = shown.texts
    st.text_area(
        words("batch_page.list"),
        key=field(form, "list", request),
        placeholder=words("batch_page.list_hint"),
        help=words("batch_page.list_help"),
        height=140,
        on_change=changed,
    )
    scan_input(words("batch_page.list_file"), field(form, "file", request), LIST_TYPES, changed)


def _reviewed(shown: View, reviewed: Reviewed, document: Document, request: str) -> None:
    """What the list comes to, and the button that writes it: nothing may have changed since."""
    words, found = shown.texts, reviewed.review
    st.html(view.review_html(found, document, shown.snapshot.plan, words))
    if found.refused or not found.entries:
        return
    st.button(
        words("batch_page.write", count=found.households),
        key=f"batch.write.{request}",
        type="primary",
        on_click=actions.apply,
        width="stretch",
    )


def join_form(shown: View, batch: Batch) -> None:
    """Add households to a đợt: of a zone, of a hamlet, or of a list."""
    words, request = shown.texts, actions.request_id()
    with st.expander(words("batch_page.join"), expanded=not batch.members):
        way = st.radio(
            words("batch_page.join_by"),
            WAYS,
            format_func=lambda one: words(f"batch_page.join_{one}"),
            key=field("join", "way", request),
            horizontal=True,
        )
        with st.form(f"batch.join.{request}.{way}", enter_to_submit=False):
            _who_joins(shown, batch, way, request)
            _day(shown, field("join", "on", request), words("batch_page.joined_on"))
            st.form_submit_button(
                words("batch_page.join"),
                type="primary",
                on_click=actions.join,
                args=(batch, way, request),
                width="stretch",
            )


def _who_joins(shown: View, batch: Batch, way: str, request: str) -> None:
    words, plan = shown.texts, shown.snapshot.plan
    if way == "zone":
        zones = [zone.zone_id for zone in plan.zones]
        st.selectbox(
            words("batch_page.zone"),
            zones,
            index=zones.index(batch.zone) if batch.zone in zones else 0,
            format_func=lambda zone: view.zone_name(plan, zone, words),
            key=field("join", "zone", request),
        )
    elif way == "hamlet":
        counts = people.hamlets(people.people(shown.project))
        communes = {old.code: old.name for old in plan.commune.old_communes}
        st.selectbox(
            words("batch_page.hamlet"),
            list(counts),
            format_func=lambda one: words(
                "batch_page.hamlet_of",
                hamlet=one.name,
                commune=communes.get(one.commune, one.commune),
                count=counts[one],
            ),
            key=field("join", "hamlet", request),
        )
    else:
        _list_fields(shown, "join", request)


def leave_form(shown: View, batch: Batch, called: People) -> None:
    """Take households out of a đợt."""
    words, request = shown.texts, actions.request_id()
    if not batch.members:
        return
    with (
        st.expander(words("batch_page.leave")),
        st.form(f"batch.leave.{request}", enter_to_submit=False),
    ):
        st.multiselect(
            words("batch_page.members"),
            sorted(batch.members, key=called.name),
            format_func=lambda one: f"{called.name(one)} · {one}",
            key=field("leave", "households", request),
            placeholder=words("batch_page.choose"),
        )
        _day(shown, field("leave", "on", request), words("batch_page.left_on"))
        st.form_submit_button(
            words("batch_page.leave"), on_click=actions.leave, args=(batch, request), width="stretch"
        )


def undo_form(shown: View, batch: Batch) -> None:
    """Cancel all that one application of a document wrote, or a document that was not applied."""
    words, request = shown.texts, actions.request_id()
    steps = actions.undoable(shown.snapshot.state, batch)
    if not steps:
        return
    with (
        st.expander(words("batch_page.undo")),
        st.form(f"batch.undo.{request}", enter_to_submit=False),
    ):
        st.selectbox(
            words("batch_page.which_step"),
            steps,
            format_func=lambda step: _step_label(step, shown),
            key=field("undo", "step", request),
        )
        st.text_input(words("card.why"), key=field("undo", "reason", request), max_chars=200)
        st.form_submit_button(
            words("batch_page.undo"), on_click=actions.undo, args=(request,), width="stretch"
        )


def _step_label(step: Undoable, shown: View) -> str:
    words = shown.texts
    if step.by is None:
        return words("batch_page.step_document", number=step.document.number, seq=step.seqs[0])
    return words(
        "batch_page.step_application",
        number=step.document.number,
        count=len(step.seqs),
        by=step.by,
        first=step.seqs[0],
        last=step.seqs[-1],
    )
