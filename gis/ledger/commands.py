"""Commands: a request becomes drafts, or is refused with every reason at once.

Pure: no file, no clock; what a command must know of parcels, of the plan's days and of today, it
gets as arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger import rules
from gis.ledger.entry import Draft, Entry
from gis.ledger.facts import Boundaries, Holding, Milestone, ObstacleOpened, Void
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.facts import Note
    from gis.ledger.part import Part
    from gis.ledger.state import HoldingState, State


@dataclass(frozen=True, slots=True)
class Setting:
    """What commands must know beside the ledger.

    Args:
        parcels: The parcels and public features of the boundaries in force.
        starts: The first day that an entry may be of.
        today: The last day that an entry may be of.
        labels: How a person calls a parcel, by parcel id; the id itself where absent.
    """

    parcels: Collection[str]
    starts: date
    today: date
    labels: Mapping[str, str] = field(default_factory=dict)

    def label(self, parcel: str) -> str:
        """How a person calls a parcel."""
        return self.labels.get(parcel, parcel)


@dataclass(frozen=True, slots=True)
class Mark:
    """A request to record that holdings reached a milestone.

    Args:
        parcels: Their parcels.
        milestone: An id of `gis.milestones.MILESTONES`.
        on: The day it happened.
        document: Number of the minutes, decision or list; a hand-over needs one.
        household: Only this household's holding of each parcel.
        all_holdings: Every holding of each parcel that has not reached it yet. With neither, a parcel
            must have one holding.
        amount_vnd: Whole đồng, where the milestone is about money.
        seen: By parcel, the last seq that spoke of it when its user looked; None: not asked.
    """

    parcels: tuple[str, ...]
    milestone: str
    on: date
    document: str | None = None
    household: str | None = None
    all_holdings: bool = False
    amount_vnd: int | None = None
    seen: Mapping[str, int] | None = None


def mark(state: State, request: Mark, setting: Setting) -> tuple[Draft, ...]:
    """A milestone for one or many holdings, all or none.

    Raises:
        RefusedError: With every reason, by parcel in the request's order.
    """
    problems = [p for rule in rules.MARK_RULES for p in rule(request, setting)]
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
    document = request.document.strip() if request.document else None
    return tuple(
        Draft(
            request.on,
            Milestone(h.parcel, h.household, request.milestone, document or None, request.amount_vnd),
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
        facts = {"household": request.household, "households": listed}
        return chosen, [] if chosen else [Problem(source, "refused.not_a_holder", facts)]
    if len(holdings) > 1 and not request.all_holdings:
        several: dict[str, Fact] = {"count": len(holdings), "households": listed}
        return [], [Problem(source, "refused.several_holdings", several)]
    # The rest of a parcel whose other holders handed over before; all of them did: refused below.
    rest = [h for h in holdings if not _is_done(h, request)]
    return (rest if request.all_holdings and rest else holdings), []


def _is_done(holding: HoldingState, request: Mark) -> bool:
    repeats = request.milestone in REPEATABLE_MILESTONES
    return request.milestone in holding.milestones and not repeats


def void(state: State, targets: Sequence[int], note: Note | None = None) -> tuple[Draft, ...]:
    """The cancelling of entries, all or none; what hangs on them must be cancelled with them.

    Raises:
        RefusedError: For a target that is not there, a void, boundaries, already void, or carries
            other entries; with every reason.
    """
    wanted = tuple(dict.fromkeys(targets))
    by_seq = _live_entries(state, wanted)
    problems = [
        problem for seq in wanted for problem in _void_problems(state, seq, by_seq, frozenset(wanted))
    ]
    drafts = tuple(Draft(None, Void(by_seq[seq].parcel, seq, note)) for seq in wanted if seq in by_seq)
    problems = problems or rules.void_effects(state, drafts)
    if problems:
        raise RefusedError(problems=problems)
    return drafts


def correct(state: State, target: int, on: date, document: str | None, setting: Setting) -> tuple[Draft, ...]:
    """A milestone with its right day and document instead of the wrong ones, in one transaction.

    Raises:
        RefusedError: If the target is no live milestone, or the new one would be refused.
    """
    cancelled = void(state, [target])
    fact = _live_entries(state, (target,))[target].fact
    if not isinstance(fact, Milestone):
        raise RefusedError(problems=[Problem(f"{target}", "refused.not_a_milestone")])
    request = Mark((fact.parcel,), fact.milestone, on, document, fact.household)
    problems = [p for rule in rules.MARK_RULES for p in rule(request, setting)]
    problems += [
        problem
        for holding in state.of_parcel(fact.parcel)
        if holding.household == fact.household
        for problem in rules.before_holding(state, holding, request, setting.label(fact.parcel))
    ]
    if problems:
        raise RefusedError(problems=problems)
    renewed = Milestone(
        fact.parcel, fact.household, fact.milestone, (document or "").strip() or None, fact.amount_vnd
    )
    return (*cancelled, Draft(on, renewed))


def require_reason(reason: str) -> None:
    """A reason in words, for what is cancelled.

    Raises:
        RefusedError: If there is none.
    """
    if not reason.strip():
        raise RefusedError(problems=[Problem("", "refused.missing_reason")])
    if not rules.is_text(reason):
        raise RefusedError(problems=[Problem("", "refused.bad_text", {"found": ascii(reason)})])


def require_account(account: str) -> None:
    """An account that answers for what is written.

    Raises:
        RefusedError: If there is none.
    """
    if not account.strip():
        raise RefusedError(problems=[Problem("", "refused.missing_account")])
    if not rules.is_text(account):
        raise RefusedError(problems=[Problem("", "refused.bad_text", {"found": ascii(account)})])


def with_note(drafts: Sequence[Draft], note: Note) -> tuple[Draft, ...]:
    """Drafts whose voids carry a note: the register keeps it only once they are allowed."""
    return tuple(
        replace(draft, fact=replace(draft.fact, note=note)) if isinstance(draft.fact, Void) else draft
        for draft in drafts
    )


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A household's part of a parcel as a list states it; `source` is where it stands."""

    parcel: str
    household: str
    part: Part
    since: date
    source: str


def hold(state: State, rows: Sequence[HoldingRow], setting: Setting) -> tuple[Draft, ...]:
    """The holdings of a list: new ones, and parts that differ; what is the same writes nothing.

    Raises:
        RefusedError: For unknown parcels, days out of range, a holding stated twice, and shares that
            do not sum to 1; with every reason.
    """
    problems = [p for row in rows for p in rules.holding_row_problems(row, setting)]
    stated: dict[tuple[str, str], HoldingRow] = {}
    for row in rows:
        first = stated.setdefault((row.parcel, row.household), row)
        if first is not row:
            facts = {"household": row.household, "first": first.source}
            problems.append(Problem(row.source, "refused.holding_twice", facts))
    problems += [p for row in stated.values() for p in rules.before_known_holding(state, row)]
    problems += rules.shares_problems(state, stated, setting)
    if problems:
        raise RefusedError(problems=problems)
    drafts = []
    for key, row in stated.items():
        known = state.holdings.get(key)
        if known is None or known.part != row.part:
            drafts.append(Draft(row.since, Holding(row.parcel, row.household, row.part)))
    return tuple(drafts)


def _live_entries(state: State, seqs: Sequence[int]) -> dict[int, Entry]:
    wanted = set(seqs)
    return {e.seq: e for entries in state.history.values() for e in entries if e.seq in wanted}


def _void_problems(
    state: State, seq: int, by_seq: Mapping[int, Entry], together: frozenset[int]
) -> list[Problem]:
    source = f"{seq}"
    entry = by_seq.get(seq)
    if entry is None:
        return [Problem(source, "refused.void_unknown", {"head": state.known})]
    if isinstance(entry.fact, Void):
        return [Problem(source, "refused.void_of_void")]
    if isinstance(entry.fact, Boundaries):
        return [Problem(source, "refused.void_of_boundaries")]
    if seq in state.voided:
        return [Problem(source, "refused.void_twice", {"void": state.voided[seq]})]
    hanging = [
        other.seq
        for other in state.history[entry.parcel]
        if other.seq not in state.voided and other.seq not in together and _hangs_on(other, entry)
    ]
    if hanging:
        listed = ", ".join(str(other) for other in hanging)
        return [Problem(source, "refused.void_carries", {"entries": listed})]
    return []


def _hangs_on(other: Entry, entry: Entry) -> bool:
    """Whether an entry would hang in the air once another is void."""
    if isinstance(entry.fact, ObstacleOpened):
        return getattr(other.fact, "opened", None) == entry.seq
    if isinstance(entry.fact, Holding) and isinstance(other.fact, Holding):
        return other.seq != entry.seq and entry.fact.household in other.fact.predecessors
    return False
