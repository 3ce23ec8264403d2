"""What a header's words mean: a table of spellings, what an office told before, and a guess that is told.

Pure: no file but the table that ships beside this module, no clock.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from gis.milestones import MILESTONES
from gis.vietnamese import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.sheets.tracking import Sureness, TrackedColumn

SHIPPED_FILE: Final = "headings.toml"
AREAS: Final = ("legal_area_m2", "measured_area_m2", "recovered_area_m2")
FACETS: Final = ("on", "document", "document_on", "amount")
LEFT_OUT: Final = "left_out"
OTHER_UNIT: Final = "other"  # of an area: one that is no square metres without a custom of the place
# A column of all land uses together, beside one for each.
_SUM: Final = re.compile(
    r"^\s*tổng(?: số| cộng)?(?=\s)|(?<=\s)(?:tổng(?: số| cộng)?|cộng)\s*$", re.IGNORECASE
)
_BRACKETS: Final = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# Money folded, areas with their accents: "hạ tầng" is no hectare.
_MONEY_UNITS: Final = (
    ("ty", re.compile(r"(?<!cong )\bt[yi]\b(?! le)")),
    (
        "trieu",
        re.compile(
            r"\b(?:trieu|tr\.? ?d(?:ong)?|1(?P<mark>[., ]?)000(?P=mark)000 ?(?:d|vnd)|10(?:\^6|⁶) ?d)"
        ),
    ),
    ("nghin", re.compile(r"\b(?:nghin|ngan|1[., ]?000 ?(?:d|vnd)|10(?:\^3|³) ?d)")),
    ("dong", re.compile(r"\b(?:dong|vnd|d)\b(?!.*\bdong cua\b)")),
)
_AREA_UNITS: Final = (
    ("ha", re.compile(r"(?<!\w)(?:ha|h[eé]c[- ]?ta)(?!\w)")),
    (OTHER_UNIT, re.compile(r"(?<!\w)(?:sào|mẫu|thước|km ?[2²])(?!\w)")),
    ("m2", re.compile(r"(?<!\w)m ?(?:2|²)(?!\w)")),
)


@lru_cache(maxsize=10_000)
def key(text: str) -> str:
    """A header's text as it is compared: folded, letters and digits only.

    >>> key("Số  tờ (BĐ)"), key("SO TO BD")
    ('sotobd', 'sotobd')
    """
    return "".join(c for c in fold(text) if c.isalnum())


def words(text: str) -> str:
    """A text folded to its words, one space around each.

    >>> words("Chi trả / Ngày")
    ' chi tra ngay '
    """
    return " " + " ".join(re.findall(r"\w+", fold(text))) + " "


@dataclass(frozen=True, slots=True)
class Headings:
    """The words of `headings.toml`, made ready."""

    plain: Mapping[str, str]
    guesses: tuple[tuple[str, str], ...]
    milestones: tuple[tuple[str, str], ...]
    facets: tuple[tuple[tuple[str, ...], str], ...]
    marks: Mapping[str, bool]
    lines: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Heading:
    """What one header was taken for: see `TrackedColumn`."""

    meaning: str
    unit: str
    sureness: Sureness


def _longest_first(table: Mapping[str, Iterable[str]]) -> tuple[tuple[str, str], ...]:
    pairs = [(words(text), meaning) for meaning, texts in table.items() for text in texts]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _shipped() -> Headings:
    table = tomllib.loads(resources.files(__package__).joinpath(SHIPPED_FILE).read_text("utf-8"))
    facets = [
        (tuple(re.findall(r"\w+", nfc(text).casefold())), facet)
        for facet, texts in table["facets"].items()
        for text in texts
    ]
    marks = {mark_key(text): state == "reached" for state, texts in table["marks"].items() for text in texts}
    return Headings(
        {key(text): meaning for meaning, texts in table["plain"].items() for text in texts},
        _longest_first(table["guess"]),
        _longest_first(table["milestones"]),
        tuple(facets),
        marks,
        {kind: tuple(nfc(text).casefold() for text in texts) for kind, texts in table["lines"].items()},
    )


@lru_cache(maxsize=10_000)
def mark_key(text: str) -> str:
    """A mark as it is compared; signs count, accents do not.

    >>> mark_key(" Đã xong. "), mark_key("X")
    ('da xong', 'x')
    """
    return fold(text).rstrip(" .!")


HEADINGS: Final = _shipped()


def meanings() -> tuple[str, ...]:
    """All that a column can mean, in the order in which a page offers them."""
    plain = dict.fromkeys(HEADINGS.plain.values())
    return (*plain, *(f"{milestone}.{facet}" for milestone in MILESTONES for facet in FACETS))


def unit(text: str) -> str:
    """The unit that a text names: "ty", "trieu", "nghin", "dong", "ha", "m2", "other", else "".

    >>> unit("Diện tích thu hồi (ha)"), unit("Số tiền (triệu đồng)"), unit("ĐVT: m²"), unit("Hạ tầng")
    ('ha', 'trieu', 'm2', '')
    """
    return money_unit(text) or area_unit(text)


def money_unit(text: str) -> str:
    """The unit of money that a text names.

    >>> money_unit("tỷ đồng"), money_unit("1.000.000 đ"), money_unit("1.000đ"), money_unit("Tỷ lệ")
    ('ty', 'trieu', 'nghin', '')
    """
    found = fold(text)
    return next((name for name, pattern in _MONEY_UNITS if pattern.search(found)), "")


def area_unit(text: str) -> str:
    """The unit of area that a text names; "other" for one that is neither m² nor ha.

    >>> area_unit("m 2"), area_unit("Héc-ta"), area_unit("sào"), area_unit("đất hạ tầng")
    ('m2', 'ha', 'other', '')
    """
    found = nfc(text).casefold()
    return next((name for name, pattern in _AREA_UNITS if pattern.search(found)), "")


def recognise(parts: tuple[str, ...], remembered: Mapping[str, str]) -> Heading:
    """What a column means by its header's rows.

    Args:
        parts: The header's texts from top to bottom.
        remembered: Meanings by `key` of the whole header, as the office told them before.

    >>> recognise(("Chi trả", "Ngày"), {}), recognise(("Diện tích (m2)", "Thu hồi"), {}).meaning
    (Heading(meaning='paid.on', unit='', sureness='sure'), 'recovered_area_m2')
    """
    whole = " ".join(parts)
    if not whole.strip():
        return Heading("", "", "unknown")
    bare = _BRACKETS.sub(" ", whole)
    meaning, sureness = _meaning(whole, bare, parts, remembered)
    return Heading(meaning, _unit_for(meaning, whole), sureness)


def _meaning(
    whole: str, bare: str, parts: tuple[str, ...], remembered: Mapping[str, str]
) -> tuple[str, Sureness]:
    if key(whole) in remembered:
        return remembered[key(whole)], "remembered"
    for start in range(len(parts)):  # groups above say less than what they stand over
        inner = " ".join(parts[start:])
        bare_inner = _BRACKETS.sub(" ", inner)
        for text in (inner, bare_inner, _SUM.sub(" ", bare_inner)):
            if found := HEADINGS.plain.get(key(text)):
                return found, "sure"
    said = words(bare)
    if " dien tich " not in said and (found := _milestone(said, parts)):
        return found, "sure"
    guess = next((meaning for phrase, meaning in HEADINGS.guesses if phrase in said), "")
    return guess, "guess" if guess else "unknown"


def _milestone(said: str, parts: tuple[str, ...]) -> str:
    """A milestone and what of it stands there: "paid.amount"; "" where none is named."""
    for phrase, milestone in HEADINGS.milestones:
        if phrase in said:
            pieces = [_BRACKETS.sub(" ", part) for part in (*parts[::-1], " ".join(parts))]
            facets = (facet for piece in pieces if (facet := _facet(piece, phrase)))
            paid = "amount" if money_unit(" ".join(_BRACKETS.findall(" ".join(parts)))) else "on"
            return f"{milestone}.{next(facets, paid)}"
    return ""


def _facet(part: str, phrase: str) -> str:
    """What a part of a header says of a milestone beside naming it; accents count: "tiến" is no "tiền"."""
    own = re.findall(r"\w+", nfc(part).casefold())
    named = f" {' '.join(map(fold, own))} ".find(phrase)
    if named >= 0:
        first = f" {' '.join(map(fold, own))} "[: named + 1].count(" ") - 1
        own[first : first + len(phrase.split())] = [""]
    found = next((facet for text, facet in HEADINGS.facets if _said(text, own)), "")
    return "" if found == "nothing" else found


def _said(text: tuple[str, ...], own: list[str]) -> bool:
    """Whether words stand in a row; those without accents stand for any."""
    return any(
        all(said in (word, fold(word)) for word, said in zip(text, own[at:], strict=False))
        for at in range(len(own) - len(text) + 1)
    )


def _unit_for(meaning: str, text: str) -> str:
    brackets = " ".join(_BRACKETS.findall(text))
    if meaning in AREAS:
        return area_unit(brackets) or area_unit(text)
    return (money_unit(brackets) or money_unit(text)) if meaning.endswith(".amount") else ""


@lru_cache(maxsize=10_000)
def dated(parts: tuple[str, ...]) -> bool:
    """Whether a header asks for a day in words, so that a bare "1" in its column is no mark."""
    own = re.findall(r"\w+", nfc(" ".join(parts)).casefold())
    return any(_said(text, own) for text, facet in HEADINGS.facets if facet == "on")


def remembered_text(columns: Iterable[TrackedColumn]) -> str:
    """TOML by which a project remembers what the office's columns mean: meaning by header text."""
    chosen = {column.header: column.meaning for column in columns if column.header}
    lines = (f"{_quoted(header)} = {_quoted(meaning)}" for header, meaning in chosen.items())
    return "\n".join(["[columns]", *lines, ""])


def parse_remembered(text: str) -> dict[str, str]:
    r"""Meanings by `key` of the header, of a text by `remembered_text`; what names no meaning is left out.

    Raises:
        tomllib.TOMLDecodeError: If it is no TOML.

    >>> parse_remembered('[columns]\n"Chi trả / Ngày" = "paid.on"')
    {'chitrangay': 'paid.on'}
    """
    table = tomllib.loads(text).get("columns", {})
    known = {*meanings(), ""}
    return {key(header): meaning for header, meaning in table.items() if meaning in known}


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in plain) + '"'
