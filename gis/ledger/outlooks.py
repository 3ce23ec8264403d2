"""What is next for every household of a ledger: the cases gathered, and the order of work.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gis.deadlines import DEFAULT_DEADLINES, SOON_DAYS
from gis.ledger.batches import batches
from gis.ledger.money_groups import DEFAULT_REGIME, unpaid
from gis.ledger.next_steps import NOTHING, Case, outlook
from gis.ledger.visits import visits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from gis.deadlines import Deadlines, Regime
    from gis.ledger.accounts import Account
    from gis.ledger.due import Due
    from gis.ledger.money_groups import Late
    from gis.ledger.next_steps import Order, Outlook
    from gis.ledger.state import HoldingState, Obstacle, State
    from gis.ledger.visits import VisitState

NO_REGIME: Final = DEFAULT_DEADLINES.regimes[DEFAULT_REGIME]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the steps of all households follow from besides the state.

    Args:
        order: The project's milestones.
        deadlines: The regimes.
        due: As `gis.ledger.due.due` gives it for the same day.
        accounts: As `gis.ledger.accounts.accounts` gives them.
        wanted: The parcels that are to be recovered; None: all that somebody holds.
        aliases: Of a household that was entered twice, the id that counts.
        soon: So many days before its last day, that day included, a step comes before others.
    """

    order: Order
    deadlines: Deadlines
    due: Sequence[Due]
    accounts: Mapping[str, Account]
    wanted: Collection[str] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    soon: int = SOON_DAYS


def outlooks(state: State, sources: Sources) -> Mapping[str, Outlook]:
    """What is next for every household that holds land to be recovered or has money to come, by urgency.

    Returns:
        By the id that counts, in the order of `Outlook.order`.
    """
    regimes = _regimes(state, sources)
    found = [
        outlook(
            case,
            sources.order,
            sources.deadlines,
            regimes.get(case.household, NO_REGIME),
            state.on,
            sources.soon,
        )
        for case in cases(state, sources)
    ]
    return MappingProxyType({one.household: one for one in sorted(found, key=lambda one: one.order)})


def cases(state: State, sources: Sources) -> Iterable[Case]:
    """What is known of every household that holds land to be recovered or has money to come."""
    holdings: dict[str, list[HoldingState]] = defaultdict(list)
    obstacles: dict[str, list[Obstacle]] = defaultdict(list)
    roots = sources.aliases
    for parcel in sorted(state.parcels if sources.wanted is None else sources.wanted):
        held = state.of_parcel(parcel)
        for holding in held:
            holdings[roots.get(holding.household, holding.household)].append(holding)
        if not held:
            continue
        land = state.by_parcel[parcel]
        for one in land.obstacles:
            for household in dict.fromkeys(roots.get(each, each) for each in land.concerned(one.household)):
                obstacles[household].append(one)
    due: dict[str, list[Due]] = defaultdict(list)
    for row in sources.due:
        due[roots.get(row.household, row.household)].append(row)
    money: dict[str, list[Late]] = defaultdict(list)
    for open_one in unpaid(state, sources.accounts, sources.deadlines):
        money[open_one.household].append(open_one)
    talks = _visits(state, roots)
    for household in {**holdings, **money}:
        account = sources.accounts.get(household)
        yield Case(
            household=household,
            holdings=holdings.get(household, ()),
            obstacles=obstacles.get(household, ()),
            visits=talks.get(household, ()),
            sums=account.sums if account else NOTHING,
            unpaid=money.get(household, ()),
            due=due.get(household, ()),
        )


def _visits(state: State, aliases: Mapping[str, str]) -> Mapping[str, Sequence[VisitState]]:
    """The visits of each household under all of its ids, the newest first."""
    found: dict[str, list[VisitState]] = defaultdict(list)
    for household, made in visits(state).items():
        found[aliases.get(household, household)] += made
    return {
        household: sorted(made, key=lambda one: (one.on, one.seq), reverse=True)
        for household, made in found.items()
    }


def _regimes(state: State, sources: Sources) -> Mapping[str, Regime]:
    """The regime of each household: of the đợt that it joined last, of one day the last opened."""
    joined: dict[str, tuple[tuple[date, int], str]] = {}
    for batch in batches(state).values():
        for member, on in batch.members.items():
            household = sources.aliases.get(member, member)
            this = (on, batch.seq), batch.regime
            joined[household] = max(joined.get(household, this), this)
    known = sources.deadlines.regimes
    return {household: known[regime] for household, (_, regime) in joined.items() if regime in known}
