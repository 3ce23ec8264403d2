"""Tổng quan: how many hectares are cleared, of what, in which zone, how fast, and whether it adds up."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.clearance.balance import check_balance
from gis.clearance.totals import check_zones
from gis.deadlines import SOON_DAYS
from gis.ledger.batches import batches
from gis.maps.style import legend_rows
from gis.project.backups import last_backup
from gis.project.list_words import difference_lines, no_balance_lines, no_map_line
from gis.project.people import aliases
from gis.web import charts, common
from gis.web import overview_view as view
from gis.web.assets import BASE, style_sheet
from gis.web.backup_line import backup_html
from gis.web.card import short_html
from gis.web.charts import ClassBar, Column, Curve
from gis.web.common import Refusal, section
from gis.web.daily import last_try
from gis.web.due_rows import due_rows, regimes
from gis.web.empty import nothing_yet
from gis.web.figures import depths
from gis.web.map_view import Pick, clearance_map
from gis.web.overview_figures import goal_text, overview, pace_sentence, report_line
from gis.web.overview_links import Links
from gis.web.overview_view import Shown

if TYPE_CHECKING:
    from gis.project import Snapshot
    from gis.texts import Texts
    from gis.web.common import View
    from gis.web.overview_figures import Overview

MAP_HEIGHT = 470


def main() -> None:
    shown = common.view()
    common.keep_address(shown)
    words, snapshot = shown.texts, shown.snapshot
    st.html(style_sheet("overview.css"))
    no_map = no_map_line(snapshot, words)
    if no_map is None and (snapshot.zones.empty or snapshot.units.empty):
        nothing_yet(shown, words("overview.heading", commune=snapshot.plan.commune.name))
        return
    found = overview(snapshot, aliases(shown.project))
    pieces = Shown(found, words, Links(snapshot.on, snapshot.known, words.language))
    first_screen(shown, pieces)
    if no_map:
        st.html(f'<p class="gp-note">{escape(no_map)}</p>')
    st.html(zone_table(pieces, words))
    map_with_card(shown)
    st.html(over_time(found, words))
    st.html(by_class(pieces, words))
    st.html(balance_table(snapshot, words))


def first_screen(shown: View, pieces: Shown) -> None:
    """All that a leader asks for, on one screen; each figure opens the list behind it."""
    words, snapshot = shown.texts, shown.snapshot
    links = Links(snapshot.on, snapshot.known, words.language)
    can_do = view.actions(links, report_line(pieces.found, words), words, present=shown.is_today)
    title = escape(words("overview.heading", commune=snapshot.plan.commune.name))
    st.html(
        f'<div class="ov-head"><h1>{title}</h1>{can_do}</div>'
        + view.headline(pieces)
        + view.denominators(pieces)
        + view.panels(pieces)
        + f'<div class="ov-foot">{due(shown, pieces)}{backup(shown)}</div>'
    )
    # The one script of the page: what a browser lets a button copy.
    st.html(f'<script src="{BASE}/copy.js"></script>', unsafe_allow_javascript=True)


def due(shown: View, pieces: Shown) -> str:
    """What fell due; nothing where there is no đợt, and why where the regimes cannot be read."""
    if not batches(shown.snapshot.state):
        return ""
    deadlines = regimes(shown)
    if isinstance(deadlines, Refusal):
        return f'<p class="late">{escape(deadlines.sentence)}</p>'
    return view.due_line(due_rows(shown, deadlines), SOON_DAYS, pieces)


def backup(shown: View) -> str:
    """The age of the last backup."""
    return backup_html(last_backup(shown.project), last_try.refusal, common.now(), shown.texts)


def zone_table(pieces: Shown, words: Texts) -> str:
    foot = f'<p class="gp-foot">{escape(words("overview.table_foot"))}</p>'
    return section(words("overview.table")) + view.zone_table(pieces) + foot


def by_class(pieces: Shown, words: Texts) -> str:
    snapshot = pieces.found.snapshot
    deep = depths(snapshot.totals)
    rows = legend_rows(words, snapshot.totals[0].by_class_ha)
    bars = [
        ClassBar(
            name=words("overview.whole") if total.parent is None else total.name,
            depth=max(deep[total.zone_id] - 1, 0),
            by_class_ha=total.by_class_ha,
            remark=words("overview.no_boundary"),
        )
        for total in snapshot.totals
    ]
    title = section(words("overview.classes"), words("overview.classes_remark"))
    return title + charts.class_bars(bars, rows, words) + view.class_links(pieces, rows)


def over_time(found: Overview, words: Texts) -> str:
    snapshot, curve = found.snapshot, found.curve
    goal = snapshot.plan.goal
    sentence = pace_sentence(found, words)
    drawn = Curve(
        points=[
            (day, hectares)
            for day, hectares in zip(curve["on"].dt.date, curve["cleared_ha"], strict=True)
            if day >= snapshot.plan.starts
        ],
        starts=snapshot.plan.starts,
        goal_ha=goal.area_ha,
        goal_by=goal.by,
        goal_label=words("overview.goal_line", goal=goal_text(found, words), by=goal.by),
        now_label=words.ha(float(curve["cleared_ha"].iloc[-1])),
        described=sentence,
    )
    pictures = charts.curve_svg(drawn, words, width=960, height=300, kind="wide")
    pictures += charts.curve_svg(drawn, words, width=360, height=260, kind="narrow")
    return section(words("overview.curve"), sentence) + pictures


def balance_table(snapshot: Snapshot, words: Texts) -> str:
    problems = check_balance(snapshot.balance)
    problems += check_zones(snapshot.plan, map(str, snapshot.zones.index))
    deep = depths(snapshot.totals)
    names = ("zone_m2", "classes_m2", "overlap_m2", "gap_m2", "residual_m2")
    columns = [Column(words("overview.col_zone"), numeric=False)]
    columns += [Column(words(f"overview.col_{name}")) for name in names]
    rows = []
    for total in snapshot.totals:
        found = total.balance
        if found is None:
            continue
        figures = [found.zone_m2, sum(found.classes_m2.values()), found.overlap_m2, found.gap_m2]
        name = words("overview.whole") if total.parent is None else total.name
        numbers = [words.number(figure, 1) for figure in (*figures, found.residual_m2)]
        rows.append((deep[total.zone_id], [name, *numbers]))
    if problems:
        listed = "".join(f"<li>{escape(words.problem(problem))}</li>" for problem in problems)
        said = f'<div class="gp-refusal">{escape(words("overview.balance_open"))}<ul>{listed}</ul></div>'
    else:
        said = f'<p class="gp-good">{escape(words("overview.balance_closed"))}</p>'
    remarks = [words.problem(one) for one in snapshot.remarks]
    told = [*no_balance_lines(snapshot, words), *difference_lines(snapshot, words), *remarks]
    listed = "".join(f"<p>{escape(line)}</p>" for line in told)
    title = section(words("overview.balance"), words("overview.balance_remark"))
    if not rows:
        return title + listed
    return title + said + charts.table(columns, rows) + listed


def map_with_card(shown: View) -> None:
    words, snapshot = shown.texts, shown.snapshot
    st.html(section(words("overview.map"), words("overview.map_remark")))
    selected = st.session_state.get("overview-parcel")
    with st.container(key="overview-map"):
        pick = clearance_map(
            snapshot,
            key="overview",
            height=MAP_HEIGHT,
            texts=words,
            on_today=shown.is_today,
            selected=selected,
        )
    colours = charts.legend(legend_rows(words), words)
    st.html(f'<div class="gp-colours"><h3>{escape(words("overview.map_colours"))}</h3>{colours}</div>')
    if isinstance(pick, Pick) and pick.parcel_id != selected:
        st.session_state["overview-parcel"] = pick.parcel_id
        st.rerun()
    if selected is not None and selected in snapshot.units.index:
        short_card(shown, selected)


def short_card(shown: View, parcel_id: str) -> None:
    with st.container(key="short-card", horizontal=True, vertical_alignment="center"):
        st.html(short_html(shown.snapshot.card(parcel_id), shown.snapshot.plan, shown.texts))
        if st.button(shown.texts("overview.open_card"), type="primary"):
            st.session_state["parcel"] = parcel_id
            st.session_state["zoom_to"] = (parcel_id,)
            st.switch_page(common.MAP_PAGE)


main()
