"""Excel workbooks that pages hand out: texts are texts, numbers are numbers, nothing in them is a formula."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Kind: TypeAlias = Literal["text", "int", "m2", "ha"]
# Excel's own limits.
NAME_MOST: Final = 31
TEXT_MOST: Final = 32_767
OPTIONS: Final = {
    "in_memory": True,
    # A cell that begins with "=" came from somebody's file: it is never run.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_NAME_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_FORMATS: Final[dict[Kind, str]] = {"text": "@", "int": "#,##0", "m2": "#,##0.0", "ha": "#,##0.00"}
_DAY: Final = "dd/mm/yyyy"


@dataclass(frozen=True, slots=True)
class NotLaterThan:
    """A day that is the last on which something can have been: a real day that reads "≤ 09/09/2025"."""

    on: date


Value: TypeAlias = "str | int | float | date | NotLaterThan | None"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what its cells are, its width in letters."""

    heading: str
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of one table.

    Args:
        name: On its tab; cut to what Excel allows.
        title: The line above the table.
        columns: What stands where.
        rows: A value for each column, None an empty cell; a day is written as a day in any column.
        notes: Lines between title and table: of which day, from which ledger.
        frozen: So many columns stay in view.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    notes: tuple[str, ...] = ()
    frozen: int = 0

    @property
    def heading_line(self) -> int:
        """The line of the headings, counted from 0."""
        return 2 + len(self.notes)


def sheet_name(text: str) -> str:
    """A name as Excel allows it for a sheet.

    >>> sheet_name("Tờ 1/2: thôn")
    'Tờ 1 2  thôn'
    """
    return _NAME_FORBIDDEN.sub(" ", text)[:NAME_MOST]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of an .xlsx: a title, a frozen heading with filters, a row a line, printed on A4 across.

    Args:
        sheets: In their order; names are cut to what Excel allows.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        looks = _looks(book)
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(sheet.name))
            page.write_string(0, 0, sheet.title, looks["title"])
            for at, note in enumerate(sheet.notes, start=1):
                page.write_string(at, 0, note)
            for at, column in enumerate(sheet.columns):
                page.set_column(at, at, column.width)
                page.write_string(sheet.heading_line, at, column.heading, looks["head"])
            for line, row in enumerate(sheet.rows, start=sheet.heading_line + 1):
                for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                    _write(page, line, at, value, column.kind, looks)
            _lay_out(page, sheet)
    return buffer.getvalue()


def _looks(book: xlsxwriter.Workbook) -> Mapping[str, Format]:
    looks = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "day": book.add_format({"num_format": _DAY, "valign": "top", "align": "left"}),
        "not_later": book.add_format({"num_format": f'"≤ "{_DAY}', "valign": "top", "align": "left"}),
    }
    for kind, number in _FORMATS.items():
        looks[kind] = book.add_format({"num_format": number, "text_wrap": kind == "text", "valign": "top"})
    return looks


def _write(
    page: Worksheet, line: int, at: int, value: Value, kind: Kind, looks: Mapping[str, Format]
) -> None:
    match value:
        case None:
            return
        case str():
            page.write_string(line, at, value[:TEXT_MOST], looks[kind])
        case NotLaterThan():
            page.write_datetime(line, at, value.on, looks["not_later"])
        case date():
            page.write_datetime(line, at, value, looks["day"])
        case _:
            page.write_number(line, at, value, looks[kind])


def _lay_out(page: Worksheet, sheet: Sheet) -> None:
    head = sheet.heading_line
    page.freeze_panes(head + 1, sheet.frozen)
    if sheet.rows:
        page.autofilter(head, 0, head + len(sheet.rows), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(head)
