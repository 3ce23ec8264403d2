"""No script, style or picture of the map comes from elsewhere."""

import re

import folium

from gis.maps.folium_map import BUNDLE, SCRIPTS, Setup, figure
from gis.maps.offline import use_own_assets
from gis.texts import Texts
from gis.web.assets import BASE, STATIC


def test_use_own_assets__every_folium_map_names_only_our_server():
    use_own_assets(BASE)
    links = [link for _, link in folium.Map.default_js + folium.Map.default_css]
    assert links == [f"{BASE}/vendor/leaflet/leaflet.js", f"{BASE}/vendor/leaflet/leaflet.css"]
    assert all((STATIC / link.removeprefix(f"{BASE}/")).is_file() for link in links)


def test_use_own_assets__the_rendered_page_holds_no_foreign_address():
    routes = {"parcels": "/map/parcels", "zones": "/map/zones"}
    page = (
        figure(Setup((105.8, 19.85, 105.87, 19.93), 5897, BASE, routes, "k"), Texts("vi")).get_root().render()
    )
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", page) == []
    assert {link.split("?")[0] for link in re.findall(r'(?:src|href)="([^"]+)"', page)} <= {
        f"{BASE}/{name}"
        for name in (
            "vendor/leaflet/leaflet.js",
            "vendor/leaflet/leaflet.css",
            BUNDLE,
            "clearance_map.css",
        )
    }


def test_use_own_assets__our_scripts_fetch_nothing_by_a_whole_address():
    own = [path for path in STATIC.iterdir() if path.suffix in {".js", ".css"}]
    assert {path.name for path in own} >= {f"{script}.js" for script in SCRIPTS} | {"clearance_map.css"}
    # Comments are no addresses, and the name of SVG in a picture that a style sheet carries is none either.
    harmless = re.compile(r"/\*.*?\*/|// .*|xmlns='http://www\.w3\.org/2000/svg'", flags=re.DOTALL)
    assert not any("//" in harmless.sub("", path.read_text("utf-8")) for path in own)


def test_vendor__each_folder_has_its_licence_and_its_line_in_the_table():
    table = (STATIC / "vendor" / "VERSIONS.md").read_text("utf-8")
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert (folder / "LICENSE").is_file()
        assert f"`{folder.name}/LICENSE`" in table
