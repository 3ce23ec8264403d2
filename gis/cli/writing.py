"""The commands that write to the ledger: mark and void."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
    stamp,
)
from gis.ledger.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.project import Project, Receipt


def mark(
    parcel: Annotated[list[str], typer.Option("--parcel", help=T("cli.option.parcel"))],
    milestone: Annotated[str, typer.Option("--milestone", help=T("cli.option.milestone"))],
    on: Annotated[str, typer.Option("--on", help=T("cli.option.happened"))],
    by: ByOption,
    document: Annotated[str, typer.Option("--document", help=T("cli.option.document"))] = "",
    household: Annotated[str | None, typer.Option("--household", help=T("cli.option.household"))] = None,
    amount_vnd: Annotated[int | None, typer.Option("--amount", help=T("cli.option.amount"))] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    all_holdings: Annotated[bool, typer.Option("--all-holdings", help=T("cli.option.all_holdings"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Record that parcels reached a milestone: all of them, or none."""
    held = opened(project)
    request = Mark(
        parcels=tuple(_parcel_id(held, text) for text in parcel),
        milestone=milestone,
        on=day(on),
        document=document or None,
        household=household,
        all_holdings=all_holdings,
        amount_vnd=amount_vnd,
    )
    _say(held.mark(request, stamp(by)), as_json=as_json)


def _parcel_id(held: Project, text: str) -> str:
    """A parcel by its id, or by its key commune/sheet/number; an unknown one as it is."""
    return held.snapshot(day(None)).boundaries.by_label.get(text, text)


def void(
    seq: Annotated[list[int], typer.Argument(help=T("cli.option.seq"))],
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.reason"))],
    by: ByOption,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Cancel entries; they stay in the ledger and count no more."""
    _say(opened(project).void(seq, reason, stamp(by)), as_json=as_json)


def _say(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        print_json({"seqs": list(receipt.seqs)})
    else:
        listed = ", ".join(str(seq) for seq in receipt.seqs)
        out.print(T("cli.written", seqs=listed))


COMMANDS: dict[str, Callable[..., None]] = {"mark": mark, "void": void}
