"""`project.toml` as data: the commune, the plan's goal, and the zones as a tree with plan areas.

`parse_plan` reads the text and tells everything that is wrong with it at once. `empty_plan_text` is
the text that a new project starts from. Pure: no file, no clock.
"""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gis.errors import DataError, Problem
from gis.milestones import MILESTONES, Step, in_order
from gis.plan_problems import shown, syntax_problem, value_problem
from gis.plan_template import BOUNDS, NAME, OPTIONAL_MILESTONES, TARGETS, TEMPLATE
from gis.vn2000 import VN2000_EPSG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUM_TOLERANCE_HA: Final = 0.05  # the plan gives its figures to 0.1 ha
# Longitudes and latitudes of the country's land, generously.
VIETNAM_DEGREES: Final = ((102.0, 110.0), (8.0, 23.5))
COMMUNE_ID: Final = "commune"  # the id of the whole in `totals`: no zone may take it

Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
ZoneId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
MilestoneId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
CommuneCode = Annotated[str, Field(pattern=r"^\d{5}$")]
Degrees = Annotated[float, Field(allow_inf_nan=False)]
Hectares = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    """A part of the plan: frozen, no unknown keys, no text taken for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OldCommune(_Strict):
    """A commune as it was before the merger: the first part of a parcel's key."""

    code: CommuneCode
    name: Text


class Commune(_Strict):
    """The commune by its name in the plan, and by its name and code in the national register.

    `bounds` are west, south, east, north in WGS 84 degrees: where its land must lie, before any is loaded.
    """

    name: Text
    register_name: Text
    code: CommuneCode
    old_communes: Annotated[tuple[OldCommune, ...], Field(strict=False, min_length=1)]
    bounds: Annotated[tuple[Degrees, ...] | None, Field(strict=False)] = None


class Goal(_Strict):
    """What the plan asks to be cleared, in hectares, and by which day (included)."""

    area_ha: Hectares
    approximate: bool
    by: date
    text: Text
    source: Text


class Target(_Strict):
    """What is asked to be handed over within a calendar year (chỉ tiêu năm), in hectares."""

    year: int
    area_ha: Hectares
    source: Text


class ZonePlan(_Strict):
    """A zone, or a phase of one, as the plan has it.

    `plan_ha` is its area in the commune, `total_ha` that of the whole park; either may be unknown.
    """

    zone_id: ZoneId
    name: Text
    parent: ZoneId | None = None
    plan_ha: Hectares | None = None
    source: Text
    total_ha: Hectares | None = None
    total_source: Text | None = None
    project: Text | None = None


class OptionalMilestone(_Strict):
    """A step that an office keeps beside the eight milestones, and that may not apply to a holding."""

    id: MilestoneId
    name: Text
    name_en: Text | None = None
    after: MilestoneId

    @property
    def step(self) -> Step:
        """The milestone as the list has it."""
        names = {"vi": self.name} | ({"en": self.name_en} if self.name_en else {})
        return Step(self.id, MappingProxyType(names), optional=True, after=self.after)


class Plan(_Strict):
    """The plan of a project: `zones` are flat, parents before their children."""

    synthetic: bool
    crs: int
    starts: date
    headline: Literal["goal", "plan", "mapped"]
    commune: Commune
    goal: Goal
    zones: Annotated[tuple[ZonePlan, ...], Field(strict=False, min_length=1)]
    optional_milestones: Annotated[
        tuple[OptionalMilestone, ...], Field(strict=False, alias="milestones")
    ] = ()
    targets: Annotated[tuple[Target, ...], Field(strict=False)] = ()

    @property
    def milestones(self) -> tuple[Step, ...]:
        """The project's whole list in its usual order: the eight, and the optional ones between them."""
        return in_order(one.step for one in self.optional_milestones)

    def names(self, language: str) -> dict[str, str]:
        """What the plan itself names, in a language: the optional milestones, by text id."""
        return {f"milestone.{step.id}": name for step in self.milestones if (name := step.name(language))}

    @property
    def project_id(self) -> str:
        """Whose a database is: the commune's code, and "sample" where the data is synthetic."""
        return self.commune.code + ("-sample" if self.synthetic else "")

    @property
    def plan_ha(self) -> float | None:
        """Hectares that the plan gives to the zones without a parent; None if it gives none."""
        areas = [zone.plan_ha for zone in self.children(None) if zone.plan_ha is not None]
        return round(sum(areas), 6) if areas else None

    def target(self, year: int) -> Target | None:
        """What is asked of a calendar year; None where the plan does not say."""
        return next((target for target in self.targets if target.year == year), None)

    def zone(self, zone_id: str) -> ZonePlan:
        """The zone of that id; KeyError if there is none."""
        return {zone.zone_id: zone for zone in self.zones}[zone_id]

    def children(self, zone_id: str | None) -> tuple[ZonePlan, ...]:
        """The zones right under a zone, or with None those under no other, in the plan's order."""
        return tuple(zone for zone in self.zones if zone.parent == zone_id)

    def leaves(self) -> tuple[ZonePlan, ...]:
        """The zones that are not divided further, in the plan's order."""
        parents = {zone.parent for zone in self.zones}
        return tuple(zone for zone in self.zones if zone.zone_id not in parents)

    def leaf_ids(self, zone_id: str) -> tuple[str, ...]:
        """The ids of the leaves at or under a zone, of all for the commune, in the plan's order.

        A leaf is its own.
        """
        children = self.children(None if zone_id == COMMUNE_ID else zone_id)
        if not children and zone_id != COMMUNE_ID:
            return (zone_id,)
        return tuple(leaf for child in children for leaf in self.leaf_ids(child.zone_id))


def parse_plan(text: str, source: str) -> Plan:
    """A checked plan.

    Args:
        text: The content of `project.toml`.
        source: The file as its reader knows it, for the messages.

    Returns:
        The plan, its zones sorted so that parents come before children.

    Raises:
        DataError: With a problem for each thing that is wrong: file, key, found, expected.

    >>> parse_plan(empty_plan_text(), "project.toml").zone("kcn-phu-quy-gd1").plan_ha
    116.8
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(problems=[syntax_problem(source, str(error))], source=source) from None
    try:
        plan = Plan.model_validate(raw)
    except ValidationError as error:
        problems = [value_problem(source, raw, dict(one)) for one in error.errors(include_url=False)]
        raise DataError(problems=problems, source=source) from None
    problems = [problem for rule in RULES for problem in rule(plan, source)]
    if problems:
        raise DataError(problems=problems, source=source)
    return plan.model_copy(update={"zones": _parents_first(plan.zones)})


def _parents_first(zones: Sequence[ZonePlan], parent: str | None = None) -> tuple[ZonePlan, ...]:
    """The tree from its top, each zone followed by what is under it; siblings as written."""
    branch: list[ZonePlan] = []
    for zone in zones:
        if zone.parent == parent:
            branch += [zone, *_parents_first(zones, zone.zone_id)]
    return tuple(branch)


def _check_crs(plan: Plan, source: str) -> Iterator[Problem]:
    if plan.crs not in VN2000_EPSG:
        yield Problem(f"{source}, crs", "problem.plan_crs", {"found": plan.crs})


def _check_bounds(plan: Plan, source: str) -> Iterator[Problem]:
    """West of east, south of north, and in Vietnam: degrees in another order would place all land wrongly."""
    if plan.commune.bounds is None:
        return
    bounds, (lon, lat) = plan.commune.bounds, VIETNAM_DEGREES
    fits = len(bounds) == 4 and (  # noqa: PLR2004 - the sides of a box
        lon[0] <= bounds[0] < bounds[2] <= lon[1] and lat[0] <= bounds[1] < bounds[3] <= lat[1]
    )
    if not fits:
        found = shown(list(plan.commune.bounds))
        yield Problem(f"{source}, commune.bounds", "problem.plan_bounds", {"found": found})


def _check_dates(plan: Plan, source: str) -> Iterator[Problem]:
    if plan.goal.by <= plan.starts:
        facts = {"found": plan.goal.by.isoformat(), "starts": plan.starts.isoformat()}
        yield Problem(f"{source}, goal.by", "problem.plan_goal_before_start", facts)


def _check_targets(plan: Plan, source: str) -> Iterator[Problem]:
    """One target a year, of a year in which the project runs."""
    seen: set[int] = set()
    for target in plan.targets:
        where = f"{source}, targets[{target.year}].year"
        if target.year in seen:
            yield Problem(where, "problem.plan_twice", {"found": str(target.year)})
        if not plan.starts.year <= target.year <= plan.goal.by.year:
            facts = {"found": target.year, "first": plan.starts.year, "last": plan.goal.by.year}
            yield Problem(where, "problem.plan_target_year", facts)
        seen.add(target.year)


def _check_unique(plan: Plan, source: str) -> Iterator[Problem]:
    zones = [("zones", zone.zone_id) for zone in plan.zones]
    communes = [("commune.old_communes", commune.code) for commune in plan.commune.old_communes]
    seen: set[tuple[str, str]] = {("zones", COMMUNE_ID)}
    for key in zones + communes:
        if key in seen:
            yield Problem(f"{source}, {key[0]}[{key[1]}]", "problem.plan_twice", {"found": key[1]})
        seen.add(key)


def _check_parents(plan: Plan, source: str) -> Iterator[Problem]:
    parents = {zone.zone_id: zone.parent for zone in plan.zones}
    for zone_id, parent in parents.items():
        where = f"{source}, zones[{zone_id}].parent"
        if parent is not None and parent not in parents:
            yield Problem(where, "problem.plan_no_parent", {"found": parent})
            continue
        passed = {zone_id}
        above = parent
        while above is not None and above not in passed:
            passed.add(above)
            above = parents.get(above)
        if above == zone_id:
            yield Problem(where, "problem.plan_cycle", {"found": zone_id})


def _check_areas(plan: Plan, source: str) -> Iterator[Problem]:
    """What is under a zone sums to it; a part of a park is no larger than the park."""
    for zone in plan.zones:
        where = f"{source}, zones[{zone.zone_id}]"
        if zone.plan_ha and zone.total_ha and zone.plan_ha > zone.total_ha:
            facts = {"found": zone.plan_ha, "total": zone.total_ha}
            yield Problem(f"{where}.plan_ha", "problem.plan_part_exceeds_total", facts)
        if zone.total_ha and not zone.total_source:
            yield Problem(f"{where}.total_source", "problem.plan_missing", {"key": "total_source"})
        areas = [child.plan_ha for child in plan.children(zone.zone_id)]
        known = [area for area in areas if area is not None]
        if zone.plan_ha is None or not known:
            continue
        excess = round(sum(known) - zone.plan_ha, 6)
        # A child without a figure leaves the sum open below, never above.
        if excess > SUM_TOLERANCE_HA or (len(known) == len(areas) and excess < -SUM_TOLERANCE_HA):
            facts = {"found": round(sum(known), 6), "expected": zone.plan_ha}
            yield Problem(f"{where}.plan_ha", "problem.plan_sum", facts)


def _check_milestones(plan: Plan, source: str) -> Iterator[Problem]:
    """Each optional milestone has an id of its own and, going back, follows one of the eight."""
    before = {one.id: one.after for one in plan.optional_milestones}
    seen = set(MILESTONES)
    for one in plan.optional_milestones:
        where = f"{source}, milestones[{one.id}]"
        if one.id in seen:
            yield Problem(where, "problem.plan_milestone_twice", {"found": one.id})
        seen.add(one.id)
        if one.after not in before and one.after not in MILESTONES:
            known = ", ".join((*MILESTONES, *(other for other in before if other != one.id)))
            facts = {"found": one.after, "milestones": known}
            yield Problem(f"{where}.after", "problem.plan_milestone_after", facts)
            continue
        passed: set[str] = set()
        step = one.id
        while step in before and step not in MILESTONES and step not in passed:
            passed.add(step)
            step = before[step]
        if step in passed:
            yield Problem(f"{where}.after", "problem.plan_milestone_cycle", {"found": one.after})


RULES: Final = (
    _check_crs,
    _check_bounds,
    _check_dates,
    _check_targets,
    _check_unique,
    _check_parents,
    _check_areas,
    _check_milestones,
)


def empty_plan_text(
    *, name: str = NAME, crs: int = 5897, synthetic: bool = False, starts: str = "2025-07-01"
) -> str:
    """The `project.toml` that a new project starts from: the commune's plan, each key explained.

    Args:
        name: The commune as the plan writes it.
        crs: EPSG code of the project's projected VN-2000 CRS.
        synthetic: Whether the project holds sample data; a real one never does.
        starts: The first day that entries may tell of, ISO.

    >>> "synthetic = false" in empty_plan_text(crs=5899)
    True
    """
    facts = {"NAME": json.dumps(name, ensure_ascii=False), "CRS": str(crs), "STARTS": starts}
    facts["SYNTHETIC"] = "true" if synthetic else "false"
    # Another commune lies elsewhere: its office says where.
    facts["BOUNDS"] = BOUNDS if name == NAME else f"# {BOUNDS}"
    # An example to a real office, which has its own steps; a part of the sample.
    example = re.sub(r"^(?=.)", "# ", OPTIONAL_MILESTONES, flags=re.MULTILINE)
    facts["TARGETS"] = TARGETS if synthetic else re.sub(r"^(?=.)", "# ", TARGETS, flags=re.MULTILINE)
    facts["MILESTONES"] = OPTIONAL_MILESTONES if synthetic else example
    return re.sub(r"@([A-Z]+)@", lambda found: facts[found[1]], TEMPLATE)
