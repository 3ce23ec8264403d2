"""What drafts would leave behind: entries that count for nobody, wrong sums of shares, unapproved money.

Pure: no file, no clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger.accounts import NO_ALIASES, account, first_ids, ids_of, line_of, lowest_deposit
from gis.ledger.entry import Entry
from gis.ledger.facts import Holding, Milestone, Money, Void
from gis.ledger.shares import wrong_days
from gis.ledger.state import advance
from gis.milestones import CLEARED_MILESTONE, DELIVERED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.errors import Fact
    from gis.ledger.entry import Draft
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


def after(state: State, drafts: Sequence[Draft], request_id: str = "") -> State:
    """The state if drafts were written now, all by one request."""
    now = datetime.max.replace(tzinfo=UTC)
    return advance(
        state,
        [
            Entry(state.known + number, draft.on, now, "", request_id, number, draft.fact)
            for number, draft in enumerate(drafts, start=1)
        ],
    )


def lost_entries(state: State, drafts: Sequence[Draft], source: str, message: str) -> list[Problem]:
    """The entries that would count for no holding any more."""
    named = {draft.fact.parcel for draft in drafts if draft.fact.parcel is not None}
    before = state.orphans_of(named)
    lost = [seq for seq in after(state, drafts).orphans_of(named) if seq not in before]
    if not lost:
        return []
    facts: dict[str, Fact] = {"entries": ", ".join(str(seq) for seq in lost)}
    return [Problem(source, message, facts)]


def void_effects(
    state: State, drafts: Sequence[Draft], aliases: Mapping[str, str] = NO_ALIASES
) -> list[Problem]:
    """What a void would leave behind: entries that count for nobody, shares that do not sum to 1 on a day."""
    source = ", ".join(str(draft.fact.target) for draft in drafts if isinstance(draft.fact, Void))
    problems = lost_entries(state, drafts, source, "refused.void_carries")
    then = after(state, drafts)
    targets = (state.entry(draft.fact.target) for draft in drafts if isinstance(draft.fact, Void))
    # Nothing else changes a part: thousands of marks that are taken back cost no day of their parcels.
    parts = (entry.fact.parcel for entry in targets if entry and isinstance(entry.fact, Holding))
    for parcel in dict.fromkeys(parts):
        for on, total in wrong_days(state.stories[parcel], then.stories[parcel], state.on):
            facts: dict[str, Fact] = {"parcel": parcel, "on": on.isoformat(), "sum": str(total)}
            problems.append(Problem(source, "refused.void_shares", facts))
            break
    return problems + overdrawn(state, then, drafts, source, aliases)


def overdrawn(
    state: State, then: State, drafts: Sequence[Draft], source: str, aliases: Mapping[str, str]
) -> list[Problem]:
    """The households whose deposit would have given more than there was in it.

    Args:
        state: As it is.
        then: As it would be with the voids.
        drafts: The voids.
        source: Names what is cancelled.
        aliases: Of a household that was entered twice, the id that counts.
    """
    targets = {draft.fact.target: draft.fact.parcel for draft in drafts if isinstance(draft.fact, Void)}
    households = {
        entry.fact.household
        for parcel in dict.fromkeys(targets.values())
        for entry in state.history.get(parcel, ())
        if entry.seq in targets and isinstance(entry.fact, Money) and entry.fact.act == "deposited"
    }
    problems = []
    for household in first_ids(sorted(households), aliases).values():
        lines = account(then, household, aliases).lines
        if lowest_deposit(lines) < 0:
            drawn = ", ".join(str(line.seq) for line in lines if line.act == "withdrawn")
            facts: dict[str, Fact] = {"household": household, "entries": drawn}
            problems.append(Problem(source, "refused.void_overdrawn", facts))
    return problems


def money_left(
    state: State, drafts: Sequence[Draft], aliases: Mapping[str, str] = NO_ALIASES
) -> tuple[Problem, ...]:
    """What is odd about the money that voids leave: more is paid than approved, or paid land without it.

    Args:
        state: As it is.
        drafts: The voids.
        aliases: Of a household that was entered twice, the id that counts.
    """
    gone = {draft.fact.target for draft in drafts if isinstance(draft.fact, Void)}
    cancelled = [entry for seq in sorted(gone) if (entry := state.entry(seq)) and line_of(entry)]
    then = after(state, drafts)
    problems = []
    households = (getattr(entry.fact, "household", "") for entry in cancelled)
    for household in first_ids(households, aliases).values():
        own = account(then, household, aliases)
        if own.sums.overpaid > account(state, household, aliases).sums.overpaid:
            facts: dict[str, Fact] = {
                "household": household,
                "approved": own.approved,
                "settled": own.sums.settled,
                "beyond": own.sums.overpaid,
            }
            problems.append(Problem("", "warning.void_overpaid", facts, severity="warning"))
    for entry in cancelled:
        marks = [str(seq) for seq in _paid_with(then, entry, aliases)]
        if marks:
            facts = {"household": getattr(entry.fact, "household", ""), "entries": ", ".join(marks)}
            problems.append(Problem(f"{entry.seq}", "warning.void_leaves_paid", facts, severity="warning"))
    return tuple(problems)


def delivered_left(state: State, drafts: Sequence[Draft], setting: Setting) -> tuple[Problem, ...]:
    """The holdings that the investor has though, with these voids, nobody handed them over.

    Args:
        state: As it is.
        drafts: The voids.
        setting: The project's.
    """
    then = after(state, drafts)
    return tuple(
        Problem(
            setting.label(holding.parcel),
            "warning.void_delivered",
            {"household": holding.household},
            "warning",
        )
        for parcel in dict.fromkeys(draft.fact.parcel for draft in drafts)
        for holding in then.of_parcel(parcel or "")
        if DELIVERED_MILESTONE in holding.milestones and CLEARED_MILESTONE not in holding.milestones
    )


def _paid_with(then: State, entry: Entry, aliases: Mapping[str, str]) -> list[int]:
    """The milestones `paid` that still count of the household and request whose payment is cancelled."""
    if not isinstance(entry.fact, Money) or entry.fact.act not in {"paid", "withdrawn"}:
        return []
    ids = ids_of(entry.fact.household, aliases)
    places = dict.fromkeys(place for one in ids for place in then.told_of.get(one, ()))
    return sorted(
        other.seq
        for place in places
        for other in then.live(place)
        if isinstance(other.fact, Milestone)
        and other.fact.household in ids
        and other.fact.milestone == "paid"
        and other.request_id == entry.request_id
    )
