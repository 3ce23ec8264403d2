"""Which encoding the texts of a layer or a sheet are in, by what they say in each. Pure: no file, no clock.

Each distinct word is read by every encoding; a reading that is a Vietnamese syllable speaks for it. Nothing
is guessed: where two encodings fit as well, or too few words speak, the answer is that it is not known.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.legacy_text.decoding import WORD, as_bytes, decode
from gis.legacy_text.syllables import is_syllable
from gis.legacy_text.tables import ENCODINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.legacy_text.tables import Encoding

Reading: TypeAlias = Literal["right", "wrong", "neither"]
# What may be letters in one of the encodings: no digit, space or ASCII sign.
_TOKEN: Final = re.compile(r"[A-Za-z\x02\x05\x06\x14\x19\x1e\x80-\xff]+")
_SIGNS: Final = re.compile("[\x80-\xbf\xd7\xf7]")
# A sign beside a letter, no quotation mark nor dash: no word of a living language holds it.
_SHOWING: Final = re.compile(
    "[A-Za-z\xc0-\xff][\xa1-\xaa\xac-\xba\xbc-\xbf]|[\xa1-\xaa\xac-\xba\xbc-\xbf][A-Za-z\xc0-\xff]"
)
_LETTERS: Final = re.compile("[A-Za-z\xb5\xc0-\xd6\xd8-\xf6\xf8-\xff]")
# Share of the words that must be syllables, and how near a second encoding may come.
_MOST: Final = 0.9
# Words that speak, a word with a sign in it ("Hoµng") for two: no language of Latin letters writes it.
_ENOUGH: Final = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words of a layer or a sheet say of their encoding.

    Args:
        encoding: The one that fits, None where none does or it is not certain.
        rivals: Those that are possible where it is not certain; empty where there is nothing to decode.
        mixed: Whether other texts beside them are Unicode: then a text is recoded only if it needs it.
    """

    encoding: Encoding | None
    rivals: tuple[Encoding, ...] = ()
    mixed: bool = False


def recognise(texts: Iterable[str]) -> Encoding | None:
    """The encoding of texts; None where they are Unicode already, or where it is not certain.

    Args:
        texts: All texts of a layer or sheet together: one character a byte, or the Latin letters that a cell
            in an old font shows.

    >>> recognise(["X· Hoµng S¬n", "HuyÖn Ho»ng Ho¸"]), recognise(["Xã Hoàng Sơn"]), recognise(["Café"])
    ('TCVN3', None, None)
    """
    return weigh(texts).encoding


def weigh(texts: Iterable[str], *, raw: bool = False) -> Verdict:
    """The encoding of texts, or those that are possible.

    Args:
        texts: As of `recognise`.
        raw: True where the texts are bytes that nobody has decoded, False where they are Unicode.
    """
    distinct = set(texts)
    tokens, mixed = set[str](), False
    for text in distinct:
        held = as_bytes(text)
        if held is None:
            mixed = mixed or any(
                is_syllable(word)
                for word in WORD.findall(unicodedata.normalize("NFC", text))
                if not word.isascii()
            )
        else:
            tokens.update(token for token in _TOKEN.findall(held) if not is_plain(token))
    tokens = {token for token in tokens if _LETTERS.search(token)}
    if mixed:
        tokens = {token for token in tokens if reading(token, None) != "right"}
    return _verdict(tokens, mixed=mixed, raw=raw)


def tokens_of(text: str) -> list[str]:
    """The words of a text as bytes, one character a byte; none where the text is Unicode already."""
    held = as_bytes(text)
    return [] if held is None else _TOKEN.findall(held)


def is_plain(token: str) -> bool:
    """Whether a word is of ASCII letters alone, which every encoding reads alike."""
    return token.isascii() and token.isprintable()


def _verdict(tokens: set[str], *, mixed: bool, raw: bool) -> Verdict:
    readings = {name: {token: reading(token, name) for token in tokens} for name in ENCODINGS}
    asis = {token for token in tokens if reading(token, None) == "right"}
    right = {name: {t for t, found in read.items() if found == "right"} for name, read in readings.items()}
    wrong = {name: sum(found == "wrong" for found in read.values()) for name, read in readings.items()}
    fitting = [n for n in ENCODINGS if right[n] and len(right[n]) >= _MOST * (len(right[n]) + wrong[n])]
    if not fitting:
        return Verdict(None)
    most = max(len(right[name]) for name in fitting)
    near = [name for name in fitting if len(right[name]) >= _MOST * most]
    best = max(near, key=lambda name: len(right[name]))
    if not raw and len(asis) >= _MOST * most:
        return Verdict(None)
    spoken = tokens if raw else right[best] - asis
    if any(_differ(tokens, best, other) for other in near):
        return Verdict(None, tuple(near) if raw or _shows(spoken) else (), mixed)
    if _evidence(right[best] if raw else spoken) < _ENOUGH:
        return Verdict(None, tuple(near) if raw or _shows(spoken) else (), mixed)
    return Verdict(best, (), mixed)


def _differ(tokens: set[str], one: Encoding, other: Encoding) -> bool:
    return any(decode(token, one) != decode(token, other) for token in tokens)


def _shows(tokens: set[str]) -> bool:
    """Whether a word holds a sign that no word of a living language holds."""
    return any(_SHOWING.search(token) for token in tokens)


def _evidence(tokens: set[str]) -> int:
    return sum(2 if _SIGNS.search(token) else 1 for token in tokens)


@lru_cache(maxsize=50_000)
def reading(token: str, encoding: Encoding | None) -> Reading:
    """Whether a token is Vietnamese when read by an encoding, or as it stands (None).

    >>> reading("Hoµng", "TCVN3"), reading("Hoµng", "VISCII"), reading("§T", "TCVN3"), reading("Sơn", None)
    ('right', 'wrong', 'neither', 'right')
    """
    text = token if encoding is None else decode(token, encoding).text
    if encoding == "UTF-8" and text == token:
        return "wrong"
    if any(_is_odd(text, position) for position in range(len(text))):
        return "wrong"
    words = [word for word in WORD.findall(text) if not word.isascii()]
    told = [word for word in words if not _is_abbreviation(word)]
    if not all(is_syllable(word) for word in told):
        return "wrong"
    return "right" if told else "neither"


def _is_odd(text: str, position: int) -> bool:
    """Whether a character is no letter and yet stands within a word, or is of no use in a text at all."""
    category = unicodedata.category(text[position])
    if category[0] in "LPZ":
        return False
    if category == "Cc" or category[0] == "M":
        return True
    return 0 < position < len(text) - 1 and text[position - 1].isalpha() and text[position + 1].isalpha()


def _is_abbreviation(word: str) -> bool:
    """Capitals without marked vowels, as "QĐ", "HĐND": they say nothing of the encoding."""
    return word.isupper() and word.replace("Đ", "").isascii() and not is_syllable(word)
