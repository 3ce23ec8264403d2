"""Obstacles (vướng mắc): something begins to stand in the way of land, and is out of the way again.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from gis.errors import Problem, RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import ObstacleClosed, ObstacleOpened
from gis.ledger.land_rules import day_of, entry_of, handed_over, holder_problems, naming, parcel_problems
from gis.ledger.rules import since_seen, unknown_id
from gis.ledger.setting import day_problems, has_scans, require_none, text_problems, words_of
from gis.milestones import CLEARED_MILESTONE, OBSTACLE_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class OpenObstacle:
    """A request to record that something stands in the way.

    Args:
        parcel: Of this parcel.
        household: Of this household's part of it; None: the whole parcel.
        category: An id of `gis.milestones.OBSTACLE_CATEGORIES`.
        on: The day from which it stands in the way.
        note: Free words for the register.
        seen: The last seq of the parcel when its user looked; None: not asked.
        attachments: Scans that show it.
    """

    words_in: ClassVar[str] = "note"
    parcel: str
    household: str | None
    category: str
    on: date
    note: str | None = None
    seen: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The obstacle, with a warning where the land is handed over already.

        Raises:
            RefusedError: With every reason.
        """
        require_none([p for rule in OPEN_RULES for p in rule(state, self, setting)])
        source = setting.label(self.parcel)
        late = handed_over(state, self.parcel, self.household, CLEARED_MILESTONE)
        warnings = [Problem(source, "warning.obstacle_after_handover", severity="warning")] if late else []
        fact = ObstacleOpened(self.parcel, self.household, self.category)
        return (Draft(self.on, fact, self.attachments, tuple(warnings), words_of(self.note)),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same category of the same holder on the same day, and no new scan."""
        return [
            (e.on, e.fact.parcel, e.fact.household, e.fact.category)
            for e in written
            if isinstance(e.fact, ObstacleOpened) and has_scans(e, self.attachments)
        ] == [(self.on, self.parcel, self.household, self.category)]


@dataclass(frozen=True, slots=True)
class CloseObstacle:
    """A request to record that an obstacle is out of the way.

    Args:
        opened: The seq of the entry that opened it.
        on: The day from which it no longer stands in the way.
        note: Free words for the register: how it was settled.
        seen: The last seq of the parcel when its user looked; None: not asked.
        attachments: Scans that show it.
    """

    words_in: ClassVar[str] = "note"
    opened: int
    on: date
    note: str | None = None
    seen: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The closing of the obstacle.

        Raises:
            RefusedError: If it is unknown, void or closed, or would be closed before it was opened.
        """
        problems = [*day_problems(self.on, setting), *text_problems(self.note)]
        found = entry_of(state, self.opened, ObstacleOpened)
        if found is None:
            raise RefusedError(problems=[*problems, Problem("", "refused.no_obstacle", {"seq": self.opened})])
        entry, opened = found
        source = setting.label(opened.parcel)
        problems += _closing_problems(state, entry, self.on, source)
        problems += since_seen(state, opened.parcel, self.seen, source, opened.household)
        require_none(problems)
        fact = ObstacleClosed(opened.parcel, self.opened)
        return (Draft(self.on, fact, self.attachments, words=words_of(self.note)),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same obstacle closed on the same day, and no new scan."""
        return [
            (e.on, e.fact.opened)
            for e in written
            if isinstance(e.fact, ObstacleClosed) and has_scans(e, self.attachments)
        ] == [(self.on, self.opened)]


def _closing_problems(state: State, entry: Entry, on: date, source: str) -> list[Problem]:
    """Only what was opened before and stands is closed, once."""
    if entry.seq in state.voided:
        return [Problem(source, "refused.obstacle_void", {"void": state.voided[entry.seq]})]
    for closed, _ in naming(state, entry, ObstacleClosed, "opened"):
        facts: dict[str, Fact] = {"on": day_of(closed), "seq": closed.seq}
        return [Problem(source, "refused.obstacle_closed", facts)]
    if entry.on is not None and on < entry.on:
        facts = {"on": on.isoformat(), "since": day_of(entry)}
        return [Problem(source, "refused.closed_before_opened", facts)]
    return []


def well_formed(_: State, request: OpenObstacle, setting: Setting) -> list[Problem]:
    """A known category of a known parcel, on a day that may be written of."""
    return [
        *parcel_problems(request.parcel, setting),
        *unknown_id("obstacle", request.category, OBSTACLE_CATEGORIES),
        *day_problems(request.on, setting),
        *text_problems(request.note),
    ]


def held(state: State, request: OpenObstacle, setting: Setting) -> list[Problem]:
    """A household that is named holds the parcel on the day."""
    return holder_problems(state, request.parcel, request.household, request.on, setting)


def open_already(state: State, request: OpenObstacle, setting: Setting) -> list[Problem]:
    """One obstacle of a category and holder at a time, so that its days count once."""
    source = setting.label(request.parcel)
    for entry in state.history.get(request.parcel, ()):
        fact = entry.fact
        if not isinstance(fact, ObstacleOpened) or entry.seq in state.voided:
            continue
        if (fact.household, fact.category) != (request.household, request.category):
            continue
        facts: dict[str, Fact] = {"category": fact.category, "since": day_of(entry), "seq": entry.seq}
        closed = [other for other, _ in naming(state, entry, ObstacleClosed, "opened")]
        if not closed:
            return [Problem(source, "refused.obstacle_open", facts)]
        if closed[0].on is not None and request.on < closed[0].on:
            return [Problem(source, "refused.obstacle_overlaps", facts | {"closed": day_of(closed[0])})]
    return []


def written_since(state: State, request: OpenObstacle, setting: Setting) -> list[Problem]:
    """Nobody overwrites what somebody else wrote after they looked."""
    source = setting.label(request.parcel)
    return since_seen(state, request.parcel, request.seen, source, request.household)


OPEN_RULES: Final[tuple[Callable[[State, OpenObstacle, Setting], list[Problem]], ...]] = (
    well_formed,
    held,
    open_already,
    written_since,
)
