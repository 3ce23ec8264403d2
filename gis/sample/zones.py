"""The invented boundaries of the three leaf zones: winding lines that follow nothing in particular.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.sample.layout import CENTRE, WEST
from gis.sample.mesh import placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gis.sample.layout import Site

    Points = NDArray[np.float64]

# The mapped area is never the plan's figure to the tenth: survey and plan are different documents.
MAPPED_HA: Final = {"kcn-phu-quy-gd1": 116.21, "kcn-phu-quy-con-lai": 90.97, "ccn-hoang-son": 49.6}
NAMES: Final = {
    "kcn-phu-quy-gd1": "KCN Phú Quý - giai đoạn 1",
    "kcn-phu-quy-con-lai": "KCN Phú Quý - phần còn lại",
    "ccn-hoang-son": "CCN Hoàng Sơn",
}
STEP_M: Final = 78.0
SWING_M: Final = 9.0


def zones(crs: int, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """The leaf zones that have a boundary.

    Args:
        crs: EPSG code of the sample's CRS.
        rng: Where their windings come from.

    Returns:
        Columns `zone_id`, `name`, `geometry`, in the plan's order; the two phases share a border.
    """
    border = _line([(30, 948), (420, 962), (700, 930), (1052, 944)], rng)
    west_up = _line([tuple(border[0]), (24, 1380), (38, 1720), (30, 2080)], rng)
    east_up = _line([tuple(border[-1]), (1024, 1260), (1062, 1500), (1034, 1790), (1048, 2074)], rng)
    top = _line([tuple(west_up[-1]), (360, 2070), (720, 2088), tuple(east_up[-1])], rng)
    west_down = _line([tuple(border[0]), (26, 600), (36, 300), (28, 52)], rng)
    east_down = _line([tuple(border[-1]), (1066, 720), (1012, 430), (1046, 60)], rng)
    bottom = _line([tuple(west_down[-1]), (400, 58), (760, 46), tuple(east_down[-1])], rng)
    left = _line([(34, 50), (28, 380), (40, 700)], rng)
    right = _line([(776, 44), (812, 390), (770, 704)], rng)
    low = _line([tuple(left[0]), (420, 36), tuple(right[0])], rng)
    high = _line([tuple(left[-1]), (380, 712), tuple(right[-1])], rng)
    edges = {
        "kcn-phu-quy-gd1": (WEST, border, east_up, top, west_up, 1),
        "kcn-phu-quy-con-lai": (WEST, border, east_down, bottom, west_down, -1),
        "ccn-hoang-son": (CENTRE, low, right, high, left, 1),
    }
    shapes = {
        zone_id: _of_area(site, _ring_maker(fixed, side, moving, other), sign, MAPPED_HA[zone_id] * 1e4)
        for zone_id, (site, fixed, side, moving, other, sign) in edges.items()
    }
    names = [NAMES[zone_id] for zone_id in shapes]
    return gpd.GeoDataFrame({"zone_id": list(shapes), "name": names}, geometry=list(shapes.values()), crs=crs)


def _line(through: Sequence[tuple[float, ...]], rng: np.random.Generator) -> Points:
    """A winding line through points, its ends exact."""
    corners = np.array(through, dtype=np.float64)
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(lengths)])
    steps = np.linspace(0.0, at[-1], max(3, round(at[-1] / STEP_M)) + 1)
    points = np.column_stack([np.interp(steps, at, corners[:, axis]) for axis in (0, 1)])
    points[1:-1] += rng.uniform(-SWING_M, SWING_M, (len(points) - 2, 2))
    return points


def _ring_maker(fixed: Points, side: Points, moving: Points, other: Points) -> Callable[[float], Points]:
    """The ring whose far edge is pushed out by some metres; its near edge never moves."""

    def ring(push_m: float) -> Points:
        def pushed(line: Points) -> Points:
            share = (line[:, 1] - fixed[0, 1]) / (moving[0, 1] - fixed[0, 1])
            moved = line.copy()
            moved[:, 1] += np.clip(share, 0, None) ** 4 * push_m
            return moved

        return np.concatenate([fixed, pushed(side)[1:], pushed(moving)[::-1][1:], pushed(other)[::-1][1:-1]])

    return ring


def _of_area(site: Site, ring: Callable[[float], Points], sign: int, area_m2: float) -> shapely.Polygon:
    """The zone whose mapped area comes nearest to a figure, its near edge untouched."""
    push = 0.0
    for _ in range(12):
        missing = area_m2 - shapely.Polygon(placed(ring(push), site)).area
        push += sign * missing / 1000.0
    return shapely.Polygon(placed(ring(push), site))
