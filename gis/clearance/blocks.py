"""Hectares that went to the investor, by block and zone: Σ parcel ∩ zone, less what is excepted.

A parcel counts in the block that named it last, so no land counts twice; an exception in m² is taken from
the parcel's parts in the zones, each in proportion, and never takes more than they are.
Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from gis.clearance.old_land import Land
from gis.ledger.deliveries import DELIVERED, TENTHS, blocks, deliveries, is_handed_over, reasons, with_heirs
from gis.plan import COMMUNE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.ledger.deliveries import Minutes, ParcelDelivery
    from gis.ledger.state import State
    from gis.plan import Plan


@dataclass(frozen=True, slots=True)
class Excepted:
    """Land of a block that was not delivered: which, how much of it in zones, and what stands there today."""

    parcel: str
    m2: float
    whole: bool
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BlockTotal:
    """What a block is on the day.

    Args:
        name: Of the block.
        minutes: Its deliveries by day.
        parcels: All of its parcels, excepted ones among them.
        zones_m2: Square metres delivered in each zone.
        excepted: What is still not delivered.
        outside: Its parcels that lie in no zone.
        not_handed_over: Delivered parcels whose hand-over does not stand any more.
    """

    name: str
    minutes: tuple[Minutes, ...]
    parcels: tuple[str, ...]
    zones_m2: Mapping[str, float]
    excepted: tuple[Excepted, ...]
    outside: tuple[str, ...]
    not_handed_over: tuple[str, ...]

    @property
    def m2(self) -> float:
        """Square metres delivered in all zones."""
        return sum(self.zones_m2.values())

    @property
    def excepted_m2(self) -> float:
        """Square metres in zones that are listed and not delivered."""
        return sum(one.m2 for one in self.excepted)


@dataclass(frozen=True, slots=True)
class ZoneDelivered:
    """Square metres of a zone that the investor has: by block, and by parcels of no block."""

    zone_id: str
    name: str
    depth: int
    in_blocks_m2: float
    alone_m2: float

    @property
    def m2(self) -> float:
        """All that was delivered."""
        return self.in_blocks_m2 + self.alone_m2


def land_of(
    plan: Plan,
    state: State,
    parts_m2: Mapping[str, Mapping[str, float]],
    areas_m2: Mapping[str, float],
) -> Land:
    """Where parcels lie, by the leaves of the plan; see `Land`."""
    return Land(state, parts_m2, frozenset(zone.zone_id for zone in plan.leaves()), areas_m2)


def delivered_parts(land: Land, delivery: ParcelDelivery) -> dict[str, Fraction]:
    """Exact square metres of a parcel by zone that a delivery gave."""
    parts = land.of([delivery.parcel])
    whole = sum(parts.values(), Fraction(0))
    if delivery.excepted is None or not whole:
        return {}
    kept = 1 - min(Fraction(delivery.excepted, TENTHS), whole) / whole
    return {zone: m2 * kept for zone, m2 in parts.items() if kept}


def block_totals(state: State, land: Land) -> tuple[BlockTotal, ...]:
    """The blocks of the day in the order of their first minutes.

    Args:
        state: Of the day.
        land: Where parcels lie, as `land_of` gives it.
    """
    found = []
    for block in blocks(state):
        zones: dict[str, Fraction] = defaultdict(Fraction)
        excepted, outside, undone = [], [], []
        for one in block.parcels:
            inside = land.of([one.parcel])
            given = delivered_parts(land, one)
            for zone, m2 in given.items():
                zones[zone] += m2
            if one.excepted != 0:
                missing = sum(inside.values(), Fraction(0)) - sum(given.values(), Fraction(0))
                told = reasons(state, one.parcel)
                excepted.append(Excepted(one.parcel, float(missing), one.excepted is None, told))
            if not inside:
                outside.append(one.parcel)
            if one.excepted is not None and _undone(state, one.parcel):
                undone.append(one.parcel)
        found.append(
            BlockTotal(
                block.name,
                block.minutes,
                tuple(one.parcel for one in block.parcels),
                {zone: float(m2) for zone, m2 in sorted(zones.items())},
                tuple(excepted),
                tuple(outside),
                tuple(undone),
            )
        )
    return tuple(found)


def _undone(state: State, parcel: str) -> bool:
    """Whether a parcel that somebody holds is no longer handed over; old land has no holders."""
    return bool(state.of_parcel(parcel)) and not is_handed_over(state, parcel)


def alone(state: State) -> tuple[str, ...]:
    """Parcels that every holder's milestone says are delivered and that no block names, by id."""
    named = deliveries(state)
    found = (  # once through, each parcel's story while it is at hand
        parcel
        for parcel in state.parcels
        if parcel not in named and all(DELIVERED in one.milestones for one in state.of_parcel(parcel))
    )
    return tuple(sorted(found))


def delivered_by_zone(
    plan: Plan, state: State, land: Land, totals: Iterable[BlockTotal]
) -> tuple[ZoneDelivered, ...]:
    """Delivered square metres of the commune and of each zone; a parent is the sum of its leaves.

    Args:
        plan: The zones as a tree.
        state: Of the day.
        land: Where parcels lie.
        totals: As `block_totals` gives them.
    """
    in_blocks: dict[str, float] = defaultdict(float)
    for block in totals:
        for zone, m2 in block.zones_m2.items():
            in_blocks[zone] += m2
    without = {zone: float(m2) for zone, m2 in land.of(_not_heirs(state)).items()}
    rows, depth = [], {COMMUNE_ID: 0}
    for zone_id, name, parent in (
        (COMMUNE_ID, plan.commune.name, None),
        *((zone.zone_id, zone.name, zone.parent or COMMUNE_ID) for zone in plan.zones),
    ):
        depth[zone_id] = depth[parent] + 1 if parent else 0
        leaves = list(_leaves(plan, None if parent is None else zone_id))
        rows.append(
            ZoneDelivered(
                zone_id,
                name,
                depth[zone_id],
                sum(in_blocks.get(leaf, 0.0) for leaf in leaves),
                sum(without.get(leaf, 0.0) for leaf in leaves),
            )
        )
    return tuple(rows)


def _not_heirs(state: State) -> tuple[str, ...]:
    """Of `alone`, those whose land no block counts already under the parcels that they succeeded."""
    inherited = with_heirs(state)
    return tuple(parcel for parcel in alone(state) if parcel not in inherited)


def _leaves(plan: Plan, zone_id: str | None) -> Iterable[str]:
    children = plan.children(zone_id)
    if zone_id is not None and not children:
        return (zone_id,)
    return (leaf for child in children for leaf in _leaves(plan, child.zone_id))
