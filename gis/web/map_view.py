"""The map on a page, in one line: draws it, keeps it in place, and tells which parcel was picked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import streamlit as st
from streamlit_folium import st_folium

from gis.maps.features import class_codes, unit_bounds, whole_bounds
from gis.maps.folium_map import Focus, Order, figure, order_group
from gis.web.assets import BASE
from gis.web.routes import MAP_ROUTES, prepared_units

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from gis.maps.features import MapUnits
    from gis.project import Snapshot
    from gis.texts import Texts

MAX_DELTA: Final = 500  # beyond it the map fetches its view anew instead of being sent a long list


@dataclass(frozen=True, slots=True)
class Pick:
    """A click on a parcel or public feature; `clicked_at` (ms) tells two clicks on the same one apart."""

    parcel_id: str
    clicked_at: int


@dataclass(frozen=True, slots=True)
class _Base:
    """What the browser has loaded: a day, a seq, a boundary version, and the classes then."""

    on: date
    known: int
    boundary: str
    codes: NDArray[np.int8]


def clearance_map(
    snapshot: Snapshot,
    *,
    key: str,
    height: int,
    texts: Texts,
    on_today: bool,
    selected: str | None = None,
    zoom_to: str | None = None,
) -> Pick | None:
    """The clearance map of a snapshot.

    Pan and zoom stay through marks, undos, another day and another selection.

    Args:
        snapshot: What is shown.
        key: Name of this map on the page, the same on every run.
        height: Height in CSS pixels.
        texts: Language of the page.
        on_today: Whether the snapshot is of the present; if not, the map says its day and what was known.
        selected: The parcel that is highlighted.
        zoom_to: A parcel to show, given only on the run on which the user asked for it.

    Returns:
        The parcel that was clicked, once per click; else None.
    """
    prepared = prepared_units.of(snapshot)
    bounds = whole_bounds(prepared, snapshot.zones)
    if bounds is None:
        st.info(texts("map.no_boundaries"))
        return None
    # The language stands in the key because st_folium compares figures with their words stripped.
    frame_key = f"{key}.{texts.language}"
    drawn = figure(bounds, texts, assets=BASE, routes=MAP_ROUTES, view_key=key)
    note = "" if on_today else _note(snapshot, texts)
    order = _order(
        snapshot, prepared, key=key, selected=selected, focus=_focus(prepared, key, zoom_to), note=note
    )
    answer = st_folium(
        drawn,
        key=frame_key,
        height=height,
        use_container_width=True,
        returned_objects=["last_active_drawing"],
        feature_group_to_add=order_group(order),
    )
    return _new_pick(answer, f"{key}.picked")


def _note(snapshot: Snapshot, texts: Texts) -> str:
    """The day of a map, and the last entry it counts where that is not the newest."""
    if snapshot.known == snapshot.head.seq:
        return texts("map.past_day", on=snapshot.on)
    return texts("map.past_known", on=snapshot.on, seq=snapshot.known)


def _order(
    snapshot: Snapshot,
    prepared: MapUnits,
    *,
    key: str,
    selected: str | None,
    focus: Focus | None,
    note: str,
) -> Order:
    """What changed since the classes that the browser has; after too much of it the browser loads anew."""
    codes = class_codes(snapshot.classes, prepared.parcel_ids)
    base: _Base | None = st.session_state.get(f"{key}.base")
    same = base is not None and (base.on, base.boundary) == (snapshot.on, snapshot.boundary_sha)
    if base is None or not same or base.known > snapshot.known or (base.codes != codes).sum() > MAX_DELTA:
        base = _Base(snapshot.on, snapshot.known, snapshot.boundary_sha, codes)
        st.session_state[f"{key}.base"] = base
    changed = np.flatnonzero(base.codes != codes)
    delta = dict(zip(prepared.parcel_ids[changed].tolist(), codes[changed].tolist(), strict=True))
    return Order(base.on, base.known, base.boundary, delta, selected, focus, note)


def _focus(prepared: MapUnits, key: str, zoom_to: str | None) -> Focus | None:
    """The last box that was asked for; a new question has a new token, so the map moves once."""
    last: Focus | None = st.session_state.get(f"{key}.focus")
    bounds = unit_bounds(prepared, zoom_to) if zoom_to is not None else None
    if bounds is not None:
        last = Focus(uuid.uuid4().hex, bounds)
        st.session_state[f"{key}.focus"] = last
    return last


def _new_pick(answer: dict[str, Any] | None, key: str) -> Pick | None:
    """The pick in st_folium's answer, if this session has not handled it yet."""
    drawing = (answer or {}).get("last_active_drawing")
    facts = drawing.get("properties") if isinstance(drawing, dict) else None
    if not facts or not facts.get("parcel_id"):
        return None
    pick = Pick(str(facts["parcel_id"]), int(facts["clicked_at"]))
    if st.session_state.get(key) == pick:
        return None
    st.session_state[key] = pick
    return pick
