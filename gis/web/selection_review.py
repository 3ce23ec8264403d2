"""What marking the chosen parcels would write, as HTML: figures, zones before and after, what is odd."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, Final

from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.web import charts
from gis.web.charts import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Problem
    from gis.plan import Plan
    from gis.project.bulk_marks import Review, ZoneChange
    from gis.texts import Texts
    from gis.web.common import View

LISTED_MOST: Final = 300
HA_DECIMALS: Final = 4


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
    warned = by_kind_html(words("chosen.warned"), found.warnings, "gp-warned", words)
    skipped = by_kind_html(words("chosen.skipped"), found.skipped, "gp-warned", words)
    return f'<div class="gp-review">{lines}</div>{refused}{warned}{skipped}'


def changes_html(shown: View, zones: Sequence[ZoneChange]) -> str:
    """The hectares of what is cleared zone by zone, before and after; those of all classes fold out."""
    words = shown.texts
    if not zones:
        return f"<p>{escape(words('chosen.no_change'))}</p>"
    every = _every_class(shown, zones)
    cleared = [zone for zone in zones if CLEARED_MILESTONE in zone.after_ha]
    if not cleared:
        return every
    rows = []
    for zone in cleared:
        was, is_now = zone.before_ha[CLEARED_MILESTONE], zone.after_ha[CLEARED_MILESTONE]
        figures = (
            words.number(was, HA_DECIMALS),
            words.number(is_now, HA_DECIMALS),
            _signed(is_now - was, words),
        )
        rows.append(
            (
                _depth(zone.zone_id, shown.snapshot.plan),
                (_zone_name(zone, shown.snapshot.plan, words), *figures),
            )
        )
    table = charts.table(
        _columns(("zone", "before", "after", "change"), words), rows, words("chosen.changes")
    )
    summary = f"<summary>{escape(words('chosen.all_classes'))}</summary>"
    return f'{table}<details class="gp-fold">{summary}{every}</details>'


def _every_class(shown: View, zones: Sequence[ZoneChange]) -> str:
    """By how much the hectares of each class rise or fall, zone by zone."""
    words, plan = shown.texts, shown.snapshot.plan
    rows = []
    for zone in zones:
        name, depth = _zone_name(zone, plan, words), _depth(zone.zone_id, plan)
        for class_ in (one for one in CLASSES if one in zone.after_ha):
            change = _signed(zone.after_ha[class_] - zone.before_ha[class_], words)
            rows.append((depth, (name, words(f"class.{class_}"), change)))
            name = ""
    return charts.table(_columns(("zone", "class", "change"), words), rows)


def _columns(names: Sequence[str], words: Texts) -> list[Column]:
    return [Column(words(f"chosen.column_{name}"), numeric=name not in {"zone", "class"}) for name in names]


def _signed(change_ha: float, words: Texts) -> str:
    return ("+" if change_ha > 0 else "−") + words.number(abs(change_ha), HA_DECIMALS)


def _zone_name(zone: ZoneChange, plan: Plan, words: Texts) -> str:
    return next((one.name for one in plan.zones if one.zone_id == zone.zone_id), words("overview.whole"))


def _depth(zone_id: str, plan: Plan) -> int:
    """How deep a zone lies in the plan's tree, the commune 0."""
    parents = {zone.zone_id: zone.parent for zone in plan.zones}
    return 1 + _depth(parents[zone_id] or "", plan) if zone_id in parents else 0


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
