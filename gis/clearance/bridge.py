"""Why the cleared square metres of two moments differ: each parcel's change, by its cause.

A step changes one clock: the day, or what is known. Within it, a parcel's part of a zone changes in
this order, so that the causes sum exactly:

1. the parcel is drawn or listed anew, under the old zones, with the status that it had: "resurveyed" (a
   parcel that a succession made starts with what that succession gave it);
2. the zone is drawn anew: "boundary_changed";
3. its status changes, on the area that it has now: "corrected" where it is learned later, else "cleared" by
   a hand-over, or "part_changed" by who holds it.

No change is claimed without an entry that says it: what no entry explains is left over, and shows.
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from gis.clearance.listed import NOTHING_LISTED, parts_m2_of
from gis.ledger.facts import Boundaries, Holding, Milestone, Opening, Succession
from gis.ledger.state import state
from gis.milestones import CLEARED_MILESTONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import geopandas as gpd
    import pandas as pd

    from gis.ledger.entry import Entry
    from gis.ledger.state import State

CAUSES: Final = ("cleared", "corrected", "part_changed", "resurveyed", "boundary_changed")
# A square millimetre: what cutting the same parcel by a zone with another far corner may differ by.
NOISE_M2: Final = 1e-6
LAYER_OF_KIND: Final = {"parcel": "parcels", "feature": "features"}
LISTED: Final = "listed"  # the layer of recovered areas by a list


@dataclass(frozen=True, slots=True)
class Change:
    """What a parcel's part of a zone gave or took, in square metres, and the entries that say why."""

    zone: str
    parcel: str
    cause: str
    m2: float
    entries: tuple[int, ...]


@dataclass(frozen=True)
class Side:
    """The land and the ledger at one end of a step.

    Args:
        state: What holds on the day, by what is known.
        units: Parcels and public features in force then, with `kind` and `geometry`, by `parcel_id`.
        zones: The zones in force then, by `zone_id`.
        parts_m2: m² of each unit in each zone that it touches, by their ids.
        cleared: Those of `units` that every holding handed over.
        listed_m2: Recovered areas by the list, as `listed.listed_m2` gives them.
    """

    state: State
    units: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    parts_m2: Mapping[str, Mapping[str, float]]

    cleared: frozenset[str]
    listed_m2: pd.Series = field(default_factory=lambda: NOTHING_LISTED)

    def has_cleared(self, parcel: str) -> bool:
        """Whether a parcel is cleared, drawn or not: one may be held before it is drawn."""
        if parcel in self.units.index:
            return parcel in self.cleared
        return is_cleared(self.state, parcel)

    def version(self, *layers: str) -> tuple[str, ...]:
        """The SHA-256 of the versions in force of some layers, "" where there is none."""
        facts = [entry.fact if (entry := self.state.boundaries.get(layer)) else None for layer in layers]
        return tuple(fact.sha256 if isinstance(fact, Boundaries) else "" for fact in facts)


def is_cleared(state: State, parcel: str) -> bool:
    """Whether somebody holds a parcel and every holding was handed over."""
    holdings = state.of_parcel(parcel)
    return bool(holdings) and all(CLEARED_MILESTONE in one.milestones for one in holdings)


def changes(old: Side, new: Side) -> list[Change]:
    """What a step changed, by parcel, zone and cause; nothing where the two sides are the same moment.

    Args:
        old: The earlier side.
        new: The later one: a later day with the same entries known, or the same day with more of them.

    Returns:
        Changes of a square millimetre and more, by parcel, then by zone.
    """
    step = _Step(old, new)
    return [change for parcel in sorted(step.touched) for change in step.of(parcel)]


@dataclass(frozen=True)
class _Step:
    """A step, and what is worked out once for all its parcels."""

    old: Side
    new: Side

    @property
    def learned(self) -> bool:
        """Whether the day is the same, and more is known of it."""
        return self.old.state.on == self.new.state.on

    @cached_property
    def drawings(self) -> Mapping[int, Entry]:
        """Versions and successions that count since the step, and those cancelled, by what says so."""
        return _news(self.old.state, self.new.state, None, _draws)

    @cached_property
    def successions(self) -> tuple[Entry, ...]:
        """The successions that count after the step and did not before."""
        return tuple(
            entry
            for seq, entry in self.drawings.items()
            if seq == entry.seq and isinstance(entry.fact, Succession)
        )

    @cached_property
    def inherited(self) -> dict[str, bool]:
        """Whether each parcel that a succession made started as cleared."""
        by_heir: dict[str, set[str]] = {}
        for entry in self.successions:
            if isinstance(entry.fact, Succession):
                for _, heir, _ in entry.fact.pairs:
                    by_heir.setdefault(heir, set()).add(entry.request_id)
        return {heir: self._starts_cleared(heir, requests) for heir, requests in by_heir.items()}

    def _starts_cleared(self, heir: str, requests: set[str]) -> bool:
        """Its status by what counted before, and by the entries that came with the succession."""
        now = self.new.state
        before = {entry.seq for entry in self.old.state.live(heir)}
        first = [e for e in now.history.get(heir, ()) if e.seq in before or e.request_id in requests]
        return is_cleared(state(first, now.on, now.known), heir)

    @cached_property
    def redrawn(self) -> bool:
        """Whether any land is drawn anew."""
        layers = ("zones", LISTED, *LAYER_OF_KIND.values())
        return self.old.version(*layers) != self.new.version(*layers)

    @cached_property
    def touched(self) -> frozenset[str]:
        """The parcels that may give or take m²: no parcel that is cleared on neither side."""
        if not self.redrawn:
            return self.old.cleared ^ self.new.cleared
        heirs = frozenset(heir for heir, cleared in self.inherited.items() if cleared)
        return self.old.cleared | self.new.cleared | heirs

    @cached_property
    def between_m2(self) -> Mapping[str, Mapping[str, float]]:
        """m² of the parcels as drawn after the step in the zones as drawn before it."""
        land = (LISTED, *LAYER_OF_KIND.values())
        if self.old.version(*land) == self.new.version(*land):
            return self.old.parts_m2
        if self.old.version("zones") == self.new.version("zones"):
            return self.new.parts_m2
        drawn = self.new.units
        touched = drawn.loc[drawn.index.isin(list(self.touched))]
        return parts_m2(parts_m2_of(touched, self.old.zones, self.new.listed_m2))

    def of(self, parcel: str) -> Iterator[Change]:
        """The changes of one parcel that entries explain."""
        for cause, by_zone in self._pieces(parcel).items():
            entries = self._entries(cause, parcel)
            if entries:
                yield from (Change(zone, parcel, cause, m2, entries) for zone, m2 in by_zone.items())

    def _pieces(self, parcel: str) -> dict[str, dict[str, float]]:
        """m² by cause and zone, without noise."""
        was, now = self.old.has_cleared(parcel), self.new.has_cleared(parcel)
        starts = self.inherited.get(parcel, was)
        sides = (self.old.parts_m2, self.between_m2, self.new.parts_m2)
        old, between, new = (parts.get(parcel, {}) for parts in sides)
        if was == starts == now and old == between == new:
            return {}
        status = self._status(parcel, gained=now) if starts != now else ""
        pieces: dict[str, dict[str, float]] = {}
        for zone in sorted({*old, *between, *new}):
            before_m2, moved_m2, after_m2 = (parts.get(zone, 0.0) for parts in (old, between, new))
            for cause, m2 in (
                ("resurveyed", starts * moved_m2 - was * before_m2),
                ("boundary_changed", starts * (after_m2 - moved_m2)),
                (status, (now - starts) * after_m2),
            ):
                if abs(m2) >= NOISE_M2:
                    pieces.setdefault(cause, {})[zone] = m2
        return pieces

    def _status(self, parcel: str, *, gained: bool) -> str:
        """Why a parcel became cleared, or is so no more."""
        if self.learned:
            return "corrected"
        return "cleared" if gained and self._handed(parcel) else "part_changed"

    def _handed(self, parcel: str) -> tuple[int, ...]:
        """The hand-overs of the step that the parcel's being cleared rests on."""
        counting = {h.milestones[CLEARED_MILESTONE].seq for h in self.new.state.of_parcel(parcel)}
        own = {entry.request_id for entry in self.successions} if parcel in self.inherited else set()
        return self._said(parcel, lambda e: _hands_over(e) and e.seq in counting and e.request_id not in own)

    def _entries(self, cause: str, parcel: str) -> tuple[int, ...]:
        """The entries that say a cause; none is no explanation."""
        if cause == "cleared":
            return self._handed(parcel)
        if cause == "resurveyed":
            return self._surveys(parcel)
        if cause == "boundary_changed":
            return self._zonings
        return self._said(parcel, _decides if cause == "corrected" else _holds)

    @cached_property
    def _zonings(self) -> tuple[int, ...]:
        return tuple(seq for seq, entry in self.drawings.items() if _is_of(entry, "zones"))

    def _surveys(self, parcel: str) -> tuple[int, ...]:
        """The successions that name a parcel, and the versions of its layer and of the list."""
        units = next((one.units for one in (self.new, self.old) if parcel in one.units.index), None)
        layer = "" if units is None else LAYER_OF_KIND[str(units.at[parcel, "kind"])]  # noqa: PD008 - one cell
        return tuple(
            seq
            for seq, entry in self.drawings.items()
            if _is_of(entry, layer) or _is_of(entry, LISTED) or _names(entry, parcel)
        )

    def _said(self, parcel: str, wanted: Callable[[Entry], bool]) -> tuple[int, ...]:
        """Those wanted entries that count since the step, and the voids of those that no longer do."""
        return tuple(_news(self.old.state, self.new.state, parcel, wanted))


def _news(old: State, new: State, parcel: str | None, wanted: Callable[[Entry], bool]) -> dict[int, Entry]:
    """What a step brought of a parcel, by the seq that says so: an entry's own, or that of its void."""
    before = {entry.seq: entry for entry in old.live(parcel) if wanted(entry)}
    after = {entry.seq: entry for entry in new.live(parcel) if wanted(entry)}
    came = {seq: after[seq] for seq in after.keys() - before.keys()}
    gone = {new.voided[seq]: before[seq] for seq in before.keys() - after.keys()}
    return dict(sorted((came | gone).items()))


def parts_m2(overlaps: pd.Series) -> dict[str, dict[str, float]]:
    """A table of m² by (`parcel_id`, `zone_id`) as plain mappings."""
    parts: dict[str, dict[str, float]] = {}
    ids = (overlaps.index.get_level_values(name) for name in ("parcel_id", "zone_id"))
    for parcel, zone, m2 in zip(*ids, overlaps, strict=True):
        parts.setdefault(str(parcel), {})[str(zone)] = float(m2)
    return parts


def _draws(entry: Entry) -> bool:
    return isinstance(entry.fact, Boundaries | Succession)


def _is_of(entry: Entry, layer: str) -> bool:
    return isinstance(entry.fact, Boundaries) and entry.fact.layer == layer


def _hands_over(entry: Entry) -> bool:
    return isinstance(entry.fact, Milestone | Opening) and entry.fact.milestone == CLEARED_MILESTONE


def _holds(entry: Entry) -> bool:
    return isinstance(entry.fact, Holding)


def _decides(entry: Entry) -> bool:
    """Whether an entry can make a parcel cleared or not."""
    return _hands_over(entry) or _holds(entry)


def _names(entry: Entry, parcel: str) -> bool:
    fact = entry.fact
    return isinstance(fact, Succession) and any(parcel in (old, new) for old, new, _ in fact.pairs)
