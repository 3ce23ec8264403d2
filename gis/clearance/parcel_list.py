"""Parcels as an office lists them: "tờ 12: 3, 7-9", "Hoằng Trinh tờ 12: 3", "15910/12/3", "P000123", "K01".

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gis.errors import NotANumberError, Problem
from gis.vietnamese import fold, nfc, parse_number

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import geopandas as gpd

    from gis.errors import Fact

RANGE_MOST: Final = 500
TOLD_MOST: Final = 5  # words of a question about many
# Of a text in small letters, with its tones: an old commune is known by its name as it is written.
_SHEET: Final = re.compile(
    r"^(?:(?P<commune>[^/:;]*?)\s*[/,]?\s*)?\bt[ờo]\s*(?:b[ảa]n đ[ồo]\s*)?(?:s[ốo]\s*)?"
    r"(?P<sheet>[^\s:,;]*\d[^\s:,;]*)"
    r"\s*[:,]?\s*(?:th[ửu]a\s*(?:đ[ấa]t\s*)?(?:s[ốo]\s*)?)?(?P<rest>.*)$"
)
_COMMUNE: Final = re.compile(r"^(?:xã\s+)?(?:cũ\s+)?")
_RANGE: Final = re.compile(r"^(\d{1,6})\s*-\s*(\d{1,6})$")
# "5a-7", "5-7b": digits and letters on both sides of a dash, where no parcel is numbered so itself.
_LETTER_RANGE: Final = re.compile(r"^\d{1,6}[a-z]?\s*-\s*\d{1,6}[a-z]?$")
_DASHES: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014", "-----")
# "12 / 3", "105 - 1", "K 01", "163 a"; never between two numbers: "3 5" is two parcels, not 35.
_LOOSE_SPACE: Final = re.compile(r"(?<=[/-]) | (?=[/-])|(?<=^[a-z]) |(?<=\d) (?=[a-z]$)")
_WHOLE: Final = frozenset({"", "ca thua", "toan bo", "whole", "all"})


@dataclass(frozen=True, slots=True)
class Communes:
    """What a list need not say: the old communes by name, and the one that is meant where none is named.

    Args:
        names: By code, as they are written: two of them may differ by a tone alone.
        meant: The code for pieces that name no commune; "": they must be unambiguous by themselves.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    meant: str = ""

    def code(self, said: str) -> str | None:
        """The code of a commune that is named, the one that is meant where none is; None: nobody knows it.

        >>> known = Communes({"15895": "Hoằng Trinh"}, "15901")
        >>> known.code("xã cũ Hoằng Trinh"), known.code("15895"), known.code(""), known.code("Hoang Trinh")
        ('15895', '15895', '15901', None)
        """
        bare = _COMMUNE.sub("", _small(said)).strip()
        if not bare or bare.isdigit():
            return bare or self.meant
        return next((code for code, name in self.names.items() if _small(name) == bare), None)


NO_COMMUNES: Final = Communes()


def parse_parcels(
    text: str, units: gpd.GeoDataFrame, communes: Communes = NO_COMMUNES
) -> tuple[tuple[str, ...], list[Problem]]:
    """The parcels and public features that a list means, each once, in its order.

    Args:
        text: Lines or pieces by ";". A piece is a sheet with numbers and ranges, or ids, labels and
            feature codes by comma. A range means those of its numbers that there are.
        units: Index `parcel_id`; columns `commune`, `sheet`, `number`.
        communes: Names of the old communes, and the one that is meant where none is named.

    Returns:
        The ids; and a problem for each word that means no parcel, with its line where there are several;
        one for all that several communes have. A parcel that is named again is a remark (severity "warning").
    """
    known = _Known.of(units)
    found: dict[str, str] = {}
    problems: list[Problem] = []
    lines = text.translate(_DASHES).splitlines()
    for number, line in enumerate(lines, start=1):
        source = f"line {number}" if len(lines) > 1 else ""
        for piece in line.split(";"):
            for key, word in _keys(piece, known, communes, source, problems):
                ids = known.find(key)
                if len(ids) != 1:
                    problems.append(_why_not(word, ids, known, source))
                elif ids[0] in found:
                    facts: dict[str, Fact] = {"found": word, "first": found[ids[0]]}
                    problems.append(Problem(source, "problem.list_twice", facts, severity="warning"))
                else:
                    found[ids[0]] = word
    mixed = _mixed(found, known)
    problems += (_ambiguous(", ".join(words.values()), words, "") for words in mixed.values())
    clear = (one for one, word in found.items() if known.sheets[one] not in mixed or not known.is_bare(word))
    return tuple(clear), _asked_once(problems)


def _mixed(found: Mapping[str, str], known: _Known) -> dict[str, dict[str, str]]:
    """By sheet that a list names without a commune, and that gave parcels of several: a word by commune."""
    sheets: dict[str, dict[str, str]] = defaultdict(dict)
    for one, word in found.items():
        if known.is_bare(word):
            sheets[known.sheets[one]].setdefault(known.communes[one], word)
    return {sheet: words for sheet, words in sheets.items() if len(words) > 1}


def _asked_once(problems: list[Problem]) -> list[Problem]:
    """The same problems, but one question for all that several communes have."""
    unclear = [one for one in problems if one.message == "problem.list_ambiguous"]
    if len(unclear) < 2:  # noqa: PLR2004 - one question is one already
        return problems
    words = dict.fromkeys(str(one.facts["found"]) for one in unclear)
    communes = {code for one in unclear for code in str(one.facts["communes"]).split(", ")}
    facts: dict[str, Fact] = {
        "count": len(words),
        "found": ", ".join([*words][:TOLD_MOST]) + (", …" if len(words) > TOLD_MOST else ""),
        "communes": ", ".join(sorted(communes)),
    }
    once = Problem(unclear[0].source, "problem.list_ambiguous_several", facts)
    first = problems.index(unclear[0])
    return [
        once if at == first else one
        for at, one in enumerate(problems)
        if at == first or one.message != "problem.list_ambiguous"
    ]


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
            problems.append(_why_not(name.strip(), ids, known, ""))
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

    def __init__(
        self,
        names: Mapping[str, list[str]],
        numbers: Mapping[tuple[str, str], list[int]],
        communes: Mapping[str, str],
        sheets: Mapping[str, str],
        bare: Collection[str],
    ) -> None:
        self.names = names
        self.numbers = numbers  # by (commune or "", folded sheet): the plain numbers that there are
        self.communes = communes  # by id
        self.sheets = sheets  # by id, folded; "" of a feature
        self._bare = bare  # names that say no commune

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> _Known:
        names: dict[str, list[str]] = defaultdict(list)
        sheets: dict[str, str] = {}
        bare: set[str] = set()
        numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
        for parcel, commune, sheet, number in zip(
            map(str, units.index), units["commune"], units["sheet"], units["number"], strict=True
        ):
            folded_sheet, folded = fold(sheet), fold(number)
            names[fold(parcel)].append(parcel)
            sheets[parcel] = folded_sheet
            if not sheet:
                names[folded].append(parcel)
                continue
            bare.add(f"{folded_sheet}/{folded}")
            for key in (f"{folded_sheet}/{folded}", f"{commune}/{folded_sheet}/{folded}"):
                names[key].append(parcel)
            if folded.isdecimal():
                numbers["", folded_sheet].append(int(folded))
                numbers[commune, folded_sheet].append(int(folded))
        communes = dict(zip(map(str, units.index), units["commune"], strict=True))
        return cls(names, numbers, communes, sheets, bare)

    def find(self, key: str) -> list[str]:
        return self.names.get(self._name(key), [])

    def is_bare(self, key: str) -> bool:
        """Whether a name says sheet and number and no commune."""
        return self._name(key) in self._bare

    def _name(self, key: str) -> str:
        """A name as it is kept: its spaces count where they are the number's own."""
        folded = fold(key)
        return folded if folded in self.names else _LOOSE_SPACE.sub("", folded)

    def communes_of(self, keys: Iterable[str]) -> set[str]:
        """The communes of the names that mean one unit."""
        return {self.communes[ids[0]] for key in keys if len(ids := self.find(key)) == 1}

    def between(self, commune: str, sheet: str, first: int, last: int) -> list[int]:
        """The plain numbers of a sheet from the first to the last, both included."""
        return sorted({n for n in self.numbers.get((commune, sheet), ()) if first <= n <= last})


def _keys(
    piece: str, known: _Known, communes: Communes, source: str, problems: list[Problem]
) -> Iterator[tuple[str, str]]:
    """The single names in a piece of a list, each with the words that a problem tells."""
    sheet = _SHEET.match(_small(piece))
    if sheet is None:
        names = (name.strip() for name in piece.split(",") if name.strip())
        yield from ((_in_commune(name, known, communes.meant), name) for name in names)
        return
    commune = communes.code(sheet["commune"] or "")
    if commune is None or not sheet["rest"].strip(" ,"):
        message = "problem.list_no_numbers" if commune is not None else "problem.list_commune"
        facts: dict[str, Fact] = {"found": piece.strip(), "known": ", ".join(communes.names.values())}
        problems.append(Problem(source, message, facts))
        return
    number = fold(sheet["sheet"])
    head = f"{commune}/{number}" if commune else number
    parts = [part.strip() for part in sheet["rest"].split(",") if part.strip()]
    place = (commune, number)
    named = known.communes_of(
        key for one in parts for key, _ in _numbers(one, head, place, known, source, [])
    )
    if len(named) > 1:  # one sheet is of one commune, though each of its numbers is of one alone
        problems.append(_ambiguous(piece.strip(), named, source))
        return
    for one in parts:
        yield from _numbers(one, head, place, known, source, problems)


def _small(text: str) -> str:
    """A text in small letters, composed, with single spaces."""
    return " ".join(nfc(text).casefold().split())


def _in_commune(name: str, known: _Known, meant: str) -> str:
    """A name without a commune as that of the commune that is meant, where one is."""
    return f"{meant}/{name}" if meant and known.is_bare(name) else name


def _numbers(
    one: str, head: str, place: tuple[str, str], known: _Known, source: str, problems: list[Problem]
) -> Iterable[tuple[str, str]]:
    """The parcels of a sheet that a number or a range names."""
    single = [(f"{head}/{one}", f"{head}/{one}")]
    span = _RANGE.match(one)
    exact = known.find(f"{head}/{one}")
    facts: dict[str, Fact] = {"found": one, "most": RANGE_MOST}
    if span is None:
        if exact or not _LETTER_RANGE.match(one):
            return single
        problems.append(Problem(source, "problem.list_letter_range", facts))
        return ()
    # A parcel may be numbered "1-2" itself: then a range is told from it by its numbers.
    first, last = int(span[1]), int(span[2])
    inside = known.between(*place, first, last)
    if exact and not (first < last and inside):
        return single
    if exact:
        problems.append(Problem(source, "problem.list_range_or_number", facts))
    elif not inside or len(inside) > RANGE_MOST:
        problems.append(Problem(source, "problem.list_range", facts))
    else:
        return [(f"{head}/{n}", f"{head}/{n}") for n in inside]
    return ()


def _one_key(text: str) -> str:
    """One parcel's name: "tờ 12 thửa 5" as "12/5"."""
    sheet = _SHEET.match(_small(text))
    if sheet is None:
        return text
    head = f"{sheet['commune']}/{sheet['sheet']}" if sheet["commune"] else sheet["sheet"]
    return f"{head}/{sheet['rest'].strip()}"


def _why_not(word: str, ids: list[str], known: _Known, source: str) -> Problem:
    if not ids:
        return Problem(source, "problem.list_unknown", {"found": word})
    return _ambiguous(word, {known.communes[one] for one in ids}, source)


def _ambiguous(word: str, communes: Iterable[str], source: str) -> Problem:
    return Problem(source, "problem.list_ambiguous", {"found": word, "communes": ", ".join(sorted(communes))})
