"""The partition: each rule of the classes on a ledger of a few lines."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.clearance.partition import class_m2, classes, classes_of, holdings_table, measures, reached_by_all
from gis.ledger.part import SquareMetres
from gis.milestones import CLASSES, MILESTONES

sys.path.insert(0, str(Path(__file__).parent))
from worlds import closes, holds, opens, parts, reaches, state_of

HALF = Fraction(1, 2)


def class_of(*facts, parcel="P1"):
    found = classes(pd.Index([parcel], dtype="str"), state_of(*facts))
    assert found.name == "class"
    assert list(found.index) == [parcel]
    return found[parcel]


def test_classes__no_holder():
    assert class_of() == "no_holder"


def test_classes__held_and_nothing_reached():
    assert class_of((1, holds("P1", "H1"))) == "not_started"


@pytest.mark.parametrize(
    "name", ["notified", "inventoried", "plan_published", "plan_approved", "paid", "recovered", "handed_over"]
)
def test_classes__a_milestone_makes_its_class(name):
    assert class_of((1, holds("P1", "H1")), (2, reaches("P1", "H1", name))) == name


def test_classes__the_furthest_counts_whatever_was_left_out():
    facts = [
        (1, holds("P1", "H1")),
        (2, reaches("P1", "H1", "recovered")),
        (3, reaches("P1", "H1", "notified")),
    ]
    assert class_of(*facts) == "recovered"


def test_classes__every_holding_must_have_reached_it():
    """H1 was paid, H2 only inventoried: the parcel is where both are."""
    facts = [
        (1, holds("P1", "H1", HALF), "r"),
        (1, holds("P1", "H2", HALF), "r"),
        (2, reaches("P1", "H1", "inventoried")),
        (2, reaches("P1", "H2", "inventoried")),
        (3, reaches("P1", "H1", "paid")),
    ]
    assert class_of(*facts) == "inventoried"


def test_classes__no_common_milestone_is_not_started():
    """H1 was paid and H2 notified, yet nothing was reached by both."""
    facts = [
        (1, holds("P1", "H1", HALF), "r"),
        (1, holds("P1", "H2", HALF), "r"),
        (2, reaches("P1", "H1", "paid")),
        (2, reaches("P1", "H2", "notified")),
    ]
    assert class_of(*facts) == "not_started"


def test_classes__handed_over_by_one_of_two_is_not_handed_over():
    facts = [
        (1, holds("P1", "H1", HALF), "r"),
        (1, holds("P1", "H2", HALF), "r"),
        (2, reaches("P1", "H1", "handed_over")),
    ]
    assert class_of(*facts) == "not_started"
    assert class_of(*facts, (3, reaches("P1", "H2", "handed_over"))) == "handed_over"


def test_classes__stuck_yields_to_handed_over_and_beats_the_rest():
    held, obstacle = (1, holds("P1", "H1")), (2, opens("P1"))
    assert class_of(held, obstacle, (3, reaches("P1", "H1", "paid"))) == "stuck"
    assert class_of(held, obstacle, (3, reaches("P1", "H1", "handed_over"))) == "handed_over"
    assert class_of(obstacle) == "stuck"
    assert class_of(held, obstacle, (3, closes("P1", 2))) == "not_started"


def test_classes__delivered_makes_no_class():
    held = (1, holds("P1", "H1"))
    assert class_of(held, (2, reaches("P1", "H1", "delivered"))) == "not_started"
    assert class_of(held, (2, reaches("P1", "H1", "paid")), (3, reaches("P1", "H1", "delivered"))) == "paid"


def test_classes__only_the_units_asked_for_in_their_order():
    """P9 is in the ledger and no longer on the map; P0 is on the map and not in the ledger."""
    found = classes(
        pd.Index(["P2", "P0", "P1"], dtype="str"),
        state_of(
            (1, holds("P1", "H1")),
            (1, holds("P2", "H1")),
            (1, holds("P9", "H1")),
            (2, reaches("P2", "H1", "paid")),
        ),
    )
    assert found.to_dict() == {"P2": "paid", "P0": "no_holder", "P1": "not_started"}
    assert list(found.index) == ["P2", "P0", "P1"]


def test_classes__no_units():
    assert classes(pd.Index([], dtype="str"), state_of()).empty


def test_holdings_table__parts_and_milestones_as_plain_columns():
    table = holdings_table(
        state_of(
            (1, holds("P1", "H1", Fraction(2, 6))),
            (1, holds("P1", "H2", SquareMetres(Decimal("120.5")))),
            (1, holds("P1", "H3", None)),
            (2, reaches("P1", "H3", "paid")),
        )
    )
    assert table[["parcel_id", "household_id"]].to_numpy().tolist() == [
        ["P1", "H1"],
        ["P1", "H2"],
        ["P1", "H3"],
    ]
    assert table[["numerator", "denominator"]].to_numpy().tolist() == [[1, 3], [0, 0], [0, 0]]
    np.testing.assert_array_equal(table["part_m2"], [np.nan, 120.5, np.nan])
    assert table["paid"].tolist() == [False, False, True]
    assert list(table.columns[5:]) == list(MILESTONES)


def test_holdings_table__a_holding_that_ended_is_not_in_it():
    table = holdings_table(state_of((1, holds("P1", "H1")), (5, holds("P1", "H2", Fraction(1), "H1"))))
    assert table["household_id"].tolist() == ["H2"]


def rank_by_rule(holdings, stuck):
    """The class by the rule read aloud, a parcel at a time."""
    if holdings and all("handed_over" in reached for reached in holdings):
        return "handed_over"
    if stuck:
        return "stuck"
    if not holdings:
        return "no_holder"
    common = set.intersection(*holdings)
    order = ["notified", "inventoried", "plan_published", "plan_approved", "paid", "recovered"]
    return next((name for name in reversed(order) if name in common), "not_started")


REACHED = st.lists(st.sets(st.sampled_from(MILESTONES)), max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(REACHED, st.booleans()), max_size=8), st.randoms(use_true_random=False))
def test_classes_of__equals_the_rule_read_aloud_in_any_order_of_rows(parcels, random):
    rows = [
        {"parcel_id": f"P{n}", "household_id": f"H{k}", **{name: name in reached for name in MILESTONES}}
        for n, (holdings, _) in enumerate(parcels)
        for k, reached in enumerate(holdings)
    ]
    random.shuffle(rows)
    table = pd.DataFrame(rows, columns=["parcel_id", "household_id", *MILESTONES]).astype(
        dict.fromkeys(MILESTONES, bool)
    )
    ids = pd.Index([f"P{n}" for n in range(len(parcels))], dtype="str")
    found = classes_of(reached_by_all(ids, table), [f"P{n}" for n, (_, stuck) in enumerate(parcels) if stuck])
    assert found.tolist() == [rank_by_rule(holdings, stuck) for holdings, stuck in parcels]


def test_class_m2__sums_by_zone_and_class():
    table = parts({("P1", "E"): 30, ("P1", "W"): 10, ("P2", "W"): 5, ("P3", "W"): 7})
    found = class_m2(table, pd.Series({"P3": "paid", "P1": "stuck", "P2": "paid", "P4": "no_holder"}))
    assert list(found.columns) == list(CLASSES)
    assert list(found.index) == ["E", "W"]
    assert found.index.name == "zone_id"
    assert found.loc["E", "stuck"] == 30
    assert found.loc["W", ["stuck", "paid"]].tolist() == [10, 12]
    assert found.to_numpy().sum() == 52


def test_class_m2__no_overlaps():
    found = class_m2(parts({("P1", "Z"): 1}).iloc[:0], pd.Series(dtype="str"))
    assert found.empty
    assert list(found.columns) == list(CLASSES)


def test_class_m2__a_parcel_without_a_class_is_no_silent_zero():
    table = parts({("P1", "Z"): 1, ("P2", "Z"): 1})
    with pytest.raises(KeyError, match="P2"):
        class_m2(table, pd.Series({"P1": "paid"}))
    with pytest.raises(KeyError, match="P2"):
        class_m2(table, pd.Series({"P1": "paid", "P2": "finished"}))
    with pytest.raises(KeyError, match="P1"):
        class_m2(table, pd.Series(dtype="str"))


def test_measures__each_milestone_by_itself():
    """P1 (2 ha in Z) was paid and handed over, P2 (1 ha) paid; of P3's two holders one was paid."""
    found = measures(
        parts({("P1", "Z"): 20_000, ("P2", "Z"): 10_000, ("P3", "Y"): 5_000}),
        state_of(
            (1, holds("P1", "H1")),
            (1, holds("P2", "H1")),
            (1, holds("P3", "H1", HALF), "r"),
            (1, holds("P3", "H2", HALF), "r"),
            (2, reaches("P1", "H1", "paid")),
            (2, reaches("P2", "H1", "paid")),
            (2, reaches("P3", "H1", "paid")),
            (3, reaches("P1", "H1", "handed_over")),
        ),
    )
    assert list(found.columns) == [f"{name}_ha" for name in MILESTONES]
    assert found["paid_ha"].to_dict() == {"Y": 0, "Z": 3}
    assert found["handed_over_ha"].to_dict() == {"Y": 0, "Z": 2}
    assert found["delivered_ha"].sum() == 0
