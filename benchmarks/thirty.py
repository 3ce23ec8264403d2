"""Thirty people at once: two real browsers, and sessions by Streamlit's websocket, each marking every 10 s.

A session of the second kind is a page like any other for the server: it opens the map, clicks on a parcel,
fills the form, presses the button, and asks every three seconds what has changed, as an open map does. All
that it lacks is that it draws nothing. What was acknowledged must stand in the ledger once, and the ledger
must verify.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from browsing import chromium
from map_visit import CLOSE, PAGE, MapVisit
from relay import relayed
from serving import ROOT, serving
from sessions import PageSession
from targets import Target, targets

from gis.ledger.facts import Milestone
from gis.milestones import CLEARED_MILESTONE
from gis.project import Project
from gis.web.common import today

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY_SECONDS: Final = 10.0
POLL_SECONDS: Final = 3.0
BROWSERS: Final = 2
DOCUMENT, BUTTON = "Số biên bản", "Ghi nhận bàn giao"


@dataclass
class Worked:
    """What some people did.

    Args:
        click_s: Seconds from each click to the card.
        mark_s: Seconds from each press on the button to what came of it.
        poll_s: Seconds of each question what has changed.
        documents: By parcel, the document of each mark that was acknowledged.
        wrong: Every error, in words.
    """

    click_s: list[float] = field(default_factory=list)
    mark_s: list[float] = field(default_factory=list)
    poll_s: list[float] = field(default_factory=list)
    documents: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def one_session(server: str, number: int, mine: Sequence[Target], until: float, done: Worked) -> None:
    """A page that marks a parcel every ten seconds until a moment of the clock."""
    await asyncio.sleep(number * EVERY_SECONDS / 30)
    try:
        async with PageSession.opened(server, PAGE) as (page, _), asyncio.TaskGroup() as tasks:
            polling = tasks.create_task(poll(server, until, done))
            turn = time.monotonic()
            for target in mine:
                if time.monotonic() > until:
                    break
                document = f"BB-{number}-{time.time_ns()}"
                done.click_s.append((await page.pick(target.parcel_id)).seconds)
                run = await page.fill_and_press(DOCUMENT, document, BUTTON)
                if "gp-done" in page.html():
                    done.mark_s.append(run.seconds)
                    done.documents[target.parcel_id] = document
                else:
                    done.wrong.append(f"{target.parcel_id}: not acknowledged")
                turn += EVERY_SECONDS
                await asyncio.sleep(max(0.0, turn - time.monotonic()))
            polling.cancel()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is a figure of this benchmark
        done.wrong.append(f"session {number}: {error!r}")


async def poll(server: str, until: float, done: Worked) -> None:
    """Ask what has changed, as the script of an open map does, over a connection that is kept."""
    parts = urlsplit(server)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    since = 0
    while time.monotonic() < until:
        query = f"since={since}&on={today().isoformat()}&layer=class"
        start = time.perf_counter()
        writer.write(f"GET /map/changes?{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        told = json.loads(await reader.readexactly(length))
        done.poll_s.append(time.perf_counter() - start)
        since = told["head"]
        await asyncio.sleep(POLL_SECONDS)
    writer.close()


async def sessions(server: str, shares: Sequence[Sequence[Target]], seconds: float) -> Worked:
    """All sessions at once."""
    done, until = Worked(), time.monotonic() + seconds
    await asyncio.gather(
        *(one_session(server, number, mine, until, done) for number, mine in enumerate(shares))
    )
    return done


def browsers(server: str, shares: Sequence[Sequence[Target]], seconds: float, program: str | None) -> Worked:
    """The real browsers, in turn on one clock: each marks every ten seconds, half a turn after the other."""
    done = Worked()
    with chromium(program) as browser, relayed(server) as relay:
        visits = [MapVisit(browser.new_context(locale="vi-VN"), relay) for _ in shares]
        for visit, mine in zip(visits, shares, strict=True):
            visit.first(mine[0])
        turn, until = time.monotonic(), time.monotonic() + seconds
        for number, both in enumerate(zip(*shares, strict=True)):
            for visit, target in zip(visits, both, strict=True):
                if time.monotonic() > until:
                    return done
                visit.look_at(target, CLOSE)
                done.click_s.append(visit.click(target))
                document = f"BB-B{number}-{time.time_ns()}"
                told = visit.mark(target, document)
                done.mark_s.append(max(told.values()))
                done.documents[target.parcel_id] = document
                turn += EVERY_SECONDS / len(visits)
                visit.page.wait_for_timeout(1000 * max(0.0, turn - time.monotonic()))
    return done


def thirty(folder: Path, clients: int, seconds: float, program: str | None) -> str:
    """All of them at work on a project, and what the ledger says afterwards; a line of Markdown."""
    each = int(seconds / EVERY_SECONDS) + 2
    with closing(Project.open(folder)) as project:
        chosen = targets(project, today(), each * (clients + BROWSERS))
    shares = [chosen[at :: clients + BROWSERS] for at in range(clients + BROWSERS)]
    with serving(ROOT / "app.py", folder, "/healthz") as server:
        server.wait_until_idle()
        asked = {
            "server": server.address,
            "seconds": seconds,
            "shares": [[asdict(one) for one in mine] for mine in shares[BROWSERS:]],
        }
        before = server.cpu_s
        start = time.perf_counter()
        others = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert others.stdin is not None
        others.stdin.write(json.dumps(asked))
        others.stdin.close()
        real = browsers(server.address, shares[:BROWSERS], seconds, program)
        assert others.stdout is not None
        plain = Worked(**json.loads(others.stdout.read()))
        others.wait()
        busy = (server.cpu_s - before) / (time.perf_counter() - start)
    return said(folder, real, plain, busy)


def said(folder: Path, real: Worked, plain: Worked, busy: float) -> str:
    """The figures, once the ledger has been looked through."""
    documents = real.documents | plain.documents
    with closing(Project.open(folder)) as project:
        problems, head = project.verify()
        written = [
            (entry.fact.parcel, entry.fact.document)
            for entry in project.entries()
            if isinstance(entry.fact, Milestone) and entry.fact.milestone == CLEARED_MILESTONE
        ]
    wanted = set(documents.items())
    found = [pair for pair in written if pair in wanted]
    assert not [problem for problem in problems if problem.severity != "warning"], problems[:3]
    assert len(found) == len(set(found)) == len(wanted), (len(found), len(wanted))
    lines = [
        f"{len(wanted)} marks, each once in the ledger, verified to {head.seq}; server {busy:.0%} of a core"
    ]
    for who, worked in (("2 browsers", real), ("sessions", plain)):
        for name, values in (("click", worked.click_s), ("mark", worked.mark_s), ("poll", worked.poll_s)):
            if values:
                lines.append(
                    f"  {who}, {name}: median {statistics.median(values):.2f} s, 95th percentile "
                    f"{percentile(values, 0.95):.2f} s, worst {max(values):.2f} s of {len(values)}"
                )
    wrong = real.wrong + plain.wrong
    return "\n".join([*lines, f"  errors: {len(wrong)} {wrong[:3] if wrong else ''}"])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1]


def main() -> None:
    """The sessions' own process: what to do comes in, what was done goes out, as JSON."""
    asked = json.load(sys.stdin)
    shares = [[Target(**one) for one in mine] for mine in asked["shares"]]
    done = asyncio.run(sessions(asked["server"], shares, asked["seconds"]))
    print(json.dumps(asdict(done)))


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
