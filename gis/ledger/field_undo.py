"""Taking back all that a sheet for the field wrote, as one.

What the sheet had corrected is written again as it stood. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

from gis.errors import Problem, RefusedError
from gis.ledger.effects import delivered_left, money_left
from gis.ledger.entry import Draft
from gis.ledger.facts import Void
from gis.ledger.setting import require_reason
from gis.ledger.voids import explained, require_same, void

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class UndoSheet:
    """A request to cancel what a sheet wrote and what still counts of it, with the reason in words.

    Args:
        written: All entries of all its requests, in seq order.
        reason: Why, in words.
    """

    words_in: ClassVar[str] = "reason"
    written: tuple[Entry, ...]
    reason: str

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The voids, and what the sheet had corrected as it stood before.

        Raises:
            RefusedError: If nothing of it counts any more, or something else rests on it.
        """
        require_reason(self.reason)
        require_same(state, self.written)
        going = counting(self.written, state)
        if not going:
            raise RefusedError(problems=[Problem("", "refused.nothing_to_undo")])
        again, stays = self._corrected(state, {entry.seq for entry in going})
        voids = explained(void(state, [entry.seq for entry in going], setting.aliases), self.reason)
        drafts = (*voids, *(Draft(one.on, one.fact, one.attachments) for one in again))
        odd = (*stays, *money_left(state, drafts, setting.aliases), *delivered_left(state, drafts, setting))
        return replace(drafts[0], warnings=odd), *drafts[1:]

    def _corrected(self, state: State, going: set[int]) -> tuple[list[Entry], list[Problem]]:
        """The entries of others that the sheet had corrected; and those that somebody corrected since."""
        heirs = _heirs(self.written)
        own = {entry.seq for entry in self.written}
        corrected = [entry for seq in heirs if seq not in own and (entry := state.entry(seq)) is not None]
        again = [entry for entry in corrected if _last(entry.seq, heirs) in going]
        stays = [entry for entry in corrected if _last(entry.seq, heirs) not in going]
        if not stays:
            return again, []
        facts: dict[str, Fact] = {"entries": ", ".join(str(entry.seq) for entry in stays)}
        return again, [Problem("", "warning.undo_corrected_since", facts, severity="warning")]

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """Entries of the same sheet cancelled."""
        targets = {entry.fact.target for entry in written if isinstance(entry.fact, Void)}
        return bool(targets) and targets <= {entry.seq for entry in self.written}


def counting(written: Sequence[Entry], state: State) -> tuple[Entry, ...]:
    """The entries of a sheet that count still; what it cancelled itself is told by what came instead."""
    return tuple(
        entry for entry in written if not isinstance(entry.fact, Void) and entry.seq not in state.voided
    )


def _heirs(written: Sequence[Entry]) -> Mapping[int, int]:
    """By the seq of each entry that a sheet corrected, the seq of what it wrote instead: the next entry."""
    return {
        first.fact.target: then.seq
        for first, then in pairwise(written)
        if isinstance(first.fact, Void) and first.request_id == then.request_id
    }


def _last(seq: int, heirs: Mapping[int, int]) -> int:
    while seq in heirs:
        seq = heirs[seq]
    return seq
