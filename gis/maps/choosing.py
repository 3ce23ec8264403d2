"""Which parcels a line drawn on the map means.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.errors import GisError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gis.maps.features import MapUnits

MOSTLY, WHOLLY, TOUCHED = "mostly", "wholly", "touched"
RULES: Final = (MOSTLY, WHOLLY, TOUCHED)
CHOSEN_MOST: Final = 10_000  # more in one transaction is a mistake rather than a wish
CORNERS_MOST: Final = 500
LEAST_CORNERS: Final = 3
HALF: Final = 0.5
# Rounded to 1e-7 degree, a parcel on the line itself may lie beyond it by a sliver of its area.
SLIVER: Final = 1e-6


class RingError(GisError):
    """A line that encloses nothing, or crosses itself: nobody can tell what is inside."""

    message = "error.ring"


class TooManyChosenError(GisError):
    """More parcels than one transaction takes."""

    message = "error.too_many_chosen"


@dataclass(frozen=True, slots=True)
class Inside:
    """What a drawn line means.

    Args:
        units: Places of the parcels that are meant, ascending.
        left_out: How many others it cuts, or by the rule `TOUCHED` none.
        features: How many public features it meets; they are chosen one by one.
    """

    units: NDArray[np.int64]
    left_out: int
    features: int


def units_inside(prepared: MapUnits, ring: Sequence[tuple[float, float]], rule: str) -> Inside:
    """The parcels inside a ring.

    Args:
        prepared: The units of a boundary version.
        ring: Its corners, longitude and latitude in degrees WGS 84, closed or not.
        rule: `MOSTLY`: more than half of a parcel's area lies inside; `WHOLLY`: all of it; `TOUCHED`:
            any of it. A line in common is not area.

    Raises:
        RingError: If the ring encloses nothing or crosses itself.
        TooManyChosenError: If it meets more than `CHOSEN_MOST` parcels.
    """
    area = _area(ring)
    shapely.prepare(area)
    met = np.sort(prepared.tree.query(area, predicate="intersects"))
    is_parcel = np.equal(prepared.facts[0][met], "parcel")
    found = met[is_parcel]
    if len(found) > CHOSEN_MOST:
        raise TooManyChosenError(count=len(found), most=CHOSEN_MOST)
    share = _share_inside(prepared.geometry[found], area)
    touched = share > SLIVER
    meant = {MOSTLY: share > HALF, WHOLLY: share > 1 - SLIVER, TOUCHED: touched}[rule]
    return Inside(found[meant], int((touched & ~meant).sum()), int((~is_parcel).sum()))


def _area(ring: Sequence[tuple[float, float]]) -> shapely.Polygon:
    finite = all(math.isfinite(value) for corner in ring for value in corner)
    if not (finite and LEAST_CORNERS <= len(ring) <= CORNERS_MOST):
        raise RingError(corners=len(ring))
    area = shapely.Polygon(ring)
    if not area.is_valid or not area.area:
        raise RingError(corners=len(ring))
    return area


def _share_inside(shapes: NDArray[np.object_], area: shapely.Polygon) -> NDArray[np.float64]:
    """The share of each shape's area that lies inside; a ratio, for which degrees will do at this size."""
    share = np.ones(len(shapes))
    cut = np.flatnonzero(~shapely.covers(area, shapes))
    share[cut] = shapely.area(shapely.intersection(shapes[cut], area)) / shapely.area(shapes[cut])
    return share
