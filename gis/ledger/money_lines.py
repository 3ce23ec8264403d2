"""Every movement of money of the ledger as columns: what they come to on any day, to the đồng.

The same sums as `gis.ledger.accounts` gives household by household. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.ledger.accounts import ACTS, Sums, sums_by_act

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from gis.ledger.accounts import Line

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True)
class MoneyLines:
    """A row for each entry that tells money, void ones too, in seq order.

    Args:
        seq: int64, of the entry.
        day: int32, its day: `date.toordinal`.
        act: int8, the place in `ACTS`.
        amount_vnd: int64, whole đồng.
        cancelled: int64, the seq of the first void that cancels it; the last of all numbers where none does.
    """

    seq: NDArray[np.int64]
    day: NDArray[np.int32]
    act: NDArray[np.int8]
    amount_vnd: NDArray[np.int64]
    cancelled: NDArray[np.int64]

    @classmethod
    def of(cls, lines: Sequence[Line], voids: Iterable[tuple[int, int]]) -> MoneyLines:
        """Rows of some lines.

        Args:
            lines: In seq order.
            voids: (seq, target) of the voids, each of its target's own parcel; other targets do not count.
        """
        made = cls(
            np.array([line.seq for line in lines], dtype=np.int64),
            np.array([line.on.toordinal() for line in lines], dtype=np.int32),
            np.array([ACTS.index(line.act) for line in lines], dtype=np.int8),
            np.array([line.amount_vnd for line in lines], dtype=np.int64),
            np.full(len(lines), _NEVER, dtype=np.int64),
        )
        return _without(made, voids)

    def plus(self, lines: Sequence[Line], voids: Iterable[tuple[int, int]]) -> MoneyLines:
        """These rows and those of newer entries, which may cancel older ones; see `of`."""
        newer = MoneyLines.of(lines, ())
        names = ("seq", "day", "act", "amount_vnd", "cancelled")
        both = {name: np.concatenate([getattr(self, name), getattr(newer, name)]) for name in names}
        return _without(MoneyLines(**both), voids)

    def sums(self, on: date, known: int) -> Sums:
        """What the movements of all households come to.

        Args:
            on: The day; what happened on it counts.
            known: The last seq that counts; later entries and their voids are as if never written.
        """
        live = (self.seq <= known) & (self.day <= on.toordinal()) & (self.cancelled > known)
        # Summed as Python's numbers: no array of them is large enough to run over.
        amounts = {act: self.amount_vnd[live & (self.act == place)] for place, act in enumerate(ACTS)}
        return sums_by_act({act: sum(of_act.tolist()) for act, of_act in amounts.items()})


def _without(lines: MoneyLines, voids: Iterable[tuple[int, int]]) -> MoneyLines:
    """Some rows, of which voids cancel some more."""
    pairs = np.array([*voids], dtype=np.int64).reshape(-1, 2)
    if not len(pairs) or not len(lines.seq):
        return lines
    void, target = pairs[:, 0], pairs[:, 1]
    place = np.minimum(np.searchsorted(lines.seq, target), len(lines.seq) - 1)
    ours = lines.seq[place] == target  # else a void of an entry that tells no money
    cancelled = lines.cancelled.copy()
    np.minimum.at(cancelled, place[ours], void[ours])
    return replace(lines, cancelled=cancelled)
