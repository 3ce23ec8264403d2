"""Where a sheet's table begins and what each column is: headers over merged cells, of one to four rows.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gis.sheets.cells import is_blank
from gis.sheets.headings import (
    AREAS,
    HEADINGS,
    LEFT_OUT,
    Heading,
    area_unit,
    key,
    money_unit,
    recognise,
    words,
)
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.table import Cell, Table

HEADER_ROWS: Final = 4
_SEARCHED_ROWS: Final = 60
_NAMES: Final = ("household_name", "household_code")
_LEAST_COLUMNS: Final = 3
_LONGEST_HEADER: Final = 60
_SURE: Final = {"remembered": 4.0, "sure": 3.0, "guess": 1.0, "unknown": 0.0}
_UNIT_WORDS: Final = (" don vi tinh ", " dvt ", " don vi ")


@dataclass(frozen=True)
class Grid:
    """A table whose merged cells are looked up: what stands over a cell, and whether it is a further one."""

    table: Table

    @cached_property
    def _covered(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The first cell of the merged range by each further cell of it, within the table."""
        height = len(self.table.rows)
        width = len(self.table.rows[0]) if height else 0
        return {
            (row, column): (top, left)
            for top, left, bottom, right in self.table.merged
            for row in range(top, min(bottom + 1, height))
            for column in range(left, min(right + 1, width))
            if (row, column) != (top, left)
        }

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """The cell that holds what is shown at a place."""
        return self._covered.get((row, column), (row, column))

    def seen(self, row: int, column: int) -> Cell:
        """What is shown at a place: the merged range's value in each cell of it."""
        top, left = self.anchor(row, column)
        return self.table.rows[top][left]

    def held(self, row: int, column: int) -> Cell:
        """What a column holds at a row: a range merged from a column to the left says nothing of it."""
        top, left = self.anchor(row, column)
        return self.table.rows[top][column] if left == column else None

    def merged_down(self, row: int, column: int) -> bool:
        """Whether a place continues a merged range of a row above."""
        return self.anchor(row, column)[0] < row


@dataclass(frozen=True, slots=True)
class Layout:
    """A list's place in its sheet.

    Args:
        top: First header row, from 0.
        bottom: Last header row.
        parts: The header's texts by column, from top to bottom.
        headings: What each column is.
        column: Index of the column by meaning, the first where two share one.
        twice: Columns whose meaning another one before already has.
    """

    top: int
    bottom: int
    parts: tuple[tuple[str, ...], ...]
    headings: tuple[Heading, ...]
    column: Mapping[str, int] = field(default_factory=dict)
    twice: tuple[int, ...] = ()

    def missing(self) -> list[str]:
        """Meanings without which a row is of no use."""
        needed = [name for name in ("sheet", "number") if name not in self.column]
        return needed if any(name in self.column for name in _NAMES) else ["household_name", *needed]


def find_layout(grid: Grid, remembered: Mapping[str, str]) -> Layout | None:
    """The header that recognises most, None where none recognises at least three columns.

    Args:
        grid: A sheet.
        remembered: Meanings by `key` of a header, as the office told them.
    """
    rows = grid.table.rows
    best: tuple[float, Layout] | None = None
    for top in range(min(len(rows), _SEARCHED_ROWS)):
        if sum(not is_blank(cell) for cell in rows[top]) < (1 if grid.table.merged else 2):
            continue
        for bottom in range(top, min(top + HEADER_ROWS, len(rows))):
            if not _whole(grid, top, bottom):
                continue
            layout = layout_at(grid, top, bottom, remembered)
            score = _score(layout)
            if score is not None and (best is None or score > best[0]):
                best = (score, layout)
    return best[1] if best else None


def layout_at(grid: Grid, top: int, bottom: int, remembered: Mapping[str, str]) -> Layout:
    """The layout whose header is the rows from `top` to `bottom`, both included."""
    width = len(grid.table.rows[0])
    parts = tuple(_parts(grid, top, bottom, column) for column in range(width))
    units = _stated_units(grid, top)
    headings = [_with_unit(recognise(texts, remembered), units) for texts in parts]
    column: dict[str, int] = {}
    twice = []
    order = sorted(range(width), key=lambda index: -_SURE[headings[index].sureness])
    for index in order:
        meaning = headings[index].meaning
        if not meaning or meaning == LEFT_OUT:
            continue
        if meaning not in column:
            column[meaning] = index
        elif headings[index].sureness == "guess" and not _undecided(headings[column[meaning]]):
            headings[index] = Heading("", "", "unknown")
        else:
            twice.append(index)
    return Layout(top, bottom, parts, tuple(headings), column, tuple(sorted(twice)))


def _undecided(first: Heading) -> bool:
    """Whether two guesses of an area are both asked about: of several land uses each may have its column."""
    return first.sureness == "guess" and first.meaning in AREAS


def same_header(grid: Grid, layout: Layout, row: int) -> bool:
    """Whether a row repeats a row of the header, as at the top of a printed page."""
    said = _words_of(grid.table.rows[row])
    if not any(any(c.isalpha() for c in text) for text in said):
        return False
    return any(said == _words_of(grid.table.rows[above]) for above in range(layout.top, layout.bottom + 1))


def _words_of(cells: Sequence[Cell]) -> list[str]:
    return [" ".join(str(cell).casefold().split()) for cell in cells if not is_blank(cell)]


def other_header(grid: Grid, row: int) -> bool:
    """Whether a row below the table's head is the head of another table."""
    texts = (cell for cell in grid.table.rows[row] if isinstance(cell, str) and len(cell) <= _LONGEST_HEADER)
    known = {HEADINGS.plain.get(key(text)) for text in texts}
    return len(known - {None, "land_use"}) >= _LEAST_COLUMNS


def _whole(grid: Grid, top: int, bottom: int) -> bool:
    """Whether no merged range is cut by the header's edges."""
    return not any(
        first < top <= last or first <= bottom < last
        for first, _, last, _ in grid.table.merged
        if first != last
    )


def _parts(grid: Grid, top: int, bottom: int, column: int) -> tuple[str, ...]:
    texts: list[str] = []
    for row in range(top, bottom + 1):
        cell = grid.seen(row, column)
        if is_blank(cell) and row < bottom and not texts:
            cell = _group(grid, row, bottom, column)
        text = "" if is_blank(cell) else " ".join(nfc(str(cell)).split())
        if text and (not texts or text != texts[-1]):
            texts.append(text)
    return tuple(texts)


def _group(grid: Grid, row: int, bottom: int, column: int) -> Cell:
    """The group's name to the left, where a header without merged cells leaves its further columns blank."""
    if grid.table.merged or not _named_below(grid, row, bottom, column):
        return None
    for left in range(column - 1, -1, -1):
        if not _named_below(grid, row, bottom, left):
            return None
        if not is_blank(grid.table.rows[row][left]):
            return grid.table.rows[row][left]
    return None


def _named_below(grid: Grid, row: int, bottom: int, column: int) -> bool:
    return any(not is_blank(grid.table.rows[below][column]) for below in range(row + 1, bottom + 1))


def _score(layout: Layout) -> float | None:
    found = [layout.headings[index] for index in layout.column.values()]
    if len(found) < _LEAST_COLUMNS:
        return None
    missing = len(layout.missing())
    return (
        sum(_SURE[heading.sureness] for heading in found) - 0.5 * (layout.bottom - layout.top) - 2 * missing
    )


def _stated_units(grid: Grid, top: int) -> str:
    """Units that a line above the table states: "ĐVT: m2, triệu đồng"."""
    cells = (cell for row in grid.table.rows[:top] for cell in row if isinstance(cell, str))
    return " ; ".join(cell for cell in cells if any(text in words(cell) for text in _UNIT_WORDS))


def _with_unit(heading: Heading, stated: str) -> Heading:
    if heading.unit or not stated:
        return heading
    pieces = re.split(r"[,;]\s", stated)
    if heading.meaning in AREAS:
        units = [name for piece in pieces if (name := area_unit(piece))]
    elif heading.meaning.endswith(".amount"):
        units = [name for piece in pieces if (name := money_unit(piece))]
    else:
        return heading
    return Heading(heading.meaning, units[0], heading.sureness) if units else heading
