"""A table as an office's file holds it: cells with their addresses, nothing judged yet.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeAlias

Cell: TypeAlias = str | int | float | bool | date | datetime | time | None


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet of a workbook, or one CSV file.

    Args:
        file: Name of the file, without its folder.
        sheet: Name of the sheet, "" where the format has none.
        rows: Cells by row, each row as long as the widest; what was written, "" and spaces among it;
            None where a cell is empty. A formula is its kept value.
        merged: Merged ranges as (first row, first column, last row, last column), from 0, both ends
            included; all but the first cell of each are None in `rows`.
        formulas: Addresses (row, column) whose value came of a formula.
        hidden: Rows that the file hides (a filter): they count all the same, and are told.
    """

    file: str
    sheet: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: frozenset[tuple[int, int]] = frozenset()
    hidden: frozenset[int] = field(default=frozenset())

    @property
    def source(self) -> str:
        """The place of the table as a person finds it: "theo doi.xlsx, Sheet1"."""
        return f"{self.file}, {self.sheet}" if self.sheet else self.file

    def address(self, row: int, column: int) -> str:
        """The place of a cell: "theo doi.xlsx, Sheet1, cell C12".

        >>> Table("a.xlsx", "Hộ", ()).address(11, 27)
        'a.xlsx, Hộ, cell AB12'
        """
        return f"{self.source}, cell {column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """The letters by which a spreadsheet names a column, counted from 0.

    >>> column_letters(0), column_letters(25), column_letters(26), column_letters(701), column_letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
