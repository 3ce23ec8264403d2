"""Where units stand: made at once, entry by entry and mark by mark, always the same to the last bit."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.clearance.cells import Cells
from gis.clearance.clean import cleared_ids, occupied
from gis.clearance.partition import class_m2, classes, holdings_table
from gis.clearance.signed import signed_m2, signed_share_of
from gis.clearance.standing import Standing
from gis.ledger.columns import Columns, fold, table_of
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from worlds import closes, day, entries, holds, opens, parts, reaches

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from stories import PARCELS, stories

# "P3" is a unit that no entry names; "P10" is named and is no unit.
AREAS = pd.Series({"P1": 400.0, "P2": np.nan, "P3": 90.0}, name="governing_area_m2")


def of_state(found):
    return Standing.of_state(AREAS, found)


def assert_same(one, other):
    assert one.class_code.tolist() == other.class_code.tolist()
    np.testing.assert_array_equal(one.signed, other.signed)
    assert one.occupied.tolist() == other.occupied.tolist()


def test_after__only_the_named_parcels_change():
    ledger = entries(
        (1, holds("P1", "A")), (1, holds("P2", "B")), (1, opens("P2")), (2, reaches("P1", "A", "handed_over"))
    )
    before = of_state(state(ledger[:3], day(9), 3))
    after = before.after(state(ledger, day(9), 4), {"P1", "P10"})
    assert before.classes.to_dict() == {"P1": "not_started", "P2": "stuck", "P3": "no_holder"}
    assert after.classes.to_dict() == {"P1": "handed_over", "P2": "stuck", "P3": "no_holder"}
    assert after.signed_share.to_dict() == {"P1": 1.0, "P2": 0.0, "P3": 0.0}
    closed = state([*ledger, *entries(*[(1, opens("P9"))] * 4, (3, closes("P2", 3)))[4:]], day(9), 5)
    assert after.after(closed, ["P2"]).classes["P2"] == "not_started"


def test_class_of__is_the_units_own_and_of_no_other_parcel():
    found = of_state(state(entries((1, holds("P1", "A")), (1, opens("P2"))), day(9), 2))
    assert [found.class_of(unit) for unit in AREAS.index] == ["not_started", "stuck", "no_holder"]
    with pytest.raises(KeyError):
        found.class_of("P10")


def test_after__parcels_that_are_no_units_change_nothing():
    before = of_state(state([], day(9), 0))
    assert before.after(state([], day(9), 0), ["P10"]) is before


@settings(max_examples=200, deadline=None)
@given(stories(), st.data())
def test_of_land__equals_the_standing_of_the_fold_entry_by_entry(ledger, data):
    on, known = day(data.draw(st.integers(0, 7))), data.draw(st.integers(0, len(ledger)))
    exact = state(ledger, on, known)
    found = Standing.of_land(AREAS, fold(Columns.of(table_of(ledger)), on, known), exact)
    assert_same(found, of_state(exact))
    pd.testing.assert_series_equal(found.classes, classes(AREAS.index, exact))
    assert found.uncleaned == occupied(exact, cleared_ids(found.classes))
    pd.testing.assert_series_equal(found.signed_share, signed_share_of(holdings_table(exact), AREAS))


@settings(max_examples=200, deadline=None)
@given(stories(), st.data())
def test_after__equals_the_standing_made_anew(ledger, data):
    on, cut = day(data.draw(st.integers(0, 7))), data.draw(st.integers(0, len(ledger)))
    before = of_state(state(ledger, on, cut))
    now = state(ledger, on, len(ledger))
    assert_same(before.after(now, {e.parcel for e in ledger[cut:] if e.parcel}), of_state(now))
    assert_same(before.after(now, PARCELS), of_state(now))


def test_cells__sums_as_the_tables_do():
    overlaps = parts({("P1", "Z"): 60.0, ("P2", "Y"): 5.0, ("P2", "Z"): 40.0})
    standing = of_state(
        state(entries((1, holds("P1", "A")), (2, reaches("P1", "A", "handed_over"))), day(9), 2)
    )
    cells = Cells.of(overlaps, AREAS.index)
    found = cells.class_m2(standing.class_code)
    assert found.loc["Z", ["handed_over", "no_holder"]].tolist() == [60.0, 40.0]
    assert found.loc["Y"].sum() == 5.0
    pd.testing.assert_frame_equal(found, class_m2(overlaps, standing.classes))
    assert cells.share_m2(standing.signed).to_dict() == {"Y": 0.0, "Z": 60.0}
    assert signed_m2(overlaps, standing.signed_share).to_dict() == {"Y": 0.0, "Z": 60.0}
    assert np.isnan(cells.share_m2(np.array([1.0, np.nan, 1.0]))["Y"])


def test_cells__a_parcel_without_a_unit_is_not_lost_in_silence():
    with pytest.raises(KeyError, match="P9"):
        Cells.of(parts({("P1", "Z"): 60.0, ("P9", "Z"): 40.0}), AREAS.index)
