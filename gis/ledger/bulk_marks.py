"""One milestone for everything that somebody chose: parcels off the map, off a list, a household's land.

What has the milestone already is skipped with a line, whatever cannot be marked refuses the whole, each
with its reason. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger import rules
from gis.ledger.batches import unknown_batch
from gis.ledger.facts import Milestone
from gis.ledger.marking import Gathered
from gis.ledger.marks import Mark
from gis.ledger.setting import document_number, has_scans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Draft, Entry
    from gis.ledger.marking import Application
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


@dataclass(frozen=True, slots=True)
class Chosen:
    """A parcel as somebody chose it.

    Args:
        parcel: Its id.
        seen: The last seq of the ledger when it was chosen; a later entry of it refuses the request.
        households: Only what these ids hold of it; None: all that it is held by.
    """

    parcel: str
    seen: int
    households: frozenset[str] | None = None

    def with_(self, other: Chosen) -> Chosen:
        """The same parcel chosen twice: what either means, as the earlier look saw it.

        >>> both = Chosen("P1", 7, frozenset({"A"})).with_(Chosen("P1", 5, frozenset({"B"})))
        >>> both.seen, sorted(both.households)
        (5, ['A', 'B'])
        """
        everybody = self.households is None or other.households is None
        together = None if everybody else (self.households or frozenset()) | (other.households or frozenset())
        return Chosen(self.parcel, min(self.seen, other.seen), together)


@dataclass(frozen=True, slots=True)
class MarkChosen:
    """A request to record that the holdings of chosen parcels reached a milestone.

    Args:
        chosen: The parcels, each once.
        milestone: An id of the project's list.
        on: The day it happened.
        document: Number of the minutes, decision or list; a hand-over needs one, or a scan.
        batch: The đợt whose document says so.
        attachments: Scans of the minutes.
    """

    chosen: tuple[Chosen, ...]
    milestone: str
    on: date
    document: str | None = None
    batch: str | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """A milestone for each holding that has not reached it.

        Raises:
            RefusedError: With every reason, by parcel in the request's order; nothing is written then.
        """
        return examine(state, self, setting).required("refused.nothing_left_to_mark", len(self.chosen))

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same milestone of chosen parcels on the same day, by the same document and no new scan."""
        meant = {one.parcel: one.households for one in self.chosen}
        asked = (self.milestone, self.on, document_number(self.document), self.batch)
        return all(
            isinstance(fact := entry.fact, Milestone)
            and asked == (fact.milestone, entry.on, fact.document, fact.batch)
            and fact.parcel in meant
            and fact.household in (meant[fact.parcel] or {fact.household})
            and has_scans(entry, self.attachments)
            for entry in written
        )


def examine(state: State, request: MarkChosen, setting: Setting) -> Application:
    """What a request comes to, without refusing it: for the review before it is sent.

    Args:
        state: Of today.
        request: What was chosen.
        setting: The project's.
    """
    whole = _mark_of(request, tuple(one.parcel for one in request.chosen))
    found = Gathered(refused=[p for rule in rules.MARK_RULES for p in rule(whole, setting)])
    if request.batch is not None:
        found.refused += unknown_batch(state, request.batch)
    for one in request.chosen:
        holdings, why_not = _holdings(state, one, setting)
        found.refused += why_not
        for holding in holdings:
            _mark(state, request, one, holding, setting, found)
    return found.application()


def _holdings(state: State, one: Chosen, setting: Setting) -> tuple[list[HoldingState], list[Problem]]:
    """The holdings that are meant of a parcel, or why there are none."""
    source = setting.label(one.parcel)
    if one.parcel not in setting.parcels:
        return [], [Problem(source, "refused.unknown_parcel")]
    held = state.of_parcel(one.parcel)
    if not held:
        return [], [Problem(source, "refused.no_holding")]
    meant = [h for h in held if one.households is None or h.household in one.households]
    if meant:
        return meant, []
    facts: dict[str, Fact] = {
        "household": ", ".join(sorted(one.households or ())),
        "households": ", ".join(h.household for h in held),
    }
    return [], [Problem(source, "refused.not_a_holder", facts)]


def _mark(
    state: State, request: MarkChosen, one: Chosen, holding: HoldingState, setting: Setting, found: Gathered
) -> None:
    """The milestone of one holding, or why it is skipped or refused."""
    source = setting.label(holding.parcel)
    mark = _mark_of(request, (holding.parcel,), one.seen, holding.household)
    # What somebody else wrote is told first, also where it is this very milestone.
    problems = rules.written_since_seen(state, holding, mark, source)
    reached = holding.milestones.get(request.milestone)
    if not problems and reached is not None:
        found.skip(holding, request.milestone, (reached.seq, reached.document), source)
        return
    problems = problems or [p for rule in rules.HOLDING_RULES for p in rule(state, holding, mark, source)]
    found.mark(state, setting, holding, mark, problems)


def _mark_of(
    request: MarkChosen, parcels: tuple[str, ...], seen: int | None = None, household: str | None = None
) -> Mark:
    """The same request as a mark of some parcels, for the rules and warnings that marks have."""
    return Mark(
        parcels,
        request.milestone,
        request.on,
        request.document,
        household,
        seen=None if seen is None else dict.fromkeys(parcels, seen),
        batch=request.batch,
        attachments=request.attachments,
    )
