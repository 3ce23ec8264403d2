"""Vietnamese text, numbers and dates."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import AmbiguousNumberError, NotADateError, NotANumberError
from gis.legacy_text import decode
from gis.texts import Texts
from gis.vietnamese import fold, nfc, parse_date, parse_number, parse_vnd


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoá", "Hòa"),
        ("Thanh Hóa", "THANH HOÁ"),
        ("Đồng Bàng", "dong bang"),
        ("Hoằng Sơn", unicodedata.normalize("NFD", "hoằng  sơn ")),
        ("Thuỷ", "thủy"),
        ("số\u00a0tờ", "so to"),
        ("\ufeffthửa\u200b đất", "thua dat"),
        (decode("Ho»ng Ho¸", "TCVN3").text, "Hoằng Hóa"),
        (decode("Ñaát ruoäng", "VNI").text, "dat ruong"),
        (decode("Hoa\u00ecng", "CP1258").text, "hoáng"),
    ],
)
def test_fold__same_for_all_spellings(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold__keeps_letters_of_other_scripts_and_digits() -> None:
    assert fold("Lô 12A-Ж") == "lo 12a-ж"


@given(st.text(max_size=40))
def test_fold__folded_twice_is_folded_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert nfc(nfc(text)) == nfc(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("207,4", "207.4"),
        ("207.4", "207.4"),
        ("207.45", "207.45"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,891", "1234567.891"),
        ("1.234,567", "1234.567"),
        ("1234", "1234"),
        ("1234,567", "1234.567"),
        ("1234.567", "1234.567"),
        ("12,3456", "12.3456"),
        ("0.234", "0.234"),
        ("0,234", "0.234"),
        ("0", "0"),
        (" 116,8 ", "116.8"),
        ("1 234 567,8", "1234567.8"),
        ("1\u00a0234", "1234"),
        ("-5,5", "-5.5"),
        ("\u22125", "-5"),
        ("+7", "7"),
    ],
)
def test_parse_number__one_reading(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345", "999,000", "-1.234"])
def test_parse_number__two_readings_are_refused(text: str) -> None:
    with pytest.raises(AmbiguousNumberError):
        parse_number(text)


def test_parse_number__refusal_says_how_to_write_both() -> None:
    with pytest.raises(AmbiguousNumberError) as refusal:
        parse_number("-1.234")
    facts = refusal.value.facts
    assert parse_number(str(facts["one_text"])) == Decimal(-1234)
    assert parse_number(str(facts["other_text"])) == Decimal("-1.234")
    for language in ("vi", "en"):
        assert "-1.234" in Texts(language).error(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ha",
        "1e5",
        "12.34.5",
        "1.23,4",
        "1,2,3.4",
        "1.234,5,6",
        ",5",
        "5,",
        "1..2",
        "--1",
        "1 2",
        "\u0661",
        "nan",
    ],
)
def test_parse_number__no_reading_is_refused(text: str) -> None:
    with pytest.raises(NotANumberError) as refusal:
        parse_number(text)
    assert not isinstance(refusal.value, AmbiguousNumberError)


@given(st.integers(0, 10**12), st.integers(0, 99), st.sampled_from(["vi", "en"]))
def test_parse_number__reads_what_the_pages_write(whole: int, part: int, language: str) -> None:
    value = Decimal(whole) + Decimal(part) / 100
    assert parse_number(Texts(language).number(value, 2)) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("9/9/2025", date(2025, 9, 9)),
        ("09/9/2025", date(2025, 9, 9)),
        ("31-12-2030", date(2030, 12, 31)),
        ("1.7.2025", date(2025, 7, 1)),
        ("2025-07-01", date(2025, 7, 1)),
        ("03/04/2025", date(2025, 4, 3)),
        (" 29/02/2028 ", date(2028, 2, 29)),
    ],
)
def test_parse_date__day_first_or_iso(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12/31/2025",
        "31/02/2025",
        "29/02/2027",
        "1/1/25",
        "2025/07/01",
        "2025-7-1",
        "1/7-2025",
        "7 2025",
        "01/01/1025",
    ],
)
def test_parse_date__refuses(text: str) -> None:
    with pytest.raises(NotADateError):
        parse_date(text)


@pytest.mark.parametrize("text", ["", "1.5", "1.234,5", "12.34.567", "01.234", "-5", "1e3", "1.234 567", "đ"])
def test_parse_vnd__refuses_what_is_no_whole_amount(text):
    with pytest.raises(NotANumberError):
        parse_vnd(text)


def test_parse_vnd__thousands_by_any_one_sign():
    assert [parse_vnd(t) for t in ("1.234", "1,234", "1 234 567", "0", "1.234.567 VNĐ")] == [
        1234,
        1234,
        1234567,
        0,
        1234567,
    ]
