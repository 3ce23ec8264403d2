"""parcel ∩ zone beside `geopandas.overlay`, in one run on the same shapes: equal results first, then times.

    python benchmarks/areas.py --sizes 10000 100000 1000000

The parcels are a jittered grid at the commune's coordinates in EPSG:5897, the zones three outlines
of 800 vertices, both made here from a seed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).parents[1]))
from gis.clearance.areas import overlap_m2
from gis.clearance.balance import balance, check_balance, coverage
from gis.clearance.partition import class_m2

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = 5897
EAST, NORTH = 585_000.0, 2_197_000.0
SIDE_M = 25.0
ZONE_VERTICES = 800
ALLOWED_M2 = 1e-6  # difference of one pair between the two methods


@dataclass(frozen=True)
class Row:
    """Figures of one size."""

    count: int
    pairs: int
    difference_m2: float
    ours_s: float
    overlay_s: float
    coverage_s: float

    def __str__(self) -> str:
        """The row as in README.md."""
        return (
            f"| {self.count:,} | {self.pairs:,} | {self.difference_m2:.1e} | {self.ours_s:.3f} "
            f"| {self.overlay_s:.2f} | {self.overlay_s / self.ours_s:.0f}x | {self.coverage_s:.2f} |"
        )


def parcels(count: int, seed: int = 5897) -> gpd.GeoDataFrame:
    """Quadrilaterals of about 25 x 25 m that share their corners."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    east, north = np.meshgrid(np.arange(side + 1) * SIDE_M, np.arange(side + 1) * SIDE_M)
    nodes = np.stack([east, north], -1) + rng.uniform(-6, 6, (*east.shape, 2)) + (EAST, NORTH)
    rings = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], axis=2)
    index = pd.Index([f"P{n:07}" for n in range(count)], name="parcel_id", dtype="str")
    return gpd.GeoDataFrame(geometry=shapely.polygons(rings.reshape(-1, 4, 2)[:count]), index=index, crs=CRS)


def zones(count: int) -> gpd.GeoDataFrame:
    """Three lobed outlines that together hold half of the parcels."""
    width = np.ceil(np.sqrt(count)) * SIDE_M
    angle = np.linspace(0, 2 * np.pi, ZONE_VERTICES, endpoint=False)
    outlines = {}
    for number, (x, y) in enumerate([(0.28, 0.3), (0.73, 0.33), (0.5, 0.75)]):
        radius = 0.22 * width * (1 + 0.1 * np.sin(5 * angle + number) + 0.02 * np.sin(31 * angle))
        corners = (EAST + x * width + radius * np.cos(angle), NORTH + y * width + radius * np.sin(angle))
        outlines[f"Z{number + 1}"] = shapely.Polygon(np.column_stack(corners))
    index = pd.Index(list(outlines), name="zone_id", dtype="str")
    return gpd.GeoDataFrame(geometry=list(outlines.values()), index=index, crs=CRS)


def overlay_m2(lots: gpd.GeoDataFrame, parks: gpd.GeoDataFrame) -> pd.Series:
    """The peer: the same table by `geopandas.overlay`."""
    laid = gpd.overlay(lots.reset_index(), parks.reset_index(), how="intersection", keep_geom_type=True)
    area = laid.set_index(["parcel_id", "zone_id"]).area
    return area[area > 0].sort_index()


def timed(function: Callable[[], pd.Series], runs: int) -> tuple[float, pd.Series]:
    """Median seconds of some runs, and the last result."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        found = function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), found


def difference_m2(ours: pd.Series, theirs: pd.Series) -> float:
    """The largest difference of a pair; a pair that only one of the two has counts whole."""
    both = pd.concat([ours, theirs], axis=1, keys=["ours", "theirs"]).fillna(0.0)
    return float((both["ours"] - both["theirs"]).abs().max())


def measure(count: int, runs: int, overlay_runs: int) -> Row:
    """Both methods on one size; stops where they disagree."""
    lots, parks = parcels(count), zones(count)
    ours_s, ours = timed(lambda: overlap_m2(lots, parks), runs)
    overlay_s, theirs = timed(lambda: overlay_m2(lots, parks), overlay_runs)
    difference = difference_m2(ours, theirs)
    assert difference <= ALLOWED_M2, f"{count:,} parcels: the methods differ by {difference} m²"
    start = time.perf_counter()
    measured = coverage(lots, parks)
    coverage_s = time.perf_counter() - start
    everywhere = pd.Series("not_started", index=lots.index)
    assert check_balance(balance(measured, class_m2(ours, everywhere))) == []
    return Row(count, len(ours), difference, ours_s, overlay_s, coverage_s)


def main() -> None:
    """Print the table of README.md."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    arguments.add_argument("--runs", type=int, default=5, help="runs of ours; the peer runs 3, from 1 M on 1")
    given = arguments.parse_args()
    print(f"geopandas {gpd.__version__}, shapely {shapely.__version__}, GEOS {shapely.geos_version_string}")
    print("| parcels | pairs | largest difference, m² | ours, s | overlay, s | ratio | coverage, s |")
    print("|---|---|---|---|---|---|---|")
    for count in given.sizes:
        print(measure(count, given.runs, overlay_runs=1 if count >= 1_000_000 else 3), flush=True)


if __name__ == "__main__":
    main()
