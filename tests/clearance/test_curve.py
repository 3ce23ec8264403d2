"""The curve of cleared hectares, by hand."""

import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis.clearance.curve import cleared_curve, cleared_on, needed_per_month_ha
from gis.clearance.partition import class_m2, classes

sys.path.insert(0, str(Path(__file__).parent))
from worlds import day, holds, parts, reaches, state_of

HALF = Fraction(1, 2)
TABLE = parts({("P1", "E"): 10_000, ("P1", "W"): 5_000, ("P2", "W"): 20_000, ("P3", "E"): 40_000})


def days(**texts):
    return pd.Series(pd.to_datetime(list(texts.values())), index=list(texts), name="cleared_on")


def points(curve):
    return [(on.date().isoformat(), ha) for on, ha in zip(curve["on"], curve["cleared_ha"], strict=True)]


def test_cleared_on__the_last_holding_decides():
    found = cleared_on(
        state_of(
            (1, holds("P1", "H1", HALF), "r"),
            (1, holds("P1", "H2", HALF), "r"),
            (1, holds("P2", "H1")),
            (1, holds("P3", "H1", HALF), "s"),
            (1, holds("P3", "H2", HALF), "s"),
            (5, reaches("P1", "H1", "handed_over")),
            (9, reaches("P1", "H2", "handed_over")),
            (7, reaches("P3", "H1", "handed_over")),
        )
    )
    assert found.name == "cleared_on"
    assert found["P1"] == pd.Timestamp(day(9))
    assert pd.isna(found["P2"])
    assert pd.isna(found["P3"])


def test_cleared_on__nobody_holds_anything():
    found = cleared_on(state_of())
    assert found.empty
    assert cleared_curve(TABLE, found, date(2026, 5, 10))["cleared_ha"].tolist() == [0]


def test_cleared_curve__month_ends_then_the_day_itself():
    """P1 (1.5 ha in two zones) on the last of January, P2 (2 ha) in April; P3 never."""
    found = cleared_curve(TABLE, days(P1="2026-01-31", P2="2026-04-02", P3=None), date(2026, 4, 20))
    assert points(found) == [
        ("2025-12-31", 0.0),
        ("2026-01-31", 1.5),
        ("2026-02-28", 1.5),
        ("2026-03-31", 1.5),
        ("2026-04-20", 3.5),
    ]


def test_cleared_curve__through_is_included_and_nothing_later():
    cleared = days(P1="2026-01-05", P2="2026-03-10", P3="2026-03-11")
    assert points(cleared_curve(TABLE, cleared, date(2026, 3, 10)))[-1] == ("2026-03-10", 3.5)
    assert points(cleared_curve(TABLE, cleared, date(2026, 3, 9)))[-1] == ("2026-03-09", 1.5)
    assert points(cleared_curve(TABLE, cleared, date(2026, 1, 4))) == [("2026-01-04", 0.0)]


def test_cleared_curve__a_day_that_ends_its_month_stands_once():
    cleared = days(P1="2026-01-31")
    assert points(cleared_curve(TABLE, cleared, date(2026, 1, 31))) == [
        ("2025-12-31", 0.0),
        ("2026-01-31", 1.5),
    ]


def test_cleared_curve__ends_at_the_cleared_hectares_of_the_partition():
    state = state_of(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (1, holds("P3", "H1")),
        (40, reaches("P1", "H1", "handed_over")),
        (90, reaches("P3", "H1", "handed_over")),
        on=100,
    )
    found = cleared_curve(TABLE, cleared_on(state), state.on)
    partition = class_m2(TABLE, classes(pd.Index(["P1", "P2", "P3"], dtype="str"), state))
    assert found["cleared_ha"].iloc[-1] == pytest.approx(partition["handed_over"].sum() / 10_000)
    assert np.all(np.diff(found["cleared_ha"]) >= 0)


def test_needed_per_month_ha__four_years_and_120_hectares():
    """48 months: 2.5 ha each."""
    assert needed_per_month_ha(250, 130, date(2026, 12, 31), date(2030, 12, 31)) == pytest.approx(
        2.5, abs=1e-3
    )


def test_needed_per_month_ha__nothing_to_do_or_nothing_to_say():
    on, by = date(2026, 12, 31), date(2030, 12, 31)
    assert needed_per_month_ha(250, 250, on, by) == 0
    assert needed_per_month_ha(250, 130, by, by) is None
    assert needed_per_month_ha(None, 130, on, by) is None
    assert needed_per_month_ha(250, None, on, by) is None
