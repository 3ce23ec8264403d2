"""Money by zone: each household's đồng over the zones in which its parcels lie, none lost by rounding.

A parcel's money goes to the zones in which the parcel lies, by its m² in each; land in no zone is a
row of its own. Money of a household as a whole goes by the m² of the parcels in which it holds a part.
Whole đồng are dealt by the largest remainder: first what is approved, then what is settled within it,
then what is deposited within that, so that in every zone approved = paid + deposited + remaining and
what is settled in full leaves 0 everywhere. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Final

from gis.ledger.accounts import NO_ALIASES, Sums
from gis.ledger.facts import Holding
from gis.ledger.settling import settle
from gis.plan import COMMUNE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.clearance.old_land import Land
    from gis.ledger.accounts import Account
    from gis.ledger.state import State
    from gis.plan import Plan

OUTSIDE: Final = "outside"


@dataclass(frozen=True, slots=True)
class ZoneMoney:
    """Money of a zone, of the whole commune, or with `OUTSIDE` of land in no zone; `depth` in the tree."""

    zone_id: str
    name: str
    depth: int
    sums: Sums


def deal(amount_vnd: int, weights: Mapping[str, Fraction | int]) -> dict[str, int]:
    """A whole amount over shares by the largest remainder; the parts sum to it exactly.

    Args:
        amount_vnd: Whole đồng; below 0 it is dealt as its amount and the sign put back.
        weights: Not negative, one at least above 0; equal remainders go by their order.

    >>> deal(100, {"a": 1, "b": 1, "c": 1}), deal(-5, {"a": Fraction(1, 2), "b": Fraction(1, 2)})
    ({'a': 34, 'b': 33, 'c': 33}, {'a': -3, 'b': -2})
    """
    total = sum(map(Fraction, weights.values()), Fraction(0))
    exact = {name: Fraction(weight) * abs(amount_vnd) / total for name, weight in weights.items()}
    parts = {name: floor(share) for name, share in exact.items()}
    left = abs(amount_vnd) - sum(parts.values())
    for name in sorted(exact, key=lambda one: parts[one] - exact[one])[:left]:
        parts[name] += 1
    sign = -1 if amount_vnd < 0 else 1
    return {name: sign * part for name, part in parts.items()}


def split(sums: Sums, weights: Mapping[str, Fraction | int]) -> dict[str, Sums]:
    """Sums over shares, each line exactly, and in every part settled within approved; see the module.

    >>> split(Sums(3, 2, 1), {"a": 1, "b": 1})
    {'a': Sums(approved=2, paid=1, deposited=1), 'b': Sums(approved=1, paid=1, deposited=0)}
    """
    approved = deal(sums.approved, weights)
    if 0 < sums.settled <= sums.approved:
        settled = deal(sums.settled, approved)
    else:
        beyond = deal(sums.settled - sums.approved, weights) if sums.settled else None
        settled = {name: approved[name] + beyond[name] if beyond else 0 for name in approved}
    deposited = (
        deal(sums.deposited, settled) if 0 < sums.deposited <= sums.settled else deal(sums.deposited, weights)
    )
    return {name: Sums(approved[name], settled[name] - deposited[name], deposited[name]) for name in approved}


def by_zone(
    plan: Plan,
    state: State,
    accounts: Mapping[str, Account],
    land: Land,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> tuple[ZoneMoney, ...]:
    """Money of the commune and of each zone; leaves and `OUTSIDE` sum to the commune to the đồng.

    Args:
        plan: The zones as a tree.
        state: Of the day: who holds what, and which parcels became which.
        accounts: As `accounts.accounts` gives them.
        land: Where parcels lie, as `blocks.land_of` gives it.
        aliases: Of a household that was entered twice, the id that counts.

    Returns:
        The commune, the zones in the plan's order, parents before children, last `OUTSIDE`.
    """
    found: dict[str, Sums] = defaultdict(Sums)
    held = _held(state, accounts, aliases)
    for household, account in accounts.items():
        pots: dict[str | None, Sums] = defaultdict(Sums)
        for piece in settle(account.lines).pieces:
            pots[piece.parcel] += Sums(**{piece.act: piece.amount_vnd})
        for parcel, sums in pots.items():
            weights = land.of([parcel] if parcel is not None else held.get(household, ())) or {
                OUTSIDE: Fraction(1)
            }
            for place, part in split(sums, weights).items():
                found[place] += part
    commune = sum(found.values(), Sums())
    rows = [ZoneMoney(COMMUNE_ID, plan.commune.name, 0, commune)]
    depth = {COMMUNE_ID: 0}
    for zone in plan.zones:
        depth[zone.zone_id] = depth[zone.parent or COMMUNE_ID] + 1
        under = [found[leaf] for leaf in _leaves(plan, zone.zone_id) if leaf in found]
        rows.append(ZoneMoney(zone.zone_id, zone.name, depth[zone.zone_id], sum(under, Sums())))
    return (*rows, ZoneMoney(OUTSIDE, "", 1, found.get(OUTSIDE, Sums())))


def _leaves(plan: Plan, zone_id: str) -> Iterable[str]:
    children = plan.children(zone_id)
    if not children:
        return (zone_id,)
    return (leaf for child in children for leaf in _leaves(plan, child.zone_id))


def _held(
    state: State, accounts: Mapping[str, Account], aliases: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The parcels of each household: those that it holds, or where it holds none, those it held."""
    now: dict[str, set[str]] = defaultdict(set)
    once: dict[str, set[str]] = defaultdict(set)
    for parcel, household in state.holdings:
        now[aliases.get(household, household)].add(parcel)
    without = accounts.keys() - now.keys()
    for one in (one for one in state.told_of if aliases.get(one, one) in without):
        places = (place for place in state.told_of[one] if place is not None)
        once[aliases.get(one, one)] |= {place for place in places if _held_once(state, place, one)}
    return {household: tuple(sorted(found)) for household, found in (once | now).items()}


def _held_once(state: State, parcel: str, household: str) -> bool:
    facts = (entry.fact for entry in state.live(parcel))
    return any(isinstance(fact, Holding) and fact.household == household for fact in facts)
