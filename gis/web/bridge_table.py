"""The bridge as HTML and CSV: the sentence, the steps as bars, zones by cause, parcels with their entries.

No names: a household is its code here. Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.clearance.bridge import CAUSES
from gis.clearance.bridge_lines import HA_DECIMALS, change_text, ranges
from gis.clearance.totals import M2_PER_HA
from gis.ledger.facts import Boundaries
from gis.project.days import vietnam_day
from gis.project.entry_words import entry_words as said_of
from gis.web import charts
from gis.web.charts import Column
from gis.web.csv_tables import csv_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gis.clearance.bridge_lines import Bridge, Line, ZoneBridge
    from gis.ledger.entry import Entry
    from gis.texts import Texts

CHANGES_SHOWN: Final = 200


def ha(words: Texts, m2: float | None) -> str:
    """Hectares to a square metre without the unit, a dash where there is no boundary."""
    return charts.NOTHING if m2 is None else words.number(m2 / M2_PER_HA, HA_DECIMALS)


def sentence(made: Bridge, words: Texts) -> str:
    """What the commune gained or lost between the two days, and by what."""
    commune = made.zones[0]
    difference_m2 = commune.difference_m2 or 0.0
    facts: dict[str, object] = {
        "start": made.start.on,
        "end": made.end.on,
        "before": ha(words, commune.before_m2),
        "after": ha(words, commune.after_m2),
    }
    if not commune.lines:
        return words("bridge.same", **facts)
    change = change_text(words, abs(difference_m2)).removeprefix("+")
    causes = "; ".join(
        f"{words(f'cause.{line.cause}').lower()} {change_text(words, line.m2)} ha" for line in commune.lines
    )
    if change_text(words, difference_m2) == words.number(0, HA_DECIMALS):
        return words("bridge.level", causes=causes, **facts)
    message = "bridge.fell" if difference_m2 < 0 else "bridge.rose"
    return words(message, change=change, causes=causes, **facts)


def headline(made: Bridge, words: Texts) -> str:
    """The difference in large figures beside its sentence."""
    commune = made.zones[0]
    difference_m2 = commune.difference_m2 or 0.0
    sign = "+" if difference_m2 > 0 else "−" if difference_m2 < 0 else ""
    figure = sign + words.number(abs(difference_m2) / M2_PER_HA, 2)
    clocks = words("bridge.clocks", start=made.start.known, end=made.end.known)
    return (
        f'<div class="gp-hero"><div class="big"><b>{escape(figure)}</b> ha'
        f"<span>{escape(words('bridge.difference'))}</span></div>"
        f'<div class="said"><p>{escape(sentence(made, words))}</p>'
        f'<p class="gp-note">{escape(clocks)}</p></div></div>'
    )


def steps(zone: ZoneBridge, words: Texts) -> str:
    """The way from before to after as bars on one scale from 0: each cause begins where the last ended."""
    start_m2, end_m2 = zone.before_m2 or 0.0, zone.after_m2 or 0.0
    at, reached = start_m2, [start_m2, end_m2]
    moves: list[tuple[str, float, float]] = []
    for line in zone.lines:
        moves.append((line.cause, at, at + line.m2))
        at += line.m2
        reached.append(at)
    widest = max(reached) or 1.0
    rows = [_bar(words("bridge.before"), ha(words, zone.before_m2), "whole", 0.0, start_m2 / widest)]
    for cause, one, other in moves:
        kind = "up" if other >= one else "down"
        left, right = sorted((one, other))
        label = words(f"cause.{cause}")
        rows.append(
            _bar(label, change_text(words, other - one), kind, left / widest, (right - left) / widest)
        )
    rows.append(_bar(words("bridge.after"), ha(words, zone.after_m2), "whole", 0.0, end_m2 / widest))
    return f'<div class="gp-steps-bars">{"".join(rows)}</div>'


def _bar(label: str, figure: str, kind: str, left: float, width: float) -> str:
    place = f"margin-left:{100 * max(left, 0):.3f}%;width:{100 * max(width, 0):.3f}%"
    return (
        f'<div class="row {kind}"><span>{escape(label)}</span><div class="rail">'
        f'<div class="fill" style="{place}"></div></div><b>{escape(figure)}</b></div>'
    )


def zone_table(made: Bridge, words: Texts) -> str:
    """Zones by cause, in hectares: before, each cause that there is, after, the difference."""
    found = [line.cause for line in made.zones[0].lines]
    columns = [Column(words("overview.col_zone"), numeric=False), Column(words("bridge.before"))]
    columns += [Column(words(f"cause.{cause}")) for cause in found]
    columns += [Column(words("bridge.after")), Column(words("bridge.difference_short"))]
    rows = []
    depths: dict[str | None, int] = {None: -1}
    for zone in made.zones:
        depths[zone.zone_id] = depths[zone.parent] + 1
        lines = [zone.line(cause) for cause in found]
        cells = [words("overview.whole") if zone.parent is None else zone.name, ha(words, zone.before_m2)]
        cells += [change_text(words, line.m2 if line else None) for line in lines]
        cells += [ha(words, zone.after_m2), change_text(words, zone.difference_m2)]
        rows.append((depths[zone.zone_id], cells))
    none = "; ".join(words(f"cause.{cause}").lower() for cause in CAUSES if cause not in found)
    foot = f'<p class="gp-foot">{escape(words("bridge.none_of", causes=none))}</p>' if none else ""
    return charts.table(columns, rows) + foot


def check(made: Bridge, words: Texts) -> str:
    """Whether the lines sum to the difference: an alarm where they do not."""
    if not made.problems:
        return f'<p class="gp-good">{escape(words("bridge.closed"))}</p>'
    listed = "".join(f"<li>{escape(words.problem(problem))}</li>" for problem in made.problems)
    said = escape(words("bridge.open"))
    return f'<div class="gp-refusal" role="alert">{said}<ul>{listed}</ul></div>'


def line_title(line: Line, words: Texts) -> str:
    """The heading of a cause: its hectares, parcels, entries."""
    facts = {"cause": words(f"cause.{line.cause}"), "change": change_text(words, line.m2)}
    return words("bridge.line", parcels=len(line.parcels), entries=len(line.entries), **facts)


def line_html(
    line: Line,
    labels: Mapping[str, str],
    zones: Mapping[str, str],
    entries: Sequence[Entry],
    words: Texts,
) -> str:
    """The parcels of a cause with their hectares and entries.

    Args:
        line: The commune's line of the cause.
        labels: How a person calls each parcel, by its id.
        zones: Names by zone id.
        entries: All entries, in seq order, from 1.
        words: Language.
    """
    heads = "".join(
        f'<th class="{side}">{escape(words(f"bridge.col_{name}"))}</th>'
        for name, side in (("parcel", "text"), ("zone", "text"), ("ha", "num"), ("entries", "text"))
    )
    rows = "".join(
        f"<tr><td>{escape(labels.get(change.parcel, change.parcel))}</td>"
        f"<td>{escape(zones.get(change.zone, change.zone))}</td>"
        f'<td class="num">{escape(change_text(words, change.m2))}</td>'
        f"<td>{'<br>'.join(escape(entry_words(entries[seq - 1], words)) for seq in change.entries)}</td></tr>"
        for change in line.changes[:CHANGES_SHOWN]
    )
    more = len(line.changes) - CHANGES_SHOWN
    foot = f'<p class="gp-foot">{escape(words("bridge.more", count=more))}</p>' if more > 0 else ""
    means = f'<p class="gp-foot">{escape(words(f"bridge.means_{line.cause}"))}</p>'
    table = f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody>"
    scrolled = f'<table class="gp-table small told">{table}</table>'
    return f'{means}<div class="gp-scroll tall" tabindex="0">{scrolled}</div>{foot}'


def entry_words(entry: Entry, words: Texts) -> str:
    """An entry in one line: number, what it says, its day, the day on which it was written; no names."""
    written = vietnam_day(entry.recorded_at)
    pieces = [words("bridge.entry", seq=entry.seq), _said(entry, words)]
    if entry.on is not None:
        pieces.append(words("bridge.entry_on", on=entry.on))
    pieces.append(words("bridge.entry_written", on=written))
    return " · ".join(pieces)


def _said(entry: Entry, words: Texts) -> str:
    if isinstance(entry.fact, Boundaries):
        return words("bridge.entry_version", layer=words(f"cli.layer.{entry.fact.layer}"))
    return said_of(entry, {}, words)  # a household by its code alone


def csv_bytes(
    made: Bridge,
    labels: Mapping[str, str],
    zones: Mapping[str, str],
    entries: Sequence[Entry],
    words: Texts,
) -> bytes:
    """The lines as a file for Excel: UTF-8 with its mark, by semicolon, numbers as the language writes them.

    Args:
        made: The bridge.
        labels: How a person calls each parcel, by its id.
        zones: Names by zone id.
        entries: All entries, in seq order, from 1.
        words: Language.
    """
    names = ("zone", "cause", "parcel", "id", "m2", "entries", "said")
    rows = [
        [sentence(made, words)],
        [words("bridge.clocks", start=made.start.known, end=made.end.known)],
        [words(f"bridge.csv_{name}") for name in names],
        *_csv_rows(made, labels, zones, entries, words),
    ]
    return csv_table(rows).encode()


def _csv_rows(
    made: Bridge,
    labels: Mapping[str, str],
    zones: Mapping[str, str],
    entries: Sequence[Entry],
    words: Texts,
) -> Iterator[list[str]]:
    for line in made.zones[0].lines:
        for change in line.changes:
            said = " | ".join(entry_words(entries[seq - 1], words) for seq in change.entries)
            sign = "-" if change.m2 < 0 else ""  # a minus that Excel takes for a number
            yield [
                zones.get(change.zone, change.zone),
                words(f"cause.{line.cause}"),
                labels.get(change.parcel, change.parcel),
                change.parcel,
                sign + words.number(abs(change.m2), 1),
                ranges(change.entries),
                said,
            ]
