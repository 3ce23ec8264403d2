"""The field page's routes behind the whole door: who sees what, and a mark that is written once."""

import base64
import gzip
import io
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from accountworld import ACCOUNTS
from doorworld import HERE, OWN, TestClient, coming_to, land_with_people
from landworld import stamp
from starlette.applications import Starlette

from gis.ledger.entry import Attachment
from gis.ledger.marks import Mark
from gis.project import accounts, attachments
from gis.project.days import vietnam_day
from gis.texts import catalogue
from gis.web.assets import BASE, STATIC
from gis.web.field_page import SAID
from gis.web.field_routes import field_routes
from gis.web.visitors import COOKIE

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
from scans import picture
from webasgi import http_scope, messages

REQUEST = "0123456789abcdef0123456789abcdef"
NAME = "Nguyễn Thị Mẫu"
FIRST_LOAD_BYTES = 60_000
TODAY = vietnam_day(datetime.now(UTC)).isoformat()


@pytest.fixture
def project(tmp_path):
    with land_with_people(tmp_path) as opened:
        yield opened


@pytest.fixture
def visit(project):
    return coming_to(project, *field_routes(lambda: project))


def find(client, text, **headers):
    return client.post("/thuc-dia/tim", content=text.encode(), headers=OWN | headers)


def titles(client, text):
    return [row["id"] for row in find(client, text).json()["found"]]


def mark(client, **facts):
    sent = {
        "request_id": REQUEST,
        "account": "lan",
        "parcel": "P000001",
        "milestone": "handed_over",
        "on": TODAY,
        "document": "BB-01",
        "household": None,
        "seen": client.get("/thuc-dia/thua/P000001").json()["seen"],
        "photos": [],
    } | facts
    return client.post("/thuc-dia/danh-dau?lang=en", content=json.dumps(sent), headers=OWN)


EVERYTHING = [
    ("GET", "/thuc-dia"),
    ("GET", "/thuc-dia/sw.js"),
    ("POST", "/thuc-dia/tim"),
    ("GET", "/thuc-dia/thua/P000001"),
    ("GET", "/thuc-dia/to"),
    ("GET", "/thuc-dia/danh-sach"),
    ("POST", "/thuc-dia/anh"),
    ("POST", "/thuc-dia/danh-dau"),
]


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_field__nothing_without_a_session(visit, method, path):
    assert visit().request(method, path, headers=OWN).status_code == 401


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_field__a_route_alone_lets_nobody_in_either(project, method, path):
    bare = TestClient(Starlette(routes=field_routes(lambda: project)), base_url=HERE)
    expected = 200 if path.endswith("sw.js") else 401  # our own script, which holds no data
    assert bare.request(method, path, headers=OWN).status_code == expected


@pytest.mark.parametrize("path", [path for method, path in EVERYTHING if method == "POST"])
@pytest.mark.parametrize("origin", ["http://evil.vn", "null", "https://127.0.0.1:8501"])
def test_field__another_page_cannot_post(visit, path, origin):
    assert visit("lan").post(path, content=b"{}", headers={"Origin": origin}).status_code == 403


def test_page__small_strict_and_without_data(visit):
    answer = visit("lan").get("/thuc-dia")
    policies = answer.headers.get_list("content-security-policy")
    (own,) = [policy for policy in policies if policy.startswith("default-src 'none'")]
    assert "unsafe" not in own
    assert not re.search(r"<script(?![^>]*(src=|application/json))|\son\w+=|\sstyle=", answer.text)
    assert "P000001" not in answer.text
    assert NAME not in answer.text
    files = ["field.css", *re.findall(rf"{BASE}/field/(\w+\.js)", answer.text), "sw.js"]
    bytes_ = sum((STATIC / "field" / name).stat().st_size for name in dict.fromkeys(files))
    assert bytes_ + len(gzip.compress(answer.content)) < FIRST_LOAD_BYTES


def test_page__its_data_cannot_end_the_script(visit):
    text = visit("lan").get("/thuc-dia?lang=en").text
    inside = re.search(r'<script type="application/json" id="data">(.*?)</script>', text)[1]
    data = json.loads(inside)
    assert "<" not in inside
    assert (data["account"], data["writes"], data["language"]) == ("lan", True, "en")
    assert dict(data["steps"])["handed_over"] == catalogue("en")["milestone.handed_over"]


def test_words__the_script_asks_for_what_the_page_brings():
    scripts = [path.read_text("utf-8") for path in sorted((STATIC / "field").glob("*.js"))]
    script = "\n".join(scripts)
    asked = set(re.findall(r'say\(\s*"(\w+)"', script))
    for pair in re.findall(r'say\([^()]*\? "(\w+)" : "(\w+)"', script):
        asked |= set(pair)
    for pair in re.findall(r'say\(\w+(?:\.\w+)? && [^()]*\? "(\w+)" : "(\w+)"', script):
        asked |= set(pair)
    assert asked - {"parcel", "feature"} == set(SAID)


def test_worker__may_stand_above_the_page(visit):
    answer = visit("lan").get("/thuc-dia/sw.js")
    assert answer.headers["service-worker-allowed"] == "/thuc-dia"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_find__by_sheet_and_number_as_people_write_it(visit):
    client = visit("lan")
    assert titles(client, "7/1") == ["P000001"]
    assert titles(client, "Tờ số 7, thửa 2") == ["P000002", "P000003"]  # 2, then 2a which begins so
    assert titles(client, "7/2") == ["P000002", "P000003"]
    assert titles(client, "15910/7/2a") == ["P000003"]
    assert titles(client, "8/1") == []
    assert titles(client, "") == []


def test_find__by_name_without_accents_for_the_team_alone(visit, project):
    team, viewer = visit("lan"), visit("chu.tich")
    assert titles(team, "nguyen thi mau") == ["P000001", "P000002"]
    assert find(team, "nguyen thi mau").json()["found"][0]["who"] == NAME
    assert titles(viewer, "nguyen thi mau") == []
    assert titles(viewer, "7/1") == ["P000001"]
    seen = accounts.name_log(project)
    assert {(one.by, one.what) for one in seen} == {("lan", "field")}


def test_parcel__names_for_the_team_and_codes_for_viewers(visit):
    told = visit("lan").get("/thuc-dia/thua/P000002").json()
    assert [(one["household"], one["name"], one["part"]) for one in told["holdings"]] == [
        ("AN", NAME, "1/2"),
        ("BINH", "", "1/2"),
    ]
    viewer = visit("chu.tich").get("/thuc-dia/thua/P000002")
    assert NAME not in viewer.text
    assert [one["household"] for one in viewer.json()["holdings"]] == ["AN", "BINH"]


def test_viewer__no_name_in_any_byte(visit):
    client = visit("chu.tich")
    answers = [client.request(method, path, headers=OWN) for method, path in EVERYTHING]
    answers += [find(client, text) for text in ("7/1", "mau", "AN")]
    for name in (NAME, "Thôn 1", "Mẫu"):
        assert all(name not in one.text for one in answers)


def test_parcel__unknown_is_said(visit):
    answer = visit("lan").get("/thuc-dia/thua/P999999?lang=en")
    assert (answer.status_code, "P999999" in answer.json()["error"]) == (404, True)


def test_list__codes_and_no_names(visit):
    client = visit("lan")
    assert client.get("/thuc-dia/to").json() == {"sheets": [["15910", "7", 3]], "units": 3}
    answer = client.get("/thuc-dia/danh-sach?commune=15910&sheet=7")
    assert NAME not in answer.text
    rows = answer.json()["rows"]
    assert [row[:4] for row in rows] == [
        ["P000001", "15910", "7", "1"],
        ["P000002", "15910", "7", "2"],
        ["P000003", "15910", "7", "2a"],
    ]
    assert rows[1][6] == [["AN", "1/2", []], ["BINH", "1/2", []]]
    assert rows[0][5] == client.get("/thuc-dia/thua/P000001").json()["seen"]
    assert client.get("/thuc-dia/danh-sach").json()["rows"] == rows
    assert client.get("/thuc-dia/danh-sach?commune=15910&sheet=8").json()["rows"] == []


def test_mark__with_a_photo_is_written_once(visit, project):
    client = visit("lan")
    content = picture("JPEG")
    headers = OWN | {"X-File-Name": "Bi%C3%AAn%20b%E1%BA%A3n.jpg"}
    kept = client.post("/thuc-dia/anh", content=content, headers=headers).json()
    first = mark(client, document="", photos=[kept["sha256"]])
    assert first.status_code == 200, first.text
    (seq,) = first.json()["seqs"]
    again = mark(client, document="", photos=[kept["sha256"]])
    assert (again.json()["seqs"], again.json()["repeated"]) == ([seq], True)
    (entry,) = [one for one in project.entries() if one.request_id == REQUEST]
    assert (entry.by, entry.fact.household, entry.on.isoformat()) == ("lan", "AN", TODAY)
    assert entry.attachments == (Attachment(kept["sha256"], "image/jpeg", len(content)),)
    assert attachments.find(project, kept["sha256"]).file_name == "Biên bản.jpg"
    assert client.get("/thuc-dia/thua/P000001").json()["class"] == "handed_over"


def test_mark__all_holdings_or_one(visit, project):
    client = visit("lan")
    seen = client.get("/thuc-dia/thua/P000002").json()["seen"]
    one = mark(client, parcel="P000002", household="BINH", seen=seen)
    assert len(one.json()["seqs"]) == 1
    rest = mark(client, parcel="P000002", request_id="f" * 32, seen=seen)
    assert rest.status_code == 200, rest.text
    held = project.snapshot(vietnam_day(datetime.now(UTC))).state.of_parcel("P000002")
    assert all("handed_over" in holding.milestones for holding in held)


def test_mark__what_somebody_wrote_since_refuses_it_until_it_was_seen(visit, project):
    client = visit("lan")
    seen = client.get("/thuc-dia/thua/P000001").json()["seen"]
    on = vietnam_day(datetime.now(UTC))
    project.mark(Mark(("P000001",), "notified", on), stamp("other", by="quan.tri", now=datetime.now(UTC)))
    refused = mark(client, seen=seen)
    written = next(one.seq for one in project.entries() if one.by == "quan.tri")
    assert (refused.status_code, refused.json()["conflict"]) == (422, written)
    assert "quan.tri" in refused.json()["error"]
    taken = mark(client, seen=written)
    assert taken.status_code == 200
    assert [one.by for one in project.entries() if one.request_id == REQUEST] == ["lan"]


def test_mark__every_reason_at_once_and_nothing_written(visit, project):
    client = visit("lan")
    head = project.refresh().seq
    answer = mark(client, on="2999-01-01", document="")
    assert answer.status_code == 422
    assert len(answer.json()["reasons"]) == 2
    assert not answer.json()["conflict"]
    assert project.refresh().seq == head


def test_mark__another_account_does_not_answer_for_it(visit, project):
    answer = mark(visit("quan.tri"))
    assert answer.status_code == 409
    assert "lan" in answer.json()["error"]
    assert REQUEST not in {one.request_id for one in project.entries()}


@pytest.mark.parametrize("account", [one for one, role in ACCOUNTS.items() if role == "viewer"])
def test_mark__not_by_a_viewer(visit, account):
    client = visit(account)
    assert mark(client, account=account).status_code == 403
    assert client.post("/thuc-dia/anh", content=picture("JPEG"), headers=OWN).status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"request_id": "../x"},
        {"request_id": None},
        {"parcel": ""},
        {"parcel": "x" * 500},
        {"parcel": "\ud800"},
        {"account": "\udcff"},
        {"seen": -1},
        {"seen": True},
        {"seen": "1"},
        {"photos": "x"},
        {"photos": ["../../etc/passwd"]},
        {"household": ""},
        {"household": 7},
        {"on": "31/02/2026"},
        {"on": "hôm qua"},
        {"milestone": "flown"},
        {"parcel": "P999999"},
        {"photos": ["0" * 64]},
        {"document": ["x"]},
    ],
)
def test_mark__a_wrong_part_is_refused_in_words(visit, project, wrong):
    client = visit("lan")
    head = project.refresh().seq
    answer = mark(client, **wrong)
    assert answer.status_code == 422, answer.text
    assert answer.json()["error"]
    assert project.refresh().seq == head


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 9_000, b"x" * 30_000])
def test_mark__a_body_that_is_none(visit, body):
    assert visit("lan").post("/thuc-dia/danh-dau", content=body, headers=OWN).status_code in {413, 422}


def test_mark__a_request_that_was_another_one_is_refused(visit):
    client = visit("lan")
    assert mark(client).status_code == 200
    assert mark(client, milestone="recovered").status_code == 409


@pytest.mark.parametrize("content", [b"", b"<html><script>alert(1)</script>", b"GIF89a" + b"0" * 90])
def test_photo__nothing_that_is_no_picture(visit, content):
    answer = visit("lan").post("/thuc-dia/anh", content=content, headers=OWN)
    assert answer.status_code == 422


def test_photo__not_endless(visit, project):
    large = io.BytesIO(picture("JPEG") + b"0" * (25 * 1024 * 1024))
    answer = visit("lan").post("/thuc-dia/anh", content=large.getvalue(), headers=OWN)
    assert answer.status_code == 422
    assert not list((project.folder / "attachments").rglob("*.part"))


def test_photo__its_name_is_only_a_name(visit, project):
    content = base64.b64decode(base64.b64encode(picture("PNG")))
    headers = OWN | {"X-File-Name": "..%2F..%2Fledger.db%00%3Cscript%3E"}
    kept = visit("lan").post("/thuc-dia/anh", content=content, headers=headers).json()
    assert attachments.find(project, kept["sha256"]).file_name == "ledger.db<script>"


@pytest.mark.parametrize("path", ["/thuc-dia/anh", "/thuc-dia/danh-dau", "/dang-nhap"])
def test_post__a_client_that_goes_away_in_the_middle_is_no_error(visit, path):
    client = visit("lan")
    own = [("Cookie", f"{COOKIE}={client.cookies[COOKIE]}"), ("Origin", HERE)]
    arriving = [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
    assert messages(client.app, http_scope(path, method="POST", headers=own), arriving) == []
