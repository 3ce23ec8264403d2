"""Obstacles as HTML and for Excel: what is stuck by category, officer, hamlet, zone, and each obstacle.

Names and notes are handed in, for the clearance team's page alone. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from gis.clearance.curve import M2_PER_HA
from gis.clearance.obstacles import SEVERAL, shared_trait
from gis.clearance.stuck import AGES, grouped, stuck
from gis.project.entry_words import who
from gis.store.workbooks import Column, Sheet
from gis.web.charts import exact_ha
from gis.web.overview_view import age_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gis.clearance.obstacles import ClosedLine, OpenLine
    from gis.clearance.stuck import Group
    from gis.project.charges import Charge
    from gis.store.register import Household
    from gis.store.workbooks import Value
    from gis.texts import Texts
    from gis.web.overview_figures import Overview

TRAITS: Final = ("category", "officer", "hamlet", "zone")
FIGURES: Final = frozenset({"days", "m2", "took"})
HOUSEHOLDS_SHOWN: Final = 3


@dataclass(frozen=True)
class Labels:
    """How things are called.

    Args:
        parcels: By parcel id.
        zones: By zone id.
        communes: Old communes by code.
        charges: By household id.
        names: The register's entries of the households that may be named; empty: codes alone.
        aliases: Of a household that was entered twice, the id that counts.
        notes: The words kept with an obstacle, by its seq; empty where they may not be seen.
        address: What an address keeps of language and moment.
    """

    parcels: Mapping[str, str]
    zones: Mapping[str, str]
    communes: Mapping[str, str]
    charges: Mapping[str, Charge]
    names: Mapping[str, Household]
    aliases: Mapping[str, str]
    notes: Mapping[int, str]
    address: Mapping[str, str]

    def hamlet(self, text: str) -> str:
        """A hamlet ("15910/Thôn 1") as people say it."""
        commune, _, name = text.partition("/")
        return f"{name}, {self.communes.get(commune, commune)}"

    def trait(self, family: str, name: str, words: Texts) -> str:
        """What a group of a family is called."""
        if name in {"", SEVERAL}:
            return words(f"stuck.{'several' if name else 'none'}_{family}")
        if family == "category":
            return words(f"obstacle.{name}")
        if family == "zone":
            return self.zones.get(name, name)
        return self.hamlet(name) if family == "hamlet" else name


def groups_of(
    found: Overview, lines: Sequence[OpenLine], charged: Mapping[str, Charge]
) -> dict[str, Sequence[Group]]:
    """The stuck land by category, officer, hamlet and zone; but for categories they sum to the whole.

    Args:
        found: The overview of the day.
        lines: Its open obstacles.
        charged: By household id.
    """
    snapshot, held = found.snapshot, found.stuck.parcels
    officers = {one: charge.officer for one, charge in charged.items()}
    hamlets = {one: str(charge.hamlet) for one, charge in charged.items() if charge.hamlet}
    by_zone = [
        (zone.zone_id, stuck(found.overlaps_of(zone.zone_id), snapshot.classes, snapshot.state).whole)
        for zone in snapshot.plan.leaves()
    ]
    zones = [replace(whole, category=zone) for zone, whole in by_zone if whole.parcels]
    return {
        "category": found.stuck.by_category,
        "officer": grouped(held, shared_trait(lines, officers), found.on),
        "hamlet": grouped(held, shared_trait(lines, hamlets), found.on),
        "zone": sorted(zones, key=lambda one: -one.area_m2),
    }


def summary_html(whole: Group, obstacles: int, uncounted: int, words: Texts) -> str:
    """The whole in figures, and m² by how long it is stuck."""
    tiles = [
        (f"{exact_ha(words, whole.area_m2 / M2_PER_HA)} ha", words("stuck.area")),
        (words.integer(whole.parcels), words("stuck.parcels")),
        (words.integer(obstacles), words("stuck.open")),
        (words("stuck.days", days=whole.longest_days), words("stuck.longest")),
    ]
    cells = "".join(
        f"<div><b>{escape(figure)}</b><span>{escape(said)}</span></div>" for figure, said in tiles
    )
    beside = words("stuck.uncounted", count=uncounted) if uncounted else ""
    note = f'<p class="gp-note">{escape(beside)}</p>' if beside else ""
    return f'<div class="ob-tiles">{cells}</div>{note}'


def groups_html(family: str, groups: Sequence[Group], whole: Group, labels: Labels, words: Texts) -> str:
    """Groups by hectares, parcels, days and age; the last line is the whole."""
    heads = [
        words(f"stuck.by_{family}"),
        words("stuck.col_ha"),
        words("stuck.col_parcels"),
        words("stuck.longest"),
    ]
    heads += [age_words(age, words) for age in range(len(AGES))]
    rows = [(labels.trait(family, str(one.category), words), one, "") for one in groups]
    rows.append((words("stuck.whole"), whole, ' class="depth0"'))
    body = "".join(f"<tr{look}>{_group_cells(name, one, heads, words)}</tr>" for name, one, look in rows)
    said = "".join(
        f'<th{"" if at == 0 else " class=num"} scope="col">{escape(head)}</th>'
        for at, head in enumerate(heads)
    )
    return (
        f'<table class="gp-table ob-groups"><thead><tr>{said}</tr></thead><tbody>{body}</tbody></table>'
        f'<p class="gp-note">{escape(words(f"stuck.foot_{family}"))}</p>'
    )


def _group_cells(name: str, one: Group, heads: Sequence[str], words: Texts) -> str:
    cells = [exact_ha(words, one.area_m2 / M2_PER_HA), words.integer(one.parcels)]
    cells.append(words("stuck.days", days=one.longest_days))
    cells += [exact_ha(words, area_m2 / M2_PER_HA) if area_m2 else "–" for area_m2 in one.by_age_m2]
    told = "".join(
        f'<td class="num" data-label="{escape(head)}">{escape(cell)}</td>'
        for head, cell in zip(heads[1:], cells, strict=True)
    )
    return f"<td>{escape(name)}</td>{told}"


def open_html(lines: Sequence[OpenLine], on: date, labels: Labels, words: Texts) -> str:
    """Each obstacle with its land, whom it concerns, how long, and who is in charge."""
    heads = ("parcel", "household", "category", "since", "days", "m2", "officer", "hamlet")
    body = "".join(_open_row(line, on, labels, words) for line in lines)
    return _table(heads, body, words)


def _open_row(line: OpenLine, on: date, labels: Labels, words: Texts) -> str:
    one = line.obstacle
    note = labels.notes.get(one.seq, "")
    category = escape(words(f"obstacle.{one.category}")) + (f"<em>{escape(note)}</em>" if note else "")
    area = words.number(line.area_m2, 1) if line.area_m2 is not None else words("stuck.not_counted")
    officers, hamlets = _charges(line, labels)
    cells = {
        "parcel": _to_map(line.parcel, labels),
        "household": ("" if one.household else _whole(words)) + _households(line.households, labels, words),
        "category": category,
        "since": f"{words.date(one.since)}",
        "days": words.integer(line.days(on)),
        "m2": escape(area),
        "officer": escape(officers or "–"),
        "hamlet": escape(hamlets or "–"),
    }
    return _row(cells, words)


def _charges(line: OpenLine, labels: Labels) -> tuple[str, str]:
    """Officers and hamlets of the households of a line."""
    told = [labels.charges[one] for one in line.households if one in labels.charges]
    officers = dict.fromkeys(one.officer for one in told if one.officer)
    hamlets = dict.fromkeys(labels.hamlet(str(one.hamlet)) for one in told if one.hamlet)
    return ", ".join(officers), "; ".join(hamlets)


def closed_html(lines: Sequence[ClosedLine], labels: Labels, words: Texts) -> str:
    """What is out of the way, and how long it took."""
    heads = ("parcel", "household", "category", "since", "until", "took")
    rows = []
    for line in lines:
        note = labels.notes.get(line.closed, "")
        category = escape(words(f"obstacle.{line.category}")) + (f"<em>{escape(note)}</em>" if note else "")
        whose = (line.household,) if line.household else ()
        cells = {
            "parcel": _to_map(line.parcel, labels),
            "household": _households(whose, labels, words) or _whole(words),
            "category": category,
            "since": words.date(line.since),
            "until": words.date(line.until),
            "took": words.integer(line.days),
        }
        rows.append(_row(cells, words))
    return _table(heads, "".join(rows), words)


def _table(heads: Sequence[str], body: str, words: Texts) -> str:
    said = "".join(
        f'<th scope="col"{_side(head)}>{escape(words(f"stuck.col_{head}"))}</th>' for head in heads
    )
    return (
        f'<table class="gp-table small ob-rows"><thead><tr>{said}</tr></thead><tbody>{body}</tbody></table>'
    )


def _row(cells: Mapping[str, str], words: Texts) -> str:
    told = "".join(
        f'<td data-label="{escape(words(f"stuck.col_{name}"))}"{_side(name)}><div>{cell}</div></td>'
        for name, cell in cells.items()
    )
    return f"<tr>{told}</tr>"


def _side(name: str) -> str:
    return ' class="num"' if name in FIGURES else ""


def _to_map(parcel: str, labels: Labels) -> str:
    address = f"ban-do?{urlencode({'parcel': parcel, **labels.address})}"
    return f'<a href="{escape(address)}" target="_self">{escape(labels.parcels.get(parcel, parcel))}</a>'


def _whole(words: Texts) -> str:
    return f"<small>{escape(words('stuck.whole_parcel'))}</small> "


def _households(households: Sequence[str], labels: Labels, words: Texts) -> str:
    """Codes, names where they may be seen, each leading to the household."""
    said = []
    for one in dict.fromkeys(labels.aliases.get(one, one) for one in households):
        text = escape(who(one, labels.names, words))
        if labels.names:
            address = f"ho?{urlencode({'household': one, **labels.address})}"
            text = f'<a href="{escape(address)}" target="_self">{text}</a>'
        said.append(text)
    return "<br>".join(said[:HOUSEHOLDS_SHOWN] + ["…"] * (len(said) > HOUSEHOLDS_SHOWN))


def workbook_sheets(
    lines: Sequence[OpenLine], groups: Mapping[str, Sequence[Group]], on: date, labels: Labels, words: Texts
) -> list[Sheet]:
    """The rows and the groups for Excel: codes, never names or notes."""
    texts = {"parcel": 16, "household": 22, "category": 30, "since": 12}
    columns = [Column(words(f"stuck.col_{name}"), "text", width) for name, width in texts.items()]
    columns += [Column(words("stuck.col_days"), "int", 10), Column(words("stuck.col_m2"), "m2", 14)]
    columns += [Column(words(f"stuck.col_{name}"), "text", 24) for name in ("officer", "hamlet", "zone")]
    rows: list[list[Value]] = []
    for line in lines:
        officers, hamlets = _charges(line, labels)
        rows.append(
            [
                labels.parcels.get(line.parcel, line.parcel),
                ", ".join(dict.fromkeys(labels.aliases.get(one, one) for one in line.households)),
                words(f"obstacle.{line.obstacle.category}"),
                words.date(line.obstacle.since),
                line.days(on),
                line.area_m2,
                officers,
                hamlets,
                ", ".join(labels.zones.get(zone, zone) for zone in line.zones),
            ]
        )
    title = words("stuck.file_title", on=on)
    sheets = [Sheet(words("stuck.title"), title, tuple(columns), rows)]
    for family, found in groups.items():
        heads = [Column(words(f"stuck.by_{family}"), "text", 34), Column(words("stuck.col_ha"), "ha", 14)]
        heads += [Column(words("stuck.col_parcels"), "int", 10), Column(words("stuck.longest"), "int", 12)]
        heads += [Column(age_words(age, words), "ha", 14) for age in range(len(AGES))]
        told: list[list[Value]] = [
            [
                labels.trait(family, str(one.category), words),
                one.area_m2 / M2_PER_HA,
                one.parcels,
                one.longest_days,
                *(area_m2 / M2_PER_HA for area_m2 in one.by_age_m2),
            ]
            for one in found
        ]
        sheets.append(Sheet(words(f"stuck.by_{family}"), title, tuple(heads), told))
    return sheets
