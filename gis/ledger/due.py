"""What is due in each đợt: which household, by which day, by which rule of its regime.

A period runs from the day on which the document of a milestone takes effect, for a mark that names no
document of the đợt from its own day. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.ledger.accounts import NO_ALIASES
from gis.ledger.batches import batches, holdings_of
from gis.ledger.facts import Milestone, Money, Opening
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from gis.deadlines import Deadlines, Rule
    from gis.ledger.batches import Batch
    from gis.ledger.entry import Entry
    from gis.ledger.state import HoldingState, State

# overdue: the last day is past; due: it is today or in the next days; open: it is later;
# wait: the next milestone may not come yet; early: it came before it might.
Status: TypeAlias = Literal["overdue", "due", "open", "wait", "early"]
PAID: Final = "paid"
SETTLING_ACTS: Final = frozenset({PAID, "deposited"})
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
    stories: _Stories
    # The day of effect of the đợt's documents that start the period, by number and date.
    effective: Mapping[tuple[str | None, date], date]
    elsewhere: Collection[tuple[str | None, date]]  # such documents of other đợt


@dataclass(frozen=True, slots=True)
class _Mark:
    """A milestone as an entry tells it."""

    on: date
    document: str | None
    batch: str | None


@dataclass(frozen=True, slots=True)
class _Story:
    """What the entries of a holding say: the marks of each milestone, days on which money came."""

    marks: Mapping[str, Sequence[_Mark]]
    settled: Sequence[date]


class _Stories:
    """The stories of holdings, each parcel's entries read once."""

    def __init__(self, state: State, aliases: Mapping[str, str]) -> None:
        """Read what is of no parcel; the rest when it is asked for."""
        self.state, self.aliases = state, aliases
        self._of_parcel: dict[str, dict[str, _Story]] = {}
        self._of_holding: dict[tuple[str, str], _Story] = {}
        # For all that a household holds, by the id that counts.
        self.settled: dict[str, list[date]] = defaultdict(list)
        for entry in state.live(None):
            if (fact := _settling(entry)) is not None and entry.on is not None:
                self.settled[aliases.get(fact.household, fact.household)].append(entry.on)

    def of(self, holding: HoldingState) -> _Story:
        """The story of a holding; of what it has from its predecessors, as its state tells."""
        key = (holding.parcel, holding.household)
        if key not in self._of_holding:
            if holding.parcel not in self._of_parcel:
                self._of_parcel[holding.parcel] = _stories(self.state.live(holding.parcel))
            told = self._of_parcel[holding.parcel].get(holding.household, _Story({}, ()))
            inherited = {
                name: [_Mark(one.on, one.document, None)] for name, one in holding.milestones.items()
            }
            root = self.aliases.get(holding.household, holding.household)
            settled = (*told.settled, *self.settled.get(root, ()))
            self._of_holding[key] = _Story({**inherited, **told.marks}, settled)
        return self._of_holding[key]


def _settling(entry: Entry) -> Money | None:
    fact = entry.fact
    return fact if isinstance(fact, Money) and fact.act in SETTLING_ACTS else None


def _stories(live: Iterable[Entry]) -> dict[str, _Story]:
    """The stories of a parcel's households from its entries that count."""
    marks: dict[str, dict[str, list[_Mark]]] = defaultdict(lambda: defaultdict(list))
    settled: dict[str, list[date]] = defaultdict(list)
    for entry in live:
        fact = entry.fact
        if entry.on is None:
            continue
        if isinstance(fact, Milestone | Opening):
            batch = fact.batch if isinstance(fact, Milestone) else None
            marks[fact.household][fact.milestone].append(_Mark(entry.on, fact.document, batch))
        elif (money := _settling(entry)) is not None:
            settled[money.household].append(entry.on)
    return {one: _Story(marks[one], settled[one]) for one in {*marks, *settled}}


def due(
    state: State,
    deadlines: Deadlines,
    land: Land,
    today: date,
    soon: int,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> tuple[Due, ...]:
    """Every period of every member of every đợt, the earliest last day first.

    Args:
        state: What holds on the day.
        deadlines: The regimes; a đợt whose regime is not among them has no periods.
        land: Land uses and zones.
        today: The day from which days are counted.
        soon: So many days before its last day, that day included, a period is "due".
        aliases: Of a household that was entered twice, the id that counts.
    """
    stories, known = _Stories(state, aliases), batches(state)
    found: list[Due] = []
    for batch in known.values():
        regime = deadlines.regimes.get(batch.regime)
        holdings = holdings_of(state, batch.members, land.of_batch(batch), aliases)
        for rule in regime.rules if regime else ():
            effective = _effective(batch, rule)
            others = (one for one in known.values() if one.batch != batch.batch)
            elsewhere = {key for one in others for key in _effective(one, rule)} - effective.keys()
            question = _Question(
                state, batch, rule, deadlines, land, today, soon, stories, effective, elsewhere
            )
            for household, held in holdings.items():
                found += _of_household(question, household, held)
    return tuple(sorted(found, key=lambda one: (one.by, one.batch, one.household, one.rule.id, one.parcels)))


def _effective(batch: Batch, rule: Rule) -> dict[tuple[str | None, date], date]:
    """The day of effect of a đợt's documents that start a period, by number and date."""
    return {(one.number, one.on): one.effective for one in batch.documents if one.milestone == rule.after}


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
            parcels=tuple(sorted({period.parcel for period in periods})),
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
    if rule.after not in holding.milestones or _is_answered(rule, holding):
        return None  # most holdings: their entries need not be read
    if rule.until in holding.waived or (rule.stuck_only and not _is_stuck(asked.state, holding)):
        return None
    story = asked.stories.of(holding)
    starts, answers = _starts(asked, story), _answers(rule, story)
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


def _is_answered(rule: Rule, holding: HoldingState) -> bool:
    """Whether a period is over for good: what starts it comes once, and what ends it is reached."""
    ends = rule.kind == "within" and rule.after not in REPEATABLE_MILESTONES
    return ends and any(name in holding.milestones for name in (rule.until, *rule.also))


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


def _starts(asked: _Question, story: _Story) -> list[tuple[date, date]]:
    """The marks that start a period: (day, the day on which its document takes effect).

    A mark that another đợt's document says starts nothing here; one that no đợt's says starts it in
    every đợt of the household.
    """
    return sorted(
        (mark.on, asked.effective.get((mark.document, mark.on), mark.on))
        for mark in story.marks.get(asked.rule.after, ())
        if mark.batch == asked.batch.batch
        or (mark.batch is None and (mark.document, mark.on) not in asked.elsewhere)
    )


def _answers(rule: Rule, story: _Story) -> list[date]:
    """The days on which what ends a period happened; money paid or deposited ends one of payment."""
    ends = (rule.until, *(rule.also if rule.kind == "within" else ()))
    days = [mark.on for name in ends for mark in story.marks.get(name, ())]
    return sorted([*days, *story.settled] if rule.until == PAID else days)


def _is_stuck(state: State, holding: HoldingState) -> bool:
    found = state.by_parcel.get(holding.parcel)
    return found is not None and found.hinders(holding.household)


def counted(rows: Iterable[Due], status: Status, of: Callable[[Due], object] | None = None) -> int:
    """How many different things (the rows themselves, or what `of` names) have a status."""
    chosen = [row for row in rows if row.status == status]
    return len(chosen) if of is None else len({of(row) for row in chosen})
