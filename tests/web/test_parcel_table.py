"""The list of parcels: filters and orders against going through the parcels one by one."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.clearance.cells import Cells
from gis.web.parcel_table import SORTS, Asked, Table

UNITS = pd.DataFrame(
    {
        "commune": ["15910", "15910", "15895", "15910", ""],
        "sheet": ["7", "10", "7", "7", ""],
        "number": ["12", "1", "9a", "9", "K01"],
        "land_use": ["LUC", "ONT", "LUC", "NTS", "DGT"],
    },
    index=["P1", "P2", "P3", "P4", "F1"],
)
OVERLAPS = pd.Series(
    {("P1", "a"): 100.0, ("P1", "b"): 50.0, ("P2", "b"): 30.0, ("P4", "a"): 0.1, ("F1", "a"): 7.5}
).rename_axis(["parcel_id", "zone_id"])
TOLD = np.array([2, 3, 0, 1, 4])  # 15895/7/9a, 15910/7/9, 15910/7/12, 15910/10/1, the feature
TABLE = Table.of(UNITS, Cells.of(OVERLAPS, UNITS.index), TOLD)
CLASSES = np.array([0, 1, 1, 9, 0])
LAST = np.array([5, 0, 9, 5, 1])


def ids(asked=None, *more, **how):
    found = TABLE.look_up(asked or Asked(), CLASSES, *more, **how)
    return [UNITS.index[place] for place in found.places]


def test_look_up__all_in_the_order_of_the_search():
    found = TABLE.look_up(Asked(), CLASSES)
    assert ids() == ["F1", "P3", "P4", "P1", "P2"]  # without a commune first, then by commune, sheet, number
    assert found.sum_m2 == pytest.approx(187.6)
    assert found.part_m2.tolist() == pytest.approx([150, 30, 0, 0.1, 7.5])


@pytest.mark.parametrize(
    ("sort", "up", "down"),
    [
        ("parcel", ["F1", "P4", "P3", "P1", "P2"], ["P2", "P1", "P3", "P4", "F1"]),
        ("commune", ["F1", "P3", "P4", "P1", "P2"], ["P4", "P1", "P2", "P3", "F1"]),
        ("class", ["P1", "F1", "P3", "P2", "P4"], ["P4", "P3", "P2", "P1", "F1"]),
        ("m2", ["P3", "P4", "F1", "P2", "P1"], ["P1", "P2", "F1", "P4", "P3"]),
        ("land_use", ["F1", "P3", "P1", "P4", "P2"], ["P2", "P4", "P3", "P1", "F1"]),
        ("last", ["P2", "F1", "P4", "P1", "P3"], ["P3", "P4", "P1", "F1", "P2"]),
    ],
)
def test_look_up__sorts_by_each_column_and_settles_ties_as_the_search_does(sort, up, down):
    assert ids(None, sort, LAST) == up
    assert ids(None, sort, LAST, down=True) == down


def test_look_up__sorts_are_all_tried():
    assert set(SORTS) == {"parcel", "commune", "class", "m2", "land_use", "last"}


@pytest.mark.parametrize(
    ("asked", "kept", "sum_m2"),
    [
        (Asked(commune="15895"), ["P3"], 0),
        (Asked(class_code=0), ["F1", "P1"], 157.5),
        (Asked(land_use="LUC"), ["P3", "P1"], 150),
        (Asked(zones=["a"]), ["F1", "P4", "P1"], 107.6),
        (Asked(zones=["b"]), ["P1", "P2"], 80),
        (Asked(zones=["a", "b"]), ["F1", "P4", "P1", "P2"], 187.6),
        (Asked(zones=[]), [], 0),
        (Asked(zones=["elsewhere"]), [], 0),
        (Asked(kept=(np.array([0, 1]),)), ["P1", "P2"], 180),
        (Asked(kept=(np.array([0, 1]), np.array([False, True, True, True, True]))), ["P2"], 30),
        (Asked(kept=(np.array([], dtype=np.int64),)), [], 0),
        (Asked(zones=["a"], class_code=0, land_use="LUC"), ["P1"], 100),
    ],
)
def test_look_up__keeps_what_every_filter_keeps_and_sums_the_parts_in_the_zones(asked, kept, sum_m2):
    found = TABLE.look_up(asked, CLASSES)
    assert [UNITS.index[place] for place in found.places] == kept
    assert found.sum_m2 == pytest.approx(sum_m2)


def test_look_up__the_parts_of_a_zone_alone_are_shown_and_sorted():
    """P1 has 100 m² in a and 50 m² in b: of b alone it comes before P2's 30 m²."""
    asked = Asked(zones=["b"])
    assert ids(asked, "m2", down=True) == ["P1", "P2"]
    assert TABLE.look_up(asked, CLASSES).part_m2[0] == 50


@given(st.sampled_from(SORTS), st.booleans(), st.sampled_from(["", "15910", "15895"]), st.sampled_from([None, 0, 1, 9]),
       st.sampled_from([None, ["a"], ["b"]]))  # fmt: skip
def test_look_up__is_the_plain_filter_whatever_the_order(sort, down, commune, class_code, zones):
    asked = Asked(commune=commune, class_code=class_code, zones=zones)
    found = TABLE.look_up(asked, CLASSES, sort, LAST, down=down)
    inside = {unit for unit, zone in OVERLAPS.index if zones is None or zone in zones}
    plain = {
        unit
        for at, unit in enumerate(UNITS.index)
        if (not commune or UNITS.loc[unit, "commune"] == commune)
        and (class_code is None or CLASSES[at] == class_code)
        and (zones is None or unit in inside)
    }
    assert {UNITS.index[place] for place in found.places} == plain
    assert len(found.places) == len(plain)
    expected = sum(
        m2 for (unit, zone), m2 in OVERLAPS.items() if unit in plain and (zones is None or zone in zones)
    )
    assert found.sum_m2 == pytest.approx(expected)
    other = TABLE.look_up(replace(asked), CLASSES, sort, LAST, down=not down)
    assert set(other.places) == set(found.places)


def test_of__nothing_at_all():
    empty = UNITS.iloc[:0]
    nothing = OVERLAPS.iloc[:0]
    table = Table.of(empty, Cells.of(nothing, empty.index), np.array([], dtype=np.int64))
    found = table.look_up(Asked(), np.array([], dtype=np.int64))
    assert len(found.places) == 0
    assert found.sum_m2 == 0
