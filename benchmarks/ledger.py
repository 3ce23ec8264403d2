"""The ledger's two speeds, each beside the obvious alternative in one run on the same rows.

    python benchmarks/ledger.py --appends 2000 --entries 5000000 --parcels 1000000

Durable single appends per second beside a bare SQLite insert with the same settings; and the fold of
all entries from the disk to the state of all parcels beside a plain pandas sort-and-drop. Results are
compared first, times afterwards.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from ledgers import COLUMNS, MILESTONES, Maker, make_ledger

from gis.clearance.partition import holdings_table
from gis.ledger.columns import Land, fold
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding, Milestone
from gis.ledger.state import State
from gis.project.record import Record
from gis.store.database import Ledger, Stamp

if TYPE_CHECKING:
    from collections.abc import Callable

ON = date(2026, 9, 1)
NOW = datetime(2026, 9, 1, tzinfo=UTC)
TURN = 100
KEY = ["parcel_id", "household_id"]


def appends(count: int) -> tuple[float, float]:
    """Single appends per second, each on the disk before the next: ours, and a bare insert.

    The two take turns, a hundred each, so that both meet the same disk.
    """
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.db")
        with closing(bare_table(ledger, Path(folder) / "bare.db")) as bare:
            append_all(ledger, 0, TURN)
            spent = [0.0, 0.0]
            for first in range(TURN, count + TURN, TURN):
                start = time.perf_counter()
                append_all(ledger, first, TURN)
                spent[0] += time.perf_counter() - start
                rows = [tuple(getattr(row, name) for name in COLUMNS) for row in ledger.rows()][first:]
                start = time.perf_counter()
                insert_all(bare, rows)
                spent[1] += time.perf_counter() - start
            assert ledger.head().seq == count + TURN
            assert bare.execute("SELECT count(*) FROM entry").fetchone()[0] == count
        ledger.close()
    return count / spent[0], count / spent[1]


def append_all(ledger: Ledger, first: int, count: int) -> None:
    """Entries one by one, each in a transaction of its own."""
    for number in range(first, first + count):
        fact = Milestone(f"P{number % 500:06}", "H1", "paid", f"BB-{number}")
        with ledger.writing() as writer:
            writer.append([(Draft(ON, fact), Stamp("lan", f"r{number}", NOW))])


def bare_table(ledger: Ledger, path: Path) -> sqlite3.Connection:
    """The same table with the same settings, without index, triggers, lock, hashes and library."""
    with ledger.reading() as source:
        made = source.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'entry'").scalar_one()
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", made):
        connection.execute(statement)
    return connection


def insert_all(connection: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    """Rows one by one, each in a transaction of its own."""
    names, places = ", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))
    insert = f"INSERT INTO entry ({names}) VALUES ({places})"  # noqa: S608 - our own names
    for row in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(insert, row)
        connection.execute("COMMIT")


def our_fold(path: Path) -> tuple[Land, pd.DataFrame]:
    """From the file to every holding with all that it reached: as a project does on opening."""
    record = Record(Ledger(path))
    record.refresh()
    columns, known = record.columns()
    land = fold(columns, ON, known)
    record.load(land.untold)
    rest = holdings_table(State(ON, known, record.upto(known)), land.untold)
    record.ledger.close()
    return land, pd.concat([land.holdings, rest], ignore_index=True)


def sort_and_drop(path: Path) -> pd.DataFrame:
    """The peer: the same by pandas alone, who knows nothing of households that take over from others."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT seq, kind, parcel, household, milestone, on_day, target, part FROM entry"
        rows = pd.read_sql(query, connection)
    live = rows[
        (rows["on_day"] <= ON.isoformat()) & ~rows["seq"].isin(rows.loc[rows["kind"] == "void", "target"])
    ]
    who = ["parcel", "household"]
    held = live[live["kind"] == Holding.kind].sort_values([*who, "on_day", "seq"])
    held = held.drop_duplicates(who, keep="last")[[*who, "part"]]
    reached = live[live["kind"] == Milestone.kind].sort_values([*who, "milestone", "on_day", "seq"])
    reached = reached.drop_duplicates([*who, "milestone"])
    table = reached.assign(yes=True).pivot_table(index=who, columns="milestone", values="yes", aggfunc="any")
    found = held.merge(table.reset_index(), on=who, how="left")
    return found.rename(columns={"parcel": "parcel_id", "household": "household_id"})


def assert_equal(land: Land, ours: pd.DataFrame, theirs: pd.DataFrame) -> int:
    """Stop where a plain parcel differs; how many parcels only ours can tell."""
    plain = [
        frame[~frame["parcel_id"].isin(land.untold)].sort_values(KEY).reset_index(drop=True)
        for frame in (ours, theirs)
    ]
    assert [plain[0][name].tolist() for name in KEY] == [plain[1][name].tolist() for name in KEY]
    for name in MILESTONES:
        assert (plain[0][name].to_numpy() == plain[1][name].notna().to_numpy()).all(), name
    assert set(ours["parcel_id"]) >= set(land.untold)
    return len(land.untold)


def timed(function: Callable[[], Any], runs: int) -> tuple[list[float], Any]:
    """Seconds of some runs, and the last result."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        found = function()
        seconds.append(time.perf_counter() - start)
    return seconds, found


def folds(path: Path, runs: int, entries: int) -> None:
    """Print ours beside the peer's."""
    seconds, (land, ours) = timed(lambda: our_fold(path), runs)
    peer_seconds, theirs = timed(lambda: sort_and_drop(path), 1)
    untold = assert_equal(land, ours, theirs)
    median = statistics.median(seconds)
    print(f"fold of {entries:,} entries, {len(ours):,} holdings, equal; {untold:,} parcels by the exact fold")
    print(f"  ours   {median:.2f} s (runs: {', '.join(f'{one:.2f}' for one in seconds)})")
    print(f"  pandas {peer_seconds[0]:.2f} s, {peer_seconds[0] / median:.1f} times ours")


def main() -> None:
    """Print the figures of docs/benchmarks.md."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--appends", type=int, default=500, help="a multiple of 100; 0: leave them out")
    arguments.add_argument("--entries", type=int, default=100_000, help="0: leave the fold out")
    arguments.add_argument("--parcels", type=int, default=20_000)
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--ledger", type=Path, help="keep the big ledger here and take it again next time")
    given = arguments.parse_args()
    print(f"SQLite {sqlite3.sqlite_version}, pandas {pd.__version__}", flush=True)
    if given.appends:
        ours, bare = appends(given.appends)
        print(f"durable single appends: ours {ours:,.0f}/s, bare {bare:,.0f}/s, ratio {ours / bare:.2f}")
    if given.entries:
        with tempfile.TemporaryDirectory() as folder:
            path = given.ledger or Path(folder) / "ledger.db"
            if not path.exists():
                make_ledger(path, Maker(given.parcels).rows(given.entries))
            folds(path, given.runs, given.entries)


if __name__ == "__main__":
    main()
