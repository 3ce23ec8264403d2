"""The fold: what holds on a day, from all entries known up to a seq.

Each parcel's state follows from its own story alone and is made when it is asked for, so that a mark
costs one parcel and not the ledger. Pure: no file, no clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from gis.ledger.facts import Boundaries
from gis.ledger.parcel import HoldingState, LandObject, Obstacle, ParcelState, Reached
from gis.ledger.stories import told

if TYPE_CHECKING:
    from datetime import date

    from gis.ledger.entry import Entry
    from gis.ledger.stories import Stories, Story

__all__ = [
    "HoldingState",
    "LandObject",
    "Obstacle",
    "ParcelState",
    "Reached",
    "State",
    "advance",
    "state",
]
Key = TypeVar("Key", str, str | None)
Value = TypeVar("Value")


class _ByParcel(Mapping[Key, Value]):
    """Something of each story, made when it is asked for."""

    def __init__(self, stories: Stories, of: Callable[[Story], Value], *, with_none: bool) -> None:
        self._stories = stories
        self._of = of
        self._with_none = with_none

    def __getitem__(self, parcel: Key) -> Value:
        if parcel is None and not self._with_none:
            raise KeyError(parcel)
        return self._of(self._stories[parcel])

    def __iter__(self) -> Iterator[Key]:
        return (parcel for parcel in self._stories if self._with_none or parcel is not None)  # type: ignore[misc]

    def __len__(self) -> int:
        return len(self._stories) - (not self._with_none and None in self._stories)


class _Voided(Mapping[int, int]):
    """The seq of the void by the seq of the entry that it cancels, looked up in that entry's story."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    def __getitem__(self, seq: int) -> int:
        story = self._stories.of_seq(seq)
        if story is None:
            raise KeyError(seq)
        return story.voids[seq]

    def __iter__(self) -> Iterator[int]:
        # A void of another parcel's entry counts for nothing; `verify` tells of it.
        return (seq for story in self._stories.values() for seq in story.voids if seq in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Holdings(Mapping[tuple[str, str], HoldingState]):
    """Every holding by (parcel, household)."""

    def __init__(self, state: State) -> None:
        self._state = state

    def __getitem__(self, key: tuple[str, str]) -> HoldingState:
        parcel, household = key
        for holding in self._state.of_parcel(parcel):
            if holding.household == household:
                return holding
        raise KeyError(key)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        parcels = self._state.parcels
        return ((h.parcel, h.household) for parcel in parcels for h in self._state.of_parcel(parcel))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _ToldOf(Mapping[str, tuple[str | None, ...]]):
    """By household, the parcels whose entries name it."""

    def __init__(self, stories: Stories) -> None:
        self._stories = stories

    def __getitem__(self, household: str) -> tuple[str | None, ...]:
        found = self._stories.naming(household)
        if not found:
            raise KeyError(household)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._stories.households())

    def __len__(self) -> int:
        return sum(1 for _ in self._stories.households())


@dataclass(frozen=True)
class State:
    """What holds on the day `on` (included), by the entries up to the seq `known` (included).

    To ask about a parcel costs that parcel; to go through all of them costs the ledger.
    """

    on: date
    known: int
    stories: Stories

    @cached_property
    def by_parcel(self) -> Mapping[str, ParcelState]:
        """What holds on each parcel that the ledger names."""
        return _ByParcel(self.stories, lambda story: story.state(self.on), with_none=False)

    @cached_property
    def history(self) -> Mapping[str | None, tuple[Entry, ...]]:
        """All entries by the parcel that they speak of, in seq order."""
        return _ByParcel(self.stories, lambda story: story.entries, with_none=True)

    @cached_property
    def boundaries(self) -> Mapping[str, Entry]:
        """By layer: the version in force."""
        layers = (entry for entry in self.live(None) if isinstance(entry.fact, Boundaries))
        return MappingProxyType({e.fact.layer: e for e in layers if isinstance(e.fact, Boundaries)})

    @cached_property
    def voided(self) -> Mapping[int, int]:
        """The seq of the void by the seq of the entry that it cancels."""
        return _Voided(self.stories)

    @cached_property
    def holdings(self) -> Mapping[tuple[str, str], HoldingState]:
        """Every holding by (parcel, household)."""
        return _Holdings(self)

    def of_parcel(self, parcel: str) -> tuple[HoldingState, ...]:
        """The holdings of a parcel, by household id; none where nobody holds it, or it became another."""
        found = None if parcel in self.succeeded else self.by_parcel.get(parcel)
        return found.holdings if found else ()

    def entry(self, seq: int) -> Entry | None:
        """An entry by its seq; None where there is none."""
        story = self.stories.of_seq(seq)
        return next(e for e in story.entries if e.seq == seq) if story else None

    @property
    def parcels(self) -> Iterable[str]:
        """The parcels that somebody holds."""
        gone = self.succeeded
        return (p for p, state in self.by_parcel.items() if state.holdings and p not in gone)

    @cached_property
    def succeeded(self) -> frozenset[str]:
        """The parcels that became others by the day: who held them holds those."""
        common = self.stories.get(None)
        return frozenset(
            old
            for entry, fact in (common.successions if common else ())
            if entry.on is not None and entry.on <= self.on
            for old, new, _ in fact.pairs
            if old != new
        )

    @cached_property
    def stuck(self) -> frozenset[str]:
        """The parcels with an open obstacle."""
        return frozenset(parcel for parcel, state in self.by_parcel.items() if state.obstacles)

    @cached_property
    def orphans(self) -> tuple[int, ...]:
        """The entries that count for no holding, by seq."""
        return self.orphans_of(self.by_parcel)

    def orphans_of(self, parcels: Iterable[str]) -> tuple[int, ...]:
        """The entries of some parcels that count for no holding, by seq."""
        found = (self.by_parcel.get(parcel) for parcel in parcels)
        return tuple(sorted(seq for state in found if state for seq in state.orphans))

    @cached_property
    def told_of(self) -> Mapping[str, tuple[str | None, ...]]:
        """By household, the parcels whose entries name it; None among them where one of no parcel does."""
        return _ToldOf(self.stories)

    def live(self, parcel: str | None) -> tuple[Entry, ...]:
        """The entries that count on the day, by day and then by seq.

        Args:
            parcel: Of this parcel; None: those of no parcel (boundaries, đợt, visits, money of a
                household as a whole, deliveries, successions).
        """
        story = self.stories.get(parcel)
        return story.live(self.on) if story else ()

    def last_seq(self, parcel: str) -> int:
        """The newest entry that speaks of a parcel, 0 where none does."""
        story = self.stories.get(parcel)
        return story.last_seq if story else 0


def state(entries: Iterable[Entry], on: date, known: int) -> State:
    """What holds on a day.

    Args:
        entries: In seq order, from 1.
        on: The day; what happened on it counts.
        known: The last seq that counts; later entries and their voids are as if never written.
    """
    return State(on, known, told(entries, known))


def advance(before: State, entries: Sequence[Entry]) -> State:
    """The state after some more entries: equal to `state` of all of them.

    Args:
        before: A state; its entries are those up to `before.known`.
        entries: The next ones, in seq order, from `before.known + 1`.
    """
    if not entries:
        return before
    return State(before.on, entries[-1].seq, before.stories.plus(entries))
