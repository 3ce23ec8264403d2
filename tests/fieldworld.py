"""A sheet for the field as somebody fills it: the workbook's cells read, changed, and written again."""

import io

import python_calamine
import xlsxwriter

from gis.project.field_sheet import printed
from gis.project.field_sheet_table import People, field_table
from gis.store.field_workbook import HEAD_ROW, ID_ROW, IDENTITY_ROW, field_workbook
from gis.texts import Texts

SHEET = "7f3a09bc"
FIRST_ROW = HEAD_ROW + 1


def sheet_of(project, on, households, milestones=("inventoried", "handed_over"), language="vi", names=None):
    """The bytes of a sheet of some households as of now."""
    found = printed(project, SHEET, (on, project.refresh().seq), households, milestones)
    return field_workbook(field_table(found, People(names or {}), project.plan, Texts(language)))


def cells_of(content):
    """The first sheet's rows, each cell as the file has it."""
    book = python_calamine.load_workbook(io.BytesIO(content))
    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def workbook_of(*sheets):
    """A workbook of rows as another program would write it: no locks, no hidden rows, no formats but days.

    Args:
        sheets: The rows of each page.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for rows in sheets:
            _fill(book.add_worksheet(), rows, day)
    return buffer.getvalue()


def _fill(page, rows, day):
    for at, row in enumerate(rows):
        for place, value in enumerate(row):
            if hasattr(value, "year"):
                page.write_datetime(at, place, value, day)
            elif isinstance(value, str) and value:
                page.write_string(at, place, value)
            elif value != "":
                page.write_number(at, place, value)


def filled(content, cells):
    """The workbook with some cells filled.

    Args:
        content: Of the sheet.
        cells: Values by (number of the row, column id).
    """
    rows = cells_of(content)
    places = {name: at for at, name in enumerate(rows[ID_ROW])}
    for (number, column), value in cells.items():
        rows[FIRST_ROW + number - 1][places[column]] = value
    return workbook_of(rows)


__all__ = ["FIRST_ROW", "IDENTITY_ROW", "ID_ROW", "SHEET", "cells_of", "filled", "sheet_of", "workbook_of"]
