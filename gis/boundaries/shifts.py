"""Land that lies beside loaded land by the same small shift everywhere: a wrong step between datums.

Signs of the published parameters pasted into `+towgs84` shift by 0.73 m here, EPSG:5194 by 0.70 m: too little
for the eye, enough for every boundary. Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.boundaries.candidates import land
from gis.boundaries.evidence import least_matched

if TYPE_CHECKING:
    from gis.boundaries.candidates import Reading
    from gis.boundaries.evidence import Sample, Scene

REACH_M: Final = 2.0
LEAST_M: Final = 0.1
_BIN_M: Final = 0.1
# There are many shifts to be met by chance, only one place.
_SURER: Final = 2


def steady_shift_m(reading: Reading, sample: Sample, scene: Scene) -> float | None:
    """By how many metres corners stand beside loaded corners, all the same way; None where they do not.

    Args:
        reading: How the file's numbers are read.
        sample: Rows of the layer.
        scene: With the loaded land.
    """
    tree = scene.corner_tree
    if tree is None:
        return None
    places = land(reading, sample.corners, scene.epsg)
    places = places[np.isfinite(places).all(axis=1)]
    (row, found), _ = tree.query_nearest(
        shapely.points(places), max_distance=REACH_M, return_distance=True, all_matches=False
    )
    gaps = shapely.get_coordinates(tree.geometries[found]) - places[row]
    if not len(gaps):
        return None
    _, place, counts = np.unique(
        np.floor(gaps / _BIN_M).astype(int), axis=0, return_inverse=True, return_counts=True
    )
    most = int(np.argmax(counts))
    middle = np.median(gaps[place.ravel() == most], axis=0)
    # The shift may fall on the line between two bins.
    alike = gaps[np.hypot(*(gaps - middle).T) <= _BIN_M / 2]
    shift = float(np.hypot(*np.median(alike, axis=0))) if len(alike) else 0.0
    enough = len(alike) >= _SURER * least_matched(sample, scene)
    return shift if enough and shift >= LEAST_M else None
