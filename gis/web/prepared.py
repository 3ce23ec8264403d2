"""What the routes of the map keep between requests: shapes by boundary version, pixels by tile.

Each of them is bounded and safe to share between threads.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from gis.maps.features import MapUnits, map_units, units_in_view, whole_bounds
from gis.maps.layers import CLASS_LAYER, class_codes_paint, class_paint
from gis.maps.raster import tile_bounds, unit_pixels

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy as np
    from numpy.typing import NDArray

    from gis.maps.features import Bounds
    from gis.maps.layers import Paint
    from gis.project import Snapshot

VERSIONS_KEPT: Final = 3
TILES_KEPT: Final = 96  # a megabyte each

T = TypeVar("T")


class Kept(Generic[T]):
    """The last few results by their keys."""

    def __init__(self, most: int) -> None:
        """Keep at most that many."""
        self._most = most
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result of a key, made at the first call; two threads that ask at once may both make it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def find(self, key: Hashable) -> T | None:
        """The result of a key; None where there is none."""
        with self._lock:
            return self._kept.get(key)


class PreparedUnits:
    """The prepared units of the last few boundary versions."""

    def __init__(self, most: int = VERSIONS_KEPT) -> None:
        """Keep at most that many versions."""
        self._kept: Kept[MapUnits] = Kept(most)
        self._making = Lock()

    def of(self, snapshot: Snapshot) -> MapUnits:
        """The units of the snapshot's boundary version, made at the first call."""
        with self._making:  # it takes seconds of a large project: nobody makes it a second time
            return self._kept.get(snapshot.boundary_sha, lambda: map_units(snapshot.units))


prepared_units: Final = PreparedUnits()
_bounds: Final[Kept[Bounds | None]] = Kept(VERSIONS_KEPT)
_pixels: Final[Kept[NDArray[np.int32]]] = Kept(TILES_KEPT)


def shown_bounds(snapshot: Snapshot) -> Bounds | None:
    """What a map of the snapshot's boundary version shows first; see `features.whole_bounds`."""
    prepared = prepared_units.of(snapshot)
    return _bounds.get(snapshot.boundary_sha, lambda: whole_bounds(prepared, snapshot.zones))


def tile_units(snapshot: Snapshot, tile: tuple[int, int, int]) -> NDArray[np.int32]:
    """The places of the units under a tile's pixels; see `raster.unit_pixels`."""
    prepared = prepared_units.of(snapshot)

    def make() -> NDArray[np.int32]:
        return unit_pixels(prepared.edges, units_in_view(prepared, tile_bounds(*tile)), tile)

    return _pixels.get((snapshot.boundary_sha, *tile), make)


def warm(snapshot: Snapshot) -> None:
    """Prepare what every visitor needs before somebody waits for it: half a minute of a million parcels.

    First what the first page shows: the figures, the map, then what a card and a mark ask for.
    """
    boundaries = snapshot.boundaries
    _ = snapshot.totals
    _ = prepared_units.of(snapshot).edges
    _ = boundaries.parts_m2, boundaries.labels, boundaries.area_by_id


def classes_of(snapshot: Snapshot, layer: str = CLASS_LAYER) -> Paint:
    """The layer of the classes: the only one that a snapshot alone can tell.

    Raises:
        KeyError: If another layer is asked for.
    """
    if layer != CLASS_LAYER:
        raise KeyError(layer)
    standing = snapshot.standing
    if standing.governing_area_m2.index.equals(snapshot.units.index):
        return class_codes_paint(standing.class_code)
    return class_paint(snapshot.classes, snapshot.units.index)
