"""Clean land: handed over and nothing left on it, by hand and against a sum in plain Python."""

import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.clearance.clean import clean, clean_m2, cleared_ids, occupied
from gis.clearance.partition import class_m2, classes
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from worlds import assert_measure, day, entries, holds, parts, reaches, state_of

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import lists, removes, voids

UNITS = pd.Index(["P1", "P2", "P3", "P4"], name="parcel_id")
CELLS = parts({("P1", "A"): 100.0, ("P1", "B"): 20.0, ("P2", "A"): 40.0, ("P3", "B"): 7.0, ("P4", "B"): 3.0})
HANDED = [
    *((1, holds(name, "H1")) for name in ("P1", "P2", "P3")),
    *((5, reaches(name, "H1", "handed_over")) for name in ("P1", "P2")),
]


def measured(now):
    found = classes(UNITS, now)
    return clean_m2(CELLS, found, occupied(now, cleared_ids(found)))


def test_clean_m2__without_any_list_all_that_is_handed_over():
    now = state_of(*HANDED)
    assert_measure(measured(now), {"A": 140.0, "B": 20.0}, name="clean_m2", index_name=["zone_id"])
    assert measured(now).tolist() == class_m2(CELLS, classes(UNITS, now))["handed_over"].tolist()


def test_clean_m2__a_parcel_with_one_grave_left_is_clean_in_none_of_its_zones():
    graves = state_of(*HANDED, (6, lists("P1", "grave_built", 2)), (7, removes("P1", 6, 1)))
    assert measured(graves).to_dict() == {"A": 40.0, "B": 0.0}
    moved = state_of(
        *HANDED, (6, lists("P1", "grave_built", 2)), (7, removes("P1", 6, 1)), (8, removes("P1", 6, 1))
    )
    assert measured(moved).to_dict() == {"A": 140.0, "B": 20.0}


def test_clean_m2__of_a_past_day_and_after_a_void():
    ledger = entries(*HANDED, (6, lists("P1", "tree")), (9, removes("P1", 6)), (None, voids("P1", 7)))
    assert [measured(state(ledger, day(on), 7))["A"] for on in (5, 6, 8, 9)] == [140.0, 40.0, 40.0, 140.0]
    assert measured(state(ledger, day(9), 8))["A"] == 40.0


def test_clean_m2__objects_on_land_that_is_not_handed_over_change_nothing():
    now = state_of(*HANDED, (6, lists("P3", "house")), (6, lists("P4", "pole")))
    assert measured(now).to_dict() == {"A": 140.0, "B": 20.0}
    assert occupied(now, UNITS) == {"P3", "P4"}
    assert occupied(now, []) == frozenset()


def test_clean_m2__a_unit_without_a_class_is_a_bug():
    with pytest.raises(KeyError):
        clean_m2(CELLS, pd.Series({"P1": "handed_over"}), [])


CLASS = st.sampled_from(["handed_over", "stuck", "paid"])


@given(st.lists(CLASS, min_size=4, max_size=4), st.sets(st.sampled_from(list(UNITS))))
def test_clean_m2__equals_the_sum_of_the_clean_parcels_and_never_exceeds_what_is_handed_over(found, left):
    by_unit = pd.Series(found, index=UNITS)
    cleaned = clean(by_unit, left)
    by_hand = {"A": 0.0, "B": 0.0}
    for (parcel, zone), part_m2 in CELLS.items():
        if by_unit[parcel] == "handed_over" and parcel not in left:
            by_hand[zone] += part_m2
    found_m2 = clean_m2(CELLS, by_unit, left)
    assert found_m2.to_dict() == by_hand
    assert (found_m2 <= class_m2(CELLS, by_unit)["handed_over"]).all()
    assert (cleaned.dtype, cleaned.name, list(cleaned.index)) == (bool, "clean", list(UNITS))
