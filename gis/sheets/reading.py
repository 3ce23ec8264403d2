"""An office's tracking list: from the sheets of a file to rows, problems, totals and what became of each row.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.sheets.cells import is_blank
from gis.sheets.headings import OTHER_UNIT
from gis.sheets.households import Households
from gis.sheets.layout import Grid, find_layout
from gis.sheets.lines import column_numbers
from gis.sheets.listing import Listing
from gis.sheets.totals import compare, computed_totals
from gis.sheets.tracking import RowCounts, TrackedColumn, TrackingList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.sheets.layout import Layout
    from gis.sheets.totals import Stated
    from gis.sheets.tracking import TrackingRow
    from gis.table import Table

_PERSONAL: Final = frozenset({"household_name", "left_out", "note", ""})
_LIKE_A_LIST: Final = 4  # columns recognised in a sheet that yet lacks what a list needs


@dataclass
class _File:
    """What has been read of a file so far."""

    households: Households
    rows: list[TrackingRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    columns: list[TrackedColumn] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    lists: int = 0


def tracking_list(
    tables: Sequence[Table],
    remembered: Mapping[str, str] | None = None,
    *,
    sha256: str = "",
    problems: Sequence[Problem] = (),
    same_name_is_one: bool = False,
) -> TrackingList:
    """All that the sheets of one file say of households, parcels and milestones.

    Args:
        tables: The sheets, as `store.sheets.read_tables` gives them.
        remembered: Meanings by header, as `headings.parse_remembered` gives them: they come first.
        sha256: Of the file's bytes, passed through.
        problems: What was told when the file was read: it comes first in the result, nothing twice.
        same_name_is_one: Whether the user said that one name in one hamlet is always one household.

    Returns:
        Rows in the file's order; a row with a refused cell is not among them, and every row that is
        not empty is counted once in `counts`.
    """
    read = _File(Households(same_name_is_one))
    for table in tables:
        _read_table(table, remembered or {}, read)
    if not read.lists and (tables or not any(one.severity == "refused" for one in problems)):
        file = tables[0].file if tables else ""
        read.problems.append(Problem(file, "problem.list_no_header"))
    if shared := read.households.shared_names():
        facts = {"count": shared}
        read.problems.append(Problem(tables[0].file, "problem.list_same_name", facts, "warning"))
    own_totals, differences = compare(read.stated, read.rows)
    return TrackingList(
        tables[0].file if tables else "",
        sha256,
        tuple(tables),
        tuple(read.rows),
        _once((*problems, *read.problems, *differences)),
        tuple(own_totals),
        computed_totals(read.rows),
        tuple(read.columns),
        RowCounts(**read.counts),
    )


def _read_table(table: Table, remembered: Mapping[str, str], read: _File) -> None:
    filled = sum(any(not is_blank(cell) for cell in row) for row in table.rows)
    if not filled:
        return
    grid = Grid(table)
    layout = find_layout(grid, remembered)
    if layout is None or layout.missing():
        read.counts["titles"] += filled
        read.problems += _no_list(table, layout, filled)
        read.columns += [] if layout is None else _columns(grid, layout)
        return
    read.lists += 1
    read.columns += _columns(grid, layout)
    read.problems += _column_problems(grid, layout)
    header = range(layout.top, layout.bottom + 1)
    read.counts["titles"] += _filled(table, range(layout.top))
    read.counts["headers"] += _filled(table, header)
    listing = Listing(grid, layout, read.households, len(read.rows))
    listing.read()
    read.rows += listing.rows
    read.problems += listing.problems
    read.stated += listing.stated
    read.counts += listing.counts


def _no_list(table: Table, layout: Layout | None, filled: int) -> list[Problem]:
    """Why a sheet is not read: one that looks like a list is refused, another is left out and told."""
    if layout is None or len(layout.column) < _LIKE_A_LIST:
        return [Problem(table.source, "problem.list_sheet_left_out", {"count": filled}, "warning")]
    source = f"{table.source}, row {layout.bottom + 1}"
    missing = layout.missing()
    return [Problem(source, f"problem.list_lacks_{name}", {"count": filled}) for name in missing]


def _column_problems(grid: Grid, layout: Layout) -> list[Problem]:
    problems = []
    for index in layout.twice:
        first = layout.column[layout.headings[index].meaning]
        facts = {"column": " / ".join(layout.parts[index]), "other": " / ".join(layout.parts[first])}
        source = grid.table.address(layout.bottom, index)
        problems.append(Problem(source, "problem.list_column_twice", facts))
    for column in _columns(grid, layout):
        source = grid.table.address(layout.bottom, column.column)
        facts = {"column": column.header}
        if column.unit == OTHER_UNIT:
            problems.append(Problem(source, "problem.list_column_unit", facts))
        if column.sureness in {"unknown", "guess"} and column.header:
            message = f"problem.list_column_{column.sureness}"
            problems.append(Problem(source, message, facts, "warning"))
    return problems


def _columns(grid: Grid, layout: Layout) -> list[TrackedColumn]:
    rows = grid.table.rows[layout.bottom + 1 :]
    rows = rows[1:] if rows and column_numbers(rows[0]) else rows  # no value of a column
    columns = []
    for index, (parts, heading) in enumerate(zip(layout.parts, layout.headings, strict=True)):
        value = next((row[index] for row in rows if not is_blank(row[index])), None)
        if not parts and value is None:
            continue
        sample = "" if heading.meaning in _PERSONAL or value is None else str(value)[:40]
        header = " / ".join(parts)
        found = (heading.meaning, heading.unit, heading.sureness)
        columns.append(TrackedColumn(grid.table.source, index, header, *found, sample))
    return columns


def _filled(table: Table, rows: range) -> int:
    return sum(any(not is_blank(cell) for cell in table.rows[row]) for row in rows)


def _once(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Each problem once; one that the file's reader warned of and that refuses a row here, as the refusal."""
    kept: dict[tuple[str, str, str], Problem] = {}
    for one in problems:
        same = (one.source, one.message, repr(dict(one.facts)))
        if same not in kept or one.severity == "refused":
            kept[same] = one
    return tuple(kept.values())
