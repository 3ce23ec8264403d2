"""CSV files as offices save them: any usual encoding and separator, quotes held to their rule."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import TYPE_CHECKING, Final

from gis.store.sheet_facts import MOST_CELLS, MOST_ROWS, TooLargeError, UnfitError
from gis.table import Table

if TYPE_CHECKING:
    from pathlib import Path

    from gis.errors import Problem

_SEPARATORS: Final = ";\t,|"
_SAMPLED_ROWS: Final = 200
_DIRECTIVE: Final = "sep="


def read_csv(path: Path) -> tuple[list[Table], list[Problem]]:
    """The one table of a CSV file; rows are numbered as a spreadsheet numbers them.

    Raises:
        TooLargeError: If it has more rows or cells than a list may.
        UnfitError: If its quotes do not close, so that where a row ends is not known.
    """
    text = decoded(path.read_bytes())
    first = text.split("\n", 1)[0].strip().lower()
    directive = first[len(_DIRECTIVE) :] if first.startswith(_DIRECTIVE) else ""
    separator = directive if len(directive) == 1 else separator_of(text)
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            rows.append([] if directive and not rows else row)
            if len(rows) > MOST_ROWS:
                raise TooLargeError("rows", len(rows), MOST_ROWS)
    except csv.Error:
        raise UnfitError("problem.csv_quotes", {"line": reader.line_num}) from None
    width = max(map(len, rows), default=0)
    if len(rows) * width > MOST_CELLS:
        raise TooLargeError("cells", len(rows) * width, MOST_CELLS)
    cells = tuple(tuple(text or None for text in row) + (None,) * (width - len(row)) for row in rows)
    if not any(cell for row in cells for cell in row):
        return [], []
    return [Table(path.name, "", cells)], []


def decoded(content: bytes) -> str:
    """A file's text: by its byte order mark, as UTF-8, else each byte a letter for the tables of old fonts.

    >>> decoded(bytes([0xFF, 0xFE, 0x61, 0])), decoded("hộ".encode("utf-8-sig")), decoded(bytes([0x68, 0xE9]))
    ('a', 'hộ', 'hé')
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError:
            raise UnfitError("problem.sheet_damaged") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def separator_of(text: str) -> str:
    r"""The separator by which most rows have the same number of cells, more than one.

    >>> separator_of("a;b;c\n1;2,5;3"), separator_of("a,b\n1,2")
    (';', ',')
    """
    best = (0.0, 0)
    found = ","
    for separator in _SEPARATORS:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        widths: Counter[int] = Counter()
        try:
            for number, row in enumerate(rows):
                if number == _SAMPLED_ROWS:
                    break
                if row:
                    widths[len(row)] += 1
        except csv.Error:
            continue
        width, rows_of_it = max(widths.items(), key=lambda pair: (pair[0] > 1, pair[1]), default=(1, 0))
        score = (rows_of_it / max(widths.total(), 1), width)
        if width > 1 and score > best:
            best, found = score, separator
    return found
