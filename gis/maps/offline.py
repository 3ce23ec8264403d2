"""Folium without a network: its script and style lists name only files of our own server."""

from __future__ import annotations

import folium


def use_own_assets(base: str) -> None:
    """Make every `folium.Map` load Leaflet from our own server, and nothing else.

    Of Folium's ten default files only Leaflet's two are needed: jQuery serves popups; Bootstrap, Glyphicons,
    Font Awesome and awesome-markers serve markers; our map has neither. One file that cannot be fetched
    leaves a blank map, so the lists are replaced on the class.

    Args:
        base: Path under which our assets are served, without a slash at its end.
    """
    folium.Map.default_js = [("leaflet", f"{base}/vendor/leaflet/leaflet.js")]
    folium.Map.default_css = [("leaflet_css", f"{base}/vendor/leaflet/leaflet.css")]
