"""The app and its peer as servers of their own, and what a process takes of memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS, STOP_SECONDS = 300, 20
IDLE_SECONDS, IDLE_SHARE = 4, 0.1  # so long at most this part of a core


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Args:
        address: Where.
        pid: Its process.
        start_s: Seconds from its start to its first answer.
    """

    address: str
    pid: int
    start_s: float

    @property
    def memory_mb(self) -> float:
        """Its own memory (proportional set size)."""
        return memory_mb([self.pid])

    def wait_until_idle(self) -> None:
        """Let it prepare what it prepares after a start, before anybody is timed."""
        urllib.request.urlopen(self.address).close()  # noqa: S310 - our own server
        idle, before = 0, self.cpu_s
        while idle < IDLE_SECONDS:
            time.sleep(1)
            now = self.cpu_s
            idle, before = (idle + 1 if now - before < IDLE_SHARE else 0), now

    @property
    def cpu_s(self) -> float:
        """Seconds of processor time that it has used."""
        told = Path(f"/proc/{self.pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(script: Path, folder: Path, alive: str, *, ours: bool = True) -> Iterator[Server]:
    """A Streamlit server of a script over a project folder.

    Args:
        script: What `streamlit run` runs.
        folder: The project.
        alive: The path that answers once it is up.
        ours: Whether it is our app, whose log must tell of no error at the end.
    """
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = os.environ | {"GPMB_PROJECT": str(folder), "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryFile("w+") as log:
        start = time.perf_counter()
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(f"http://127.0.0.1:{port}{alive}", running)
            yield Server(f"http://127.0.0.1:{port}", running.pid, time.perf_counter() - start)
        finally:
            running.terminate()
            try:
                running.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:  # a page that was given up is still being drawn
                running.kill()
        log.seek(0)
        said = log.read()
        assert not ours or "Traceback" not in said, said[said.index("Traceback") :]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert running.poll() is None, "the server ended before it answered"
        try:
            with urllib.request.urlopen(url, timeout=START_SECONDS):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise TimeoutError(url)


def memory_mb(pids: list[int]) -> float:
    """Memory of processes in megabytes, what they share counted by each one's part (Linux)."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1000
