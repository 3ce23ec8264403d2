"""What the commands share: the project, the clock, the language, and how a refusal is said."""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from gis.errors import KnownBeyondHeadError
from gis.project import Project
from gis.project.attachments import attach
from gis.project.days import vietnam_day
from gis.store.database import Stamp
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.vietnamese import parse_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.errors import GisError, Problem
    from gis.ledger.entry import Attachment
    from gis.project import Receipt

_asked = os.environ.get("GPMB_LANG", DEFAULT_LANGUAGE)
# What the open project's plan names itself: filled by `opened`, for one process opens one project.
_names: dict[str, str] = {}
T = Texts(_asked if _asked in LANGUAGES else DEFAULT_LANGUAGE, _names)
# Piped output keeps whole lines: a table folded to 80 columns would be of no use to a script.
out = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
PROBLEMS_SHOWN = 20
MOST_SINGLE = 2

ProjectOption = Annotated[
    Path, typer.Option("--project", envvar="GPMB_PROJECT", help=T("cli.option.project"))
]
JsonOption = Annotated[bool, typer.Option("--json", help=T("cli.option.json"))]
OnOption = Annotated[str | None, typer.Option("--on", help=T("cli.option.on"))]
KnownOption = Annotated[str | None, typer.Option("--known", help=T("cli.option.known"))]
ByOption = Annotated[str, typer.Option("--by", help=T("cli.option.by"))]
NoteOption = Annotated[str | None, typer.Option("--note", help=T("cli.option.note"))]
AttachOption = Annotated[list[Path] | None, typer.Option("--attach", help=T("cli.option.attach"))]
DEFAULT_PROJECT = Path("data")


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def today() -> date:
    """The day in Vietnam."""
    return vietnam_day(now())


def opened(folder: Path) -> Project:
    """The project of a folder; from then on its optional milestones have their names."""
    project = Project.open(folder)
    _names.clear()
    _names.update(project.plan.names(T.language))
    return project


def stamp(by: str) -> Stamp:
    """A new request of an account, now."""
    return Stamp(by, uuid.uuid4().hex, now())


def day(text: str | None) -> date:
    """A day as people write it, today where nothing is said."""
    return today() if text is None else parse_date(text)


def known(project: Project, text: str | None) -> int | None:
    """A seq, or the last seq recorded by the end of a day; None is the head."""
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,12}", text):
        head = project.refresh().seq
        if int(text) > head:
            raise KnownBeyondHeadError(found=int(text), head=head)
        return int(text)
    return project.known_on(parse_date(text))


def print_json(value: object) -> None:
    """JSON on stdout, one document."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def say(text: str) -> None:
    """A line on stderr, beside the figures."""
    sys.stderr.write(text + "\n")


def refuse(error: GisError) -> typer.Exit:
    """Say why, in one sentence on stderr, and below it every reason where there are several; exit code 1."""
    say(T.error(error))
    if len(error.problems) > 1:
        say_problems(error.problems)
    return typer.Exit(1)


def say_problems(problems: Iterable[Problem]) -> None:
    """Problems on stderr, the first ones in full and how many more there are."""
    listed = list(problems)
    for problem in listed[:PROBLEMS_SHOWN]:
        say("  " + T.problem(problem))
    if len(listed) > PROBLEMS_SHOWN:
        say("  " + T("cli.more_problems", count=len(listed) - PROBLEMS_SHOWN))


def runs(seqs: Sequence[int]) -> str:
    """Seqs with those that follow each other as one: a list of hundreds of households is a long row.

    >>> runs([7, 9, 10, 11, 14, 15])
    '7, 9–11, 14, 15'
    """
    listed: list[list[int]] = []
    for seq in seqs:
        if listed and seq == listed[-1][-1] + 1:
            listed[-1].append(seq)
        else:
            listed.append([seq])
    pieces = [
        f"{run[0]}–{run[-1]}" if len(run) > MOST_SINGLE else ", ".join(str(seq) for seq in run)
        for run in listed
    ]
    return ", ".join(pieces)


def written(receipt: Receipt, *, as_json: bool = False) -> None:
    """What a command wrote on stdout; what is odd about it on stderr."""
    say_problems(receipt.warnings)
    if as_json:
        warnings = [problem_json(warning) for warning in receipt.warnings]
        print_json({"seqs": list(receipt.seqs), "repeated": receipt.repeated, "warnings": warnings})
    else:
        out.print(T("cli.written", seqs=runs(receipt.seqs) or "–"))


def attached(project: Project, paths: Sequence[Path] | None, request: Stamp) -> tuple[Attachment, ...]:
    """Files kept as the attachments of what the request is about to write."""
    return attach(project, paths, request) if paths else ()


def parcel_id(project: Project, text: str) -> str:
    """A parcel by its id, or by its key commune/sheet/number; an unknown one as it is."""
    return project.snapshot(today()).boundaries.by_label.get(text, text)


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as JSON: where, its sentence, its severity."""
    return {
        "source": T.place(problem.source),
        "message": T(problem.message, **problem.facts),
        "severity": problem.severity,
    }


def table(title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout; each column with its heading and side ("left" or "right")."""
    grid = Table(title=title, title_justify="left", header_style="bold")
    for heading, side in columns:
        grid.add_column(heading, justify="right" if side == "right" else "left", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    out.print(grid)
