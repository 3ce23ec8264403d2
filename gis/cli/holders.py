"""Land that changes hands or shape: transfer, succeed, and the milestones of an office's old lists."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    ByOption,
    ProjectOption,
    T,
    day,
    opened,
    out,
    parcel_id,
    say_problems,
    stamp,
    written,
)
from gis.cli.files import FilesArgument, import_app
from gis.cli.statements import (
    CLOSED_M,
    CommuneOption,
    CrsOption,
    ObjectOption,
    SheetOption,
    drawing_of,
    stated_of,
)
from gis.errors import Problem, RefusedError
from gis.ledger.part import parse_part
from gis.ledger.transfers import Transfer
from gis.project.openings import import_openings
from gis.project.succession import succeed as succeed_parcels
from gis.vietnamese import parse_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.ledger.part import Part

HappenedOption = Annotated[str, typer.Option("--on", help=T("cli.option.happened"))]
LOCAL_ACCOUNT = "quan-tri"


def transfer(
    parcel: Annotated[str, typer.Option("--parcel", help=T("cli.option.parcel"))],
    gives: Annotated[list[str], typer.Option("--from", help=T("cli.option.predecessor"))],
    receives: Annotated[list[str], typer.Option("--to", help=T("cli.option.successor"))],
    on: HappenedOption,
    by: ByOption,
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Let a parcel change hands: sold, inherited, divided."""
    held = opened(project)
    request = Transfer(
        parcel_id(held, parcel), tuple(gives), tuple(successor(text) for text in receives), day(on)
    )
    written(held.do(request, stamp(by)))


def successor(text: str) -> tuple[str, Part]:
    """A household and its part of "HOUSEHOLD=1/2"; without a part it is not determined.

    Raises:
        RefusedError: If the part cannot be read.

    >>> successor("H1=1/2"), successor("H2")
    (('H1', Fraction(1, 2)), ('H2', None))
    """
    household, _, part = text.partition("=")
    if not household.strip():
        raise RefusedError(problems=[Problem("", "problem.bad_successor", {"found": text})])
    return household.strip(), parse_part(part)


def succeed(
    files: FilesArgument,
    old: Annotated[list[str], typer.Option("--old", help=T("cli.option.old"))],
    on: HappenedOption,
    by: ByOption,
    crs: CrsOption = None,
    commune: CommuneOption = None,
    sheet: SheetOption = None,
    place: ObjectOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Let the parcels of a file take the place of old ones: divided, merged, surveyed anew."""
    held = opened(project)
    stated = stated_of(crs, commune, drawing_of(sheet, None, None, CLOSED_M), None, place)
    olds = [parcel_id(held, text) for text in old]
    done = succeed_parcels(held, files, olds, day(on), stamp(by), stated)
    say_problems(done.warnings)
    facts = {"pairs": len(done.pairs), "difference": done.difference_m2, "count": len(done.seqs)}
    out.print(T("cli.succeeded", **facts))


@import_app.command("openings", help=T("cli.import_openings.help"))
def import_openings_(
    file: Annotated[Path, typer.Argument(help=T("cli.option.openings"))],
    not_later_than: Annotated[
        str | None, typer.Option("--not-later-than", help=T("cli.option.not_later_than"))
    ] = None,
    by: ByOption = LOCAL_ACCOUNT,
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Import the milestones that an office had recorded before."""
    latest = None if not_later_than is None else parse_date(not_later_than)
    done = import_openings(opened(project), file, latest, stamp(by))
    out.print(T("cli.imported_openings", count=done.count, written=len(done.seqs)))


COMMANDS: dict[str, Callable[..., None]] = {"transfer": transfer, "succeed": succeed}
