"""Stuck hectares by category and days, by hand."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from gis.clearance.stuck import AGES, stuck

sys.path.insert(0, str(Path(__file__).parent))
from worlds import closes, holds, opens, parts, reaches, state_of

# P1 has two obstacles, P2 one that is closed and one that stands, P3 is handed over, P4 lies in no zone.
STATE = state_of(
    (1, holds("P1", "H1")),
    (1, holds("P2", "H2")),
    (1, holds("P3", "H3")),
    (1, holds("P4", "H4")),
    (10, opens("P1", "price")),
    (71, opens("P1", "graves", "H1")),
    (20, opens("P2", "papers")),
    (30, closes("P2", 7)),
    (95, opens("P2", "price")),
    (5, opens("P3", "price")),
    (6, reaches("P3", "H3", "handed_over")),
    (7, opens("P4", "price")),
    on=100,
)
CLASSES = pd.Series({"P1": "stuck", "P2": "stuck", "P3": "handed_over", "P4": "stuck"})
OVERLAPS = parts({("P1", "A"): 300.0, ("P1", "B"): 100.0, ("P2", "A"): 50.0, ("P3", "A"): 1_000.0})


def test_stuck__by_hand():
    found = stuck(OVERLAPS, CLASSES, STATE)
    assert [(one.parcel, one.area_m2, one.categories) for one in found.parcels] == [
        ("P1", 400.0, ("price", "graves")),
        ("P2", 50.0, ("price",)),
    ]
    assert (found.whole.area_m2, found.whole.parcels, found.whole.longest_days) == (450.0, 2, 90)
    assert found.whole.by_age_m2 == (50.0, 0.0, 400.0, 0.0, 0.0)


def test_stuck__a_parcel_counts_in_each_of_its_categories():
    price, graves = stuck(OVERLAPS, CLASSES, STATE).by_category
    assert (price.category, price.area_m2, price.parcels, price.longest_days) == ("price", 450.0, 2, 90)
    assert price.by_age_m2 == (50.0, 0.0, 400.0, 0.0, 0.0)
    assert (graves.category, graves.area_m2, graves.longest_days) == ("graves", 400.0, 29)
    assert graves.by_age_m2 == (400.0, 0.0, 0.0, 0.0, 0.0)


def test_stuck__ages_sum_to_the_whole():
    found = stuck(OVERLAPS, CLASSES, STATE)
    for group in (found.whole, *found.by_category):
        assert sum(group.by_age_m2) == pytest.approx(group.area_m2)
        assert len(group.by_age_m2) == len(AGES)


def test_stuck__nothing():
    found = stuck(OVERLAPS, CLASSES.where(CLASSES != "stuck", "paid"), STATE)
    assert (found.parcels, found.whole.area_m2, found.by_category) == ((), 0.0, ())
