"""The sample: an invented part of the commune, its people and their story, the same for one seed.

`build` makes all of it in memory, `gis.store.sample_files` writes it. Pure: no file, no clock.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from gis.plan import empty_plan_text
from gis.sample import batches, cadastre, history, people, story, zones
from gis.store.sample_files import Sample

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
    events = story.Story(land, crowd, members, seed).tell()
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
        history=history.history(events, land, seed),
    )
