"""Log in by an identity provider that really runs, on loopback: the right person, and everything that may be wrong."""

import os
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from accountworld import PASSWORDS, add_people, empty_project
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from gis.project import accounts
from gis.web import door, oidc
from gis.web.login_routes import login_routes
from gis.web.visitors import asking

HERE = "http://127.0.0.1:8501"
PROVIDER = Path(__file__).with_name("provider.py")


@pytest.fixture(scope="module")
def provider():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen([sys.executable, str(PROVIDER), str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            assert running.poll() is None
            try:
                httpx2.get(f"{address}/jwks", timeout=2)
                break
            except httpx2.HTTPError:
                time.sleep(0.1)
        yield address
    finally:
        running.terminate()
        running.wait(timeout=20)


async def who(request):
    return PlainTextResponse(f"{asking(request).account_id}:{asking(request).role}")


@pytest.fixture
def project(tmp_path):
    opened = empty_project(tmp_path / "xã")
    add_people(opened, datetime.now(UTC))
    accounts.set_oidc(opened, "lan", "lan@hoangson.example", "quan.tri", datetime.now(UTC))
    accounts.set_oidc(opened, "chu.tich", "sub-chu-tich", "quan.tri", datetime.now(UTC))
    yield opened
    opened.close()


@pytest.fixture
def client(project, provider, monkeypatch):
    monkeypatch.setenv("GPMB_OIDC_ISSUER", provider + "/")
    monkeypatch.setenv("GPMB_OIDC_CLIENT_ID", "gpmb")
    monkeypatch.setenv("GPMB_OIDC_CLIENT_SECRET", "khoa-cua-ung-dung")
    oidc._client.cache_clear()
    app = Starlette(
        routes=[Route("/", who), Route("/ban-do", who), *login_routes(lambda: project)],
        middleware=[
            *door.middleware(lambda: project),
            Middleware(SessionMiddleware, secret_key=os.urandom(16).hex()),
        ],
    )
    return TestClient(app, base_url=HERE, follow_redirects=False, client=("10.0.0.5", 50000))


def choose(provider, wrong="", **claims):
    httpx2.post(f"{provider}/next", json={"wrong": wrong, "claims": claims}, timeout=5)


def through(client, address="/"):
    """Our server, the provider, and back, as a browser goes; the last answer."""
    left = client.get("/dang-nhap/oidc", params={"next": address})
    if left.status_code != 302:
        return left
    sent = httpx2.get(left.headers["location"], timeout=5)
    assert sent.status_code == 302
    back = urlsplit(sent.headers["location"])
    assert f"{back.scheme}://{back.netloc}" == HERE
    return client.get(f"{back.path}?{back.query}")


def test_oidc__by_subject_or_confirmed_address(client, provider):
    choose(provider, sub="sub-chu-tich")
    assert through(client, "/ban-do").headers["location"] == "/ban-do"
    assert client.get("/").text == "chu.tich:viewer"
    client.cookies.clear()
    choose(provider, sub="x", email="Lan@hoangson.example", email_verified=True)
    assert through(client).status_code == 303
    assert client.get("/").text == "lan:editor"


def test_oidc__the_same_session_row_that_an_administrator_ends(client, provider, project):
    choose(provider, sub="sub-chu-tich")
    through(client)
    assert {
        one.how for one in accounts.open_sessions(project, datetime.now(UTC)) if one.account_id == "chu.tich"
    } == {
        "password",
        "oidc",
    }
    accounts.disable(project, "chu.tich", "quan.tri", datetime.now(UTC))
    assert client.get("/").status_code == 401
    assert through(client).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "sub-khac"},
        {"sub": "x", "email": "lan@hoangson.example"},
        {"sub": "x", "email": "lan@hoangson.example", "email_verified": False},
        {"sub": "x", "email": "lan@hoangson.example", "email_verified": "true"},
        {"sub": "lan", "preferred_username": "quan.tri"},
        {"sub": ""},
        {},
    ],
)
def test_oidc__nobody_else_comes_in(client, provider, claims):
    choose(provider, **claims)
    answer = through(client)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers or "gpmb_session" not in answer.headers["set-cookie"]
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("wrong", ["issuer", "audience", "expired", "nonce", "key", "unsigned", "metadata"])
def test_oidc__a_token_with_anything_wrong_opens_nothing(client, provider, wrong):
    choose(provider, wrong, sub="sub-chu-tich")
    answer = through(client)
    assert answer.status_code == 401
    assert "tài khoản cơ quan" in answer.text
    assert client.get("/").status_code == 401


def test_oidc__an_answer_that_nobody_asked_for_or_that_is_used_twice_opens_nothing(client, provider):
    choose(provider, sub="sub-chu-tich")
    left = client.get("/dang-nhap/oidc")
    sent = urlsplit(httpx2.get(left.headers["location"], timeout=5).headers["location"])
    code = parse_qs(sent.query)["code"][0]
    for query in (f"code={code}", f"code={code}&state=another", "error=access_denied", "", "state=x&code=y"):
        assert client.get(f"{sent.path}?{query}").status_code == 401
    left = client.get("/dang-nhap/oidc")
    sent = urlsplit(httpx2.get(left.headers["location"], timeout=5).headers["location"])
    thief = TestClient(client.app, base_url=HERE, follow_redirects=False)
    assert thief.get(f"{sent.path}?{sent.query}").status_code == 401  # another browser has not asked
    assert client.get(f"{sent.path}?{sent.query}").status_code == 303
    assert client.get(f"{sent.path}?{sent.query}").status_code == 401


def test_oidc__leads_nowhere_else_afterwards(client, provider):
    choose(provider, sub="sub-chu-tich")
    assert through(client, "//evil.vn").headers["location"] == "/"


def test_oidc__a_provider_that_does_not_answer_is_a_sentence(client, monkeypatch):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setenv("GPMB_OIDC_ISSUER", f"http://127.0.0.1:{probe.getsockname()[1]}")
    answer = client.get("/dang-nhap/oidc")
    assert answer.status_code == 401
    assert "Traceback" not in answer.text
    sent = {"account": "lan", "secret": PASSWORDS["lan"]}
    assert client.post("/dang-nhap", data=sent, headers={"Origin": HERE}).status_code == 303


@pytest.mark.parametrize(
    ("issuer", "offered"), [("https://sso.example", True), ("http://sso.example", False), ("", False)]
)
def test_provider_name__only_by_an_encrypted_way(client, monkeypatch, issuer, offered):
    monkeypatch.setenv("GPMB_OIDC_ISSUER", issuer)
    assert bool(oidc.provider_name()) is offered
    assert ("/dang-nhap/oidc?next=" in client.get("/dang-nhap").text) is offered
