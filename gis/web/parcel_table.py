"""The list of parcels beside the map: which of them a filter keeps, in which order, and what they sum to.

Everything is an array by place among the units, so that a hundred thousand are filtered and sorted in
milliseconds. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from gis.web.search_index import natural

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.clearance.cells import Cells

Sort: TypeAlias = Literal["parcel", "commune", "class", "m2", "land_use", "last"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of the list; "" and None ask for nothing.

    Args:
        zones: Ids of zones: parcels with a part in one of them, and only those parts are summed.
        commune: Code of an old commune.
        class_code: The place in `CLASSES`.
        land_use: As the file states it.
        kept: Places that other filters keep, each of them: a legend, a text, a household, a view.
    """

    zones: Collection[str] | None = None
    commune: str = ""
    class_code: int | None = None
    land_use: str = ""
    kept: tuple[NDArray[np.int64] | NDArray[np.bool_], ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The units that a filter keeps.

    Args:
        places: In the order asked for.
        part_m2: Square metres of every unit in the zones asked for, by place.
        sum_m2: Of those that are kept, summed unrounded.
    """

    places: NDArray[np.int64]
    part_m2: NDArray[np.float64]
    sum_m2: float


@dataclass(frozen=True, slots=True)
class Table:
    """The units of a boundary version as columns by place.

    Args:
        commune: Codes of old communes.
        land_use: As files state them.
        cells: Square metres of each unit in each zone.
        orders: By column, the rank of each unit; the same rank where two are equal.
        order: The rank of each unit in the order of the search, which settles ties.
    """

    commune: NDArray[np.object_]
    land_use: NDArray[np.object_]
    cells: Cells
    orders: dict[Sort, NDArray[np.int64]]
    order: NDArray[np.int64]

    @classmethod
    def of(cls, units: gpd.GeoDataFrame, cells: Cells, told: NDArray[np.int64]) -> Table:
        """The columns of some units.

        Args:
            units: Columns `commune`, `sheet`, `number`, `land_use`.
            cells: Of the same units.
            told: Their places in the order in which a search tells them.
        """
        commune, sheet, number, use = (
            units[name].fillna("").to_numpy(dtype=object)
            for name in ("commune", "sheet", "number", "land_use")
        )
        order = np.empty(len(units), dtype=np.int64)
        order[told] = np.arange(len(units))
        numbers = _ranks(number, natural)
        return cls(
            commune=commune,
            land_use=use,
            cells=cells,
            orders={
                "parcel": _ranks(sheet, natural) * (numbers.max(initial=0) + 1) + numbers,
                "commune": _ranks(commune, str),
                "land_use": _ranks(use, str),
            },
            order=order,
        )

    def found(self, asked: Asked) -> NDArray[np.bool_]:
        """Which units a filter keeps."""
        kept = np.ones(len(self.order), dtype=bool)
        if asked.commune:
            kept &= self.commune == asked.commune
        if asked.land_use:
            kept &= self.land_use == asked.land_use
        for some in asked.kept:
            if some.dtype != bool:
                mask = np.zeros(len(kept), dtype=bool)
                mask[some] = True
                kept &= mask
            else:
                kept &= some
        return kept

    def look_up(
        self,
        asked: Asked,
        class_codes: NDArray[np.integer],
        sort: Sort = "commune",
        last: NDArray[np.int64] | None = None,
        *,
        down: bool = False,
    ) -> Found:
        """The units that a filter keeps, sorted, and their square metres.

        Args:
            asked: The filter.
            class_codes: The place in `CLASSES` of every unit's class.
            sort: By which column; ties stand as a search tells them, also where the column falls.
            last: The last entry of every unit, needed to sort by it.
            down: Whether the column falls.
        """
        cells = self.cells
        kept = self.found(asked)
        if asked.class_code is not None:
            kept &= class_codes == asked.class_code
        unit, part_m2 = cells.unit, cells.part_m2
        if asked.zones is not None:
            inside = np.isin(cells.zone, np.flatnonzero(cells.zone_ids.isin(list(asked.zones))))
            unit, part_m2 = unit[inside], part_m2[inside]
        by_unit = np.bincount(unit, weights=part_m2, minlength=len(kept)).astype(np.float64)
        if asked.zones is not None:
            kept &= by_unit > 0
        places = np.flatnonzero(kept)
        columns = self.orders | {"class": class_codes, "m2": by_unit}
        if last is not None:
            columns["last"] = last
        key = columns[sort][places]
        places = places[np.lexsort((self.order[places], -key if down else key))]
        return Found(places, by_unit, float(part_m2[kept[unit]].sum()))


def _ranks(texts: NDArray[np.object_], key: Callable[[str], object]) -> NDArray[np.int64]:
    """The rank of each text among the different ones."""
    codes, found = pd.factorize(texts)
    different = [str(text) for text in found]
    ranks = np.empty(len(different), dtype=np.int64)
    order = sorted(range(len(different)), key=lambda at: (key(different[at]), different[at]))
    ranks[order] = np.arange(len(different))
    return ranks[codes]
