"""The cells of a sheet for the field: its columns, and what a table that came back says in them.

A cell that cannot be read is told with its address and is never guessed. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, TypeAlias

from gis.errors import Problem
from gis.ledger.field_sheets import EMPTY, MARK, Day, Issue, RowKey, Slot
from gis.milestones import OBSTACLE_CATEGORIES, VISIT_OUTCOMES
from gis.sheets.cells import Refused, is_blank, text_of
from gis.sheets.cells import day_of as sheet_day
from gis.texts import LANGUAGES, Texts
from gis.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.errors import Fact
    from gis.ledger.field_sheets import Kind, Value
    from gis.table import Cell, Table

KEY: Final = "key"
TO_READ: Final = ("number", "household", "parcel", "state")
TALK: Final = ("visit_on", "visit_outcome", "visit_note")
OBSTACLE: Final = ("opened", "closed", "obstacle_on")
AT_LATEST: Final = "≤"
NOTE_MOST: Final = 500
# What the cells with a list to choose from hold: the family of their words, and its ids.
FAMILIES: Final = {
    "visit_outcome": ("outcome", VISIT_OUTCOMES),
    "opened": ("obstacle", OBSTACLE_CATEGORIES),
    "closed": ("obstacle", OBSTACLE_CATEGORIES),
}


def columns(milestones: Iterable[str]) -> tuple[str, ...]:
    """The columns' ids in their order: to read, to fill, and last the row's key.

    >>> columns(["handed_over"])[-3:]
    ('handed_over.on', 'handed_over.document', 'key')
    """
    own = [f"{name}.{cell}" for name in milestones for cell in ("on", "document")]
    return (*TO_READ, *TALK, *OBSTACLE, *own, KEY)


def filled_columns(milestones: Iterable[str]) -> tuple[str, ...]:
    """Those that the field fills."""
    return columns(milestones)[len(TO_READ) : -1]


def day_text(value: Day) -> str:
    """A day as a cell of text says it.

    >>> from datetime import date
    >>> day_text(Day(date(2026, 3, 5))), day_text(Day(date(2026, 3, 5), at_latest=True))
    ('05/03/2026', '≤ 05/03/2026')
    """
    return f"{AT_LATEST} {value.on:%d/%m/%Y}" if value.at_latest else f"{value.on:%d/%m/%Y}"


_Read: TypeAlias = tuple[Slot, "tuple[Value, ...]"]


@dataclass(frozen=True)
class Returned:
    """A table that came back.

    Args:
        issue: Which sheet it is.
        slots: What its cells say, by slot.
        rows: The keys of its rows, with what stands in the cells that name household and parcel.
        problems: What cannot be read, and what is missing or new, each with its place.
    """

    issue: Issue
    slots: Mapping[Slot, tuple[Value, ...]]
    rows: Mapping[RowKey, tuple[str, str]]
    problems: tuple[Problem, ...]


def identity(tables: Sequence[Table]) -> tuple[Issue, Table] | Problem:
    """The sheet that a workbook holds.

    Returns:
        Its identity and table; or why there is none: no cell says so, it was changed, or several
        tables do, of which only one could be taken.
    """
    named = [(table, place) for table in tables if (place := _identity_place(table))]
    if not named:
        return Problem(tables[0].file if tables else "", "problem.field_none")
    if len(named) > 1:
        facts: dict[str, Fact] = {"sheets": ", ".join(table.sheet for table, _ in named)}
        return Problem(tables[0].file, "problem.field_several", facts)
    (table, (at, column)), *_ = named
    found = Issue.parse(str(table.rows[at][column]))
    return Problem(table.address(at, column), "problem.field_identity") if found is None else (found, table)


def _identity_place(table: Table) -> tuple[int, int] | None:
    """The row and column of the first cell that says which sheet it is."""
    for at, row in enumerate(table.rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip().startswith(MARK):
                return at, column
    return None


def read_returned(issue: Issue, table: Table) -> Returned:
    """What a sheet's table says, row by row, wherever its rows and columns stand now."""
    reading = _Reading(issue, table)
    reading.read()
    return Returned(issue, reading.slots, reading.rows, tuple(reading.problems))


@dataclass
class _Reading:
    """A table while it is read."""

    issue: Issue
    table: Table
    slots: dict[Slot, tuple[Value, ...]] = field(default_factory=dict)
    rows: dict[RowKey, tuple[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    days: dict[int, Day | None] = field(default_factory=dict)  # of each talk, by the number of its row

    def read(self) -> None:
        """All rows, and what is missing."""
        wanted = columns(self.issue.milestones)
        heads = next((at for at, row in enumerate(self.table.rows) if KEY in row and wanted[0] in row), None)
        if heads is None:
            self.problems.append(Problem(self.table.source, "problem.field_no_columns"))
            return
        named = Counter(str(name) for name in self.table.rows[heads])
        twice = [name for name in wanted if named[name] > 1]
        if twice:
            facts: dict[str, Fact] = {"columns": ", ".join(twice)}
            self.problems.append(Problem(self.table.source, "problem.field_columns_twice", facts))
            return
        self.places = {str(name): at for at, name in enumerate(self.table.rows[heads]) if name in wanted}
        missing = [name for name in wanted if name not in self.places]
        if missing:
            facts = {"columns": ", ".join(missing)}
            self.problems.append(Problem(self.table.source, "problem.field_columns_gone", facts))
            return
        keyed = self._keyed(heads + 1)
        leads = [(at, key) for at, key in keyed if key.leads]
        for at, key in [*leads, *((at, key) for at, key in keyed if not key.leads)]:
            self._row(at, key)
        self._missing(keyed)

    def _keyed(self, first: int) -> list[tuple[int, RowKey]]:
        """The rows of the sheet with their keys; what is no row of it is told."""
        found: dict[RowKey, int] = {}
        for at in range(first, len(self.table.rows)):
            cell = self._cell(at, KEY)
            if is_blank(cell):
                filled = [
                    name for name in columns(self.issue.milestones) if not is_blank(self._cell(at, name))
                ]
                if filled:
                    self._refuse(at, filled[0], "problem.field_row_added")
                continue
            key = RowKey.parse(str(cell), self.issue.sheet)
            if key is None:
                if at > first:  # the first is the heading that people read
                    self._refuse(at, KEY, "problem.field_key")
            elif key in found:
                facts: dict[str, Fact] = {"row": key.number, "first": found[key] + 1}
                self._refuse(at, KEY, "problem.field_row_twice", facts)
            else:
                found[key] = at
        return [(at, key) for key, at in found.items()]

    def _missing(self, keyed: Sequence[tuple[int, RowKey]]) -> None:
        there = {key.number for _, key in keyed}
        gone = [str(number) for number in range(1, self.issue.rows + 1) if number not in there]
        if gone:
            facts: dict[str, Fact] = {"rows": ", ".join(gone), "count": len(gone)}
            self.problems.append(Problem(self.table.source, "problem.field_rows_gone", facts, "warning"))

    def _row(self, at: int, key: RowKey) -> None:
        self.rows[key] = (self._text(at, "household"), self._text(at, "parcel"))
        before = len(self.problems)
        found = [*self._talk(at, key), *self._obstacles(at, key), *self._milestones(at, key)]
        if len(self.problems) == before:
            self.slots.update(found)

    def _talk(self, at: int, key: RowKey) -> list[_Read]:
        """The talk with a household, which its first row alone may hold."""
        on, outcome = self._day(at, "visit_on"), self._one_of(at, "visit_outcome")
        note = self._text(at, "visit_note", NOTE_MOST)
        self.days[key.number] = on
        filled = [name for name in TALK if not is_blank(self._cell(at, name))]
        if not key.leads:
            if filled:
                self._refuse(at, filled[0], "problem.field_talk_row", {"row": key.lead})
            return []
        if outcome and on is None:
            self._refuse(at, "visit_on", "problem.field_talk_day")
        if note and is_blank(self._cell(at, "visit_outcome")):
            self._refuse(at, "visit_outcome", "problem.field_talk_outcome")
        # A day alone is that of the obstacles below it: nobody was met.
        return [(Slot("visit", key), (on, outcome, note) if outcome else EMPTY["visit"])]

    def _obstacles(self, at: int, key: RowKey) -> list[_Read]:
        """What came and what went on a row, on its own day or that of the talk."""
        kinds: tuple[Kind, ...] = ("opened", "closed")
        named = [(kind, name) for kind in kinds if (name := self._one_of(at, kind))]
        own = self._day(at, "obstacle_on")
        if own and not named:
            self._refuse(at, "obstacle_on", "problem.field_day_alone")
        on = own or self.days.get(key.lead)
        if named and on is None:
            self._refuse(at, "obstacle_on", "problem.field_obstacle_day")
        return [(Slot(kind, key, name), (name, on)) for kind, name in named]

    def _milestones(self, at: int, key: RowKey) -> list[_Read]:
        cells = [
            (self._day(at, f"{one}.on"), self._text(at, f"{one}.document")) for one in self.issue.milestones
        ]
        return [
            (Slot("milestone", key, one), told)
            for one, told in zip(self.issue.milestones, cells, strict=True)
        ]

    def _cell(self, at: int, name: str) -> Cell:
        return self.table.rows[at][self.places[name]]

    def _text(self, at: int, name: str, most: int = 0) -> str:
        """The words of a cell."""
        found = text_of(self._cell(at, name))
        if isinstance(found, Refused):
            self._refuse(at, name, found.message, found.facts)
            return ""
        if most and len(found) > most:
            self._refuse(at, name, "problem.field_too_long", {"found": len(found), "most": most})
        return found

    def _day(self, at: int, name: str) -> Day | None:
        """The day of a cell: a spreadsheet's own, or as people write it."""
        cell = self._cell(at, name)
        if is_blank(cell):
            return None
        latest = isinstance(cell, str) and cell.strip().startswith(AT_LATEST)
        found = sheet_day(str(cell).strip()[1:] if latest else cell, asks_for_day=True)
        if isinstance(found, Refused):
            self._refuse(at, name, found.message, found.facts)
        elif found.on is None or found.not_later_than or not found.reached:
            self._refuse(at, name, "problem.field_no_day", {"found": str(cell)[:60]})
        else:
            return Day(found.on, latest)
        return None

    def _one_of(self, at: int, name: str) -> str:
        """The id of a category or outcome, by its word in either language; "" of a blank cell."""
        family, ids = FAMILIES[name]
        text = self._text(at, name)
        if not text:
            return ""
        found = _ids_by_word(family, ids).get(fold(text))
        if found is None:
            words = ", ".join(Texts()(f"{family}.{one}") for one in ids)
            self._refuse(at, name, "problem.field_unknown_word", {"found": text[:60], "words": words})
        return found or ""

    def _refuse(self, at: int, name: str, message: str, facts: Mapping[str, Fact] | None = None) -> None:
        place = self.table.address(at, self.places[name])
        self.problems.append(Problem(place, message, facts or {}))


@cache
def _ids_by_word(family: str, ids: tuple[str, ...]) -> Mapping[str, str]:
    return {fold(Texts(language)(f"{family}.{one}")): one for language in LANGUAGES for one in ids}
