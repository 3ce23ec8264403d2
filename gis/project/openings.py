"""Milestones that an office had recorded before us, from its CSV: each with file and row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import ImportRefusedError, NotADateError, Problem, SyntheticProjectError
from gis.ledger.openings import OpeningRow, RecordOpenings
from gis.project.snapshot import by_label
from gis.store.text_files import read_csv_rows
from gis.store.versions import sha256_of
from gis.vietnamese import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from gis.ledger.entry import Draft
    from gis.ledger.setting import Setting
    from gis.ledger.state import State
    from gis.project.project import Project
    from gis.store.database import Stamp, Writer
    from gis.store.text_files import CsvRow

COLUMNS = ("commune", "sheet", "number", "household_id", "milestone", "on")
MORE_COLUMNS = ("document", "amount_vnd")


@dataclass(frozen=True, slots=True)
class ImportedOpenings:
    """How many rows a file had, and the entries that they made."""

    count: int
    seqs: tuple[int, ...]


def import_openings(
    project: Project, file: Path, not_later_than: date | None, stamp: Stamp
) -> ImportedOpenings:
    """All rows of a list or none; rows that are known write nothing.

    Args:
        project: Its holdings must hold what the rows name.
        file: CSV, UTF-8: commune, sheet, number, household_id, milestone, on; document, amount_vnd.
        not_later_than: The last possible day of rows that state none.
        stamp: Who, when, which request.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        ImportRefusedError: With every reason by line; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    read, problems = read_csv_rows(file, COLUMNS, MORE_COLUMNS)
    sha256 = sha256_of(file) if file.is_file() else ""

    def decide(now: State, setting: Setting, _: Writer) -> Sequence[Draft]:
        known = by_label(setting.labels)
        rows, wrong = [], list(problems)
        for row in read:
            opening, why = opening_row(row, f"{file.name}, line {row.line}", known, not_later_than)
            wrong += why
            rows += [opening] if opening else []
        if any(problem.severity == "refused" for problem in wrong):
            raise ImportRefusedError(problems=wrong, files=file.name)
        return RecordOpenings(tuple(rows), sha256).decide(now, setting)

    receipt = project.write(stamp, decide, lambda _: True)
    return ImportedOpenings(len(read), receipt.seqs)


def opening_row(
    row: CsvRow, source: str, known: Mapping[str, str], not_later_than: date | None
) -> tuple[OpeningRow | None, list[Problem]]:
    """A row as an opening, or all that is wrong with it."""
    problems: list[Problem] = []
    label = "/".join(text for text in (row["commune"], row["sheet"], row["number"]) if text)
    parcel = known.get(label)
    if parcel is None:
        problems.append(Problem(source, "problem.no_such_parcel", {"key": label}))
    day, stated = not_later_than, row["on"]
    try:
        day = parse_date(stated) if stated else not_later_than
    except NotADateError:
        problems.append(Problem(source, "problem.day_unreadable", {"found": stated}))
    if day is None and not stated:
        problems.append(Problem(source, "problem.opening_day_missing"))
    amount = row["amount_vnd"] or None
    if amount is not None and not (amount.isascii() and amount.isdigit()):
        problems.append(Problem(source, "problem.amount_unreadable", {"found": amount}))
    if problems or parcel is None or day is None:
        return None, problems
    return (
        OpeningRow(
            parcel=parcel,
            household=row["household_id"],
            milestone=row["milestone"],
            on=day,
            not_later_than=not stated,
            document=row["document"] or None,
            amount_vnd=None if amount is None else int(amount),
            row=row.line,
            source=source,
        ),
        [],
    )
