"""How many features a file says it has, and whether it ends as its format ends: a third look, without GDAL.

A file that was cut off must never be read as a smaller whole one: each format has a count of its own, or a
mark at its end, that shows it.
"""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from gis.errors import Problem
from gis.store.formats import parts
from gis.store.shapefile_parts import check_shapefile
from gis.store.stated_texts import check_dxf, check_gml, check_json, check_json_lines, check_kml, check_mif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_DGN_END: Final = 0xFFFF


def check_whole(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Where a file's own figures differ from what was read of it.

    Args:
        path: The file that was read.
        file: What its user calls it.
        counts: Features read of each of its layers, those without geometry too.
    """
    check = _CHECKS.get(path.suffix.lower())
    if check is None:
        return []
    try:
        return check(path, file, counts)
    except (OSError, struct.error) as error:
        return [Problem(file, "problem.file_unreadable", {"reason": str(error)})]


def lost(file: str, stated: int, found: int) -> list[Problem]:
    """The refusal of a file that states another number than was read; empty where they agree."""
    if stated == found:
        return []
    return [Problem(file, "problem.features_lost", {"stated": stated, "found": found})]


def _shapefile(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    return check_shapefile(path, file, sum(counts.values()))


def _geopackage(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Each table counted by SQLite, and every page of the file looked at."""
    problems = []
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            (told,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if told != "ok":
                return [Problem(file, "problem.database_damaged", {"reason": str(told)})]
            pages, width = (
                database.execute(f"PRAGMA {n}").fetchone()[0] for n in ("page_count", "page_size")
            )
            if pages * width < path.stat().st_size:
                facts = {"part": ".gpkg", "stated": pages * width, "found": path.stat().st_size}
                problems.append(Problem(file, "problem.length_differs", facts, "warning"))
            for layer, count in counts.items():
                name = layer.replace('"', '""')
                (stated,) = database.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 - quoted
                problems += lost(f"{file}, {layer}", stated, count)
    except sqlite3.Error as error:
        return [*problems, Problem(file, "problem.database_damaged", {"reason": str(error)})]
    return problems


def _parquet(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    try:
        with pq.ParquetFile(path) as parquet:
            return lost(file, parquet.metadata.num_rows, sum(counts.values()))
    except (pa.ArrowException, OSError) as error:
        return [Problem(file, "problem.file_unopened", {"reason": str(error)})]


def _mapinfo(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Rows of the .dat by its dBASE header; MapInfo keeps deleted ones, marked."""
    beside = [one for one in parts(path) if one.suffix.lower() in {".dat", ".dbf"}]
    if not beside:
        return []
    content = beside[0].read_bytes()
    rows, header, width = struct.unpack("<IHH", content[4:12])
    if not width or header + rows * width > len(content):
        facts = {"part": ".dat", "stated": header + rows * width, "found": len(content)}
        return [Problem(file, "problem.length_differs", facts)]
    deleted = content[header : header + rows * width : width].count(b"*")
    problems = lost(file, rows - deleted, sum(counts.values()))
    if deleted:
        problems.append(Problem(file, "problem.rows_deleted", {"count": deleted}, "warning"))
    return problems


def _flatgeobuf(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Features counted by their lengths: each is preceded by its own, to the end of the file.

    Before them stand magic bytes, the header's length, the header, and an index of 40 bytes a node.
    """
    content = path.read_bytes()
    start = _features_start(content)
    if start is None:
        return [Problem(file, "problem.end_missing")]
    count, place = 0, start
    while place + 4 <= len(content):
        (length,) = struct.unpack_from("<I", content, place)
        place += 4 + length
        count += 1
    if place != len(content):
        return [Problem(file, "problem.end_missing")]
    return lost(file, count, sum(counts.values()))


def _features_start(content: bytes) -> int | None:
    """Where the features of a FlatGeobuf begin, by its header's count and node size; None if cut."""
    try:
        (size,) = struct.unpack_from("<I", content, 8)
        header = content[12 : 12 + size]
        count, node = _flat_value(header, 8, "<Q", 0), _flat_value(header, 9, "<H", 16)
    except (struct.error, IndexError):
        return None
    nodes = 0
    if node >= 2 and count:  # noqa: PLR2004 - a tree has two branches at least
        nodes = count + (level := -(-count // node))
        while level > 1:
            level = -(-level // node)
            nodes += level
    start = 12 + size + 40 * nodes
    return start if start <= len(content) else None


def _flat_value(header: bytes, field: int, kind: str, default: int) -> int:
    """A number of a FlatBuffers table by its place in the schema (https://flatbuffers.dev/internals)."""
    (table,) = struct.unpack_from("<I", header, 0)
    (back,) = struct.unpack_from("<i", header, table)
    table_of_places = table - back
    if table_of_places < 0 or table < 0:
        raise IndexError
    (size,) = struct.unpack_from("<H", header, table_of_places)
    if 4 + 2 * field >= size:
        return default
    (place,) = struct.unpack_from("<H", header, table_of_places + 4 + 2 * field)
    return int(struct.unpack_from(kind, header, table + place)[0]) if place else default


def _dgn(path: Path, file: str, counts: Mapping[str, int]) -> list[Problem]:
    """Elements follow each other by their lengths up to a mark; GDAL stops in silence where they end."""
    content, place = path.read_bytes(), 0
    while place + 4 <= len(content):
        mark, words = struct.unpack_from("<HH", content, place)
        if mark == _DGN_END:
            break
        place += 4 + 2 * words
    if counts and content[place : place + 2] == _DGN_END.to_bytes(2, "little"):
        return []
    return [Problem(file, "problem.end_missing")]


_CHECKS: Final[dict[str, Callable[[Path, str, Mapping[str, int]], list[Problem]]]] = {
    ".shp": _shapefile,
    ".gpkg": _geopackage,
    ".parquet": _parquet,
    ".geoparquet": _parquet,
    ".fgb": _flatgeobuf,
    ".tab": _mapinfo,
    ".dgn": _dgn,
    ".mif": check_mif,
    ".dxf": check_dxf,
    ".json": check_json,
    ".geojson": check_json,
    ".geojsonl": check_json_lines,
    ".geojsons": check_json_lines,
    ".ndjson": check_json_lines,
    ".kml": check_kml,
    ".gml": check_gml,
}
