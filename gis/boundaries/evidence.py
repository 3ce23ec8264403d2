"""What speaks for and against a reading of a file's numbers: the place, the areas, the land around.

Pure: no file, no clock, no network.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import geopandas as gpd
import numpy as np
import shapely

from gis.boundaries.candidates import Reading, land
from gis.boundaries.placing import EAST_RANGE_M, NORTH_RANGE_M, centres

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from gis.plan import Plan

Box: TypeAlias = tuple[float, float, float, float]

# Nothing but look-alikes lands this near: TM-3 of the next meridian, 15' away, is 26 km off.
NEAR_M: Final = 10_000.0
# Around loaded land, where the plan does not say the commune's own bounds.
AROUND_M: Final = 2_000.0
SAMPLE_ROWS: Final = 1_000
# A corner stands on a corner within this: degrees with seven decimals are rounded to 5 mm.
CELL_M: Final = 0.05
# Corners on loaded corners that are never chance, and how much denser corners may lie than on the whole.
LEAST_MATCHED: Final = 3
DENSER: Final = 10
# k0 of UTM and of TM-3 differ by 3e-4, areas by 6e-4; half of that each way tells one from the other.
LEAST_AREAS: Final = 5
AREA_ERROR: Final = 8e-5
AREA_FITS: Final = 1.5e-4
AREA_DIFFERS: Final = 3e-4


@dataclass(frozen=True, eq=False)
class Scene:
    """What is known of a project's place before a file is read.

    Args:
        epsg: The project's projected VN-2000 CRS.
        place: West, south, east, north of the commune there, metres; None where nobody said.
        neighbours: Loaded zones and units there, None where there are none.
        believes_label: Whether a file that names the project's own CRS is believed, with a warning, while
            nothing confirms it. A label alone is asked unless a caller says so: the numbers of look-alike
            CRS land in the commune too, 660 to 1,240 m off. Only what the ledger has loaded is a neighbour:
            files that come together may all be shifted alike.
    """

    epsg: int
    place: Box | None = None
    neighbours: gpd.GeoSeries | None = None
    believes_label: bool = False

    @cached_property
    def box(self) -> Box:
        """Where the project's land is: the commune and what is loaded; else all Vietnam."""
        boxes = [self.place] if self.place else []
        if self.neighbours is not None and len(self.neighbours):
            west, south, east, north = map(float, self.neighbours.total_bounds)
            wide = 0.0 if self.place else AROUND_M
            boxes.append((west - wide, south - wide, east + wide, north + wide))
        if not boxes:
            return (EAST_RANGE_M[0], NORTH_RANGE_M[0], EAST_RANGE_M[1], NORTH_RANGE_M[1])
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        return (float(low[0]), float(low[1]), float(high[2]), float(high[3]))

    @property
    def is_known(self) -> bool:
        """Whether anybody said where the project is."""
        return self.place is not None or (self.neighbours is not None and len(self.neighbours) > 0)

    @cached_property
    def corners(self) -> NDArray[np.int64]:
        """The cells of `CELL_M` in which loaded corners stand, sorted, each once."""
        if self.neighbours is None:
            return np.empty(0, dtype=np.int64)
        return np.unique(_cells(shapely.get_coordinates(self.neighbours.to_numpy())))

    @cached_property
    def corner_tree(self) -> shapely.STRtree | None:
        """Loaded corners by place, None where no land is loaded."""
        if self.neighbours is None or not len(self.neighbours):
            return None
        corners = np.unique(shapely.get_coordinates(self.neighbours.to_numpy()), axis=0)
        return shapely.STRtree(np.asarray(shapely.points(corners)))


def scene_of(plan: Plan, *loaded: gpd.GeoSeries) -> Scene:
    """The scene of a project: the commune's bounds in its plan, and the land that is loaded.

    Args:
        plan: Its CRS and the commune's bounds.
        loaded: Zones and units in force, in the project's CRS.
    """
    shapes = [shape for series in loaded for shape in series.to_numpy() if shape is not None]
    neighbours = None
    if shapes:
        neighbours = gpd.GeoSeries(shapes, crs=plan.crs)
    bounds = plan.commune.bounds
    return Scene(plan.crs, None if bounds is None else _planar(bounds, plan.crs), neighbours)


def _planar(bounds: Sequence[float], epsg: int) -> Box:
    """A box of WGS 84 degrees as a box of metres that holds it: its sides are bent by some metres."""
    west, south, east, north = bounds
    along = np.linspace(0, 1, 9)
    lon, lat = west + (east - west) * along, south + (north - south) * along
    sides = [np.column_stack([lon, np.full(9, y)]) for y in (south, north)]
    sides += [np.column_stack([np.full(9, x), lat]) for x in (west, east)]
    planar = land(Reading(4326, unit="degree"), np.concatenate(sides), epsg)
    low, high = planar.min(axis=0), planar.max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows of a layer spread evenly over it: a place needs no more than a thousand of them.

    Args:
        shapes: Geometries as the file has them, each with finite bounds.
        areas_m2: What the file's columns say of each, NaN where nothing.
    """

    shapes: NDArray[np.object_]
    areas_m2: NDArray[np.float64]

    @cached_property
    def centres(self) -> NDArray[np.float64]:
        """The middle of each one's bounds, (n, 2), in the file's numbers."""
        return np.asarray(centres(self.shapes), dtype=np.float64)

    @cached_property
    def few(self) -> NDArray[np.float64]:
        """Nine of the centres, in order, for a first look."""
        return np.take(self.centres, np.linspace(0, len(self.centres) - 1, 9).astype(int), axis=0)

    @cached_property
    def corners(self) -> NDArray[np.float64]:
        """The corners of all, each once, in the file's numbers."""
        return np.unique(shapely.get_coordinates(self.shapes), axis=0)


def sample_of(shapes: gpd.GeoSeries, areas_m2: pd.Series | None = None) -> Sample:
    """At most `SAMPLE_ROWS` rows of a layer, spread evenly; with areas where it has any.

    Args:
        shapes: As the file has them, in any CRS.
        areas_m2: What the file says of each, on the same index.
    """
    whole = shapes.to_numpy()
    usable = np.flatnonzero(np.isfinite(shapely.bounds(whole)).all(axis=1))
    told = np.full(len(whole), np.nan) if areas_m2 is None else areas_m2.to_numpy(dtype=float)
    if len(usable) > SAMPLE_ROWS:
        usable = usable[np.linspace(0, len(usable) - 1, SAMPLE_ROWS).astype(int)]
    return Sample(shapely.force_2d(whole[usable]), told[usable])


def beyond_m(places: NDArray[np.float64], box: Box) -> NDArray[np.float64]:
    """Distance of each place from a box, metres, 0 inside; infinite where the place is nowhere.

    >>> beyond_m(np.array([[0.0, 0.0], [5.0, 1.0], [np.nan, 0.0]]), (0, 0, 2, 2)).tolist()
    [0.0, 3.0, inf]
    """
    west, south, east, north = box
    with np.errstate(invalid="ignore"):
        across = np.maximum.reduce([west - places[:, 0], places[:, 0] - east, np.zeros(len(places))])
        along = np.maximum.reduce([south - places[:, 1], places[:, 1] - north, np.zeros(len(places))])
        gaps = np.hypot(across, along)
    return np.where(np.isfinite(gaps), gaps, np.inf)


@dataclass(frozen=True, slots=True)
class AreaFit:
    """How drawn areas stand to stated ones: their middle ratio, how sure that is, of how many."""

    ratio: float
    error: float
    count: int

    @property
    def tells_scale(self) -> bool:
        """Whether it is sure enough to tell k0 = 0.9999 from 0.9996."""
        return self.count >= LEAST_AREAS and self.error < AREA_ERROR

    @property
    def fits(self) -> bool:
        """Whether drawn and stated areas agree as near as this one can tell."""
        return self.tells_scale and abs(math.log(self.ratio)) <= AREA_FITS + 3 * self.error

    @property
    def differs(self) -> bool:
        """Whether they surely do not agree."""
        return self.tells_scale and abs(math.log(self.ratio)) > AREA_DIFFERS + 3 * self.error


def area_fit(reading: Reading, sample: Sample, epsg: int) -> AreaFit | None:
    """Drawn areas by a reading against stated ones, None where the file states none."""
    rows = np.flatnonzero(sample.areas_m2 > 0)
    if not len(rows):
        return None
    moved = _moved(reading, sample.shapes[rows], epsg)
    with np.errstate(invalid="ignore", divide="ignore"):
        logs = np.log(shapely.area(moved) / sample.areas_m2[rows])
    logs = logs[np.isfinite(logs)]
    if not len(logs):
        return None
    middle = float(np.median(logs))
    spread = 1.4826 * float(np.median(np.abs(logs - middle)))
    # Standard error of a median; areas to 0.1 m² are rounded to some 1e-5 of a field.
    return AreaFit(math.exp(middle), 1.2533 * spread / math.sqrt(len(logs)) + 1e-6, len(logs))


def _moved(reading: Reading, shapes: NDArray[np.object_], epsg: int) -> NDArray[np.object_]:
    with np.errstate(invalid="ignore"):
        return np.asarray(shapely.transform(shapes, lambda xy: land(reading, xy, epsg)), dtype=object)


def matched_corners(reading: Reading, sample: Sample, scene: Scene) -> int:
    """How many corners of the layer stand on corners of loaded land, by a reading."""
    cells = scene.corners
    if not len(cells):
        return 0
    places = land(reading, sample.corners, scene.epsg)
    places = places[np.isfinite(places).all(axis=1)]
    hit = np.zeros(len(places), dtype=bool)
    for east in (-CELL_M, 0, CELL_M):
        for north in (-CELL_M, 0, CELL_M):
            keys = _cells(places + np.array([east, north]))
            found = np.searchsorted(cells, keys)
            hit |= cells[np.minimum(found, len(cells) - 1)] == keys
    return int(hit.sum())


def least_matched(sample: Sample, scene: Scene) -> float:
    """How many corners must stand on loaded corners to be no chance.

    Corners strewn over the commune fall on a loaded one as often as these are dense; six standard
    deviations above that, and three more, come about once in some ten million layers.
    """
    west, south, east, north = scene.box
    density = DENSER * len(scene.corners) / max((east - west) * (north - south), 1.0)
    by_chance = len(sample.corners) * density * (3 * CELL_M) ** 2
    return LEAST_MATCHED + by_chance + 6 * math.sqrt(by_chance)


def _cells(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """A number for the cell of each place; far places may share one, near ones do not."""
    whole = np.floor(np.clip(places, -1e8, 1e8) / CELL_M).astype(np.int64)
    return whole[:, 0] * 4_000_000_007 + whole[:, 1]
