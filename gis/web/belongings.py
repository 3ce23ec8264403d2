"""What belongs to which login: pages that are open, and files that were offered to them.

Streamlit knows a page by an id and a download by the hash of its bytes, to whoever names them. Here it is
remembered to whose page each went, so that an address which somebody found or was sent opens nothing.
In memory: both end with the process.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST: Final = 20_000
_PLACE: Final = "/media/"
_NAME: Final = re.compile(r"[0-9A-Za-z]{16,}[0-9A-Za-z._-]*")
# What of Streamlit's messages leads to a file.
_OFFERS: Final = frozenset({"DeferredFileResponsePayload", "DownloadButton", "Image"})


class Belongings:
    """Things by name, each with the logins that they belong to; safe to share between threads."""

    def __init__(self, most: int = MOST) -> None:
        """Remember at most that many; the oldest are forgotten, and opened to nobody."""
        self._most = most
        self._kept: OrderedDict[str, set[str]] = OrderedDict()
        self._lock = Lock()

    def give(self, name: str, login: str) -> None:
        """Let a thing belong to a login too."""
        with self._lock:
            self._kept.setdefault(name, set()).add(login)
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def belongs(self, name: str, login: str) -> bool:
        """Whether a thing was given to a login."""
        with self._lock:
            return login in self._kept.get(name, ())


pages: Final = Belongings()
files: Final = Belongings()


def note_files(message: bytes, login: str) -> None:
    """Remember the downloads that a message to a page offers."""
    for name in offered_files(message):
        files.give(name, login)


def offered_files(message: bytes) -> list[str]:
    """The names of the files to which a message of Streamlit's leads.

    Only what Streamlit itself calls an address counts: a text that somebody typed may look like one.
    """
    if _PLACE.encode() not in message:
        return []
    names = (one.removeprefix(_PLACE) for one in _addresses(ForwardMsg.FromString(message)))
    return [name for name in names if _NAME.fullmatch(name)]


def _addresses(told: Any) -> Iterator[str]:  # noqa: ANN401 - Protocol Buffers bring no types
    """The addresses of files in a message, and in those inside it."""
    for part, value in told.ListFields():
        if part.message_type is None:
            if part.name == "url" and part.containing_type.name in _OFFERS and value.startswith(_PLACE):
                yield value
        else:
            for one in (value,) if hasattr(value, "ListFields") else value:
                if hasattr(one, "ListFields"):  # the rest is keys of a map
                    yield from _addresses(one)
