"""The way from one moment to another, step by step, and the bridge that it makes.

Two legs: first what was learned later about the earlier day, then what happened between the days. A leg
stops before and after each entry that draws land anew, so that every hectare is valued on the land of
its own time. Pure: no file, no clock; `snapshot_of` gives the moments on the way.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from gis.clearance.bridge import Side, changes
from gis.clearance.bridge_lines import Bridge, Moment, negated, summed, zone_bridges
from gis.ledger.facts import Boundaries, Succession
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from gis.clearance.bridge import Change
    from gis.ledger.entry import Entry
    from gis.project.snapshot import Snapshot

SnapshotOf: TypeAlias = "Callable[[date, int], Snapshot]"
ONE_DAY = timedelta(days=1)


def bridge(snapshot_of: SnapshotOf, entries: Sequence[Entry], start: Moment, end: Moment) -> Bridge:
    """Why the cleared hectares of two moments differ.

    The way back gives the same changes with the other sign.

    Args:
        snapshot_of: The snapshot of a day and a known seq.
        entries: All entries, in seq order, from 1.
        start: The moment before.
        end: The moment after.
    """
    before, after = snapshot_of(start.on, start.known), snapshot_of(end.on, end.known)
    earlier, later = sorted((start, end), key=lambda one: (one.on, one.known))
    found: list[Change] = []
    for leg, forward in legs(entries, earlier, later):
        sides = (_side(snapshot_of(one.on, one.known)) for one in leg)
        for one, other in pairwise(sides):
            found += _directed(changes(one, other), forward=forward)
    told = summed(_directed(found, forward=start == earlier))
    leaves = {total.zone_id: before.plan.leaf_ids(total.zone_id) for total in before.totals}
    return Bridge(start, end, zone_bridges(before.totals, after.totals, leaves, told))


def legs(
    entries: Sequence[Entry], earlier: Moment, later: Moment
) -> tuple[tuple[tuple[Moment, ...], bool], tuple[tuple[Moment, ...], bool]]:
    """The moments of the two legs, each by rising clock, and whether it is walked that way.

    Args:
        entries: All entries, in seq order, from 1.
        earlier: The moment of the earlier day.
        later: That of the later day; its known seq may be the smaller one.
    """
    least, most = sorted((earlier.known, later.known))
    drawn = [entry for entry in entries if isinstance(entry.fact, Boundaries | Succession)]
    learned = [e for e in drawn if least < e.seq <= most and e.on is not None and e.on <= earlier.on]
    seqs = {least, most}
    for entry in learned:
        first, last = _request_of(entries, entry)
        seqs |= {max(first - 1, least), min(last, most)}
    days = {earlier.on, later.on}
    for entry in drawn:
        if entry.on is not None and earlier.on < entry.on <= later.on and entry.seq <= later.known:
            days |= {max(entry.on - ONE_DAY, earlier.on), entry.on}
    return (
        (tuple(Moment(earlier.on, seq) for seq in sorted(seqs)), earlier.known <= later.known),
        (tuple(Moment(day, later.known) for day in sorted(days)), True),
    )


def _request_of(entries: Sequence[Entry], entry: Entry) -> tuple[int, int]:
    """The first and the last seq of the request that wrote an entry: they stand side by side."""
    first = last = entry.seq
    while first > 1 and entries[first - 2].request_id == entry.request_id:
        first -= 1
    while last < len(entries) and entries[last].request_id == entry.request_id:
        last += 1
    return first, last


def _directed(changes: Iterable[Change], *, forward: bool) -> list[Change]:
    return list(changes) if forward else negated(changes)


def _side(snapshot: Snapshot) -> Side:
    classes = snapshot.classes
    cleared = frozenset(map(str, classes.index[classes == CLEARED_MILESTONE]))
    land = snapshot.boundaries
    return Side(snapshot.state, land.units, land.zones, land.parts_m2, cleared, land.listed_m2)
