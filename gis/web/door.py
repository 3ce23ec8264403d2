"""The door of the app: who asks is known by a session, and comes in to what the role may see.

`middleware` is the whole way in, outermost first: the guard (machine, host, origin), Starlette's
AuthenticationMiddleware (who), the door (whether). Pure ASGI: pages, websockets, routes, tiles,
uploads and downloads go through it alike.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from anyio import Lock, create_task_group, sleep, to_thread
from starlette.authentication import AuthCredentials, AuthenticationBackend, AuthenticationError
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse
from uvicorn.protocols.utils import ClientDisconnected

from gis.access import NoSessionError, actions
from gis.errors import GisError
from gis.project import accounts
from gis.texts import LANGUAGES, Texts
from gis.web import belongings
from gis.web.guard import POLICY_VIOLATION, Guard
from gis.web.packed import Packed
from gis.web.visitors import (
    BACK,
    BY_PROVIDER,
    LOCAL,
    LOGIN,
    LOGOUT,
    NOBODY,
    STILL_IN,
    asking,
    visitor_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import HTTPConnection as Connection
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from gis.access import Action
    from gis.project import Project
    from gis.web.visitors import Visitor

NEW_PASSWORD: Final = "/mat-khau-moi"  # noqa: S105 - an address
# What needs no session: the way to one, and the sign of life.
OPEN_PATHS: Final = frozenset(
    {LOGIN, BY_PROVIDER, BACK, LOGOUT, NEW_PASSWORD, STILL_IN, "/healthz", "/favicon.ico"}
)
UPLOADS: Final = "/_stcore/upload_file/"
MEDIA: Final = "/media/"
# What a path needs beyond a session; a route may ask for more by itself.
NEEDED: Final[tuple[tuple[str, Action], ...]] = (("/attachments/", "names"), (UPLOADS, "write"))
WATCH_SECONDS: Final = 2.0
SESSION_OVER: Final = 4401
UNSUPPORTED_DATA: Final = 1003
NO_STORE: Final = {"Cache-Control": "no-store"}
_PROTOCOL: Final = b"sec-websocket-protocol"
_PAGE_PLACE: Final = 2  # Streamlit's page id is the third subprotocol


def middleware(project_of: Callable[[], Project]) -> list[Middleware]:
    """The way in, outermost first; behind the door unchanging files are packed.

    Args:
        project_of: The open project.
    """
    return [
        Middleware(Guard, has_accounts=lambda: _has_accounts(project_of)),
        Middleware(AuthenticationMiddleware, backend=Sessions(project_of), on_error=_unavailable),
        Middleware(Door, project_of=project_of),
        Middleware(Packed),
    ]


def _has_accounts(project_of: Callable[[], Project]) -> bool:
    """Whether there are accounts; a project that cannot be opened has none, and nothing to be seen either."""
    try:
        project = project_of()
    except GisError:
        return False
    return accounts.exist(project)


class Sessions(AuthenticationBackend):
    """Who asks, by the cookie of a session."""

    def __init__(self, project_of: Callable[[], Project]) -> None:
        """Look sessions up in the open project."""
        self._project_of = project_of

    async def authenticate(self, conn: Connection) -> tuple[AuthCredentials, Visitor]:
        """The visitor, and all that the role may do.

        Raises:
            AuthenticationError: If the database cannot say.
        """
        visitor = await to_thread.run_sync(self._look, conn)
        return AuthCredentials(sorted(actions(visitor.role))), visitor

    def _look(self, conn: Connection) -> Visitor:
        try:
            project = self._project_of()
        except GisError:
            return LOCAL  # the page says why there is no project; the guard lets this machine alone in
        try:
            return visitor_of(project, conn.cookies)
        except NoSessionError:
            return NOBODY
        except GisError as error:
            raise AuthenticationError(Texts().error(error)) from error


def _unavailable(_: Connection, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 503, headers=NO_STORE)


class Door:
    """ASGI middleware that lets in whoever may, and closes a page whose session has ended."""

    def __init__(self, app: ASGIApp, project_of: Callable[[], Project]) -> None:
        """Stand before `app`."""
        self.app = app
        self._project_of = project_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, ask to log in, or refuse."""
        if scope["type"] == "http":
            refusal = _http_refusal(scope)
            with suppress(ClientDisconnect):  # half a request is none, and its sender hears no answer
                await (refusal or self.app)(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = asking(HTTPConnection(scope))
        if not visitor.is_authenticated:
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            channel = _Channel(self._project_of, scope, receive, send)
            await channel.run(self.app, _own_page(scope, visitor))


class _Channel:
    """A websocket that ends with its session: looked up for each message, and every few seconds."""

    def __init__(self, project_of: Callable[[], Project], scope: Scope, receive: Receive, send: Send) -> None:
        self._project_of = project_of
        self._connection = HTTPConnection(scope)
        self._visitor = asking(self._connection)
        self._receive = receive
        self._send = send
        self._over = False
        self._looking = Lock()

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        async with create_task_group() as tasks:
            tasks.start_soon(self._watch)
            await app(scope, self._checked_receive, self._checked_send)
            tasks.cancel_scope.cancel()

    async def _watch(self) -> None:
        while not self._over:
            await sleep(WATCH_SECONDS)
            await self._check()

    async def _check(self) -> None:
        async with self._looking:  # a message and the clock may look at once: the channel is closed once
            if not self._over and not await to_thread.run_sync(self._is_still_in):
                await self._close(SESSION_OVER)

    async def _close(self, code: int) -> None:
        if not self._over:
            self._over = True
            await self._to_browser({"type": "websocket.close", "code": code})

    def _is_still_in(self) -> bool:
        try:
            project = self._project_of()
        except GisError:
            return self._visitor is LOCAL
        try:
            now = visitor_of(project, self._connection.cookies)
        except GisError:
            return False
        return (now.session_id, now.role) == (self._visitor.session_id, self._visitor.role)

    async def _checked_receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "websocket.receive":
            await self._check()
            if message.get("bytes") is None:  # pages speak in bytes
                await self._close(UNSUPPORTED_DATA)
            if self._over:
                return {"type": "websocket.disconnect", "code": SESSION_OVER}
        return message

    async def _checked_send(self, message: Message) -> None:
        if self._over:
            return
        if message["type"] == "websocket.send" and message.get("bytes"):
            belongings.note_files(message["bytes"], self._visitor.session_id)
        await self._to_browser(message)

    async def _to_browser(self, message: Message) -> None:
        """Send; who has left hears nothing more, and the app is told so by the next thing that it waits for.

        An error in the middle of what it says would be one to Streamlit too, with a message still to be read.
        """
        try:
            await self._send(message)
        except (ClientDisconnected, RuntimeError):  # the server says the latter where it has closed by itself
            self._over = True


def _http_refusal(scope: Scope) -> Response | None:
    """Why a request goes no further; None where it does."""
    visitor, path = asking(HTTPConnection(scope)), scope["path"]
    if path in OPEN_PATHS:
        return None
    if not visitor.is_authenticated:
        return _ask_to_log_in(scope)
    allowed = all(visitor.may(action) for start, action in NEEDED if path.startswith(start))
    if visitor.session and path.startswith(MEDIA):
        allowed = allowed and belongings.files.belongs(path.removeprefix(MEDIA), visitor.session_id)
    if visitor.session and path.startswith(UPLOADS):
        page = path.removeprefix(UPLOADS).partition("/")[0]
        allowed = allowed and belongings.pages.belongs(page, visitor.session_id)
    return None if allowed else _both("error.not_allowed", 403, role=visitor.role)


def _ask_to_log_in(scope: Scope) -> Response:
    """The login page for whoever opens a page, one sentence for everything else."""
    headers = HTTPConnection(scope).headers
    opens = headers.get("sec-fetch-dest", "document") == "document" and "text/html" in headers.get(
        "accept", ""
    )
    if scope["method"] not in {"GET", "HEAD"} or not opens:
        return _both("error.no_session", 401)
    asked = quote(scope["path"], safe="/") + (
        "?" + scope["query_string"].decode("latin-1") if scope["query_string"] else ""
    )
    return RedirectResponse(f"{LOGIN}?{urlencode({'next': asked})}", 303, headers=NO_STORE)


def _both(message: str, status: int, **facts: str) -> Response:
    lines = "".join(f"{Texts(language)(message, **facts)}.\n" for language in LANGUAGES)
    return PlainTextResponse(lines, status, headers=NO_STORE)


def _own_page(scope: Scope, visitor: Visitor) -> Scope:
    """The scope of a websocket that takes up an earlier page only if that was this login's own."""
    if visitor.session is None:
        return scope

    def own(value: bytes) -> bytes:
        names = value.decode("latin-1").split(",")
        mine = [
            name
            for place, name in enumerate(names)
            if place != _PAGE_PLACE or belongings.pages.belongs(name.strip(), visitor.session_id)
        ]
        return ",".join(mine).encode("latin-1")

    headers = [(name, own(value) if name == _PROTOCOL else value) for name, value in scope["headers"]]
    return dict(scope) | {"headers": headers}
