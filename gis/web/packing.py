"""Streamlit's own scripts and styles, packed: on a slow line the first page comes in half the time.

Streamlit sends them as they are, because it would pack them anew for everybody. Here each file is packed once and
kept. Pure ASGI, behind the door.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders

from gis.web.prepared import Kept

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC: Final = "/static/"
ENDINGS: Final = (".js", ".css")
MOST_FILES: Final = 400  # a page takes about 50; all that Streamlit has are some 300

_packed: Final[Kept[bytes]] = Kept(MOST_FILES)


class PackedStatic:
    """ASGI middleware that packs whole scripts and styles under /static/ for browsers that unpack."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and pack the answer where that helps."""
        packs = scope["type"] == "http" and _is_asked(scope)
        await self.app(scope, receive, _Packing(scope["path"], send).send if packs else send)


def _is_asked(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    named = scope["path"].startswith(STATIC) and scope["path"].endswith(ENDINGS)
    whole = scope["method"] == "GET" and "range" not in headers
    return named and whole and "gzip" in headers.get("accept-encoding", "")


class _Packing:
    """Holds a whole answer back and sends it packed; what is no whole file goes as it is."""

    def __init__(self, path: str, send: Send) -> None:
        self._path = path
        self._send = send
        self._start: Message | None = None
        self._body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_whole_file(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        headers = MutableHeaders(scope=start)
        etag = headers.get("etag", "")
        body = await to_thread.run_sync(self._pack, etag)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        headers.add_vary_header("Accept-Encoding")
        if etag and not etag.startswith("W/"):
            headers["ETag"] = f"W/{etag}"  # the same file in other bytes
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})

    def _pack(self, etag: str) -> bytes:
        return _packed.get((self._path, etag, len(self._body)), lambda: gzip.compress(self._body, mtime=0))


def _is_whole_file(start: Message) -> bool:
    return start["status"] == 200 and "content-encoding" not in Headers(raw=start["headers"])  # noqa: PLR2004
