"""A new version of a layer: what was there, what came, and the entry that puts it in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import shapely

from gis.boundaries.findings import MOST_TOLD, crowded
from gis.boundaries.topology import is_crowded, overlaps
from gis.boundaries.uids import assign_uids
from gis.errors import ImportRefusedError, Problem, VersionAlteredError, VersionMissingError
from gis.ledger.entry import Draft
from gis.ledger.facts import Boundaries
from gis.store.versions import read_version, write_version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from gis.errors import Fact, Severity
    from gis.ledger.entry import Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State

SAME_LAND_SHARE = 0.5
PREFIXES = {"parcels": "P", "features": "F"}


def last_fact(state: State, layer: str) -> Boundaries | None:
    """The newest version of a layer by its entry, whatever the day it comes into force."""
    facts = [
        entry.fact
        for entry in state.history.get(None, ())
        if isinstance(entry.fact, Boundaries) and entry.fact.layer == layer
    ]
    return facts[-1] if facts else None


def _is_of(entry: Entry, layer: str) -> bool:
    return isinstance(entry.fact, Boundaries) and entry.fact.layer == layer


def check_same_land(units: gpd.GeoDataFrame, came: Collection[str]) -> list[Problem]:
    """Land that units share, where one of them just came: told, and refused where it is the same land.

    Args:
        units: All parcels and public features as they would be in force, by `parcel_id`.
        came: The ids that an import brought or changed.

    Returns:
        A refusal where more than half of the smaller one is shared, which would count twice; a
        warning for every other overlap; the largest first.
    """
    areas_m2 = units.geometry.area.to_numpy()
    problems: list[Problem] = []
    if came and is_crowded(units.geometry.to_numpy()):
        return [crowded(units.loc[units.index.isin(came)])]
    for first, second, shared_m2 in overlaps(units.geometry):
        if len(problems) >= MOST_TOLD:  # the findings tell how many there are
            break
        ids = (str(units.index[first]), str(units.index[second]))
        if not any(parcel in came for parcel in ids):
            continue
        same = shared_m2 > SAME_LAND_SHARE * min(areas_m2[first], areas_m2[second])
        newer, other = (first, second) if ids[0] in came and ids[1] not in came else (second, first)
        rows = units.iloc[[newer, other]]
        labels = [
            "/".join(t for t in key if t)
            for key in zip(rows["commune"], rows["sheet"], rows["number"], strict=True)
        ]
        facts: dict[str, Fact] = {"unit": labels[0], "other": labels[1], "area": shared_m2}
        source, message = str(rows["source"].iloc[0]), "problem.same_land" if same else "problem.shared_land"
        where = shapely.intersection(*units.geometry.iloc[[first, second]])
        severity: Severity = "refused" if same else "warning"
        problems.append(Problem(source, message, facts, severity, shared_m2, where))
    return problems


def check_versions(folder: Path, entries: Iterable[Entry]) -> list[Problem]:
    """The boundary versions that entries name and that are gone or altered, by entry."""
    problems = []
    for entry in entries:
        if not isinstance(entry.fact, Boundaries):
            continue
        try:
            read_version(folder, entry.fact.sha256)
        except VersionMissingError as error:
            problems.append(Problem(f"entry {entry.seq}", "verify.version_missing", error.facts))
        except VersionAlteredError as error:
            problems.append(Problem(f"entry {entry.seq}", "verify.version_altered", error.facts))
    return problems


def version_draft(
    folder: Path,
    layer: str,
    frame: gpd.GeoDataFrame,
    files: Sequence[tuple[str, str]],
    on: date,
    next_uid: int,
) -> Draft:
    """Store a frame as an immutable version, and the draft of its entry."""
    sha256 = write_version(folder, frame)
    crs = f"EPSG:{frame.crs.to_epsg()}"
    return Draft(on, Boundaries(layer, sha256, len(frame), crs, next_uid, tuple(files)))


def merged_units(
    folder: Path, layer: str, came: gpd.GeoDataFrame, state: State, source: str
) -> tuple[gpd.GeoDataFrame, int, int, int]:
    """Units that were there and units that came, each with its id.

    A unit that came under a known key keeps that key's id; one that did not come stays. Land that
    the ledger speaks of is not redrawn here; a parcel that was only listed and on no map gets its shape,
    and keeps what the list said of it where the file is silent.

    Returns:
        The frame by `parcel_id`, the next free number, how many are new, how many changed.

    Raises:
        ImportRefusedError: If a parcel with entries is drawn differently.
    """
    fact = last_fact(state, layer)
    before = read_version(folder, fact.sha256) if fact else None
    named, next_uid = assign_uids(came, before, PREFIXES[layer], fact.next_uid if fact else 1)
    if before is None:
        return named, next_uid, len(named), 0
    common = named.index.intersection(before.index)
    bare = before.geometry[common].isna()
    fill_in(named, before, bare.index[bare])
    same_shape = named.geometry[common].geom_equals(before.geometry[common])
    columns = [name for name in before.columns if name not in {"geometry", "source"}]
    old, new = pd.DataFrame(before[columns]), pd.DataFrame(named[columns])
    was, now = old.loc[common], new.loc[common]
    same_words = ((was == now) | (was.isna() & now.isna())).all(axis=1)
    redrawn = [parcel for parcel in common[~same_shape & ~bare] if state.last_seq(parcel)]
    if redrawn:
        problems = [_redrawn(parcel, named.loc[parcel], before.geometry[parcel]) for parcel in redrawn]
        raise ImportRefusedError(problems=problems, files=source)
    kept = before.loc[before.index.difference(named.index)]
    whole = gpd.GeoDataFrame(pd.concat([kept, named]), crs=named.crs).sort_index()
    return whole, next_uid, len(named) - len(common), int((~(same_shape & same_words)).sum())


def fill_in(named: gpd.GeoDataFrame, before: gpd.GeoDataFrame, joined: pd.Index) -> None:
    """What a list said of parcels that get their shape now, put where their file says nothing."""
    for column in ("legal_area_m2", "measured_area_m2"):
        named.loc[joined, column] = named.loc[joined, column].fillna(before.loc[joined, column])
    for column in ("land_use", "name"):
        silent = joined[(named.loc[joined, column] == "").to_numpy()]
        named.loc[silent, column] = before.loc[silent, column]


def _redrawn(parcel: str, came: pd.Series, before: BaseGeometry) -> Problem:
    """A parcel with entries that a file draws otherwise, with the land between both drawings."""
    between = shapely.symmetric_difference(came["geometry"], before)
    return Problem(
        str(came["source"]),
        "problem.redrawn_with_entries",
        {"parcel": parcel},
        area_m2=float(between.area),
        shape=came["geometry"],
    )


def day_in_force(state: State, layer: str, on: date | None, setting: Setting) -> date:
    """The day from which a version holds: the project's first day for the first one, else today.

    Raises:
        ImportRefusedError: If the day asked for is before the project's first day or after today, or
            before that of the version there is, which would stay in force and hide the new one.
    """
    last_on = max(
        (e.on for e in state.history.get(None, ()) if _is_of(e, layer) and e.on is not None),
        default=setting.starts,
    )
    if on is not None and setting.starts <= on < last_on:
        late: dict[str, Fact] = {"on": on.isoformat(), "since": last_on.isoformat()}
        raise ImportRefusedError(problems=[Problem("", "problem.version_before", late)], files=layer)
    chosen = on or (setting.today if last_fact(state, layer) else setting.starts)
    if setting.starts <= chosen <= setting.today:
        return chosen
    facts: dict[str, Fact] = {
        "on": chosen.isoformat(),
        "starts": setting.starts.isoformat(),
        "today": setting.today.isoformat(),
    }
    raise ImportRefusedError(problems=[Problem("", "problem.version_day", facts)], files=layer)
