"""The figures of the overview at any size: processor time at the first look and after a mark.

    python benchmarks/overview.py --parcels 100000

Each approval and payment has an amount. With --stories the figures are compared with those that
go through the story of every parcel, which are timed beside them (from 100,000 parcels on they take minutes).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from ledgers import make_ledger
from projects import Campaign, units, write_boundaries, write_register

from gis.ledger.accounts import ACT_OF_MILESTONE
from gis.ledger.marks import Mark
from gis.project import Project, Snapshot
from gis.store.database import LEDGER_FILE, Stamp
from gis.web.overview_figures import Overview

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
FIGURES = ("households", "money", "cleared_on", "curve", "months", "recent_ha", "year", "stuck")


class Paying(Campaign):
    """A campaign in which money is told."""

    def row(self, on: str | None, kind: str, facts: dict[str, object]) -> dict[str, object]:
        """The next row, with an amount where the milestone is about money."""
        if facts.get("milestone") in ACT_OF_MILESTONE:
            facts = facts | {"amount_vnd": 1_000_000 + self.seq}
        return super().row(on, kind, facts)


def make_project(folder: Path, count: int) -> None:
    """A project of so many parcels in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    make_ledger(folder / LEDGER_FILE, Paying(count).rows(write_boundaries(folder, units(count))))
    write_register(folder / LEDGER_FILE, count)


def look(snapshot: Snapshot, title: str) -> Overview:
    """All figures of a snapshot, with the processor time of each."""
    print(title, flush=True)
    found = Overview(snapshot, {})
    begun = time.process_time()
    _ = snapshot.totals
    print(f"  totals {time.process_time() - begun:.2f} s")
    after_totals = time.process_time()
    for name in FIGURES:
        start = time.process_time()
        getattr(found, name)
        print(f"  {name} {time.process_time() - start:.2f} s", flush=True)
    print(f"  all but the totals {time.process_time() - after_totals:.2f} s", flush=True)
    return found


def require_same(quick: Overview, slow: Overview) -> None:
    """Both ways give the same figures, to the last digit."""
    assert dict(quick.households) == dict(slow.households)
    assert quick.money == slow.money
    assert quick.cleared_on.sort_index().equals(slow.cleared_on.sort_index())
    assert quick.curve.equals(slow.curve)
    assert quick.months == slow.months


def main() -> None:
    """Print the figures of docs/benchmarks.md."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--parcels", type=int, default=20_000)
    arguments.add_argument("--folder", type=Path, help="keep the project here and take it again next time")
    arguments.add_argument("--stories", action="store_true", help="compare with the stories of all parcels")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        if not (folder / LEDGER_FILE).exists():
            make_project(folder, given.parcels)
        project = Project.open(folder)
        first = project.snapshot(TODAY)
        look(first, f"{given.parcels:,} parcels, first look")
        waiting = first.classes.index[(first.classes == "paid").to_numpy()]
        request = Mark((str(waiting[0]),), "handed_over", TODAY, "BB-1", all_holdings=True)
        project.mark(request, Stamp("lan", f"overview-{first.known}", NOW))
        last = project.snapshot(TODAY)
        quick = look(last, "after a mark")
        if given.stories:
            plain = Snapshot(last.plan, last.boundaries, last.state, last.head, last.stand)
            require_same(quick, look(plain, "through the story of every parcel"))
            print("  equal to the last digit")
        project.close()


if __name__ == "__main__":
    main()
