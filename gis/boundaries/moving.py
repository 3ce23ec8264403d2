"""A survey that is the loaded map in another place: one of the two was read in a wrong CRS.

By its land it would be matched with the neighbours' parcels, and holders and milestones with it.
Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely

from gis.boundaries.checks import UNIT_KEY
from gis.boundaries.matching import SURVEY_WIDTH_M

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# So many parcels that moved in one way to 5 cm, and half of all: no survey does that by chance.
LEAST_MOVED: Final = 5
ALIKE_M: Final = 0.05
# UTM and TM-3 differ by 3e-4 in scale; two datums turn by less.
LARGEST_SCALE: Final = 2e-3
_FITS: Final = 3


class Moved(NamedTuple):
    """How a map lies beside the loaded one.

    Args:
        parcels: Parcels that moved in that one way.
        of: Parcels with a known number.
        metres: By how much, the middle one.
        way: a, b, c, d of east' = a east - b north + c, north' = b east + a north + d; about `origin`.
        origin: East and north, metres.
    """

    parcels: int
    of: int
    metres: float
    way: tuple[float, float, float, float]
    origin: tuple[float, float]

    def to_new(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Vertices of the loaded map, (n, 2) in metres, where the new one has them."""
        a, b, c, d = self.way
        east, north = (xy - np.array(self.origin)).T
        placed = np.column_stack([a * east - b * north + c, b * east + a * north + d])
        return np.asarray(placed + np.array(self.origin), dtype=np.float64)


def moved(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> Moved | None:
    """That most parcels lie beside the ones of their number in one way, further than a survey errs.

    Args:
        old: Parcels in force with `UNIT_KEY` and polygons in a projected CRS.
        new: Parcels of a file, alike.

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> rows = [{"commune": "1", "sheet": "2", "number": str(n)} for n in range(6)]
    >>> shapes = [box(20 * n, 0, 20 * n + 20, 9 + n) for n in range(6)]
    >>> old = gpd.GeoDataFrame(rows, geometry=shapes, crs=5897)
    >>> found = moved(old, old.set_geometry(old.translate(3, 4)))
    >>> found.parcels, found.of, round(found.metres, 6)
    (6, 6, 5.0)
    """
    places = dict(zip(_keys(old), _middles(old), strict=True))
    pairs = [
        (places[key], middle) for key, middle in zip(_keys(new), _middles(new), strict=True) if key in places
    ]
    if len(pairs) < LEAST_MOVED:
        return None
    there, here = np.array([one for one, _ in pairs]), np.array([one for _, one in pairs])
    metres = float(np.median(np.hypot(*(here - there).T)))
    if metres <= SURVEY_WIDTH_M:
        return None
    origin = there.mean(axis=0)
    way = _way(there - origin, here - origin)
    found = Moved(0, len(pairs), metres, way, (float(origin[0]), float(origin[1])))
    count = int((np.hypot(*(found.to_new(there) - here).T) <= ALIKE_M).sum())
    alike = count >= max(LEAST_MOVED, len(pairs) / 2)
    is_place = abs(way[0] - 1) <= LARGEST_SCALE and abs(way[1]) <= LARGEST_SCALE
    return found._replace(parcels=count) if alike and is_place else None


def _keys(units: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    return list(zip(*(units[name].astype(str) for name in UNIT_KEY), strict=True))


def _middles(units: gpd.GeoDataFrame) -> NDArray[np.float64]:
    return np.asarray(shapely.get_coordinates(shapely.centroid(units.geometry.to_numpy())), dtype=np.float64)


def _way(there: NDArray[Any], here: NDArray[Any]) -> tuple[float, float, float, float]:
    """Shift, turn and scale by least squares, the half that fits worse left out each time."""
    rows = np.hypot(*(here - there - np.median(here - there, axis=0)).T).argsort()[: max(3, len(there) // 2)]
    way = np.array([1.0, 0.0, 0.0, 0.0])
    for _ in range(_FITS):
        (east, north), zero, one = there[rows].T, np.zeros(len(rows)), np.ones(len(rows))
        left = np.vstack(
            [np.column_stack([east, -north, one, zero]), np.column_stack([north, east, zero, one])]
        )
        way = np.linalg.lstsq(left, here[rows].T.ravel(), rcond=None)[0]
        a, b, c, d = way
        fit = np.column_stack([a * there[:, 0] - b * there[:, 1] + c, b * there[:, 0] + a * there[:, 1] + d])
        rows = np.hypot(*(fit - here).T).argsort()[: max(3, len(there) // 2)]
    return (float(way[0]), float(way[1]), float(way[2]), float(way[3]))
