"""The command `due`: what is overdue in the đợt, and what is due soon. No names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    JsonOption,
    KnownOption,
    OnOption,
    ProjectOption,
    T,
    day,
    known,
    opened,
    out,
    print_json,
    table,
)
from gis.deadlines import SOON_DAYS
from gis.ledger.due import counted
from gis.project.batches import deadlines_of, land_of, what_is_due
from gis.project.people import aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.deadlines import Deadlines
    from gis.ledger.due import Due
    from gis.project import Project, Snapshot


def deadlines(held: Project) -> Deadlines:
    """The regimes of a project."""
    return deadlines_of(held.folder, [step.id for step in held.plan.milestones])


def due(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    days: Annotated[int, typer.Option("--days", min=0, help=T("cli.option.due_days"))] = SOON_DAYS,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print what is overdue and what is due soon."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    rows = what_is_due(snapshot, deadlines(held), land_of(snapshot), days, aliases(held))
    if as_json:
        print_json([due_json(row) for row in rows])
    else:
        print_due(rows, snapshot)


def due_json(row: Due) -> dict[str, Any]:
    """A period as JSON, without names."""
    return {
        "batch": row.batch,
        "household": row.household,
        "parcels": list(row.parcels),
        "rule": row.rule.id,
        "status": row.status,
        "since": row.since.isoformat(),
        "by": row.by.isoformat(),
        "days": row.days,
        "longest": row.longest,
        "source": row.rule.source,
    }


def print_due(rows: Sequence[Due], snapshot: Snapshot) -> None:
    """What is overdue or due as a table, and how many households that are."""
    shown = [row for row in rows if row.status in {"overdue", "due"}]
    labels = snapshot.boundaries.labels
    table(
        T("cli.due.title", on=snapshot.on),
        [(T(f"cli.due.col_{name}"), side) for name, side in _DUE_COLUMNS],
        [
            [
                row.batch,
                row.rule.title or T(f"deadline.{row.rule.id}"),
                T.date(row.by),
                T.integer(row.days),
                row.household,
                ", ".join(labels.get(parcel, parcel) for parcel in row.parcels),
            ]
            for row in shown
        ],
    )
    late, soon = (counted(rows, status, lambda row: row.household) for status in ("overdue", "due"))
    out.print(T("cli.due.sum", overdue=late, due=soon))


_DUE_COLUMNS = (
    *(("batch", "left"), ("rule", "left"), ("by", "left"), ("days", "right")),
    *(("household", "left"), ("parcels", "left")),
)


COMMANDS: dict[str, Callable[..., None]] = {"due": due}
