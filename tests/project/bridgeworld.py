"""A street of plots, two versions of plots and of zones, and the snapshots of any ledger on it.

Plots P1, P2, P3 are 100 m by 100 m from west to east, F1 a road of 100 m x 10 m north of P1. Zone "gd1" covers P1 and
P2, "ccn" P3 and 100 m beyond it. In the second version of plots P2 is 90 m wide, and P3 became P4 (60 m) and P5
(39 m, the street ends a metre earlier); in the second version of zones "gd1" ends 50 m earlier and "ccn" begins there.
"""

import sys
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from gis.ledger.chain import Head
from gis.ledger.facts import Boundaries as BoundariesFact
from gis.ledger.facts import Succession
from gis.ledger.state import state
from gis.plan import empty_plan_text, parse_plan
from gis.project.snapshot import Boundaries, Snapshot

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import day, entries, holds, reaches, voids  # noqa: F401 - for the tests beside

EAST, NORTH = 587_000, 2_200_000
GD1, CCN = "kcn-phu-quy-gd1", "ccn-hoang-son"
PLAN = parse_plan(empty_plan_text(), "project.toml")


def box(west, east, south=0, north=100):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


PLOTS = {
    "plots-1": {"P1": box(0, 100), "P2": box(100, 200), "P3": box(200, 300)},
    "plots-2": {"P1": box(0, 100), "P2": box(100, 190), "P4": box(200, 260), "P5": box(260, 299)},
}
ROADS = {"roads-1": {"F1": box(0, 100, 100, 110)}}
ZONES = {
    "zones-1": {GD1: box(-50, 200, -50, 150), CCN: box(200, 400, -50, 150)},
    "zones-2": {GD1: box(-50, 150, -50, 150), CCN: box(150, 400, -50, 150)},
}
SPLIT = Succession((("P3", "P4", 60_000), ("P3", "P5", 39_000)))


def version(layer, sha):
    return BoundariesFact(layer, sha, 1, "EPSG:5897", 0, ())


FIRST = (
    (1, version("zones", "zones-1"), "first"),
    (1, version("parcels", "plots-1"), "first"),
    (1, version("features", "roads-1"), "first"),
)


def frame(shapes, name):
    index = pd.Index(list(shapes), name=name, dtype="str")
    return gpd.GeoDataFrame(geometry=list(shapes.values()), index=index, crs=5897)


def units(plots, roads):
    drawn = frame(PLOTS.get(plots, {}) | ROADS.get(roads, {}), "parcel_id")
    kinds = ["feature" if name.startswith("F") else "parcel" for name in drawn.index]
    return drawn.assign(kind=kinds, measured_area_m2=float("nan"), legal_area_m2=float("nan"), source="")


@cache
def land(zones, plots, roads):
    return Boundaries(f"{zones}-{plots}-{roads}", frame(ZONES.get(zones, {}), "zone_id"), units(plots, roads))


def snapshots(ledger):
    """The snapshot of a day and a known seq, as `Project.snapshot` gives it."""

    def snapshot_of(on, known):
        now = state(ledger, on, known)
        shas = {layer: entry.fact.sha256 for layer, entry in now.boundaries.items()}
        drawn = land(*(shas.get(layer) for layer in ("zones", "parcels", "features")))
        return Snapshot(PLAN, drawn, now, Head(len(ledger), ""))

    return snapshot_of
