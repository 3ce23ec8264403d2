"""A sheet that came back beside the ledger, as HTML: each cell as printed, as returned, as it is recorded.

Names are handed in, for the clearance team alone. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.field_sheets import CELLS
from gis.project.days import HANOI
from gis.project.entry_words import who
from gis.project.field_sheet_table import heading
from gis.web.field_sheet_view import day_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.ledger.field_sheets import Compared, Issue, Value
    from gis.project.field_sheet import Look
    from gis.store.register import Household
    from gis.texts import Texts

FATES: Final = ("field", "conflict", "ledger", "agreed")


@dataclass(frozen=True)
class Called:
    """How parcels and households are called; without names the codes alone."""

    parcels: Mapping[str, str]
    names: Mapping[str, Household]
    words: Texts

    def row(self, one: Compared) -> str:
        """A row: its number, its parcel, its household."""
        key = one.slot.row
        parcel = self.parcels.get(key.parcel, key.parcel)
        return self.words(
            "trip.row", number=key.number, parcel=parcel, who=who(key.household, self.names, self.words)
        )

    def cell(self, one: Compared, cell: str) -> str:
        """What a cell of a slot is called."""
        kind = one.slot.kind
        if kind == "milestone":
            return heading(f"{one.slot.name}.{cell}", self.words)
        if kind == "visit":
            return heading(f"visit_{cell}", self.words)
        return heading(kind if cell == "category" else "obstacle_on", self.words)

    def value(self, cell: str, value: Value) -> str:
        """A cell's value in words; a dash where it is empty."""
        if not value:
            return "–"
        if cell == "on":
            return day_words(value, self.words)
        if cell in {"category", "outcome"}:
            return self.words.named("obstacle" if cell == "category" else "outcome", str(value))
        return str(value)


def identity_html(issue: Issue, found: Look, words: Texts) -> str:
    """Which sheet it is, and what becomes of its cells, counted."""
    counts = {fate: len(found.of(fate)) for fate in FATES}
    said = words("trip.back_of", sheet=issue.sheet.upper(), on=issue.on, seq=issue.head.seq, rows=issue.rows)
    cells = "".join(
        f'<div class="{fate if count else ""}"><b>{words.integer(count)}</b>'
        f"<span>{escape(words(f'trip.fate_{fate}'))}</span></div>"
        for fate, count in counts.items()
    )
    return f'<p class="gp-note">{escape(said)}</p><div class="trip-fates">{cells}</div>'


def slots_html(found: Sequence[Compared], called: Called) -> str:
    """Cells of slots, each on its three sides, with who wrote the ledger's side."""
    words = called.words
    heads = ("row", "cell", "printed", "returned", "now", "fate")
    said = "".join(f'<th scope="col">{escape(words(f"trip.head_{head}"))}</th>' for head in heads)
    body = "".join(_slot(one, called) for one in found)
    head = f"<thead><tr>{said}</tr></thead>"
    return f'<table class="gp-table small trip-cells">{head}<tbody>{body}</tbody></table>'


def _slot(one: Compared, called: Called) -> str:
    """The cells of a slot that say anything on any side."""
    words, rows = called.words, []
    sides = zip(CELLS[one.slot.kind], one.printed, one.returned, one.now.values, one.fates, strict=True)
    for cell, printed, returned, now, fate in sides:
        if fate == "same":
            continue
        cells = {
            "row": called.row(one),
            "cell": called.cell(one, cell),
            "printed": called.value(cell, printed),
            "returned": called.value(cell, returned),
            "now": called.value(cell, now),
            "fate": words("trip.cell_cancelled" if one.taken_back else f"trip.cell_{fate}"),
        }
        told = "".join(
            f'<td data-label="{escape(words(f"trip.head_{name}"))}"><div>{escape(text)}'
            f"{_entry(one, words) if name == 'now' and now else ''}</div></td>"
            for name, text in cells.items()
        )
        rows.append(f'<tr class="{fate}">{told}</tr>')
    return "".join(rows)


def _entry(one: Compared, words: Texts) -> str:
    """Who wrote the ledger's side, when, by which entry."""
    entry = one.now.entry
    if entry is None:
        return ""
    at = entry.recorded_at.astimezone(HANOI)
    return f"<em>{escape(words('trip.entry', seq=entry.seq, by=entry.by, at=at))}</em>"


def decision_label(one: Compared, called: Called) -> str:
    """A slot as the label of a decision: its row, and both sides."""
    words = called.words
    cells = list(zip(CELLS[one.slot.kind], one.merged, one.now.values, one.fates, strict=True))
    changed = [cell for cell in cells if cell[3] in {"field", "conflict"}]
    field = ", ".join(f"{called.cell(one, cell)} {called.value(cell, ours)}" for cell, ours, _, _ in changed)
    ledger = ", ".join(called.value(cell, theirs) for cell, _, theirs, _ in changed)
    return words("trip.decide", row=called.row(one), field=field, ledger=ledger)
