"""What an import of an office's list would write: parcels, areas, holdings, milestones; nothing is written.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger.facts import Holding, Opening
from gis.ledger.holdings import HoldingRow
from gis.ledger.part import part_text
from gis.project.listed_units import ListedRow, keys_of, rows_of, with_listed
from gis.project.office_list_diff import Change, areas_text, milestones_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from gis.errors import Fact
    from gis.ledger.openings import OpeningRow
    from gis.ledger.state import State
    from gis.project.office_list_people import Matched
    from gis.project.office_list_rows import Key, ListAnswers, ListedHolding, Resolved


@dataclass(frozen=True, eq=False)
class Standing:
    """What is there before an import.

    Args:
        state: What the ledger holds today.
        units: The newest layer of parcels, by `parcel_id`, and `next_uid` of it.
        listed: The newest layer "listed"; None where there is none.
        starts: The project's first day.
        today: The day of the import.
    """

    state: State
    units: gpd.GeoDataFrame
    next_uid: int
    listed: pd.DataFrame | None
    starts: date
    today: date


@dataclass
class ListPlan:
    """What an import would write.

    Args:
        units: The layer of parcels afterwards, and `next_uid`; `new_parcels` are the ids given.
        listed: The rows of the layer "listed" afterwards.
        holdings: New ones.
        openings: New ones.
        voids: Entries that corrections cancel.
        changed: What the list says otherwise, taken or not.
        gone: Rows that the earlier file had and this one has not.
        new: How many holdings are new, and `same` how many were there.
        problems: Refusals and warnings.
    """

    units: gpd.GeoDataFrame
    next_uid: int
    new_parcels: tuple[str, ...]
    listed: list[ListedRow] = field(default_factory=list)
    holdings: list[HoldingRow] = field(default_factory=list)
    openings: list[OpeningRow] = field(default_factory=list)
    voids: list[int] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    gone: list[ListedRow] = field(default_factory=list)
    new: int = 0
    same: int = 0
    problems: list[Problem] = field(default_factory=list)


def plan_list(
    standing: Standing,
    resolved: Resolved,
    matched: Matched,
    list_id: str,
    file: str,
    answers: ListAnswers,
    spoken: frozenset[str] = frozenset(),
) -> ListPlan:
    """What an import of a list would write.

    Args:
        standing: What is there.
        resolved: The list in the project's terms.
        matched: The ids of its households.
        list_id: The list that it is, or continues.
        file: Name of the file.
        answers: The user's.
        spoken: The milestones for which the file has a column: only of these it can leave one out.
    """
    before = rows_of(standing.listed)
    work = _Work(standing, matched, list_id, file, answers, before, spoken)
    parcels = {key: one for key, one in resolved.parcels.items() if key not in work.succeeded}
    units, ids, next_uid = with_listed(standing.units, parcels, standing.next_uid)
    plan = ListPlan(units, next_uid, tuple(ids.values()))
    known = keys_of(standing.units) | ids
    kept = {(row.parcel, row.household, row.zone): row for row in before}
    seen: set[tuple[str, str]] = set()
    for holding in resolved.holdings:
        parcel = known.get(holding.key) or work.succeeded.get(holding.key, "")
        household = matched.ids[holding.household]
        seen.add((parcel, household))
        if holding.key in work.succeeded:
            facts: dict[str, Fact] = {"key": "/".join(holding.key)}
            message = "problem.list_parcel_succeeded"
            plan.problems.append(Problem(holding.source, message, facts, "warning"))
            continue
        work.take(plan, kept, holding, parcel, household)
    work.leave(plan, kept, seen)
    skipped = work.check_holders(plan)
    plan.listed = [
        row for row in kept.values() if (row.parcel, row.household) not in skipped or row in before
    ]
    return plan


@dataclass
class _Work:
    """One list while it is laid beside what is there."""

    standing: Standing
    matched: Matched
    list_id: str
    file: str
    answers: ListAnswers
    before: Sequence[ListedRow]
    spoken: frozenset[str]
    came: dict[str, dict[str, ListedHolding]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self) -> None:
        """Look up what every row asks for."""
        there = set(map(str, self.standing.units.index))
        now = keys_of(self.standing.units)
        # Parcels that the list knew and that became others since: their land is counted there.
        self.succeeded: dict[Key, str] = {
            row.key: row.parcel for row in self.before if row.parcel not in there and row.key not in now
        }
        self.pairs: dict[tuple[str, str], list[ListedRow]] = defaultdict(list)
        for row in self.before:
            self.pairs[row.parcel, row.household].append(row)

    @property
    def taking(self) -> bool:
        """Whether changes are written."""
        return self.answers.changes == "take"

    def take(
        self,
        plan: ListPlan,
        kept: dict[tuple[str, str, str], ListedRow],
        holding: ListedHolding,
        parcel: str,
        household: str,
    ) -> None:
        """One holding of the list: its part, its areas, its milestones."""
        self.came[parcel][household] = holding
        old = self.pairs.get((parcel, household), [])
        self._areas(plan, kept, holding, parcel, household)
        held = self.standing.state.holdings.get((parcel, household))
        row = HoldingRow(parcel, household, holding.part, self.standing.starts, holding.source)
        if held is None:
            plan.new += 1
            plan.holdings.append(row)
        else:
            plan.same += 1
            if holding.part is not None and held.part != holding.part:
                words = (part_text(held.part) or "", part_text(holding.part) or "")
                plan.changed.append(Change(holding.source, parcel, household, "part", *words))
                if self.taking:
                    plan.holdings.append(replace(row, since=self._since(parcel, held.seq)))
        latest = self.answers.latest or self.standing.today
        left_out = self.spoken if old and held is not None else frozenset()
        today = self.standing.today
        found = milestones_of(self.standing.state, holding, parcel, household, latest, left_out, today)
        plan.openings += found.fresh
        plan.changed += found.changed
        for change in found.changed if self.taking else ():
            plan.voids += change.voids
            plan.openings += [change.opening] if change.opening else []
        for change in found.ledger:
            facts: dict[str, Fact] = {"milestone": change.what, "old": change.old, "new": change.new}
            plan.problems.append(Problem(change.source, "problem.list_ledger_stays", facts, "warning"))

    def _since(self, parcel: str, seq: int) -> date:
        """The day of the entry whose part is put right."""
        days = (e.on for e in self.standing.state.history[parcel] if e.seq == seq)
        return next((day for day in days if day is not None), self.standing.starts)

    def _areas(
        self,
        plan: ListPlan,
        kept: dict[tuple[str, str, str], ListedRow],
        holding: ListedHolding,
        parcel: str,
        household: str,
    ) -> None:
        """The recovered areas of one holding; those of an earlier file change as a whole or not at all."""
        new = {zone: "" if area is None else f"{area:f}" for zone, area in holding.areas.items()}
        earlier = self.pairs.get((parcel, household), [])
        old = {row.zone: row.recovered for row in earlier}
        if {zone: _exact(area) for zone, area in old.items()} == dict(holding.areas):
            return
        if earlier:
            words = (areas_text({z: _exact(a) for z, a in old.items()}), areas_text(holding.areas))
            plan.changed.append(Change(holding.source, parcel, household, "recovered_m2", *words))
            if not self.taking:
                return
            for row in earlier:
                kept.pop((row.parcel, row.household, row.zone), None)
        for zone, area in new.items():
            found = ListedRow(
                parcel, household, zone, holding.key, area, self.list_id, self.file, holding.row
            )
            kept[parcel, household, zone] = found

    def leave(
        self, plan: ListPlan, kept: dict[tuple[str, str, str], ListedRow], seen: set[tuple[str, str]]
    ) -> None:
        """What the earlier file of this list had and this one has not: kept, unless the user takes it out."""
        there = set(map(str, self.standing.units.index))
        plan.gone = [
            row
            for row in self.before
            if row.list_id == self.list_id and (row.parcel, row.household) not in seen
        ]
        if self.answers.gone != "take":
            return
        state = self.standing.state
        for parcel, household in dict.fromkeys((row.parcel, row.household) for row in plan.gone):
            for row in self.pairs[parcel, household]:
                kept.pop((row.parcel, row.household, row.zone), None)
            plan.voids += [
                entry.seq
                for entry in state.history.get(parcel, ())
                if parcel in there
                and isinstance(entry.fact, Holding | Opening)
                and entry.fact.household == household
                and entry.seq not in state.voided
            ]

    def check_holders(self, plan: ListPlan) -> set[tuple[str, str]]:
        """New holders of a parcel that somebody else holds: the list does not say how they came by it.

        Returns:
            The (parcel, household) that are left out because the user keeps what stands.
        """
        taken = {(row.parcel, row.household) for row in plan.gone} if self.answers.gone == "take" else set()
        fresh = {(row.parcel, row.household) for row in plan.holdings}
        refused: set[tuple[str, str]] = set()
        for parcel, own in self.came.items():
            others = [
                one.household
                for one in self.standing.state.of_parcel(parcel)
                if one.household not in own and (parcel, one.household) not in taken
            ]
            for household, holding in own.items() if others else ():
                if (parcel, household) not in fresh:
                    continue
                facts: dict[str, Fact] = {
                    "key": "/".join(holding.key),
                    "households": ", ".join(others),
                    "count": len(others),
                }
                if self.answers.changes == "keep":
                    refused.add((parcel, household))
                    message = "problem.list_holder_skipped"
                    plan.problems.append(Problem(holding.source, message, facts, "warning"))
                else:
                    plan.problems.append(Problem(holding.source, "problem.list_other_holder", facts))
        plan.holdings = [row for row in plan.holdings if (row.parcel, row.household) not in refused]
        plan.openings = [row for row in plan.openings if (row.parcel, row.household) not in refused]
        return refused


def _exact(text: str) -> Decimal | None:
    return Decimal(text) if text else None
