"""The bridge between two moments: changes summed to lines, zone by zone, and the proof that they add up.

Before and after come from the totals, the lines from single parcels and entries: two ways, so that a
change that no entry explains, or one that is counted twice, is left over. Pure: no file, no clock.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gis.clearance.bridge import CAUSES, NOISE_M2, Change
from gis.clearance.totals import M2_PER_HA
from gis.errors import Problem
from gis.milestones import CLEARED_MILESTONE
from gis.plan import COMMUNE_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from gis.clearance.totals import ZoneTotal
    from gis.texts import Texts

RELATIVE_TOLERANCE: Final = 1e-9
HA_DECIMALS: Final = 4  # a square metre


@dataclass(frozen=True, slots=True)
class Moment:
    """A figure's two clocks: the day, and the last entry known; both included."""

    on: date
    known: int

    def to_dict(self) -> dict[str, Any]:
        """The moment as JSON has it."""
        return {"on": self.on.isoformat(), "known": self.known}


@dataclass(frozen=True, slots=True)
class Line:
    """What one cause gave or took in a zone: its changes, one a parcel and leaf zone."""

    cause: str
    changes: tuple[Change, ...]

    @property
    def m2(self) -> float:
        """Square metres, gains less losses."""
        return math.fsum(change.m2 for change in self.changes)

    @property
    def gained_m2(self) -> float:
        """Square metres of the gains alone."""
        return math.fsum(change.m2 for change in self.changes if change.m2 > 0)

    @property
    def lost_m2(self) -> float:
        """Square metres of the losses alone, below 0."""
        return math.fsum(change.m2 for change in self.changes if change.m2 < 0)

    @property
    def parcels(self) -> tuple[str, ...]:
        """The parcels, each once."""
        return tuple(dict.fromkeys(change.parcel for change in self.changes))

    @property
    def entries(self) -> tuple[int, ...]:
        """The entries that say why, by seq."""
        return tuple(sorted({seq for change in self.changes for seq in change.entries}))

    def to_dict(self) -> dict[str, Any]:
        """The line as `bridge --json` has it."""
        return {
            "cause": self.cause,
            "ha": self.m2 / M2_PER_HA,
            "gained_ha": self.gained_m2 / M2_PER_HA,
            "lost_ha": self.lost_m2 / M2_PER_HA,
            "parcels": len(self.parcels),
            "entries": list(self.entries),
        }


@dataclass(frozen=True, slots=True)
class ZoneBridge:
    """A zone's cleared square metres before and after, None without a boundary, and what lies between."""

    zone_id: str
    name: str
    parent: str | None
    before_m2: float | None
    after_m2: float | None
    lines: tuple[Line, ...]

    @property
    def difference_m2(self) -> float | None:
        """After less before; a side without a boundary has nothing cleared."""
        if self.before_m2 is None and self.after_m2 is None:
            return None
        return (self.after_m2 or 0.0) - (self.before_m2 or 0.0)

    @property
    def residual_m2(self) -> float:
        """What the lines leave unexplained."""
        changes = [-change.m2 for line in self.lines for change in line.changes]
        return math.fsum([self.after_m2 or 0.0, -(self.before_m2 or 0.0), *changes])

    @property
    def tolerance_m2(self) -> float:
        """What rounding may leave of figures of this size."""
        sizes = [abs(self.before_m2 or 0.0), abs(self.after_m2 or 0.0)]
        sizes += [line.gained_m2 - line.lost_m2 for line in self.lines]
        return max(NOISE_M2, RELATIVE_TOLERANCE * math.fsum(sizes))

    def line(self, cause: str) -> Line | None:
        """The line of a cause."""
        return next((line for line in self.lines if line.cause == cause), None)

    def to_dict(self) -> dict[str, Any]:
        """The zone as `bridge --json` has it."""
        return {
            "zone_id": self.zone_id,
            "name": self.name,
            "parent": self.parent,
            "before_ha": _ha(self.before_m2),
            "after_ha": _ha(self.after_m2),
            "difference_ha": _ha(self.difference_m2),
            "lines": [line.to_dict() for line in self.lines],
            "residual_m2": self.residual_m2,
        }


@dataclass(frozen=True, slots=True)
class Bridge:
    """Giải trình tăng, giảm: why the cleared hectares of two moments differ; the commune first."""

    start: Moment
    end: Moment
    zones: tuple[ZoneBridge, ...]

    @property
    def residual_m2(self) -> float:
        """The largest residual of all zones, with its sign."""
        return max((zone.residual_m2 for zone in self.zones), key=abs, default=0.0)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The zones whose lines do not sum to their difference."""
        return tuple(
            Problem(
                zone.name,
                "problem.bridge_open",
                {
                    "zone_id": zone.zone_id,
                    "difference_m2": zone.difference_m2 or 0.0,
                    "residual_m2": zone.residual_m2,
                },
            )
            for zone in self.zones
            if not abs(zone.residual_m2) <= zone.tolerance_m2  # NaN is open too
        )

    def to_dict(self) -> dict[str, Any]:
        """The bridge as `bridge --json` has it; `changes` are those of the leaves, one a parcel."""
        commune = self.zones[0].lines if self.zones else ()
        return {
            "from": self.start.to_dict(),
            "to": self.end.to_dict(),
            "zones": [zone.to_dict() for zone in self.zones],
            "changes": [
                {
                    "zone_id": change.zone,
                    "cause": change.cause,
                    "parcel_id": change.parcel,
                    "m2": change.m2,
                    "entries": list(change.entries),
                }
                for line in commune
                for change in line.changes
            ],
            "residual_m2": self.residual_m2,
        }


def negated(changes: Iterable[Change]) -> list[Change]:
    """The changes of the way back."""
    return [replace(change, m2=-change.m2) for change in changes]


def summed(changes: Iterable[Change]) -> list[Change]:
    """One change a cause, zone and parcel, of those of many steps; what came and went again is none.

    >>> steps = [Change("Z", "P1", "cleared", 60.0, (3,)), Change("Z", "P1", "cleared", 40.0, (5,))]
    >>> summed(steps)
    [Change(zone='Z', parcel='P1', cause='cleared', m2=100.0, entries=(3, 5))]
    """
    grouped: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in changes:
        grouped[change.cause, change.zone, change.parcel].append(change)
    found = []
    for (cause, zone, parcel), group in sorted(grouped.items()):
        m2 = math.fsum(change.m2 for change in group)
        if abs(m2) >= NOISE_M2:
            entries = tuple(sorted({seq for change in group for seq in change.entries}))
            found.append(Change(zone, parcel, cause, m2, entries))
    return found


def zone_bridges(
    before: Sequence[ZoneTotal],
    after: Sequence[ZoneTotal],
    leaves: Mapping[str, Sequence[str]],
    changes: Iterable[Change],
) -> tuple[ZoneBridge, ...]:
    """Each zone's bridge, parents summed from their leaves.

    Args:
        before: The totals of one moment, as `totals.totals` gives them.
        after: Those of the other, of the same plan.
        leaves: The ids of the leaves at or under each zone; of all for the commune.
        changes: As `summed` gives them; those of zones that are no leaves do not count, as in the totals.
    """
    by_zone: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_zone[change.zone].append(change)
    return tuple(
        ZoneBridge(
            zone_id=one.zone_id,
            name=one.name,
            parent=None if one.zone_id == COMMUNE_ID else one.parent,
            before_m2=_cleared_m2(one),
            after_m2=_cleared_m2(other),
            lines=_lines([change for leaf in leaves[one.zone_id] for change in by_zone[leaf]]),
        )
        for one, other in zip(before, after, strict=True)
    )


def _lines(changes: Sequence[Change]) -> tuple[Line, ...]:
    of_cause = {cause: tuple(c for c in changes if c.cause == cause) for cause in CAUSES}
    return tuple(Line(cause, listed) for cause, listed in of_cause.items() if listed)


def _cleared_m2(total: ZoneTotal) -> float | None:
    return None if total.classes_m2 is None else total.classes_m2[CLEARED_MILESTONE]


def _ha(m2: float | None) -> float | None:
    return None if m2 is None else m2 / M2_PER_HA


def change_text(texts: Texts, m2: float | None) -> str:
    """Hectares to a square metre with their sign, a dash for nothing.

    >>> from gis.texts import Texts
    >>> change_text(Texts("vi"), -12_345.6), change_text(Texts("en"), 12_345.6), change_text(Texts("en"), 0.3)
    ('−1,2346', '+1.2346', '0.0000')
    """
    if m2 is None:
        return "–"
    shown = texts.number(abs(m2) / M2_PER_HA, HA_DECIMALS)
    if shown == texts.number(0, HA_DECIMALS):
        return shown
    return ("+" if m2 > 0 else "−") + shown


def ranges(seqs: Iterable[int]) -> str:
    """Seqs by comma, those that follow each other as one range.

    >>> ranges([9, 3, 4, 5, 12, 13])
    '3–5, 9, 12, 13'
    """
    runs: list[list[int]] = []
    for seq in sorted(set(seqs)):
        if runs and seq == runs[-1][-1] + 1:
            runs[-1].append(seq)
        else:
            runs.append([seq])
    pieces = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]  # noqa: PLR2004
    return ", ".join(pieces)
