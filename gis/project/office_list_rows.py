"""The rows of an office's list in the project's own terms: which zone, which parcel, whose holding.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from gis.boundaries.fields import land_use_of, text_of
from gis.errors import Problem
from gis.ledger.part import Part, parse_part
from gis.milestones import REPEATABLE_MILESTONES
from gis.project.office_list_sense import beyond_plan
from gis.project.office_list_twice import land_twice
from gis.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.plan import Plan
    from gis.sheets.tracking import TrackedMilestone, TrackingRow

Key: TypeAlias = tuple[str, str, str]  # old commune, sheet, number
Decision: TypeAlias = Literal["ask", "take", "keep"]
# What stands before a commune's name in a list.
_COMMUNE: Final = re.compile(r"^(xa|phuong|thi tran|x\.|p\.|tt\.)\s*")
TOLERANCE_M2: Final = Decimal("0.1")  # a row's area is rounded


@dataclass(frozen=True, slots=True)
class ListAnswers:
    """What the user said where the list alone does not decide.

    Args:
        zone: Of rows that name none; None: asked where the plan has several.
        commune: Code of the old commune of rows that name none.
        zones: Zone ids by the texts that stand in the list.
        latest: The last day that a milestone without a day can have been; None: the day of the import.
        changes: Rows that say something else than before: "take" corrects, "keep" leaves what stands.
        gone: Rows of the earlier file that are not in this one: "keep" them, or "take" them out.
        on: From when land of this list counts; None: as `versions.day_in_force` says.
    """

    zone: str | None = None
    commune: str | None = None
    zones: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    latest: date | None = None
    changes: Decision = "ask"
    gone: Decision = "keep"
    on: date | None = None


NO_LIST_ANSWERS: Final = ListAnswers()


@dataclass(frozen=True, slots=True)
class ListedHolding:
    """One household's part of one parcel, of all the rows that speak of it.

    Args:
        household: Its key in the list, see `TrackingRow.household_key`.
        key: Of the parcel.
        part: As the list states it, None: not determined.
        areas: Recovered square metres by zone, None where the list has none.
        milestones: Those that were reached, in the order of the rows.
        row: The first row, from 1, and `source` where it is; `rows` how many there are.
    """

    household: str
    key: Key
    part: Part
    areas: Mapping[str, Decimal | None]
    milestones: tuple[TrackedMilestone, ...]
    row: int
    source: str
    rows: int = 1


@dataclass(frozen=True, slots=True)
class ListedParcel:
    """A parcel as the list has it; areas in square metres, None where it has none."""

    key: Key
    land_use: str
    legal_m2: Decimal | None
    measured_m2: Decimal | None
    source: str

    @property
    def label(self) -> str:
        """How a person calls it: commune/sheet/number."""
        return "/".join(self.key)


@dataclass(frozen=True, slots=True)
class ListedPeople:
    """A household as the list has it; `commune` is where it lives, as far as the list says."""

    key: str
    name: str
    code: str
    kind: str
    hamlet: str
    commune: str
    source: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """A list in the project's terms, and what is wrong with it."""

    holdings: tuple[ListedHolding, ...]
    parcels: Mapping[Key, ListedParcel]
    people: Mapping[str, ListedPeople]
    problems: tuple[Problem, ...]


def resolve(rows: Sequence[TrackingRow], plan: Plan, answers: ListAnswers = NO_LIST_ANSWERS) -> Resolved:
    """The rows of a list as holdings of parcels in zones of the plan.

    Args:
        rows: As `gis.sheets` read them.
        plan: Its zones and old communes.
        answers: The user's.
    """
    zones, zone_problems = _zones(rows, plan, answers)
    communes, commune_problems = _communes(rows, plan, answers)
    problems = [*zone_problems, *commune_problems]
    grouped: dict[tuple[str, Key], list[TrackingRow]] = defaultdict(list)
    placed: list[tuple[Key, TrackingRow]] = []
    for row in rows:
        if row.zone in zones and row.commune in communes:
            key = (communes[row.commune], text_of(row.sheet), text_of(row.number))
            grouped[row.household_key, key].append(row)
            placed.append((key, row))
    problems += land_twice(placed, zones)
    parcels, found = _parcels(grouped)
    problems += found
    holdings = []
    for (household, key), own in grouped.items():
        holding, found = _holding(household, key, own, zones)
        problems += found
        holdings.append(holding)
    problems += _too_large(holdings, parcels)
    problems += beyond_plan(holdings, plan)
    return Resolved(tuple(holdings), parcels, _people(grouped, communes, plan), tuple(problems))


def _zones(
    rows: Sequence[TrackingRow], plan: Plan, answers: ListAnswers
) -> tuple[dict[str, str], list[Problem]]:
    """The leaf zone of each text that stands in the list."""
    leaves = {zone.zone_id: zone.name for zone in plan.leaves()}
    known = ", ".join(f"{name} ({zone_id})" for zone_id, name in leaves.items())
    only = next(iter(leaves)) if len(leaves) == 1 else None
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for text, first, count in _different((row.zone, row.source) for row in rows):
        facts: dict[str, Fact] = {"found": text, "count": count, "known": known}
        if text in answers.zones or (not text and (answers.zone or only)):
            chosen = answers.zones.get(text) or answers.zone or only or ""
        else:
            chosen = _zone_of(text, plan)
        if chosen in leaves:
            found[text] = chosen
            if text and text not in (chosen, leaves[chosen]) and text not in answers.zones:
                said: dict[str, Fact] = {"found": text, "zone": leaves[chosen]}
                problems.append(Problem(first, "problem.list_zone_read_as", said, "warning"))
        elif not text:
            problems.append(Problem(first, "problem.list_zone_missing", facts))
        elif chosen:
            problems.append(Problem(first, "problem.list_zone_divided", facts))
        else:
            problems.append(Problem(first, "problem.list_zone_unknown", facts))
    return found, problems


def _zone_of(text: str, plan: Plan) -> str:
    """The zone that a text names exactly, or but for accents, case and signs; "" where it names none."""
    wanted = _plain(text)
    same = [zone.zone_id for zone in plan.zones if wanted in (_plain(zone.zone_id), _plain(zone.name))]
    return same[0] if len(same) == 1 else ""


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", fold(text)).strip()


def _communes(
    rows: Sequence[TrackingRow], plan: Plan, answers: ListAnswers
) -> tuple[dict[str, str], list[Problem]]:
    """The code of the old commune of each text that stands in the list."""
    olds = plan.commune.old_communes
    by_text = {name: one.code for one in olds for name in (one.code, _plain(one.name))}
    known = ", ".join(f"{one.name} ({one.code})" for one in olds)
    only = olds[0].code if len(olds) == 1 else None
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for text, first, count in _different((row.commune, row.source) for row in rows):
        chosen = by_text.get(_plain(_COMMUNE.sub("", fold(text)))) if text else (answers.commune or only)
        if chosen in by_text.values():
            found[text] = str(chosen)
        else:
            message = "problem.list_commune_unknown" if text else "problem.list_commune_missing"
            problems.append(Problem(first, message, {"found": text, "count": count, "known": known}))
    return found, problems


def _different(texts: Iterable[tuple[str, str]]) -> list[tuple[str, str, int]]:
    """Each text once: where it stands first, and in how many rows."""
    sources: dict[str, list[str]] = {}
    for text, source in texts:
        sources.setdefault(text, []).append(source)
    return [(text, where[0], len(where)) for text, where in sources.items()]


def _parcels(
    grouped: Mapping[tuple[str, Key], Sequence[TrackingRow]],
) -> tuple[dict[Key, ListedParcel], list[Problem]]:
    """Each parcel once; rows of several land uses or holders speak of the same one.

    Rows of one parcel may each state the whole parcel's area, or the area of their own land use: where they
    differ nothing is taken for the parcel's area, and it is told.
    """
    by_key: dict[Key, list[TrackingRow]] = defaultdict(list)
    for (_, key), rows in grouped.items():
        by_key[key] += rows
    found, problems = {}, []
    for key, rows in by_key.items():
        areas: dict[str, Decimal | None] = {}
        for name in ("legal_area_m2", "measured_area_m2"):
            stated = {value for row in rows if (value := getattr(row, name)) is not None}
            areas[name] = next(iter(stated)) if len(stated) == 1 else None
            if len(stated) > 1:
                facts: dict[str, Fact] = {
                    "key": "/".join(key),
                    "count": len(rows),
                    "found": ", ".join(str(v) for v in sorted(stated)),
                }
                problems.append(Problem(rows[0].source, "problem.list_two_areas", facts, "warning"))
        uses = dict.fromkeys(land_use_of(row.land_use) for row in rows if row.land_use)
        found[key] = ListedParcel(
            key, "+".join(uses), areas["legal_area_m2"], areas["measured_area_m2"], rows[0].source
        )
    return found, problems


def _holding(
    household: str, key: Key, rows: Sequence[TrackingRow], zones: Mapping[str, str]
) -> tuple[ListedHolding, list[Problem]]:
    """What all the rows of one household and parcel say together."""
    first, problems = rows[0], []
    parts = {row.part if not isinstance(row.part, str) else parse_part(row.part) for row in rows} - {None}
    if len(parts) > 1:
        problems.append(Problem(first.source, "problem.list_two_parts", {"key": "/".join(key)}))
    areas: dict[str, Decimal | None] = {}
    for row in rows:
        zone, area = zones[row.zone], row.recovered_area_m2
        before = areas.get(zone)
        areas[zone] = area if before is None else before + (area or 0)
        if area is None:
            facts: dict[str, Fact] = {"key": "/".join(key)}
            problems.append(Problem(row.source, "problem.list_no_recovered", facts, "warning"))
    milestones, found = _milestones(rows)
    part = next(iter(parts)) if parts else None
    holding = ListedHolding(household, key, part, areas, milestones, first.row, first.source, len(rows))
    return holding, problems + found


def _milestones(rows: Sequence[TrackingRow]) -> tuple[tuple[TrackedMilestone, ...], list[Problem]]:
    """What was reached; where several rows of one holding disagree, never more than all of them say."""
    problems: list[Problem] = []
    by_name: dict[str, list[tuple[TrackingRow, TrackedMilestone]]] = defaultdict(list)
    for row in rows:
        for one in row.milestones:
            if one.reached:
                by_name[one.milestone].append((row, one))
    kept: list[TrackedMilestone] = []
    for name, said in by_name.items():
        if name in REPEATABLE_MILESTONES:
            kept += _moneys([one for _, one in said])
            continue
        if len({row.row for row, _ in said}) < len({row.row for row in rows}):
            facts: dict[str, Fact] = {"milestone": name, "count": len(rows)}
            problems.append(Problem(rows[0].source, "problem.list_milestone_partly", facts, "warning"))
            continue
        last = max((one for _, one in said), key=lambda one: (one.on is None, one.on or 0))
        if len({(one.on, one.document) for _, one in said}) > 1:
            facts = {"milestone": name, "count": len(said)}
            problems.append(Problem(last.cell, "problem.list_milestone_days", facts, "warning"))
        kept.append(last)
    return tuple(kept), problems


def _moneys(said: Sequence[TrackedMilestone]) -> list[TrackedMilestone]:
    """Every amount; what says no amount counts once, and only where its day and document have none."""
    paid = [one for one in said if one.amount_vnd is not None]
    told = {(one.on, one.document) for one in paid}
    bare = {
        (one.on, one.document): one
        for one in reversed(said)
        if one.amount_vnd is None and (one.on, one.document) not in told
    }
    return paid + list(bare.values())


def _too_large(holdings: Sequence[ListedHolding], parcels: Mapping[Key, ListedParcel]) -> list[Problem]:
    """Parcels of which more is recovered than there is of them: of several rows, the same land twice."""
    by_key: dict[Key, list[ListedHolding]] = defaultdict(list)
    for holding in holdings:
        by_key[holding.key].append(holding)
    problems = []
    for key, own in by_key.items():
        known = [area for area in (parcels[key].legal_m2, parcels[key].measured_m2) if area]
        areas = [area for one in own for area in one.areas.values() if area is not None]
        beyond = sum(areas, Decimal(0)) - max(known) if known else Decimal(0)
        if beyond <= TOLERANCE_M2 * max(len(areas), 1):
            continue
        facts: dict[str, Fact] = {
            "key": "/".join(key),
            "recovered": float(sum(areas, Decimal(0))),
            "area": float(max(known)),
            "count": sum(one.rows for one in own),
        }
        twice = sum(one.rows for one in own) > 1
        message = "problem.list_recovered_twice" if twice else "problem.list_recovered_beyond"
        severity: Literal["refused", "warning"] = "refused" if twice else "warning"
        problems.append(Problem(own[-1].source, message, facts, severity, area_m2=float(beyond)))
    return problems


def _people(
    grouped: Mapping[tuple[str, Key], Sequence[TrackingRow]], communes: Mapping[str, str], plan: Plan
) -> dict[str, ListedPeople]:
    """Each household once, by the first of its rows that says something."""
    names = {_plain(one.name): one.code for one in plan.commune.old_communes}
    by_household: dict[str, list[tuple[Key, TrackingRow]]] = defaultdict(list)
    for (household, key), rows in grouped.items():
        by_household[household] += [(key, row) for row in rows]
    found = {}
    for household, own in by_household.items():
        first = own[0][1]
        hamlet = next((row.hamlet for _, row in own if row.hamlet), "")
        home = next((row.home_commune for _, row in own if row.home_commune), "")
        lives = names.get(_plain(_COMMUNE.sub("", fold(home)))) or communes.get(home, "") if home else ""
        land = [key[0] for key, _ in own]
        found[household] = ListedPeople(
            household,
            first.household_name,
            first.household_code,
            first.kind,
            hamlet,
            lives or max(dict.fromkeys(land), key=land.count),
            first.source,
        )
    return found
