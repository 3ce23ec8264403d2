"""Lists of parcels as people write them."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.clearance.parcel_list import Communes, parse_exceptions, parse_parcels

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
NAMES = {"15895": "Hoằng Trinh", "15910": "Hoằng Xuyên"}
PARCELS = [row for row in ROWS if row[2] and row[3] != "7-8"]  # which as "tờ 12: 7-8" is asked about
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
        ("15895/4/5, P2", ("P6", "P2")),
        ("xã cũ Hoằng Trinh tờ 4: 5", ("P6",)),
        ("HOẰNG XUYÊN, tờ bản đồ số 12, thửa đất số 3, 9", ("P1", "P4")),
        ("tờ 12: 7\u20139", ("P3", "P4")),
        (" \n;", ()),
    ],
)
def test_parse_parcels__reads(text, ids):
    assert parse_parcels(text, UNITS, Communes(NAMES)) == (ids, [])


def test_parse_parcels__each_problem_has_its_line_and_word():
    text = "tờ 12: 3, 99\n\nHoang Trinh tờ 4: 5\ntờ 4: 5; 12/3, p1\ntờ 12: 5a-7, 1-9a\ntờ 12:\ntờ 12: 1-99999"
    ids, problems = parse_parcels(text, UNITS, Communes(NAMES))
    assert ids == ("P1", "P2", "P3", "P4")
    assert [(p.source, p.message, p.facts["found"], p.severity) for p in problems] == [
        ("line 1", "problem.list_unknown", "12/99", "refused"),
        ("line 3", "problem.list_commune", "Hoang Trinh tờ 4: 5", "refused"),
        ("line 4", "problem.list_ambiguous", "4/5", "refused"),
        ("line 4", "problem.list_twice", "12/3", "warning"),
        ("line 4", "problem.list_twice", "p1", "warning"),
        ("line 5", "problem.list_letter_range", "5a-7", "refused"),
        ("line 5", "problem.list_letter_range", "1-9a", "refused"),
        ("line 6", "problem.list_no_numbers", "tờ 12:", "refused"),
        ("line 7", "problem.list_twice", "12/3", "warning"),
    ]


def test_parse_parcels__the_commune_that_is_meant_counts_where_none_is_named():
    meant = Communes(NAMES, "15895")
    assert parse_parcels("tờ 4: 5; 4/5", UNITS, meant)[0] == ("P6",)
    assert parse_parcels("15910 tờ 4: 5", UNITS, meant) == (("P7",), [])
    assert [p.message for p in parse_parcels("tờ 12: 3", UNITS, meant)[1]] == ["problem.list_unknown"]


def test_parse_parcels__a_range_that_is_too_long():
    rows = [(f"P{n}", "15910", "3", str(n)) for n in range(1, 502)]
    many = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=["id", "commune", "sheet", "number"]).set_index("id"),
        geometry=[None] * 501,
    )
    assert [p.message for p in parse_parcels("tờ 3: 1-501", many)[1]] == ["problem.list_range"]
    assert len(parse_parcels("tờ 3: 1-500", many)[0]) == 500


@given(st.lists(st.sampled_from(PARCELS), unique=True), st.data())
def test_parse_parcels__what_is_written_comes_back(rows, data):
    """Each parcel in any of the ways to write it, in any order and layout, is found and nothing else."""
    lines = []
    for parcel, commune, sheet, number in rows:
        ways = [parcel, f"{commune}/{sheet}/{number}", f"{commune} tờ {sheet}: {number}",
                f"{NAMES[commune]} tờ {sheet}, thửa {number}"]  # fmt: skip
        lines.append(data.draw(st.sampled_from(ways)))
    text = data.draw(st.sampled_from(["\n", "; ", ";\n"])).join(lines)
    ids, problems = parse_parcels(data.draw(st.sampled_from([text, text.upper()])), UNITS, Communes(NAMES))
    assert (ids, problems) == (tuple(row[0] for row in rows), [])


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


@pytest.mark.parametrize("text", ["tờ 12: 3 5", "12/3 5", "tờ 12 3 5", "tờ 12: 3\t5"])
def test_parse_parcels__numbers_that_lack_their_comma_are_no_other_parcel(text):
    rows = [("P1", "15910", "12", "3"), ("P2", "15910", "12", "5"), ("P3", "15910", "12", "35")]
    ids, problems = parse_parcels(text, _units(rows))
    assert (ids, [(p.message, p.facts["found"]) for p in problems]) == (
        (),
        [("problem.list_unknown", "12/3 5")],
    )


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("12 / 3", "P1"),
        ("12/ 3", "P1"),
        ("tờ 12: 105 - 1", "P2"),
        ("tờ 12: 5 a", "P3"),
        ("tờ 12: 163 a", "P4"),
        ("tờ 12: 163a", "P4"),
        ("K 01", "F1"),
    ],
)
def test_parse_parcels__spaces_that_part_no_numbers(text, meant):
    rows = [("P1", "15910", "12", "3"), ("P2", "15910", "12", "105-1"), ("P3", "15910", "12", "5 a"),
            ("P4", "15910", "12", "163a")]  # fmt: skip
    assert parse_parcels(text, _units([*rows, ("F1", "15910", "", "K01")])) == ((meant,), [])


@pytest.mark.parametrize("text", ["tờ 4: 1-4", "tờ 4: 1, 3"])
def test_parse_parcels__a_sheet_is_of_one_commune_also_where_each_number_is_of_one_alone(text):
    """Two communes each have a sheet 4: one with 1 and 2, the other with 3 and 4."""
    rows = [(f"P{n}", "15910" if n < 3 else "15895", "4", str(n)) for n in range(1, 5)]
    ids, problems = parse_parcels(text, _units(rows))
    assert ids == ()
    assert [(p.message, p.facts["found"], p.facts["communes"]) for p in problems] == [
        ("problem.list_ambiguous", text, "15895, 15910")
    ]
    assert parse_parcels(f"15910 {text}", _units(rows))[0] == (("P1", "P2") if "-" in text else ("P1",))


@pytest.mark.parametrize("text", ["tờ 4: 1\ntờ 4: 3; 12/5", "4/1, 4/3, 12/5", "4/1\n12/5\ntờ 4: 4, 3"])
def test_parse_parcels__a_sheet_is_of_one_commune_on_all_lines(text):
    """A line gives a parcel of one commune, another of the other: the list meant one of them."""
    rows = [(f"P{n}", "15910" if n < 3 else "15895", "4", str(n)) for n in range(1, 5)]
    units = _units([*rows, ("P9", "15910", "12", "5")])
    ids, problems = parse_parcels(text, units)
    assert ids == ("P9",)
    assert [(p.message, p.facts["communes"], p.facts["found"][:3]) for p in problems] == [
        ("problem.list_ambiguous", "15895, 15910", "4/1")
    ]
    meant, problems = parse_parcels(text, units, Communes(meant="15910"))
    assert (meant[0], {p.message for p in problems}) == ("P1", {"problem.list_unknown"})
    said = "15910 tờ 4: 1\n15895 tờ 4: 3"
    assert parse_parcels(said, units) == (("P1", "P3"), [])


def test_parse_parcels__all_that_several_communes_have_is_one_question():
    rows = [(f"P{c}{n}", c, "4", str(n)) for c in ("15910", "15895") for n in range(1, 9)]
    ids, problems = parse_parcels("tờ 4: 1-7\n12/1\n4/8", _units(rows))
    assert ids == ()
    assert [(p.source, p.message, p.facts) for p in problems] == [
        (
            "line 1",
            "problem.list_ambiguous_several",
            {"count": 8, "found": "4/1, 4/2, 4/3, 4/4, 4/5, …", "communes": "15895, 15910"},
        ),
        ("line 2", "problem.list_unknown", {"found": "12/1"}),
    ]


def test_parse_parcels__a_whole_column_of_a_workbook_is_still_one_question():
    """12,500 lines fill the page's field; each was once compared with all others, most of a minute for everybody."""
    rows = [(f"P{c}{n}", c, "4", str(n)) for c in ("15910", "15895") for n in range(12_500)]
    text = "\n".join(f"4/{n}" for n in range(12_500))
    ids, problems = parse_parcels(text, _units(rows))
    assert ids == ()
    assert [(p.message, p.facts["count"]) for p in problems] == [
        ("problem.list_ambiguous_several", 12_500),
    ]


def test_parse_parcels__a_number_with_a_raised_digit_stands_in_no_range():
    rows = [("P1", "15910", "4", "1"), ("P2", "15910", "4", "1\u00b2")]
    assert parse_parcels("tờ 4: 1-3", _units(rows)) == (("P1",), [])


def _units(rows):
    frame = pd.DataFrame(rows, columns=["id", "commune", "sheet", "number"]).set_index("id")
    return gpd.GeoDataFrame(frame, geometry=[None] * len(rows))
