"""fiona: the independent second reader, and the writer of deliverables. The only module that knows it.

fiona carries a GDAL of its own (3.9 beside pyogrio's 3.12): what both find in a file is in the file.
"""

from __future__ import annotations

import logging
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fiona
import shapely
from fiona.errors import FionaError
from fiona.model import to_dict
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis.errors import FileUnwritableError, GisError, MissingCrsError, SchemaMismatchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

# GDAL's errors come as a dozen classes with no base in common.
# SystemError: an error of GDAL's that fiona meets again where it asks for something else.
FIONA_ERRORS = (FionaError, OSError, RuntimeError, ValueError, KeyError, TypeError, SystemError)
_SUFFIXES = {"GPKG": ".gpkg", "GeoJSON": ".geojson", "FlatGeobuf": ".fgb", "ESRI Shapefile": ".shp"}


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What a reader says of a layer, in words both readers share.

    Args:
        name: Name of the layer.
        driver: GDAL's name of the format.
        columns: Name and kind of each column: "int", "float", "str", "date", "datetime", ...
        crs: Its CRS, None where there is none that can be read.
        count: Number of its features.
    """

    name: str
    driver: str
    columns: tuple[tuple[str, str], ...]
    crs: CRS | None
    count: int


def layer_names(path: Path) -> list[str]:
    """The layers of a file, in its order."""
    return list(fiona.listlayers(path))


def layer_facts(path: Path, layer: str) -> LayerFacts:
    """What fiona says of a layer.

    Raises:
        One of `FIONA_ERRORS`: If fiona cannot open or count it.
    """
    with fiona.open(path, layer=layer, allow_unsupported_drivers=True) as source:
        return LayerFacts(
            layer,
            source.driver,
            tuple((name, _kind(str(kind))) for name, kind in source.schema["properties"].items()),
            parse_crs(source.crs_wkt),
            _count(path, layer, source),
        )


def first_texts(path: Path, layer: str, columns: Sequence[str], count: int) -> list[dict[str, Any]]:
    """The texts of the first features of a layer, as fiona decodes them."""
    if not columns:
        return []
    with fiona.open(path, layer=layer, allow_unsupported_drivers=True, ignore_geometry=True) as source:
        return [{name: row.properties.get(name) for name in columns} for row in islice(source, count)]


def _count(path: Path, layer: str, source: Any) -> int:  # noqa: ANN401  fiona publishes no types
    try:
        # A Shapefile's own count has the rows that are marked as deleted, which nobody reads.
        count = None if source.driver == "ESRI Shapefile" else len(source)
    except TypeError:
        count = None
    if count is None:
        # Formats without a count of their own (DXF, MIF, FlatGeobuf): count by reading.
        only_rows: dict[str, Any] = {"ignore_geometry": True}
        if source.driver == "ESRI Shapefile":
            only_rows["include_fields"] = []  # not every driver can leave them out
        with fiona.open(path, layer=layer, allow_unsupported_drivers=True, **only_rows) as again:
            return sum(1 for _ in again)
    return int(count)


def _kind(kind: str) -> str:
    """A column's type of fiona without its width: "str:254" and "json" are "str"."""
    plain = kind.partition(":")[0]
    if plain.startswith("int"):
        return "int"
    if plain.startswith("List"):
        return "list"
    return {"json": "str", "float32": "float"}.get(plain, plain)


def parse_crs(text: str | None) -> CRS | None:
    """The CRS of a definition; None where there is none, or only the name of an unknown one."""
    if not text:
        return None
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        return None
    undefined = crs.name.lower().startswith(("undefined", "unnamed")) and crs.to_epsg() is None
    known = crs.is_projected or crs.is_geographic or crs.is_bound or crs.is_compound
    return None if undefined or not known else crs


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep fiona's own log lines off the terminal: what matters comes back as a Problem."""
    log, handler = logging.getLogger("fiona"), logging.NullHandler()
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


def write_vector(
    path: Path,
    frame: gpd.GeoDataFrame,
    schema: Mapping[str, Any],
    driver: str = "GPKG",
    *,
    layer: str | None = None,
    written_at: str | None = None,
) -> None:
    """Write a deliverable with an explicit schema; a file of that name is replaced whole.

    Args:
        path: Its ending must be the driver's: ".gpkg", ".geojson", ".fgb" or ".shp".
        frame: Rows in the order they are to have; CRS needed. The index is not written.
        schema: fiona's schema: {"geometry": "Polygon", "properties": {"name": "str"}}; each property is a
            column of `frame`, other columns are left out. Columns of dates come last in the file.
        driver: GDAL's name of the format.
        layer: Name of the layer where the format has names; the file's own name if None. A GeoPackage
            that is there is not added to: see `write_layers`.
        written_at: Time written into a GeoPackage ("2026-01-31T00:00:00Z"), so that the same rows give
            the same bytes; the clock's if None.

    Raises:
        MissingCrsError: If the frame has no CRS.
        SchemaMismatchError: If the schema names a column that the frame has not, a value does not fit its
            column, or the ending is not the driver's.
        FileUnwritableError: If the folder cannot be written or GDAL refuses a row.
    """
    write_layers(path, {layer or path.stem: (frame, schema)}, driver, written_at=written_at)


def write_layers(
    path: Path,
    layers: Mapping[str, tuple[gpd.GeoDataFrame, Mapping[str, Any]]],
    driver: str = "GPKG",
    *,
    written_at: str | None = None,
) -> None:
    """Write several layers into one file; arguments and refusals as of `write_vector`.

    Args:
        path: Replaced whole if it is there.
        layers: Frame and schema by name of layer, in the order they are to have.
        driver: One that holds several layers, if there are several.
        written_at: As of `write_vector`.
    """
    for frame, schema in layers.values():
        _require_schema(path, frame, schema, driver)
    options = {"OGR_CURRENT_DATE": written_at} if written_at else {}
    try:
        # Beside its place, so that the last step is a rename; a Shapefile is several files.
        with tempfile.TemporaryDirectory(prefix=".", dir=path.parent) as name, fiona.Env(**options), _quiet():
            for layer, (frame, schema) in layers.items():
                _write_layer(Path(name) / path.name, layer, frame, schema, driver)
            for part in sorted(Path(name).iterdir()):
                part.replace(path.parent / part.name)
    except GisError:
        raise
    except FIONA_ERRORS as error:
        raise FileUnwritableError(file=str(path), reason=str(error)) from error


def _require_schema(path: Path, frame: gpd.GeoDataFrame, schema: Mapping[str, Any], driver: str) -> None:
    if frame.crs is None:
        raise MissingCrsError
    if path.suffix.lower() != _SUFFIXES.get(driver):
        raise SchemaMismatchError(file=path.name, found=path.suffix, expected=_SUFFIXES.get(driver))
    for name, kind in schema["properties"].items():
        if name not in frame.columns:
            columns = ", ".join(map(str, frame.columns))
            raise SchemaMismatchError(file=path.name, found=columns, expected=name)
        # fiona writes 0 for a text in a column of numbers, and cuts a text that is too long.
        wrong = next((value for value in _plain(frame[name]) if not _fits(value, kind, driver)), None)
        if wrong is not None:
            raise SchemaMismatchError(file=path.name, found=repr(wrong), expected=f"{name}: {kind}")


def _fits(value: object, kind: str, driver: str) -> bool:
    """Whether a value goes into a column of that fiona type as it is."""
    plain, _, width = kind.partition(":")
    if value is None:
        return True
    if plain == "str":
        # The width of a Shapefile's column is in bytes.
        size = len(str(value).encode() if driver == "ESRI Shapefile" else str(value))
        return isinstance(value, str) and (not width or size <= int(width))
    if plain.startswith("int"):
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    if plain.startswith("float"):
        return isinstance(value, int | float)
    if plain == "bool":
        return isinstance(value, bool)
    return isinstance(value, str | date | time | bytes)


def _write_layer(
    path: Path, layer: str, frame: gpd.GeoDataFrame, schema: Mapping[str, Any], driver: str
) -> None:
    options: dict[str, Any] = {"layer": layer} if driver == "GPKG" else {}
    if driver == "ESRI Shapefile":
        options["encoding"] = "UTF-8"
    # fiona 1.10 parses the column after a date as a date (Toblerity/Fiona#1490): dates stand last.
    kinds = sorted(schema["properties"].items(), key=lambda item: item[1] == "date")
    ordered = {**schema, "properties": dict(kinds)}
    crs_wkt = frame.crs.to_wkt("WKT1_GDAL")
    with fiona.open(path, "w", driver=driver, schema=ordered, crs_wkt=crs_wkt, **options) as sink:
        sink.writerecords(_records(frame, ordered))


def _records(frame: gpd.GeoDataFrame, schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    names = list(schema["properties"])
    columns = [_plain(frame[name]) for name in names]
    for shape, *values in zip(frame.geometry, *columns, strict=True):
        geometry = None if shape is None else to_dict(shapely.geometry.mapping(shape))
        yield {"type": "Feature", "geometry": geometry, "properties": dict(zip(names, values, strict=True))}


def _plain(values: pd.Series) -> list[Any]:
    """Python values with None for what is missing: fiona would write NaN as a number."""
    return [None if missing else value for value, missing in zip(values.tolist(), values.isna(), strict=True)]
