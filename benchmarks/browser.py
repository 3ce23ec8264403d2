"""The app in a real Chromium beside plain `folium.GeoJson` in `st_folium`, on the same data in one run.

    python benchmarks/browser.py --sizes 6000 100000 1000000 --repeat 5 --projects /tmp/projects
    python benchmarks/browser.py --sizes 100000 --clients 28 --seconds 120 --no-peer

First map, click to card, mark to numbers and colour, bytes, memory; then thirty people at once: two browsers
and the rest by Streamlit's own websocket. Numbers and colours on the page must be the project's before a time
counts. 6,000 parcels are the shipped sample. Projects are made once and kept in the folder of `--projects`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from browsing import WINDOW, chromium, renderers_mb
from map_visit import AFAR, CLOSE, MapVisit
from peer_visit import PeerVisit
from projects import make_project
from relay import relayed
from serving import ROOT, serving
from targets import WORDS, cleared_text, targets
from thirty import thirty

from gis.milestones import CLEARED_MILESTONE
from gis.project import Project
from gis.web.common import today

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser
    from relay import Relay
    from serving import Server
    from targets import Target

SAMPLE: Final = 6_000  # and fewer: the shipped sample
PEER_ONCE_FROM: Final = 50_000  # parcels; from here on a run of the peer takes minutes
FIGURES: Final = (
    ("first visit: coloured map", "s"),
    ("first visit: received", "kB"),
    ("later visit: coloured map", "s"),
    ("later visit: received", "kB"),
    ("click to card, parcels drawn", "s"),
    ("click to card, on a tile", "s"),
    ("click: received", "kB"),
    ("mark to new hectares", "s"),
    ("mark to new colour", "s"),
    ("mark to new colour, on a tile", "s"),
    ("mark: received", "kB"),
    ("mark: received, on a tile", "kB"),
    ("click: processor time of the server", "s"),
    ("mark: processor time of the server", "s"),
    ("JavaScript heap", "MB"),
    ("memory of the page's processes", "MB"),
    ("memory of the server", "MB"),
    ("server start to its first answer", "s"),
)
PEER_TOO: Final = {name for name, _ in FIGURES if "tile" not in name and "processor" not in name}


@dataclass
class Figures:
    """What was measured, all runs of it, by name."""

    runs: dict[str, list[float]] = field(default_factory=dict)
    gave_up: str = "–"

    def add(self, name: str, value: float) -> None:
        """Another run."""
        self.runs.setdefault(name, []).append(value)

    def said(self, name: str, unit: str) -> str:
        """The median, and the worst where it is a time."""
        values = self.runs.get(name)
        if not values:
            return self.gave_up if name in PEER_TOO else "–"
        digits = 2 if unit == "s" else 0 if unit == "MB" else 1
        middle = f"{statistics.median(values):,.{digits}f}"
        return f"{middle} (to {max(values):,.{digits}f})" if unit == "s" and len(values) > 1 else middle


def expected(project: Project, target: Target) -> str:
    """The hectares that the page must say once a target is handed over."""
    by_class = project.snapshot(today()).totals[0].by_class_ha
    return WORDS.ha(by_class[CLEARED_MILESTONE] + target.area_m2 / 10_000)


def ours(
    browser: Browser, server: Server, relay: Relay, project: Project, chosen: Sequence[Target], repeat: int
) -> Figures:
    """All figures of our page; each mark on a parcel that nobody marked before."""
    found = Figures()
    left = iter(chosen)
    found.add("server start to its first answer", server.start_s)
    for _ in range(repeat):
        context = browser.new_context(viewport=WINDOW, locale="vi-VN")
        visit = MapVisit(context, relay)
        found.add("first visit: coloured map", visit.first(chosen[0]))
        found.add("first visit: received", visit.received_kb)
        visit.page.close()
        visit = MapVisit(context, relay)
        found.add("later visit: coloured map", visit.first(chosen[0]))
        found.add("later visit: received", visit.received_kb)
        for zoom, aside in ((CLOSE, ", parcels drawn"), (AFAR, ", on a tile")):
            target = next(left)
            visit.look_at(target, zoom)
            before = server.cpu_s
            found.add(f"click to card{aside}", visit.click(target))
            found.add("click: received", visit.received_kb)
            found.add("click: processor time of the server", server.cpu_s - before)
            wanted = expected(project, target)
            before = server.cpu_s
            told = visit.mark(target, f"BB-{target.parcel_id}", wanted)
            found.add("mark: processor time of the server", server.cpu_s - before)
            assert cleared_text(project, today()) == wanted
            found.add("mark to new hectares", told["numbers"])
            found.add(f"mark to new colour{'' if zoom == CLOSE else aside}", told["colour"])
            found.add(f"mark: received{'' if zoom == CLOSE else aside}", visit.received_kb)
        found.add("JavaScript heap", visit.heap_mb())
        found.add("memory of the page's processes", renderers_mb(browser))
        found.add("memory of the server", server.memory_mb)
        context.close()
    return found


def peer(
    browser: Browser,
    server: Server,
    relay: Relay,
    project: Project,
    chosen: Sequence[Target],
    *,
    repeat: int,
    patience: float,
) -> Figures:
    """The same of the peer, as far as it comes within some seconds each."""
    found = Figures()
    left = iter(chosen)
    found.add("server start to its first answer", server.start_s)
    try:
        for _ in range(repeat):
            context = browser.new_context(viewport=WINDOW, locale="vi-VN")
            visit = PeerVisit(context, relay, project, patience)
            found.add("first visit: coloured map", visit.first())
            found.add("first visit: received", visit.received_kb)
            visit.page.close()
            visit = PeerVisit(context, relay, project, patience)
            found.add("later visit: coloured map", visit.first())
            found.add("later visit: received", visit.received_kb)
            found.add("JavaScript heap", visit.heap_mb())
            found.add("memory of the page's processes", renderers_mb(browser))
            found.add("memory of the server", server.memory_mb)
            target = next(left)
            found.add("click to card, parcels drawn", visit.click(target))
            found.add("click: received", visit.received_kb)
            told = visit.mark(expected(project, target))
            found.add("mark to new hectares", told["numbers"])
            found.add("mark to new colour", told["colour"])
            found.add("mark: received", visit.received_kb)
            context.close()
    except TimeoutError:
        found.gave_up = f"not within {patience:.0f} s"
    return found


def measure(size: int, given: argparse.Namespace) -> tuple[Figures, Figures]:
    """Both on copies of one project."""
    with tempfile.TemporaryDirectory(dir=given.projects) as scratch:
        folders = [copied(size, given.projects, Path(scratch) / name) for name in ("ours", "peer")]
        with closing(Project.open(folders[0])) as project, chromium(given.chromium) as browser:
            chosen = targets(project, today(), 2 * given.repeat + 2)
            with (
                serving(ROOT / "app.py", folders[0], "/healthz") as server,
                relayed(server.address) as relay,
            ):
                server.wait_until_idle()
                mine = ours(browser, server, relay, project, chosen, given.repeat)
        print(table([size], [(mine, Figures())]), flush=True)  # the peer takes its time
        theirs = Figures()
        if given.peer:
            script = ROOT / "benchmarks" / "peer.py"
            once = 1 if size >= PEER_ONCE_FROM else given.peer_repeat
            with (
                closing(Project.open(folders[1])) as project,
                serving(script, folders[1], "/_stcore/health", ours=False) as server,
                relayed(server.address) as relay,
                chromium(given.chromium) as browser,
            ):
                theirs = peer(browser, server, relay, project, chosen, repeat=once, patience=given.patience)
        return mine, theirs


def copied(size: int, kept: Path, folder: Path) -> Path:
    """A copy of the project of a size, which is made if it is not there yet."""
    source = ROOT / "data" if size <= SAMPLE else kept / f"parcels-{size}"
    if not source.exists():
        make_project(source, size)
    shutil.copytree(source, folder)
    with closing(Project.open(folder)):  # of the sample: makes its ledger
        return folder


def table(sizes: Sequence[int], found: Sequence[tuple[Figures, Figures]]) -> str:
    """The figures as Markdown."""
    heads = [f"{size:,} {who}" for size in sizes for who in ("ours", "peer")]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name, unit in FIGURES:
        cells = [one.said(name, unit) for both in found for one in both]
        lines.append(f"| {name}, {unit} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="*", default=[6_000, 100_000])
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peer-repeat", type=int, default=5, help="of a small project; of a big one it is 1")
    parser.add_argument("--peer", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--patience", type=float, default=120, help="seconds for each step of the peer")
    parser.add_argument("--clients", type=int, default=0, help="sessions by websocket, beside two browsers")
    parser.add_argument("--seconds", type=float, default=120, help="how long they work")
    parser.add_argument("--projects", type=Path, default=Path(tempfile.gettempdir()) / "gpmb-projects")
    parser.add_argument("--chromium", help="its program; none: Playwright's own")
    given = parser.parse_args()
    given.projects.mkdir(parents=True, exist_ok=True)
    print(f"load at the start {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    found = []
    for size in given.sizes:
        found.append(measure(size, given))
        print(table(given.sizes[: len(found)], found), flush=True)
    for size in given.sizes if given.clients else ():
        with tempfile.TemporaryDirectory(dir=given.projects) as scratch:
            folder = copied(size, given.projects, Path(scratch) / "thirty")
            print(
                f"{size:,} parcels: {thirty(folder, given.clients, given.seconds, given.chromium)}",
                flush=True,
            )
    print(f"load at the end {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
