"""Months and the way to a target, by hand figures and against the curve."""

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.clearance.curve import cleared_curve
from gis.clearance.forecast import Way, cleared_between, months, of_zones, reached_on

sys.path.insert(0, str(Path(__file__).parent))
from worlds import parts

OVERLAPS = parts(
    {
        ("P1", "A"): 20_000.0,
        ("P1", "B"): 1_000.0,
        ("P2", "A"): 5_000.0,
        ("P3", "B"): 7_000.0,
        ("P4", "A"): 9e4,
    }
)
DAYS = pd.Series(
    pd.to_datetime(["2026-01-31", "2026-03-01", "2026-03-10", None]).astype("datetime64[s]"),
    index=["P1", "P2", "P3", "P4"],
)


def test_months__by_hand():
    """P1 on the last day of January, P2 on the first of March, P3 on the shown day; P4 never."""
    found = months(OVERLAPS, DAYS, date(2026, 3, 10), 4)
    assert [(one.first, one.last) for one in found][-2:] == [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 3, 1), date(2026, 3, 10)),
    ]
    assert [one.cleared_ha for one in found] == pytest.approx([0.0, 2.1, 0.0, 1.2])


def test_months__what_comes_after_the_day_does_not_count():
    assert months(OVERLAPS, DAYS, date(2026, 3, 9), 1)[0].cleared_ha == pytest.approx(0.5)


def test_cleared_between__both_days_count():
    found = cleared_between(OVERLAPS, DAYS, date(2026, 1, 31), date(2026, 3, 1))
    assert list(found.index) == [("P1", "A"), ("P1", "B"), ("P2", "A")]
    assert (
        cleared_between(of_zones(OVERLAPS, ["B"]), DAYS, date(2026, 1, 31), date(2026, 3, 1)).sum() == 1_000
    )


@given(st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2027, 12, 31)), st.integers(1, 10**6)), min_size=1))
def test_months__all_of_them_sum_to_the_curve(cleared):
    cells = parts({(f"P{n}", "A"): float(m2) for n, (_, m2) in enumerate(cleared)})
    days = pd.Series(
        pd.to_datetime([day for day, _ in cleared]).astype("datetime64[s]"),
        index=[f"P{n}" for n in range(len(cleared))],
    )
    through = date(2027, 6, 15)
    whole = cleared_curve(cells, days, through)["cleared_ha"].iloc[-1]
    assert sum(one.cleared_ha for one in months(cells, days, through, 30)) == pytest.approx(whole)


def test_way__what_is_left_by_month():
    """1461 days are 48 mean months: 120 ha over 48 months."""
    way = Way(250, 130, date(2026, 12, 31), date(2030, 12, 31))
    assert (way.remaining_ha, way.share) == (120, 0.52)
    assert way.months == pytest.approx(1461 * 12 / 365.2425)
    assert way.needed_ha == pytest.approx(120 * 365.2425 / 12 / 1461)


def test_way__reached_past_and_the_last_days():
    assert Way(60, 61, date(2026, 6, 1), date(2026, 12, 31)).needed_ha == 0
    assert Way(60, 50, date(2027, 1, 1), date(2026, 12, 31)).needed_ha is None
    assert Way(60, 50, date(2026, 12, 31), date(2026, 12, 31)).needed_ha is None
    assert Way(60, 50, date(2026, 12, 30), date(2026, 12, 31)).needed_ha == 10


def test_reached_on__at_a_pace_or_never():
    way = Way(250, 190, date(2026, 12, 31), date(2030, 12, 31))
    assert reached_on(way, 2.5) == date(2028, 12, 31)  # 24 mean months are 730.485 days
    assert reached_on(way, 0) is None
    assert reached_on(way, 1e-9) is None
    assert reached_on(Way(250, 250, date(2026, 12, 31), date(2030, 12, 31)), 0) == date(2026, 12, 31)
