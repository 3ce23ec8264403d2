"""From files on disk to a new version of the boundaries, or to every reason why not.

An import is all or nothing: one refused row refuses it, and nothing was written.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import geopandas as gpd
import pandas as pd

from gis.boundaries.checks import UNIT_KEY, check_features, check_parcels, check_same_keys, check_zones
from gis.boundaries.columns import DEFAULT_COLUMNS, parse_columns
from gis.boundaries.topology import check_zone_overlaps
from gis.clearance.totals import check_zones as check_planned
from gis.errors import DataError, ImportRefusedError, Problem, SyntheticProjectError
from gis.ledger.facts import Boundaries
from gis.project.versions import (
    PREFIXES,
    check_same_land,
    day_in_force,
    last_fact,
    merged_units,
    version_draft,
)
from gis.store.files import read_vector
from gis.store.text_files import read_text
from gis.store.versions import read_version, sha256_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from gis.boundaries.columns import Columns
    from gis.ledger.entry import Draft
    from gis.ledger.setting import Setting
    from gis.ledger.state import State
    from gis.plan import Plan
    from gis.project.project import Project
    from gis.store.database import Stamp, Writer

Layer: TypeAlias = Literal["zones", "parcels", "features"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A layer of the project as some files have it, with all that is wrong."""

    layer: Layer
    frame: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    files: tuple[tuple[str, str], ...]

    @property
    def refused(self) -> tuple[Problem, ...]:
        """The problems that forbid an import."""
        return tuple(problem for problem in self.problems if problem.severity == "refused")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that an import goes on with, shown to its user."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    layer: Layer
    count: int
    added: int
    changed: int
    sha256: str
    seqs: tuple[int, ...]
    warnings: tuple[Problem, ...] = field(default=())


def columns_of(folder: Path) -> Columns:
    """The recognition table, with what the project's own `columns.toml` adds to it."""
    own = folder / "columns.toml"
    return parse_columns(read_text(own), own.name) if own.is_file() else DEFAULT_COLUMNS


def read_layer(
    plan: Plan, layer: Layer, files: Sequence[Path], columns: Columns, crs: str | None = None
) -> Checked:
    """A layer from files, checked and in the project's CRS.

    Args:
        plan: Its CRS, zones and commune.
        layer: What the files are said to hold.
        files: Vector files; every layer of each is taken.
        columns: The recognition table.
        crs: What the user says the files' CRS is, for files that do not say.
    """
    frames: list[gpd.GeoDataFrame] = []
    problems: list[Problem] = []
    for path in files:
        raw_layers, found = read_vector(path)
        problems += found
        for raw in raw_layers:
            if layer == "zones":
                frame, found = check_zones(raw, columns, plan.crs, declared_crs=crs)
            elif layer == "parcels":
                frame, found = check_parcels(raw, columns, plan.crs, plan.commune.code, declared_crs=crs)
            else:
                frame, found = check_features(raw, columns, plan.crs, plan.commune.code, declared_crs=crs)
            frames.append(frame)
            problems += found
    if not frames:
        raise DataError(problems=problems, source=", ".join(path.name for path in files))
    whole = gpd.GeoDataFrame(pd.concat(frames, ignore_index=layer != "zones"), crs=plan.crs)
    problems += check_same_keys(whole, ("zone_id",) if layer == "zones" else UNIT_KEY)
    digests = tuple((path.name, sha256_of(path)) for path in files)
    return Checked(layer, whole, tuple(problems), digests)


def import_layer(
    project: Project,
    layer: Layer,
    files: Sequence[Path],
    stamp: Stamp,
    on: date | None = None,
    crs: str | None = None,
) -> Imported:
    """A new version of a layer: what the files hold, beside what was there.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        ImportRefusedError: With every reason; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    checked = read_layer(project.plan, layer, files, columns_of(project.folder), crs)
    names = ", ".join(path.name for path in files)
    require_usable(checked.problems, names)
    outcome: list[Imported] = []

    def decide(now: State, setting: Setting, _: Writer) -> Sequence[Draft]:
        done, drafts = _new_version(project, now, checked, on, setting)
        outcome.append(done)
        return drafts

    receipt = project.write(stamp, decide, lambda _: True)
    return replace(outcome[0], seqs=receipt.seqs, warnings=checked.warnings + outcome[0].warnings)


def _new_version(
    project: Project, now: State, checked: Checked, on: date | None, setting: Setting
) -> tuple[Imported, list[Draft]]:
    folder, layer = project.versions_folder, checked.layer
    warnings: list[Problem] = []
    day = day_in_force(now, layer, on, setting)
    files = ", ".join(name for name, _ in checked.files)
    if layer == "zones":
        frame, next_uid, added, changed = _merged_zones(project, now, checked.frame, files)
    else:
        frame, next_uid, added, changed = merged_units(folder, layer, checked.frame, now, files)
        warnings = _same_land(project, now, layer, frame)
    draft = version_draft(folder, layer, frame, checked.files, day, next_uid)
    # The same land from a file of another name is no new version.
    unchanged = last_fact(now, layer) is not None and not added and not changed
    done = Imported(layer, len(frame), added, changed, _sha(draft), (), tuple(warnings))
    return done, [] if unchanged else [draft]


def _same_land(project: Project, now: State, layer: Layer, frame: gpd.GeoDataFrame) -> list[Problem]:
    """Warnings of land shared with any parcel or feature there will be; the same land twice is refused."""
    others = [
        read_version(project.versions_folder, fact.sha256)
        for other in PREFIXES
        if other != layer and (fact := last_fact(now, other)) is not None
    ]
    last = last_fact(now, layer)
    before = read_version(project.versions_folder, last.sha256).geometry if last else None
    came = frame.index
    if before is not None:
        common = came.intersection(before.index)
        kept = common[frame.geometry[common].geom_equals(before[common])]
        came = came.difference(kept)
    units = gpd.GeoDataFrame(pd.concat([frame, *others]), crs=frame.crs)
    problems = check_same_land(units, set(came))
    require_usable(problems, ", ".join(sorted({problem.source for problem in problems})[:1]))
    return problems


def _sha(draft: Draft) -> str:
    return draft.fact.sha256 if isinstance(draft.fact, Boundaries) else ""


def _merged_zones(
    project: Project, now: State, came: gpd.GeoDataFrame, files: str
) -> tuple[gpd.GeoDataFrame, int, int, int]:
    """Zones that were there and zones that came; all must be leaves of the plan, and apart."""
    fact = last_fact(now, "zones")
    before = read_version(project.versions_folder, fact.sha256) if fact else came.iloc[:0]
    common = came.index.intersection(before.index)
    same = came.geometry[common].geom_equals(before.geometry[common])
    kept = before.loc[before.index.difference(came.index)]
    whole = gpd.GeoDataFrame(pd.concat([kept, came]), crs=came.crs).sort_index()
    problems = [*check_planned(project.plan, whole.index), *check_zone_overlaps(whole)]
    require_usable(problems, files)
    return whole, 0, len(came) - len(common), int((~same).sum())


def require_usable(problems: Sequence[Problem], files: str) -> None:
    """Refuse an import for its problems.

    Raises:
        ImportRefusedError: If any of them is no mere warning.
    """
    refused = [problem for problem in problems if problem.severity == "refused"]
    if refused:
        raise ImportRefusedError(problems=problems, files=files)
