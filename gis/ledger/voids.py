"""Cancelling entries: they stay in the ledger and count no more.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from gis.errors import Problem, RefusedError
from gis.ledger.accounts import NO_ALIASES
from gis.ledger.effects import delivered_left, money_left, void_effects
from gis.ledger.entry import Draft
from gis.ledger.facts import (
    BatchDocument,
    BatchOpened,
    Boundaries,
    Delivery,
    Holding,
    Milestone,
    ObjectListed,
    ObstacleOpened,
    Opening,
    Succession,
    Void,
)
from gis.ledger.setting import require_none, require_reason, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class Cancel:
    """A request to cancel entries, with the reason in words.

    Args:
        targets: Their seqs.
        reason: Why, in words.
        seen: Entries as their user saw them: a backup that was restored meanwhile gives a seq again.
    """

    words_in: ClassVar[str] = "reason"
    targets: tuple[int, ...]
    reason: str
    seen: tuple[Entry, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The drafts of `void`, each with the reason, the first with what is odd about what they leave."""
        require_reason(self.reason)
        require_same(state, self.seen)
        drafts = explained(void(state, self.targets, setting.aliases), self.reason)
        odd = (*money_left(state, drafts, setting.aliases), *delivered_left(state, drafts, setting))
        return tuple(replace(one, warnings=odd) if one is drafts[0] else one for one in drafts)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same entries cancelled."""
        return {e.fact.target for e in written if isinstance(e.fact, Void)} == set(self.targets)


def require_same(state: State, seen: Sequence[Entry]) -> None:
    """Go on where entries are still those that somebody saw.

    Raises:
        RefusedError: For each seq at which another one stands now.
    """
    require_none(
        [
            Problem(f"{entry.seq}", "refused.another_entry")
            for entry in seen
            if (now := state.entry(entry.seq)) is None or now.request_id != entry.request_id
        ]
    )


def explained(drafts: Sequence[Draft], reason: str) -> tuple[Draft, ...]:
    """Drafts whose voids carry a reason."""
    return tuple(
        replace(draft, words=words_of(reason)) if isinstance(draft.fact, Void) else draft for draft in drafts
    )


def void(state: State, targets: Sequence[int], aliases: Mapping[str, str] = NO_ALIASES) -> tuple[Draft, ...]:
    """The cancelling of entries, all or none; what hangs on them must be cancelled with them.

    Args:
        state: As it is.
        targets: Their seqs.
        aliases: Of a household that was entered twice, the id that counts.

    Raises:
        RefusedError: For a target that is not there, a void, boundaries, already void, or carries
            other entries; with every reason.
    """
    wanted = tuple(dict.fromkeys(targets))
    by_seq, together = live_entries(state, wanted), frozenset(wanted)
    problems = [problem for seq in wanted for problem in _void_problems(state, seq, by_seq, together)]
    drafts = tuple(Draft(None, Void(by_seq[seq].parcel, seq)) for seq in wanted if seq in by_seq)
    problems = problems or void_effects(state, drafts, aliases)
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
    if isinstance(entry.fact, Succession):
        return [Problem(source, "refused.void_of_succession")]
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
    """The entries among which some may hang on one: of its parcels, or of any where it is of a đợt."""
    match entry.fact:
        case BatchOpened() | BatchDocument():
            return (other for entries in state.history.values() for other in entries)
        case Delivery():
            return (other for parcel in entry.fact.parcels for other in state.history.get(parcel, ()))
        case Milestone() | Opening():
            return _carried(state, entry)
    return state.history[entry.parcel]


def _carried(state: State, entry: Entry) -> Iterator[Entry]:
    """What successions wrote of the parcels that took over an entry's parcel."""
    common = state.stories.get(None)
    for succession, fact in common.successions if common else ():
        for new in [new for old, new, _ in fact.pairs if old == entry.parcel != new]:
            yield from (e for e in state.history.get(new, ()) if e.request_id == succession.request_id)


def _hangs_on(other: Entry, entry: Entry) -> bool:
    """Whether an entry would hang in the air once another is void."""
    match entry.fact:
        case ObstacleOpened():
            return getattr(other.fact, "opened", None) == entry.seq
        case ObjectListed():
            return getattr(other.fact, "listed", None) == entry.seq
        case BatchOpened():
            return other.seq != entry.seq and getattr(other.fact, "batch", None) == entry.fact.batch
        case BatchDocument():
            facts = (entry.fact.batch, entry.fact.number, entry.on)
            told = (getattr(other.fact, "batch", None), getattr(other.fact, "document", None), other.on)
            return facts == told
        case Delivery():
            return other.request_id == entry.request_id
        case Holding():
            later = isinstance(other.fact, Holding) and other.seq != entry.seq
            return later and entry.fact.household in getattr(other.fact, "predecessors", ())
        case Milestone() | Opening():
            same = getattr(other.fact, "household", None) == entry.fact.household
            return same and getattr(other.fact, "milestone", None) == entry.fact.milestone
    return False
