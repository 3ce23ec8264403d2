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
    from collections.abc import Collection, Iterable, Mapping

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
    parcels: dict[str, set[str]] = {}
    for parcel, zone in snapshot.overlaps.index:
        parcels.setdefault(str(zone), set()).add(str(parcel))
    counts = {}
    for zone_id in (COMMUNE_ID, *(zone.zone_id for zone in snapshot.plan.zones)):
        leaves = snapshot.plan.leaf_ids(zone_id)
        inside = set().union(*(parcels.get(leaf, set()) for leaf in leaves))
        counts[zone_id] = _count(snapshot, inside, aliases)
    return counts


def _count(snapshot: Snapshot, parcels: Iterable[str], aliases: Mapping[str, str]) -> HouseholdCount:
    waiting: set[str] = set()
    everybody: set[str] = set()
    stuck: set[str] = set()
    for parcel in sorted(parcels):  # in the order in which the ledger reads them ahead
        found = snapshot.state.by_parcel.get(parcel)
        if found is None:
            continue
        everybody |= {aliases.get(h.household, h.household) for h in found.holdings}
        late = [h.household for h in found.holdings if CLEARED_MILESTONE not in h.milestones]
        waiting |= {aliases.get(one, one) for one in late}
        for obstacle in found.obstacles:
            of_whom = late if obstacle.household is None else {*late} & {obstacle.household}
            stuck |= {aliases.get(one, one) for one in of_whom}
    return HouseholdCount(len(everybody), len(everybody - waiting), len(stuck))


def depths(totals: Collection[ZoneTotal]) -> dict[str, int]:
    """How deep each zone lies in the tree: the commune 0."""
    found: dict[str, int] = {}
    for total in totals:
        found[total.zone_id] = 0 if total.parent is None else found[total.parent] + 1
    return found
