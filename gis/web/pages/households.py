"""Hộ và thửa: find a household by name, place, officer, đợt or what is due; a click opens all of it."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from gis.ledger.batches import batches
from gis.ledger.next_steps import Rank
from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.project import people
from gis.web import common, next_view
from gis.web import household_actions as actions
from gis.web import household_forms as forms
from gis.web import household_view as view
from gis.web.assets import style_sheet
from gis.web.common import Refusal
from gis.web.empty import INTAKE
from gis.web.household_page import detail, parcels_of, show_outcome
from gis.web.next_rows import outlooks
from gis.web.openings_form import openings_form
from gis.web.pager import pager

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from gis.ledger.next_steps import Outlook
    from gis.ledger.state import HoldingState
    from gis.project.people import Hamlet, Person
    from gis.web.common import View

A_PAGE: Final = 20


def _has(outlook: Outlook | None, rank: Rank) -> bool:
    return outlook is not None and any(step.rank == rank for step in outlook.steps)


def _is_stuck(outlook: Outlook | None) -> bool:
    return outlook is not None and any(step.action in {"settle", "compel"} for step in outlook.steps)


# Which households a choice of work means, by what is next for them.
WORK: Final[dict[str, Callable[[Outlook | None], bool]]] = {
    "overdue": lambda one: _has(one, Rank.OVERDUE),
    "soon": lambda one: _has(one, Rank.SOON),
    "ready": lambda one: _has(one, Rank.READY),
    "stuck": _is_stuck,
    "done": lambda one: one is None or one.next is None,
}


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
        st.html(style_sheet("household_page.css"))
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


def listing(shown: View, everybody: Sequence[Person], held: Mapping[str, Sequence[HoldingState]]) -> None:
    """The search with its filters, and a page of what it found."""
    words, communes = shown.texts, forms.communes_of(shown)
    ahead = outlooks(shown)
    if isinstance(ahead, Refusal):
        ahead.show()
        ahead = {}
    found = filtered(shown, everybody, held, ahead)
    inside = shown.snapshot.boundaries.parts_m2
    first = page_start(len(found))
    last = min(first + A_PAGE, len(found))
    if not found:
        st.html(f'<div class="gp-hint">{escape(words("people.none_found"))}</div>')
    else:
        said = words("people.found", first=first + 1, last=last, count=len(found), total=len(everybody))
        st.html(f'<p class="gp-note">{escape(" ".join((said, *apart(shown, everybody, held))))}</p>')
    shown.note_names("people", [person.household_id for person in found[first:last]])
    with st.container(key="people-list"):
        for person in found[first:last]:
            land = counts(person, held, inside)
            following = next_view.line(ahead.get(person.household_id), words) if ahead else ""
            st.button(
                view.line(person, land, following, communes, words),
                key=f"people-open.{person.household_id}",
                on_click=actions.open_household,
                args=(person.household_id,),
                width="stretch",
            )
    pager("people", first, len(found), A_PAGE, _turn, shown.texts)
    if shown.can_write:
        with st.expander(words("people.hamlet_officer")):
            forms.hamlet_officer_form(shown, everybody)
        with st.expander(words("people.openings")):
            openings_form(shown)


def apart(
    shown: View, everybody: Sequence[Person], held: Mapping[str, Sequence[HoldingState]]
) -> Iterator[str]:
    """Why others count fewer: not who holds no land in the zones, nor who handed over their own part."""
    inside = shown.snapshot.boundaries.parts_m2.keys()
    outside = sum(inside.isdisjoint(parcels_of(person, held)) for person in everybody)
    if outside:
        yield shown.texts("people.none_inside", count=outside)
    if st.session_state.get("people-work") == "stuck":
        yield shown.texts("people.stuck_apart")


@dataclass(frozen=True, slots=True)
class Filters:
    """What search box and filters ask for; None where a filter asks nothing."""

    text: str
    hamlet: Hamlet | None
    officer: str | None
    batch: str | None
    work: str | None
    class_: str | None
    urgent_first: bool


def filters(shown: View, everybody: Sequence[Person]) -> Filters:
    """The search box and the filters, drawn, and what they ask for."""
    words, communes = shown.texts, forms.communes_of(shown)
    hamlets, officers = people.hamlets(everybody), people.officers(everybody)
    known = batches(shown.snapshot.state)

    def hamlet_label(hamlet: Hamlet) -> str:
        return f"{hamlet.name}, {communes.get(hamlet.commune, hamlet.commune)} ({hamlets[hamlet]})"

    def officer_label(officer: str) -> str:
        return f"{officer or words('people.no_officer')} ({officers[officer]})"

    def batch_label(batch: str) -> str:
        return f"{batch} · {known[batch].name}"

    with st.container(key="people-filters", horizontal=True):
        return Filters(
            text=st.text_input(
                words("people.search"),
                key="people-search",
                placeholder=words("people.search_hint"),
                on_change=_first_page,
            ),
            hamlet=_choice(shown, "hamlet", words("people.field_hamlet"), list(hamlets), hamlet_label),
            officer=_choice(shown, "officer", words("people.field_officer"), list(officers), officer_label),
            batch=_choice(shown, "batch", words("people.batch"), list(known), batch_label),
            work=_choice(
                shown, "work", words("people.work"), list(WORK), lambda one: words(f"people.work_{one}")
            ),
            class_=_choice(
                shown, "class", words("people.class"), list(CLASSES), lambda one: words(f"class.{one}")
            ),
            urgent_first=st.selectbox(
                words("people.sort"),
                [False, True],
                format_func=lambda one: words("people.sort_urgency" if one else "people.sort_place"),
                key="people-sort",
                on_change=_first_page,
                filter_mode=None,
            ),
        )


def filtered(
    shown: View,
    everybody: Sequence[Person],
    held: Mapping[str, Sequence[HoldingState]],
    found: Mapping[str, Outlook],
) -> list[Person]:
    """The households that search box and filters leave, in the order asked for."""
    asked = filters(shown, everybody)
    left = people.find(everybody, asked.text, hamlet=asked.hamlet, officer=asked.officer)
    if asked.batch is not None:
        members = batches(shown.snapshot.state)[asked.batch].members.keys()
        left = [one for one in left if not members.isdisjoint(one.ids)]
    if asked.work is not None:
        left = [one for one in left if WORK[asked.work](found.get(one.household_id))]
    if asked.class_ is not None:
        classes = shown.snapshot.classes
        inside = set(classes.index[(classes == asked.class_).to_numpy()])
        left = [one for one in left if not inside.isdisjoint(parcels_of(one, held))]
    if asked.urgent_first:
        order = {household: at for at, household in enumerate(found)}
        left.sort(key=lambda one: order.get(one.household_id, len(order)))
    return left


def _choice(shown: View, name: str, label: str, options: Sequence[Any], said: Callable[[Any], str]) -> Any:  # noqa: ANN401 - whatever the filter offers
    """A filter that at first asks nothing."""
    return st.selectbox(
        label,
        options,
        index=None,
        format_func=said,
        key=f"people-{name}",
        placeholder=shown.texts("people.all"),
        on_change=_first_page,
    )


def _first_page() -> None:
    st.session_state["people-first"] = 0
    st.session_state.pop("people-outcome", None)


def page_start(count: int) -> int:
    """The first line of the page shown; the last page where there are fewer than before."""
    asked = int(st.session_state.get("people-first", 0))
    return min(asked, max(count - 1, 0) // A_PAGE * A_PAGE)


def _turn(first: int) -> None:
    st.session_state["people-first"] = max(first, 0)


def counts(person: Person, held: Mapping[str, Sequence[HoldingState]], inside: Collection[str]) -> view.Land:
    """How far a household's land is, under all of its ids; `inside` are the parcels that lie in a zone."""
    by_parcel = parcels_of(person, held)
    left = [
        parcel
        for parcel, holdings in by_parcel.items()
        if not all(CLEARED_MILESTONE in holding.milestones for holding in holdings)
    ]
    outside = sum(parcel not in inside for parcel in left)
    return view.Land(len(by_parcel), len(by_parcel) - len(left), outside)


main()
