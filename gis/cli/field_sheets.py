"""Sheets for the field (Phiếu đi thôn): `field-sheet out` writes one, `field-sheet in` takes it back in."""

from __future__ import annotations

import uuid
from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, Final, Literal, get_args

import typer

from gis.cli.accounts import console
from gis.cli.common import (
    DEFAULT_PROJECT,
    ByOption,
    JsonOption,
    ProjectOption,
    T,
    now,
    opened,
    out,
    print_json,
    problem_json,
    runs,
    say_problems,
    stamp,
    today,
    written,
)
from gis.cli.people import HamletOption, NamesOption  # noqa: TC001 - Typer reads them
from gis.errors import Problem, RefusedError
from gis.ledger.batches import batches
from gis.ledger.field_apply import is_correction
from gis.project import people
from gis.project.accounts import note_names
from gis.project.charges import charges
from gis.project.field_sheet import (
    DEFAULT_MILESTONES,
    Decisions,
    apply_sheet,
    look,
    preview_sheet,
    printed,
    read_sheet,
)
from gis.project.field_sheet_table import People, field_table
from gis.project.field_sheet_undo import undoing_sheet
from gis.project.people import Hamlet
from gis.store.field_workbook import write_field_workbook

if TYPE_CHECKING:
    from gis.project import Project
    from gis.project.field_sheet import Look

SHEET_DIGITS: Final = 8
FATES: Final = ("field", "conflict", "ledger", "agreed")
Conflicts = Literal["keep", "take"]
field_sheet_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@field_sheet_app.command("out", help=T("cli.field_sheet.out.help"))
def out_(
    file: Annotated[Path, typer.Argument(help=T("cli.option.sheet_out"))],
    household: Annotated[
        list[str] | None, typer.Option("--household", help=T("cli.option.sheet_household"))
    ] = None,
    hamlet: HamletOption = None,
    officer: Annotated[str | None, typer.Option("--officer", help=T("cli.option.of_officer"))] = None,
    batch: Annotated[str | None, typer.Option("--batch", help=T("cli.option.sheet_batch"))] = None,
    milestone: Annotated[
        list[str] | None, typer.Option("--milestone", help=T("cli.option.sheet_milestone"))
    ] = None,
    *,
    names: NamesOption = False,
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Write a sheet of households as a workbook."""
    held = opened(project)
    chosen = list(household or ()) or _chosen(held, hamlet, officer, batch)
    moment = (today(), held.refresh().seq)
    found = printed(held, uuid.uuid4().hex[:SHEET_DIGITS], moment, chosen, milestone or DEFAULT_MILESTONES)
    whose = sorted({row.key.household for row in found.rows})
    if names:
        note_names(held, console(), "field_sheet", whose, now())
    called = People(held.households(whose) if names else {}, charges(held))
    write_field_workbook(field_table(found, called, held.plan, T), file)
    out.print(
        T("cli.field_sheet.made", file=file.name, sheet=found.issue.sheet.upper(), rows=len(found.rows))
    )


def _chosen(held: Project, hamlet: str | None, officer: str | None, batch: str | None) -> list[str]:
    """The households of a hamlet, an officer or a đợt, of all where several are said.

    Raises:
        RefusedError: If nothing is said, or there is no such hamlet or đợt.
    """
    if hamlet is None and officer is None and batch is None:
        raise RefusedError(problems=[Problem("", "refused.field_whom")])
    where = None if hamlet is None else Hamlet.parse(hamlet)
    if where is not None:
        people.of_hamlet(held, where)
    found = people.find(people.people(held), hamlet=where, officer=officer)
    if batch is not None:
        known = batches(held.snapshot(today()).state)
        if batch not in known:
            facts = {"batch": batch, "batches": ", ".join(known)}
            raise RefusedError(problems=[Problem("", "refused.unknown_batch", facts)])
        members = set(known[batch].members)
        found = [one for one in found if members & set(one.ids)]
    return [one.household_id for one in found]


@field_sheet_app.command("in", help=T("cli.field_sheet.in.help"))
def in_(
    file: Annotated[Path, typer.Argument(help=T("cli.option.sheet_in"))],
    by: ByOption,
    conflicts: Annotated[str, typer.Option("--conflicts", help=T("cli.option.sheet_conflicts"))] = "keep",
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.sheet_reason"))] = "",
    *,
    preview: Annotated[bool, typer.Option("--preview", help=T("cli.option.list_preview"))] = False,
    project: ProjectOption = DEFAULT_PROJECT,
    as_json: JsonOption = False,
) -> None:
    """Hold a filled sheet against the ledger, and write what the field changed."""
    if conflicts not in get_args(Conflicts):
        facts = {"option": "--conflicts", "found": conflicts, "known": ", ".join(get_args(Conflicts))}
        raise RefusedError(problems=[Problem("", "problem.not_a_decision", facts)])
    held = opened(project)
    found = look(held, read_sheet(held, file), today())
    taken = frozenset(one.slot for one in found.of("conflict")) if conflicts == "take" else frozenset()
    decided = Decisions(taken=taken, reason=reason)
    writes = [one for one in found.compared if one.fate == "field" or one.slot in taken]
    if preview or not writes:
        drafts = preview_sheet(held, found, decided, today()) if writes else ()
        _print(found, (), len(drafts), as_json=as_json)
        return
    receipt = apply_sheet(held, found, decided, by, now())
    say_problems(receipt.warnings)
    _print(found, receipt.seqs, len(receipt.seqs), as_json=as_json)


@field_sheet_app.command("undo", help=T("cli.field_sheet.undo.help"))
def undo_(
    sheet: Annotated[str, typer.Argument(help=T("cli.option.sheet_id"))],
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.reason"))],
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Cancel all that a sheet wrote and that still counts."""
    held = opened(project)
    written(held.do(undoing_sheet(held, sheet.lower(), reason), stamp(by)), as_json=as_json)


def _print(found: Look, seqs: tuple[int, ...], entries: int, *, as_json: bool) -> None:
    """What became of the cells, each conflict with the entry that it meets, and what was written."""
    counts = {fate: len(found.of(fate)) for fate in FATES}
    clashes = [
        {
            "row": one.slot.row.number,
            "parcel": one.slot.row.parcel,
            "household": one.slot.row.household,
            "about": one.slot.name or one.slot.kind,
            "entry": one.now.entry.seq if one.now.entry else None,
            "by": one.now.entry.by if one.now.entry else None,
            "corrects": is_correction(one, found.returned.issue),
        }
        for one in found.of("conflict")
    ]
    if as_json:
        problems = [problem_json(problem) for problem in found.problems]
        print_json(
            {**counts, "conflicts": clashes, "entries": entries, "seqs": list(seqs), "problems": problems}
        )
        return
    say_problems(found.problems)
    for fate, count in counts.items():
        out.print(f"{count:>6} {T(f'trip.fate_{fate}')}")
    for clash in clashes:
        out.print("  " + T("cli.field_sheet.conflict", **clash), soft_wrap=True)
    out.print(T("cli.written", seqs=runs(seqs) or "–"))
