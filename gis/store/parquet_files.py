"""GeoParquet, read by pyarrow: neither of the two GDAL that come as wheels has a driver for it.

By the GeoParquet 1.1 specification: the key "geo" of the file's metadata names the geometry column, its
encoding and its CRS; a file that names no CRS is in longitude and latitude (OGC:CRS84).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.boundaries.layers import RawLayer
from gis.errors import Problem
from gis.store.decoding import frame_of, with_unique_names
from gis.store.gdal_messages import reason
from gis.store.stated import check_whole

if TYPE_CHECKING:
    from pathlib import Path

PARQUET_ENDINGS: Final = frozenset({".parquet", ".geoparquet"})


def read_parquet(path: Path, file: str) -> tuple[list[RawLayer], list[Problem]]:
    """The one layer of a GeoParquet file, and what is wrong with it.

    Args:
        path: The file.
        file: What its user calls it.
    """
    try:
        with pq.ParquetFile(path) as parquet:
            described = (parquet.schema_arrow.metadata or {}).get(b"geo")
            table = with_unique_names(parquet.read())
    except (pa.ArrowException, OSError, ValueError) as error:
        return [], [Problem(file, "problem.file_unopened", {"reason": reason(error)})]
    try:
        column, crs = _described(described)
    except (ValueError, KeyError, TypeError, AttributeError, CRSError, RecursionError) as error:
        return [], [Problem(file, "problem.parquet_without_geometry", {"reason": reason(error)})]
    if column not in table.column_names or not _is_binary(table.schema.field(column).type):
        return [], [Problem(file, "problem.parquet_without_geometry", {"reason": column})]
    if table.column_names.count(column) > 1:
        return [], [Problem(file, "problem.parquet_without_geometry", {"reason": column})]
    try:
        table.validate(full=True)
        frame, unreadable = frame_of({"geometry_name": column, "crs": crs}, table)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        return [], [Problem(file, "problem.layer_unread", {"reason": reason(error)})]
    return [RawLayer(file, path.stem, "Parquet", "UTF-8", frame, unreadable)], check_whole(
        path, file, {path.stem: len(frame)}
    )


def _described(geo: bytes | None) -> tuple[str, str | None]:
    """The geometry column and its CRS as WKT, None where the file says that it is unknown."""
    if geo is None:
        raise ValueError("geo")
    meta: dict[str, Any] = json.loads(geo)
    column = str(meta["primary_column"])
    one: dict[str, Any] = meta["columns"][column]
    if str(one["encoding"]).upper() != "WKB":
        raise ValueError(str(one["encoding"]))
    given = one.get("crs", "OGC:CRS84")
    return column, None if given is None else CRS.from_user_input(given).to_wkt()


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind))
