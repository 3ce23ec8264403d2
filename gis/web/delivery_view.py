"""Land to the investor as HTML: zones, blocks with minutes and exceptions, what a form would write.

No names. Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.clearance.totals import M2_PER_HA
from gis.ledger.facts import Milestone
from gis.web import charts
from gis.web.attachment_routes import attachment_link
from gis.web.charts import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.clearance.blocks import BlockTotal, Excepted, ZoneDelivered
    from gis.clearance.totals import ZoneTotal
    from gis.ledger.deliveries import Minutes
    from gis.ledger.entry import Draft
    from gis.texts import Texts

HA_DECIMALS: Final = 4


def ha(words: Texts, m2: float) -> str:
    """Hectares to a square metre, without the unit."""
    return words.number(m2 / M2_PER_HA, HA_DECIMALS)


def zones_html(zones: Sequence[ZoneDelivered], totals: Sequence[ZoneTotal], words: Texts) -> str:
    """What each zone's investor has, beside what is handed over and what is clean."""
    names = ("delivered", "in_blocks", "alone", "cleared", "clean", "waiting")
    columns = [Column(words("blocks_page.col_zone"), numeric=False)]
    columns += [Column(words(f"blocks_page.col_{name}")) for name in names]
    by_id = {total.zone_id: total for total in totals}
    rows = []
    for zone in zones:
        total = by_id[zone.zone_id]
        cleared, clean = total.cleared_ha, total.clean_ha
        waiting = None if cleared is None else max(cleared - zone.m2 / M2_PER_HA, 0.0)
        name = words("overview.whole") if zone.depth == 0 else zone.name
        if cleared is None:
            rows.append((zone.depth, [name, *([charts.NOTHING] * len(names))]))
            continue
        delivered = [ha(words, m2) for m2 in (zone.m2, zone.in_blocks_m2, zone.alone_m2)]
        beside = [_number(words, value) for value in (cleared, clean, waiting)]
        rows.append((zone.depth, [name, *delivered, *beside]))
    return charts.table(columns, rows)


def _number(words: Texts, hectares: float | None) -> str:
    return charts.NOTHING if hectares is None else words.number(hectares, HA_DECIMALS)


def block_html(block: BlockTotal, zones: Mapping[str, str], labels: Mapping[str, str], words: Texts) -> str:
    """One block: its area by zone, minutes, parcels, and what is excepted with the reasons.

    Args:
        block: As `blocks.block_totals` gives it.
        zones: Names of zones by id.
        labels: How parcels are called, by id.
        words: The reader's language.
    """
    inside = "; ".join(f"{zones.get(zone, zone)}: {ha(words, m2)} ha" for zone, m2 in block.zones_m2.items())
    facts = words(
        "blocks_page.block_said",
        area=ha(words, block.m2),
        parcels=len(block.parcels),
        zones=inside or charts.NOTHING,
    )
    minutes = "".join(f"<li>{_minutes(one, words)}</li>" for one in block.minutes)
    listed = f"<p>{escape(', '.join(labels.get(one, one) for one in block.parcels))}</p>"
    opened = f"<summary>{escape(words('blocks_page.parcels', count=len(block.parcels)))}</summary>"
    parts = [
        f"<h3>{escape(block.name)} <span>{ha(words, block.m2)} ha</span></h3><p>{escape(facts)}</p>",
        f"<p>{escape(words('blocks_page.col_minutes'))}:</p><ul>{minutes}</ul>",
        f"<details>{opened}{listed}</details>",
    ]
    if block.excepted:
        title = words("blocks_page.excepted", count=len(block.excepted), area=ha(words, block.excepted_m2))
        parts.append(f"<p>{escape(title)}</p>{exceptions_html(block.excepted, labels, words)}")
    for name, parcels in (("outside", block.outside), ("undone", block.not_handed_over)):
        if parcels:
            listed = ", ".join(labels.get(one, one) for one in parcels)
            parts.append(
                f'<div class="gp-warned">{escape(words(f"blocks_page.{name}", parcels=listed))}</div>'
            )
    return f'<section class="gp-block">{"".join(parts)}</section>'


def _minutes(one: Minutes, words: Texts) -> str:
    number = one.number or words("blocks_page.by_scan")
    said = words("blocks_page.minutes", document=number, on=one.on, seq=one.seq)
    look = escape(words("blocks_page.scan"))
    links = [escape(attachment_link(scan.sha256)) for scan in one.attachments]
    scans = "".join(f' <a href="{link}" target="_blank">{look}</a>' for link in links)
    return escape(said) + scans


def exceptions_html(excepted: Sequence[Excepted], labels: Mapping[str, str], words: Texts) -> str:
    """What is not delivered, parcel by parcel, with what stands in the way today."""
    columns = [
        Column(words("blocks_page.col_parcel"), numeric=False),
        Column(words("blocks_page.col_m2")),
        Column(words("blocks_page.col_reason"), numeric=False),
    ]
    rows = []
    for one in excepted:
        area = words("blocks_page.whole_parcel", area=words.m2(one.m2)) if one.whole else words.m2(one.m2)
        rows.append((2, [labels.get(one.parcel, one.parcel), area, reasons_text(one, words)]))
    return f'<div class="gp-plain">{charts.table(columns, rows)}</div>'


def reasons_text(one: Excepted, words: Texts) -> str:
    """Why land is excepted, in words; a dash where nothing stands in the way any more."""
    told = [
        words("blocks_page.not_handed_over") if kind == "state" else words.named(kind, name)
        for kind, name in one.reasons
    ]
    return ", ".join(told) or words("blocks_page.no_reason")


def review_html(
    block: BlockTotal,
    drafts: Sequence[Draft],
    zones: Mapping[str, str],
    labels: Mapping[str, str],
    words: Texts,
) -> str:
    """What a delivery would write: hectares by zone, exceptions, milestones, warnings."""
    marked = {d.fact.parcel for d in drafts if isinstance(d.fact, Milestone)}
    rows = [(2, [zones.get(zone, zone), ha(words, m2)]) for zone, m2 in block.zones_m2.items()]
    rows.append((0, [words("blocks_page.sum"), ha(words, block.m2)]))
    columns = [
        Column(words("blocks_page.col_zone"), numeric=False),
        Column(words("blocks_page.col_delivered")),
    ]
    said = words("blocks_page.review_said", block=block.name, parcels=len(block.parcels), marked=len(marked))
    parts = [f"<p><b>{escape(said)}</b></p>", charts.table(columns, rows)]
    if block.excepted:
        title = words("blocks_page.excepted", count=len(block.excepted), area=ha(words, block.excepted_m2))
        parts.append(f"<p>{escape(title)}</p>{exceptions_html(block.excepted, labels, words)}")
    if any(not one.whole for one in block.excepted):
        parts.append(f"<p>{escape(words('blocks_page.part_not_marked'))}</p>")
    if block.outside:
        listed = ", ".join(labels.get(one, one) for one in block.outside)
        parts.append(f"<p>{escape(words('blocks_page.outside', parcels=listed))}</p>")
    return f'<div class="gp-review">{"".join(parts)}</div>{_warnings(drafts, words)}'


def _warnings(drafts: Sequence[Draft], words: Texts) -> str:
    """What is odd about the land, one by one; what is odd about the order of milestones, folded away."""
    told = {
        is_mark: [
            escape(words.problem(one))
            for draft in drafts
            for one in draft.warnings
            if isinstance(draft.fact, Milestone) is is_mark
        ]
        for is_mark in (False, True)
    }
    if not any(told.values()):
        return ""
    land, marks = (("".join(f"<li>{one}</li>" for one in told[is_mark])) for is_mark in (False, True))
    inside = f"<ul>{land}</ul>" if land else ""
    if marks:
        said = escape(words("blocks_page.mark_warnings", count=len(told[True])))
        inside += f"<details><summary>{said}</summary><ul>{marks}</ul></details>"
    return f'<div class="gp-warned" role="status">{escape(words("money_page.warned"))}{inside}</div>'
