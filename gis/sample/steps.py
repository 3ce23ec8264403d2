"""The steps that the story leaves out: what came before its first ones, meetings, origins, waivers.

What the district had recorded before the commune began comes as openings. None of it changes who handed
over, and for no holding is it a later milestone than the story's last. Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.milestones import CLEARED_MILESTONE, place
from gis.sample.batches import BATCHES, END, START, Step, working_day_after, working_days
from gis.sample.chance import chance
from gis.sample.story import NO_UNIT, Event, Paper
from gis.sample.told import reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gis.sample.batches import Batch
    from gis.sample.told import World


def _day(year: int, month: int, day: int) -> Step:
    return Step(((date(year, month, day), date(year, month, day), 1.0),), waves=True)


def _days(start: tuple[int, int, int], end: tuple[int, int, int]) -> Step:
    return Step(((date(*start), date(*end), 1.0),))


# Before the first day of the project an entry is an opening, from the district's own book.
STEPS: Final[Mapping[str, Mapping[str, Step]]] = {
    "1": {
        "notified": _day(2025, 3, 11),
        "meeting": _day(2025, 3, 20),
        "inventoried": _days((2025, 4, 1), (2025, 5, 16)),
        "origin_confirmed": _day(2025, 5, 29),
        "plan_published": _day(2025, 6, 10),
        "recovered": _day(2025, 9, 16),
    },
    "2": {
        "notified": _day(2025, 5, 20),
        "meeting": _day(2025, 5, 29),
        "inventoried": _days((2025, 7, 14), (2025, 9, 12)),
        "origin_confirmed": _day(2025, 9, 25),
        "plan_published": _day(2025, 10, 10),
    },
    "3": {
        "notified": _day(2026, 1, 5),
        "meeting": _day(2026, 1, 8),
        "origin_confirmed": _day(2026, 3, 31),
        "plan_published": _day(2026, 4, 6),
        "recovered": _day(2026, 6, 25),
    },
    "4": {"meeting": _day(2026, 3, 17), "origin_confirmed": _day(2026, 7, 9)},
    "5": {
        "notified": _day(2025, 10, 14),
        "meeting": _day(2025, 10, 23),
        "origin_confirmed": _day(2026, 2, 4),
        "plan_published": _day(2026, 2, 9),
        "recovered": _day(2026, 5, 14),
    },
    "6": {"meeting": _day(2026, 3, 16), "origin_confirmed": _day(2026, 9, 3)},
    "7": {"meeting": _day(2026, 9, 22)},
    "8": {
        "meeting": _day(2026, 1, 29),
        "origin_confirmed": _day(2026, 4, 28),
        "plan_published": _day(2026, 5, 12),
    },
    "9": {},
}
# A milestone is told of holdings that came at least so far; origins are confirmed when all are counted.
NEEDS: Final[Mapping[str, str]] = {
    "notified": "notified",
    "meeting": "notified",
    "inventoried": "inventoried",
    "origin_confirmed": "plan_published",
    "plan_published": "plan_published",
    "recovered": CLEARED_MILESTONE,
}
BY_HOUSEHOLD: Final = frozenset({"inventoried"})
DISTRICT: Final = "district_"
NEW_RULES: Final = date(2026, 1, 1)  # from when notices are under NQ 254/2025/QH15
ZONE_NAMES: Final = {
    "kcn-phu-quy-gd1": "KCN Phú Quý giai đoạn 1",
    "kcn-phu-quy-con-lai": "KCN Phú Quý phần còn lại",
    "ccn-hoang-son": "CCN Hoàng Sơn",
}
CHAIRMAN: Final = "Chủ tịch UBND xã (mẫu)"
DEPUTY: Final = "Phó Chủ tịch UBND xã (mẫu)"
SIGNATORIES: Final[Mapping[str, str]] = {
    "notified": CHAIRMAN,
    "meeting": DEPUTY,
    "origin_confirmed": CHAIRMAN,
    "plan_published": DEPUTY,
    "plan_approved": CHAIRMAN,
    "paid": DEPUTY,
    "recovered": CHAIRMAN,
}
# A decision that took effect some days after its own.
LATER_EFFECT: Final[Mapping[str, int]] = {"8": 7}
LEAST_NAMED: Final = 4  # holdings: what names fewer is no list of a batch
WAIVED_SHARE: Final = 0.015
WAIVED_ORGANISATION: Final = "Tổ chức: đã làm việc riêng, không họp dân"
WAIVED_HOUSEHOLD: Final = "Hộ đi làm xa: đã gửi thông báo và làm việc riêng"


def steps(events: Sequence[Event], world: World) -> list[Event]:
    """The milestones, openings and waivers that the story leaves out.

    Args:
        events: The story with its errors.
        world: Whom it is about.
    """
    rng = np.random.default_rng([world.seed, 6])
    known, organisations = reached(events), world.organisations()
    found: list[Event] = []
    for batch in BATCHES:
        lags = {name: int(rng.integers(0, 6)) for name in STEPS[batch.key]}
        for household, units in world.holdings(batch.key).items():
            waived = WAIVED_ORGANISATION if household in organisations else ""
            waived = waived or (WAIVED_HOUSEHOLD if chance(rng, WAIVED_SHARE) else "")
            for name, on in _days_of(batch, rng):
                for unit in units:
                    told = known.get((unit, household), {})
                    if name in told or max(map(place, told), default=-1) < place(NEEDS[name]):
                        continue
                    whose = (batch, household, unit)
                    if name == "meeting" and waived:
                        found.append(_waiver(*whose, max(on, START), waived))
                    else:
                        found.append(_step(*whose, name, on, lags[name]))
    return [event for event in found if event.recorded <= END]


def _days_of(batch: Batch, rng: np.random.Generator) -> Iterator[tuple[str, date]]:
    """A household's day of each step."""
    for name, step in STEPS[batch.key].items():
        start, end, _ = step.windows[0]
        days = working_days(start, end)
        yield name, days[int(rng.integers(len(days)))]


def _waiver(batch: Batch, household: str, unit: int, on: date, reason: str) -> Event:
    recorded = working_day_after(on, 2)
    return Event(
        "waiver",
        unit,
        household,
        on,
        recorded,
        batch.officer,
        f"waiver|{household}|{on}",
        "meeting",
        note=reason,
    )


def _step(batch: Batch, household: str, unit: int, name: str, on: date, lag: int) -> Event:
    """A milestone; of a day before the project's first, an opening."""
    before = on < START
    owner = household if name in BY_HOUSEHOLD else batch.key
    paper = Paper(f"{DISTRICT}{name}" if before else name, on, owner)
    recorded = working_day_after(START, 2) if before else working_day_after(on, lag)
    return Event(
        kind="opening" if before else "milestone",
        unit=unit,
        household=household,
        on=on,
        recorded=recorded,
        by=batch.officer,
        session="openings" if before else f"{paper}|{recorded}",
        milestone=name,
        paper=paper,
        batch="" if before else batch.id,
    )


def begun(batch: Batch) -> date:
    """The day on which a batch was opened: before its notice, never before the commune began."""
    first = {**batch.steps, **STEPS[batch.key]}["notified"].windows[0][0]
    return max(START, working_day_after(first - timedelta(days=8), 0))


def regime(batch: Batch) -> str:
    """The regime of deadlines under which a batch was announced.

    >>> [regime(batch) for batch in BATCHES[:3]]
    ['luat-2024', 'luat-2024', 'nq-254-2025']
    """
    first = {**batch.steps, **STEPS[batch.key]}["notified"].windows[0][0]
    return "nq-254-2025" if first >= NEW_RULES else "luat-2024"


def batch_rows() -> list[tuple[str, str, str, str]]:
    """The rows of `batches.csv`: batch, name, zone, regime."""
    return [
        (batch.id, f"Đợt {batch.key} - {ZONE_NAMES[batch.zone_id]}", batch.zone_id, regime(batch))
        for batch in BATCHES
    ]


def openings_of_batches(world: World) -> list[Event]:
    """Each batch is opened, and its households join it."""
    found: list[Event] = []
    for batch in BATCHES:
        on = begun(batch)
        whole = Event("batch_opened", NO_UNIT, "", on, on, batch.officer, "!1", batch=batch.id)
        joined = Event("batch_joined", NO_UNIT, "", on, on, batch.officer, "!2", batch=batch.id)
        found += [whole, *(replace(joined, household=one) for one in world.holdings(batch.key))]
    return found


def documents(events: Sequence[Event]) -> list[Event]:
    """The documents of the batches, each recorded when it was first used.

    Args:
        events: All milestones and money.
    """
    numbers = {batch.id: batch.key for batch in BATCHES}
    named = Counter(event.paper for event in events)
    first: dict[Paper, Event] = {}
    for event in events:
        paper = event.paper
        if paper is None or paper.series not in SIGNATORIES or named[paper] < LEAST_NAMED:
            continue
        if paper.owner.split(" ")[0] == numbers.get(event.batch):
            known = first.get(paper)
            first[paper] = event if known is None or event.recorded < known.recorded else known
    found = []
    for paper, event in first.items():
        later = LATER_EFFECT.get(paper.owner) if paper.series == "plan_approved" else None
        found.append(
            Event(
                kind="batch_document",
                unit=NO_UNIT,
                household="",
                on=paper.day,
                recorded=event.recorded,
                by=event.by,
                session=f"!3|{paper}",
                milestone=paper.series,
                paper=paper,
                batch=event.batch,
                note=SIGNATORIES[paper.series],
                effective=paper.day + timedelta(days=later) if later else None,
            )
        )
    return found
