"""Việc cần làm: whom to visit next and why, by officer and hamlet; sheets for the field, out and back in."""

from __future__ import annotations

import uuid
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.batches import batches
from gis.ledger.next_steps import Rank
from gis.project.charges import charges
from gis.project.field_sheet import DEFAULT_MILESTONES, MOST_HOUSEHOLDS, MOST_MILESTONES
from gis.project.people import aliases
from gis.web import common, forms
from gis.web import work_view as view
from gis.web.assets import style_sheet
from gis.web.common import Refusal
from gis.web.field_sheet_back import sheet_back
from gis.web.field_sheet_routes import sheet_links
from gis.web.household_view import plain
from gis.web.next_rows import outlooks
from gis.web.pager import pager
from gis.web.work_view import Labels, step_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from gis.ledger.next_steps import Outlook
    from gis.web.common import View

A_PAGE: Final = 20
LIST: Final = "list"
BACK: Final = "back"
SHEET_DIGITS: Final = 8
PICKED: Final = "work-picked"
MADE: Final = "work-made"


def main() -> None:
    shown = common.view()
    words = shown.texts
    st.html(style_sheet("work_page.css"))
    common.heading(words("work.title"), shown.team_only)
    part = LIST
    if shown.may("write"):
        if "work-part" not in st.session_state:
            st.session_state["work-part"] = BACK if st.query_params.get("part") == BACK else LIST
        part = st.radio(
            words("work.part"),
            (LIST, BACK),
            format_func=lambda one: words(f"work.part_{one}"),
            key="work-part",
            horizontal=True,
            label_visibility="collapsed",
        )
    common.keep_address(shown, part=BACK if part == BACK else None)
    if part == BACK:
        sheet_back(shown)
        return
    with st.spinner(words("work.looking")):
        found = outlooks(shown)
    if isinstance(found, Refusal):
        found.show()
        return
    open_now = [one for one in found.values() if one.steps]
    if not open_now:
        st.html(f'<div class="gp-hint">{escape(words("work.nothing"))}</div>')
        return
    listing(shown, open_now)


def labels_of(shown: View) -> Labels:
    """How everything on the page is called; names are added for the households that are shown."""
    return Labels(
        parcels=shown.snapshot.boundaries.labels,
        communes={one.code: one.name for one in shown.snapshot.plan.commune.old_communes},
        charges=charges(shown.project),
        names={},
        address={name: st.query_params[name] for name in ("lang", "on", "known") if name in st.query_params},
    )


def listing(shown: View, open_now: Sequence[Outlook]) -> None:
    """The households that the filters leave, hamlet by hamlet."""
    words, labels = shown.texts, labels_of(shown)
    with st.expander(words("work.filter")):
        chosen = filtered(shown, open_now, labels)
    if st.session_state.get("work-officer") == shown.visitor.account_id:
        st.html(f'<p class="gp-note">{escape(words("work.mine", officer=shown.visitor.account_id))}</p>')
    if not chosen:
        st.html(f'<div class="gp-hint">{escape(words("work.none"))}</div>')
        return
    st.html(view.sum_html(chosen, words))
    with st.expander(words("work.by_officer")):
        st.html(view.officers_html(open_now, labels, words))
    if shown.can_write:
        with st.expander(words("work.sheet")):
            sheet_form(shown, chosen)
    cards(shown, chosen, labels)


def choice(
    label: str, options: Sequence[str], key: str, said: Callable[[str], str], everybody: str
) -> str | None:
    """One of a filter's options; None for all."""
    forms.keep_among(key, [None, *options])
    return st.selectbox(
        label, options, index=None, format_func=said, key=key, placeholder=everybody, on_change=first_page
    )


def first_page() -> None:
    """Show the first page of the list again."""
    st.session_state["work-first"] = 0


def filtered(shown: View, open_now: Sequence[Outlook], labels: Labels) -> list[Outlook]:
    """The households that the filters leave; of an officer who is logged in, at first their own."""
    words, every = shown.texts, shown.texts("people.all")
    officers = sorted({labels.charge(one.household).officer for one in open_now})
    hamlets = list(view.by_hamlet(open_now, labels))
    ranks = [rank.name.lower() for rank in Rank if any(step_of(one).rank == rank for one in open_now)]
    me = shown.visitor.account_id
    if "work-officer" not in st.session_state and me and me in officers:
        st.session_state["work-officer"] = me
    who, where, why = st.columns(3)
    with who:
        officer = choice(
            words("work.officer"),
            officers,
            "work-officer",
            lambda one: one or words("work.no_officer"),
            every,
        )
    with where:
        hamlet = choice(
            words("work.hamlet"), sorted(hamlets), "work-hamlet", lambda one: labels.hamlet(one, words), every
        )
    with why:
        rank = choice(words("work.kind"), ranks, "work-rank", lambda one: words(f"work.rank_{one}"), every)

    def is_wanted(one: Outlook) -> bool:
        charge = labels.charge(one.household)
        return (
            (officer is None or charge.officer == officer)
            and (hamlet is None or str(charge.hamlet or "") == hamlet)
            and (rank is None or step_of(one).rank.name.lower() == rank)
        )

    return list(filter(is_wanted, open_now))


def cards(shown: View, chosen: Sequence[Outlook], labels: Labels) -> None:
    """A page of the households, hamlet by hamlet, each with a box to tick for a sheet."""
    words = shown.texts
    groups = view.by_hamlet(chosen, labels)
    ordered = [one for group in groups.values() for one in group]
    first = min(int(st.session_state.get("work-first", 0)), (len(ordered) - 1) // A_PAGE * A_PAGE)
    page = ordered[first : first + A_PAGE]
    named = Labels(
        labels.parcels,
        labels.communes,
        labels.charges,
        shown.households([one.household for one in page], "work"),
        labels.address,
    )
    said = words("work.found", first=first + 1, last=first + len(page), count=len(ordered))
    st.html(f'<p class="gp-note">{escape(said)}</p>')
    for hamlet, group in view.by_hamlet(page, labels).items():
        st.html(view.hamlet_html(hamlet, groups[hamlet], labels, words))
        for one in group:
            with st.container(key=f"work-card-{one.household}"):
                card(shown, one, named)
    pager("work", first, len(ordered), A_PAGE, turn, words)


def card(shown: View, one: Outlook, named: Labels) -> None:
    """One household: its name with a box to tick, what is next, and why."""
    words, name = shown.texts, view.called(one, named, shown.texts)
    if shown.can_write:
        picked: dict[str, None] = st.session_state.setdefault(PICKED, {})
        st.checkbox(
            f"**{plain(name)}**",
            value=one.household in picked,
            key=f"work-pick-{one.household}",
            on_change=pick,
            args=(one.household,),
        )
    else:
        st.html(f"<b>{escape(name)}</b>")
    st.html(view.card_html(one, named, words))


def pick(household: str) -> None:
    """Put a household among those of the next sheet, or take it out."""
    picked: dict[str, None] = st.session_state.setdefault(PICKED, {})
    if st.session_state.get(f"work-pick-{household}"):
        picked[household] = None
    else:
        picked.pop(household, None)


def unpick() -> None:
    """Choose nobody any more."""
    for household in st.session_state.pop(PICKED, {}):
        st.session_state.pop(f"work-pick-{household}", None)


def turn(first: int) -> None:
    """Another page of the list."""
    st.session_state["work-first"] = max(first, 0)


def sheet_form(shown: View, chosen: Sequence[Outlook]) -> None:
    """What goes onto a sheet, and the way to it."""
    words, picked = shown.texts, list(st.session_state.get(PICKED, {}))
    lead = words("work.sheet_lead", count=min(len(chosen), MOST_HOUSEHOLDS), total=len(chosen))
    st.html(f'<p class="gp-note">{escape(lead)}</p>')
    if picked:
        st.button(
            f"{words('work.picked', count=len(picked))} · {words('work.unpick')}",
            key="work-unpick",
            on_click=unpick,
        )
    known = batches(shown.snapshot.state)
    batch = choice(
        words("work.sheet_batch"),
        list(known),
        "work-batch",
        lambda one: f"{one} · {known[one].name}",
        "–",
    )
    steps = [step.id for step in shown.snapshot.plan.milestones]
    milestones = st.multiselect(
        words("work.sheet_milestones", most=MOST_MILESTONES),
        steps,
        default=[one for one in DEFAULT_MILESTONES if one in steps],
        format_func=words.milestone_name,
        max_selections=MOST_MILESTONES,
        key="work-milestones",
    )
    names = st.checkbox(words("work.sheet_names"), key="work-names")
    households = households_of(shown, picked, known[batch].members if batch else (), chosen)
    st.button(
        words("work.sheet_make", count=len(households)),
        type="primary",
        key="work-make",
        disabled=not milestones or not households,
        on_click=make_sheet,
        args=(shown, households, milestones, names),
    )
    made = st.session_state.get(MADE)
    if made is not None:
        st.html(made)


def households_of(
    shown: View, picked: Sequence[str], members: Collection[str], chosen: Sequence[Outlook]
) -> list[str]:
    """Those of a sheet by the ids that count: who is ticked, else a đợt, else what the filters leave."""
    if picked:
        return list(picked)
    if members:
        merged = aliases(shown.project)
        return list(dict.fromkeys(merged.get(one, one) for one in members))
    groups = view.by_hamlet(chosen, labels_of(shown)).values()
    return list(islice((one.household for group in groups for one in group), MOST_HOUSEHOLDS))


def make_sheet(shown: View, households: list[str], milestones: list[str], names: bool) -> None:  # noqa: FBT001
    """Give a sheet its id and moment; it is worked out when its address is opened."""
    common.stamp("")  # refuses whoever may not write (any more)
    sheet = uuid.uuid4().hex[:SHEET_DIGITS]
    head = shown.project.refresh()
    links = sheet_links(
        sheet, (shown.today, head.seq), households, milestones, shown.texts.language, names=names
    )
    facts = {"count": len(households), "seq": head.seq}
    st.session_state[MADE] = view.sheet_html(sheet, links, facts, shown.texts)


main()
