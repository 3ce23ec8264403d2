"""Obstacles a line each: those that stand on a day, with the land that they hold up, and those that are gone.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.ledger.facts import ObstacleClosed, ObstacleOpened
from gis.ledger.state import ParcelState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gis.clearance.stuck import Stuck
    from gis.ledger.parcel import Obstacle
    from gis.ledger.state import State

SEVERAL: Final = "*"  # of a parcel whose households differ in a trait


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An obstacle that stands.

    Args:
        obstacle: As the ledger has it.
        households: Whom it concerns: the household that it names while it holds the parcel, else all that do.
        area_m2: Of its parcel in the zones that count, whole for each of its obstacles; None where none of
            it is stuck: the parcel is handed over, or lies outside.
        zones: Where that lies.
    """

    obstacle: Obstacle
    households: tuple[str, ...]
    area_m2: float | None
    zones: tuple[str, ...] = ()

    @property
    def parcel(self) -> str:
        """The parcel's id."""
        return self.obstacle.parcel

    def days(self, on: date) -> int:
        """Days that it has stood on a day."""
        return (on - self.obstacle.since).days


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """An obstacle that is out of the way: from which day to which, by which entries."""

    parcel: str
    household: str | None
    category: str
    since: date
    until: date
    opened: int
    closed: int

    @property
    def days(self) -> int:
        """Days that it stood."""
        return (self.until - self.since).days


def open_lines(
    found: Stuck, parts_m2: Mapping[str, Mapping[str, float]], state: State, parcels: Iterable[str]
) -> tuple[OpenLine, ...]:
    """The obstacles that stand, the oldest first.

    Args:
        found: The stuck land of the day.
        parts_m2: m² of each parcel in each zone that it touches, by id.
        state: Of the day.
        parcels: Those with an open obstacle, stuck or not; what stood on one that became others stands there.
    """
    areas_m2 = {one.parcel: one.area_m2 for one in found.parcels}
    lines = []
    for parcel in parcels:
        land = state.by_parcel.get(parcel, ParcelState())
        for one in land.obstacles if parcel not in state.succeeded else ():
            concerned = land.concerned(one.household)
            zones = tuple(parts_m2.get(parcel, {})) if parcel in areas_m2 else ()
            lines.append(OpenLine(one, concerned, areas_m2.get(parcel), zones))
    return tuple(sorted(lines, key=lambda line: (line.obstacle.since, line.obstacle.seq)))


def shared_trait(lines: Iterable[OpenLine], traits: Mapping[str, str]) -> dict[str, str]:
    """A trait of whom each parcel's obstacles concern: "" where none has it, `SEVERAL` where they differ.

    Args:
        lines: The obstacles.
        traits: By household id, of those that have it.
    """
    found: dict[str, set[str]] = {}
    for line in lines:
        own = found.setdefault(line.parcel, set())
        own.update(traits[one] for one in line.households if traits.get(one))
    return {parcel: SEVERAL if len(named) > 1 else next(iter(named), "") for parcel, named in found.items()}


def closed_lines(state: State, parcels: Iterable[str], first: date, last: date) -> tuple[ClosedLine, ...]:
    """The obstacles that were closed between two days, both included, the last one first.

    Args:
        state: Of a day from `last` on.
        parcels: Those of which an obstacle was ever closed.
        first: The first day.
        last: The last one.
    """
    lines = []
    for parcel in parcels:
        for entry in state.live(parcel):
            if (
                not isinstance(entry.fact, ObstacleClosed)
                or entry.on is None
                or not first <= entry.on <= last
            ):
                continue
            opened = state.entry(entry.fact.opened)
            if opened is None or opened.on is None or opened.seq in state.voided:
                continue
            fact = opened.fact
            if isinstance(fact, ObstacleOpened):
                told = (
                    fact.parcel,
                    fact.household,
                    fact.category,
                    opened.on,
                    entry.on,
                    opened.seq,
                    entry.seq,
                )
                lines.append(ClosedLine(*told))
    return tuple(sorted(lines, key=lambda line: (line.until, line.closed), reverse=True))
