"""What an office's list would do, as HTML: our figures beside the file's own, what differs, what to look at.

No names. Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.project.list_words import change_text, gone_text, own_total_text, summary_lines
from gis.web.charts import Column, table
from gis.web.common import section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Problem
    from gis.project.office_list_preview import ListPreview
    from gis.texts import Texts

MOST_SHOWN: Final = 100
M2_PER_HA: Final = 10_000


def preview_html(shown: ListPreview, words: Texts) -> str:
    """The headline, the zones, the file's own totals, and what is new, changed and gone."""
    lines = summary_lines(shown, words)
    first, *said = lines[: len(lines) - len(shown.zones)]  # the zones stand in a table here
    pieces = [f'<p class="gp-lead"><b>{escape(first)}</b></p>']
    pieces += [f"<p>{escape(line)}</p>" for line in said]
    pieces += [zones_html(shown, words)]
    pieces += [_own_totals(shown, words)]
    if shown.changed:
        lines = [change_text(change, shown.labels, words) for change in shown.changed]
        pieces.append(_listed(lines, words("list.changed", count=len(lines))))
    if shown.gone:
        lines = [gone_text(row, shown.labels, words) for row in shown.gone]
        pieces.append(_listed(lines, words("list.gone", count=len(lines))))
    return "".join(pieces)


def _own_totals(shown: ListPreview, words: Texts) -> str:
    """The file's own totals: those that differ in full, those that agree counted, to be opened."""
    said = {own: own_total_text(own, words) for own in shown.own_totals}
    differs = [text for own, text in said.items() if own.stated != own.computed]
    agree = [text for own, text in said.items() if own.stated == own.computed]
    if not agree:
        return _listed(differs, words("list.own_totals"))
    items = "".join(f"<li>{escape(text)}</li>" for text in agree[:MOST_SHOWN])
    counted = escape(words("list.own_agree", count=len(agree), all=len(said)))
    opened = f"<details><summary>{counted}</summary><ul>{items}</ul></details>"
    return (_listed(differs, words("list.own_totals")) or section(words("list.own_totals"))) + opened


def zones_html(shown: ListPreview, words: Texts) -> str:
    """Our figures of each zone, from the list alone."""
    columns = [Column(words("overview.col_zone"), numeric=False)]
    names = ("parcels", "recovered", "handed", "approved", "paid")
    columns += [Column(words(f"list.col_{name}")) for name in names]
    rows = [
        (
            0,
            [
                zone.name,
                words.integer(zone.parcels),
                words.number(float(zone.recovered_m2) / M2_PER_HA, 4),
                words.number(float(zone.handed_over_m2) / M2_PER_HA, 4),
                words.integer(zone.approved_vnd),
                words.integer(zone.paid_vnd),
            ],
        )
        for zone in shown.zones
    ]
    return table(columns, rows)


def refused_html(problems: Sequence[Problem], words: Texts) -> str:
    """What is refused, each with its row: it stands first, for it is what has to be done."""
    refused = [words.problem(one) for one in problems if one.severity == "refused"]
    if not refused:
        return ""
    return f'<div class="gp-refusal">{_listed(refused, words("list.refused", count=len(refused)))}</div>'


def told_html(problems: Sequence[Problem], words: Texts) -> str:
    """What is to be looked at, each with its row."""
    told = [words.problem(one) for one in problems if one.severity == "warning"]
    return _listed(told, words("list.to_look", count=len(told)))


def _listed(lines: Sequence[str], title: str) -> str:
    """Lines below a title, the first ones of many."""
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines[:MOST_SHOWN])
    more = len(lines) - MOST_SHOWN
    return section(title) + f"<ul>{items}{'<li>…</li>' if more > 0 else ''}</ul>"
