"""A small world for the map: three parcels, a canal, two zones with a boundary, and a ledger of six entries.

P000001 and P000002 are 100 m squares side by side from east 588000, north 2201000 (105.842307697, 19.896340598
in WGS 84, a published test point); the canal F000001 lies along their north; P000003 is 2 km east.
On day 5 P000001 is handed over (seq 5); P000002 is stuck from day 3 (seq 4); P000003 has no holder.
"""

import sys
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely import box

from gis.ledger.chain import Head
from gis.ledger.facts import Holding, Milestone, ObstacleOpened
from gis.ledger.state import state
from gis.plan import empty_plan_text, parse_plan
from gis.project import Snapshot
from gis.project.snapshot import Boundaries

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import day, entries

EAST, NORTH = 588_000, 2_201_000
LON, LAT = 105.842307697, 19.896340598
AROUND = (105.8420, 19.8960, 105.8445, 19.8980)  # P000001, P000002 and the canal, not P000003
PLAN = parse_plan(empty_plan_text(), "project.toml")
LEDGER = entries(
    (1, Holding("P000001", "H1", Fraction(1))),
    (1, Holding("P000002", "H2", Fraction(1))),
    (1, Holding("F000001", "H3", Fraction(1))),
    (3, ObstacleOpened("P000002", None, "price")),
    (5, Milestone("P000001", "H1", "handed_over", "BB-1")),
    (6, Milestone("F000001", "H3", "notified", "TB-1")),
)


def square(east, north, width=100, height=100):
    return box(EAST + east, NORTH + north, EAST + east + width, NORTH + north + height)


def units():
    rows = {
        "P000001": ("parcel", "12", "7", square(0, 0)),
        "P000002": ("parcel", "12", "8a", square(100, 0)),
        "P000003": ("parcel", "1", '9"<b>', square(2000, 0)),
        "F000001": ("feature", "", "K01", square(0, 100, 200, 10)),
    }
    kinds, sheets, numbers, shapes = zip(*rows.values(), strict=True)
    return gpd.GeoDataFrame(
        {
            "kind": kinds,
            "commune": "15910",
            "sheet": sheets,
            "number": numbers,
            "land_use": "LUC",
            "legal_area_m2": float("nan"),
            "measured_area_m2": float("nan"),
            "name": "Nguyễn Văn Mẫu",  # whatever a file holds here must not reach the browser
            "source": "nguon.gpkg",
        },
        geometry=list(shapes),
        index=pd.Index(rows, name="parcel_id"),
        crs=5897,
    )


def zones():
    return gpd.GeoDataFrame(
        {"name": ["a", "b"]},
        geometry=[square(-10, -10, 110, 130), square(100, -10, 110, 130)],
        index=pd.Index(["kcn-phu-quy-gd1", "kcn-phu-quy-con-lai"], name="zone_id"),
        crs=5897,
    )


def snapshot(on=None, known=6, ledger=LEDGER):
    """The world on a day as known at a seq; None is the head."""
    boundaries = Boundaries("ab" * 32, zones(), units())
    upto = len(ledger) if known is None else min(known, len(ledger))
    return Snapshot(PLAN, boundaries, state(ledger, on or day(9), upto), Head(len(ledger), "0" * 64))
