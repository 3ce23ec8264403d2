"""Square metres of shapes, and of each parcel in each zone. Pure: no file, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gis.errors import CrsMismatchError, DuplicateIdError
from gis.vn2000 import crs_name, require_vn2000

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

POLYGONAL: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def area_m2(geometry: gpd.GeoSeries) -> pd.Series:
    """Planar area of each geometry, in square metres.

    Args:
        geometry: Polygons in a projected VN-2000 CRS.

    Returns:
        float64, named "area_m2", on the index of `geometry`; NaN where the geometry is missing,
        empty or no polygon.

    Raises:
        NotVn2000Error: If the CRS is absent, geographic or of another datum.

    >>> import geopandas as gpd
    >>> plot = gpd.GeoSeries([shapely.box(0, 0, 100, 200)], index=["P-1"], crs=5897)
    >>> area_m2(plot)
    P-1    20000.0
    Name: area_m2, dtype: float64
    """
    require_vn2000(geometry.crs)
    shapes = np.asarray(geometry, dtype=object)
    areas = np.where(is_polygonal(shapes), shapely.area(shapes), np.nan)
    return pd.Series(areas, index=geometry.index, name="area_m2")


def overlap_m2(units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.Series:
    """Planar area of each unit inside each zone, in square metres: parcel ∩ zone.

    Units wholly inside a zone take their own area; only those that cross its boundary are
    intersected. Neither frame is changed, and calls may run side by side.

    Args:
        units: Parcels and public features with valid polygons in a projected VN-2000 CRS, index
            `parcel_id` without duplicates. What is no polygon overlaps nothing.
        zones: Zones with valid polygons in the same CRS, index `zone_id` without duplicates.

    Returns:
        float64, named "overlap_m2", index (`parcel_id`, `zone_id`), sorted; only overlaps above 0:
        shapes that touch in a line or a point have none.

    Raises:
        NotVn2000Error: If a CRS is absent, geographic or of another datum.
        CrsMismatchError: If the two frames are in different CRS.
        DuplicateIdError: If an id stands twice in an index.

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> plots = gpd.GeoDataFrame(geometry=[box(0, 0, 9, 10), box(9, 0, 19, 10)], crs=5897)
    >>> park = gpd.GeoDataFrame(geometry=[box(-5, -5, 12, 15)], index=["Z"], crs=5897)
    >>> overlap_m2(plots, park).to_dict()
    {(0, 'Z'): 90.0, (1, 'Z'): 30.0}
    """
    require_measurable(units, zones)
    unit, zone, area = _overlaps(polygons(units), polygons(zones))
    keep = area > 0
    unit_ids, unit_rank = _sorted_ids(units.index)
    zone_ids, zone_rank = _sorted_ids(zones.index)
    unit_code, zone_code = unit_rank[unit[keep]], zone_rank[zone[keep]]
    order = np.lexsort((zone_code, unit_code))
    index = pd.MultiIndex(
        levels=(unit_ids, zone_ids),  # type: ignore[arg-type]  # stubs know lists of labels only
        codes=(unit_code[order], zone_code[order]),  # type: ignore[arg-type]
        names=["parcel_id", "zone_id"],
        verify_integrity=False,  # ids are unique and the codes are positions in them
    )
    return pd.Series(area[keep][order], index=index, name="overlap_m2")


def require_measurable(units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> None:
    """Demand of two frames: one VN-2000 CRS and ids that stand once.

    Raises:
        NotVn2000Error: If a CRS is absent, geographic or of another datum.
        CrsMismatchError: If the two frames are in different CRS.
        DuplicateIdError: If an id stands twice in an index.
    """
    if require_vn2000(units.crs) != require_vn2000(zones.crs):
        raise CrsMismatchError(units=crs_name(units.crs), zones=crs_name(zones.crs))
    for index in (units.index, zones.index):
        if not index.is_unique:
            twice = index[index.duplicated()]
            raise DuplicateIdError(id=str(twice[0]), count=len(twice.unique()))


def is_polygonal(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which of some shapes have an area: polygons and multipolygons that are not empty."""
    polygonal: NDArray[np.bool_] = np.isin(shapely.get_type_id(shapes), POLYGONAL)
    return polygonal & ~shapely.is_empty(shapes)


def polygons(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """The polygons of a frame in its order; None where there is none."""
    shapes: NDArray[np.object_] = np.array(frame.geometry, dtype=object)
    shapes[~is_polygonal(shapes)] = None
    return shapes


def _overlaps(
    units: NDArray[np.object_], zones: NDArray[np.object_]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Positions of unit and zone, and the m² they share, for each pair that meets."""
    # Copies: preparing marks a geometry, and the caller's must stay as they are (other threads
    # may read them).
    own_zones = shapely.force_2d(zones)
    # The tree stands on the zones: they are the few, so that a million units need no tree.
    unit, zone = shapely.STRtree(own_zones).query(units)
    shapely.prepare(own_zones)
    inside = shapely.covers(own_zones[zone], units[unit])
    crossing = np.flatnonzero(~inside)
    crossing = crossing[shapely.intersects(own_zones[zone[crossing]], units[unit[crossing]])]
    area = np.where(inside, shapely.area(units[unit]), 0.0)
    cut = shapely.intersection(units[unit[crossing]], own_zones[zone[crossing]])
    area[crossing] = shapely.area(cut)
    return unit, zone, area


def _sorted_ids(ids: pd.Index) -> tuple[pd.Index, NDArray[np.intp]]:
    """The ids sorted, and for each position of `ids` its place among them."""
    if ids.is_monotonic_increasing:  # as checked frames come: a million ids need no sort
        return ids, np.arange(len(ids))
    order = ids.argsort()
    rank = np.empty(len(ids), dtype=np.intp)
    rank[order] = np.arange(len(ids))
    return ids[order], rank
