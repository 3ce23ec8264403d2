"""Parcels of the map become others: the new shapes, what they share with the old, and the entries.

The boundary version, the succession and what the new parcels start with are one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd
import shapely

from gis.boundaries.uids import assign_uids
from gis.errors import ImportRefusedError, Problem, SyntheticProjectError
from gis.ledger.successions import Succeed
from gis.project.days import vietnam_day
from gis.project.intake import columns_of, read_layer
from gis.project.loaded import Loaded, require_usable
from gis.project.snapshot import unit_labels
from gis.project.sources import called
from gis.project.stated import NOTHING_STATED
from gis.project.versions import PREFIXES, check_same_land, day_in_force, last_fact, version_draft
from gis.store.versions import read_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from gis.errors import Fact
    from gis.ledger.entry import Draft
    from gis.ledger.setting import Setting
    from gis.ledger.state import State
    from gis.project.intake import Checked
    from gis.project.project import Project
    from gis.project.stated import Stated
    from gis.store.database import Stamp, Writer

# Slivers along a common line are no shared land; a larger uncovered rest is told.
LEAST_TENTHS: Final = 1
UNCOVERED_M2: Final = 0.1


@dataclass(frozen=True, slots=True)
class Successors:
    """What a succession did: its pairs in tenths of m², and new area less old area, in m²."""

    pairs: tuple[tuple[str, str, int], ...]
    difference_m2: float
    seqs: tuple[int, ...]
    warnings: tuple[Problem, ...]


def succeed(
    project: Project,
    files: Sequence[Path],
    olds: Sequence[str],
    on: date,
    stamp: Stamp,
    stated: Stated = NOTHING_STATED,
) -> Successors:
    """Let the parcels of some files take the place of old ones.

    Args:
        project: Of real data.
        files: Vector files whose every feature is a new parcel.
        olds: Ids of the parcels that they succeed.
        on: The day from which the new ones stand.
        stamp: Who, when, which request.
        stated: What the user says of the files, and on which new parcel each listed object stands.

    Raises:
        SyntheticProjectError: If the project holds sample data.
        RefusedError: With every reason; nothing was written.
    """
    if project.plan.synthetic:
        raise SyntheticProjectError
    loaded = Loaded.of(project, vietnam_day(stamp.now))
    said = _with_commune(stated, loaded, olds)
    checked = read_layer(project.plan, "parcels", files, columns_of(project.folder), said, loaded)
    names = ", ".join(path.name for path in files)
    require_usable(checked.problems, names)
    outcome: list[Successors] = []

    def decide(now: State, setting: Setting, _: Writer) -> Sequence[Draft]:
        done, drafts = _decide(project, now, setting, checked, tuple(olds), on, stated.objects)
        outcome.append(done)
        return drafts

    receipt = project.write(stamp, decide, lambda _: True)
    if not outcome:  # the same request, sent again
        return Successors((), 0.0, receipt.seqs, ())
    return replace(outcome[0], seqs=receipt.seqs)


def _with_commune(stated: Stated, loaded: Loaded, olds: Sequence[str]) -> Stated:
    """What was stated, with the old commune of the old parcels: on their land there is no other."""
    known = {one.code for one in loaded.plan.commune.old_communes}
    units = loaded.units
    communes = set(units.loc[units.index.isin(olds), "commune"])
    if stated.commune is None and len(communes) == 1 and communes <= known:
        return replace(stated, commune=communes.pop())
    return stated


def _decide(
    project: Project,
    now: State,
    setting: Setting,
    checked: Checked,
    olds: tuple[str, ...],
    on: date,
    objects: Mapping[int, str],
) -> tuple[Successors, list[Draft]]:
    files = called(checked.files)
    fact = last_fact(now, "parcels")
    folder = project.versions_folder
    before = read_version(folder, fact.sha256) if fact else checked.frame.iloc[:0]
    unknown = [
        Problem(setting.label(old), "refused.unknown_parcel") for old in olds if old not in before.index
    ]
    if fact is None or unknown or not olds:
        raise ImportRefusedError(problems=unknown or [Problem("", "refused.nothing_named")], files=files)
    named, whole, next_uid = _new_units(before, checked, olds, fact.next_uid)
    features = last_fact(now, "features")
    others = [read_version(folder, features.sha256)] if features else []
    land = check_same_land(gpd.GeoDataFrame(pd.concat([whole, *others]), crs=whole.crs), set(named.index))
    require_usable(land, files)
    old = before.loc[list(olds)]
    pairs = shared_tenths(old.geometry, named.geometry)
    require_usable(unmatched(old, named, pairs, setting), files)
    labels = dict(setting.labels) | unit_labels(named)
    by_label = {labels[str(p)]: str(p) for p in named.index}
    command = Succeed(pairs, on, {seq: by_label.get(label, label) for seq, label in objects.items()})
    day = day_in_force(now, "parcels", on, setting)
    carried = command.decide(now, replace(setting, parcels=set(labels), labels=labels))
    version = version_draft(folder, "parcels", whole, checked.files, day, next_uid)
    difference = float(named.geometry.area.sum() - old.geometry.area.sum())
    warnings = (*checked.warnings, *land, *uncovered(old, named, setting))
    return Successors(pairs, difference, (), warnings), [version, *carried]


def _new_units(
    before: gpd.GeoDataFrame, checked: Checked, olds: tuple[str, ...], next_uid: int
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, int]:
    """The new parcels under new ids, the whole layer without the old ones, and the next free number."""
    kept = before.drop(index=list(olds))
    named, after_uid = assign_uids(checked.frame, kept, PREFIXES["parcels"], next_uid)
    taken = named.loc[named.index.intersection(kept.index)]
    problems = [
        Problem(str(source), "problem.key_taken", {"parcel": str(parcel)})
        for parcel, source in taken["source"].items()
    ]
    require_usable(problems, called(checked.files))
    whole = gpd.GeoDataFrame(pd.concat([kept, named]), crs=named.crs).sort_index()
    return named, whole, after_uid


def shared_tenths(old: gpd.GeoSeries, new: gpd.GeoSeries) -> tuple[tuple[str, str, int], ...]:
    """What old and new parcels share, in tenths of m² half up, by old and new in their order.

    >>> from shapely import box
    >>> old = gpd.GeoSeries([box(0, 0, 10, 10)], index=["P1"], crs=5897)
    >>> shared_tenths(old, gpd.GeoSeries([box(0, 0, 4, 10), box(4, 0, 10, 10)], index=["P2", "P3"], crs=5897))
    (('P1', 'P2', 400), ('P1', 'P3', 600))
    """
    found = []
    for old_id, old_shape in old.items():
        shared_m2 = shapely.area(shapely.intersection(new.to_numpy(), old_shape))
        for new_id, area_m2 in zip(new.index, shared_m2, strict=True):
            tenths = int((Decimal(repr(float(area_m2))) * 10).quantize(Decimal(1), ROUND_HALF_UP))
            if tenths >= LEAST_TENTHS:
                found.append((str(old_id), str(new_id), tenths))
    return tuple(found)


def unmatched(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, pairs: Sequence[tuple[str, str, int]], setting: Setting
) -> list[Problem]:
    """Old parcels that no new one takes land of, and new parcels on none of the old land."""
    olds, news = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    return [
        *(Problem(setting.label(str(p)), "problem.no_successor") for p in old.index if p not in olds),
        *(
            Problem(str(source), "problem.no_predecessor")
            for parcel, source in new["source"].items()
            if parcel not in news
        ),
    ]


def uncovered(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, setting: Setting) -> list[Problem]:
    """Old land that no new parcel covers: it counts in no total any more, so it is told."""
    together = shapely.union_all(new.geometry.to_numpy())
    problems = []
    for parcel, shape in old.geometry.items():
        rest_m2 = float(shapely.area(shapely.difference(shape, together)))
        if rest_m2 > UNCOVERED_M2:
            facts: dict[str, Fact] = {"area": rest_m2}
            problems.append(
                Problem(setting.label(str(parcel)), "problem.land_without_successor", facts, "warning")
            )
    return problems
