"""Two invented stretches of a lowland commune, drawn as rectangles of fields, hamlets, roads and canals.

Everything is in the site's own flat frame (u across, v along, metres from its lower left corner);
`gis.sample.mesh` bends it and lays it on the commune. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

from gis.sample import fields
from gis.sample.chance import chance

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from gis.sample.fields import Piece

Strip = tuple[str, float]  # what runs along the site, and its width in metres


@dataclass(frozen=True, slots=True)
class Site:
    """A stretch of land: its place in EPSG:5897, and what it is cut into from left to right.

    Args:
        key: First letter of its blocks' ids.
        centre: East and north of its middle.
        turned_deg: Degrees anticlockwise.
        strips: From left to right: "field", "hamlets", or a road or canal.
        height_m: Its extent along v.
        canals: Lower edges (v) of the canals that cross it, each `CANAL_M` wide.
        communes: (v from, old commune code) from below to above.
        special: Blocks that are no rice, by id.
        upper_block: Number of the first block above the canal.
        plots: Length and width of a rice plot, and how many are merged into bigger ones, by v from.
    """

    key: str
    centre: tuple[float, float]
    turned_deg: float
    strips: tuple[Strip, ...]
    height_m: float
    canals: tuple[float, ...]
    communes: tuple[tuple[float, str], ...]
    plots: tuple[tuple[float, fields.Plot], ...]
    upper_block: int
    special: Mapping[str, Literal["ponds", "cemetery", "hamlet", "orchard", "upland", "works"]] = field(
        default_factory=dict
    )

    @property
    def width_m(self) -> float:
        """Extent across, metres."""
        return sum(width for _, width in self.strips)


CANAL_M: Final = 11.0
LEAST_HAMLET_M: Final = 120.0
ROAD: Final = "DGT"
CANAL: Final = "DTL"

WEST: Final = Site(
    key="A",
    centre=(586470.0, 2199080.0),
    turned_deg=-43.0,
    strips=(
        ("field", 236.0),
        ("field_road", 4.5),
        ("field", 249.5),
        ("canal", 12.0),
        ("field_road", 5.0),
        ("field", 252.0),
        ("field_road", 4.5),
        ("field", 266.5),
        ("main_road", 10.5),
        ("ditch", 2.5),
        ("hamlets", 157.0),
    ),
    height_m=2120.0,
    canals=(968.0,),
    communes=((0.0, "15907"), (760.0, "15910"), (1490.0, "15895")),
    plots=(
        (0.0, fields.Plot(48.0, 7.8, 0.05)),
        (960.0, fields.Plot(53.0, 8.2, 0.10)),
        (1500.0, fields.Plot(56.0, 8.4, 0.12)),
    ),
    upper_block=5,
    special={
        "A1-1": "upland",
        "A2-2": "hamlet",
        "A0-4": "ponds",
        "A1-7": "cemetery",
        "A3-9": "ponds",
        "A3-3": "orchard",
        "A0-9": "upland",
        "A2-8": "works",
    },
)
CENTRE: Final = Site(
    key="B",
    centre=(588400.0, 2202250.0),
    turned_deg=17.0,
    strips=(
        ("field", 206.0),
        ("field_road", 4.0),
        ("field", 214.0),
        ("canal", 9.0),
        ("field", 205.0),
        ("field_road", 4.5),
        ("field", 160.0),
        ("main_road", 9.5),
        ("hamlets", 118.0),
    ),
    height_m=760.0,
    canals=(402.0,),
    communes=((0.0, "15901"),),
    plots=((0.0, fields.Plot(48.0, 7.6, 0.04)), (410.0, fields.Plot(50.0, 8.0, 0.06))),
    upper_block=2,
    special={"B0-1": "ponds", "B3-3": "orchard", "B2-0": "upland"},
)
SITES: Final = (WEST, CENTRE)

_ROADS: Final[Mapping[str, tuple[str, str]]] = {
    "field_road": (ROAD, "Đường nội đồng"),
    "main_road": (ROAD, "Đường liên xã"),
    "canal": (CANAL, "Kênh tưới chính"),
    "ditch": (CANAL, "Rãnh thoát nước dọc đường"),
}


def pieces(site: Site, rng: np.random.Generator) -> list[Piece]:
    """Everything that a site is made of, without gaps or overlaps, in the site's frame."""
    found: list[Piece] = []
    levels = _levels(site)
    for v in site.canals:
        rect = (0.0, v, site.width_m, v + CANAL_M)
        found.append(fields.feature(rect, CANAL, "Kênh tiêu", f"{site.key}x"))
    column, u = 0, 0.0
    for what, width in site.strips:
        for low, high in levels:
            if what == "field":
                found += _field_column(site, column, (u, low, u + width, high), rng)
            elif what == "hamlets":
                found += _hamlet_column(site, (u, low, u + width, high), rng)
            else:
                code, name = _ROADS[what]
                found += _corridor((u, low, u + width, high), code, name, site.key)
        column += what == "field"
        u += width
    return found


def commune_at(site: Site, v: float) -> str:
    """Code of the old commune in which a height of the site lies."""
    return [code for start, code in site.communes if v >= start][-1]


def _levels(site: Site) -> list[tuple[float, float]]:
    """What is between the canals that cross the site."""
    starts = [0.0, *(v + CANAL_M for v in site.canals)]
    return list(zip(starts, [*site.canals, site.height_m], strict=True))


def _corridor(rect: fields.Rect, code: str, name: str, key: str) -> list[Piece]:
    """A road or canal in pieces of some 350 m, as survey files have them."""
    u0, low, u1, high = rect
    count = max(1, round((high - low) / 350))
    cuts = [low + round((high - low) * i / count, 1) for i in range(count)] + [high]
    return [fields.feature((u0, start, u1, end), code, name, f"{key}r") for start, end in pairwise(cuts)]


def _field_column(site: Site, column: int, rect: fields.Rect, rng: np.random.Generator) -> list[Piece]:
    """Blocks one above the other, a ditch or a field road between them."""
    u0, low, u1, high = rect
    count = max(1, round((high - low) / 190))
    shares = rng.uniform(0.82, 1.18, count)
    gap = 3.0
    heights = (high - low - gap * (count - 1)) * shares / shares.sum()
    found: list[Piece] = []
    v = low
    first = 0 if low == 0 else site.upper_block
    for index, height in enumerate(heights):
        top = high if index == count - 1 else round(v + height, 3)
        block = f"{site.key}{column}-{first + index}"
        found += _block(site, block, (u0, v, u1, top), rng)
        if index < count - 1:
            road = chance(rng, 0.5)
            name = "Bờ vùng" if road else "Mương nội đồng"
            between = (u0, top, u1, round(top + gap, 3))
            found.append(fields.feature(between, ROAD if road else CANAL, name, block))
        v = round(top + gap, 3)
    return found


def _block(site: Site, block: str, rect: fields.Rect, rng: np.random.Generator) -> list[Piece]:
    """One block filled by its kind; rice where nothing else is said."""
    plot = [plot for start, plot in site.plots if rect[1] >= start][-1]
    match site.special.get(block):
        case "ponds":
            return fields.grid(rect, block, (58.0, 44.0), {"NTS": 0.86, "LUC": 0.14}, rng)
        case "cemetery":
            return fields.cemetery(rect, block, plot, rng)
        case "hamlet":
            return fields.hamlet(rect, block, rng)
        case "orchard":
            return fields.grid(rect, block, (42.0, 26.0), {"CLN": 0.8, "HNK": 0.2}, rng)
        case "upland":
            return fields.rice(rect, block, fields.Plot(48.0, 8.2, 0.02), rng, land_use="HNK")
        case "works":
            return fields.works(rect, block, plot, rng)
        case _:
            return fields.rice(rect, block, plot, rng)


def _hamlet_column(site: Site, rect: fields.Rect, rng: np.random.Generator) -> list[Piece]:
    """Hamlets along the main road, with a stretch of orchards or rice between one and the next."""
    u0, low, u1, high = rect
    found: list[Piece] = []
    v, index = low, 0 if low == 0 else 5
    while high - v > 1.0:
        length = float(round(rng.uniform(330, 420) if index % 2 == 0 else rng.uniform(55, 85), 1))
        top = high if high - v - length < LEAST_HAMLET_M else round(v + length, 1)
        block = f"{site.key}h-{index}"
        box = (u0, v, u1, top)
        if index % 2 == 0:
            found += fields.hamlet(box, block, rng)
        elif index % 4 == 1:
            found += fields.grid(box, block, (38.0, 28.0), {"CLN": 0.7, "NTS": 0.3}, rng)
        else:
            found += fields.rice(box, block, fields.Plot(50.0, 9.0, 0.02), rng)
        v, index = top, index + 1
    return found
