"""The card of one parcel or public feature as HTML: land, areas, zones, holders, obstacles, history.

Names come from the register and only for the card that is open. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.entry import Entry
from gis.ledger.facts import Void, Waiver
from gis.milestones import CLASS_COLOURS, place
from gis.project.entry_words import entry_words, part_words, who
from gis.store.media_types import SUFFIXES
from gis.texts import catalogue
from gis.web.attachment_routes import attachment_link

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from gis.ledger.entry import Draft
    from gis.ledger.parcel import LandObject
    from gis.ledger.state import HoldingState, Obstacle
    from gis.plan import Plan
    from gis.project import Card
    from gis.store.register import Household
    from gis.texts import Texts

OPEN_HOLDINGS: Final = 1  # more holders than this are folded, a line each


def title(card: Card, words: Texts) -> str:
    """How the unit is called: sheet and number, or the public feature's own name."""
    return unit_title(card.kind, card.sheet, card.number, card.name, words)


def unit_title(kind: str, sheet: str, number: str, name: str, words: Texts) -> str:
    """How a unit of these facts is called; see `title`."""
    if kind == "feature":
        return words("card.feature", number=number, name=name or words("card.unnamed"))
    return words("card.parcel", sheet=sheet, number=number)


def commune_name(card: Card, plan: Plan) -> str:
    """The old commune's name, else its code."""
    names = {old.code: old.name for old in plan.commune.old_communes}
    return names.get(card.commune, card.commune)


def land_use(code: str, words: Texts) -> str:
    """A land-use code with its name (TT 08/2024/TT-BTNMT); compound codes part by part."""
    known = catalogue(words.language)
    names = [
        words(f"land_use.{part}") if f"land_use.{part}" in known else part
        for part in (piece.strip().upper() for piece in code.split("+"))
        if part
    ]
    return f"{code} · {' + '.join(names)}" if names and names != [code] else code or "–"


def chip(class_: str, words: Texts) -> str:
    """The class in words beside its colour."""
    look = f"background:{CLASS_COLOURS[class_]}"
    stuck = " stuck" if class_ == "stuck" else ""
    label = escape(words(f"class.{class_}"))
    return f'<span class="gp-chip"><i class="swatch{stuck}" style="{look}"></i>{label}</span>'


def short_html(card: Card, plan: Plan, words: Texts) -> str:
    """Two lines for a click on the overview."""
    inside = ", ".join(
        f"{plan.zone(zone).name}: {zone_area(card, zone, words)}" for zone in card.zones_m2
    ) or words("card.outside")
    return (
        f'<div class="gp-short"><b>{escape(title(card, words))}</b> {chip(card.class_, words)}'
        f"<span>{escape(inside)}</span></div>"
    )


def head_html(card: Card, plan: Plan, words: Texts) -> str:
    """The card's title: which parcel, where, in which state."""
    # A public feature's file names no old commune.
    where = (
        [words("card.old_commune", name=commune_name(card, plan)), card.name] if card.kind == "parcel" else []
    )
    line = " · ".join(piece for piece in (*where, card.parcel_id) if piece)
    return (
        f'<div class="gp-card-head"><h2>{escape(title(card, words))}</h2>{chip(card.class_, words)}'
        f"<p>{escape(line)}</p></div>"
    )


def zone_area(card: Card, zone: str, words: Texts) -> str:
    """Square metres of a unit in a zone; said so where a list states them and no shape."""
    area = words.m2(card.zones_m2[zone])
    return words("card.by_list", area=area) if zone in card.listed_zones else area


def facts_html(card: Card, plan: Plan, words: Texts) -> str:
    """Land use, the areas kept apart, and the part in each zone."""
    areas = [
        ("legal", card.legal_area_m2),
        ("measured", card.measured_area_m2),
        ("drawn", card.drawn_area_m2),
    ]
    if card.kind == "feature":
        areas = areas[-1:]
    cells = "".join(
        f"<div><span>{escape(words(f'card.area_{name}'))}</span>"
        f"<b>{'–' if area is None else escape(words.m2(area))}</b></div>"
        for name, area in areas
    )
    zones = "".join(
        f"<li><span>{escape(plan.zone(zone).name)}</span><b>{escape(zone_area(card, zone, words))}</b></li>"
        for zone in card.zones_m2
    )
    inside = f"<ul>{zones}</ul>" if zones else f"<p>{escape(words('card.outside'))}</p>"
    return (
        f'<div class="gp-facts"><p><span>{escape(words("card.land_use"))}</span>'
        f"{escape(land_use(card.land_use, words))}</p>"
        f'<div class="areas">{cells}</div>'
        f'<div class="inside"><span>{escape(words("card.in_zones"))}</span>{inside}</div></div>'
    )


def obstacles_html(
    obstacles: Sequence[Obstacle], names: Mapping[str, Household], on: date, words: Texts
) -> str:
    """Open obstacles with the days that they have lasted up to a day; nothing where there are none."""
    if not obstacles:
        return ""
    items = "".join(
        f"<li><b>{escape(words(f'obstacle.{obstacle.category}'))}</b> "
        f"{escape(words('card.obstacle_days', days=(on - obstacle.since).days, since=obstacle.since))}"
        + (f" · {escape(who(obstacle.household, names, words))}" if obstacle.household else "")
        + "</li>"
        for obstacle in obstacles
    )
    return f'<div class="gp-obstacles"><h3>{escape(words("card.obstacles"))}</h3><ul>{items}</ul></div>'


def objects_html(objects: Sequence[LandObject], *, cleared: bool, words: Texts) -> str:
    """What still stands on the land, by kind; and of cleared land whether it is clean."""
    left: Counter[str] = Counter()
    for one in objects:
        left[one.category] += one.count
    if not left:
        return f'<p class="gp-good">{escape(words("card.clean"))}</p>' if cleared else ""
    listed = ", ".join(
        words("form.objects_left", count=count, category=category) for category, count in left.items()
    )
    said = escape(words("card.objects_left", objects=listed))
    not_clean = f" {escape(words('card.not_clean'))}" if cleared else ""
    return f'<p class="gp-objects"><b>{said}</b>{not_clean}</p>'


def warned_html(title: str, warnings: Sequence[str]) -> str:
    """Warnings in an amber box; nothing where there are none."""
    if not warnings:
        return ""
    items = "".join(f"<li>{escape(warning)}</li>" for warning in warnings)
    return f'<div class="gp-warned" role="status"><b>{escape(title)}</b><ul>{items}</ul></div>'


def review_html(drafts: Sequence[Draft], card: Card, names: Mapping[str, Household], words: Texts) -> str:
    """What a form would write, an entry each; another parcel's id before what is said of it."""
    items = []
    for item, draft in enumerate(drafts):
        entry = Entry(0, draft.on, datetime.min.replace(tzinfo=UTC), "", "", item, draft.fact)
        other = entry.parcel if entry.parcel not in {None, card.parcel_id} else None
        day = words.date(draft.on) if draft.on else None
        pieces = (day, other, entry_words(entry, names, words))
        items.append(f"<li>{escape(' · '.join(piece for piece in pieces if piece))}</li>")
    heading = escape(words("form.will_write", count=len(drafts)))
    return f'<div class="gp-review"><b>{heading}</b><ul>{"".join(items)}</ul></div>'


def links_html(links: Sequence[tuple[str, str]]) -> str:
    """Addresses on our own server that open beside the page, with what they are called."""
    listed = "".join(
        f'<a href="{escape(address)}" target="_blank" rel="noopener">{escape(label)}</a>'
        for address, label in links
    )
    return f'<p class="gp-links">{listed}</p>'


def holdings_html(holdings: Sequence[HoldingState], names: Mapping[str, Household], words: Texts) -> str:
    """Who holds which part, and what each reached when; folded where there are many."""
    heading = f"<h3>{escape(words('card.holdings', count=len(holdings)))}</h3>"
    if not holdings:
        return f'<div class="gp-holdings">{heading}<p>{escape(words("card.no_holdings"))}</p></div>'
    folded = len(holdings) > OPEN_HOLDINGS
    return (
        f'<div class="gp-holdings">{heading}'
        + "".join(_holding_html(holding, names, words, folded=folded) for holding in holdings)
        + "</div>"
    )


def _holding_html(
    holding: HoldingState, names: Mapping[str, Household], words: Texts, *, folded: bool
) -> str:
    found = names.get(holding.household)
    name = found.name if found else holding.household
    hamlet = found.hamlet if found else ""
    code = " · ".join(piece for piece in (holding.household if found else "", hamlet) if piece)
    part = words("card.part", part=part_words(holding.part, words))
    reached = sorted(
        ((state.on, place(milestone), milestone, state) for milestone, state in holding.milestones.items()),
        key=lambda one: one[:2],
    )
    steps = "".join(
        f'<li class="{milestone}"><time>{"≤ " if state.not_later_than else ""}{words.date(on)}</time>'
        f"<span>{escape(words.milestone_name(milestone))}"
        + (f"<em>{escape(state.document)}</em>" if state.document else "")
        + (f"<em>{escape(words.vnd(state.amount_vnd))}</em>" if state.amount_vnd is not None else "")
        + "</span></li>"
        for on, _, milestone, state in reached
    )
    timeline = (
        f'<ol class="gp-steps">{steps}</ol>' if steps else f"<p>{escape(words('card.no_milestones'))}</p>"
    )
    if holding.waived:
        waived = words("card.entry_waiver", milestone=", ".join(sorted(holding.waived)))
        timeline += f'<p class="gp-note">{escape(waived)}</p>'
    furthest = max(reached, key=lambda one: (one[1], one[0]), default=None)
    last = words.milestone_name(furthest[2]) if furthest else words("card.no_milestones")
    head = f"<b>{escape(name)}</b> <small>{escape(code)}</small><span>{escape(part)}</span>"
    if not folded:
        return f'<div class="holding"><div class="who">{head}</div>{timeline}</div>'
    return (
        f'<details class="holding"><summary><div class="who">{head}<em>{escape(last)}</em></div></summary>'
        f"{timeline}</details>"
    )


def history_html(
    history: Sequence[Entry],
    names: Mapping[str, Household],
    voided: Collection[int],
    notes: Mapping[int, str],
    words: Texts,
    *,
    scans: bool = True,
) -> str:
    """All entries of the parcel, the newest first; what was cancelled is struck through.

    Args:
        history: In seq order.
        names: The register's entries of the households in it.
        voided: The seqs of those that were cancelled.
        notes: The words of an entry by its seq.
        words: Language.
        scans: Whether the reader may open scans; links that lead nowhere are left out.
    """
    rows = []
    for entry in reversed(history):
        said = escape(entry_words(entry, names, words))
        if entry.seq in voided:
            said = f"<s>{said}</s>"
        said += "".join(f"<em>{piece}</em>" for piece in _remarks(entry, notes.get(entry.seq), words, scans))
        day = words.date(entry.on) if entry.on else ""
        rows.append(
            f'<tr><td class="num">{words.integer(entry.seq)}</td><td>{day}</td><td>{said}</td>'
            f"<td>{escape(entry.by)}</td></tr>"
        )
    heads = "".join(f"<th>{escape(words(f'card.col_{name}'))}</th>" for name in ("seq", "day", "what", "by"))
    summary = escape(words("card.history", count=len(history)))
    return (
        f'<details class="gp-history"><summary>{summary}</summary><div class="gp-scroll" tabindex="0">'
        f'<table class="gp-table small"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div></details>"
    )


def _remarks(entry: Entry, note: str | None, words: Texts, scans: bool) -> list[str]:  # noqa: FBT001
    """What stands under an entry, as HTML: its words, what its writer was warned of, its scans."""
    remarks = []
    if note:
        key = "card.reason" if isinstance(entry.fact, Void | Waiver) else "card.noted"
        remarks.append(escape(words(key, reason=note)))
    if entry.warned:
        told = ", ".join(one.removeprefix("warning.") for one in entry.warned)
        remarks.append(escape(words("proof.warned", told=words.named("warned", told))))
    remarks += [
        f'<a href="{escape(attachment_link(one.sha256))}" target="_blank" rel="noopener">'
        f"{escape(words('card.scan', type=SUFFIXES[one.type][1:].upper(), kb=-(-one.bytes // 1024)))}</a>"
        for one in (entry.attachments if scans else ())
    ]
    return remarks
