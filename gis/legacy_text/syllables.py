"""Whether a word is built as a Vietnamese syllable: onset, rime and tone. Pure: no file, no clock.

A reading of bytes that gives syllables is right, one that gives "Hoộng" is wrong. What is written here is the
structure of the language's spelling, not a list of words: a name that nobody has heard of still has it.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

_ONSETS: Final = (
    *("ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr"),
    *("b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", ""),
)
_RIMES_SPELT: Final = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    o oc oi om on ong op ot oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt
    oe oen oeo oet oong ooc ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u uc ui um un ung up ut ua uân uâng uât uây uê uêch uênh uôc uôi uôm uôn uông uôt uơ
    uy uya uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu
"""
# After "qu" and "gi" the glide belongs to the onset.
_AFTER_QU_SPELT: Final = """
    a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên ênh êt
    i ia in it ich inh iên iêt y ych ynh yên yêt yt ơ ơi ôc ôt
"""
_RIMES: Final = frozenset(_RIMES_SPELT.split())
_AFTER_QU: Final = frozenset(_AFTER_QU_SPELT.split())
_MARKED: Final = "ăâêôơư"
_VOWELS: Final = "aeiouy" + _MARKED
_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
_TONES: Final = frozenset({_GRAVE, _HOOK, _TILDE, _ACUTE, _DOT})
_STOPPED: Final = ("c", "ch", "p", "t")
# Vowels of which writers put the tone on either (hoá, hóa; thuỷ, thủy).
_TWO_WAYS: Final = ("oa", "oe", "uy")


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether letters are one syllable as Vietnamese spells it: small letters, capitals, or a first capital.

    >>> [is_syllable(word) for word in ("Hoằng", "SƠN", "nghiêng", "Hoộng", "HOànG", "Brộ", "cât")]
    [True, True, True, False, False, False, False]
    """
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    plain, tone, at = _without_tone(word.lower())
    if at < -1:
        return False
    return any(
        _fits(onset, plain[len(onset) :], tone, at - len(onset) if at >= 0 else None)
        for onset in _ONSETS
        if plain.startswith(onset)
    )


def _without_tone(word: str) -> tuple[str, str, int]:
    """The letters without the tone, the tone, and the letter that carried it: -1 for none, -2 for several."""
    letters, tone, at = [], "", -1
    for position, letter in enumerate(unicodedata.normalize("NFC", word)):
        marks = unicodedata.normalize("NFD", letter)
        found = [mark for mark in marks if mark in _TONES]
        if found:
            at = position if at == -1 and len(found) == 1 else -2
            tone = found[0]
        letters.append(unicodedata.normalize("NFC", "".join(m for m in marks if m not in _TONES)))
    return "".join(letters), tone, at


def _fits(onset: str, rime: str, tone: str, at: int | None) -> bool:
    if rime not in (_AFTER_QU if onset == "qu" else _RIMES):
        return False
    vowels = rime.rstrip("bcdghmnpt")
    stopped = rime[len(vowels) :] in _STOPPED
    if at is None:
        # A syllable that ends in a stop has a tone; one in plain letters may be of another language.
        return not (stopped and any(letter in _MARKED for letter in rime))
    return at in _tone_places(vowels, closed=vowels != rime) and (not stopped or tone in {_ACUTE, _DOT})


def _tone_places(vowels: str, *, closed: bool) -> tuple[int, ...]:
    """Where the tone of a rime may stand."""
    marked = [position for position, letter in enumerate(vowels) if letter in _MARKED]
    if marked:
        return (marked[-1],)
    if closed:
        return (len(vowels) - 1,)
    if vowels in _TWO_WAYS:
        return (0, 1)
    return (1,) if len(vowels) > 2 else (0,)  # noqa: PLR2004  oai, oay, uya: the middle one
