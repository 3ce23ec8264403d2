"""Where a layer lies: its vertices in the project's CRS, or why nobody can say.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.boundaries.layers import declare_crs
from gis.errors import GisError, Problem, UnknownCrsError
from gis.vn2000 import crs_name, to_vn2000

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact

# Where Vietnam's land lies in any VN-2000 projection, in metres, generously.
NORTH_RANGE_M: Final = (850_000, 2_650_000)
EAST_RANGE_M: Final = (-250_000, 1_150_000)


class Placed(NamedTuple):
    """A layer's geometry as given, with its CRS; the same in the project's, None where it is refused."""

    stated: gpd.GeoSeries
    planar: gpd.GeoSeries | None
    problems: list[Problem]


def placed(raw: RawLayer, epsg: int, declared_crs: object = None) -> Placed:
    """A layer's vertices in a projected VN-2000 CRS, by the CRS that its file or its user states.

    Args:
        raw: The layer as its file holds it, with one feature at least.
        epsg: The projected VN-2000 CRS wanted.
        declared_crs: What the user says the CRS is, for a file that states none.

    Raises:
        UnknownCrsError: If `declared_crs` names no CRS.
        NotVn2000Error: If `epsg` is no projected VN-2000 CRS.
    """
    problems: list[Problem] = []
    stated = _stated_crs(raw, declared_crs, problems)
    if stated.crs is None:
        return Placed(stated, None, problems)
    # A vertex that is no number is a reason to be named, not a warning of the processor.
    with np.errstate(invalid="ignore"):
        try:
            planar = to_vn2000(stated, epsg)
        except GisError as error:
            return Placed(stated, None, [*problems, Problem(raw.source, error.message, error.facts)])
        place = check_place(raw, stated, planar)
    if place is not None:
        return Placed(stated, None, [*problems, place])
    return Placed(stated, planar, problems)


def read_crs(text: object) -> CRS:
    """The CRS that a text or code names.

    Raises:
        UnknownCrsError: If it names none.

    >>> read_crs("EPSG:5899").to_epsg()
    5899
    """
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise UnknownCrsError(found=str(text)) from None


def _stated_crs(raw: RawLayer, declared_crs: object, problems: list[Problem]) -> gpd.GeoSeries:
    """The geometry with the file's CRS, else the declared one; a problem where neither is, or both differ."""
    own = raw.frame.crs
    if declared_crs is not None:
        declared = read_crs(declared_crs)
        if own is None:
            return declare_crs(raw, declared).frame.geometry
        if not own.equals(declared, ignore_axis_order=True):
            facts = {"found": crs_name(own), "declared": crs_name(declared)}
            problems.append(Problem(raw.source, "problem.crs_declared_otherwise", facts, "warning"))
    elif own is None:
        problems.append(Problem(raw.source, "problem.crs_missing"))
    return raw.frame.geometry


def check_place(raw: RawLayer, stated: gpd.GeoSeries, planar: gpd.GeoSeries) -> Problem | None:
    """One reason why most of a layer cannot lie where its CRS says, else None."""
    given, moved = centres(stated), centres(planar)
    count = max(int(np.isfinite(given[:, 0]).sum()), 1)
    facts: dict[str, Fact] = {"crs": crs_name(stated.crs)}
    if stated.crs.is_geographic:
        beyond = (np.abs(given[:, 0]) > 180) | (np.abs(given[:, 1]) > 90)  # noqa: PLR2004  degrees
        if 2 * beyond.sum() > count:
            east, north = given[np.flatnonzero(beyond)[0]]
            return Problem(
                raw.source, "problem.not_degrees", facts | {"east": round(east), "north": round(north)}
            )
        return None
    # The smallest north of the country is larger than the east of any place that has such a north.
    swapped = within(moved[:, 0], NORTH_RANGE_M) & (moved[:, 1] < NORTH_RANGE_M[0])
    if 2 * swapped.sum() > count:
        east, north = moved[np.flatnonzero(swapped)[0]]
        return Problem(
            raw.source, "problem.axes_swapped", facts | {"east": round(east), "north": round(north)}
        )
    return None


def centres(shapes: gpd.GeoSeries | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The middle of each shape's bounds, (n, 2); NaN where there is none."""
    bounds = shapely.bounds(np.asarray(shapes, dtype=object))
    return np.column_stack([bounds[:, [0, 2]].mean(axis=1), bounds[:, [1, 3]].mean(axis=1)])


def within(values: np.ndarray[Any, Any], limits: tuple[float, float]) -> np.ndarray[Any, Any]:
    """Whether each value is between two limits, both included."""
    return (values >= limits[0]) & (values <= limits[1])
