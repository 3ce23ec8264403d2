"""Geometries from their bytes, each by itself where the bulk fails. Pure: no file, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gis.store.fiona_files import parse_crs
from gis.store.gdal_messages import reason

if TYPE_CHECKING:
    import pyarrow as pa


def frame_of(meta: dict[str, Any], table: pa.Table) -> tuple[gpd.GeoDataFrame, dict[int, str]]:
    """Decode geometries one by one where the bulk fails, so that one bad feature spoils no other."""
    name = meta["geometry_name"] or "wkb_geometry"
    wkb = table.column(name).to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):  # a vertex may be no number; `gis.boundaries` names it
        shapes = _decoded(wkb)
    given = np.array([value is not None for value in wkb], dtype=bool)
    unreadable = {
        int(row): _decode_reason(wkb[row]) for row in np.flatnonzero(given & shapely.is_missing(shapes))
    }
    # An attribute may be called "geometry" too; it keeps its values under a name that is free.
    columns = ["geometry_text" if c == "geometry" else c for c in table.column_names if c != name]
    attributes = table.drop_columns([name]).rename_columns(columns)
    frame = attributes.to_pandas(integer_object_nulls=True)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=parse_crs(meta["crs"])), unreadable


def with_unique_names(table: pa.Table) -> pa.Table:
    """The table with a second column of one name called "name_2", a third "name_3".

    >>> import pyarrow as pa
    >>> with_unique_names(pa.table([[1], [2]], names=["so_to", "so_to"])).column_names
    ['so_to', 'so_to_2']
    """
    names: list[str] = []
    for name in table.column_names:
        number, free = 1, name
        while free in names:
            number += 1
            free = f"{name}_{number}"
        names.append(free)
    return table if names == table.column_names else table.rename_columns(names)


def _decoded(wkb: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Geometries, missing where the bytes are no geometry or a curve."""
    try:
        shapes: np.ndarray[Any, Any] = shapely.from_wkb(wkb, on_invalid="ignore")
    except NotImplementedError:
        # A curve stops the bulk, whatever on_invalid says: decode the others one by one.
        shapes = np.array(
            [None if _decode_reason(one) else shapely.from_wkb(one) for one in wkb], dtype=object
        )
    return shapes


def _decode_reason(wkb: bytes | None) -> str:
    """Why bytes are no geometry; empty if they are one, or missing."""
    try:
        shapely.from_wkb(wkb)
    except (shapely.errors.GEOSException, NotImplementedError) as error:
        return reason(error)
    return ""
