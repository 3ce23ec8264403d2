"""A page's session without a browser: Streamlit's own websocket, the messages that a browser would send.

It keeps what the page consists of, presses its buttons and fills its fields, and counts what it is sent. For
the server it is a page like any other.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from streamlit.proto.Element_pb2 import Element
    from streamlit.proto.WidgetStates_pb2 import WidgetState
    from websockets.asyncio.client import ClientConnection

MOST_BYTES = 64 * 1024 * 1024


class PageFailedError(AssertionError):
    """The page showed an exception."""


@dataclass(frozen=True)
class Run:
    """One run of the page: how long until its end, and what it sent."""

    seconds: float
    sent: int
    messages: int
    by_kind: dict[str, int] = field(default_factory=dict)


class PageSession:
    """A page that is open over the websocket."""

    def __init__(self, channel: ClientConnection, page: str) -> None:
        """Take a connection; nothing is asked yet."""
        self._channel = channel
        self._page = page
        self._hash = ""
        self._query = ""
        self._kept: dict[str, bytes] = {}
        self.elements: dict[tuple[int, ...], Element] = {}

    @classmethod
    async def open(cls, server: str, page: str, query: str = "") -> AsyncIterator[PageSession]:
        """A session on a page, such as "ban-do", that has drawn itself once."""
        raise NotImplementedError

    async def run(self, *told: WidgetState) -> Run:
        """Tell the page what widgets hold, and take in all that it answers."""
        asked = BackMsg()
        state = asked.rerun_script
        state.page_script_hash, state.query_string = self._hash, self._query
        if not self._hash:
            state.page_name = self._page
        state.widget_states.widgets.extend(told)
        state.cached_message_hashes.extend(self._kept)
        start = time.perf_counter()
        await self._channel.send(asked.SerializeToString())
        return await self._take_in(start)

    async def _take_in(self, start: float) -> Run:
        sent = messages = 0
        kinds: dict[str, int] = {}
        while True:
            received = await self._channel.recv()
            sent, messages = sent + len(received), messages + 1
            message = ForwardMsg.FromString(received)
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                message = ForwardMsg.FromString(self._kept[message.ref_hash])
            elif message.metadata.cacheable:
                self._kept[message.hash] = received
            kind = self._take(message)
            kinds[kind] = kinds.get(kind, 0) + len(received)
            if message.WhichOneof("type") == "script_finished" and message.script_finished == 0:
                return Run(time.perf_counter() - start, sent, messages, kinds)

    def _take(self, message: ForwardMsg) -> str:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self._hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta":
            path = tuple(message.metadata.delta_path)
            if message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                if element.WhichOneof("type") == "exception":
                    raise PageFailedError(element.exception.message)
                self.elements[path] = element
                return "element " + str(element.WhichOneof("type"))
            return "block"
        return str(kind)
