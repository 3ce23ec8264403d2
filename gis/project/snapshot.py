"""Everything that holds on a day: boundaries joined with the ledger.

Pure: no file, no clock; `Project` hands in what it read.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from gis.boundaries.unit_findings import unit_findings
from gis.clearance.areas import area_m2, overlap_m2
from gis.clearance.balance import balance, check_balance, coverage
from gis.clearance.cells import Cells
from gis.clearance.listed import (
    NOTHING_LISTED,
    PAIR,
    beyond_gap,
    counted_m2,
    differences,
    listed_m2,
    together,
)
from gis.clearance.signed import governing_area_m2
from gis.clearance.standing import Standing
from gis.clearance.totals import check_zones, totals_of
from gis.ledger.accounts import Sums, accounts
from gis.ledger.hand_overs import HandOvers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from gis.clearance.totals import ZoneTotal
    from gis.errors import Problem
    from gis.ledger.chain import Head
    from gis.ledger.entry import Entry
    from gis.ledger.state import HoldingState, Obstacle, State
    from gis.plan import Plan


@dataclass(frozen=True)
class Boundaries:
    """A version of the boundaries and what depends on them alone, computed once.

    Args:
        sha: Names the version: the SHA-256 of its layers, joined.
        zones: As in docs/architecture.md, by `zone_id`.
        units: Parcels and public features, by `parcel_id`; without geometry where they are on no map.
        listed: Rows of the offices' lists with their recovered areas; None: no list.
    """

    sha: str
    zones: gpd.GeoDataFrame
    units: gpd.GeoDataFrame
    listed: pd.DataFrame | None = None

    @cached_property
    def drawn_overlaps(self) -> pd.Series:
        """Square metres of each unit in each zone by their shapes alone."""
        return overlap_m2(self.units, self.zones)

    @cached_property
    def listed_m2(self) -> pd.Series:
        """Recovered area of each unit in each zone by the lists, square metres, whether it counts or not."""
        return NOTHING_LISTED if self.listed is None or self.listed.empty else listed_m2(self.listed)

    @cached_property
    def counted_m2(self) -> pd.Series:
        """What of the listed areas counts: where the parcel or the zone has no shape."""
        return counted_m2(self.listed_m2, self.drawn_overlaps, self.units, self.zones)

    @cached_property
    def counted_by_zone(self) -> pd.Series:
        """Square metres that count by a list, by `zone_id`."""
        return self.counted_m2.groupby(level="zone_id").sum()

    @cached_property
    def listed_zones(self) -> frozenset[tuple[str, str]]:
        """The (`parcel_id`, `zone_id`) whose square metres are those of a list."""
        return frozenset((str(parcel), str(zone)) for parcel, zone in self.counted_m2.index)

    @cached_property
    def differences(self) -> pd.DataFrame:
        """Where map and list disagree, the largest first; see `listed.differences`."""
        return differences(self.listed_m2, self.counted_m2, self.drawn_overlaps, self.units, self.zones)

    @cached_property
    def findings(self) -> NDArray[np.object_]:
        """The worst that is to be looked at in each unit's land, by place; see `unit_findings`."""
        return unit_findings(self.units, set(self.differences["parcel_id"]))

    @cached_property
    def overlaps(self) -> pd.Series:
        """Square metres of each unit in each zone, by (`parcel_id`, `zone_id`): drawn, else listed."""
        return together(self.drawn_overlaps, self.counted_m2)

    @cached_property
    def parts_m2(self) -> dict[str, dict[str, float]]:
        """Square metres of each unit in each zone that it touches, by id."""
        parts: dict[str, dict[str, float]] = {}
        parcels, zones = (self.overlaps.index.get_level_values(name).tolist() for name in PAIR)
        for parcel, zone, part_m2 in zip(parcels, zones, self.overlaps.tolist(), strict=True):
            parts.setdefault(parcel, {})[zone] = part_m2
        return parts

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """By zone: `zone_m2`, `gap_m2`, `overlap_m2`, from the geometry alone."""
        return coverage(self.units, self.zones)

    @cached_property
    def cells(self) -> Cells:
        """The same table with places instead of ids."""
        return Cells.of(self.overlaps, self.units.index)

    @cached_property
    def governing_area_m2(self) -> pd.Series:
        """Area that governs each unit, by `parcel_id`; of one without any, what a list recovers of it."""
        known = governing_area_m2(self.units)
        if self.listed_m2.empty:
            return known
        return known.fillna(self.listed_m2.groupby(level="parcel_id").sum())

    @cached_property
    def drawn_m2(self) -> pd.Series:
        """Planar area of each unit, square metres."""
        return area_m2(self.units.geometry)

    @cached_property
    def area_by_id(self) -> dict[str, float]:
        """Planar area of each unit by id, square metres; of one that is not drawn what governs it, if any."""
        found = self.drawn_m2.fillna(self.governing_area_m2)
        areas = zip(found.index.tolist(), found.tolist(), strict=True)
        return {parcel: area for parcel, area in areas if not math.isnan(area)}

    @cached_property
    def labels(self) -> dict[str, str]:
        """How a person calls each unit: commune/sheet/number, a feature by its code."""
        return unit_labels(self.units)

    @cached_property
    def by_label(self) -> dict[str, str]:
        """The parcel id of each label; a label that two parcels share names neither."""
        return by_label(self.labels)


def unit_labels(units: gpd.GeoDataFrame) -> dict[str, str]:
    """How a person calls each unit: commune/sheet/number, a feature by its code."""
    keys = zip(*(units[name].tolist() for name in ("commune", "sheet", "number")), strict=True)
    return {
        parcel: "/".join(key) if all(key) else "/".join(part for part in key if part)
        for parcel, key in zip(units.index.tolist(), keys, strict=True)
    }


def by_label(labels: Mapping[str, str]) -> dict[str, str]:
    """The parcel id of each label that only one parcel has.

    Sheet 8, number 1/1 and sheet 8/1, number 1 read alike: neither may be taken for the other.

    >>> by_label({"P1": "15910/8/1", "P2": "15910/8/1/1", "P3": "15910/8/1/1"})
    {'15910/8/1': 'P1'}
    """
    counts = Counter(labels.values())
    return {label: parcel for parcel, label in labels.items() if counts[label] == 1}


@dataclass(frozen=True)
class Card:
    """One parcel or public feature on the day: all that its card shows, without names."""

    parcel_id: str
    label: str
    kind: str
    commune: str
    sheet: str
    number: str
    name: str
    land_use: str
    legal_area_m2: float | None
    measured_area_m2: float | None
    drawn_area_m2: float | None
    zones_m2: dict[str, float]
    class_: str
    holdings: tuple[HoldingState, ...]
    obstacles: tuple[Obstacle, ...]
    history: tuple[Entry, ...]
    last_seq: int
    listed_zones: frozenset[str] = frozenset()  # those of `zones_m2` that a list states, and no shape


@dataclass(frozen=True)
class Snapshot:
    """What holds on the day `on` by the ledger up to `state.known`.

    `head` is the ledger's last entry when this was read; it is printed beside figures. `stand`, `hold`
    and `pay` give the standing of the units, the hand-overs and the money faster than going through the
    state, where somebody knows a way.
    """

    plan: Plan
    boundaries: Boundaries
    state: State
    head: Head
    stand: Callable[[Snapshot], Standing] | None = field(default=None, repr=False, compare=False)
    hold: Callable[[Snapshot], HandOvers] | None = field(default=None, repr=False, compare=False)
    pay: Callable[[Snapshot], Sums] | None = field(default=None, repr=False, compare=False)

    @property
    def on(self) -> date:
        """The day, included."""
        return self.state.on

    @property
    def known(self) -> int:
        """The last seq that counts, included."""
        return self.state.known

    @property
    def boundary_sha(self) -> str:
        """Names the version of the boundaries."""
        return self.boundaries.sha

    @property
    def zones(self) -> gpd.GeoDataFrame:
        """The leaf zones that have a boundary."""
        return self.boundaries.zones

    @property
    def units(self) -> gpd.GeoDataFrame:
        """Parcels and public features."""
        return self.boundaries.units

    @property
    def overlaps(self) -> pd.Series:
        """Square metres of each unit in each zone."""
        return self.boundaries.overlaps

    @property
    def coverage(self) -> pd.DataFrame:
        """Zone areas, gaps and overlaps by zone."""
        return self.boundaries.coverage

    @cached_property
    def standing(self) -> Standing:
        """Where each unit stands: its class, its signed share, and whether it is clean land."""
        if self.stand:
            return self.stand(self)
        return Standing.of_state(self.boundaries.governing_area_m2, self.state)

    @cached_property
    def hand_overs(self) -> HandOvers:
        """Every holding with the day of its hand-over, and whether something stands in its way."""
        return self.hold(self) if self.hold else HandOvers.of_state(self.state)

    @cached_property
    def money(self) -> Sums:
        """What all households' money comes to, in whole đồng."""
        if self.pay:
            return self.pay(self)
        return sum((account.sums for account in accounts(self.state).values()), Sums())

    @cached_property
    def classes(self) -> pd.Series:
        """The class of each unit."""
        return self.standing.classes

    @cached_property
    def class_m2(self) -> pd.DataFrame:
        """Square metres by zone and class."""
        return self.boundaries.cells.class_m2(self.standing.class_code)

    @cached_property
    def signed_share(self) -> pd.Series:
        """The share of each unit, 0 to 1, that its holders handed over by their parts."""
        return self.standing.signed_share

    @cached_property
    def occupied(self) -> frozenset[str]:
        """The handed-over units on which something that was listed still stands: not clean land."""
        return self.standing.uncleaned

    @property
    def clean_ha(self) -> dict[str, float | None]:
        """Hectares of clean land by zone id, "commune" first; None where there is no land."""
        return {total.zone_id: total.clean_ha for total in self.totals}

    @cached_property
    def totals(self) -> tuple[ZoneTotal, ...]:
        """The figures of every zone, the commune first."""
        share_m2 = self.boundaries.cells.share_m2
        signed_m2, clean_m2 = share_m2(self.standing.signed), share_m2(self.standing.clean)
        by_list = self.boundaries.counted_by_zone
        return totals_of(self.plan, self.coverage, self.class_m2, signed_m2, clean_m2, by_list)

    @cached_property
    def balance(self) -> pd.DataFrame:
        """The balance of each zone; see `balance.balance`."""
        return balance(self.coverage, self.class_m2, self.boundaries.counted_by_zone)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Why the totals may not be trusted: boundaries that none of them counts, a balance that is open."""
        by_list = self.boundaries.listed_m2.index.get_level_values("zone_id").unique()
        lost = check_zones(self.plan, self.zones.index.union(by_list))
        return (*lost, *check_balance(self.balance))

    @cached_property
    def remarks(self) -> tuple[Problem, ...]:
        """What to look at though the totals stand: listed land beyond what the drawn parcels leave."""
        return tuple(beyond_gap(self.coverage, self.boundaries.counted_by_zone))

    @property
    def cleared_ha(self) -> float:
        """Hectares cleared in the commune; 0 where no zone has a boundary or listed land."""
        return self.totals[0].cleared_ha or 0.0

    def card(self, parcel_id: str) -> Card:
        """The card of a unit; KeyError where there is none."""
        unit = self.units.loc[parcel_id]
        found = self.state.by_parcel.get(parcel_id)
        zones_m2 = self.boundaries.parts_m2.get(parcel_id, {})
        return Card(
            parcel_id=parcel_id,
            label=self.boundaries.labels[parcel_id],
            kind=unit["kind"],
            commune=unit["commune"],
            sheet=unit["sheet"],
            number=unit["number"],
            name=unit["name"],
            land_use=unit["land_use"],
            legal_area_m2=_known(unit["legal_area_m2"]),
            measured_area_m2=_known(unit["measured_area_m2"]),
            drawn_area_m2=_known(self.boundaries.drawn_m2[parcel_id]),
            zones_m2=zones_m2,
            class_=self.standing.class_of(parcel_id),
            holdings=self.state.of_parcel(parcel_id),
            obstacles=found.obstacles if found else (),
            history=tuple(
                entry for entry in self.state.history.get(parcel_id, ()) if entry.seq <= self.known
            ),
            last_seq=self.state.last_seq(parcel_id),
            listed_zones=frozenset(
                zone for zone in zones_m2 if (parcel_id, zone) in self.boundaries.listed_zones
            ),
        )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
