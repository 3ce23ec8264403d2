"""Text and CSV files: UTF-8, with the line of everything that is wrong."""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import FileUnreadableError, Problem
from gis.store.versions import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row of a CSV file: its values by column, and the line on which it begins, from 1."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The text of a cell, NFC, without spaces around it; "" where the column is absent."""
        return self.values.get(column, "")


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises:
        FileUnreadableError: If it is not there, is a folder, may not be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadableError(file=str(path), reason=f"UTF-8, byte {error.start}") from None
    except OSError as error:
        raise FileUnreadableError(file=str(path), reason=error.strerror) from None


def read_csv_rows(
    path: Path, required: Sequence[str], optional: Sequence[str] = ()
) -> tuple[list[CsvRow], list[Problem]]:
    """The rows of a CSV file, and everything that is wrong with it.

    Args:
        path: A UTF-8 file, comma separated, its first line naming the columns in any order.
        required: Columns that must be there.
        optional: Columns that may be there; any other is a Problem of severity "warning".

    Returns:
        The rows whose cells fit the columns, in file order, and the problems with file and line. A file
        that cannot be read gives no rows and the reason; empty lines are passed over.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return [], [Problem(path.name, "problem.file_missing", {"path": str(path)})]
    except OSError as error:
        return [], [Problem(path.name, "problem.file_unreadable", {"reason": error.strerror})]
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        return [], [Problem(f"{path.name}, line {line}", "problem.not_utf8")]
    return _rows(text, path.name, required, optional)


def _rows(
    text: str, file: str, required: Sequence[str], optional: Sequence[str]
) -> tuple[list[CsvRow], list[Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[CsvRow] = []
    problems: list[Problem] = []
    header: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            values = [unicodedata.normalize("NFC", cell.strip()) for cell in cells]
            if header is None:
                header = values
                problems += _check_header(header, file, required, optional)
                if any(problem.severity == "refused" for problem in problems):
                    return [], problems
            elif len(values) != len(header):
                facts = {"found": len(values), "expected": len(header)}
                problems.append(Problem(f"{file}, line {line}", "problem.csv_cells", facts))
            else:
                rows.append(CsvRow(line, dict(zip(header, values, strict=True))))
    except csv.Error as error:
        problems.append(Problem(f"{file}, line {before + 1}", "problem.csv_broken", {"reason": str(error)}))
    if header is None and not problems:
        problems.append(Problem(file, "problem.file_empty"))
    return rows, problems


def _check_header(
    header: Sequence[str], file: str, required: Sequence[str], optional: Sequence[str]
) -> list[Problem]:
    source = f"{file}, line 1"
    if len(header) == 1 and len(required) > 1 and any(mark in header[0] for mark in ";\t"):
        return [Problem(source, "problem.csv_separator")]
    known = {*required, *optional}
    return [
        *(Problem(source, "problem.csv_column_missing", {"column": c}) for c in required if c not in header),
        *(
            Problem(source, "problem.csv_column_twice", {"column": c})
            for c in dict.fromkeys(header)
            if header.count(c) > 1
        ),
        *(
            Problem(source, "problem.csv_column_unknown", {"column": c}, severity="warning")
            for c in dict.fromkeys(header)
            if c not in known
        ),
    ]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file as `read_csv_rows` reads it; None becomes an empty cell.

    Args:
        path: Replaced whole if it is there; its folder must be there.
        columns: Names of the first line.
        rows: One value for each column.

    Raises:
        FileUnwritableError: If its folder is not there or may not be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    replace_file(path, text.getvalue().encode("utf-8"))
