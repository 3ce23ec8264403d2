"""The routes of the map on a big project: tiles, a view, a click, and what a mark sends to open maps.

    python benchmarks/map.py --parcels 1000000 --entries 2000000

Every request goes through the routes as the server calls them, without a network. First each tile is drawn
from nothing, then again from what is kept, then with the tag that a browser has. At the end marks are made
and each must change one parcel on an open map and no more.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from starlette.applications import Starlette

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from mark import TODAY, make_project
from webasgi import answer, http_scope

from gis.ledger.marks import Mark
from gis.maps.raster import to_world
from gis.project import Project
from gis.store.database import Stamp
from gis.web.map_layers import paint_of
from gis.web.prepared import prepared_units, warm
from gis.web.routes import routes

if TYPE_CHECKING:
    from gis.maps.features import MapUnits

ZOOMS = range(10, 17)
GZIP = [("Accept-Encoding", "gzip")]


class Client:
    """Requests, and how many milliseconds each takes."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def ask(self, path: str, headers: list[tuple[str, str]] | None = None, **query: object):  # noqa: ANN201
        text = "&".join(f"{name}={value}" for name, value in {"on": TODAY, **query}.items())
        start = time.perf_counter()
        status, told, body = answer(self.app, http_scope(path, query=text, headers=headers or ()))
        return status, told, body, 1000 * (time.perf_counter() - start)


def tiles(client: Client, middle: tuple[float, float]) -> None:
    """The tiles around the middle of the land, zoom by zoom."""
    print("| zoom | drawn ms, median (max) | kept ms | 304 ms | kB, median (max) |\n|---|---|---|---|---|")
    place = to_world(np.array([middle]))[0]
    for zoom in ZOOMS:
        column, row = (int(value * 2**zoom) for value in place)
        cold, kept, same, size = [], [], [], []
        for x in range(column - 2, column + 3):
            for y in range(row - 2, row + 3):
                path = f"/tiles/{zoom}/{x}/{y}.png"
                status, told, body, drawn_ms = client.ask(path)
                assert status == 200
                cold.append(drawn_ms)
                size.append(len(body) / 1000)
                kept.append(client.ask(path)[3])
                status, _, _, same_ms = client.ask(path, [("If-None-Match", told["etag"])])
                assert status == 304
                same.append(same_ms)
        middles = (statistics.median(kept), statistics.median(same), statistics.median(size))
        print(
            f"| {zoom} | {statistics.median(cold):.0f} ({max(cold):.0f}) | {middles[0]:.1f} "
            f"| {middles[1]:.1f} | {middles[2]:.1f} ({max(size):.1f}) |"
        )


def marks(client: Client, project: Project, units: MapUnits, middle: tuple[float, float], count: int) -> None:
    """Marks near the middle, and what an open map is told of each."""
    near = units.tree.query(shapely.Point(*middle).buffer(0.004)).tolist()
    wrote, told_ms, told_bytes = [], [], []
    for place in near:
        parcel, now = str(units.parcel_ids[place]), project.snapshot(TODAY)
        holdings = now.state.of_parcel(parcel)
        if not holdings or any("handed_over" in holding.milestones for holding in holdings):
            continue
        stamp = Stamp("lan", f"map-{time.time_ns()}", datetime.now(UTC))
        start = time.perf_counter()
        project.mark(Mark((parcel,), "handed_over", TODAY, "BB-1", all_holdings=True), stamp)
        wrote.append(1000 * (time.perf_counter() - start))
        _, _, body, ms = client.ask("/map/changes", since=now.known)
        assert list(json.loads(body)["changed"]) == [parcel]
        told_ms.append(ms)
        told_bytes.append(len(body))
        if len(wrote) == count:
            break
    print(
        f"{len(wrote)} marks: {statistics.median(wrote):.0f} ms each; the change told in "
        f"{statistics.median(told_ms):.0f} ms and {max(told_bytes)} bytes"
    )


def run(folder: Path, marked: int) -> None:
    """All figures of a project."""
    project = Project.open(folder)
    client = Client(Starlette(routes=routes(project.snapshot, lambda *asked: paint_of(project, *asked))))
    start = time.perf_counter()
    snapshot = project.snapshot(TODAY)
    _ = snapshot.standing
    stood = time.perf_counter()
    warm(snapshot)
    print(
        f"standing {stood - start:.1f} s, shapes prepared {time.perf_counter() - stood:.1f} s, once a start"
    )
    units = prepared_units.of(snapshot)
    west, south, east, north = np.nanmean(units.bounds, axis=0).tolist()
    middle = ((west + east) / 2, (south + north) / 2)
    tiles(client, middle)
    box = f"{middle[0] - 0.004},{middle[1] - 0.002},{middle[0] + 0.004},{middle[1] + 0.002}"
    _, _, body, ms = client.ask("/map/parcels", GZIP, bbox=box)
    print(f"parcels of a view: {ms:.0f} ms, {len(body) / 1000:.1f} kB")
    print(f"a click on a tile: {client.ask('/map/at', at=f'{middle[0]},{middle[1]}')[3]:.1f} ms")
    print(f"nothing new: {client.ask('/map/changes', since=snapshot.known)[3]:.1f} ms")
    marks(client, project, units, middle, marked)
    print(f"memory at its most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    project.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=300_000)
    parser.add_argument("--marks", type=int, default=20)
    parser.add_argument("--folder", type=Path, help="a project of `make_project` that is there already")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        if not asked.folder:
            make_project(folder, asked.parcels, asked.entries)
        print(f"{asked.parcels:,} parcels, {asked.entries:,} entries")
        run(folder, asked.marks)


if __name__ == "__main__":
    main()
