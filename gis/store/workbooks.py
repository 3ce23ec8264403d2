"""Excel workbooks that pages hand out: texts are texts, numbers are numbers, nothing in them is a formula."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.worksheet import Worksheet

Kind: TypeAlias = Literal["text", "int", "m2", "ha"]
Value: TypeAlias = str | int | float | None
# Excel's own limits.
NAME_MOST: Final = 31
TEXT_MOST: Final = 32_767
_NAME_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_FORMATS: Final[dict[Kind, str]] = {"text": "@", "int": "#,##0", "m2": "#,##0.0", "ha": "#,##0.00"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what its cells are, its width in letters."""

    heading: str
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, a line above the table, its columns and rows, None an empty cell."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The bytes of an .xlsx: a title, a frozen heading with filters, a row a line, printed on A4 across.

    Args:
        sheets: In their order; names are cut to what Excel allows.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        # A cell that begins with "=" came from somebody's file: it is never run.
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        bold = book.add_format({"bold": True, "font_size": 13})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        body = {
            kind: book.add_format({"num_format": number, "text_wrap": kind == "text", "valign": "top"})
            for kind, number in _FORMATS.items()
        }
        for sheet in sheets:
            page = book.add_worksheet(_NAME_FORBIDDEN.sub(" ", sheet.name)[:NAME_MOST])
            page.write_string(0, 0, sheet.title, bold)
            for at, column in enumerate(sheet.columns):
                page.set_column(at, at, column.width)
                page.write_string(2, at, column.heading, head)
            for line, row in enumerate(sheet.rows, start=3):
                for at, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
                    _write(page, line, at, value, body[column.kind])
            _lay_out(page, sheet)
    return buffer.getvalue()


def _write(page: Worksheet, line: int, at: int, value: Value, look: object) -> None:
    if value is None:
        return
    if isinstance(value, str):
        page.write_string(line, at, value[:TEXT_MOST], look)
    else:
        page.write_number(line, at, value, look)


def _lay_out(page: Worksheet, sheet: Sheet) -> None:
    page.freeze_panes(3, 0)
    if sheet.rows:
        page.autofilter(2, 0, 2 + len(sheet.rows), len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(2)
