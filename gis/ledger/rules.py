"""The rules of the commands, each a function that returns what is wrong.

A new rule is one function and one line in a tuple. Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger.entry import Entry
from gis.ledger.facts import Void
from gis.ledger.setting import day_problems, text_problems
from gis.ledger.state import advance
from gis.milestones import CLEARED_MILESTONE, MILESTONES, REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.errors import Fact
    from gis.ledger.entry import Draft
    from gis.ledger.holdings import HoldingRow
    from gis.ledger.marks import Mark
    from gis.ledger.part import Part
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State


MOST_VND = 10**15  # a thousand times a province's budget: beyond it somebody leant on a key
# An id, not a name: it goes into the chain, which forgets nothing.
HOUSEHOLD_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


def unknown_milestone(request: Mark, _: Setting) -> list[Problem]:
    """The milestone must be one of the list."""
    if request.milestone in MILESTONES:
        return []
    facts: dict[str, Fact] = {"milestone": request.milestone, "milestones": ", ".join(MILESTONES)}
    return [Problem("", "refused.unknown_milestone", facts)]


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


def written_since_seen(state: State, holding: HoldingState, request: Mark, source: str) -> list[Problem]:
    """Nobody overwrites what somebody else wrote after they looked."""
    if request.seen is None:
        return []
    seen = request.seen.get(holding.parcel, 0)
    for entry in state.history.get(holding.parcel, ()):
        concerned = getattr(entry.fact, "household", None) in (None, holding.household)
        if entry.seq > seen and concerned:
            facts: dict[str, Fact] = {
                "by": entry.by,
                "kind": entry.fact.kind,
                "seq": entry.seq,
                "recorded_at": entry.recorded_at.isoformat(),
            }
            return [Problem(source, "refused.written_since_seen", facts)]
    return []


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


def void_effects(state: State, drafts: Sequence[Draft]) -> list[Problem]:
    """What a void would leave behind: entries that count for nobody, shares that do not sum to 1."""
    now = datetime.max.replace(tzinfo=UTC)
    voids = [
        Entry(state.known + number, None, now, "", "", number, draft.fact)
        for number, draft in enumerate(drafts, start=1)
    ]
    after = advance(state, voids)
    problems = []
    lost = [seq for seq in after.orphans if seq not in state.orphans]
    if lost:
        facts: dict[str, Fact] = {"entries": ", ".join(str(seq) for seq in lost)}
        problems.append(Problem(_numbers(drafts), "refused.void_carries", facts))
    for parcel in dict.fromkeys(draft.fact.parcel for draft in drafts):
        before, parts = ([h.part for h in one.of_parcel(parcel or "")] for one in (state, after))
        total = _wrong_sum(parts)
        if before != parts and total is not None:
            problems.append(
                Problem(_numbers(drafts), "refused.void_shares", {"parcel": parcel, "sum": str(total)})
            )
    return problems


def _numbers(drafts: Sequence[Draft]) -> str:
    return ", ".join(str(draft.fact.target) for draft in drafts if isinstance(draft.fact, Void))


def _wrong_sum(parts: Sequence[Part]) -> Fraction | None:
    """The sum of the fractions where it cannot be right: above 1, or below it with all parts known."""
    fractions = [part for part in parts if isinstance(part, Fraction)]
    total = sum(fractions, Fraction(0))
    only_fractions = bool(parts) and len(fractions) == len(parts)
    return total if total > 1 or (only_fractions and total != 1) else None


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
        total = _wrong_sum(list(parts.values()))
        if total is not None:
            source = next(iter(rows.values())).source
            facts: dict[str, Fact] = {"parcel": setting.label(parcel), "sum": str(total)}
            problems.append(Problem(source, "refused.shares_sum", facts))
    return problems
