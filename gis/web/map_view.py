"""The map on a page, in one line: draws it, keeps it in place, and tells which parcel was picked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit_folium import st_folium

from gis.maps.features import unit_bounds
from gis.maps.folium_map import Focus, Order, Setup, figure, order_group
from gis.maps.layers import CLASS_LAYER
from gis.maps.style import legend_rows
from gis.web.assets import BASE
from gis.web.map_answers import version
from gis.web.prepared import prepared_units, shown_bounds
from gis.web.routes import MAP_ROUTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.maps.features import MapUnits
    from gis.maps.folium_map import ChosenSet
    from gis.maps.style import LegendRow
    from gis.project import Snapshot
    from gis.texts import Texts


@dataclass(frozen=True, slots=True)
class Shown:
    """What a map is coloured by.

    Args:
        layer: The layer's name.
        rows: Its legend, a row a code; none: that of the classes.
        only: Names that a filter keeps; None keeps all.
    """

    layer: str = CLASS_LAYER
    rows: Sequence[LegendRow] = ()
    only: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Pick:
    """A click on a parcel or public feature; `clicked_at` (ms) tells two clicks on the same one apart.

    `many`: it belongs to those that are chosen together.
    """

    parcel_id: str
    clicked_at: int
    many: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line drawn around parcels: its corners, (longitude, latitude) in degrees WGS 84."""

    ring: tuple[tuple[float, float], ...]
    clicked_at: int


def clearance_map(
    snapshot: Snapshot,
    *,
    key: str,
    height: int,
    texts: Texts,
    on_today: bool,
    selected: str | None = None,
    zoom_to: Sequence[str] = (),
    shown: Shown | None = None,
    in_address: bool = False,
    together: bool = False,
    on_pick: Callable[[Pick | Drawn], None] | None = None,
    chosen: ChosenSet | None = None,
    choosing: bool = False,
    dimmed: bool = False,
) -> Pick | Drawn | None:
    """The clearance map of a snapshot.

    Pan and zoom stay through marks, undos, another day, another layer and another selection.

    Args:
        snapshot: What is shown.
        key: Name of this map on the page, the same on every run.
        height: Height in CSS pixels.
        texts: Language of the page.
        on_today: Whether the snapshot is of the present: the map then keeps up with what others write; if
            not, it says its day and what was known.
        selected: The parcel that is highlighted.
        zoom_to: Parcels to show together, given only on the run on which the user asked for them.
        shown: What it is coloured by; None: the classes, all of them.
        in_address: Whether the page's address says the view.
        together: Whether it moves with the other maps of the page.
        on_pick: Told what was clicked or drawn before the page is drawn, so that one run shows it; a page
            that is left for another one takes what is returned.
        chosen: The parcels that are chosen together.
        choosing: Whether parcels can be chosen together on it: only then is anything drawn.
        dimmed: Whether what is not chosen is faint.

    Returns:
        What was clicked or drawn, once each, where `on_pick` has not been told of it; else None.
    """
    prepared = prepared_units.of(snapshot)
    bounds = shown_bounds(snapshot)
    if bounds is None:
        st.info(texts("map.no_boundaries"))
        return None
    setup = Setup(bounds, snapshot.plan.crs, BASE, MAP_ROUTES, key, in_address, together, choosing, dimmed)
    note = "" if on_today else _note(snapshot, texts)
    focus = _focus(prepared, key, zoom_to)
    order = _order(
        snapshot, shown or Shown(), texts, live=on_today, selected=selected, focus=focus, note=note
    )
    order = replace(order, chosen=chosen)
    answer = st_folium(
        figure(setup, texts),
        key=_component_key(key, texts.language),
        height=height,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=order_group(order),
        on_change=None if on_pick is None else partial(_tell, on_pick, key, texts.language),
    )
    return _new_pick(answer, f"{key}.picked")


def _component_key(key: str, language: str) -> str:
    """The language stands in the key because st_folium compares figures with their words stripped."""
    return f"{key}.{language}"


def _tell(on_pick: Callable[[Pick | Drawn], None], key: str, language: str) -> None:
    pick = _new_pick(st.session_state.get(_component_key(key, language)), f"{key}.picked")
    if pick is not None:
        on_pick(pick)


def _note(snapshot: Snapshot, texts: Texts) -> str:
    """The day of a map, and the last entry it counts where that is not the newest."""
    if snapshot.known == snapshot.head.seq:
        return texts("map.past_day", on=snapshot.on)
    return texts("map.past_known", on=snapshot.on, seq=snapshot.known)


def _order(
    snapshot: Snapshot,
    shown: Shown,
    texts: Texts,
    *,
    live: bool,
    selected: str | None,
    focus: Focus | None,
    note: str,
) -> Order:
    """What the map is to show; of the present it is told how far the page has looked, and looks itself."""
    return Order(
        on=snapshot.on,
        known=None if live else snapshot.known,
        seen=snapshot.known,
        boundary=version(snapshot),
        layer=shown.layer,
        rows=shown.rows or legend_rows(texts),
        only=shown.only,
        selected=selected,
        focus=focus,
        note=note,
    )


def _focus(prepared: MapUnits, key: str, zoom_to: Sequence[str]) -> Focus | None:
    """The last box that was asked for; a new question has a new token, so the map moves once."""
    last: Focus | None = st.session_state.get(f"{key}.focus")
    bounds = unit_bounds(prepared, zoom_to) if zoom_to else None
    if bounds is not None:
        last = Focus(uuid.uuid4().hex, bounds)
        st.session_state[f"{key}.focus"] = last
    return last


def _new_pick(answer: dict[str, Any] | None, key: str) -> Pick | Drawn | None:
    """The pick in st_folium's answer, if this session has not handled it yet."""
    drawing = (answer or {}).get("last_active_drawing")
    facts = drawing.get("properties") if isinstance(drawing, dict) else None
    pick = _pick(facts) if facts else None
    if pick is None or st.session_state.get(key) == pick:
        return None
    st.session_state[key] = pick
    return pick


def _pick(facts: dict[str, Any]) -> Pick | Drawn:
    """What the map's script tells."""
    if "ring" in facts:
        ring = tuple((float(longitude), float(latitude)) for longitude, latitude in facts["ring"])
        return Drawn(ring, int(facts["clicked_at"]))
    return Pick(str(facts["parcel_id"]), int(facts["clicked_at"]), bool(facts.get("many")))
