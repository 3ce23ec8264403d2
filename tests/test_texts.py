"""What a person reads: formats by hand, and catalogues that have every text that the code asks for."""

import ast
import itertools
import re
import string
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from gis.errors import GisError, NotADateError, Problem, RefusedError
from gis.milestones import (
    CLASS_COLOURS,
    CLASSES,
    MILESTONES,
    OBJECT_CATEGORIES,
    OBSTACLE_CATEGORIES,
    VISIT_OUTCOMES,
)
from gis.texts import FAMILIES, LANGUAGES, LOCALE_DIR, Texts, catalogue, half_up

GIS = Path(__file__).resolve().parents[1] / "gis"
VI, EN = Texts("vi"), Texts("en")


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        (0.05, 1, "0.1"),
        (1.25, 1, "1.3"),
        (2.5, 0, "3"),
        (-0.05, 1, "-0.1"),
        (-0.001, 1, "0.0"),
        (1e15, 1, "1000000000000000.0"),
    ],
)
def test_half_up__rounds_as_the_office_does(value, decimals, rounded):
    assert half_up(value, decimals) == Decimal(rounded)


def test_texts__fixed_decimals_have_the_sign_of_the_language_and_no_groups():
    facts = {"crs": "EPSG:5897", "metres": 1234.5}
    assert "1234,50 m" in VI("problem.crs_shifted", **facts)
    assert "1234.50 m" in EN("problem.crs_shifted", **facts)
    assert "EPSG:5897" in VI("problem.crs_shifted", **facts)


def test_texts__vietnamese_and_english_numbers():
    assert (VI.ha(1234.565), EN.ha(1234.565)) == ("1.234,57 ha", "1,234.57 ha")
    assert (VI.m2(0.05), EN.m2(1234567.84)) == ("0,1 m²", "1,234,567.8 m²")
    assert (VI.percent(0.46725), EN.percent(1)) == ("46,73%", "100.00%")
    assert (VI.vnd(1_250_000_000), EN.integer(15_000)) == ("1.250.000.000 đ", "15,000")


def test_texts__days_are_never_month_first():
    assert VI.date(date(2025, 9, 2)) == EN.date("2025-09-02") == "02/09/2025"
    assert EN.day_time(datetime(2025, 9, 2, 8, 5, tzinfo=UTC)) == "02/09/2025 08:05"


def test_texts__a_number_decides_between_one_and_many():
    assert EN("chosen.summary", count=1) == "1 parcel chosen"
    assert EN("chosen.summary", count=1_001) == "1,001 parcels chosen"
    assert VI("chosen.summary", count=1) == "Đã chọn 1 thửa"


def test_texts__a_missing_fact_shows_as_a_dash_and_a_missing_id_is_a_bug():
    assert "–" in VI("refused.future_day", on=None, today=None)
    with pytest.raises(KeyError):
        VI("no.such_text")


def test_error__one_reason_or_the_first_of_many():
    one = Problem("7/12", "refused.no_holding")
    other = Problem("", "refused.missing_minutes")
    assert EN.error(RefusedError(problems=[one])).startswith("7/12: no household")
    assert "1 more" in EN.error(RefusedError(problems=[one, other]))
    assert EN.error(RefusedError(problems=[other])).startswith("A hand-over")
    assert EN.error(NotADateError(found="31/02/2026"))[0].isupper()
    assert EN.error(NotADateError(found="31/02/2026")).endswith(".")
    assert VI.error(GisError()) == "Có lỗi không rõ."


def strings():
    """Every string constant in gis/, and the head of every f-string such as f"class.{name}"."""
    whole, heads = set(), set()
    for path in GIS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                heads.add(str(node.values[0].value))
    return whole, heads


def test_catalogues__both_languages_have_the_same_texts():
    assert set(catalogue("vi")) == set(catalogue("en"))
    assert not [
        name for language in LANGUAGES for name, text in catalogue(language).items() if not text.strip()
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues__no_id_stands_twice(language):
    text = (LOCALE_DIR / language / "LC_MESSAGES" / "gpmb.po").read_text("utf-8")
    ids = Counter(re.findall(r'^msgid "(.+)"$', text, re.MULTILINE))
    assert [name for name, count in ids.items() if count > 1] == []
    assert re.findall(r"^msgstr .*\nmsgstr .*$", text, re.MULTILINE) == []  # as merging by lines may leave it


def fields(text):
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name}


def test_catalogues__both_languages_name_the_same_facts():
    differing = {
        name: (fields(text), fields(catalogue("en")[name]))
        for name, text in catalogue("vi").items()
        if {fact for fact, _ in fields(text)} != {fact for fact, _ in fields(catalogue("en")[name])}
    }
    assert differing == {}


def test_catalogues__have_every_text_that_the_code_names():
    whole, _ = strings()
    prefixes = {name.split(".")[0] for name in catalogue("vi")}
    ids = {text for text in whole if re.fullmatch(r"[a-z_]+(\.[a-z0-9_]*[a-z0-9])+", text)}
    asked = {text for text in ids if text.split(".")[0] in prefixes}

    files = {
        text
        for text in asked
        if text.endswith((".csv", ".toml", ".db", ".js", ".css", ".po", ".gpkg", ".html"))
    }
    modules = {text for text in asked if (GIS.parent / text.replace(".", "/")).exists()}
    assert sorted(asked - files - modules - set(catalogue("vi"))) == []


def test_catalogues__have_no_text_that_nobody_asks_for():
    whole, heads = strings()
    heads |= {f"{family}." for family in FAMILIES}  # asked for by placeholders such as {category:object}
    unused = [
        name
        for name in catalogue("vi")
        if name not in whole
        and not any(head.endswith(".") and name.startswith(head) for head in heads)
        and not any("_" in head and name.startswith(head) for head in heads)
    ]
    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues__every_milestone_class_and_category_has_a_name(language):
    texts = Texts(language)
    names = [texts(f"milestone.{name}") for name in MILESTONES]
    names += [texts(f"obstacle.{name}") for name in OBSTACLE_CATEGORIES]
    names += [texts(f"object.{name}") for name in OBJECT_CATEGORIES]
    names += [texts(f"outcome.{name}") for name in VISIT_OUTCOMES]
    ids = (*MILESTONES, *OBSTACLE_CATEGORIES, *OBJECT_CATEGORIES, *VISIT_OUTCOMES)
    assert len(set(names)) == len(ids)
    assert len({texts(f"class.{name}") for name in CLASSES}) == len(CLASSES)


def test_catalogues__no_vietnamese_letter_is_left_in_english():
    accented = re.compile(
        r"[ăâđêôơưàáảãạầấẩẫậằắẳẵặèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
    )
    names = re.compile(r"Hoàng Sơn|Hoằng \w+|Thanh Hóa|đồng|Phú Quý|Tiếng Việt|Tết|thôn|xã|UBND")
    left = {name: text for name, text in catalogue("en").items() if accented.search(names.sub("", text))}
    assert left == {}


def test_class_colours__differ_in_lightness_where_they_lie_side_by_side():
    """Grey print: handed over, stuck and not started are apart by at least 20 of 255."""

    def grey(colour):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    shades = [
        grey(CLASS_COLOURS[name])
        for name in ("handed_over", "paid", "plan_approved", "inventoried", "not_started")
    ]
    assert all(later - earlier >= 10 for earlier, later in itertools.pairwise(shades))
    assert set(CLASS_COLOURS) == set(CLASSES)


# Warnings of imports and reviews: told there and then, never kept with an entry.
TOLD_ONLY = {
    "erased_not_imported", "guessed_commune", "marked_before", "merge_same_parcel", "money_before",
    "two_hamlets", "two_names",
}  # fmt: skip


def test_catalogues__have_a_word_for_each_warning_that_an_entry_keeps():
    warnings = {text.removeprefix("warning.") for text in catalogue("vi") if text.startswith("warning.")}
    kept = {text.removeprefix("warned.") for text in catalogue("vi") if text.startswith("warned.")}
    assert warnings - kept == TOLD_ONLY
    assert kept - warnings == set()
