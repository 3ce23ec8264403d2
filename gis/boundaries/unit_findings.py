"""The worst that is to be looked at in the land of each unit in force: what a map is coloured by.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.boundaries.findings import beyond_accuracy
from gis.boundaries.gaps import gaps
from gis.boundaries.topology import overlaps

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    from numpy.typing import NDArray

# The worst first: land that counts twice, land that counts not at all, a list that says otherwise, and
# areas of the file that the drawing does not have.
FINDINGS: Final = ("overlap", "gap", "list", "area")
NOTHING: Final = "none"


def unit_findings(units: gpd.GeoDataFrame, listed: Collection[str] = ()) -> NDArray[np.object_]:
    """The worst finding of each unit, by place: a name of `FINDINGS`, or "none".

    Args:
        units: Columns `legal_area_m2`, `measured_area_m2`; geometry in a projected VN-2000 CRS, missing of
            what is on no map.
        listed: Ids of the units whose list disagrees with the map.

    Raises:
        NotVn2000Error: If the CRS is absent, geographic or of another datum.
    """
    found: NDArray[Any] = np.full(len(units), NOTHING, dtype=object)
    shapes = units.geometry.to_numpy()
    found[_with_other_areas(units, shapes)] = "area"
    found[units.index.isin(list(listed))] = "list"
    found[_beside_gaps(shapes)] = "gap"
    shared = overlaps(units.geometry)
    found[[one.first for one in shared] + [one.second for one in shared]] = "overlap"
    return found


def _with_other_areas(units: gpd.GeoDataFrame, shapes: NDArray[Any]) -> NDArray[np.bool_]:
    """Which parcels have an area that their drawing cannot explain: measured, else of the certificate."""
    stated_m2 = units["measured_area_m2"].fillna(units["legal_area_m2"])
    differ = beyond_accuracy(shapes, stated_m2.to_numpy(dtype="float64"))
    is_parcel: NDArray[np.bool_] = (units["kind"] == "parcel").to_numpy(dtype=bool)
    return differ & is_parcel


def _beside_gaps(shapes: NDArray[Any]) -> NDArray[np.int64]:
    """The places of the units that a narrow strip of nobody's land divides."""
    strips = np.array(gaps(shapes), dtype=object)
    return np.unique(shapely.STRtree(shapes).query(strips, predicate="intersects")[1])
