"""Land between parcels that belongs to none: narrow strips between neighbours, and the rest of a zone.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon

from gis.boundaries.topology import LEAST_OVERLAP_M2

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

# A path, a bund or a ditch between fields is wider; a strip below this is one boundary drawn twice.
GAP_WIDTH_M: Final = 1.0


def gaps(
    polygons: np.ndarray[Any, Any], width_m: float = GAP_WIDTH_M, least_m2: float = LEAST_OVERLAP_M2
) -> list[BaseGeometry]:
    """The strips between neighbours that are narrower than a width, wherever they open.

    Closing: what lies within half the width of land on both sides is filled, and what was filled is a gap.
    Only polygons whose edges fail to meet a neighbour's within the width are looked at.

    Args:
        polygons: Valid polygons in a planar CRS, in metres.
        width_m: Strips as wide or wider are left out.
        least_m2: Strips of as much or less are left out.

    >>> from shapely import box
    >>> [gap.area for gap in gaps(np.array([box(0, 0, 10, 10), box(10.5, 0, 20, 10)]))]
    [5.0]
    """
    edges = shapely.coverage_invalid_edges(polygons, gap_width=width_m)
    suspects = np.flatnonzero(~shapely.is_empty(edges))
    if len(suspects) == 0:
        return []
    tree = shapely.STRtree(polygons)
    # Neighbours too: what fills the strip, or ends it, may itself meet all of its own.
    beside = np.unique(tree.query(polygons[suspects], predicate="dwithin", distance=width_m)[1])
    land = shapely.union_all(polygons[beside])
    # Mitred both ways, so that corners come back as they were.
    closed = land.buffer(width_m / 2, join_style="mitre").buffer(-width_m / 2, join_style="mitre")
    strips = shapely.get_parts(shapely.difference(closed, land))
    strips = strips[shapely.area(strips) > least_m2]
    return [strip for strip in strips if _is_between(strip, tree)]


def _is_between(strip: BaseGeometry, tree: shapely.STRtree) -> bool:
    """Whether a strip divides two shapes: the narrow end of a notch in one parcel is its own form."""
    return len(tree.query(strip, predicate="intersects")) > 1


def zone_gaps(
    polygons: np.ndarray[Any, Any], own: int, zones: gpd.GeoSeries
) -> dict[str, tuple[BaseGeometry, int]]:
    """The rest of each zone that no polygon covers, and of how many pieces it is.

    Args:
        polygons: Valid polygons of all units, in the CRS of `zones`.
        own: How many of them, from the first, are new: a zone that none of these lies in is left out.
        zones: Valid polygons by `zone_id`.
    """
    tree = shapely.STRtree(polygons)
    found: dict[str, tuple[BaseGeometry, int]] = {}
    for zone_id, zone in zones.items():
        rows = tree.query(zone, predicate="intersects")
        new = rows[rows < own]
        if not (shapely.area(shapely.intersection(polygons[new], zone)) > LEAST_OVERLAP_M2).any():
            continue
        rest = shapely.difference(zone, shapely.union_all(polygons[rows]))
        pieces = shapely.get_parts(rest)
        pieces = pieces[shapely.area(pieces) > LEAST_OVERLAP_M2]
        if len(pieces):
            found[str(zone_id)] = (MultiPolygon(list(pieces)), len(pieces))
    return found
