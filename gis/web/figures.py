"""Households beside the hectares, and how deep each zone lies in the tree.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.ledger.hand_overs import NOT_YET
from gis.plan import COMMUNE_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from gis.clearance.totals import ZoneTotal
    from gis.project import Snapshot

PACE_MONTHS: Final = 6
NO_ALIASES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HouseholdCount:
    """Households that hold land in a zone: all, those that handed all of it over, those that are stuck."""

    total: int
    handed_over: int
    stuck: int


def household_counts(
    snapshot: Snapshot, aliases: Mapping[str, str] = NO_ALIASES
) -> dict[str, HouseholdCount]:
    """Households by zone id, "commune" first; in each of them a household counts once.

    Handed over are those whose every holding on land of that zone was; stuck those with an open
    obstacle on land there that they have not handed over.

    Args:
        snapshot: Of the day.
        aliases: Of each household that was entered twice, the id that counts.
    """
    held = snapshot.hand_overs
    who = held.who(aliases)
    waiting = held.day == NOT_YET
    overlaps = snapshot.overlaps.index
    place = held.parcels.get_indexer(overlaps.get_level_values("parcel_id"))
    zones = overlaps.get_level_values("zone_id")
    found = {}
    for zone_id in (COMMUNE_ID, *(zone.zone_id for zone in snapshot.plan.zones)):
        touched = place[zones.isin(list(snapshot.plan.leaf_ids(zone_id)))]
        there = np.zeros(len(held.parcels), dtype=bool)
        there[touched[touched >= 0]] = True  # else land that no entry names
        here = there[held.parcel]
        total = _different(who[here])
        found[zone_id] = HouseholdCount(
            total=total,
            handed_over=total - _different(who[here & waiting]),
            stuck=_different(who[here & waiting & held.hindered]),
        )
    return found


def _different(numbers: NDArray[np.intp]) -> int:
    """How many different numbers there are; small ones, from 0."""
    return int(np.count_nonzero(np.bincount(numbers)))


def depths(totals: Collection[ZoneTotal]) -> dict[str, int]:
    """How deep each zone lies in the tree: the commune 0."""
    found: dict[str, int] = {}
    for total in totals:
        found[total.zone_id] = 0 if total.parent is None else found[total.parent] + 1
    return found
