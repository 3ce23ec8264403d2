"""What an import of a list would do, in sentences: the same on the page and in a terminal; no names.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from gis.project.listed_units import ListedRow
    from gis.project.office_list_diff import Change
    from gis.project.office_list_preview import ListPreview
    from gis.project.snapshot import Snapshot
    from gis.sheets.tracking import OwnTotal
    from gis.texts import Texts

M2_PER_HA = 10_000


def summary_lines(shown: ListPreview, words: Texts) -> list[str]:
    """How many, what is new, and the figures of each zone."""
    facts = {"households": shown.households, "parcels": shown.parcels, "look": shown.to_look}
    lines = [words("list.summary", **facts)]
    if shown.continues:
        lines.append(words("list.continues", file=shown.continues))
    if shown.nothing_new:
        lines += [] if shown.refused else [words("list.nothing_new")]
    else:
        lines.append(
            words(
                "list.summary_new",
                households=shown.new_households,
                holdings=shown.new,
                openings=shown.openings,
                undrawn=shown.undrawn,
                same=shown.same,
            )
        )
    lines += [
        words(
            "list.zone_row",
            zone=zone.name,
            parcels=zone.parcels,
            recovered=float(zone.recovered_m2) / M2_PER_HA,
            handed=float(zone.handed_over_m2) / M2_PER_HA,
            approved=zone.approved_vnd,
            paid=zone.paid_vnd,
        )
        for zone in shown.zones
    ]
    return lines


def own_total_text(own: OwnTotal, words: Texts) -> str:
    """One figure of the file's own total row beside what its rows come to."""
    stated, computed = (_figure(own.meaning, value, words) for value in (own.stated, own.computed))
    message = "list.own_same" if stated == computed else "list.own_differs"
    return words(message, cell=words.place(own.cell), stated=stated, computed=computed)


def _figure(meaning: str, value: Decimal, words: Texts) -> str:
    if meaning.endswith("_m2"):
        return words.m2(float(value))
    return words.vnd(int(value)) if meaning.endswith(".amount") else words.integer(int(value))


def change_text(change: Change, labels: Mapping[str, str], words: Texts) -> str:
    """What the list says otherwise: old → new."""
    names = {"part": "list.what_part", "recovered_m2": "list.what_recovered"}
    name = names.get(change.what)
    what = words(name) if name else words(f"milestone.{change.what}")
    parcel = labels.get(change.parcel, change.parcel)
    old, new = change.old or "–", change.new or "–"
    return words(
        "list.change_row", source=words.place(change.source), parcel=parcel, what=what, old=old, new=new
    )


def gone_text(row: ListedRow, labels: Mapping[str, str], words: Texts) -> str:
    """A row of the earlier file that is not in this one."""
    parcel = labels.get(row.parcel, row.parcel)
    facts = {"recovered": row.recovered or "?", "file": row.file, "row": row.row}
    return words("list.gone_row", parcel=parcel, household=row.household, **facts)


def no_map_line(snapshot: Snapshot, words: Texts) -> str | None:
    """How much land counts by a list and no map; None where nothing does."""
    counted = snapshot.boundaries.counted_m2
    counted = counted[counted > 0]
    if counted.empty:
        return None
    parcels = counted.index.get_level_values("parcel_id").nunique()
    return words("list.no_map", parcels=parcels, area=float(counted.sum()) / M2_PER_HA)


def no_balance_lines(snapshot: Snapshot, words: Texts) -> list[str]:
    """The zones with land of a list: no boundary to balance it against, or in the gap of one."""
    lines = []
    for total in snapshot.totals:
        if snapshot.plan.children(total.zone_id) or total.parent is None or not total.listed_ha:
            continue
        message = "list.in_gap" if total.balance else "list.no_balance"
        lines.append(words(message, zone=total.name, area=total.listed_ha))
    return lines


def difference_lines(snapshot: Snapshot, words: Texts, most: int = 20) -> list[str]:
    """Where map and list disagree, the largest first; none where they do not."""
    found = snapshot.boundaries.differences
    if found.empty:
        return []
    labels = snapshot.boundaries.labels
    lines = [words("list.differences", count=len(found))]
    columns = ("parcel_id", "zone_id", "why", "drawn_m2", "listed_m2", "counted_m2")
    shown = found.head(most)
    for parcel, zone, why, drawn, listed, counted in zip(*(shown[name] for name in columns), strict=True):
        lines.append(
            words(
                f"list.difference_{why}",
                parcel=labels.get(parcel, parcel),
                zone=zone,
                drawn=None if math.isnan(drawn) else drawn,
                listed=None if math.isnan(listed) else listed,
                counted=counted,
            )
        )
    return lines
