"""Why a parcel is cleared or not, with the entries."""

import sys
from fractions import Fraction
from pathlib import Path

from gis.clearance.grounds import grounds
from gis.clearance.partition import classes_of, holdings_table, reached_by_all
from gis.ledger.facts import ObjectListed
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
import pandas as pd
from build import closes, day, entries, holds, opens, reaches

HALF = Fraction(1, 2)


def at(*facts):
    return state(entries(*facts), day(20), 99)


def verdicts(found):
    return {one.condition: (one.met, one.seqs, one.missing) for one in grounds(found, "P1")}


def test_grounds__one_of_two_handed_over():
    found = at(
        (1, holds("P1", "H1", HALF), "a"), (1, holds("P1", "H2", HALF), "a"),
        (3, reaches("P1", "H1", "handed_over")), (4, opens("P1", "graves")),
        (5, ObjectListed("P1", None, "grave_built", 2)),
    )  # fmt: skip
    assert verdicts(found) == {
        "held": (True, (1, 2), ()),
        "handed_over": (False, (3,), ("H2",)),
        "no_obstacle": (False, (4,), ("graves",)),
        "no_object": (False, (5,), ("grave_built",)),
    }


def test_grounds__nobody_holds_it():
    assert verdicts(at())["handed_over"] == (False, (), ())


def test_grounds__the_conditions_that_decide_say_what_the_map_says():
    for facts in (
        ((1, holds("P1", "H1")), (2, reaches("P1", "H1", "handed_over")), (3, opens("P1"))),
        ((1, holds("P1", "H1")), (2, opens("P1")), (3, closes("P1", 2))),
        (),
    ):
        found = at(*facts)
        table = reached_by_all(pd.Index(["P1"]), holdings_table(found))
        on_map = classes_of(table, found.stuck)["P1"] == "handed_over"
        assert all(one.met for one in grounds(found, "P1") if one.decides) == on_map
