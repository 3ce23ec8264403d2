"""The process that reads vector files: it may crash or be stopped, the one that asked goes on.

Boundary files come from outside, and GDAL is a million lines of C++. This process has a limit of memory, no
driver that opens servers or other files, no way to the network, and hands on whatever its libraries print.
`gis.store.guard` starts and stops it.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import Final

from gis.store.formats import SKIPPED_DRIVERS

MEMORY_BYTES: Final = 4 << 30
STDERR: Final = "stderr.txt"
_STDERR_FD: Final = 2


def serve() -> None:
    """Answer requests until whoever asks closes the pipe.

    A request on stdin is (path, layer, drawing options, scratch folder), an answer (layers, problems), both
    pickled.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(_STDERR_FD, 1)  # what a library prints must not be taken for an answer
    _limit_memory()
    os.environ["OGR_SKIP"] = SKIPPED_DRIVERS
    from gis.store.reading import read_file  # noqa: PLC0415 - not before those are named

    del os.environ["OGR_SKIP"]  # fiona's GDAL has few drivers, and would name each that it lacks

    requests = sys.stdin.buffer
    while True:
        try:
            path, layer, drawing, scratch = pickle.load(requests)  # noqa: S301 - our own process asks
        except EOFError:
            return
        aside = Path(scratch)
        with (aside / STDERR).open("wb") as said:
            os.dup2(said.fileno(), _STDERR_FD)
        copies = aside / "copies"
        copies.mkdir()
        answer = read_file(Path(path), layer, copies, drawing)
        sys.stderr.flush()
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), _STDERR_FD)
        pickle.dump(answer, answers)
        answers.flush()


def _limit_memory() -> None:
    """Let an allocation beyond the limit fail here, before the machine runs out; Windows knows none."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


if __name__ == "__main__":
    serve()
