"""What somebody typed into a search, as the index is asked for it. Pure: no file, no clock."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from gis.vietnamese import fold

# "tờ 7 thửa 12", and what it is while somebody is still typing it.
_SPOKEN: Final = re.compile(
    r"^(?:(\d{5})[/ ]+)?to ?(?:so )?(\d[^ /]*)(?:(?: ?/ ?| )(?:t|th|thu|thua)(?: ?(?:s|so))?(?: ?(\d\S*))?)?$"
)
# "t2/163a", "t2 t163a"; "t2" alone may be the code of a household, or begin one.
_SHORT: Final = re.compile(r"^(?:(\d{5})[/ ]+)?t ?(\d[^ /]*)(?:/|[/ ](?:t|th|thua)? ?(\d\S*))$")
_NUMBER: Final = re.compile(r"^thua ?(?:so )?(\d\S*)$")
_APART: Final = re.compile(r"^\d\S*(?: \d\S*){1,2}$")
_TONE: Final = "\u0300\u0301\u0303\u0309\u0323"
_OLD_STYLE: Final = re.compile(rf"([ou])([{_TONE}])([aey])(?!\w)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody typed, as the index is asked.

    Args:
        label: The name of a parcel, or its beginning: "7/12", "7/".
        text: Without accents, for groups and people.
        toned: With accents; "" where none were typed.
    """

    label: str
    text: str
    toned: str = ""


def read(text: str) -> Wanted:
    """What a typed text means.

    >>> [read(text).label for text in ("Tờ 7 thửa 12", "to so 7, thua", "7 / 12a", "15910 7 12")]
    ['7/12', '7/', '7/12a', '15910/7/12']
    >>> [read(text).label for text in ("t7/12a", "T7 12a", "t 7 t12", "tờ 7 12a", "15910 t7/12", "t7/", "t7")]
    ['7/12a', '7/12a', '7/12', '7/12a', '15910/7/12', '7/', 't7']
    """
    folded = fold(re.sub(r"[,;:\t\n]", " ", text))
    folded = re.sub(r"^to ?(?:so )?(?=\d\S*[/ ]\d)", "", re.sub(r" ?/ ?", "/", folded))
    accented = toned(text)
    wanted = Wanted(folded, folded, "" if accented == fold(text) else accented)
    if spoken := _SPOKEN.match(folded):
        commune, sheet, number = spoken.groups()
        head, group = (f"{commune}/{sheet}", f"{commune}/to {sheet}") if commune else (sheet, f"to {sheet}")
        return Wanted(f"{head}/{number or ''}", "" if number else group)
    if short := _SHORT.match(folded):
        return Wanted("/".join((*filter(None, short.groups()[:2]), short[3] or "")), folded)
    if alone := _NUMBER.match(folded):
        return Wanted(alone[1], "")
    if _APART.match(folded):
        return Wanted(folded.replace(" ", "/"), folded)
    return wanted


def toned(text: str) -> str:
    """A text for a search with accents: small letters, one style of tone marks, single spaces.

    >>> toned("Nguyễn Thị  HOÀ") == toned("nguyễn thị hòa"), toned("Hoa") == toned("Hoà")
    (True, False)
    """
    apart = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFC", " ".join(_OLD_STYLE.sub(r"\1\3\2", apart).split()))
