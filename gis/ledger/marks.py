"""Marking milestones, and giving a marked one its right day and document.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from gis.errors import Problem, RefusedError
from gis.ledger import rules
from gis.ledger.batches import unknown_batch
from gis.ledger.entry import Draft
from gis.ledger.facts import Milestone, Void
from gis.ledger.land_rules import held_before, holder_problems
from gis.ledger.setting import document_number, has_scans, require_reason
from gis.ledger.voids import explained, live_entries, require_same, void
from gis.ledger.warnings import days_out_of_order, holding_warnings
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


@dataclass(frozen=True, slots=True)
class Mark:
    """A request to record that holdings reached a milestone.

    Args:
        parcels: Their parcels.
        milestone: An id of the project's list, `Setting.milestones`.
        on: The day it happened.
        document: Number of the minutes, decision or list; a hand-over needs one.
        household: Only this household's holding of each parcel.
        all_holdings: Every holding of each parcel that has not reached it yet. With neither, a parcel
            must have one holding.
        amount_vnd: Whole đồng, where the milestone is about money.
        seen: By parcel, the last seq that spoke of it when its user looked; None: not asked.
        batch: The đợt whose document says so.
        attachments: Scans of the minutes; for a hand-over one may stand for the number.
    """

    parcels: tuple[str, ...]
    milestone: str
    on: date
    document: str | None = None
    household: str | None = None
    all_holdings: bool = False
    amount_vnd: int | None = None
    seen: Mapping[str, int] | None = None
    batch: str | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The drafts of `mark`."""
        return mark(state, self, setting)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same milestone of the same parcels on the same day, by the same document and no new scan."""
        asked = (self.milestone, self.on, document_number(self.document), self.amount_vnd, self.batch)
        return {entry.parcel for entry in written} == set(self.parcels) and all(
            isinstance(fact := entry.fact, Milestone)
            and asked == (fact.milestone, entry.on, fact.document, fact.amount_vnd, fact.batch)
            and self.household in {None, fact.household}
            and has_scans(entry, self.attachments)
            for entry in written
        )

    def leaves_out(self, state: State, written: Sequence[Entry]) -> bool:
        """Whether it means all holders, of whom one has not reached the milestone, now or before."""
        told = {(entry.parcel, getattr(entry.fact, "household", None)) for entry in written}
        return self.household is None and any(
            (parcel, holding.household) not in told and self.milestone not in holding.milestones
            for parcel in self.parcels
            for holding in state.of_parcel(parcel)
        )


@dataclass(frozen=True, slots=True)
class Correct:
    """A request to give a milestone its right day and document, with the reason in words.

    `seen` is the entry as its user saw it: see `voids.Cancel`.
    """

    words_in: ClassVar[str] = "reason"
    target: int
    on: date
    document: str | None
    reason: str
    seen: Entry | None = None

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The drafts of `correct`: a void with the reason, and the milestone anew."""
        require_reason(self.reason)
        require_same(state, (self.seen,) if self.seen else ())
        return explained(correct(state, self.target, self.on, self.document, setting), self.reason)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same entry corrected to the same day and document."""
        targets = {entry.fact.target for entry in written if isinstance(entry.fact, Void)}
        told = [(e.on, e.fact.document) for e in written if isinstance(e.fact, Milestone)]
        return targets == {self.target} and told == [(self.on, document_number(self.document))]


def mark(state: State, request: Mark, setting: Setting) -> tuple[Draft, ...]:
    """A milestone for one or many holdings, all or none.

    Raises:
        RefusedError: With every reason, by parcel in the request's order.
    """
    problems = [p for rule in rules.MARK_RULES for p in rule(request, setting)]
    problems += [] if request.batch is None else unknown_batch(state, request.batch)
    holdings: list[HoldingState] = []
    for parcel in dict.fromkeys(request.parcels):
        found, why_not = _targets(state, parcel, request, setting)
        holdings += found
        problems += why_not
    for holding in holdings:
        source = setting.label(holding.parcel)
        problems += [p for rule in rules.HOLDING_RULES for p in rule(state, holding, request, source)]
    if problems:
        raise RefusedError(problems=problems)
    document = document_number(request.document)
    return tuple(
        Draft(
            request.on,
            Milestone(h.parcel, h.household, request.milestone, document, request.amount_vnd, request.batch),
            request.attachments,
            tuple(holding_warnings(state, h, request, setting)),
        )
        for h in holdings
    )


def _targets(
    state: State, parcel: str, request: Mark, setting: Setting
) -> tuple[list[HoldingState], list[Problem]]:
    """The holdings of a parcel that a request means, or why it cannot be told."""
    source = setting.label(parcel)
    if parcel not in setting.parcels:
        return [], [Problem(source, "refused.unknown_parcel")]
    holdings = list(state.of_parcel(parcel))
    listed = ", ".join(h.household for h in holdings)
    if not holdings:
        return [], [Problem(source, "refused.no_holding")]
    if request.household is not None:
        chosen = [h for h in holdings if h.household == request.household]
        return chosen, [] if chosen else [_not_a_holder(state, parcel, request.household, listed, source)]
    if len(holdings) > 1 and not request.all_holdings:
        several: dict[str, Fact] = {"count": len(holdings), "households": listed}
        return [], [Problem(source, "refused.several_holdings", several)]
    # The rest of a parcel whose other holders handed over before; all of them did: refused below.
    rest = [h for h in holdings if not _is_done(h, request)]
    return (rest if request.all_holdings and rest else holdings), []


def _not_a_holder(state: State, parcel: str, household: str, holders: str, source: str) -> Problem:
    """Who holds nothing of a parcel; with the days where it once did."""
    facts: dict[str, Fact] = {"household": household, "households": holders}
    held = held_before(state, parcel, household)
    if held is None:
        return Problem(source, "refused.not_a_holder", facts)
    facts |= {"since": held[0].isoformat(), "until": held[1].isoformat()}
    return Problem(source, "refused.held_before", facts)


def _is_done(holding: HoldingState, request: Mark) -> bool:
    repeats = request.milestone in REPEATABLE_MILESTONES
    return request.milestone in holding.milestones and not repeats


def correct(state: State, target: int, on: date, document: str | None, setting: Setting) -> tuple[Draft, ...]:
    """A milestone with its right day and document instead of the wrong ones, in one transaction.

    Raises:
        RefusedError: If the target is no live milestone, or the new one would be refused.
    """
    cancelled = void(state, [target], setting.aliases)
    entry = live_entries(state, (target,))[target]
    fact = entry.fact
    if not isinstance(fact, Milestone):
        raise RefusedError(problems=[Problem(f"{target}", "refused.not_a_milestone")])
    request = Mark(
        (fact.parcel,), fact.milestone, on, document, fact.household, attachments=entry.attachments
    )
    problems = [p for rule in rules.MARK_RULES for p in rule(request, setting)]
    problems += holder_problems(state, fact.parcel, fact.household, on, setting)
    if fact.parcel in state.succeeded:
        problems.append(Problem(setting.label(fact.parcel), "refused.correct_succeeded"))
    if problems:
        raise RefusedError(problems=problems)
    # What nobody corrects stays: the amount, the đợt, the scans.
    renewed = replace(fact, document=document_number(document))
    source = setting.label(fact.parcel)
    odd = [
        problem
        for holding in state.of_parcel(fact.parcel)
        if holding.household == fact.household
        for problem in days_out_of_order(holding, request, source, setting.milestones)
    ]
    return (*cancelled, Draft(on, renewed, entry.attachments, tuple(odd)))
