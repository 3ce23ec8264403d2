"""The proof card (Phiếu căn cứ) of a parcel as one printable page: conditions, entries, documents.

Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.project.days import HANOI
from gis.project.entry_words import entry_words, part_words, who
from gis.web.attachment_routes import attachment_link
from gis.web.card import commune_name, land_use, title, zone_area

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gis.clearance.grounds import Ground
    from gis.project.proof import Proof, ProofLine
    from gis.store.register import Household
    from gis.texts import Texts

HASH_SHOWN: Final = 8
STYLE: Final = """
@page { size: A4; margin: 20mm 15mm 20mm 25mm; }
* { box-sizing: border-box; }
body { font: 13px/1.45 "Times New Roman", "Noto Serif", serif; color: #111; background: #fff;
  max-width: 190mm; margin: 12px auto; padding: 0 12px; }
header { text-align: center; }
header p { margin: 0; }
h1 { font-size: 19px; margin: 10px 0 2px; }
h2 { font-size: 14px; margin: 14px 0 4px; border-bottom: 1px solid #999; }
.sample { border: 2px solid #b45309; color: #b45309; text-align: center; font-weight: bold; padding: 3px; }
.verdict { border: 1.5px solid #111; padding: 6px 10px; font-size: 15px; font-weight: bold; margin: 8px 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #999; padding: 3px 6px; text-align: left; vertical-align: top; }
th { background: #eee; }
.num { text-align: right; white-space: nowrap; }
s { color: #666; }
code { font: 11px monospace; word-break: break-all; }
tr { break-inside: avoid; }
footer { margin-top: 14px; font-size: 12px; }
@media print {
  body { margin: 0; max-width: none; padding: 0; }
  a { color: inherit; text-decoration: none; }
}
"""


def proof_html(found: Proof, names: Mapping[str, Household], printed_at: datetime, words: Texts) -> str:
    """The whole page.

    Args:
        found: The proof.
        names: The register's entries of the households that may be named; empty: codes alone.
        printed_at: When it was made; shown in Vietnam's time.
        words: Language.
    """
    body = (
        _head(found, words)
        + _land(found, words)
        + _verdict(found, names, words)
        + _holders(found, names, words)
        + _entries(found, names, words)
        + _foot(found, printed_at, words)
    )
    label = escape(f"{words('proof.title')} {found.card.label}")
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8"><title>{label}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{STYLE}</style></head><body>{body}</body></html>"
    )


def _head(found: Proof, words: Texts) -> str:
    plan, snapshot = found.snapshot.plan, found.snapshot
    sample = f'<p class="sample">{escape(words("app.sample"))}</p>' if plan.synthetic else ""
    clocks = words("proof.clocks", on=snapshot.on, known=snapshot.known)
    return (
        f"{sample}<header><p>{escape(words('proof.commune', name=plan.commune.name))}</p>"
        f"<h1>{escape(words('proof.title').upper())}</h1><p>{escape(clocks)}</p></header>"
    )


def _rows(pairs: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{said}</td></tr>" for name, said in pairs)
    return f"<table>{cells}</table>"


def _land(found: Proof, words: Texts) -> str:
    card, plan = found.card, found.snapshot.plan
    pairs = [
        (
            words("proof.parcel"),
            escape(f"{title(card, words)} · {commune_name(card, plan)} · {card.parcel_id}"),
        ),
        (words("card.land_use"), escape(land_use(card.land_use, words))),
    ]
    areas = (
        ("legal", card.legal_area_m2),
        ("measured", card.measured_area_m2),
        ("drawn", card.drawn_area_m2),
    )
    pairs += [
        (words("proof.area", source=words(f"card.area_{name}")), escape(words.m2(area)))
        for name, area in areas
        if area is not None
    ]
    inside = "<br>".join(
        f"{escape(plan.zone(zone).name)}: {escape(zone_area(card, zone, words))}" for zone in card.zones_m2
    )
    pairs.append((words("card.in_zones"), inside or escape(words("card.outside"))))
    versions = "<br>".join(_version(line, words) for line in found.boundaries)
    pairs.append((words("proof.boundaries"), versions))
    return f"<h2>{escape(words('proof.land'))}</h2>{_rows(pairs)}"


def _version(line: ProofLine, words: Texts) -> str:
    fact = line.entry.fact
    layer, sha = getattr(fact, "layer", ""), getattr(fact, "sha256", "")
    said = words("proof.version", layer=words(f"cli.layer.{layer}"), seq=line.entry.seq, on=line.entry.on)
    return f"{escape(said)} <code>{escape(sha[:HASH_SHOWN])}…</code>"


def _verdict(found: Proof, names: Mapping[str, Household], words: Texts) -> str:
    verdict = words("proof.cleared" if found.cleared else "proof.not_cleared")
    rows = "".join(_ground(ground, names, words) for ground in found.grounds)
    table = _table(("condition", "met", "entries"), rows, words)
    return f"<h2>{escape(words('proof.why'))}</h2><p class='verdict'>{escape(verdict)}</p>{table}"


def _ground(ground: Ground, names: Mapping[str, Household], words: Texts) -> str:
    said = words(f"proof.{ground.condition}")
    family = {"no_obstacle": "obstacle", "no_object": "object"}.get(ground.condition)
    missing = [words.named(family, one) if family else who(one, names, words) for one in ground.missing]
    met = words("proof.met" if ground.met else "proof.not_met")
    told = f"{met}: {', '.join(missing)}" if missing else met
    beside = "" if ground.decides else f" ({words('proof.beside')})"
    seqs = ", ".join(words.integer(seq) for seq in ground.seqs) or "–"
    return f"<tr><td>{escape(said + beside)}</td><td>{escape(told)}</td><td>{seqs}</td></tr>"


def _holders(found: Proof, names: Mapping[str, Household], words: Texts) -> str:
    rows = "".join(
        f"<tr><td>{escape(who(h.household, names, words))}</td><td>{escape(part_words(h.part, words))}</td>"
        f"<td>{escape(words.date(h.since))}</td><td>{words.integer(h.seq)}</td></tr>"
        for h in found.card.holdings
    )
    empty = f'<tr><td colspan="4">{escape(words("card.no_holdings"))}</td></tr>'
    heading = escape(words("card.holdings", count=len(found.card.holdings)))
    return f"<h2>{heading}</h2>{_table(('who', 'part', 'since', 'entry'), rows or empty, words)}"


def _entries(found: Proof, names: Mapping[str, Household], words: Texts) -> str:
    rows = "".join(_entry(line, names, words) for line in found.lines)
    empty = f'<tr><td colspan="5">{escape(words("proof.no_entries"))}</td></tr>'
    heading = escape(words("proof.entries", count=len(found.lines)))
    return f"<h2>{heading}</h2>{_table(('entry', 'day', 'what', 'recorded', 'hash'), rows or empty, words)}"


def _table(columns: tuple[str, ...], rows: str, words: Texts) -> str:
    heads = "".join(f"<th>{escape(words(f'proof.col_{name}'))}</th>" for name in columns)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'


def _entry(line: ProofLine, names: Mapping[str, Household], words: Texts) -> str:
    entry = line.entry
    said = escape(entry_words(entry, names, words))
    if line.voided_by is not None:
        cancelled = escape(words("proof.cancelled_by", seq=line.voided_by))
        said = f"<s>{said}</s> {cancelled}"
    if line.reason:
        said += f"<br><em>{escape(words('card.reason', reason=line.reason))}</em>"
    for warned in entry.warned:
        told = words.named("warned", warned.removeprefix("warning."))
        said += f"<br>{escape(words('proof.warned', told=told))}"
    for one in entry.attachments:
        link = escape(attachment_link(one.sha256))
        size = words("proof.scan", type=one.type, kb=-(-one.bytes // 1024))
        said += f'<br><a href="{link}">{escape(size)}</a> <code>{one.sha256[:HASH_SHOWN]}…</code>'
    day = words.date(entry.on) if entry.on else "–"
    recorded = f"{words.day_time(entry.recorded_at.astimezone(HANOI))}<br>{escape(entry.by)}"
    return (
        f'<tr><td class="num">{words.integer(entry.seq)}</td><td>{day}</td><td>{said}</td><td>{recorded}</td>'
        f"<td><code>{line.hash[:HASH_SHOWN]}…</code></td></tr>"
    )


def _foot(found: Proof, printed_at: datetime, words: Texts) -> str:
    made = words("proof.made", at=printed_at.astimezone(HANOI))
    check = words("proof.check")
    head = f"<code>python -m gis verify --head {found.known}</code>"
    return f"<footer><p>{escape(made)}</p><p>{escape(check)}<br>{head}</p></footer>"
