"""The fold of one parcel: who holds it, what they reached, what stands in the way and on the land.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING

from gis.ledger.facts import (
    Holding,
    Milestone,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Void,
    Waiver,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gis.ledger.entry import Entry
    from gis.ledger.part import Part


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that a holding reached: the day, the entry that says so, its document.

    `not_later_than`: an opening entry whose day is only the last that it can have been.
    """

    on: date
    seq: int
    document: str | None
    amount_vnd: int | None
    not_later_than: bool = False


@dataclass(frozen=True, slots=True)
class HoldingState:
    """One household's part of one parcel on the day.

    `milestones` gives for each milestone the first time it was reached; `last_seq` is the newest
    entry that speaks of this holding, whatever its day, voids included; `waived` are the
    optional milestones that do not apply.
    """

    parcel: str
    household: str
    part: Part
    since: date
    seq: int
    milestones: Mapping[str, Reached]
    last_seq: int
    waived: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An open obstacle; without a household it concerns the whole parcel."""

    parcel: str
    household: str | None
    category: str
    since: date
    seq: int


@dataclass(frozen=True, slots=True)
class LandObject:
    """Objects that still stand on a parcel: so many of those that the entry `seq` listed."""

    parcel: str
    household: str | None
    category: str
    count: int
    since: date
    seq: int


@dataclass(frozen=True, slots=True)
class ParcelState:
    """A parcel on the day: who holds it, what stands in the way, what still stands on it.

    `orphans` are entries that count for no holding: a milestone of a household that holds nothing.
    """

    holdings: tuple[HoldingState, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    orphans: tuple[int, ...] = ()
    objects: tuple[LandObject, ...] = ()

    def concerned(self, household: str | None) -> tuple[str, ...]:
        """Whose matter it is that something of a household stands here.

        Its own while it holds land here; what one who left has left behind is all holders'.

        Args:
            household: That an obstacle or object names; None: the whole parcel.
        """
        holders = tuple(one.household for one in self.holdings)
        return (household,) if household in holders else holders

    def hinders(self, household: str) -> bool:
        """Whether an open obstacle is a holder's matter."""
        return any(household in self.concerned(one.household) for one in self.obstacles)


def by_day(entry: Entry) -> tuple[date, int]:
    """The order in which entries count: a late entry of an early day goes before."""
    # The day decides, whenever it was written; entries of one day keep the order of writing.
    assert entry.on is not None  # noqa: S101 - voids are filtered out before
    return entry.on, entry.seq


@dataclass(slots=True)
class _Walk:
    """A parcel's holdings while its entries go by."""

    current: dict[str, HoldingState] = field(default_factory=dict)
    ended: dict[str, HoldingState] = field(default_factory=dict)
    waiting: dict[str, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    obstacles: dict[int, Obstacle] = field(default_factory=dict)
    objects: dict[int, LandObject] = field(default_factory=dict)
    waived: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def reach(self, entry: Entry, fact: Milestone | Opening) -> None:
        """Count a milestone for its holding, or keep it until that holding begins."""
        holding = self.current.get(fact.household)
        if holding is None:
            self.waiting[fact.household].append(entry)
            return
        if fact.milestone not in holding.milestones and entry.on is not None:
            late = isinstance(fact, Opening) and fact.not_later_than
            reached = Reached(entry.on, entry.seq, fact.document, fact.amount_vnd, late)
            milestones = MappingProxyType({**holding.milestones, fact.milestone: reached})
            self.current[fact.household] = replace(holding, milestones=milestones)

    def meet(self, entry: Entry) -> None:
        """Take in any entry but a holding."""
        assert entry.on is not None  # noqa: S101 - only a void has no day
        fact = entry.fact
        match fact:
            case Milestone() | Opening():
                self.reach(entry, fact)
            case Waiver():
                self.waived[fact.household].add(fact.milestone)
            case ObstacleOpened():
                opened = Obstacle(fact.parcel, fact.household, fact.category, entry.on, entry.seq)
                self.obstacles[entry.seq] = opened
            case ObjectListed():
                self.objects[entry.seq] = LandObject(
                    fact.parcel, fact.household, fact.category, fact.count, entry.on, entry.seq
                )

    def remove(self, fact: ObjectRemoved) -> None:
        """Take objects away; none is left where all that were listed are gone."""
        listed = self.objects.get(fact.listed)
        if listed is None:
            return
        if fact.count >= listed.count:
            del self.objects[fact.listed]
        else:
            self.objects[fact.listed] = replace(listed, count=listed.count - fact.count)

    def hold(self, group: Sequence[tuple[Entry, Holding]]) -> None:
        """Begin the holdings of one act together: each sees its predecessors as they were before."""
        before = {**self.ended, **self.current}
        for _, fact in group:
            for predecessor in fact.predecessors:
                if predecessor in self.current:
                    self.ended[predecessor] = self.current.pop(predecessor)
        for entry, fact in group:
            if entry.on is None:
                continue
            kept = self.current.get(fact.household)
            inherited = _common([before[p] for p in fact.predecessors if p in before])
            milestones = {**inherited, **(kept.milestones if kept else {})}
            since = kept.since if kept else entry.on
            self.current[fact.household] = HoldingState(
                parcel=fact.parcel,
                household=fact.household,
                part=fact.part,
                since=since,
                seq=entry.seq,
                milestones=MappingProxyType(milestones),
                last_seq=entry.seq,
            )
        for _, fact in group:
            for waiting in self.waiting.pop(fact.household, []):
                if isinstance(waiting.fact, Milestone | Opening):
                    self.reach(waiting, waiting.fact)


def _common(holdings: Sequence[HoldingState]) -> dict[str, Reached]:
    """The milestones that all of some holdings reached, each as the last of them reached it."""
    if not holdings:
        return {}
    shared = set.intersection(*(set(h.milestones) for h in holdings))
    return {
        name: max((h.milestones[name] for h in holdings), key=lambda r: (r.on, r.seq))
        for name in holdings[0].milestones
        if name in shared
    }


def parcel_state(live: Sequence[Entry], entries: Sequence[Entry]) -> ParcelState:
    """What holds on a parcel.

    Args:
        live: Its entries that count on the day, in the order of `by_day`.
        entries: All its entries, in seq order.
    """
    walk = _Walk()
    for (_, is_holding), grouped in groupby(live, key=lambda e: (e.request_id, isinstance(e.fact, Holding))):
        group = list(grouped)
        if is_holding:
            walk.hold([(e, e.fact) for e in group if isinstance(e.fact, Holding)])
            continue
        for entry in group:
            walk.meet(entry)
    for entry in live:  # an obstacle closes whatever order its two entries came in; so with objects
        if isinstance(entry.fact, ObstacleClosed):
            walk.obstacles.pop(entry.fact.opened, None)
        elif isinstance(entry.fact, ObjectRemoved):
            walk.remove(entry.fact)
    last = _last_seq_by_household(entries)
    holdings = tuple(
        replace(
            holding,
            last_seq=last.get(household, holding.seq),
            waived=frozenset(walk.waived.get(household, ())),
        )
        for household, holding in sorted(walk.current.items())
    )
    orphans = tuple(e.seq for waiting in walk.waiting.values() for e in waiting)
    return ParcelState(holdings, tuple(walk.obstacles.values()), orphans, tuple(walk.objects.values()))


def _last_seq_by_household(entries: Sequence[Entry]) -> dict[str, int]:
    by_seq: dict[int, str] = {}
    last: dict[str, int] = {}
    for entry in entries:
        household = getattr(entry.fact, "household", None)
        if isinstance(entry.fact, Void):
            household = by_seq.get(entry.fact.target)
        if household is not None:
            by_seq[entry.seq] = household
            last[household] = entry.seq
    return last
