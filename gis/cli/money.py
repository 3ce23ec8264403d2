"""The commands of money: pay records it, money prints the accounts. No names."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.clearance.money_zones import OUTSIDE, by_zone
from gis.cli.common import (
    DEFAULT_PROJECT,
    ByOption,
    JsonOption,
    KnownOption,
    OnOption,
    ProjectOption,
    T,
    day,
    known,
    opened,
    out,
    parcel_id,
    print_json,
    stamp,
    table,
    written,
)
from gis.cli.due import deadlines
from gis.ledger.accounts import Account, Sums, accounts
from gis.ledger.money import RecordMoney
from gis.ledger.money_groups import by_batch, late_payments
from gis.project.attachments import attach
from gis.project.old_land import land as all_land
from gis.project.people import aliases

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.deadlines import Deadlines
    from gis.project import Project, Snapshot

SUMS = ("approved", "paid", "deposited", "remaining")


def pay(
    household: Annotated[str, typer.Option("--household", help=T("cli.option.pay_household"))],
    act: Annotated[str, typer.Option("--act", help=T("cli.option.act"))],
    amount_vnd: Annotated[int, typer.Option("--amount", help=T("cli.option.amount"))],
    on: Annotated[str, typer.Option("--on", help=T("cli.option.happened"))],
    by: ByOption,
    document: Annotated[str, typer.Option("--document", help=T("cli.option.document"))] = "",
    parcel: Annotated[str | None, typer.Option("--parcel", help=T("cli.option.pay_parcel"))] = None,
    batch: Annotated[str | None, typer.Option("--batch", help=T("cli.option.pay_batch"))] = None,
    scan: Annotated[list[Path] | None, typer.Option("--scan", help=T("cli.option.scans"))] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record money of a household: approved, paid, deposited or withdrawn."""
    held, sent = opened(project), stamp(by)
    request = RecordMoney(
        household=household,
        act=act,
        amount_vnd=amount_vnd,
        on=day(on),
        document=document or None,
        parcel=None if parcel is None else parcel_id(held, parcel),
        batch=batch,
        attachments=attach(held, scan, sent) if scan else (),
        aliases=aliases(held),
    )
    written(held.do(request, sent), as_json=as_json)


def money(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    household: Annotated[str | None, typer.Option("--household", help=T("cli.option.of_household"))] = None,
    *,
    batch: Annotated[bool, typer.Option("--batch", help=T("cli.option.by_batch"))] = False,
    zone: Annotated[bool, typer.Option("--zone", help=T("cli.option.by_zone"))] = False,
    late: Annotated[bool, typer.Option("--late", help=T("cli.option.late"))] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what was approved, paid, deposited, and what remains."""
    held = opened(project)
    snapshot, merged = held.snapshot(day(on), known(held, known_at)), aliases(held)
    found = accounts(snapshot.state, merged)
    if household is not None:
        root = merged.get(household, household)
        _household(snapshot, found.get(root, Account(root, Sums(), ())), as_json=as_json)
    elif late:
        _late(snapshot, found, deadlines(held), as_json=as_json)
    elif batch:
        _by_batch(snapshot, found, as_json=as_json)
    elif zone:
        _by_zone(held, snapshot, found, merged, as_json=as_json)
    else:
        _by_household(snapshot, found, as_json=as_json)


def sums_dict(sums: Sums) -> dict[str, int]:
    """Sums as JSON has them, whole đồng; `remaining` below 0 is overpaid."""
    return {name: getattr(sums, name) for name in SUMS}


def _cells(sums: Sums) -> list[str]:
    return [T.integer(getattr(sums, name)) for name in SUMS]


def _columns(*first: str) -> list[tuple[str, str]]:
    return [
        *((T(f"money_page.col_{name}"), "left") for name in first),
        *((T(f"money_page.col_{name}"), "right") for name in SUMS),
    ]


def _by_household(snapshot: Snapshot, found: Mapping[str, Account], *, as_json: bool) -> None:
    whole = sum((one.sums for one in found.values()), Sums())
    if as_json:
        listed = [{"household_id": name, **sums_dict(one.sums)} for name, one in found.items()]
        print_json({"on": snapshot.on.isoformat(), **sums_dict(whole), "households": listed})
        return
    rows = [[name, *_cells(one.sums)] for name, one in found.items()]
    table(
        T("cli.money.title", on=snapshot.on),
        _columns("household"),
        [*rows, [T("money_page.whole"), *_cells(whole)]],
    )


def _household(snapshot: Snapshot, one: Account, *, as_json: bool) -> None:
    labels = snapshot.boundaries.labels
    if as_json:
        lines = [
            {
                "seq": line.seq,
                "on": line.on.isoformat(),
                "act": line.act,
                "amount_vnd": line.amount_vnd,
                "parcel": line.parcel,
                "document": line.document,
                "batch": line.batch,
            }
            for line in one.lines
        ]
        print_json({"household_id": one.household, **sums_dict(one.sums), "lines": lines})
        return
    columns = [(T(f"money_page.col_{name}"), "left") for name in ("seq", "on", "act")]
    columns += [(T("money_page.col_amount"), "right")]
    columns += [(T(f"money_page.col_{name}"), "left") for name in ("parcel", "document", "batch")]
    rows = [
        [
            str(line.seq),
            T.date(line.on),
            T(f"money.{line.act}"),
            T.integer(line.amount_vnd),
            labels.get(line.parcel, line.parcel) if line.parcel else "–",
            line.document or "–",
            line.batch or "–",
        ]
        for line in one.lines
    ]
    table(T("cli.money.household", household=one.household, on=snapshot.on), columns, rows)
    out.print(T("money_page.sums", **sums_dict(one.sums)))


def _by_batch(snapshot: Snapshot, found: Mapping[str, Account], *, as_json: bool) -> None:
    rows = by_batch(snapshot.state, found)
    if as_json:
        print_json(
            [
                {"batch": r.batch, "decision": r.decision, "households": r.households, **sums_dict(r.sums)}
                for r in rows
            ]
        )
        return
    cells = [
        [r.batch or r.decision or T("money_page.no_approval"), T.integer(r.households), *_cells(r.sums)]
        for r in rows
    ]
    table(T("cli.money.title", on=snapshot.on), _columns("group", "households"), cells)


def _by_zone(
    held: Project,
    snapshot: Snapshot,
    found: Mapping[str, Account],
    merged: Mapping[str, str],
    *,
    as_json: bool,
) -> None:
    land = all_land(held, snapshot)
    rows = by_zone(snapshot.plan, snapshot.state, found, land, merged)
    if as_json:
        print_json([{"zone_id": r.zone_id, "name": r.name, **sums_dict(r.sums)} for r in rows])
        return
    names = [T("money_page.outside") if r.zone_id == OUTSIDE else r.name for r in rows]
    cells = [["  " * r.depth + name, *_cells(r.sums)] for name, r in zip(names, rows, strict=True)]
    table(T("cli.money.title", on=snapshot.on), _columns("zone"), cells)


def _late(snapshot: Snapshot, found: Mapping[str, Account], terms: Deadlines, *, as_json: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "household_id": one.household,
            "unpaid_vnd": one.unpaid_vnd,
            "parcel": one.approval.parcel,
            "document": one.approval.document,
            "batch": one.batch,
            "effective": one.effective.isoformat(),
            "last_day": one.last_day.isoformat(),
            "days_late": one.days_late,
        }
        for one in late_payments(snapshot.state, found, terms)
    ]
    if as_json:
        print_json(rows)
        return
    names = ("household", "unpaid", "document", "effective", "last_day", "days_late")
    numbers = {"unpaid", "days_late"}
    columns = [(T(f"money_page.col_{name}"), "right" if name in numbers else "left") for name in names]
    cells = [
        [
            row["household_id"],
            T.integer(row["unpaid_vnd"]),
            row["document"] or "–",
            T.date(row["effective"]),
            T.date(row["last_day"]),
            T.integer(row["days_late"]),
        ]
        for row in rows
    ]
    table(T("cli.money.late", count=len(rows), on=snapshot.on), columns, cells)


COMMANDS: dict[str, Callable[..., None]] = {"pay": pay, "money": money}
