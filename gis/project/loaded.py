"""The land that a project has loaded: what files that are checked are laid against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gis.boundaries.topology import check_zone_overlaps
from gis.clearance.totals import check_zones as check_planned
from gis.errors import ImportRefusedError
from gis.project.frames import EMPTY_UNITS, EMPTY_ZONES
from gis.project.resurvey import resurveyed
from gis.project.stated import NOTHING_STATED
from gis.project.versions import PREFIXES, check_same_land, last_fact, merged_units
from gis.store.versions import read_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from gis.errors import Problem
    from gis.ledger.state import State
    from gis.plan import Plan
    from gis.project.project import Project
    from gis.project.stated import Stated


@dataclass(frozen=True)
class Loaded:
    """The newest version of each layer by the ledger, whatever the day it comes into force.

    Args:
        plan: The project's plan: its CRS, its zones.
        folder: Where the versions are.
        state: What the ledger holds; None where there is no ledger yet.
    """

    plan: Plan
    folder: Path
    state: State | None = None

    @classmethod
    def of(cls, project: Project, today: date) -> Loaded:
        """What an open project has loaded."""
        return cls(project.plan, project.versions_folder, project.snapshot(today).state)

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """The newest version of a layer, without rows where there is none."""
        fact = last_fact(self.state, name) if self.state else None
        if fact is not None:
            return read_version(self.folder, fact.sha256)
        empty = EMPTY_ZONES if name == "zones" else EMPTY_UNITS
        return empty.set_crs(self.plan.crs, allow_override=True)

    @cached_property
    def zones(self) -> gpd.GeoDataFrame:
        """The zones, by `zone_id`."""
        return self.layer("zones")

    @cached_property
    def units(self) -> gpd.GeoDataFrame:
        """Parcels and public features, by `parcel_id`."""
        layers = [self.layer(name) for name in PREFIXES]
        present = [layer for layer in layers if len(layer)] or layers[:1]
        return gpd.GeoDataFrame(pd.concat(present), crs=self.plan.crs).sort_index()


@dataclass(frozen=True, slots=True, eq=False)
class Merged:
    """A layer as it would be after an import: what was there beside what came.

    Args:
        frame: The whole layer.
        next_uid: The number that no id was ever given yet.
        added: How many are new.
        changed: How many are known and not as they were.
        problems: What is wrong with it; a refused one forbids the import.
        pairs: (old parcel, new parcel, tenths of m² that they share) of the successions.
        gone: Ids of the loaded units on whose land what came lies: they are no neighbours of it.
    """

    frame: gpd.GeoDataFrame
    next_uid: int
    added: int
    changed: int
    problems: tuple[Problem, ...] = ()
    pairs: tuple[tuple[str, str, int], ...] = ()
    gone: frozenset[str] = frozenset()


def merged(
    loaded: Loaded, layer: str, came: gpd.GeoDataFrame, files: str, stated: Stated = NOTHING_STATED
) -> Merged:
    """What an import would put in force; nothing is written.

    Args:
        loaded: The land that is there.
        layer: "zones", "parcels" or "features".
        came: The good rows of the files.
        files: Their names, for the refusal.
        stated: What a person answered to the questions of parcels that were surveyed anew.

    Raises:
        ImportRefusedError: If the land that came cannot stand beside the land that is there.
    """
    if layer == "zones":
        return _merged_zones(loaded, came, files)
    if loaded.state is None:
        return Merged(came, 0, len(came), 0)
    if layer == "parcels" and len(loaded.layer(layer)):
        return _surveyed(loaded, loaded.state, came, stated)
    frame, next_uid, added, changed = merged_units(loaded.folder, layer, came, loaded.state, files)
    problems = _same_land(loaded, layer, frame)
    require_usable(problems, files)
    return Merged(frame, next_uid, added, changed, tuple(problems))


def _surveyed(loaded: Loaded, state: State, came: gpd.GeoDataFrame, stated: Stated) -> Merged:
    """Parcels that came where parcels are: by land, not by number alone."""
    fact = last_fact(state, "parcels")
    next_uid = fact.next_uid if fact else 1
    found = resurveyed(loaded.layer("parcels"), came, state, next_uid, stated)
    problems = (*found.problems, *_same_land(loaded, "parcels", found.frame))
    gone = frozenset(old for one in found.matches for old in one.olds)
    return Merged(found.frame, found.next_uid, found.added, found.changed, problems, found.pairs, gone)


def _same_land(loaded: Loaded, layer: str, frame: gpd.GeoDataFrame) -> list[Problem]:
    """Land shared with any parcel or feature there will be: told, and refused where it is the same land."""
    others = [found for other in PREFIXES if other != layer and len(found := loaded.layer(other))]
    before = loaded.layer(layer).geometry
    came = frame.index
    common = came.intersection(before.index)
    kept = common[frame.geometry[common].geom_equals(before[common])]
    units = gpd.GeoDataFrame(pd.concat([frame, *others]), crs=frame.crs)
    return check_same_land(units, set(came.difference(kept)))


def _merged_zones(loaded: Loaded, came: gpd.GeoDataFrame, files: str) -> Merged:
    """Zones that were there and zones that came; all must be leaves of the plan, and apart."""
    before = loaded.zones
    common = came.index.intersection(before.index)
    same = came.geometry[common].geom_equals(before.geometry[common])
    kept = before.loc[before.index.difference(came.index)]
    whole = gpd.GeoDataFrame(pd.concat([kept, came]), crs=came.crs).sort_index()
    problems = [*check_planned(loaded.plan, whole.index), *check_zone_overlaps(whole)]
    require_usable(problems, files)
    return Merged(whole, 0, len(came) - len(common), int((~same).sum()))


def require_usable(problems: Sequence[Problem], files: str) -> None:
    """Refuse an import for its problems.

    Raises:
        ImportRefusedError: If any of them is no mere warning.
    """
    # What refuses comes first: a list that is cut short is cut among the remarks.
    ordered = sorted(problems, key=lambda problem: problem.severity != "refused")
    if ordered and ordered[0].severity == "refused":
        raise ImportRefusedError(problems=ordered, files=files)
