"""Streamlit's scripts packed once, for whoever unpacks; everything else as it is."""

import gzip

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.testclient import TestClient

from gis.web import packing

SCRIPT = b"export const words = 'giai phong mat bang';\n" * 200


@pytest.fixture
def client(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "index.js").write_bytes(SCRIPT)
    (tmp_path / "font.woff2").write_bytes(SCRIPT)
    routes = [
        Route("/map/words.js", lambda _: PlainTextResponse(SCRIPT)),
        Route("/static/packed.js", lambda _: Response(b"as it came", headers={"Content-Encoding": "br"})),
        Mount("/static", StaticFiles(directory=tmp_path)),
    ]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(packing.PackedStatic)]))


def raw(client, path, **headers):
    """The answer and its bytes before a browser unpacks them."""
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"} | headers) as answer:
        return answer, b"".join(answer.iter_raw())


def test_packed_static__a_script_comes_packed_and_whole(client):
    answer, body = raw(client, "/static/js/index.js")
    assert gzip.decompress(body) == SCRIPT
    assert len(body) < len(SCRIPT) // 10
    assert int(answer.headers["content-length"]) == len(body)
    assert answer.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["vary"]


def test_packed_static__is_packed_once(client, monkeypatch):
    first = raw(client, "/static/js/index.js")[1]
    monkeypatch.setattr(packing.gzip, "compress", lambda *_, **__: pytest.fail("packed again"))
    assert raw(client, "/static/js/index.js")[1] == first


def test_packed_static__a_changed_file_is_packed_anew(client, tmp_path):
    raw(client, "/static/js/index.js")
    (tmp_path / "js" / "index.js").write_bytes(b"another")
    assert gzip.decompress(raw(client, "/static/js/index.js")[1]) == b"another"


def test_packed_static__known_already_is_not_sent(client):
    etag = raw(client, "/static/js/index.js")[0].headers["etag"]
    assert etag.startswith("W/")
    answer, body = raw(client, "/static/js/index.js", **{"If-None-Match": etag})
    assert (answer.status_code, body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "headers", "status", "expected"),
    [
        ("/static/js/index.js", {"Accept-Encoding": "identity"}, 200, SCRIPT),
        ("/static/js/index.js", {"Range": "bytes=0-5"}, 206, SCRIPT[:6]),
        ("/static/font.woff2", {}, 200, SCRIPT),
        ("/map/words.js", {}, 200, SCRIPT),
        ("/static/packed.js", {}, 200, b"as it came"),
        ("/static/js/none.js", {}, 404, b"Not Found"),
    ],
)
def test_packed_static__the_rest_goes_as_it_is(client, path, headers, status, expected):
    answer, body = raw(client, path, **headers)
    assert (answer.status_code, body) == (status, expected)
    assert answer.headers.get("content-encoding", "") != "gzip"
