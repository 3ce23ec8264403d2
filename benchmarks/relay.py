"""A relay between a browser and a server that counts what goes over the line, packed as it is.

The browser's own tools tell a websocket's messages unpacked; what a phone waits for is this.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE: Final = 64 * 1024


class Relay:
    """Passes connections on to a server, and counts the bytes that come back."""

    def __init__(self, server: str) -> None:
        """Stand before a server; nothing listens yet."""
        parts = urlsplit(server)
        self._to = (parts.hostname, parts.port)
        self.address = ""
        self.received = 0
        self.last_at = time.monotonic()

    async def listen(self) -> None:
        """Listen on a free port until cancelled."""
        listening = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with listening:
            await listening.serve_forever()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(*self._to)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await asyncio.gather(self._pump(reader, to_server), self._pump(from_server, writer, count=True))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, count: bool = False
    ) -> None:
        try:
            while piece := await reader.read(PIECE):
                if count:
                    self.received += len(piece)
                    self.last_at = time.monotonic()
                writer.write(piece)
                await writer.drain()
        finally:
            writer.close()


async def _settled() -> None:
    """Let connections that were given up come to their end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def relayed(server: str) -> Iterator[Relay]:
    """A relay in a thread of its own."""
    relay, loop = Relay(server), asyncio.new_event_loop()
    working = loop.create_task(relay.listen())

    def work() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(working)
        loop.run_until_complete(_settled())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while not relay.address:
        time.sleep(0.01)
    yield relay

    def end() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()

    loop.call_soon_threadsafe(end)
    thread.join()
