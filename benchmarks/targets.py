"""Parcels for a benchmark to click on and to mark, and what the page must then say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.milestones import CLEARED_MILESTONE
from gis.texts import Texts

if TYPE_CHECKING:
    from datetime import date

    from gis.project import Project

WAITING = ("recovered", "paid", "plan_approved")
LEAST_M2 = 150.0
WORDS = Texts("vi")


@dataclass(frozen=True)
class Target:
    """A parcel wholly in one zone, held by one household, that waits for its hand-over.

    Args:
        parcel_id: Which.
        latitude: Of a place inside, degrees WGS 84.
        longitude: Likewise.
        area_m2: Of it.
    """

    parcel_id: str
    latitude: float
    longitude: float
    area_m2: float


def targets(project: Project, today: date, count: int) -> list[Target]:
    """So many targets, spread over all that there are.

    Raises:
        ValueError: If there are not so many.
    """
    snapshot = project.snapshot(today)
    parts = snapshot.overlaps.reset_index()
    alone = parts[~parts["parcel_id"].duplicated(keep=False)].set_index("parcel_id")["overlap_m2"]
    units = snapshot.units.loc[alone.index]
    whole = (units.geometry.area - alone).abs() < 0.01
    waits = snapshot.classes.loc[alone.index].isin(WAITING)
    ids = units.index[whole & waits & (units["kind"] == "parcel") & (alone > LEAST_M2)]
    ids = ids[:: max(1, len(ids) // (3 * count))]
    single = [one for one in ids if len(snapshot.state.of_parcel(one)) == 1][:count]
    if len(single) < count:
        raise ValueError(f"{len(single)} parcels wait for a hand-over, {count} are needed")
    places = units.loc[single].geometry.representative_point().to_crs(4326)
    return [Target(one, place.y, place.x, float(alone[one])) for one, place in places.items()]


def cleared_text(project: Project, today: date) -> str:
    """The hectares of the class "handed over" as the legend of the map says them."""
    by_class = project.snapshot(today).totals[0].by_class_ha
    return WORDS.ha(by_class[CLEARED_MILESTONE])
