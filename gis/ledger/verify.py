"""What is wrong with a ledger: the first bad seq, and in which way.

A chain that does not fit says more than that: what follows an entry tells whether its content or its
hash was altered, whether entries are gone, stand elsewhere, or were put in between. A place whose
neighbours still fit is told and passed over; after one that shifts the rest, the rest is not told.
Pure: no file, no clock.
"""

from __future__ import annotations

from collections import deque
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Final

from gis.errors import Problem, UnreadableEntryError
from gis.ledger.chain import Head, Row, derived, link
from gis.ledger.entry import body_of, parse_body, time_text
from gis.ledger.facts import Void

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gis.errors import Fact
    from gis.ledger.entry import Entry

INSERTED_AT_MOST: Final = 1000  # so many entries put in at one place are recognised as such


def check_chain(rows: Iterable[Row], expected: Iterable[Head] = ()) -> tuple[list[Problem], Head]:
    """What is wrong with rows, and the head they lead to.

    Args:
        rows: In seq order, as the database holds them.
        expected: Heads printed earlier; the ledger must hold these very entries.

    Returns:
        The problems, each at its seq, the first bad one first; and the head.
    """
    walk = _Walk(expected)
    pairs = pairwise(chain(rows, [None]))
    for row, following in pairs:
        if row is not None and not walk.step(row, following, pairs):
            return walk.problems, walk.head
    walk.end()
    return walk.problems, walk.head


class _Walk:
    """One way through the rows: what was seen, and what was wrong."""

    def __init__(self, expected: Iterable[Head]) -> None:
        self.head = Head()
        self.problems: list[Problem] = []
        self._expected = sorted(set(expected), key=lambda head: head.seq)
        self._fitting = 0  # the last printed head that the ledger holds
        self._hashes = deque([self.head.hash], maxlen=INSERTED_AT_MOST + 1)  # the last one is the head's
        self._parcels: dict[int, str | None] = {}
        self._time = ""
        self._doubtful = False  # the hash of the head may itself be altered
        self._unsure: set[int] = set()  # of which parcel these entries were is not known
        self._compare()

    def step(self, row: Row, following: Row | None, rest: Iterator[tuple[Row | None, Row | None]]) -> bool:
        """Look at a row; False if the rows after it have no place of their own any more."""
        place = self.head.seq + 1
        if row.seq == place and _fits(self.head.hash, row):
            self._doubtful = False
            self._look_into(row)
            self._go_on(row.seq, row.hash)
            return True
        entry = _entry(row)
        if row.seq == place and (entry is None or entry.seq == place):
            return self._broken(row, following, rest)
        self._displaced(row, entry, following, rest)
        return False

    def end(self) -> None:
        """Nothing comes any more: is a printed head still to come?"""
        if self._expected:
            facts: dict[str, Fact] = {"needed": self._expected[-1].seq, "found": self.head.seq}
            self._tell(self.head.seq + 1, "truncated", facts)

    def _broken(self, row: Row, following: Row | None, rest: Iterator[tuple[Row | None, Row | None]]) -> bool:
        """A row in its place whose hash does not fit: what follows it tells what was altered."""
        previous = self.head.hash
        self._unsure.add(row.seq)
        if following is not None and _fits(previous, following):
            self._tell(row.seq, "inserted", {"count": 1, "last": row.seq})
            self._drain(following, rest)
            return False
        right = _link(previous, row.body)
        later = {head.hash for head in self._expected if head.seq == row.seq}
        if following is not None:
            later |= {hash_ for hash_ in (right, row.hash) if hash_ and _fits(hash_, following)}
        if right in later and right is not None:
            self._tell(row.seq, "hash_changed", {"found": row.hash, "needed": right})
            self._go_on(row.seq, right)
            return True
        if row.hash not in later:
            self._tell(row.seq, "changed", {"found": row.hash})
        elif not self._doubtful:
            self._tell(row.seq, "body_changed", {"before": row.seq - 1})
        self._doubtful = row.hash not in later
        self._go_on(row.seq, row.hash)
        return True

    def _displaced(
        self,
        row: Row,
        entry: Entry | None,
        following: Row | None,
        rest: Iterator[tuple[Row | None, Row | None]],
    ) -> None:
        """A row with another number than its place has: missing, inserted, elsewhere, or altered."""
        place = self.head.seq + 1
        written = row.seq if entry is None else entry.seq
        inserted = place - written
        if row.seq < place or (0 < inserted < len(self._hashes) and _fits(self._hashes[-1 - inserted], row)):
            first = row.seq if row.seq < place else written
            self._tell(first, "inserted", {"count": max(place - first, 1), "last": place - 1})
            self._drain(following, rest)
            return
        next_entry = None if following is None else _entry(following)
        alone = row.seq == place and next_entry is not None and next_entry.seq == place + 1
        elsewhere = self._drain(following, rest, sought=place)
        if elsewhere is not None:
            self._tell(place, "reordered", {"found": elsewhere, "instead": written})
        elif alone or written <= place:
            self._tell(place, "changed", {"found": row.hash})
        else:
            self._tell(place, "missing", {"count": written - place, "last": written - 1})

    def _drain(
        self,
        following: Row | None,
        rest: Iterator[tuple[Row | None, Row | None]],
        sought: int | None = None,
    ) -> int | None:
        """Go to the end for the head; the place at which the entry written as `sought` stands."""
        found = None
        last = following
        for row in chain([following], (after for _, after in rest)):
            if row is None:
                continue
            last = row
            if sought is not None and found is None:
                entry = _entry(row)
                found = row.seq if sought in (row.seq, entry and entry.seq) else None
        if last is not None:
            self.head = Head(last.seq, last.hash)
        return found

    def _look_into(self, row: Row) -> None:
        """What is wrong with a row that has its place in the chain."""
        try:
            entry = parse_body(row.body)
            canonical = body_of(entry) == row.body
        except (UnreadableEntryError, ValueError, TypeError) as error:
            reason = error.facts["reason"] if isinstance(error, UnreadableEntryError) else repr(error)
            self._tell(row.seq, "unreadable", {"reason": reason})
            self._unsure.add(row.seq)
            return
        if not canonical:
            self._tell(row.seq, "not_canonical", {})
        for column, value in derived(entry).items():
            found = getattr(row, column)
            if found != value or type(found) is not type(value):
                self._tell(row.seq, "column", {"column": column, "needed": value, "found": found})
        recorded = time_text(entry.recorded_at)
        if recorded < self._time:
            self._tell(row.seq, "time_back", {"found": recorded, "needed": self._time})
        self._time = max(self._time, recorded)
        self._look_at_target(row.seq, entry)
        self._parcels[row.seq] = entry.parcel

    def _look_at_target(self, seq: int, entry: Entry) -> None:
        """A void must name an earlier entry of the same parcel, or the fold would look elsewhere."""
        fact = entry.fact
        if not isinstance(fact, Void) or fact.target in self._unsure:
            return
        if self._parcels.get(fact.target, "") != fact.parcel:
            self._tell(seq, "void_target", {"target": fact.target})

    def _go_on(self, seq: int, hash_: str) -> None:
        self.head = Head(seq, hash_)
        self._hashes.append(hash_)
        self._compare()

    def _compare(self) -> None:
        """The entry that was just read against the printed heads of its seq."""
        while self._expected and self._expected[0].seq <= self.head.seq:
            printed = self._expected.pop(0)
            if printed.hash == self.head.hash:
                self._fitting = printed.seq
                continue
            facts: dict[str, Fact] = {
                "first": self._fitting + 1,
                "needed": printed.hash,
                "found": self.head.hash,
            }
            self._tell(printed.seq, "other_head", facts)

    def _tell(self, seq: int, what: str, facts: dict[str, Fact]) -> None:
        self.problems.append(Problem(f"entry {seq}", f"verify.{what}", facts))


def _fits(previous_hash: str, row: Row) -> bool:
    return row.hash == _link(previous_hash, row.body)


def _link(previous_hash: str, body: str) -> str | None:
    """The hash that an entry should have; None where its body is no text."""
    try:
        return link(previous_hash, body)
    except (TypeError, UnicodeEncodeError):
        return None


def _entry(row: Row) -> Entry | None:
    """The entry of a row, None where its body cannot be read."""
    try:
        return parse_body(row.body)
    except UnreadableEntryError:
        return None
