"""A page's session without a browser: Streamlit's own websocket, the messages that a browser would send.

It keeps what the page consists of, presses its buttons and fills its fields, and counts what it is sent. For
the server it is a page like any other.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from streamlit.proto.Element_pb2 import Element
    from websockets.asyncio.client import ClientConnection

MOST_BYTES: Final = 64 * 1024 * 1024
RUN_SECONDS: Final = 120
FINISHED: Final = 0  # as ForwardMsg.ScriptFinishedStatus has it; others announce another run
MAP: Final = "streamlit_folium.st_folium"


class PageFailedError(AssertionError):
    """The page showed an exception."""


@dataclass(frozen=True)
class Run:
    """What came of a message to the page.

    Args:
        seconds: From the message until the page was drawn.
        sent_bytes: Of all that it sent, before it was packed for the line.
        messages: How many these were.
        runs: How often the page was drawn.
    """

    seconds: float
    sent_bytes: int
    messages: int
    runs: int


class PageSession:
    """A page that is open over the websocket."""

    def __init__(self, channel: ClientConnection, page: str, patience: float) -> None:
        """Take a connection; nothing is asked yet."""
        self._patience = patience
        self._channel = channel
        self._page = page
        self._hash = ""
        self._query = ""
        self._kept: dict[str, bytes] = {}
        self.elements: dict[tuple[int, ...], Element] = {}

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, server: str, page: str, patience: float = RUN_SECONDS
    ) -> AsyncIterator[tuple[PageSession, Run]]:
        """A session on a page, such as "ban-do", that has drawn itself once; and that run.

        Raises:
            TimeoutError: If it has not within so many seconds.
        """
        address = f"ws://{urlsplit(server).netloc}/_stcore/stream"
        async with connect(
            address,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            origin=server,  # type: ignore[arg-type]
            max_size=MOST_BYTES,
        ) as channel:
            session = cls(channel, page, patience)
            yield session, await session.run()

    async def run(self, *told: WidgetState) -> Run:
        """Tell the page what widgets hold, and take in all that it answers.

        Raises:
            PageFailedError: If it shows an exception.
            TimeoutError: If it does not end.
        """
        asked = BackMsg()
        state = asked.rerun_script
        state.page_script_hash, state.query_string = self._hash, self._query
        if not self._hash:
            state.page_name = self._page
        state.widget_states.widgets.extend(told)
        state.cached_message_hashes.extend(self._kept)
        start = time.perf_counter()
        await self._channel.send(asked.SerializeToString())
        return await asyncio.wait_for(self._take_in(start), self._patience)

    async def pick(self, parcel_id: str) -> Run:
        """Click on a parcel of the map."""
        told = {"parcel_id": parcel_id, "clicked_at": time.time_ns() // 1_000_000}
        drawing = {"type": "Feature", "geometry": None, "properties": told}
        value = json.dumps({"last_active_drawing": drawing})
        return await self.run(WidgetState(id=self._map().id, json_value=value))

    async def fill_and_press(self, field: str, text: str, button: str) -> Run:
        """Fill the field of a form and press its button, both found by their labels."""
        filled = WidgetState(id=self._one("text_input", field).id, string_value=text)
        pressed = WidgetState(id=self._one("button", button).id, trigger_value=True)
        return await self.run(filled, pressed)

    @property
    def is_packed(self) -> bool:
        """Whether what the page sends is packed for the line."""
        return bool(self._channel.protocol.extensions)

    def html(self) -> str:
        """All HTML that the page shows."""
        return "\n".join(element.html.body for _, element in self._of_kind("html"))

    def _map(self) -> Any:  # noqa: ANN401 - a generated class
        found = [element.component_instance for _, element in self._of_kind("component_instance")]
        return next(one for one in found if one.component_name == MAP)

    def _one(self, kind: str, label: str) -> Any:  # noqa: ANN401 - a generated class
        found = [getattr(element, kind) for _, element in self._of_kind(kind)]
        return next(one for one in found if one.label == label)

    def _of_kind(self, kind: str) -> Iterator[tuple[tuple[int, ...], Element]]:
        return (item for item in sorted(self.elements.items()) if item[1].WhichOneof("type") == kind)

    async def _take_in(self, start: float) -> Run:
        sent = messages = runs = 0
        while True:
            received = bytes(await self._channel.recv(decode=False))
            sent, messages = sent + len(received), messages + 1
            message = ForwardMsg.FromString(received)
            if message.WhichOneof("type") == "ref_hash":
                message = ForwardMsg.FromString(self._kept[message.ref_hash])
            elif message.metadata.cacheable:
                self._kept[message.hash] = received
            runs += message.WhichOneof("type") == "new_session"
            self._take(message)
            if message.WhichOneof("type") == "script_finished" and message.script_finished == FINISHED:
                return Run(time.perf_counter() - start, sent, messages, runs)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "new_session":
            self.elements = {}
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise PageFailedError(element.exception.message)
            self.elements[tuple(message.metadata.delta_path)] = element
