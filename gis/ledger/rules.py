"""The rules of the commands, each a function that returns what is wrong.

A new rule is one function and one line in a tuple. Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger.setting import day_problems, text_problems
from gis.ledger.shares import wrong_sum
from gis.milestones import CLEARED_MILESTONE, DELIVERED_MILESTONE, REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.errors import Fact
    from gis.ledger.entry import Entry
    from gis.ledger.holdings import HoldingRow
    from gis.ledger.marks import Mark
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


MOST_VND = 10**15  # a thousand times a province's budget: beyond it somebody leant on a key
# An id, not a name: it goes into the chain, which forgets nothing.
HOUSEHOLD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


def unknown_milestone(request: Mark, setting: Setting) -> list[Problem]:
    """The milestone must be one of the project's list."""
    return unknown_id("milestone", request.milestone, setting.milestones)


def unknown_id(family: str, found: str, known: Sequence[str], source: str = "") -> list[Problem]:
    """An id must be one of its family; the refusal lists them all.

    Args:
        family: "milestone", "obstacle", "object" or "outcome".
        found: What was asked for.
        known: All ids of the family.
        source: Where it was asked for.
    """
    if found in known:
        return []
    facts: dict[str, Fact] = {family: found, f"{family}s": ", ".join(known)}
    return [Problem(source, f"refused.unknown_{family}", facts)]


def day_out_of_range(request: Mark, setting: Setting) -> list[Problem]:
    """Nothing happens after today or before the project's first day."""
    return day_problems(request.on, setting)


def missing_minutes(request: Mark, _: Setting) -> list[Problem]:
    """A hand-over rests on minutes: by their number, or by a scan of them."""
    shown = (request.document or "").strip() or request.attachments
    if request.milestone == CLEARED_MILESTONE and not shown:
        return [Problem("", "refused.missing_minutes")]
    return []


def bad_letters(request: Mark, _: Setting) -> list[Problem]:
    """A document's number is text that can be kept."""
    return text_problems(request.document)


def bad_amount(request: Mark, _: Setting) -> list[Problem]:
    """Money is whole đồng and not negative."""
    if request.amount_vnd is not None and not 0 <= request.amount_vnd <= MOST_VND:
        return [Problem("", "refused.bad_amount", {"found": request.amount_vnd})]
    return []


def both_ways(request: Mark, _: Setting) -> list[Problem]:
    """One household, or all of them."""
    if request.household is None or not request.all_holdings:
        return []
    return [Problem("", "refused.both_ways", {"household": request.household})]


def nothing_named(request: Mark, _: Setting) -> list[Problem]:
    """A mark names at least one parcel."""
    return [] if request.parcels else [Problem("", "refused.nothing_named")]


def already_reached(_: State, holding: HoldingState, request: Mark, source: str) -> list[Problem]:
    """A milestone is reached once, but for those that may come several times."""
    reached = holding.milestones.get(request.milestone)
    if reached is None or request.milestone in REPEATABLE_MILESTONES:
        return []
    facts: dict[str, Fact] = {
        "household": holding.household,
        "milestone": request.milestone,
        "on": reached.on.isoformat(),
        "seq": reached.seq,
    }
    return [Problem(source, "refused.already_reached", facts)]


def reached_on_later_day(state: State, holding: HoldingState, request: Mark, source: str) -> list[Problem]:
    """A milestone dated after the state's day counts already, though the state does not show it."""
    if request.milestone in REPEATABLE_MILESTONES or request.milestone in holding.milestones:
        return []
    for entry in state.history.get(holding.parcel, ()):
        fact = entry.fact
        same = (
            getattr(fact, "household", None) == holding.household
            and getattr(fact, "milestone", None) == request.milestone
        )
        if same and entry.on is not None and entry.on > state.on and entry.seq not in state.voided:
            facts: dict[str, Fact] = {
                "household": holding.household,
                "milestone": request.milestone,
                "on": entry.on.isoformat(),
                "seq": entry.seq,
            }
            return [Problem(source, "refused.already_reached", facts)]
    return []


def before_holding(_: State, holding: HoldingState, request: Mark, source: str) -> list[Problem]:
    """A household reaches nothing on a parcel before the day it holds it from."""
    if request.on >= holding.since:
        return []
    facts: dict[str, Fact] = {
        "household": holding.household,
        "on": request.on.isoformat(),
        "since": holding.since.isoformat(),
    }
    return [Problem(source, "refused.before_holding", facts)]


def delivered_unhanded(_: State, holding: HoldingState, request: Mark, source: str) -> list[Problem]:
    """No land goes to the investor that is not handed over, or before that day, so far as it is known."""
    if request.milestone != DELIVERED_MILESTONE:
        return []
    reached = holding.milestones.get(CLEARED_MILESTONE)
    if reached is None:
        return [Problem(source, "refused.delivered_unhanded", {"household": holding.household})]
    if reached.not_later_than or reached.on <= request.on:
        return []
    facts: dict[str, Fact] = {"on": request.on.isoformat(), "handed_over": reached.on.isoformat()}
    return [Problem(source, "refused.delivered_before_handover", facts)]


def written_since_seen(state: State, holding: HoldingState, request: Mark, source: str) -> list[Problem]:
    """Nobody overwrites what somebody else wrote of a holding after they looked."""
    seen = None if request.seen is None else request.seen.get(holding.parcel, 0)
    return since_seen(state, holding.parcel, seen, source, holding.household)


def since_seen(
    state: State, parcel: str, seen: int | None, source: str, household: str | None = None
) -> list[Problem]:
    """The first entry of a parcel that was written after its user looked, if there is one.

    Args:
        state: As it is now.
        parcel: Of this parcel.
        seen: The last seq when the user looked; None: not asked.
        source: How the parcel is called.
        household: Only what concerns this household, or the whole parcel; None: anything.
    """
    if seen is None:
        return []
    for entry in state.history.get(parcel, ()):
        concerned = household is None or getattr(entry.fact, "household", None) in (None, household)
        if entry.seq > seen and concerned:
            return [written_since(entry, source)]
    return []


def written_since(entry: Entry, source: str) -> Problem:
    """That somebody wrote an entry after the request's author looked."""
    facts: dict[str, Fact] = {
        "by": entry.by,
        "kind": entry.fact.kind,
        "seq": entry.seq,
        "recorded_at": entry.recorded_at.isoformat(),
    }
    return Problem(source, "refused.written_since_seen", facts)


MARK_RULES: tuple[Callable[[Mark, Setting], list[Problem]], ...] = (
    nothing_named,
    both_ways,
    unknown_milestone,
    day_out_of_range,
    missing_minutes,
    bad_letters,
    bad_amount,
)
HOLDING_RULES: tuple[Callable[[State, HoldingState, Mark, str], list[Problem]], ...] = (
    written_since_seen,
    already_reached,
    reached_on_later_day,
    before_holding,
    delivered_unhanded,
)


def holding_row_problems(row: HoldingRow, setting: Setting) -> list[Problem]:
    """What is wrong with one stated holding by itself."""
    problems = []
    if row.parcel not in setting.parcels:
        problems.append(Problem(row.source, "refused.unknown_parcel"))
    if not row.household.strip():
        problems.append(Problem(row.source, "refused.no_household"))
    elif not HOUSEHOLD_ID.fullmatch(row.household):
        problems.append(Problem(row.source, "refused.household_id", {"found": row.household}))
    if not setting.starts <= row.since <= setting.today:
        facts: dict[str, Fact] = {
            "on": row.since.isoformat(),
            "starts": setting.starts.isoformat(),
            "today": setting.today.isoformat(),
        }
        problems.append(Problem(row.source, "refused.holding_day", facts))
    return problems


def before_known_holding(state: State, row: HoldingRow) -> list[Problem]:
    """A part that differs holds from a day on; before the day of the known one it would change nothing."""
    known = state.holdings.get((row.parcel, row.household))
    if known is None or known.part == row.part:
        return []
    said = next(entry.on for entry in state.history[row.parcel] if entry.seq == known.seq)
    if said is None or row.since >= said:
        return []
    facts: dict[str, Fact] = {
        "household": row.household,
        "on": row.since.isoformat(),
        "since": said.isoformat(),
    }
    return [Problem(row.source, "refused.before_known_holding", facts)]


def shares_problems(
    state: State, stated: Mapping[tuple[str, str], HoldingRow], setting: Setting
) -> list[Problem]:
    """Parcels whose shares would not sum to 1: above it, or below it with nobody left undetermined."""
    by_parcel: dict[str, dict[str, HoldingRow]] = defaultdict(dict)
    for (parcel, household), row in stated.items():
        by_parcel[parcel][household] = row
    problems = []
    for parcel, rows in by_parcel.items():
        parts = {h.household: h.part for h in state.of_parcel(parcel)}
        parts |= {household: row.part for household, row in rows.items()}
        total = wrong_sum(list(parts.values()))
        if total is not None:
            source = next(iter(rows.values())).source
            facts: dict[str, Fact] = {"parcel": setting.label(parcel), "sum": str(total)}
            problems.append(Problem(source, "refused.shares_sum", facts))
    return problems
