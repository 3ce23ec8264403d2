"""Who holds what: the holdings that a list states.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger import rules
from gis.ledger.effects import after
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.ledger.setting import require_none
from gis.ledger.shares import wrong_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.part import Part
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """A household's part of a parcel as a list states it; `source` is where it stands."""

    parcel: str
    household: str
    part: Part
    since: date
    source: str


def hold(state: State, rows: Sequence[HoldingRow], setting: Setting) -> tuple[Draft, ...]:
    """The holdings of a list: new ones, and parts that differ; what is the same writes nothing.

    Raises:
        RefusedError: For unknown parcels, days out of range, a holding stated twice, and shares that
            do not sum to 1, today or on an earlier day; with every reason.
    """
    problems = [p for row in rows for p in rules.holding_row_problems(row, setting)]
    stated: dict[tuple[str, str], HoldingRow] = {}
    for row in rows:
        first = stated.setdefault((row.parcel, row.household), row)
        if first is not row:
            facts = {"household": row.household, "first": first.source}
            problems.append(Problem(row.source, "refused.holding_twice", facts))
    problems += [p for row in stated.values() for p in rules.before_known_holding(state, row)]
    problems += rules.shares_problems(state, stated, setting)
    if problems:
        raise RefusedError(problems=problems)
    drafts = []
    for key, row in stated.items():
        known = state.holdings.get(key)
        if known is None or known.part != row.part:
            drafts.append(Draft(row.since, Holding(row.parcel, row.household, row.part)))
    require_none(_sums_by_day(state, drafts, stated, setting))
    return tuple(drafts)


def _sums_by_day(
    state: State,
    drafts: Sequence[Draft],
    stated: Mapping[tuple[str, str], HoldingRow],
    setting: Setting,
) -> list[Problem]:
    """Parcels whose shares would not sum to 1 on some day, though they do today.

    Where one of two halves began later, the other alone would be the whole parcel until then, and its
    hand-over would clear all of it.
    """
    then, sources = after(state, drafts), {row.parcel: row.source for row in reversed(list(stated.values()))}
    first: dict[str, date] = {}
    for row in stated.values():
        first[row.parcel] = min(row.since, first.get(row.parcel, row.since))
    problems = []
    for parcel in dict.fromkeys(draft.fact.parcel for draft in drafts if draft.fact.parcel is not None):
        wrong = wrong_days(state.stories.get(parcel), then.stories[parcel], state.on)
        for on, total in ((on, total) for on, total in wrong if on >= first[parcel]):
            facts: dict[str, Fact] = {
                "parcel": setting.label(parcel),
                "sum": str(total),
                "on": on.isoformat(),
            }
            problems.append(Problem(sources[parcel], "refused.shares_sum_on", facts))
            break
    return problems
