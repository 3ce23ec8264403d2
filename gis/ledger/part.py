"""A household's part of a parcel: an exact fraction, square metres, or not determined.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from gis.errors import UnreadablePartError


@dataclass(frozen=True, slots=True)
class SquareMetres:
    """A part given in square metres, as the office's lists do."""

    m2: Decimal


Part: TypeAlias = Fraction | SquareMetres | None

_FRACTION = re.compile(r"^(\d{1,6})(?:\s*/\s*(\d{1,6}))?$")
_SQUARE_METRES = re.compile(r"^(\d{1,9}(?:\.\d{1,4})?)\s*m2$")


def parse_part(text: str) -> Part:
    """The part that a text says: "1", "1/3", "120.5 m2", or "" where it is not determined.

    Raises:
        UnreadablePartError: If it is none of these, or not above 0, or a fraction above 1.

    >>> parse_part("2/6"), parse_part("120.50 m2"), parse_part("")
    (Fraction(1, 3), SquareMetres(m2=Decimal('120.5')), None)
    """
    stripped = text.strip().replace("m²", "m2")
    if not stripped:
        return None
    if found := _FRACTION.match(stripped):
        denominator = int(found[2] or 1)
        fraction = Fraction(int(found[1]), denominator) if denominator else Fraction(0)
        if 0 < fraction <= 1:
            return fraction
    elif (found := _SQUARE_METRES.match(stripped)) and (area_m2 := Decimal(found[1])) > 0:
        return SquareMetres(area_m2.normalize())
    raise UnreadablePartError(found=text)


def part_text(part: Part) -> str | None:
    """The canonical text of a part, None where it is not determined.

    >>> part_text(Fraction(2, 6)), part_text(SquareMetres(Decimal("120.50"))), part_text(None)
    ('1/3', '120.5 m2', None)
    """
    if part is None:
        return None
    if isinstance(part, SquareMetres):
        return f"{part.m2.normalize():f} m2"
    return str(part)
