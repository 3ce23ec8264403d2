"""A household's part of a parcel, from the texts that lists hold."""

from decimal import Decimal
from fractions import Fraction

import pytest

from gis.errors import UnreadablePartError
from gis.ledger.part import SquareMetres, parse_part, part_text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1", Fraction(1)),
        ("1/3", Fraction(1, 3)),
        (" 2 / 6 ", Fraction(1, 3)),
        ("120.50 m2", SquareMetres(Decimal("120.5"))),
        ("100m²", SquareMetres(Decimal(100))),
        ("", None),
    ],
)
def test_parse_part__reads_what_lists_hold(text, part):
    assert parse_part(text) == part


@pytest.mark.parametrize("text", ["0", "3/2", "1/0", "0 m2", "0.5", "1,5 m2", "-1/2", "nửa", "1/2/3"])
def test_parse_part__refuses_what_it_cannot_know(text):
    with pytest.raises(UnreadablePartError, match="unreadable_part"):
        parse_part(text)


@pytest.mark.parametrize("text", ["1", "1/3", "120.5 m2", "100 m2", "1000 m2"])
def test_part_text__comes_back(text):
    assert part_text(parse_part(text)) == text
