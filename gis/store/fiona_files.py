"""fiona: the independent second reader, and the writer of deliverables. The only module that knows it.

fiona carries a GDAL of its own (3.9 beside pyogrio's 3.12): what both find in a file is in the file.
"""

from __future__ import annotations

import logging
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
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
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    import pandas as pd

# GDAL's errors come as a dozen classes with no base in common.
FIONA_ERRORS = (FionaError, OSError, RuntimeError, ValueError, KeyError, TypeError)
_SUFFIXES = {"GPKG": ".gpkg", "GeoJSON": ".geojson", "FlatGeobuf": ".fgb", "ESRI Shapefile": ".shp"}


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """What a reader says of a layer, in words both readers share.

    Args:
        name: Name of the layer.
        driver: GDAL's name of the format.
        columns: Name and kind of each column: "int", "float", "str", "date", "datetime", ...
        crs: Its CRS, None where there is none that can be read.
        encoding: Encoding of its texts as the reader took it, None where it does not say.
        count: Number of its features.
    """

    name: str
    driver: str
    columns: tuple[tuple[str, str], ...]
    crs: CRS | None
    encoding: str | None
    count: int


def layer_names(path: Path) -> list[str]:
    """The layers of a file, in its order."""
    with _quiet():
        return list(fiona.listlayers(path))


def layer_facts(path: Path, layer: str) -> LayerFacts:
    """What fiona says of a layer.

    Raises:
        One of `FIONA_ERRORS`: If fiona cannot open or count it.
    """
    with _quiet(), fiona.open(path, layer=layer, allow_unsupported_drivers=True) as source:
        return LayerFacts(
            layer,
            source.driver,
            tuple((name, _kind(str(kind))) for name, kind in source.schema["properties"].items()),
            parse_crs(source.crs_wkt),
            source.session.get_fileencoding(),
            _count(path, layer, source),
        )


def _count(path: Path, layer: str, source: Any) -> int:  # noqa: ANN401  fiona publishes no types
    try:
        return len(source)
    except TypeError:
        # Formats without a count of their own (DXF, MIF, FlatGeobuf): count by reading.
        with fiona.open(path, layer=layer, allow_unsupported_drivers=True, ignore_geometry=True) as again:
            return sum(1 for _ in again)


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
            column of `frame`, other columns are left out.
        driver: GDAL's name of the format.
        layer: Name of the layer where the format has names; the file's own name if None. A GeoPackage
            that is there is not added to: see `write_layers`.
        written_at: Time written into a GeoPackage ("2026-01-31T00:00:00Z"), so that the same rows give
            the same bytes; the clock's if None.

    Raises:
        MissingCrsError: If the frame has no CRS.
        SchemaMismatchError: If the schema names a column that the frame has not, or the ending is not
            the driver's.
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
    missing = [name for name in schema["properties"] if name not in frame.columns]
    if missing:
        raise SchemaMismatchError(
            file=path.name, found=", ".join(map(str, frame.columns)), expected=missing[0]
        )


def _write_layer(
    path: Path, layer: str, frame: gpd.GeoDataFrame, schema: Mapping[str, Any], driver: str
) -> None:
    options: dict[str, Any] = {"layer": layer} if driver == "GPKG" else {}
    if driver == "ESRI Shapefile":
        options["encoding"] = "UTF-8"
    with fiona.open(
        path, "w", driver=driver, schema=dict(schema), crs_wkt=frame.crs.to_wkt("WKT1_GDAL"), **options
    ) as sink:
        sink.writerecords(_records(frame, schema))


def _records(frame: gpd.GeoDataFrame, schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    names = list(schema["properties"])
    columns = [_plain(frame[name]) for name in names]
    for shape, *values in zip(frame.geometry, *columns, strict=True):
        geometry = None if shape is None else to_dict(shapely.geometry.mapping(shape))
        yield {"type": "Feature", "geometry": geometry, "properties": dict(zip(names, values, strict=True))}


def _plain(values: pd.Series) -> list[Any]:
    """Python values with None for what is missing: fiona would write NaN as a number."""
    return [None if missing else value for value, missing in zip(values.tolist(), values.isna(), strict=True)]
