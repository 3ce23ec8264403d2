"""Hectares of each zone of the plan: leaves from data, parents from their leaves, the commune first.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gis.clearance.balance import balance as balance_of
from gis.clearance.clean import clean_m2 as clean_m2_of
from gis.clearance.partition import class_m2 as class_m2_of
from gis.clearance.signed import signed_m2 as signed_m2_of
from gis.errors import Problem
from gis.milestones import CLASSES, CLEARED_MILESTONE
from gis.plan import COMMUNE_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from gis.plan import Plan

M2_PER_HA: Final = 10_000


@dataclass(frozen=True, slots=True)
class Balance:
    """What a zone's boundary holds against what its classes sum to, in square metres.

    `listed_m2` of the classes are by a list and no shape.
    """

    zone_m2: float
    classes_m2: Mapping[str, float]
    gap_m2: float
    overlap_m2: float
    residual_m2: float
    listed_m2: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The balance as JSON has it; `listed_m2` where there is any."""
        found: dict[str, Any] = {
            "zone_m2": self.zone_m2,
            "classes_m2": dict(self.classes_m2),
            "gap_m2": self.gap_m2,
            "overlap_m2": self.overlap_m2,
            "residual_m2": self.residual_m2,
        }
        return found | ({"listed_m2": self.listed_m2} if self.listed_m2 else {})


@dataclass(frozen=True, slots=True)
class ZoneTotal:
    """Hectares of a zone or of the whole commune, unrounded; None where nothing says so.

    `cleared_ha` counts whole parcels that every holding handed over, `signed_ha` the parts of the
    holdings that did, `clean_ha` those cleared parcels on which nothing that was listed is left.
    Without a boundary there are no hectares on the map, not even 0; `unmapped_m2` are then the classes
    that a list of recovered areas gives, None where there is none.
    """

    zone_id: str
    name: str
    parent: str | None
    goal_ha: float | None
    plan_ha: float | None
    balance: Balance | None
    signed_ha: float | None
    clean_ha: float | None
    unmapped_m2: Mapping[str, float] | None = None

    @property
    def mapped_ha(self) -> float | None:
        """Hectares inside the boundary."""
        return self.balance.zone_m2 / M2_PER_HA if self.balance else None

    @property
    def classes_m2(self) -> Mapping[str, float] | None:
        """Square metres of each of `CLASSES`, by shapes and by a list."""
        parts = [self.balance.classes_m2] if self.balance else []
        parts += [self.unmapped_m2] if self.unmapped_m2 else []
        return {name: sum(part[name] for part in parts) for name in CLASSES} if parts else None

    @property
    def by_class_ha(self) -> Mapping[str, float] | None:
        """Hectares of each of `CLASSES`."""
        classes_m2 = self.classes_m2
        return None if classes_m2 is None else {name: m2 / M2_PER_HA for name, m2 in classes_m2.items()}

    @property
    def listed_ha(self) -> float:
        """Hectares of the classes that only a list states: parcel or zone has no shape."""
        inside_m2 = self.balance.listed_m2 if self.balance else 0.0
        return (inside_m2 + sum((self.unmapped_m2 or {}).values())) / M2_PER_HA

    @property
    def cleared_of_mapped_ha(self) -> float | None:
        """Cleared hectares of the zones with a boundary, to be held against it."""
        return self.balance.classes_m2[CLEARED_MILESTONE] / M2_PER_HA if self.balance else None

    @property
    def cleared_ha(self) -> float | None:
        """Hectares of parcels that every holding handed over."""
        return self.by_class_ha[CLEARED_MILESTONE] if self.by_class_ha else None

    @property
    def remaining_of_plan_ha(self) -> float | None:
        """Hectares of the plan's area that are not cleared."""
        return _difference(self.plan_ha, self.cleared_ha)

    @property
    def remaining_of_mapped_ha(self) -> float | None:
        """Hectares inside the boundary that are not cleared."""
        return _difference(self.mapped_ha, self.cleared_of_mapped_ha)

    @property
    def share_of_goal(self) -> float | None:
        """Cleared hectares over the plan's goal; only the commune has one."""
        return _share(self.cleared_ha, self.goal_ha)

    @property
    def share_of_plan(self) -> float | None:
        """Cleared hectares over the plan's area."""
        return _share(self.cleared_ha, self.plan_ha)

    @property
    def share_of_mapped(self) -> float | None:
        """Cleared hectares over those inside the boundary."""
        return _share(self.cleared_of_mapped_ha, self.mapped_ha)

    def to_dict(self) -> dict[str, Any]:
        """The total as `totals --json` has it: every key, None where nothing says so.

        `listed_ha` is there where a list states land that no shape does.
        """
        by_class_ha = self.by_class_ha
        found: dict[str, Any] = {
            "zone_id": self.zone_id,
            "name": self.name,
            "parent": self.parent,
            "goal_ha": self.goal_ha,
            "plan_ha": self.plan_ha,
            "mapped_ha": self.mapped_ha,
            "cleared_ha": self.cleared_ha,
            "signed_ha": self.signed_ha,
            "clean_ha": self.clean_ha,
            "remaining_of_plan_ha": self.remaining_of_plan_ha,
            "remaining_of_mapped_ha": self.remaining_of_mapped_ha,
            "share_of_goal": self.share_of_goal,
            "share_of_plan": self.share_of_plan,
            "share_of_mapped": self.share_of_mapped,
            "by_class_ha": None if by_class_ha is None else dict(by_class_ha),
            "balance": None if self.balance is None else self.balance.to_dict(),
        }
        return found | ({"listed_ha": self.listed_ha} if self.listed_ha else {})


def totals(
    plan: Plan,
    coverage: pd.DataFrame,
    overlaps: pd.Series,
    classes: pd.Series,
    signed: pd.Series,
    occupied: Collection[str] | None = None,
) -> tuple[ZoneTotal, ...]:
    """Hectares of the commune and of each zone of the plan.

    Args:
        plan: The zones as a tree, with their areas and the goal.
        coverage: As `balance.coverage` gives it; a leaf that is not in it has no boundary.
        overlaps: m² by (`parcel_id`, `zone_id`), as `areas.overlap_m2` gives it.
        classes: Class by `parcel_id`, as `partition.classes` gives it.
        signed: Share of each parcel handed over, by `parcel_id`, as `signed.signed_share` gives it.
        occupied: The units on which objects still stand, as `clean.occupied` gives them; None: not
            looked at, and nothing is said of clean land.

    Returns:
        The commune, then the zones in the plan's order, parents before children. A parent is the sum
        of its leaves with a boundary; boundaries of zones that are no leaves do not count.
    """
    clean_m2 = None if occupied is None else clean_m2_of(overlaps, classes, occupied)
    class_m2, signed_m2 = class_m2_of(overlaps, classes), signed_m2_of(overlaps, signed)
    return totals_of(plan, coverage, class_m2, signed_m2, clean_m2)


def totals_of(
    plan: Plan,
    coverage: pd.DataFrame,
    class_m2: pd.DataFrame,
    signed_m2: pd.Series,
    clean_m2: pd.Series | None = None,
    listed_m2: pd.Series | None = None,
) -> tuple[ZoneTotal, ...]:
    """Hectares of the commune and of each zone of the plan, from what their zones sum to.

    Args:
        plan: The zones as a tree, with their areas and the goal.
        coverage: As for `totals`.
        class_m2: m² by `zone_id` and class, as `partition.class_m2` gives it.
        signed_m2: m² signed away by `zone_id`, as `signed.signed_m2` gives it.
        clean_m2: m² of clean land by `zone_id`, as `clean.clean_m2` gives it; None: not looked at.
        listed_m2: m² by `zone_id` of the classes that only a list states; None: nothing.

    Returns:
        As `totals` does; a leaf without a boundary counts where a list gives it land.
    """
    figures = _Figures.of(coverage, class_m2, signed_m2, clean_m2, listed_m2)
    whole = ZoneTotal(
        zone_id=COMMUNE_ID,
        name=plan.commune.name,
        parent=None,
        goal_ha=plan.goal.area_ha,
        plan_ha=plan.plan_ha,
        balance=figures.balance(_leaves(plan, None)),
        signed_ha=figures.sum_ha(figures.signed, _leaves(plan, None)),
        clean_ha=figures.sum_ha(figures.clean, _leaves(plan, None)),
        unmapped_m2=figures.unmapped(_leaves(plan, None)),
    )
    zones = (
        ZoneTotal(
            zone_id=zone.zone_id,
            name=zone.name,
            parent=zone.parent or COMMUNE_ID,
            goal_ha=None,
            plan_ha=zone.plan_ha,
            balance=figures.balance(_leaves(plan, zone.zone_id)),
            signed_ha=figures.sum_ha(figures.signed, _leaves(plan, zone.zone_id)),
            clean_ha=figures.sum_ha(figures.clean, _leaves(plan, zone.zone_id)),
            unmapped_m2=figures.unmapped(_leaves(plan, zone.zone_id)),
        )
        for zone in plan.zones
    )
    return (whole, *zones)


def check_zones(plan: Plan, zone_ids: Iterable[str]) -> list[Problem]:
    """The boundaries that no total counts: of a zone that the plan lacks, or divides further.

    Args:
        plan: The zones as a tree.
        zone_ids: The zones that have a boundary.

    Returns:
        A problem for each such zone, in their order.
    """
    leaves = set(_leaves(plan, None))
    known = {zone.zone_id for zone in plan.zones}
    return [
        Problem(
            zone_id,
            "problem.zone_divided" if zone_id in known else "problem.zone_not_in_plan",
            {"zone_id": zone_id},
        )
        for zone_id in zone_ids
        if zone_id not in leaves
    ]


@dataclass(frozen=True, slots=True)
class _Figures:
    """Square metres by zone id, of the zones with a boundary, then of those with listed land alone."""

    place: Mapping[str, int]  # of each zone in the rows below
    drawn: int  # so many of them, the first, have a boundary
    closing: pd.DataFrame
    by_class: NDArray[np.float64]
    signed: NDArray[np.float64]
    clean: NDArray[np.float64] | None

    @classmethod
    def of(
        cls,
        coverage: pd.DataFrame,
        class_m2: pd.DataFrame,
        signed_m2: pd.Series,
        clean_m2: pd.Series | None,
        listed_m2: pd.Series | None,
    ) -> _Figures:
        """The figures, with 0 for a zone with a boundary and no parcels."""
        index = coverage.index
        if listed_m2 is not None:
            index = index.append(listed_m2.index.difference(coverage.index))
        return cls(
            place={str(zone_id): place for place, zone_id in enumerate(index)},
            drawn=len(coverage),
            closing=balance_of(coverage, class_m2, listed_m2).reindex(coverage.index),
            by_class=class_m2.reindex(index, fill_value=0.0)[list(CLASSES)].to_numpy(),
            signed=signed_m2.reindex(index, fill_value=0.0).to_numpy(),
            clean=None if clean_m2 is None else clean_m2.reindex(index, fill_value=0.0).to_numpy(),
        )

    def known(self, leaves: Iterable[str]) -> list[int]:
        """The places of those leaves that have a boundary or listed land."""
        return [self.place[zone_id] for zone_id in leaves if zone_id in self.place]

    def balance(self, leaves: Iterable[str]) -> Balance | None:
        """The balances of some leaves summed; None where none has a boundary."""
        mapped = [place for place in self.known(leaves) if place < self.drawn]
        if not mapped:
            return None
        names = ["zone_m2", "gap_m2", "overlap_m2", "residual_m2"]
        names += ["listed_m2"] if "listed_m2" in self.closing else []
        sums = {name: float(self.closing[name].to_numpy()[mapped].sum()) for name in names}
        return Balance(classes_m2=self._classes(mapped), **sums)

    def unmapped(self, leaves: Iterable[str]) -> Mapping[str, float] | None:
        """The classes of those leaves that only have listed land; None where there is none."""
        listed = [place for place in self.known(leaves) if place >= self.drawn]
        return self._classes(listed) if listed else None

    def _classes(self, places: list[int]) -> dict[str, float]:
        return dict(zip(CLASSES, self.by_class[places].sum(axis=0).tolist(), strict=True))

    def sum_ha(self, m2: NDArray[np.float64] | None, leaves: Iterable[str]) -> float | None:
        """Hectares of some leaves; None where none is known, or nothing was looked at."""
        known = self.known(leaves)
        return float(m2[known].sum()) / M2_PER_HA if known and m2 is not None else None


def _leaves(plan: Plan, zone_id: str | None) -> tuple[str, ...]:
    """The leaves at or under a zone, or with None all of them, in the plan's order."""
    children = plan.children(zone_id)
    if zone_id is not None and not children:
        return (zone_id,)
    return tuple(leaf for child in children for leaf in _leaves(plan, child.zone_id))


def _difference(whole_ha: float | None, part_ha: float | None) -> float | None:
    return None if whole_ha is None or part_ha is None else whole_ha - part_ha


def _share(part_ha: float | None, whole_ha: float | None) -> float | None:
    return part_ha / whole_ha if whole_ha and part_ha is not None else None
