"""The commands of the register: households, and household edit, merge, unmerge, officer, erase, history.

Names are printed only where they are asked for by `--names`: what a command prints ends up in files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
    say,
    say_problems,
    stamp,
    table,
)
from gis.ledger.entry import parse_time
from gis.project import erasing, people, register_edits
from gis.project.accounts import note_names
from gis.project.days import HANOI
from gis.project.people import Hamlet
from gis.store.register_changes import PERSONAL_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.project.people import Person
    from gis.store.register_changes import Change

NamesOption = Annotated[bool, typer.Option("--names", help=T("cli.option.names"))]
HouseholdArgument = Annotated[str, typer.Argument(metavar="ID", help=T("cli.option.household_id"))]
HamletOption = Annotated[str | None, typer.Option("--hamlet", help=T("cli.option.hamlet"))]
household_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def households(
    text: Annotated[str, typer.Argument(help=T("cli.option.search"))] = "",
    project: ProjectOption = DEFAULT_PROJECT,
    hamlet: HamletOption = None,
    officer: Annotated[str | None, typer.Option("--officer", help=T("cli.option.of_officer"))] = None,
    *,
    names: NamesOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the households that count, all or those that a search means."""
    held = opened(project)
    where = None
    if hamlet is not None:
        where = Hamlet.parse(hamlet)
        people.of_hamlet(held, where)  # a hamlet that nobody lives in is a slip of the pen
    found = people.find(people.people(held), text, hamlet=where, officer=officer)
    if names:
        note_names(held, console(), "command", [one.household_id for one in found], now())
    if as_json:
        print_json([_person_dict(one, names=names) for one in found])
    else:
        _print_people(found, names=names)


def _person_dict(one: Person, *, names: bool) -> dict[str, Any]:
    household = one.household
    told = {
        "household_id": one.household_id,
        "kind": household.kind,
        "commune": household.commune,
        "hamlet": household.hamlet,
        "officer": household.officer or None,
        "merged": list(one.members),
        "erased": household.erased_at is not None,
    }
    return told | ({"name": household.name} if names else {})


def _print_people(found: Sequence[Person], *, names: bool) -> None:
    heads = ["id", *(["name"] if names else []), "kind", "hamlet", "commune", "officer", "merged"]
    rows = []
    for one in found:
        household = one.household
        name = household.name if household.erased_at is None else T("people.erased_name")
        rows.append(
            [
                one.household_id,
                *([name] if names else []),
                T(f"people.kind_{household.kind}"),
                household.hamlet or "–",
                household.commune or "–",
                household.officer or "–",
                ", ".join(one.members) or "–",
            ]
        )
    table(
        T("cli.households.title", count=len(rows)), [(T(f"cli.households.{h}"), "left") for h in heads], rows
    )


@household_app.command("edit", help=T("cli.household.edit.help"))
def edit(
    household: HouseholdArgument,
    by: ByOption,
    name: Annotated[str | None, typer.Option("--name", help=T("cli.option.new_name"))] = None,
    kind: Annotated[str | None, typer.Option("--kind", help=T("cli.option.new_kind"))] = None,
    hamlet: Annotated[str | None, typer.Option("--hamlet", help=T("cli.option.new_hamlet"))] = None,
    commune: Annotated[str | None, typer.Option("--commune", help=T("cli.option.new_commune"))] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Give a household its right name, kind, hamlet or commune."""
    given = {"name": name, "kind": kind, "hamlet": hamlet, "commune": commune}
    values = {field: value for field, value in given.items() if value is not None}
    changes = register_edits.edit(opened(project), household, values, stamp(by))
    if as_json:
        print_json({"household_id": household, "changed": [change.field for change in changes]})
    else:
        fields = ", ".join(T(f"people.field_{change.field}") for change in changes) or "–"
        out.print(T("cli.household.edited", household=household, fields=fields))


@household_app.command("merge", help=T("cli.household.merge.help"))
def merge(
    duplicate: Annotated[str, typer.Argument(metavar="DUPLICATE", help=T("cli.option.duplicate"))],
    into: Annotated[str, typer.Argument(metavar="ID", help=T("cli.option.merge_into"))],
    by: ByOption,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    any_kind: Annotated[bool, typer.Option("--any-kind", help=T("cli.option.any_kind"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Let a household that was entered twice count as one."""
    merged = register_edits.merge(opened(project), duplicate, into, stamp(by), any_kind=any_kind)
    if as_json:
        print_json(
            {
                "duplicate": merged.duplicate,
                "into": merged.into,
                "same_parcels": [warning.facts["parcel"] for warning in merged.warnings],
            }
        )
        return
    out.print(T("cli.household.merged", duplicate=merged.duplicate, into=merged.into))
    say_problems(merged.warnings)


@household_app.command("unmerge", help=T("cli.household.unmerge.help"))
def unmerge(
    household: HouseholdArgument,
    by: ByOption,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Let a merged household count by itself again."""
    left = register_edits.unmerge(opened(project), household, stamp(by))
    if as_json:
        print_json({"household_id": household, "left": left})
    else:
        out.print(T("cli.household.unmerged", household=household, left=left))


@household_app.command("officer", help=T("cli.household.officer.help"))
def officer_(
    officer: Annotated[str, typer.Argument(metavar="OFFICER", help=T("cli.option.new_officer"))],
    by: ByOption,
    household: Annotated[
        list[str] | None, typer.Option("--household", help=T("cli.option.household_id"))
    ] = None,
    hamlet: HamletOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    yes: Annotated[bool, typer.Option("--yes", help=T("cli.option.yes"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Put an officer in charge of households, or of all of a hamlet after a look at how many those are."""
    if bool(household) == (hamlet is not None):
        raise typer.BadParameter(T("cli.household.officer_of_whom"))
    held = opened(project)
    ids = list(household or ())
    if hamlet is not None:
        found = people.of_hamlet(held, Hamlet.parse(hamlet))
        ids = [one.household_id for one in found]
        if not yes:
            others = sum(one.household.officer not in {"", officer} for one in found)
            say(T("cli.household.officer_review", count=len(found), others=others, hamlet=hamlet))
            return
    changes = register_edits.set_officer(held, ids, officer, stamp(by))
    if as_json:
        print_json({"officer": officer or None, "changed": [change.household_id for change in changes]})
    else:
        out.print(T("cli.household.officer_set", officer=officer or "–", count=len(changes)))


@household_app.command("history", help=T("cli.household.history.help"))
def history(
    household: HouseholdArgument,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    names: NamesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Print who changed what of a household, and when."""
    changes = people.history(opened(project), household)
    if as_json:
        print_json([_change_dict(change, names=names) for change in changes])
        return
    heads = ("at", "by", "id", "field", "before", "after")
    rows = [
        [
            T.day_time(parse_time(change.at).astimezone(HANOI)),
            change.by,
            change.household_id,
            T(f"people.field_{change.field}"),
            *_values(change, names=names),
        ]
        for change in changes
    ]
    columns = [(T(f"cli.households.{head}"), "left") for head in heads]
    table(T("cli.household.history_title", household=household, count=len(rows)), columns, rows)


def _values(change: Change, *, names: bool) -> tuple[str, str]:
    if change.field in PERSONAL_FIELDS and not names:
        return "…", "…"
    return change.before or "–", change.after or "–"


def _change_dict(change: Change, *, names: bool) -> dict[str, Any]:
    told = {"at": change.at, "by": change.by, "household_id": change.household_id, "field": change.field}
    if change.field in PERSONAL_FIELDS and not names:
        return told
    return told | {"before": change.before or None, "after": change.after or None}


@household_app.command("erase", help=T("cli.household.erase.help"))
def erase(
    household: HouseholdArgument,
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.erase_reason"))],
    confirm: Annotated[str, typer.Option("--confirm", help=T("cli.option.confirm"))],
    by: ByOption,
    note: Annotated[list[int] | None, typer.Option("--note", help=T("cli.option.erase_note"))] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    with_attachments: Annotated[
        bool, typer.Option("--with-attachments", help=T("cli.option.with_attachments"))
    ] = False,
    keep_mentions: Annotated[
        bool, typer.Option("--keep-mentions", help=T("cli.option.keep_mentions"))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a person's data; the ledger's entries and their hashes stay."""
    held = opened(project)
    done = erasing.erase(
        held,
        household,
        reason,
        stamp(by),
        confirmed=confirm,
        notes=note or (),
        with_attachments=with_attachments,
        keep_mentions=keep_mentions,
    )
    if as_json:
        print_json(_erased_dict(done))
    else:
        for line in _erased_lines(done):
            out.print(line, soft_wrap=True)
    if not done.scrubbed:
        raise typer.Exit(1)


def _erased_dict(done: erasing.Erased) -> dict[str, Any]:
    return {
        "household_ids": list(done.ids),
        "notes": list(done.notes),
        "attachments": list(done.attachments),
        "mentioned": list(done.mentioned),
        "in_chain": list(done.in_chain),
        "scrubbed": done.scrubbed,
        "backups": [{"at": backup.at, "folder": backup.folder} for backup in done.backups],
    }


def _erased_lines(done: erasing.Erased) -> list[str]:
    """What was erased and what may still hold the data, a sentence a line."""
    lines = [
        T(
            "people.done_erased",
            ids=", ".join(done.ids),
            notes=len(done.notes),
            attachments=len(done.attachments),
        )
    ]
    if not done.scrubbed:
        lines.append(T("people.not_scrubbed"))
    if done.mentioned:
        lines.append(T("people.mentioned", seqs=", ".join(map(str, done.mentioned))))
    if done.in_chain:
        lines.append(T("people.in_chain", seqs=", ".join(map(str, done.in_chain))))
    lines.append(T("people.other_copies"))
    if done.backups:
        lines.append(T("people.old_backups", backups=len(done.backups)))
    lines += [
        f"  {T.day_time(parse_time(backup.at).astimezone(HANOI))}  {backup.folder}" for backup in done.backups
    ]
    return lines
