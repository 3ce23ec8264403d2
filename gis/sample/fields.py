"""How a rectangle of land is cut up: rice strips, gardens and house plots, ponds, a cemetery.

Rings are in the site's frame, metres to 0.001. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from gis.sample.chance import chance

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Rect = tuple[float, float, float, float]  # u from, v from, u to, v to
Ring = tuple[tuple[float, float], ...]

DITCH_M: Final = 1.6
LANE_M: Final = 3.4


@dataclass(frozen=True, slots=True)
class Plot:
    """A usual rice plot in metres, and the share of plots that were merged into bigger ones."""

    length_m: float
    width_m: float
    merged_share: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A parcel or a public feature before it has its place, key and figures."""

    ring: Ring
    kind: Literal["parcel", "feature"]
    land_use: str
    block: str
    name: str = ""


def corners(rect: Rect) -> Ring:
    """A rectangle's corners, anticlockwise."""
    u0, v0, u1, v1 = rect
    return ((u0, v0), (u1, v0), (u1, v1), (u0, v1))


def feature(rect: Rect, land_use: str, name: str, block: str) -> Piece:
    """A road or canal over a whole rectangle."""
    return Piece(corners(rect), "feature", land_use, block, name)


def flipped(rect: Rect) -> Rect:
    """A rectangle with u and v exchanged."""
    return (rect[1], rect[0], rect[3], rect[2])


def _transposed(pieces: Sequence[Piece]) -> list[Piece]:
    return [replace(piece, ring=tuple((u, v) for v, u in reversed(piece.ring))) for piece in pieces]


def rice(rect: Rect, block: str, plot: Plot, rng: np.random.Generator, land_use: str = "LUC") -> list[Piece]:
    """Strips beside each other in rows; each second seam between rows is a ditch."""
    across = chance(rng, 0.62)
    pieces = _strip_rows(rect if across else flipped(rect), block, plot, rng, land_use)
    return pieces if across else _transposed(pieces)


def _strip_rows(rect: Rect, block: str, plot: Plot, rng: np.random.Generator, land_use: str) -> list[Piece]:
    """Rows side by side along u, strips one above the other along v."""
    u0, v0, u1, v1 = rect
    count = max(1, round((u1 - u0) / plot.length_m))
    ditches = count // 2
    shares = rng.uniform(0.88, 1.12, count)
    widths = (u1 - u0 - DITCH_M * ditches) * shares / shares.sum()
    found: list[Piece] = []
    u = u0
    for index, width in enumerate(widths):
        end = u1 if index == count - 1 else round(u + width, 3)
        found += _strips((u, v0, end, v1), block, plot, rng, land_use)
        u = end
        if index % 2 == 0 and index < count - 1:
            u = round(end + DITCH_M, 3)
            found.append(feature((end, v0, u, v1), "DTL", "Mương con", block))
    return found


def _strips(rect: Rect, block: str, plot: Plot, rng: np.random.Generator, land_use: str) -> list[Piece]:
    """One row of strips; their borders lean a little, as bunds do."""
    u0, v0, u1, v1 = rect
    widths: list[float] = []
    while sum(widths) < v1 - v0:
        merged = chance(rng, plot.merged_share)
        widths.append(plot.width_m * float(rng.uniform(2.6, 4.4) if merged else rng.uniform(0.72, 1.4)))
    if len(widths) > 1:
        widths.pop()
    cuts = np.cumsum(widths)[:-1] * (v1 - v0) / sum(widths)
    lean = rng.uniform(-0.14, 0.14, (len(cuts), 2)) * plot.width_m
    left = [v0, *(np.round(v0 + cuts + lean[:, 0], 3).tolist()), v1]
    right = [v0, *(np.round(v0 + cuts + lean[:, 1], 3).tolist()), v1]
    found = []
    for i in range(len(widths)):
        ring = ((u0, left[i]), (u1, right[i]), (u1, right[i + 1]), (u0, left[i + 1]))
        use = land_use
        if land_use == "LUC" and chance(rng, 0.035):
            use = "LUK" if chance(rng, 0.6) else "HNK"
        found.append(Piece(ring, "parcel", use, block))
    return found


def grid(
    rect: Rect, block: str, cell: tuple[float, float], uses: Mapping[str, float], rng: np.random.Generator
) -> list[Piece]:
    """Plots of about one size in rows: ponds, orchards."""
    u0, v0, u1, v1 = rect
    rows = max(1, round((v1 - v0) / cell[1]))
    seams = [_wavy(rect, v0 + (v1 - v0) * i / rows, cell[1] * 0.1, rng) for i in range(1, rows)]
    lines = [((u0, v0), (u1, v0)), *seams, ((u0, v1), (u1, v1))]
    found = []
    for low, high in pairwise(lines):
        for ring in _between(low, high, cell[0], rng):
            use = str(rng.choice(list(uses), p=list(uses.values())))
            found.append(Piece(ring, "parcel", use, block))
    return found


def cemetery(rect: Rect, block: str, plot: Plot, rng: np.random.Generator) -> list[Piece]:
    """The hamlets' burial ground in the middle of rice fields."""
    u0, v0, u1, v1 = rect
    low, high = round(v0 + (v1 - v0) * 0.3, 1), round(v0 + (v1 - v0) * 0.72, 1)
    left, right = round(u0 + (u1 - u0) * 0.28, 1), round(u0 + (u1 - u0) * 0.8, 1)
    graves = Piece(corners((left, low, right, high)), "parcel", "NTD", block, "Nghĩa địa")
    return [
        graves,
        *_strips((u0, v0, u1, low), block, replace(plot, width_m=7.0), rng, "LUC"),
        *_strips((u0, high, u1, v1), block, replace(plot, width_m=7.0), rng, "LUC"),
        *_strips((u0, low, left, high), block, plot, rng, "LUC"),
        *_strips((right, low, u1, high), block, plot, rng, "LUC"),
    ]


def works(rect: Rect, block: str, plot: Plot, rng: np.random.Generator) -> list[Piece]:
    """A workshop and a yard at the road, rice behind them."""
    u0, v0, u1, v1 = rect
    left, high = round(u1 - 74.0, 1), round(v0 + 62.0, 1)
    return [
        Piece(corners((left, v0, u1, high)), "parcel", "SKC", block, "Xưởng gạch không nung"),
        Piece(corners((left, high, u1, round(high + 38.0, 1))), "parcel", "TMD", block, "Bãi vật liệu"),
        *_strip_rows((left, round(high + 38.0, 1), u1, v1), block, plot, rng, "LUC"),
        *_strip_rows((u0, v0, left, v1), block, plot, rng, "LUC"),
    ]


def hamlet(rect: Rect, block: str, rng: np.random.Generator) -> list[Piece]:
    """House plots and gardens back to back between lanes."""
    u0, v0, u1, v1 = rect
    count = max(1, round((v1 - v0) / 50))
    shares = rng.uniform(0.85, 1.15, count)
    heights = (v1 - v0 - LANE_M * (count - 1)) * shares / shares.sum()
    found: list[Piece] = []
    v = v0
    for index, height in enumerate(heights):
        top = v1 if index == count - 1 else round(v + height, 3)
        back = _wavy((u0, v, u1, top), (v + top) / 2, 3.0, rng)
        for low, high in ((((u0, v), (u1, v)), back), (back, ((u0, top), (u1, top)))):
            found += _house_row(_between(low, high, 12.0, rng), block, rng)
        if index < count - 1:
            v = round(top + LANE_M, 3)
            found.append(feature((u0, top, u1, v), "DGT", "Ngõ xóm", block))
    return found


HOUSE_USES: Final = ("ONT", "ONT+CLN", "CLN", "NTS", "HNK")
HOUSE_SHARES: Final = (0.42, 0.4, 0.09, 0.05, 0.04)


def _house_row(rings: Sequence[Ring], block: str, rng: np.random.Generator) -> list[Piece]:
    found = []
    for ring in rings:
        use = str(rng.choice(HOUSE_USES, p=HOUSE_SHARES))
        found.append(Piece(ring, "parcel", use, block))
    if chance(rng, 0.12):  # the hamlet's own ground takes the first plot of a row
        found[0] = replace(found[0], land_use="DVH", name="Nhà văn hóa thôn")
    return found


def _wavy(rect: Rect, v: float, swing_m: float, rng: np.random.Generator) -> Ring:
    """A line across a rectangle that wavers about a height."""
    u0, _, u1, _ = rect
    count = max(2, round((u1 - u0) / 28))
    us = np.round(np.linspace(u0, u1, count + 1), 3)
    vs = np.round(v + rng.uniform(-swing_m, swing_m, count + 1), 3)
    return tuple(zip(us.tolist(), vs.tolist(), strict=True))


def _between(low: Ring, high: Ring, width_m: float, rng: np.random.Generator) -> list[Ring]:
    """Plots side by side between two lines that run across; some are double."""
    u0, u1 = low[0][0], low[-1][0]
    widths: list[float] = []
    while sum(widths) < u1 - u0:
        widths.append(width_m * float(rng.uniform(0.7, 1.35) * (1.8 if chance(rng, 0.14) else 1.0)))
    if len(widths) > 1:
        widths.pop()
    cuts = np.cumsum(widths)[:-1] * (u1 - u0) / sum(widths)
    lean = rng.uniform(-0.1, 0.1, (len(cuts), 2)) * width_m
    below = [u0, *(np.round(u0 + cuts + lean[:, 0], 3).tolist()), u1]
    above = [u0, *(np.round(u0 + cuts + lean[:, 1], 3).tolist()), u1]
    return [
        _along(low, below[i], below[i + 1]) + tuple(reversed(_along(high, above[i], above[i + 1])))
        for i in range(len(widths))
    ]


def _along(line: Ring, start: float, end: float) -> Ring:
    """The part of a line from one u to another, both ends in."""
    us, vs = zip(*line, strict=True)
    ends = [(u, round(float(np.interp(u, us, vs)), 3)) for u in (start, end)]
    return (ends[0], *(point for point in line if start < point[0] < end), ends[1])
