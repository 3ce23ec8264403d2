"""Tiles, a click on them, and what has changed: called as a server calls them."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette

from gis.maps.raster import to_world
from gis.maps.tiles import FAINT, HATCH
from gis.milestones import CLASS_COLOURS
from gis.web.chosen_sets import chosen_sets
from gis.web.routes import routes

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
from mapworld import LAT, LON, snapshot
from webasgi import answer, http_scope

ZOOM = 16
APP = Starlette(routes=routes(snapshot))
GREEN, RED, PALE = (CLASS_COLOURS[name] for name in ("handed_over", "stuck", "not_started"))
# Inside P000001, P000002 and P000003: 50 m east and north of their corners is 0.00048, 0.00045 degrees.
P1, P2, P3 = (LON + 0.0004, LAT + 0.0004), (LON + 0.0014, LAT + 0.0004), (LON + 0.0196, LAT + 0.0004)


def ask(path, app=APP, headers=(), **query):
    query = {"on": "2026-01-09"} | query
    text = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    return answer(app, http_scope(path, query=text, headers=headers))


def tile_at(place, zoom=ZOOM):
    """The address of the tile that holds a place, and the pixel of it in there."""
    at = to_world(np.array([place]))[0] * 2**zoom
    column, row = int(at[0]), int(at[1])
    return f"/tiles/{zoom}/{column}/{row}.png", (int((at[0] - column) * 512), int((at[1] - row) * 512))


def colour(place, zoom=ZOOM, **query):
    path, pixel = tile_at(place, zoom)
    status, headers, body = ask(path, **query)
    assert (status, headers["content-type"]) == (200, "image/png")
    red, green, blue, alpha = Image.open(io.BytesIO(body)).convert("RGBA").getpixel(pixel)
    return f"#{red:02x}{green:02x}{blue:02x}" if alpha else ""


def test_tile__shows_each_parcel_in_the_colour_of_its_class():
    assert colour(P1) == GREEN
    assert colour(P2) in {RED, HATCH}  # hatched
    assert colour(P3) == CLASS_COLOURS["no_holder"]
    assert colour((LON + 0.01, LAT + 0.0004)) == ""


def test_tile__of_a_past_day_shows_the_past():
    assert colour(P1, on="2026-01-04") == PALE
    assert colour(P1, known="4") == PALE


def test_tile__a_filter_leaves_the_others_faint():
    assert colour(P1, only="stuck") == FAINT
    assert colour(P1, only="handed_over,stuck") == GREEN


def test_tile__is_the_same_land_at_every_zoom():
    assert [colour(P1, zoom) for zoom in (14, 15, 16, 17, 18, 19)] == [GREEN] * 6


def test_tile__a_mark_changes_the_tag_of_the_tiles_that_it_touches_and_of_no_other():
    """Seq 5 hands P000001 over; P000003 lies 2 km east."""
    near, far = tile_at(P1)[0], tile_at(P3)[0]
    assert near != far
    tags = {(path, known): ask(path, known=known)[1]["etag"] for path in (near, far) for known in ("4", "5")}
    assert tags[near, "4"] != tags[near, "5"]
    assert tags[far, "4"] == tags[far, "5"]
    status, _, body = ask(far, headers=[("If-None-Match", tags[far, "4"])])
    assert (status, body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("/tiles/23/0/0.png", {}, "z/x/y"),
        ("/tiles/3/8/0.png", {}, "z/x/y"),
        ("/tiles/3/-1/0.png", {}, "z/x/y"),
        (f"/tiles/3/0/{'9' * 5000}.png", {}, "z/x/y"),
        (f"/tiles/chosen/{'9' * 5000}/0/0.png", {}, "z/x/y"),
        ("/tiles/3/%C2%B2/0.png", {}, "z/x/y"),
        ("/tiles/3/0/0.png", {"on": None}, "on"),
        ("/tiles/3/0/0.png", {"layer": "names"}, "layer"),
        ("/tiles/3/0/0.png", {"only": "%3Cb%3E"}, "only"),
        ("/map/at", {}, "at"),
        ("/map/at", {"at": "nan,1"}, "at"),
        ("/map/at", {"at": "1,91"}, "at"),
        ("/map/changes", {}, "since"),
        ("/map/changes", {"since": "x"}, "since"),
    ],
)
def test_routes__a_wrong_address_is_named_in_one_sentence(path, query, named):
    status, headers, body = ask(path, **query)
    assert (status, headers["cache-control"]) == (400, "no-store")
    assert json.loads(body)["error"].startswith(f'Tham số "{named}" của bản đồ cần dạng ')


def pixels(path, **query):
    status, headers, body = ask(path, **query)
    assert (status, headers["content-type"]) == (200, "image/png")
    return np.asarray(Image.open(io.BytesIO(body)).convert("RGBA"))


def test_tile__a_part_is_cut_out_of_the_whole_with_a_tag_of_its_own():
    path, (x, y) = tile_at(P1)
    box = (max(x - 40, 0), max(y - 30, 0), min(x + 50, 512), min(y + 20, 512))
    whole, part = pixels(path), pixels(path, part=",".join(map(str, box)))
    np.testing.assert_array_equal(part, whole[box[1] : box[3], box[0] : box[2]])
    assert len({tuple(colour) for colour in part.reshape(-1, 4)}) > 1  # an edge at least is in it
    tag = ask(path, part="0,0,9,9")[1]["etag"]
    assert tag != ask(path)[1]["etag"]
    assert ask(path, part="0,0,9,9", headers=[("If-None-Match", tag)])[0] == 304


@pytest.mark.parametrize(
    "part", ["", "0,0,0,9", "9,0,8,9", "0,0,513,9", "-1,0,9,9", "0,0,9", "0,0,9,9,9", "a"]
)
def test_tile__a_part_that_is_none_is_named_in_one_sentence(part):
    status, headers, body = ask(tile_at(P1)[0], part=part)
    assert (status, headers["cache-control"]) == (400, "no-store")
    assert json.loads(body)["error"].startswith('Tham số "part" của bản đồ cần dạng ')


def test_tile__no_such_address():
    assert ask("/tiles/3/0/0.jpg")[0] == 404


def test_at__is_the_parcel_under_the_click():
    (found,) = json.loads(ask("/map/at", at=f"{P2[0]},{P2[1]}")[2])["features"]
    assert found["properties"] == {
        "parcel_id": "P000002", "kind": "parcel", "sheet": "12", "number": "8a", "code": 1,
    }  # fmt: skip
    assert json.loads(ask("/map/at", at="105.9,19.9")[2])["features"] == []


def changes(**query):
    status, headers, body = ask("/map/changes", **query)
    assert (status, headers["cache-control"]) == (200, "no-store")
    told = json.loads(body)
    del told["boundary"]
    return told


def test_changes__nothing_new_is_said_in_one_word():
    assert changes(since="6") == {"head": 6}


def test_changes__tell_the_new_colours_and_where():
    """Since seq 4: P000001 is handed over (class 0) and the canal notified (class 8)."""
    told = changes(since="4")
    assert (told["head"], told["changed"]) == (6, {"F000001": 8, "P000001": 0})
    west, south, east, north = told["boxes"][0]  # in the units' order
    assert west < P1[0] < east
    assert south < P1[1] < north


def test_changes__what_shows_nothing_new_has_nothing_to_tell():
    """What seq 5 and 6 say happened after the day that is shown."""
    assert changes(since="4", on="2026-01-02") == {"head": 6, "changed": {}, "boxes": []}


def test_changes__another_ledger_is_read_anew():
    assert changes(since="7") == {"head": 6, "reload": True}


def test_changes__too_many_are_read_anew(monkeypatch):
    from gis.web import map_answers

    monkeypatch.setattr(map_answers, "CHANGES_TOLD", 1)
    assert changes(since="4") == {"head": 6, "reload": True}


def test_chosen__the_list_of_a_name_and_its_tile():
    """P000002 is hatched and edged; the others show nothing, so that their colours stay."""
    kept = chosen_sets.keep(["P000002", "F000001"])
    _, _, body = ask("/map/chosen", set=kept.name)
    assert json.loads(body) == {"parcels": ["F000001", "P000002"]}

    def drawn(place):
        path, (x, y) = tile_at(place)
        status, headers, body = ask(path.replace("/tiles/", "/tiles/chosen/"), set=kept.name)
        assert (status, headers["content-type"]) == (200, "image/png")
        image = Image.open(io.BytesIO(body)).convert("RGBA")
        return [image.getpixel((x + step, y)) for step in range(4)]

    violet, nothing = (109, 40, 217, 255), 0
    assert drawn(P2).count(violet) == 2  # two of four: the colour below shows between
    assert {pixel[3] for pixel in drawn(P1)} == {nothing}


@pytest.mark.parametrize("name", ["", "0" * 32, "../x", None])
def test_chosen__a_name_that_nobody_made_is_refused(name):
    for path in ("/map/chosen", "/tiles/chosen/16/52035/29112.png"):
        status, _, body = ask(path, set=name)
        assert (status, "set" in json.loads(body)["error"]) == (400, True)
