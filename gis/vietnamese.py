"""Vietnamese text, numbers and dates as people write them.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from gis.errors import AmbiguousNumberError, NotADateError, NotANumberError

_SPACES: Final = re.compile(r"\s+")
_SIGNED: Final = re.compile(r"([+-]?)([0-9][0-9.,]*)")
# Groups of three after a first group of one to three that has no leading zero.
_DOT_GROUPS: Final = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")
_COMMA_GROUPS: Final = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})")
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FIRST_YEAR: Final = 1900
_CURRENCY: Final = re.compile(r"(?:đồng|vnđ|vnd|đ|₫)\.?$", re.IGNORECASE)
_WHOLE_VND: Final = re.compile(r"[0-9]+|[1-9][0-9]{0,2}([., \u00a0\u202f])[0-9]{3}(?:\1[0-9]{3})*")


def nfc(text: str) -> str:
    r"""A text in composed Unicode (NFC), as it is stored and shown.

    >>> nfc("Hoa\u0301") == "Ho\u00e1"
    True
    """
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """A text for search: small letters without tones and accents, đ as d, single spaces.

    "Hoá" and "Hóa" fold to the same; so do "Hoàng" and "Hoằng", so never identify a place by it.

    >>> fold("Thửa  ĐẤT Hoá"), fold("thua dat Hóa")
    ('thua dat hoa', 'thua dat hoa')
    """
    apart = unicodedata.normalize("NFD", text).casefold().replace("đ", "d")
    # Marks, and what shows nothing: the zero-width spaces that come with text copied from a web page.
    plain = "".join(c for c in apart if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return _SPACES.sub(" ", plain).strip()


def parse_number(text: str) -> Decimal:
    """The one number that a text can mean.

    A comma or a dot is a decimal sign when it stands once and is not followed by exactly three digits
    ("207,4", "207.4", "12,3456"), or when the other sign groups thousands before it ("1.234,5",
    "1,234.5"); it groups when it stands several times ("1.234.567"). "1.234" and "1,234" have two
    readings and are refused; "0.234" and "1234.567" have one. Spaces between digits group too.

    Args:
        text: As typed or as a cell holds it; spaces around it do not count.

    Raises:
        AmbiguousNumberError: If it has two readings; its facts name both and how to write them.
        NotANumberError: If it has none.

    >>> parse_number("1.234,5"), parse_number("207.4"), parse_number("1234")
    (Decimal('1234.5'), Decimal('207.4'), Decimal('1234'))
    """
    compact = _without_group_spaces(nfc(text).strip().replace("\N{MINUS SIGN}", "-"))
    match = _SIGNED.fullmatch(compact)
    if match is None:
        raise NotANumberError(found=repr(text))
    sign, digits = match.groups()
    plain = _plain_digits(digits)
    if plain is None:
        raise NotANumberError(found=repr(text))
    if len(plain) == 1:
        return Decimal(sign + plain[0])
    grouped, decimal = plain
    raise AmbiguousNumberError(
        found=repr(text),
        one_reading=grouped,
        other_reading=decimal.replace(".", ","),
        one_text=sign + grouped,
        # A fourth decimal leaves only one reading.
        other_text=sign + decimal.replace(".", ",") + "0",
    )


def parse_vnd(text: str) -> int:
    """The whole đồng that a text means: signs between groups of three digits group, there are no decimals.

    Raises:
        NotANumberError: If it means none.

    >>> parse_vnd("45.872.000"), parse_vnd("500,000 đ"), parse_vnd("1 000 000 đồng"), parse_vnd("750000")
    (45872000, 500000, 1000000, 750000)
    """
    compact = _CURRENCY.sub("", nfc(text).strip()).strip()
    if not _WHOLE_VND.fullmatch(compact):
        raise NotANumberError(found=repr(text))
    return int(re.sub(r"[^0-9]", "", compact))


def _without_group_spaces(text: str) -> str:
    """Remove spaces that stand between groups of three digits ("1 234 567"), and no others."""
    return re.sub(r"(?<=[0-9])[ \u00a0\u202f](?=[0-9]{3}(?![0-9]))", "", text)


def _plain_digits(digits: str) -> tuple[str, ...] | None:
    """The readings of an unsigned number: none, one, or (grouped, decimal)."""
    dots, commas = digits.count("."), digits.count(",")
    if not dots and not commas:
        return (digits,)
    if dots and commas:
        return _both_signs(digits)
    mark, groups = (".", _DOT_GROUPS) if dots else (",", _COMMA_GROUPS)
    grouped = digits.replace(mark, "") if groups.fullmatch(digits) else None
    decimal = digits.replace(mark, ".") if dots + commas == 1 and not digits.endswith(mark) else None
    return tuple(reading for reading in (grouped, decimal) if reading) or None


def _both_signs(digits: str) -> tuple[str] | None:
    """Thousands by one sign, decimals by the other: the last one is the decimal sign."""
    decimal = max(".,", key=digits.rfind)
    group, groups = (".", _DOT_GROUPS) if decimal == "," else (",", _COMMA_GROUPS)
    whole, _, part = digits.rpartition(decimal)
    if not part or not groups.fullmatch(whole):
        return None
    return (whole.replace(group, "") + "." + part,)


def parse_date(text: str) -> date:
    """The day that a text means: day first ("9/9/2025", "09-09-2025", "9.9.2025") or ISO.

    Never month first: "12/31/2025" is refused, "03/04/2025" is 3 April.

    Raises:
        NotADateError: If it is written in another way, is no day of the calendar, or before 1900.

    >>> parse_date("09/9/2025"), parse_date("2025-09-09")
    (datetime.date(2025, 9, 9), datetime.date(2025, 9, 9))
    """
    compact = text.strip()
    if day_first := _DAY_FIRST.fullmatch(compact):
        day, _, month, year = day_first.groups()
    elif iso := _ISO.fullmatch(compact):
        year, month, day = iso.groups()
    else:
        raise NotADateError(found=repr(text))
    try:
        value = date(int(year), int(month), int(day))
    except ValueError:
        raise NotADateError(found=repr(text)) from None
    if value.year < _FIRST_YEAR:
        raise NotADateError(found=repr(text))
    return value
