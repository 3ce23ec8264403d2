"""Bản đồ: the map by class, a parcel's card, and the forms of everything that can be recorded of it."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.milestones import CLEARED_MILESTONE
from gis.web import (
    actions,
    amend_forms,
    common,
    forms,
    land_forms,
    layer_view,
    mark_forms,
    money_card_form,
    selection_actions,
    selection_view,
    succession_form,
    transfer_forms,
)
from gis.web import card as cards
from gis.web import selection as selection_of_many
from gis.web.actions import open_parcel
from gis.web.card_story import story
from gis.web.empty import nothing_yet
from gis.web.forms import Form
from gis.web.map_view import Drawn, clearance_map
from gis.web.parcel_table_view import is_shown, parcel_table, switch
from gis.web.proof_routes import proof_link
from gis.web.search_box import chosen_line, search_box
from gis.web.selection import CARD, MANY, SIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from gis.project import Card
    from gis.store.register import Household
    from gis.web.common import View
    from gis.web.map_view import Pick

MAP_HEIGHT = 500
OTHER_FORMS: dict[str, Callable[[Form], None]] = {
    "milestone": mark_forms.milestone,
    "obstacle": land_forms.obstacle,
    "visit": land_forms.visit,
    "object": land_forms.land_object,
    "transfer": transfer_forms.transfer,
    "money": money_card_form.money,
    "waiver": mark_forms.waiver,
    "succession": succession_form.succession,
}


def main() -> None:
    shown = common.view()
    if shown.snapshot.units.empty:
        nothing_yet(shown, shown.texts("map_page.title"))
        return
    layer_view.read_address()
    layer_view.styles(shown.texts("map_page.title"))
    selected = selection(shown)
    beside = layer_view.beside_day()
    tools = st.columns([11, 8], gap="medium", vertical_alignment="bottom")
    with tools[0]:
        search_box(shown)
    with tools[1]:
        layer_view.controls(shown)
    with st.container(key="found"):  # its own place: the map under it stays where it is
        chosen_line(shown)
    switch(shown)
    two = beside is not None or is_shown()
    left, right = st.columns([1, 1] if two else [11, 8], gap="medium")
    with left:
        draw_map(shown, selected, paired=beside is not None)
    layer_view.keep_address(shown, selected)
    with right:
        if beside:
            draw_beside(shown, beside, selected)
        with st.container(key="list-place"):  # its own place: the card under it stays where it is
            if is_shown():
                parcel_table(shown, selected)
        with st.container(key="card"):
            draw_side(shown, selected)


def draw_side(shown: View, selected: str | None) -> None:
    """The open parcel's card, or what to do to open one; or what is chosen together."""
    words, count = shown.texts, len(selection_of_many.chosen())
    st.session_state[SIDE] = st.session_state.get(SIDE) or CARD  # a second click on a choice takes it away
    st.segmented_control(
        words("chosen.side"),
        [CARD, MANY],
        key=SIDE,
        format_func=lambda side: words(f"chosen.side_{side}", count=count),
        label_visibility="collapsed",
        width="stretch",
    )
    if st.session_state[SIDE] == MANY:
        selection_view.draw(shown)
        return
    if selected is not None:
        draw_card(shown, selected)
        return
    forms.show_outcome("main", shown.texts)
    forms.show_outcome("other", shown.texts)
    st.html(f'<div class="gp-hint">{escape(shown.texts("map_page.hint"))}</div>')


def selection(shown: View) -> str | None:
    """The parcel whose card is open: the session's, at first that of the address."""
    if "parcel" not in st.session_state:
        st.session_state["parcel"] = st.query_params.get("parcel")
        opened = st.session_state["parcel"]
        if opened and "view" not in st.query_params:  # else the address says where to look
            st.session_state["zoom_to"] = (opened,)
    chosen = st.session_state["parcel"]
    return chosen if chosen in shown.snapshot.units.index else None


def draw_map(shown: View, selected: str | None, *, paired: bool) -> None:
    """The map and its legend with hectares."""
    look = layer_view.chosen(shown, shown.snapshot)
    with st.container(key="map"):
        if paired:
            st.html(layer_view.side_heading(shown, shown.snapshot))
        clearance_map(
            shown.snapshot,
            key="main",
            height=MAP_HEIGHT,
            texts=shown.texts,
            on_today=shown.is_today,
            selected=selected,
            zoom_to=st.session_state.pop("zoom_to", ()),
            shown=look,
            in_address=True,
            together=True,
            on_pick=partial(_picked, shown),
            chosen=selection_of_many.chosen_set(),
            choosing=True,
        )
    layer_view.legend(shown, look.rows)


def draw_beside(shown: View, day: date, selected: str | None) -> None:
    """The map of another day, that moves with the first."""
    other = shown.project.snapshot(day, shown.snapshot.known)
    with st.container(key="beside"):
        st.html(layer_view.side_heading(shown, other))
        clearance_map(
            other,
            key="beside",
            height=MAP_HEIGHT,
            texts=shown.texts,
            on_today=False,
            selected=selected,
            shown=layer_view.chosen(shown, other),
            together=True,
            on_pick=partial(_picked, shown),
            chosen=selection_of_many.chosen_set(),
        )


def _picked(shown: View, pick: Pick | Drawn) -> None:
    """Do what a click or a line on the map asks for; what it saw is what the map showed."""
    if isinstance(pick, Drawn):
        selection_actions.take_drawn(pick, shown.snapshot)
    elif pick.many:
        if pick.parcel_id in shown.snapshot.units.index:  # of the other day's map it may be gone
            selection_actions.toggle(pick.parcel_id, shown.snapshot)
    elif pick.parcel_id != st.session_state["parcel"] or st.session_state[SIDE] != CARD:
        open_parcel(pick.parcel_id)


def draw_card(shown: View, parcel_id: str) -> None:
    """The card of the open parcel with its forms."""
    words, snapshot = shown.texts, shown.snapshot
    card = snapshot.card(parcel_id)
    told = story(snapshot.state, card)
    voided = {entry.seq for entry in told if entry.seq in snapshot.state.voided}
    households = {holding.household for holding in card.holdings}
    households |= {getattr(entry.fact, "household", None) or "" for entry in told}
    names = shown.households(sorted(households - {""}), "card")

    def form(name: str) -> Form:
        return Form(name, shown, card, names, actions.request_id())

    st.html(cards.head_html(card, snapshot.plan, words))
    forms.show_outcome("main", words)
    st.html(land_html(shown, card, names))
    if shown.can_write:
        mark_forms.hand_over(form("mark"))
        other_forms(shown, card, form)
    else:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
    st.html(cards.holdings_html(card.holdings, names, words))
    notes = {entry.seq: shown.reason(entry) for entry in told}
    history = cards.history_html(told, names, voided, notes, words, scans=shown.may("names"))
    st.html(history + proof_links(shown, parcel_id))
    if shown.can_write:
        amend_forms.amend(form("undo"), form("correct"), told, voided)


def land_html(shown: View, card: Card, names: Mapping[str, Household]) -> str:
    """The land, what stands in its way, and what stands on it."""
    words, snapshot = shown.texts, shown.snapshot
    found = snapshot.state.by_parcel.get(card.parcel_id)
    return (
        cards.facts_html(card, snapshot.plan, words)
        + cards.obstacles_html(card.obstacles, names, snapshot.on, words)
        + cards.objects_html(
            found.objects if found else (), cleared=card.class_ == CLEARED_MILESTONE, words=words
        )
    )


def proof_links(shown: View, parcel_id: str) -> str:
    """The way to the proof card of what is shown, without names and with them."""
    words, snapshot = shown.texts, shown.snapshot

    def address(*, names: bool) -> str:
        return proof_link(parcel_id, snapshot.on, snapshot.known, words.language, names=names)

    plain, named = (address(names=names) for names in (False, True))
    links = [(plain, words("card.proof")), (named, words("card.proof_names"))]
    return cards.links_html(links if shown.may("names") else links[:1])


def other_forms(shown: View, card: Card, form: Callable[[str], Form]) -> None:
    """One choice of everything else, and the chosen form alone, so that the card stays short."""
    words = shown.texts
    offered = [name for name in OTHER_FORMS if _applies(name, shown, card)]
    forms.keep_among("other.kind", [None, *offered])
    st.selectbox(
        words("form.other"),
        offered,
        index=None,
        format_func=lambda name: words(f"form.other_{name}"),
        key="other.kind",
        placeholder=words("form.other_hint"),
        filter_mode=None,
    )
    forms.show_outcome("other", words)
    chosen = st.session_state.get("other.kind")
    if chosen:
        OTHER_FORMS[chosen](form(chosen))


def _applies(name: str, shown: View, card: Card) -> bool:
    """Whether a form can be of use: only parcels are divided, only optional milestones are waived."""
    if name == "succession":
        return card.kind == "parcel"
    return name != "waiver" or any(step.optional for step in shown.snapshot.plan.milestones)


main()
