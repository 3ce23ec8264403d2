"""The door, called as a server calls it: nobody without a session, nobody with another's, no trick of an address."""

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from accountworld import PASSWORDS, add_people, empty_project
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from gis.project import accounts
from gis.web import belongings, door
from gis.web.guard import is_expected
from gis.web.login_pages import own_address
from gis.web.login_routes import login_routes
from gis.web.visitors import COOKIE, asking

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import http_scope, websocket_scope

HERE = "http://127.0.0.1:8501"
OWN = {"Origin": HERE}
STREAM = "ws://127.0.0.1:8501/_stcore/stream"
PAGE = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Dest": "document"}
MEDIA = "0123456789abcdef0123456789abcdef.csv"


async def who(request):
    visitor = asking(request)
    return PlainTextResponse(f"{visitor.account_id}:{visitor.role}")


async def talk(websocket):
    """Says what it is asked to say, as a page would."""
    await websocket.accept()
    await websocket.send_text("Nguyễn Thị Mẫu")
    with suppress(WebSocketDisconnect):
        while True:
            await websocket.send_bytes(await websocket.receive_bytes())


@pytest.fixture
def project(tmp_path):
    opened = empty_project(tmp_path / "du-an")
    yield opened
    opened.close()


@pytest.fixture
def people(project):
    return add_people(project, datetime.now(UTC))


@pytest.fixture
def server(project, monkeypatch):
    monkeypatch.setattr(door, "WATCH_SECONDS", 0.05)
    paths = [
        "/",
        "/ban-do",
        "/attachments/{name}",
        "/map/parcels",
        "/media/{name}",
        "/static/js/x.js",
        "/healthz",
    ]
    routes = [Route(path, who, methods=["GET", "POST"]) for path in paths]
    routes += [Route("/_stcore/upload_file/{page}/{name}", who, methods=["PUT"])]
    routes += [WebSocketRoute("/_stcore/stream", talk)]
    return Starlette(
        routes=[*routes, *login_routes(lambda: project)], middleware=door.middleware(lambda: project)
    )


@pytest.fixture
def visit(server):
    """A call that gives a browser of its own, logged in or not."""

    def opened(account=None, peer="192.168.1.7"):
        client = TestClient(server, base_url=HERE, follow_redirects=False, client=(peer, 50000))
        if account:
            answer = log_in(client, account, PASSWORDS[account])
            assert answer.status_code == 303, answer.text
        return client

    return opened


def log_in(client, account, secret, **more):
    return client.post("/dang-nhap", data={"account": account, "secret": secret} | more, headers=OWN)


EVERYTHING = [
    ("GET", "/"),
    ("GET", "/ban-do?parcel=P000001"),
    ("GET", "/map/parcels?on=2026-03-01&known=1"),
    ("GET", "/attachments/ab12"),
    ("GET", f"/media/{MEDIA}"),
    ("GET", "/static/js/x.js"),
    ("GET", "/nothing/here"),
    ("GET", "/_stcore/health"),
    ("GET", "/mat-khau"),
    ("GET", "/tai-khoan-dau-tien"),
    ("PUT", "/_stcore/upload_file/page/file"),
    ("POST", "/"),
]


@pytest.mark.parametrize(("method", "path"), EVERYTHING)
def test_door__without_a_session_nothing_opens(people, visit, method, path):
    answer = visit().request(method, path, headers=OWN)
    assert answer.status_code == 401
    assert answer.text.startswith("Phiên đăng nhập đã kết thúc")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_door__whoever_opens_a_page_is_led_to_the_login_and_back(people, visit):
    client = visit()
    answer = client.get("/ban-do?parcel=P000001", headers=PAGE)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dang-nhap?next=%2Fban-do%3Fparcel%3DP000001"
    form = client.get(answer.headers["location"])
    assert 'name="next" value="/ban-do?parcel=P000001"' in form.text
    entered = log_in(client, "lan", PASSWORDS["lan"], next="/ban-do?parcel=P000001")
    assert entered.headers["location"] == "/ban-do?parcel=P000001"
    assert client.get("/ban-do").text == "lan:editor"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "../../ledger.db",
        "' OR 1=1 --",
        "\u00e9" * 40,
        "a" * 20_000,
        "0" * 64,
        '"; drop table session; --',
    ],
)
def test_door__a_made_up_cookie_is_no_session(people, visit, token):
    header = {"Cookie": f"{COOKIE}={token}".encode()}
    assert visit().get("/", headers=header).status_code == 401


def test_door__the_fingerprint_that_the_database_keeps_opens_nothing(people, project, visit):
    client = visit("lan")
    (session,) = [one for one in accounts.open_sessions(project, datetime.now(UTC)) if one.how == "password"][
        :1
    ]
    thief = visit()
    thief.cookies.set(COOKIE, session.session_id)
    assert thief.get("/").status_code == 401
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
def test_door__a_header_of_a_proxy_that_is_none_is_refused(people, visit, header):
    client = visit("quan.tri")
    assert client.get("/", headers={header: "127.0.0.1"}).status_code == 403


@pytest.mark.parametrize(
    "header", ["Remote-User", "X-Remote-User", "X-Forwarded-User", "Authorization", "X-Role"]
)
def test_door__a_header_that_names_a_user_names_nobody(people, visit, header):
    assert visit().get("/", headers={header: "quan.tri"}).status_code in {401, 403}


@pytest.mark.parametrize("host", ["evil.vn", "127.0.0.1.evil.vn:8501", "", "may-chu@evil.vn"])
def test_door__a_host_that_is_not_ours_is_refused(people, visit, host):
    client = visit("lan")
    assert client.get("/", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "origin", ["http://evil.vn", "null", "https://127.0.0.1:8501", "http://127.0.0.1:9999"]
)
def test_door__a_foreign_page_cannot_write_or_log_in_or_out(people, visit, origin):
    client = visit("lan")
    for path in ("/", "/dang-nhap", "/dang-xuat", "/mat-khau"):
        assert client.post(path, headers={"Origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(STREAM, headers={"Origin": origin}),
    ):
        pass
    assert client.get("/").text == "lan:editor"


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("192.168.1.20:8501", True),
        ("[fe80::1]:8501", True),
        ("gpmb.hoangson.example", True),
        ("GPMB.hoangson.example:443", True),
        ("hoangson.example", False),
        ("0x7f.1", False),
        ("192.168.1.20.evil.vn", False),
    ],
)
def test_is_expected__numbers_and_our_own_names(host, fits):
    names = frozenset({"gpmb.hoangson.example"})
    assert is_expected(http_scope(host=host, peer="10.0.0.5"), names) is fits
    origin = [("Origin", f"http://{host}")]
    assert is_expected(websocket_scope(host=host, headers=origin), names) is fits


def test_is_expected__a_proxy_only_where_there_is_one():
    scope = http_scope(headers=[("X-Forwarded-For", "10.0.0.5"), ("X-Forwarded-Proto", "https")])
    assert not is_expected(scope, frozenset())
    assert is_expected(scope, frozenset(), behind_proxy=True)


def test_cookie__no_script_reads_it_and_no_other_page_sends_it(people, visit):
    answer = log_in(visit(), "lan", PASSWORDS["lan"])
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", "Max-Age=604800"):
        assert part in cookie
    assert "Secure" not in cookie


def test_cookie__under_https_it_never_travels_in_the_open(people, server):
    client = TestClient(server, base_url="https://127.0.0.1:8501", follow_redirects=False)
    answer = client.post(
        "/dang-nhap",
        data={"account": "lan", "secret": PASSWORDS["lan"]},
        headers={"Origin": "https://127.0.0.1:8501"},
    )
    assert "Secure" in answer.headers["set-cookie"]
    assert client.get("/").text == "lan:editor"


def test_roles__a_viewer_neither_opens_scans_nor_uploads(people, visit):
    viewer, editor = visit("chu.tich"), visit("lan")
    assert viewer.get("/").text == "chu.tich:viewer"
    assert viewer.get("/map/parcels").status_code == 200
    assert viewer.get("/attachments/ab12").status_code == 403
    assert editor.get("/attachments/ab12").status_code == 200
    assert viewer.put("/_stcore/upload_file/page/f", headers=OWN).status_code == 403


def offer(name):
    """What Streamlit sends for a button that gives a file."""
    message = ForwardMsg()
    button = message.delta.new_element.download_button
    button.id, button.label, button.url, button.type = "b", "Tải", f"/media/{name}", "secondary"
    return message.SerializeToString()


@pytest.mark.parametrize("name", [MEDIA, "0" * 64, "a" * 32 + ".xlsx", "f" * 56 + ".png"])
def test_offered_files__each_by_its_whole_name(name):
    assert belongings.offered_files(offer(name)) == [name]


def echo(text):
    """What Streamlit sends where a page shows again what somebody typed."""
    message = ForwardMsg()
    message.delta.new_element.text_input.value = message.delta.new_element.text_input.label = text
    return message.SerializeToString()


@pytest.mark.parametrize(
    "message",
    [
        offer("../../ledger.db"),
        offer("x"),
        echo(f"/media/{MEDIA}"),
        echo(f"+/media/{MEDIA}"),
    ],
)
def test_offered_files__nothing_else(message):
    assert belongings.offered_files(message) == []


def test_downloads__only_of_whom_they_were_offered_to(people, visit):
    """The address of a file is the hash of its bytes: whoever is told it must not get it."""
    editor, other = visit("lan"), visit("quan.tri")
    assert editor.get(f"/media/{MEDIA}").status_code == 403
    with editor.websocket_connect(STREAM, headers=OWN) as channel:
        channel.receive_text()
        channel.send_bytes(offer(MEDIA))
        channel.receive_bytes()
    assert editor.get(f"/media/{MEDIA}").status_code == 200
    assert other.get(f"/media/{MEDIA}").status_code == 403
    assert visit("lan").get(f"/media/{MEDIA}").status_code == 403  # another login of the same account
    for trick in ("..%2f..%2fledger.db", f"{MEDIA}/../x", "%2e%2e/" + MEDIA, MEDIA.upper()):
        assert other.get(f"/media/{trick}").status_code in {403, 404}


def test_pages__only_ones_own_are_taken_up_again_and_uploaded_to(people, visit, project):
    editor = visit("lan")
    session = next(
        one for one in accounts.open_sessions(project, datetime.now(UTC)) if one.account_id == "lan"
    )
    belongings.pages.give("page-of-lan", session.session_id)
    upload = "/_stcore/upload_file/page-of-lan/f"
    visitor = door.visitor_of(project, dict(editor.cookies))
    headers = [(b"sec-websocket-protocol", b"streamlit, xsrf, page-of-lan")]
    kept = door._own_page({"type": "websocket", "headers": headers}, visitor)
    assert kept["headers"] == headers
    other = door.visitor_of(project, dict(visit("quan.tri").cookies))
    told = door._own_page({"type": "websocket", "headers": headers}, other)
    assert b"page-of-lan" not in told["headers"][0][1]
    assert other.session_id != visitor.session_id
    assert visit("quan.tri").put(upload, headers=OWN).status_code == 403


def test_websocket__without_a_session_it_is_not_accepted(people, visit):
    with pytest.raises(WebSocketDisconnect), visit().websocket_connect(STREAM, headers=OWN):
        pass


ENDINGS = {
    "logged out": lambda _, client: client.post("/dang-xuat", headers=OWN),
    "logged out by the administrator": lambda project, _: accounts.end_sessions(
        project, "lan", "x", datetime.now(UTC)
    ),
    "closed": lambda project, _: accounts.disable(project, "lan", "x", datetime.now(UTC)),
    "reset": lambda project, _: accounts.reset(project, "lan", "x", datetime.now(UTC)),
    "another role": lambda project, _: accounts.set_role(project, "lan", "viewer", "x", datetime.now(UTC)),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_websocket__an_open_page_ends_with_its_session(people, project, visit, ending):
    client = visit("lan")
    other = visit("quan.tri")
    with client.websocket_connect(STREAM, headers=OWN) as channel:
        assert channel.receive_text() == "Nguyễn Thị Mẫu"
        ENDINGS[ending](project, client)
        channel.send_bytes(b"names, please")
        message = channel.receive()
        assert (message["type"], message["code"]) == ("websocket.close", door.SESSION_OVER)
    assert client.get("/").status_code == 401
    assert other.get("/").status_code == 200


def test_websocket__an_open_page_that_asks_nothing_ends_too(people, project, visit):
    client = visit("lan")
    with client.websocket_connect(STREAM, headers=OWN) as channel:
        channel.receive_text()
        accounts.disable(project, "lan", "x", datetime.now(UTC))
        assert channel.receive()["type"] == "websocket.close"


def test_first_account__ends_the_time_in_which_this_machine_needed_none(project, visit):
    local, other = visit(peer="127.0.0.1"), visit(peer="192.168.1.7")
    assert local.get("/").text == "quan-tri:administrator"
    assert other.get("/").status_code == 403
    assert other.get("/dang-nhap").status_code == 403
    assert other.post("/tai-khoan-dau-tien", data={}, headers=OWN).status_code == 403
    assert "Tạo tài khoản quản trị" in local.get("/tai-khoan-dau-tien").text
    sent = {"account": "quan.tri", "password": "ngắn", "again": "ngắn", "name": "<b>Trần</b>"}
    with local.websocket_connect(STREAM, headers=OWN) as channel:
        channel.receive_text()
        refused = local.post("/tai-khoan-dau-tien", data=sent, headers=OWN)
        assert refused.status_code == 401
        assert "&lt;b&gt;Trần&lt;/b&gt;" in refused.text
        good = sent | {"password": PASSWORDS["quan.tri"], "again": PASSWORDS["quan.tri"]}
        made = local.post("/tai-khoan-dau-tien", data=good, headers=OWN)
        assert made.status_code == 303
        assert channel.receive()["type"] == "websocket.close"  # the page that needed none
    assert local.get("/").text == "quan.tri:administrator"
    assert visit(peer="127.0.0.1").get("/").status_code == 401
    assert other.get("/").status_code == 401
    again = local.post("/tai-khoan-dau-tien", data=good | {"account": "ke.gian"}, headers=OWN)
    assert again.headers["location"] == "/"
    assert [one.account_id for one in accounts.accounts(project)] == ["quan.tri"]


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.vn",
        "//evil.vn",
        "/\\evil.vn",
        "javascript:alert(1)",
        "/\n/evil.vn",
        "\\\\evil.vn",
        "http:evil",
        "/é",
    ],
)
def test_own_address__leads_nowhere_else(people, visit, address):
    assert own_address(address) == "/"
    assert log_in(visit(), "lan", PASSWORDS["lan"], next=address).headers["location"] == "/"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'\"&<>"])
def test_login__what_is_typed_comes_back_as_text(people, visit, text):
    answer = visit().post(
        "/dang-nhap", data={"account": text, "secret": text, "next": "/" + text, "lang": text}, headers=OWN
    )
    assert answer.status_code == 401
    assert text not in answer.text
    assert "<script" not in answer.text
    assert "onerror=" not in answer.text.replace("&quot;&gt;&lt;img src=x onerror=", "")


def test_login__too_much_is_not_read(people, visit):
    assert visit().post("/dang-nhap", content=b"account=" + b"x" * 20_000, headers=OWN).status_code == 413
    many = "&".join(f"a{at}=1" for at in range(500))
    assert visit().post("/dang-nhap", content=many.encode(), headers=OWN).status_code == 413


def test_login__says_nothing_of_which_accounts_there_are(people, visit):
    wrong, unknown = (log_in(visit(), account, "doan bua mot cai") for account in ("lan", "ai.do"))
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("lan", "…") == unknown.text.replace("ai.do", "…").replace("lan", "…")


def test_login__ten_thousand_attempts_over_http_end_in_429(people, visit):
    """The attempts themselves: tests/project/test_logins.py; here, what the browser is told."""
    client = visit()
    codes = [log_in(client, "chu.tich", f"lan thu {at}").status_code for at in range(14)]
    assert codes == [401] * 10 + [429] * 4
    assert "15 phút" in log_in(client, "chu.tich", PASSWORDS["chu.tich"]).text


def test_one_time_code__through_the_pages(people, project, visit):
    code = accounts.reset(project, "lan", "quan.tri", datetime.now(UTC))
    client = visit()
    form = log_in(client, "lan", code.lower(), next="/ban-do")
    assert form.status_code == 200
    assert f'name="code" value="{code.lower()}"' in form.text
    assert COOKIE not in client.cookies
    sent = {
        "account": "lan",
        "code": code,
        "next": "/ban-do",
        "password": "mot cau moi day",
        "again": "mot cau khac",
    }
    again = client.post("/mat-khau-moi", data=sent, headers=OWN)
    assert "không giống nhau" in again.text
    entered = client.post("/mat-khau-moi", data=sent | {"again": "mot cau moi day"}, headers=OWN)
    assert entered.headers["location"] == "/ban-do"
    assert client.get("/").text == "lan:editor"
    assert log_in(visit(), "lan", code).status_code == 401


def test_change_password__through_the_page(people, visit):
    client, elsewhere = visit("lan"), visit("lan")
    assert "Mật khẩu đang dùng" in client.get("/mat-khau").text
    sent = {"old": "sai", "password": "mot cau moi day", "again": "mot cau moi day"}
    assert client.post("/mat-khau", data=sent, headers=OWN).status_code == 401
    assert client.post("/mat-khau", data=sent | {"old": PASSWORDS["lan"]}, headers=OWN).status_code == 200
    assert client.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 401
    assert log_in(visit(), "lan", "mot cau moi day").status_code == 303


def test_log_out__by_a_button_and_not_by_a_link(people, visit):
    client = visit("lan")
    assert client.get("/dang-xuat").status_code == 200
    assert client.get("/phien").json() == {"in": True}
    assert client.post("/dang-xuat", headers=OWN).headers["location"] == "/dang-nhap"
    assert client.get("/phien").json() == {"in": False}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_pages__of_the_login_in_both_languages(people, visit, language):
    page = visit().get(f"/dang-nhap?lang={language}").text
    assert f'<html lang="{language}">' in page
    assert ("Mật khẩu hoặc mã một lần" in page) == (language == "vi")
    assert "http" not in page.replace("http-equiv", "")
