"""Cancelling entries: they stay in the ledger and count no more.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger.effects import void_effects
from gis.ledger.entry import Draft
from gis.ledger.facts import BatchOpened, Boundaries, Holding, ObjectListed, ObstacleOpened, Void
from gis.ledger.setting import require_reason, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class Cancel:
    """A request to cancel entries, with the reason in words."""

    targets: tuple[int, ...]
    reason: str

    def decide(self, state: State, _: Setting) -> tuple[Draft, ...]:
        """The drafts of `void`, each with the reason."""
        require_reason(self.reason)
        return explained(void(state, self.targets), self.reason)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same entries cancelled."""
        return {e.fact.target for e in written if isinstance(e.fact, Void)} == set(self.targets)


def explained(drafts: Sequence[Draft], reason: str) -> tuple[Draft, ...]:
    """Drafts whose voids carry a reason."""
    return tuple(
        replace(draft, words=words_of(reason)) if isinstance(draft.fact, Void) else draft for draft in drafts
    )


def void(state: State, targets: Sequence[int]) -> tuple[Draft, ...]:
    """The cancelling of entries, all or none; what hangs on them must be cancelled with them.

    Raises:
        RefusedError: For a target that is not there, a void, boundaries, already void, or carries
            other entries; with every reason.
    """
    wanted = tuple(dict.fromkeys(targets))
    by_seq = live_entries(state, wanted)
    problems = [
        problem for seq in wanted for problem in _void_problems(state, seq, by_seq, frozenset(wanted))
    ]
    drafts = tuple(Draft(None, Void(by_seq[seq].parcel, seq)) for seq in wanted if seq in by_seq)
    problems = problems or void_effects(state, drafts)
    if problems:
        raise RefusedError(problems=problems)
    return drafts


def live_entries(state: State, seqs: Sequence[int]) -> dict[int, Entry]:
    """The entries of some seqs, as far as they are there."""
    return {seq: entry for seq in seqs if (entry := state.entry(seq)) is not None}


def _void_problems(
    state: State, seq: int, by_seq: Mapping[int, Entry], together: frozenset[int]
) -> list[Problem]:
    source = f"{seq}"
    entry = by_seq.get(seq)
    if entry is None:
        return [Problem(source, "refused.void_unknown", {"head": state.known})]
    if isinstance(entry.fact, Void):
        return [Problem(source, "refused.void_of_void")]
    if isinstance(entry.fact, Boundaries):
        return [Problem(source, "refused.void_of_boundaries")]
    if seq in state.voided:
        return [Problem(source, "refused.void_twice", {"void": state.voided[seq]})]
    hanging = [
        other.seq
        for other in _dependants(state, entry)
        if other.seq not in state.voided and other.seq not in together and _hangs_on(other, entry)
    ]
    if hanging:
        listed = ", ".join(str(other) for other in hanging)
        return [Problem(source, "refused.void_carries", {"entries": listed})]
    return []


def _dependants(state: State, entry: Entry) -> Iterable[Entry]:
    """The entries among which some may hang on one: of its parcel, or all where it opened a đợt."""
    if isinstance(entry.fact, BatchOpened):
        return (other for entries in state.history.values() for other in entries)
    return state.history[entry.parcel]


def _hangs_on(other: Entry, entry: Entry) -> bool:
    """Whether an entry would hang in the air once another is void."""
    match entry.fact:
        case ObstacleOpened():
            return getattr(other.fact, "opened", None) == entry.seq
        case ObjectListed():
            return getattr(other.fact, "listed", None) == entry.seq
        case BatchOpened():
            return other.seq != entry.seq and getattr(other.fact, "batch", None) == entry.fact.batch
        case Holding():
            later = isinstance(other.fact, Holding) and other.seq != entry.seq
            return later and entry.fact.household in getattr(other.fact, "predecessors", ())
    return False
