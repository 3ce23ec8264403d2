"""Boundary files as they came: read in bulk by pyogrio, checked by a second reader.

Nothing is repaired and nothing is dropped in silence: what a file holds comes back as it is, with the
problems beside it.
"""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from gis.boundaries.layers import RawLayer
from gis.errors import Problem
from gis.store.fiona_files import (
    FIONA_ERRORS,
    LayerFacts,
    first_texts,
    layer_facts,
    layer_names,
    parse_crs,
    write_layers,
    write_vector,
)
from gis.store.formats import DRIVERS, check_format, vector_files
from gis.store.text_files import CsvRow, read_csv_rows, read_text, write_csv
from gis.store.versions import read_version, sha256_of, versions, write_version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.errors import Fact, Severity

__all__ = [
    "CsvRow",
    "read_csv_rows",
    "read_text",
    "read_vector",
    "read_version",
    "sha256_of",
    "vector_files",
    "versions",
    "write_csv",
    "write_layers",
    "write_vector",
    "write_version",
]

_PYOGRIO_ERRORS: Final = (DataSourceError, DataLayerError, pa.ArrowException, UnicodeDecodeError, OSError)
_KINDS: Final = {
    "OFTInteger": "int",
    "OFTInteger64": "int",
    "OFTReal": "float",
    "OFTString": "str",
    "OFTDate": "date",
    "OFTTime": "time",
    "OFTDateTime": "datetime",
    "OFTBinary": "bytes",
}
_TEXTS_COMPARED: Final = 50
# Warnings are caught process-wide by Python, so two threads must not read at once.
_reading = threading.Lock()


def read_vector(path: Path, layer: str | None = None) -> tuple[list[RawLayer], list[Problem]]:
    """The layers of a vector file, and everything that is wrong with the file.

    Whatever a file holds, no exception comes out: what cannot be read is a Problem that names the file.
    Missing CRS, wrong geometry types and bad rows are for `gis.boundaries` to judge.

    Args:
        path: One file; a Shapefile by its ".shp".
        layer: The one layer wanted; all that have geometry if None.

    Returns:
        The layers in the file's order, and the problems. A layer that cannot be read whole is not among
        the layers.
    """
    problems = check_format(path)
    if problems:
        return [], problems
    with _reading:
        return _read_file(path, layer)


def _read_file(path: Path, wanted: str | None) -> tuple[list[RawLayer], list[Problem]]:
    problems: list[Problem] = []
    try:
        with _messages(path.name, problems):
            spatial = {str(name): kind is not None for name, kind in pyogrio.list_layers(path)}
    except _PYOGRIO_ERRORS as error:
        return [], [*problems, Problem(path.name, "problem.file_unopened", {"reason": _reason(error)})]
    names = [wanted] if wanted is not None else list(spatial)
    if not spatial:
        problems.append(Problem(path.name, "problem.no_layers"))
    elif wanted is not None and wanted not in spatial:
        facts = {"layer": wanted, "found": ", ".join(spatial)}
        return [], [*problems, Problem(path.name, "problem.no_such_layer", facts)]
    differing, in_both = _compare_names(path, list(spatial))
    problems += differing
    layers = []
    for name in names:
        source = f"{path.name}, {name}"
        if not spatial[name]:
            problems.append(Problem(source, "problem.layer_without_geometry", severity="warning"))
            continue
        raw, found = _read_layer(path, name, source, compared=name in in_both)
        problems += found
        layers += [raw] if raw is not None else []
    return layers, problems


def _read_layer(
    path: Path, name: str, source: str, *, compared: bool
) -> tuple[RawLayer | None, list[Problem]]:
    problems: list[Problem] = []
    try:
        with _messages(source, problems):
            info = pyogrio.read_info(path, layer=name, force_feature_count=True)
            if info["driver"] not in DRIVERS:
                return None, [Problem(source, "problem.format_other", {"ending": path.suffix})]
            meta, table = pyogrio.raw.read_arrow(path, layer=name)
    except _PYOGRIO_ERRORS as error:
        return None, [*problems, Problem(source, "problem.layer_unread", {"reason": _reason(error)})]
    first = _facts(name, info, len(table))
    if info["features"] not in {-1, first.count}:
        facts = {"stated": int(info["features"]), "found": first.count}
        problems.append(Problem(source, "problem.features_lost", facts))
    frame, unreadable = _frame(meta, table)
    if compared:
        problems += [*_compare(path, source, first), *_compare_texts(path, source, first, frame)]
    problems += _check_encoding(path, source, info, frame)
    return RawLayer(path.name, name, first.driver, info["encoding"], frame, unreadable), problems


def _facts(name: str, info: dict[str, Any], count: int) -> LayerFacts:
    kinds = (
        "bool" if subtype == "OFSTBoolean" else _KINDS.get(kind, "list")
        for kind, subtype in zip(info["ogr_types"], info["ogr_subtypes"], strict=True)
    )
    columns = tuple(zip(map(str, info["fields"]), kinds, strict=True))
    return LayerFacts(name, info["driver"], columns, parse_crs(info["crs"]), count)


def _frame(meta: dict[str, Any], table: pa.Table) -> tuple[gpd.GeoDataFrame, dict[int, str]]:
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
        return _reason(error)
    return ""


def _compare_names(path: Path, names: list[str]) -> tuple[list[Problem], set[str]]:
    """The problem of layers that only one reader finds, and the layers that both find."""
    try:
        second = layer_names(path)
    except FIONA_ERRORS as error:
        facts: dict[str, Fact] = {"reason": _reason(error)}
        return [Problem(path.name, "problem.second_reader_failed", facts)], set()
    if sorted(second) == sorted(names):
        return [], set(names)
    facts = {"first": ", ".join(names), "second": ", ".join(second)}
    # The two have different KML drivers, which name and group folders in their own ways.
    severity: Severity = "warning" if path.suffix.lower() == ".kml" else "refused"
    return [Problem(path.name, "problem.readers_differ_layers", facts, severity)], set(names) & set(second)


def _compare(path: Path, source: str, first: LayerFacts) -> list[Problem]:
    """Every point on which the second reader disagrees with the first."""
    try:
        second = layer_facts(path, first.name)
    except FIONA_ERRORS as error:
        return [Problem(source, "problem.second_reader_failed", {"reason": _reason(error)})]
    problems = []
    same_driver = first.driver == second.driver
    # Two drivers see a format in two ways; one driver that sees a file in two ways sees a damaged file.
    severity: Severity = "refused" if same_driver else "warning"
    if not same_driver:
        facts: dict[str, Fact] = {"first": first.driver, "second": second.driver}
        problems.append(Problem(source, "problem.readers_differ_driver", facts, "warning"))
    if first.count != second.count:
        facts = {"first": first.count, "second": second.count}
        problems.append(Problem(source, "problem.readers_differ_count", facts, severity))
    if not _same_crs(first, second):
        names = [one.crs.name if one.crs else None for one in (first, second)]
        facts = {"first": names[0], "second": names[1]}
        problems.append(Problem(source, "problem.readers_differ_crs", facts))
    for name, one, other in _column_differences(first, second) if same_driver else ():
        facts = {"column": name, "first": one, "second": other}
        problems.append(Problem(source, "problem.readers_differ_column", facts, "warning"))
    return problems


def _same_crs(first: LayerFacts, second: LayerFacts) -> bool:
    if first.crs is None or second.crs is None:
        return first.crs is second.crs
    codes = first.crs.to_epsg(), second.crs.to_epsg()
    return (codes[0] is not None and codes[0] == codes[1]) or first.crs.equals(
        second.crs, ignore_axis_order=True
    )


def _column_differences(first: LayerFacts, second: LayerFacts) -> list[tuple[str, str | None, str | None]]:
    one, other = dict(first.columns), dict(second.columns)
    return [
        (n, one.get(n), other.get(n)) for n in dict.fromkeys([*one, *other]) if one.get(n) != other.get(n)
    ]


def _compare_texts(path: Path, source: str, first: LayerFacts, frame: gpd.GeoDataFrame) -> list[Problem]:
    """Columns whose letters the second reader decodes otherwise: the first difference of each."""
    columns = [name for name, kind in first.columns if kind == "str" and name in frame.columns]
    try:
        rows = first_texts(path, first.name, columns, _TEXTS_COMPARED)
    except FIONA_ERRORS:
        return []  # named already by `_compare`, which opens the same layer
    problems = []
    for name in columns:
        for row, (one, other) in enumerate(zip(frame[name], (r[name] for r in rows), strict=False)):
            # JSON within a text comes decoded from one reader only: no question of letters.
            if isinstance(one, str) and isinstance(other, str) and one != other:
                facts: dict[str, Fact] = {"column": name, "row": row + 1, "first": one, "second": other}
                problems.append(Problem(source, "problem.readers_differ_text", facts, "warning"))
                break
    return problems


def _check_encoding(path: Path, source: str, info: dict[str, Any], frame: gpd.GeoDataFrame) -> list[Problem]:
    """A Shapefile that does not state its encoding: its accented letters were guessed."""
    if info["driver"] != "ESRI Shapefile" or info["encoding"] == "UTF-8":
        return []
    if any(path.with_suffix(ending).exists() for ending in (".cpg", ".CPG")):
        return []
    texts = frame.drop(columns="geometry").select_dtypes(["object", "string"])
    accented = [str(name) for name in texts if texts[name].dropna().map(_is_accented).any()]
    if not accented:
        return []
    facts = {"encoding": info["encoding"], "columns": ", ".join(accented)}
    return [Problem(source, "problem.encoding_guessed", facts, "warning")]


def _is_accented(value: object) -> bool:
    return isinstance(value, str) and not value.isascii()


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


@contextmanager
def _messages(source: str, problems: list[Problem]) -> Iterator[None]:
    """Catch what GDAL says while reading, and add it to the problems: each message once, with its count."""
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        said = Counter(" ".join(str(one.message).split()) for one in caught)
        problems += [
            Problem(source, "problem.gdal_says", {"text": text, "count": count}, "warning")
            for text, count in said.items()
        ]
