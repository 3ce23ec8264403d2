"""The commands of land to the investor: deliver records a block, blocks prints its hectares. No names."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - Typer reads it
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.clearance.blocks import block_totals, delivered_by_zone
from gis.clearance.parcel_list import parse_exceptions, parse_parcels
from gis.clearance.totals import M2_PER_HA
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
    print_json,
    stamp,
    table,
    today,
    written,
)
from gis.ledger.deliveries import DeliverBlock
from gis.ledger.setting import require_none
from gis.project.attachments import attach
from gis.project.old_land import land as all_land

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.clearance.blocks import BlockTotal, ZoneDelivered
    from gis.project import Snapshot


def deliver(
    block: Annotated[str, typer.Option("--block", help=T("cli.option.block"))],
    parcels: Annotated[list[str], typer.Option("--parcels", help=T("cli.option.parcels"))],
    on: Annotated[str, typer.Option("--on", help=T("cli.option.happened"))],
    by: ByOption,
    excepted: Annotated[list[str] | None, typer.Option("--except", help=T("cli.option.except"))] = None,
    document: Annotated[str, typer.Option("--document", help=T("cli.option.minutes"))] = "",
    scan: Annotated[list[Path] | None, typer.Option("--scan", help=T("cli.option.scans"))] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    *,
    as_json: JsonOption = False,
) -> None:
    """Record that a block of land, or its rest, went to the investor."""
    held, sent = opened(project), stamp(by)
    units = held.snapshot(today()).units
    ids, unread = parse_parcels("\n".join(parcels), units)
    exceptions, unclear = parse_exceptions("\n".join(excepted or []), units)
    require_none([*unread, *unclear])
    request = DeliverBlock(
        block=block,
        on=day(on),
        parcels=ids,
        exceptions=exceptions,
        document=document,
        attachments=attach(held, scan, sent) if scan else (),
    )
    written(held.do(request, sent), as_json=as_json)


def blocks_(
    project: ProjectOption = DEFAULT_PROJECT,
    on: OnOption = None,
    known_at: KnownOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print the hectares that went to the investor, by block and by zone."""
    held = opened(project)
    snapshot = held.snapshot(day(on), known(held, known_at))
    land = all_land(held, snapshot)
    totals = block_totals(snapshot.state, land)
    zones = delivered_by_zone(snapshot.plan, snapshot.state, land, totals)
    if as_json:
        listed = [block_dict(one) for one in totals]
        print_json({"on": snapshot.on.isoformat(), "zones": zone_dicts(snapshot, zones), "blocks": listed})
        return
    _print_blocks(snapshot, totals)
    _print_zones(snapshot, zones)


def zone_dicts(snapshot: Snapshot, zones: Sequence[ZoneDelivered]) -> list[dict[str, Any]]:
    """Each zone as JSON has it: what was delivered beside what is cleared and clean, in hectares."""
    by_id = {total.zone_id: total for total in snapshot.totals}
    return [
        {
            "zone_id": zone.zone_id,
            "name": zone.name,
            "delivered_ha": zone.m2 / M2_PER_HA,
            "in_blocks_ha": zone.in_blocks_m2 / M2_PER_HA,
            "alone_ha": zone.alone_m2 / M2_PER_HA,
            "cleared_ha": by_id[zone.zone_id].cleared_ha,
            "clean_ha": by_id[zone.zone_id].clean_ha,
        }
        for zone in zones
    ]


def _print_zones(snapshot: Snapshot, zones: Sequence[ZoneDelivered]) -> None:
    names = ("delivered", "in_blocks", "alone", "cleared", "clean")
    columns = [
        (T("blocks_page.col_zone"), "left"),
        *((T(f"blocks_page.col_{name}"), "right") for name in names),
    ]
    rows = [
        ["  " * zone.depth + zone.name, *(_ha(row[f"{name}_ha"]) for name in names)]
        for zone, row in zip(zones, zone_dicts(snapshot, zones), strict=True)
    ]
    table(T("cli.blocks.zones", on=snapshot.on), columns, rows)


def _ha(value: float | None) -> str:
    return "–" if value is None else T.number(value, 4)


def block_dict(block: BlockTotal) -> dict[str, Any]:
    """A block as JSON has it."""
    return {
        "block": block.name,
        "delivered_ha": block.m2 / M2_PER_HA,
        "zones_ha": {zone: m2 / M2_PER_HA for zone, m2 in block.zones_m2.items()},
        "minutes": [
            {
                "seq": one.seq,
                "on": one.on.isoformat(),
                "document": one.number or None,
                "scans": [scan.sha256 for scan in one.attachments],
            }
            for one in block.minutes
        ],
        "parcels": list(block.parcels),
        "exceptions": [
            {
                "parcel": one.parcel,
                "whole": one.whole,
                "m2": one.m2,
                "reasons": [{"kind": kind, "id": name} for kind, name in one.reasons],
            }
            for one in block.excepted
        ],
        "outside": list(block.outside),
        "not_handed_over": list(block.not_handed_over),
    }


def _print_blocks(snapshot: Snapshot, totals: tuple[BlockTotal, ...]) -> None:
    if not totals:
        out.print(T("blocks_page.no_blocks"))
        return
    names = ("block", "minutes", "parcels", "delivered", "excepted")
    columns = [
        (T(f"blocks_page.col_{name}"), "left" if name in {"block", "minutes"} else "right") for name in names
    ]
    rows = [
        [
            one.name,
            ", ".join(f"{minutes.number or '–'} ({T.date(minutes.on)})" for minutes in one.minutes),
            T.integer(len(one.parcels)),
            T.number(one.m2 / M2_PER_HA, 4),
            T.number(one.excepted_m2 / M2_PER_HA, 4),
        ]
        for one in totals
    ]
    table(T("cli.blocks.title", on=snapshot.on), columns, rows)


COMMANDS: dict[str, Callable[..., None]] = {"deliver": deliver, "blocks": blocks_}
