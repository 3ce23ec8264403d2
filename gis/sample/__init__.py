"""The sample: an invented part of the commune, its people and their story, the same for one seed.

`build` makes all of it in memory, `gis.store.sample_files` writes it. Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.plan import empty_plan_text
from gis.sample import batches, cadastre, ground, history, people, steps, story, sums, zones
from gis.sample.told import World
from gis.store.sample_files import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.sample.story import Event, Paper

CRS: Final = 5897
PARCEL_COLUMNS: Final = [
    *("commune", "sheet", "number", "land_use", "legal_area_m2", "measured_area_m2", "name", "geometry"),
]


def build(seed: int = 2025) -> Sample:
    """The sample of a seed, nothing of it real.

    Args:
        seed: The same seed gives the same sample, to the byte.

    Returns:
        Frames in EPSG:5897 and tables, as a project folder holds them.

    >>> build(2025).zones["zone_id"].tolist()
    ['kcn-phu-quy-gd1', 'kcn-phu-quy-con-lai', 'ccn-hoang-son']
    """
    leaves = zones.zones(CRS, np.random.default_rng([seed, 2]))
    land = cadastre.land(CRS, seed)
    crowd = people.people(land, seed)
    members = batches.membership(land, leaves)
    world = World(land, members, crowd, seed)
    events, blocks = whole_story(world)
    written = history.history(events, land, seed)
    keys = land[["commune", "sheet", "number"]]
    features = land[land["kind"] == "feature"].rename(columns={"number": "code"})
    return Sample(
        project=empty_plan_text(synthetic=True, crs=CRS),
        zones=leaves,
        parcels=land.loc[land["kind"] == "parcel", PARCEL_COLUMNS].reset_index(drop=True),
        features=features[["code", "name", "land_use", "geometry"]].reset_index(drop=True),
        households=crowd.households,
        holdings=crowd.holdings.join(keys, on="unit").assign(**{"from": batches.START.isoformat()})[
            people.HOLDINGS_COLUMNS
        ],
        history=written.rows,
        batches=pd.DataFrame(steps.batch_rows(), columns=["batch", "name", "zone", "regime"]),
        deliveries=_delivery_rows(blocks, keys, written.documents),
    )


def whole_story(world: World) -> tuple[list[Event], list[ground.DeliveryRow]]:
    """All events, each after those that it speaks of, and the lists of the blocks.

    What is told after the story itself leaves every day's hand-overs as they are.
    """
    told = history.with_errors(
        story.Story(world.land, world.crowd, world.members, world.seed).tell(), world.seed
    )
    events = sums.drawn(told, np.random.default_rng([world.seed, 11]))
    events += steps.steps(events, world)
    events += sums.sums(events, world)
    events += ground.visits(events, world)
    events += ground.objects(events, world, first=len(events))
    delivered, blocks = ground.deliveries(events, world)
    events += [*steps.openings_of_batches(world), *delivered]
    events += steps.documents(events)
    return events, blocks


def _delivery_rows(
    blocks: Sequence[ground.DeliveryRow], keys: pd.DataFrame, documents: Mapping[Paper, str]
) -> pd.DataFrame:
    """The rows of `deliveries.csv`."""
    rows = [(block, documents[paper], *keys.loc[unit], left) for block, paper, unit, left in blocks]
    return pd.DataFrame(rows, columns=["block", "document", "commune", "sheet", "number", "excepted"])
