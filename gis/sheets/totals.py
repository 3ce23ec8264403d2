"""The file's own total rows beside what its rows come to, figure by figure.

A total row does not say which rows it sums: those of its section, since the total row before, of its
sheet or of the file. It is held to the first of these that all its figures agree with, else to the one
that its words name, and the difference is told.
Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.milestones import MILESTONES
from gis.sheets.cells import Refused, amount_of, area_of, is_blank, number_of
from gis.sheets.headings import AREAS, words
from gis.sheets.tracking import OwnTotal
from gis.vietnamese import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.errors import Fact
    from gis.sheets.layout import Grid, Layout
    from gis.sheets.tracking import TrackingRow

AMOUNTS: Final = tuple(f"{milestone}.amount" for milestone in MILESTONES)
_TOLERANCE_M2: Final = Decimal("0.05")
_COUNTED: Final = (
    ("households", re.compile(r"([0-9]+)\s*hộ\b")),
    ("parcels", re.compile(r"([0-9]+)\s*thửa\b")),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a total row: its meaning, value in m², đồng or pieces, cell, and column's header."""

    meaning: str
    stated: Decimal
    cell: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """A total row and the rows that it may sum.

    Args:
        source: Address of the row.
        label: Its words; never a person's name.
        figures: What it says.
        scopes: Name and rows (from, up to but without) of what it may sum, the likeliest first.
    """

    source: str
    label: str
    figures: tuple[Figure, ...]
    scopes: tuple[tuple[str, int, int], ...]


def figures_of(grid: Grid, layout: Layout, row: int) -> tuple[list[Figure], list[Problem]]:
    """The figures of a total row by the columns above them, and the cells that cannot be read."""
    figures: list[Figure] = []
    problems: list[Problem] = []
    for meaning in (*AREAS, *AMOUNTS):
        column = layout.column.get(meaning)
        cell = None if column is None else grid.table.rows[row][column]
        if column is None or is_blank(cell):
            continue
        parse = area_of if meaning in AREAS else amount_of
        found = parse(cell, layout.headings[column].unit)
        address = grid.table.address(row, column)
        if isinstance(found, Refused):
            problems.append(
                Problem(address, "problem.list_total_unreadable", {"found": str(cell)}, "warning")
            )
        else:
            figures.append(Figure(meaning, Decimal(found), address, " / ".join(layout.parts[column])))
    return figures + _counts(grid, layout, row), problems


def _counts(grid: Grid, layout: Layout, row: int) -> list[Figure]:
    """Numbers of households and parcels: "120 hộ" anywhere, a bare number under "Số thửa"."""
    found = []
    for column, cell in enumerate(grid.table.rows[row]):
        address = grid.table.address(row, column)
        if isinstance(cell, str):
            said = nfc(cell).casefold()
            matches = [(meaning, pattern.search(said)) for meaning, pattern in _COUNTED]
            found += [Figure(meaning, Decimal(match[1]), address) for meaning, match in matches if match]
        elif column == layout.column.get("number"):
            number = number_of(cell)
            if isinstance(number, Decimal):
                found.append(Figure("parcels", number, address))
    return found


def computed_totals(rows: Sequence[TrackingRow]) -> dict[str, Decimal]:
    """Totals by meaning: areas in m² and amounts in đồng where any stands, households and parcels counted."""
    totals: dict[str, Decimal] = {
        "households": Decimal(len({row.household_key for row in rows})),
        "parcels": Decimal(len({parcel_key(row) for row in rows})),
    }
    for meaning in AREAS:
        sizes = [size for row in rows if (size := getattr(row, meaning)) is not None]
        if sizes:
            totals[meaning] = sum(sizes, Decimal(0))
    for row in rows:
        for one in row.milestones:
            if one.amount_vnd is not None:
                meaning = f"{one.milestone}.amount"
                totals[meaning] = totals.get(meaning, Decimal(0)) + one.amount_vnd
    return totals


def parcel_key(row: TrackingRow) -> tuple[str, str, str]:
    """Old commune, sheet and number, folded."""
    return fold(row.commune), fold(row.sheet), fold(row.number)


def compare(stated: Sequence[Stated], rows: Sequence[TrackingRow]) -> tuple[list[OwnTotal], list[Problem]]:
    """Each figure of the file beside ours, and a warning where they differ."""
    totals: list[OwnTotal] = []
    problems: list[Problem] = []
    for one in stated:
        scope, computed = _scope(one, rows)
        for figure in one.figures:
            ours = _ours(figure, computed)
            totals.append(OwnTotal(scope, figure.meaning, figure.stated, ours, figure.cell))
            if not _agree(figure.meaning, figure.stated, ours):
                problems.append(_differing(figure, scope, ours))
    return totals, problems


def _differing(figure: Figure, scope: str, ours: Decimal) -> Problem:
    kind = "area" if figure.meaning in AREAS else figure.meaning.rpartition(".")[2]
    facts: dict[str, Fact] = {"column": figure.column or None, "scope": scope or None}
    facts |= {"stated": float(figure.stated), "computed": float(ours)}
    facts |= {"difference": float(abs(ours - figure.stated))}
    return Problem(figure.cell, f"problem.list_total_{kind}", facts, "warning")


def _scope(one: Stated, rows: Sequence[TrackingRow]) -> tuple[str, Mapping[str, Decimal]]:
    filled = [scope for scope in one.scopes if scope[2] > scope[1]] or [("", 0, 0)]
    for name, first, end in filled:  # the nearest is short and mostly the one: the others wait
        totals = computed_totals(rows[first:end])
        if all(_agree(figure.meaning, figure.stated, _ours(figure, totals)) for figure in one.figures):
            return name, totals
    name, first, end = _named(one.label, filled)
    return name, computed_totals(rows[first:end])


def _named(label: str, scopes: Sequence[tuple[str, int, int]]) -> tuple[str, int, int]:
    """The scope that a total row's words name: a section, the whole for "tổng cộng", else the nearest."""
    said = words(label)
    for scope in scopes:
        if scope[0] and words(scope[0]) in said:
            return scope
    return scopes[-1] if " tong " in said else scopes[0]


def _ours(figure: Figure, computed: Mapping[str, Decimal]) -> Decimal:
    return computed.get(figure.meaning, Decimal(0))


def _agree(meaning: str, stated: Decimal, ours: Decimal) -> bool:
    return abs(stated - ours) <= (_TOLERANCE_M2 if meaning in AREAS else 0)
