"""The commands of đợt: `batch …` opens, fills, documents and applies them. No names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    AttachOption,
    ByOption,
    JsonOption,
    KnownOption,
    OnOption,
    ProjectOption,
    T,
    attached,
    day,
    known,
    opened,
    out,
    print_json,
    problem_json,
    say_problems,
    stamp,
    table,
    today,
    written,
)
from gis.cli.due import deadlines, print_due
from gis.errors import Problem
from gis.ledger.batch_apply import ApplyDocument, Listed
from gis.ledger.batch_lists import parse_list
from gis.ledger.batches import AddDocument, JoinBatch, OpenBatch, batches, holdings_of, unknown_batch
from gis.ledger.due import STATUSES, counted
from gis.ledger.setting import require_none
from gis.project import people
from gis.project.batches import (
    batch_figures,
    households_in,
    land_of,
    review,
    what_is_due,
)
from gis.store.text_files import read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Fact
    from gis.ledger.batches import Batch
    from gis.ledger.due import Due
    from gis.project import Project, Snapshot
    from gis.project.batches import BatchFigures, Review

BatchArgument = Annotated[str, typer.Argument(help=T("cli.option.batch_id"))]
HappenedOption = Annotated[str | None, typer.Option("--on", help=T("cli.option.batch_on"))]
HouseholdsOption = Annotated[
    list[str] | None, typer.Option("--household", help=T("cli.option.batch_household"))
]
ListOption = Annotated[Path | None, typer.Option("--list", help=T("cli.option.batch_list"))]

batch_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@batch_app.command("open", help=T("cli.batch.open.help"))
def open_(
    name: Annotated[str, typer.Argument(help=T("cli.option.batch_name"))],
    regime: Annotated[str, typer.Option("--regime", help=T("cli.option.regime"))],
    by: ByOption,
    on: HappenedOption = None,
    zone: Annotated[str | None, typer.Option("--zone", help=T("cli.option.batch_zone"))] = None,
    batch: Annotated[str | None, typer.Option("--id", help=T("cli.option.batch_new_id"))] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Open a đợt."""
    held = opened(project)
    regimes = tuple(deadlines(held).regimes)
    written(held.do(OpenBatch(name, day(on), regime, zone, regimes, batch), stamp(by)), as_json=as_json)


@batch_app.command("list", help=T("cli.batch.list.help"))
def list_(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print every đợt with its members, land and deadlines."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    land = land_of(snapshot)
    merged = people.aliases(held)
    rows = what_is_due(snapshot, deadlines(held), land, aliases=merged)
    found = [
        (
            batch,
            batch_figures(snapshot, batch, land, merged),
            [row for row in rows if row.batch == batch.batch],
        )
        for batch in batches(snapshot.state).values()
    ]
    if as_json:
        print_json([batch_json(*one) for one in found])
        return
    columns = [(T(f"cli.batch.col_{name}"), side) for name, side in _COLUMNS]
    table(T("cli.batch.title", on=snapshot.on), columns, [_row(*one) for one in found])


_COLUMNS = (
    *(("batch", "left"), ("name", "left"), ("zone", "left"), ("regime", "left")),
    *((name, "right") for name in ("households", "parcels", "ha", "documents", "overdue", "due")),
)


def _row(batch: Batch, figures: BatchFigures, rows: Sequence[Due]) -> list[str]:
    late, soon = (counted(rows, status, lambda row: row.household) for status in ("overdue", "due"))
    counts = (len(batch.documents), late, soon)
    return [
        *(batch.batch, batch.name, batch.zone or "–", batch.regime),
        *(T.integer(count) for count in (figures.households, len(figures.parcels))),
        T.number(figures.area_ha, 4),
        *(T.integer(count) for count in counts),
    ]


def batch_json(batch: Batch, figures: BatchFigures, rows: Sequence[Due]) -> dict[str, Any]:
    """A đợt as JSON: no names, the documents' signatories not among it."""
    return {
        "batch": batch.batch,
        "name": batch.name,
        "zone": batch.zone,
        "regime": batch.regime,
        "on": batch.on.isoformat(),
        "members": {household: joined.isoformat() for household, joined in batch.members.items()},
        "documents": [
            {
                "seq": one.seq,
                "number": one.number,
                "on": one.on.isoformat(),
                "effective": one.effective.isoformat(),
                "milestone": one.milestone,
                "households": figures.applied[one.seq][0],
                "holdings": figures.applied[one.seq][1],
                "attachments": [scan.sha256 for scan in one.attachments],
            }
            for one in batch.documents
        ],
        "parcels": len(figures.parcels),
        "zones_ha": dict(figures.zones_ha),
        "reached": dict(figures.reached),
        "due": {status: counted(rows, status, lambda row: row.household) for status in STATUSES},
    }


@batch_app.command("show", help=T("cli.batch.show.help"))
def show(
    batch: BatchArgument,
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print one đợt: its documents and what is due of it."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    found, land = _batch(snapshot, batch), land_of(snapshot)
    merged = people.aliases(held)
    every = what_is_due(snapshot, deadlines(held), land, aliases=merged)
    rows = [row for row in every if row.batch == batch]
    figures = batch_figures(snapshot, found, land, merged)
    if as_json:
        print_json(batch_json(found, figures, rows))
        return
    table(
        T("cli.batch.title_of", name=found.name, on=snapshot.on),
        [(T(f"cli.batch.col_{name}"), side) for name, side in _COLUMNS],
        [_row(found, figures, rows)],
    )
    columns = [
        (T(f"cli.batch.doc_{name}"), "left") for name in ("seq", "number", "on", "milestone", "reached")
    ]
    documents = [
        [
            *(str(one.seq), one.number, T.date(one.on), T.named("milestone", one.milestone)),
            f"{figures.applied[one.seq][0]}/{len(figures.holdings)}",
        ]
        for one in found.documents
    ]
    table(T("cli.batch.documents"), columns, documents)
    print_due(rows, snapshot)


@batch_app.command("join", help=T("cli.batch.join.help"))
def join(
    batch: BatchArgument,
    by: ByOption,
    household: HouseholdsOption = None,
    list_file: ListOption = None,
    zone: Annotated[str | None, typer.Option("--zone", help=T("cli.option.batch_join_zone"))] = None,
    hamlet: Annotated[str | None, typer.Option("--hamlet", help=T("cli.option.hamlet"))] = None,
    on: HappenedOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Let households belong to a đợt."""
    held = opened(project)
    listed = [*_listed(household, list_file), *_of_place(held, zone, hamlet)]
    request = JoinBatch(
        batch, tuple(one.household for one in listed), day(on), sources=tuple(one.source for one in listed)
    )
    written(held.do(request, stamp(by)), as_json=as_json)


def _of_place(held: Project, zone: str | None, hamlet: str | None) -> list[Listed]:
    """The households that hold land in a zone, and those of a hamlet that hold land at all."""
    snapshot = held.snapshot(today())
    land, found = land_of(snapshot), list[str]()
    if zone is not None:
        zones = [one.zone_id for one in snapshot.plan.zones]
        facts: dict[str, Fact] = {"zone": zone, "zones": ", ".join(zones)}
        require_none([] if zone in zones else [Problem("", "refused.unknown_zone", facts)])
        found += households_in(snapshot, land, zone)
    if hamlet is not None:
        holders = set(households_in(snapshot, land, None))
        live_there = people.of_hamlet(held, people.Hamlet.parse(hamlet))
        found += [one for person in live_there for one in person.ids if one in holders]
    return [Listed(household) for household in dict.fromkeys(found)]


@batch_app.command("leave", help=T("cli.batch.leave.help"))
def leave(
    batch: BatchArgument,
    by: ByOption,
    household: HouseholdsOption = None,
    list_file: ListOption = None,
    on: HappenedOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take households out of a đợt."""
    listed = _listed(household, list_file)
    households, sources = (tuple(one.household for one in listed), tuple(one.source for one in listed))
    request = JoinBatch(batch, households, day(on), left=True, sources=sources)
    written(opened(project).do(request, stamp(by)), as_json=as_json)


@batch_app.command("document", help=T("cli.batch.document.help"))
def document(
    batch: BatchArgument,
    milestone: Annotated[str, typer.Option("--milestone", help=T("cli.option.milestone"))],
    number: Annotated[str, typer.Option("--number", help=T("cli.option.document_number"))],
    on: Annotated[str, typer.Option("--on", help=T("cli.option.document_on"))],
    by: ByOption,
    effective: Annotated[str | None, typer.Option("--effective", help=T("cli.option.effective"))] = None,
    signatory: Annotated[str, typer.Option("--signatory", help=T("cli.option.signatory"))] = "",
    attach: AttachOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record a document of a đợt."""
    held, sent = opened(project), stamp(by)
    files = attached(held, attach, sent)
    from_day = None if effective is None else day(effective)
    request = AddDocument(batch, milestone, number, day(on), from_day, signatory, files)
    written(held.do(request, sent), as_json=as_json)


@batch_app.command("apply", help=T("cli.batch.apply.help"))
def apply(
    batch: BatchArgument,
    seq: Annotated[int, typer.Option("--document", help=T("cli.option.document_seq"))],
    by: ByOption,
    household: HouseholdsOption = None,
    list_file: ListOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    renewed: Annotated[bool, typer.Option("--renewed", help=T("cli.option.renewed"))] = False,
    only_review: Annotated[bool, typer.Option("--review", help=T("cli.option.review"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Mark every household of a document, after a review of what that comes to."""
    held = opened(project)
    snapshot = held.snapshot(today())
    found = _batch(snapshot, batch)
    parcels = land_of(snapshot).of_batch(found)
    holders = holdings_of(snapshot.state, found.members, parcels, people.aliases(held))
    listed = _listed(household, list_file) or [Listed(one) for one in holders]
    request = ApplyDocument(batch, seq, tuple(listed), parcels, renewed)
    looked = review(held, request, today())
    if only_review:
        _print_review(looked, as_json=as_json)
        if looked.refused:
            raise typer.Exit(1)
        return
    if not as_json:
        _print_review(looked, as_json=False)
    written(held.do(request, stamp(by)), as_json=as_json)


def _print_review(looked: Review, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "households": looked.households,
                "parcels": looked.parcels,
                "zones_ha": dict(looked.zones_ha),
                "money_vnd": looked.money_vnd,
                "entries": looked.entries,
                "skipped": [problem_json(one) for one in looked.skipped],
                "warnings": [problem_json(one) for one in looked.warnings],
                "refused": [problem_json(one) for one in looked.refused],
            }
        )
        return
    facts = {"households": looked.households, "parcels": looked.parcels, "ha": looked.area_ha}
    out.print(T("cli.batch.review", **facts, money=looked.money_vnd, entries=looked.entries))
    say_problems([*looked.refused, *looked.skipped])


def _batch(snapshot: Snapshot, batch: str) -> Batch:
    require_none(unknown_batch(snapshot.state, batch))
    return batches(snapshot.state)[batch]


def _listed(households: Sequence[str] | None, list_file: Path | None) -> list[Listed]:
    """The households of the options and of the file, each with its line."""
    rows: tuple[Listed, ...] = ()
    if list_file is not None:
        rows, problems = parse_list(read_text(list_file))
        require_none(problems)
    return [*(Listed(household) for household in households or ()), *rows]
