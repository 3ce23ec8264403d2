"""A text of old bytes to Unicode, with what is not certain about it. Pure: no file, no clock.

Bytes are held as text, one character a byte. That is what reading a file as Latin-1 gives, and what a cell
in an old font shows ("Hoµng S¬n"); what Windows-1252 shows for 0x80 to 0x9f is taken back to its byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.legacy_text.syllables import is_syllable
from gis.legacy_text.tables import byte_of, table, windows_character
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from gis.legacy_text.tables import Encoding, Table

# Letters alone: Python counts "²" and "½" to the letters of a word.
WORD: Final = re.compile(r"[^\W\d_²³¹¼½¾]+")
_ENOUGH_NEIGHBOURS: Final = 2
# "đất ở" is in every list of land; no name is spelt so.
_NEVER_A_NAME: Final = frozenset({"ở"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text in Unicode (NFC).

    Args:
        text: The text.
        unsure: Words in it whose capitals the encoding does not tell: their case follows the letters around.
    """

    text: str
    unsure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as decoded, and the letters of it whose case the bytes do not tell (positions in the word)."""

    letters: str
    shared: frozenset[int]

    @property
    def inner(self) -> str:
        """Letters after the first whose case is known."""
        return "".join(c for i, c in enumerate(self.letters) if i and i not in self.shared)

    @property
    def first(self) -> str:
        """The first letter if its case is known, else nothing."""
        return "" if 0 in self.shared else self.letters[0]

    def with_case(self, *, first: bool, others: bool) -> str:
        """The word with capitals at the letters that the bytes leave open: the first, and the others."""
        return "".join(
            c.upper() if i in self.shared and (others if i else first) else c
            for i, c in enumerate(self.letters)
        )


def as_bytes(text: str) -> str | None:
    """A text as one character a byte, None if a character of it is of no byte: then it is Unicode already.

    >>> as_bytes("Hoµng"), as_bytes("“S¬n”") == chr(0x93) + "S¬n" + chr(0x94), as_bytes("Hoằng")
    ('Hoµng', True, None)
    """
    found = [byte_of(character) for character in text]
    return None if None in found else "".join(byte for byte in found if byte is not None)


def decode(text: str, encoding: Encoding) -> Decoded:
    """A text read by one encoding; a text that is Unicode already keeps its letters.

    >>> decode("Hoµng S¬n", "TCVN3").text, decode("Hoaøng Sôn", "VNI").text
    ('Hoàng Sơn', 'Hoàng Sơn')
    >>> decode("HOµNG S¥N", "TCVN3")
    Decoded(text='HOÀNG SƠN', unsure=('HOÀNG',))
    """
    raw = as_bytes(text)
    if raw is None or raw.isascii():
        codes = raw is not None and encoding == "VISCII" and any(c in table(encoding).letters for c in raw)
        if not codes:
            return Decoded(nfc(text))
    if raw is not None and encoding == "UTF-8":
        return Decoded(_utf8(text, raw))
    return _by_table(raw or "", table(encoding))


def _utf8(text: str, raw: str) -> str:
    try:
        return nfc(raw.encode("latin-1").decode("utf-8"))
    except UnicodeDecodeError:
        return nfc(text)


def _by_table(raw: str, codes: Table) -> Decoded:
    letters: list[str] = []
    shared: set[int] = set()
    at = 0
    while at < len(raw):
        found = codes.pattern.match(raw, at)
        sequence = found.group() if found else raw[at]
        if sequence in codes.shared:
            shared.add(len(letters))
        letters.append(codes.letters[sequence] if found else windows_character(sequence))
        at += len(sequence)
    if not shared:
        return Decoded(nfc("".join(letters)))
    return _with_case("".join(letters), shared)


def _with_case(text: str, shared: set[int]) -> Decoded:
    """Give letters of unknown case the case of the letters around them."""
    spans = [match.span() for match in WORD.finditer(text)]
    words = [_Word(text[a:b], frozenset(i - a for i in range(a, b) if i in shared)) for a, b in spans]
    pieces, unsure, end = [], [], 0
    for number, (start, stop) in enumerate(spans):
        new, certain = _cased(words, number) if words[number].shared else (words[number].letters, True)
        pieces += [text[end:start], new]
        unsure += [] if certain else [new]
        end = stop
    return Decoded("".join([*pieces, text[end:]]), tuple(dict.fromkeys(unsure)))


def _cased(words: list[_Word], number: int) -> tuple[str, bool]:
    """A word with its case decided, and whether the other case is out of the question."""
    word, others = words[number], [*words[:number], *words[number + 1 :]]
    inner = word.inner or "".join(other.inner for other in others if is_syllable(other.letters.lower()))
    if inner.isupper() and not word.first.islower():
        return word.with_case(first=True, others=True), False
    if 0 in word.shared:
        firsts = "".join(other.first for other in others)
        if len(firsts) >= _ENOUGH_NEIGHBOURS and firsts.isupper():
            return word.with_case(first=True, others=False), False
        # The first word of a sentence has a capital whatever the others have.
        within = "".join(other.first for at, other in enumerate(words) if at not in {0, number})
        return word.letters, number > 0 and (within.islower() or word.letters in _NEVER_A_NAME)
    return word.letters, bool(inner) or word.first.islower()
