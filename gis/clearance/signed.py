"""What holders signed away of each parcel: Σ parts of the holdings that handed over.

It stands beside the cleared hectares (whole parcels) and is never mixed with them. Pure: no file,
no clock.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.clearance.areas import area_m2
from gis.clearance.cells import Cells
from gis.clearance.partition import holdings_table
from gis.errors import Problem
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

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
    rest = holdings[touched].assign(position=position[touched])
    for _, group in rest.groupby("position", sort=False):
        place = int(group["position"].iloc[0])
        shares[place] = _signed(group, areas[place])
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
    holdings = holdings_table(state)
    position = units.index.get_indexer(pd.Index(holdings["parcel_id"]))
    ours = holdings[position >= 0].assign(position=position[position >= 0])
    found: list[Problem] = []
    for _, group in ours.groupby("position", sort=True):
        place = int(group["position"].iloc[0])
        fault = _parts_fault(group, float(areas.iloc[place]))
        if fault:
            message, facts = fault
            facts |= {"parcel": str(units.index[place]), "count": len(group)}
            found.append(Problem(str(sources.iloc[place]), message, facts))
    return found


def _parts(group: pd.DataFrame, area_m2: float) -> Iterator[tuple[Fraction | None, bool]]:
    """Each holding's part of the whole (None: not determined), and whether it handed over."""
    for numerator, denominator, part_m2, handed in zip(
        group["numerator"],
        group["denominator"],
        group["part_m2"],
        group[CLEARED_MILESTONE],
        strict=True,
    ):
        if denominator:
            yield Fraction(int(numerator), int(denominator)), bool(handed)
        elif np.isnan(part_m2):
            yield None, bool(handed)
        else:
            yield Fraction(part_m2) / Fraction(area_m2), bool(handed)


def _signed(group: pd.DataFrame, area_m2: float) -> float:
    if group["part_m2"].notna().any() and np.isnan(area_m2):
        return float("nan")
    parts = list(_parts(group, area_m2))
    signed = sum((part for part, handed in parts if part is not None and handed), Fraction(0))
    undetermined = [handed for part, handed in parts if part is None]
    if undetermined and all(undetermined):
        known = sum((part for part, _ in parts if part is not None), Fraction(0))
        signed += max(WHOLE - known, Fraction(0))
    return float(min(signed, WHOLE))


def _parts_fault(group: pd.DataFrame, area_m2: float) -> tuple[str, dict[str, Fact]] | None:
    in_m2 = bool(group["part_m2"].notna().any())
    if in_m2 and np.isnan(area_m2):
        return None  # nothing to compare with; the missing area is a problem of its own
    parts = [part for part, _ in _parts(group, area_m2)]
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
