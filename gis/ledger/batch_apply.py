"""A document of a đợt applied to its list of households: one milestone for each of their holdings.

What was marked before is skipped with a line; money goes once a household, beside the milestones, and
a payment that leaves something unpaid reaches no milestone. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger import rules
from gis.ledger.accounts import ACT_OF_MILESTONE, NO_ALIASES, account, ids_of
from gis.ledger.batches import batches, holdings_of, unknown_batch
from gis.ledger.entry import Draft
from gis.ledger.facts import BatchJoined, Milestone, Money
from gis.ledger.marking import Application, Gathered
from gis.ledger.marks import Mark
from gis.ledger.warnings import beyond_approval
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from gis.errors import Fact
    from gis.ledger.accounts import Account
    from gis.ledger.batches import Batch, Document
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State

# A notice that is sent again runs anew; every other milestone is reached once, or comes by a new number.
RENEWED_MILESTONES: Final = frozenset({"notified"})
PAID: Final = "paid"


@dataclass(frozen=True, slots=True)
class Listed:
    """A household as a list names it: its money in whole đồng, and where it stands ("line 3")."""

    household: str
    amount_vnd: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class ApplyDocument:
    """A request to mark every household of a document: all that it holds under any of its ids.

    Args:
        batch: The đợt.
        document: Seq of its document.
        listed: The households.
        parcels: The parcels that the đợt is about; None: all that the households hold.
        renewed: Mark again who has the milestone from an earlier document (a new notice).
    """

    batch: str
    document: int
    listed: tuple[Listed, ...]
    parcels: Collection[str] | None = None
    renewed: bool = False

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """A milestone for each holding, and one entry of money for each household with an amount.

        Raises:
            RefusedError: With every reason, each with its line; nothing is written then.
        """
        return examine(state, self, setting).required("refused.nothing_to_apply", len(self.listed))

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """Milestones and money of this đợt, of listed households; one entered twice has other ids, too."""
        households = {one.household for one in self.listed}
        facts = [entry.fact for entry in written if isinstance(entry.fact, Milestone | Money)]
        return (
            len(facts) == len(written)
            and all(fact.batch == self.batch for fact in facts)
            and any(fact.household in households for fact in facts)
        )


@dataclass(slots=True)
class _Found(Gathered):
    money: list[Draft] = field(default_factory=list)


def examine(state: State, request: ApplyDocument, setting: Setting) -> Application:
    """What a request comes to, without refusing it: for the review before it is sent.

    Args:
        state: Of today.
        request: The list.
        setting: The project's.
    """
    problems = unknown_batch(state, request.batch)
    batch = batches(state).get(request.batch)
    document = batch.document(request.document) if batch else None
    if batch is None or document is None:
        facts: dict[str, Fact] = {"batch": request.batch, "seq": request.document}
        return Application(refused=tuple(problems or [Problem("", "refused.unknown_document", facts)]))
    found = _Found(refused=_list_problems(request, document, setting))
    members = {setting.root(member) for member in batch.members}
    for one in request.listed:
        held = holdings_of(state, [one.household], aliases=setting.aliases)
        own = held.get(one.household, ())
        meant = [h for h in own if request.parcels is None or h.parcel in request.parcels]
        is_member = setting.root(one.household) in members
        why_not = _why_not(one, own, meant, batch, is_member=is_member)
        found.refused += why_not
        if not why_not:
            before = account(state, one.household, setting.aliases)
            money = replace(before, household=one.household)  # named as the list names it
            _pay(money, batch, document, one, found)
            partial = _partial_payment(money, document, one)
            found.skipped += partial
            if not partial:
                _mark(state, request, setting, document, meant, found)
    return found.application(*found.money)


def _list_problems(request: ApplyDocument, document: Document, setting: Setting) -> list[Problem]:
    """What is wrong with the list by itself."""
    problems = [] if request.listed else [Problem("", "refused.nobody_named", {"batch": request.batch})]
    often = Counter(one.household for one in request.listed)
    named: dict[str, list[str]] = {}
    for household in often:
        named.setdefault(setting.root(household), []).append(household)
    for one in request.listed:
        facts: dict[str, Fact] = {"household": one.household}
        same = named[setting.root(one.household)]
        if often[one.household] > 1:
            problems.append(Problem(one.source, "refused.household_twice", facts))
        elif len(same) > 1:
            merged: dict[str, Fact] = {"households": ", ".join(same)}
            problems.append(Problem(one.source, "refused.merged_twice", merged))
        if one.amount_vnd is None:
            continue
        if document.milestone not in ACT_OF_MILESTONE:
            facts |= {"milestone": document.milestone}
            problems.append(Problem(one.source, "refused.amount_unfit", facts))
        elif not 0 <= one.amount_vnd <= rules.MOST_VND:
            problems.append(Problem(one.source, "refused.bad_amount", {"found": one.amount_vnd}))
    return problems


def _why_not(
    one: Listed, own: Sequence[HoldingState], meant: Sequence[HoldingState], batch: Batch, *, is_member: bool
) -> list[Problem]:
    """Why a household cannot be marked: unknown, not of the đợt, or without land that it is about."""
    facts: dict[str, Fact] = {"household": one.household, "batch": batch.batch}
    if not is_member:
        message = "refused.not_a_member" if own else "refused.household_unknown"
        return [Problem(one.source, message, facts)]
    if not meant:
        return [Problem(one.source, "refused.no_land_in_batch", facts)]
    return []


def _mark(
    state: State,
    request: ApplyDocument,
    setting: Setting,
    document: Document,
    holdings: Sequence[HoldingState],
    found: _Found,
) -> None:
    """The milestones of one household's holdings."""
    for holding in holdings:
        label = setting.label(holding.parcel)
        before = _marked_before(state, holding, document, renewed=request.renewed)
        if before is not None:
            found.skip(holding, document.milestone, before, label)
            continue
        mark = Mark(
            (holding.parcel,),
            document.milestone,
            document.on,
            document.number,
            holding.household,
            batch=request.batch,
        )
        problems = [p for rule in rules.MARK_RULES for p in rule(mark, setting)]
        problems += rules.before_holding(state, holding, mark, label)
        found.mark(state, setting, holding, mark, problems)


def _marks(state: State, holding: HoldingState, milestone: str) -> list[tuple[Entry, str | None]]:
    """What counts or will count of one milestone of a holding, with its document."""
    return [
        (entry, entry.fact.document)
        for entry in state.history.get(holding.parcel, ())
        if isinstance(entry.fact, Milestone)
        and (entry.fact.household, entry.fact.milestone) == (holding.household, milestone)
        and entry.seq not in state.voided
        and entry.on is not None
        and entry.on >= holding.since
    ]


def _marked_before(
    state: State, holding: HoldingState, document: Document, *, renewed: bool
) -> tuple[int, str | None] | None:
    """The mark (seq, document) on account of which a holding is skipped; None where it is to be marked."""
    marks = _marks(state, holding, document.milestone)
    same = [(e.seq, number) for e, number in marks if (number, e.on) == (document.number, document.on)]
    if same:
        return same[0]
    if document.milestone in REPEATABLE_MILESTONES:
        return None
    if renewed and document.milestone in RENEWED_MILESTONES:
        later = [(e.seq, number) for e, number in marks if e.on is not None and e.on >= document.on]
        return later[0] if later else None
    if marks:
        return marks[0][0].seq, marks[0][1]
    reached = holding.milestones.get(document.milestone)  # by an opening entry, or of a predecessor
    return (reached.seq, reached.document) if reached else None


def _pay(own: Account, batch: Batch, document: Document, one: Listed, found: _Found) -> None:
    """One entry of money for a household with an amount, unless this document's money is recorded."""
    act = ACT_OF_MILESTONE.get(document.milestone)
    if act is None or not one.amount_vnd:
        return
    facts: dict[str, Fact] = {"household": one.household, "amount": one.amount_vnd}
    same = [line for line in own.lines if (line.act, line.document) == (act, document.number)]
    if same:
        total = sum(line.amount_vnd for line in same)
        facts |= {"recorded": total, "seq": same[0].seq}
        if total == one.amount_vnd:
            found.skipped.append(Problem(one.source, "warning.money_before", facts, severity="warning"))
        else:
            found.refused.append(Problem(one.source, "refused.money_differs", facts))
        return
    odd = beyond_approval(own, one.amount_vnd, document.on, one.source) if act == PAID else []
    money = Money(None, one.household, act, one.amount_vnd, document.number, batch.batch)
    found.money.append(Draft(document.on, money, warnings=tuple(odd)))


def _partial_payment(own: Account, document: Document, one: Listed) -> list[Problem]:
    """A payment that leaves approved money unpaid, or in the deposit: its money is recorded, no milestone."""
    if document.milestone != PAID or not one.amount_vnd:
        return []
    recorded = any((line.act, line.document) == (PAID, document.number) for line in own.lines)
    remaining = own.approved - own.paid - (0 if recorded else one.amount_vnd)
    if remaining <= 0:
        return []
    facts: dict[str, Fact] = {"household": one.household, "amount": one.amount_vnd, "remaining": remaining}
    return [Problem(one.source, "warning.partial_payment", facts, severity="warning")]


def money_total(drafts: Sequence[Draft]) -> int:
    """Whole đồng of the money that drafts record."""
    return sum(draft.fact.amount_vnd for draft in drafts if isinstance(draft.fact, Money))


@dataclass(frozen=True, slots=True)
class Applied:
    """Entries of one request that applied a document and still count: what can be undone together."""

    request_id: str
    by: str
    recorded_at: datetime
    seqs: tuple[int, ...]


def applications(
    state: State, batch: Batch, document: Document, aliases: Mapping[str, str] = NO_ALIASES
) -> tuple[Applied, ...]:
    """The requests that applied a document, the newest first.

    Args:
        state: Of the day.
        batch: The đợt; households that left it count too.
        document: One of its documents.
        aliases: Of a household that was entered twice, the id that counts.
    """
    found: dict[str, list[Entry]] = {}
    joined = (entry.fact for entry in state.history.get(None, ()) if isinstance(entry.fact, BatchJoined))
    ever = dict.fromkeys(fact.household for fact in joined if fact.batch == batch.batch)
    members = dict.fromkeys(one for member in ever for one in sorted(ids_of(member, aliases)))
    places = dict.fromkeys(place for one in members for place in state.told_of.get(one, ()))
    for place in places:
        for entry in state.live(place):
            fact = entry.fact
            said = isinstance(fact, Milestone | Money) and (fact.batch, fact.document)
            if said == (batch.batch, document.number) and entry.on == document.on:
                found.setdefault(entry.request_id, []).append(entry)
    groups = [
        Applied(request, entries[0].by, entries[0].recorded_at, tuple(sorted(e.seq for e in entries)))
        for request, entries in found.items()
    ]
    return tuple(sorted(groups, key=lambda one: one.seqs, reverse=True))
