"""Bars, tables and the curve as HTML and SVG: small, crisp in print, in the reader's own number format.

Every text and number that goes in is escaped here. Pure: no file, no clock.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import TYPE_CHECKING, Final

from gis.milestones import CLASSES
from gis.texts import half_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.maps.style import LegendRow
    from gis.texts import Texts

NOTHING: Final = "–"
DARK_FILLS: Final = frozenset({"handed_over", "stuck", "no_holder", "recovered", "paid"})


def plain_ha(texts: Texts, hectares: float | None) -> str:
    """Hectares as a plan writes them: no more decimals than needed, two at most, without the unit.

    >>> from gis.texts import Texts
    >>> plain_ha(Texts("vi"), 250.0), plain_ha(Texts("vi"), 207.4), plain_ha(Texts("vi"), None)
    ('250', '207,4', '–')
    """
    return NOTHING if hectares is None else texts.number(hectares, decimals(hectares))


def decimals(hectares: float) -> int:
    """How many decimals hectares need, two at most.

    >>> decimals(50.0), decimals(207.4)
    (0, 1)
    """
    exact = half_up(hectares, 2)
    return next(places for places in (0, 1, 2) if half_up(exact, places) == exact)


def exact_ha(texts: Texts, hectares: float | None) -> str:
    """Hectares to 0.01 without the unit, a dash where there are none."""
    return NOTHING if hectares is None else texts.number(hectares, 2)


def share(texts: Texts, value: float | None) -> str:
    """A share as a percentage, a dash where there is none."""
    return NOTHING if value is None else texts.percent(value)


def legend(rows: Sequence[LegendRow], texts: Texts) -> str:
    """The classes with their colours, and their hectares where the rows hold them."""
    items = "".join(
        f'<li><i class="swatch{" stuck" if row.stuck else ""}" style="background:{row.fill}"></i>'
        f"<span>{escape(row.label)}</span>"
        + ("" if row.area_ha is None else f"<b>{escape(texts.ha(row.area_ha))}</b>")
        + "</li>"
        for row in rows
    )
    return f'<ul class="gp-legend">{items}</ul>'


@dataclass(frozen=True, slots=True)
class ClassBar:
    """A zone's hectares by class; None where it has no boundary, with the remark that says so."""

    name: str
    depth: int
    by_class_ha: Mapping[str, float] | None
    remark: str = ""


def class_bars(bars: Sequence[ClassBar], rows: Sequence[LegendRow], texts: Texts) -> str:
    """Each zone as one bar of its classes; the whole width is the zone's mapped area."""
    looks = {row.name: row for row in rows}
    parts = []
    for bar in bars:
        head = f'<div class="bar-head"><span>{escape(bar.name)}</span>'
        if bar.by_class_ha is None:
            head += f"<em>{escape(bar.remark)}</em></div>"
            track = '<div class="stack none"></div>'
        else:
            whole_ha = sum(bar.by_class_ha.values())
            head += f"<span>{texts.ha(whole_ha)}</span></div>"
            track = _stack(bar.by_class_ha, whole_ha, looks, texts)
        parts.append(f'<div class="bar depth{min(bar.depth, 2)}">{head}{track}</div>')
    return f'<div class="gp-bars">{"".join(parts)}</div>'


SMALLEST_NAMED_SHARE: Final = 0.075


def _stack(
    by_class_ha: Mapping[str, float], whole_ha: float, looks: Mapping[str, LegendRow], texts: Texts
) -> str:
    cells = []
    for name in CLASSES:
        hectares = by_class_ha.get(name, 0.0)
        if not whole_ha or hectares <= 0:
            continue
        title = f"{looks[name].label}: {texts.ha(hectares)}"
        words = texts.number(hectares, 1) if hectares / whole_ha >= SMALLEST_NAMED_SHARE else ""
        shade = ("dark" if name in DARK_FILLS else "light") + (" stuck" if looks[name].stuck else "")
        cells.append(
            f'<div class="{shade}" title="{escape(title)}" '
            f'style="width:{_percent(hectares, whole_ha)};background-color:{looks[name].fill}">'
            f"<b>{words}</b></div>"
        )
    return f'<div class="stack">{"".join(cells)}</div>'


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.3f}%"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading, and whether it holds numbers."""

    heading: str
    numeric: bool = True


def table(
    columns: Sequence[Column],
    rows: Sequence[tuple[int, Sequence[str]]],
    caption: str = "",
    *,
    cards: bool = False,
) -> str:
    """A table; a row is its depth in a tree and its cells, 0 being the line of the whole.

    Args:
        columns: Headings.
        rows: Depth and cells.
        caption: Above the table.
        cards: Whether a row is a card on a phone, as stack.css draws it.
    """

    def label(column: Column) -> str:
        return f' data-label="{escape(column.heading)}"' if cards else ""

    heads = "".join(f'<th class="{_side(column)}">{escape(column.heading)}</th>' for column in columns)
    look = "gp-table gp-stack" if cards else "gp-table"
    body = "".join(
        f'<tr class="depth{min(depth, 3)}">'
        + "".join(
            f'<td class="{_side(column)}"{label(column)}>{escape(cell)}</td>'
            for column, cell in zip(columns, cells, strict=True)
        )
        + "</tr>"
        for depth, cells in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="gp-scroll" tabindex="0"><table class="{look}">{title}<thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _side(column: Column) -> str:
    return "num" if column.numeric else "text"


CURVE_STYLE: Final = (
    "<style>text{font:12px 'Source Sans','Segoe UI',Roboto,'Noto Sans',sans-serif;fill:#5a6760}"
    ".grid{stroke:#e8ede9}.tick{stroke:#9aa5a0}"
    "line.goal{stroke:#8a5a00;stroke-width:1.5}text.goal{fill:#8a5a00;font-weight:600}"
    ".area{fill:#1b7837;opacity:.13}.line{fill:none;stroke:#1b7837;stroke-width:2.5;stroke-linejoin:round}"
    ".needed{stroke:#5a6760;stroke-width:1.6;stroke-dasharray:5 5}"
    "circle.now{fill:#1b7837;stroke:#fff;stroke-width:1.5}"
    "text.now{fill:#14522a;font-weight:700;font-size:13px}</style>"
)


@dataclass(frozen=True, slots=True)
class Curve:
    """What the curve draws: days with cleared hectares, and the goal with its day."""

    points: Sequence[tuple[date, float]]
    starts: date
    goal_ha: float
    goal_by: date
    goal_label: str
    now_label: str
    described: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """From days and hectares to the picture's own units."""

    curve: Curve
    width: float
    height: float
    top_ha: float
    left: float = 44
    right: float = 16
    top: float = 26
    bottom: float = 26

    def x(self, day: date) -> float:
        days = (self.curve.goal_by - self.curve.starts).days
        return self.left + (day - self.curve.starts).days / days * (self.width - self.left - self.right)

    def y(self, hectares: float) -> float:
        return self.height - self.bottom - hectares / self.top_ha * (self.height - self.top - self.bottom)


def curve_svg(curve: Curve, texts: Texts, *, width: int, height: int, kind: str) -> str:
    """Cleared hectares over time as a picture, with the way that is left to the goal dashed.

    Args:
        curve: What it shows.
        texts: Language of the numbers.
        width: Of the picture; its text is 12 units high, so a phone gets a narrower one.
        height: Of the picture.
        kind: Class of the picture: the style sheet shows the one that fits the screen.
    """
    most = max([curve.goal_ha, *(hectares for _, hectares in curve.points)])
    step = next(s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10**9) if most / s <= 6)  # noqa: PLR2004
    scale = _Scale(curve, width, height, top_ha=most * 1.04)
    parts = [_grid(scale, step, texts), _years(scale, wide=width > 500)]  # noqa: PLR2004
    parts.append(_goal(scale))
    parts.append(_line(scale))
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{CURVE_STYLE}{"".join(parts)}</svg>'
    )
    # As an image: Streamlit strips SVG elements, and the picture stays sharp in print and copies whole.
    encoded = b64encode(picture.encode()).decode()
    described = escape(curve.described)
    return f'<img class="gp-curve {kind}" alt="{described}" src="data:image/svg+xml;base64,{encoded}">'


def _grid(scale: _Scale, step: int, texts: Texts) -> str:
    right = scale.width - scale.right
    lines = []
    for hectares in range(0, int(scale.top_ha) + 1, step):
        y = scale.y(hectares)
        lines.append(f'<line class="grid" x1="{scale.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(
            f'<text x="{scale.left - 8}" y="{y + 4:.1f}" text-anchor="end">{texts.integer(hectares)}</text>'
        )
    lines.append(f'<text x="{scale.left - 8}" y="12" text-anchor="end">ha</text>')
    return "".join(lines)


def _years(scale: _Scale, *, wide: bool) -> str:
    lines = []
    foot = scale.height - scale.bottom
    for year in range(scale.curve.starts.year + 1, scale.curve.goal_by.year + 1):
        x = scale.x(date(year, 1, 1))
        label = f"01/{year}" if wide else f"{year}"
        lines.append(f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{foot}" y2="{foot + 5}"/>')
        lines.append(f'<text x="{x:.1f}" y="{foot + 18}" text-anchor="middle">{label}</text>')
    return "".join(lines)


def _goal(scale: _Scale) -> str:
    curve = scale.curve
    y, right = scale.y(curve.goal_ha), scale.width - scale.right
    return (
        f'<line class="goal" x1="{scale.left}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="goal" x="{scale.left + 6}" y="{y - 7:.1f}">{escape(curve.goal_label)}</text>'
    )


def _line(scale: _Scale) -> str:
    curve = scale.curve
    if not curve.points:
        return ""
    steps = [(scale.x(day), scale.y(hectares)) for day, hectares in curve.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in steps)
    (first_x, _), (last_x, last_y) = steps[0], steps[-1]
    base = scale.y(0)
    middle = scale.left + (scale.width - scale.left - scale.right) / 2
    anchor, shift = ("start", 9) if last_x < middle else ("end", -9)
    needed = ""
    if curve.points[-1][0] < curve.goal_by and curve.points[-1][1] < curve.goal_ha:
        end_x, end_y = scale.x(curve.goal_by), scale.y(curve.goal_ha)
        ends = f'x1="{last_x:.1f}" y1="{last_y:.1f}" x2="{end_x:.1f}" y2="{end_y:.1f}"'
        needed = f'<line class="needed" {ends}/>'
    return (
        f'{needed}<polygon class="area" points="{first_x:.1f},{base:.1f} {path} {last_x:.1f},{base:.1f}"/>'
        f'<polyline class="line" points="{path}"/>'
        f'<circle class="now" cx="{last_x:.1f}" cy="{last_y:.1f}" r="4.5"/>'
        f'<text class="now" x="{last_x + shift:.1f}" y="{last_y + 16:.1f}" text-anchor="{anchor}">'
        f"{escape(curve.now_label)}</text>"
    )
