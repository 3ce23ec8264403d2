"""The route of the search box behind the whole door: who finds what, who is told names, what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from doorworld import OWN, coming_to, land_with_people
from landworld import stamp

from gis.project import accounts
from gis.project.days import vietnam_day
from gis.project.erasing import erase
from gis.web.search_looks import Looks
from gis.web.search_routes import SEARCH, search_routes
from gis.web.visitors import Visitor

NAME = "Nguyễn Thị Mẫu"
TODAY = vietnam_day(datetime.now(UTC)).isoformat()


@pytest.fixture
def project(tmp_path):
    with land_with_people(tmp_path) as opened:
        yield opened


@pytest.fixture
def visit(project):
    return coming_to(project, *search_routes(lambda: project))


def ask(client, text, headers=OWN, **more):
    return client.post(SEARCH, json={"q": text, "on": TODAY} | more, headers=headers)


def found(client, text):
    return [(hit["kind"], hit["key"]) for hit in ask(client, text).json()["hits"]]


def test_search__parcels_with_commune_class_area_and_codes(visit):
    """Parcel 1 is wholly in the zone, 1 ha; parcel 2a by half."""
    hit, *others = ask(visit("chu.tich"), "7/1").json()["hits"]
    assert others == []
    assert (hit["kind"], hit["key"], hit["title"]) == ("unit", "P000001", "Tờ 7, thửa 1")
    assert hit["where"].split(" · ")[1:] == ["10.000,0 m²", "AN"]
    assert hit["class"] == "Chưa thực hiện"
    assert "5.000,0 m²" in ask(visit("chu.tich"), "7/2a").json()["hits"][0]["where"]


def test_search__households_by_name_without_accents_for_the_team(visit, project):
    client = visit("lan")
    assert found(client, "nguyen thi mau") == found(client, "Mẫu") == [("household", "AN")]
    hit = ask(client, "mau nguyen").json()["hits"][0]
    assert hit["title"] == NAME
    assert hit["where"].startswith("AN · Thôn 1")
    assert [(one.by, one.what, one.household) for one in accounts.name_log(project)] == [
        ("lan", "search", "AN")
    ]


def test_search__a_viewer_finds_codes_and_never_by_a_name(visit, project):
    """What a name finds is, to the byte, what nonsense finds."""
    client = visit("chu.tich")
    assert found(client, "binh") == [("household", "BINH")]
    assert ask(client, "binh").json()["hits"][0]["title"] == "BINH"
    nothing = ask(client, "zqx zqx").content
    for text in ("Nguyễn Thị Mẫu", "nguyen thi mau", "mau", "mau nguyen", "thon 1", "Thôn 1"):
        assert ask(client, text).content == nothing
    for text in ("7", "7/1", "an", "AN", "P000001"):
        assert "Mẫu" not in ask(client, text).text
    assert accounts.name_log(project) == []


def test_search__the_same_look_is_one_line_of_the_log(visit, project):
    client = visit("lan")
    for text in ("nguy", "nguye", "nguyen", "AN", "binh"):
        ask(client, text)
    assert [(one.what, one.count) for one in accounts.name_log(project)] == [("search", 1)]


def test_looks__one_line_grows_and_another_begins_after_ten_minutes(project):
    """What is shown later in the same minutes counts in the same line: three households, not one."""
    looks, now = Looks(), datetime.now(UTC)
    session = Visitor("lan", "editor", session=type("Session", (), {"session_id": "s"})())
    looks.note(project, session, "search", ["H1"], now)
    looks.note(project, session, "search", ["H2", "H3"], now + timedelta(minutes=5))
    looks.note(project, session, "search", ["H1"], now + timedelta(minutes=9))
    assert [(one.household, one.count) for one in accounts.name_log(project)] == [(None, 3)]
    looks.note(project, session, "search", ["H1"], now + timedelta(minutes=11))
    looks.note(project, session, "search", [], now + timedelta(minutes=30))
    assert [(one.household, one.count) for one in accounts.name_log(project)] == [("H1", 1), (None, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "%",
        "_",
        "'; drop",
        "\\",
        "[",
        "(((",
        "\u0000",
        "🙂",
        "\u202e12",
        "*",
        "7/" * 50,
    ],
)
def test_search__odd_texts_find_nothing_and_break_nothing(visit, text):
    answer = ask(visit("lan"), text)
    assert answer.status_code == 200
    assert answer.json()["hits"] == []
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"q": "x" * 101}, "q"),
        ({"q": ["7/1"]}, "q"),
        ({"q": 7}, "q"),
        ({"on": "30/11/2026"}, "on"),
        ({"on": None}, "on"),
        ({"known": -1}, "known"),
        ({"known": "x" * 100}, "known"),
    ],
)
def test_search__a_wrong_part_is_named_and_not_repeated(visit, wrong, named):
    answer = ask(visit("lan"), "7/1", **wrong)
    assert answer.status_code == 400
    assert f'"{named}"' in answer.json()["error"]
    assert "x" * 30 not in answer.text


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7/1", b"\xff\xfe", b'{"q":', b"[" * 10_000, b'"7/1"', b'{"on": "\\ud800"}']
)
def test_search__a_body_that_is_no_object_is_one_sentence(visit, body):
    answer = visit("lan").post(SEARCH, content=body, headers=OWN)
    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


def test_search__only_for_those_who_are_let_in_and_from_our_own_pages(visit):
    assert ask(visit(), "7/1").status_code == 401
    client = visit("lan")
    assert ask(client, "7/1", headers={"Origin": "http://evil.vn"}).status_code == 403
    assert client.get(SEARCH + "?q=7/1").status_code == 405
    assert client.post(SEARCH, content=b"x" * 30_000, headers=OWN).status_code == 413


def test_search__an_answer_is_kept_nowhere_and_packed_for_those_who_read_that(visit):
    answer = ask(visit("lan"), "7")
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.content)["hits"]


def test_search__what_was_erased_is_found_no_more(visit, project):
    client = visit("lan")
    assert found(client, "mau") == [("household", "AN")]
    erase(project, "AN", "Theo văn bản số 12", stamp("erase"), confirmed="AN")
    assert found(client, "mau") == []
    assert found(client, "AN") == [("household", "AN")]
