"""Households beside the hectares, and how deep each zone lies in the tree.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.milestones import CLEARED_MILESTONE
from gis.plan import COMMUNE_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gis.clearance.totals import ZoneTotal
    from gis.ledger.parcel import ParcelState
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
    above = _zones_above(snapshot)
    around: dict[str, set[str]] = {}
    for parcel, zone in snapshot.overlaps.index:
        around.setdefault(parcel, set()).update(above.get(zone, ()))
    people = {zone_id: _People() for zone_id in (COMMUNE_ID, *(zone.zone_id for zone in snapshot.plan.zones))}
    for parcel in sorted(around):  # once, in the order in which the ledger reads them ahead
        found = snapshot.state.by_parcel.get(parcel)
        if found is not None:
            for zone_id in around[parcel]:
                people[zone_id].add(found, aliases)
    return {zone_id: one.counted() for zone_id, one in people.items()}


def _zones_above(snapshot: Snapshot) -> dict[str, list[str]]:
    """By leaf zone: itself, the zones that it is a part of, and the commune."""
    found: dict[str, list[str]] = {}
    for zone_id in (COMMUNE_ID, *(zone.zone_id for zone in snapshot.plan.zones)):
        for leaf in snapshot.plan.leaf_ids(zone_id):
            found.setdefault(leaf, []).append(zone_id)
    return found


class _People:
    """The households of a zone, by what is known of its parcels so far."""

    def __init__(self) -> None:
        self.everybody: set[str] = set()
        self.waiting: set[str] = set()
        self.stuck: set[str] = set()

    def add(self, found: ParcelState, aliases: Mapping[str, str]) -> None:
        """Another parcel."""
        self.everybody |= {aliases.get(h.household, h.household) for h in found.holdings}
        late = {h.household for h in found.holdings if CLEARED_MILESTONE not in h.milestones}
        self.waiting |= {aliases.get(one, one) for one in late}
        for obstacle in found.obstacles:
            of_whom = late.intersection(found.concerned(obstacle.household))
            self.stuck |= {aliases.get(one, one) for one in of_whom}

    def counted(self) -> HouseholdCount:
        return HouseholdCount(len(self.everybody), len(self.everybody - self.waiting), len(self.stuck))


def depths(totals: Collection[ZoneTotal]) -> dict[str, int]:
    """How deep each zone lies in the tree: the commune 0."""
    found: dict[str, int] = {}
    for total in totals:
        found[total.zone_id] = 0 if total.parent is None else found[total.parent] + 1
    return found
