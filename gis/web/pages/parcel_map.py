"""Bản đồ: the map by class, a parcel's card, and the form that records a hand-over."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.ledger.facts import Milestone, Void
from gis.maps.style import legend_rows
from gis.milestones import CLEARED_MILESTONE
from gis.project.entry_words import entry_words, who
from gis.web import actions, charts, common
from gis.web import card as cards
from gis.web.actions import ALL_HOLDINGS, Done, field, open_parcel
from gis.web.common import Refusal
from gis.web.map_view import clearance_map
from gis.web.search import find_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.ledger.entry import Entry
    from gis.project import Card
    from gis.store.register import Household
    from gis.texts import Texts
    from gis.web.common import View

MAP_HEIGHT = 500
FOUND_SHOWN = 8


def main() -> None:
    shown = common.view()
    if shown.snapshot.units.empty:
        common.heading(shown.texts("map_page.title"))
        common.empty_state(
            shown.texts("page.nothing_yet"),
            [
                (shown.texts("page.step_zones"), "python -m gis import zones khu.gpkg"),
                (shown.texts("page.step_parcels"), "python -m gis import parcels thua_dat.gpkg"),
            ],
        )
        return
    selected = selection(shown)
    common.keep_address(shown, parcel=selected)
    left, right = st.columns([11, 8], gap="medium")
    with left:
        search(shown)
        draw_map(shown, selected)
    with right, st.container(key="card"):
        if selected is None:
            st.html(f'<div class="gp-hint">{escape(shown.texts("map_page.hint"))}</div>')
        else:
            draw_card(shown, selected)


def selection(shown: View) -> str | None:
    """The parcel whose card is open: the session's, at first that of the address."""
    if "parcel" not in st.session_state:
        st.session_state["parcel"] = st.query_params.get("parcel")
        st.session_state["zoom_to"] = st.session_state["parcel"]
    chosen = st.session_state["parcel"]
    return chosen if chosen in shown.snapshot.units.index else None


def search(shown: View) -> None:
    """The search box; several finds are listed, one opens at once."""
    words = shown.texts
    with st.container(key="search"):
        st.text_input(
            words("map_page.search"),
            key="search.text",
            placeholder=words("map_page.search_hint"),
            label_visibility="collapsed",
            on_change=_searched,
            args=(shown,),
        )
    with st.container(key="found"):  # its own place: the map under it stays where it is
        found_units(shown)


def found_units(shown: View) -> None:
    """What the search found, where it is not just one parcel."""
    words = shown.texts
    found: list[str] | None = st.session_state.get("search.found")
    if found is None:
        return
    if not found:
        said = words("map_page.not_found", text=st.session_state["search.asked"])
        st.html(f'<p class="gp-note">{escape(said)}</p>')
        return
    st.html(f'<p class="gp-note">{escape(words("map_page.several", count=len(found)))}</p>')
    with st.container(horizontal=True):
        for parcel in found[:FOUND_SHOWN]:
            card = shown.snapshot.card(parcel)
            label = f"{cards.title(card, words)} · {cards.commune_name(card, shown.snapshot.plan)}"
            st.button(label, key=f"found.{parcel}", on_click=_open_found, args=(parcel,))


def _searched(shown: View) -> None:
    asked = st.session_state["search.text"]
    found = find_units(shown.snapshot.units, asked)
    st.session_state["search.asked"] = asked
    st.session_state["search.found"] = found if asked.strip() and len(found) != 1 else None
    if len(found) == 1:
        open_parcel(found[0], zoom=True)


def _open_found(parcel_id: str) -> None:
    st.session_state["search.found"] = None
    open_parcel(parcel_id, zoom=True)


def draw_map(shown: View, selected: str | None) -> None:
    """The map and its legend with hectares."""
    with st.container(key="map"):
        pick = clearance_map(
            shown.snapshot,
            key="main",
            height=MAP_HEIGHT,
            texts=shown.texts,
            on_today=shown.is_today,
            selected=selected,
            zoom_to=st.session_state.pop("zoom_to", None),
        )
    rows = legend_rows(shown.texts, shown.snapshot.totals[0].by_class_ha)
    with st.container(key="map-legend"):
        remark = escape(shown.texts("map_page.legend"))
        st.html(f'<p class="gp-note">{remark}</p>{charts.legend(rows, shown.texts)}')
    if pick is not None and pick.parcel_id != selected:
        open_parcel(pick.parcel_id)
        st.rerun()


def draw_card(shown: View, parcel_id: str) -> None:
    """The card of the open parcel with its forms."""
    words, snapshot, plan = shown.texts, shown.snapshot, shown.snapshot.plan
    card = snapshot.card(parcel_id)
    households = {h.household for h in card.holdings}
    households |= {getattr(entry.fact, "household", None) or "" for entry in card.history}
    names = shown.project.households(sorted(households - {""}))
    st.html(cards.head_html(card, plan, words))
    show_outcome()
    st.html(
        cards.facts_html(card, plan, words) + cards.obstacles_html(card.obstacles, names, snapshot.on, words)
    )
    if shown.is_today:
        mark_form(shown, card, names)
    else:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
    voided = dict(snapshot.state.voided)
    st.html(cards.holdings_html(card.holdings, names, words))
    st.html(cards.history_html(card.history, names, voided, _reasons(shown, card), words))
    if shown.is_today:
        amend_forms(shown, card, names, set(voided))


def _reasons(shown: View, card: Card) -> dict[int, str]:
    found = {entry.seq: shown.project.reason(entry) for entry in card.history if isinstance(entry.fact, Void)}
    return {seq: reason for seq, reason in found.items() if reason}


def show_outcome() -> None:
    """What the last button did."""
    outcome = st.session_state.get("outcome")
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(line)}</p>" for line in outcome.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')


def mark_form(shown: View, card: Card, names: Mapping[str, Household]) -> None:
    """Form of "Ghi nhận bàn giao": which holding, which day, by which minutes."""
    words, request = shown.texts, actions.request_id()
    waiting = [h for h in card.holdings if CLEARED_MILESTONE not in h.milestones]
    if not card.holdings:
        st.html(
            f'<p class="gp-note">{escape(words("card.needs_holdings"))} '
            "<code>python -m gis import holdings holdings.csv</code></p>"
        )
        return
    if not waiting:
        return
    options = [h.household for h in waiting]
    if len(waiting) > 1:
        options = [ALL_HOLDINGS, *options]

    def label(option: str) -> str:
        if option == ALL_HOLDINGS:
            return words("card.all_holdings", count=len(waiting))
        return who(option, names, words)

    with st.form(f"mark.{request}", enter_to_submit=False):
        title = f"<h3>{escape(words('card.mark'))}</h3>"
        if len(options) > 1:
            st.html(title)
            st.radio(words("card.holding"), options, format_func=label, key=field("mark", "holding", request))
        else:
            st.session_state[field("mark", "holding", request)] = options[0]
            st.html(f'{title}<p class="gp-note">{escape(label(options[0]))}</p>')
        day, document = st.columns(2)
        with day:
            _day_input(shown, field("mark", "on", request), words("card.on"))
        with document:
            st.text_input(words("card.document"), key=field("mark", "document", request), max_chars=80)
        st.form_submit_button(
            words("card.mark"), type="primary", on_click=actions.record, args=(card, request), width="stretch"
        )


def _day_input(shown: View, key: str, label: str) -> None:
    st.session_state.setdefault(key, shown.today)
    st.date_input(
        label, key=key, min_value=shown.snapshot.plan.starts, max_value=shown.snapshot.on, format="DD/MM/YYYY"
    )


def amend_forms(shown: View, card: Card, names: Mapping[str, Household], voided: set[int]) -> None:
    """Forms of "Hoàn tác" and "Sửa ngày hoặc số biên bản", each with its reason."""
    words = shown.texts
    steps = actions.steps(card.history, voided)
    if not steps:
        return
    with st.expander(words("card.amend")):
        undo_tab, correct_tab = st.tabs([words("card.undo"), words("card.correct")])
        with undo_tab:
            undo_form(shown, card, names, steps)
        with correct_tab:
            entries = [
                e for e in reversed(card.history) if isinstance(e.fact, Milestone) and e.seq not in voided
            ]
            correct_form(shown, card, names, entries[: actions.UNDO_SHOWN])


def undo_form(shown: View, card: Card, names: Mapping[str, Household], steps: list[actions.Step]) -> None:
    """Cancel an entry."""
    words, request = shown.texts, actions.request_id()

    def label(step: actions.Step) -> str:
        more = len(step.seqs) - 1
        said = _entry_label(step.entry, card, names, words)
        return said if not more else said + words("card.and_more", count=more)

    with st.form(f"undo.{request}", enter_to_submit=False):
        st.selectbox(words("card.which"), steps, format_func=label, key=field("undo", "step", request))
        st.text_input(words("card.why"), key=field("undo", "reason", request), max_chars=200)
        st.form_submit_button(
            words("card.undo"), on_click=actions.undo, args=(card, request), width="stretch"
        )


def correct_form(shown: View, card: Card, names: Mapping[str, Household], entries: list[Entry]) -> None:
    """Give an entry its right day and number in one step."""
    words, request = shown.texts, actions.request_id()
    chosen = st.selectbox(
        words("card.which"),
        entries,
        format_func=lambda entry: _entry_label(entry, card, names, words),
        key=field("correct", "entry", request),
    )
    with st.form(f"correct.{request}.{chosen.seq}", enter_to_submit=False):
        # The fields hold what the chosen entry says now.
        st.session_state.setdefault(field("correct", "of", request), 0)
        if st.session_state[field("correct", "of", request)] != chosen.seq:
            st.session_state[field("correct", "of", request)] = chosen.seq
            st.session_state[field("correct", "on", request)] = chosen.on
            st.session_state[field("correct", "document", request)] = (
                getattr(chosen.fact, "document", "") or ""
            )
        day, document = st.columns(2)
        with day:
            _day_input(shown, field("correct", "on", request), words("card.right_on"))
        with document:
            st.text_input(
                words("card.right_document"), key=field("correct", "document", request), max_chars=80
            )
        st.text_input(words("card.why"), key=field("correct", "reason", request), max_chars=200)
        st.form_submit_button(
            words("card.correct_button"), on_click=actions.correct, args=(card, request), width="stretch"
        )


def _entry_label(entry: Entry, card: Card, names: Mapping[str, Household], words: Texts) -> str:
    """What an entry says, its day, its document; whose it is only where that is a question."""
    fact = entry.fact
    if not isinstance(fact, Milestone):
        return entry_words(entry, names, words)
    found = names.get(fact.household)
    holder = (found.name if found else fact.household) if len(card.holdings) > 1 else None
    day = words.date(entry.on) if entry.on else None
    return " · ".join(
        piece for piece in (words.milestone_name(fact.milestone), day, fact.document, holder) if piece
    )


main()
