"""Money beside the story's: deposits and withdrawals, partial payments, a late supplement.

A deposit pays nobody: who refused the money, or quarrels about it, has it in the deposit and reaches
`paid` by the withdrawal. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.sample.batches import BATCHES, END, working_day_after
from gis.sample.chance import chance
from gis.sample.story import Event, Paper, thousands
from gis.sample.told import reached, voided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.sample.told import World

DEPOSIT: Final = "deposited"
WITHDRAWAL: Final = "withdrawn"
# Why money is deposited instead of paid.
DISPUTED: Final = frozenset({"payment_refused", "inheritance", "mortgage", "complaint"})
DEPOSITED_SHARE: Final = 0.7
DRAWN_SHARE: Final = 0.15  # of those deposits: one of the heirs took his part
PARTLY_PAID: Final = 18
SUPPLEMENTS_PAID_SHARE: Final = 0.85
SUPPLEMENT_BATCH: Final = "3"
SUPPLEMENT_DAY: Final = date(2026, 11, 4)
SUPPLEMENT_PAID_DAY: Final = date(2026, 11, 12)
SUPPLEMENTED: Final = 16
SUPPLEMENT_PAID: Final = 5


def drawn(events: Sequence[Event], rng: np.random.Generator) -> list[Event]:
    """The story with each payment into a deposit as that: money deposited, withdrawn, and then paid.

    Args:
        events: The story with its errors; those that were typed wrongly stay as they are.
        rng: Of the days.

    Returns:
        The same events in their places, others after them.
    """
    cancelled = voided(events)
    again = {(e.unit, e.household, e.milestone) for i, e in enumerate(events) if i in cancelled}
    found, after = list(events), []
    gaps: dict[Paper, int] = {}
    for index, event in enumerate(events):
        paper = event.paper
        typed = (event.unit, event.household, event.milestone) in again
        if paper is None or paper.series != DEPOSIT or typed or index in cancelled:
            continue
        gaps.setdefault(paper, int(rng.integers(20, 60)))
        day = working_day_after(paper.day, gaps[paper])
        recorded = working_day_after(max(day, event.recorded), 2)
        if recorded > END:
            continue
        slip = Paper(WITHDRAWAL, day, paper.owner)
        later = replace(event, on=day, recorded=recorded, paper=slip, session=f"{slip}|{recorded}")
        found[index] = replace(event, kind="money", milestone="", act=DEPOSIT)
        after.append(replace(later, kind="money", milestone="", act=WITHDRAWAL))
        after.append(replace(later, amount_vnd=None))
    return found + after


def sums(events: Sequence[Event], world: World) -> list[Event]:
    """Deposits for who is stuck, partial payments, and a supplement of the last month.

    Args:
        events: The story with what `drawn` made of it.
        world: Whom it is about.
    """
    rng = np.random.default_rng([world.seed, 7])
    touched = {(e.unit, e.household) for e in events if e.kind == "money"}
    found = list(_deposits(events, rng))
    touched |= {(e.unit, e.household) for e in found}
    found += _partial(events, touched, rng)
    found += _earlier_supplements(events, rng)
    return [event for event in found if event.recorded <= END] + _supplement(events, rng)


def _deposits(events: Sequence[Event], rng: np.random.Generator) -> Iterator[Event]:
    """The approved money of who will not or cannot take it, in the deposit; of some a part is drawn."""
    known, cancelled = reached(events), voided(events)
    closed = {e.target for e in events if e.kind == "obstacle_closed"}
    done: set[tuple[int, str]] = set()
    for index, event in enumerate(events):
        holding = (event.unit, event.household)
        told = known.get(holding, {})
        stuck = event.kind == "obstacle_opened" and event.category in DISPUTED
        if not stuck or index in cancelled | closed or holding in done or "paid" in told:
            continue
        approved = told.get("plan_approved")
        if approved is None or approved.on is None or not chance(rng, DEPOSITED_SHARE):
            continue
        done.add(holding)
        day = working_day_after(max(approved.on, event.recorded), int(rng.integers(15, 60)))
        paper = Paper(DEPOSIT, day, event.household)
        put = _money(approved, DEPOSIT, paper, approved.amount_vnd or 0)
        yield put
        if chance(rng, DRAWN_SHARE):
            later = Paper(WITHDRAWAL, working_day_after(day, 40), event.household)
            yield _money(approved, WITHDRAWAL, later, thousands((approved.amount_vnd or 0) / 3))


def _partial(events: Sequence[Event], touched: set[tuple[int, str]], rng: np.random.Generator) -> list[Event]:
    """A first part of the money for some who wait for the rest."""
    stuck = {e.household for e in events if e.kind == "obstacle_opened"}
    waiting = [
        told["plan_approved"]
        for holding, told in sorted(reached(events).items())
        if "plan_approved" in told and "paid" not in told and holding not in touched
        if holding[1] not in stuck
    ]
    found = []
    for index in sorted(rng.choice(len(waiting), min(PARTLY_PAID, len(waiting)), replace=False).tolist()):
        approved = waiting[index]
        day = working_day_after(approved.on or END, int(rng.integers(24, 75)))
        share = float(rng.choice([0.4, 0.5, 0.6]))
        paper = Paper("paid", day, approved.household)
        found.append(_money(approved, "paid", paper, thousands((approved.amount_vnd or 0) * share)))
    return found


def _earlier_supplements(events: Sequence[Event], rng: np.random.Generator) -> Iterator[Event]:
    """Most supplements of the story are paid some weeks after their decision, where the first money was."""
    known, cancelled = reached(events), voided(events)
    for index, event in enumerate(events):
        paper = event.paper
        if paper is None or event.milestone != "plan_approved" or " " not in paper.owner:
            continue
        paid = known[event.unit, event.household].get("paid")
        if index in cancelled or paid is None or not chance(rng, SUPPLEMENTS_PAID_SHARE):
            continue
        day = working_day_after(max(paper.day, paid.on or paper.day), int(rng.integers(14, 42)))
        listed = Paper("paid", day, paper.owner.split(" ")[0])
        yield _money(event, "paid", listed, event.amount_vnd or 0)


def _supplement(events: Sequence[Event], rng: np.random.Generator) -> list[Event]:
    """Phương án bổ sung: more for some who were paid, not paid to all of them yet."""
    batch = next(one for one in BATCHES if one.key == SUPPLEMENT_BATCH)
    paid = [
        told["plan_approved"]
        for _, told in sorted(reached(events).items())
        if "paid" in told and "plan_approved" in told and told["plan_approved"].batch == batch.id
    ]
    chosen = [paid[i] for i in sorted(rng.choice(len(paid), SUPPLEMENTED, replace=False).tolist())]
    decision = Paper("plan_approved", SUPPLEMENT_DAY, f"{batch.key} bổ sung")
    listed = Paper("paid", SUPPLEMENT_PAID_DAY, batch.key)
    found = []
    for number, approved in enumerate(chosen):
        more = thousands((approved.amount_vnd or 0) * float(rng.uniform(0.04, 0.12)))
        also = _money(approved, "", decision, more)
        found.append(replace(also, kind="milestone", milestone="plan_approved"))
        if number < SUPPLEMENT_PAID:
            found.append(_money(approved, "paid", listed, more))
    return found


def _money(approved: Event, act: str, paper: Paper, amount_vnd: int) -> Event:
    """Money for the holding of an approval."""
    recorded = working_day_after(paper.day, 1)
    return Event(
        kind="money",
        unit=approved.unit,
        household=approved.household,
        on=paper.day,
        recorded=recorded,
        by=approved.by,
        session=f"{paper}|{recorded}",
        paper=paper,
        amount_vnd=amount_vnd,
        batch=approved.batch,
        act=act,
    )
