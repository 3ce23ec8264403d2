"""Parcels as an office lists them: "tờ 12: 3, 5, 7-9", "15910/12/3", "P000123", "K01".

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gis.errors import NotANumberError, Problem
from gis.vietnamese import fold, parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

RANGE_MOST: Final = 500
_SHEET: Final = re.compile(
    r"^(?:(?P<commune>\d{5})\s*[/,]?\s*)?to\s*(?:so\s*)?(?P<sheet>[^\s:,;]+)\s*[:,]?\s*(?:thua\s*(?:so\s*)?)?(?P<rest>.+)$"
)
_RANGE: Final = re.compile(r"^(\d{1,6})\s*-\s*(\d{1,6})$")
_WHOLE: Final = frozenset({"", "ca thua", "toan bo", "whole", "all"})


def parse_parcels(text: str, units: gpd.GeoDataFrame) -> tuple[tuple[str, ...], list[Problem]]:
    """The parcels and public features that a list means, each once, in its order.

    Args:
        text: Lines or pieces by ";". A piece is a sheet with numbers and ranges, or ids, labels and
            feature codes by comma. A range means those of its numbers that there are.
        units: Index `parcel_id`; columns `commune`, `sheet`, `number`.

    Returns:
        The ids, and a problem for each thing that means no parcel or more than one.
    """
    known = _Known.of(units)
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for piece in re.split(r"[;\n]", text):
        for key in _keys(piece, known, problems):
            ids = known.find(key)
            if len(ids) == 1:
                found[ids[0]] = None
            else:
                problems.append(_why_not(key, ids, units))
    return tuple(found), problems


def parse_exceptions(
    text: str, units: gpd.GeoDataFrame
) -> tuple[tuple[tuple[str, int | None], ...], list[Problem]]:
    """What is excepted: a line a parcel, "tờ 12 thửa 5: 120,5" in m², or the parcel alone for all of it.

    Args:
        text: Lines or pieces by ";"; the m² stand behind the last colon.
        units: As for `parse_parcels`.

    Returns:
        (parcel, tenths of m², None for the whole), and a problem for each line that is not understood.
    """
    known = _Known.of(units)
    found: list[tuple[str, int | None]] = []
    problems: list[Problem] = []
    for line in re.split(r"[;\n]", text):
        if not line.strip():
            continue
        name, colon, amount = line.rpartition(":") if ":" in line else (line, "", "")
        ids = known.find(_one_key(name))
        if len(ids) != 1:
            problems.append(_why_not(name.strip(), ids, units))
            continue
        try:
            found.append((ids[0], _tenths(amount) if colon else None))
        except NotANumberError:
            problems.append(Problem(name.strip(), "problem.list_area", {"found": amount.strip()}))
    return tuple(found), problems


def _tenths(text: str) -> int | None:
    folded = fold(text).removesuffix("m2").removesuffix("m²").strip()
    if folded in _WHOLE:
        return None
    tenths = parse_number(folded) * 10
    if tenths != tenths.to_integral_value() or tenths < Decimal(0):
        raise NotANumberError(found=repr(text))
    return int(tenths)


class _Known:
    """The ways to name a unit, folded, each with the ids that it may mean."""

    def __init__(self, names: Mapping[str, list[str]], numbers: Mapping[tuple[str, str], list[int]]) -> None:
        self.names = names
        self.numbers = numbers  # by (commune or "", folded sheet): the plain numbers that there are

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> _Known:
        names: dict[str, list[str]] = defaultdict(list)
        numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
        for parcel, commune, sheet, number in zip(
            map(str, units.index), units["commune"], units["sheet"], units["number"], strict=True
        ):
            folded_sheet, folded = fold(sheet), fold(number)
            names[fold(parcel)].append(parcel)
            if not sheet:
                names[folded].append(parcel)
                continue
            for key in (f"{folded_sheet}/{folded}", f"{commune}/{folded_sheet}/{folded}"):
                names[key].append(parcel)
            if folded.isdigit():
                numbers["", folded_sheet].append(int(folded))
                numbers[commune, folded_sheet].append(int(folded))
        return cls(names, numbers)

    def find(self, key: str) -> list[str]:
        return self.names.get(fold(key).replace(" ", ""), [])

    def between(self, commune: str, sheet: str, first: int, last: int) -> list[int]:
        """The plain numbers of a sheet from the first to the last, both included."""
        return sorted({n for n in self.numbers.get((commune, sheet), ()) if first <= n <= last})


def _keys(piece: str, known: _Known, problems: list[Problem]) -> Iterable[str]:
    """The single names in a piece of a list."""
    folded = fold(piece)
    if not folded:
        return
    sheet = _SHEET.match(folded)
    if sheet is None:
        yield from (name.strip() for name in piece.split(",") if name.strip())
        return
    commune, number = sheet["commune"] or "", sheet["sheet"]
    head = f"{commune}/{number}" if commune else number
    for one in (part.strip() for part in sheet["rest"].split(",")):
        span = _RANGE.match(one)
        if span is None:
            if one:
                yield f"{head}/{one}"
            continue
        # A parcel may be numbered "1-2" itself: then a range is told from it by its numbers.
        exact = known.find(f"{head}/{one}")
        inside = known.between(commune, number, int(span[1]), int(span[2]))
        if exact and not (int(span[1]) < int(span[2]) and inside):
            yield f"{head}/{one}"
        elif exact:
            problems.append(Problem(piece.strip(), "problem.list_range_or_number", {"found": one}))
        elif not inside or len(inside) > RANGE_MOST:
            problems.append(Problem(piece.strip(), "problem.list_range", {"found": one, "most": RANGE_MOST}))
        else:
            yield from (f"{head}/{n}" for n in inside)


def _one_key(text: str) -> str:
    """One parcel's name: "tờ 12 thửa 5" as "12/5"."""
    sheet = _SHEET.match(fold(text))
    if sheet is None:
        return text
    head = f"{sheet['commune']}/{sheet['sheet']}" if sheet["commune"] else sheet["sheet"]
    return f"{head}/{sheet['rest'].strip()}"


def _why_not(key: str, ids: list[str], units: gpd.GeoDataFrame) -> Problem:
    if not ids:
        return Problem("", "problem.list_unknown", {"found": key})
    communes = ", ".join(sorted({str(units.loc[one, "commune"]) for one in ids}))
    return Problem("", "problem.list_ambiguous", {"found": key, "communes": communes})
