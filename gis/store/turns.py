"""Whose turn it is: one writer among all programs of this machine, by the operating system's file lock.

A lock of the whole file, given back by the system when its process ends, however that ends. A lock
library took longer than the append that it guards (benchmarks/ledger.py).
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

LOOK_AGAIN_S: Final = 0.005


class Turn:
    """A turn that was taken; the end of its `with` gives it back."""

    def __init__(self, handle: int) -> None:
        """Hold the file on which the lock is."""
        self._handle = handle

    def __enter__(self) -> None:
        """It was taken before."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closing the file gives the lock back."""
        os.close(self._handle)


def take_turn(path: Path, seconds: float) -> Turn:
    """The turn, as soon as whoever has it gives it back.

    Not to be taken twice by one thread: it would wait for itself.

    Args:
        path: The lock file; made where it is absent, never removed, so that all mean the same one.
        seconds: How long to wait.

    Raises:
        TimeoutError: If it was not given back in time.
        OSError: If the file cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    end = time.monotonic() + seconds
    while not _locked(handle):
        if time.monotonic() >= end:
            os.close(handle)
            raise TimeoutError(str(path))
        time.sleep(LOOK_AGAIN_S)
    return Turn(handle)


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
