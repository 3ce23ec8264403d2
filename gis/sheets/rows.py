"""What a row of a list says, cell by cell; every cell that cannot be read is named, at once.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from gis.errors import Problem
from gis.milestones import MILESTONES
from gis.sheets.cells import (
    Day,
    Refused,
    amount_of,
    area_of,
    bad_formula,
    day_of,
    document_and_day,
    is_blank,
    part_of,
    text_of,
)
from gis.sheets.headings import HEADINGS, dated, mark_key
from gis.sheets.tracking import HolderKind, TrackedMilestone
from gis.vietnamese import nfc

_T = TypeVar("_T")

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal
    from fractions import Fraction

    from gis.sheets.layout import Grid, Layout
    from gis.table import Cell

TEXTS: Final = (
    *("stt", "household_name", "household_code", "hamlet", "home_commune", "commune"),
    *("sheet", "number", "land_use", "note", "zone"),
)
# Of a household, so that they go with it to the rows of its further parcels.
OF_HOUSEHOLD: Final = ("household_code", "hamlet", "home_commune")


@dataclass
class Reader:
    """Reads the cells of a row by their meaning and keeps what it had to refuse."""

    grid: Grid
    layout: Layout
    row: int
    problems: list[Problem] = field(default_factory=list)

    @property
    def source(self) -> str:
        """The address of the row."""
        return f"{self.grid.table.source}, row {self.row + 1}"

    def cell(self, meaning: str, *, spread: bool) -> Cell:
        """The cell of a meaning; of a merged range in each of its rows where `spread`, else in its first."""
        column = self.layout.column.get(meaning)
        if column is None:
            return None
        if spread or not self.grid.merged_down(self.row, column):
            return self.grid.held(self.row, column)
        return None

    def text(self, meaning: str) -> str:
        """The words of a meaning, "" where none stand or they are refused."""
        found = text_of(self.cell(meaning, spread=True))
        return self._or_refuse(meaning, found) or ""

    def area(self, meaning: str) -> Decimal | None:
        """Square metres; of a merged range only in its first row, so that it is counted once."""
        cell = self.cell(meaning, spread=False)
        if is_blank(cell):
            return None
        unit = self.layout.headings[self.layout.column[meaning]].unit
        return self._or_refuse(meaning, area_of(cell, unit))

    def part(self) -> Fraction | str | None:
        """The household's part of the parcel."""
        cell = self.cell("part", spread=True)
        if is_blank(cell):
            return None
        found = part_of(cell)
        if isinstance(found, Refused):
            self._refuse("part", found)
            return None
        return found

    def milestones(self) -> tuple[TrackedMilestone, ...]:
        """The milestones of which anything stands, in the usual order."""
        found = (self._milestone(milestone) for milestone in MILESTONES)
        return tuple(one for one in found if one is not None)

    def _milestone(self, milestone: str) -> TrackedMilestone | None:
        facets = {name: f"{milestone}.{name}" for name in ("on", "document_on", "document", "amount")}
        there = {
            name: meaning
            for name, meaning in facets.items()
            if meaning in self.layout.column and not is_blank(self.cell(meaning, spread=name != "amount"))
        }
        if not there:
            return None
        document, documented = self._document(there)
        day, named = self._day(facets["on"]) if "on" in there else (None, None)
        document = document or named
        amount = self._amount(facets["amount"]) if "amount" in there else None
        on = documented if day is None or (day.on is None and day.reached) else day.on
        if day and day.on and documented and documented != day.on and not day.not_later_than:
            facts = {"one": f"{day.on:%d/%m/%Y}", "other": f"{documented:%d/%m/%Y}"}
            self._refuse(facets["on"], Refused("problem.list_two_days", facts))
        if day and not day.reached and (document or documented):
            self._refuse(facets["on"], Refused("problem.list_not_reached_yet_documented"))
        reached = day.reached if day else bool(document or documented)
        if amount and not reached:
            facts = {"column": self._header(facets["amount"])}
            self.problems.append(
                Problem(self.address(facets["amount"]), "problem.list_amount_alone", facts, "warning")
            )
        cell = self.address(next(iter(there.values())))
        since = day.not_before if day else None
        return TrackedMilestone(milestone, on, reached, document, amount, cell, since)

    def _day(self, meaning: str) -> tuple[Day | None, str | None]:
        """The day of a milestone, and the document that is named with it: "TB 12 ngày 05/3/2026"."""
        column = self.layout.column[meaning]
        cell = self.cell(meaning, spread=True)
        found = day_of(cell, asks_for_day=dated(self.layout.parts[column]))
        if isinstance(found, Refused) and isinstance(cell, str):
            both = document_and_day(cell)
            if not isinstance(both, Refused) and both[1] is not None:
                return Day(both[1], reached=True), both[0]
        return self._or_refuse(meaning, found), None

    def _document(self, there: dict[str, str]) -> tuple[str | None, date | None]:
        document, day = None, None
        if "document_on" in there:
            cell = self.cell(there["document_on"], spread=True)
            document, day = self._or_refuse(there["document_on"], document_and_day(cell)) or (None, None)
        if "document" in there and "on" in there:
            document = self.text(there["document"])
        elif "document" in there:  # its day is the milestone's where nothing else says it
            cell = self.cell(there["document"], spread=True)
            named, on = self._or_refuse(there["document"], document_and_day(cell)) or (None, None)
            document, day = named or document, day or on
        if document and (mark := HEADINGS.marks.get(mark_key(document))) is not None:
            document = document if mark else None
        return document or None, day

    def _amount(self, meaning: str) -> int | None:
        unit = self.layout.headings[self.layout.column[meaning]].unit
        return self._or_refuse(meaning, amount_of(self.cell(meaning, spread=False), unit))

    def address(self, meaning: str) -> str:
        """The address of the cell of a meaning: of a merged range its first."""
        top, left = self.grid.anchor(self.row, self.layout.column[meaning])
        return self.grid.table.address(top, left)

    def check_formulas(self) -> None:
        """Refuse each cell of the row whose formula has no value, also where no meaning is known."""
        known = set(self.layout.column.values())
        for column, cell in enumerate(self.grid.table.rows[self.row]):
            wrong = bad_formula(cell.strip()) if isinstance(cell, str) and column not in known else None
            if wrong:
                source = self.grid.table.address(self.row, column)
                self.problems.append(Problem(source, wrong.message, wrong.facts, "warning"))

    def _header(self, meaning: str) -> str:
        return " / ".join(self.layout.parts[self.layout.column[meaning]])

    def _or_refuse(self, meaning: str, found: _T | Refused) -> _T | None:
        if isinstance(found, Refused):
            self._refuse(meaning, found)
            return None
        return found

    def _refuse(self, meaning: str, refused: Refused) -> None:
        self.problems.append(Problem(self.address(meaning), refused.message, refused.facts))


def kind_of(name: str) -> HolderKind:
    """A guess from a holder's first words.

    >>> kind_of("Công ty TNHH Mẫu"), kind_of("Nguyễn Văn Mẫu")
    ('organisation', 'household')
    """
    text = nfc(name).casefold().strip() + " "
    return (
        "organisation"
        if any(text.startswith(w + " ") for w in HEADINGS.lines["organisation"])
        else "household"
    )
