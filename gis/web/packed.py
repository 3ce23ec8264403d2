"""Files that never change, packed once: else a first visit is three megabytes of Streamlit's own scripts.

Streamlit leaves that to a proxy in front, and an office has none. Pure ASGI: it sees what the server answers.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders

from gis.web.assets import BASE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Under these paths a file's name or folder says its content.
UNCHANGING: Final = ("/static/js/", "/static/css/", f"{BASE}/")
PACKED_TYPES: Final = ("text/", "application/javascript", "application/json", "image/svg+xml")
LEAST_BYTES: Final = 1_000
LEVEL: Final = 9
MOST_BYTES: Final = 16_000_000  # kept packed, all of them together: Streamlit has 3 MB
OK: Final = 200


class Packed:
    """ASGI middleware that sends unchanging files with gzip, each packed at its first visitor."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app
        self._kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}
        self._bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass on and keep the answer."""
        if not _is_asked_for_packed(scope):
            await self.app(scope, receive, send)
            return
        kept = self._kept.get(scope["path"])
        if kept is None:
            await self.app(scope, receive, _Keeper(self, scope["path"], send).send)
            return
        headers, body = kept
        await send({"type": "http.response.start", "status": OK, "headers": list(headers)})
        await send({"type": "http.response.body", "body": body})

    def keep(self, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Keep an answer while there is room."""
        if self._bytes + len(body) <= MOST_BYTES:
            self._kept[path] = headers, body
            self._bytes += len(body)


def _is_asked_for_packed(scope: Scope) -> bool:
    """Whether a request is for the whole of an unchanging file by somebody who can unpack it."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(UNCHANGING):
        return False
    headers = Headers(scope=scope)
    partial = any(name in headers for name in ("range", "if-none-match", "if-modified-since"))
    return "gzip" in headers.get("accept-encoding", "") and not partial


class _Keeper:
    """The way of one answer: gathered, packed, sent and kept."""

    def __init__(self, packed: Packed, path: str, send: Send) -> None:
        self._packed = packed
        self._path = path
        self._send = send
        self._start: Message | None = None
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not _can_be_packed(message):
                await self._send(message)
            else:
                self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = await to_thread.run_sync(gzip.compress, bytes(self._body), LEVEL)
        headers = MutableHeaders(scope=start)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        headers.add_vary_header("Accept-Encoding")
        if "accept-ranges" in headers:
            del headers["accept-ranges"]
        self._packed.keep(self._path, list(start["headers"]), body)
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _can_be_packed(start: Message) -> bool:
    headers = Headers(scope=start)
    return (
        start["status"] == OK
        and "content-encoding" not in headers
        and headers.get("content-type", "").startswith(PACKED_TYPES)
        and int(headers.get("content-length", "0")) >= LEAST_BYTES
    )
