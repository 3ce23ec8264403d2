"""A sheet for the field (Phiếu đi thôn): what it says of itself, and what becomes of each of its cells.

The sheet names the ledger's head at its issue, so that what it printed is worked out again from the
ledger and never taken from the file. Pure: no file, no clock.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.ledger.chain import Head
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.entry import Entry
    from gis.ledger.state import HoldingState, State

MARK: Final = "GPMB-PHIEU"
VERSION: Final = "1"
CHECK_DIGITS: Final = 8
REQUEST: Final = "phieu"
DOCUMENT_MOST: Final = 80  # letters of a number that is new; a list may have brought longer ones


@dataclass(frozen=True, slots=True)
class Issue:
    """What a sheet says of itself, in one cell.

    Args:
        sheet: Its id, random.
        project: The project's id.
        on: The day as of which it was printed.
        head: The ledger's last entry then.
        milestones: Those that have cells of their own.
        rows: How many rows it had.
    """

    sheet: str
    project: str
    on: date
    head: Head
    milestones: tuple[str, ...]
    rows: int

    @property
    def line(self) -> str:
        """The cell; its last word tells whether somebody changed it."""
        told = (self.sheet, self.project, self.on.isoformat(), f"{self.head.seq}:{self.head.hash}")
        text = " ".join((MARK, VERSION, *told, ",".join(self.milestones), str(self.rows)))
        return f"{text} {_check(text)}"

    @classmethod
    def parse(cls, text: str) -> Issue | None:
        """The identity of a cell; None where it is none, or was changed.

        >>> one = Issue("7f3a", "xa", date(2026, 3, 1), Head(12, "ab"), ("handed_over",), 3)
        >>> Issue.parse(one.line) == one, Issue.parse(one.line.replace("2026", "2025"))
        (True, None)
        """
        whole, _, check = " ".join(text.split()).rpartition(" ")
        try:
            mark, version, sheet, project, on, head, milestones, rows = whole.split(" ")
            seq, _, digest = head.partition(":")
            found = cls(
                sheet,
                project,
                date.fromisoformat(on),
                Head(int(seq), digest),
                tuple(milestones.split(",")),
                int(rows),
            )
        except ValueError:
            return None
        return found if (mark, version, check) == (MARK, VERSION, _check(whole)) else None


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:CHECK_DIGITS]


@dataclass(frozen=True, slots=True)
class RowKey:
    """What a row says of itself, in one cell.

    Args:
        number: From 1, in the order of printing.
        parcel: Its parcel.
        household: The household id of the holding.
        lead: The number of its household's first row: the talk with the household is written there.
        seen: The last entry that spoke of the parcel when it was printed.
    """

    number: int
    parcel: str
    household: str
    lead: int
    seen: int

    @property
    def leads(self) -> bool:
        """Whether it is its household's first row."""
        return self.lead == self.number

    def line(self, sheet: str) -> str:
        """The cell of a row of a sheet; its last word tells whether somebody changed it."""
        told = (self.number, self.parcel, self.household, self.lead, self.seen)
        text = " ".join(str(one) for one in told)
        return f"{text} {_check(f'{sheet} {text}')}"

    @classmethod
    def parse(cls, text: str, sheet: str) -> RowKey | None:
        """The key of a cell; None where it is none of this sheet, or was changed.

        >>> one = RowKey(3, "P000001", "H1", 2, 12)
        >>> RowKey.parse(one.line("7f3a"), "7f3a") == one, RowKey.parse(one.line("7f3a"), "aaaa")
        (True, None)
        """
        whole, _, check = " ".join(text.split()).rpartition(" ")
        if check != _check(f"{sheet} {whole}"):
            return None
        number, parcel, household, lead, seen = whole.split(" ")
        return cls(int(number), parcel, household, int(lead), int(seen))


def row_keys(state: State, groups: Iterable[Sequence[str]]) -> tuple[RowKey, ...]:
    """The rows of some households: a row for each holding of which something is left to do, by parcel.

    What is handed over, with nothing in its way, is left out.

    Args:
        state: Of the day and head of the issue.
        groups: By household, all ids under which it may hold land.
    """
    keys: list[RowKey] = []
    for ids in groups:
        parcels = {parcel for one in ids for parcel in state.told_of.get(one, ()) if parcel is not None}
        held = [h for parcel in sorted(parcels) for h in state.of_parcel(parcel) if h.household in ids]
        held = [h for h in held if CLEARED_MILESTONE not in h.milestones or _is_stuck(state, h)]
        first = len(keys) + 1
        keys += [
            RowKey(number, h.parcel, h.household, first, state.last_seq(h.parcel))
            for number, h in enumerate(held, start=first)
        ]
    return tuple(keys)


def _is_stuck(state: State, holding: HoldingState) -> bool:
    land = state.by_parcel.get(holding.parcel)
    return land is not None and land.hinders(holding.household)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or the last that it can have been."""

    on: date
    at_latest: bool = False


Kind: TypeAlias = Literal["milestone", "opened", "closed", "visit"]
Value: TypeAlias = Day | str | None
Fate: TypeAlias = Literal["same", "field", "ledger", "agreed", "conflict"]
# The cells that belong together: they are written by one entry.
CELLS: Final[dict[str, tuple[str, ...]]] = {
    "milestone": ("on", "document"),
    "opened": ("category", "on"),
    "closed": ("category", "on"),
    "visit": ("on", "outcome", "note"),
}
EMPTY: Final[dict[str, tuple[Value, ...]]] = {
    "milestone": (None, ""),
    "opened": ("", None),
    "closed": ("", None),
    "visit": (None, "", ""),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """Cells that one entry fills: a milestone of a holding, an obstacle that came or went, a talk.

    Args:
        kind: What of.
        row: The row's key.
        name: The milestone's id, or the obstacle's category.
    """

    kind: Kind
    row: RowKey
    name: str = ""

    @property
    def text(self) -> str:
        """Names it within its sheet."""
        return f"{self.kind}.{self.row.number}.{self.name}"


@dataclass(frozen=True, slots=True)
class Told:
    """What the ledger says of a slot, and the entry that says so; without one nothing is recorded."""

    values: tuple[Value, ...]
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A slot on all three sides, with the fate of each cell.

    Args:
        slot: Which.
        printed: What the sheet showed when it was issued.
        returned: What came back.
        now: What the ledger says now.
        target: Of an obstacle that went: the seq of the entry that opened it.
        taken_back: Whether somebody cancelled what the sheet wrote of it; what stands is not the sheet's.
    """

    slot: Slot
    printed: tuple[Value, ...]
    returned: tuple[Value, ...]
    now: Told
    target: int | None = None
    taken_back: bool = False

    @property
    def fates(self) -> tuple[Fate, ...]:
        """What becomes of each cell.

        Of what somebody cancelled since it was printed, or was written by an earlier file of the sheet,
        nothing comes back unasked, and all of it or nothing.
        """
        cancelled = self.taken_back or (any(self.printed) and self.now.entry is None)
        if self.returned != self.printed and cancelled:
            both = zip(self.returned, self.now.values, strict=True)
            return tuple("same" if ours == theirs else "conflict" for ours, theirs in both)
        sides = zip(self.printed, self.returned, self.now.values, strict=True)
        return tuple(fate(*side) for side in sides)

    @property
    def fate(self) -> Fate:
        """What becomes of the slot: a conflict in one cell is one of all."""
        found = self.fates
        order: tuple[Fate, ...] = ("conflict", "field", "agreed", "ledger")
        return next((one for one in order if one in found), "same")

    @property
    def merged(self) -> tuple[Value, ...]:
        """What is to be recorded where the field is followed: its cells, and of the others the ledger's."""
        sides = zip(self.fates, self.returned, self.now.values, strict=True)
        return tuple(ours if kind in {"field", "conflict"} else theirs for kind, ours, theirs in sides)


def fate(printed: Value, returned: Value, now: Value) -> Fate:
    """What becomes of one cell.

    >>> fate("", "BB 1", ""), fate("", "", "BB 2"), fate("", "BB 1", "BB 1"), fate("", "BB 1", "BB 2")
    ('field', 'ledger', 'agreed', 'conflict')
    """
    if returned == printed:
        return "same" if now == printed else "ledger"
    if now == printed:
        return "field"
    return "agreed" if now == returned else "conflict"


def is_of_sheet(entry: Entry, issue: Issue) -> bool:
    """Whether an entry came from a sheet."""
    return entry.request_id.startswith(f"{REQUEST}-{issue.sheet}-")


def request_of(
    issue: Issue, returned: Mapping[Slot, tuple[Value, ...]], taken: Iterable[Slot], left: Iterable[Slot] = ()
) -> str:
    """The id of the request that applies what came back: the same file and decisions have the same one.

    Args:
        issue: The sheet.
        returned: What came back, by slot.
        taken: The slots where the field was preferred to the ledger.
        left: Those where the field said more, and the ledger was left as it was.
    """
    told = sorted(f"{slot.text}={values!r}" for slot, values in returned.items())
    told += sorted(f"take {slot.text}" for slot in taken)
    told += sorted(f"leave {slot.text}" for slot in left)
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
    return f"{REQUEST}-{issue.sheet}-{digest[:32]}"
