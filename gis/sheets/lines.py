"""What each row below a list's header is: a household, a further parcel, a total, a section, a note.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.sheets.cells import Refused, is_blank, text_of
from gis.sheets.headings import AREAS, HEADINGS
from gis.sheets.layout import Grid, Layout, other_header, same_header
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.table import Cell

Kind: TypeAlias = Literal["blank", "header", "other_header", "total", "section", "holding", "footer"]
Level: TypeAlias = Literal["zone", "commune", "hamlet", "household"]

_TOTAL: Final = re.compile(r"(?:tổng|cộng|tong cong|tong so|luỹ kế|lũy kế)(?!\w)")
_ROMAN: Final = re.compile(r"[IVXLC]+\.?")
_NUMBERED: Final = re.compile(r"(?:[IVXLC]+|[A-Z]|[0-9]+(?:\.[0-9]+)*)\s*[.)/-]\s*")
_COLUMN_NUMBER: Final = re.compile(r"[(\[]?\s*(?:[0-9]{1,2}|[A-Za-z])\s*(?:=.*)?[)\]]?")
_LEAST_NUMBERS: Final = 3
_LONGEST_NUMBER: Final = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A row and what it is.

    Args:
        row: Its index from 0.
        kind: What it is.
        label: Its words, of a total or a section.
        level: What a section names.
    """

    row: int
    kind: Kind
    label: str = ""
    level: Level = "zone"


def classify(grid: Grid, layout: Layout) -> list[Line]:
    """Each row below the header, in order.

    What stands below the last row that is a holding, a total or numbered in the STT column is a
    footer; a line with a name, no number in the STT column and no parcel is a section.
    """
    rows = range(layout.bottom + 1, len(grid.table.rows))
    lines = [_line(grid, layout, row, first=row == rows.start) for row in rows]
    last = max((i for i, line in enumerate(lines) if _anchors(grid, layout, line)), default=-1)
    kept = [
        line if i <= last or line.kind == "blank" else Line(line.row, "footer")
        for i, line in enumerate(lines)
    ]
    return _with_households(grid, layout, kept)


def _line(grid: Grid, layout: Layout, row: int, *, first: bool) -> Line:
    cells = grid.table.rows[row]
    if all(is_blank(cell) for cell in cells):
        covered = any(grid.merged_down(row, column) for column in range(len(cells)))
        named = any(_digits(grid, layout, row, name) for name in ("sheet", "number"))
        return Line(row, "holding" if covered and named else "blank")
    if (first and column_numbers(cells)) or same_header(grid, layout, row):
        return Line(row, "header")
    if other_header(grid, row):
        return Line(row, "other_header")
    label = _label(grid, row)
    stt = _shown(grid, layout, row, "stt")
    listed = _is_parcel(grid, layout, row) and (stt.isdigit() or "stt" not in layout.column)
    if is_total(label) and not listed:
        return Line(row, "total", label)
    if _digits(grid, layout, row, "number") or _digits(grid, layout, row, "sheet"):
        return Line(row, "holding")
    return _section(grid, layout, row, label)


def is_total(label: str) -> bool:
    """Whether a line's first words are those of a total; the accents tell "Tổng" from the name "Tống".

    >>> is_total("TỔNG CỘNG"), is_total("Cộng thôn 3"), is_total("Tống Văn A"), is_total("Tổng công ty B")
    (True, True, False, False)
    """
    text = _NUMBERED.sub("", nfc(label), count=1).strip().casefold()
    return bool(_TOTAL.match(text)) and not text.startswith(HEADINGS.lines["no_total"])


def level_of(label: str, stt: str) -> Level | None:
    """What a section line names, by its first words; None where nothing says it.

    >>> level_of("Thôn 3", ""), level_of("II. KCN Phú Quý", ""), level_of("Nguyễn Văn A", "5")
    ('hamlet', 'zone', None)
    >>> level_of("Làng nghề mộc", ""), level_of("Làng Đông", "")
    ('zone', 'hamlet')
    """
    text = _NUMBERED.sub("", label, count=1).casefold().strip()
    levels: tuple[Level, ...] = ("hamlet", "commune", "zone")
    named = [
        (len(word), level)
        for level in levels
        for word in HEADINGS.lines[level]
        if text == word or text.startswith(word + " ")
    ]
    if named:  # the longest says most: "làng nghề" is no "làng", "khu phố" no "khu"
        return max(named)[1]
    return "zone" if _ROMAN.fullmatch(stt) or re.match(r"[IVXLC]+\s*[.)]", label) else None


def section_name(label: str) -> str:
    """A section's name without its numbering.

    >>> section_name("II. KCN Phú Quý:")
    'KCN Phú Quý'
    """
    return _NUMBERED.sub("", label, count=1).strip(" :-–.")


def _section(grid: Grid, layout: Layout, row: int, label: str) -> Line:
    stt = _shown(grid, layout, row, "stt")
    level = level_of(label, stt)
    if level:
        return Line(row, "section", label, level)
    said = {str(cell).strip() for cell in grid.table.rows[row] if not is_blank(cell)} - {stt}
    alone = (
        len(said) == 1
        and not stt.isdigit()
        and label in {" ".join(nfc(text).split()) for text in said | {stt}}
    )
    return Line(row, "section", label, "zone") if alone else Line(row, "holding", label)


def _with_households(grid: Grid, layout: Layout, lines: Sequence[Line]) -> list[Line]:
    """A named line without a parcel, above rows of parcels without a name, names their household."""
    told = []
    below: Line | None = None
    for line in reversed(lines):
        found = line
        # One with a sheet or a number alone is a parcel that lacks the other: it is refused, not swallowed.
        place = any(_digits(grid, layout, line.row, name) for name in ("sheet", "number"))
        bare = line.kind in {"holding", "section"} and not place
        guessed = line.kind == "holding" or level_of(line.label, "") is None
        if bare and guessed and _names(grid, layout, line) and below and _nameless(grid, layout, below):
            found = Line(line.row, "section", line.label, "household")
        told.append(found)
        below = found if line.kind != "blank" else below
    return told[::-1]


def _names(grid: Grid, layout: Layout, line: Line) -> bool:
    column = layout.column.get("household_name")
    return column is not None and not is_blank(grid.seen(line.row, column))


def _nameless(grid: Grid, layout: Layout, line: Line) -> bool:
    return line.kind == "holding" and _is_parcel(grid, layout, line.row) and not _names(grid, layout, line)


def _anchors(grid: Grid, layout: Layout, line: Line) -> bool:
    """Whether a row surely belongs to the list, so that what stands above it does too."""
    if line.kind != "holding":
        return line.kind in {"total", "header", "other_header"}
    numbered = _shown(grid, layout, line.row, "stt").isdigit()
    return numbered or any(_digits(grid, layout, line.row, name) for name in ("sheet", "number", *AREAS))


def _is_parcel(grid: Grid, layout: Layout, row: int) -> bool:
    return _digits(grid, layout, row, "number") and _digits(grid, layout, row, "sheet")


def _digits(grid: Grid, layout: Layout, row: int, meaning: str) -> bool:
    """Whether a short text with a digit stands there: no signature, no line of words."""
    shown = _shown(grid, layout, row, meaning)
    return len(shown) <= _LONGEST_NUMBER and any(c.isdigit() for c in shown)


def _shown(grid: Grid, layout: Layout, row: int, meaning: str) -> str:
    if meaning not in layout.column:
        return ""
    cell = grid.held(row, layout.column[meaning])
    found = text_of(cell)
    return str(cell) if isinstance(found, Refused) else found


def _label(grid: Grid, row: int) -> str:
    """A line's words: the first text of it that is more than a number."""
    texts = [text_of(cell) for cell in grid.table.rows[row] if isinstance(cell, str) and not is_blank(cell)]
    plain = [text for text in texts if isinstance(text, str)]
    if len(plain) > 1 and (_ROMAN.fullmatch(plain[0]) or re.fullmatch(r"[A-Z]\.?|[0-9.]+", plain[0])):
        return plain[1]
    return plain[0] if plain else ""


def column_numbers(cells: Sequence[Cell]) -> bool:
    """Whether a row numbers the columns: (1) (2) (3), or A B 1 2 3."""
    texts = [str(text_of(cell)) for cell in cells if not is_blank(cell)]
    if len(texts) < _LEAST_NUMBERS or not all(_COLUMN_NUMBER.fullmatch(text) for text in texts):
        return False
    numbers = [int(digits[0]) for text in texts if (digits := re.findall(r"[0-9]+", text.split("=")[0]))]
    return len(numbers) >= _LEAST_NUMBERS - 1 and all(
        second - first == 1 for first, second in pairwise(numbers)
    )
