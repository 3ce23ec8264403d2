"""Where each unit stands on a day: its class, the share that was signed away, and whether it is clean.

A mark changes the standing of the parcels that it names and of no other; the sums by zone are made
anew from all units each time, so that no rounding gathers. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.clearance.partition import classes_of, holdings_table, reached_by_all
from gis.clearance.signed import signed_share_of
from gis.milestones import CLASSES, CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from gis.ledger.columns import Land
    from gis.ledger.state import State

_NAMES = pd.Index(CLASSES, dtype="str")


@dataclass(frozen=True)
class Standing:
    """The standing of each unit, by its place.

    Args:
        governing_area_m2: By `parcel_id`: which units there are, and what parts in m² are of.
        class_code: The place in `CLASSES` of each unit's class.
        signed: Share of each unit, 0 to 1, that its holders handed over; NaN where a part is in m²
            of an unknown area.
        occupied: Which units have objects standing on them.
    """

    governing_area_m2: pd.Series
    class_code: NDArray[np.int8]
    signed: NDArray[np.float64]
    occupied: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        governing_area_m2: pd.Series,
        holdings: pd.DataFrame,
        stuck: Collection[str],
        occupied: Collection[str],
    ) -> Standing:
        """The standing of all units.

        Args:
            governing_area_m2: By `parcel_id`, as `signed.governing_area_m2` gives it.
            holdings: As `partition.holdings_table` gives it; holdings of other units do not count.
            stuck: Ids of units with an open obstacle.
            occupied: Ids of units with objects standing on them.
        """
        classes = classes_of(reached_by_all(governing_area_m2.index, holdings), stuck)
        signed = signed_share_of(holdings, governing_area_m2)
        codes = _NAMES.get_indexer(pd.Index(classes)).astype(np.int8)
        on_it = governing_area_m2.index.isin(list(occupied))
        return cls(governing_area_m2, codes, signed.to_numpy(dtype=float), on_it)

    @classmethod
    def of_state(
        cls, governing_area_m2: pd.Series, state: State, parcels: Collection[str] | None = None
    ) -> Standing:
        """The standing of all units by the fold entry by entry.

        Args:
            governing_area_m2: By `parcel_id`.
            state: What holds on the day.
            parcels: Those that the state is asked about; None: all that it knows.
        """
        asked = state.by_parcel if parcels is None else parcels
        known = {parcel: found for parcel in asked if (found := state.by_parcel.get(parcel))}
        return cls.of(
            governing_area_m2,
            holdings_table(state, known),
            [parcel for parcel, found in known.items() if found.obstacles],
            [parcel for parcel, found in known.items() if found.objects],
        )

    @classmethod
    def of_land(cls, governing_area_m2: pd.Series, land: Land, untold: State) -> Standing:
        """The standing of all units by the fold of all parcels at once.

        Args:
            governing_area_m2: By `parcel_id`.
            land: What that fold tells.
            untold: The state that holds the parcels which it does not tell; others do not count.
        """
        rest = holdings_table(untold, land.untold.tolist())
        holdings = pd.concat([land.holdings, rest], ignore_index=True)
        return cls.of(governing_area_m2, holdings, land.stuck, land.occupied)

    def after(self, now: State, changed: Collection[str]) -> Standing:
        """The standing once some parcels have changed; this one stays as it is.

        Args:
            now: What holds now.
            changed: The parcels that entries since then name; ids of no unit do not count.
        """
        places = self.governing_area_m2.index.get_indexer(pd.Index(sorted(changed), dtype="str"))
        places = places[places >= 0]
        if not len(places):
            return self
        areas = self.governing_area_m2.iloc[places]
        fresh = Standing.of_state(areas, now, areas.index.tolist())
        class_code, signed, occupied = self.class_code.copy(), self.signed.copy(), self.occupied.copy()
        class_code[places] = fresh.class_code
        signed[places] = fresh.signed
        occupied[places] = fresh.occupied
        return Standing(self.governing_area_m2, class_code, signed, occupied)

    @property
    def cleared(self) -> NDArray[np.bool_]:
        """Which units are handed over."""
        return np.equal(self.class_code, CLASSES.index(CLEARED_MILESTONE))

    @property
    def clean(self) -> NDArray[np.float64]:
        """1 for each unit that is handed over with nothing left standing on it, else 0."""
        return (self.cleared & ~self.occupied).astype(np.float64)

    @property
    def uncleaned(self) -> frozenset[str]:
        """The units that are handed over with something still standing on them."""
        return frozenset(self.governing_area_m2.index[self.cleared & self.occupied])

    @property
    def classes(self) -> pd.Series:
        """The class of each unit: str, named "class", by `parcel_id`."""
        return pd.Series(_NAMES.take(self.class_code).array, index=self.governing_area_m2.index, name="class")

    def class_of(self, parcel_id: str) -> str:
        """The class of one unit.

        Raises:
            KeyError: If there is no such unit.
        """
        return CLASSES[self.class_code[self.governing_area_m2.index.get_loc(parcel_id)]]

    @property
    def signed_share(self) -> pd.Series:
        """The share of each unit that was signed away: float64, named "signed_share", by `parcel_id`."""
        return pd.Series(self.signed, index=self.governing_area_m2.index, name="signed_share")
