"""What happened to whom: milestones by batch, households that are stuck, hand-overs after harvests.

Events know each other by their place in the list; `gis.sample.history` puts them in the order in
which they were written. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.sample.batches import BATCHES, END, START, working_day_after, working_days
from gis.sample.chance import chance
from gis.sample.people import share_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from gis.sample.batches import Batch, Step
    from gis.sample.people import People

# Invented sums of money a square metre, in đồng: land, support and what stands on it.
RATES_VND: Final = {
    "LUC": 205_000,
    "LUK": 205_000,
    "HNK": 190_000,
    "CLN": 215_000,
    "NTS": 195_000,
    "ONT+CLN": 820_000,
    "ONT": 1_450_000,
}
OTHER_RATE_VND: Final = 310_000
NO_UNIT: Final = -1
HOUSEHOLD_DOCUMENTS: Final = frozenset({"inventoried", "handed_over"})
OBSTACLES: Final = {
    "notified": ("absent", "inheritance"),
    "inventoried": (
        *("inventory_refused", "area_difference", "boundary_dispute"),
        *("inheritance", "papers", "absent"),
    ),
    "plan_published": ("price", "resettlement", "papers", "complaint"),
    "plan_approved": ("price", "payment_refused", "complaint", "inheritance", "resettlement", "mortgage"),
    "recovered": ("price", "payment_refused", "complaint", "harvest", "remainder_request"),
}
NOTES: Final = {
    "area_difference": "Diện tích đo thực tế khác giấy chứng nhận, hộ đề nghị đo lại",
    "boundary_dispute": "Chưa thống nhất ranh giới với thửa liền kề",
    "inheritance": "Các con chưa thống nhất người đứng tên",
    "price": "Hộ đề nghị xem lại đơn giá cây trồng",
    "papers": "Thiếu giấy tờ về nguồn gốc đất",
    "absent": "Chủ hộ đi làm xa, chưa liên lạc được",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A document before it has its number: its series, day and whose it is."""

    series: str
    day: date
    owner: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line to be written: a fact, the day it happened, the day it was written, who wrote it.

    `unit` is the row of the land, `NO_UNIT` for what is of no parcel; `target` is the place in the list of
    the event that this one closes, cancels or takes from; `misread` marks a document number that was
    typed wrongly; `session` is what was written in one go.
    """

    kind: str
    unit: int
    household: str
    on: date | None
    recorded: date
    by: str
    session: str
    milestone: str = ""
    paper: Paper | None = None
    amount_vnd: int | None = None
    category: str = ""
    target: int | None = None
    note: str = ""
    misread: bool = False
    batch: str = ""
    act: str = ""
    outcome: str = ""
    count: int | None = None
    effective: date | None = None


class Story:
    """The events of all batches as they are told, one household after another."""

    def __init__(self, land: gpd.GeoDataFrame, crowd: People, members: pd.DataFrame, seed: int) -> None:
        """Keep what the story is about."""
        self.rng = np.random.default_rng([seed, 4])
        self.events: list[Event] = []
        self.uses = land["land_use"].to_dict()
        self.members = members
        self.inside_m2 = members["inside_m2"].to_dict()
        self.commune_id = crowd.commune_id
        self.lags: dict[str, int] = {}
        holdings = crowd.holdings.join(members, on="unit")
        self.holdings = holdings[holdings["batch"] != ""]
        holders = crowd.holdings.groupby("unit").size().to_dict()
        areas = land["legal_area_m2"].fillna(land.geometry.area.round(1)).to_dict()
        self.shares = {
            (unit, household): share_of(part, areas[unit], holders[unit])
            for unit, household, part in zip(
                crowd.holdings["unit"], crowd.holdings["household_id"], crowd.holdings["part"], strict=True
            )
        }

    def tell(self) -> list[Event]:
        """All events, each after those that it speaks of."""
        for batch in BATCHES:
            here = self.holdings[self.holdings["batch"] == batch.key]
            public = here["household_id"] == self.commune_id
            for household, group in here[~public].groupby("household_id", sort=True):
                self.household(batch, str(household), [int(unit) for unit in group["unit"]])
            for unit in here.loc[public, "unit"]:
                self.public_unit(batch, int(unit))
        return self.events

    def chance(self, share: float) -> bool:
        """Whether something of that probability happens."""
        return chance(self.rng, share)

    def household(self, batch: Batch, household: str, units: Sequence[int]) -> None:
        """One household's way through a batch, for all its parcels there together."""
        drawn = self.rng.random()
        if drawn < batch.handed:
            last = list(batch.steps)[-1]
        elif drawn < batch.handed + batch.stuck:
            last = str(self.rng.choice(batch.stuck_after))
        else:
            last = str(self.rng.choice(list(batch.waiting), p=list(batch.waiting.values())))
        reached: dict[str, date] = {}
        for milestone, step in batch.steps.items():
            on = self.day_of(milestone, step, reached)
            if on is None or not self.reach(batch, household, units, milestone, on, waves=step.waves):
                break
            reached[milestone] = on
            if milestone == last:
                break
        if batch.handed <= drawn < batch.handed + batch.stuck:
            self.get_stuck(batch, household, units, reached)
        elif reached and self.chance(0.05):
            self.stumble(batch, household, units, reached)

    def day_of(self, milestone: str, step: Step, reached: dict[str, date]) -> date | None:
        """The day of a step, after what must come before it; None if its windows are over."""
        known = dict(reached)
        if milestone == "paid" or (milestone == "handed_over" and self.chance(0.06)):
            # Payment, decision and hand-over come in differing order.
            known = {name: day for name, day in reached.items() if name == "plan_approved"}
        earliest = max(known.values(), default=None)
        weights = np.array([weight for *_, weight in step.windows])
        first = int(self.rng.choice(len(weights), p=weights / weights.sum()))
        for start, end, _ in step.windows[first:]:
            days = working_days(max(start, earliest) if earliest else start, end)
            if days:
                return days[int(self.rng.integers(len(days)))]
        return None

    def reach(
        self, batch: Batch, household: str, units: Sequence[int], milestone: str, on: date, *, waves: bool
    ) -> bool:
        """Write a milestone for parcels of a household; False if it was not yet written by the end."""
        deposited = milestone == "paid" and self.chance(0.025)
        own = milestone in HOUSEHOLD_DOCUMENTS or deposited
        series = "deposited" if deposited else milestone
        paper = Paper(series, on, household if own else batch.key)
        recorded = working_day_after(on, self.lag(f"{paper}", waves=waves))
        if recorded > END:
            return False
        amounts: list[int | None] = [None] * len(units)
        if milestone in {"plan_approved", "paid"}:
            amounts = [self.amount(unit, household) for unit in units]
        rest = milestone == "paid" and not deposited and self.chance(0.06)
        for unit, amount in zip(units, amounts, strict=True):
            first = thousands(amount * 0.7) if rest and amount else amount
            self.milestone(batch, unit, household, milestone, paper, recorded, first)
        if rest:
            self.pay_the_rest(batch, household, units, on)
        if milestone == "plan_approved" and self.chance(0.03):
            self.supplement(batch, household, units[0], on)
        return True

    def milestone(
        self,
        batch: Batch,
        unit: int,
        household: str,
        milestone: str,
        paper: Paper,
        recorded: date,
        amount_vnd: int | None = None,
    ) -> None:
        """One milestone of one holding."""
        self.events.append(
            Event(
                kind="milestone",
                unit=unit,
                household=household,
                on=paper.day,
                recorded=recorded,
                by=batch.officer,
                session=f"{paper}|{recorded}",
                milestone=milestone,
                paper=paper,
                amount_vnd=amount_vnd,
                batch="" if household == self.commune_id else batch.id,
            )
        )

    def pay_the_rest(self, batch: Batch, household: str, units: Sequence[int], on: date) -> None:
        """The second part of a payment, some weeks later."""
        day = working_day_after(on, int(self.rng.integers(20, 45)))
        recorded = working_day_after(day, 2)
        for unit in units if recorded <= END else ():
            amount = self.amount(unit, household)
            rest = amount - thousands(amount * 0.7)
            self.milestone(batch, unit, household, "paid", Paper("paid", day, batch.key), recorded, rest)

    def supplement(self, batch: Batch, household: str, unit: int, on: date) -> None:
        """A supplementary decision: a crop or a building that the first one had left out."""
        day = working_day_after(on, int(self.rng.integers(40, 80)))
        recorded = working_day_after(day, 3)
        if recorded <= END:
            amount = thousands(self.amount(unit, household) * float(self.rng.uniform(0.05, 0.15)))
            paper = Paper("plan_approved", day, f"{batch.key} bổ sung")
            self.milestone(batch, unit, household, "plan_approved", paper, recorded, amount)

    def amount(self, unit: int, household: str) -> int:
        """Đồng for a household's part of what lies in the zone."""
        rate = RATES_VND.get(self.uses[unit], OTHER_RATE_VND)
        return thousands(rate * self.inside_m2[unit] * self.shares[unit, household])

    def lag(self, session: str, *, waves: bool) -> int:
        """Days from the event to its entry: the same for one document; now and then weeks."""
        if session not in self.lags:
            late = self.chance(0.06) and not waves
            days = self.rng.integers(18, 50) if late else self.rng.integers(0, 7)
            self.lags[session] = int(days)
        return self.lags[session]

    def get_stuck(self, batch: Batch, household: str, units: Sequence[int], reached: dict[str, date]) -> None:
        """An obstacle after the last step: on one parcel or on all; few are resolved."""
        if not reached:
            return
        stage, on = max(reached.items(), key=lambda item: item[1])
        category = str(self.rng.choice(OBSTACLES[stage]))
        opened = working_day_after(on, int(self.rng.integers(4, 40)))
        chosen = units if self.chance(0.55) else units[:1]
        closed = working_day_after(opened, int(self.rng.integers(40, 120))) if self.chance(0.12) else None
        for unit in chosen:
            whole = category == "boundary_dispute" and self.chance(0.5)
            self.obstacle(batch.officer, unit, "" if whole else household, category, opened, closed)

    def stumble(self, batch: Batch, household: str, units: Sequence[int], reached: dict[str, date]) -> None:
        """An obstacle that was cleared away before the household went on."""
        stage, on = min(reached.items(), key=lambda item: item[1])
        opened = working_day_after(on, int(self.rng.integers(2, 15)))
        closed = working_day_after(opened, int(self.rng.integers(10, 45)))
        handed = reached.get("handed_over")
        if handed is not None and (handed <= opened or handed < closed):
            closed = handed
        if opened < closed:
            category = str(self.rng.choice(OBSTACLES[stage]))
            self.obstacle(batch.officer, units[0], household, category, opened, closed)

    def obstacle(
        self, by: str, unit: int, household: str, category: str, opened: date, closed: date | None
    ) -> None:
        """What stands in the way, from one day to another."""
        recorded = working_day_after(opened, int(self.rng.integers(0, 5)))
        if recorded > END:
            return
        place = len(self.events)
        note = NOTES.get(category, "") if self.chance(0.5) else ""
        self.events.append(
            Event(
                kind="obstacle_opened",
                unit=unit,
                household=household,
                on=opened,
                recorded=recorded,
                by=by,
                session=f"opened|{household}|{opened}|{by}",
                category=category,
                note=note,
            )
        )
        ended = None if closed is None else working_day_after(max(closed, recorded), 1)
        if closed is not None and ended is not None and ended <= END:
            self.events.append(
                Event(
                    kind="obstacle_closed",
                    unit=unit,
                    household=household,
                    on=closed,
                    recorded=ended,
                    by=by,
                    session=f"closed|{household}|{closed}|{by}",
                    category=category,
                    target=place,
                )
            )

    def public_unit(self, batch: Batch, unit: int) -> None:
        """Roads, canals and public land: handed over by their own minutes, nothing to pay."""
        if self.uses[unit] == "NTD":
            opened = working_days(batch.steps["plan_approved"].windows[0][0], END)[8]
            self.obstacle(batch.officer, unit, "", "graves", opened, None)
            return
        if self.chance(0.04):
            self.obstacle(batch.officer, unit, "", "utilities", working_days(START, END)[120], None)
            return
        if not self.chance(batch.public):
            return
        start, end, _ = batch.steps["handed_over"].windows[0]
        days = working_days(start, min(end, END))
        on = days[int(self.rng.integers(len(days)))]
        recorded = working_day_after(on, int(self.rng.integers(0, 6)))
        if recorded <= END:
            # One set of minutes for what was walked on the same day.
            paper = Paper("handed_over", on, self.commune_id)
            self.milestone(batch, unit, self.commune_id, "handed_over", paper, recorded)


def thousands(sum_vnd: float) -> int:
    """A sum in whole thousands of đồng, at least one."""
    return max(1, round(sum_vnd / 1000)) * 1000
