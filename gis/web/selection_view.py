"""The panel of the chosen parcels beside the map: ways to choose, the form, the look before writing, undo."""

from __future__ import annotations

from datetime import timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import streamlit as st

from gis.ledger.batches import batches
from gis.maps.choosing import RULES
from gis.milestones import CLEARED_MILESTONE
from gis.project import people
from gis.project.bulk_marks import recent_together
from gis.web import layer_view, selection
from gis.web import selection_actions as actions
from gis.web.actions import HECTARE_M2, field
from gis.web.common import Refusal, section
from gis.web.forms import DOCUMENT_MOST, NOTE_MOST, keep_among
from gis.web.map_layers import paint_of
from gis.web.selection_review import LISTED_MOST, folded_html, review_html
from gis.web.uploads import scans_input

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.project.bulk_marks import Together
    from gis.texts import Texts
    from gis.web.common import View

STYLE: Final = Path(__file__).parent / "selection.css"
LIST_MOST: Final = 50_000
HOUSEHOLDS_SHOWN: Final = 8
RECENT_DAYS: Final = 7
FIND: Final = "many-find"


def draw(shown: View) -> None:
    """The whole panel; what comes and goes has a place of its own: the rest stays as it was opened."""
    words, chosen = shown.texts, selection.chosen()
    st.html(STYLE)
    with st.container(key="many-head"):
        st.html(summary_html(shown) + said_html(words))
        outcome(shown)
    with st.container(key="many-ways"):
        ways(shown)
    if chosen:
        listing(shown)
    if not shown.can_write:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
        return
    if chosen:
        form(shown)
        look(shown)
    recent(shown)


def said_html(words: Texts) -> str:
    """What the last way of choosing came to."""
    said: selection.Said | None = st.session_state.get(selection.SAID)
    if said is None:
        return ""
    remarks = "".join(f"<li>{escape(line)}</li>" for line in said.remarks[:LISTED_MOST])
    listed = escape(words(said.message, **said.facts)) + (f"<ul>{remarks}</ul>" if remarks else "")
    return f'<div class="gp-chosen-said" role="status">{listed}</div>'


def summary_html(shown: View) -> str:
    """How many parcels are chosen, and their hectares in the zones."""
    words, chosen = shown.texts, selection.chosen()
    if not chosen:
        return f'<div class="gp-hint">{escape(words("chosen.none"))}</div>'
    parts = shown.snapshot.boundaries.parts_m2
    area_m2 = sum(part for parcel in chosen for part in parts.get(parcel, {}).values())
    said = words("chosen.summary", count=len(chosen))
    land = words("chosen.summary_land", ha=words.number(area_m2 / HECTARE_M2, 4))
    return f'<p class="gp-chosen-sum"><b>{escape(said)}</b> <span>{escape(land)}</span></p>'


def outcome(shown: View) -> None:
    """What the last button did; what it wrote can be taken back at once."""
    words, found = shown.texts, st.session_state.get(actions.OUTCOME)
    if isinstance(found, Refusal):
        found.show()
        if actions.reviewed() is not None:
            st.button(words("chosen.look_again"), key="many-again", on_click=actions.look_again)
    elif isinstance(found, actions.Outcome):
        lines = "".join(f"<p>{escape(line)}</p>" for line in found.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')
        if found.warnings:
            st.html(folded_html(words("form.warned_after"), found.warnings, words))
        if found.request_id and shown.can_write:
            with st.expander(words("chosen.mistaken")):
                undo_form(shown, "outcome", found.request_id)


def ways(shown: View) -> None:
    """By what parcels come in, besides clicks and lines on the map."""
    words = shown.texts
    st.session_state.setdefault(selection.RULE, RULES[0])
    st.selectbox(
        words("chosen.rule"),
        RULES,
        key=selection.RULE,
        format_func=lambda rule: words(f"chosen.rule_{rule}"),
        on_change=actions.change_rule,
        args=(shown.snapshot,),
        filter_mode=None,
    )
    with st.expander(words("chosen.by_list")):
        pasted(shown)
    if shown.may("names"):
        with st.expander(words("chosen.by_household")):
            households(shown)
    by_filter(shown)


def pasted(shown: View) -> None:
    """The pasted list, and which old commune is meant where it names none."""
    words = shown.texts
    codes = {one.code: one.name for one in shown.snapshot.plan.commune.old_communes}
    st.text_area(
        words("chosen.list"),
        key=actions.LIST,
        placeholder=words("chosen.list_hint"),
        max_chars=LIST_MOST,
        height=110,
    )
    if len(codes) > 1:
        st.selectbox(
            words("chosen.commune"),
            ["", *codes],
            key=actions.COMMUNE,
            format_func=lambda code: f"{codes[code]} ({code})" if code else words("chosen.commune_ask"),
            filter_mode=None,
        )
    with st.container(horizontal=True):
        add, out = words("chosen.list_add"), words("chosen.list_drop")
        st.button(add, key="many-add", on_click=actions.take_list, args=(shown,), kwargs={"out": False})
        st.button(out, key="many-drop", on_click=actions.take_list, args=(shown,), kwargs={"out": True})


def households(shown: View) -> None:
    """A household by code or name, and a button that adds all that it holds."""
    words = shown.texts
    st.text_input(words("chosen.find"), key=FIND, max_chars=NOTE_MOST)
    wanted = str(st.session_state.get(FIND) or "").strip()
    if not wanted:
        return
    found = people.find(shown.people(), wanted)
    shown.note_names("people", [one.household_id for one in found[:HOUSEHOLDS_SHOWN]])
    st.html(f'<p class="gp-note">{escape(words("chosen.found", count=len(found)))}</p>')
    for one in found[:HOUSEHOLDS_SHOWN]:
        label = " · ".join(
            part for part in (one.household.name, one.household.hamlet, one.household_id) if part
        )
        st.button(
            layer_view.plain(label),
            key=f"many-household.{one.household_id}",
            on_click=actions.take_household,
            args=(shown, one.household_id),
            width="stretch",
        )


def by_filter(shown: View) -> None:
    """What the legend's filter keeps: to add, or to keep alone of what is chosen."""
    words = shown.texts
    kept = layer_view.chosen(shown, shown.snapshot)
    if not kept.only:
        st.html(f'<p class="gp-note">{escape(words("chosen.filter_hint"))}</p>')
        return
    parcels = filtered(shown, kept.layer, kept.only)
    names = ", ".join(row.label for row in kept.rows if row.name in kept.only)
    st.html(f'<p class="gp-note">{escape(words("chosen.filter", names=names, count=len(parcels)))}</p>')
    with st.container(horizontal=True):
        add, only = words("chosen.filter_add"), words("chosen.filter_keep")
        st.button(
            add,
            key="many-filter",
            on_click=actions.take_filter,
            args=(shown, parcels),
            kwargs={"only": False},
        )
        if selection.chosen():
            st.button(
                only,
                key="many-only",
                on_click=actions.take_filter,
                args=(shown, parcels),
                kwargs={"only": True},
            )


def filtered(shown: View, layer: str, only: Sequence[str]) -> tuple[str, ...]:
    """The parcels, without public features, whose code the filter keeps."""
    paint, units = paint_of(shown.project, shown.snapshot, layer), shown.snapshot.units
    codes = [at for at, name in enumerate(paint.names) if name in only]
    inside = np.isin(paint.codes, codes) & (units["kind"] == "parcel").to_numpy()
    return tuple(units.index[inside].tolist())


def listing(shown: View) -> None:
    """What is chosen, by sheet; and the way to choose nothing."""
    words = shown.texts
    labels = shown.snapshot.boundaries.labels
    chosen = [labels.get(parcel, parcel) for parcel in selection.chosen()]
    st.html(folded_html(words("chosen.listed"), chosen, words))
    st.button(words("chosen.clear"), key="many-clear", on_click=actions.clear)


def form(shown: View) -> None:
    """Which milestone, which day, by what; sent, it is looked at first."""
    words, request = shown.texts, actions.request_id()
    steps = [step.id for step in shown.snapshot.plan.milestones]
    known = batches(shown.snapshot.state)
    st.html(section(words("chosen.mark")))
    with st.form(f"many.{request}", enter_to_submit=False):
        key = field("chosen", "step", request)
        st.session_state.setdefault(key, CLEARED_MILESTONE)
        st.selectbox(
            words("form.milestone"), steps, key=key, format_func=words.milestone_name, filter_mode=None
        )
        left, right = st.columns(2)
        day = field("chosen", "on", request)
        st.session_state.setdefault(day, shown.today)
        left.date_input(
            words("form.on"),
            key=day,
            min_value=shown.snapshot.plan.starts,
            max_value=shown.today,
            format="DD/MM/YYYY",
        )
        right.text_input(
            words("form.document"), key=field("chosen", "document", request), max_chars=DOCUMENT_MOST
        )
        if known:
            batch = field("chosen", "batch", request)
            keep_among(batch, ["", *known])
            st.selectbox(
                words("form.batch"),
                ["", *known],
                key=batch,
                format_func=lambda one: f"{one} · {known[one].name}" if one else words("form.no_batch"),
                filter_mode=None,
            )
        scans_input(field("chosen", "scans", request), words)
        st.form_submit_button(
            words("chosen.review"), type="primary", on_click=actions.review, args=(request,), width="stretch"
        )


def look(shown: View) -> None:
    """What would be written, and the buttons that write it or leave it."""
    words, found = shown.texts, actions.reviewed()
    if found is None:
        return
    st.html(review_html(shown, found.review, found.request.milestone))
    if found.review.refused_parcels:
        st.button(
            words("chosen.drop_refused", count=len(found.review.refused_parcels)),
            key="many-drop_refused",
            on_click=actions.drop_refused,
        )
    if found.review.refused:
        st.button(words("chosen.look_again"), key="many-again_review", on_click=actions.look_again)
    write, leave = st.columns(2)
    if found.review.entries and not found.review.refused:
        write.button(
            words("chosen.write", count=found.review.parcels),
            type="primary",
            key=f"many-write.{found.request_id}",
            on_click=actions.write,
            width="stretch",
        )
    leave.button(words("form.leave"), key="many-leave", on_click=actions.leave_review, width="stretch")


def recent(shown: View) -> None:
    """What this account marked together in the last days, to be taken back with a reason."""
    words = shown.texts
    after = shown.project.known_on(shown.today - timedelta(days=RECENT_DAYS))
    found = recent_together(shown.project, shown.visitor.account_id, after)
    if not found:
        return
    with st.expander(words("chosen.recent", days=RECENT_DAYS)):
        by_request = {one.first.request_id: one for one in found}
        key = "many-recent"
        keep_among(key, list(by_request))
        st.selectbox(
            words("chosen.recent_which"),
            list(by_request),
            key=key,
            format_func=lambda request: together_words(by_request[request], words),
            filter_mode=None,
        )
        undo_form(shown, "recent", str(st.session_state[key]))


def together_words(one: Together, words: Texts) -> str:
    """One line for what one request marked."""
    return words(
        "chosen.recent_line",
        at=one.first.recorded_at.isoformat(),
        milestone=one.fact.milestone,
        parcels=one.parcels,
        document=one.fact.document,
    )


def undo_form(shown: View, place: str, request: str) -> None:
    """The reason, and the button that cancels all that a request marked."""
    words = shown.texts
    key = f"many-why.{place}.{request}"
    with st.form(f"many-undo.{place}", enter_to_submit=False):
        st.text_input(words("card.why"), key=key, max_chars=NOTE_MOST)
        st.form_submit_button(
            words("chosen.undo"), on_click=actions.undo, args=(request, key), width="stretch"
        )
