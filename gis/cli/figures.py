"""The commands that print figures: totals, balance, parcels, verify."""

from __future__ import annotations

import re
from math import isnan
from pathlib import Path  # noqa: TC003 - Typer reads annotations while running
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.cli.common import (
    DEFAULT_PROJECT,
    JsonOption,
    KnownOption,
    OnOption,
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
from gis.errors import BadHeadError
from gis.ledger.chain import Head
from gis.ledger.part import part_text
from gis.milestones import MILESTONES
from gis.project.list_words import difference_lines, no_balance_lines, no_map_line
from gis.store.ledger_export import write_export

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.errors import Problem
    from gis.ledger.state import HoldingState
    from gis.project import Snapshot


def totals(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print the cleared hectares of the commune and each zone."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    if as_json:
        print_json([total.to_dict() for total in snapshot.totals])
    else:
        _print_totals(snapshot)
    _doubt(snapshot)


def _doubt(snapshot: Snapshot) -> None:
    """Say why figures may not be trusted, and end with 1."""
    if snapshot.problems:
        say_problems(snapshot.problems)
        raise typer.Exit(1)


def _print_totals(snapshot: Snapshot) -> None:
    columns = [(T(f"cli.totals.{name}"), "left" if name == "zone" else "right") for name in _TOTALS]
    depths = _depths(snapshot)
    rows = [
        [
            "  " * depths[total.zone_id] + total.name,
            *(_ha(value) for value in (total.plan_ha, total.mapped_ha, total.cleared_ha, total.clean_ha)),
            *(_ha(value) for value in (total.signed_ha, total.remaining_of_mapped_ha)),
            *(_percent(value) for value in (total.share_of_plan, total.share_of_mapped)),
        ]
        for total in snapshot.totals
    ]
    table(T("cli.totals.title", on=snapshot.on, commune=snapshot.plan.commune.name), columns, rows)
    commune = snapshot.totals[0]
    if commune.cleared_ha is not None and commune.share_of_goal is not None:
        facts = {"cleared": commune.cleared_ha, "goal": commune.goal_ha, "share": commune.share_of_goal}
        out.print(T("cli.totals.goal", **facts))
    out.print(T("cli.totals.clean_note"))
    _by_list(snapshot)
    _footer(snapshot)


def _by_list(snapshot: Snapshot) -> None:
    """How much of the figures an office's list states, and no map."""
    line = no_map_line(snapshot, T)
    if line:
        out.print(line, soft_wrap=True)
    say_problems(snapshot.remarks)


_TOTALS = ("zone", "plan", "mapped", "cleared", "clean", "signed", "remaining", "share_plan", "share_mapped")


def _depths(snapshot: Snapshot) -> dict[str, int]:
    depths: dict[str, int] = {}
    for total in snapshot.totals:
        depths[total.zone_id] = depths[total.parent] + 1 if total.parent else 0
    return depths


def _ha(value: float | None) -> str:
    return "–" if value is None else T.number(value, 4)


def _percent(value: float | None) -> str:
    return "–" if value is None else T.percent(value)


def _footer(snapshot: Snapshot) -> None:
    if snapshot.plan.synthetic:
        out.print(T("app.sample"))
    out.print(T("cli.head", seq=snapshot.head.seq, hash=snapshot.head.hash), soft_wrap=True)


def balance_(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print each zone's balance: classes, gap, overlap and what is left over."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    problems = snapshot.problems
    if as_json:
        zones = [{"zone_id": total.zone_id} | (total.to_dict()["balance"] or {}) for total in snapshot.totals]
        print_json({"zones": zones, "problems": [problem_json(problem) for problem in problems]})
    else:
        names = ("zone", "zone_m2", "classes_m2", "overlap_m2", "gap_m2", "residual_m2")
        columns = [(T(f"cli.balance.{name}"), "left" if name == "zone" else "right") for name in names]
        rows = []
        for total in snapshot.totals:
            found: dict[str, Any] | None = total.to_dict()["balance"]
            if found is None:
                rows.append([total.name, *["–"] * 5])
                continue
            figures = [found["zone_m2"], sum(found["classes_m2"].values())]
            figures += [found["overlap_m2"], found["gap_m2"], found["residual_m2"]]
            rows.append([total.name, *(T.number(figure, 1) for figure in figures)])
        table(T("cli.balance.title", on=snapshot.on), columns, rows)
        _unbalanced(snapshot)
        _footer(snapshot)
    _doubt(snapshot)


def _unbalanced(snapshot: Snapshot) -> None:
    """What of a list nothing can be held against, and where map and list disagree."""
    for line in (*no_balance_lines(snapshot, T), *difference_lines(snapshot, T)):
        out.print(line, soft_wrap=True)
    say_problems(snapshot.remarks)


def parcels(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    not_cleared: Annotated[bool, typer.Option("--not-cleared", help=T("cli.option.not_cleared"))] = False,
    as_json: JsonOption = False,
) -> None:
    """List the parcels and public features, those in zones first in the table."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    listed = [one for one in parcel_dicts(snapshot) if not (not_cleared and one["cleared"])]
    if as_json:
        print_json(listed)
        return
    names = ("parcel", "key", "land_use", "area", "in_zones", "class", "holders")
    columns = [
        (T(f"cli.parcels.{name}"), "right" if name in {"area", "in_zones"} else "left") for name in names
    ]
    rows = [
        [
            one["parcel_id"],
            snapshot.boundaries.labels[one["parcel_id"]],
            one["land_use"],
            "–" if one["area_m2"] is None else T.m2(one["area_m2"]),
            T.m2(sum(one["zones"].values())),
            T(f"class.{one['class']}"),
            ", ".join(holding["household_id"] for holding in one["holdings"]),
        ]
        for one in listed
        if one["zones"]
    ]
    table(T("cli.parcels.title", on=snapshot.on, count=len(rows)), columns, rows)
    _footer(snapshot)


def parcel_dicts(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Each unit as `parcels --json` gives it: no names."""
    zones = snapshot.boundaries.parts_m2
    drawn_m2 = snapshot.boundaries.drawn_m2
    return [
        {
            "parcel_id": parcel,
            "land_use": land_use,
            "area_m2": None if isnan(drawn_m2[parcel]) else float(drawn_m2[parcel]),
            "zones": zones.get(parcel, {}),
            "class": class_,
            "cleared": class_ == "handed_over",
            "stuck": parcel in snapshot.state.stuck,
            "holdings": [_holding_dict(holding) for holding in snapshot.state.of_parcel(parcel)],
        }
        for parcel, land_use, class_ in zip(
            snapshot.units.index, snapshot.units["land_use"], snapshot.classes, strict=True
        )
    ]


def _holding_dict(holding: HoldingState) -> dict[str, str | None]:
    furthest = [name for name in MILESTONES if name in holding.milestones]
    return {
        "household_id": holding.household,
        "part": part_text(holding.part),
        "milestone": furthest[-1] if furthest else None,
    }


def verify(
    project: ProjectOption = DEFAULT_PROJECT,
    head: Annotated[list[str] | None, typer.Option("--head", help=T("cli.option.head"))] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Recompute the chain, look at the files it names, and compare with printed heads."""
    found, last = opened(project).verify([_parse_head(text) for text in head or ()])
    problems = [problem for problem in found if problem.severity == "refused"]
    remarks = [problem for problem in found if problem.severity != "refused"]
    first = next((one for one in map(_bad_entry, problems) if one), None)
    if as_json:
        print_json(
            {
                "ok": not problems,
                "head": {"seq": last.seq, "hash": last.hash},
                "first_bad": first,
                "problems": [problem_json(problem) for problem in problems],
                "remarks": [problem_json(remark) for remark in remarks],
            }
        )
    else:
        if first:
            out.print(T("cli.verify.first", seq=first["seq"], what=first["message"]), soft_wrap=True)
        if problems:
            out.print(T("cli.verify.bad", count=len(problems)))
            say_problems(problems)
        else:
            out.print(T("cli.verify.ok", count=last.seq))
            out.print(T("cli.head", seq=last.seq, hash=last.hash), soft_wrap=True)
        if remarks:
            out.print(T("cli.verify.remarks", count=len(remarks)))
            say_problems(remarks)
    if problems:
        raise typer.Exit(1)


def _bad_entry(problem: Problem) -> dict[str, Any] | None:
    """The entry that a problem is about and what is wrong with it, for scripts and for people."""
    found = re.fullmatch(r"entry (-?[0-9]+)", problem.source)
    if found is None:
        return None
    what = problem.message.removeprefix("verify.")
    return {"seq": int(found[1]), "what": what, "message": T(problem.message, **problem.facts)}


def export_ledger(
    file: Annotated[Path, typer.Argument(help=T("cli.option.export_file"))],
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Write seq, body and hash of every entry, for others to verify."""
    count = write_export(file, opened(project).ledger.rows())
    out.print(T("cli.exported", count=count, file=str(file)), soft_wrap=True)


def _parse_head(text: str) -> Head:
    found = re.fullmatch(r"([0-9]{1,12}):([0-9a-fA-F]{64})", text.strip())
    if found is None:
        raise BadHeadError(found=text)
    return Head(int(found[1]), found[2].lower())


COMMANDS: dict[str, Callable[..., None]] = {
    "totals": totals,
    "balance": balance_,
    "parcels": parcels,
    "verify": verify,
    "export-ledger": export_ledger,
}
