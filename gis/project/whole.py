"""What follows from all parcels at once, kept by day and carried along with the ledger.

The first time it is folded from the ledger's columns; after that an entry costs the parcel that it names.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeVar

import pandas as pd

from gis.clearance.partition import holdings_table
from gis.clearance.standing import Standing
from gis.ledger.columns import fold
from gis.ledger.hand_overs import HandOvers
from gis.ledger.money_lines import MoneyLines
from gis.ledger.state import State
from gis.project.record import NEAR
from gis.store import stories as asked
from gis.store.money_lines import read_money_lines, read_voids

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable
    from datetime import date

    from gis.ledger.accounts import Sums
    from gis.project.record import Record
    from gis.project.snapshot import Snapshot

KEPT: Final = 8  # days


class _Carried(Protocol):
    """What holds of all parcels, and again once some of them have changed."""

    def after(self, now: State, changed: Collection[str]) -> Self: ...


T = TypeVar("T", bound=_Carried)


class Whole:
    """What a project keeps of all parcels of one ledger; safe to share between threads."""

    def __init__(self, record: Record) -> None:
        """Look at a record; nothing is worked out yet."""
        self._record = record
        self._lock = threading.RLock()
        self._standings: OrderedDict[Hashable, tuple[int, Standing]] = OrderedDict()
        self._hand_overs: OrderedDict[Hashable, tuple[int, HandOvers]] = OrderedDict()
        self._money = MoneyLines.of((), ())
        self._money_upto = 0

    def standing(self, snapshot: Snapshot) -> Standing:
        """The standing of all units."""
        key = (snapshot.boundary_sha, snapshot.on)
        return self._carried(self._standings, key, snapshot, self._stand_at_once)

    def hand_overs(self, snapshot: Snapshot) -> HandOvers:
        """Every holding; at first the stories of hindered parcels are read too, for a page lists them."""
        return self._carried(self._hand_overs, snapshot.on, snapshot, self._hold_at_once)

    def _carried(
        self,
        kept: OrderedDict[Hashable, tuple[int, T]],
        key: Hashable,
        snapshot: Snapshot,
        at_once: Callable[[Snapshot], tuple[int, T]],
    ) -> T:
        """From the nearest that is known of that day, or from all columns."""
        known = snapshot.known
        with self._lock:
            found = kept.get(key)
            if found is None or abs(known - found[0]) > NEAR:
                found = at_once(snapshot)
            at, whole = found
            if at != known:
                named = self._record.named_between(at, known)
                self._record.load(named)
                whole = whole.after(snapshot.state, named)
            kept[key] = known, whole
            kept.move_to_end(key)
            while len(kept) > KEPT:
                kept.popitem(last=False)
            return whole

    def _stand_at_once(self, snapshot: Snapshot) -> tuple[int, Standing]:
        columns, upto = self._record.columns()
        at = min(snapshot.known, upto)
        land = fold(columns, snapshot.on, at)
        untold = self._told_alone(snapshot.on, at, land.untold)
        return at, Standing.of_land(snapshot.boundaries.governing_area_m2, land, untold)

    def _hold_at_once(self, snapshot: Snapshot) -> tuple[int, HandOvers]:
        columns, upto = self._record.columns()
        at = min(snapshot.known, upto)
        found, untold = HandOvers.of_columns(columns, snapshot.on, at)
        found = found.after(self._told_alone(snapshot.on, at, untold), untold)
        self._record.load(set(found.parcels[found.parcel[found.hindered]]))
        return at, found

    def _told_alone(self, on: date, known: int, untold: Collection[str]) -> State:
        """The state whose parcels the fold of all of them at once does not tell; their stories are read."""
        self._record.load(untold)
        return State(on, known, self._record.upto(known))

    def money(self, snapshot: Snapshot) -> Sums:
        """What all households' money comes to."""
        with self._lock:
            if self._money_upto < snapshot.known:
                self._read_money()
            return self._money.sums(snapshot.on, snapshot.known)

    def _read_money(self) -> None:
        with self._record.ledger.reading() as connection:
            after, through = self._money_upto, asked.read_last_seq(connection)
            lines = read_money_lines(connection, after, through)
            self._money = self._money.plus(lines, read_voids(connection, after, through))
            self._money_upto = through

    def land(self, snapshot: Snapshot) -> tuple[pd.DataFrame, list[str]]:
        """Who holds what on a snapshot's day, and which parcels have an open obstacle.

        Returns:
            The columns of `partition.holdings_table`, a row for each holding; and the parcels' ids, whose
            stories are read.
        """
        with self._lock:
            columns, upto = self._record.columns()
            at = min(snapshot.known, upto)
            found = fold(columns, snapshot.on, at)
            fresh = self._record.named_between(at, snapshot.known)  # since the columns were read
            alone = sorted({str(parcel) for parcel in found.untold} | fresh)
            stuck = {str(parcel) for parcel in found.stuck} - fresh
            self._record.load([*alone, *stuck])
            stuck |= {one for one in fresh if (now := snapshot.state.by_parcel.get(one)) and now.obstacles}
            plain = found.holdings[~found.holdings["parcel_id"].isin(alone)]
            return pd.concat([plain, holdings_table(snapshot.state, alone)], ignore_index=True), sorted(stuck)
