"""A household's land, milestones, obstacles and visits as HTML tables.

Notes and scans are handed in, for the clearance team's page alone. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gis.ledger.next_steps import Order, progress
from gis.project.entry_words import part_words
from gis.store.media_types import SUFFIXES
from gis.web.attachment_routes import attachment_link
from gis.web.card import chip, commune_name, title
from gis.web.money_view import SUMS
from gis.web.proof_routes import proof_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gis.ledger.accounts import Account
    from gis.ledger.entry import Attachment
    from gis.ledger.household_story import MilestoneLine, ObstacleLine
    from gis.ledger.next_steps import Progress
    from gis.ledger.state import HoldingState
    from gis.ledger.visits import VisitState
    from gis.project import Snapshot
    from gis.texts import Texts

SHOWN_M2: Final = 0.05  # square metres to 0.1: two areas that differ by less read alike


@dataclass(frozen=True, slots=True)
class HeldParcel:
    """A parcel that a household holds a part of.

    Args:
        parcel: Its id.
        title: "Thửa 12, tờ 7".
        where: Old commune's name.
        class_: Of the whole parcel.
        land_use: Its land-use code, "" unknown.
        holdings: The household's, one for each of its ids.
        zones_m2: Square metres of the whole parcel in each zone, by the zone's name.
        area_m2: Of the whole parcel; None where it is not drawn.
        link: To its card on the map; "" on paper.
        proof: To its proof card; "" on paper.
        progress: How far each holding is.
    """

    parcel: str
    title: str
    where: str
    class_: str
    land_use: str
    holdings: tuple[HoldingState, ...]
    zones_m2: Mapping[str, float]
    area_m2: float | None
    link: str
    proof: str
    progress: tuple[Progress, ...]


def held_parcel(
    snapshot: Snapshot,
    parcel: str,
    holdings: Sequence[HoldingState],
    address: Mapping[str, str] | None,
    words: Texts,
) -> HeldParcel:
    """A parcel as the tables tell it.

    Args:
        snapshot: Of the day.
        parcel: Its id.
        holdings: The household's.
        address: What a link to the map keeps of language and moment; None: no links, as on paper.
        words: The texts.
    """
    card, plan = snapshot.card(parcel), snapshot.plan
    order = Order.of(plan.milestones)
    link, proof = "", ""
    if address is not None:
        link = f"ban-do?{urlencode({'parcel': parcel} | dict(address))}"
        proof = proof_link(parcel, snapshot.on, snapshot.known, words.language, names=True)
    return HeldParcel(
        parcel=parcel,
        title=title(card, words),
        where=commune_name(card, plan) if card.kind == "parcel" else "",
        class_=card.class_,
        land_use=card.land_use,
        holdings=tuple(holdings),
        zones_m2={plan.zone(zone).name: part_m2 for zone, part_m2 in card.zones_m2.items()},
        area_m2=card.drawn_area_m2,
        link=link,
        proof=proof,
        progress=tuple(progress(one, order) for one in holdings) if card.zones_m2 else (),
    )


def holdings_html(parcels: Sequence[HeldParcel], total: int, words: Texts) -> str:
    """What it holds: part, square metres, state, the furthest and the next milestone, ways to map and proof.

    Args:
        parcels: Those that are shown.
        total: All of them.
        words: The texts.
    """
    heading = f"<h3>{escape(words('people.parcels', count=total))}</h3>"
    if not parcels:
        return f'<div class="gp-part">{heading}<p>{escape(words("people.holds_nothing"))}</p></div>'
    names = ["parcel", "part", "in_zones", "land_use", "state", "next"]
    names += ["links"] if any(one.link for one in parcels) else []
    rows = [_holding_cells(one, words) for one in parcels]
    return f'<div class="gp-part">{heading}{_table(names, rows, words)}</div>'


def _holding_cells(held: HeldParcel, words: Texts) -> tuple[str, ...]:
    inside = "".join(
        f"<div>{escape(words.m2(part_m2))} <small>{escape(zone)}</small></div>"
        for zone, part_m2 in held.zones_m2.items()
    ) or escape(words("card.outside"))
    inside_m2, whole = sum(held.zones_m2.values()), ""
    if held.area_m2 is not None and abs(held.area_m2 - inside_m2) >= SHOWN_M2:
        whole = f"<small>{escape(words('people.of_whole', m2=held.area_m2))}</small>"
    links = (
        f'<a href="{escape(held.link)}" target="_self">{escape(words("people.on_map"))}</a> '
        f'<a href="{escape(held.proof)}" target="_blank" rel="noopener">{escape(words("people.proof"))}</a>'
    )
    return (
        f"<b>{escape(held.title)}</b><small>{escape(held.where)}</small>",
        "<br>".join(escape(part_words(one.part, words)) for one in held.holdings),
        f"{inside}{whole}",
        escape(held.land_use or "–"),
        chip(held.class_, words),
        "<br>".join(escape(_next(one, words)) for one in held.progress),
        *((links,) if held.link else ()),
    )


def _next(progress: Progress, words: Texts) -> str:
    name = words("people.all_reached") if progress.next is None else words.milestone_name(progress.next)
    if not progress.skipped:
        return name
    return f"{name} ({words('people.skipped', milestones=', '.join(progress.skipped))})"


def milestones_html(lines: Sequence[MilestoneLine], labels: Mapping[str, str], words: Texts) -> str:
    """What was reached when, by which document, for which parcels, and who recorded it."""
    heading = f"<h3>{escape(words('people.milestones'))}</h3>"
    if not lines:
        return f'<div class="gp-part">{heading}<p>{escape(words("card.no_milestones"))}</p></div>'
    rows = [_milestone_cells(one, labels, words) for one in lines]
    names = ("day", "milestone", "document", "parcels", "recorded")
    return f'<div class="gp-part">{heading}{_table(names, rows, words)}</div>'


def _milestone_cells(line: MilestoneLine, labels: Mapping[str, str], words: Texts) -> tuple[str, ...]:
    name = words.milestone_name(line.milestone)
    said = words("people.waived", milestone=name) if line.waived else name
    money = "" if line.amount_vnd is None else f"<small>{escape(words.vnd(line.amount_vnd))}</small>"
    seqs = ", ".join(words.integer(seq) for seq in line.seqs)
    return (
        f"{'≤ ' if line.not_later_than else ''}{words.date(line.on)}",
        f"<b>{escape(said)}</b>{money}",
        f"{escape(line.document or '–')}{_scans(line.attachments, words)}",
        escape(", ".join(labels.get(parcel, parcel) for parcel in line.parcels)),
        f"{escape(', '.join(line.by))}<small>{escape(words('people.entries', seqs=seqs))}</small>",
    )


def _scans(attachments: Iterable[Attachment], words: Texts) -> str:
    return "".join(
        f'<small><a href="{escape(attachment_link(one.sha256))}" target="_blank" rel="noopener">'
        f"{escape(words('card.scan', type=SUFFIXES[one.type][1:].upper(), kb=-(-one.bytes // 1024)))}"
        "</a></small>"
        for one in attachments
    )


def money_html(account: Account, link: str, words: Texts) -> str:
    """What is approved, paid, deposited and left, to the đồng; and the way to its lines, "" on paper."""
    heading = f"<h3>{escape(words('people.money'))}</h3>"
    if not account.lines:
        return f'<div class="gp-part">{heading}<p>{escape(words("money_page.no_lines"))}</p></div>'
    figures = "".join(
        f"<div><span>{escape(words(f'money_page.col_{name}'))}</span>"
        f"<b>{escape(words.vnd(getattr(account, name)))}</b></div>"
        for name in SUMS
    )
    way = (
        f'<p><a href="{escape(link)}" target="_self">{escape(words("people.to_money"))}</a></p>'
        if link
        else ""
    )
    return f'<div class="gp-part">{heading}<div class="gp-sums">{figures}</div>{way}</div>'


def obstacles_html(
    lines: Sequence[ObstacleLine], labels: Mapping[str, str], note_of: Callable[[int], str], words: Texts
) -> str:
    """What stands in the way and for how long, and what did.

    Args:
        lines: The open ones first.
        labels: How a person calls each parcel, by id.
        note_of: The words kept with an entry, by its seq; "" where there are none.
        words: The texts.
    """
    heading = f"<h3>{escape(words('people.obstacles'))}</h3>"
    if not lines:
        return f'<div class="gp-part">{heading}<p>{escape(words("people.no_obstacles"))}</p></div>'
    items = "".join(_obstacle_item(one, labels, note_of, words) for one in lines)
    return f'<div class="gp-part">{heading}<ul class="gp-list">{items}</ul></div>'


def _obstacle_item(
    line: ObstacleLine, labels: Mapping[str, str], note_of: Callable[[int], str], words: Texts
) -> str:
    since, place = line.opened.on, labels.get(line.parcel, line.parcel)
    if line.closed is None:
        said = words("people.obstacle_open", since=since, days=line.days)
    else:
        said = words("people.obstacle_closed", since=since, on=line.closed.on, days=line.days)
    where = place if line.household else words("people.whole_parcel", parcel=place)
    seqs = [line.opened.seq, *([line.closed.seq] if line.closed else [])]
    notes = "".join(f"<small>{escape(note)}</small>" for seq in seqs if (note := note_of(seq)))
    kind = "open" if line.closed is None else "closed"
    return (
        f'<li class="{kind}"><b>{escape(words(f"obstacle.{line.category}"))}</b> '
        f"<span>{escape(where)} · {escape(said)}</span>{notes}</li>"
    )


def visits_html(
    visits: Sequence[VisitState], labels: Mapping[str, str], note_of: Callable[[int], str], words: Texts
) -> str:
    """The talks with the household, the newest first; see `obstacles_html`."""
    heading = f"<h3>{escape(words('people.visits', count=len(visits)))}</h3>"
    if not visits:
        return f'<div class="gp-part">{heading}<p>{escape(words("people.no_visits"))}</p></div>'
    items = "".join(
        f"<li><b>{words.date(one.on)} · {escape(words(f'outcome.{one.outcome}'))}</b> <span>"
        f"{escape(' · '.join(filter(None, (labels.get(one.parcel or '', one.parcel), one.by))))}</span>"
        + (f"<small>{escape(note)}</small>" if (note := note_of(one.seq)) else "")
        + "</li>"
        for one in visits
    )
    return f'<div class="gp-part">{heading}<ul class="gp-list">{items}</ul></div>'


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], words: Texts) -> str:
    """A table of cells in HTML; each says its heading too, for a phone, where a row is a card."""
    heads = [escape(words(f"people.head_{name}")) for name in names]
    head = "".join(f'<th scope="col">{said}</th>' for said in heads)
    body = "".join(
        "<tr>"
        + "".join(f'<td data-label="{said}">{cell}</td>' for said, cell in zip(heads, cells, strict=True))
        + "</tr>"
        for cells in rows
    )
    return (
        '<div class="gp-scroll" tabindex="0" role="group"><table class="gp-table small gp-stack"><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
