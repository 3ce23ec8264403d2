"""Who may come in while there are no accounts: this machine itself, straight, and only our own pages may write."""

import sys
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from gis.web.guard import LoopbackGuard, is_allowed

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import answer, http_scope, messages, websocket_scope

OWN = ("Origin", "http://127.0.0.1:8501")


async def page(scope, receive, send):
    """An app that answers everything, and sets a weaker policy of its own."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
    elif scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
    else:
        response = PlainTextResponse("trang", headers={"Content-Security-Policy": "default-src *"})
        await response(scope, receive, send)


GUARDED = LoopbackGuard(page)


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "LOCALHOST", "[::1]:8501", "127.0.0.1"])
@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.8.8.8"])
def test_is_allowed__this_machine_by_any_of_its_names(host, peer):
    assert is_allowed(http_scope(host=host, peer=peer))


@pytest.mark.parametrize(
    "peer", ["192.168.1.20", "10.0.0.1", "8.8.8.8", "::ffff:192.168.1.20", "fe80::1", "testclient", "", None]
)
def test_is_allowed__no_other_machine(peer):
    assert not is_allowed(http_scope(peer=peer))


@pytest.mark.parametrize(
    "host",
    [
        "evil.vn",
        "evil.vn:8501",
        "127.0.0.1.evil.vn",
        "localhost.evil.vn:8501",
        "127.0.0.1@evil.vn",
        "evil.vn@127.0.0.1",
        "127.0.0.1/evil",
        "127.0.0.1:port",
        "[::1",
        "0.0.0.0:8501",
        "192.168.1.20:8501",
        "",
        None,
    ],
)
def test_is_allowed__no_other_name_for_this_machine(host):
    """DNS rebinding: the browser asks this machine, but under a name that somebody else gave it."""
    assert not is_allowed(http_scope(host=host))


def test_is_allowed__two_hosts_are_none():
    assert not is_allowed(http_scope(headers=[("Host", "127.0.0.1:8501")]))


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "x-forwarded-port",
        "X-Real-IP",
        "Via",
    ],
)
@pytest.mark.parametrize("scope", [http_scope, websocket_scope])
def test_is_allowed__nothing_that_a_proxy_passed_on(scope, header):
    assert not is_allowed(scope(headers=[OWN, (header, "127.0.0.1")]))


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.vn",
        "null",
        "https://127.0.0.1:8501",
        "http://127.0.0.1:9000",
        "http://localhost:8501",
        "",
    ],
)
def test_is_allowed__a_foreign_page_neither_writes_nor_opens_a_websocket(origin):
    assert not is_allowed(websocket_scope(headers=[("Origin", origin)]))
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert not is_allowed(http_scope(method=method, headers=[("Origin", origin)]))
    assert is_allowed(http_scope(headers=[("Origin", origin)]))  # it may ask; it cannot read the answer


def test_is_allowed__our_own_page_writes_and_opens_a_websocket():
    assert is_allowed(websocket_scope(headers=[OWN]))
    assert is_allowed(http_scope(method="POST", headers=[OWN]))
    assert is_allowed(
        http_scope(method="POST", host="localhost:8501", headers=[("Origin", "http://LOCALHOST:8501")])
    )
    assert is_allowed(
        http_scope(method="PUT", scheme="https", headers=[("Origin", "https://127.0.0.1:8501")])
    )


def test_is_allowed__without_an_origin_only_what_is_no_foreign_page():
    assert is_allowed(http_scope(method="POST"))
    assert is_allowed(http_scope(method="POST", headers=[("Sec-Fetch-Site", "same-origin")]))
    assert not is_allowed(http_scope(method="POST", headers=[("Sec-Fetch-Site", "cross-site")]))
    assert not is_allowed(websocket_scope(headers=[("Sec-Fetch-Site", "same-site")]))


def test_loopback_guard__refuses_in_both_languages_and_the_app_sees_nothing():
    status, headers, body = answer(GUARDED, http_scope(host="evil.vn"))
    lines = body.decode().splitlines()
    assert status == 403
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert len(lines) == 2
    assert lines[0].startswith("Chương trình chưa có tài khoản")
    assert lines[1].startswith("There are no user accounts yet")


def test_loopback_guard__closes_a_websocket_before_it_is_accepted():
    sent = messages(GUARDED, websocket_scope(headers=[("Origin", "http://evil.vn")]))
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_loopback_guard__passes_on_what_is_allowed():
    status, _, body = answer(GUARDED, http_scope())
    assert (status, body) == (200, b"trang")
    assert messages(GUARDED, websocket_scope(headers=[OWN])) == [{"type": "websocket.accept"}]


def test_loopback_guard__leaves_start_and_end_of_the_server_alone():
    assert messages(GUARDED, {"type": "lifespan"}) == [{"type": "lifespan.startup.complete"}]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "evil.vn"])
def test_loopback_guard__every_answer_keeps_the_browser_at_home(host):
    """The app's own weaker policy is replaced, not doubled."""
    start = messages(GUARDED, http_scope(host=host))[0]
    policies = [value.decode() for name, value in start["headers"] if name == b"content-security-policy"]
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert len(policies) == 1
    assert policies[0].startswith("default-src 'self'; ")
    assert "*" not in policies[0]
    assert "http" not in policies[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
