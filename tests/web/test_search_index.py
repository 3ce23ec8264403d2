"""The search: every parcel by its own label, texts as people type them, an order that has reasons."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.vietnamese import fold
from gis.web.search_index import LIKE, LandIndex, PeopleIndex, matching, natural, search
from gis.web.search_lines import BEGINS, EXACT, INSIDE, WORD, Lines
from gis.web.search_words import read, toned

COMMUNES = {"15895": "Hoằng Trinh", "15910": "Hoằng Xuyên"}
NOBODY = PeopleIndex.of_codes([])


def land(*rows):
    """An index of parcels (id, commune, sheet, number, name) and features, which have no sheet."""
    columns = ["parcel_id", "commune", "sheet", "number", "name"]
    units = pd.DataFrame([(*row, "")[:5] for row in rows], columns=columns).set_index("parcel_id")
    units["land_use"] = ""
    units["kind"] = ["parcel" if sheet else "feature" for sheet in units["sheet"]]
    return LandIndex.of(units, COMMUNES)


LAND = land(
    ("P1", "15910", "7", "12", "Đồng Bái"),
    ("P2", "15895", "7", "12", "Đồng Bái"),
    ("P3", "15910", "7", "120"),
    ("P4", "15910", "7", "12a"),
    ("P5", "15910", "12", "7", "Đồng Chùa"),
    ("P6", "15910", "17", "12"),
    ("F1", "", "", "K01", "Kênh N8"),
)
PEOPLE = PeopleIndex.of_people(
    [
        (("H1",), "Nguyễn Văn Hòa", "Thôn 1"),
        (("H2", "H9"), "Nguyễn Văn Hoá", "Thôn 1"),
        (("H3",), "Trần Thị Hoa", "Thôn 2"),
        (("H4",), "", ""),
    ]
)


def ids(text, people=NOBODY, **more):
    return [hit.key for hit in search(LAND, people, text, **more)[0] if hit.kind in {"unit", "household"}]


def groups(text):
    hits, _ = search(LAND, NOBODY, text)
    return [
        (hit.kind, LAND.named[hit.key].commune, LAND.named[hit.key].name)
        for hit in hits
        if hit.kind in {"sheet", "field"}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "7/12",
        "tờ 7 thửa 12",
        "to 7 thua 12",
        "Tờ số 7, thửa số 12",
        "TỜ 7/12",
        "7 12",
        "7 / 12",
        "to 7 t 12",
        "t7/12",
        "T7 12",
        "t 7 / 12",
        "t7 t12",
        "t7, thửa 12",
        "tờ 7 12",
    ],
)
def test_search__sheet_and_number_as_people_write_them(text):
    """The exact ones of both communes first, then those that begin so, as people count."""
    assert ids(text) == ["P2", "P1", "P4", "P3"]


@pytest.mark.parametrize(
    "text",
    ["15910/7/12", "15910 7 12", "15910 t7/12", "15910, tờ 7, thửa 12", "7/12 xuyen", "Hoằng Xuyên 7/12"],
)
def test_search__of_one_commune(text):
    assert ids(text) == ["P1", "P4", "P3"]


@pytest.mark.parametrize(("text", "found"), [("12a", ["P4"]), ("thửa 12a", ["P4"]), ("p4", ["P4"]), ("K01", ["F1"]),
                                             ("k0", ["F1"]), ("kênh n8", ["F1"]), ("N8", ["F1"]), ("8/12", []), ("", []),
                                             ("  ,;/ ", []), ("\t\n", [])])  # fmt: skip
def test_search__by_number_id_code_and_name(text, found):
    assert ids(text) == found


def test_search__a_sheet_stands_before_its_parcels_while_somebody_is_still_typing():
    assert groups("tờ 7") == groups("to 7 th") == [("sheet", "15895", "7"), ("sheet", "15910", "7")]
    assert ids("tờ 7") == ["P2", "P1", "P4", "P3"]
    assert groups("7/12") == []


def test_search__fields_of_one_name_are_one_result_for_each_commune():
    assert groups("dong bai") == [("field", "15895", "Đồng Bái"), ("field", "15910", "Đồng Bái")]
    assert groups("chùa") == groups("chua xuyen") == [("field", "15910", "Đồng Chùa")]


def test_search__says_whether_there_is_more():
    assert search(LAND, NOBODY, "7/12", 3)[1]
    assert not search(LAND, NOBODY, "7/12", 4)[1]
    assert ids("7/12", most=3) == ["P2", "P1", "P4"]


def test_search__without_accents_finds_all_and_with_accents_those_first():
    """Hòa and Hoà are one spelling; Hoá and Hoa are other names."""
    assert ids("hoa", PEOPLE) == ["H1", "H2", "H3"]
    assert ids("Hoà", PEOPLE) == ids("Hòa", PEOPLE) == ["H1", "H2", "H3"]
    assert ids("Hóa", PEOPLE) == ["H2", "H1", "H3"]
    hits, _ = search(LAND, PEOPLE, "Hóa")
    assert [hit.rank for hit in hits] == [WORD, LIKE, LIKE]


def test_search__words_of_a_name_in_any_order_with_the_hamlet():
    assert ids("hoa nguyen", PEOPLE) == ["H1", "H2"]
    assert ids("tran thon 2", PEOPLE) == ["H3"]
    assert ids("h9", PEOPLE) == ["H2"]  # the id under which it was entered again
    assert ids("n", PEOPLE) == ["F1"]  # one letter means half of the commune: the canal N8 alone


def test_search__codes_alone_know_no_name():
    codes = PeopleIndex.of_codes([("H1",), ("H2", "H9"), ("H3",), ("H4",)])
    assert ids("h9", codes) == ["H2"]
    for text in ("nguyen van hoa", "Nguyễn", "thon 1", "hoa nguyen"):
        assert search(LAND, codes, text) == ((), False)


def test_matching__is_all_that_the_list_filters_by():
    """Sheet 12 and number 12 alike; household ids beside them."""
    places, households = matching(LAND, PEOPLE, "12")
    assert places.tolist() == [0, 1, 2, 3, 4, 5]
    assert households == ()
    assert matching(LAND, PEOPLE, "hoa nguyen")[1] == ("H1", "H2")
    assert matching(LAND, PEOPLE, "hoang trinh")[0].tolist() == [1]


def test_whole__is_exact_or_nothing():
    assert LAND.whole("7/12") == ("P2", "P1")
    assert LAND.whole("15910/7/12") == ("P1",)
    assert LAND.whole("F1") == LAND.whole("k01") == ("F1",)
    assert LAND.whole("7/1") == LAND.whole("") == ()


def test_search__an_empty_project_finds_nothing():
    assert search(land(), NOBODY, "7/12") == ((), False)


sheets = st.sampled_from(["1", "7", "12", "105-1", "Đ2"])
numbers = st.from_regex(r"[0-9]{1,3}[abĐ]?(/[12])?", fullmatch=True)
keys = st.lists(st.tuples(st.sampled_from(sorted(COMMUNES)), sheets, numbers), unique=True, max_size=30)


@given(keys)
def test_search__every_parcel_is_found_by_its_own_label_however_accents_are_typed(rows):
    index = land(*((f"P{at:04}", *row) for at, row in enumerate(rows)))
    for at, (commune, sheet, number) in enumerate(rows):
        label = f"{commune}/{sheet}/{number}"
        for text in (
            label,
            fold(label),
            label.upper(),
            f"{commune} tờ {sheet} thửa {number}" if sheet[0].isdigit() else label,
        ):
            exact = [hit.key for hit in search(index, NOBODY, text, 1000)[0] if hit.rank == EXACT]
            assert f"P{at:04}" in exact
        assert f"P{at:04}" in index.whole(label)


@given(keys, st.text(alphabet="0123456789/aĐd ", max_size=6))
def test_search__what_it_lists_is_what_a_filter_keeps(rows, text):
    index = land(*((f"P{at:04}", *row) for at, row in enumerate(rows)))
    hits, more = search(index, NOBODY, text, 1000)
    kept = {index.ids[list(index.places).index(place)] for place in matching(index, NOBODY, text)[0]}
    assert not more
    assert {hit.key for hit in hits if hit.kind == "unit"} <= kept


@given(
    st.lists(st.text(alphabet="ab /\t", max_size=4), max_size=12),
    st.text(alphabet="ab /", min_size=1, max_size=3),
)
def test_lines__rank_as_the_plain_definition_says(texts, wanted):
    """Against going through the lines one by one; keys hold no tabs."""
    rows = [tuple(text.split("\t")) for text in texts]
    told = list(Lines.of(rows).ranked(wanted))

    def rank(keys):
        fits = (
            wanted in keys,
            any(key.startswith(wanted) for key in keys),
            any(f" {wanted}" in key for key in keys),
        )
        return next((place for place, fit in zip((EXACT, BEGINS, WORD), fits, strict=True) if fit), None)

    expected = sorted((rank(keys), line) for line, keys in enumerate(rows) if rank(keys) is not None)
    if expected:
        assert told == expected
        assert Lines.of(rows).every(wanted).tolist() == sorted(line for _, line in expected)
    else:
        assert all(found in (WORD, INSIDE) for found, _ in told)


def test_toned__keeps_what_tells_names_apart():
    assert toned("Thuý") == toned("Thúy")
    assert toned("Hòa") != toned("Hoa")
    assert toned("Toàn") == "toàn"


def test_read__typed_letters_are_not_taken_for_a_sheet():
    assert read("Tô Văn Đo").label == "to van do"
    assert read("to 7 thua").label == "7/"


def test_natural__sorts_as_people_count():
    assert sorted(["10", "9", "9a", "105-1", "105-2", "K2", "K10"], key=natural) == [
        *("9", "9a", "10", "105-1", "105-2", "K2", "K10")
    ]
