"""Where all land lies on a day's map: the parcels of that day, and the shapes of those that became them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gis.clearance.areas import overlap_m2
from gis.clearance.blocks import land_of
from gis.clearance.bridge import parts_m2
from gis.clearance.old_land import heirs, kept_shapes
from gis.ledger.facts import Boundaries
from gis.store.versions import read_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.clearance.old_land import Land
    from gis.ledger.entry import Entry
    from gis.ledger.state import State
    from gis.project.project import Project
    from gis.project.snapshot import Snapshot


def land(project: Project, snapshot: Snapshot, then: State | None = None) -> Land:
    """Where parcels lie by the boundaries of a snapshot, succeeded ones too.

    Args:
        project: Which keeps the earlier versions of the boundaries.
        snapshot: Of the day.
        then: Of the same day with some entries more; None: the snapshot's own state.
    """
    drawn = snapshot.boundaries
    parts = {**_old_parts_m2(project, snapshot), **drawn.parts_m2}
    return land_of(snapshot.plan, then or snapshot.state, parts, drawn.area_by_id)


def _old_parts_m2(project: Project, snapshot: Snapshot) -> dict[str, Mapping[str, float]]:
    """Square metres of each succeeded parcel in each zone, by what its heirs have of its own shape."""
    became = heirs(snapshot.state)
    if not became:
        return {}
    last = {old: shapes for old, shapes in _old_shapes(project, snapshot.state).items() if old in became}
    shapes = gpd.GeoSeries(last, crs=snapshot.units.crs)
    kept = kept_shapes(shapes, became, snapshot.units.geometry)
    found = parts_m2(overlap_m2(gpd.GeoDataFrame(geometry=kept), snapshot.zones))
    return {str(old): found.get(str(old), {}) for old in kept.index}


def _old_shapes(project: Project, state: State) -> dict[str, object]:
    """The shape of each succeeded parcel as it was drawn last."""
    versions = [
        (entry, entry.fact)
        for entry in state.live(None)
        if isinstance(entry.fact, Boundaries) and entry.fact.layer == "parcels"
    ]
    common = state.stories.get(None)
    found: dict[str, object] = {}
    for entry, fact in common.successions if common else ():
        before = [said for other, said in versions if _is_before(other, entry)]
        if before:
            drawn = read_version(project.versions_folder, before[-1].sha256).geometry
            olds = pd.Index(dict.fromkeys(old for old, _, _ in fact.pairs)).intersection(drawn.index)
            found |= drawn.loc[olds].to_dict()
    return found


def _is_before(version: Entry, succession: Entry) -> bool:
    return version.seq < succession.seq and version.request_id != succession.request_id
