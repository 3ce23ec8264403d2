"""The rows of one sheet's list, read from top to bottom: sections and households carry to the rows below.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.sheets.cells import is_blank
from gis.sheets.headings import AREAS
from gis.sheets.lines import Line, classify, level_of, section_name
from gis.sheets.rows import TEXTS, Reader, kind_of
from gis.sheets.totals import Stated, figures_of, parcel_key
from gis.sheets.tracking import TrackingRow

if TYPE_CHECKING:
    from gis.sheets.households import Households
    from gis.sheets.layout import Grid, Layout


@dataclass(frozen=True, slots=True)
class _Household:
    """The household that a row without a name belongs to."""

    key: str
    stt: str
    name: str
    code: str
    hamlet: str
    home_commune: str
    dated: bool


@dataclass(frozen=True, slots=True)
class _Section:
    """A section line above: what it names, and the first row of the file that stands below it."""

    level: str
    name: str
    first: int


@dataclass
class Listing:
    """One sheet's list while it is read.

    Args:
        grid: The sheet.
        layout: Its header.
        households: Those of the file so far.
        before: How many rows the sheets before gave.
    """

    grid: Grid
    layout: Layout
    households: Households
    before: int
    rows: list[TrackingRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _sections: list[_Section] = field(default_factory=list)
    _open: list[tuple[_Section, Stated]] = field(default_factory=list)
    _after_total: int = 0
    _household: _Household | None = None
    _carried: int = 0
    _undated: int = 0
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    def read(self) -> None:
        """Read every row below the header."""
        self._after_total = self.before
        lines = classify(self.grid, self.layout)
        for place, line in enumerate(lines):
            if line.kind == "other_header":
                self._second_header(lines[place:])
                break
            self._read_line(line)
        self._close(())
        self._told("problem.list_names_carried", self._carried)
        self._told("problem.list_milestones_first_row", self._undated)
        hidden = sum(
            not self._blank(row) for row in self.grid.table.hidden if row < len(self.grid.table.rows)
        )
        self._told("problem.list_hidden_rows", hidden)

    def _read_line(self, line: Line) -> None:
        if line.kind == "blank":
            self._household = None
        elif line.kind == "holding":
            self._holding(line.row)
        elif line.kind == "total":
            self._total(line)
        elif line.kind == "section":
            self._section(line)
        else:
            self.counts["footers" if line.kind == "footer" else "headers"] += 1

    def _holding(self, row: int) -> None:
        reader = Reader(self.grid, self.layout, row)
        texts = {meaning: reader.text(meaning) for meaning in TEXTS}
        reader.check_formulas()
        household = self._whose(reader, texts)
        self._check_parcel(reader, texts)
        areas = {meaning: reader.area(meaning) for meaning in AREAS}
        part, milestones = reader.part(), reader.milestones()
        if household and household is self._household and household.dated and not milestones:
            self._undated += 1
        self.problems += reader.problems
        self._household = household and replace(household, dated=household.dated or bool(milestones))
        if household is None or any(problem.severity == "refused" for problem in reader.problems):
            self.counts["refused"] += 1
            return
        found = TrackingRow(
            source=reader.source,
            row=row + 1,
            zone=texts["zone"] or self._above("zone") or self._of_sheet("zone"),
            stt=household.stt,
            household_key=household.key,
            household_name=household.name,
            household_code=household.code,
            kind=kind_of(household.name),
            hamlet=household.hamlet,
            home_commune=household.home_commune,
            commune=texts["commune"] or self._above("commune"),
            sheet=texts["sheet"],
            number=texts["number"],
            land_use=texts["land_use"],
            part=part,
            legal_area_m2=areas["legal_area_m2"],
            measured_area_m2=areas["measured_area_m2"],
            recovered_area_m2=areas["recovered_area_m2"],
            milestones=milestones,
            note=texts["note"],
        )
        self._keep(found)

    def _keep(self, row: TrackingRow) -> None:
        place = (row.household_key, *parcel_key(row))
        if place in self._seen:
            facts = {"sheet": row.sheet, "number": row.number}
            self.problems.append(Problem(row.source, "problem.list_row_twice", facts, "warning"))
        self._seen.add(place)
        self.rows.append(row)
        self.counts["rows"] += 1

    def _whose(self, reader: Reader, texts: dict[str, str]) -> _Household | None:
        """The household of a row: named in it, or above; None, and told, where neither."""
        columns = self.layout.column
        named = "household_name" if "household_name" in columns else "household_code"
        down = self.grid.merged_down(reader.row, columns[named])
        own = reader.cell("stt", spread=False)
        if self._household and (down or (not texts[named] and is_blank(own))):
            self._carried += not down
            return self._household
        if not texts[named]:
            if any(one.source == reader.address(named) for one in reader.problems):
                return None  # what stands there was refused
            self.problems.append(Problem(reader.address(named), "problem.list_no_name"))
            return None
        return self._named(reader, texts)

    def _named(self, reader: Reader, texts: dict[str, str]) -> _Household:
        self._close(("household",))
        hamlet = texts["hamlet"] or self._above("hamlet") or self._of_sheet("hamlet")
        name, code, stt = texts["household_name"], texts["household_code"], texts["stt"]
        key, again = self.households.key(code, stt, name, hamlet)
        if again:
            self.problems.append(Problem(reader.source, "problem.list_household_again", {}, "warning"))
        return _Household(key, stt, name or code, code, hamlet, texts["home_commune"], dated=False)

    def _check_parcel(self, reader: Reader, texts: dict[str, str]) -> None:
        for meaning in ("sheet", "number"):
            if any(problem.source == reader.address(meaning) for problem in reader.problems):
                continue
            if not texts[meaning]:
                reader.problems.append(Problem(reader.address(meaning), f"problem.list_no_{meaning}"))
            elif not any(c.isdigit() for c in texts[meaning]):
                facts = {"found": texts[meaning]}
                reader.problems.append(Problem(reader.address(meaning), f"problem.list_bad_{meaning}", facts))

    def _section(self, line: Line) -> None:
        self.counts["sections"] += 1
        if line.level == "household":
            reader = Reader(self.grid, self.layout, line.row)
            texts = {meaning: reader.text(meaning) for meaning in TEXTS}
            texts["household_name"] = texts["household_name"] or section_name(line.label)
            self._household = self._named(reader, texts)
            self.problems += reader.problems
            # Its name is a person's: what its line sums stands under none.
            self._state(_Section("household", "", self.before + len(self.rows)), line.row)
            return
        self._household = None
        section = _Section(line.level, section_name(line.label), self.before + len(self.rows))
        self._close(_below(line.level))
        self._sections = [one for one in self._sections if one.level not in _below(line.level)] + [section]
        if level_of(line.label, "") is None and not line.label[:1].isdigit():
            facts = {"name": section.name}
            source = f"{self.grid.table.source}, row {line.row + 1}"
            self.problems.append(Problem(source, "problem.list_section_guess", facts, "warning"))
        self._state(section, line.row)

    def _state(self, section: _Section, row: int) -> None:
        """Keep what a section's line sums, for the rows below it."""
        figures, problems = figures_of(self.grid, self.layout, row)
        self.problems += problems
        if figures:
            source = f"{self.grid.table.source}, row {row + 1}"
            self._open.append((section, Stated(source, section.name, tuple(figures), ())))

    def _close(self, levels: tuple[str, ...]) -> None:
        """The totals that section lines state are of the rows up to here."""
        end = self.before + len(self.rows)
        for section, stated in self._open:
            if not levels or section.level in levels:
                self.stated.append(replace(stated, scopes=((section.name, section.first, end),)))
        self._open = [one for one in self._open if levels and one[0].level not in levels]

    def _total(self, line: Line) -> None:
        self.counts["totals"] += 1
        self._close(("household",))
        self._household = None
        end = self.before + len(self.rows)
        figures, problems = figures_of(self.grid, self.layout, line.row)
        self.problems += problems
        since = ("", self._after_total, end)
        sections = [(one.name, one.first, end) for one in reversed(self._sections)]
        scopes = (*sections, since, ("", self.before, end), ("", 0, end))
        source = f"{self.grid.table.source}, row {line.row + 1}"
        self.stated.append(Stated(source, line.label, tuple(figures), scopes))
        self._after_total = end

    def _second_header(self, lines: list[Line]) -> None:
        left = [line for line in lines if line.kind != "blank"]
        self.counts["refused"] += len(left)
        source = f"{self.grid.table.source}, row {lines[0].row + 1}"
        self.problems.append(Problem(source, "problem.list_second_header", {"count": len(left)}))

    def _above(self, level: str) -> str:
        return next((one.name for one in reversed(self._sections) if one.level == level), "")

    def _of_sheet(self, level: str) -> str:
        """The sheet's own name, where it names a zone or a hamlet."""
        name = self.grid.table.sheet
        return name.strip() if level_of(name, "") == level else ""

    def _blank(self, row: int) -> bool:
        return all(is_blank(cell) for cell in self.grid.table.rows[row])

    def _told(self, message: str, count: int) -> None:
        if count:
            self.problems.append(Problem(self.grid.table.source, message, {"count": count}, "warning"))


def _below(level: str) -> tuple[str, ...]:
    """The levels that end where a section of this level begins."""
    order = ("zone", "commune", "hamlet", "household")
    return order[order.index(level) :]
