"""Workbooks and lists as tables of cells: .xlsx, .xlsm, .xls, .ods, .csv; nothing in them is ever run."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import python_calamine

from gis.errors import Problem
from gis.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from gis.table import Cell

SHEET_ENDINGS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt"})
_Read: TypeAlias = str | int | float | bool | date | datetime | time | timedelta


def read_tables(path: Path) -> tuple[list[Table], list[Problem]]:
    """The sheets of a workbook, or the one table of a CSV file, and what is to be told of them.

    Args:
        path: A file; its content decides what it is, not its name.

    Returns:
        Tables in the file's order, sheets without any cell left out; problems of severity "refused"
        where a file, sheet or cell cannot be read, "warning" where it was and is to be looked at.
    """
    if path.suffix.lower() in {".csv", ".txt"}:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
        wide = max(map(len, rows), default=0)
        text = tuple(tuple(v or None for v in row) + (None,) * (wide - len(row)) for row in rows)
        return [Table(path.name, "", text)], []
    tables = []
    try:
        with python_calamine.load_workbook(str(path)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                read = sheet.to_python(skip_empty_area=False)
                cells = tuple(tuple(_cell(value) for value in row) for row in read)
                merged = tuple((a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
                tables.append(Table(path.name, name, cells, merged))
    except python_calamine.CalamineError:
        return [], [Problem(path.name, "problem.sheet_unreadable")]
    return tables, []


def _cell(value: _Read) -> Cell:
    if isinstance(value, timedelta):
        return str(value)
    return None if value == "" else value
