"""The partition: each parcel or public feature in exactly one class, by what all its holdings reached.

The numbers are worked out on a plain table of holdings (`holdings_table`); only `holdings_table` and
the functions that take a state know the ledger's fold. Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.clearance.cells import Cells
from gis.ledger.part import SquareMetres
from gis.milestones import CLASSES, MILESTONES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gis.ledger.state import State

HOLDING_COLUMNS: Final = ("parcel_id", "household_id", "numerator", "denominator", "part_m2")
# Classes that a milestone makes: not "delivered", which is a measure beside the partition.
_REACHED_CLASSES: Final = tuple(name for name in CLASSES if name in MILESTONES)


def holdings_table(state: State, parcels: Iterable[str] | None = None) -> pd.DataFrame:
    """The holdings of a state as a plain table: whose, which part, and what it reached.

    Args:
        state: What holds on the day.
        parcels: Of these parcels only, in their order; None: of all.

    Returns:
        A row for each current holding, by parcel in that order or the state's, then by household id.
        Columns `parcel_id`, `household_id` (str); the part as `numerator`, `denominator` (int64, 0
        and 0 unless it is a fraction) and `part_m2` (float64, NaN unless it is in m²): neither
        where it is not determined; then a bool for each of `MILESTONES`.
    """
    chosen = state.parcels if parcels is None else parcels
    holdings = [h for parcel in chosen for h in state.of_parcel(parcel)]
    columns: dict[str, object] = {
        "parcel_id": pd.Series([h.parcel for h in holdings], dtype="str"),
        "household_id": pd.Series([h.household for h in holdings], dtype="str"),
    }
    parts = [h.part for h in holdings]
    fractions = [None if isinstance(part, SquareMetres) else part for part in parts]
    columns["numerator"] = np.array([f.numerator if f else 0 for f in fractions], dtype=np.int64)
    columns["denominator"] = np.array([f.denominator if f else 0 for f in fractions], dtype=np.int64)
    columns["part_m2"] = np.array(
        [float(part.m2) if isinstance(part, SquareMetres) else np.nan for part in parts],
        dtype=np.float64,
    )
    for name in MILESTONES:
        columns[name] = np.array([name in h.milestones for h in holdings], dtype=bool)
    return pd.DataFrame(columns)


def reached_by_all(unit_ids: pd.Index, holdings: pd.DataFrame) -> pd.DataFrame:
    """Which milestones every holding of each unit reached, and whether anybody holds it.

    Args:
        unit_ids: The units, each once.
        holdings: As `holdings_table` gives it; holdings of other units do not count.

    Returns:
        bool columns `held` and each of `MILESTONES`, on `unit_ids`; all false where nobody holds.
    """
    position = unit_ids.get_indexer(pd.Index(holdings["parcel_id"]))
    ours = position >= 0
    count = np.bincount(position[ours], minlength=len(unit_ids))
    held = count > 0
    columns = {"held": held}
    for name in MILESTONES:
        reached = holdings[name].to_numpy()[ours]
        columns[name] = held & (np.bincount(position[ours][reached], minlength=len(unit_ids)) == count)
    return pd.DataFrame(columns, index=unit_ids)


def classes_of(reached: pd.DataFrame, stuck: Collection[str]) -> pd.Series:
    """The class of each unit: the first of `CLASSES` that applies.

    Args:
        reached: As `reached_by_all` gives it.
        stuck: Ids of units with an open obstacle.

    Returns:
        str, named "class", on the index of `reached`.

    >>> table = pd.DataFrame(False, index=["P-1", "P-2"], columns=["held", *MILESTONES])
    >>> table.loc["P-1", ["held", "notified", "paid"]] = True
    >>> classes_of(table, stuck=[]).to_dict()
    {'P-1': 'paid', 'P-2': 'no_holder'}
    """
    applies = {name: reached[name].to_numpy() for name in _REACHED_CLASSES}
    applies["stuck"] = reached.index.isin(list(stuck))
    applies["no_holder"] = ~reached["held"].to_numpy()
    applies["not_started"] = np.ones(len(reached), dtype=bool)
    first = np.argmax([applies[name] for name in CLASSES], axis=0)
    names = pd.Index(CLASSES, dtype="str")
    return pd.Series(names.take(first).array, index=reached.index, name="class")


def classes(unit_ids: pd.Index, state: State) -> pd.Series:
    """The class of each unit on the state's day: the first of `CLASSES` that applies.

    Handed over where somebody holds it and every holding was handed over; then stuck (an open
    obstacle); then no holder; then the furthest milestone that every holding reached, else not
    started. "delivered" makes no class.

    Args:
        unit_ids: Parcels and public features, each once.
        state: What holds on the day.

    Returns:
        str, named "class", on `unit_ids`.
    """
    return classes_of(reached_by_all(unit_ids, holdings_table(state)), state.stuck)


def class_m2(overlaps: pd.Series, classes: pd.Series) -> pd.DataFrame:
    """Square metres of each zone by class.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`), as `areas.overlap_m2` gives it.
        classes: Class by `parcel_id`; each parcel of `overlaps` has one.

    Returns:
        float64, rows `zone_id` sorted (zones that hold a part), columns all of `CLASSES` in order.

    Raises:
        KeyError: If a parcel of `overlaps` has no class, or one that is not of `CLASSES`.

    >>> cells = pd.MultiIndex.from_tuples([("P-1", "Z"), ("P-2", "Z")], names=["parcel_id", "zone_id"])
    >>> parts = pd.Series([60.0, 40.0], index=cells)
    >>> class_m2(parts, pd.Series({"P-1": "paid", "P-2": "stuck"})).loc["Z", ["paid", "stuck"]].tolist()
    [60.0, 40.0]
    """
    codes = pd.Index(CLASSES).get_indexer(pd.Index(classes)).astype(np.int8)
    cells = Cells.of(overlaps, classes.index)
    if (codes[cells.unit] < 0).any():
        raise KeyError(classes.index[cells.unit[codes[cells.unit] < 0][0]])
    return cells.class_m2(codes)


def measures(overlaps: pd.Series, state: State) -> pd.DataFrame:
    """Hectares of each zone whose every holding reached a milestone, each milestone by itself.

    They stand beside the partition: a parcel may count for several, and "delivered" is one.

    Args:
        overlaps: m² by (`parcel_id`, `zone_id`).
        state: What holds on the day.

    Returns:
        float64, rows `zone_id` sorted, columns `<milestone>_ha` for all of `MILESTONES`.
    """
    unit_ids = pd.Index(overlaps.index.get_level_values("parcel_id").unique())
    reached = reached_by_all(unit_ids, holdings_table(state))
    rows = unit_ids.get_indexer(overlaps.index.get_level_values("parcel_id"))
    parts_ha = overlaps.to_numpy() / 10_000
    columns = {f"{name}_ha": np.where(reached[name].to_numpy()[rows], parts_ha, 0.0) for name in MILESTONES}
    frame = pd.DataFrame(columns, index=overlaps.index)
    return frame.groupby(level="zone_id", sort=True).sum()
