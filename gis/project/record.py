"""The ledger as one process has read it: stories by parcel when they are asked for, columns for all.

What was read is kept and grows with the ledger, which only ever grows: nothing is read twice and
nothing of it is copied for a new day or a new entry.
"""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from gis.ledger.chain import Head
from gis.ledger.entry import time_text
from gis.ledger.stories import Stories, Story
from gis.project.days import HANOI
from gis.store import stories as asked
from gis.store.columns import read_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from gis.ledger.columns import Columns
    from gis.ledger.entry import Entry
    from gis.store.database import Ledger

NEAR: Final = 2_000  # entries: so many new ones are taken in one by one, more are read anew
BLOCKS: Final = 32, 2_048  # entries read at once: for one parcel, and at most where all are gone through
ENTRIES_KEPT: Final = 400_000  # about 1 GB of entries; beyond it the stories are asked for again


class Record:
    """What this process knows of a ledger; safe to share between threads."""

    def __init__(self, ledger: Ledger) -> None:
        """Know nothing yet."""
        self.ledger = ledger
        self._lock = threading.RLock()
        self._forget()

    def _forget(self) -> None:
        self.head = Head()
        self._stories: dict[str | None, Story | None] = {}
        self._place: dict[int, str | None] = {}  # the parcel of each entry that is kept
        self._naming: dict[str, dict[str | None, None]] | None = None
        self._naming_upto = 0
        self._block = BLOCKS[0]
        self._following: str | None = None  # the parcel after the last block
        self._columns: tuple[Columns, int] | None = None

    def refresh(self) -> tuple[Sequence[Entry], bool]:
        """Take in what was written since the last look, by anybody.

        Returns:
            New entries of no parcel; and whether the ledger is another than before (a restored
            backup), so that nothing that was known of it holds.
        """
        with self._lock:
            head = self.ledger.head()
            if head == self.head:
                return (), False
            other = self.head.seq > 0 and self.ledger.hash_at(self.head.seq) != self.head.hash
            if other or not self.head.seq or head.seq - self.head.seq > NEAR:
                self._forget()
                self.head = head
                common = self.story(None)
                return common.entries if common else (), other
            fresh, self.head = self.ledger.read(after=self.head.seq)
            self._take_in(fresh)
            return [entry for entry in fresh if entry.parcel is None], False

    def _take_in(self, fresh: Sequence[Entry]) -> None:
        grouped: dict[str | None, list[Entry]] = {}
        for entry in fresh:
            grouped.setdefault(entry.parcel, []).append(entry)
        for parcel, group in grouped.items():
            if parcel in self._stories:  # else it is read whole when somebody asks
                before = self._stories[parcel]
                self._keep(before.plus(group) if before else Story(parcel, group))
        if self._naming is not None:
            self._name(asked.pairs_of(fresh), self.head.seq)

    def _keep(self, story: Story) -> None:
        self._stories[story.parcel] = story
        self._place.update((entry.seq, story.parcel) for entry in story.entries)

    def story(self, parcel: str | None) -> Story | None:
        """All entries of a parcel, also ones written since the last look; None where there is none."""
        with self._lock:
            if parcel not in self._stories:
                self._read(parcel)
            return self._stories[parcel]

    def _read(self, parcel: str | None) -> None:
        with self.ledger.reading() as connection:
            found: dict[str | None, list[Entry]] = {}
            if parcel is not None:
                # Who asks for the one that follows goes through them all: each block doubles then.
                again = parcel == self._following
                self._block = min(self._block * 2, BLOCKS[1]) if again else BLOCKS[0]
                block, self._following = asked.read_block(connection, parcel, self._block)
                found.update(block)
            elif common := asked.read_common(connection):
                found[None] = common
        self._keep_read(found)
        if parcel not in found:
            self._stories[parcel] = None

    def _keep_read(self, found: Mapping[str | None, Sequence[Entry]]) -> None:
        if len(self._place) > ENTRIES_KEPT:
            common = self._stories.get(None)
            self._stories, self._place = {}, {}
            if common:
                self._keep(common)
        for name, entries in found.items():
            if self._stories.get(name) is None:
                self._keep(Story(name, entries))

    def load(self, parcels: Collection[str]) -> None:
        """Read the stories of some parcels that will be asked for, wherever they lie."""
        with self._lock, self.ledger.reading() as connection:
            missing = sorted(parcel for parcel in parcels if parcel not in self._stories)
            found: dict[str | None, list[Entry]] = {}
            found.update(asked.read_parcels(connection, missing))
            self._keep_read(found)

    def place(self, seq: int) -> tuple[bool, str | None]:
        """Whether there is an entry, and the parcel that it names."""
        with self._lock:
            if seq in self._place:
                return True, self._place[seq]
            with self.ledger.reading() as connection:
                return asked.read_place(connection, seq)

    def parcels(self) -> list[str | None]:
        """Every parcel that an entry names, in order; None last where there are entries of none."""
        with self.ledger.reading() as connection:
            named: list[str | None] = list(asked.read_parcel_ids(connection))
        return [*named, None] if self.story(None) else named

    def naming(self) -> tuple[Mapping[str, Mapping[str | None, None]], int]:
        """By household, the parcels whose entries up to some seq name it; and that seq."""
        with self._lock:
            if self._naming is None:
                self._naming = {}
                with self.ledger.reading() as connection:
                    self._name(asked.read_households(connection), asked.read_last_seq(connection))
            return self._naming, self._naming_upto

    def _name(self, pairs: Iterable[tuple[str, str | None]], upto: int) -> None:
        if self._naming is not None:
            for household, parcel in pairs:
                self._naming.setdefault(household, {})[parcel] = None
            self._naming_upto = max(self._naming_upto, upto)

    def upto(self, known: int) -> Stories:
        """The stories as they were known at a seq (included)."""
        return KnownStories(self, known)

    def columns(self) -> tuple[Columns, int]:
        """All entries as columns, and the seq up to which they are read, near to the head."""
        with self._lock:
            if self._columns is None or self.head.seq - self._columns[1] > NEAR:
                self._columns = read_columns(self.ledger.reading), self.head.seq
            return self._columns

    def named_between(self, one: int, other: int) -> set[str]:
        """The parcels named by the entries after the earlier of two seqs, through the later."""
        with self.ledger.reading() as connection:
            return asked.read_named(connection, min(one, other), max(one, other))

    def known_on(self, day: date) -> int:
        """The last seq that was recorded by the end of a day, in Vietnam; 0 if none was."""
        if day == date.max:
            return self.head.seq
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=HANOI)
        with self.ledger.reading() as connection:
            return asked.read_last_before(connection, time_text(end.astimezone(UTC)), self.head.seq)


class KnownStories(Stories):
    """The stories of a record up to a seq."""

    def __init__(self, record: Record, known: int) -> None:
        """Look at a record."""
        self._record = record
        self._known = known
        self._cut: dict[str | None, Story] = {}  # those of which something newer is known

    def __getitem__(self, parcel: str | None) -> Story:
        """The story of a parcel."""
        cut = self._cut.get(parcel)
        if cut is not None:
            return cut
        story = self._record.story(parcel)
        found = story.upto(self._known) if story else None
        if found is None:
            raise KeyError(parcel)
        if found is not story:
            self._cut[parcel] = found
        return found

    def __iter__(self) -> Iterator[str | None]:
        """The parcels, in order of their ids."""
        return (parcel for parcel in self._record.parcels() if parcel in self)

    def __len__(self) -> int:
        """How many parcels have a story."""
        return sum(1 for _ in self)

    def of_seq(self, seq: int) -> Story | None:
        """The story that an entry is in."""
        if not 0 < seq <= self._known:
            return None
        there, parcel = self._record.place(seq)
        return self[parcel] if there else None

    def naming(self, household: str) -> tuple[str | None, ...]:
        """The parcels whose entries name a household."""
        naming, upto = self._record.naming()
        named = tuple(naming.get(household, ()))
        if upto <= self._known:
            return named
        return tuple(one for one in named if one in self and household in self[one].households)

    def households(self) -> Iterable[str]:
        """The households that entries name, each once."""
        return [household for household in list(self._record.naming()[0]) if self.naming(household)]
