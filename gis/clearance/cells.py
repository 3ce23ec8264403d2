"""The table of areas with places instead of ids: sums by zone without looking any id up.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.milestones import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Cells:
    """A cell for each unit and zone that share land.

    Args:
        unit: The place of each cell's unit among the units.
        zone: The place of its zone in `zone_ids`.
        part_m2: Square metres of the unit in the zone.
        zone_ids: Zones that hold a part of a unit, sorted.
    """

    unit: NDArray[np.int64]
    zone: NDArray[np.int64]
    part_m2: NDArray[np.float64]
    zone_ids: pd.Index

    @classmethod
    def of(cls, overlaps: pd.Series, unit_ids: pd.Index) -> Cells:
        """The cells of a table of areas.

        Args:
            overlaps: m² by (`parcel_id`, `zone_id`), as `areas.overlap_m2` gives it.
            unit_ids: Each unit once, in the order of what will be summed.

        Raises:
            KeyError: If a parcel of `overlaps` is not among the units.
        """
        parcels = overlaps.index.get_level_values("parcel_id")
        unit = unit_ids.get_indexer(parcels)
        if (unit < 0).any():
            raise KeyError(parcels[unit < 0][0])
        zone, zone_ids = pd.factorize(overlaps.index.get_level_values("zone_id"), sort=True)
        parts_m2 = overlaps.to_numpy(dtype=float)
        return cls(unit, zone, parts_m2, pd.Index(zone_ids, name="zone_id"))

    def class_m2(self, class_code: NDArray[np.int8]) -> pd.DataFrame:
        """Square metres of each zone by class.

        Args:
            class_code: The place in `CLASSES` of each unit's class.

        Returns:
            float64, rows `zone_ids`, columns all of `CLASSES` in order.
        """
        count = len(CLASSES)
        sums = np.bincount(
            self.zone * count + class_code[self.unit],
            weights=self.part_m2,
            minlength=len(self.zone_ids) * count,
        )
        return pd.DataFrame(sums.reshape(-1, count), index=self.zone_ids, columns=pd.Index(CLASSES))

    def share_m2(self, share: NDArray[np.float64]) -> pd.Series:
        """Square metres of each zone, each unit's part times a share of it.

        Args:
            share: 0 to 1 by unit; NaN, not known, makes its zones' sums NaN.

        Returns:
            float64, by `zone_ids`.
        """
        weights = self.part_m2 * share[self.unit]
        sums = np.bincount(self.zone, weights=weights, minlength=len(self.zone_ids))
        return pd.Series(sums, index=self.zone_ids)
