"""The constant figure and the orders that change it."""

import json
import re
from datetime import date

from streamlit_folium import generate_leaflet_string

from gis.maps.folium_map import ChosenSet, Focus, Order, Setup, figure, order_group
from gis.maps.style import legend_rows
from gis.milestones import CLASSES
from gis.texts import Texts

BOUNDS = (105.8096, 19.8589, 105.8687, 19.93)
ROUTES = {"parcels": "/map/parcels", "zones": "/map/zones"}
SETUP = Setup(BOUNDS, 5897, "/assets/1", ROUTES, "main")


def script(language="vi"):
    """The script that st_folium would send."""
    drawn = figure(SETUP, Texts(language))
    drawn.get_root().render()
    return generate_leaflet_string(drawn)


def settings(language="vi"):
    return json.loads(re.search(r"clearanceMap\.attach\(map_div, (\{.*\})\);", script(language)).group(1))


def order_facts(order):
    group = order_group(order)
    figure(SETUP, Texts("vi")).add_child(group)
    text = generate_leaflet_string(group, base_id="feature_group_0")
    return json.loads(re.search(r"clearanceMap\.order\((\{.*\})\);", text).group(1))


def test_figure__is_the_same_at_every_run():
    assert script() == script()


def test_figure__is_small_and_holds_no_geometry():
    assert len(script().encode()) < 6_000
    assert "coordinates" not in script()


def test_figure__has_no_background_and_zooms_to_single_parcels():
    text = script()
    assert "tileLayer" not in text
    assert re.search(r'"?maxZoom"?: 21', text)
    assert re.search(r'"?attributionControl"?: false', text)
    assert re.search(r'"?preferCanvas"?: true', text)


def test_figure__corners_are_latitude_first():
    assert settings()["bounds"] == [[19.8589, 105.8096], [19.93, 105.8687]]


def test_figure__knows_where_to_fetch_and_the_plane_of_its_coordinates():
    told = settings()
    assert (told["parcels_url"], told["zones_url"]) == ("/map/parcels", "/map/zones")
    assert len(told["projection"]["east"]) == len(told["projection"]["north"]) == 28


def test_figure__speaks_the_readers_language_and_leaves_the_blanks_to_the_script():
    assert settings("vi")["texts"]["measured_length"] == "Dài {length} m"
    assert settings("vi")["texts"]["parcel"] == "Tờ {sheet}, thửa {number}"
    assert settings("en")["texts"]["parcel"] == "Sheet {sheet}, parcel {number}"


def test_order_group__carries_moment_layer_filter_selection_and_focus():
    order = Order(
        date(2026, 6, 1),
        41,
        41,
        "ab",
        only=["stuck"],
        selected="P000001",
        focus=Focus("t1", BOUNDS),
        note="Số liệu",
        chosen=ChosenSet("ab12", 2),
    )
    assert order_facts(order) == {
        "base": {"on": "2026-06-01", "known": 41, "boundary": "ab", "layer": "class"},
        "seen": 41,
        "looks": [],
        "only": ["stuck"],
        "selected": "P000001",
        "focus": {"token": "t1", "bounds": [[19.8589, 105.8096], [19.93, 105.8687]]},
        "note": "Số liệu",
        "chosen": {"name": "ab12", "count": 2},
    }


def test_order_group__looks_stand_at_their_code():
    looks = order_facts(Order(date(2026, 6, 1), None, 7, "ab", rows=legend_rows(Texts("vi"))))["looks"]
    assert [look["stuck"] for look in looks] == [name == "stuck" for name in CLASSES]
    assert [look["name"] for look in looks] == list(CLASSES)


def test_order_group__of_the_present_without_a_focus():
    facts = order_facts(Order(date(2026, 6, 1), None, 7, "ab"))
    assert (facts["base"]["known"], facts["seen"], facts["only"], facts["focus"]) == (None, 7, None, None)


def test_order_group__no_text_can_close_the_script():
    group = order_group(Order(date(2026, 6, 1), 0, 0, "ab", note="</script><b>"))
    assert "</script>" not in generate_leaflet_string(group)
