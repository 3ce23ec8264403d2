"""Rules that commands about one parcel share: it is there, who held it on the day, which entry is meant.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gis.errors import Problem
from gis.ledger.facts import Fact as Said
from gis.ledger.facts import Holding
from gis.ledger.state import state as fold
from gis.ledger.voids import live_entries

if TYPE_CHECKING:
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State

F = TypeVar("F", bound=Said)
MOST_OBJECTS = 1_000_000  # more of one kind on one parcel: somebody leant on a key


def holders_on(state: State, parcel: str, on: date) -> tuple[HoldingState, ...]:
    """The holdings of a parcel on a day: also those that ended since."""
    if on == state.on:
        return state.of_parcel(parcel)
    return fold(state.history.get(parcel, ()), on, state.known).of_parcel(parcel)


def held_before(state: State, parcel: str, household: str) -> tuple[date, date] | None:
    """The first day on which a household last held a parcel, and the first on which it did no more.

    None where it never held the parcel by the day, or still holds it.
    """
    since = until = None
    told = (entry.on for entry in state.live(parcel) if isinstance(entry.fact, Holding))
    for on in sorted({on for on in told if on is not None}):
        holds = any(one.household == household for one in holders_on(state, parcel, on))
        if holds and (since is None or until is not None):
            since, until = on, None
        elif not holds and since is not None and until is None:
            until = on
    return None if since is None or until is None else (since, until)


def parcel_problems(parcel: str, setting: Setting) -> list[Problem]:
    """The parcel or public feature must be of the boundaries in force."""
    return [] if parcel in setting.parcels else [Problem(setting.label(parcel), "refused.unknown_parcel")]


def holder_problems(
    state: State, parcel: str, household: str | None, on: date, setting: Setting
) -> list[Problem]:
    """A household that is named held the parcel on the day; None, the whole parcel, is always right."""
    holders = [one.household for one in holders_on(state, parcel, on)]
    if household is None or household in holders or parcel not in setting.parcels:
        return []
    source = setting.label(parcel)
    facts: dict[str, Fact] = {"household": household, "on": on.isoformat()}
    later = [one.since for one in state.of_parcel(parcel) if one.household == household and one.since > on]
    if later:
        return [Problem(source, "refused.before_holding", facts | {"since": later[0].isoformat()})]
    return [Problem(source, "refused.not_a_holder_on", facts | {"households": ", ".join(holders) or None})]


def count_problems(count: int, source: str) -> list[Problem]:
    """A count of objects is whole and positive."""
    if 1 <= count <= MOST_OBJECTS and float(count).is_integer():
        return []
    return [Problem(source, "refused.bad_count", {"found": count, "most": MOST_OBJECTS})]


def handed_over(state: State, parcel: str, household: str | None, milestone: str) -> bool:
    """Whether a household's holding, or without one every holding of a parcel, reached a milestone."""
    holdings = [one for one in state.of_parcel(parcel) if household in (None, one.household)]
    return bool(holdings) and all(milestone in one.milestones for one in holdings)


def entry_of(state: State, seq: int, kind: type[F]) -> tuple[Entry, F] | None:
    """The entry of a seq and what it says, where it is of a kind; void or not."""
    found = live_entries(state, (seq,)).get(seq)
    return (found, found.fact) if found is not None and isinstance(found.fact, kind) else None


def naming(state: State, entry: Entry, kind: type[F], field: str) -> list[tuple[Entry, F]]:
    """The entries of a kind that name one by a field ("opened"), and what they say; of any day, none void."""
    return [
        (other, other.fact)
        for other in state.history.get(entry.parcel, ())
        if isinstance(other.fact, kind)
        and getattr(other.fact, field) == entry.seq
        and other.seq not in state.voided
    ]


def day_of(entry: Entry) -> str | None:
    """The day of an entry as a fact of a message."""
    return None if entry.on is None else entry.on.isoformat()
