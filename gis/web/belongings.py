"""What belongs to which login: pages that are open, and files that were offered to them.

Streamlit knows a page by an id and a download by the hash of its bytes, to whoever names them. Here it is
remembered to whose page each went, so that an address which somebody found or was sent opens nothing.
In memory: both end with the process.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from threading import Lock
from typing import Final

MOST: Final = 20_000
_PLACE: Final = b"/media/"
_OFFERED: Final = re.compile(rb"(?s)(.)(?=/media/)")
_NAME: Final = re.compile(rb"[0-9A-Za-z]{16,}[0-9A-Za-z._-]*")


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
    """The names of the files to which a message leads.

    The byte before an address is its length, as Protocol Buffers write short texts; what follows may begin
    with a letter, so that an address alone does not say where it ends.

    >>> offered_files(b"2+/media/904b35be9c96f8c0bad79860c847b66f.csvJ")
    ['904b35be9c96f8c0bad79860c847b66f.csv']
    """
    found = []
    for before in _OFFERED.finditer(message):
        length = before[1][0]
        address = message[before.end() : before.end() + length]
        name = address[len(_PLACE) :]
        if len(address) == length and _NAME.fullmatch(name):
            found.append(name.decode("ascii"))
    return found
