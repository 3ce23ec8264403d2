"""The invented batches (đợt) of the clearance: who is in them, and when each step was taken.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

START: Final = date(2025, 7, 1)
END: Final = date(2026, 11, 15)
# Public holidays, with the week that the office is closed for Tết Bính Ngọ (17/02/2026).
HOLIDAYS: Final = frozenset(
    {date(2025, 9, 1), date(2025, 9, 2), date(2026, 1, 1), date(2026, 4, 27), date(2026, 4, 30)}
    | {date(2026, 5, 1), date(2026, 9, 1), date(2026, 9, 2)}
    | {date(2026, 2, 14) + timedelta(days=n) for n in range(9)}
)


SATURDAY: Final = 5


def is_working(day: date) -> bool:
    """Whether the office is open."""
    return day.weekday() < SATURDAY and day not in HOLIDAYS


@lru_cache(maxsize=4096)
def working_days(start: date, end: date) -> tuple[date, ...]:
    """The office's days from one day to another, both included."""
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return tuple(day for day in days if is_working(day))


def working_day_after(day: date, count: int) -> date:
    """The first office day at least `count` days after a day."""
    later = day + timedelta(days=count)
    while not is_working(later):
        later += timedelta(days=1)
    return later


@dataclass(frozen=True, slots=True)
class Step:
    """When a milestone is reached in a batch: weighted windows; `waves` are days common to many."""

    windows: tuple[tuple[date, date, float], ...]
    waves: bool = False


def _on(*days: tuple[int, int, int]) -> Step:
    """A decision for most on the first day, for some later on the next."""
    shares = {1: (1.0,), 2: (0.75, 0.25), 3: (0.6, 0.25, 0.15), 4: (0.4, 0.25, 0.2, 0.15)}[len(days)]
    windows = ((date(*day), date(*day), share) for day, share in zip(days, shares, strict=True))
    return Step(tuple(windows), waves=True)


def _within(*windows: tuple[tuple[int, int, int], tuple[int, int, int], float]) -> Step:
    """Any office day within windows, each with its weight."""
    return Step(tuple((date(*start), date(*end), share) for start, end, share in windows))


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a zone that goes through the steps together.

    Args:
        key: Its number.
        zone_id: The zone.
        until: Share of the zone's area up to which its blocks belong to it.
        steps: In the order in which they are taken; milestones before the first were recorded by
            the district before the commune began.
        handed: Share of its households that handed over.
        stuck: Share that is stuck.
        waiting: How far the others came: the last milestone, and its share.
        public: Share of its public features and public land that was handed over.
        officer: Who writes for it.
    """

    key: str
    zone_id: str
    until: float
    steps: Mapping[str, Step]
    handed: float
    stuck: float
    waiting: Mapping[str, float]
    public: float
    officer: str
    stuck_after: tuple[str, ...] = field(default=("inventoried", "plan_approved"))

    @property
    def id(self) -> str:
        """What entries call it."""
        return f"D{self.key}"


BATCHES: Final = (
    Batch(
        "1",
        "kcn-phu-quy-gd1",
        0.26,
        {
            "plan_approved": _on((2025, 7, 24), (2025, 8, 5)),
            "paid": _on((2025, 8, 14), (2025, 8, 21), (2025, 9, 4), (2025, 9, 11)),
            "handed_over": _within(
                ((2025, 9, 22), (2025, 10, 24), 0.8),
                ((2025, 11, 3), (2025, 12, 19), 0.08),
                ((2026, 6, 2), (2026, 6, 24), 0.12),
            ),
        },
        handed=0.93,
        stuck=0.03,
        waiting={"paid": 0.8, "plan_approved": 0.2},
        public=0.9,
        officer="can-bo-1",
        stuck_after=("plan_approved",),
    ),
    Batch(
        "2",
        "kcn-phu-quy-gd1",
        0.5,
        {
            "plan_approved": _on((2025, 11, 20), (2025, 12, 9)),
            "recovered": _on((2025, 12, 4), (2026, 1, 13)),
            "paid": _on((2025, 12, 18), (2026, 1, 8), (2026, 1, 29), (2026, 3, 12)),
            "handed_over": _within(
                ((2026, 3, 2), (2026, 3, 27), 0.14),
                ((2026, 6, 2), (2026, 6, 26), 0.68),
                ((2026, 9, 21), (2026, 10, 23), 0.18),
            ),
        },
        handed=0.78,
        stuck=0.07,
        waiting={"paid": 0.55, "recovered": 0.25, "plan_approved": 0.2},
        public=0.7,
        officer="can-bo-2",
        stuck_after=("plan_approved", "recovered"),
    ),
    Batch(
        "3",
        "kcn-phu-quy-gd1",
        0.78,
        {
            "inventoried": _within(((2026, 1, 6), (2026, 2, 10), 0.5), ((2026, 2, 26), (2026, 3, 20), 0.5)),
            "plan_approved": _on((2026, 5, 14), (2026, 6, 11)),
            "paid": _on((2026, 7, 9), (2026, 7, 23), (2026, 8, 6)),
            "handed_over": _within(((2026, 9, 21), (2026, 11, 6), 1.0)),
        },
        handed=0.3,
        stuck=0.08,
        waiting={"paid": 0.35, "plan_approved": 0.4, "inventoried": 0.25},
        public=0.12,
        officer="can-bo-1",
    ),
    Batch(
        "4",
        "kcn-phu-quy-gd1",
        1.0,
        {
            "notified": _on((2026, 3, 5)),
            "inventoried": _within(((2026, 3, 23), (2026, 5, 29), 1.0)),
            "plan_published": _on((2026, 8, 11), (2026, 10, 6)),
        },
        handed=0.0,
        stuck=0.13,
        waiting={"notified": 0.6, "inventoried": 0.25, "plan_published": 0.15},
        public=0.0,
        officer="can-bo-3",
        stuck_after=("inventoried", "plan_published"),
    ),
    Batch(
        "5",
        "kcn-phu-quy-con-lai",
        0.25,
        {
            "inventoried": _within(((2025, 11, 17), (2026, 1, 30), 1.0)),
            "plan_approved": _on((2026, 3, 26), (2026, 4, 16)),
            "paid": _on((2026, 5, 7), (2026, 5, 21), (2026, 6, 18)),
            "handed_over": _within(((2026, 6, 1), (2026, 6, 26), 0.7), ((2026, 9, 21), (2026, 10, 16), 0.3)),
        },
        handed=0.9,
        stuck=0.05,
        waiting={"paid": 0.6, "plan_approved": 0.4},
        public=0.55,
        officer="can-bo-4",
    ),
    Batch(
        "6",
        "kcn-phu-quy-con-lai",
        0.46,
        {
            "notified": _on((2026, 3, 4)),
            "inventoried": _within(((2026, 4, 6), (2026, 6, 30), 0.6), ((2026, 8, 3), (2026, 8, 28), 0.4)),
            "plan_published": _on((2026, 9, 15)),
        },
        handed=0.0,
        stuck=0.05,
        waiting={"notified": 0.66, "inventoried": 0.24, "plan_published": 0.1},
        public=0.0,
        officer="can-bo-4",
        stuck_after=("inventoried",),
    ),
    Batch(
        "7",
        "kcn-phu-quy-con-lai",
        0.56,
        {"notified": _on((2026, 9, 10))},
        handed=0.0,
        stuck=0.01,
        waiting={"notified": 1.0},
        public=0.0,
        officer="can-bo-3",
        stuck_after=("notified",),
    ),
    Batch(
        "8",
        "ccn-hoang-son",
        0.11,
        {
            "notified": _on((2026, 1, 20)),
            "inventoried": _within(((2026, 3, 2), (2026, 4, 17), 1.0)),
            "plan_approved": _on((2026, 6, 18)),
            "recovered": _on((2026, 7, 2)),
            "paid": _on((2026, 7, 21), (2026, 8, 4)),
            "handed_over": _within(((2026, 9, 23), (2026, 10, 20), 1.0)),
        },
        handed=0.72,
        stuck=0.07,
        waiting={"paid": 0.6, "recovered": 0.4},
        public=0.5,
        officer="can-bo-5",
    ),
    Batch(
        "9",
        "ccn-hoang-son",
        0.24,
        {"notified": _on((2026, 10, 6))},
        handed=0.0,
        stuck=0.0,
        waiting={"notified": 1.0},
        public=0.0,
        officer="can-bo-5",
        stuck_after=("notified",),
    ),
)
# Where the work begins in each zone: the direction (east, north) in which it then goes on.
_SWEEP: Final = {
    "kcn-phu-quy-gd1": (-0.682, -0.731),
    "kcn-phu-quy-con-lai": (-0.682, -0.731),
    "ccn-hoang-son": (0.956, 0.292),
}
LEAST_PART_M2: Final = 1.0
HAMLET_SHARE: Final = 0.3  # a block with more house plots than this is a hamlet


def membership(land: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """The zone, the part inside it and the batch of each unit.

    Args:
        land: As `cadastre.land` gives it.
        zones: As `zones.zones` gives them.

    Returns:
        By row of the land: zone_id (that of the largest part, "" outside), inside_m2 (in all zones),
        batch ("" where none began).
    """
    parts = pd.DataFrame(
        {
            zone_id: shapely.area(shapely.intersection(land.geometry.to_numpy(), shape))
            for zone_id, shape in zip(zones["zone_id"], zones.geometry, strict=True)
        },
        index=land.index,
    )
    inside = parts.sum(axis=1)
    zone_id = parts.idxmax(axis=1).where(inside >= LEAST_PART_M2, "")
    batches = [pd.Series("", index=land.index[zone_id == ""])]
    for zone in parts.columns:
        members = land[zone_id == zone]
        batches.append(pd.Series(_by_sweep(members, inside[members.index], zone), index=members.index))
    batch = pd.concat(batches).reindex(land.index)
    return pd.DataFrame({"zone_id": zone_id, "inside_m2": inside, "batch": batch})


def _by_sweep(members: gpd.GeoDataFrame, inside: pd.Series, zone: str) -> Sequence[str]:
    """The batch of each unit of a zone: whole blocks as they come along the sweep, hamlets last."""
    middles = members.geometry.centroid
    along = middles.x * _SWEEP[zone][0] + middles.y * _SWEEP[zone][1]
    own = members["block"].str.endswith(("r", "x"))  # long roads and canals go by their own place
    block = members["block"].where(~own, members["number"])
    place = along.groupby(block).transform("mean")
    houses = members["land_use"].str.startswith("ONT").groupby(block).transform("mean") > HAMLET_SHARE
    order = pd.DataFrame({"last": houses, "place": place, "block": block, "m2": inside})
    blocks = order.groupby(["last", "place", "block"], sort=True)["m2"].sum()
    # A block belongs to the batch in which its middle lies.
    share = (blocks.cumsum() - blocks / 2) / blocks.sum()
    batches = [batch for batch in BATCHES if batch.zone_id == zone]
    found = np.array([*(batch.key for batch in batches), ""], dtype=object)[
        np.searchsorted([batch.until for batch in batches], share.to_numpy(), side="left")
    ]
    by_block = dict(zip(blocks.index.get_level_values("block"), found, strict=True))
    return [by_block[name] for name in block]
