"""Which encoding it is: by content, and never by guess."""

from __future__ import annotations

import random
import unicodedata
from typing import TYPE_CHECKING

import pytest
from alphabets import LETTERS, encode
from babel import Locale, localedata
from hypothesis import given
from hypothesis import strategies as st

from gis.legacy_text import ENCODINGS, decode, recode_cells, recognise, weigh
from gis.table import Table
from gis.texts import Texts

if TYPE_CHECKING:
    from gis.errors import Problem

TEXTS = [
    "Xã Hoằng Xuyên, huyện Hoằng Hóa",
    "Đất chuyên trồng lúa nước",
    "Nguyễn Thị Thử, thôn Trung Hòa",
    "Biên bản bàn giao mặt bằng",
    "Chưa nhận tiền, đề nghị xem lại đơn giá",
]
# What the 8-bit codes of their time made of other languages.
CODE_PAGES = {
    "cs": "cp1250", "da": "cp1252", "de": "cp1252", "el": "cp1253", "es": "cp1252", "fi": "cp1252", "fr": "cp1252",
    "ga": "cp1252", "hu": "cp1250", "is": "cp1252", "it": "cp1252", "ja": "cp932", "ko": "cp949", "nb": "cp1252",
    "nl": "cp1252", "pl": "cp1250", "pt": "cp1252", "ro": "cp1250", "ru": "cp1251", "sv": "cp1252", "th": "cp874",
    "tr": "cp1254", "zh": "gbk",
}  # fmt: skip


def messages(problems: list[Problem]) -> list[str]:
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in problems)
    return [problem.message for problem in problems]


def words_of_language(language: str) -> list[str]:
    locale = Locale.parse(language)
    return [str(name) for name in (*locale.territories.values(), *locale.languages.values()) if name]


def samples(words: list[str]) -> list[list[str]]:
    """All words together, each by itself, and handfuls of them."""
    chance = random.Random(4)  # noqa: S311  the same handfuls each time
    few = [chance.sample(words, min(size, len(words))) for size in (3, 10, 30) for _ in range(10)]
    return [words, *([word] for word in words), *few]


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_recognise__each_encoding(encoding: str, raw: bool) -> None:
    coded = [encode(text, encoding) for text in TEXTS]
    assert weigh(coded, raw=raw).encoding == encoding
    assert weigh([text.upper() for text in TEXTS], raw=raw).encoding is None
    capitals = [encode(text.upper(), encoding) for text in TEXTS]
    assert weigh(capitals, raw=raw).encoding == encoding
    # Characters that Windows-1252 shows for the bytes: the cell of a workbook.
    shown = [text.encode("latin-1").decode("cp1252", "replace") for text in coded]
    if not any("\ufffd" in text for text in shown):
        assert weigh(shown, raw=raw).encoding == encoding


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["", " ", "12/5", "207,4"],
        ["Lô 5", "Hà Nam"],
        ["Café", "m²", "5° 30′", "±2", "«a»"],
        ["Chính", "Thôn", "là", "mùa", "cá"],
        ["Kongo – Kinshasa", "n’kó"],
        ["S¬n"],
    ],
)
def test_recognise__unicode_or_too_little_is_none(texts: list[str]) -> None:
    assert recognise(texts) is None


def test_weigh__says_what_is_possible_where_it_is_not_certain() -> None:
    assert "TCVN3" in weigh(["S¬n"]).rivals
    assert weigh(["Lô"], raw=True).encoding is None
    assert len(weigh(["Lô"], raw=True).rivals) > 1
    assert weigh(["Lô"]).rivals == weigh(["Café – bar"]).rivals == ()


@given(st.lists(st.text(alphabet=[*LETTERS, *"bcdghklmnpqrstvx -,"], max_size=20), max_size=8))
def test_recode_cells__proper_unicode_keeps_every_letter(texts: list[str]) -> None:
    """Letters in any order may make what one encoding would also have written: then with letters of no byte."""
    cells, encoding, _ = recode_cells(
        [[*texts, "Hoằng Sơn, đất ở, nghĩa trang, ruộng lúa"]], "a", "{}{}".format
    )
    if encoding is None:
        assert list(cells[0][:-1]) == texts
    assert cells[0][-1] == "Hoằng Sơn, đất ở, nghĩa trang, ruộng lúa"


@given(
    st.lists(st.sampled_from(" ".join(TEXTS).replace(",", "").split()), max_size=30),
    st.sampled_from(["NFC", "NFD"]),
)
def test_recode_cells__vietnamese_in_unicode_is_never_changed(words: list[str], form: str) -> None:
    rows = [[unicodedata.normalize(form, word)] for word in words]
    cells, encoding, problems = recode_cells(rows, "a.xlsx", "{}{}".format)
    assert (encoding, problems) == (None, [])
    assert cells == tuple((word,) for word in words)


def test_recognise__no_language_of_the_world_is_taken_for_it() -> None:
    """Names of countries and languages in every language that has them (Unicode CLDR)."""
    seen, found = 0, []
    for language in localedata.locale_identifiers():
        if "_" in language:
            continue
        for texts in samples(words_of_language(language) or [""]):
            seen += 1
            verdict = weigh(texts)
            found += [(language, verdict, texts[:3])] if verdict.encoding or verdict.rivals else []
    assert found == []
    assert seen > 50_000


def test_recognise__no_other_code_page_is_taken_for_it() -> None:
    found = []
    for language, codec in CODE_PAGES.items():
        words = [w.encode(codec, "ignore").decode("latin-1") for w in words_of_language(language)]
        found += [(language, t[:3]) for t in samples(words) if weigh(t, raw=True).encoding]
    assert found == []


def test_recognise__names_of_other_people(shared_data) -> None:
    """Names one by one and a few together: what is recognised reads right, the rest is left alone."""
    folder = shared_data / "encodings"
    names = (folder / "thanh_hoa_names_utf8.txt").read_text("utf-8").splitlines()
    assert [weigh([name]) for name in names if weigh([name]).encoding or weigh([name]).rivals] == []
    for encoding, file in {
        "TCVN3": "tcvn3",
        "VNI": "vni_win",
        "VISCII": "viscii",
        "VPS": "vps",
        "CP1258": "cp1258",
    }.items():
        coded = (
            (folder / f"thanh_hoa_names_{file}.bin")
            .read_bytes()
            .decode("latin-1")
            .removesuffix("\n")
            .split("\n")
        )
        assert recognise(coded) == encoding
        alone = 0
        for code, name in zip(coded, names, strict=True):
            for texts, expected in (([code], name), ([code.partition(",")[0]], name.partition(",")[0])):
                found = recognise(texts)
                assert found is None or decode(texts[0], found).text.lower() == expected.lower()
                alone += found is not None
        assert alone > 1000


def test_recode_cells__sheet_in_tcvn3() -> None:
    rows = (
        ("STT", "Hä vµ tªn", "DiÖn tÝch (m²)"),
        (1, "NguyÔn ThÞ ¸nh", 207.4),
        (2, "TR¦¥NG V¡N BÐ", None),
        (3, "Bïi Quang §¹o", "1.234,5"),
    )
    table = Table("ds.xlsx", "Sheet1", rows)
    cells, encoding, problems = recode_cells(table.rows, table.source, table.address)
    assert encoding == "TCVN3"
    assert cells == (
        ("STT", "Họ và tên", "Diện tích (m²)"),
        (1, "Nguyễn Thị Ánh", 207.4),
        (2, "TRƯƠNG VĂN BÉ", None),
        (3, "Bùi Quang Đạo", "1.234,5"),
    )
    assert messages(problems) == [
        "problem.text_recoded",
        "problem.text_case_unsure",
        "problem.text_case_unsure",
    ]
    assert [problem.source for problem in problems] == [
        "ds.xlsx, Sheet1",
        "ds.xlsx, Sheet1, cell B2",
        "ds.xlsx, Sheet1, cell B3",
    ]
    assert problems[2].facts["words"] == "BÉ"
    assert {problem.severity for problem in problems} == {"warning"}
    assert "Ánh" not in str(problems[0].facts), "one word is shown, no name"


def test_recode_cells__sheet_half_in_unicode() -> None:
    rows = [
        ["Hộ bà Nguyễn Thị Thử", "§Êt trång lóa n­íc"],
        ["Cụ Đặng", "§Êt ë t¹i n«ng th«n"],
        ["Lô 5, xứ đồng Bái", "cô"],
        ["Hà Nam", "§Êt nghÜa ®Þa, xãm Trung S¬n"],
    ]
    cells, encoding, problems = recode_cells(
        rows, "a.xlsx", lambda row, column: f"a.xlsx, cell {'AB'[column]}{row + 1}"
    )
    assert encoding == "TCVN3"
    assert [row[0] for row in cells] == [row[0] for row in rows]
    assert [row[1] for row in cells] == [
        "Đất trồng lúa nước",
        "Đất ở tại nông thôn",
        "cô",
        "Đất nghĩa địa, xóm Trung Sơn",
    ]
    assert messages(problems) == ["problem.text_recoded", "problem.text_two_readings"]
    assert (problems[1].source, problems[1].facts["words"]) == ("a.xlsx, cell B3", "cụ")


def test_recode_cells__what_does_not_look_vietnamese_is_told() -> None:
    rows = [[encode(text, "TCVN3")] for text in [*TEXTS, "Đắc Klắk"]]
    cells, _, problems = recode_cells(rows, "a.xlsx", "a.xlsx, cell {}{}".format)
    assert cells[-1] == ("Đắc Klắk",)
    assert messages(problems)[1:] == ["problem.text_doubtful"]
    assert problems[-1].facts["words"] == "Klắk"


def test_recode_cells__too_little_is_left_and_told() -> None:
    cells, encoding, problems = recode_cells([["S¬n", 5]], "a.xlsx", "{}{}".format)
    assert (cells, encoding) == ((("S¬n", 5),), None)
    assert messages(problems) == ["problem.text_encoding_unknown"]


def test_recode_cells__many_doubts_of_a_column_are_one_that_names_every_row() -> None:
    rows = [
        ("STT", "Hä vµ tªn"),
        *((n, "NguyÔn ThÞ ¸nh") for n in range(1, 4)),
        *((n, "V¡N BÐ") for n in range(4, 12)),
    ]
    table = Table("ds.xlsx", "Sheet1", tuple(rows))
    _, _, problems = recode_cells(table.rows, table.source, table.address)
    assert messages(problems) == ["problem.text_recoded", "problem.text_case_unsure_column"]
    told = problems[1]
    assert told.source == "ds.xlsx, Sheet1"
    assert (told.facts["column"], told.facts["count"], told.facts["rows"]) == ("B", 11, "2-12")
    assert told.facts["words"] == "Ánh, BÉ"
