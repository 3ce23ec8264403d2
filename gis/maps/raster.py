"""Which unit lies under each pixel of an overview tile: one array of places, whatever is painted later.

A pixel belongs to the unit that holds its centre. All rings of a tile are filled at once, row by row of
pixels, so that a tile of a million parcels costs what its edges cost and no parcel a call of its own.
Colours, days and filters are laid over it afterwards by looking each place up. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.maps.features import Bounds

TILE_PX: Final = 512  # drawn on 256 pixels of CSS: sharp on a phone, smooth between two zooms
NOTHING: Final = -1


@dataclass(frozen=True, slots=True)
class Edges:
    """The edges of all rings, in the units' order.

    Args:
        start: x, y of each edge's start in parts of the world's side, as Web Mercator cuts it: x from
            180° west, y from the north.
        end: Likewise its end.
        unit: The place of its unit.
        first: By unit, the place of its first edge; one more at the end.
        box: By unit, x from, y from, x to, y to of its edges; NaN where it has none.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    unit: NDArray[np.int64]
    first: NDArray[np.int64]
    box: NDArray[np.float64]


def edges(geometry: NDArray[Any]) -> Edges:
    """The edges of polygons.

    Args:
        geometry: Polygons or multipolygons in degrees WGS 84; what is missing or empty has no edge.
    """
    parts, of_unit = shapely.get_parts(geometry, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    degrees, ring = shapely.get_coordinates(rings, return_index=True)
    places = to_world(degrees)
    here = np.flatnonzero(ring[1:] == ring[:-1])
    unit = of_unit[of_part[ring[here]]]
    first = np.searchsorted(unit, np.arange(len(geometry) + 1))
    west, south, east, north = shapely.bounds(geometry).T
    corners = to_world(np.column_stack([west, north])), to_world(np.column_stack([east, south]))
    return Edges(places[here], places[here + 1], unit, first, np.hstack(corners))


def to_world(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude and latitude as parts of the Web Mercator world's side, x from the west and y from the north.

    >>> to_world(np.array([[0.0, 0.0]])).tolist()
    [[0.5, 0.5]]
    """
    x = (degrees[:, 0] + 180) / 360
    y = (1 - np.arcsinh(np.tan(np.radians(degrees[:, 1]))) / np.pi) / 2
    return np.column_stack([x, y])


def tile_bounds(zoom: int, column: int, row: int) -> Bounds:
    """West, south, east, north of a tile in degrees WGS 84.

    >>> tile_bounds(0, 0, 0)[::2]
    (-180.0, 180.0)
    """
    count = 2**zoom
    north, south = (
        float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * at / count))))) for at in (row, row + 1)
    )
    return column / count * 360 - 180, south, (column + 1) / count * 360 - 180, north


def unit_pixels(
    drawn: Edges, units: NDArray[np.int64], tile: tuple[int, int, int], size: int = TILE_PX
) -> NDArray[np.int32]:
    """The place of the unit at the centre of each pixel of a tile.

    Args:
        drawn: The edges of all units.
        units: Places of those whose box meets the tile, ascending; where two hold a centre, the later one.
        tile: Zoom, column, row.
        size: Pixels to a side.

    Returns:
        int32, (size + 1) x (size + 1), north first; -1 where there is none. The last row and column are
        the first of the next tile, so that an outline goes on across the border.
    """
    zoom, column, row = tile
    scale, corner = size * 2.0**zoom, np.array([column, row]) * float(size)
    box = np.ceil(drawn.box[units] * scale - np.tile(corner, 2) - 0.5)
    # From afar most parcels lie between the centres of two pixels and need not be looked at.
    chosen = _edges_of(drawn, units[(box[:, 2] > box[:, 0]) & (box[:, 3] > box[:, 1])])
    start, end = drawn.start[chosen] * scale - corner, drawn.end[chosen] * scale - corner
    side = size + 1
    found = np.full(side * side, NOTHING, dtype=np.int32)
    low = _first_centre(np.minimum(start[:, 1], end[:, 1]), side)
    high = _first_centre(np.maximum(start[:, 1], end[:, 1]), side)
    crossed = np.flatnonzero(high > low)
    which, y = _spread(low[crossed], high[crossed])
    edge = crossed[which]
    slope = (end[edge, 0] - start[edge, 0]) / (end[edge, 1] - start[edge, 1])
    x = start[edge, 0] + (y + 0.5 - start[edge, 1]) * slope
    key = drawn.unit[chosen[edge]] * side + y
    order = np.lexsort((x, key))  # each unit's crossings of a row, from west to east: in, out, in, out
    x, key = x[order], key[order]
    span, at = _spread(_first_centre(x[0::2], side), _first_centre(x[1::2], side))
    unit, y = np.divmod(key[0::2][span], side)
    found[y * side + at] = unit
    return found.reshape(side, side)


def _edges_of(drawn: Edges, units: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of all edges of some units."""
    return _spread(drawn.first[units], drawn.first[units + 1])[1]


def _first_centre(at: NDArray[np.float64], side: int) -> NDArray[np.int64]:
    """The first pixel whose centre is not before a place, 0 to `side`."""
    return np.clip(np.ceil(at - 0.5), 0, side).astype(np.int64)


def _spread(low: NDArray[np.int64], high: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every whole number of every range [low, high), beside the range's place.

    >>> [part.tolist() for part in _spread(np.array([3, 7]), np.array([5, 8]))]
    [[0, 0, 1], [3, 4, 7]]
    """
    counts = np.maximum(high - low, 0)
    which = np.repeat(np.arange(len(low)), counts)
    before = np.cumsum(counts) - counts
    return which, np.arange(len(which)) - before[which] + low[which]
