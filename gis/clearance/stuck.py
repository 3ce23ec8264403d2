"""Land that is stuck: hectares by what stands in the way, and for how many days already.

A parcel counts once in the whole and once in the age of its oldest obstacle; where several things stand
in its way it counts in the category of each, so that categories may sum to more than the whole.
Pure: no file, no clock.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from gis.milestones import OBSTACLE_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    import pandas as pd

    from gis.ledger.state import Obstacle, State

STUCK: Final = "stuck"
# Each band of ages from its first day to the day before the next one's; the last has no end.
AGES: Final = (0, 30, 90, 180, 365)


def age_of(days: int) -> int:
    """The place in `AGES` of the band in which so many days lie.

    >>> [age_of(days) for days in (0, 29, 30, 364, 365, 4000)]
    [0, 0, 1, 3, 4, 4]
    """
    return max(bisect_right(AGES, days) - 1, 0)


@dataclass(frozen=True, slots=True)
class StuckParcel:
    """A stuck parcel: its m² in the zones, and its open obstacles, the oldest first."""

    parcel: str
    area_m2: float
    obstacles: tuple[Obstacle, ...]

    def days(self, on: date, category: str | None = None) -> int:
        """Days from its oldest obstacle, or the oldest of a category, to a day."""
        return max((on - one.since).days for one in self.obstacles if category in {None, one.category})

    @property
    def categories(self) -> tuple[str, ...]:
        """What stands in its way, each once, the oldest first."""
        return tuple(dict.fromkeys(one.category for one in self.obstacles))


@dataclass(frozen=True, slots=True)
class Group:
    """Stuck land of a category, another trait, or all: m², parcels, the most days, m² by `AGES`."""

    category: str | None
    area_m2: float
    parcels: int
    longest_days: int
    by_age_m2: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stuck:
    """All stuck land of a day; `by_category` holds those that there are, the largest first."""

    parcels: tuple[StuckParcel, ...]
    whole: Group
    by_category: tuple[Group, ...]


def stuck(overlaps: pd.Series, classes: pd.Series, state: State) -> Stuck:
    """The stuck land of a day.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`), of the zones that count; land in none of them does not.
        classes: Class by `parcel_id`, as `partition.classes` gives it: whose class is "stuck" counts.
        state: Of the day: the open obstacles.
    """
    held = classes.index[(classes == STUCK).to_numpy()]
    areas_m2 = overlaps[overlaps.index.get_level_values("parcel_id").isin(held)]
    parcels = [
        StuckParcel(str(parcel), float(area_m2), _oldest_first(state, str(parcel)))
        for parcel, area_m2 in areas_m2.groupby(level="parcel_id").sum().items()
    ]
    parcels.sort(key=lambda one: (-one.area_m2, one.parcel))
    named = {category for one in parcels for category in one.categories}
    groups = [_group(parcels, category, state.on) for category in OBSTACLE_CATEGORIES if category in named]
    groups.sort(key=lambda one: -one.area_m2)
    return Stuck(tuple(parcels), _group(parcels, None, state.on), tuple(groups))


def grouped(parcels: Iterable[StuckParcel], names: Mapping[str, str], on: date) -> tuple[Group, ...]:
    """Stuck land by a trait that each parcel has once: the groups sum to the whole; the largest first.

    Args:
        parcels: As `stuck` gives them.
        names: The trait of each of them, by parcel id.
        on: The day of the state.
    """
    found: dict[str, list[StuckParcel]] = {}
    for one in parcels:
        found.setdefault(names[one.parcel], []).append(one)
    groups = [replace(_group(own, None, on), category=name) for name, own in found.items()]
    return tuple(sorted(groups, key=lambda one: (-one.area_m2, one.category)))


def _oldest_first(state: State, parcel: str) -> tuple[Obstacle, ...]:
    return tuple(sorted(state.by_parcel[parcel].obstacles, key=lambda one: (one.since, one.seq)))


def _group(parcels: list[StuckParcel], category: str | None, on: date) -> Group:
    own = [one for one in parcels if category is None or category in one.categories]
    by_age = [0.0] * len(AGES)
    for one in own:
        by_age[age_of(one.days(on, category))] += one.area_m2
    longest = max((one.days(on, category) for one in own), default=0)
    return Group(category, sum(one.area_m2 for one in own), len(own), longest, tuple(by_age))
