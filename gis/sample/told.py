"""What the invented story has told so far: who reached what, and whom it is about.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from gis.sample.people import People
    from gis.sample.story import Event

Holding: TypeAlias = tuple[int, str]  # row of the land, household id


@dataclass(frozen=True)
class World:
    """Whom and what the story is about.

    Args:
        land: As `cadastre.land` gives it.
        members: As `batches.membership` gives it.
        crowd: The register and the holdings.
        seed: Of everything random.
    """

    land: gpd.GeoDataFrame
    members: pd.DataFrame
    crowd: People
    seed: int

    def holdings(self, batch: str) -> Mapping[str, Sequence[int]]:
        """The units of each private household in a batch, by household id; the batch by its number."""
        holdings = self.crowd.holdings.join(self.members["batch"], on="unit")
        here = holdings[(holdings["batch"] == batch) & (holdings["household_id"] != self.crowd.commune_id)]
        groups = here.groupby("household_id", sort=True)["unit"]
        return {str(household): [int(unit) for unit in units] for household, units in groups}

    def holders(self) -> Mapping[int, frozenset[str]]:
        """Who holds each unit."""
        found: dict[int, set[str]] = defaultdict(set)
        columns = (self.crowd.holdings["unit"], self.crowd.holdings["household_id"])
        for unit, household in zip(*columns, strict=True):
            found[int(unit)].add(str(household))
        return {unit: frozenset(households) for unit, households in found.items()}

    def organisations(self) -> frozenset[str]:
        """The ids of those who are no household."""
        households = self.crowd.households
        return frozenset(households.loc[households["kind"] == "organisation", "household_id"])


def voided(events: Iterable[Event]) -> frozenset[int]:
    """The places in the list of the events that were cancelled."""
    return frozenset(e.target for e in events if e.kind == "void" and e.target is not None)


def reached(events: Sequence[Event]) -> Mapping[Holding, Mapping[str, Event]]:
    """What each holding reached, by milestone the first time that counts."""
    cancelled = voided(events)
    found: dict[Holding, dict[str, Event]] = defaultdict(dict)
    for place, event in enumerate(events):
        if event.kind in {"milestone", "opening"} and place not in cancelled:
            known = found[event.unit, event.household].get(event.milestone)
            if known is None or (event.on and known.on and event.on < known.on):
                found[event.unit, event.household][event.milestone] = event
    return found
