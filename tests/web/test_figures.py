"""Households beside the hectares: each counts once, however often it was entered."""

import sys
from pathlib import Path

from gis.plan import COMMUNE_ID
from gis.web.figures import HouseholdCount, household_counts

sys.path.insert(0, str(Path(__file__).parents[1] / "maps"))
from mapworld import snapshot

EAST_ZONE = "kcn-phu-quy-con-lai"


def test_household_counts__by_hand():
    """H1 handed over, H2 is stuck, H3 holds the canal along both."""
    counts = household_counts(snapshot())
    assert counts[COMMUNE_ID] == HouseholdCount(total=3, handed_over=1, stuck=1)
    assert counts[EAST_ZONE] == HouseholdCount(total=2, handed_over=0, stuck=1)


def test_household_counts__a_household_that_was_entered_twice_counts_once_and_only_with_all_of_it():
    counts = household_counts(snapshot(), {"H2": "H1"})
    assert counts[COMMUNE_ID] == HouseholdCount(total=2, handed_over=0, stuck=1)
    assert counts[EAST_ZONE] == HouseholdCount(total=2, handed_over=0, stuck=1)
    counts = household_counts(snapshot(), {"H1": "H3", "H2": "H3"})
    assert counts[COMMUNE_ID] == HouseholdCount(total=1, handed_over=0, stuck=1)
