"""Rings that touch are given the same vertices, bent a little, and laid on the commune.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gis.sample.fields import Ring
    from gis.sample.layout import Site

    Points = NDArray[np.float64]

STEP_M: Final = 30.0
NEAR_M: Final = 0.05  # a step this near to a corner would make a needless crumb of an edge
TOUCH_M: Final = 0.0016  # rings are written to 0.001 m, so a corner may lie that far off a line


def noded(rings: Sequence[Ring]) -> list[Points]:
    """Rings, each with the corners of its neighbours put into its edges.

    Args:
        rings: Open rings in one flat frame, metres to 0.001.

    Returns:
        Open rings, float64 of shape (n, 2), in the order of `rings`.
    """
    arrays = [np.array(ring) for ring in rings]
    real = np.unique(np.round(np.concatenate(arrays), 3), axis=0)
    steps = np.unique(np.concatenate([_steps(ring) for ring in arrays]), axis=0)
    (step, _), away_m = _tree(real).query_nearest(shapely.points(steps), return_distance=True)
    apart = np.unique(step[away_m > NEAR_M])
    corners = np.concatenate([real, steps[apart]])
    lines = [shapely.LinearRing(ring) for ring in rings]
    which, near = _tree(corners).query(lines, predicate="dwithin", distance=TOUCH_M)
    order = np.lexsort((near, which))
    starts = np.searchsorted(which[order], np.arange(len(rings) + 1))
    return [
        _with_corners(np.array(ring), corners[near[order[starts[i] : starts[i + 1]]]])
        for i, ring in enumerate(rings)
    ]


def _tree(points: Points) -> shapely.STRtree:
    return shapely.STRtree(np.asarray(shapely.points(points)))


def _steps(ring: Points) -> Points:
    """Points every `STEP_M` on the edges that run along the frame, at round metres: the same for all.

    Without them the two sides of a long road would bend by different chords.
    """
    points = [np.empty((0, 2))]
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        for axis in (0, 1):
            if start[1 - axis] == end[1 - axis]:
                low, high = sorted((start[axis], end[axis]))
                at = np.arange(math.ceil((low + 1) / STEP_M) * STEP_M, high - 1, STEP_M)
                step = np.full((len(at), 2), start[1 - axis])
                step[:, axis] = at
                points.append(step)
    return np.concatenate(points)


def _with_corners(ring: Points, near: Points) -> Points:
    """A ring with the points that lie on its edges in their places along it."""
    result: list[Points] = []
    for start, end in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        run = end - start
        length = float(np.hypot(*run))
        along = (near - start) @ run / length
        off = np.abs((near - start) @ np.array([-run[1], run[0]])) / length
        on = (off <= TOUCH_M) & (along > TOUCH_M) & (along < length - TOUCH_M)
        result += [start[None, :], near[on][np.argsort(along[on])]]
    return np.concatenate(result)


def placed(points: Points, site: Site) -> Points:
    """Points of a site's frame in EPSG:5897 (east, north), to 0.001 m.

    The bend is a pair of shears by long, middle and short waves: neighbours stay neighbours.
    """
    u, v = points[:, 0], points[:, 1]
    bent_u = u + 9.0 * np.sin(v / 310.0 + 0.6) + 3.4 * np.sin(v / 74.0) + 0.7 * np.sin(v / 17.0 + 1.0)
    bent_v = v + 8.0 * np.sin(bent_u / 260.0) + 2.8 * np.sin(bent_u / 66.0 + 2.0)
    bent_v = bent_v + 0.5 * np.sin(bent_u / 15.0)
    turn = math.radians(site.turned_deg)
    across, along = bent_u - site.width_m / 2, bent_v - site.height_m / 2
    east = site.centre[0] + across * math.cos(turn) - along * math.sin(turn)
    north = site.centre[1] + across * math.sin(turn) + along * math.cos(turn)
    coordinates: Points = np.column_stack([east, north])
    return coordinates.round(3)
