"""Every letter of every encoding, by charts of our own and by files of other people."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from alphabets import CODES, LETTERS, encode
from hypothesis import given
from hypothesis import strategies as st

from gis.legacy_text import ENCODINGS, decode
from gis.legacy_text.decoding import as_bytes
from gis.legacy_text.syllables import is_syllable

# Letters with a code of their own; the others share that of the small letter.
TOLD_APART = {"TCVN3": 86, "VNI": 146, "VISCII": 139, "VPS": 132, "CP1258": 146, "UTF-8": 146}
FILES = {"TCVN3": "tcvn3", "VNI": "vni_win", "VISCII": "viscii", "VPS": "vps", "CP1258": "cp1258"}
WORDS = [
    "xã",
    "hoằng",
    "sơn",
    "đất",
    "ruộng",
    "lúa",
    "nguyễn",
    "thị",
    "ánh",
    "ấp",
    "ông",
    "ủy",
    "ban",
    "huyện",
    "thửa",
    "số",
    "đường",
    "nghĩa",
    "trang",
    "quý",
    "khuỷu",
]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_decode__all_146_letters(encoding: str) -> None:
    assert len(set(LETTERS)) == 146
    right = [letter for letter in LETTERS if decode(encode(letter, encoding), encoding).text == letter]
    # Windows fonts for VISCII lack seven capitals that the standard has.
    assert len(right) == (146 if encoding == "VISCII" else TOLD_APART[encoding])
    shared = [letter for letter in LETTERS if letter not in right]
    assert all(letter.isupper() and len(unicodedata.normalize("NFD", letter)) > 1 for letter in shared)
    assert all(decode(encode(letter, encoding), encoding).text == letter.lower() for letter in shared)
    assert all(decode(encode(letter, encoding), encoding).unsure for letter in shared)


@pytest.mark.parametrize("encoding", ["TCVN3", "VPS"])
def test_charts__hold_what_was_published(encoding: str) -> None:
    codes = CODES[encoding]
    assert len(set(codes.values())) == len(codes)
    plain = [letter for letter in LETTERS if letter.isascii()]
    assert len(codes) + len(plain) == TOLD_APART[encoding]


@pytest.mark.parametrize("encoding", ["VNI", "VISCII", "CP1258", "UTF-8"])
@given(text=st.text(alphabet=[*LETTERS, *"bcdghklmnpqrstvx BCĐ0123456789 ,.-/"], max_size=30))
def test_decode__gives_back_what_was_encoded(encoding: str, text: str) -> None:
    found = decode(encode(text, encoding), encoding)
    assert found.text == text or (encoding == "VISCII" and found.unsure)
    assert found.text.lower() == text.lower()


@pytest.mark.parametrize("encoding", ["TCVN3", "VPS"])
@pytest.mark.parametrize("style", [str.lower, str.upper, str.title, str.capitalize])
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=8))
def test_decode__what_a_lossy_encoding_does_not_tell_is_told(encoding: str, style, words: list[str]) -> None:
    text = style(" ".join(words))
    found = decode(encode(text, encoding), encoding)
    assert found.text.lower() == text.lower()
    assert found.text == text or found.unsure


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(text=st.text(max_size=40))
def test_decode__never_fails_and_is_nfc(encoding: str, text: str) -> None:
    found = decode(text, encoding).text
    assert unicodedata.is_normalized("NFC", found)
    if as_bytes(text) is None or (text.isascii() and text.isprintable()):
        assert found == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("shown", "encoding", "text", "unsure"),
    [
        ("Hoµng S¬n", "TCVN3", "Hoàng Sơn", ()),
        ("HOµNG S¥N", "TCVN3", "HOÀNG SƠN", ("HOÀNG",)),
        ("Hoaøng Sôn", "VNI", "Hoàng Sơn", ()),
        ("HOAØNG SÔN", "VNI", "HOÀNG SƠN", ()),
        ("Uûy ban", "VNI", "Ủy ban", ()),
        ("Hµ", "TCVN3", "Hà", ("Hà",)),
        ("Hµ NAM", "TCVN3", "HÀ NAM", ("HÀ",)),
        ("Hµ Nam", "TCVN3", "Hà Nam", ()),
        ("X· ¸i Th­îng", "TCVN3", "Xã Ái Thượng", ("Ái",)),
        ("bµ ¸nh", "TCVN3", "bà ánh", ("ánh",)),
        ("§Êt ë", "TCVN3", "Đất ở", ()),
        ("Sè 12/Q§-UBND", "TCVN3", "Số 12/QĐ-UBND", ("Số",)),
        ("“S¬n” – 5", "TCVN3", "“Sơn” – 5", ()),
        ("12 m²", "TCVN3", "12 m²", ()),
        ("Hoằng Sơn", "TCVN3", "Hoằng Sơn", ()),
        ("Hoa\u0300ng", "VNI", "Hoàng", ()),
        ("HoÃ ng SÆ¡n".replace("Ã ", "Ã\u00a0"), "UTF-8", "Hoàng Sơn", ()),
    ],
)
def test_decode__by_hand(shown: str, encoding: str, text: str, unsure: tuple[str, ...]) -> None:
    found = decode(shown, encoding)
    assert (found.text, found.unsure) == (text, unsure)


@pytest.mark.parametrize("encoding", FILES)
def test_decode__files_of_other_people(shared_data, encoding: str) -> None:
    folder = shared_data / "encodings"

    def lines(name: str, codec: str) -> list[str]:
        return (folder / name).read_bytes().decode(codec).removesuffix("\n").split("\n")

    letters = lines("alphabet_utf8.txt", "utf-8")
    coded = lines(f"alphabet_{FILES[encoding]}.bin", "latin-1")
    right = sum(decode(c, encoding).text == letter for c, letter in zip(coded, letters, strict=True))
    assert (len(letters), right) == (146, TOLD_APART[encoding])
    names = lines("thanh_hoa_names_utf8.txt", "utf-8")
    coded = lines(f"thanh_hoa_names_{FILES[encoding]}.bin", "latin-1")
    wrong = [name for c, name in zip(coded, names, strict=True) if decode(c, encoding).text != name]
    assert (len(names), wrong) == (1150, [])


def test_decode__decomposed_file_is_the_same_text(shared_data) -> None:
    folder = shared_data / "encodings"
    names = (folder / "thanh_hoa_names_utf8.txt").read_text("utf-8")
    decomposed = (folder / "thanh_hoa_names_nfd.bin").read_bytes().decode("utf-16-le")
    assert decomposed != names
    assert decode(decomposed, "TCVN3").text == names


@pytest.mark.parametrize(
    "word",
    [
        "hoá",
        "hóa",
        "hoà",
        "thuỷ",
        "thủy",
        "nghiêng",
        "khuỷu",
        "quý",
        "quyết",
        "giếng",
        "gì",
        "già",
        "ngoằn",
        "yên",
        "ỷ",
        "ưu",
        "rượu",
        "khuya",
        "QUỐC",
        "Đường",
        "Ý",
    ],
)
def test_is_syllable__vietnamese(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize(
    "word", ["hoộng", "brộ", "hôăng", "cât", "cầt", "mÝ", "àn̂", "ááo", "zà", "nghịch̀", "sểń"]
)
def test_is_syllable__not(word: str) -> None:
    assert not is_syllable(word)


def test_page__says_what_the_tables_hold() -> None:
    page = (Path(__file__).parents[2] / "docs/bang-ma.md").read_text("utf-8")
    rows = {
        row[0].split()[0]: row
        for row in re.findall(r"^\| (.+?) \| .+? \| (.+?) \| (.*?)\|$", page, re.MULTILINE)
    }
    for encoding in ENCODINGS:
        assert str(TOLD_APART[encoding]) in rows[encoding][1]
    for encoding in ("VISCII", "VPS"):
        letters = re.findall(r"\b\w\b", rows[encoding][2].split(" trong")[0])
        assert len(letters) == 146 - TOLD_APART[encoding]
        assert all(decode(encode(c.lower(), encoding), encoding).unsure for c in letters)
