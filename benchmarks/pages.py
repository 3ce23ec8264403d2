"""Every page of the app on a big project: seconds of a run, over the websocket that a browser would use.

    python benchmarks/pages.py --parcels 1000000 --projects /tmp/projects

The first opening after the server has prepared itself, and the median of those that follow. A page that has
not drawn itself within `--patience` seconds is given up, and its server with it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from browser import copied
from serving import ROOT, serving
from sessions import PageSession

PAGES: Final = (
    "tong-quan",
    "ban-do",
    "ho",
    "dot-van-ban",
    "vuong-mac",
    "viec-can-lam",
    "ma-tran",
    "chi-tra",
    "ban-giao",
    "nhap-du-lieu",
    "giai-trinh",
)


async def runs_of(server: str, page: str, repeat: int, patience: float) -> list[float]:
    """Seconds of the first opening of a page, and of those that follow."""
    seconds = []
    for _ in range(repeat + 1):
        async with PageSession.opened(server, page, patience) as (_, run):
            seconds.append(run.seconds)
    return seconds


def measure(folder: Path, page: str, repeat: int, patience: float) -> str:
    """A line of the table, of a server of its own: what one page has read must not help the next."""
    with serving(ROOT / "app.py", folder, "/healthz") as server:
        server.wait_until_idle()
        ready_mb = server.memory_mb
        try:
            first, *later = asyncio.run(runs_of(server.address, page, repeat, patience))
        except TimeoutError:
            return f"| {page} | not within {patience:.0f} | – | {ready_mb:,.0f} | {server.memory_mb:,.0f} |"
        middle = statistics.median(later)
        return f"| {page} | {first:.2f} | {middle:.2f} | {ready_mb:,.0f} | {server.memory_mb:,.0f} |"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--pages", nargs="+", default=PAGES)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--patience", type=float, default=120)
    parser.add_argument("--projects", type=Path, default=Path(tempfile.gettempdir()) / "gpmb-projects")
    given = parser.parse_args()
    given.projects.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=given.projects) as scratch:
        folder = copied(given.parcels, given.projects, Path(scratch) / "pages")
        print(f"{given.parcels:,} parcels, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print("| page | first, s | later, s | server before, MB | after, MB |\n|---|---|---|---|---|")
        for page in given.pages:
            print(measure(folder, page, given.repeat, given.patience), flush=True)


if __name__ == "__main__":
    main()
