"""The workbook of a sheet for the field: cells to fill with their lists, others locked, A4 across."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import xlsxwriter

from gis.errors import FileUnwritableError
from gis.store.workbooks import OPTIONS, TEXT_MOST, sheet_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

Kind: TypeAlias = Literal["read", "day", "text", "list", "key"]
Value: TypeAlias = str | int | date | None
# Rows, from 0: title, what to do, the sheet's identity, the columns' ids, headings, then the table.
IDENTITY_ROW: Final = 2
ID_ROW: Final = 3
HEAD_ROW: Final = 4
LINE_POINTS: Final = 15
A4: Final = 9


@dataclass(frozen=True, slots=True)
class FieldColumn:
    """A column: its id, its heading, what its cells are, its width in letters, the words to choose from."""

    id: str
    heading: str
    kind: Kind
    width: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldTable:
    """What a workbook shows.

    Args:
        title: Above all.
        lead: What to do, under the title.
        identity: Of the sheet, as `Issue.line` writes it.
        sheet: The name of the sheet of cells.
        lists: The name of the sheet of words to choose from.
        columns: In their order.
        rows: A value for each column.
        locked: Cells (row, column id) that are not to be filled, of columns that else are.
        first_day: The first day that a cell may hold without a warning.
    """

    title: str
    lead: str
    identity: str
    sheet: str
    lists: str
    columns: tuple[FieldColumn, ...]
    rows: Sequence[Sequence[Value]]
    locked: frozenset[tuple[int, str]]
    first_day: date


def field_workbook(table: FieldTable) -> bytes:
    """The bytes of an .xlsx; nothing in it is a formula."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        looks = _looks(book)
        page = book.add_worksheet(sheet_name(table.sheet))
        lists = book.add_worksheet(sheet_name(table.lists))
        _heads(page, table, looks)
        for line, row in enumerate(table.rows):
            _row(page, table, line, row, looks)
        _choices(page, lists, table)
        _lay_out(page, table)
        lists.protect()
    return buffer.getvalue()


def write_field_workbook(table: FieldTable, path: Path) -> None:
    """Write the workbook to a file.

    Raises:
        FileUnwritableError: If it cannot be written: no such folder, or it is open in Excel.
    """
    try:
        path.write_bytes(field_workbook(table))
    except OSError as error:
        raise FileUnwritableError(file=str(path), reason=error.strerror or "") from error


def _looks(book: Workbook) -> Mapping[str, Format]:
    cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#9aa5a0"}
    fill = cell | {"locked": False, "bg_color": "#fffbe6"}
    shut = cell | {"bg_color": "#e4e8e5"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "lead": book.add_format({"italic": True}),
        "small": book.add_format({"font_size": 7, "font_color": "#6b7570"}),
        "head": book.add_format(cell | {"bold": True, "bg_color": "#dbe7dd"}),
        "read": book.add_format(cell | {"num_format": "@"}),
        "key": book.add_format(
            cell | {"font_size": 6, "font_color": "#6b7570", "num_format": "@", "text_wrap": False}
        ),
        "day": book.add_format(fill | {"num_format": "dd/mm/yyyy"}),
        "text": book.add_format(fill | {"num_format": "@"}),
        "list": book.add_format(fill | {"num_format": "@"}),
        "locked": book.add_format(shut),
    }


def _heads(page: Worksheet, table: FieldTable, looks: Mapping[str, Format]) -> None:
    page.write_string(0, 0, table.title, looks["title"])
    page.write_string(1, 0, table.lead, looks["lead"])
    page.write_string(IDENTITY_ROW, 0, table.identity, looks["small"])
    for at, column in enumerate(table.columns):
        page.set_column(at, at, column.width)
        page.write_string(ID_ROW, at, column.id, looks["small"])
        page.write_string(HEAD_ROW, at, column.heading, looks["head"])
    page.set_row(ID_ROW, None, None, {"hidden": True})


def _row(
    page: Worksheet, table: FieldTable, line: int, row: Sequence[Value], looks: Mapping[str, Format]
) -> None:
    at = HEAD_ROW + 1 + line
    tall = max(
        _lines(value, column.width)
        for column, value in zip(table.columns, row, strict=True)
        if column.kind != "key"
    )
    page.set_row(at, LINE_POINTS * max(tall, 2))
    for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
        look = looks["locked" if (line, column.id) in table.locked else column.kind]
        if isinstance(value, date):
            page.write_datetime(at, place, value, look)
        elif isinstance(value, int):
            page.write_number(at, place, value, look)
        elif value:
            page.write_string(at, place, value[:TEXT_MOST], look)
        else:
            page.write_blank(at, place, None, look)


def _lines(value: Value, width: int) -> int:
    """How many lines a text takes in a column, about."""
    text = value if isinstance(value, str) else ""
    return sum(-(-max(len(line), 1) // max(width, 1)) for line in text.split("\n"))


def _choices(page: Worksheet, lists: Worksheet, table: FieldTable) -> None:
    """The lists to choose from, on a sheet of their own, and what cells of days expect."""
    first, last = HEAD_ROW + 1, HEAD_ROW + max(len(table.rows), 1)
    for at, column in enumerate(table.columns):
        if column.kind == "day":
            rule = {"validate": "date", "criteria": ">=", "value": table.first_day, "error_type": "warning"}
            page.data_validation(first, at, last, at, rule)
        if column.kind != "list":
            continue
        lists.set_column(at, at, column.width * 2)
        lists.write_string(0, at, column.heading)
        for line, word in enumerate(column.words, start=1):
            lists.write_string(line, at, word)
        place = xlsxwriter.utility.xl_range_abs(1, at, len(column.words), at)
        name = lists.get_name().replace("'", "''")
        page.data_validation(first, at, last, at, {"validate": "list", "source": f"='{name}'!{place}"})


def _lay_out(page: Worksheet, table: FieldTable) -> None:
    page.freeze_panes(HEAD_ROW + 1, 3)
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEAD_ROW)
    page.print_area(0, 0, HEAD_ROW + len(table.rows), len(table.columns) - 2)  # the keys stay off the paper
    words = table.identity.split(" ")
    # A blank after the size of the letters: the id may begin with a digit.
    page.set_footer(f"&L&8 {words[2]} · {words[5][:20]}&R&8&P/&N")
    allowed = ("format_columns", "format_rows", "format_cells", "sort", "autofilter", "select_locked_cells")
    page.protect("", dict.fromkeys(allowed, True))
