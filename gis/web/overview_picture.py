"""The overview as a picture to send: one line, three percentages, zones, months. It names nobody.

Pure: no clock, no file but the font, which is part of the code.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from PIL import Image, ImageDraw, ImageFont

from gis.web.assets import font_file
from gis.web.charts import exact_ha, plain_ha, share
from gis.web.figures import depths
from gis.web.overview_figures import goal_text, pace_sentence, report_line, year_sentence
from gis.web.overview_pages import moment
from gis.web.overview_view import SMALLEST_NAMED_HA

if TYPE_CHECKING:
    from gis.clearance.totals import ZoneTotal
    from gis.texts import Texts
    from gis.web.overview_figures import Overview

WIDTH, HEIGHT = 1600, 1000
MARGIN: Final = 60
INK, SOFT, DEEP, GREEN, TRACK, AMBER, LINE = (
    "#1f2a24", "#5a6760", "#14522a", "#166441", "#dfe7e0", "#8a5a00", "#dde4de",
)  # fmt: skip
REGULAR, BOLD = 400, 700
Anchor = Literal["la", "ra", "ma", "ls", "ms", "rs"]


@lru_cache(maxsize=32)
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(font_file()), size)
    font.set_variation_by_axes([weight])
    return font


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws words and bars; places are pixels from the upper left."""

    draw: ImageDraw.ImageDraw

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: int,
        colour: str = INK,
        weight: int = REGULAR,
        anchor: Anchor = "la",
    ) -> float:
        """Write one line; returns its width."""
        font = _font(size, weight)
        self.draw.text(at, text, fill=colour, font=font, anchor=anchor)
        return font.getlength(text)

    def wrapped(
        self, at: tuple[float, float], text: str, size: int, width: float, colour: str = INK
    ) -> float:
        """Write lines no wider than `width`; returns where the next one would begin."""
        font, (x, y) = _font(size, REGULAR), at
        letters = max(int(len(text) * width / max(font.getlength(text), 1)), 10)
        lines = textwrap.wrap(text, letters)
        while any(font.getlength(line) > width for line in lines):
            letters -= 1
            lines = textwrap.wrap(text, letters)
        for line in lines:
            self.draw.text((x, y), line, fill=colour, font=font)
            y += size * 1.32
        return y

    def bar(self, at: tuple[float, float], size: tuple[float, float], colour: str) -> None:
        """Fill a box of some width and height."""
        (x, y), (width, height) = at, size
        if width >= 1 and height >= 1:
            self.draw.rounded_rectangle((x, y, x + width, y + height), radius=min(5, height / 2), fill=colour)


def picture_png(found: Overview, words: Texts) -> bytes:
    """The picture, 1600 by 1000 pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    pen = _Pen(ImageDraw.Draw(image))
    y = _head(pen, found, words)
    y = _shares(pen, found, words, y)
    half = (WIDTH - 3 * MARGIN) / 2
    _zones(pen, found, words, (MARGIN, y, half))
    _months(pen, found, words, (2 * MARGIN + half, y, half))
    pen.text((MARGIN, HEIGHT - 52), moment(found, words), 24, SOFT)
    if found.snapshot.plan.synthetic:
        pen.text((WIDTH - MARGIN, HEIGHT - 52), words("app.sample"), 24, AMBER, BOLD, "ra")
    made = BytesIO()
    image.save(made, "PNG", optimize=True)
    return made.getvalue()


def _head(pen: _Pen, found: Overview, words: Texts) -> float:
    """The title, the hectares, the one line; returns where the next part begins."""
    pen.text((MARGIN, 40), words("overview.heading", commune=found.snapshot.plan.commune.name), 44, INK, BOLD)
    wide = pen.text((MARGIN, 205), exact_ha(words, found.total.cleared_ha), 116, DEEP, BOLD, "ls")
    pen.text((MARGIN + wide + 16, 205), "ha", 48, DEEP, BOLD, "ls")
    pen.text((MARGIN, 222), words("overview.handed_over"), 28, SOFT)
    left = MARGIN + max(wide + 110, 480)
    pen.wrapped((left, 118), report_line(found, words), 33, WIDTH - MARGIN - left)
    return 292


def _shares(pen: _Pen, found: Overview, words: Texts, y: float) -> float:
    total, goal = found.total, found.snapshot.plan.goal
    cards = (
        (total.share_of_goal, words("overview.goal_card", goal=goal_text(found, words), by=goal.by)),
        (total.share_of_plan, words("overview.plan_card", ha=plain_ha(words, total.plan_ha))),
        (total.share_of_mapped, words("overview.mapped_card", ha=total.mapped_ha)),
    )
    width = (WIDTH - 2 * MARGIN - 40) / 3
    for place, (part, said) in enumerate(cards):
        x = MARGIN + place * (width + 20)
        pen.draw.rounded_rectangle((x, y, x + width, y + 136), radius=12, outline=LINE, width=2)
        pen.text((x + 22, y + 10), share(words, part), 46, INK, BOLD)
        pen.wrapped((x + 22, y + 68), said, 23, width - 40, SOFT)
    return y + 172


def _zones(pen: _Pen, found: Overview, words: Texts, box: tuple[float, float, float]) -> None:
    x, y, width = box
    pen.text((x, y), words("overview.zones"), 30, INK, BOLD)
    totals = found.snapshot.totals
    deep = depths(totals)
    longest = max((one.plan_ha or one.cleared_ha or 0 for one in totals[1:]), default=0) or 1
    y += 52
    step = min(76, (HEIGHT - 80 - y) / max(len(totals) - 1, 1))
    for one in totals[1:]:
        inset = 28 * (deep[one.zone_id] - 1)
        _zone(pen, one, words, (x + inset, y, width - inset, longest))
        y += step


def _zone(pen: _Pen, one: ZoneTotal, words: Texts, box: tuple[float, float, float, float]) -> None:
    x, y, width, longest_ha = box
    pen.text((x, y), one.name, 25)
    if one.cleared_ha is None:
        pen.text((x + width, y), words("overview.no_boundary"), 25, SOFT, anchor="ra")
        return
    of_plan = (
        f"/{plain_ha(words, one.plan_ha)} ha · {share(words, one.share_of_plan)}" if one.plan_ha else " ha"
    )
    pen.text((x + width, y), exact_ha(words, one.cleared_ha) + of_plan, 25, INK, BOLD, "ra")
    whole_ha = one.plan_ha or one.cleared_ha
    track = width * min(whole_ha / longest_ha, 1)
    pen.bar((x, y + 36), (track, 18), TRACK)
    pen.bar((x, y + 36), (track * min(one.cleared_ha / whole_ha, 1) if whole_ha else 0, 18), GREEN)


def _months(pen: _Pen, found: Overview, words: Texts, box: tuple[float, float, float]) -> None:
    x, y, width = box
    pen.text((x, y), words("overview.months"), 30, INK, BOLD)
    needed = found.goal.needed_ha or 0.0
    most = max([needed, *(one.cleared_ha for one in found.months)]) or 1.0
    foot, tall = y + 290, 190
    step = width / len(found.months)
    pen.draw.line((x, foot, x + width, foot), fill="#9aa5a0", width=2)
    if needed:
        line = foot - tall * needed / most
        pen.text((x + width, y + 4), words("overview.needed_line", ha=needed), 23, AMBER, BOLD, "ra")
        for dash in range(int(x), int(x + width), 16):
            pen.draw.line((dash, line, dash + 9, line), fill=AMBER, width=3)
    for place, one in enumerate(found.months):
        high = tall * one.cleared_ha / most
        left = x + place * step
        pen.bar((left + 4, foot - high), (step - 8, high), GREEN)
        middle = left + step / 2
        if one.cleared_ha >= SMALLEST_NAMED_HA:
            number = words.number(one.cleared_ha, 1)
            wide = _font(20, BOLD).getlength(number) + 6
            pen.bar((middle - wide / 2, foot - high - 25), (wide, 22), "#ffffff")
            pen.text((middle, foot - high - 6), number, 20, INK, BOLD, "ms")
        pen.text((middle, foot + 8), str(one.first.month), 20, SOFT, anchor="ma")
    below = pen.wrapped((x, foot + 46), pace_sentence(found, words), 23, width, SOFT)
    pen.wrapped((x, below + 6), year_sentence(found, words), 23, width)
