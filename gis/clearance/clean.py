"""Clean land (mặt bằng sạch): handed over, and nothing that was listed is left on it.

Land with no objects listed counts as clean once it is handed over: what nobody listed, nobody can miss.
Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.clearance.cells import Cells
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd

    from gis.ledger.state import State


def cleared_ids(classes: pd.Series) -> pd.Index:
    """The units that are handed over: only on them do objects decide."""
    return classes.index[(classes == CLEARED_MILESTONE).to_numpy()]


def occupied(state: State, parcels: Iterable[str]) -> frozenset[str]:
    """Those of some parcels on which objects still stand.

    Args:
        state: What holds on the day.
        parcels: Those that are asked about; no other is looked at.
    """
    return frozenset(parcel for parcel in parcels if (found := state.by_parcel.get(parcel)) and found.objects)


def clean(classes: pd.Series, occupied: Collection[str]) -> pd.Series:
    """Whether each unit is clean land.

    Args:
        classes: Class by `parcel_id`, as `partition.classes` gives it.
        occupied: The units on which objects still stand.

    Returns:
        bool, named "clean", on the index of `classes`.

    >>> import pandas as pd
    >>> clean(pd.Series({"P-1": "handed_over", "P-2": "handed_over", "P-3": "paid"}), ["P-2"]).to_dict()
    {'P-1': True, 'P-2': False, 'P-3': False}
    """
    return ((classes == CLEARED_MILESTONE) & ~classes.index.isin(list(occupied))).rename("clean")


def clean_m2(overlaps: pd.Series, classes: pd.Series, occupied: Collection[str]) -> pd.Series:
    """Square metres of clean land in each zone; never more than what is handed over.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`), as `areas.overlap_m2` gives it.
        classes: Class by `parcel_id`; each parcel of `overlaps` has one.
        occupied: The units on which objects still stand.

    Returns:
        float64, named "clean_m2", by `zone_id` sorted (zones that hold a part).

    Raises:
        KeyError: If a parcel of `overlaps` has no class.
    """
    share = clean(classes, occupied).to_numpy(dtype=float)
    return Cells.of(overlaps, classes.index).share_m2(share).rename("clean_m2")
