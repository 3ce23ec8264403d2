"""One vector file read in bulk by pyogrio, and held against what fiona finds in it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis.boundaries.layers import RawLayer
from gis.errors import Problem
from gis.store.comparing import compare, compare_names, compare_texts
from gis.store.decoding import frame_of
from gis.store.encodings import read_table, recoded
from gis.store.fiona_files import LayerFacts, parse_crs
from gis.store.formats import DRIVERS
from gis.store.gdal_messages import messages, reason
from gis.store.linework_files import drawing_layer
from gis.store.parquet_files import PARQUET_ENDINGS, read_parquet
from gis.store.staging import stage
from gis.store.stated import check_whole

if TYPE_CHECKING:
    from pathlib import Path

    from gis.boundaries.drawing import DrawingOptions
    from gis.errors import Fact
    from gis.store.staging import Staged

# pyogrio 0.13 raises UnboundLocalError for a CRS that GDAL cannot write as WKT.
_PYOGRIO_ERRORS: Final = (
    DataSourceError,
    DataLayerError,
    pa.ArrowException,
    UnicodeDecodeError,
    UnboundLocalError,
    OSError,
)
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


def read_file(
    path: Path, wanted: str | None, scratch: Path, drawing: DrawingOptions
) -> tuple[list[RawLayer], list[Problem]]:
    """The layers of one file that a user names, and everything that is wrong with it.

    Args:
        path: A file whose format `formats.check_format` has let through.
        wanted: The one layer wanted; all that have geometry if None.
        scratch: An empty folder for copies and for what an archive holds.
        drawing: What the user says of a DXF or DGN.
    """
    layers = []
    staged, problems = stage(path, scratch)
    for one in staged:
        is_parquet = one.path.suffix.lower() in PARQUET_ENDINGS
        found, told = read_parquet(one.path, one.file) if is_parquet else _read_staged(one, wanted, drawing)
        layers += found
        problems += told
    return layers, problems


def _read_staged(
    one: Staged, wanted: str | None, drawing: DrawingOptions
) -> tuple[list[RawLayer], list[Problem]]:
    problems: list[Problem] = []
    path, file = one.path, one.file
    try:
        with messages(file, problems):
            spatial = {str(name): kind is not None for name, kind in pyogrio.list_layers(path)}
    except _PYOGRIO_ERRORS as error:
        return [], [*problems, Problem(file, "problem.file_unopened", {"reason": reason(error)})]
    names = [wanted] if wanted is not None else list(spatial)
    if not spatial:
        problems.append(Problem(file, "problem.no_layers"))
    elif wanted is not None and wanted not in spatial:
        facts = {"layer": wanted, "found": ", ".join(spatial)}
        return [], [*problems, Problem(file, "problem.no_such_layer", facts)]
    differing, in_both = compare_names(path, file, list(spatial))
    problems += differing
    layers: list[RawLayer] = []
    counts: dict[str, int] = {}
    for name in names:
        if not spatial[name]:
            problems.append(Problem(f"{file}, {name}", "problem.layer_without_geometry", severity="warning"))
            problems += _count_rows(one, name, counts)
            continue
        raw, found = _read_layer(one, name, drawing, compared=name in in_both)
        problems += found
        if raw is not None:
            layers.append(raw)
            counts[name] = len(raw.frame)
    if set(counts) == set(spatial):
        problems += check_whole(path, file, counts)
    return layers, problems


def _count_rows(one: Staged, name: str, counts: dict[str, int]) -> list[Problem]:
    """Count a layer that is not read, so that the file's own count has its counterpart; why that failed."""
    problems: list[Problem] = []
    try:
        with messages(f"{one.file}, {name}", problems):
            counts[name] = int(pyogrio.read_info(one.path, layer=name, force_feature_count=True)["features"])
    except _PYOGRIO_ERRORS as error:
        problems.append(Problem(f"{one.file}, {name}", "problem.layer_unread", {"reason": reason(error)}))
    return problems


def _read_layer(
    one: Staged, name: str, drawing: DrawingOptions, *, compared: bool
) -> tuple[RawLayer | None, list[Problem]]:
    path, source = one.path, f"{one.file}, {name}"
    problems: list[Problem] = []
    try:
        with messages(source, problems):
            info = pyogrio.read_info(path, layer=name, force_feature_count=True)
            if info["driver"] not in DRIVERS:
                return None, [Problem(source, "problem.format_other", {"ending": path.suffix})]
            texts = read_table(path, name, info)
    except _PYOGRIO_ERRORS as error:
        return None, [*problems, Problem(source, "problem.layer_unread", {"reason": reason(error)})]
    first = _facts(name, info, len(texts.table))
    twice = [column for column, count in Counter(map(str, info["fields"])).items() if count > 1]
    if twice:
        facts: dict[str, Fact] = {"columns": ", ".join(twice)}
        problems.append(Problem(source, "problem.columns_twice", facts, "warning"))
    # A Shapefile's is held against all of its parts (`check_whole`): it counts deleted rows.
    if info["features"] not in {-1, first.count} and first.driver != "ESRI Shapefile":
        facts = {"stated": int(info["features"]), "found": first.count}
        problems.append(Problem(source, "problem.features_lost", facts))
    frame, unreadable = frame_of(texts.meta, texts.table)
    if compared:
        problems += compare(path, source, first)
    if compared and (texts.stated or not texts.verdict.encoding):
        problems += compare_texts(path, source, first, frame)
    frame, encoding, found = recoded(source, info, frame, texts)
    problems += found
    raw = RawLayer(one.file, name, first.driver, encoding, frame, unreadable)
    # After the texts: labels of a drawing are read by what they say.
    raw, told = drawing_layer(raw, drawing)
    return raw, [*problems, *told]


def _facts(name: str, info: dict[str, Any], count: int) -> LayerFacts:
    kinds = (
        "bool" if subtype == "OFSTBoolean" else _KINDS.get(kind, "list")
        for kind, subtype in zip(info["ogr_types"], info["ogr_subtypes"], strict=True)
    )
    columns = tuple(zip(map(str, info["fields"]), kinds, strict=True))
    return LayerFacts(name, info["driver"], columns, parse_crs(info["crs"]), count)
