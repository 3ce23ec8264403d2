"""VN-2000 coordinates of a place on the map, for the browser: a polynomial fitted to our transformation.

The browser cannot call PROJ. Within the box of a commune a polynomial of the sixth degree gives east and
north to less than a millimetre of what `vn2000.transformer` gives (EPSG:6960 included). Pure: no file, no
clock.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from gis.vn2000 import transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.maps.features import Bounds

DEGREE: Final = 6
NODES: Final = 15  # of a grid over the box, to a side
MARGIN: Final = 0.5  # of the box on each side: what a reader sees around the land
FITS_KEPT: Final = 8  # every run of a page with a map asks for the fit of its box
LEAST_DEGREES: Final = 0.05  # of margin, about 5 km


@dataclass(frozen=True, slots=True)
class PlaneFit:
    """East and north as polynomials of longitude and latitude.

    Args:
        bounds: West, south, east, north in degrees WGS 84: where the fit holds.
        centre: Longitude and latitude that are taken off first.
        scale: By what they are divided then.
        degree: Of the polynomial.
        east: Coefficients in metres, of u^i v^j with i from 0 on, and for each i all j up to degree - i.
        north: Likewise.
    """

    bounds: Bounds
    centre: tuple[float, float]
    scale: tuple[float, float]
    degree: int
    east: tuple[float, ...]
    north: tuple[float, ...]

    def facts(self) -> dict[str, Any]:
        """As the map's script reads it."""
        return asdict(self)


@lru_cache(maxsize=FITS_KEPT)
def plane_fit(bounds: Bounds, epsg: int) -> PlaneFit:
    """The fit for a map that first shows a box.

    Args:
        bounds: West, south, east, north in degrees WGS 84.
        epsg: A projected VN-2000 CRS.
    """
    west, south, east, north = bounds
    wide = max(MARGIN * (east - west), LEAST_DEGREES)
    high = max(MARGIN * (north - south), LEAST_DEGREES)
    box = (west - wide, south - high, east + wide, north + high)
    centre = ((west + east) / 2, (south + north) / 2)
    scale = ((box[2] - box[0]) / 2, (box[3] - box[1]) / 2)
    nodes = np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)  # Chebyshev's: no bulge at the edges
    u, v = (axis.ravel() for axis in np.meshgrid(nodes, nodes))
    planes = transformer(4326, epsg).transform(centre[0] + scale[0] * u, centre[1] + scale[1] * v)
    solved = np.linalg.lstsq(_terms(u, v), np.column_stack(planes), rcond=None)[0]
    return PlaneFit(box, centre, scale, DEGREE, tuple(solved[:, 0].tolist()), tuple(solved[:, 1].tolist()))


def place_in_plane(
    fit: PlaneFit, longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north in metres by the fit: what the script computes, here for its test."""
    terms = _terms((longitude - fit.centre[0]) / fit.scale[0], (latitude - fit.centre[1]) / fit.scale[1])
    return terms @ np.array(fit.east), terms @ np.array(fit.north)


def _terms(u: NDArray[np.float64], v: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = [(i, j) for i in range(DEGREE + 1) for j in range(DEGREE + 1 - i)]
    return np.column_stack([u**i * v**j for i, j in powers])
