"""The parts of a Shapefile read by their own headers, byte by byte, without GDAL.

Offsets and lengths as in the "ESRI Shapefile Technical Description" (July 1998) and dBASE III.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO, Final

from gis.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

    from gis.errors import Fact, Severity

_HEADER: Final = 100  # bytes of the header of .shp and .shx
_RECORD: Final = 8  # bytes before each record of .shp; also the size of one in .shx
_DELETED: Final = b"*"
_END: Final = b"\x1a"


class ShapefileError(ValueError):
    """The records of a .shp do not follow each other to its end."""


def index_of(shp: Path) -> tuple[bytes, int]:
    """The .shx of a .shp whose records stand one behind the other, and how many they are.

    Raises:
        ShapefileError: If a record reaches beyond the file, or the file ends within one.
    """
    size, entries = shp.stat().st_size, []
    with shp.open("rb") as stream:
        header, place = stream.read(_HEADER), _HEADER
        if len(header) < _HEADER:
            raise ShapefileError("header")
        end = min(size, 2 * int(struct.unpack(">i", header[24:28])[0]))
        while place < end:
            stream.seek(place)
            head = stream.read(_RECORD)
            words = struct.unpack(">2i", head)[1] if len(head) == _RECORD else -1
            if words < 0 or place + _RECORD + 2 * words > size:
                raise ShapefileError(f"byte {place}")
            entries.append((place // 2, words))
            place += _RECORD + 2 * words
    length = (_HEADER + _RECORD * len(entries)) // 2
    body = b"".join(struct.pack(">2i", *entry) for entry in entries)
    return header[:24] + struct.pack(">i", length) + header[28:] + body, len(entries)


def check_shapefile(shp: Path, file: str, found: int) -> list[Problem]:
    """What the headers of a Shapefile's parts say against each other and against the features read.

    Args:
        shp: Its parts stand beside it under small letters.
        file: What its user calls it.
        found: How many features were read.
    """
    shx, dbf = shp.with_suffix(".shx"), shp.with_suffix(".dbf")
    indexed, problems = _check_index(shp, shx, file)
    if dbf.exists():
        rows, deleted, more = _check_rows(dbf, file)
        problems += more
        if rows != indexed:
            facts = {"shapes": indexed, "rows": rows}
            problems.append(Problem(file, "problem.shapefile_parts_differ", facts))
        if deleted:
            problems.append(Problem(file, "problem.rows_deleted", {"count": deleted}, "warning"))
        indexed -= deleted
    if found != indexed and not any(one.severity == "refused" for one in problems):
        problems.append(Problem(file, "problem.features_lost", {"stated": indexed, "found": found}))
    return problems


def _check_index(shp: Path, shx: Path, file: str) -> tuple[int, list[Problem]]:
    """How many records the index names, and those that reach beyond the .shp."""
    size, problems = shp.stat().st_size, []
    content = shx.read_bytes()
    with shp.open("rb") as stream:
        stated = 2 * _big(stream, 24)
    if stated != size:
        severity: Severity = "refused" if stated > size else "warning"
        problems.append(_length_problem(file, ".shp", stated, size, severity))
    body = content[_HEADER:]
    count, rest = divmod(len(body), _RECORD)
    told = 2 * int.from_bytes(content[24:28], "big") if len(content) >= _HEADER else -1
    if rest or told > len(content) or told < 0:
        problems.append(_length_problem(file, ".shx", told, len(content)))
    count = min(count, max(0, (told - _HEADER) // _RECORD))
    with shp.open("rb") as stream:
        offsets = [2 * offset for offset, _ in struct.iter_unpack(">2i", body[: count * _RECORD])]
        # The length of a record is what stands before it: some programs write another into the index.
        beyond = sum(not _is_within(stream, offset, size) for offset in offsets)
    if beyond:
        problems.append(Problem(file, "problem.records_beyond_end", {"count": beyond}))
    return count, problems


def _is_within(stream: BinaryIO, offset: int, size: int) -> bool:
    if not 0 <= offset <= size - _RECORD:
        return False
    words = _big(stream, offset + 4)
    return words >= 0 and offset + _RECORD + 2 * words <= size


def _check_rows(dbf: Path, file: str) -> tuple[int, int, list[Problem]]:
    """Rows that the header of a .dbf states, those of them marked as deleted, and what is wrong."""
    size = dbf.stat().st_size
    with dbf.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:  # noqa: PLR2004 - the length of dBASE's header
            return 0, 0, [_length_problem(file, ".dbf", 32, size)]
        count, header, width = struct.unpack("<IHH", head[4:12])
        stated = header + count * width
        if stated > size or not width:
            return count, 0, [_length_problem(file, ".dbf", stated, size)]
        stream.seek(header)
        deleted = sum(stream.read(width)[:1] == _DELETED for _ in range(count))
        rest = stream.read(2)
    if rest not in {b"", _END}:
        return count, deleted, [_length_problem(file, ".dbf", stated, size, "warning")]
    return count, deleted, []


def _length_problem(file: str, part: str, stated: int, found: int, severity: Severity = "refused") -> Problem:
    """A part that has other bytes than its header states."""
    facts: dict[str, Fact] = {"part": part, "stated": stated, "found": found}
    return Problem(file, "problem.length_differs", facts, severity)


def _big(stream: BinaryIO, place: int) -> int:
    stream.seek(place)
    return int.from_bytes(stream.read(4), "big", signed=True)
