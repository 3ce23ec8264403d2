"""What is odd about a mark, though it may be true: shown to its user, and kept with the entry.

Payment, recovery decision and hand-over occur in differing order (domain: warn, never block). Each
warning is a function and a line in the tuple. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from gis.errors import Problem
from gis.ledger.accounts import account, ids_of, sums_of
from gis.milestones import CLEARED_MILESTONE, MILESTONES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.accounts import Account
    from gis.ledger.marks import Mark
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


def _warning(source: str, message: str, facts: dict[str, Fact]) -> Problem:
    return Problem(source, message, facts, severity="warning")


def _before(milestone: str, order: Sequence[str]) -> Sequence[str]:
    return order[: order.index(milestone)] if milestone in order else ()


def out_of_order(holding: HoldingState, request: Mark, source: str, order: Sequence[str]) -> list[Problem]:
    """An earlier one of the eight milestones is not reached; what a project adds to them may be left out."""
    missing = [
        name
        for name in _before(request.milestone, order)
        if name in MILESTONES and name not in holding.milestones and name not in holding.waived
    ]
    if not missing:
        return []
    facts: dict[str, Fact] = {
        "household": holding.household,
        "milestone": request.milestone,
        "missing": ", ".join(missing),
    }
    return [_warning(source, "warning.out_of_order", facts)]


def days_out_of_order(
    holding: HoldingState, request: Mark, source: str, order: Sequence[str]
) -> list[Problem]:
    """A milestone that usually comes before is dated after this one."""
    late = [
        (name, holding.milestones[name].on)
        for name in _before(request.milestone, order)
        if name in holding.milestones and holding.milestones[name].on > request.on
    ]
    return [
        _warning(
            source,
            "warning.days_out_of_order",
            {
                "household": holding.household,
                "milestone": request.milestone,
                "on": request.on.isoformat(),
                "other": name,
                "other_on": other_on.isoformat(),
            },
        )
        for name, other_on in late
    ]


def open_obstacle(state: State, holding: HoldingState, request: Mark, setting: Setting) -> list[Problem]:
    """A hand-over of what something stands in the way of: the obstacle should be closed, too."""
    found = state.by_parcel.get(holding.parcel)
    if request.milestone != CLEARED_MILESTONE or found is None:
        return []
    return [
        _warning(
            setting.label(holding.parcel),
            "warning.open_obstacle",
            {"category": obstacle.category, "since": obstacle.since.isoformat(), "seq": obstacle.seq},
        )
        for obstacle in found.obstacles
        if holding.household in found.concerned(obstacle.household)
    ]


def objects_left(state: State, holding: HoldingState, request: Mark, setting: Setting) -> list[Problem]:
    """A hand-over of land on which something still stands: handed over, and not yet clean."""
    found = state.by_parcel.get(holding.parcel)
    if request.milestone != CLEARED_MILESTONE or found is None:
        return []
    left: Counter[str] = Counter()
    for one in found.objects:
        if holding.household in found.concerned(one.household):
            left[one.category] += one.count
    return [
        _warning(
            setting.label(holding.parcel), "warning.objects_left", {"category": category, "count": count}
        )
        for category, count in left.items()
    ]


def waived_before(_: State, holding: HoldingState, request: Mark, setting: Setting) -> list[Problem]:
    """A milestone that was said not to apply is reached after all: the waiver should be cancelled."""
    if request.milestone not in holding.waived:
        return []
    facts: dict[str, Fact] = {"household": holding.household, "milestone": request.milestone}
    return [_warning(setting.label(holding.parcel), "warning.waived_before", facts)]


def paid_beyond_approval(
    state: State, holding: HoldingState, request: Mark, setting: Setting
) -> list[Problem]:
    """A payment by a milestone's amount of more than is approved for its household."""
    if request.milestone != "paid" or not request.amount_vnd:
        return []
    household, source = holding.household, setting.label(holding.parcel)
    # The amount is paid once for each holding of the household that the request means.
    meant = ids_of(household, setting.aliases) if request.household is None else (household,)
    times = sum((parcel, one) in state.holdings for parcel in dict.fromkeys(request.parcels) for one in meant)
    before = replace(account(state, household, setting.aliases), household=household)
    return beyond_approval(before, times * request.amount_vnd, request.on, source)


def beyond_approval(before: Account, amount_vnd: int, on: date, source: str) -> list[Problem]:
    """What is odd about paying or depositing so much more on a day: it is not approved.

    Args:
        before: The household's account without it.
        amount_vnd: Whole đồng.
        on: The day.
        source: How the parcel is called, if it is about one.
    """
    facts: dict[str, Fact] = {"household": before.household, "amount": amount_vnd}
    if not before.approved:
        return [_warning(source, "warning.money_without_approval", facts)]
    settled = before.sums.settled + amount_vnd
    if settled > before.approved:
        facts |= {
            "approved": before.approved,
            "settled": settled,
            "beyond": settled - before.approved,
        }
        return [_warning(source, "warning.money_beyond_approval", facts)]
    by_then = sums_of(line for line in before.lines if line.on <= on)
    if by_then.settled + amount_vnd > by_then.approved:
        facts |= {"on": on.isoformat(), "approved": by_then.approved, "settled": by_then.settled + amount_vnd}
        return [_warning(source, "warning.money_before_approval", facts)]
    return []


ORDER_WARNINGS: Final[tuple[Callable[[HoldingState, Mark, str, Sequence[str]], list[Problem]], ...]] = (
    out_of_order,
    days_out_of_order,
)
HOLDING_WARNINGS: Final[tuple[Callable[[State, HoldingState, Mark, Setting], list[Problem]], ...]] = (
    open_obstacle,
    objects_left,
    waived_before,
    paid_beyond_approval,
)


def holding_warnings(state: State, holding: HoldingState, request: Mark, setting: Setting) -> list[Problem]:
    """All that is odd about one holding of a mark.

    Args:
        state: As it is before the mark.
        holding: What the mark is of.
        request: The mark.
        setting: The project's.
    """
    source, order = setting.label(holding.parcel), setting.milestones
    odd = [problem for rule in ORDER_WARNINGS for problem in rule(holding, request, source, order)]
    return odd + [problem for rule in HOLDING_WARNINGS for problem in rule(state, holding, request, setting)]
