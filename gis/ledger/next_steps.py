"""What is next for a household, why, and by when: worked out from what it holds and what happened.

A household is done with once it handed over all its land and has its money; what comes after (delivery
to the investor, by blocks) is none of its steps. Every number of days comes from the regimes
(`gis.deadlines`). Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.ledger.accounts import Sums
from gis.ledger.due import PAID
from gis.milestones import CLEARED_MILESTONE, DELIVERED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.deadlines import Deadlines, Regime
    from gis.errors import Fact
    from gis.ledger.due import Due
    from gis.ledger.money_groups import Late
    from gis.ledger.state import HoldingState, Obstacle
    from gis.ledger.visits import VisitState
    from gis.milestones import Step

# settle: get an obstacle out of the way; compel: all stages about it are over, the authority decides;
# pay: give what is approved and not paid; collect: what is left lies in the deposit (tiền gửi), people are to
# take it; visit: talk again; milestone: reach `about`.
Action: TypeAlias = Literal["settle", "compel", "pay", "collect", "visit", "milestone"]
AGREED: Final = "agreed"
NOTHING: Final = Sums()


class Rank(IntEnum):
    """The order of work, each with its reason.

    Within a rank the earliest last day goes first, then what waits longest, then the household's id.
    """

    OVERDUE = 0  # a rule's last day is past: every day more is one that the law does not give
    SOON = 1  # a rule's last day comes within the days asked for: in time only if it is done now
    READY = 2  # nothing lacks but the hand-over itself: one signature makes the land cleared
    STUCK = 3  # an obstacle: until it is gone nothing else moves
    PAY = 4  # money is approved and its term still runs: people wait for what is theirs
    VISIT = 5  # as long since the last talk as the office lets pass
    ONWARD = 6  # the next milestone of the usual order
    PAPERS = 7  # the land is handed over: what lacks is on paper alone
    WAIT = 8  # the next milestone may not come before a day that is still to come
    DONE = 9  # no step


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step is next: an id of the catalogues and its facts; of a rule or stage `period` is its id."""

    message: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do for a household.

    Args:
        action: What kind of thing.
        about: The milestone or the category of the obstacle; None for money and visits.
        parcels: The ids of the parcels concerned, sorted; none where it concerns the household as a whole.
        rank: Its place in the order of work.
        reasons: Why.
        due: The last day, included, that a rule gives it; of a visit the day from which the office goes
            again, in rank `WAIT` the first day on which the milestone may come.
        since: From when it waits, for the order; None where nobody can say.
        days: From today to `due`, below 0 where that is past.
    """

    action: Action
    about: str | None
    parcels: tuple[str, ...]
    rank: Rank
    reasons: tuple[Reason, ...]
    due: date | None = None
    since: date | None = None
    days: int | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether its last day is past."""
        return self.days is not None and self.days < 0

    @property
    def order(self) -> tuple[int, date, date]:
        """What steps are sorted by; see `Rank`."""
        return self.rank, self.due or date.max, self.since or date.max


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is next for a household: all its steps, the first of them first.

    Args:
        household: The id that counts.
        steps: In the order of `Rank`; empty where it is done with.
        skipped: By milestone that a later one overtook, the parcels; in the usual order.
        last_visit: The newest visit.
    """

    household: str
    steps: tuple[NextStep, ...]
    skipped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    last_visit: VisitState | None = None

    @property
    def next(self) -> NextStep | None:
        """What to do first."""
        return self.steps[0] if self.steps else None

    @property
    def order(self) -> tuple[int, date, date, str]:
        """What households are sorted by: their first step, and their id."""
        return (*(self.next.order if self.next else (Rank.DONE, date.max, date.max)), self.household)


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a household on the day.

    Args:
        household: The id that counts.
        holdings: All that it holds, under all of its ids, by parcel.
        obstacles: The open ones of its holdings, and of parcels that it holds.
        visits: The newest first.
        sums: Its money.
        unpaid: What is approved and open, as `money_groups.unpaid` gives it.
        due: Its periods in all of its đợt.
    """

    household: str
    holdings: Sequence[HoldingState]
    obstacles: Sequence[Obstacle] = ()
    visits: Sequence[VisitState] = ()
    sums: Sums = NOTHING
    unpaid: Sequence[Late] = ()
    due: Sequence[Due] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """The usual order up to the hand-over.

    Args:
        milestones: Their ids in order.
        optional: Those of them that may be waived.
    """

    milestones: tuple[str, ...]
    optional: frozenset[str] = frozenset()

    @classmethod
    def of(cls, steps: Iterable[Step]) -> Order:
        """The order of a project's milestones; the delivery and what follows it are of blocks, not of people.

        >>> from gis.milestones import in_order
        >>> Order.of(in_order([])).milestones[-2:]
        ('recovered', 'handed_over')
        """
        written = list(steps)
        names = [step.id for step in written]
        until = names.index(DELIVERED_MILESTONE) if DELIVERED_MILESTONE in names else len(names)
        return cls(tuple(names[:until]), frozenset(step.id for step in written[:until] if step.optional))


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a holding is.

    Args:
        next: The first milestone of the usual order that it neither reached nor is waived; None: all are.
        skipped: Those that a later one overtook, in order. An optional one that was overtaken is told
            here and is never the next: nobody holds a meeting for land that is paid.
    """

    next: str | None
    skipped: tuple[str, ...]


def progress(holding: HoldingState, order: Order) -> Progress:
    """How far a holding is; milestones come in any order, so the next may be one that was skipped."""
    missing = [
        name for name in order.milestones if name not in holding.milestones and name not in holding.waived
    ]
    last = max(
        (place for place, name in enumerate(order.milestones) if name in holding.milestones), default=-1
    )
    overtaken = set(order.milestones[: max(last, 0)])
    skipped = tuple(name for name in missing if name in overtaken)
    following = next((name for name in missing if name not in order.optional or name not in overtaken), None)
    return Progress(following, skipped)


def outlook(
    case: Case, order: Order, deadlines: Deadlines, regime: Regime, today: date, soon: int
) -> Outlook:
    """What is next for one household.

    Args:
        case: What is known of it.
        order: The project's milestones.
        deadlines: When to visit again.
        regime: That of its đợt: the stages about obstacles.
        today: The day.
        soon: So many days before its last day, that day included, a step comes before others.
    """
    ways = {(one.parcel, one.household): progress(one, order) for one in case.holdings}
    asked = _Question(case, order, deadlines, regime, today, soon, ways)
    found = [*asked.obstacles(), *asked.money(), *asked.milestones(), *asked.visit()]
    steps = tuple(sorted(found, key=_in_household))
    last = case.visits[0] if case.visits else None
    return Outlook(case.household, steps, MappingProxyType(asked.skipped()), last)


@dataclass(frozen=True, slots=True)
class _Question:
    """One household's case and what it is held against."""

    case: Case
    rules: Order
    deadlines: Deadlines
    regime: Regime
    today: date
    soon: int
    progress: Mapping[tuple[str, str], Progress]

    def step(
        self,
        action: Action,
        about: str | None,
        parcels: Iterable[str],
        usual: Rank,
        reasons: Iterable[Reason],
        due: date | None = None,
        since: date | None = None,
    ) -> NextStep:
        """A step in its rank: a last day that is past or near goes before what is usual."""
        days = None if due is None else (due - self.today).days
        rank = usual
        if days is not None and usual not in {Rank.VISIT, Rank.WAIT}:  # no rule of law says when to visit
            rank = Rank.OVERDUE if days < 0 else Rank.SOON if days <= self.soon else usual
        return NextStep(action, about, tuple(sorted(set(parcels))), rank, tuple(reasons), due, since, days)

    def skipped(self) -> dict[str, tuple[str, ...]]:
        """The parcels of each milestone that a later one overtook."""
        found: dict[str, list[str]] = {}
        for (parcel, _), way in self.progress.items():
            for name in way.skipped:
                found.setdefault(name, []).append(parcel)
        return {name: tuple(found[name]) for name in self.rules.milestones if name in found}

    def obstacles(self) -> Iterable[NextStep]:
        """A step for each category of obstacles, with the periods that run while it is open."""
        by_category: dict[str, list[Obstacle]] = {}
        for one in self.case.obstacles:
            by_category.setdefault(one.category, []).append(one)
        for category, found in by_category.items():
            since, parcels = min(one.since for one in found), {one.parcel for one in found}
            action, staged, end = self.staged(category, since)
            rows = [row for row in self.running() if parcels & set(row.parcels)]
            days = (self.today - since).days
            reasons = [Reason("next.stuck_since", {"on": since.isoformat(), "days": days}), *staged]
            reasons += [*map(_period, rows), self.talked(since)]
            ends = [row.by for row in rows] + ([] if end is None else [end])
            yield self.step(action, category, parcels, Rank.STUCK, reasons, min(ends, default=None), since)

    def staged(self, category: str, since: date) -> tuple[Action, Sequence[Reason], date | None]:
        """What the regime asks about an obstacle now, why, and until when."""
        stage, end = self.regime.stage(category, since, self.today)
        if end is None:
            return "settle", (), None
        facts: dict[str, Fact] = {"by": end.isoformat()}
        if stage is None:
            return "compel", (Reason("next.stages_over", facts),), end
        return "settle", (Reason("next.stage", facts | {"period": stage.id, "title": stage.title}),), end

    def talked(self, since: date) -> Reason:
        """Whether somebody talked with the household since a day."""
        last = self.case.visits[0] if self.case.visits else None
        if last is None or last.on < since:
            return Reason("next.no_visit_since", {"on": since.isoformat()})
        return Reason("next.last_visit", {"on": last.on.isoformat(), "outcome": last.outcome})

    def money(self) -> Iterable[NextStep]:
        """What is approved and neither paid nor deposited."""
        left = self.case.unpaid
        if not left:
            return
        amount_vnd = sum(one.unpaid_vnd for one in left)
        due = min(one.last_day for one in left)
        facts: dict[str, Fact] = {"amount": amount_vnd, "settled": self.case.sums.settled}
        message = "next.pay_rest" if self.case.sums.settled else "next.pay_all"
        reasons = [Reason(message, facts)]
        reasons.append(Reason("next.late" if due < self.today else "next.by", {"by": due.isoformat()}))
        parcels = {one.approval.parcel for one in left} - {None}
        named = [parcel for parcel in parcels if parcel is not None]
        yield self.step("pay", None, named, Rank.PAY, reasons, due, min(one.effective for one in left))

    def running(self) -> Sequence[Due]:
        """The periods by whose last day something must be reached; those of money that is counted aside."""
        pays = bool(self.case.unpaid)
        return [
            row
            for row in self.case.due
            if row.rule.kind == "within" and not (pays and row.rule.until == PAID)
        ]

    def milestones(self) -> Iterable[NextStep]:
        """For each milestone that is the next of some holding, the furthest back first; paper alone last."""
        groups: dict[tuple[bool, str], list[HoldingState]] = {}
        for one in self.case.holdings:
            name = self.progress[one.parcel, one.household].next
            if name is not None and not (name == PAID and self.case.unpaid):  # told with its amount
                groups.setdefault((CLEARED_MILESTONE in one.milestones, name), []).append(one)
        for is_cleared, name in sorted(groups, key=lambda key: (key[0], self.rules.milestones.index(key[1]))):
            yield self.milestone(name, groups[is_cleared, name], is_cleared=is_cleared)

    def milestone(self, about: str, behind: Sequence[HoldingState], *, is_cleared: bool) -> NextStep:
        """The next milestone of some holdings, with the periods that run for them."""
        parcels = {one.parcel for one in behind}
        total = len({one.parcel for one in self.case.holdings})
        reasons = [Reason("next.lacks", {"count": len(parcels), "total": total})]
        if any(about in self.progress[one.parcel, one.household].skipped for one in behind):
            reasons.append(Reason("next.skipped"))
        stuck = {one.parcel for one in self.case.obstacles}
        free = parcels - stuck  # an obstacle's own step tells the periods of its parcels
        rows = [row for row in self.running() if free & set(row.parcels)]
        waits = [row for row in self.case.due if row.status == "wait" and row.rule.until == about]
        waits = [row for row in waits if parcels & set(row.parcels)]
        reasons += [_period(row) for row in (*rows, *waits)]
        last = self.case.visits[0] if self.case.visits else None
        if last is not None and last.outcome == AGREED and not is_cleared:
            reasons.append(Reason("next.last_visit", {"on": last.on.isoformat(), "outcome": last.outcome}))
        usual = Rank.PAPERS if is_cleared else Rank.WAIT if waits else Rank.ONWARD
        if about == CLEARED_MILESTONE and free:
            usual = Rank.READY
        due = min((row.by for row in (waits if usual == Rank.WAIT else rows)), default=None)
        action: Action = "milestone"
        if about == PAID and self.case.sums.deposited > 0:
            action = "collect"
            reasons.append(Reason("next.deposited", {"amount": self.case.sums.deposited}))
        return self.step(action, about, parcels, usual, reasons, due, _since(behind))

    def visit(self) -> Iterable[NextStep]:
        """Another talk, where the last one is as long ago as its outcome allows and land is still to come."""
        if not self.case.visits or all(CLEARED_MILESTONE in one.milestones for one in self.case.holdings):
            return
        last = self.case.visits[0]
        again = self.deadlines.again(last.outcome, last.on)
        if again is None or again > self.today:
            return
        facts: dict[str, Fact] = {"on": last.on.isoformat(), "outcome": last.outcome}
        facts["days"] = (self.today - last.on).days
        parcels = [last.parcel] if last.parcel is not None else []
        yield self.step(
            "visit", None, parcels, Rank.VISIT, [Reason("next.visit_again", facts)], again, last.on
        )


def _in_household(step: NextStep) -> tuple[int, date, date]:
    """What a household's own steps are sorted by: of those that only go on, the usual order stays."""
    return (step.rank, date.min, date.min) if step.rank == Rank.ONWARD else step.order


def _period(row: Due) -> Reason:
    facts: dict[str, Fact] = {"period": row.rule.id, "title": row.rule.title, "by": row.by.isoformat()}
    return Reason(f"next.period_{row.status}", facts)


def _since(holdings: Sequence[HoldingState]) -> date | None:
    """The day on which the last thing happened to the holding that waits longest; None where nothing did."""
    days = [max(one.on for one in holding.milestones.values()) for holding in holdings if holding.milestones]
    return min(days, default=None)
