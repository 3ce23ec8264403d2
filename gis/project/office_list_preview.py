"""What an import of a list would do, in figures: ours by zone, the file's own totals beside them.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.errors import Problem
    from gis.plan import Plan
    from gis.project.listed_units import ListedRow
    from gis.project.office_list_diff import Change
    from gis.project.office_list_plan import ListPlan
    from gis.project.office_list_rows import Resolved
    from gis.sheets.tracking import OwnTotal, TrackedColumn, TrackingList

M2_PER_HA: Final = 10_000
_ROW: Final = re.compile(r", (?:row|line|cell [A-Z]+)\s*([0-9]+)$")


@dataclass(frozen=True, slots=True)
class ZoneFigures:
    """A zone by the list alone: exact square metres and whole đồng.

    Args:
        zone_id: Leaf of the plan.
        name: Its name.
        parcels: How many parcels have recovered land there.
        recovered_m2: What is recovered there.
        handed_over_m2: Of it, of holdings that were handed over.
        approved_vnd: Approved money of holdings whose land lies there.
        paid_vnd: Paid money of them.
    """

    zone_id: str
    name: str
    parcels: int
    recovered_m2: Decimal
    handed_over_m2: Decimal
    approved_vnd: int
    paid_vnd: int


@dataclass(frozen=True, slots=True)
class ListPreview:
    """What an import would do.

    Args:
        file: Its name.
        households: In the list; `new_households` the register does not know yet.
        new_households: How many are new.
        parcels: In the list; `undrawn` are new and on no map.
        undrawn: How many.
        rows: Rows of the list.
        to_look: Rows of which something is to be looked at.
        zones: Figures by zone.
        own_totals: The file's own total rows beside what its rows come to.
        columns: What each column was taken for.
        continues: The file that this list continues, None where it is new.
        new: Holdings that are new, `same` those that were there.
        same: Holdings that were there.
        openings: Milestones that would be written.
        changed: What the list says otherwise than what stands.
        gone: Rows that the earlier file had and this one has not.
        labels: How a person calls each parcel of `changed` and `gone`, by id.
        problems: Refusals and warnings.
        milestones: How many holdings reached each milestone by the list.
    """

    file: str
    households: int
    new_households: int
    parcels: int
    undrawn: int
    rows: int
    to_look: int
    zones: tuple[ZoneFigures, ...]
    own_totals: tuple[OwnTotal, ...]
    columns: tuple[TrackedColumn, ...]
    continues: str | None
    new: int
    same: int
    openings: int
    changed: tuple[Change, ...]
    gone: tuple[ListedRow, ...]
    labels: Mapping[str, str]
    problems: tuple[Problem, ...]
    milestones: Mapping[str, int]

    @property
    def refused(self) -> tuple[Problem, ...]:
        """Why it would be refused."""
        return tuple(one for one in self.problems if one.severity == "refused")

    @property
    def nothing_new(self) -> bool:
        """Whether an import would write nothing."""
        return not (self.new or self.openings or self.changed or self.undrawn)

    def to_dict(self) -> dict[str, Any]:
        """The preview as JSON has it, without names; areas are exact texts in m², money whole đồng."""
        return {
            "file": self.file,
            "households": self.households,
            "new_households": self.new_households,
            "parcels": self.parcels,
            "without_map": self.undrawn,
            "rows": self.rows,
            "rows_to_look": self.to_look,
            "continues": self.continues,
            "new": self.new,
            "same": self.same,
            "openings": self.openings,
            "milestones": dict(self.milestones),
            "zones": [_zone_dict(zone) for zone in self.zones],
            "own_totals": [_total_dict(own) for own in self.own_totals],
            "columns": [_column_dict(column) for column in self.columns],
            "changed": [_change_dict(one, self.labels) for one in self.changed],
            "gone": [_gone_dict(row, self.labels) for row in self.gone],
        }


def _zone_dict(zone: ZoneFigures) -> dict[str, Any]:
    return {
        "zone_id": zone.zone_id,
        "parcels": zone.parcels,
        "recovered_m2": f"{zone.recovered_m2:f}",
        "handed_over_m2": f"{zone.handed_over_m2:f}",
        "approved_vnd": zone.approved_vnd,
        "paid_vnd": zone.paid_vnd,
    }


def _total_dict(own: OwnTotal) -> dict[str, Any]:
    return {
        "scope": own.scope,
        "meaning": own.meaning,
        "stated": f"{own.stated:f}",
        "computed": f"{own.computed:f}",
        "cell": own.cell,
    }


def _column_dict(column: TrackedColumn) -> dict[str, Any]:
    return {
        "table": column.table,
        "column": column.column,
        "header": column.header,
        "meaning": column.meaning,
        "unit": column.unit,
        "sureness": column.sureness,
    }


def _change_dict(one: Change, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "source": one.source,
        "parcel": labels.get(one.parcel, one.parcel),
        "household_id": one.household,
        "what": one.what,
        "old": one.old,
        "new": one.new,
    }


def _gone_dict(row: ListedRow, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "parcel": labels.get(row.parcel, row.parcel),
        "household_id": row.household,
        "zone_id": row.zone,
        "recovered_m2": row.recovered,
        "file": row.file,
        "row": row.row,
    }


def preview_of(
    plan: Plan,
    tracking: TrackingList,
    resolved: Resolved,
    work: ListPlan,
    problems: Sequence[Problem],
    continues: str | None,
    labels: Mapping[str, str],
    fresh: frozenset[str],
) -> ListPreview:
    """The figures of what an import would write.

    Args:
        plan: The zones.
        tracking: The list as read.
        resolved: In the project's terms.
        work: What would be written.
        problems: Everything that was found.
        continues: The earlier file of the same list.
        labels: How a person calls parcels.
        fresh: Ids of households that the register does not know.
    """
    milestones: dict[str, int] = defaultdict(int)
    for holding in resolved.holdings:
        for name in {one.milestone for one in holding.milestones}:
            milestones[name] += 1
    return ListPreview(
        file=tracking.file,
        households=len(resolved.people),
        new_households=len(fresh),
        parcels=len(resolved.parcels),
        undrawn=len(work.new_parcels),
        rows=len(tracking.rows),
        to_look=len({_ROW.sub(r", \1", p.source) for p in problems if _ROW.search(p.source)}),
        zones=_zones(plan, resolved),
        own_totals=tracking.own_totals,
        columns=tracking.columns,
        continues=continues,
        new=work.new,
        same=work.same,
        openings=len(work.openings),
        changed=tuple(work.changed),
        gone=tuple(work.gone),
        labels=labels,
        problems=tuple(problems),
        milestones=dict(sorted(milestones.items())),
    )


def _zones(plan: Plan, resolved: Resolved) -> tuple[ZoneFigures, ...]:
    """Figures by leaf zone; money of a holding in several zones stands in the first of them."""
    parcels: dict[str, set[object]] = defaultdict(set)
    recovered: dict[str, Decimal] = defaultdict(Decimal)
    handed: dict[str, Decimal] = defaultdict(Decimal)
    money: dict[tuple[str, str], int] = defaultdict(int)
    for holding in resolved.holdings:
        over = any(one.milestone == CLEARED_MILESTONE for one in holding.milestones)
        for zone, area in holding.areas.items():
            parcels[zone].add(holding.key)
            recovered[zone] += area or 0
            handed[zone] += (area or Decimal(0)) if over else Decimal(0)
        first = next(iter(holding.areas))
        for one in holding.milestones:
            money[first, one.milestone] += one.amount_vnd or 0
    return tuple(
        ZoneFigures(
            zone.zone_id,
            zone.name,
            len(parcels[zone.zone_id]),
            recovered[zone.zone_id],
            handed[zone.zone_id],
            money[zone.zone_id, "plan_approved"],
            money[zone.zone_id, "paid"],
        )
        for zone in plan.leaves()
        if zone.zone_id in parcels
    )
