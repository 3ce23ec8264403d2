"""Who holds what, from a CSV of the office; names go to the register, never to the chain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.clearance.signed import check_parts
from gis.errors import ImportRefusedError, NotADateError, Problem, SyntheticProjectError, UnreadablePartError
from gis.ledger.holdings import HoldingRow, hold
from gis.ledger.part import parse_part
from gis.project.days import vietnam_day
from gis.project.register_lists import REGISTER_COLUMNS, register_rows
from gis.project.snapshot import by_label
from gis.store.register import add_households
from gis.store.text_files import read_csv_rows
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

HOLDINGS_COLUMNS = ("commune", "sheet", "number", "household_id", "part", "from")


@dataclass(frozen=True, slots=True)
class ImportedHoldings:
    """How many rows the files had, and the entries that they made."""

    count: int
    seqs: tuple[int, ...]
    warnings: tuple[Problem, ...]


def import_holdings(project: Project, files: Sequence[Path], stamp: Stamp) -> ImportedHoldings:
    """Each household's part of each parcel, all rows or none; rows that are known write nothing.

    Args:
        project: Its boundaries must hold the parcels.
        files: CSV, UTF-8: commune, sheet, number, household_id, part, from; and, if wanted, name,
            kind, hamlet and home_commune for the register (without it a household lives where most of
            its parcels are). A feature has an empty sheet and its code as number. An
            empty `from` is the project's first day.
        stamp: Who, when, which request.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        ImportRefusedError: With every reason by file and line; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    read: list[tuple[Path, CsvRow]] = []
    problems: list[Problem] = []
    for path in files:
        rows, found = read_csv_rows(path, HOLDINGS_COLUMNS, REGISTER_COLUMNS)
        read += [(path, row) for row in rows]
        problems += found
    names = ", ".join(path.name for path in files)
    named, doubtful = register_rows([(f"{path.name}, line {row.line}", row) for path, row in read])
    warnings = tuple(problem for problem in (*problems, *doubtful) if problem.severity == "warning")
    erased: list[str] = []

    def decide(now: State, setting: Setting, writer: Writer) -> Sequence[Draft]:
        known = by_label(setting.labels)
        stated: list[HoldingRow] = []
        wrong = list(problems)
        for path, row in read:
            holding, why = holding_row(row, f"{path.name}, line {row.line}", known, setting.starts)
            wrong += why
            stated += [holding] if holding else []
        if any(problem.severity == "refused" for problem in wrong):
            raise ImportRefusedError(problems=wrong, files=names)
        drafts = hold(now, stated, setting)
        erased.extend(add_households(writer.connection, named, stamp))
        return drafts

    receipt = project.write(stamp, decide, lambda _: True)
    doubts = [*_doubtful_parts(project, read, stamp), *map(_not_brought_back, erased)]
    return ImportedHoldings(len(read), receipt.seqs, (*warnings, *doubts))


def _not_brought_back(household_id: str) -> Problem:
    return Problem(household_id, "warning.erased_not_imported", severity="warning")


def _doubtful_parts(project: Project, read: Sequence[tuple[Path, CsvRow]], stamp: Stamp) -> list[Problem]:
    """Warnings of parcels whose parts in m² exceed their area: kept as the list says, to be looked at."""
    snapshot = project.snapshot(vietnam_day(stamp.now))
    labels = {_label(row) for _, row in read}
    ids = sorted(parcel for label, parcel in snapshot.boundaries.by_label.items() if label in labels)
    found = check_parts(snapshot.units.loc[ids], snapshot.state)
    return [replace(problem, severity="warning") for problem in found]


def _label(row: CsvRow) -> str:
    return "/".join(text for text in (row["commune"], row["sheet"], row["number"]) if text)


def holding_row(
    row: CsvRow, source: str, known: Mapping[str, str], starts: date
) -> tuple[HoldingRow | None, list[Problem]]:
    """A row as a holding, or all that is wrong with it."""
    problems = []
    label = _label(row)
    parcel = known.get(label)
    if parcel is None:
        problems.append(Problem(source, "problem.no_such_parcel", {"key": label}))
    part, since = None, starts
    try:
        part = parse_part(row["part"])
    except UnreadablePartError:
        problems.append(Problem(source, "problem.part_unreadable", {"found": row["part"]}))
    try:
        since = parse_date(row["from"]) if row["from"] else starts
    except NotADateError:
        problems.append(Problem(source, "problem.day_unreadable", {"found": row["from"]}))
    if problems or parcel is None:
        return None, problems
    return HoldingRow(parcel, row["household_id"], part, since, source), []
