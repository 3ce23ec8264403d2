"""The ledger by parcel: each parcel's entries, and what follows from them alone.

A state looks at the stories that it is asked about and at no other, so that it costs the same in a
ledger of a thousand entries and of millions. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.ledger.facts import Succession, Void
from gis.ledger.parcel import ParcelState, by_day, parcel_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from gis.ledger.entry import Entry

DAYS_KEPT: Final = 4


class Story:
    """All entries that speak of one parcel, or of none, in seq order; it never changes."""

    def __init__(self, parcel: str | None, entries: Sequence[Entry]) -> None:
        """Hold entries of one parcel, or of none, in seq order: at least one."""
        self.parcel = parcel
        self.entries = tuple(entries)
        self._states: dict[date, ParcelState] = {}
        # Of the last day asked for: thousands of entries of no parcel are asked for again and again.
        self._live: tuple[date, tuple[Entry, ...]] | None = None

    @property
    def last_seq(self) -> int:
        """The newest entry."""
        return self.entries[-1].seq

    @cached_property
    def voids(self) -> Mapping[int, int]:
        """The seq of the void by the seq of the entry that it cancels."""
        return MappingProxyType({e.fact.target: e.seq for e in self.entries if isinstance(e.fact, Void)})

    @cached_property
    def successions(self) -> tuple[tuple[Entry, Succession], ...]:
        """The entries by which parcels became others, and what they say; void ones left out."""
        found = ((e, e.fact) for e in self.entries if isinstance(e.fact, Succession))
        return tuple((entry, fact) for entry, fact in found if entry.seq not in self.voids)

    def live(self, on: date) -> tuple[Entry, ...]:
        """The entries that count on a day, by day and then by seq."""
        kept = self._live  # another thread may put another day in its place
        if kept is not None and kept[0] == on:
            return kept[1]
        counting = (e for e in self.entries if e.on is not None and e.on <= on and e.seq not in self.voids)
        found = tuple(sorted(counting, key=by_day))
        if self.parcel is None:
            self._live = on, found
        return found

    def state(self, on: date) -> ParcelState:
        """What holds on the parcel on a day."""
        found = self._states.get(on)
        if found is None:
            found = parcel_state(self.live(on), self.entries)
            # A new dictionary instead of a change: other threads read this one.
            kept = dict(list(self._states.items())[1 - DAYS_KEPT :])
            self._states = kept | {on: found}
        return found

    @cached_property
    def households(self) -> frozenset[str]:
        """The households that its entries name."""
        named = (getattr(entry.fact, "household", None) for entry in self.entries)
        return frozenset(household for household in named if household is not None)

    def upto(self, known: int) -> Story | None:
        """The story as it was known at a seq (included); None where there was none yet."""
        if self.last_seq <= known:
            return self
        entries = [e for e in self.entries if e.seq <= known]
        return Story(self.parcel, entries) if entries else None

    def plus(self, entries: Sequence[Entry]) -> Story:
        """The story with newer entries; those that it has already are left out."""
        fresh = [e for e in entries if e.seq > self.last_seq]
        return Story(self.parcel, (*self.entries, *fresh)) if fresh else self


class Stories(Mapping[str | None, Story]):
    """The stories of a ledger up to a seq, by parcel; None: the entries of no parcel."""

    def of_seq(self, seq: int) -> Story | None:
        """The story that an entry is in; None where there is no such entry."""
        raise NotImplementedError

    def naming(self, household: str) -> tuple[str | None, ...]:
        """The parcels whose entries name a household; None among them where one of no parcel does."""
        raise NotImplementedError

    def households(self) -> Iterable[str]:
        """The households that entries name, each once."""
        raise NotImplementedError

    def plus(self, entries: Iterable[Entry]) -> Stories:
        """These stories with newer entries; only the parcels that they name are touched."""
        fresh: dict[str | None, list[Entry]] = defaultdict(list)
        for entry in entries:
            fresh[entry.parcel].append(entry)
        grown = {
            parcel: before.plus(group) if (before := self.get(parcel)) else Story(parcel, group)
            for parcel, group in fresh.items()
        }
        return self._with(grown)

    def _with(self, grown: Mapping[str | None, Story]) -> Stories:
        return Grown(self, grown)


class Told(Stories):
    """Stories in memory."""

    def __init__(self, stories: Mapping[str | None, Story]) -> None:
        """Hold them."""
        self._stories = stories

    def __getitem__(self, parcel: str | None) -> Story:
        """The story of a parcel."""
        return self._stories[parcel]

    def __iter__(self) -> Iterator[str | None]:
        """The parcels, as the ledger first names them."""
        return iter(self._stories)

    def __len__(self) -> int:
        """How many parcels have a story."""
        return len(self._stories)

    @cached_property
    def _parcel_of(self) -> Mapping[int, str | None]:
        return {e.seq: parcel for parcel, story in self._stories.items() for e in story.entries}

    def of_seq(self, seq: int) -> Story | None:
        """The story that an entry is in."""
        return self._stories[self._parcel_of[seq]] if seq in self._parcel_of else None

    @cached_property
    def _naming(self) -> Mapping[str, list[str | None]]:
        found: dict[str, list[str | None]] = defaultdict(list)
        for parcel, story in self._stories.items():
            for household in story.households:
                found[household].append(parcel)
        return found

    def naming(self, household: str) -> tuple[str | None, ...]:
        """The parcels whose entries name a household."""
        return tuple(self._naming.get(household, ()))

    def households(self) -> Iterable[str]:
        """The households that entries name, each once."""
        return self._naming.keys()


class Grown(Stories):
    """Stories of which some have grown: the others are not copied."""

    def __init__(self, base: Stories, grown: Mapping[str | None, Story]) -> None:
        """Lay some stories over others."""
        self._base = base
        self._grown = grown

    def __getitem__(self, parcel: str | None) -> Story:
        """The story of a parcel."""
        found = self._grown.get(parcel)
        return self._base[parcel] if found is None else found

    def __iter__(self) -> Iterator[str | None]:
        """The parcels below, then the new ones."""
        yield from self._base
        yield from (parcel for parcel in self._grown if parcel not in self._base)

    def __len__(self) -> int:
        """How many parcels have a story."""
        return len(self._base) + sum(parcel not in self._base for parcel in self._grown)

    def of_seq(self, seq: int) -> Story | None:
        """The story that an entry is in."""
        for story in self._grown.values():
            if any(e.seq == seq for e in story.entries):
                return story
        return self._base.of_seq(seq)

    def naming(self, household: str) -> tuple[str | None, ...]:
        """The parcels whose entries name a household."""
        fresh = (parcel for parcel, story in self._grown.items() if household in story.households)
        return tuple(dict.fromkeys((*self._base.naming(household), *fresh)))

    def households(self) -> Iterable[str]:
        """The households that entries name, each once."""
        fresh = (household for story in self._grown.values() for household in story.households)
        return dict.fromkeys((*self._base.households(), *fresh))

    def _with(self, grown: Mapping[str | None, Story]) -> Stories:
        # Never a tower: one layer over the base, whatever the number of steps.
        return Grown(self._base, {**self._grown, **grown})


def told(entries: Iterable[Entry], known: int) -> Told:
    """The stories of a list of entries.

    Args:
        entries: In seq order, from 1.
        known: The last seq that counts (included).
    """
    grouped: dict[str | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.seq <= known:
            grouped[entry.parcel].append(entry)
    return Told({parcel: Story(parcel, group) for parcel, group in grouped.items()})
