"""An office's tracking list: `import list` and `import undo`."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    ByOption,
    JsonOption,
    ProjectOption,
    T,
    day,
    opened,
    out,
    print_json,
    problem_json,
    refuse,
    runs,
    say_problems,
    stamp,
    today,
)
from gis.cli.files import LOCAL_ACCOUNT, FromOption, import_app
from gis.errors import GisError, Problem, RefusedError
from gis.project.list_words import change_text, gone_text, own_total_text, summary_lines
from gis.project.office_list import import_list, preview_list
from gis.project.office_list_columns import read_office_list, remember_columns
from gis.project.office_list_rows import Decision, ListAnswers
from gis.project.office_list_undo import undo_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.project.office_list import ImportedList
    from gis.project.office_list_preview import ListPreview

MOST_SHOWN = 20


@import_app.command("list", help=T("cli.import_list.help"))
def import_list_(
    file: Annotated[Path, typer.Argument(help=T("cli.option.list_file"))],
    sheet: Annotated[list[str] | None, typer.Option("--sheet", help=T("cli.option.list_sheet"))] = None,
    column: Annotated[list[str] | None, typer.Option("--columns", help=T("cli.option.list_column"))] = None,
    zone: Annotated[str | None, typer.Option("--zone", help=T("cli.option.list_zone"))] = None,
    zone_name: Annotated[
        list[str] | None, typer.Option("--zone-name", help=T("cli.option.list_zone_name"))
    ] = None,
    commune: Annotated[str | None, typer.Option("--commune", help=T("cli.option.list_commune"))] = None,
    latest: Annotated[
        str | None, typer.Option("--not-later-than", help=T("cli.option.not_later_than"))
    ] = None,
    changes: Annotated[str, typer.Option("--changes", help=T("cli.option.list_changes"))] = "ask",
    *,
    gone: Annotated[str, typer.Option("--gone", help=T("cli.option.list_gone"))] = "keep",
    on: FromOption = None,
    by: ByOption = LOCAL_ACCOUNT,
    project: ProjectOption = DEFAULT_PROJECT,
    by_name: Annotated[bool, typer.Option("--same-name-is-one", help=T("cli.option.list_by_name"))] = False,
    preview: Annotated[bool, typer.Option("--preview", help=T("cli.option.list_preview"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at an office's list, or take it over."""
    held = opened(project)
    answers = ListAnswers(
        zone=zone,
        commune=commune,
        zones=_pairs(zone_name),
        latest=None if latest is None else day(latest),
        changes=_decision("--changes", changes),
        gone=_decision("--gone", gone),
        on=None if on is None else day(on),
    )
    with out.status(T("cli.import.reading")):
        tracking = read_office_list(held.folder, file, sheet or (), _pairs(column), same_name_is_one=by_name)
        shown = preview_list(held, tracking, today(), answers)
    if preview:
        _show(shown, as_json=as_json)
        if shown.refused:
            raise typer.Exit(1)
        return
    try:
        done = import_list(held, tracking, stamp(by), answers)
    except GisError as error:
        if not as_json:
            raise
        _print(shown, (), error.problems)
        raise refuse(error) from None
    remember_columns(held.folder, tracking.columns)
    _tell(done, as_json=as_json)


def _tell(done: ImportedList, *, as_json: bool) -> None:
    """What was taken over."""
    if as_json:
        _print(done.preview, done.seqs)
        return
    _show(done.preview, as_json=False)
    if done.seqs:
        out.print(T("list.done", seqs=runs(done.seqs), first=done.seqs[0]), soft_wrap=True)


def _print(shown: ListPreview, seqs: Sequence[int], problems: Sequence[Problem] | None = None) -> None:
    told = shown.problems if problems is None else problems
    listed: dict[str, Any] = {"problems": [problem_json(problem) for problem in told]}
    refused = any(problem.severity == "refused" for problem in told)
    print_json({**shown.to_dict(), **listed, "refused": refused, "seqs": list(seqs)})


def _show(shown: ListPreview, *, as_json: bool) -> None:
    """The preview on stdout, what is to be looked at on stderr."""
    if as_json:
        _print(shown, ())
        return
    for line in summary_lines(shown, T):
        out.print(line, soft_wrap=True)
    for own in shown.own_totals:
        out.print("  " + own_total_text(own, T), soft_wrap=True)
    if shown.changed:
        out.print(T("list.changed", count=len(shown.changed)))
        for change in shown.changed[:MOST_SHOWN]:
            out.print("  " + change_text(change, shown.labels, T), soft_wrap=True)
    if shown.gone:
        out.print(T("list.gone", count=len(shown.gone)))
        for row in shown.gone[:MOST_SHOWN]:
            out.print("  " + gone_text(row, shown.labels, T), soft_wrap=True)
    say_problems(shown.problems)


@import_app.command("undo", help=T("cli.import_undo.help"))
def import_undo(
    seq: Annotated[int, typer.Argument(help=T("cli.option.undo_seq"))],
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.undo_reason"))],
    by: ByOption = LOCAL_ACCOUNT,
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Take back all that one import of a list wrote."""
    done = undo_list(opened(project), seq, reason, stamp(by))
    say_problems(done.warnings)
    out.print(T("list.undone", voids=done.voids, households=done.households))


def _pairs(texts: Sequence[str] | None) -> dict[str, str]:
    """Texts "a=b" as a mapping; the last "=" divides.

    Raises:
        RefusedError: If one has no "=".
    """
    found = {}
    for text in texts or ():
        left, sign, right = text.rpartition("=")
        if not sign:
            raise RefusedError(problems=[Problem("", "problem.not_a_pair", {"found": text})])
        found[left.strip()] = right.strip()
    return found


def _decision(option: str, text: str) -> Decision:
    """What to do with changes or rows that are gone.

    Raises:
        RefusedError: If it is no such word.
    """
    for known in get_args(Decision):
        if text == known:
            chosen: Decision = known
            return chosen
    facts = {"option": option, "found": text, "known": ", ".join(get_args(Decision))}
    raise RefusedError(problems=[Problem("", "problem.not_a_decision", facts)])


COMMANDS: dict[str, Callable[..., None]] = {}  # its own stand under `import`
