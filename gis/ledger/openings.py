"""What an office had recorded before this ledger: milestones with the file and row that say so.

An opening may be of a day before the project's first one. Where the day is unknown the entry's day
is the last that it can have been ("not later than"). Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger import rules
from gis.ledger.entry import Draft
from gis.ledger.facts import Opening
from gis.ledger.setting import require_none, text_problems
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A row of an office's list: a holding reached a milestone; `row` counts from 1, `source` names it."""

    parcel: str
    household: str
    milestone: str
    on: date
    not_later_than: bool
    document: str | None
    amount_vnd: int | None
    row: int
    source: str


@dataclass(frozen=True, slots=True)
class RecordOpenings:
    """A request to take over the rows of one file, all or none; rows that are known write nothing."""

    rows: tuple[OpeningRow, ...]
    file_sha256: str

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """An entry for each row that is new.

        Raises:
            RefusedError: With every reason, each by its row.
        """
        require_none([p for row in self.rows for rule in OPENING_RULES for p in rule(state, row, setting)])
        require_none(self._twice())
        taken = self._known(state)
        return tuple(
            Draft(
                row.on,
                Opening(
                    row.parcel,
                    row.household,
                    row.milestone,
                    row.document,
                    row.amount_vnd,
                    row.not_later_than,
                    self.file_sha256,
                    row.row,
                ),
            )
            for row in self.rows
            if _key(row) not in taken
        )

    def _twice(self) -> list[Problem]:
        first: dict[tuple[object, ...], OpeningRow] = {}
        problems = []
        for row in self.rows:
            if row.milestone in REPEATABLE_MILESTONES:
                continue
            earlier = first.setdefault((row.parcel, row.household, row.milestone), row)
            if earlier is not row:
                problems.append(Problem(row.source, "refused.opening_twice", {"first": earlier.source}))
        return problems

    def _known(self, state: State) -> set[tuple[object, ...]]:
        parcels = {row.parcel for row in self.rows}
        return {
            (fact.parcel, fact.household, fact.milestone, entry.on, fact.document, fact.amount_vnd)
            for parcel in parcels
            for entry in state.history.get(parcel, ())
            if isinstance(fact := entry.fact, Opening) and entry.seq not in state.voided
        }

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """Openings of the same file."""
        return all(
            isinstance(entry.fact, Opening) and entry.fact.file_sha256 == self.file_sha256
            for entry in written
        )


def _key(row: OpeningRow) -> tuple[object, ...]:
    return (row.parcel, row.household, row.milestone, row.on, row.document, row.amount_vnd)


def names_a_holding(state: State, row: OpeningRow, setting: Setting) -> list[Problem]:
    """A milestone counts for a holding that there is."""
    if row.parcel not in setting.parcels:
        return [Problem(row.source, "refused.unknown_parcel")]
    held = [holding.household for holding in state.of_parcel(row.parcel)]
    if row.household in held:
        return []
    facts: dict[str, Fact] = {"household": row.household, "households": ", ".join(held) or None}
    return [Problem(row.source, "refused.not_a_holder", facts)]


def milestone_listed(_: State, row: OpeningRow, setting: Setting) -> list[Problem]:
    """The milestone must be one of the project's list."""
    return rules.unknown_id("milestone", row.milestone, setting.milestones, row.source)


def not_in_future(_: State, row: OpeningRow, setting: Setting) -> list[Problem]:
    """What was recorded before us happened before today."""
    if row.on <= setting.today:
        return []
    facts: dict[str, Fact] = {"on": row.on.isoformat(), "today": setting.today.isoformat()}
    return [Problem(row.source, "refused.future_day", facts)]


def sound_values(_: State, row: OpeningRow, __: Setting) -> list[Problem]:
    """Texts that can be kept, money that is whole đồng and not negative."""
    problems = text_problems(row.document)
    if row.amount_vnd is not None and not 0 <= row.amount_vnd <= rules.MOST_VND:
        problems.append(Problem(row.source, "refused.bad_amount", {"found": row.amount_vnd}))
    return problems


def not_reached_otherwise(state: State, row: OpeningRow, _: Setting) -> list[Problem]:
    """A milestone that the ledger has of another day is not overwritten by an old list."""
    holding = state.holdings.get((row.parcel, row.household))
    reached = holding.milestones.get(row.milestone) if holding else None
    if reached is None or row.milestone in REPEATABLE_MILESTONES or reached.on == row.on:
        return []
    facts: dict[str, Fact] = {
        "household": row.household,
        "milestone": row.milestone,
        "on": reached.on.isoformat(),
        "seq": reached.seq,
    }
    return [Problem(row.source, "refused.already_reached", facts)]


OPENING_RULES: Final[tuple[Callable[[State, OpeningRow, Setting], list[Problem]], ...]] = (
    names_a_holding,
    milestone_listed,
    not_in_future,
    sound_values,
    not_reached_otherwise,
)
