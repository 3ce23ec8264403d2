"""The channel of an open page on a real server: however its browser leaves, the server's log holds no fault."""

import logging
import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import anyio
import pytest
import uvicorn
from accountworld import add_people, empty_project
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from gis.project import accounts
from gis.web import door
from gis.web.visitors import COOKIE

sys.path.insert(0, str(Path(__file__).parent))
from webasgi import websocket_scope

PATH = "/_stcore/stream"
WAIT_SECONDS = 20
TEXT, BINARY, RESERVED = 0x81, 0x82, 0x83
ABORTED = struct.pack(
    "ii", 1, 0
)  # of SO_LINGER: what was not sent is thrown away, and the other side told so


async def talks_on(websocket):
    """A page that is told something all the time, and hears what its browser says."""
    await websocket.accept()

    async def tell():
        with suppress(WebSocketDisconnect):
            while True:
                await websocket.send_bytes(b"x" * 1000)
                await anyio.sleep(0.005)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tell)
        with suppress(WebSocketDisconnect):
            while True:
                await websocket.receive_bytes()
        tasks.cancel_scope.cancel()


@pytest.fixture
def project(tmp_path):
    opened = empty_project(tmp_path / "du-an")
    yield opened
    opened.close()


@pytest.fixture
def people(project):
    return add_people(project, datetime.now(UTC))


@pytest.fixture
def app(project, monkeypatch):
    monkeypatch.setattr(door, "WATCH_SECONDS", 0.02)
    return Starlette(routes=[WebSocketRoute(PATH, talks_on)], middleware=door.middleware(lambda: project))


@pytest.fixture
def port(app):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
        running = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        running.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        running.join(WAIT_SECONDS)
        assert not running.is_alive()


def greeting(port, token):
    return (
        f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Cookie: {COOKIE}={token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    ).encode()


def frame(kind, content):
    """A short message as a browser sends it; its mask is nought."""
    return bytes([kind, 0x80 | len(content)]) + b"\0\0\0\0" + content


def faults(caplog):
    """What the server's log calls an error; it also says there when it starts."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


LEAVING = {
    "in the middle of its greeting": (60, b""),
    "before it is answered": (None, b""),
    "at once": (None, b""),
    "in the middle of a message": (None, frame(BINARY, b"names, please")[:9]),
    "after a message": (None, frame(BINARY, b"names, please")),
    "after a farewell": (None, frame(0x88, struct.pack(">H", 1000))),
    "after words instead of bytes": (None, frame(TEXT, b"names, please")),
    "after no message at all": (None, frame(RESERVED, b"names, please")),
}


@pytest.mark.parametrize("aborted", [False, True], ids=["closed", "aborted"])
@pytest.mark.parametrize("leaving", LEAVING)
def test_channel__a_browser_that_leaves_is_no_fault(people, port, caplog, leaving, aborted):
    greeted, said = LEAVING[leaving]
    with caplog.at_level(logging.ERROR), socket.create_connection(("127.0.0.1", port)) as browser:
        browser.sendall(greeting(port, people.token("lan", datetime.now(UTC)))[:greeted])
        if leaving not in {"in the middle of its greeting", "before it is answered"}:
            assert browser.recv(4096).startswith(b"HTTP/1.1 101")
            browser.sendall(said)
            time.sleep(0.1)  # the server goes on talking meanwhile
        if aborted:
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORTED)
        browser.close()
        time.sleep(0.2)
    assert faults(caplog) == []


def test_channel__ends_once_however_often_its_session_is_found_over(people, project, app, monkeypatch):
    """The clock looks while a message is looked at: a server takes a second farewell for a fault."""
    monkeypatch.setattr(door, "WATCH_SECONDS", 0)
    token = people.token("lan", datetime.now(UTC))
    headers = [("Origin", "http://127.0.0.1:8501"), ("Cookie", f"{COOKIE}={token}")]
    sent = []

    async def arriving():
        if not sent:
            return {"type": "websocket.connect"}
        accounts.disable(project, "lan", "x", datetime.now(UTC))
        return {"type": "websocket.receive", "bytes": b"names, please"}

    async def leaving(message):
        if "websocket.close" in sent:
            raise RuntimeError(message)  # as a server does
        sent.append(message["type"])

    anyio.run(app, websocket_scope(path=PATH, headers=headers), arriving, leaving)
    assert sent.count("websocket.close") == 1


@pytest.mark.parametrize("told", [ClientDisconnected, RuntimeError])
@pytest.mark.parametrize("at", ["websocket.accept", "websocket.send"])
def test_channel__a_browser_that_is_gone_while_a_message_of_it_waits_is_no_fault(people, app, told, at):
    """It pressed a button and left. A server says so when it is spoken to; or it has closed by itself: no answer to a ping."""
    token = people.token("lan", datetime.now(UTC))
    headers = [("Origin", "http://127.0.0.1:8501"), ("Cookie", f"{COOKIE}={token}")]
    coming = iter(["websocket.connect", "websocket.receive", "websocket.disconnect"])
    tried = anyio.Event()

    async def arriving():
        kind = next(coming)
        if kind != "websocket.connect":
            await tried.wait()
        return {"type": kind, "bytes": b"names, please", "code": 1006}

    async def leaving(message):
        if message["type"] == at:
            tried.set()
            raise told

    anyio.run(app, websocket_scope(path=PATH, headers=headers), arriving, leaving)
    assert tried.is_set()
