"""Waivers ("không áp dụng"): an optional milestone does not apply to a holding, and why.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from gis.errors import Problem
from gis.ledger.entry import Draft
from gis.ledger.facts import Waiver
from gis.ledger.land_rules import holder_problems, parcel_problems
from gis.ledger.rules import since_seen, unknown_id
from gis.ledger.setting import day_problems, has_scans, require_none, text_problems, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


@dataclass(frozen=True, slots=True)
class Waive:
    """A request to record that an optional milestone does not apply.

    Args:
        parcel: Of this parcel.
        household: To this household's holding; None: to each holding that has neither reached it nor
            is waived yet.
        milestone: An optional id of the project's list.
        on: The day from which it does not apply.
        reason: Why, in words; they go to the register.
        seen: The last seq of the parcel when its user looked; None: not asked.
        attachments: Scans that show it.
    """

    words_in: ClassVar[str] = "reason"
    parcel: str
    household: str | None
    milestone: str
    on: date
    reason: str
    seen: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """A waiver for each holding that is meant.

        Raises:
            RefusedError: With every reason.
        """
        require_none([p for rule in WAIVE_RULES for p in rule(state, self, setting)])
        return tuple(
            Draft(
                self.on,
                Waiver(self.parcel, holding.household, self.milestone),
                self.attachments,
                words=words_of(self.reason),
            )
            for holding in self.meant(state)
        )

    def meant(self, state: State) -> tuple[HoldingState, ...]:
        """The holding of the household; without one those that are left to waive, all where none is."""
        holdings = state.of_parcel(self.parcel)
        if self.household is not None:
            return tuple(one for one in holdings if one.household == self.household)
        left = tuple(
            one
            for one in holdings
            if self.milestone not in one.milestones and self.milestone not in one.waived
        )
        return left or holdings

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same milestone of the same parcel waived on the same day, and no new scan."""
        return bool(written) and all(
            isinstance(e.fact, Waiver)
            and (e.on, e.fact.parcel, e.fact.milestone) == (self.on, self.parcel, self.milestone)
            and self.household in (None, e.fact.household)
            and has_scans(e, self.attachments)
            for e in written
        )

    def leaves_out(self, state: State, _: Sequence[Entry]) -> bool:
        """Whether it means all holders and one of them has neither the milestone nor a waiver of it."""
        return self.household is None and any(
            self.milestone not in one.milestones and self.milestone not in one.waived
            for one in state.of_parcel(self.parcel)
        )


def well_formed(_: State, request: Waive, setting: Setting) -> list[Problem]:
    """A known milestone of a known parcel, on a day that may be written of, with a reason."""
    problems = [
        *parcel_problems(request.parcel, setting),
        *unknown_id("milestone", request.milestone, setting.milestones),
        *day_problems(request.on, setting),
        *text_problems(request.reason),
    ]
    if not request.reason.strip():
        problems.append(Problem("", "refused.waive_reason"))
    return problems


def optional_only(_: State, request: Waive, setting: Setting) -> list[Problem]:
    """The eight always apply."""
    if request.milestone in setting.optional or request.milestone not in setting.milestones:
        return []
    facts: dict[str, Fact] = {"milestone": request.milestone}
    if not setting.optional:
        return [Problem("", "refused.no_optional", facts)]
    listed = ", ".join(one for one in setting.milestones if one in setting.optional)
    return [Problem("", "refused.not_optional", facts | {"optional": listed})]


def held(state: State, request: Waive, setting: Setting) -> list[Problem]:
    """Somebody holds the parcel, now and on the day: the household, where one is named."""
    if request.parcel not in setting.parcels:
        return []
    source = setting.label(request.parcel)
    holders = ", ".join(one.household for one in state.of_parcel(request.parcel))
    if not holders:
        return [Problem(source, "refused.no_holding")]
    if not request.meant(state):
        facts: dict[str, Fact] = {"household": request.household, "households": holders}
        return [Problem(source, "refused.not_a_holder", facts)]
    return [
        problem
        for holding in request.meant(state)
        for problem in holder_problems(state, request.parcel, holding.household, request.on, setting)
    ]


def nothing_left(state: State, request: Waive, setting: Setting) -> list[Problem]:
    """What was reached, or is waived, is not waived."""
    source = setting.label(request.parcel)
    problems = []
    for holding in request.meant(state):
        facts: dict[str, Fact] = {"household": holding.household, "milestone": request.milestone}
        reached = holding.milestones.get(request.milestone)
        if reached is not None:
            days: dict[str, Fact] = {"on": reached.on.isoformat(), "seq": reached.seq}
            problems.append(Problem(source, "refused.waive_reached", facts | days))
        elif request.milestone in holding.waived:
            problems.append(Problem(source, "refused.waived_twice", facts))
    return problems


def written_since(state: State, request: Waive, setting: Setting) -> list[Problem]:
    """Nobody overwrites what somebody else wrote after they looked."""
    source = setting.label(request.parcel)
    return since_seen(state, request.parcel, request.seen, source, request.household)


WAIVE_RULES: Final[tuple[Callable[[State, Waive, Setting], list[Problem]], ...]] = (
    well_formed,
    optional_only,
    held,
    nothing_left,
    written_since,
)
