"""A sheet for the field as a page to print and to fill by hand.

Names are handed in, for the clearance team alone. Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.field_sheets import Day
from gis.project.field_sheet_cells import AT_LATEST, FAMILIES
from gis.project.field_sheet_table import state_lines, title

if TYPE_CHECKING:
    from datetime import date

    from gis.plan import Plan
    from gis.project.field_sheet import Printed, PrintedRow
    from gis.project.field_sheet_table import People
    from gis.texts import Texts

PRINT_STYLE: Final = """
@page { size: A4 landscape; margin: 10mm;
  @bottom-right { content: counter(page) "/" counter(pages); font-size: 9px; } }
* { box-sizing: border-box; }
body { font: 11px/1.35 "Times New Roman", "Noto Serif", serif; color: #111; background: #fff;
  margin: 10px auto; max-width: 277mm; }
header { display: flex; justify-content: space-between; gap: 2rem; align-items: baseline; }
h1 { font-size: 17px; margin: 0; }
header p, .lead { margin: 2px 0; }
.sample { border: 2px solid #b45309; color: #b45309; text-align: center; font-weight: bold; padding: 2px; }
table { border-collapse: collapse; width: 100%; margin-top: 6px; }
th, td { border: 1px solid #777; padding: 3px 4px; text-align: left; vertical-align: top; }
thead { display: table-header-group; }
th { background: #eee; font-size: 10px; }
tr { break-inside: avoid; }
tr.lead-row td { border-top: 2px solid #111; }
td.fill { height: 13mm; }
td.shut { background: #eee; }
.boxes span { display: inline-block; white-space: nowrap; margin-right: 4px; }
.num { white-space: nowrap; }
.codes { columns: 3; font-size: 10px; margin: 4px 0 0; padding-left: 1.2rem; }
footer { margin-top: 8px; font-size: 10px; display: flex; justify-content: space-between; gap: 2rem; }
code { font: 9px monospace; word-break: break-all; }
.sign { text-align: center; min-width: 60mm; height: 22mm; }
.scroll { overflow-x: auto; }
@media print { body { margin: 0; max-width: none; } .scroll { overflow: visible; } }
"""


def print_html(found: Printed, people: People, plan: Plan, printed_on: date, words: Texts) -> str:
    """The sheet as a page to print and fill by hand."""
    label = escape(f"{words('trip.title')} {found.issue.sheet.upper()}")
    sample = f'<p class="sample">{escape(words("app.sample"))}</p>' if plan.synthetic else ""
    head = (
        f"<header><div><h1>{escape(words('trip.title').upper())}</h1>"
        f"<p>{escape(title(found, plan, words))}</p></div>"
        f"<p>{escape(words('trip.by_hand'))}</p></header>"
    )
    secret = f"<p>{escape(words('people.team_only'))}</p>" if people.names else ""
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8"><title>{label}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{PRINT_STYLE}</style></head><body>{sample}{head}{secret}"
        f'<div class="scroll" tabindex="0">{_print_table(found, people, words)}</div>'
        f"{_codes(words)}{_foot(found, printed_on, words)}</body></html>"
    )


def _print_table(found: Printed, people: People, words: Texts) -> str:
    milestones = found.issue.milestones
    heads = [words(f"trip.col_{name}") for name in ("number", "household", "parcel", "state")]
    heads += [words("trip.print_talk"), words("trip.print_obstacle")]
    heads += [words.milestone_name(name) for name in milestones]
    said = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(_print_row(row, milestones, people, words) for row in found.rows)
    return f"<table><thead><tr>{said}</tr></thead><tbody>{body}</tbody></table>"


def _print_row(row: PrintedRow, milestones: tuple[str, ...], people: People, words: Texts) -> str:
    def lines(text: str) -> str:
        return "<br>".join(escape(line) for line in text.split("\n"))

    area = f"<br>{escape(words.m2(row.area_m2))}" if row.area_m2 is not None else ""
    cells = [f'<td class="num">{row.key.number}</td>', f"<td>{lines(people.called(row.key.household))}</td>"]
    cells.append(f'<td class="num">{escape(row.label)}{area}</td>')
    cells.append(f"<td>{lines(chr(10).join(state_lines(row, words)))}</td>")
    outcomes = "".join(
        f"<span>☐ {escape(words(f'outcome.{one}'))}</span>" for one in FAMILIES["visit_outcome"][1]
    )
    day, number, note, new, gone = (
        escape(words(f"trip.print_{name}")) for name in ("day", "number", "note", "new", "gone")
    )
    talk = f'<td class="fill boxes">{day}<br>{outcomes}<br>{note}</td>'
    cells.append(talk if row.key.leads else '<td class="fill shut"></td>')
    cells.append(f'<td class="fill">{new}<br>{gone}</td>')
    for name in milestones:
        reached = row.reached.get(name)
        done = f"{words.date(reached.on)}<br>{escape(reached.document or '')}" if reached else ""
        cells.append(f'<td class="fill">{done or f"{day}<br>{number}"}</td>')
    look = ' class="lead-row"' if row.key.leads else ""
    return f"<tr{look}>{''.join(cells)}</tr>"


def _codes(words: Texts) -> str:
    """The categories with their numbers, so that a number is enough in a narrow cell."""
    items = "".join(f"<li>{escape(words(f'obstacle.{one}'))}</li>" for one in FAMILIES["opened"][1])
    return f'<p class="lead"><b>{escape(words("trip.print_codes"))}</b></p><ol class="codes">{items}</ol>'


def _foot(found: Printed, printed_on: date, words: Texts) -> str:
    signs = "".join(
        f'<div class="sign">{escape(words(f"trip.sign_{who}"))}</div>' for who in ("officer", "hamlet")
    )
    made = escape(words("trip.made", on=printed_on, count=len(found.rows)))
    return f"<footer><div>{made}<br><code>{escape(found.issue.line)}</code></div>{signs}</footer>"


def day_words(value: object, words: Texts) -> str:
    """A day of a cell in words."""
    if not isinstance(value, Day):
        return ""
    said = words.date(value.on)
    return f"{AT_LATEST} {said}" if value.at_latest else said
