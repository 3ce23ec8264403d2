"""Answers that leave at once: TCP's own delay is off on the server's socket.

Streamlit makes its listening socket without naming the protocol, and asyncio then leaves Nagle's algorithm on
(`asyncio.base_events._set_nodelay`): the second half of every answer, and every message of a page after the
first, waits 40 ms for the other side's acknowledgement.
"""

from __future__ import annotations

import gc
import socket
from contextlib import suppress


def undelay() -> None:
    """Turn the delay off on every TCP socket of this process; what a listening one accepts inherits it."""
    for found in gc.get_objects():
        # A proxy that stands for something else may answer `isinstance` by opening a file.
        if type(found).__module__ == "socket" and isinstance(found, socket.socket) and _is_tcp(found):
            with suppress(OSError):  # closed meanwhile
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _is_tcp(found: socket.socket) -> bool:
    return found.family in {socket.AF_INET, socket.AF_INET6} and found.type == socket.SOCK_STREAM
