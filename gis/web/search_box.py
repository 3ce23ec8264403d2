"""The search box of the map page: what it finds as somebody types, and what happens when one is chosen."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.project import shared
from gis.web import common
from gis.web.actions import open_parcel
from gis.web.assets import module_loader, own_text
from gis.web.household_actions import open_household
from gis.web.search_index import TEXT_MOST
from gis.web.search_land import ID_MOST, Chosen, parcels_of, title
from gis.web.search_routes import SEARCH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.web.common import View

BOX: Final = "search-box"
CHOSEN: Final = "search-chosen"
_TEXTS: Final = ("label", "found", "failed")
_box: Final = st.components.v2.component(
    "gpmb_search_box", css=own_text("search_box.css"), js=module_loader("search_box.js")
)


def search_box(shown: View) -> None:
    """The box; a parcel that is chosen opens, of anything else `chosen` tells."""
    words = shown.texts
    with st.container(key="search"):
        _box(
            key=BOX,
            data={
                "route": SEARCH,
                "most": TEXT_MOST,
                "moment": moment(shown),
                "texts": {name: words(f"search.{name}") for name in _TEXTS}
                | {"hint": words("search.hint" if shown.may("names") else "search.hint_codes")},
            },
            on_chosen_change=_choose,
        )


def moment(shown: View) -> dict[str, object]:
    """The moment of a page, as our routes are told it; of the present they look at the head themselves."""
    known = None if shown.is_head else shown.snapshot.known
    return {"on": shown.snapshot.on.isoformat(), "known": known, "lang": shown.texts.language}


def chosen() -> Chosen | None:
    """The land that was chosen last, until it is given up."""
    found: Chosen | None = st.session_state.get(CHOSEN)
    return found


def forget_chosen() -> None:
    """Show all land again."""
    st.session_state.pop(CHOSEN, None)


def _choose() -> None:
    told: Mapping[str, object] | None = st.session_state[BOX].get("chosen")
    if told is None:
        return
    kind, key = told.get("kind"), told.get("key")
    forget_chosen()
    if kind == "unit" and isinstance(key, str):
        open_parcel(key[:ID_MOST], zoom=True)
    elif kind == "household" and isinstance(key, str):
        _show(Chosen("household", key[:ID_MOST]))
    elif kind in {"sheet", "field"} and isinstance(key, list):
        commune, name = (str(part)[:ID_MOST] for part in key[:2])
        _show(Chosen(str(kind), name, commune))


def _show(land: Chosen) -> None:
    """Show land on the map and in the list; of one parcel alone the card too."""
    project = shared()
    snapshot = project.snapshot(common.chosen_day(project, common.today()), common.chosen_known(project))
    parcels = parcels_of(project, snapshot, land)
    st.session_state[CHOSEN] = land
    open_parcel(parcels[0] if len(parcels) == 1 else None)
    st.session_state["zoom_to"] = parcels


def chosen_line(shown: View) -> None:
    """What was chosen, the way to the household's page, and the way back to all land."""
    words, land = shown.texts, chosen()
    if land is None:
        return
    count = len(parcels_of(shown.project, shown.snapshot, land))
    said = title(shown.snapshot, land, words)
    if land.kind == "household":
        household = shown.households([land.name], "search").get(land.name)
        said = f"{household.name} · {said}" if household and household.name else said
    with st.container(key="chosen-land", horizontal=True, vertical_alignment="center"):
        parcels = words("search.parcels", count=count)
        st.html(f'<p class="gp-chosen"><b>{escape(said)}</b> {escape(parcels)}</p>')
        if land.kind == "household" and shown.may("names"):
            opened = st.button(words("search.open_household"), key="chosen-open")
            if opened:
                open_household(land.name)
                st.switch_page(common.HOUSEHOLDS_PAGE)
        st.button(words("search.all_land"), key="chosen-none", on_click=forget_chosen)
