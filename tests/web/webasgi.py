"""Real ASGI calls without a network: a scope in, status, headers and body out."""

import asyncio

from gis.web.visitors import LOCAL


def http_scope(
    path="/",
    *,
    query="",
    method="GET",
    headers=(),
    peer="127.0.0.1",
    host="127.0.0.1:8501",
    scheme="http",
    user=LOCAL,
):
    pairs = ([("host", host)] if host is not None else []) + list(headers)
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in pairs],
        "client": None if peer is None else (peer, 54321),
        "server": ("127.0.0.1", 8501),
        "user": user,
    }


def websocket_scope(**facts):
    scope = http_scope(scheme="ws", **facts)
    del scope["method"]
    return scope | {"type": "websocket", "subprotocols": []}


def messages(app, scope, arriving=None):
    """Everything that the app sends.

    Args:
        app: An ASGI app.
        scope: Of one request.
        arriving: The messages of its client in order; None for an empty body.
    """
    sent = []
    kind = {"websocket": "websocket.connect", "http": "http.request"}.get(scope["type"], "lifespan.startup")
    received = list(reversed(arriving or [{"type": kind, "body": b"", "more_body": False}]))

    async def receive():
        """One message, then a client that waits."""
        if not received:
            await asyncio.Event().wait()
        return received.pop()

    async def send(message):
        sent.append(message)

    async def call():
        await app(scope, receive, send)

    asyncio.run(call())
    return sent


def answer(app, scope):
    """Status, headers as a dict of lower-case names, body."""
    sent = messages(app, scope)
    start = sent[0]
    headers = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
    return start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])
