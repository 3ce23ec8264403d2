"""Cleared hectares over time, and what is needed per month to reach the goal. Pure: no file, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.ledger.hand_overs import HandOvers

if TYPE_CHECKING:
    from datetime import date

    from gis.ledger.state import State

M2_PER_HA: Final = 10_000
DAYS_PER_MONTH: Final = 365.2425 / 12  # the mean month of the Gregorian calendar


def cleared_on(state: State, hand_overs: HandOvers | None = None) -> pd.Series:
    """The day on which each held parcel became cleared: when the last of its holdings handed over.

    Args:
        state: What holds on the day.
        hand_overs: Its holdings, where they are known already.

    Returns:
        datetime64, named "cleared_on", index `parcel_id`; NaT where a holding has not handed over.
    """
    return (hand_overs or HandOvers.of_state(state)).cleared_on(state.succeeded)


def cleared_curve(overlaps: pd.Series, cleared_on: pd.Series, through: date) -> pd.DataFrame:
    """Cleared hectares at the end of each month, over all zones of the table.

    What counts is what is known now: a parcel that found a new holder who has not handed over is
    not cleared on any earlier day either.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`); for one zone, give its rows only.
        cleared_on: Day by `parcel_id`, as `cleared_on` gives it; NaT is not cleared.
        through: The last day; what was cleared on it counts, what came later does not.

    Returns:
        Columns `on` (datetime64: the month ends before `through`, then `through`) and `cleared_ha`
        (float64, cumulative), in order of days. It begins at 0, at the end of the month before
        the first; where nothing is cleared it is the one row of `through`.

    >>> cells = pd.MultiIndex.from_tuples([("P-1", "Z"), ("P-2", "Z")], names=["parcel_id", "zone_id"])
    >>> days = pd.Series(pd.to_datetime(["2026-01-31", "2026-03-02"]), index=["P-1", "P-2"])
    >>> parts = pd.Series([20_000.0, 5_000.0], index=cells)
    >>> curve = cleared_curve(parts, days, pd.Timestamp("2026-03-10").date())
    >>> list(zip(curve["on"].dt.strftime("%d/%m"), curve["cleared_ha"]))
    [('31/12', 0.0), ('31/01', 2.0), ('28/02', 2.0), ('10/03', 2.5)]
    """
    last = pd.Timestamp(through)
    days = cleared_on.reindex(overlaps.index.get_level_values("parcel_id")).to_numpy()
    counts = ~np.isnat(days) & (days <= last.to_datetime64())
    by_day = pd.Series(overlaps.to_numpy()[counts]).groupby(days[counts]).sum()
    ends = _month_ends(by_day.index.min(), last) if len(by_day) else pd.DatetimeIndex([last])
    # How many cleared days lie at or before each end: the month's own last day counts.
    passed = by_day.index.searchsorted(ends, side="right")
    cumulative_m2 = np.concatenate([[0.0], by_day.cumsum().to_numpy()])
    return pd.DataFrame({"on": ends, "cleared_ha": cumulative_m2[passed] / M2_PER_HA})


def needed_per_month_ha(goal_ha: float | None, cleared_ha: float | None, on: date, by: date) -> float | None:
    """Hectares to be cleared each month from `on` (excluded) to `by` (included) to reach the goal.

    Returns:
        0 where the goal is reached; None where a figure is missing or no day is left.

    >>> from datetime import date
    >>> round(needed_per_month_ha(250, 130, date(2026, 12, 31), date(2030, 12, 31)), 3)
    2.5
    """
    if goal_ha is None or cleared_ha is None:
        return None
    if cleared_ha >= goal_ha:
        return 0.0
    months = (by - on).days / DAYS_PER_MONTH
    return (goal_ha - cleared_ha) / months if months > 0 else None


def _month_ends(first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The end of the month before `first`, then each month end before `last`, then `last`."""
    start = first.to_period("M").start_time - pd.Timedelta(days=1)
    ends = pd.date_range(start, last, freq="ME")
    return pd.DatetimeIndex(ends.union([last]))
