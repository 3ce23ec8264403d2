"""The guard before every page and route: while there are no accounts, only this very machine may come in.

A request is let through if its peer and its Host are loopback and no proxy has touched it; a write or a
websocket must also come from our own pages. Headers keep the browser from loading anything from elsewhere.
Pure ASGI: it sees what Streamlit, the routes and the files see.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

from gis.texts import LANGUAGES, Texts

if TYPE_CHECKING:
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
            sentences = "\n".join(Texts(language)("map.not_loopback") for language in LANGUAGES)
            refusal = PlainTextResponse(sentences + "\n", status_code=403)
            await refusal(scope, receive, _with_security_headers(send))


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
            # A sandbox is stricter than ours and stays: a browser holds to every policy that it is sent.
            policies = headers.getlist("Content-Security-Policy")
            sandboxes = [policy for policy in policies if policy.startswith("sandbox")]
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            for policy in sandboxes:
                headers.append("Content-Security-Policy", policy)
        await send(message)

    return secured
