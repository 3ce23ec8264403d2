"""Where a sheet holds corners: columns of north and east, told by the size of their numbers, and others.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gis.boundaries.columns import DEFAULT_COLUMNS, column_key
from gis.errors import AmbiguousNumberError, NotANumberError
from gis.vietnamese import parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.table import Cell, Table

# VN-2000 in Vietnam: the larger of a corner's two numbers is north, whatever its column is called.
NORTH_M: Final = (850_000, 2_700_000)
EAST_M: Final = (100_000, 850_000)
_LEAST_CORNERS: Final = 3
_HEADER_ROWS: Final = 4
_POINTS: Final = re.compile(
    r"(?:sohieu|ten|so|stt)?(?:diem|dinh|goc|moc|mocgioi|diemgoc|gocranh)\w*|sohieu|stt|tt|id"
)
_EDGES: Final = re.compile(r"(?:chieudai)?(?:canh|khoangcach|chieudai)\w*")
_AREAS: Final = re.compile(r"(?:dientich|dt)(?:m2|ha)?")
_ZONES: Final = frozenset({"khu", "tenkhu", "khudat", "lo", "lodat", "zone", "khuvuc", "phankhu"})
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_KEPT: Final = ("sheet", "number", "land_use", "zone_id", "name")


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of a list of corners, from 0.

    Args:
        north: Column of northings.
        east: Column of eastings.
        first: The first row with a corner.
        columns: Column by meaning: "point", "edge", "area", "sheet", "number", "land_use", "zone_id", "name".
        pairs: How many pairs of north and east stand side by side.
    """

    north: int
    east: int
    first: int
    columns: Mapping[str, int]
    pairs: int


def loose(cell: Cell) -> Decimal | None:
    """A cell as a number of either reading, only to see what its column holds; None where it is none."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int | float):
        return Decimal(repr(cell)) if cell == cell and abs(cell) != float("inf") else None  # noqa: PLR0124 - NaN
    if not isinstance(cell, str):
        return None
    try:
        return parse_number(cell)
    except AmbiguousNumberError as error:
        return Decimal(str(error.facts["one_reading"]))
    except NotANumberError:
        return None


def _is_in(value: Decimal | None, ends: tuple[int, int]) -> bool:
    return value is not None and ends[0] <= value < ends[1]


def layout_of(table: Table) -> Layout | None:
    """The columns of a list of corners; None where fewer than three rows hold a north beside an east."""
    numbers = [[loose(cell) for cell in row] for row in table.rows]
    width = max(map(len, table.rows), default=0)
    pairs: list[tuple[int, int, list[int]]] = []
    taken: set[int] = set()
    for one in range(width):
        for other in (one + 1, one - 1, one + 2, one - 2):
            if one in taken or other in taken or not 0 <= other < width:
                continue
            rows = [
                at
                for at, row in enumerate(numbers)
                if _is_in(row[one], NORTH_M) and _is_in(row[other], EAST_M)
            ]
            if len(rows) >= _LEAST_CORNERS:
                pairs.append((one, other, rows))
                taken |= {one, other}
    if not pairs:
        return None
    north, east, rows = pairs[0]
    return Layout(north, east, rows[0], _meanings(table, rows[0], {north, east}), len(pairs))


def looks_like_corners(table: Table) -> bool:
    """Whether a sheet is a list of corners: a north beside an east, in metres, three times or more."""
    return layout_of(table) is not None


def _meanings(table: Table, first: int, taken: set[int]) -> dict[str, int]:
    """Column by meaning, by the lowest header text over it that means anything."""
    found: dict[str, int] = {}
    for column in range(max(map(len, table.rows), default=0)):
        if column in taken:
            continue
        for row in range(first - 1, max(first - _HEADER_ROWS, 0) - 1, -1):
            meaning = _meaning(header_text(table, row, column))
            if meaning:
                found.setdefault(meaning, column)
                break
    return found


def header_text(table: Table, row: int, column: int) -> str:
    """The text of a cell; of a merged cell that of its first one."""
    value = table.rows[row][column]
    for top, left, bottom, right in table.merged:
        if top <= row <= bottom and left <= column <= right:
            value = table.rows[top][left]
    return value if isinstance(value, str) else ""


def _meaning(text: str) -> str:
    key = column_key(_BRACKETS.sub("", text))
    if not key:
        return ""
    for meaning in _KEPT:
        if key in DEFAULT_COLUMNS.shipped[meaning]:
            return meaning
    if key in _ZONES:
        return "zone_id"
    for meaning, pattern in (("edge", _EDGES), ("area", _AREAS), ("point", _POINTS)):
        if pattern.fullmatch(key):
            return meaning
    return ""
