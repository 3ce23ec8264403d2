"""Workbooks and lists as tables of cells: .xlsx, .xlsm, .xls, .ods, .csv; nothing in them is ever run."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

import python_calamine

from gis.errors import Problem
from gis.legacy_text import recode_cells
from gis.store.csv_lists import read_csv
from gis.store.ods_scan import scan_ods
from gis.store.sheet_facts import MOST_CELLS, MOST_FILE_BYTES, SheetFacts, TooLargeError, UnfitError
from gis.store.xlsx_scan import scan_xlsx
from gis.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from gis.errors import Fact
    from gis.table import Cell

SHEET_ENDINGS: Final = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".txt"})
_ENDINGS: Final = {
    "xlsx": {".xlsx", ".xlsm"},
    "xls": {".xls"},
    "ods": {".ods"},
    "csv": {".csv", ".txt", ".tsv"},
}
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
# What reading a damaged ZIP can raise; RuntimeError: it wants a password.
_DAMAGED: Final = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError),
    *(ValueError, NotImplementedError, RuntimeError),
)
_HEAD_BYTES: Final = 4096
_Read: TypeAlias = str | int | float | bool | date | datetime | time | timedelta


def read_tables(path: Path) -> tuple[list[Table], list[Problem]]:
    """The sheets of a workbook, or the one table of a CSV file, and what is to be told of them.

    A formula is its kept value; one that has none stays as its own text ("=A1/0"), an error as its
    name ("#REF!"), so that neither reads as an empty cell. A day of which the file shows month and year
    only is the text "3/2026".

    Args:
        path: A file; its content decides what it is, not its name.

    Returns:
        Tables in the file's order, sheets without any cell left out; problems of severity "refused"
        where a file, sheet or cell cannot be read, "warning" where it was and is to be looked at.
    """
    if refused := _not_to_be_opened(path):
        return [], [refused]
    try:
        kind = _kind(path)
        if not kind:
            return [], [_unfit_kind(path)]
        tables, problems = read_csv(path) if kind == "csv" else _read_workbook(path, kind)
    except PermissionError:
        return [], [Problem(path.name, "problem.sheet_in_use")]
    except (TooLargeError, UnfitError) as error:
        return [], [Problem(path.name, error.message_id, error.facts)]
    except (python_calamine.CalamineError, *_DAMAGED) as error:
        # What the libraries say of it is for whoever looks into it: one line, never a traceback.
        return [], [Problem(path.name, "problem.sheet_unreadable", {"found": str(error)[:120]})]
    if not tables and not any(problem.severity == "refused" for problem in problems):
        problems.append(Problem(path.name, "problem.sheet_empty"))
    if path.suffix.lower() not in _ENDINGS[kind]:
        problems.insert(0, Problem(path.name, "problem.sheet_renamed", {"kind": f".{kind}"}, "warning"))
    return _recoded(tables, problems)


def _not_to_be_opened(path: Path) -> Problem | None:
    """Why a file is left alone: it is none, is open elsewhere, or is larger than any list."""
    if not path.is_file():
        return Problem(path.name, "problem.sheet_no_file")
    for lock in (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#"):
        if path.with_name(lock).exists():
            return Problem(path.name, "problem.sheet_open", {"lock": lock})
    size = path.stat().st_size
    if size > MOST_FILE_BYTES:
        facts = {"found": size >> 20, "most": MOST_FILE_BYTES >> 20}
        return Problem(path.name, "problem.sheet_too_many_megabytes", facts)
    return None if size else Problem(path.name, "problem.sheet_empty")


def _kind(path: Path) -> str:
    """What a file is by its first bytes: "xlsx", "xls", "ods", "csv", "" for nothing that is read here."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_OLE):
        return "" if _is_encrypted(path) else "xls"
    if head.startswith(b"PK"):
        with zipfile.ZipFile(path) as packed:
            names = set(packed.namelist())
        if "content.xml" in names:
            return "ods"
        return "xlsx" if any(name.lower() == "xl/workbook.xml" for name in names) else ""
    marked = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = marked or b"\0" not in head
    page = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:100].lower()
    return "csv" if text and not page.startswith((b"<", b"%pdf", b"{\\rtf")) else ""


def _is_encrypted(path: Path) -> bool:
    return "EncryptedPackage".encode("utf-16-le") in path.read_bytes()


def _unfit_kind(path: Path) -> Problem:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head.startswith(_OLE):
        return Problem(path.name, "problem.sheet_password")
    page = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    return Problem(path.name, "problem.sheet_web_page" if page else "problem.sheet_unknown_kind")


def _read_workbook(path: Path, kind: str) -> tuple[list[Table], list[Problem]]:
    facts: Mapping[str, SheetFacts] = {}
    if kind != "xls":
        # Before the library: it lays out every cell up to the last one, whatever memory that takes.
        with zipfile.ZipFile(path) as packed:
            facts = scan_xlsx(packed) if kind == "xlsx" else scan_ods(packed)
    problems = [Problem(path.name, "problem.sheet_old_excel", {}, "warning")] if kind == "xls" else []
    tables = []
    with _library(), python_calamine.load_workbook(str(path)) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue  # charts and macros hold no list
            table, told = _read_sheet(book, path.name, sheet.name, facts.get(sheet.name))
            problems += told
            if table is None:
                continue
            tables.append(table)
            if sheet.visible != python_calamine.SheetVisibleEnum.Visible:
                problems.append(Problem(table.source, "problem.sheet_hidden", {}, "warning"))
    return tables, problems


@contextmanager
def _library() -> Iterator[None]:
    """A panic of the library over a damaged file becomes a refusal: it is no Exception of Python's."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise UnfitError("problem.sheet_damaged") from None
        raise


def _read_sheet(
    book: python_calamine.CalamineWorkbook, file: str, name: str, facts: SheetFacts | None
) -> tuple[Table | None, list[Problem]]:
    with _library():
        sheet = book.get_sheet_by_name(name)
        _check_extent(sheet.total_height * sheet.total_width)
        read = sheet.to_python(skip_empty_area=False)
        ranges = sheet.merged_cell_ranges or []
    rows = [[_cell(value) for value in row] for row in read]
    merged = [(*first, *last) for first, last in ranges]
    plain = Table(file, name, (), tuple(merged))
    if facts is None:
        return (replace(plain, rows=_tidy(rows)), []) if rows else (None, [])
    problems = _laid_over(plain, rows, facts)
    if not any(cell is not None for row in rows for cell in row):
        return None, problems
    table = replace(
        plain,
        rows=_tidy(rows),
        merged=tuple(dict.fromkeys((*merged, *facts.merged))),
        formulas=frozenset(facts.formulas),
        hidden=frozenset(row for row in facts.hidden if row < len(rows)),
    )
    return table, problems


def _check_extent(cells: int) -> None:
    if cells > MOST_CELLS:
        raise TooLargeError("cells", cells, MOST_CELLS)


def _laid_over(table: Table, rows: list[list[Cell]], facts: SheetFacts) -> list[Problem]:
    """What the library does not tell: formulas without a value, errors, months; and what is told of it."""
    problems: list[Problem] = []
    for (row, column), text in sorted({**facts.unvalued, **facts.errors}.items()):
        _widen(rows, row, column)
        rows[row][column] = text
        message = "problem.cell_formula" if text.startswith("=") else "problem.cell_error"
        problems.append(Problem(table.address(row, column), message, {"found": text[:60]}, "warning"))
    for row, column in facts.months:
        day = rows[row][column] if row < len(rows) and column < len(rows[row]) else None
        if isinstance(day, date):
            rows[row][column] = f"{day.month}/{day.year}"
    counted: tuple[tuple[str, int], ...] = (
        ("problem.sheet_hidden_columns", facts.hidden_columns),
        ("problem.sheet_formulas", len(facts.formulas)),
    )
    for message, count in counted:
        if count:
            told: dict[str, Fact] = {"count": count}
            problems.append(Problem(table.source, message, told, "warning"))
    return problems


def _widen(rows: list[list[Cell]], row: int, column: int) -> None:
    while len(rows) <= row:
        rows.append([])
    rows[row] += [None] * (column + 1 - len(rows[row]))


def _tidy(rows: Sequence[list[Cell]]) -> tuple[tuple[Cell, ...], ...]:
    width = max(map(len, rows), default=0)
    return tuple((*row, *[None] * (width - len(row))) for row in rows)


def _cell(value: _Read) -> Cell:
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date()
    return None if value == "" else value


def _recoded(tables: Sequence[Table], problems: list[Problem]) -> tuple[list[Table], list[Problem]]:
    """Texts in Unicode, whichever old font a sheet was typed in."""
    told = list(problems)
    done = []
    for table in tables:
        rows, _, found = recode_cells(table.rows, table.source, table.address)
        done.append(replace(table, rows=rows))
        told += found
    return done, told
