"""Vướng mắc: what stands in the way on the day, since when, in whose charge; what was settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.clearance.obstacles import closed_lines, open_lines
from gis.clearance.stuck import AGES, age_of
from gis.milestones import OBSTACLE_CATEGORIES
from gis.project.charges import NOBODY, charges
from gis.project.people import aliases
from gis.store.stories import read_parcels_of
from gis.store.workbooks import workbook
from gis.web import actions, common, forms, land_forms
from gis.web import obstacle_view as view
from gis.web.assets import style_sheet
from gis.web.forms import Form
from gis.web.obstacle_view import TRAITS, Labels
from gis.web.overview_figures import overview
from gis.web.overview_view import age_words
from gis.web.pager import pager
from gis.web.search_routes import land_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gis.clearance.obstacles import ClosedLine, OpenLine
    from gis.clearance.stuck import Group
    from gis.web.common import View
    from gis.web.overview_figures import Overview

A_PAGE: Final = 25
CLOSED_SHOWN: Final = 50
CLOSED_DAYS: Final = 90
PLACE: Final = "stuck"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ORDERS: Final[dict[str, Callable[[OpenLine], tuple[object, ...]]]] = {
    "oldest": lambda line: (line.obstacle.since, line.obstacle.seq),
    "largest": lambda line: (-(line.area_m2 or 0.0), line.obstacle.since, line.obstacle.seq),
    "category": lambda line: (OBSTACLE_CATEGORIES.index(line.obstacle.category), line.obstacle.since),
}


@dataclass(frozen=True)
class PageForm(Form):
    """A form of this page: what came of it is said here, and not on the map's card."""

    @property
    def place(self) -> str:
        """The part of the page where it stands."""
        return PLACE


def main() -> None:
    shown = common.view()
    words, snapshot = shown.texts, shown.snapshot
    st.html(style_sheet("obstacle_page.css"))
    common.heading(words("stuck.title"), shown.team_only)
    found = overview(snapshot, aliases(shown.project))
    _, parcels = shown.project.land(snapshot)
    lines = open_lines(found.stuck, snapshot.boundaries.parts_m2, snapshot.state, parcels)
    labels = labels_of(shown)
    if lines:
        groups = view.groups_of(found, lines, labels.charges)
        open_part(shown, found, lines, groups, labels)
        record_part(shown, lines, labels)
        list_part(shown, lines, groups, labels)
    else:
        common.keep_address(shown)
        st.html(
            f'<div class="gp-hint"><b>{escape(words("stuck.nothing"))}</b>'
            f"<p>{escape(words('stuck.nothing_to_do'))}</p></div>"
        )
        record_part(shown, lines, labels)
    closed_part(shown, labels)


def labels_of(shown: View) -> Labels:
    """How everything on the page is called; names and notes are added for the rows that are shown."""
    plan = shown.snapshot.plan
    return Labels(
        parcels=shown.snapshot.boundaries.labels,
        zones={zone.zone_id: zone.name for zone in plan.zones},
        communes={one.code: one.name for one in plan.commune.old_communes},
        charges=charges(shown.project),
        names={},
        aliases=aliases(shown.project),
        notes={},
        address={name: st.query_params[name] for name in ("lang", "on", "known") if name in st.query_params},
    )


def with_people(shown: View, labels: Labels, households: Iterable[str], seqs: Iterable[int]) -> Labels:
    """The labels with the names of some households and the words of some entries, for who may see them."""
    whose = {labels.aliases.get(one, one) for one in households}
    names = shown.households(sorted(whose), "obstacles")
    entries = (shown.snapshot.state.entry(seq) for seq in seqs)
    notes = {entry.seq: shown.reason(entry) for entry in entries if entry is not None}
    return replace(labels, names=names, notes=notes)


def open_part(
    shown: View,
    found: Overview,
    lines: Sequence[OpenLine],
    groups: Mapping[str, Sequence[Group]],
    labels: Labels,
) -> None:
    """The figures and the groups of what stands in the way."""
    words = shown.texts
    uncounted = sum(line.area_m2 is None for line in lines)
    st.html(view.summary_html(found.stuck.whole, len(lines), uncounted, words))
    family = st.radio(
        words("stuck.split"),
        TRAITS,
        format_func=lambda one: words(f"stuck.by_{one}"),
        key="stuck-family",
        horizontal=True,
    )
    st.html(view.groups_html(family, groups[family], found.stuck.whole, labels, words))


def list_part(
    shown: View, lines: Sequence[OpenLine], groups: Mapping[str, Sequence[Group]], labels: Labels
) -> None:
    """The rows, filtered and in an order, and the workbook of them."""
    words = shown.texts
    st.html(common.section(words("stuck.list")))
    chosen = filtered(shown, lines, labels)
    listing(shown, chosen, len(lines), labels)
    st.download_button(
        words("stuck.excel"),
        lambda: workbook(view.workbook_sheets(chosen, groups, shown.snapshot.on, labels, words)),
        file_name=f"vuong-mac-{shown.snapshot.on.isoformat()}.xlsx",
        mime=XLSX,
        key="stuck-excel",
    )


def choice(shown: View, name: str, options: Sequence[str], said: Callable[[str], str]) -> str | None:
    """One of a filter's options; None for all."""
    key = f"stuck-{name}"
    forms.keep_among(key, [None, *options])
    return st.selectbox(
        shown.texts(f"stuck.col_{name}"),
        options,
        index=None,
        format_func=said,
        key=key,
        placeholder=shown.texts("people.all"),
        on_change=first_page,
    )


def first_page() -> None:
    """Show the first page of the list again."""
    st.session_state["stuck-first"] = 0


def filtered(shown: View, lines: Sequence[OpenLine], labels: Labels) -> list[OpenLine]:
    """The obstacles that the filters leave, in the order that is asked for."""
    words, on = shown.texts, shown.snapshot.on
    for name in ("category", "age", "zone"):  # what the address keeps: nothing of a person
        st.session_state.setdefault(f"stuck-{name}", st.query_params.get(name))
    told = {one: labels.charges.get(one, NOBODY) for line in lines for one in line.households}
    top, below = st.columns(3), st.columns(3)
    with top[0]:
        present = {line.obstacle.category for line in lines}
        categories = [one for one in OBSTACLE_CATEGORIES if one in present]
        category = choice(shown, "category", categories, lambda one: words(f"obstacle.{one}"))
    with top[1]:
        ages = [str(age) for age in range(len(AGES))]
        age = choice(shown, "age", ages, lambda one: age_words(int(one), words))
    with top[2]:
        zones = [zone for zone in labels.zones if any(zone in line.zones for line in lines)]
        zone = choice(shown, "zone", zones, labels.zones.__getitem__)
    with below[0]:
        officers = sorted({charge.officer for charge in told.values()})
        officer = choice(shown, "officer", officers, lambda one: labels.trait("officer", one, words))
    with below[1]:
        hamlets = sorted({str(charge.hamlet) for charge in told.values() if charge.hamlet})
        hamlet = choice(shown, "hamlet", hamlets, labels.hamlet)
    with below[2]:
        order = st.selectbox(
            words("stuck.order"),
            list(ORDERS),
            format_func=lambda one: words(f"stuck.order_{one}"),
            key="stuck-order",
            filter_mode=None,
        )
    common.keep_address(shown, category=category, age=age, zone=zone)

    def is_wanted(line: OpenLine) -> bool:
        whose = [told[one] for one in line.households] or [NOBODY]
        return (
            category in {None, line.obstacle.category}
            and (age is None or str(age_of(line.days(on))) == age)
            and (zone is None or zone in line.zones)
            and (officer is None or any(one.officer == officer for one in whose))
            and (hamlet is None or any(str(one.hamlet) == hamlet for one in whose))
        )

    return sorted(filter(is_wanted, lines), key=ORDERS[order])


def listing(shown: View, chosen: Sequence[OpenLine], total: int, labels: Labels) -> None:
    """A page of the rows."""
    words = shown.texts
    if not chosen:
        st.html(f'<div class="gp-hint">{escape(words("stuck.none_left"))}</div>')
        return
    first = min(int(st.session_state.get("stuck-first", 0)), (len(chosen) - 1) // A_PAGE * A_PAGE)
    page = chosen[first : first + A_PAGE]
    said = words("stuck.found", first=first + 1, last=first + len(page), count=len(chosen), total=total)
    st.html(f'<p class="gp-note">{escape(said)}</p>')
    called = with_people(
        shown,
        labels,
        (one for line in page for one in line.households),
        (line.obstacle.seq for line in page),
    )
    st.html(view.open_html(page, shown.snapshot.on, called, words))
    pager("stuck", first, len(chosen), A_PAGE, turn, words)


def turn(first: int) -> None:
    """Another page of the list."""
    st.session_state["stuck-first"] = max(first, 0)


def record_part(shown: View, lines: Sequence[OpenLine], labels: Labels) -> None:
    """The forms that open an obstacle and close one, of any parcel."""
    words = shown.texts
    if not shown.can_write:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
        return
    st.session_state.setdefault("stuck-opened", not lines)  # else the first obstacle would shut it
    with st.expander(words("stuck.record"), expanded=st.session_state["stuck-opened"]):
        forms.show_outcome(PLACE, words)
        st.html(f'<p class="gp-note">{escape(words("stuck.record_remark"))}</p>')
        parcel = parcel_of(shown, list(dict.fromkeys(line.parcel for line in lines)), labels)
        if parcel is not None:
            form_of(shown, parcel)


def parcel_of(shown: View, known: list[str], labels: Labels) -> str | None:
    """The parcel of which something is recorded: one of those that are stuck, or any by its number."""
    words = shown.texts
    forms.keep_among("stuck-parcel", [None, *known])
    listed, typed = st.columns(2)
    picked = listed.selectbox(
        words("stuck.record_listed"),
        known,
        index=None,
        format_func=lambda one: labels.parcels.get(one, one),
        key="stuck-parcel",
        placeholder=words("stuck.record_listed_hint"),
        on_change=another_parcel,
    )
    other = typed.text_input(
        words("stuck.record_other"),
        key="stuck-other",
        placeholder=words("stuck.record_other_hint"),
        on_change=another_parcel,
    )
    found = [picked] if picked else land_index(shown.snapshot).whole(other)
    if not found and other:
        st.html(f'<p class="gp-note">{escape(words("stuck.record_none", text=other))}</p>')
    if len(found) > 1:
        several = ", ".join(labels.parcels[one] for one in found)
        st.html(f'<p class="gp-note">{escape(words("stuck.record_several", parcels=several))}</p>')
    return found[0] if len(found) == 1 else None


def another_parcel() -> None:
    """Fresh forms for the parcel that is chosen now."""
    st.session_state["request"] = common.new_request()
    for name in ("outcome", "review"):
        st.session_state.pop(name, None)


def form_of(shown: View, parcel: str) -> None:
    """The form of one parcel's obstacles."""
    card = shown.snapshot.card(parcel)
    households = {one.household for one in card.holdings} | {one.household or "" for one in card.obstacles}
    names = shown.households(sorted(households - {""}), "obstacles")
    land_forms.obstacle(PageForm("obstacle", shown, card, names, actions.request_id()))


def closed_part(shown: View, labels: Labels) -> None:
    """What was settled between two days, and how long that took."""
    words, on = shown.texts, shown.snapshot.on
    with shown.project.ledger.reading() as connection:
        parcels = read_parcels_of(connection, "obstacle_closed", shown.snapshot.known)
    if not parcels:
        return
    st.html(common.section(words("stuck.closed")))
    starts = shown.snapshot.plan.starts
    left, right = st.columns(2)
    st.session_state.setdefault("stuck-closed_from", max(on - timedelta(days=CLOSED_DAYS), starts))
    first: date = left.date_input(
        words("stuck.closed_from"),
        key="stuck-closed_from",
        min_value=starts,
        max_value=on,
        format="DD/MM/YYYY",
    )
    st.session_state.setdefault("stuck-closed_to", on)
    last: date = right.date_input(
        words("stuck.closed_to"), key="stuck-closed_to", min_value=starts, max_value=on, format="DD/MM/YYYY"
    )
    lines = closed_lines(shown.snapshot.state, parcels, first, last)
    st.html(f'<p class="gp-note">{escape(closed_words(lines, first, last, shown))}</p>')
    if lines:
        page = lines[:CLOSED_SHOWN]
        whose = (line.household for line in page if line.household)
        called = with_people(shown, labels, whose, (line.closed for line in page))
        st.html(view.closed_html(page, called, words))


def closed_words(lines: Sequence[ClosedLine], first: date, last: date, shown: View) -> str:
    """How many were settled, and the middle and longest of their days."""
    words = shown.texts
    if not lines:
        return words("stuck.closed_none", first=first, last=last)
    days = sorted(line.days for line in lines)
    facts = {"count": len(days), "middle": days[(len(days) - 1) // 2], "longest": days[-1]}
    return words("stuck.closed_sum", first=first, last=last, **facts)


main()
