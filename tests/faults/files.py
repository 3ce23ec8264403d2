"""`check` on one file after the other, each in a process of its own with limits of time and memory.

The processes are forked from one that has everything imported, so that each starts in milliseconds; what reads
files in production in a process of its own (`gis.store.guard`) reads here in the forked one, under the same limits.
"""

import contextlib
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from gis.cli import main
from gis.store import guard
from gis.store.reading import read_file

SECONDS = 20
MEMORY_MB = 1024
_BUG = 99


@dataclass(frozen=True)
class Outcome:
    """How one process ended.

    Args:
        path: The file.
        code: Exit code of `check`: 0 or 1; 99 with a traceback, below 0 by a signal.
        seconds: Wall time.
        peak_mb: The most memory that it held, what it was forked with included.
        said: What it wrote.
    """

    path: Path
    code: int
    seconds: float
    peak_mb: int
    said: str

    @property
    def is_good(self):
        """A result or a refusal in a sentence, in time and within the memory."""
        in_limits = self.seconds < SECONDS and self.peak_mb < MEMORY_MB
        return self.code in {0, 1} and in_limits and "Traceback" not in self.said and self.said.strip() != ""


def check_all(paths, project, at_once=2):
    """The outcomes of `check` on each of some files, in their order."""
    paths, running, outcomes = list(paths), {}, {}
    with tempfile.TemporaryDirectory() as folder:
        waiting = list(enumerate(paths))
        while waiting or running:
            while waiting and len(running) < at_once:
                number, path = waiting.pop(0)
                said = Path(folder) / f"{number}.txt"
                running[_fork(path, project, said)] = (number, path, said, time.monotonic())
            ended = _wait_for_one(running)
            if ended is None:
                time.sleep(0.002)
                continue
            pid, status, usage = ended
            number, path, said, began = running.pop(pid)
            peak = usage.ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024)
            code = os.waitstatus_to_exitcode(status)
            text = said.read_text("utf-8", "replace")
            outcomes[number] = Outcome(path, code, time.monotonic() - began, peak, text)
    return [outcomes[number] for number in range(len(paths))]


def _wait_for_one(running):
    for pid in running:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return pid, status, usage
    return None


def _fork(path, project, said):
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = _BUG
    try:
        code = _check(path, project, said)
    except BaseException:  # noqa: BLE001 - whatever it is, the outcome tells it
        traceback.print_exc()
    finally:
        with contextlib.suppress(ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _check(path, project, said):
    out = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number, stream in ((1, "w"), (2, "w")):
        os.dup2(out, number)
        setattr(
            sys,
            "stdout" if number == 1 else "stderr",
            os.fdopen(number, stream, encoding="utf-8", closefd=False),
        )
    signal.alarm(SECONDS)
    statm = Path("/proc/self/statm")
    if statm.exists():
        now = int(statm.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + (MEMORY_MB << 20),) * 2)
    guard.read_guarded = _read_here
    sys.modules["gis.store.files"].read_guarded = _read_here
    try:
        main.run(["check", "--project", str(project), "--", str(path)])
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def _read_here(path, layer, drawing):
    with tempfile.TemporaryDirectory(prefix="gpmb-") as scratch:
        return read_file(path, layer, Path(scratch), drawing)


def mutated(content, chance):
    """Bytes with a few changes of the kinds that break readers: flipped bits, sizes, cuts, repeats."""
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        if not changed:
            break
        place = chance.randrange(len(changed))
        kind = chance.randrange(7)
        if kind == 0:
            changed[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            changed[place] = chance.choice((0, 127, 128, 255))
        elif kind == 2:
            del changed[place : place + chance.randrange(1, 200)]
        elif kind == 3:
            start = chance.randrange(len(changed))
            changed[place:place] = changed[start : start + chance.randrange(1, 200)]
        elif kind == 4:
            sizes = (b"\xff\xff\xff\xff", b"\0\0\0\x80", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\1\0\0\0")
            changed[place : place + 4] = chance.choice(sizes)
        elif kind == 5:
            del changed[place:]
        else:
            changed[:64] = bytes(
                b ^ (1 << chance.randrange(8)) if chance.random() < 0.1 else b for b in changed[:64]
            )
    return bytes(changed)
