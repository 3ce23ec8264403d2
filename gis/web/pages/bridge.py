"""Giải trình tăng, giảm: why the cleared hectares of two days differ, cause by cause, down to the entries."""

from __future__ import annotations

from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.clearance.bridge_lines import Moment
from gis.project.bridge import bridge
from gis.web import bridge_table, common
from gis.web.common import section
from gis.web.empty import nothing_yet

if TYPE_CHECKING:
    from gis.clearance.bridge_lines import Bridge
    from gis.web.common import View


def main() -> None:
    shown = common.view()
    words = shown.texts
    common.heading(words("bridge.title"), words("bridge.aside"))
    start = start_day(shown)
    common.keep_address(shown, **{"from": start.isoformat()})
    if shown.project.snapshot(shown.today).units.empty:
        nothing_yet(shown)
        return
    days(shown, start)
    made = bridged(shown, start)
    st.html(bridge_table.headline(made, words))
    st.html(bridge_table.check(made, words))
    if not made.zones[0].lines:
        st.html(bridge_table.zone_table(made, words))
        return
    st.html(section(words("bridge.steps"), words("bridge.steps_remark")))
    st.html(bridge_table.steps(made.zones[0], words))
    st.html(section(words("bridge.zones"), words("bridge.rounding")) + bridge_table.zone_table(made, words))
    causes(shown, made)


def start_day(shown: View) -> date:
    """The day before: the session's, at first that of the address, else the end of the month before."""
    if "from" not in st.session_state:
        asked = common.parse_day(st.query_params.get("from", ""))
        st.session_state["from"] = asked or shown.snapshot.on.replace(day=1) - timedelta(days=1)
    chosen: date = st.session_state["from"]
    return min(max(chosen, shown.project.plan.starts), shown.snapshot.on)


def days(shown: View, start: date) -> None:
    """The two days; the second is the day of all pages."""
    words, first = shown.texts, shown.project.plan.starts
    st.session_state["bridge.from"], st.session_state["bridge.to"] = start, shown.snapshot.on
    with st.container(key="bridge-days", horizontal=True, vertical_alignment="bottom"):
        for key, last in (("from", shown.snapshot.on), ("to", shown.today)):
            st.date_input(
                words(f"bridge.{key}"),
                key=f"bridge.{key}",
                min_value=first,
                max_value=last,
                format="DD/MM/YYYY",
                on_change=_day_chosen,
                args=(key,),
            )


def _day_chosen(key: str) -> None:
    chosen = st.session_state[f"bridge.{key}"]
    if isinstance(chosen, date):  # empty while somebody types
        st.session_state["from" if key == "from" else "on"] = chosen


def bridged(shown: View, start: date) -> Bridge:
    """The bridge of the two days, each by what was known at its end; worked out once a question."""
    project, snapshot = shown.project, shown.snapshot
    moments = [Moment(on, min(project.known_on(on), snapshot.known)) for on in (start, snapshot.on)]
    question = (snapshot.head, *moments)
    kept: tuple[object, Bridge] | None = st.session_state.get("bridge-made")
    if kept is None or kept[0] != question:
        with st.spinner(shown.texts("bridge.working")):
            kept = (question, bridge(project.snapshot, project.entries(), *moments))
        st.session_state["bridge-made"] = kept
    return kept[1]


def causes(shown: View, made: Bridge) -> None:
    """Each cause with its parcels and entries, and all of them as a file."""
    words, project = shown.texts, shown.project
    zones = {zone.zone_id: zone.name for zone in project.plan.zones}
    ends = [project.snapshot(one.on, one.known).boundaries.labels for one in (made.start, made.end)]
    told = (ends[0] | ends[1], zones, project.entries(), words)
    st.html(section(words("bridge.causes"), words("bridge.causes_remark")))
    for line in made.zones[0].lines:
        with st.expander(bridge_table.line_title(line, words)):
            st.html(bridge_table.line_html(line, *told))
    st.download_button(
        words("bridge.download"),
        bridge_table.csv_bytes(made, *told),
        file_name=f"giai-trinh_{made.start.on.isoformat()}_{made.end.on.isoformat()}.csv",
        mime="text/csv",
        on_click="ignore",
    )
    if shown.snapshot.plan.synthetic:
        st.html(f'<p class="gp-foot">{escape(words("app.sample"))}</p>')


main()
