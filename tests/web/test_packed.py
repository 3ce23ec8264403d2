"""Unchanging files go out packed, and are packed once."""

import gzip
import sys
from pathlib import Path

from gis.web.assets import BASE
from gis.web.packed import LEAST_BYTES, Packed

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import answer, http_scope

SCRIPT = b"let x = 1;\n" * 500
PATH = "/static/js/index.abc.js"
GZIP = [("Accept-Encoding", "gzip, br")]


class Origin:
    """A server of one file that counts how often it is asked."""

    def __init__(self, body=SCRIPT, content_type="application/javascript", status=200, chunks=1):
        self.body, self.type, self.status, self.chunks, self.asked = body, content_type, status, chunks, 0

    async def __call__(self, _scope, _receive, send):
        self.asked += 1
        headers = [(b"content-type", self.type.encode()), (b"content-length", str(len(self.body)).encode())]
        headers += [(b"accept-ranges", b"bytes"), (b"cache-control", b"immutable")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        size = len(self.body) // self.chunks + 1
        for at in range(0, len(self.body), size):
            more = at + size < len(self.body)
            await send({"type": "http.response.body", "body": self.body[at : at + size], "more_body": more})


def test_packed__packs_a_file_once_for_everybody():
    origin = Origin(chunks=3)
    app = Packed(origin)
    for _ in range(3):
        status, headers, body = answer(app, http_scope(PATH, headers=GZIP))
        assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding")
        assert (gzip.decompress(body), headers["content-length"]) == (SCRIPT, str(len(body)))
        assert (headers["cache-control"], "accept-ranges" in headers) == ("immutable", False)
        assert len(body) < len(SCRIPT) / 10
    assert origin.asked == 1


def test_packed__gives_the_file_itself_to_whoever_cannot_unpack_or_wants_a_part():
    for headers in ([], [*GZIP, ("Range", "bytes=0-9")], [*GZIP, ("If-None-Match", '"x"')]):
        app = Packed(Origin())
        status, told, body = answer(app, http_scope(PATH, headers=headers))
        assert (status, body) == (200, SCRIPT)
        assert "content-encoding" not in told


def test_packed__leaves_everything_else_as_it_is():
    for path, origin in (
        ("/map/parcels", Origin()),
        (f"{BASE}/x.png", Origin(content_type="image/png")),
        (PATH, Origin(status=404)),
        (PATH, Origin(body=SCRIPT[: LEAST_BYTES - 1])),
    ):
        app = Packed(origin)
        for _ in range(2):
            status, told, body = answer(app, http_scope(path, headers=GZIP))
            assert (status, body) == (origin.status, origin.body)
            assert "content-encoding" not in told
        assert origin.asked == 2


def test_packed__of_another_path_is_another_file():
    app = Packed(Origin())
    answer(app, http_scope(PATH, headers=GZIP))
    app.app = Origin(body=b"other " * 1_000)
    body = answer(app, http_scope(PATH + "x", headers=GZIP))[2]
    assert gzip.decompress(body) == b"other " * 1_000
