"""The search as somebody types, and the list of parcels, through the routes of the app.

    python benchmarks/search.py --parcels 100000 --households 40000

Texts are typed letter by letter as people type them: sheet/number with and without the old commune, ids,
names without accents, with them, with words in another order, household codes, and what is not there. Beside
it the obvious way: `str.contains` of pandas over a frame of folded labels and names that is made beforehand.
Both must find the same first. Then a mark is made, and the next letter and page of the list are timed again.
Told are milliseconds by the clock through the route (read, searched, looked up, written as JSON), and of
the processor, which a busy machine changes less: of the route, the search alone, and pandas.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from mark import TODAY
from projects import COMMUNES, make_project
from webasgi import http_scope

from gis.ledger.marks import Mark
from gis.project import Project, people
from gis.store.database import LEDGER_FILE, Stamp
from gis.vietnamese import fold
from gis.web.parcel_table_asked import table_of
from gis.web.parcel_table_routes import LIST, parcel_table_routes
from gis.web.search_index import NAME_LEAST, search
from gis.web.search_routes import SEARCH, land_index, people_index, search_routes, warm_search
from gis.web.visitors import LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đỗ", "Bùi", "Đặng", "Hồ")
MIDDLES = ("Văn", "Thị", "Đình", "Hữu", "Xuân", "Thanh", "Ngọc", "Quang")
GIVEN = (
    "An",
    "Bình",
    "Chung",
    "Dũng",
    "Hòa",
    "Hoá",
    "Hùng",
    "Lan",
    "Mai",
    "Nga",
    "Phúc",
    "Tâm",
    "Tô",
    "Vinh",
)
RUNS = 60


class Client:
    """Questions by POST as the server hands them on, and how many milliseconds each takes."""

    def __init__(self, app: Starlette) -> None:
        self.app = app
        self.loop = asyncio.new_event_loop()  # one for all, as in a server: its worker threads stay

    def ask(self, path: str, **asked: object) -> tuple[dict[str, object], tuple[float, float]]:
        """What is told; milliseconds by the clock and of the processor."""
        body = json.dumps({"on": TODAY.isoformat(), **asked}).encode()
        sent: list[dict[str, object]] = []
        scope = http_scope(path, method="POST", headers=[("content-length", str(len(body)))])

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        start = time.perf_counter(), time.process_time()
        self.loop.run_until_complete(self.app(scope, receive, send))
        took_ms = 1000 * (time.perf_counter() - start[0]), 1000 * (time.process_time() - start[1])
        assert sent[0]["status"] == 200, sent[1:]
        return json.loads(b"".join(bytes(one.get("body", b"")) for one in sent[1:])), took_ms


def name_households(folder: Path, count: int, chance: random.Random) -> None:
    """Names as they repeat in a commune, for so many households; they end as synthetic ones do."""
    rows = [
        (
            f"H{number:06}",
            " ".join([*map(chance.choice, (FAMILIES, MIDDLES, GIVEN, GIVEN)), "(mẫu)"]),
            "household",
            f"Thôn {number % 12 + 1}",
            COMMUNES[number % len(COMMUNES)],
        )
        for number in range(count)
    ]
    with closing(sqlite3.connect(folder / LEDGER_FILE)) as connection, connection:
        columns = "household_id, name, kind, hamlet, commune, officer"
        connection.executemany(
            f"INSERT OR REPLACE INTO household ({columns}) VALUES (?, ?, ?, ?, ?, '')",  # noqa: S608
            rows,
        )


def typed(text: str, least: int = 1) -> list[str]:
    """A text letter by letter."""
    return [text[:end] for end in range(least, len(text) + 1)]


def texts(project: Project, chance: random.Random) -> Iterator[tuple[str, list[str]]]:
    """By kind, texts as they stand after each letter."""
    units = project.snapshot(TODAY).units
    lots = units.iloc[[chance.randrange(len(units)) for _ in range(RUNS)]]
    short = [f"{lot.sheet}/{lot.number}" for lot in lots.itertuples()]
    yield "sheet/number", [one for text in short for one in typed(text)]
    spoken = [f"tờ {lot.sheet} thửa {lot.number}" for lot in lots.itertuples()]
    yield "tờ … thửa …", [one for text in spoken[: RUNS // 3] for one in typed(text)]
    whole = [f"{lot.commune}/{lot.sheet}/{lot.number}" for lot in lots.itertuples()]
    yield "commune/sheet/number", [one for text in whole[: RUNS // 2] for one in typed(text)]
    yield "parcel id", [one for text in lots.index[: RUNS // 2] for one in typed(text)]
    persons = chance.sample(list(people.people(project)), RUNS // 2)
    names = [one.household.name.removesuffix(" (mẫu)") for one in persons]
    yield "name, no accents", [one for name in names for one in typed(fold(name), NAME_LEAST)]
    yield "name, accents", [one for name in names for one in typed(name, NAME_LEAST)]
    turned = [" ".join(reversed(fold(name).split())) for name in names]
    yield "name, turned round", [one for name in turned for one in typed(name, NAME_LEAST)]
    yield "household code", [one for person in persons for one in typed(person.household_id, NAME_LEAST)]
    yield "not there", [one for text in ("99999/9", "zzzzzz", "Ông Không Có") for one in typed(text, 4)]


class Obvious:
    """The peer: frames of folded labels and names, gone through by `str.contains` at each letter."""

    def __init__(self, project: Project) -> None:
        units = project.snapshot(TODAY).units
        short = units["sheet"].str.lower() + "/" + units["number"].str.lower()
        label = units["commune"] + "/" + short + " " + units.index.str.lower()
        self.units = pd.DataFrame({"label": label, "short": short}, index=units.index)
        everybody = people.people(project)
        folded = [
            fold(f"{one.household_id} {one.household.name} {one.household.hamlet}") for one in everybody
        ]
        self.people = pd.Series(folded, index=[one.household_id for one in everybody])

    def find(self, text: str) -> tuple[list[str], list[str]]:
        wanted = fold(text)
        units = self.units.index[self.units["label"].str.contains(wanted, regex=False)]
        persons = self.people.index[self.people.str.contains(wanted, regex=False)]
        return list(units[:20]), list(persons[:20])


def require_same(client: Client, peer: Obvious, project: Project, chance: random.Random) -> int:
    """Both find a parcel by its label and everybody of a name; how many texts were compared."""
    compared = 0
    for kind, asked in texts(project, chance):
        for text in asked[:: max(1, len(asked) // 15)]:
            told, _ = client.ask(SEARCH, q=text)
            hits = told["hits"]
            if kind in ("sheet/number", "commune/sheet/number") and text.count("/") == kind.count("/"):
                begins = f"/{text}" if kind == "sheet/number" else text
                plain = peer.units["label"].str.contains(begins, regex=False)
                some = set(peer.units.index[plain])
                found = {hit["key"] for hit in hits if hit["kind"] == "unit"}
                assert found <= some, text
                assert found == some or len(found) == 20, text
                compared += 1
            elif kind == "name, no accents" and text.count(" ") > 1:
                some = set(peer.people.index[peer.people.str.contains(f" {fold(text)}", regex=False)])
                found = {hit["key"] for hit in hits if hit["kind"] == "household"}
                assert found <= some, text
                assert found == some or len(found) == 20, text
                compared += 1
    return compared


def spread(times: Sequence[float]) -> str:
    """Median and 95th percentile, in milliseconds."""
    ordered = sorted(times)
    return f"{statistics.median(ordered):.1f} ({ordered[int(len(ordered) * 0.95)]:.1f})"


def processor_ms(work: Callable[[], object]) -> float:
    """Milliseconds of the processor that a call takes."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


LISTS: dict[str, dict[str, object]] = {
    "all, by old commune": {},
    "by m², falling": {"sort": "m2", "down": True},
    "by last entry": {"sort": "last", "down": True},
    "a class, by land use": {"class": "handed_over", "sort": "land_use"},
    "a zone": {"zone": "kcn-phu-quy"},
    "text 12": {"text": "12"},
    "a name": {"text": "nguyen van an"},
    "a frequent name": {"text": "nguyen"},
    "page 900": {"first": 45_000},
}


def run(folder: Path) -> None:
    """All figures of a project."""
    project = Project.open(folder)
    chance = random.Random(7)  # noqa: S311 - the same texts each time
    snapshot = project.snapshot(TODAY)
    client = Client(
        Starlette(routes=[*search_routes(lambda: project), *parcel_table_routes(lambda: project)])
    )
    start = time.perf_counter()
    warm_search(project, snapshot)
    table_of(snapshot)
    _ = snapshot.classes
    print(f"made ready in {time.perf_counter() - start:.1f} s")
    peer = Obvious(project)
    print(f"{require_same(client, peer, project, chance)} texts compared: the same")
    print("| typed | letters | route, clock ms | route, processor ms | search alone | pandas |")
    print("|---|---|---|---|---|---|")
    land, known = land_index(snapshot), people_index(project, snapshot, LOCAL)
    for kind, asked in texts(project, chance):
        times = [client.ask(SEARCH, q=text)[1] for text in asked]
        clock, processor = (spread([one[place] for one in times]) for place in (0, 1))
        alone = spread([processor_ms(partial(search, land, known, text)) for text in asked])
        beside = spread(
            [processor_ms(partial(peer.find, text)) for text in asked[:: max(1, len(asked) // 40)]]
        )
        print(f"| {kind} | {len(asked)} | {clock} | {processor} | {alone} | {beside} |")
    print("\n| list | first, clock ms | later, clock ms | later, processor ms |\n|---|---|---|---|")
    for name, question in LISTS.items():
        first = client.ask(LIST, **question)[1][0]
        times = [client.ask(LIST, **question)[1] for _ in range(15)]
        clock, processor = (spread([one[place] for one in times]) for place in (0, 1))
        print(f"| {name} | {first:.0f} | {clock} | {processor} |")
    after_a_mark(client, project)
    print(f"\nmost memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def after_a_mark(client: Client, project: Project) -> None:
    """The first letter and the first page after something was written."""
    now = project.snapshot(TODAY)
    parcel = next(
        parcel
        for parcel in map(str, now.units.index)
        if (held := now.state.of_parcel(parcel)) and not any("handed_over" in one.milestones for one in held)
    )
    stamp = Stamp("lan", f"search-{time.time_ns()}", datetime.now(UTC))
    project.mark(Mark((parcel,), "handed_over", TODAY, "BB-1", all_holdings=True), stamp)
    letter, page, last = (
        client.ask(SEARCH, q="7/1")[1],
        client.ask(LIST)[1],
        client.ask(LIST, sort="last", down=True),
    )
    assert last[0]["rows"][0]["key"] == parcel
    told = [f"{name} {clock:.0f} ({processor:.0f})" for name, (clock, processor) in
            (("letter", letter), ("page", page), ("page by last entry", last[1]))]  # fmt: skip
    print(f"\nafter a mark, clock (processor) ms: {', '.join(told)}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--households", type=int, default=40_000)
    parser.add_argument("--folder", type=Path, help="where the project is kept for another run")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        folder = asked.folder or Path(kept) / "p"
        if not folder.exists():
            make_project(folder, asked.parcels)
            name_households(folder, asked.households, random.Random(3))  # noqa: S311 - the same names
        print(f"{asked.parcels:,} parcels, {asked.households:,} households")
        run(folder)


if __name__ == "__main__":
    main()
