"""The land that a search chose where it is more than one parcel: a household's, a sheet, fields of a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.project import people
from gis.web.search_routes import commune_names, land_index

if TYPE_CHECKING:
    from gis.project import Project, Snapshot
    from gis.texts import Texts

ID_MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen.

    Args:
        kind: "household", "sheet" or "field".
        name: The household's id, the sheet, the name of the fields.
        commune: The old commune of a sheet or a field; "" for a household.
    """

    kind: str
    name: str
    commune: str = ""


def parcels_of(project: Project, snapshot: Snapshot, land: Chosen) -> tuple[str, ...]:
    """The parcels that a household holds on the day, or that a sheet or a field has; ids in their order."""
    if land.kind == "household":
        return _held(project, snapshot, land.name)
    index = land_index(snapshot)
    places = next((one.places for one in index.named if (one.kind, one.name, one.commune) == _key(land)), ())
    return tuple(map(str, snapshot.units.index[list(places)]))


def _key(land: Chosen) -> tuple[str, str, str]:
    return land.kind, land.name, land.commune


def _held(project: Project, snapshot: Snapshot, household_id: str) -> tuple[str, ...]:
    """Under all ids by which the ledger speaks of the household."""
    merged = people.aliases(project)
    root = merged.get(household_id, household_id)
    ids = {root, *(one for one, other in merged.items() if other == root)}
    state = snapshot.state
    named = {parcel for one in ids for parcel in state.told_of.get(one, ()) if parcel is not None}
    project.prepare(named)
    held = (parcel for parcel in named if any(one.household in ids for one in state.of_parcel(parcel)))
    return tuple(sorted(parcel for parcel in held if parcel in snapshot.units.index))


def title(snapshot: Snapshot, land: Chosen, words: Texts) -> str:
    """What was chosen, in words; a household by its code."""
    communes = commune_names(snapshot)
    where = communes.get(land.commune, land.commune)
    said = words(f"search.{land.kind}", name=land.name)
    return f"{said} · {where}" if where else said
