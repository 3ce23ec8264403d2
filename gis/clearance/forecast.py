"""How fast land is handed over, and how fast it must be: by month, to a year's target, to the plan's goal.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.clearance.curve import DAYS_PER_MONTH, M2_PER_HA, needed_per_month_ha

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

YEAR_MONTHS: Final = 12
LAST_YEAR: Final = 9999


@dataclass(frozen=True, slots=True)
class Way:
    """The way that is left to a target.

    Args:
        asked_ha: What the target asks for.
        done_ha: What of it is handed over.
        on: The day on which that holds.
        by: The target's last day, included.
    """

    asked_ha: float
    done_ha: float
    on: date
    by: date

    @property
    def remaining_ha(self) -> float:
        """What is left to hand over; 0 where the target is reached."""
        return max(self.asked_ha - self.done_ha, 0.0)

    @property
    def share(self) -> float:
        """What is handed over of what is asked."""
        return self.done_ha / self.asked_ha

    @property
    def months(self) -> float:
        """Mean months that are left after `on`; 0 where the last day is past."""
        return max((self.by - self.on).days / DAYS_PER_MONTH, 0.0)

    @property
    def needed_ha(self) -> float | None:
        """Hectares that each month must give; of the last one all that is left, None where no day is.

        >>> from datetime import date
        >>> way = Way(250, 130, date(2026, 12, 31), date(2030, 12, 31))
        >>> round(way.needed_ha, 3), Way(60, 50, date(2026, 12, 20), date(2026, 12, 31)).needed_ha
        (2.5, 10)
        """
        needed = needed_per_month_ha(self.asked_ha, self.done_ha, self.on, self.by)
        if needed is None or self.months >= 1:
            return needed
        return self.remaining_ha  # a rate over a part of a month would ask for more than there is


def reached_on(way: Way, per_month_ha: float) -> date | None:
    """The day on which a target is reached at a pace; None where it never is.

    >>> from datetime import date
    >>> reached_on(Way(250, 190, date(2026, 12, 31), date(2030, 12, 31)), 2.5)
    datetime.date(2028, 12, 31)
    """
    if way.remaining_ha == 0:
        return way.on
    if per_month_ha <= 0:
        return None
    days = way.remaining_ha / per_month_ha * DAYS_PER_MONTH
    return way.on + timedelta(days=int(np.ceil(days))) if days < (LAST_YEAR - way.on.year) * 365 else None


@dataclass(frozen=True, slots=True)
class Month:
    """Hectares handed over within a month, or within its part up to the shown day; both days included."""

    first: date
    last: date
    cleared_ha: float


def cleared_between(overlaps: pd.Series, cleared_on: pd.Series, first: date, last: date) -> pd.Series:
    """The parts of parcels that became cleared between two days, both included.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`).
        cleared_on: Day by `parcel_id`, as `curve.cleared_on` gives it; NaT is not cleared.
        first: The first day that counts.
        last: The last one.

    Returns:
        m² by (`parcel_id`, `zone_id`), those rows alone.
    """
    found: pd.Series = overlaps[_between(_days(overlaps, cleared_on), first, last)]
    return found


def _days(overlaps: pd.Series, cleared_on: pd.Series) -> NDArray[np.datetime64]:
    """The day on which the parcel of each row became cleared."""
    return cleared_on.reindex(overlaps.index.get_level_values("parcel_id")).to_numpy()


def _between(days: NDArray[np.datetime64], first: date, last: date) -> NDArray[np.bool_]:
    """Which days lie between two, both included."""
    return ~np.isnat(days) & (days >= np.datetime64(first)) & (days <= np.datetime64(last))


def months(
    overlaps: pd.Series, cleared_on: pd.Series, through: date, count: int = YEAR_MONTHS
) -> tuple[Month, ...]:
    """Hectares handed over in each of the last months, the oldest first, the running one up to the day.

    Args:
        overlaps: As for `cleared_between`.
        cleared_on: Likewise.
        through: The last day, included.
        count: How many months, the running one included.

    >>> cells = pd.MultiIndex.from_tuples([("P-1", "Z"), ("P-2", "Z")], names=["parcel_id", "zone_id"])
    >>> days = pd.Series(pd.to_datetime(["2026-01-31", "2026-03-02"]), index=["P-1", "P-2"])
    >>> parts = pd.Series([20_000.0, 5_000.0], index=cells)
    >>> [(one.first.month, one.cleared_ha) for one in months(parts, days, date(2026, 3, 10), 3)]
    [(1, 2.0), (2, 0.0), (3, 0.5)]
    """
    found, days = [], _days(overlaps, cleared_on)
    for period in pd.period_range(end=pd.Period(through, "M"), periods=count, freq="M"):
        first, last = period.start_time.date(), min(period.end_time.date(), through)
        parts_m2 = overlaps[_between(days, first, last)]
        found.append(Month(first, last, float(parts_m2.sum()) / M2_PER_HA))
    return tuple(found)


def of_zones(overlaps: pd.Series, zone_ids: Collection[str]) -> pd.Series:
    """The rows of some zones."""
    return overlaps[overlaps.index.get_level_values("zone_id").isin(list(zone_ids))]
