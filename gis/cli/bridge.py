"""The command that explains a difference: bridge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gis.clearance.bridge import CAUSES
from gis.clearance.bridge_lines import HA_DECIMALS, Moment, change_text, ranges
from gis.clearance.totals import M2_PER_HA
from gis.cli.common import (
    DEFAULT_PROJECT,
    JsonOption,
    ProjectOption,
    T,
    day,
    known,
    opened,
    out,
    print_json,
    problem_json,
    say_problems,
    table,
)
from gis.project.bridge import bridge as bridge_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.clearance.bridge_lines import Bridge, ZoneBridge
    from gis.errors import Problem
    from gis.project import Project, Snapshot

FromOption = Annotated[str, typer.Option("--from", help=T("cli.option.bridge_from"))]
ToOption = Annotated[str | None, typer.Option("--to", help=T("cli.option.bridge_to"))]
FromKnownOption = Annotated[str | None, typer.Option("--from-known", help=T("cli.option.from_known"))]
ToKnownOption = Annotated[str | None, typer.Option("--to-known", help=T("cli.option.to_known"))]


def bridge(
    start: FromOption,
    end: ToOption = None,
    project: ProjectOption = DEFAULT_PROJECT,
    from_known: FromKnownOption = None,
    to_known: ToKnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say why the cleared hectares of two days differ: causes, parcels, entries, to the square metre."""
    held = opened(project)
    moments = (_moment(held, start, from_known), _moment(held, end, to_known))
    made = bridge_of(held.snapshot, held.entries(), *moments)
    before, after = (_doubts(held, one) for one in moments)
    problems = [*made.problems, *before, *(problem for problem in after if problem not in before)]
    if as_json:
        print_json(made.to_dict() | {"problems": [problem_json(problem) for problem in problems]})
    else:
        _print(made, held.snapshot(made.end.on, made.end.known))
    if problems:
        say_problems(problems)
        raise typer.Exit(1)


def _moment(held: Project, text: str | None, known_at: str | None) -> Moment:
    """A day and what was known at its end, unless said otherwise."""
    on = day(text)
    seq = known(held, known_at)
    return Moment(on, held.known_on(on) if seq is None else seq)


def _doubts(held: Project, moment: Moment) -> tuple[Problem, ...]:
    """Why the totals of one of the moments may not be trusted."""
    return held.snapshot(moment.on, moment.known).problems


def _print(made: Bridge, snapshot: Snapshot) -> None:
    left = {"commune": snapshot.plan.commune.name, "start": made.start.on, "end": made.end.on}
    names = ("zone", "before", *CAUSES, "after")
    columns = [(T(f"cli.bridge.{name}"), "left" if name == "zone" else "right") for name in names]
    depths: dict[str | None, int] = {None: -1}
    rows = []
    for zone in made.zones:
        depths[zone.zone_id] = depths[zone.parent] + 1
        rows.append(["  " * depths[zone.zone_id] + zone.name, *_cells(zone)])
    table(T("cli.bridge.title", **left), columns, rows)
    for line in made.zones[0].lines:
        facts = {"cause": T(f"cause.{line.cause}"), "change": change_text(T, line.m2)}
        facts |= {"entries": ranges(line.entries)}
        out.print(T("cli.bridge.line", parcels=len(line.parcels), **facts), soft_wrap=True)
    if not made.zones[0].lines:
        out.print(T("bridge.no_change"))
    out.print(T("cli.bridge.clocks", start=made.start.known, end=made.end.known))
    if snapshot.plan.synthetic:
        out.print(T("app.sample"))
    out.print(T("cli.head", seq=snapshot.head.seq, hash=snapshot.head.hash), soft_wrap=True)


def _cells(zone: ZoneBridge) -> list[str]:
    """Before, each cause, after; a dash where there is nothing to say."""
    lines = [zone.line(cause) for cause in CAUSES]
    causes = [change_text(T, line.m2 if line else None) for line in lines]
    return [_ha(zone.before_m2), *causes, _ha(zone.after_m2)]


def _ha(m2: float | None) -> str:
    return "–" if m2 is None else T.number(m2 / M2_PER_HA, HA_DECIMALS)


COMMANDS: dict[str, Callable[..., None]] = {"bridge": bridge}
