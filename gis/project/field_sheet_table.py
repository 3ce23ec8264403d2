"""What a sheet for the field shows, as a table of cells: what is to be read, and what is to be filled.

Names are handed in, for the clearance team alone. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from gis.project.charges import NOBODY
from gis.project.field_sheet_cells import AT_LATEST, FAMILIES, KEY, columns, filled_columns
from gis.store.field_workbook import FieldColumn, FieldTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.ledger.state import Reached
    from gis.plan import Plan
    from gis.project.charges import Charge
    from gis.project.field_sheet import Printed, PrintedRow
    from gis.store.field_workbook import Kind, Value
    from gis.store.register import Household
    from gis.texts import Texts

WIDTHS: Final = {
    "number": 5,
    "household": 22,
    "parcel": 15,
    "state": 32,
    "visit_on": 12,
    "visit_outcome": 15,
    "visit_note": 26,
    "opened": 20,
    "closed": 20,
    "obstacle_on": 12,
    "on": 12,
    "document": 14,
    KEY: 12,
}


@dataclass(frozen=True)
class People:
    """Who a sheet's households are.

    Args:
        names: The register's entries by household id, of those that it may name; empty: codes alone.
        charges: Where each lives, by household id.
    """

    names: Mapping[str, Household]
    charges: Mapping[str, Charge] = field(default_factory=dict)

    def called(self, household: str) -> str:
        """A code, and on lines of their own the name and the hamlet."""
        found, hamlet = self.names.get(household), self.charges.get(household, NOBODY).hamlet
        lines = (household, found.name if found else "", hamlet.name if hamlet else "")
        return "\n".join(line for line in lines if line)


def heading(column: str, words: Texts) -> str:
    """What people read above a column."""
    name, dot, cell = column.partition(".")
    if not dot:
        return words(f"trip.col_{name}")
    return words(f"trip.col_{cell}_of", milestone=name)


def field_table(found: Printed, people: People, plan: Plan, words: Texts) -> FieldTable:
    """The sheet as a workbook shows it."""
    issue = found.issue
    fill = filled_columns(issue.milestones)
    told = tuple(
        FieldColumn(
            column,
            heading(column, words),
            _kind(column, fill),
            WIDTHS[column.rpartition(".")[2] if "." in column else column],
            tuple(words(f"{FAMILIES[column][0]}.{one}") for one in FAMILIES[column][1])
            if column in FAMILIES
            else (),
        )
        for column in columns(issue.milestones)
    )
    shut = frozenset(
        (at, column)
        for at, row in enumerate(found.rows)
        if not row.key.leads
        for column in ("visit_on", "visit_outcome", "visit_note")
    )
    rows = [[_value(column.id, row, found, people, words) for column in told] for row in found.rows]
    return FieldTable(
        title(found, plan, words),
        words("trip.lead"),
        issue.line,
        words("trip.title"),
        words("trip.lists"),
        told,
        rows,
        shut,
        plan.starts,
    )


def title(found: Printed, plan: Plan, words: Texts) -> str:
    """What a sheet is called, with its id and moment."""
    facts = {"sheet": found.issue.sheet.upper(), "on": found.issue.on, "seq": found.issue.head.seq}
    return words("trip.heading", commune=plan.commune.name, **facts)


def _kind(column: str, fill: tuple[str, ...]) -> Kind:
    if column == KEY:
        return "key"
    if column not in fill:
        return "read"
    if column in FAMILIES:
        return "list"
    return "day" if column in {"visit_on", "obstacle_on"} or column.endswith(".on") else "text"


def _value(column: str, row: PrintedRow, found: Printed, people: People, words: Texts) -> Value:
    name, dot, cell = column.partition(".")
    if dot:
        reached = row.reached.get(name)
        return _reached(reached, cell) if reached else None
    told: dict[str, Value] = {
        "number": row.key.number,
        "household": people.called(row.key.household),
        "parcel": row.label if row.area_m2 is None else f"{row.label}\n{words.m2(row.area_m2)}",
        "state": "\n".join(state_lines(row, words)),
        KEY: row.key.line(found.issue.sheet),
    }
    return told.get(column)


def _reached(reached: Reached, cell: str) -> Value:
    if cell == "document":
        return reached.document
    return f"{AT_LATEST} {reached.on:%d/%m/%Y}" if reached.not_later_than else reached.on


def state_lines(row: PrintedRow, words: Texts) -> list[str]:
    """How far a holding is, what stands in its way, and the last talk."""
    lines = [words("trip.nothing_reached")]
    if row.last is not None:
        name, reached = row.last
        lines = [words("trip.reached", milestone=name, on=reached.on)]
    lines += [words("trip.stands", category=one.category, on=one.since) for one in row.obstacles]
    if row.visit is not None:
        lines.append(words("trip.visited", on=row.visit.on, outcome=row.visit.outcome))
    return lines
