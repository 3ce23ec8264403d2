"""Sheets for the field (Phiếu đi thôn): what one shows, and what one that came back does to the ledger.

A sheet is worked out from its id, its day, its head and its households alone: nothing is kept of it, and
whoever brings it back is held against what the ledger says that it showed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import ImportRefusedError, Problem, RefusedError
from gis.ledger.chain import Head
from gis.ledger.field_apply import ApplySheet, Sheet, compare
from gis.ledger.field_sheets import Issue, request_of, row_keys
from gis.ledger.field_told import obstacles_of
from gis.ledger.visits import visits_of
from gis.milestones import MILESTONES
from gis.project.field_sheet_cells import identity, read_returned
from gis.project.people import aliases
from gis.store.database import Stamp
from gis.store.sheets import read_tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from gis.errors import Fact
    from gis.ledger.entry import Draft, Entry
    from gis.ledger.field_sheets import Compared, RowKey, Slot
    from gis.ledger.parcel import Obstacle
    from gis.ledger.setting import Setting
    from gis.ledger.state import Reached, State
    from gis.ledger.visits import VisitState
    from gis.project.field_sheet_cells import Returned
    from gis.project.project import Project, Receipt
    from gis.project.snapshot import Snapshot

MOST_HOUSEHOLDS: Final = 300
MOST_MILESTONES: Final = 4
DEFAULT_MILESTONES: Final = ("inventoried", "handed_over")


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A row as a sheet shows it.

    Args:
        key: Which.
        label: How its parcel is called.
        area_m2: That governs the parcel; None unknown.
        reached: Its milestones that have cells, by id.
        last: The furthest milestone and when it was reached; None where there is none.
        obstacles: What stands in its way.
        visit: The last talk with the household, in its first row.
    """

    key: RowKey
    label: str
    area_m2: float | None
    reached: Mapping[str, Reached]
    last: tuple[str, Reached] | None
    obstacles: tuple[Obstacle, ...]
    visit: VisitState | None


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet: its identity and rows."""

    issue: Issue
    rows: tuple[PrintedRow, ...]


def printed(
    project: Project,
    sheet: str,
    moment: tuple[date, int],
    households: Sequence[str],
    milestones: Sequence[str] = DEFAULT_MILESTONES,
) -> Printed:
    """A sheet of some households, in their order.

    Args:
        project: Where.
        sheet: Its id: letters and digits.
        moment: The day and the last seq that counts.
        households: By the ids that count; a household's row is of all its ids.
        milestones: Those that get cells.

    Raises:
        RefusedError: If none of them has anything left to do, they are too many, or a milestone is unknown.
    """
    on, known = moment
    snapshot = project.snapshot(on, known)
    merged = aliases(project)
    members: dict[str, list[str]] = {}
    for one, root in merged.items():
        members.setdefault(root, []).append(one)
    groups = [[one, *sorted(members.get(one, ()))] for one in dict.fromkeys(households)]
    keys = row_keys(snapshot.state, groups)
    steps = [step.id for step in project.plan.milestones]
    _require_fit(len(groups), len(keys), [one for one in milestones if one not in steps], len(milestones))
    head = _head_at(project, snapshot.known)
    issue = Issue(sheet, project.plan.project_id, on, head, tuple(milestones), len(keys))
    visits = visits_of(snapshot.state, {one for group in groups for one in group})
    rows = tuple(_printed_row(snapshot, key, milestones, visits) for key in keys)
    return Printed(issue, rows)


def _head_at(project: Project, seq: int) -> Head:
    """The head that the ledger had once; without a hash where it never had that many entries."""
    return Head(seq, project.ledger.hash_at(seq) or "") if seq else Head()


def _require_fit(households: int, rows: int, unknown: Sequence[str], milestones: int) -> None:
    problems = []
    if not rows:
        problems.append(Problem("", "refused.field_nobody"))
    if households > MOST_HOUSEHOLDS:
        facts = {"found": households, "most": MOST_HOUSEHOLDS}
        problems.append(Problem("", "refused.field_too_many", facts))
    if unknown or not 1 <= milestones <= MOST_MILESTONES:
        named: dict[str, Fact] = {"found": ", ".join(unknown) or str(milestones), "most": MOST_MILESTONES}
        problems.append(Problem("", "refused.field_milestones", named))
    if problems:
        raise RefusedError(problems=problems)


def _printed_row(
    snapshot: Snapshot,
    key: RowKey,
    milestones: Sequence[str],
    visits: Mapping[str, Sequence[VisitState]],
) -> PrintedRow:
    holding = snapshot.state.holdings[key.parcel, key.household]
    placed = [(MILESTONES.index(name), name) for name in holding.milestones if name in MILESTONES]
    last = max(placed)[1] if placed else None
    return PrintedRow(
        key,
        snapshot.boundaries.labels.get(key.parcel, key.parcel),
        snapshot.boundaries.area_by_id.get(key.parcel),
        {name: holding.milestones[name] for name in milestones if name in holding.milestones},
        None if last is None else (last, holding.milestones[last]),
        obstacles_of(snapshot.state, key),
        next(iter(visits.get(key.household, ())), None) if key.leads else None,
    )


def read_sheet(project: Project, path: Path) -> Returned:
    """What a workbook that came back says, held against the chain and the rows that the sheet had.

    Raises:
        ImportRefusedError: If it is none of ours, was changed where nothing is to be filled, or a cell
            cannot be read: every reason with its place; a row that is gone is only told.
    """
    tables, told = read_tables(path)
    refused = [problem for problem in told if problem.severity == "refused"]
    _require_none(refused, path)
    found = identity(tables)
    if isinstance(found, Problem):
        raise ImportRefusedError(problems=[found], files=path.name)
    issue, table = found
    _require_none(_foreign(project, issue, table.source), path)
    returned = read_returned(issue, table)
    problems = [*returned.problems, *_changed_rows(project, returned, table.source)]
    _require_none([problem for problem in problems if problem.severity == "refused"], path)
    return returned


def _require_none(problems: Sequence[Problem], path: Path) -> None:
    if problems:
        raise ImportRefusedError(problems=problems, files=path.name)


def _foreign(project: Project, issue: Issue, source: str) -> list[Problem]:
    """Why a sheet is not of this ledger."""
    if issue.project != project.plan.project_id:
        facts = {"found": issue.project, "project": project.plan.project_id}
        return [Problem(source, "problem.field_other_project", facts)]
    if _head_at(project, issue.head.seq) != issue.head:
        head: dict[str, Fact] = {
            "seq": issue.head.seq,
            "hash": issue.head.hash[:8],
            "head": project.refresh().seq,
        }
        return [Problem(source, "problem.field_other_chain", head)]
    return []


def _changed_rows(project: Project, returned: Returned, source: str) -> list[Problem]:
    """Rows whose printed cells are another row's: a part of the columns was sorted, or keys were moved."""
    snapshot = project.snapshot(returned.issue.on, returned.issue.head.seq)
    problems = []
    for key, (household, parcel) in returned.rows.items():
        label = " ".join(snapshot.boundaries.labels.get(key.parcel, key.parcel).split())
        same = household.split(" ")[0] == key.household and (
            parcel == label or parcel.startswith(f"{label} ")
        )
        held = (key.parcel, key.household) in snapshot.state.holdings
        if not (same and held and snapshot.state.last_seq(key.parcel) == key.seen):
            facts: dict[str, Fact] = {
                "row": key.number,
                "household": household,
                "parcel": parcel,
                "label": label,
            }
            problems.append(Problem(source, "problem.field_row_mixed", facts))
    return problems


@dataclass(frozen=True)
class Look:
    """A sheet that came back beside the ledger as it is.

    Args:
        returned: What it says.
        compared: Every slot on its three sides.
        problems: What cannot be taken ("refused"), and what is to be known ("warning").
    """

    returned: Returned
    compared: tuple[Compared, ...]
    problems: tuple[Problem, ...]

    @property
    def seen(self) -> Mapping[Slot, int | None]:
        """The entry that each slot rests on, by seq."""
        return {one.slot: one.now.entry.seq if one.now.entry else None for one in self.compared}

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why nothing of it can be written."""
        return tuple(problem for problem in self.problems if problem.severity == "refused")

    def of(self, fate: str) -> tuple[Compared, ...]:
        """The slots of a fate."""
        return tuple(one for one in self.compared if one.fate == fate)


def look(project: Project, returned: Returned, today: date) -> Look:
    """What a sheet that came back says beside the ledger; writes nothing."""
    found = _Looking(_sheet(project, returned), [])
    project.preview(found, today)
    compared, problems = found.seen[0]
    return Look(returned, compared, (*returned.problems, *problems))


@dataclass(frozen=True, eq=False)
class _Looking:
    """A command that writes nothing and keeps what it saw."""

    sheet: Sheet
    seen: list[tuple[tuple[Compared, ...], list[Problem]]]

    def decide(self, state: State, setting: Setting) -> Sequence[Draft]:
        """No entry."""
        self.seen.append(compare(self.sheet, state, setting))
        return ()

    def is_repeated_by(self, _: Sequence[Entry]) -> bool:
        """Never written."""
        return False


def _sheet(project: Project, returned: Returned) -> Sheet:
    then = project.snapshot(returned.issue.on, returned.issue.head.seq).state
    return Sheet(returned.issue, then, returned.slots, project.reason)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a user decided of a sheet.

    Args:
        taken: The conflicts in which the field is followed.
        left: The changes of the field that are not written.
        reason: Why, for entries that are corrected.
    """

    taken: frozenset[Slot] = frozenset()
    left: frozenset[Slot] = frozenset()
    reason: str = ""


def request_of_sheet(returned: Returned, decided: Decisions) -> str:
    """The id of the request that applies a sheet: the same for the same cells and decisions."""
    return request_of(returned.issue, returned.slots, decided.taken, decided.left)


def preview_sheet(project: Project, found: Look, decided: Decisions, today: date) -> tuple[Draft, ...]:
    """The entries that applying a sheet would write, with their warnings.

    Raises:
        RefusedError: With every reason.
    """
    return project.preview(_command(project, found, decided), today)


def apply_sheet(project: Project, found: Look, decided: Decisions, by: str, now: datetime) -> Receipt:
    """Write what came back, all of it or nothing; the same file and decisions a second time write nothing.

    Raises:
        RefusedError: If somebody wrote of a slot since it was looked at, or an entry is refused.
    """
    stamp = Stamp(by, request_of_sheet(found.returned, decided), now)
    return project.do(_command(project, found, decided), stamp)


def _command(project: Project, found: Look, decided: Decisions) -> ApplySheet:
    sheet = _sheet(project, found.returned)
    return ApplySheet(sheet, decided.taken, decided.left, decided.reason, found.seen)


def written_before(project: Project, returned: Returned, decided: Decisions) -> Collection[int]:
    """The entries that the same file and decisions wrote before."""
    return project.ledger.seqs_of(request_of_sheet(returned, decided))


def households_of(returned: Returned) -> Iterable[str]:
    """The households that a sheet speaks of."""
    return sorted({key.household for key in returned.rows})
