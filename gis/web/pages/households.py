"""Hộ: find a household, see what it holds and how far it is, put its details right."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from gis.milestones import CLEARED_MILESTONE
from gis.project import erasing, people
from gis.web import card as cards
from gis.web import common
from gis.web import household_actions as actions
from gis.web import household_forms as forms
from gis.web import household_view as view
from gis.web.actions import Done
from gis.web.common import Refusal
from gis.web.empty import INTAKE
from gis.web.household_view import HeldParcel
from gis.web.openings_form import openings_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.ledger.state import HoldingState
    from gis.project.people import Hamlet, Person
    from gis.web.common import View

A_PAGE = 20
PARCELS_SHOWN = 50


def main() -> None:
    shown = common.view()
    words = shown.texts
    if not shown.may("names"):
        common.heading(words("people.title"))
        st.html(f'<div class="gp-hint">{escape(words("people.not_for_viewers"))}</div>')
        return
    everybody = shown.people()
    if not everybody:
        common.heading(words("people.title"))
        ways = {INTAKE: words("intake.title")} if shown.may("write") else {}
        common.empty_state(words("people.nobody"), [words("people.step_import")], ways, words)
        return
    held = holdings_index(shown)
    person = selection(shown, everybody)
    common.keep_address(shown, household=person.household_id if person else None)
    if person is None:
        common.heading(words("people.title"), shown.team_only)
        show_outcome()
        listing(shown, everybody, held)
    else:
        detail(shown, everybody, person, held)


def holdings_index(shown: View) -> dict[str, list[HoldingState]]:
    """What each id holds on the day, kept while day and ledger stay the same."""
    key = (shown.snapshot.head.hash, shown.snapshot.on, shown.snapshot.known)
    kept: tuple[object, dict[str, list[HoldingState]]] | None = st.session_state.get("people-index")
    if kept is None or kept[0] != key:
        kept = (key, people.held_by(shown.snapshot.state))
        st.session_state["people-index"] = kept
    return kept[1]


def selection(shown: View, everybody: Sequence[Person]) -> Person | None:
    """The household that is open: the session's, at first that of the address."""
    if "household" not in st.session_state:
        st.session_state["household"] = st.query_params.get("household")
    asked = st.session_state["household"]
    found = next((one for one in everybody if asked in one.ids), None)
    if asked is not None and found is None:
        st.session_state["household"] = None
        st.session_state["people-outcome"] = Refusal(shown.texts("people.not_found", text=asked))
    return found


def show_outcome() -> None:
    """What the last button did."""
    outcome = st.session_state.get("people-outcome")
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(one)}</p>" for one in outcome.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')


def listing(shown: View, everybody: Sequence[Person], held: dict[str, list[HoldingState]]) -> None:
    """The search with its filters, and a page of what it found."""
    words, communes = shown.texts, forms.communes_of(shown)
    found = filtered(shown, everybody)
    first = page_start(len(found))
    last = min(first + A_PAGE, len(found))
    said = words("people.found", first=first + 1, last=last, count=len(found), total=len(everybody))
    if not found:
        st.html(f'<div class="gp-hint">{escape(words("people.none_found"))}</div>')
    else:
        st.html(f'<p class="gp-note">{escape(said)}</p>')
    shown.note_names("people", [person.household_id for person in found[first:last]])
    with st.container(key="people-list"):
        for person in found[first:last]:
            parcels, handed = counts(person, held)
            st.button(
                view.line(person, parcels, handed, communes, words),
                key=f"people-open.{person.household_id}",
                on_click=actions.open_household,
                args=(person.household_id,),
                width="stretch",
            )
    pager(shown, first, len(found))
    if shown.can_write:
        with st.expander(words("people.hamlet_officer")):
            forms.hamlet_officer_form(shown, everybody)
        with st.expander(words("people.openings")):
            openings_form(shown)


def filtered(shown: View, everybody: Sequence[Person]) -> list[Person]:
    """The households that search box and filters leave."""
    words, communes = shown.texts, forms.communes_of(shown)
    hamlets, officers = people.hamlets(everybody), people.officers(everybody)

    def hamlet_label(hamlet: Hamlet) -> str:
        return f"{hamlet.name}, {communes.get(hamlet.commune, hamlet.commune)} ({hamlets[hamlet]})"

    text, where, who = st.columns([4, 3, 3])
    asked = text.text_input(
        words("people.search"),
        key="people-search",
        placeholder=words("people.search_hint"),
        on_change=_first_page,
    )
    hamlet = where.selectbox(
        words("people.field_hamlet"),
        list(hamlets),
        index=None,
        format_func=hamlet_label,
        key="people-hamlet",
        placeholder=words("people.all"),
        on_change=_first_page,
    )
    officer = who.selectbox(
        words("people.field_officer"),
        list(officers),
        index=None,
        format_func=lambda one: f"{one or words('people.no_officer')} ({officers[one]})",
        key="people-officer",
        placeholder=words("people.all"),
        on_change=_first_page,
    )
    return people.find(everybody, asked, hamlet=hamlet, officer=officer)


def _first_page() -> None:
    st.session_state["people-first"] = 0
    st.session_state.pop("people-outcome", None)


def page_start(count: int) -> int:
    """The first line of the page shown; the last page where there are fewer than before."""
    asked = int(st.session_state.get("people-first", 0))
    return min(asked, max(count - 1, 0) // A_PAGE * A_PAGE)


def pager(shown: View, first: int, count: int) -> None:
    """Back and on."""
    if count <= A_PAGE:
        return
    words = shown.texts
    with st.container(key="people-pager", horizontal=True):
        st.button(
            words("people.back"),
            disabled=first == 0,
            on_click=_turn,
            args=(first - A_PAGE,),
            key="people-back",
        )
        st.button(
            words("people.on"),
            disabled=first + A_PAGE >= count,
            on_click=_turn,
            args=(first + A_PAGE,),
            key="people-on",
        )


def _turn(first: int) -> None:
    st.session_state["people-first"] = max(first, 0)


def counts(person: Person, held: dict[str, list[HoldingState]]) -> tuple[int, int]:
    """How many parcels a household holds, under all of its ids, and how many of them it handed over."""
    by_parcel = parcels_of(person, held)
    handed = sum(
        all(CLEARED_MILESTONE in holding.milestones for holding in holdings)
        for holdings in by_parcel.values()
    )
    return len(by_parcel), handed


def parcels_of(person: Person, held: dict[str, list[HoldingState]]) -> dict[str, list[HoldingState]]:
    """A household's holdings by parcel, under all of its ids."""
    found: dict[str, list[HoldingState]] = {}
    for one in person.ids:
        for holding in held.get(one, ()):
            found.setdefault(holding.parcel, []).append(holding)
    return found


def detail(
    shown: View, everybody: Sequence[Person], person: Person, held: dict[str, list[HoldingState]]
) -> None:
    """One household: what it holds beside what the register says of it."""
    words = shown.texts
    shown.note_names("person", [person.household_id])
    st.button(
        f"← {words('people.to_list')}", key="people-leave", on_click=actions.open_household, args=(None,)
    )
    st.html(view.head_html(person, forms.communes_of(shown), words))
    st.html(f'<p class="gp-note">{escape(words("people.team_only"))}</p>')
    show_outcome()
    left, right = st.columns([5, 4], gap="large")
    with left:
        land(shown, person, held)
    with right:
        if shown.can_write:
            register_forms(shown, everybody, person, held)
        else:
            st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
        with st.expander(words("people.history")):
            changes = people.history(shown.project, person.household_id)
            st.html(view.history_html(changes, words))
        if shown.can_write and shown.may("erase") and person.household.erased_at is None:
            erasure(shown, person)


def land(shown: View, person: Person, held: dict[str, list[HoldingState]]) -> None:
    """Its parcels with class, part, milestones and the way to the map."""
    by_parcel = parcels_of(person, held)
    drawn = [parcel for parcel in by_parcel if parcel in shown.snapshot.units.index]
    listed = [_held_parcel(shown, parcel, by_parcel[parcel]) for parcel in drawn[:PARCELS_SHOWN]]
    st.html(view.parcels_html(listed, len(drawn), shown.texts))
    if len(drawn) > PARCELS_SHOWN:
        said = shown.texts("people.more_parcels", count=len(drawn) - PARCELS_SHOWN)
        st.html(f'<p class="gp-note">{escape(said)}</p>')


def _held_parcel(shown: View, parcel: str, holdings: Sequence[HoldingState]) -> HeldParcel:
    card, plan = shown.snapshot.card(parcel), shown.snapshot.plan
    # The map shows the same language, day and knowledge: `keep_address` has put them there.
    told = {name: st.query_params[name] for name in ("lang", "on", "known") if name in st.query_params}
    return HeldParcel(
        title=cards.title(card, shown.texts),
        where=cards.commune_name(card, plan) if card.kind == "parcel" else "",
        class_=card.class_,
        holdings=tuple(holdings),
        inside_m2=sum(card.zones_m2.values()),
        link=f"ban-do?{urlencode({'parcel': parcel} | told)}",
    )


def register_forms(
    shown: View, everybody: Sequence[Person], person: Person, held: dict[str, list[HoldingState]]
) -> None:
    """Details, officer, merge; of an erased household the officer alone."""
    words = shown.texts
    if person.household.erased_at is not None:
        st.html(view.erased_html(person.household, words))
        if shown.may("erase"):
            st.button(words("people.scrub"), key="people-scrub", on_click=actions.scrub)
    else:
        with st.expander(words("people.edit"), expanded=True):
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


main()
