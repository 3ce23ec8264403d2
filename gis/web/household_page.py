"""One household on one screen: what is next and why, its land on a map, what happened, what to record."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import streamlit as st

from gis.ledger.accounts import account
from gis.ledger.household_story import joined, milestone_lines, obstacle_lines, story
from gis.ledger.visits import visits_of
from gis.milestones import CLEARED_MILESTONE
from gis.project import erasing, people
from gis.web import actions as card_actions
from gis.web import card as cards
from gis.web import common, land_forms, mark_forms, next_view, selection_actions
from gis.web import forms as card_forms
from gis.web import household_actions as actions
from gis.web import household_forms as forms
from gis.web import household_tables as tables
from gis.web import household_view as view
from gis.web.actions import Done
from gis.web.assets import style_sheet
from gis.web.chosen_sets import chosen_sets
from gis.web.common import Refusal
from gis.web.forms import Form
from gis.web.household_routes import household_link
from gis.web.map_view import Pick, clearance_map
from gis.web.next_rows import outlooks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.ledger.entry import Entry
    from gis.ledger.state import HoldingState
    from gis.project.people import Person
    from gis.web.common import View

PARCELS_SHOWN: Final = 50
MAP_HEIGHT: Final = 300
RECORDED: Final[Mapping[str, Callable[[Form], None]]] = {
    "visit": land_forms.visit,
    "obstacle": land_forms.obstacle,
    "mark": mark_forms.hand_over,
    "milestone": mark_forms.milestone,
}
MARKS: Final = frozenset({"mark", "milestone"})


def show_outcome() -> None:
    """What the last button of the register's forms did."""
    outcome = st.session_state.get("people-outcome")
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(one)}</p>" for one in outcome.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')


def parcels_of(person: Person, held: Mapping[str, Sequence[HoldingState]]) -> dict[str, list[HoldingState]]:
    """A household's holdings by parcel, under all of its ids."""
    found: dict[str, list[HoldingState]] = {}
    for one in person.ids:
        for holding in held.get(one, ()):
            found.setdefault(holding.parcel, []).append(holding)
    return found


def detail(
    shown: View,
    everybody: Sequence[Person],
    person: Person,
    held: Mapping[str, Sequence[HoldingState]],
) -> None:
    """The whole page of one household."""
    words = shown.texts
    st.html(style_sheet("household_page.css"))
    shown.note_names("person", [person.household_id])
    snapshot = shown.snapshot
    with st.container(key="household-tools", horizontal=True, vertical_alignment="center"):
        back = f"← {words('people.to_list')}"
        st.button(back, key="people-leave", on_click=actions.open_household, args=(None,))
        paper = household_link(person.household_id, snapshot.on, snapshot.known, words.language)
        st.html(cards.links_html([(paper, words("people.print"))]), width="content")
    batches = [f"{one.batch} · {one.name}" for one in joined(shown.snapshot.state, person.ids)]
    st.html(view.head_html(person, forms.communes_of(shown), batches, words))
    show_outcome()
    mine = parcels_of(person, held)
    drawn = [parcel for parcel in mine if parcel in shown.snapshot.units.index]
    first, beside = st.columns([7, 5], gap="medium")
    with first:
        what_is_next(shown, person, mine)
        record(shown, person, drawn, mine)
    with beside:
        small_map(shown, person.household_id, drawn)
    land(shown, drawn, mine)
    happened(shown, person)
    about(shown, everybody, person, held)


def what_is_next(shown: View, person: Person, mine: Mapping[str, Sequence[HoldingState]]) -> None:
    """What to do first and why, then the rest."""
    found = outlooks(shown)
    if isinstance(found, Refusal):
        found.show()
        return
    known = shown.snapshot.boundaries
    outside = [parcel for parcel in mine if parcel not in known.parts_m2]
    st.html(next_view.outlook_html(found.get(person.household_id), known.labels, shown.texts, outside))


def small_map(shown: View, household: str, drawn: Sequence[str]) -> None:
    """Its parcels on the map; a click opens one on the page "Bản đồ"."""
    if not shown.snapshot.units.geometry.loc[list(drawn)].notna().any():
        return
    asked = () if st.session_state.get("household-map") == household else drawn
    st.session_state["household-map"] = household
    with st.container(key="household-map-frame"):
        pick = clearance_map(
            shown.snapshot,
            key="household",
            height=MAP_HEIGHT,
            texts=shown.texts,
            on_today=shown.is_today,
            zoom_to=asked,
            chosen=chosen_sets.keep(drawn),
            dimmed=True,
        )
    if isinstance(pick, Pick):
        card_actions.open_parcel(pick.parcel_id, zoom=True)
        st.switch_page(common.MAP_PAGE)
    if shown.can_write and st.button(shown.texts("people.mark_all"), key="household-all", width="stretch"):
        selection_actions.take_household(shown, household)
        st.session_state["zoom_to"] = list(drawn)
        st.switch_page(common.MAP_PAGE)


def land(shown: View, drawn: Sequence[str], mine: Mapping[str, Sequence[HoldingState]]) -> None:
    """Its parcels in a table."""
    words = shown.texts
    address = kept_address()
    listed = [
        tables.held_parcel(shown.snapshot, parcel, mine[parcel], address, words)
        for parcel in drawn[:PARCELS_SHOWN]
    ]
    st.html(tables.holdings_html(listed, len(drawn), words))
    if len(drawn) > PARCELS_SHOWN:
        said = words("people.more_parcels", count=len(drawn) - PARCELS_SHOWN)
        st.html(f'<p class="gp-note">{escape(said)}</p>')


def kept_address() -> dict[str, str]:
    """What other pages take over: language, day and knowledge, as `keep_address` put them there."""
    return {name: st.query_params[name] for name in ("lang", "on", "known") if name in st.query_params}


def happened(shown: View, person: Person) -> None:
    """Milestones, money, obstacles, visits, and every entry behind them."""
    words, snapshot, ids = shown.texts, shown.snapshot, frozenset(person.ids)
    labels, told = snapshot.boundaries.labels, story(snapshot.state, person.ids)
    by_seq = {entry.seq: entry for entry in told}

    def note_of(seq: int) -> str:
        return shown.reason(by_seq[seq]) if seq in by_seq else ""

    left, right = st.columns([7, 5], gap="medium")
    with left:
        lines = milestone_lines(told, snapshot.state)
        st.html(tables.milestones_html(lines, labels, words))
    with right:
        money(shown, person)
        st.html(tables.obstacles_html(obstacle_lines(told, snapshot.state), labels, note_of, words))
        made = [one for each in visits_of(snapshot.state, ids).values() for one in each]
        made.sort(key=lambda one: (one.on, one.seq), reverse=True)
        st.html(tables.visits_html(made, labels, note_of, words))
    history(shown, told)


def money(shown: View, person: Person) -> None:
    """What is approved, paid, deposited and left, to the đồng, and the way to its lines."""
    words = shown.texts
    found = account(shown.snapshot.state, person.household_id, people.aliases(shown.project))
    address = f"chi-tra?{urlencode({'household': person.household_id} | kept_address())}"
    st.html(tables.money_html(found, address, words))


def history(shown: View, told: Sequence[Entry]) -> None:
    """Every entry, the newest first, void ones struck through."""
    state = shown.snapshot.state
    voided = {entry.seq for entry in told if entry.seq in state.voided}
    households = {getattr(entry.fact, "household", None) or "" for entry in told} - {""}
    names = shown.households(sorted(households), "person")
    notes = {entry.seq: shown.reason(entry) for entry in told}
    st.html(cards.history_html(told, names, voided, notes, shown.texts))


def record(
    shown: View, person: Person, drawn: Sequence[str], mine: Mapping[str, Sequence[HoldingState]]
) -> None:
    """What can be recorded of one of its parcels."""
    words = shown.texts
    if not shown.can_write:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
        return
    if not drawn:
        return
    st.html(f'<div class="gp-part"><h3>{escape(words("people.record"))}</h3></div>')
    card_forms.show_outcome("main", words)
    card_forms.show_outcome("other", words)
    open_land = [one for one in drawn if any(CLEARED_MILESTONE not in h.milestones for h in mine[one])]
    labels = shown.snapshot.boundaries.labels
    keys = (f"household-parcel.{person.household_id}", f"household-form.{person.household_id}")
    options = [*open_land, *(one for one in drawn if one not in open_land)]
    card_forms.keep_among(keys[0], options)
    what, where = st.columns(2)
    what.selectbox(
        words("people.record_what"),
        list(RECORDED),
        index=None,
        format_func=lambda one: words(f"people.record_{one}"),
        key=keys[1],
        placeholder=words("form.other_hint"),
        filter_mode=None,
    )
    where.selectbox(
        words("people.record_parcel"),
        options,
        format_func=lambda one: labels.get(one, one),
        key=keys[0],
        filter_mode=None,
    )
    chosen, parcel = st.session_state.get(keys[1]), st.session_state.get(keys[0])
    if chosen and parcel:
        card = shown.snapshot.card(parcel)
        own = tuple(holding for holding in card.holdings if holding.household in person.ids)
        if chosen in MARKS and 1 < len(own) < len(card.holdings):
            # "All holdings" of such a form would be those of the parcel, strangers' among them.
            st.html(f'<p class="gp-note">{escape(words("people.record_on_map"))}</p>')
            return
        names = shown.households(person.ids, "person")
        form = Form(chosen, shown, replace(card, holdings=own), names, card_actions.request_id())
        RECORDED[chosen](form)


def about(
    shown: View,
    everybody: Sequence[Person],
    person: Person,
    held: Mapping[str, Sequence[HoldingState]],
) -> None:
    """What the register says of it: details, officer, merge, what was changed; and the erasure."""
    words = shown.texts
    if shown.can_write:
        register_forms(shown, everybody, person, held)
    with st.expander(words("people.history")):
        changes = people.history(shown.project, person.household_id)
        st.html(view.history_html(changes, words))
    if shown.can_write and shown.may("erase") and person.household.erased_at is None:
        erasure(shown, person)


def register_forms(
    shown: View,
    everybody: Sequence[Person],
    person: Person,
    held: Mapping[str, Sequence[HoldingState]],
) -> None:
    """Details, officer, merge; of an erased household the officer alone."""
    words = shown.texts
    if person.household.erased_at is not None:
        st.html(view.erased_html(person.household, words))
        if shown.may("erase"):
            st.button(words("people.scrub"), key="people-scrub", on_click=actions.scrub)
    else:
        with st.expander(words("people.edit")):
            forms.edit_form(shown, person)
    with st.expander(words("people.field_officer")):
        forms.officer_form(shown, everybody, person)
    if person.household.erased_at is None:
        labels = shown.snapshot.boundaries.labels

        def called(one: Person) -> list[str]:
            return [labels.get(parcel, parcel) for parcel in parcels_of(one, held)]

        with st.expander(words("people.merge")):
            forms.merge_form(shown, everybody, person, called)


def erasure(shown: View, person: Person) -> None:
    """The erasure of personal data, worked out only once it is asked for."""
    words = shown.texts
    with st.expander(words("people.erase")):
        if not st.checkbox(words("people.erase_open"), key=f"people-erase.{actions.request_id()}"):
            return
        reached = erasing.reach(shown.project.entries(), person.ids)
        mentions = erasing.mentions(shown.project, person.ids)
        forms.erase_form(shown, person, reached, mentions, erasing.backups(shown.project))
