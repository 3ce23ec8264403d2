"""Who holds which land, and since when it is handed over, of all parcels at once.

The same answer as `gis.ledger.state` gives parcel by parcel, as arrays: households are counted and days
summed up from them in no time. A mark changes the holdings of the parcels that it names and no others.
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from gis.ledger.columns import (
    NONE,
    are,
    holding_keys,
    live_rows,
    open_obstacles,
    untold_parcels,
)
from gis.ledger.facts import Holding, Milestone, Opening
from gis.milestones import CLEARED_MILESTONE, MILESTONES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from gis.ledger.columns import Columns
    from gis.ledger.state import State

NOT_YET: Final = np.iinfo(np.int32).max  # the day of what is not handed over: after all days
_FIRST_DAY: Final = date(1970, 1, 1)


class _Row(NamedTuple):
    """One holding, as the fold entry by entry tells it."""

    parcel: str
    household: str
    day: int
    hindered: bool


@dataclass(frozen=True)
class HandOvers:
    """A row for each holding of a day, in any order, ids as codes.

    Args:
        parcel: int32, the place in `parcels`.
        household: int32, the place in `households`.
        day: int32, days from 1970-01-01 to the day of the hand-over; `NOT_YET` where there was none.
        hindered: bool, whether an open obstacle concerns the holding; see `ParcelState.concerned`.
        parcels: Parcel ids, each once; some may have no row.
        households: Household ids, each once; some may have no row.
    """

    parcel: NDArray[np.int32]
    household: NDArray[np.int32]
    day: NDArray[np.int32]
    hindered: NDArray[np.bool_]
    parcels: pd.Index
    households: pd.Index

    @classmethod
    def of_state(cls, state: State) -> HandOvers:
        """All holdings by the fold entry by entry."""
        nothing = np.empty(0, dtype=np.int32)
        nobody = pd.Index([], dtype="str")
        return cls(nothing, nothing, nothing, nothing.astype(bool), nobody, nobody).after(
            state, list(state.by_parcel)
        )

    @classmethod
    def of_columns(cls, columns: Columns, on: date, known: int) -> tuple[HandOvers, list[str]]:
        """The holdings by the fold of all parcels at once.

        Args:
            columns: The entries.
            on: The day; what happened on it counts.
            known: The last seq that counts.

        Returns:
            The holdings, and the parcels of which only the fold entry by entry tells: they have no row.
        """
        live = live_rows(columns, on, known)
        held = live & are(columns, Holding)
        untold = untold_parcels(columns, held)
        told = live & ~untold[columns.parcel]
        key = np.unique(holding_keys(columns, np.flatnonzero(held & told)))
        parcel = (key >> 32).astype(np.int32)
        found = cls(
            parcel,
            (key & 0xFFFFFFFF).astype(np.int32),
            _days(columns, told, key),
            _hindered(columns, told, key, parcel),
            _ids(columns.parcels),
            _ids(columns.households),
        )
        return found, found.parcels[untold].tolist()

    def after(self, now: State, changed: Collection[str]) -> HandOvers:
        """The holdings once some parcels have changed; these stay as they are.

        Args:
            now: What holds now.
            changed: The parcels that entries since then name; those that nobody holds have no row.
        """
        rows = list(_rows(now, changed))
        old = np.zeros(len(self.parcels) + 1, dtype=bool)  # the last: of those that are not among them
        old[self.parcels.get_indexer(pd.Index(list(changed), dtype="str"))] = True
        kept = ~old[self.parcel]
        parcels, parcel = _coded(self.parcels, [row.parcel for row in rows])
        households, household = _coded(self.households, [row.household for row in rows])
        return HandOvers(
            np.concatenate([self.parcel[kept], parcel]),
            np.concatenate([self.household[kept], household]),
            np.concatenate([self.day[kept], np.array([row.day for row in rows], dtype=np.int32)]),
            np.concatenate([self.hindered[kept], np.array([row.hindered for row in rows], dtype=bool)]),
            parcels,
            households,
        )

    def who(self, aliases: Mapping[str, str]) -> NDArray[np.intp]:
        """One number for each row's household; those that were entered twice have one number.

        Args:
            aliases: Of each household that was entered twice, the id that counts.
        """
        households, roots = _coded(self.households, list(aliases.values()))
        number = np.arange(len(households), dtype=np.intp)
        merged = households.get_indexer(pd.Index(list(aliases), dtype="str"))
        number[merged[merged >= 0]] = roots[merged >= 0]
        return number[self.household]

    def cleared_on(self, gone: Collection[str]) -> pd.Series:
        """The day on which each held parcel became cleared: when the last of its holdings handed over.

        Args:
            gone: The parcels that became others: they are left out.

        Returns:
            datetime64, named "cleared_on", index `parcel_id` in the order of `parcels`; NaT where a
            holding has not handed over.
        """
        last = np.full(len(self.parcels), np.iinfo(np.int32).min, dtype=np.int32)
        np.maximum.at(last, self.parcel, self.day)
        held = np.zeros(len(self.parcels), dtype=bool)
        held[self.parcel] = True
        held &= ~self.parcels.isin(list(gone))
        days = last[held].astype("datetime64[D]").astype("datetime64[s]")
        days[last[held] == NOT_YET] = np.datetime64("NaT")
        return pd.Series(days, index=self.parcels[held].rename("parcel_id"), name="cleared_on")


def _days(columns: Columns, live: NDArray[np.bool_], key: NDArray[np.int64]) -> NDArray[np.int32]:
    """The first day of each holding's hand-over, whenever the holding began."""
    cleared = columns.milestone == MILESTONES.index(CLEARED_MILESTONE)
    rows = np.flatnonzero(live & cleared & are(columns, Milestone, Opening))
    days = np.full(len(key), NOT_YET, dtype=np.int32)
    if len(key):
        wanted = holding_keys(columns, rows)
        holding = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        ours = key[holding] == wanted  # else a milestone of a household that holds nothing here
        np.minimum.at(days, holding[ours], columns.day[rows[ours]])
    return days


def _hindered(
    columns: Columns, live: NDArray[np.bool_], key: NDArray[np.int64], parcel: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which holdings an open obstacle concerns."""
    rows = np.flatnonzero(open_obstacles(columns, live))
    named = np.where(columns.household[rows] == NONE, NONE, holding_keys(columns, rows))
    whole = np.zeros(len(columns.parcels), dtype=bool)
    whole[columns.parcel[rows[~np.isin(named, key)]]] = True  # of nobody, or of one who left
    hindered: NDArray[np.bool_] = whole[parcel] | np.isin(key, named)
    return hindered


def _rows(state: State, parcels: Iterable[str]) -> Iterable[_Row]:
    for parcel in sorted(parcels):  # in the order in which the ledger reads them ahead
        found = state.by_parcel.get(parcel)
        if found is None:
            continue
        for held in found.holdings:
            reached = held.milestones.get(CLEARED_MILESTONE)
            day = NOT_YET if reached is None else (reached.on - _FIRST_DAY) // timedelta(days=1)
            yield _Row(parcel, held.household, day, found.hinders(held.household))


def _coded(known: pd.Index, ids: Sequence[str]) -> tuple[pd.Index, NDArray[np.int32]]:
    """Ids as places in an index, which those that it does not have yet come behind."""
    wanted = pd.Index(list(ids), dtype="str")
    fresh = wanted[known.get_indexer(wanted) == NONE].unique()
    grown = known.append(fresh) if len(fresh) else known
    return grown, grown.get_indexer(wanted).astype(np.int32)


def _ids(texts: pa.Array) -> pd.Index:
    ids: pd.Index = pd.Index(texts.to_pandas(), dtype="str")
    return ids
