"""What holders signed away of each parcel: Σ parts of the holdings that handed over.

It stands beside the cleared hectares (whole parcels) and is never mixed with them. Pure: no file,
no clock.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from gis.clearance.areas import area_m2
from gis.clearance.cells import Cells
from gis.clearance.partition import holdings_table
from gis.errors import Problem
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.errors import Fact
    from gis.ledger.state import State

# Parts in m² come rounded to 0.1 m² each: a sum above the area by less is rounding, not a fault.
PARTS_TOLERANCE_M2: Final = Fraction(1, 10)
WHOLE: Final = Fraction(1)


def governing_area_m2(units: gpd.GeoDataFrame) -> pd.Series:
    """Area that governs each unit, in square metres: measured, else on the certificate, else drawn.

    Args:
        units: Columns `measured_area_m2`, `legal_area_m2`, `geometry` in a projected VN-2000 CRS.

    Returns:
        float64, named "governing_area_m2", on the index of `units`; NaN where none is known. An
        area of 0 in a file says that nobody entered one.

    Raises:
        NotVn2000Error: If the CRS is absent, geographic or of another datum.
    """
    measured, legal = units["measured_area_m2"], units["legal_area_m2"]
    drawn = area_m2(units.geometry)
    governing = np.where(measured > 0, measured, np.where(legal > 0, legal, drawn))
    return pd.Series(governing.astype(float), index=units.index, name="governing_area_m2")


def signed_share(units: gpd.GeoDataFrame, state: State) -> pd.Series:
    """Share of each unit, 0 to 1, that its holders handed over, by their parts.

    A fraction counts as it is, m² over the governing area. Holdings of undetermined part together
    hold the remainder, which counts when all of them handed over.

    Args:
        units: As for `governing_area_m2`, index `parcel_id`.
        state: What holds on the day.

    Returns:
        float64, named "signed_share", on the index of `units`; 0 where nobody holds or handed
        over. Fractions are summed exactly.

    Raises:
        NotVn2000Error: If the CRS is absent, geographic or of another datum.
    """
    return signed_share_of(holdings_table(state), governing_area_m2(units))


def signed_share_of(holdings: pd.DataFrame, governing_area_m2: pd.Series) -> pd.Series:
    """Share of each unit that its holders handed over; see `signed_share`.

    Args:
        holdings: As `partition.holdings_table` gives it; holdings of other units do not count.
        governing_area_m2: By `parcel_id`.

    Returns:
        float64, named "signed_share", on the index of `governing_area_m2`; NaN where a part is in
        m² of an unknown area.
    """
    shares = np.zeros(len(governing_area_m2))
    areas = governing_area_m2.to_numpy(dtype=float)
    position = governing_area_m2.index.get_indexer(pd.Index(holdings["parcel_id"]))
    handed = holdings[CLEARED_MILESTONE].to_numpy(dtype=bool)
    whole = (holdings["numerator"] == 1) & (holdings["denominator"] == 1)
    alone = ~holdings["parcel_id"].duplicated(keep=False)
    # Almost every parcel has one holder of the whole; only the rest need exact sums.
    simple = (whole & alone).to_numpy() & (position >= 0)
    shares[position[simple]] = handed[simple]
    touched = np.isin(position, position[handed & (position >= 0)]) & ~simple
    for place, rows in _by_place(holdings[touched], position[touched]):
        shares[place] = _signed(rows, areas[place])
    return pd.Series(shares, index=governing_area_m2.index, name="signed_share")


def signed_m2(overlaps: pd.Series, share: pd.Series) -> pd.Series:
    """Square metres of each zone that holders signed away: Σ parcel ∩ zone x signed share.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`).
        share: 0 to 1 by `parcel_id`, as `signed_share` gives it; each parcel of `overlaps` has one.

    Returns:
        float64, named "signed_m2", index `zone_id` sorted.

    Raises:
        KeyError: If a parcel of `overlaps` has no share.

    >>> cells = pd.MultiIndex.from_tuples([("P-1", "Z"), ("P-2", "Z")], names=["parcel_id", "zone_id"])
    >>> signed_m2(pd.Series([60.0, 40.0], index=cells), pd.Series({"P-1": 0.5, "P-2": 1.0})).to_dict()
    {'Z': 70.0}
    """
    return Cells.of(overlaps, share.index).share_m2(share.to_numpy(dtype=float)).rename("signed_m2")


def check_parts(units: gpd.GeoDataFrame, state: State) -> list[Problem]:
    """The parcels whose holdings' parts cannot be right together.

    Args:
        units: As for `governing_area_m2`, index `parcel_id`; `source` says where each came from.
        state: What holds on the day.

    Returns:
        A problem with the sum for each parcel whose known parts exceed the whole, or whose parts
        are all fractions and do not reach it; in the order of `units`.
    """
    areas = governing_area_m2(units)
    sources = units["source"] if "source" in units else pd.Series(units.index, index=units.index)
    holdings = holdings_table(state, units.index.tolist())
    position = units.index.get_indexer(pd.Index(holdings["parcel_id"]))
    found: list[Problem] = []
    for place, rows in _by_place(holdings, position):
        fault = _parts_fault(rows, float(areas.iloc[place]))
        if fault:
            message, facts = fault
            facts |= {"parcel": str(units.index[place]), "count": len(rows)}
            found.append(Problem(str(sources.iloc[place]), message, facts))
    return found


def _by_place(
    holdings: pd.DataFrame, position: NDArray[np.int64]
) -> Iterator[tuple[int, Sequence[_Holding]]]:
    """The holdings of each unit, by the unit's place, in order of places."""
    order = np.argsort(position, kind="stable")
    columns = ("numerator", "denominator", "part_m2", CLEARED_MILESTONE)
    rows = zip(*(holdings[name].to_numpy()[order].tolist() for name in columns), strict=True)
    paired = zip(position[order].tolist(), rows, strict=True)
    for place, group in groupby(paired, key=itemgetter(0)):
        yield place, [_Holding(*row) for _, row in group]


class _Holding(NamedTuple):
    numerator: int
    denominator: int
    part_m2: float
    handed: bool

    @property
    def in_m2(self) -> bool:
        return not self.denominator and not math.isnan(self.part_m2)

    def part(self, area_m2: float) -> Fraction | None:
        """Its part of the whole; None: not determined."""
        if self.denominator:
            return Fraction(self.numerator, self.denominator)
        return Fraction(self.part_m2) / Fraction(area_m2) if self.in_m2 else None


def _signed(rows: Sequence[_Holding], area_m2: float) -> float:
    if math.isnan(area_m2) and any(row.in_m2 for row in rows):
        return float("nan")
    parts = [(row.part(area_m2), row.handed) for row in rows]
    signed = sum((part for part, handed in parts if part is not None and handed), Fraction(0))
    undetermined = [handed for part, handed in parts if part is None]
    if undetermined and all(undetermined):
        known = sum((part for part, _ in parts if part is not None), Fraction(0))
        signed += max(WHOLE - known, Fraction(0))
    return float(min(signed, WHOLE))


def _parts_fault(rows: Sequence[_Holding], area_m2: float) -> tuple[str, dict[str, Fact]] | None:
    in_m2 = any(row.in_m2 for row in rows)
    if in_m2 and math.isnan(area_m2):
        return None  # nothing to compare with; the missing area is a problem of its own
    parts = [row.part(area_m2) for row in rows]
    total = sum((part for part in parts if part is not None), Fraction(0))
    if in_m2:
        if total * Fraction(area_m2) > Fraction(area_m2) + PARTS_TOLERANCE_M2:
            facts: dict[str, Fact] = {"parts_m2": float(total) * area_m2, "area_m2": area_m2}
            return "problem.parts_above_area", facts
    elif total > WHOLE:
        return "problem.parts_above_whole", {"sum": str(total)}
    elif None not in parts and total < WHOLE:
        return "problem.parts_not_whole", {"sum": str(total)}
    return None
