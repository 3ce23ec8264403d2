"""One mark on a big project, from the request to new totals, beside recomputing everything.

    python benchmarks/mark.py --parcels 1000000 --entries 5000000 --marks 30

The whole way that a click goes: `Project.mark` with its rules, the durable append, the new snapshot, the
totals of all zones. The totals are compared with those made from nothing, to the last bit, before
times are.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from ledgers import Maker, make_ledger
from projects import units, write_boundaries

from gis.clearance.standing import Standing
from gis.clearance.totals import ZoneTotal, totals
from gis.ledger.columns import fold
from gis.ledger.marks import Mark
from gis.ledger.state import State
from gis.project import Project
from gis.project.record import Record
from gis.store.database import LEDGER_FILE, Stamp

if TYPE_CHECKING:
    from gis.project.snapshot import Snapshot

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)


def make_project(folder: Path, count: int, entries: int) -> None:
    """A project of a grid of parcels, three zones, and a ledger of so many entries in a mixed order."""
    boundaries = write_boundaries(folder, units(count))
    make_ledger(folder / LEDGER_FILE, Maker(count).rows(entries, boundaries))


def from_nothing(project: Project, snapshot: Snapshot) -> tuple[ZoneTotal, ...]:
    """The peer: the same totals with nothing known before but the boundaries and their areas."""
    record = Record(project.ledger)
    record.refresh()
    columns, _ = record.columns()
    land = fold(columns, snapshot.on, snapshot.known)
    record.load(land.untold)
    untold = State(snapshot.on, snapshot.known, record.upto(snapshot.known))
    standing = Standing.of_land(snapshot.boundaries.governing_area_m2, land, untold)
    return totals(
        snapshot.plan,
        snapshot.coverage,
        snapshot.overlaps,
        standing.classes,
        standing.signed_share,
        standing.uncleaned,
    )


def marks(project: Project, count: int) -> list[float]:
    """Seconds of each mark on another parcel, from the request until the totals are there."""
    waiting = project.snapshot(TODAY).classes
    waiting = waiting.index[~waiting.isin(["handed_over", "stuck"])]
    seconds = []
    for number, parcel in enumerate(waiting[:: len(waiting) // (count + 1)][: count + 1]):
        document, now = f"BB-{number}", NOW + timedelta(seconds=number)
        request = Mark((parcel,), "handed_over", TODAY, document, all_holdings=True)
        start = time.perf_counter()
        project.mark(request, Stamp("lan", f"mark-{number}-{project.ledger.head().seq}", now))
        found = project.snapshot(TODAY).totals
        seconds.append(time.perf_counter() - start)
        assert found[0].cleared_ha
    return seconds[1:]  # the first prepares what a running program has


def main() -> None:
    """Print the figures of docs/benchmarks.md."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--parcels", type=int, default=20_000)
    arguments.add_argument("--entries", type=int, default=100_000)
    arguments.add_argument("--marks", type=int, default=20)
    arguments.add_argument("--folder", type=Path, help="keep the project here and take it again next time")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if not (folder / LEDGER_FILE).exists():
            folder.mkdir(exist_ok=True)
            make_project(folder, given.parcels, given.entries)
        start = time.perf_counter()
        project = Project.open(folder)
        first = project.snapshot(TODAY)
        assert first.totals[0].cleared_ha
        print(f"{given.parcels:,} parcels, {first.known:,} entries", flush=True)
        print(f"  open, areas, fold and first totals {time.perf_counter() - start:.1f} s", flush=True)
        seconds = marks(project, given.marks)
        last = project.snapshot(TODAY)
        start = time.perf_counter()
        assert from_nothing(project, last) == last.totals
        anew = time.perf_counter() - start
        median = statistics.median(seconds)
        print(f"  {len(seconds)} marks, totals equal to those made from nothing")
        print(f"  one mark to new totals: median {median * 1000:.1f} ms, worst {max(seconds) * 1000:.1f} ms")
        print(f"  everything anew: {anew:.2f} s, {anew / median:.0f} times a mark")
        project.close()


if __name__ == "__main__":
    main()
