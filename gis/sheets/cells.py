"""What one cell says: a number, a day, an amount, a part; what has two readings is refused, never guessed.

Pure: no file, no clock.
"""

from __future__ import annotations

import calendar
import math
import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from gis.errors import AmbiguousNumberError, NotADateError, NotANumberError
from gis.sheets.headings import HEADINGS, mark_key
from gis.vietnamese import fold, nfc, parse_date, parse_number, parse_vnd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.errors import Fact
    from gis.table import Cell

ERRORS: Final = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"})
_M2_PER_HA: Final = 10_000
_VND: Final = {"ty": 1_000_000_000, "trieu": 1_000_000, "nghin": 1_000, "dong": 1, "": 1}
_IN_WORDS: Final = re.compile(r"([0-9]{1,2}) thang ([0-9]{1,2}) nam ([0-9]{4})")
_MONTH: Final = re.compile(r"(?:thang\s*|t\.?\s*)?([0-9]{1,2})\s*(?:[/.-]|\s+nam\s+)\s*([0-9]{4})")
_YEAR: Final = re.compile(r"(?:nam\s*)?((?:19|20)[0-9]{2})")
_NUMBER_AND_DAY: Final = re.compile(r"(.+?)[\s,;(]+(?:ngày\s*)?([0-9]{1,2}([/.-])[0-9]{1,2}\3[0-9]{4})\)?")
_IN_WORDS_ACCENTED: Final = re.compile(r"([0-9]{1,2}) tháng ([0-9]{1,2}) năm ([0-9]{4})")
_SHARE: Final = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
_PERCENT: Final = re.compile(r"(.+?)\s*%")
_IN_M2: Final = re.compile(r"(.+?)\s*m(?:2|²)")
_EXCEL_DAY_0: Final = date(1899, 12, 30)
_SERIALS: Final = range(20_000, 80_000)  # 1954 to 2119
_YEARS: Final = range(1990, 2100)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a cell is not taken: a text's id ("problem.cell_…") and what it names."""

    message: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """What a milestone's cell says.

    Args:
        on: The day, or the last day that it can have been; None for a mark.
        reached: False for "chưa".
        not_before: The first day that it can have been, where only a month or a year stands.
    """

    on: date | None
    reached: bool
    not_before: date | None = None

    @property
    def not_later_than(self) -> bool:
        """Whether only a month or a year stands."""
        return self.not_before is not None


def is_blank(cell: Cell) -> bool:
    """Whether nothing stands in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Cell) -> str | Refused:
    """A cell of words or of a number used as a name ("12", "105-1"), in NFC with single spaces.

    A spreadsheet turns "1/2" that is typed as a parcel's number into a day: that is refused.

    >>> text_of(12.0), text_of(" Thửa  12a"), text_of(date(2026, 2, 1)).message
    ('12', 'Thửa 12a', 'problem.cell_became_date')
    """
    if cell is None:
        return ""
    if isinstance(cell, str):
        plain = " ".join(nfc(cell).split())
        return bad_formula(plain) or plain
    if isinstance(cell, date | time):
        return Refused("problem.cell_became_date", {"found": _shown(cell)})
    if isinstance(cell, bool):
        return Refused("problem.cell_true_false", {"found": _shown(cell)})
    return format(cell, ".15g")


def bad_formula(text: str) -> Refused | None:
    """Why a formula's cell has no value: it was never worked out, or it ended in an error."""
    if text.startswith("=") and len(text) > 1:
        return Refused("problem.cell_formula", {"found": text[:60]})
    return Refused("problem.cell_error", {"found": text}) if text.upper() in ERRORS else None


def number_of(cell: Cell) -> Decimal | Refused:
    """A number: a spreadsheet's own to the 15 digits that it shows, or a text with one reading.

    >>> number_of(207.4), number_of("1.234,5"), number_of("1.234").message
    (Decimal('207.4'), Decimal('1234.5'), 'problem.cell_ambiguous_number')
    """
    if isinstance(cell, str):
        if wrong := bad_formula(cell.strip()):
            return wrong
        try:
            return parse_number(cell)
        except AmbiguousNumberError as error:
            return Refused("problem.cell_ambiguous_number", error.facts)
        except NotANumberError:
            return Refused("problem.cell_not_number", {"found": _shown(cell)})
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell):
        return Refused("problem.cell_not_number", {"found": _shown(cell)})
    return Decimal(format(cell, ".15g"))


def area_of(cell: Cell, unit: str) -> Decimal | Refused:
    """Square metres of a cell under a header in hectares ("ha") or square metres.

    >>> area_of(0.05, "ha"), area_of("120 m2", "")
    (Decimal('500.00'), Decimal('120'))
    """
    if isinstance(cell, str) and (match := _IN_M2.fullmatch(nfc(cell).strip().casefold())):
        if unit == "ha":
            return Refused("problem.cell_two_units", {"found": _shown(cell)})
        cell = match[1]
    value = number_of(cell)
    if isinstance(value, Refused):
        return value
    if value < 0:
        return Refused("problem.cell_negative", {"found": _shown(cell)})
    return value * _M2_PER_HA if unit == "ha" else value


def amount_of(cell: Cell, unit: str) -> int | Refused:
    """Whole đồng of a cell under a header in đồng, thousands or millions.

    >>> amount_of("1.234.567", "dong"), amount_of(45.872, "trieu"), amount_of(0.5, "dong").message
    (1234567, 45872000, 'problem.cell_not_whole_vnd')
    """
    if isinstance(cell, str) and unit in {"dong", ""} and not bad_formula(cell.strip()):
        try:
            return parse_vnd(cell)
        except NotANumberError:
            return Refused("problem.cell_not_vnd", {"found": _shown(cell)})
    value = number_of(cell)
    if isinstance(value, Refused):
        return value
    vnd = value * _VND[unit]
    if vnd != vnd.to_integral_value():
        return Refused("problem.cell_not_whole_vnd", {"found": _shown(cell)})
    return Refused("problem.cell_negative", {"found": _shown(cell)}) if vnd < 0 else int(vnd)


def day_of(cell: Cell, *, asks_for_day: bool) -> Day | Refused:
    """The day, month, year or mark of a milestone's cell.

    Args:
        cell: Not blank.
        asks_for_day: Whether the header says "ngày": then 1 and 0 are no marks.

    >>> day_of("tháng 2/2026", asks_for_day=True)
    Day(on=datetime.date(2026, 2, 28), reached=True, not_before=datetime.date(2026, 2, 1))
    >>> day_of("x", asks_for_day=False), day_of(46082.0, asks_for_day=True).facts
    (Day(on=None, reached=True, not_before=None), {'found': '46082', 'day': '01/03/2026'})
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return Day(cell, reached=True)
    if isinstance(cell, bool):
        return Day(None, reached=cell)
    if isinstance(cell, int | float):
        return _day_of_number(cell, asks_for_day=asks_for_day)
    return _day_of_text(cell) if isinstance(cell, str) else _not_day(cell)


def _day_of_number(value: float, *, asks_for_day: bool) -> Day | Refused:
    if value in _YEARS:
        return _in_year(int(value))
    if value in {0, 1} and not asks_for_day:
        return Day(None, reached=value == 1)
    if math.isfinite(value) and int(value) in _SERIALS:
        day = _EXCEL_DAY_0 + timedelta(days=int(value))
        return Refused("problem.cell_serial_date", {"found": _shown(value), "day": f"{day:%d/%m/%Y}"})
    return _not_day(value)


def _in_year(year: int) -> Day:
    return Day(date(year, 12, 31), reached=True, not_before=date(year, 1, 1))


def _day_of_text(text: str) -> Day | Refused:
    mark = HEADINGS.marks.get(mark_key(text))
    if mark is not None:
        return Day(None, reached=mark)
    if wrong := bad_formula(text.strip()):
        return wrong
    plain = fold(text).removeprefix("ngay ").strip()
    plain = _IN_WORDS.sub(r"\1/\2/\3", plain)
    if month := _MONTH.fullmatch(plain):
        number, year = int(month[1]), int(month[2])
        if number in range(1, 13) and year in _YEARS:
            last = calendar.monthrange(year, number)[1]
            return Day(date(year, number, last), reached=True, not_before=date(year, number, 1))
        return _not_day(text)
    if year_only := _YEAR.fullmatch(plain):
        return _in_year(int(year_only[1]))
    try:
        return Day(parse_date(plain), reached=True)
    except NotADateError:
        return _not_day(text)


def document_and_day(cell: Cell) -> tuple[str, date | None] | Refused:
    """The number and the day of "125/QĐ-UBND ngày 05/3/2026"; None where no day stands.

    >>> document_and_day("125/QĐ-UBND ngày 05/3/2026")
    ('125/QĐ-UBND', datetime.date(2026, 3, 5))
    >>> document_and_day("BB 12 ngày 5 tháng 3 năm 2026")
    ('BB 12', datetime.date(2026, 3, 5))
    """
    text = text_of(cell)
    if isinstance(text, str):
        text = _IN_WORDS_ACCENTED.sub(r"\1/\2/\3", text)
    if isinstance(text, Refused) or not (match := _NUMBER_AND_DAY.fullmatch(text)):
        return text if isinstance(text, Refused) else (text, None)
    try:
        return match[1], parse_date(match[2])
    except NotADateError:
        return _not_day(cell)


def part_of(cell: Cell) -> Fraction | str | Refused:
    """A household's part of a parcel: "1/2", "50%", a spreadsheet's 0.5, or "120,5 m2".

    >>> part_of("1/3"), part_of("50%"), part_of("120,5 m2"), part_of(0.25)
    (Fraction(1, 3), Fraction(1, 2), '120.5 m2', Fraction(1, 4))
    """
    refused = Refused("problem.cell_not_part", {"found": _shown(cell)})
    if isinstance(cell, str):
        text = nfc(cell).strip().casefold()
        if share := _SHARE.fullmatch(text):
            return _share(int(share[1]), int(share[2])) or refused
        if in_m2 := _IN_M2.fullmatch(text):
            size = number_of(in_m2[1])
            return size if isinstance(size, Refused) else (f"{size:f} m2" if size > 0 else refused)
        if percent := _PERCENT.fullmatch(text):
            value = number_of(percent[1])
            return value if isinstance(value, Refused) else (_share(Fraction(value), 100) or refused)
    if isinstance(cell, date):
        return Refused("problem.cell_became_date", {"found": _shown(cell)})
    value = number_of(cell)
    return value if isinstance(value, Refused) else (_share(Fraction(value), 1) or refused)


def _share(above: int | Fraction, below: int) -> Fraction | None:
    share = Fraction(above) / below if below else Fraction(0)
    return share if 0 < share <= 1 else None


def _not_day(cell: Cell) -> Refused:
    return Refused("problem.cell_not_date", {"found": _shown(cell)})


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return format(cell, ".15g")
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)[:60]
