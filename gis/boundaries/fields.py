"""Attributes as files hold them -> texts and numbers, each refusal named by its feature.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
import numbers
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis.errors import AmbiguousNumberError, NotANumberError, Problem
from gis.vietnamese import nfc, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gis.boundaries.columns import Columns
    from gis.boundaries.layers import RawLayer
    from gis.errors import Fact

# A whole number that passed through a decimal column: "7.0".
_WHOLE: Final = re.compile(r"(-?[0-9]+)\.0+")
# Cells of GeoJSON's nested columns, which are equal to nothing.
_LISTS: Final = (list, dict, np.ndarray)
_SPACES: Final = re.compile(r"\s+")


def text_of(value: object) -> str:
    """A cell as text, "" where it is missing; a whole number never carries a decimal point.

    Sheet and parcel numbers are texts ("12a", "105-1", "1/2"), whatever type the file gave their column.

    >>> [text_of(v) for v in (7.0, 12, "12a", " 105-1 ", "7.0", None, float("nan"))]
    ['7', '12', '12a', '105-1', '7', '', '']
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        return _number_text(float(value))
    text = _SPACES.sub(" ", nfc(str(value))).strip()
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def _number_text(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def texts(values: pd.Series) -> pd.Series:
    """Each cell by `text_of`, on the same index."""
    return _mapped(values, text_of)


def land_uses(values: pd.Series) -> pd.Series:
    """Land-use codes in capitals, parts of a compound joined by "+": "Ont + cln" becomes "ONT+CLN"."""
    return _mapped(values, lambda value: land_use_of(text_of(value)))


def _mapped(values: pd.Series, function: Callable[[object], str]) -> pd.Series:
    """A text for each cell, worked out once for each different value; "" where it is missing."""
    if values.dtype == object and any(isinstance(value, _LISTS) for value in values):
        return pd.Series(
            [function(value) for value in values], index=values.index, dtype=str, name=values.name
        )
    places, different = pd.factorize(values)
    found = np.array([*map(function, different), ""], dtype=object)
    return pd.Series(found[places], index=values.index, dtype=str, name=values.name)


def land_use_of(text: str) -> str:
    """A land-use code as it is kept: capitals, no spaces around "+"; nothing is renamed.

    >>> land_use_of("ont + cln"), land_use_of("BHK")
    ('ONT+CLN', 'BHK')
    """
    return "+".join(part.strip() for part in text.upper().split("+"))


def check_land_uses(codes: pd.Series, raw: RawLayer, columns: Columns) -> list[Problem]:
    """Warnings of codes that are missing, unknown or withdrawn: each code once, with its features.

    Args:
        codes: From `land_uses`, index as `raw.frame`.
        raw: For file and feature.
        columns: The codes known and obsolete.
    """
    problems = []
    for code, rows in _rows_by_value(codes).items():
        parts = code.split("+")
        if not code:
            message = "problem.land_use_missing"
        elif all(part in columns.known for part in parts):
            continue
        elif all(part in columns.known | columns.obsolete for part in parts):
            message = "problem.land_use_obsolete"
        else:
            message = "problem.land_use_unknown"
        facts: dict[str, Fact] = {"code": code, "count": len(rows), "first": rows[0] + 1}
        problems.append(Problem(raw.source, message, facts, "warning"))
    return problems


def _rows_by_value(values: pd.Series) -> dict[str, list[int]]:
    places, different = pd.factorize(values)
    return {str(value): np.flatnonzero(places == at).tolist() for at, value in enumerate(different)}


def areas_m2(values: pd.Series, raw: RawLayer, column: str) -> tuple[pd.Series, list[Problem]]:
    """A column of areas, in square metres, and a problem for each cell that is none.

    Args:
        values: Numbers, or texts as people write them; index as `raw.frame`.
        raw: For file and feature.
        column: Name of the column, for the problems.

    Returns:
        float64, NaN where the cell is empty or refused.
    """
    if pd.api.types.is_numeric_dtype(values):
        numbers_ = pd.to_numeric(values).astype("float64")
        problems = [_negative(raw, int(row), column, numbers_[row]) for row in numbers_.index[numbers_ < 0]]
        return numbers_.where(numbers_ >= 0), problems
    return _parsed_areas(values.items(), raw, column)


def _parsed_areas(
    cells: Iterable[tuple[Any, Any]], raw: RawLayer, column: str
) -> tuple[pd.Series, list[Problem]]:
    found: dict[int, float] = {}
    problems = []
    for row, cell in cells:
        found[row] = math.nan
        # As written: `text_of` would make 1 of "1.000", which has two readings.
        text = cell.strip() if isinstance(cell, str) else text_of(cell)
        if not text:
            continue
        try:
            # A number in a column of mixed cells has one reading; a text may have two.
            value = Decimal(text) if isinstance(cell, numbers.Real) else parse_number(text)
        except NotANumberError as error:
            facts: dict[str, Fact] = {**error.facts, "column": column, "feature": row + 1}
            two_readings = isinstance(error, AmbiguousNumberError)
            message = "problem.ambiguous_number" if two_readings else "problem.not_a_number"
            problems.append(Problem(raw.feature(row), message, facts))
            continue
        if value < 0:
            problems.append(_negative(raw, row, column, float(value)))
        else:
            found[row] = float(value)
    return pd.Series(found, dtype="float64"), problems


def _negative(raw: RawLayer, row: int, column: str, value: float) -> Problem:
    facts: dict[str, Fact] = {"column": column, "found": value, "feature": row + 1}
    return Problem(raw.feature(row), "problem.area_negative", facts)
