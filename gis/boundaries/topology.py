"""Zones over zones and parcels over parcels: land that would count twice.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from gis.errors import Problem
from gis.vn2000 import require_vn2000

if TYPE_CHECKING:
    import geopandas as gpd

# Below this, two surveys of one boundary: neighbours rarely meet to the millimetre.
LEAST_OVERLAP_M2: Final = 0.1
# A parcel touches some eight others, a road hundreds: where every shape touches so many, rows repeat shapes
# (a join that went wrong), and their pairs would fill the memory.
MOST_NEIGHBOURS: Final = 50
_FEW: Final = 10_000
_ROWS_AT_ONCE: Final = 500


class Overlap(NamedTuple):
    """Two shapes, by their positions, and the area that they share, in square metres."""

    first: int
    second: int
    shared_m2: float


def overlaps(shapes: gpd.GeoSeries, least_m2: float = LEAST_OVERLAP_M2) -> list[Overlap]:
    """The pairs of polygons that share land, and how much, in square metres.

    Args:
        shapes: Valid polygons in a projected VN-2000 CRS; missing ones share nothing.
        least_m2: Smaller shares are left out; exactly as much counts as smaller.

    Returns:
        Each pair once, by positions in `shapes`, the earlier first; the largest share first, ties by
        position.

    Raises:
        NotVn2000Error: If the CRS is absent, geographic or of another datum.

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> overlaps(gpd.GeoSeries([box(0, 0, 2, 2), box(1, 0, 3, 2), box(3, 0, 4, 1)], crs=5897))
    [Overlap(first=0, second=1, shared_m2=2.0)]
    """
    require_vn2000(shapes.crs)
    polygons = shapes.to_numpy()
    suspects = _conflicting(polygons)
    at, others = shapely.STRtree(polygons).query(polygons[suspects], predicate="intersects")
    pairs = np.column_stack([suspects[at], others])
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    first, second = pairs[:, 0], pairs[:, 1]
    shared = shapely.area(shapely.intersection(polygons[first], polygons[second]))
    order = np.lexsort((second, first, -shared))
    return [Overlap(int(first[i]), int(second[i]), float(shared[i])) for i in order if shared[i] > least_m2]


def is_crowded(polygons: np.ndarray[Any, Any]) -> bool:
    """Whether so many shapes lie on one another that their pairs are not worth telling one by one.

    >>> from shapely import box
    >>> is_crowded(np.array([box(0, 0, 1, 1)] * 400)), is_crowded(np.array([box(0, 0, 1, 1)] * 40))
    (True, False)
    """
    tree, most, pairs = shapely.STRtree(polygons), _FEW + MOST_NEIGHBOURS * len(polygons), 0
    for first in range(0, len(polygons), _ROWS_AT_ONCE):
        pairs += tree.query(polygons[first : first + _ROWS_AT_ONCE]).shape[1]
        if pairs > most:
            return True
    return False


def _conflicting(polygons: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Positions of the polygons whose edges do not match those of their neighbours.

    Where neighbours meet edge on edge nothing can overlap: only the rest is worth an intersection. Of two
    that overlap at least one is here; the larger is not where it holds the smaller whole.
    """
    present = np.flatnonzero(~shapely.is_missing(polygons) & ~shapely.is_empty(polygons))
    edges = shapely.coverage_invalid_edges(polygons[present])
    return present[~shapely.is_empty(edges)]


def check_zone_overlaps(zones: gpd.GeoDataFrame) -> list[Problem]:
    """Zones that share more than 0.1 m²: a parcel there would count in both. The largest first.

    Args:
        zones: Index `zone_id`, valid polygons in a projected VN-2000 CRS; leaves only, as a parent holds
            its children.
    """
    return [
        Problem(
            str(zones.index[first]),
            "problem.zones_overlap",
            {"zone": str(zones.index[first]), "other": str(zones.index[second]), "area": area},
        )
        for first, second, area in overlaps(zones.geometry)
    ]
