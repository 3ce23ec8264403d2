"""The commands about what is on land and with its people: obstacle, object, visit and waive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    AttachOption,
    ByOption,
    JsonOption,
    NoteOption,
    ProjectOption,
    T,
    attached,
    day,
    opened,
    parcel_id,
    stamp,
    written,
)
from gis.ledger.objects import ListObject, RemoveObject
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.visits import RecordVisit
from gis.ledger.waivers import Waive
from gis.milestones import OBJECT_CATEGORIES, OBSTACLE_CATEGORIES, VISIT_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable

ParcelOption = Annotated[str, typer.Option("--parcel", help=T("cli.option.one_parcel"))]
HappenedOption = Annotated[str, typer.Option("--on", help=T("cli.option.happened"))]
HolderOption = Annotated[str | None, typer.Option("--household", help=T("cli.option.holder"))]
obstacle_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
object_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@obstacle_app.command("open", help=T("cli.obstacle_open.help"))
def open_obstacle(
    parcel: ParcelOption,
    category: Annotated[
        str,
        typer.Option(
            "--category", help=T("cli.option.obstacle_category", ids=", ".join(OBSTACLE_CATEGORIES))
        ),
    ],
    on: HappenedOption,
    by: ByOption,
    household: HolderOption = None,
    note: NoteOption = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record that something stands in the way of a parcel."""
    held, sent = opened(project), stamp(by)
    files = attached(held, attach, sent)
    request = OpenObstacle(parcel_id(held, parcel), household, category, day(on), note, attachments=files)
    written(held.do(request, sent), as_json=as_json)


@obstacle_app.command("close", help=T("cli.obstacle_close.help"))
def close_obstacle(
    opened_by: Annotated[int, typer.Argument(metavar="SEQ", help=T("cli.option.opened"))],
    on: HappenedOption,
    by: ByOption,
    note: NoteOption = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record that an obstacle is out of the way."""
    held, sent = opened(project), stamp(by)
    request = CloseObstacle(opened_by, day(on), note, attachments=attached(held, attach, sent))
    written(held.do(request, sent), as_json=as_json)


@object_app.command("list", help=T("cli.object_list.help"))
def list_object(
    parcel: ParcelOption,
    category: Annotated[
        str,
        typer.Option("--category", help=T("cli.option.object_category", ids=", ".join(OBJECT_CATEGORIES))),
    ],
    on: HappenedOption,
    by: ByOption,
    count: Annotated[int, typer.Option("--count", help=T("cli.option.count"))] = 1,
    household: HolderOption = None,
    note: NoteOption = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record what stands on a parcel: graves, a house, crops, poles."""
    held, sent = opened(project), stamp(by)
    files = attached(held, attach, sent)
    request = ListObject(
        parcel_id(held, parcel), household, category, count, day(on), note, attachments=files
    )
    written(held.do(request, sent), as_json=as_json)


@object_app.command("remove", help=T("cli.object_remove.help"))
def remove_object(
    listed: Annotated[int, typer.Argument(metavar="SEQ", help=T("cli.option.listed"))],
    on: HappenedOption,
    by: ByOption,
    count: Annotated[int, typer.Option("--count", help=T("cli.option.count"))] = 1,
    document: Annotated[str | None, typer.Option("--document", help=T("cli.option.document"))] = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record that objects are gone from the land."""
    held, sent = opened(project), stamp(by)
    files = attached(held, attach, sent)
    request = RemoveObject(listed, count, day(on), document, attachments=files)
    written(held.do(request, sent), as_json=as_json)


def visit(
    household: Annotated[str, typer.Option("--household", help=T("cli.option.visited"))],
    outcome: Annotated[
        str, typer.Option("--outcome", help=T("cli.option.outcome", ids=", ".join(VISIT_OUTCOMES)))
    ],
    on: HappenedOption,
    by: ByOption,
    parcel: Annotated[str | None, typer.Option("--parcel", help=T("cli.option.visited_parcel"))] = None,
    note: NoteOption = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record that the team talked with a household."""
    held, sent = opened(project), stamp(by)
    about = None if parcel is None else parcel_id(held, parcel)
    files = attached(held, attach, sent)
    request = RecordVisit(household, about, day(on), outcome, note, files)
    written(held.do(request, sent), as_json=as_json)


def waive(
    parcel: ParcelOption,
    milestone: Annotated[str, typer.Option("--milestone", help=T("cli.option.waived"))],
    on: HappenedOption,
    reason: Annotated[str, typer.Option("--reason", help=T("cli.option.reason"))],
    by: ByOption,
    household: HolderOption = None,
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record that an optional milestone does not apply."""
    held, sent = opened(project), stamp(by)
    files = attached(held, attach, sent)
    request = Waive(parcel_id(held, parcel), household, milestone, day(on), reason, attachments=files)
    written(held.do(request, sent), as_json=as_json)


COMMANDS: dict[str, Callable[..., None]] = {"visit": visit, "waive": waive}
