"""Big ledgers for the benchmarks: made from a seed, every body canonical, every hash of the chain real."""

from __future__ import annotations

import random
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1]))
from gis.ledger.chain import FIRST_PREVIOUS_HASH, link, row_of
from gis.ledger.entry import parse_body, time_text
from gis.store.columns import FOLDED_KINDS
from gis.store.database import Ledger
from gis.store.sqlite import APPEND_ONLY, NO_APPEND_ONLY
from gis.store.tables import entry_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.ledger.facts import Boundaries

FIRST_DAY = date(2025, 7, 1)
LAST_DAY = date(2026, 11, 20)
STARTS = datetime(2025, 7, 1, tzinfo=UTC)
MILESTONES = (
    "notified",
    "inventoried",
    "plan_published",
    "plan_approved",
    "paid",
    "recovered",
    "handed_over",
)
CATEGORIES = ("price", "papers", "inheritance")
CHECKED_EVERY = 997  # rows that are read back by the program's own code while they are made
COLUMNS = [column.name for column in entry_table.columns]


class Maker:
    """Rows of the table `entry` for some parcels, most of them plain, some of them not."""

    def __init__(self, parcels: int, seed: int = 12) -> None:
        """Draw who holds what; nothing is made yet."""
        self.random = random.Random(seed)  # noqa: S311 - a sample, no secret
        self.parcels = parcels
        self.days = [(FIRST_DAY + timedelta(days=n)).isoformat() for n in range((LAST_DAY - FIRST_DAY).days)]
        self.previous = FIRST_PREVIOUS_HASH
        self.seq = 0

    def rows(self, entries: int, boundaries: tuple[Boundaries, ...] = ()) -> Iterator[dict[str, object]]:
        """So many entries: the boundaries, who holds what, then what happened, in a mixed order."""
        for fact in boundaries:
            yield self.row(self.days[0], fact.kind, fact.to_json())
        for number in range(1, self.parcels + 1):
            for facts in self.holdings(number):
                yield self.row(self.days[0], "holding", facts)
        while self.seq < entries:
            yield from self.event()

    def holdings(self, number: int) -> Iterator[dict[str, object]]:
        """One holder mostly; two halves on every seventh parcel, square metres on every twentieth."""
        parcel, household = f"P{number:06}", f"H{number // 3:06}"
        if number % 7 == 0:
            for name in (household, f"H{number // 3 + 1:06}"):
                yield {"parcel": parcel, "household": name, "part": "1/2", "predecessors": []}
        else:
            part = f"{300 + number % 400}.5 m2" if number % 20 == 0 else "1"
            yield {"parcel": parcel, "household": household, "part": part, "predecessors": []}

    def event(self) -> Iterator[dict[str, object]]:
        """Mostly a milestone; now and then one that is void again, an obstacle, objects, a transfer."""
        number, chance = self.random.randrange(1, self.parcels + 1), self.random.random()
        parcel, household, day = f"P{number:06}", f"H{number // 3:06}", self.random.choice(self.days)
        if chance < 0.97:
            facts: dict[str, object] = {
                "parcel": parcel,
                "household": household,
                "milestone": self.random.choice(MILESTONES),
                "document": f"BB-{number}",
                "amount_vnd": None,
            }
            yield self.row(day, "milestone", facts)
            if chance < 0.01:
                yield self.row(None, "void", {"parcel": parcel, "target": self.seq, "note": None})
        elif chance < 0.985:
            opened = {"parcel": parcel, "household": None, "category": self.random.choice(CATEGORIES)}
            yield self.row(day, "obstacle_opened", {**opened, "note": None})
            if chance < 0.98:
                yield self.row(self.days[-1], "obstacle_closed", {"parcel": parcel, "opened": self.seq})
        elif chance < 0.999:
            listed = {"parcel": parcel, "household": household, "category": "graves", "count": 2}
            yield self.row(day, "object_listed", {**listed, "note": None})
            if chance < 0.995:
                gone = {"parcel": parcel, "listed": self.seq, "count": 2, "document": None}
                yield self.row(self.days[-1], "object_removed", gone)
        else:
            heir = {"parcel": parcel, "household": f"H{number // 3:06}x", "part": "1"}
            yield self.row(day, "holding", {**heir, "predecessors": [household]})

    def row(self, on: str | None, kind: str, facts: dict[str, object]) -> dict[str, object]:
        """The next row; now and then held against what the program itself would write."""
        self.seq += 1
        seq = self.seq
        recorded_at = time_text(STARTS + timedelta(seconds=seq))
        said = {
            **facts,
            "by": "lan",
            "item": 0,
            "kind": kind,
            "on": on,
            "recorded_at": recorded_at,
            "request_id": f"{seq:032x}",
            "seq": seq,
            "v": 1,
        }
        body = "{" + ",".join(f'"{name}":{_json(said[name])}' for name in sorted(said)) + "}"
        before, self.previous = self.previous, link(self.previous, body)
        row: dict[str, object] = dict.fromkeys(COLUMNS)
        row |= {"seq": seq, "kind": kind, "on_day": on, "recorded_at": recorded_at, "item": 0}
        row |= {name: facts.get(name) for name in ("parcel", "household", "milestone", "part")}
        row |= {"request_id": said["request_id"], "body": body, "hash": self.previous}
        row["target"] = facts.get("target", facts.get("opened", facts.get("listed")))
        if kind == "holding":
            row["predecessors"] = len(facts["predecessors"])  # type: ignore[arg-type]
        if "count" in facts and kind in FOLDED_KINDS:
            row["part"] = str(facts["count"])
        if seq % CHECKED_EVERY == 0 or seq < CHECKED_EVERY:
            ours = row_of(parse_body(body), before)
            assert {name: getattr(ours, name) for name in COLUMNS} == row, row
        return row


def _json(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ",".join(_json(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(f'"{name}":{_json(value[name])}' for name in sorted(value)) + "}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def make_ledger(path: Path, rows: Iterator[dict[str, object]]) -> None:
    """A ledger file of some rows, such as `Maker.rows` gives them, made as fast as SQLite takes rows.

    Its triggers, its index and the waiting for the disk are put aside meanwhile, so that minutes and
    not hours pass; at the end the file is one that the program has written.
    """
    Ledger(path).close()
    names = ", ".join(COLUMNS)
    values = ", ".join(f":{name}" for name in COLUMNS)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        index = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'entry_story'").fetchone()[0]
        connection.execute("BEGIN")
        for statement in (*NO_APPEND_ONLY, "DROP INDEX entry_story"):
            connection.execute(statement)
        insert = f"INSERT INTO entry ({names}) VALUES ({values})"  # noqa: S608 - our own names
        connection.executemany(insert, rows)
        for statement in (index, *APPEND_ONLY):
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
