"""The matrix of households and milestones: for each of them how many of a household's holdings are there.

A household counts once, whatever the number of its parcels and zones. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from gis.ledger.state import HoldingState, State

# all: every holding reached it, but for those to which it does not apply; some: a part of them did;
# waived: it applies to none; none: nothing of all that.
Level: TypeAlias = Literal["all", "some", "waived", "none"]
LEVELS: Final[tuple[Level, ...]] = ("all", "some", "none", "waived")


@dataclass(frozen=True, slots=True)
class Cell:
    """One household and one milestone.

    Args:
        reached: Holdings that reached it.
        waived: Holdings to which it does not apply and that did not reach it.
        total: All holdings.
        on: The day on which the last of those that reached it did; None where none did.
        not_later_than: That day is only the last on which it can have been.

    >>> Cell(2, 1, 3, None, False).level, Cell(2, 0, 3, None, False).level, Cell(0, 3, 3, None, False).level
    ('all', 'some', 'waived')
    """

    reached: int
    waived: int
    total: int
    on: date | None
    not_later_than: bool

    @property
    def level(self) -> Level:
        """How far the household is with it."""
        if self.reached + self.waived == self.total:
            return "all" if self.reached else "waived"
        return "some" if self.reached else "none"


@dataclass(frozen=True, slots=True)
class Line:
    """A household's line.

    Args:
        household: The id that counts.
        parcels: Ids of its parcels, sorted.
        cells: By milestone, in the order asked for.
        stuck: Open obstacles on land there that it has not handed over.
    """

    household: str
    parcels: tuple[str, ...]
    cells: Mapping[str, Cell]
    stuck: int

    def is_at(self, milestone: str, level: Level) -> bool:
        """Whether it is so far with a milestone."""
        return self.cells[milestone].level == level


def matrix(
    state: State, parcels: Collection[str], milestones: Sequence[str], aliases: Mapping[str, str]
) -> tuple[Line, ...]:
    """A line for every household that holds some of the parcels, by id.

    Args:
        state: What holds on the day.
        parcels: The land that counts.
        milestones: The columns.
        aliases: Of a household that was entered twice, the id that counts.
    """
    held: dict[str, list[HoldingState]] = {}
    stuck: Counter[str] = Counter()
    for parcel in sorted(parcels):  # in the order in which the ledger reads them ahead
        holdings = state.of_parcel(parcel)
        for holding in holdings:
            held.setdefault(aliases.get(holding.household, holding.household), []).append(holding)
        waiting = {one.household for one in holdings if CLEARED_MILESTONE not in one.milestones}
        if waiting:
            land = state.by_parcel[parcel]
            for obstacle in land.obstacles:
                of_whom = waiting.intersection(land.concerned(obstacle.household))
                stuck.update({aliases.get(one, one) for one in of_whom})
    return tuple(
        Line(
            household,
            tuple(sorted({one.parcel for one in holdings})),
            {name: _cell(holdings, name) for name in milestones},
            stuck[household],
        )
        for household, holdings in sorted(held.items())
    )


def _cell(holdings: Sequence[HoldingState], milestone: str) -> Cell:
    reached = [one.milestones[milestone] for one in holdings if milestone in one.milestones]
    waived = sum(milestone in one.waived and milestone not in one.milestones for one in holdings)
    last = max(reached, key=lambda one: (one.on, one.seq), default=None)
    not_later_than = any(one.not_later_than for one in reached if last and one.on == last.on)
    return Cell(len(reached), waived, len(holdings), last.on if last else None, not_later_than)


def totals(lines: Iterable[Line], milestones: Sequence[str]) -> dict[str, Counter[str]]:
    """By milestone, how many households are at each level."""
    found: dict[str, Counter[str]] = {name: Counter() for name in milestones}
    for line in lines:
        for name in milestones:
            found[name][line.cells[name].level] += 1
    return found
