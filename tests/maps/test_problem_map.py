"""The map of problems: what is drawn, the box, and that no text of a file can become a script."""

import json

import geopandas as gpd
import pytest
from shapely import Polygon, box
from streamlit_folium import generate_leaflet_string

from gis.maps.problem_map import Spot, drawing, outline, problem_map
from gis.vn2000 import to_wgs84

EAST, NORTH = 588_000.0, 2_201_000.0


def square(column, size=100):
    west = EAST + 100 * column
    return box(west, NORTH, west + size, NORTH + size)


def series(*shapes):
    return gpd.GeoSeries(list(shapes), crs=5897)


NONE = series()


def features(drawn, name):
    return json.loads(dict(drawn.layers)[name])["features"]


def test_drawing__each_problem_has_its_land_and_a_dot_within_it():
    drawn = drawing([Spot(square(0), "refused", "thửa 1")], series(square(1)), series(square(0)), 5897)
    assert [f["geometry"]["type"] for f in features(drawn, "refused")] == ["Polygon", "Point"]
    assert {f["properties"]["said"] for f in features(drawn, "refused")} == {"thửa 1"}
    assert [name for name, _ in drawn.layers] == ["loaded", "came", "refused"]


def test_drawing__the_box_holds_problems_and_what_came_not_what_is_loaded():
    drawn = drawing([Spot(square(0), "warning", "x")], series(square(50)), series(square(2)), 5897)
    assert drawn.bounds == pytest.approx(to_wgs84(series(square(0), square(2))).total_bounds, abs=1e-9)
    alone = drawing([], series(square(50)), NONE, 5897)
    assert alone.bounds == pytest.approx(to_wgs84(series(square(50))).total_bounds, abs=1e-9)
    assert drawing([], NONE, NONE, 5897) is None


def test_drawing__an_empty_or_missing_shape_is_left_out():
    drawn = drawing([Spot(Polygon(), "refused", "x")], NONE, series(square(0), None), 5897)
    assert [name for name, _ in drawn.layers] == ["came"]
    assert len(features(drawn, "came")) == 1


def test_outline__neighbours_are_one_shape():
    (shape,) = outline(series(square(0), square(1), None))
    assert shape.area == pytest.approx(20_000)
    assert outline(NONE) == []


def test_problem_map__no_text_becomes_markup_and_nothing_comes_from_elsewhere():
    spot = Spot(square(0), "refused", "</script><img src=x onerror=alert(1)>")
    drawn = drawing([spot], NONE, NONE, 5897)
    figure = problem_map(drawn, assets="/assets/1")
    page = figure.get_root().render()
    assert "<img" not in page
    assert "</script><" not in page.replace("</script>\n", "")
    assert "http" not in page.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert "tileLayer" not in generate_leaflet_string(figure)
