"""An overview tile: the colours of the units under its pixels, as a PNG with a palette.

Pure: no file, no clock.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

# From these zooms on parcels are wide enough for lines in and around them.
HATCH_ZOOM: Final = 13
OUTLINE_ZOOM: Final = 15
HATCH_PX: Final = 16  # a divisor of the tile's side, so that hatching goes on across borders
HATCH_LINE_PX: Final = 5
OUTLINE: Final = "#52606d"
HATCH: Final = "#7f0000"
FAINT: Final = "#f1f2f3"  # what a filter leaves out
CHOSEN: Final = "#6d28d9"  # of no layer: what somebody chose
CHOSEN_PX: Final = 4  # every other pair of diagonals, so that the colours below show through
_LEVEL: Final = 6


@dataclass(frozen=True, slots=True)
class Look:
    """How a layer is painted.

    Args:
        fills: "#rrggbb" by code.
        hatched: Codes that are hatched besides, so that a print in grey shows them.
        hatch: Colour of the hatching.
        only: Codes that a filter keeps; None keeps all.
    """

    fills: tuple[str, ...]
    hatched: frozenset[int] = frozenset()
    only: frozenset[int] | None = None
    hatch: str = HATCH

    @property
    def palette(self) -> tuple[str, ...]:
        """Colours of a tile's values from 1 on: the fills, what is filtered out, outlines, hatching."""
        return (*self.fills, FAINT, OUTLINE, self.hatch)


def tile_values(
    units: NDArray[np.int32], codes: NDArray[np.uint8], look: Look, zoom: int
) -> NDArray[np.uint8]:
    """The palette's value of each pixel, 0 where there is no unit.

    Args:
        units: As `raster.unit_pixels` gives them.
        codes: Code of every unit by place.
        look: How codes are painted.
        zoom: Of the tile.
    """
    count = len(look.fills)
    faint, outline, hatch = count + 1, count + 2, count + 3
    value = np.arange(1, count + 1, dtype=np.uint8)
    if look.only is not None:
        value[[code for code in range(count) if code not in look.only]] = faint
    values = np.append(value[codes], np.uint8(0))[units]
    inner = values[:-1, :-1]
    if zoom >= HATCH_ZOOM:
        across = np.add.outer(np.arange(inner.shape[0]), np.arange(inner.shape[1])) % HATCH_PX
        lined = across < HATCH_LINE_PX
        for code in look.hatched & (look.only if look.only is not None else look.hatched):
            inner[lined & (inner == code + 1)] = hatch
    if zoom >= OUTLINE_ZOOM:
        inner[(units[:-1, :-1] != units[1:, :-1]) | (units[:-1, :-1] != units[:-1, 1:])] = outline
    return np.ascontiguousarray(inner)


def chosen_values(units: NDArray[np.int32], chosen: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """1 on the edges of what is chosen and on its hatching, else 0: laid over a tile, it hides no colour.

    Args:
        units: As `raster.unit_pixels` gives them.
        chosen: Whether each unit is chosen, by place.
    """
    inside = np.append(chosen, np.bool_(False))[units]  # noqa: FBT003 - what no unit holds
    inner = inside[:-1, :-1]
    edge = (inner != inside[1:, :-1]) | (inner != inside[:-1, 1:])
    across = np.add.outer(np.arange(inner.shape[0]), np.arange(inner.shape[1])) % CHOSEN_PX
    return np.where(edge | (inner & (across < CHOSEN_PX // 2)), np.uint8(1), np.uint8(0))


def png(values: NDArray[np.uint8], palette: Collection[str]) -> bytes:
    """An image of at most 255 colours and one that shows nothing, value 0.

    Args:
        values: Height x width; value n is the palette's n-th colour, from 1.
        palette: "#rrggbb" of the values from 1 on.
    """
    height, width = values.shape
    colours = bytes(3) + b"".join(bytes.fromhex(colour[1:]) for colour in palette)
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row starts with its filter: none
    rows[:, 1:] = values
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", colours),
            _chunk(b"tRNS", b"\0"),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), _LEVEL)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
