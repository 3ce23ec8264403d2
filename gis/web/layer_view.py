"""The map page's choices: what colours the map, which lines of the legend are kept, a second day beside."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.maps.layers import CLASS_LAYER, LAYERS
from gis.web import common
from gis.web.assets import style_sheet
from gis.web.common import parse_day
from gis.web.map_layers import layer_rows, paint_of
from gis.web.map_params import is_names
from gis.web.map_view import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis.maps.style import LegendRow
    from gis.project import Snapshot
    from gis.web.common import View

LAYER, ONLY, BESIDE = "coloured_by", "coloured_only", "beside_day"


def read_address() -> None:
    """What the address asks for, on the first run of a session."""
    if LAYER in st.session_state:
        return
    asked = st.query_params.get("layer")
    st.session_state[LAYER] = asked if asked in LAYERS else CLASS_LAYER
    only = st.query_params.get("only", "")
    st.session_state[ONLY] = only.split(",") if is_names(only) else []
    st.session_state[BESIDE] = parse_day(st.query_params.get("beside", ""))


def address() -> dict[str, str | None]:
    """The choices as the address says them: the layer, the filter, the other day, and the view."""
    layer, only, beside = (st.session_state.get(key) for key in (LAYER, ONLY, BESIDE))
    return {
        "layer": None if layer == CLASS_LAYER else layer,
        "only": ",".join(only) if only else None,
        "beside": beside.isoformat() if beside else None,
        "list": "1" if st.session_state.get("list-shown") else None,
        "view": st.query_params.get("view"),  # the map itself keeps this one up to date
    }


def controls(shown: View) -> None:
    """What the map is coloured by, and the day beside."""
    words = shown.texts
    beside: date | None = st.session_state.get(BESIDE)
    first, last = shown.project.plan.starts, shown.today
    st.session_state[BESIDE] = None if beside is None else min(max(beside, first), last)
    st.session_state[LAYER] = st.session_state[LAYER]  # kept while other pages are visited
    with st.container(key="map-tools", horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            words("map_page.layer"),
            LAYERS,
            key=LAYER,
            format_func=lambda name: words(f"layer.{name}"),
            on_change=_all,
            filter_mode=None,
        )
        label = words("map_page.beside")
        st.date_input(label, key=BESIDE, min_value=first, max_value=last, format="DD/MM/YYYY")


def beside_day() -> date | None:
    """The other day that stands beside, if one does."""
    found: date | None = st.session_state.get(BESIDE)
    return found


def chosen(shown: View, snapshot: Snapshot) -> Shown:
    """What a map of a snapshot is coloured by; a filter of names that the layer has not is none."""
    paint = paint_of(shown.project, snapshot, st.session_state[LAYER])
    rows = layer_rows(paint, snapshot, shown.texts)
    kept = [name for name in st.session_state.get(ONLY) or () if name in paint.names]
    return Shown(paint.layer, rows, kept or None)


def legend(shown: View, rows: Sequence[LegendRow]) -> None:
    """The legend with hectares; a click on a line keeps it alone, or adds it to those that are kept."""
    words, kept = shown.texts, st.session_state.get(ONLY) or []
    with st.container(key="map-legend"):
        layer = words(f"layer.{st.session_state[LAYER]}")
        remark = words("map_page.legend_of", layer=layer, on=shown.snapshot.on)
        st.html(f'{_swatches(rows)}<p class="gp-note">{escape(remark)}</p>')
        with st.container(key="legend-lines"):
            for at, row in enumerate(rows):
                mark = "✓ " if row.name in kept else ""
                st.button(
                    f"{mark}{plain(row.label)} **{words.ha(row.area_ha or 0.0)}**",
                    key=f"legend-{at}",
                    type="primary" if row.name in kept else "secondary",
                    on_click=_toggle,
                    args=(row.name,),
                )
        if kept:
            st.button(words("map_page.all"), key="legend-all", on_click=_all)


def _toggle(name: str) -> None:
    kept = list(st.session_state.get(ONLY) or [])
    st.session_state[ONLY] = [one for one in kept if one != name] if name in kept else [*kept, name]


def _all() -> None:
    st.session_state[ONLY] = []


def plain(text: str) -> str:
    """A text of the data as Markdown that says just that."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)


def _swatches(rows: Sequence[LegendRow]) -> str:
    """The colours of the lines, hatched ones as the map hatches them."""
    rules = []
    for at, row in enumerate(rows):
        hatch = f"repeating-linear-gradient(135deg, {row.outline} 0 1.5px, transparent 1.5px 5px), {row.fill}"
        rules.append(
            f".st-key-legend-{at} button::before {{ background: {hatch if row.stuck else row.fill}; }}"
        )
    return f"<style>{''.join(rules)}</style>"


def side_heading(shown: View, snapshot: Snapshot) -> str:
    """The day of one of two maps, and what was cleared by then."""
    words = shown.texts
    day = words("map.past_day", on=snapshot.on)
    cleared = words("map_page.side", ha=snapshot.cleared_ha)
    return f'<p class="gp-side"><span>{escape(day)}</span><b>{escape(cleared)}</b></p>'


def styles(title: str) -> None:
    """The page's own style sheet, and its title for whoever hears the page: to the eye the map says it."""
    st.html(style_sheet("map_page.css"))
    st.html(f'<h1 class="gp-unseen">{escape(title)}</h1>')


def keep_address(shown: View, parcel: str | None) -> None:
    """Put what is shown into the address; nothing of it is personal."""
    common.keep_address(shown, parcel=parcel, **address())
