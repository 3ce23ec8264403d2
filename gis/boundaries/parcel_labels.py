"""The texts of a cadastral drawing -> number, area and land use of the parcel that they stand in.

A label is written as "163" over "245.7", as "163/245,7/LUC", or as texts apart, by layer or not. Which of two
whole numbers is the area only the drawn area tells; where it does not, nothing is taken.
Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.boundaries.columns import DEFAULT_COLUMNS, column_key
from gis.boundaries.fields import land_use_of
from gis.errors import NotANumberError
from gis.vietnamese import fold, nfc, parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Meaning: TypeAlias = Literal["number", "area", "land_use"]

_PARTS: Final = re.compile(r"[\n\r|;/\\]+")
# A number of up to five digits: larger ones are coordinates.
_WHOLE: Final = re.compile(r"[1-9][0-9]{0,4}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,4}[a-zA-Z]?(-[0-9]{1,4}[a-zA-Z]?)?")
_DECIMAL: Final = re.compile(r"[0-9]+([.,][0-9]+)+")
_UNIT: Final = re.compile(r"(?<=[0-9])\s*(m2|m²)$", re.IGNORECASE)
_VALUE: Final = re.compile(r"[0-9a-zA-Z.,-]+")
# Words before a value, folded: "Thửa 163", "Thửa đất số: 163", "DT: 245,7", "S = 245.7", "Loại đất: LUC".
_WORDS: Final[tuple[tuple[re.Pattern[str], Meaning], ...]] = (
    (re.compile(r"(?:so )?thua(?: dat)?(?: so)?\s*[:=]?\s*(?=[0-9])"), "number"),
    (re.compile(r"(?:dien tich|dt|s)\s*[:=]?\s*(?=[0-9])"), "area"),
    (re.compile(r"(?:loai dat|mdsd|muc dich(?: su dung)?)\s*[:=]?\s*(?=[a-z])"), "land_use"),
)
_LAYERS: Final[tuple[tuple[Meaning, tuple[str, ...]], ...]] = (
    ("number", ("number",)),
    ("area", ("measured_area_m2", "legal_area_m2")),
    ("land_use", ("land_use",)),
)
_TITLE: Final = re.compile(r"\bto(?: ban do)?(?: dia chinh)?\s*(?:so)?\s*[:.]?\s*([0-9]{1,4}[a-z]?)\b")
_TITLES: Final = ("to ban do", "to so", "ban do dia chinh to")
_FILE_NAME: Final = re.compile(r"(?:dc|to(?: ban do)?(?: so)?|tbd) ?([0-9]{1,4}[a-z]?)")
# How far an area that is written may be from the drawn one, for the text to be taken as that area.
AGREE_SHARE: Final = 0.05
AGREE_M2: Final = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One text, as far as it can be read by itself.

    Args:
        numbers: What can only be a parcel number.
        areas: What can only be an area, as written.
        land_uses: Land-use codes.
        whole: Whole numbers that may be a parcel number or an area, in their order.
        decimals: A decimal by itself: an area, or the length of an edge.
        text: Nothing of a label: the text itself.
    """

    numbers: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    land_uses: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    decimals: tuple[str, ...] = ()
    text: str = ""

    @property
    def names_parcel(self) -> bool:
        """Whether a parcel is lost where the text stands in none."""
        return bool(self.numbers or self.whole)


@dataclass(frozen=True, slots=True)
class ParcelText:
    """What the texts in one polygon say.

    Args:
        number: Parcel number, "" where none or several stand there.
        area: As written, "" where there is none that is certain.
        land_use: Code, "" where none or several stand there.
        text: The other texts, by comma.
        numbers: The numbers among which none could be chosen.
        unsure: Meanings for which a text stands there that could not be taken: "area", "land_use".
    """

    number: str = ""
    area: str = ""
    land_use: str = ""
    text: str = ""
    numbers: tuple[str, ...] = ()
    unsure: tuple[Meaning, ...] = field(default=())


def layer_meaning(layer: str) -> Meaning | None:
    """What the texts of a layer are, where its name says so ("SO_THUA"); a DGN level says nothing.

    >>> layer_meaning("SO_THUA"), layer_meaning("Loại đất"), layer_meaning("13")
    ('number', 'land_use', None)
    """
    key = column_key(layer)
    for meaning, columns in _LAYERS:
        if any(key in DEFAULT_COLUMNS.shipped[column] for column in columns):
            return meaning
    return None


def is_land_use(token: str) -> bool:
    """Whether a text is a land-use code, or several joined ("ONT+CLN"), in capitals as it is written."""
    known = DEFAULT_COLUMNS.known | DEFAULT_COLUMNS.obsolete
    return token == token.upper() and all(part in known for part in land_use_of(token).split("+"))


def read_label(text: str, layer: str = "") -> Reading:
    """What one text of a drawing says of a parcel.

    Args:
        text: As the file holds it, lines by line breaks.
        layer: Name of its layer or level.

    >>> read_label("LUC 163/245,7")
    Reading(numbers=('163',), areas=('245,7',), land_uses=('LUC',), whole=(), decimals=(), text='')
    >>> read_label("163").whole, read_label("12.35").decimals, read_label("Mương N2").text
    (('163',), ('12.35',), 'Mương N2')
    """
    plain = " ".join(nfc(text).split(" ")).strip()
    by_layer = _by_layer(plain, layer_meaning(layer))
    if by_layer is not None:
        return by_layer
    kinds: dict[Meaning | Literal["whole", "decimal"], list[str]] = {}
    for part in _PARTS.split(plain):
        for kind, value in _tokens(part.strip()):
            if kind is None:
                return Reading(text=_one_line(plain))
            kinds.setdefault(kind, []).append(value)
    whole, decimals = kinds.get("whole", []), kinds.get("decimal", [])
    numbers, areas = kinds.get("number", []), kinds.get("area", [])
    if len(decimals) == 1 and len(whole) + len(numbers) == 1 and not areas:
        # A number and a decimal in one label: there is one way to read them.
        numbers, areas, whole, decimals = [*numbers, *whole], decimals, [], []
    elif areas and not numbers and len(whole) == 1:
        numbers, whole = whole, []
    uses = tuple(kinds.get("land_use", []))
    return Reading(tuple(numbers), tuple(areas), uses, tuple(whole), tuple(decimals))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _by_layer(text: str, meaning: Meaning | None) -> Reading | None:
    """A text whose layer says what it is, where it can be that."""
    if meaning == "number" and re.fullmatch(r"[0-9][0-9a-zA-Z/.-]{0,11}", text):
        return Reading(numbers=(text,))
    if meaning == "area" and re.fullmatch(r"[0-9][0-9.,\s]*", _UNIT.sub("", text)):
        return Reading(areas=(_UNIT.sub("", text).strip(),))
    if meaning == "land_use" and is_land_use(text):
        return Reading(land_uses=(land_use_of(text),))
    return None


def _tokens(part: str) -> list[tuple[Meaning | Literal["whole", "decimal"] | None, str]]:
    """The values of one line of a label; kind None where it is no label."""
    if not part:
        return []
    folded = fold(part)
    for words, meaning in _WORDS:
        found = words.match(folded)
        # Folding keeps the length of what is composed and has single spaces.
        if found and len(folded) == len(part):
            value = _UNIT.sub("", part[found.end() :]).strip()
            fits = is_land_use(value) if meaning == "land_use" else _VALUE.fullmatch(value)
            return [(meaning if fits else None, value)]
    return [_token(token) for token in _UNIT.sub("", part).split()]


def _token(token: str) -> tuple[Meaning | Literal["whole", "decimal"] | None, str]:
    if _WHOLE.fullmatch(token):
        return "whole", token
    if _DECIMAL.fullmatch(token):
        return "decimal", token
    if is_land_use(token):
        return "land_use", land_use_of(token)
    return ("number", token) if _NUMBER.fullmatch(token) else (None, token)


def agrees(text: str, drawn_m2: float | None) -> bool:
    """Whether a written area can be that of a polygon: within 5 % or 1 m² of it."""
    if drawn_m2 is None:
        return False
    try:
        written = parse_number(text)
    except NotANumberError:
        return False
    return abs(written - Decimal(drawn_m2)) <= max(AGREE_M2, AGREE_SHARE * drawn_m2)


def parcel_text(readings: Sequence[Reading], drawn_m2: float | None) -> ParcelText:
    """What all texts in a polygon say together.

    Args:
        readings: Of the texts in it, in the file's order.
        drawn_m2: Its drawn area, by which a whole number or a lone decimal is known as the area; None if
            the drawing's unit is not known.

    >>> parcel_text([read_label("163"), read_label("246"), read_label("LUC")], 245.7)
    ParcelText(number='163', area='246', land_use='LUC', text='', numbers=(), unsure=())
    """
    numbers = _once(value for one in readings for value in one.numbers)
    areas = _once(value for one in readings for value in one.areas)
    whole = _once(value for one in readings for value in one.whole)
    decimals = _once(value for one in readings for value in one.decimals)
    if not areas:
        areas, decimals = _agreeing(decimals, drawn_m2)
    if not areas and len(numbers) + len(whole) > 1:
        areas, whole = _agreeing(whole, drawn_m2)
    numbers = _once([*numbers, *whole])
    uses = _once(value for one in readings for value in one.land_uses)
    unsure: list[Meaning] = ["area"] if len(areas) > 1 or (len(decimals) == 1 and not areas) else []
    unsure += ["land_use"] if len(uses) > 1 else []
    rest = [*(one.text for one in readings if one.text), *decimals, *(areas if len(areas) > 1 else [])]
    return ParcelText(
        numbers[0] if len(numbers) == 1 else "",
        areas[0] if len(areas) == 1 else "",
        uses[0] if len(uses) == 1 else "",
        ", ".join(rest),
        tuple(numbers) if len(numbers) > 1 else (),
        tuple(unsure),
    )


def _agreeing(values: list[str], drawn_m2: float | None) -> tuple[list[str], list[str]]:
    """The one value that can be the drawn area and the others; none where none or several can."""
    near = [value for value in values if agrees(value, drawn_m2)]
    return (near, [one for one in values if one not in near]) if len(near) == 1 else ([], values)


def _once(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def sheet_in_title(texts: Iterable[str]) -> list[str]:
    """Sheet numbers that the texts of a drawing name: "TỜ BẢN ĐỒ SỐ 12".

    >>> sheet_in_title(["MẢNH BẢN ĐỒ ĐỊA CHÍNH", "Tờ bản đồ số: 12"])
    ['12']
    """
    titles = (fold(text) for text in texts)
    found = (_TITLE.search(title) for title in titles if title.startswith(_TITLES))
    return _once(match.group(1).upper() for match in found if match)


def sheet_in_name(stem: str) -> str:
    """The sheet number that a file's name is, "" where the name is anything more: "DC5", "tờ 12".

    >>> sheet_in_name("DC5"), sheet_in_name("to_12"), sheet_in_name("khu dan cu 12")
    ('5', '12', '')
    """
    match = _FILE_NAME.fullmatch(fold(stem.replace("_", " ").replace("-", " ")))
    return match.group(1).upper() if match else ""
