"""Files read in a process of their own, with a limit of time: what stops GDAL stops nothing else.

The process stays for the next file, so that only the first waits for its start, and is replaced when it ends.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gis.errors import Problem
from gis.store.formats import parts
from gis.store.gdal_messages import add_said
from gis.store.reading_process import STDERR

if TYPE_CHECKING:
    from gis.boundaries.drawing import DrawingOptions
    from gis.boundaries.layers import RawLayer

_ROOT: Final = Path(__file__).resolve().parents[2]
# A small file is refused within 20 seconds; a large one is given the time that a slow machine needs.
SECONDS: Final = 15.0
SECONDS_PER_MB: Final = 2.0
# Nothing listens there: a driver that fetches a schema or a link fails at once.
_NOWHERE: Final = "http://127.0.0.1:9"
_SETTINGS: Final = {
    "GML_DOWNLOAD_SCHEMA": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    "GDAL_HTTP_PROXY": _NOWHERE,
    "GDAL_HTTPS_PROXY": _NOWHERE,
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "PROJ_NETWORK": "OFF",
    "GDAL_PAM_ENABLED": "NO",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class _Reader:
    """The one reading process of this process, and whose turn it is."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: tuple[str, str | None, DrawingOptions, str], seconds: float) -> Any:  # noqa: ANN401 - a pickle
        """The answer; None if the process ended or was stopped before it had one."""
        with self._turn:
            process = self._running()
            clock = threading.Timer(seconds, process.kill)
            clock.start()
            try:
                pickle.dump(request, process.stdin)  # type: ignore[arg-type]
                process.stdin.flush()  # type: ignore[union-attr]
                return pickle.load(process.stdout)  # type: ignore[arg-type]  # noqa: S301 - our own process
            except (EOFError, OSError, pickle.UnpicklingError):
                self._end()
                return None
            finally:
                clock.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gis.store.reading_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={**os.environ, **_SETTINGS, "PYTHONPATH": str(_ROOT)},
            )
        return self._process

    def _end(self) -> None:
        """Stop the process, if there is one, and let go of its pipes."""
        if self._process is None:
            return
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                pipe.close()  # type: ignore[union-attr]
            except OSError:
                continue  # what was not written any more has no reader
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """End the process; the next file starts a new one."""
        with self._turn:
            self._end()


_reader = _Reader()
_forgotten: list[_Reader] = []


def read_guarded(
    path: Path, layer: str | None, drawing: DrawingOptions
) -> tuple[list[RawLayer], list[Problem]]:
    """What `reading.read_file` finds in a file, or the one reason why it came to no end.

    Args:
        path: A file whose format `formats.check_format` has let through.
        layer: The one layer wanted; all that have geometry if None.
        drawing: What the user says of a DXF or DGN.
    """
    size = sum(one.stat().st_size for one in [path, *parts(path)])
    seconds = SECONDS + SECONDS_PER_MB * size / (1 << 20)
    with tempfile.TemporaryDirectory(prefix="gpmb-", ignore_cleanup_errors=True) as scratch:
        answer = _reader.ask((str(path.absolute()), layer, drawing, scratch), seconds)
        said = Path(scratch) / STDERR
        lines = said.read_text("utf-8", "replace").splitlines() if said.exists() else []
    if answer is None:
        problems = [Problem(path.name, "problem.reading_stopped", {"seconds": int(seconds)})]
        add_said(path.name, lines, problems)
        return [], problems
    layers, problems = answer
    add_said(path.name, lines, problems)
    return layers, problems


def _forget() -> None:
    """A fork must not talk to the process of whom it was forked from."""
    global _reader  # noqa: PLW0603 - one for each process
    _forgotten.append(_reader)
    _reader = _Reader()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


@atexit.register
def _close() -> None:
    _reader.close()
