"""Synthetic projects of any size for the benchmarks: shapes, an orderly ledger, and a register of households.

    python benchmarks/projects.py --parcels 1000000 --folder /tmp/million

A jittered grid of parcels in sheets of 20 x 20, three zones that hold about half of them, and a ledger in
which the sheets stand at different milestones, as a campaign goes from hamlet to hamlet: a map has areas
of one colour, as a real one has. About four entries a parcel, every hash of the chain real.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from areas import CRS, parcels, zones
from ledgers import CATEGORIES, FIRST_DAY, MILESTONES, Maker, make_ledger

from gis.ledger.facts import Boundaries
from gis.plan import parse_plan
from gis.store.database import LEDGER_FILE
from gis.store.versions import write_version

if TYPE_CHECKING:
    from collections.abc import Iterator

SHEET_SIDE = 20  # parcels
COMMUNES = ("15895", "15910", "15907", "15901")
LAND_USES = ("LUC", "LUC", "LUC", "HNK", "CLN", "NTS", "ONT")
# How much of the sheets stands at each milestone: none first, then the milestones in order.
STAGES = (0.30, 0.10, 0.10, 0.05, 0.10, 0.12, 0.08, 0.15)
DAYS_A_STAGE = 60
STUCK = 0.02
OCCUPIED = 0.01


class Campaign(Maker):
    """The rows of a campaign: milestones in their order, sheet by sheet."""

    def __init__(self, parcels: int, seed: int = 12) -> None:
        """Draw how far each parcel is."""
        super().__init__(parcels, seed)
        drawn = np.random.default_rng(seed)
        sheet = sheets_of(parcels)
        by_sheet = drawn.choice(len(STAGES), size=sheet.max() + 1, p=STAGES)
        behind = drawn.choice([0, 1, 2], size=parcels, p=[0.85, 0.1, 0.05])
        self.stage = np.clip(by_sheet[sheet] - behind, 0, None)
        self.lot = drawn.random(parcels)

    def rows(self, boundaries: tuple[Boundaries, ...]) -> Iterator[dict[str, object]]:
        """The boundaries, who holds what, the milestones from the first to the last, then what is odd."""
        for fact in boundaries:
            yield self.row(FIRST_DAY.isoformat(), fact.kind, fact.to_json())
        held: dict[int, list[str]] = {}
        for number in range(1, self.parcels + 1):
            for facts in self.holdings(number):
                held.setdefault(number, []).append(str(facts["household"]))
                yield self.row(FIRST_DAY.isoformat(), "holding", facts)
        for place, milestone in enumerate(MILESTONES):
            for at in np.flatnonzero(self.stage > place).tolist():
                day = FIRST_DAY + timedelta(days=place * DAYS_A_STAGE + at * DAYS_A_STAGE // self.parcels)
                for household in held[at + 1]:
                    facts = {"parcel": f"P{at + 1:06}", "household": household, "milestone": milestone}
                    facts |= {"document": f"{milestone[:2].upper()}-{at // 400}", "amount_vnd": None}
                    yield self.row(day.isoformat(), "milestone", facts)
        yield from self.oddities()

    def oddities(self) -> Iterator[dict[str, object]]:
        """Obstacles on land that waits, graves on land that was handed over."""
        waits = (self.stage > 1) & (self.stage < len(MILESTONES)) & (self.lot < STUCK)
        day = self.days[-1]
        for at in np.flatnonzero(waits).tolist():
            stuck = {"parcel": f"P{at + 1:06}", "household": None, "category": CATEGORIES[at % 3]}
            yield self.row(day, "obstacle_opened", {**stuck, "note": None})
        for at in np.flatnonzero((self.stage == len(MILESTONES)) & (self.lot < OCCUPIED)).tolist():
            graves = {"parcel": f"P{at + 1:06}", "household": None, "category": "graves", "count": 2}
            yield self.row(day, "object_listed", {**graves, "note": None})


def places_of(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Row and column in the grid of each parcel, by its number less one."""
    side = int(np.ceil(np.sqrt(count)))
    return np.divmod(np.arange(count), side)


def sheets_of(count: int) -> np.ndarray:
    """The sheet of each parcel, from 0."""
    row, column = places_of(count)
    return row // SHEET_SIDE * (column.max() // SHEET_SIDE + 1) + column // SHEET_SIDE


def units(count: int) -> gpd.GeoDataFrame:
    """The parcels as a boundary version has them, their sheets and numbers as a cadastre has them."""
    lots = parcels(count)
    lots.index = pd.Index([f"P{number:06}" for number in range(1, count + 1)], name="parcel_id", dtype="str")
    row, column = places_of(count)
    sheet = sheets_of(count)
    number = row % SHEET_SIDE * SHEET_SIDE + column % SHEET_SIDE + 1
    words = {
        "kind": "parcel",
        "commune": np.array(COMMUNES)[sheet % len(COMMUNES)],
        "sheet": (sheet + 1).astype(str),
        "number": number.astype(str),
        "land_use": np.array(LAND_USES)[(sheet * 7 + number // 100) % len(LAND_USES)],
        "name": "",
        "source": "made",
    }
    texts = {name: pd.Series(text, index=lots.index, dtype="str") for name, text in words.items()}
    order = ["kind", "commune", "sheet", "number", "land_use"]
    columns = {name: texts[name] for name in order}
    areas = {"legal_area_m2": np.full(count, np.nan), "measured_area_m2": np.full(count, np.nan)}
    rest = {name: texts[name] for name in ("name", "source")}
    return gpd.GeoDataFrame(columns | areas | rest, geometry=lots.geometry, crs=CRS)


def leaves(plan_text: str) -> set[str]:
    """The zones of a plan that have no zones inside."""
    plan = parse_plan(plan_text, "project.toml")
    return {zone.zone_id for zone in plan.zones if not plan.children(zone.zone_id)}


def write_boundaries(folder: Path, lots: gpd.GeoDataFrame) -> tuple[Boundaries, ...]:
    """The sample's plan, and versions of zones and parcels in a project folder.

    Returns:
        The facts by which the ledger brings them into force.
    """
    plan = (Path(__file__).parents[1] / "data" / "project.toml").read_text("utf-8")
    (folder / "project.toml").write_text(plan, "utf-8")
    names = [line.split('"')[1] for line in plan.splitlines() if line.startswith("zone_id")]
    parks = zones(len(lots))
    parks.index = pd.Index([name for name in names if name in leaves(plan)][: len(parks)], name="zone_id")
    parks["name"] = list(parks.index)
    layers = (("zones", parks, 1), ("parcels", lots, len(lots) + 1))
    return tuple(
        Boundaries(layer, write_version(folder / "boundaries", one), len(one), f"EPSG:{CRS}", following, ())
        for layer, one, following in layers
    )


def write_register(path: Path, count: int) -> None:
    """A name for every household that the ledger speaks of."""
    rows = [
        (f"H{number:06}", f"Hộ số {number} (mẫu)", "household", f"Thôn {number // 500 + 1}", COMMUNES[0])
        for number in range(count // 3 + 2)
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        columns = "household_id, name, kind, hamlet, commune, officer"
        connection.executemany(f"INSERT INTO household ({columns}) VALUES (?, ?, ?, ?, ?, '')", rows)  # noqa: S608


def make_project(folder: Path, count: int) -> None:
    """A project of so many parcels in an empty folder."""
    folder.mkdir(parents=True, exist_ok=True)
    boundaries = write_boundaries(folder, units(count))
    make_ledger(folder / LEDGER_FILE, Campaign(count).rows(boundaries))
    write_register(folder / LEDGER_FILE, count)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parcels", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    start = time.perf_counter()
    make_project(asked.folder, asked.parcels)
    print(f"{asked.parcels:,} parcels in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
