"""The commands that write what any parcel goes through: mark and void."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    AttachOption,
    ByOption,
    JsonOption,
    ProjectOption,
    T,
    attached,
    day,
    opened,
    parcel_id,
    stamp,
    written,
)
from gis.ledger.marks import Mark

if TYPE_CHECKING:
    from collections.abc import Callable


def mark(
    parcel: Annotated[list[str], typer.Option("--parcel", help=T("cli.option.parcel"))],
    milestone: Annotated[str, typer.Option("--milestone", help=T("cli.option.milestone"))],
    on: Annotated[str, typer.Option("--on", help=T("cli.option.happened"))],
    by: ByOption,
    document: Annotated[str, typer.Option("--document", help=T("cli.option.document"))] = "",
    household: Annotated[str | None, typer.Option("--household", help=T("cli.option.household"))] = None,
    amount_vnd: Annotated[int | None, typer.Option("--amount", help=T("cli.option.amount"))] = None,
    batch: Annotated[str | None, typer.Option("--batch", help=T("cli.option.batch"))] = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    all_holdings: Annotated[bool, typer.Option("--all-holdings", help=T("cli.option.all_holdings"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Record that parcels reached a milestone: all of them, or none."""
    held, sent = opened(project), stamp(by)
    request = Mark(
        parcels=tuple(parcel_id(held, text) for text in parcel),
        milestone=milestone,
        on=day(on),
        document=document or None,
        household=household,
        all_holdings=all_holdings,
        amount_vnd=amount_vnd,
        batch=batch,
        attachments=attached(held, attach, sent),
    )
    written(held.do(request, sent), as_json=as_json)


def void(
    seq: Annotated[list[int], typer.Argument(help=T("cli.option.seq"))],
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.reason"))],
    by: ByOption,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Cancel entries; they stay in the ledger and count no more."""
    written(opened(project).void(seq, reason, stamp(by)), as_json=as_json)


COMMANDS: dict[str, Callable[..., None]] = {"mark": mark, "void": void}
