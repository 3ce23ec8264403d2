"""Lists of parcels as people write them."""

import geopandas as gpd
import pandas as pd
import pytest

from gis.clearance.parcel_list import parse_exceptions, parse_parcels

ROWS = [
    ("P1", "15910", "12", "3"),
    ("P2", "15910", "12", "5"),
    ("P3", "15910", "12", "7"),
    ("P4", "15910", "12", "9"),
    ("P5", "15910", "12", "5a"),
    ("P6", "15895", "4", "5"),
    ("P7", "15910", "4", "5"),
    ("P8", "15910", "12", "7-8"),
    ("P9", "15910", "12", "1-1"),
    ("F1", "15910", "", "K01"),
]
UNITS = gpd.GeoDataFrame(
    pd.DataFrame(ROWS, columns=["id", "commune", "sheet", "number"]).set_index("id"),
    geometry=[None] * len(ROWS),
)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("tờ 12: 3, 5, 7-9", ("P1", "P2", "P3", "P4")),
        ("Tờ số 12: 5A", ("P5",)),
        ("to 12 thửa 3,5", ("P1", "P2")),
        ("15895 tờ 4: 5; 12/3\nK01", ("P6", "P1", "F1")),
        ("15895/4/5, P2, p2", ("P6", "P2")),
        ("12/3; 12/3", ("P1",)),
        (" \n;", ()),
    ],
)
def test_parse_parcels__reads(text, ids):
    assert parse_parcels(text, UNITS) == (ids, [])


def test_parse_parcels__what_is_not_understood_is_said_and_the_rest_read():
    ids, problems = parse_parcels("12/3; tờ 4: 5; tờ 12: 99, 20-30; 1/1", UNITS)
    assert ids == ("P1",)
    assert [(p.message, p.facts["found"]) for p in problems] == [
        ("problem.list_ambiguous", "4/5"),
        ("problem.list_unknown", "12/99"),
        ("problem.list_range", "20-30"),
        ("problem.list_unknown", "1/1"),
    ]
    assert problems[0].facts["communes"] == "15895, 15910"


def test_parse_exceptions__square_metres_or_the_whole():
    found, problems = parse_exceptions("tờ 12 thửa 3: 120,5 m²\n12/5: cả thửa; 12/7\nK01: 10", UNITS)
    assert found == (("P1", 1205), ("P2", None), ("P3", None), ("F1", 100))
    assert problems == []


@pytest.mark.parametrize("line", ["12/3: 1,25", "12/3: nhiều", "12/3: -5", "12/3: 1.234"])
def test_parse_exceptions__an_area_that_is_none(line):
    found, problems = parse_exceptions(line, UNITS)
    assert (found, [p.message for p in problems]) == ((), ["problem.list_area"])


def test_parse_exceptions__a_parcel_that_is_none_or_two():
    _, problems = parse_exceptions("4/5: 10; 1/1", UNITS)
    assert [p.message for p in problems] == ["problem.list_ambiguous", "problem.list_unknown"]


def test_parse_parcels__a_number_that_looks_like_a_range():
    assert parse_parcels("tờ 12: 1-1", UNITS) == (("P9",), [])
    assert parse_parcels("12/7-8", UNITS) == (("P8",), [])
    ids, problems = parse_parcels("tờ 12: 7-8, 7-9", UNITS)
    assert ids == ("P3", "P4")
    assert [p.message for p in problems] == ["problem.list_range_or_number"]
