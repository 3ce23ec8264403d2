"""What the table of Streamlit's own words says is what this Streamlit says, and nothing of ours."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
import streamlit.elements.exception
from streamlit.testing.v1 import AppTest

from gis.texts import Texts, catalogue
from gis.web.streamlit_words import NAMES, pairs, words_html

BUNDLE = Path(streamlit.__file__).parent / "static" / "static" / "js"

# A plural, or how it begins, is chosen inside the sentence.
PUT_TOGETHER = {
    "options_available": [" options", " available."],
    "one_option": [" option", " available."],
    "page_missing": [
        "The page that you have requested does not seem to exist",
        ". Running the app's main page.",
    ],
    "page_unnamed": [
        "You have requested page /",
        ", but no corresponding file was found in the app's pages/ directory",
        ". Running the app's main page.",
    ],
}


@pytest.fixture(scope="module")
def bundle():
    said_by_server = streamlit.elements.exception._GENERIC_UNCAUGHT_EXCEPTION_TEXT
    return "\n".join([said_by_server, *(path.read_text("utf-8") for path in BUNDLE.glob("*.js"))])


def test_names__are_those_of_the_catalogues():
    there = {name.removeprefix("streamlit.") for name in catalogue("en") if name.startswith("streamlit.")}
    assert set(NAMES) == there
    assert len(NAMES) == len(there)


@pytest.mark.parametrize("name", NAMES)
def test_english__is_what_this_streamlit_says(bundle, name):
    said = catalogue("en")[f"streamlit.{name}"]
    pieces = PUT_TOGETHER.get(name) or re.split(r"\{\w+\}", said)
    assert all(piece in said for piece in pieces)
    assert all(piece in bundle for piece in pieces)


def test_pairs__lead_from_english_to_vietnamese_and_back():
    there, back = dict(pairs("vi")), dict(pairs("en"))
    assert there["No results"] == "Không có mục nào"
    assert back["Không có mục nào"] == "No results"
    assert there["Selected Date: {day}"] == "Ngày đã chọn: {day}"
    assert there["Remove {0}"] == "Bỏ {0}"


def test_fault__of_the_program_tells_the_page_nothing_of_what_it_was_at():
    def page():
        household = "Nguyễn Văn Mẫu"
        raise KeyError(household)

    (told,) = AppTest.from_function(page).run().exception
    assert told.message == catalogue("en")["streamlit.fault"]
    assert dict(pairs("vi"))[told.message].startswith("Trang này gặp lỗi của chương trình")
    assert not told.stack_trace
    assert "Mẫu" not in str(told.proto)


def test_pairs__no_two_words_of_ours_for_one_of_streamlits():
    for language in ("vi", "en"):
        said = [one for one, _ in pairs(language)]
        assert len(said) == len(set(said))


def test_words_html__holds_the_table_as_an_attribute():
    found = words_html("vi")
    table = json.loads(unescape(re.search(r'data-words="([^"]*)"', found)[1]))
    assert [tuple(pair) for pair in table] == pairs("vi")
    assert ["streamlit_folium.st_folium", Texts("vi")("map_page.title")] in table
