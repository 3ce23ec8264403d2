"""In which zones a parcel lies, also one that was split, merged or drawn anew since.

Money was paid and land delivered by the parcels of that day; on today's map they lie where the parcels
lie that took their land over: by their own shape, where it is known, else each new parcel has as much
of the old land in a zone as of its own. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import shapely

from gis.ledger.facts import Succession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.state import State

TENTHS: Final = 10  # of a square metre
# Tenths of m² by which a parcel's area may exceed what it took over, a pair, and still be rounding.
ROUNDING_TENTHS: Final = 1


@dataclass(frozen=True)
class Land:
    """Where parcels lie: those of today, and those that became them.

    Args:
        state: Of the day: which parcels became which.
        parts_m2: Square metres of each parcel in each zone that it touches, by the boundaries in force;
            also of those that became others, where their shapes are known.
        leaves: The zones that count.
        areas_m2: Drawn area of each parcel, by the same boundaries; one that is not drawn is as large
            as what it took over.
    """

    state: State
    parts_m2: Mapping[str, Mapping[str, float]]
    leaves: frozenset[str]
    areas_m2: Mapping[str, float] = field(default_factory=dict)

    def of(self, parcels: Iterable[str]) -> dict[str, Fraction]:
        """Exact square metres of some parcels by leaf zone, sorted; empty where they lie in none."""
        total: dict[str, Fraction] = defaultdict(Fraction)
        for parcel in parcels:
            for zone, m2 in self._one(parcel, frozenset()).items():
                total[zone] += m2
        return {zone: m2 for zone, m2 in sorted(total.items()) if m2}

    def _one(self, parcel: str, seen: frozenset[str]) -> dict[str, Fraction]:
        known = parcel in seen or parcel in self.parts_m2
        heirs = [] if known else self._heirs.get(parcel, [])
        if not heirs:
            parts = self.parts_m2.get(parcel, {})
            return {zone: Fraction(m2) for zone, m2 in parts.items() if zone in self.leaves}
        # Old land lies where the new parcels lie that took it over, each by what they share.
        total: dict[str, Fraction] = defaultdict(Fraction)
        for new, tenths in heirs:
            share = Fraction(tenths) / self._size_tenths(new)
            for zone, part in self._one(new, seen | {parcel}).items():
                total[zone] += part * share
        return total

    def _size_tenths(self, new: str) -> Fraction:
        """How large a new parcel is: what it took over, more where it has land of no old parcel."""
        took = self._took[new]
        drawn = Fraction(self.areas_m2.get(new, 0.0)) * TENTHS
        rounding = ROUNDING_TENTHS * len(took)
        return drawn if drawn > sum(took) + rounding else Fraction(sum(took))

    @cached_property
    def _took(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for heirs in self._heirs.values():
            for new, tenths in heirs:
                found[new].append(tenths)
        return found

    @cached_property
    def _heirs(self) -> Mapping[str, list[tuple[str, int]]]:
        return heirs(self.state)


def heirs(state: State) -> dict[str, list[tuple[str, int]]]:
    """The parcels that each one became by the day, with the tenths of m² that they took over."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for entry in state.live(None):
        if isinstance(entry.fact, Succession):
            for old, new, tenths in entry.fact.pairs:
                if old != new:
                    found[old].append((new, tenths))
    return found


def kept_shapes(
    old: gpd.GeoSeries, became: Mapping[str, Sequence[tuple[str, int]]], drawn: gpd.GeoSeries
) -> gpd.GeoSeries:
    """What the parcels of today have of the shape of each old one.

    Args:
        old: The last shape of each succeeded parcel, in a VN-2000 CRS.
        became: As `heirs` gives it.
        drawn: The shapes of today by `parcel_id`, in the same CRS.

    Returns:
        Their intersections, on the index of `old`; empty where no heir is drawn.
    """
    today = {parcel: _drawn_heirs(parcel, became, frozenset(drawn.index)) for parcel in old.index}
    together = [shapely.union_all(drawn.loc[sorted(today[parcel])].to_numpy()) for parcel in old.index]
    return gpd.GeoSeries(shapely.intersection(old.to_numpy(), together), index=old.index, crs=old.crs)


def _drawn_heirs(
    parcel: str, became: Mapping[str, Sequence[tuple[str, int]]], drawn: frozenset[str]
) -> set[str]:
    """The parcels of today that a parcel became, by any number of steps."""
    found, waiting = set[str](), [parcel]
    while waiting:
        for new, _ in became.get(waiting.pop(), ()):
            if new not in found:
                found.add(new)
                waiting.append(new)
    return found & drawn
