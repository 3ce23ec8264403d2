"""The ids that the ledger gives parcels and public features, once and for ever.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from gis.boundaries.checks import UNIT_KEY
from gis.errors import DuplicateIdError

if TYPE_CHECKING:
    import geopandas as gpd


def assign_uids(
    frame: gpd.GeoDataFrame, previous: gpd.GeoDataFrame | None, prefix: str, next_uid: int
) -> tuple[gpd.GeoDataFrame, int]:
    """The rows under their ids: a key that was there keeps its id, a new key gets the next one.

    Args:
        frame: Checked units in file order, with `commune`, `sheet`, `number`; each key once.
        previous: The version in force, index `parcel_id`; None or empty for the first import.
        prefix: "P" for parcels, "F" for features.
        next_uid: The number that no id was ever given yet; an id is never given twice, not even when its
            parcel is gone.

    Returns:
        The frame with index `parcel_id` ("P000001"), same order, and the next number.

    Raises:
        DuplicateIdError: If a key stands twice in `frame` or in `previous`.

    >>> units = pd.DataFrame({"commune": ["1", "1"], "sheet": ["7", "7"], "number": ["12", "12a"]})
    >>> named, next_uid = assign_uids(units, None, "P", 5)
    >>> list(named.index), next_uid
    (['P000005', 'P000006'], 7)
    """
    known = {} if previous is None else dict(zip(_keys(previous), previous.index, strict=True))
    if previous is not None and len(known) != len(previous):
        raise _duplicate(_keys(previous))
    keys = _keys(frame)
    if len(set(keys)) != len(keys):
        raise _duplicate(keys)
    uids = []
    for key in keys:
        uid = known.get(key)
        if uid is None:
            uid = f"{prefix}{next_uid:06d}"
            next_uid += 1
        uids.append(uid)
    return frame.set_index(pd.Index(uids, name="parcel_id", dtype=str)), next_uid


def _keys(frame: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    return list(zip(*(frame[column] for column in UNIT_KEY), strict=True))


def _duplicate(keys: list[tuple[str, ...]]) -> DuplicateIdError:
    counts = Counter(keys)
    twice = [" / ".join(key) for key, count in counts.items() if count > 1]
    return DuplicateIdError(id=twice[0], count=len(twice))
