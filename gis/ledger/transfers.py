"""Land changes hands: a sale, an inheritance, a division among heirs.

A new holding keeps the milestones that all of its predecessors reached, so that nothing is cleared
by changing owners. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger import rules
from gis.ledger.effects import lost_entries
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.ledger.part import part_text
from gis.ledger.setting import day_problems, has_scans, require_none
from gis.ledger.shares import wrong_sum

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.part import Part
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class Transfer:
    """A request to end holdings of a parcel and to begin others in their place.

    Args:
        parcel: Of this parcel.
        predecessors: The households whose holdings end.
        successors: Who holds which part from then on; one who held before may be among them.
        on: The day from which it holds.
        seen: The last seq of the parcel when its user looked; None: not asked.
        attachments: Scans of the deed.
    """

    parcel: str
    predecessors: tuple[str, ...]
    successors: tuple[tuple[str, Part], ...]
    on: date
    seen: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """A holding for each successor, each naming every predecessor.

        Raises:
            RefusedError: With every reason.
        """
        require_none([p for rule in TRANSFER_RULES for p in rule(state, self, setting)])
        drafts = tuple(
            Draft(
                self.on,
                Holding(self.parcel, household, part, self.ending(state)),
                self.attachments,
            )
            for household, part in self.successors
        )
        require_none(lost_entries(state, drafts, setting.label(self.parcel), "refused.transfer_carries"))
        return drafts

    def ending(self, state: State) -> tuple[str, ...]:
        """The holdings that end, those of growing holders too.

        A successor who holds a part already would otherwise keep its milestones for land that it
        only now receives.
        """
        held = {holding.household for holding in state.of_parcel(self.parcel)}
        growing = [household for household, _ in self.successors if household in held]
        return tuple(dict.fromkeys((*self.predecessors, *growing)))

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same successors with the same parts of the same parcel, from the same, and no new scan."""
        found = [
            (entry.fact.parcel, entry.fact.household, part_text(entry.fact.part), entry.on)
            for entry in written
            if isinstance(entry.fact, Holding)
            and set(self.predecessors) <= set(entry.fact.predecessors)
            and has_scans(entry, self.attachments)
        ]
        return found == [(self.parcel, name, part_text(part), self.on) for name, part in self.successors]


def in_range(_: State, request: Transfer, setting: Setting) -> list[Problem]:
    """A transfer is of a day that may be written of, and of a parcel that there is."""
    problems = day_problems(request.on, setting)
    if request.parcel not in setting.parcels:
        problems.append(Problem(setting.label(request.parcel), "refused.unknown_parcel"))
    return problems


def who_holds(state: State, request: Transfer, setting: Setting) -> list[Problem]:
    """Only who holds the parcel on that day can give it away."""
    source = setting.label(request.parcel)
    held = {holding.household: holding for holding in state.of_parcel(request.parcel)}
    problems: list[Problem] = []
    if not request.predecessors or not request.successors:
        problems.append(Problem(source, "refused.transfer_nobody"))
    for household in request.predecessors:
        holding = held.get(household)
        if holding is None:
            facts: dict[str, Fact] = {"household": household, "households": ", ".join(held) or None}
            problems.append(Problem(source, "refused.not_a_holder", facts))
        elif request.on < holding.since:
            facts = {
                "household": household,
                "on": request.on.isoformat(),
                "since": holding.since.isoformat(),
            }
            problems.append(Problem(source, "refused.before_holding", facts))
    return problems


def in_order(state: State, request: Transfer, setting: Setting) -> list[Problem]:
    """Nobody gives or takes before a day on which its holding changed anew.

    The later change states parts that rest on those before it: they would no longer sum to the whole.
    """
    involved = {*request.predecessors, *(household for household, _ in request.successors)}
    for entry in state.live(request.parcel):
        fact = entry.fact
        if not isinstance(fact, Holding) or entry.on is None or entry.on <= request.on:
            continue
        for household in sorted(involved & {fact.household, *fact.predecessors}):
            facts: dict[str, Fact] = {
                "household": household,
                "on": request.on.isoformat(),
                "later": entry.on.isoformat(),
                "seq": entry.seq,
            }
            return [Problem(setting.label(request.parcel), "refused.transfer_later", facts)]
    return []


def who_receives(_: State, request: Transfer, setting: Setting) -> list[Problem]:
    """Each successor once, by a household's id."""
    source = setting.label(request.parcel)
    names = [household for household, _ in request.successors]
    problems = [
        Problem(source, "refused.household_id", {"found": name})
        for name in names
        if not rules.HOUSEHOLD_ID.fullmatch(name)
    ]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        problems.append(Problem(source, "refused.successor_twice", {"household": name}))  # noqa: PERF401
    return problems


def shares_whole(state: State, request: Transfer, setting: Setting) -> list[Problem]:
    """What all holders have afterwards must be the whole, as far as it is known."""
    gone = set(request.predecessors) | {household for household, _ in request.successors}
    parts = [h.part for h in state.of_parcel(request.parcel) if h.household not in gone]
    parts += [part for _, part in request.successors]
    total = wrong_sum(parts)
    if total is None:
        return []
    source = setting.label(request.parcel)
    return [Problem(source, "refused.shares_sum", {"parcel": source, "sum": str(total)})]


def written_since(state: State, request: Transfer, setting: Setting) -> list[Problem]:
    """Nobody overwrites what somebody else wrote of the parcel after they looked."""
    return rules.since_seen(state, request.parcel, request.seen, setting.label(request.parcel))


TRANSFER_RULES: Final[tuple[Callable[[State, Transfer, Setting], list[Problem]], ...]] = (
    in_range,
    who_holds,
    in_order,
    who_receives,
    shares_whole,
    written_since,
)
