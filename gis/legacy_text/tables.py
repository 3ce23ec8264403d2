"""The tables of the encodings: which bytes stand for which letter. Pure but for reading its own data once."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

Encoding: TypeAlias = Literal["UTF-8", "CP1258", "TCVN3", "VNI", "VISCII", "VPS"]
# Where two read a text alike, the first here is named: what is still in use comes first.
ENCODINGS: Final[tuple[Encoding, ...]] = get_args(Encoding)
LETTERS_FILE: Final = "letters.tsv"
_FIRST_HIGH: Final = 0x80
_BYTES: Final = 0x100


@dataclass(frozen=True, slots=True)
class Table:
    """One encoding: bytes, as text of one character a byte, to letters.

    Args:
        letters: What each sequence of bytes stands for.
        shared: Sequences that stand for a small letter and for its capital.
        pattern: Finds sequences, the longest first.
    """

    letters: Mapping[str, str]
    shared: frozenset[str]
    pattern: re.Pattern[str]


def byte_of(character: str) -> str | None:
    """The byte, as the character of that code, that shows as a character in Windows-1252; None if none does.

    >>> byte_of("µ"), byte_of("Œ") == chr(0x8C), byte_of("ơ")
    ('µ', True, None)
    """
    return character if ord(character) < _BYTES else _windows().get(character)


@cache
def windows_character(byte: str) -> str:
    """What Windows-1252 shows for a byte: the quotation marks and dashes among 0x80 to 0x9f."""
    return bytes([ord(byte)]).decode("cp1252", "replace").replace("\ufffd", byte)


@cache
def table(encoding: Encoding) -> Table:
    """The table of an encoding other than UTF-8."""
    if encoding == "CP1258":
        # Python's own codec: letters and combining tones, joined by NFC after decoding.
        codes = {chr(code): bytes([code]).decode("cp1258", "replace") for code in range(_FIRST_HIGH, _BYTES)}
        return _table({byte: letter for byte, letter in codes.items() if letter != "\ufffd"}, Counter())
    letters: dict[str, str] = {}
    owners: Counter[str] = Counter()
    column = _rows()[0].index(encoding.lower())
    for row in _rows()[1:]:
        for code in row[column].split(","):
            sequence = bytes.fromhex(code).decode("latin-1")
            owners[sequence] += 1
            letters.setdefault(sequence, row[0])  # small letters stand first in the file
    if encoding == "VNI":
        letters |= _mixed_case(letters)
    return _table({s: c for s, c in letters.items() if not s.isascii() or s < " "}, owners)


def _table(letters: dict[str, str], owners: Counter[str]) -> Table:
    longest_first = sorted(letters, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)), re.DOTALL)
    return Table(letters, frozenset(s for s, count in owners.items() if count > 1), pattern)


def _mixed_case(letters: Mapping[str, str]) -> dict[str, str]:
    """A letter whose mark was typed in the other case ("Uûy" for "UÛy"): the letter's own case counts."""
    pairs = {s: c for s, c in letters.items() if len(s) > 1}
    return {s[0] + s[1].swapcase(): c for s, c in pairs.items()}


@cache
def _windows() -> Mapping[str, str]:
    return {windows_character(chr(code)): chr(code) for code in range(_FIRST_HIGH, 0xA0)}


@cache
def _rows() -> list[list[str]]:
    text = resources.files(__package__).joinpath(LETTERS_FILE).read_text("utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
