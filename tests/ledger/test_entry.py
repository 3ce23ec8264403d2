"""The canonical text of a body, beside an independent implementation of RFC 8785."""

import unicodedata

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from gis.ledger.entry import LARGEST_INTEGER, canonical

TEXT = st.text().map(lambda text: unicodedata.normalize("NFC", text))
VALUES = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=126), max_size=9), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(max_codepoint=126)), VALUES, max_size=8))
def test_canonical__is_rfc_8785_to_the_byte(facts):
    assert canonical(facts).encode() == unicodedata.normalize("NFC", rfc8785.dumps(facts).decode()).encode()


def test_canonical__writes_decomposed_letters_as_one():
    assert canonical({"document": unicodedata.normalize("NFD", "Quyết định")}) == '{"document":"Quyết định"}'


@pytest.mark.parametrize(
    "value",
    [LARGEST_INTEGER + 1, -LARGEST_INTEGER - 1, 0.5, float("nan"), "\ud800", {"hộ": 1}, [[{"a": 1.0}]]],
    ids=str,
)
def test_canonical__refuses_what_readers_would_not_read_alike(value):
    with pytest.raises(ValueError):
        canonical({"value": value})


def test_canonical__refuses_what_json_has_not():
    with pytest.raises(TypeError):
        canonical({"value": {1, 2}})
