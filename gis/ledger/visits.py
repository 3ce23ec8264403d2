"""Visits (vận động): the team talked with a household, and what came of it.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from gis.errors import Problem
from gis.ledger.entry import Draft
from gis.ledger.facts import Visit
from gis.ledger.land_rules import holder_problems, holders_on, parcel_problems
from gis.ledger.rules import unknown_id
from gis.ledger.setting import day_problems, has_scans, require_none, text_problems, words_of
from gis.milestones import VISIT_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.facts import Note
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class RecordVisit:
    """A request to record that the team talked with a household.

    Args:
        household: With this one.
        parcel: About this parcel; None: about all that it holds.
        on: The day of the visit.
        outcome: An id of `gis.milestones.VISIT_OUTCOMES`.
        note: Free words for the register: what was said.
        attachments: Scans of the minutes.
    """

    words_in: ClassVar[str] = "note"
    household: str
    parcel: str | None
    on: date
    outcome: str
    note: str | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The visit.

        Raises:
            RefusedError: With every reason.
        """
        require_none([p for rule in VISIT_RULES for p in rule(state, self, setting)])
        fact = Visit(self.parcel, self.household, self.outcome)
        return (Draft(self.on, fact, self.attachments, words=words_of(self.note)),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same outcome with the same household on the same day, and no new scan."""
        return [
            (e.on, e.fact.household, e.fact.parcel, e.fact.outcome)
            for e in written
            if isinstance(e.fact, Visit) and has_scans(e, self.attachments)
        ] == [(self.on, self.household, self.parcel, self.outcome)]


def well_formed(_: State, request: RecordVisit, setting: Setting) -> list[Problem]:
    """A known outcome, on a day that may be written of."""
    return [
        *([] if request.parcel is None else parcel_problems(request.parcel, setting)),
        *unknown_id("outcome", request.outcome, VISIT_OUTCOMES),
        *day_problems(request.on, setting),
        *text_problems(request.note),
    ]


def held(state: State, request: RecordVisit, setting: Setting) -> list[Problem]:
    """The household held the parcel on the day, or without one held something."""
    if request.parcel is not None:
        return holder_problems(state, request.parcel, request.household, request.on, setting)
    parcels = [parcel for parcel in state.told_of.get(request.household, ()) if parcel is not None]
    for parcel in parcels:
        if any(one.household == request.household for one in holders_on(state, parcel, request.on)):
            return []
    facts = {"household": request.household, "on": request.on.isoformat()}
    return [Problem("", "refused.holds_nothing", facts)]


VISIT_RULES: Final[tuple[Callable[[State, RecordVisit, Setting], list[Problem]], ...]] = (well_formed, held)


@dataclass(frozen=True, slots=True)
class VisitState:
    """A visit that counts on the day; its words are in the register, under its note."""

    household: str
    parcel: str | None
    on: date
    outcome: str
    seq: int
    by: str
    note: Note | None


def visits(state: State) -> Mapping[str, tuple[VisitState, ...]]:
    """The visits of every household, the newest first; those of one day, the last written first."""
    return _by_household(state, state.history)


def visits_of(state: State, households: Iterable[str]) -> Mapping[str, tuple[VisitState, ...]]:
    """The visits of some households, as `visits` has them; only what names them is read."""
    wanted = frozenset(households)
    places = {parcel for household in wanted for parcel in state.told_of.get(household, ())}
    found = _by_household(state, places)
    return MappingProxyType({name: found[name] for name in found if name in wanted})


def _by_household(state: State, places: Iterable[str | None]) -> Mapping[str, tuple[VisitState, ...]]:
    found: dict[str, list[VisitState]] = defaultdict(list)
    for place in places:
        if not any(isinstance(entry.fact, Visit) for entry in state.history.get(place, ())):
            continue
        for entry in state.live(place):
            fact = entry.fact
            if isinstance(fact, Visit) and entry.on is not None:
                visit = VisitState(
                    fact.household, fact.parcel, entry.on, fact.outcome, entry.seq, entry.by, fact.note
                )
                found[fact.household].append(visit)
    return MappingProxyType(
        {
            household: tuple(sorted(made, key=lambda one: (one.on, one.seq), reverse=True))
            for household, made in sorted(found.items())
        }
    )
