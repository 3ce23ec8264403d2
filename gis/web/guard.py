"""The guard before every page and route: while there are no accounts, only this very machine may come in.

Without accounts a request is let through if its peer and its Host are loopback and no proxy has touched it.
With accounts other machines come in too, to be asked who they are: by an address of numbers, by this
machine's name, or by a name of GPMB_HOSTS; by a proxy only where GPMB_PROXY says that there is one. Either
way a write or a websocket must come from our own pages. Headers keep the browser from loading anything
from elsewhere. Pure ASGI: it sees what Streamlit, the routes and the files see.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from gis.errors import GisError
from gis.texts import LANGUAGES, Texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
PROXY_HEADERS: Final = frozenset(
    {"cf-connecting-ip", "forwarded", "true-client-ip", "via", "x-client-ip", "x-real-ip"}
)
PROXY_PREFIX: Final = "x-forwarded-"
POLICY_VIOLATION: Final = 1008
# Streamlit writes inline styles and compiles its messages; streamlit-folium evaluates the script of the map.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; "
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; "
    "font-src 'self' data:; "
    "connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; "
    "frame-src 'self' blob: data:; "
    "object-src 'none'; "
    "base-uri 'self'; "
    "form-action 'self'; "
    "frame-ancestors 'self'"
)
STRICTER: Final = ("sandbox", "default-src 'none'")  # how policies of single routes begin
SECURITY_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class LoopbackGuard:
    """ASGI middleware that refuses what does not come from this machine itself."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403 (a websocket is closed before it is accepted)."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif is_allowed(scope):
            await self.app(scope, receive, _with_security_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await _refusal("map.not_loopback", 403)(scope, receive, _with_security_headers(send))


class Guard:
    """ASGI middleware that lets other machines come to the door once there are accounts."""

    def __init__(self, app: ASGIApp, has_accounts: Callable[[], bool]) -> None:
        """Stand before `app`.

        Args:
            app: What comes after.
            has_accounts: Whether there are any; asked until there are, for they never go.
        """
        self.app = app
        self._without = LoopbackGuard(app)
        self._has_accounts = has_accounts
        self._had = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse; a websocket is closed before it is accepted."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        secured = _with_security_headers(send)
        try:
            self._had = self._had or await to_thread.run_sync(self._has_accounts)
        except GisError as error:
            await _closed(scope, receive, secured, _sentence([Texts().error(error)], 503))
            return
        if not self._had:
            await self._without(scope, receive, send)
        elif is_expected(scope, host_names(), behind_proxy=bool(os.environ.get("GPMB_PROXY"))):
            await self.app(scope, receive, secured)
        else:
            await _closed(scope, receive, secured, _refusal("map.foreign_request", 403))


async def _closed(scope: Scope, receive: Receive, send: Send, refusal: PlainTextResponse) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
    else:
        await refusal(scope, receive, send)


def _refusal(message: str, status: int) -> PlainTextResponse:
    return _sentence([Texts(language)(message) for language in LANGUAGES], status)


def _sentence(lines: list[str], status: int) -> PlainTextResponse:
    return PlainTextResponse("\n".join(lines) + "\n", status_code=status)


def host_names() -> frozenset[str]:
    """The names by which this server may be asked, in small letters: the machine's, and GPMB_HOSTS."""
    given = os.environ.get("GPMB_HOSTS", "").replace(",", " ").split()
    return frozenset(name.lower() for name in (socket.gethostname(), *given))


def is_expected(scope: Scope, names: frozenset[str], *, behind_proxy: bool = False) -> bool:
    """Whether a request names this server and, if it may write, comes from our own pages.

    A name that somebody else gave to this machine's address (DNS rebinding) is not ours; numbers cannot be
    given.

    Args:
        scope: An ASGI scope of type "http" or "websocket".
        names: Names of this server, in small letters.
        behind_proxy: Whether a proxy may have passed it on; uvicorn believes only one on this machine.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    proxied = any(name in PROXY_HEADERS or name.startswith(PROXY_PREFIX) for name in headers)
    return (
        len(hosts) == 1
        and _is_ours(_host_name(hosts[0]), names)
        and (behind_proxy or not proxied)
        and (_only_reads(scope) or _is_own_origin(headers, hosts[0], _scheme(scope)))
    )


def _is_ours(name: str, names: frozenset[str]) -> bool:
    if is_loopback(name) or name.lower() in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_allowed(scope: Scope) -> bool:
    """Whether a request comes straight from this machine and, if it may write, from our own pages.

    Args:
        scope: An ASGI scope of type "http" or "websocket".
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    peer = scope.get("client")
    return (
        peer is not None
        and is_loopback(peer[0])
        and len(hosts) == 1
        and is_loopback(_host_name(hosts[0]))
        and not any(name in PROXY_HEADERS or name.startswith(PROXY_PREFIX) for name in headers)
        and (_only_reads(scope) or _is_own_origin(headers, hosts[0], _scheme(scope)))
    )


def is_loopback(name: str) -> bool:
    """Whether a host name or address is this machine's own.

    >>> [is_loopback(name) for name in ("127.0.0.1", "localhost", "::1", "10.0.0.2", "localhost.evil.vn")]
    [True, True, True, False, False]
    """
    if name.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def _host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; "" if it is not one."""
    try:
        parts = urlsplit(f"//{host}")
        _port = parts.port
    except ValueError:
        return ""
    plain = parts.netloc == host and parts.username is None and not parts.path
    return parts.hostname or "" if plain else ""


def _only_reads(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in READING


def _scheme(scope: Scope) -> str:
    """The scheme that a page on this connection has."""
    return "https" if scope["scheme"] in {"https", "wss"} else "http"


def _is_own_origin(headers: Headers, host: str, scheme: str) -> bool:
    """Whether the page that asks is ours; without Origin it is no browser, unless it says that it is one."""
    origins = headers.getlist("origin")
    if not origins:
        return headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return len(origins) == 1 and origins[0].lower() == f"{scheme}://{host}".lower()


def _with_security_headers(send: Send) -> Send:
    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            # What is stricter than ours stays: a browser holds to every policy that it is sent.
            policies = headers.getlist("Content-Security-Policy")
            stricter = [policy for policy in policies if policy.startswith(STRICTER)]
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            for policy in stricter:
                headers.append("Content-Security-Policy", policy)
        await send(message)

    return secured
