"""In which zones a parcel lies, also one that was split, merged or drawn anew since.

Money was paid and land delivered by the parcels of that day; on today's map they lie where the parcels
lie that took their land over. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from gis.ledger.facts import Succession

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.ledger.state import State


@dataclass(frozen=True)
class Land:
    """Where parcels lie: those of today, and those that became them.

    Args:
        state: Of the day: which parcels became which.
        parts_m2: Square metres of each parcel in each zone that it touches, by the boundaries in force.
        leaves: The zones that count.
    """

    state: State
    parts_m2: Mapping[str, Mapping[str, float]]
    leaves: frozenset[str]

    def of(self, parcels: Iterable[str]) -> dict[str, Fraction]:
        """Exact square metres of some parcels by leaf zone, sorted; empty where they lie in none."""
        total: dict[str, Fraction] = defaultdict(Fraction)
        for parcel in parcels:
            for zone, m2 in self._one(parcel, frozenset()).items():
                total[zone] += m2
        return {zone: m2 for zone, m2 in sorted(total.items()) if m2}

    def _one(self, parcel: str, seen: frozenset[str]) -> dict[str, Fraction]:
        heirs = [] if parcel in seen else self._heirs.get(parcel, [])
        if not heirs:
            parts = self.parts_m2.get(parcel, {})
            return {zone: Fraction(m2) for zone, m2 in parts.items() if zone in self.leaves}
        # Old land lies where the new parcels lie that took it over, each by what they share.
        total: dict[str, Fraction] = defaultdict(Fraction)
        for new, tenths in heirs:
            under = self._one(new, seen | {parcel})
            whole = sum(under.values(), Fraction(0))
            for zone, part in under.items():
                total[zone] += Fraction(tenths, 10) * part / whole
        return total

    @cached_property
    def _heirs(self) -> Mapping[str, list[tuple[str, int]]]:
        found: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for entry in self.state.live(None):
            if isinstance(entry.fact, Succession):
                for old, new, tenths in entry.fact.pairs:
                    if old != new:
                        found[old].append((new, tenths))
        return found
