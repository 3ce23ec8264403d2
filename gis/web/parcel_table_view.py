"""The list of parcels on the map page: shown or not, what it is asked with, and what opening a row does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.milestones import CLASSES
from gis.web import layer_view, selection_actions
from gis.web.actions import open_parcel
from gis.web.assets import own_text
from gis.web.card import land_use
from gis.web.common import Refusal, attempt
from gis.web.parcel_table import SORTS
from gis.web.parcel_table_asked import ListAsked
from gis.web.parcel_table_routes import A_PAGE, COLUMNS, LIST, WORKBOOK
from gis.web.posted import Posted
from gis.web.search_box import chosen, moment
from gis.web.search_index import TEXT_MOST
from gis.web.search_land import ID_MOST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.web.common import View

SHOWN: Final = "list-shown"
TABLE: Final = "parcel-table"
_TEXTS: Final = (
    "title",
    "filters",
    "more",
    "text",
    "zone",
    "commune",
    "class",
    "land_use",
    "all",
    "in_view",
    "none",
    "previous",
    "next",
    "pages",
    "file",
    "with_names",
    "choose",
    "failed",
)
_table: Final = st.components.v2.component(
    "gpmb_parcel_table", css=own_text("parcel_table.css"), js=own_text("parcel_table.js")
)


def switch(shown: View) -> None:
    """Whether the list is shown: beside the map, on a phone in its place."""
    if SHOWN not in st.session_state:
        st.session_state[SHOWN] = st.query_params.get("list") == "1"
    st.session_state[SHOWN] = st.session_state[SHOWN]  # kept while other pages are visited
    with st.container(key="list-switch"):
        st.toggle(shown.texts("parcel_list.switch"), key=SHOWN)


def is_shown() -> bool:
    """Whether the list is shown."""
    return bool(st.session_state.get(SHOWN))


def parcel_table(shown: View, selected: str | None) -> None:
    """The list of what legend, search and its own filters keep; a row that is chosen opens its card."""
    words, land = shown.texts, chosen()
    asked = layer_view.address()
    with st.container(key="list"):
        _table(
            key=TABLE,
            data={
                "routes": {"list": LIST, "file": WORKBOOK},
                "moment": moment(shown),
                "seen": shown.snapshot.known,
                "query": {
                    "layer": asked["layer"] or "",
                    "only": (asked["only"] or "").split(",") if asked["only"] else None,
                    "land": {"kind": land.kind, "name": land.name, "commune": land.commune} if land else None,
                },
                "options": options(shown),
                "columns": [(name, words(f"parcel_list.col_{name}")) for name in COLUMNS],
                "sorts": SORTS,
                "page": A_PAGE,
                "most": TEXT_MOST,
                "names": shown.may("names"),
                "writes": shown.can_write,
                "selected": selected,
                "map": "main",
                "texts": {name: words(f"parcel_list.{name}") for name in _TEXTS},
            },
            on_opened_change=_open,
            on_many_change=partial(_choose, shown),
        )


def options(shown: View) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen in each filter: value and label."""
    words, plan, units = shown.texts, shown.snapshot.plan, shown.snapshot.units
    uses = sorted(use for use in units["land_use"].dropna().unique() if use)
    return {
        "zone": [(zone.zone_id, zone.name) for zone in plan.zones],
        "commune": [(old.code, old.name) for old in plan.commune.old_communes],
        "class": [(name, words(f"class.{name}")) for name in CLASSES],
        "land_use": [(use, land_use(use, words)) for use in uses],
    }


def _choose(shown: View) -> None:
    """Choose together what the list holds, by what the page's reader saw."""
    told: Mapping[str, object] | None = st.session_state[TABLE].get("many")
    if told is not None and shown.can_write:
        seen = dict(told) | {"on": shown.snapshot.on.isoformat(), "known": shown.snapshot.known}
        asked = ListAsked(Posted(seen, shown.project, shown.visitor, shown.texts))
        found = attempt(lambda: asked.found, shown.texts)
        if not isinstance(found, Refusal):
            parcels = tuple(map(str, shown.snapshot.units.index[found.places]))
            selection_actions.take_filter(shown, parcels, only=False)


def _open() -> None:
    told: Mapping[str, object] | None = st.session_state[TABLE].get("opened")
    if told is not None and isinstance(told.get("key"), str):
        open_parcel(str(told["key"])[:ID_MOST], zoom=True)
