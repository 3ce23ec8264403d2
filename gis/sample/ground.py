"""On the ground: visits to who is stuck, what stands on the land, and blocks for the investor.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import shapely

from gis.milestones import CLEARED_MILESTONE
from gis.sample.batches import BATCHES, END, START, working_day_after
from gis.sample.chance import chance
from gis.sample.story import NO_UNIT, Event, Paper
from gis.sample.told import reached, voided

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gis.sample.told import Holding, World

# How the talks go, by what stands in the way; the last ones of an obstacle that was cleared away agree.
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "absent": ("absent", "absent", "other"),
    "inventory_refused": ("refused", "refused", "considering"),
    "payment_refused": ("refused", "refused", "considering"),
    "complaint": ("refused", "considering"),
    "price": ("refused", "considering"),
    "inheritance": ("considering", "absent", "refused"),
}
USUAL_OUTCOMES: Final = ("considering", "considering", "refused")
VISITED_SHARE: Final = 0.85
SAID: Final[Mapping[str, str]] = {
    "agreed": "Hộ đồng ý, hẹn ngày bàn giao",
    "considering": "Hộ đề nghị thêm thời gian bàn bạc trong gia đình",
    "refused": "Hộ chưa đồng ý, đề nghị xem lại phương án",
    "absent": "Không có người ở nhà, đã để lại giấy hẹn",
    "other": "Đã liên lạc qua điện thoại",
}
# What stands on land by its use: category, share of the holdings, the most there are.
STANDS: Final[Mapping[str, tuple[tuple[str, float, int], ...]]] = {
    "LUC": (("grave_earth", 0.012, 3), ("crop", 0.03, 1), ("pole", 0.012, 2)),
    "LUK": (("grave_earth", 0.012, 3), ("crop", 0.03, 1)),
    "HNK": (("tree", 0.06, 30), ("grave_built", 0.02, 2), ("pole", 0.015, 2)),
    "CLN": (("tree", 0.25, 60), ("structure", 0.08, 1)),
    "NTS": (("structure", 0.12, 2),),
    "ONT": (("house", 0.8, 1), ("tree", 0.3, 25)),
    "ONT+CLN": (("house", 0.8, 1), ("structure", 0.4, 3), ("tree", 0.3, 40)),
}
UNCLAIMED_SHARE: Final = 0.1  # of graves: nobody knows whose they are
REMOVED_SHARE: Final = 0.82  # of what stood on land that was handed over
PARTLY_SHARE: Final = 0.3  # of what is left: some of it went
GRAVEYARD: Final = ("NTD", "grave_built", 64, 23)


def visits(events: Sequence[Event], world: World) -> list[Event]:
    """Talks with the households that obstacles are about.

    Args:
        events: The story.
        world: Whom it is about.
    """
    rng = np.random.default_rng([world.seed, 8])
    closed = {e.target: e.on for e in events if e.kind == "obstacle_closed"}
    found: list[Event] = []
    seen: set[tuple[str, date | None]] = set()
    for place, event in enumerate(events):
        whom = (event.household, event.on)  # of several parcels at once: one talk
        if event.kind != "obstacle_opened" or not event.household or whom in seen:
            continue
        seen.add(whom)
        if not chance(rng, VISITED_SHARE):
            continue
        found += _visits(event, closed.get(place), rng)
    return [event for event in found if event.recorded <= END]


def _visits(event: Event, closed: date | None, rng: np.random.Generator) -> Iterator[Event]:
    day = event.on or START
    outcomes = OUTCOMES.get(event.category, USUAL_OUTCOMES)
    for _ in range(int(rng.integers(1, 4))):
        day = working_day_after(day, int(rng.integers(4, 40)))
        if closed is not None and day >= closed:
            break
        outcome = str(rng.choice(outcomes))
        yield _visit(event, day, outcome, told=chance(rng, 0.4), whole=chance(rng, 0.5))
    if closed is not None:
        yield _visit(event, closed, "agreed", told=True, whole=False)


def _visit(event: Event, day: date, outcome: str, *, told: bool, whole: bool) -> Event:
    return Event(
        kind="visit",
        unit=NO_UNIT if whole else event.unit,
        household=event.household,
        on=day,
        recorded=working_day_after(day, 1),
        by=event.by,
        session=f"visit|{event.household}|{day}",
        outcome=outcome,
        note=SAID[outcome] if told else "",
    )


def objects(events: Sequence[Event], world: World, first: int) -> list[Event]:
    """What stood on the land when it was counted; most of it went, some is left on land handed over.

    Args:
        events: All that was told so far.
        world: Whom it is about.
        first: The place in the whole list at which the first of these will stand.
    """
    rng = np.random.default_rng([world.seed, 9])
    uses = world.land["land_use"].to_dict()
    officers = {batch.key: batch.officer for batch in BATCHES}
    batches = world.members["batch"].to_dict()
    found: list[Event] = []
    for (unit, household), told in sorted(reached(events).items()):
        counted = told.get("inventoried")
        if counted is None or counted.on is None:
            continue
        on = max(counted.on, START)
        for category, share, most in STANDS.get(uses[unit], ()):
            if chance(rng, share):
                count = int(rng.integers(1, most + 1))
                listed = _listed(officers[batches[unit]], unit, household, category, count, on, rng)
                if listed.recorded <= END:
                    found += _with_removal(listed, told, first + len(found), rng)
    return found + _graveyard(world, uses, first + len(found))


def _listed(
    by: str, unit: int, household: str, category: str, count: int, on: date, rng: np.random.Generator
) -> Event:
    nobodys = category.startswith("grave") and chance(rng, UNCLAIMED_SHARE)
    recorded = working_day_after(on, 3)
    return Event(
        kind="object_listed",
        unit=unit,
        household="" if nobodys else household,
        on=on,
        recorded=recorded,
        by=by,
        session=f"listed|{household}|{on}",
        category="grave_unclaimed" if nobodys else category,
        count=count,
    )


def _with_removal(
    listed: Event, told: Mapping[str, Event], place: int, rng: np.random.Generator
) -> list[Event]:
    """What was listed, and its going where its holder handed the land over."""
    handed = told.get(CLEARED_MILESTONE)
    gone, partly = chance(rng, REMOVED_SHARE), chance(rng, PARTLY_SHARE)
    shift, count = int(rng.integers(-12, 30)), listed.count or 1
    if handed is None or handed.on is None or not (gone or (partly and count > 1)):
        return [listed]
    day = working_day_after(date.fromordinal(handed.on.toordinal() + shift), 0)
    day = max(day, listed.recorded)
    recorded = working_day_after(day, 2)
    if recorded > END:
        return [listed]
    removed = replace(
        listed,
        kind="object_removed",
        on=day,
        recorded=recorded,
        session=f"removed|{listed.household}|{day}",
        category="",
        count=count if gone else int(rng.integers(1, count)),
        target=place,
    )
    return [listed, removed]


def _graveyard(world: World, uses: Mapping[int, str], place: int) -> list[Event]:
    """The graves of the graveyards in a batch: counted, a first part of them moved."""
    use, category, count, moved = GRAVEYARD
    batches = world.members["batch"].to_dict()
    by_key = {batch.key: batch for batch in BATCHES}
    found: list[Event] = []
    for unit in sorted(unit for unit, one in uses.items() if one == use and batches[unit]):
        batch = by_key[batches[unit]]
        on = working_day_after(max(START, batch.steps["plan_approved"].windows[0][0]), 10)
        listed = Event(
            "object_listed",
            unit,
            world.crowd.commune_id,
            on,
            working_day_after(on, 3),
            batch.officer,
            f"listed|{unit}",
            category=category,
            count=count,
            note="Theo danh sách quy tập của thôn",
        )
        later = working_day_after(on, 90)
        removed = replace(
            listed,
            kind="object_removed",
            on=later,
            recorded=working_day_after(later, 2),
            session=f"removed|{unit}",
            category="",
            count=moved,
            note="",
            target=place + len(found),
        )
        found += [listed, removed] if removed.recorded <= END else [listed]
    return found


@dataclass(frozen=True, slots=True)
class BlockPlan:
    """A block as it goes to the investor: its day, how many parcels, of which batches, what is excepted."""

    name: str
    day: date
    batches: frozenset[str]
    count: int
    whole: bool  # the exception is a parcel that is not handed over; else a part of one that is


BLOCKS: Final = (
    BlockPlan("Lô A1", date(2026, 1, 22), frozenset({"1"}), 36, whole=True),
    BlockPlan("Lô A2", date(2026, 7, 16), frozenset({"1", "2"}), 40, whole=False),
)
PART_EXCEPTED: Final = 0.2
WHOLE: Final = "whole"
# block, paper, unit, excepted: "", "whole" or square metres
DeliveryRow: TypeAlias = tuple[str, Paper, int, str]


def deliveries(events: Sequence[Event], world: World) -> tuple[list[Event], list[DeliveryRow]]:
    """The blocks that went to the investor, each side by side with the last, and the rows of their lists."""
    known, holders, cancelled = reached(events), world.holders(), voided(events)
    blocked = {e.unit for i, e in enumerate(events) if e.kind == "obstacle_opened" and i not in cancelled}
    middles = shapely.get_coordinates(world.land.geometry.centroid.to_numpy())
    areas_m2 = world.land.geometry.area.to_list()
    start: int | None = None
    used: set[int] = set()
    told: list[Event] = []
    rows: list[DeliveryRow] = []
    for block in BLOCKS:
        here = [place for place, one in enumerate(world.members["batch"]) if one in block.batches - {""}]
        here = [unit for unit in here if holders.get(unit) and unit not in used]
        ready = [unit for unit in here if _is_handed(known, holders, unit, block.day) and unit not in blocked]
        start = ready[0] if start is None else start
        steps_m = np.hypot(*(middles[here] - middles[start]).T)
        near = [unit for _, unit in sorted(zip(steps_m.tolist(), here, strict=True))]
        chosen = [unit for unit in near if unit in ready][: block.count]
        waiting = next(unit for unit in near if unit not in ready)
        largest = max(chosen, key=lambda unit: areas_m2[unit])
        excepted = waiting if block.whole else largest
        left = WHOLE if block.whole else f"{areas_m2[largest] * PART_EXCEPTED:.1f}"
        paper = Paper("delivered", block.day, block.name)
        listed = sorted({*chosen, excepted})
        rows += [(block.name, paper, unit, left if unit == excepted else "") for unit in listed]
        if not block.whole:
            told.append(_still_there(paper.day, largest, min(holders[largest])))
        told += _delivered(paper, [unit for unit in listed if unit != excepted], holders)
        used |= set(listed)
    return told, rows


def _still_there(day: date, unit: int, household: str) -> Event:
    """Why a part of a parcel is not delivered: something was found on it some weeks before."""
    on = working_day_after(day, -21)
    return Event(
        kind="object_listed",
        unit=unit,
        household=household,
        on=on,
        recorded=working_day_after(on, 1),
        by=BATCHES[0].officer,
        session=f"listed|{household}|{on}",
        category="structure",
        count=1,
        note="Lán trại chờ di dời",
    )


def _is_handed(
    known: Mapping[Holding, Mapping[str, Event]], holders: Mapping[int, frozenset[str]], unit: int, day: date
) -> bool:
    """Whether all who hold a unit handed it over, and it stood in the book, before a day."""
    handed = [known.get((unit, one), {}).get(CLEARED_MILESTONE) for one in holders.get(unit, ())]
    return bool(handed) and all(e and e.on and e.on < day and e.recorded < day for e in handed)


def _delivered(paper: Paper, units: Sequence[int], holders: Mapping[int, frozenset[str]]) -> Iterator[Event]:
    """The delivery of a block, and its milestone for every holding that went as a whole."""
    recorded = working_day_after(paper.day, 2)
    session = f"{paper}|{recorded}"
    whole = Event("delivery", NO_UNIT, "", paper.day, recorded, BATCHES[0].officer, session, paper=paper)
    yield whole
    for unit in units:
        for household in sorted(holders[unit]):
            yield replace(whole, kind="milestone", unit=unit, household=household, milestone="delivered")
