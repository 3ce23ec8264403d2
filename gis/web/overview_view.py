"""The overview as HTML: headline, denominators, zones, months, stuck land. It names nobody.

The same pieces make the page, where each figure opens the list behind it, and the presentation, where
none does. Every text that goes in is escaped here. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.clearance.curve import M2_PER_HA
from gis.clearance.stuck import AGES
from gis.ledger.due import counted
from gis.maps.style import legend_rows
from gis.milestones import CLEARED_MILESTONE
from gis.web.charts import NOTHING, decimals, exact_ha, plain_ha, share
from gis.web.figures import depths
from gis.web.overview_figures import (
    goal_text,
    headline_share,
    pace_sentence,
    report_line,
    year_sentence,
)
from gis.web.overview_links import figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.clearance.forecast import Month
    from gis.clearance.stuck import Group
    from gis.clearance.totals import ZoneTotal
    from gis.ledger.due import Due
    from gis.maps.style import LegendRow
    from gis.texts import Texts
    from gis.web.overview_figures import Overview
    from gis.web.overview_links import Links

CATEGORIES_SHOWN: Final = 6
CLASSES_SHOWN: Final = 5
SMALLEST_NAMED_HA: Final = 0.05  # less would read 0,0
PRESSING: Final = ("overdue", "due")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pieces are made of.

    Args:
        found: The figures.
        words: Language.
        links: Where the lists behind the figures stand; None: they open nothing.
    """

    found: Overview
    words: Texts
    links: Links | None

    def to(self, what: str, **facts: str | None) -> str | None:
        """The address of a list; None where figures open nothing."""
        return self.links.to(what, **facts) if self.links else None


def actions(links: Links, sentence: str, words: Texts, *, present: bool) -> str:
    """What can be done with the figures: copy the line, fetch the picture, show them on a large screen."""
    copied, failed = (escape(words(f"overview.{name}")) for name in ("copied", "copy_failed"))
    return (
        '<div class="ov-actions">'
        f'<button type="button" data-gp-copy="{escape(sentence)}" data-gp-copied="{copied}" '
        f'data-gp-failed="{failed}">{escape(words("overview.copy"))}</button>'
        f'<a href="{escape(links.picture())}" download>{escape(words("overview.picture"))}</a>'
        f'<a href="{escape(links.presentation(present=present))}" target="_blank" rel="noopener">'
        f"{escape(words('overview.presentation'))}</a></div>"
    )


def headline(shown: Shown) -> str:
    """The hectares in large figures beside the one line for a meeting."""
    found, words = shown.found, shown.words
    cleared = figure(exact_ha(words, found.total.cleared_ha), shown.to("ban-giao"))
    clean = figure(
        words("overview.clean", ha=exact_ha(words, found.total.clean_ha)), shown.to("mat-bang-sach")
    )
    _, part = headline_share(found)
    width = f"{100 * min(part or 0, 1):.2f}%"
    counts = found.households["commune"]
    facts = (
        (
            words("overview.fact_handed", count=counts.handed_over, total=counts.total),
            shown.to("ho-ban-giao"),
        ),
        (words("overview.fact_paid", amount=found.money.paid), shown.to("chi-tra")),
        (words("overview.fact_stuck", count=counts.stuck), shown.to("ho-vuong")),
    )
    listed = "".join(f"<li>{figure(text, address)}</li>" for text, address in facts) if shown.links else ""
    return (
        f'<div class="gp-hero ov-hero"><div class="big"><b>{cleared}</b> ha'
        f"<span>{escape(words('overview.handed_over'))}</span><span>{clean}</span></div>"
        f'<div class="said"><p>{escape(report_line(found, words))}</p>'
        f'<div class="track"><div class="fill" style="width:{width}"></div></div>'
        + (f'<ul class="ov-facts">{listed}</ul>' if listed else "")
        + "</div></div>"
    )


def denominators(shown: Shown) -> str:
    """The three wholes of which the hectares are a part, each by its name."""
    found, words = shown.found, shown.words
    total, goal = found.total, found.snapshot.plan.goal
    cards = [
        (
            "goal",
            total.share_of_goal,
            words("overview.goal_card", goal=goal_text(found, words), by=goal.by),
        ),
        ("plan", total.share_of_plan, words("overview.plan_card", ha=plain_ha(words, total.plan_ha))),
        ("mapped", total.share_of_mapped, words("overview.mapped_card", ha=total.mapped_ha)),
    ]
    items = "".join(
        f'<div class="card{" main" if kind == found.snapshot.plan.headline else ""}">'
        f"<b>{figure(share(words, part), shown.to('mau-so'), f'{share(words, part)} {said}')}</b>"
        f"<span>{escape(said)}</span></div>"
        for kind, part, said in cards
    )
    return f'<div class="gp-cards ov-cards">{items}</div>'


def panels(shown: Shown) -> str:
    """Zones, months and stuck land side by side."""
    return f'<div class="ov-panels">{zones(shown)}{by_month(shown)}{stuck_land(shown)}</div>'


def _panel(title: str, inner: str, kind: str) -> str:
    return f'<section class="ov-panel {kind}"><h2>{escape(title)}</h2>{inner}</section>'


def zones(shown: Shown) -> str:
    """What is handed over of each zone, on one scale of hectares."""
    totals = shown.found.snapshot.totals
    deep = depths(totals)
    longest = max((one.plan_ha or one.cleared_ha or 0 for one in totals[1:]), default=0) or 1
    rows = "".join(_zone(shown, one, deep[one.zone_id] - 1, longest) for one in totals[1:])
    return _panel(shown.words("overview.zones"), rows + _waiting(shown), "zones")


def _waiting(shown: Shown) -> str:
    """How far the rest is: the largest classes that are not handed over, of the whole commune."""
    words, by_class_ha = shown.words, shown.found.total.by_class_ha
    rest = [row for row in legend_rows(words, by_class_ha) if row.name != CLEARED_MILESTONE and row.area_ha]
    rest.sort(key=lambda row: -(row.area_ha or 0.0))
    if not rest:
        return ""
    left = words("overview.waiting", ha=sum(row.area_ha or 0.0 for row in rest))
    others, other_ha = rest[CLASSES_SHOWN:], sum(row.area_ha or 0.0 for row in rest[CLASSES_SHOWN:])
    more = words("overview.waiting_more", count=len(others), ha=other_ha)
    return (
        f'<p class="waiting">{figure(left, shown.to("con-lai"))}</p>'
        f'<div class="ov-classes">{class_links(shown, rest[:CLASSES_SHOWN])}</div>'
    ) + (f'<p class="more">{figure(more, shown.to("con-lai"))}</p>' if others else "")


def _zone(shown: Shown, total: ZoneTotal, depth: int, longest_ha: float) -> str:
    words, cleared_ha, plan_ha = shown.words, total.cleared_ha, total.plan_ha
    head = f'<div class="ov-zone depth{min(depth, 2)}"><div class="head"><span>{escape(total.name)}</span>'
    if cleared_ha is None:
        remark = "overview.no_boundary" if plan_ha is None else "overview.no_boundary_planned"
        return head + f"<em>{escape(words(remark, ha=plain_ha(words, plan_ha)))}</em></div></div>"
    text = exact_ha(words, cleared_ha) + (f"/{plain_ha(words, plan_ha)}" if plan_ha else "") + " ha"
    said = f"{total.name}: {text}"
    part = f" <b>{share(words, total.share_of_plan)}</b>" if plan_ha else ""
    track_ha = plan_ha or cleared_ha or longest_ha
    filled = f'<i style="width:{_percent(cleared_ha, track_ha)}"></i>'
    return (
        f"{head}<span>{figure(text, shown.to('ban-giao', zone=total.zone_id), said)}{part}</span></div>"
        f'<div class="rail" style="width:{_percent(track_ha, longest_ha)}">{filled}</div></div>'
    )


def _percent(part: float, whole: float) -> str:
    return f"{100 * min(part / whole, 1):.3f}%"


TABLE_COLUMNS: Final = (
    "plan",
    "mapped",
    "cleared",
    "clean",
    "signed",
    "remaining",
    "of_plan",
    "of_mapped",
    "households",
)


def zone_table(shown: Shown) -> str:
    """Every figure of every zone, each with the list behind it."""
    words, totals = shown.words, shown.found.snapshot.totals
    deep = depths(totals)
    heads = f'<th class="text">{escape(words("overview.col_zone"))}</th>'
    heads += "".join(
        f'<th class="num">{escape(words(f"overview.col_{name}"))}</th>' for name in TABLE_COLUMNS
    )
    plan_decimals = max((decimals(one.plan_ha) for one in totals if one.plan_ha is not None), default=0)
    body = "".join(_table_row(shown, one, min(deep[one.zone_id], 3), plan_decimals) for one in totals)
    return (
        f'<div class="gp-scroll" tabindex="0"><table class="gp-table"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _table_row(shown: Shown, total: ZoneTotal, depth: int, plan_decimals: int) -> str:
    words, count = shown.words, shown.found.households[total.zone_id]
    zone = None if total.parent is None else total.zone_id
    name = words("overview.whole") if zone is None else total.name
    without = total.mapped_ha is None

    def cell(text: str, what: str) -> str:
        linked = figure(text, None if text == NOTHING else shown.to(what, zone=zone), f"{name}: {text}")
        return f'<td class="num">{linked}</td>'

    hectares = (
        ("ban-giao", total.cleared_ha),
        ("mat-bang-sach", total.clean_ha),
        ("da-ky", total.signed_ha),
        ("con-lai", total.remaining_of_mapped_ha),
    )
    shares = (total.share_of_plan, total.share_of_mapped)
    handed = f"{words.integer(count.handed_over)}/{words.integer(count.total)}"
    mapped = words("overview.no_boundary") if without else exact_ha(words, total.mapped_ha)
    planned = NOTHING if total.plan_ha is None else words.number(total.plan_ha, plan_decimals)
    cells = cell(planned, "mau-so")
    cells += f'<td class="num words">{escape(mapped)}</td>' if without else cell(mapped, "mau-so")
    cells += "".join(cell(exact_ha(words, ha), what) for what, ha in hectares)
    cells += "".join(f'<td class="num">{share(words, part)}</td>' for part in shares)
    cells += cell(NOTHING if without else handed, "ho-ban-giao")
    return f'<tr class="depth{depth}"><td class="text">{escape(name)}</td>{cells}</tr>'


def class_links(shown: Shown, rows: Sequence[LegendRow]) -> str:
    """The classes with their colours and hectares, each with the list behind it."""
    items = "".join(
        f'<li><i class="swatch{" stuck" if row.stuck else ""}" style="background:{row.fill}"></i>'
        f"<span>{escape(row.label)}</span>"
        f"<b>{_class_figure(shown, row)}</b></li>"
        for row in rows
    )
    return f'<ul class="gp-legend">{items}</ul>'


def _class_figure(shown: Shown, row: LegendRow) -> str:
    hectares = shown.words.ha(row.area_ha or 0.0)
    return figure(hectares, shown.to("tinh-trang", kind=row.name), f"{row.label}: {hectares}")


def by_month(shown: Shown) -> str:
    """The last twelve months as bars, the pace that the goal needs as a line, and the year's target."""
    found, words = shown.found, shown.words
    needed = found.goal.needed_ha or 0.0
    most = max([needed, *(one.cleared_ha for one in found.months)]) or 1.0
    bars = "".join(_month(shown, one, most) for one in found.months)
    line = label = ""
    if needed:
        label = f'<p class="needed">{escape(words("overview.needed_line", ha=needed))}</p>'
        mark = f'<div class="need" style="bottom:{_percent(needed, most)}"></div>'
        line = f'<div class="lines">{mark}</div>'
    year = ""
    if found.year is not None:
        width = _percent(found.year.done_ha, found.year.asked_ha)
        year = f'<div class="rail"><i style="width:{width}"></i></div>'
    of_year = figure(
        year_sentence(found, words),
        shown.to("ban-giao", first=f"{found.on.year}-01-01", last=found.on.isoformat()),
    )
    picture = f'<div class="ov-months">{label}<div class="plot">{bars}{line}</div></div>'
    said = f'<p class="pace">{escape(pace_sentence(found, words))}</p><p class="year">{of_year}</p>{year}'
    return _panel(words("overview.months"), picture + said, "months")


def _month(shown: Shown, month: Month, most_ha: float) -> str:
    words = shown.words
    said = words(
        "overview.month", month=month.first.month, year=month.first.year, ha=exact_ha(words, month.cleared_ha)
    )
    address = shown.to("ban-giao", first=month.first.isoformat(), last=month.last.isoformat())
    number = words.number(month.cleared_ha, 1) if month.cleared_ha >= SMALLEST_NAMED_HA else ""
    bar = f'<i style="height:{_percent(month.cleared_ha, most_ha)}"></i>'
    drawn = (
        f'<div class="bar" aria-hidden="true"><b>{escape(number)}</b>{bar}</div>'
        f'<span aria-hidden="true">{month.first.month}</span><em>{escape(said)}</em>'
    )
    if address is None:
        return f'<div class="m">{drawn}</div>'
    where = f'href="{escape(address)}" target="_blank" rel="noopener"'
    return f'<a class="m" {where} title="{escape(said)}">{drawn}</a>'


def stuck_land(shown: Shown) -> str:
    """Stuck hectares by what stands in the way, and by the days for which it has."""
    found, words = shown.found.stuck, shown.words
    if not found.parcels:
        return _panel(words("overview.stuck"), f"<p>{escape(words('overview.stuck_none'))}</p>", "stuck")
    whole = words(
        "overview.stuck_whole",
        ha=exact_ha(words, found.whole.area_m2 / M2_PER_HA),
        parcels=found.whole.parcels,
        days=found.whole.longest_days,
    )
    rows = "".join(
        _category(shown, one, found.by_category[0].area_m2) for one in found.by_category[:CATEGORIES_SHOWN]
    )
    left = len(found.by_category) - CATEGORIES_SHOWN
    more = (
        f'<p class="more">{figure(words("overview.stuck_more", count=left), shown.to("vuong"))}</p>'
        if left > 0
        else ""
    )
    foot = f'<p class="foot">{escape(words("overview.stuck_foot"))}</p>'
    head = f'<p class="whole">{figure(whole, shown.to("vuong"))}</p>'
    return _panel(words("overview.stuck"), head + _ages(shown, found.whole) + rows + more + foot, "stuck")


def age_words(age: int, words: Texts) -> str:
    """A band of days in words."""
    if age == len(AGES) - 1:
        return words("overview.age_from", days=AGES[age])
    return words("overview.age", first=AGES[age], last=AGES[age + 1] - 1)


def _ages(shown: Shown, whole: Group) -> str:
    cells = "".join(
        f"<div><b>{figure(exact_ha(shown.words, area_m2 / M2_PER_HA), shown.to('vuong', age=str(age)))}</b>"
        f"<span>{escape(age_words(age, shown.words))}</span></div>"
        for age, area_m2 in enumerate(whole.by_age_m2)
    )
    return f'<div class="ages">{cells}</div>'


def _category(shown: Shown, group: Group, most_m2: float) -> str:
    words, name = shown.words, shown.words(f"obstacle.{group.category}")
    text = f"{exact_ha(words, group.area_m2 / M2_PER_HA)} ha"
    address = shown.to("vuong", category=group.category)
    days = words("overview.up_to_days", days=group.longest_days)
    return (
        f'<div class="ov-zone"><div class="head"><span>{escape(name)}</span>'
        f"<span>{figure(text, address, f'{name}: {text}')} <small>{escape(days)}</small></span></div>"
        f'<div class="rail"><i style="width:{_percent(group.area_m2, most_m2)}"></i></div></div>'
    )


def due_line(rows: Sequence[Due], soon: int, shown: Shown) -> str:
    """How many households are past a last day, and how many are near one."""
    late, near = (counted(rows, status, lambda row: row.household) for status in PRESSING)
    pieces = [
        figure(shown.words("overview.overdue", count=late), shown.to("den-han", status="overdue")),
        figure(shown.words("overview.due_soon", count=near, days=soon), shown.to("den-han", status="due")),
    ]
    return f'<p class="ov-due{" late" if late else ""}">{" · ".join(pieces)}</p>'
