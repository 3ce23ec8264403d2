"""Lines of keys, looked through as one text: what begins with what somebody typed, in a fixed order.

A search looks for the exact key first, then for its beginning, then for the beginning of a word, and only
where nothing was found for anything inside; it stops when it has enough. So it costs a scan of some megabytes
at most, and no table of every prefix is kept. Pure: no file, no clock.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

EXACT, BEGINS, WORD, INSIDE = range(4)
WORDS_MOST: Final = 8


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of keys, looked through as one text.

    Args:
        text: Every line is a newline and its keys, a tab before each and one behind the last.
        starts: Where each line begins.
        spaced: Whether a key has several words.
    """

    text: str
    starts: array[int]
    spaced: bool

    @classmethod
    def of(cls, lines: Iterable[Sequence[str]]) -> Lines:
        """The lines of some keys; empty keys are left out."""
        written, starts, at = [], array("q"), 0
        for keys in lines:
            line = "\n\t" + "\t".join(dict.fromkeys(key for key in keys if key)) + "\t"
            written.append(line)
            starts.append(at)
            at += len(line)
        text = "".join(written)
        return cls(text, starts, " " in text)

    def __len__(self) -> int:
        """How many lines there are."""
        return len(self.starts)

    def having(self, piece: str) -> Iterator[int]:
        """The lines in which a piece stands, ascending, each once."""
        at = self.text.find(piece)
        while at >= 0:
            line = bisect_right(self.starts, at) - 1
            yield line
            if line + 1 == len(self.starts):
                return
            at = self.text.find(piece, self.starts[line + 1])

    def ranked(self, wanted: str, *, inside: bool = True, apart: bool = True) -> Iterator[tuple[int, int]]:
        """The lines that a text means, the best first: (rank, line), each line once.

        Args:
            wanted: Folded as the keys are.
            inside: Whether, where no word begins so, lines are meant that have it inside a word.
            apart: Whether before that lines are meant that have its words apart.
        """
        told: set[int] = set()
        for rank, piece in self._ways(wanted):
            for line in self.having(piece):
                if line not in told:
                    told.add(line)
                    yield rank, line
        if not told:
            yield from self._otherwise(wanted, inside=inside, apart=apart)

    def every(self, wanted: str, *, inside: bool = True, apart: bool = True) -> NDArray[np.int64]:
        """All lines that a text means, ascending: as `ranked`, faster where they are many."""
        found = [
            match.start()
            for _, piece in self._ways(wanted)
            for match in re.finditer(re.escape(piece), self.text)
        ]
        if not found:
            rest = sorted(line for _, line in self._otherwise(wanted, inside=inside, apart=apart))
            return np.array(rest, dtype=np.int64)
        places = np.searchsorted(np.asarray(self.starts), np.array(found, dtype=np.int64), side="right")
        return np.unique(places - 1)

    def _ways(self, wanted: str) -> tuple[tuple[int, str], ...]:
        """The pieces of text by which a line is found at once, each with its rank."""
        if not wanted:
            return ()
        ways = (EXACT, f"\t{wanted}\t"), (BEGINS, f"\t{wanted}")
        return (*ways, (WORD, f" {wanted}")) if self.spaced else ways

    def _otherwise(self, wanted: str, *, inside: bool, apart: bool) -> Iterator[tuple[int, int]]:
        """Where no key and no word begins so: what has a word for each of its words, else it inside."""
        words, told = wanted.split(), False
        if apart and 1 < len(words) <= WORDS_MOST:
            for line in self._having_all(words):
                told = True
                yield WORD, line
        if wanted and inside and not told:
            yield from ((INSIDE, line) for line in self.having(wanted))

    def _having_all(self, words: Sequence[str]) -> Iterator[int]:
        """Lines of which a word begins with each of some words; an "@" begins one that only counts here."""
        rarest = min(words, key=self.text.count)
        begun = re.compile("".join(rf"(?=[^\n]*[\t /@]{re.escape(word)})" for word in words))
        for line in self.having(rarest):
            if begun.match(self.text, self.starts[line] + 1):
                yield line
