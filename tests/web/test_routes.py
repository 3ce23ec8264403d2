"""The routes of the map, called as a server calls them."""

import gzip
import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from starlette.applications import Starlette

from gis.maps.folium_map import BUNDLE, SCRIPTS
from gis.project.snapshot import Boundaries
from gis.web.assets import BASE, PAGE_STYLES, STATIC, module_loader, style_sheet
from gis.web.map_params import bbox_of, day_of, names_of, point_of, seq_of
from gis.web.prepared import PreparedUnits
from gis.web.routes import routes

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
from mapworld import AROUND, day, snapshot, units, zones
from webasgi import answer, http_scope

APP = Starlette(routes=routes(snapshot))
BOX = ",".join(map(str, AROUND))
GZIP = [("Accept-Encoding", "gzip, deflate")]


def ask(path="/map/parcels", headers=(), **query):
    query = {"bbox": BOX, "on": "2026-01-09", "known": "6"} | query
    text = "&".join(f"{name}={value}" for name, value in query.items() if value is not None)
    return answer(APP, http_scope(path, query=text, headers=headers))


def classes(**query):
    _, _, body = ask(**query)
    return {f["properties"]["parcel_id"]: f["properties"]["code"] for f in json.loads(body)["features"]}


def test_parcels__of_the_view_with_their_classes():
    """Handed over is class 0, stuck 1, notified 8."""
    status, headers, _ = ask()
    assert status == 200
    assert headers["content-type"] == "application/geo+json"
    assert classes() == {"P000001": 0, "P000002": 1, "F000001": 8}


def test_parcels__a_past_day_shows_the_past():
    """On 2 January nobody was stuck and nothing handed over: not started is class 9."""
    assert day(2).isoformat() == "2026-01-02"
    assert classes(on="2026-01-02") == {"P000001": 9, "P000002": 9, "F000001": 9}
    assert classes(on="2026-01-05")["P000001"] == 0
    assert classes(on="2026-01-04")["P000001"] == 9


def test_parcels__as_known_at_an_earlier_seq():
    """Seq 5 is the hand-over."""
    assert classes(known="4")["P000001"] == 9
    assert classes(known="5")["P000001"] == 0


def test_parcels__no_household_and_no_name_goes_out():
    text = ask()[2].decode()
    assert not any(word in text for word in ("H1", "H2", "Nguy", "LUC", "nguon"))


def test_parcels__the_same_answer_is_not_sent_twice():
    _, headers, _ = ask()
    status, again, body = ask(headers=[("If-None-Match", headers["etag"])])
    assert (status, body, again["etag"]) == (304, b"", headers["etag"])
    assert ask(headers=[("If-None-Match", f'"x", W/{headers["etag"]}')])[0] == 304


@pytest.mark.parametrize("other", [{"on": "2026-01-04"}, {"known": "4"}, {"bbox": "105.8,19.8,105.9,19.9"}])
def test_parcels__another_answer_has_another_tag(other):
    assert ask(**other)[1]["etag"] != ask()[1]["etag"]


@pytest.mark.parametrize("other", [{"on": "2026-01-08"}, {"known": None}])
def test_parcels__another_moment_that_shows_the_same_has_the_same_tag(other):
    """Nothing happened on the 9th, and without a seq the head counts, which is 6."""
    assert ask(**other)[1]["etag"] == ask()[1]["etag"]


def test_parcels__one_alone_by_its_id():
    _, _, body = ask(bbox=None, parcel="P000003")
    assert [f["properties"]["parcel_id"] for f in json.loads(body)["features"]] == ["P000003"]
    assert json.loads(ask(bbox=None, parcel="P9")[2])["features"] == []


def test_parcels__one_that_is_not_there_where_there_is_no_land_at_all():
    """Before the first boundaries came in."""

    def bare(on, known):
        now = snapshot(on, known)
        return replace(now, boundaries=Boundaries("cd" * 32, zones(), units().iloc[:0]))

    query = "on=2026-01-09&parcel=P000001"
    _, _, body = answer(Starlette(routes=routes(bare)), http_scope("/map/parcels", query=query))
    assert json.loads(body)["features"] == []


def test_parcels__are_compressed_for_those_who_can_read_it():
    plain, (_, headers, packed) = ask()[2], ask(headers=GZIP)
    assert len(plain) < 1_000 or headers["content-encoding"] == "gzip"
    wide = {"bbox": "105,19,106,20"}
    _, headers, packed = ask(headers=GZIP, **wide)
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == ask(**wide)[2]
    assert int(headers["content-length"]) == len(packed)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"bbox": None}, "bbox"),
        ({"bbox": "1,2,3"}, "bbox"),
        ({"bbox": "a,b,c,d"}, "bbox"),
        ({"bbox": "nan,19,106,20"}, "bbox"),
        ({"bbox": "-inf,19,106,20"}, "bbox"),
        ({"bbox": "106,19,105,20"}, "bbox"),
        ({"bbox": "105,20,106,19"}, "bbox"),
        ({"bbox": "584560,2196841,590773,2204712"}, "bbox"),
        ({"on": None}, "on"),
        ({"on": "01/02/2026"}, "on"),
        ({"on": "2026-02-30"}, "on"),
        ({"on": "0026-01-09"}, "on"),
        ({"layer": "people"}, "layer"),
        ({"known": "-1"}, "known"),
        ({"known": "1.5"}, "known"),
        ({"known": "²"}, "known"),
        ({"known": "7"}, "known"),
    ],
)
def test_parcels__a_wrong_parameter_is_named_in_one_sentence(wrong, named):
    status, headers, body = ask(
        **{name: value and value.replace("²", "%C2%B2") for name, value in wrong.items()}
    )
    assert status == 400
    assert headers["cache-control"] == "no-store"
    told = json.loads(body)
    assert list(told) == ["error"]
    assert told["error"].startswith(f'Tham số "{named}" của bản đồ cần dạng ')


def test_zones__need_no_box_and_carry_the_plans_names():
    status, _, body = ask("/map/zones", bbox=None)
    told = [f["properties"] for f in json.loads(body)["features"]]
    assert status == 200
    assert {zone["zone_id"]: zone["parent"] for zone in told} == {
        "kcn-phu-quy": True,
        "kcn-phu-quy-gd1": False,
        "kcn-phu-quy-con-lai": False,
    }
    assert told[0]["name"] == "KCN Phú Quý"


def test_assets__may_be_kept_for_ever_because_their_path_is_their_version():
    status, headers, body = answer(APP, http_scope(f"{BASE}/clearance_map.js"))
    assert status == 200
    assert body == (STATIC / "clearance_map.js").read_bytes()
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    [f"{BASE}/../routes.py", f"{BASE}/..%2froutes.py", f"{BASE}/none.js", "/assets/old/clearance_map.js"],
)
def test_assets__nothing_outside_the_folder(path):
    assert answer(APP, http_scope(path))[0] == 404


@pytest.mark.parametrize("name", [*PAGE_STYLES, "overview.css"])
def test_style_sheet__names_a_file_that_is_served_and_may_be_kept_for_ever(name):
    address = style_sheet(name).removeprefix('<style>@import url("').removesuffix('");</style>')
    status, headers, body = answer(APP, http_scope(address))
    assert (status, headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert body == (PAGE_STYLES.get(name) or STATIC / name).read_bytes()
    assert headers["cache-control"] == "public, max-age=31536000, immutable"


def test_map_bundle__is_all_of_the_maps_scripts_in_their_order():
    status, headers, body = answer(APP, http_scope(f"{BASE}/{BUNDLE}"))
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert body.decode() == "\n".join((STATIC / f"{name}.js").read_text("utf-8") for name in SCRIPTS)


def test_module_loader__names_a_script_of_ours():
    assert f'import(location.origin + "{BASE}/search_box.js")' in module_loader("search_box.js")
    with pytest.raises(FileNotFoundError):
        module_loader("none.js")


def test_style_sheet__of_no_file_is_refused_at_once():
    with pytest.raises(FileNotFoundError):
        style_sheet("none.css")


@pytest.mark.parametrize("name", ["common.py", "..%2fcommon.py", "none.css"])
def test_page_styles__nothing_but_style_sheets(name):
    assert answer(APP, http_scope(f"{BASE}/pages/{name}"))[0] == 404


def test_healthz__says_ok():
    status, headers, body = answer(APP, http_scope("/healthz"))
    assert (status, body, headers["cache-control"]) == (200, b"ok", "no-store")


def test_routes__only_answer_reading():
    assert answer(APP, http_scope("/map/parcels", method="POST"))[0] == 405


def test_prepared_units__are_made_once_per_boundary_version():
    kept = PreparedUnits(most=1)
    assert kept.of(snapshot()) is kept.of(snapshot(known=2))


def test_names_of__and_point_of__read_what_the_map_sends():
    assert names_of(None) is None
    assert names_of("stuck,paid") == {"stuck", "paid"}
    assert point_of("105.84,19.89") == (105.84, 19.89)


def test_day_of__and_seq_of__read_what_the_map_sends():
    assert day_of("2026-01-09") == date(2026, 1, 9)
    assert seq_of("0") == 0
    assert bbox_of("105.8,19.8,105.9,19.9") == (105.8, 19.8, 105.9, 19.9)
