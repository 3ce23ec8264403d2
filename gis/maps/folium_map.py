"""The Folium figure of the clearance map, and the orders that change it in place.

The figure is constant: it holds no geometry and no figures, only where to fetch them and how they
look. What changes (day, classes, selection) travels as a small `Order` in a feature group, so the
browser keeps its frame, pan and zoom. Pure: no file, no clock.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

import folium
from folium.elements import JSCSSMixin
from folium.template import Template

from gis.maps.offline import use_own_assets
from gis.maps.style import legend_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gis.maps.features import Bounds
    from gis.texts import Texts

MIN_ZOOM: Final = 10
MAX_ZOOM: Final = 21
LABEL_ZOOM: Final = 18
FOCUS_ZOOM: Final = 19
MAP_TEXTS: Final = ("too_many", "failed", "zoom_in", "zoom_out", "whole", "parcel", "feature")


@dataclass(frozen=True, slots=True)
class Focus:
    """An order to show a box once; another `token` is another order."""

    token: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Order:
    """What the map is to show now.

    Args:
        on: The day shown (included).
        known: The last seq that the loaded classes count (included).
        boundary: The boundary version; another one makes the map fetch all geometry anew.
        delta: Class index by parcel_id, of what differs from (on, known).
        selected: The parcel that is highlighted.
        focus: A box to show, once.
        note: A line in the map's corner, such as the past day.
    """

    on: date
    known: int
    boundary: str
    delta: Mapping[str, int] = field(default_factory=dict)
    selected: str | None = None
    focus: Focus | None = None
    note: str = ""


class ClearanceLayer(JSCSSMixin, folium.MacroElement):
    """The custom element: our own script, attached to the map with its settings."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "clearanceMap.attach({{ this._parent.get_name() }}, {{ this.settings }});"
        "{% endmacro %}"
    )

    def __init__(self, assets: str, settings: Mapping[str, Any]) -> None:
        """Keep the settings as the JavaScript text that the template writes."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "ClearanceLayer"
        self.default_js = [(name, f"{assets}/{name}.js") for name in ("label_canvas", "clearance_map")]
        self.default_css = [("clearance_map_css", f"{assets}/clearance_map.css")]
        self.settings = _script_json(settings)


class _OrderElement(folium.MacroElement):
    """The script of one order."""

    _template = Template(
        "{% macro script(this, kwargs) %}clearanceMap.order({{ this.order }});{% endmacro %}"
    )

    def __init__(self, order: Order) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Order"
        self.order = _script_json(_order_facts(order))


def figure(
    bounds: Bounds, texts: Texts, *, assets: str, routes: Mapping[str, str], view_key: str
) -> folium.Map:
    """The constant figure: an empty Leaflet map that fetches zones and parcels from our own routes.

    Args:
        bounds: West, south, east, north in degrees WGS 84: what is shown first.
        texts: Language of the map's own words.
        assets: Path under which our assets are served.
        routes: Paths of "parcels" and "zones".
        view_key: Name under which the browser keeps pan and zoom while the user visits other pages.

    Returns:
        A map without a background, zoom 10 to 21, canvas renderer, metric scale, no attribution.
    """
    use_own_assets(assets)
    west, south, east, north = bounds
    figure = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=MIN_ZOOM,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,  # our script adds it, with the titles in the reader's language
        attributionControl=False,
        zoomSnap=0.25,  # there are no tiles to blur, and the first view fits the zones closely
    )
    # Without a tile layer Folium loses both limits.
    figure.options["minZoom"], figure.options["maxZoom"] = MIN_ZOOM, MAX_ZOOM
    figure.add_child(ClearanceLayer(assets, _settings(bounds, texts, routes, view_key)))
    return figure


def _settings(bounds: Bounds, texts: Texts, routes: Mapping[str, str], view_key: str) -> dict[str, Any]:
    return {
        "bounds": _corners(bounds),
        "parcels_url": routes["parcels"],
        "zones_url": routes["zones"],
        "view_key": view_key,
        "label_zoom": LABEL_ZOOM,
        "focus_zoom": FOCUS_ZOOM,
        "classes": [
            {"fill": row.fill, "outline": row.outline, "stuck": row.stuck, "label": row.label}
            for row in legend_rows(texts)
        ],
        # {sheet} and {number} are filled in by the script, parcel by parcel.
        "texts": {name: texts(f"map.{name}", sheet="{sheet}", number="{number}") for name in MAP_TEXTS},
    }


def order_group(order: Order) -> folium.FeatureGroup:
    """An order as the feature group that st_folium hands to the live map (`feature_group_to_add`)."""
    group = folium.FeatureGroup(name="order", control=False)
    group.add_child(_OrderElement(order))
    return group


def _order_facts(order: Order) -> dict[str, Any]:
    facts = asdict(order)
    base = {"on": order.on.isoformat(), "known": order.known, "boundary": order.boundary}
    focus = order.focus and {"token": order.focus.token, "bounds": _corners(order.focus.bounds)}
    return {
        "base": base,
        "delta": facts["delta"],
        "selected": order.selected,
        "focus": focus,
        "note": order.note,
    }


def _corners(bounds: Bounds) -> list[list[float]]:
    """South-west and north-east as Leaflet wants them, latitude first."""
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def _script_json(value: object) -> str:
    """JSON that may stand inside a script element: no text can close it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
