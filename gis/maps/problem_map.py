"""The map of what is wrong with files: each problem's land, over what came and the outline of what is loaded.

Pure: no file, no clock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.elements import JSCSSMixin
from folium.template import Template

from gis.maps.features import DEGREE_DECIMALS
from gis.maps.folium_map import MAX_ZOOM
from gis.maps.offline import use_own_assets
from gis.vn2000 import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

    from gis.errors import Severity

MIN_ZOOM: Final = 5  # a file that landed far away is shown where it landed
SINGLE_SHAPES: Final = 2_000  # beyond it only the outline of what came is drawn
OUTLINE_M: Final = 1.0
RADIUS_PX: Final = {"refused": 6, "warning": 4}
# Told apart without colours, too: what is refused has a whole line, a warning a broken one.
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "refused": {"color": "#b3261e", "fillColor": "#b3261e", "weight": 3, "fillOpacity": 0.35},
    "warning": {
        "color": "#8a5a00",
        "fillColor": "#f0b429",
        "weight": 2,
        "fillOpacity": 0.35,
        "dashArray": "4 3",
    },
    "loaded": {"color": "#52606d", "weight": 1.5, "fillColor": "#dfe7e0", "fillOpacity": 0.5},
    "came": {"color": "#1b5e9e", "weight": 1, "fillColor": "#1b5e9e", "fillOpacity": 0.06},
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A problem that can be shown: its land in the project's CRS, its severity, and what is said of it."""

    shape: BaseGeometry
    severity: Severity
    said: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the map shows, as GeoJSON in degrees, and the box around it."""

    layers: tuple[tuple[str, str], ...]
    bounds: tuple[float, float, float, float]


def drawing(spots: Sequence[Spot], loaded: gpd.GeoSeries, came: gpd.GeoSeries, epsg: int) -> Drawing | None:
    """The map's contents; None where there is nothing to show.

    Args:
        spots: The problems, in the project's CRS.
        loaded: Zones, parcels and features in force: their outline is drawn.
        came: The good rows of the files.
        epsg: The project's projected VN-2000 CRS.

    Returns:
        The box is that of what came and of the problems, where there is neither of what is loaded.
    """
    shown = [spot for spot in spots if not spot.shape.is_empty]
    groups: list[tuple[str, list[BaseGeometry], list[str]]] = [
        ("loaded", outline(loaded), []),
        ("came", list(came.dropna()) if len(came) <= SINGLE_SHAPES else outline(came), []),
    ]
    for severity in ("warning", "refused"):
        mine = [spot for spot in shown if spot.severity == severity]
        # A sliver is not to be seen from afar: each problem has a dot of its own.
        shapes = [*(spot.shape for spot in mine), *(_dot(spot.shape) for spot in mine)]
        groups.append((severity, shapes, [spot.said for spot in mine] * 2))
    layers, boxes = [], {}
    for name, shapes, said in groups:
        if shapes:
            degrees = to_wgs84(gpd.GeoSeries(shapes, crs=epsg))
            boxes[name] = degrees.total_bounds
            layers.append((name, _geojson(degrees, said)))
    wanted = [box for name, box in boxes.items() if name != "loaded"] or list(boxes.values())
    if not wanted:
        return None
    corners = np.array(wanted)
    west, south = corners[:, :2].min(axis=0).tolist()
    east, north = corners[:, 2:].max(axis=0).tolist()
    return Drawing(tuple(layers), (west, south, east, north))


def outline(shapes: gpd.GeoSeries) -> list[BaseGeometry]:
    """The outline of many shapes as one, to a metre; nothing of nothing."""
    present = shapes.dropna()
    if present.empty:
        return []
    return [shapely.simplify(shapely.disjoint_subset_union_all(present.to_numpy()), OUTLINE_M)]


def _dot(shape: BaseGeometry) -> BaseGeometry:
    return shapely.point_on_surface(shape)


def _geojson(degrees: gpd.GeoSeries, said: Sequence[str]) -> str:
    rounded = shapely.transform(
        shapely.force_2d(degrees.to_numpy()), lambda xy: np.round(xy, DEGREE_DECIMALS)
    )
    features = [
        {
            "type": "Feature",
            # Leaflet puts the words into the page as HTML, and a file's name may hold any letters.
            "properties": {"said": escape(said[at]) if said else ""},
            "geometry": json.loads(text),
        }
        for at, text in enumerate(shapely.to_geojson(rounded))
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).replace("<", "\\u003c")


class _Dress(JSCSSMixin, folium.MacroElement):
    """The style sheet of our maps: white paper under the land."""

    _template = Template("{% macro script(this, kwargs) %}{% endmacro %}")

    def __init__(self, assets: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Dress"
        self.default_css = [("clearance_map_css", f"{assets}/clearance_map.css")]


def problem_map(drawn: Drawing, *, assets: str) -> folium.Map:
    """The figure: no background, the words of a problem where the pointer or a finger rests.

    Args:
        drawn: What it shows.
        assets: Path under which our assets are served.
    """
    use_own_assets(assets)
    west, south, east, north = drawn.bounds
    figure = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=15,
        tiles=None,
        prefer_canvas=True,
        attributionControl=False,
        zoomSnap=0.25,
    )
    figure.options["minZoom"], figure.options["maxZoom"] = MIN_ZOOM, MAX_ZOOM
    for name, text in drawn.layers:
        tooltip = None
        if name in RADIUS_PX:
            tooltip = folium.GeoJsonTooltip(
                ["said"], labels=False, style="white-space: normal; width: 15rem;"
            )
        folium.GeoJson(
            json.loads(text),
            style_function=_style(name),
            marker=folium.CircleMarker(radius=RADIUS_PX.get(name, 0), fill=True),
            tooltip=tooltip,
        ).add_to(figure)
    figure.add_child(_Dress(assets))
    figure.fit_bounds([[south, west], [north, east]], padding=(24, 24), max_zoom=19)
    return figure


def _style(name: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """How a feature of a layer looks; a dot has a whole outline, whatever its land has."""
    land = LOOKS[name]
    dot = {key: value for key, value in land.items() if key != "dashArray"} | {
        "weight": 1.5,
        "fillOpacity": 0.85,
    }

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        return dot if feature["geometry"]["type"] == "Point" else land

    return style
