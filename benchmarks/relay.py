"""A relay between a browser and a server: counts what goes over the line, packed as it is, and may be slow.

The browser's own tools tell a websocket's messages unpacked, and do not slow them; a phone waits for this.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE: Final = 64 * 1024
SLOW_PIECE: Final = 2 * 1024  # pages that load side by side share a slow line finely
UNDERWAY: Final = 16  # pieces of one connection that are on their way at once


@dataclass(frozen=True, slots=True)
class Line:
    """A slow line, the same in both directions, shared by all connections.

    Args:
        bytes_per_second: What it carries.
        delay_s: How long each byte is under way besides.
    """

    bytes_per_second: float
    delay_s: float


class _Direction:
    """One direction of a line: what comes waits for what came before."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._free_at = 0.0

    async def take(self, size: int) -> float:
        """Wait until bytes are on the line; when they arrive at its end."""
        self._free_at = max(self._free_at, time.monotonic()) + size / self._line.bytes_per_second
        on_it = self._free_at
        await asyncio.sleep(on_it - time.monotonic())
        return on_it + self._line.delay_s


class Relay:
    """Passes connections on to a server, and counts the bytes that come back."""

    def __init__(self, server: str, line: Line | None = None) -> None:
        """Stand before a server, at the end of a line; nothing listens yet."""
        parts = urlsplit(server)
        self._up, self._down = (_Direction(line) if line else None for _ in range(2))
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
        with contextlib.suppress(asyncio.CancelledError):
            try:
                async with asyncio.TaskGroup() as ways:
                    ways.create_task(self._pump(reader, to_server, self._up))
                    ways.create_task(self._pump(from_server, writer, self._down, count=True))
            except* ConnectionError:  # one end is gone: so is the line
                pass

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        direction: _Direction | None,
        *,
        count: bool = False,
    ) -> None:
        underway: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(UNDERWAY)
        arriving = asyncio.create_task(self._arrive(underway, writer, count=count))
        try:
            while piece := await reader.read(SLOW_PIECE if direction else PIECE):
                await underway.put((await direction.take(len(piece)) if direction else 0.0, piece))
            await underway.put((0.0, b""))
            await arriving
        finally:
            arriving.cancel()
            writer.close()

    async def _arrive(
        self, underway: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter, *, count: bool
    ) -> None:
        """Hand on what is at the end of the line, until nothing more comes."""
        with contextlib.suppress(ConnectionError):  # who gave up at the other end wants no more
            while (arrival := await underway.get())[1]:
                at, piece = arrival
                await asyncio.sleep(at - time.monotonic())
                if count:
                    self.received += len(piece)
                    self.last_at = time.monotonic()
                writer.write(piece)
                await writer.drain()


async def _settled() -> None:
    """Let connections that were given up come to their end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


@contextmanager
def relayed(server: str, line: Line | None = None) -> Iterator[Relay]:
    """A relay in a thread of its own."""
    relay, loop = Relay(server, line), asyncio.new_event_loop()
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
