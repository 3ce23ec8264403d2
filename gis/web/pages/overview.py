"""Tổng quan: how many hectares are cleared, of what, in which zone, how fast, and whether it adds up."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.clearance.balance import check_balance
from gis.clearance.curve import DAYS_PER_MONTH
from gis.clearance.totals import check_zones
from gis.maps.style import legend_rows
from gis.project.backups import last_backup
from gis.project.list_words import difference_lines, no_balance_lines, no_map_line
from gis.project.people import aliases
from gis.web import charts, common
from gis.web.backup_line import backup_html
from gis.web.card import short_html
from gis.web.charts import ClassBar, Column, Curve, ZoneBar, exact_ha, plain_ha, share
from gis.web.common import section
from gis.web.daily import last_try
from gis.web.due_rows import due_line
from gis.web.figures import commune_curve, depths, household_counts, pace
from gis.web.map_view import clearance_map

if TYPE_CHECKING:
    import pandas as pd

    from gis.project import Snapshot
    from gis.texts import Texts
    from gis.web.common import View
    from gis.web.figures import HouseholdCount

MAP_HEIGHT = 470


def main() -> None:
    shown = common.view()
    common.keep_address(shown)
    words, snapshot = shown.texts, shown.snapshot
    common.heading(words("overview.heading", commune=snapshot.plan.commune.name))
    no_map = no_map_line(snapshot, words)
    if no_map is None and (snapshot.zones.empty or snapshot.units.empty):
        nothing_yet(shown)
        return
    counts = household_counts(snapshot, aliases(shown.project))
    st.html(headline(snapshot, counts["commune"], words) + denominators(snapshot, words))
    if no_map:
        st.html(f'<p class="gp-note">{escape(no_map)}</p>')
    line = st.container(key="due-line")  # its own place: filled last, so that nothing waits for it
    bars, beside = st.columns([5, 6], gap="large")
    with bars:
        st.html(zones(snapshot, words))
    with beside:
        map_with_card(shown)
    st.html(zone_table(snapshot, counts, words))
    st.html(by_class(snapshot, words))
    st.html(over_time(snapshot, words))
    st.html(balance_table(snapshot, words))
    st.html(backup_html(last_backup(shown.project), last_try.refusal, common.now(), words))
    with line:
        due_line(shown)


def nothing_yet(shown: View) -> None:
    words = shown.texts
    steps = [(words("page.step_zones"), "python -m gis import zones khu.gpkg")]
    steps.append((words("page.step_parcels"), "python -m gis import parcels thua_dat.gpkg"))
    steps.append((words("page.step_features"), "python -m gis import features cong_trinh.gpkg"))
    steps.append((words("page.step_holdings"), "python -m gis import holdings holdings.csv"))
    steps.append((words("page.step_list"), "python -m gis import list theo_doi.xlsx"))
    common.empty_state(words("page.nothing_yet"), steps)


def headline(snapshot: Snapshot, households: HouseholdCount, words: Texts) -> str:
    total = snapshot.totals[0]
    kind = snapshot.plan.headline
    whole_ha = {"goal": total.goal_ha, "plan": total.plan_ha, "mapped": total.mapped_ha}[kind]
    part = {"goal": total.share_of_goal, "plan": total.share_of_plan, "mapped": total.share_of_mapped}[kind]
    sentence = words(
        "overview.headline",
        on=snapshot.on,
        cleared=exact_ha(words, total.cleared_ha),
        whole=plain_ha(words, whole_ha),
        share=part,
        denominator=words(f"overview.of_{kind}"),
        handed=households.handed_over,
        total=households.total,
        stuck=households.stuck,
    )
    width = f"{100 * min(part or 0, 1):.2f}%"
    return (
        f'<div class="gp-hero"><div class="big"><b>{exact_ha(words, total.cleared_ha)}</b> ha'
        f"<span>{escape(words('overview.handed_over'))}</span>"
        f"<span>{escape(words('overview.clean', ha=exact_ha(words, total.clean_ha)))}</span></div>"
        f'<div class="said"><p>{escape(sentence)}</p>'
        f'<div class="track"><div class="fill" style="width:{width}"></div></div></div></div>'
    )


def denominators(snapshot: Snapshot, words: Texts) -> str:
    total, goal = snapshot.totals[0], snapshot.plan.goal
    cards = [
        (
            "goal",
            total.share_of_goal,
            words("overview.goal_card", goal=goal_text(snapshot, words), by=goal.by),
            goal.source,
        ),
        ("plan", total.share_of_plan, words("overview.plan_card", ha=plain_ha(words, total.plan_ha)), ""),
        ("mapped", total.share_of_mapped, words("overview.mapped_card", ha=total.mapped_ha), ""),
    ]
    items = "".join(
        f'<div class="card{" main" if kind == snapshot.plan.headline else ""}" title="{escape(source)}">'
        f"<b>{share(words, part)}</b><span>{escape(said)}</span></div>"
        for kind, part, said, source in cards
    )
    return f'<div class="gp-cards">{items}</div>'


def goal_text(snapshot: Snapshot, words: Texts) -> str:
    """The goal's hectares, "about" where the plan says so."""
    goal = snapshot.plan.goal
    return words(
        "overview.goal_about" if goal.approximate else "overview.goal_exact", ha=plain_ha(words, goal.area_ha)
    )


def zones(snapshot: Snapshot, words: Texts) -> str:
    deep = depths(snapshot.totals)
    bars = [
        ZoneBar(
            name=total.name,
            depth=deep[total.zone_id] - 1,
            cleared_ha=total.cleared_ha,
            plan_ha=total.plan_ha,
            remark=_without_boundary(total.plan_ha, words),
        )
        for total in snapshot.totals[1:]
    ]
    title = section(words("overview.zones"), words("overview.zones_remark"))
    colours = charts.legend(legend_rows(words), words)
    beside_map = f'<div class="gp-colours"><h3>{escape(words("overview.map_colours"))}</h3>{colours}</div>'
    return title + charts.zone_bars(bars, words) + beside_map


def _without_boundary(plan_ha: float | None, words: Texts) -> str:
    if plan_ha is None:
        return words("overview.no_boundary")
    return words("overview.no_boundary_planned", ha=plain_ha(words, plan_ha))


def zone_table(snapshot: Snapshot, counts: dict[str, HouseholdCount], words: Texts) -> str:
    deep = depths(snapshot.totals)
    names = (
        "plan",
        "mapped",
        "cleared",
        "clean",
        "signed",
        "remaining",
        "of_plan",
        "of_mapped",
        "households",
    )
    columns = [Column(words("overview.col_zone"), numeric=False)]
    columns += [Column(words(f"overview.col_{name}")) for name in names]
    rows = []
    for total in snapshot.totals:
        name = words("overview.whole") if total.parent is None else total.name
        count = counts[total.zone_id]
        without = total.mapped_ha is None
        households = f"{words.integer(count.handed_over)}/{words.integer(count.total)}"
        cells = [
            name,
            plain_ha(words, total.plan_ha),
            words("overview.no_boundary") if without else exact_ha(words, total.mapped_ha),
            *(
                exact_ha(words, ha)
                for ha in (
                    total.cleared_ha,
                    total.clean_ha,
                    total.signed_ha,
                    total.remaining_of_mapped_ha,
                )
            ),
            *(share(words, part) for part in (total.share_of_plan, total.share_of_mapped)),
            charts.NOTHING if without else households,
        ]
        rows.append((deep[total.zone_id], cells))
    foot = f'<p class="gp-foot">{escape(words("overview.table_foot"))}</p>'
    return section(words("overview.table")) + charts.table(columns, rows) + foot


def by_class(snapshot: Snapshot, words: Texts) -> str:
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
    return title + charts.class_bars(bars, rows, words) + charts.legend(rows, words)


def over_time(snapshot: Snapshot, words: Texts) -> str:
    curve = commune_curve(snapshot)
    goal, cleared_ha = snapshot.plan.goal, float(curve["cleared_ha"].iloc[-1])
    sentence = _pace_sentence(snapshot, curve, words)
    drawn = Curve(
        points=[
            (day, hectares)
            for day, hectares in zip(curve["on"].dt.date, curve["cleared_ha"], strict=True)
            if day >= snapshot.plan.starts
        ],
        starts=snapshot.plan.starts,
        goal_ha=goal.area_ha,
        goal_by=goal.by,
        goal_label=words("overview.goal_line", goal=goal_text(snapshot, words), by=goal.by),
        now_label=words.ha(cleared_ha),
        described=sentence,
    )
    pictures = charts.curve_svg(drawn, words, width=960, height=300, kind="wide")
    pictures += charts.curve_svg(drawn, words, width=360, height=260, kind="narrow")
    return section(words("overview.curve"), sentence) + pictures


def _pace_sentence(snapshot: Snapshot, curve: pd.DataFrame, words: Texts) -> str:
    found = pace(snapshot, curve)
    by = snapshot.plan.goal.by
    if found.needed_ha is None:
        return words("overview.pace_over", by=by, recent=found.recent_ha)
    if found.needed_ha == 0:
        return words("overview.pace_reached", by=by, recent=found.recent_ha)
    months = (by - snapshot.on).days / DAYS_PER_MONTH
    message = "overview.pace_short" if found.recent_ha < found.needed_ha else "overview.pace_enough"
    return words(message, recent=found.recent_ha, needed=found.needed_ha, by=by, months=round(months))


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
    if pick is not None and pick.parcel_id != selected:
        st.session_state["overview-parcel"] = pick.parcel_id
        st.rerun()
    if selected is not None and selected in snapshot.units.index:
        short_card(shown, selected)


def short_card(shown: View, parcel_id: str) -> None:
    with st.container(key="short-card", horizontal=True, vertical_alignment="center"):
        st.html(short_html(shown.snapshot.card(parcel_id), shown.snapshot.plan, shown.texts))
        if st.button(shown.texts("overview.open_card"), type="primary"):
            st.session_state["parcel"] = parcel_id
            st.session_state["zoom_to"] = parcel_id
            st.switch_page(common.MAP_PAGE)


main()
