"""Where each unit stands on a day: its class and the share that was signed away.

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
from gis.milestones import CLASSES

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
    """

    governing_area_m2: pd.Series
    class_code: NDArray[np.int8]
    signed: NDArray[np.float64]

    @classmethod
    def of(cls, governing_area_m2: pd.Series, holdings: pd.DataFrame, stuck: Collection[str]) -> Standing:
        """The standing of all units.

        Args:
            governing_area_m2: By `parcel_id`, as `signed.governing_area_m2` gives it.
            holdings: As `partition.holdings_table` gives it; holdings of other units do not count.
            stuck: Ids of units with an open obstacle.
        """
        classes = classes_of(reached_by_all(governing_area_m2.index, holdings), stuck)
        signed = signed_share_of(holdings, governing_area_m2)
        codes = _NAMES.get_indexer(pd.Index(classes)).astype(np.int8)
        return cls(governing_area_m2, codes, signed.to_numpy(dtype=float))

    @classmethod
    def of_land(cls, governing_area_m2: pd.Series, land: Land, untold: State) -> Standing:
        """The standing of all units by the fold of all parcels at once.

        Args:
            governing_area_m2: By `parcel_id`.
            land: What that fold tells.
            untold: The state that holds the parcels which it does not tell; others do not count.
        """
        rest = land.untold.tolist()
        holdings = pd.concat([land.holdings, holdings_table(untold, rest)], ignore_index=True)
        stuck = land.stuck.append(pd.Index(stuck_of(untold, rest), dtype="str"))
        return cls.of(governing_area_m2, holdings, stuck)

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
        ids = areas.index.tolist()
        fresh = Standing.of(areas, holdings_table(now, ids), stuck_of(now, ids))
        class_code, signed = self.class_code.copy(), self.signed.copy()
        class_code[places] = fresh.class_code
        signed[places] = fresh.signed
        return Standing(self.governing_area_m2, class_code, signed)

    @property
    def classes(self) -> pd.Series:
        """The class of each unit: str, named "class", by `parcel_id`."""
        return pd.Series(_NAMES.take(self.class_code).array, index=self.governing_area_m2.index, name="class")

    @property
    def signed_share(self) -> pd.Series:
        """The share of each unit that was signed away: float64, named "signed_share", by `parcel_id`."""
        return pd.Series(self.signed, index=self.governing_area_m2.index, name="signed_share")


def stuck_of(state: State, parcels: Collection[str]) -> list[str]:
    """Those of some parcels that have an open obstacle."""
    return [parcel for parcel in parcels if (found := state.by_parcel.get(parcel)) and found.obstacles]
