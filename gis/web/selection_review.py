"""What marking the chosen parcels would write, as HTML: figures, zones before and after, what is odd."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Final

from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.web import charts
from gis.web.charts import Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.errors import Problem
    from gis.project.bulk_marks import Review, ZoneChange
    from gis.texts import Texts
    from gis.web.common import View

LISTED_MOST: Final = 300


def review_html(shown: View, found: Review, milestone: str) -> str:
    """What a request would write: how much, what changes in the totals, what is odd, skipped, refused."""
    words = shown.texts
    said = words(
        "chosen.would",
        milestone=milestone,
        households=found.households,
        parcels=found.parcels,
        count=found.entries,
    )
    if not found.entries:
        said = words("chosen.would_nothing", milestone=milestone)
    lines = f"<p><b>{escape(said)}</b></p>" + (changes_html(shown, found.zones) if found.entries else "")
    refused = by_kind_html(words("chosen.refused"), found.refused, "gp-refusal", words)
    warned = by_kind_html(words("form.warned_before"), found.warnings, "gp-warned", words)
    skipped = by_kind_html(words("chosen.skipped"), found.skipped, "gp-warned", words)
    return f'<div class="gp-review">{lines}</div>{refused}{warned}{skipped}'


def changes_html(shown: View, zones: Sequence[ZoneChange]) -> str:
    """The hectares of what is cleared zone by zone, before and after; those of all classes fold out."""
    words = shown.texts
    if not zones:
        return f"<p>{escape(words('chosen.no_change'))}</p>"
    every = _changes(shown, zones, CLASSES)
    if not any(CLEARED_MILESTONE in zone.after_ha for zone in zones):
        return every
    summary = f"<summary>{escape(words('chosen.all_classes'))}</summary>"
    cleared = _changes(shown, zones, (CLEARED_MILESTONE,))
    return f'{cleared}<details class="gp-fold">{summary}{every}</details>'


def _changes(shown: View, zones: Sequence[ZoneChange], classes: Sequence[str]) -> str:
    words, plan = shown.texts, shown.snapshot.plan
    names = {zone.zone_id: zone.name for zone in plan.zones}
    parents = {zone.zone_id: zone.parent for zone in plan.zones}
    headings = ("zone", "class", "before", "after", "change")
    columns = [
        Column(words(f"chosen.column_{name}"), numeric=name not in {"zone", "class"}) for name in headings
    ]
    rows = []
    for zone in zones:
        name, depth = names.get(zone.zone_id, plan.commune.name), _depth(zone.zone_id, parents)
        for class_ in (one for one in classes if one in zone.after_ha):
            was, is_now = zone.before_ha[class_], zone.after_ha[class_]
            sign = "+" if is_now > was else "−"
            change = sign + words.number(abs(is_now - was), 4)
            cells = (name, words(f"class.{class_}"), words.number(was, 4), words.number(is_now, 4), change)
            rows.append((depth, cells))
            name = ""
    return charts.table(columns, rows, words("chosen.changes"))


def _depth(zone: str, parents: Mapping[str, str | None]) -> int:
    return 1 + _depth(parents[zone] or "", parents) if zone in parents else 0


def by_kind_html(title: str, problems: Sequence[Problem], look: str, words: Texts) -> str:
    """Problems under a heading, those of a kind folded away together with how many they are."""
    if not problems:
        return ""
    kinds: dict[str, list[str]] = defaultdict(list)
    for problem in problems:
        kinds[problem.message].append(words.problem(problem))
    parts = "".join(
        folded_html(lines[0], lines, words) if lines[1:] else f"<p>{escape(lines[0])}</p>"
        for lines in kinds.values()
    )
    role = "alert" if look == "gp-refusal" else "status"
    head = f"{escape(title)} ({words.integer(len(problems))})"
    return f'<div class="{look}" role="{role}"><b>{head}</b>{parts}</div>'


def folded_html(title: str, lines: Sequence[str], words: Texts) -> str:
    """Lines that open under their title; of very many the first."""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines[:LISTED_MOST])
    rest = len(lines) - LISTED_MOST
    more = f"<li>{escape(words('chosen.more', count=rest))}</li>" if rest > 0 else ""
    count = words("chosen.lines", count=len(lines))
    head = f"<summary>{escape(title)} <span>{escape(count)}</span></summary>"
    return f'<details class="gp-fold">{head}<ul>{items}{more}</ul></details>'
