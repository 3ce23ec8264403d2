"""The encodings once more, set down as their code charts and not by letter: what the tables are held against."""

from __future__ import annotations

import unicodedata

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
SMALL = [unicodedata.normalize("NFC", v + t) for v in VOWELS for t in TONES] + ["đ"]
LETTERS = [*SMALL, *(letter.upper() for letter in SMALL)]

# TCVN 5712:1993, VN3: first code of a run, and its letters.
TCVN3_RUNS = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ",
    0xB5: "àảãáạ",
    0xBB: "ằẳẵắ",
    0xC6: "ặầẩẫấậè",
    0xCE: "ẻẽéẹềểễếệìỉ",
    0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù",
    0xF1: "ủũúụừửữứựỳỷỹýỵ",
}
# RFC 1456, the upper half row by row.
VISCII_UPPER = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐ"
    "ỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲ"
    "Õắằặấầẩậẽẹếềểễệố"
    "ồổỗỠƠộờởịỰỨỪỬơớƯ"
    "ÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳ"
    "ĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉ"
    "đựòóôõỏọụùúũủýợỮ"
)
VISCII_LOWER = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
# VPS, the upper half row by row; "." is no letter.
VPS_UPPER = (
    "ÀẢÃẤẦẨọỗĂếềểệẮẰẲ"
    "Ế..ỀỂỄỐỒỔỖýỷỵỚỜỞ"
    ".ắằẳẵặỠớÙờởỡŨỨợỪ"
    "ổỬỲỸÍÌộỈĨÓửữÒỎÕự"
    "ầÁÂấẩẫậđẻÉÊẹỉễịỹ"
    "ƯỦồốÔỏơÈừứÚũưÝẺ."
    "àáâãảạă.èéêẽìí.ĩ"
    "ẴĐòóôõ.Ơụùúủ.ỶẼỳ"
)
# What a text in a VNI font shows in another font: by vowel, in the order of TONES.
VNI_SHOWN = {
    "a": "a aø aû aõ aù aï",
    "ă": "aê aè aú aü aé aë",
    "â": "aâ aà aå aã aá aä",
    "e": "e eø eû eõ eù eï",
    "ê": "eâ eà eå eã eá eä",
    "i": "i ì æ ó í ò",
    "o": "o oø oû oõ où oï",
    "ô": "oâ oà oå oã oá oä",
    "ơ": "ô ôø ôû ôõ ôù ôï",
    "u": "u uø uû uõ uù uï",
    "ư": "ö öø öû öõ öù öï",
    "y": "y yø yû yõ yù î",
}


def _of_runs() -> dict[str, str]:
    return {letter: chr(code + i) for code, run in TCVN3_RUNS.items() for i, letter in enumerate(run)}


def _of_upper(chart: str) -> dict[str, str]:
    return {letter: chr(0x80 + i) for i, letter in enumerate(chart) if letter != "."}


def _vni() -> dict[str, str]:
    shown = [code for row in VNI_SHOWN.values() for code in row.split()] + ["ñ"]
    return dict(zip(LETTERS, [*shown, *(code.upper() for code in shown)], strict=True))


CODES = {
    "TCVN3": _of_runs(),
    "VNI": _vni(),
    "VISCII": _of_upper(VISCII_UPPER) | {letter: chr(code) for code, letter in VISCII_LOWER.items()},
    "VPS": _of_upper(VPS_UPPER),
}


def encode(text: str, encoding: str) -> str:
    """A text in an old encoding, one character a byte; a capital without a code has that of the small letter."""
    if encoding == "UTF-8":
        return text.encode().decode("latin-1")
    if encoding == "CP1258":
        return "".join(map(_letter_and_tone, text)).encode("cp1258").decode("latin-1")
    codes = CODES[encoding]
    return "".join(codes.get(c, codes.get(c.lower(), c)) for c in unicodedata.normalize("NFC", text))


def _letter_and_tone(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    tone = "".join(mark for mark in marks if mark in TONES[1:])
    return unicodedata.normalize("NFC", "".join(m for m in marks if m not in TONES[1:])) + tone
