"""Who holds what: the holdings that a list states.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger import rules
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

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
            do not sum to 1; with every reason.
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
    return tuple(drafts)
