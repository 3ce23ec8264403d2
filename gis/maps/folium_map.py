"""The Folium figure of the clearance map, and the orders that change it in place.

The figure is constant: it holds no geometry and no figures, only where to fetch them. What changes
(day, layer, filter, selection) travels as a small `Order` in a feature group, so the browser keeps its
frame, pan and zoom. Pure: no file, no clock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import folium
from folium.elements import JSCSSMixin
from folium.template import Template

from gis.maps.offline import use_own_assets
from gis.maps.pointer import plane_fit
from gis.maps.tiles import CHOSEN, FAINT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gis.maps.features import Bounds
    from gis.maps.style import LegendRow
    from gis.texts import Texts

MIN_ZOOM: Final = 10
MAX_ZOOM: Final = 21
LABEL_ZOOM: Final = 18
FOCUS_ZOOM: Final = 19
PARCELS_ZOOM: Final = 16  # from here on parcels are drawn one by one, below it as tiles
MAP_TEXTS: Final = (
    "failed",
    "zoom_in",
    "zoom_out",
    "whole",
    "parcel",
    "feature",
    "vn2000",
    "wgs84",
    "measure",
    "measure_hint",
    "measured_length",
    "measured_area",
    "background",
    "choose_many",
    "choose_many_hint",
    "choose_rectangle",
    "choose_rectangle_hint",
    "choose_polygon",
    "choose_polygon_hint",
    "choose_done",
    "choose_leave",
)
# The script fills these in, parcel by parcel and place by place.
_BLANKS: Final = ("sheet", "number", "x", "y", "lat", "lon", "length", "area", "ha")
# The map's own scripts in the order in which they run, and the one file as which a browser is given them.
BUNDLE: Final = "map.js"
SCRIPTS: Final = (
    "map_common",
    "label_canvas",
    "overview_tiles",
    "map_tools",
    "map_view",
    "map_loading",
    "map_look",
    "map_picking",
    "map_zones",
    "map_background",
    "map_choosing",
    "clearance_map",
)


@dataclass(frozen=True, slots=True)
class Focus:
    """An order to show a box once; another `token` is another order."""

    token: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class ChosenSet:
    """The parcels that are chosen, by the short name under which the map asks for them."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Order:
    """What the map is to show now.

    Args:
        on: The day shown (included).
        known: The last seq that counts (included); None is the present, which the map keeps up with.
        seen: The last seq that the page itself counts: a map of the present that has not looked so far
            looks at once.
        boundary: The boundary version; another one makes the map fetch all geometry anew.
        layer: What it is coloured by.
        rows: How each code of the layer looks and what it is called.
        only: Names of the codes that a filter keeps; None keeps all.
        selected: The parcel that is highlighted.
        chosen: Those that are chosen together; None: none are.
        focus: A box to show, once.
        note: A line in the map's corner, such as the past day.
    """

    on: date
    known: int | None
    seen: int
    boundary: str
    layer: str = "class"
    rows: Sequence[LegendRow] = ()
    only: Sequence[str] | None = None
    selected: str | None = None
    chosen: ChosenSet | None = None
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
        self.default_js = [("clearance_map", f"{assets}/{BUNDLE}")]
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


@dataclass(frozen=True, slots=True)
class Setup:
    """What a map is set up with once.

    Args:
        bounds: West, south, east, north in degrees WGS 84: what is shown first.
        epsg: The projected VN-2000 CRS in which places and lengths are told.
        assets: Path under which our assets are served.
        routes: Paths of "parcels", "zones", "at", "changes", "tiles", "chosen", "chosen_tiles" and
            "background".
        view_key: Name under which the browser keeps pan and zoom while the user visits other pages.
        in_address: Whether the page's address says the view.
        together: Whether the map moves with the other maps of its page.
        choosing: Whether many parcels can be chosen on it.
        dimmed: Whether what is not chosen is faint.
    """

    bounds: Bounds
    epsg: int
    assets: str
    routes: Mapping[str, str]
    view_key: str
    in_address: bool = False
    together: bool = False
    choosing: bool = False
    dimmed: bool = False


def figure(setup: Setup, texts: Texts) -> folium.Map:
    """The constant figure: an empty Leaflet map that fetches zones and parcels from our own routes.

    Args:
        setup: Where it looks, and where it fetches from.
        texts: Language of the map's own words.

    Returns:
        A map without a background, zoom 10 to 21, canvas renderer, metric scale, no attribution.
    """
    use_own_assets(setup.assets)
    west, south, east, north = setup.bounds
    figure = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=MIN_ZOOM,
        tiles=None,
        prefer_canvas=True,
        zoom_control=False,  # our script adds it, with the titles in the reader's language
        attributionControl=False,
        zoomSnap=0.25,  # tiles are drawn at twice their size, and the first view fits the zones closely
    )
    # Without a tile layer Folium loses both limits.
    figure.options["minZoom"], figure.options["maxZoom"] = MIN_ZOOM, MAX_ZOOM
    figure.add_child(ClearanceLayer(setup.assets, _settings(setup, texts)))
    return figure


def _settings(setup: Setup, texts: Texts) -> dict[str, Any]:
    blanks = {name: f"{{{name}}}" for name in _BLANKS}
    return {
        **{f"{name}_url": path for name, path in setup.routes.items()},
        "bounds": _corners(setup.bounds),
        "projection": plane_fit(setup.bounds, setup.epsg).facts(),
        "view_key": setup.view_key,
        "in_address": setup.in_address,
        "together": setup.together,
        "choosing": setup.choosing,
        "dimmed": setup.dimmed,
        "chosen_colour": CHOSEN,
        "parcels_zoom": PARCELS_ZOOM,
        "label_zoom": LABEL_ZOOM,
        "focus_zoom": FOCUS_ZOOM,
        "faint": FAINT,
        "language": texts.language,
        "texts": {name: texts(f"map.{name}", **blanks) for name in MAP_TEXTS},
    }


def order_group(order: Order) -> folium.FeatureGroup:
    """An order as the feature group that st_folium hands to the live map (`feature_group_to_add`)."""
    group = folium.FeatureGroup(name="order", control=False)
    group.add_child(_OrderElement(order))
    return group


def _order_facts(order: Order) -> dict[str, Any]:
    return {
        "base": {
            "on": order.on.isoformat(),
            "known": order.known,
            "boundary": order.boundary,
            "layer": order.layer,
        },
        "seen": order.seen,
        "looks": [
            {
                "name": row.name,
                "label": row.label,
                "fill": row.fill,
                "outline": row.outline,
                "stuck": row.stuck,
            }
            for row in order.rows
        ],
        "only": None if order.only is None else list(order.only),
        "selected": order.selected,
        "chosen": order.chosen and {"name": order.chosen.name, "count": order.chosen.count},
        "focus": order.focus and {"token": order.focus.token, "bounds": _corners(order.focus.bounds)},
        "note": order.note,
    }


def _corners(bounds: Bounds) -> list[list[float]]:
    """South-west and north-east as Leaflet wants them, latitude first."""
    west, south, east, north = bounds
    return [[south, west], [north, east]]


def _script_json(value: object) -> str:
    """JSON that may stand inside a script element: no text can close it."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace("<", "\\u003c")
