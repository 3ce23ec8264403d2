"""What is due in each đợt: which household, by which day, by which rule of its regime.

A period runs from the day on which the document of a milestone takes effect, for a mark that names no
document of the đợt from its own day. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.ledger.batches import batches, by_household
from gis.ledger.facts import Milestone, Money, Opening
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date

    from gis.deadlines import Deadlines, Rule
    from gis.ledger.batches import Batch
    from gis.ledger.state import HoldingState, State

# overdue: the last day is past; due: it is today or in the next days; open: it is later;
# wait: the next milestone may not come yet; early: it came before it might.
Status: TypeAlias = Literal["overdue", "due", "open", "wait", "early"]
SETTLING_ACTS: Final = frozenset({"paid", "deposited"})
STATUSES: Final[tuple[Status, ...]] = ("overdue", "due", "open", "wait", "early")


@dataclass(frozen=True, slots=True)
class Land:
    """What deadlines ask of the land.

    Args:
        codes: Land-use code by parcel id.
        inside: The parcels of a zone (its phases too) by the zone's id.
    """

    codes: Mapping[str, str]
    inside: Mapping[str, Collection[str]]

    def of_batch(self, batch: Batch) -> Collection[str] | None:
        """The parcels that a đợt is about; None: all."""
        return None if batch.zone is None else self.inside.get(batch.zone, frozenset())


@dataclass(frozen=True, slots=True)
class Due:
    """One period of one household: its parcels that have the same last day.

    Args:
        batch: Id of the đợt.
        household: Its id.
        parcels: Their ids, sorted.
        rule: The period.
        since: The day from which it runs.
        by: Its last day, included; for "wait" and "early" the first day on which the milestone may come.
        days: From today to that day; below 0 where it is past.
        status: See `STATUSES`.
        longest: Land use does not say farm or other (several codes, none): the longer period is taken.
    """

    batch: str
    household: str
    parcels: tuple[str, ...]
    rule: Rule
    since: date
    by: date
    days: int
    status: Status
    longest: bool


@dataclass(frozen=True, slots=True)
class _Period:
    """The period of one holding under one rule."""

    parcel: str
    since: date
    by: date
    status: Status
    longest: bool


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of every holding of a đợt by one rule."""

    state: State
    batch: Batch
    rule: Rule
    deadlines: Deadlines
    land: Land
    today: date
    soon: int
    settled: Mapping[str, tuple[date, ...]]  # days on which a household got money for all that it holds

    @property
    def effective(self) -> dict[tuple[str | None, date], date]:
        """The day of effect of the đợt's documents that start the period, by number and date."""
        return {
            (one.number, one.on): one.effective
            for one in self.batch.documents
            if one.milestone == self.rule.after
        }


def due(state: State, deadlines: Deadlines, land: Land, today: date, soon: int) -> tuple[Due, ...]:
    """Every period of every member of every đợt, the earliest last day first.

    Args:
        state: What holds on the day.
        deadlines: The regimes; a đợt whose regime is not among them has no periods.
        land: Land uses and zones.
        today: The day from which days are counted.
        soon: So many days before its last day, that day included, a period is "due".
    """
    settled = _settled(state)
    found: list[Due] = []
    for batch in batches(state).values():
        regime = deadlines.regimes.get(batch.regime)
        holdings = by_household(state, land.of_batch(batch))
        for rule in regime.rules if regime else ():
            question = _Question(state, batch, rule, deadlines, land, today, soon, settled)
            for household in batch.members:
                found += _of_household(question, household, holdings.get(household, ()))
    return tuple(sorted(found, key=lambda one: (one.by, one.batch, one.household, one.rule.id, one.parcels)))


def _of_household(asked: _Question, household: str, holdings: Iterable[HoldingState]) -> Iterable[Due]:
    groups: dict[tuple[date, date, Status], list[_Period]] = {}
    for holding in holdings:
        period = _period(asked, holding)
        if period is not None:
            groups.setdefault((period.since, period.by, period.status), []).append(period)
    for (since, by, status), periods in groups.items():
        yield Due(
            batch=asked.batch.batch,
            household=household,
            parcels=tuple(sorted(period.parcel for period in periods)),
            rule=asked.rule,
            since=since,
            by=by,
            days=(by - asked.today).days,
            status=status,
            longest=any(period.longest for period in periods),
        )


def _period(asked: _Question, holding: HoldingState) -> _Period | None:
    """The period of a holding; None where it does not run: not begun, answered, or not asked here."""
    rule = asked.rule
    if rule.until in holding.waived or (rule.stuck_only and not _is_stuck(asked.state, holding)):
        return None
    starts, answers = _starts(asked, holding), _answers(asked, holding)
    since = _running(starts, answers, rule)
    if since is None:
        return None
    is_farm = asked.deadlines.is_farm(asked.land.codes.get(holding.parcel, ""))
    kinds = (True, False) if is_farm is None else (is_farm,)
    by = max(rule.last_day(since, farm=kind) for kind in kinds)
    status = _status(asked, by, answers)
    if status is None:
        return None
    return _Period(holding.parcel, since, by, status, longest=is_farm is None and rule.differs)


def _running(starts: list[tuple[date, date]], answers: list[date], rule: Rule) -> date | None:
    """The day from which a period runs; None where none does.

    Args:
        starts: (its day, the day of effect) of each mark that starts it, sorted.
        answers: The days on which the milestone that ends it was reached, sorted.
        rule: The period. Of several starts the first one counts that nothing answers; the last one
            where the period starts again with each.
    """
    if rule.kind == "not_before":
        before = [one for one in starts if not answers or one[0] <= answers[0]] or starts
    elif rule.after in REPEATABLE_MILESTONES:  # a payment answers the approvals up to its day
        before = [one for one in starts if not answers or one[0] > answers[-1]]
    else:
        before = [] if answers else starts
    if not before:
        return None
    return before[-1][1] if rule.restarts else before[0][1]


def _status(asked: _Question, by: date, answers: list[date]) -> Status | None:
    if asked.rule.kind == "not_before":
        if answers:
            return "early" if answers[0] < by else None
        return "wait" if asked.today < by else None
    days = (by - asked.today).days
    if days < 0:
        return "overdue"
    return "due" if days <= asked.soon else "open"


def _starts(asked: _Question, holding: HoldingState) -> list[tuple[date, date]]:
    """The marks that start a period: (day, the day on which its document takes effect)."""
    effective = asked.effective
    return sorted(
        (on, effective.get((document, on), on))
        for on, document in _marks(asked.state, holding, asked.rule.after)
    )


def _answers(asked: _Question, holding: HoldingState) -> list[date]:
    """The days on which what ends a period happened; money paid or deposited ends one of payment."""
    rule = asked.rule
    ends = (rule.until, *(rule.also if rule.kind == "within" else ()))
    days = [on for name in ends for on, _ in _marks(asked.state, holding, name)]
    if rule.until == "paid":
        days += asked.settled.get(holding.household, ())
        days += [
            entry.on
            for entry in asked.state.live(holding.parcel)
            if isinstance(entry.fact, Money)
            and entry.fact.household == holding.household
            and entry.fact.act in SETTLING_ACTS
            and entry.on is not None
        ]
    return sorted(days)


def _marks(state: State, holding: HoldingState, milestone: str) -> list[tuple[date, str | None]]:
    """The day and document of each time that a holding, or all its predecessors, reached a milestone."""
    marks = [
        (entry.on, entry.fact.document)
        for entry in state.live(holding.parcel)
        if isinstance(entry.fact, Milestone | Opening)
        and (entry.fact.household, entry.fact.milestone) == (holding.household, milestone)
        and entry.on is not None
    ]
    reached = holding.milestones.get(milestone)
    return marks or ([(reached.on, reached.document)] if reached else [])


def _is_stuck(state: State, holding: HoldingState) -> bool:
    found = state.by_parcel.get(holding.parcel)
    return found is not None and any(one.household in (None, holding.household) for one in found.obstacles)


def _settled(state: State) -> dict[str, tuple[date, ...]]:
    """The days on which money for all that it holds was paid or deposited, by household."""
    found: dict[str, tuple[date, ...]] = {}
    for entry in state.live(None):
        fact = entry.fact
        if isinstance(fact, Money) and fact.act in SETTLING_ACTS and entry.on is not None:
            found[fact.household] = (*found.get(fact.household, ()), entry.on)
    return found


def counted(rows: Iterable[Due], status: Status, of: Callable[[Due], object] | None = None) -> int:
    """How many different things (the rows themselves, or what `of` names) have a status."""
    chosen = [row for row in rows if row.status == status]
    return len(chosen) if of is None else len({of(row) for row in chosen})
