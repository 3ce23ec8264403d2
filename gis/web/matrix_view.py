"""The matrix of households and milestones as an HTML table and as an Excel workbook.

Names stand in it only where they are handed in. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.matrix import LEVELS, totals
from gis.project.charges import NOBODY
from gis.store.workbooks import Column, NotLaterThan, Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.ledger.matrix import Cell, Line
    from gis.project.charges import Charge
    from gis.store.workbooks import Value
    from gis.texts import Texts

# Beside the words, so that nobody needs the colour.
SIGNS: Final = {"all": "✓", "some": "◐", "waived": "–", "none": "·"}
ABOVE: Final = ("all", "some")  # the levels that the head of a column counts


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the households of the lines.

    Args:
        charges: Hamlet and officer, by id.
        names: Their names, by id; empty for whoever may not see names.
        communes: Names of the old communes by code.
        links: To a household's own page, by id; empty where there is none.
    """

    charges: Mapping[str, Charge]
    names: Mapping[str, str]
    communes: Mapping[str, str]
    links: Mapping[str, str]

    def hamlet(self, household: str) -> str:
        """Hamlet and old commune, "" where that is not known."""
        hamlet = self.charges.get(household, NOBODY).hamlet
        if hamlet is None:
            return ""
        return ", ".join((hamlet.name, self.communes.get(hamlet.commune, hamlet.commune)))

    def officer(self, household: str) -> str:
        """The account in charge, "" where there is none."""
        return self.charges.get(household, NOBODY).officer


def table_html(
    lines: Sequence[Line], every: Sequence[Line], milestones: Sequence[str], known: Known, words: Texts
) -> str:
    """The table: a head that counts, a line for each household.

    Args:
        lines: Those of the page.
        every: All that the filters leave: the head counts them.
        milestones: The columns.
        known: Of the households.
        words: The texts.
    """
    counted = totals(every, milestones)
    heads = "".join(
        f'<th scope="col">{escape(words.milestone_name(name))}'
        + "".join(f"<small>{escape(_count(counted[name][one], one, words))}</small>" for one in ABOVE)
        + "</th>"
        for name in milestones
    )
    first = f'<th scope="col">{escape(words("matrix.household"))}</th>'
    more = f'<th scope="col" class="num">{escape(words("matrix.parcels"))}</th>'
    rows = "".join(_line_html(line, milestones, known, words) for line in lines)
    label = escape(words("matrix.title"))
    return (
        f'<div class="gp-matrix" role="region" tabindex="0" aria-label="{label}"><table>'
        f"<thead><tr>{first}{more}{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _count(count: int, level: str, words: Texts) -> str:
    return f"{SIGNS[level]} {words(f'matrix.head_{level}', count=count)}"


def _line_html(line: Line, milestones: Sequence[str], known: Known, words: Texts) -> str:
    name, link = known.names.get(line.household), known.links.get(line.household)
    code = escape(line.household)
    shown = f'<a href="{escape(link)}" target="_self">{code}</a>' if link else code
    where = [shown if name else "", escape(known.hamlet(line.household))]
    told = f"<b>{escape(name) if name else shown}</b><small>{' · '.join(filter(None, where))}</small>"
    stuck = (
        f'<em class="stuck">▲ {escape(words("matrix.stuck", count=line.stuck))}</em>' if line.stuck else ""
    )
    cells = "".join(_cell_html(line.cells[one], words) for one in milestones)
    count = escape(words.integer(len(line.parcels)))
    head = f'<th scope="row">{told}{stuck}</th>'
    return f'<tr>{head}<td class="num">{count}</td>{cells}</tr>'


def _cell_html(cell: Cell, words: Texts) -> str:
    level = cell.level
    return (
        f'<td class="{level}"><i aria-hidden="true">{SIGNS[level]}</i> {escape(cell_text(cell, words))}</td>'
    )


def cell_text(cell: Cell, words: Texts) -> str:
    """A cell in words: the day, how many of how many, or that it does not apply."""
    match cell.level:
        case "all":
            day = words.date(cell.on) if cell.on else ""
            return f"≤ {day}" if cell.not_later_than else day
        case "some":
            return f"{words.integer(cell.reached)}/{words.integer(cell.total)}"
        case _:
            return words(f"matrix.{cell.level}")


def sheets(
    lines: Sequence[Line],
    milestones: Sequence[str],
    known: Known,
    notes: Sequence[str],
    words: Texts,
    *,
    named: bool,
) -> tuple[Sheet, Sheet]:
    """The matrix and its sums as the sheets of a workbook.

    Args:
        lines: In their order.
        milestones: The columns.
        known: Of the households.
        notes: Of which day and ledger, by which filters: above the table.
        words: The texts.
        named: Whether the names are among the columns.
    """
    heads = [Column(words("matrix.household"), width=13)]
    heads += [Column(words("matrix.name"), width=24)] if named else []
    heads += [
        Column(words("matrix.hamlet"), width=24),
        Column(words("matrix.officer"), width=14),
        Column(words("matrix.parcels"), "int", 8),
        Column(words("matrix.obstacles"), "int", 10),
    ]
    heads += [Column(words.milestone_name(name), width=15) for name in milestones]
    rows: list[list[Value]] = []
    for line in lines:
        row: list[Value] = [line.household]
        row += [known.names.get(line.household, "")] if named else []
        row += [known.hamlet(line.household), known.officer(line.household), len(line.parcels), line.stuck]
        rows.append([*row, *(_cell_value(line.cells[name], words) for name in milestones)])
    title = words("matrix.title")
    frozen = 2 if named else 1
    return (
        Sheet(title, title, tuple(heads), rows, tuple(notes), frozen),
        _sums(lines, milestones, notes, words),
    )


def _cell_value(cell: Cell, words: Texts) -> Value:
    """A cell of a workbook: a day as a day, so that it sorts and filters."""
    if cell.level == "all" and cell.on is not None:
        return NotLaterThan(cell.on) if cell.not_later_than else cell.on
    return None if cell.level == "none" else cell_text(cell, words)


def _sums(lines: Sequence[Line], milestones: Sequence[str], notes: Sequence[str], words: Texts) -> Sheet:
    counted = totals(lines, milestones)
    levels = tuple(Column(words(f"matrix.level_{level}"), "int", 22) for level in LEVELS)
    rows: list[list[Value]] = [
        [words.milestone_name(name), *(counted[name][level] for level in LEVELS), len(lines)]
        for name in milestones
    ]
    columns = (Column(words("matrix.milestone"), width=34), *levels, Column(words("matrix.sum"), "int", 12))
    return Sheet(words("matrix.sums"), words("matrix.sums_title"), columns, rows, tuple(notes), 1)
