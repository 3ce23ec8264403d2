"""Recovered areas that an office's list states, where the map does not say: land without a shape.

A parcel's square metres in a zone are what its shape and the zone's boundary share. Where the parcel or
the zone has none, they are the recovered area of the list. Never both, so that nothing counts twice.
Pure: no file, no clock.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.clearance.areas import area_m2, overlap_m2, polygons
from gis.errors import Problem

if TYPE_CHECKING:
    import geopandas as gpd

# What a page can show of an area: a smaller difference between map and list is rounding.
TOLERANCE_M2: Final = 0.1
PAIR: Final = ["parcel_id", "zone_id"]
DIFFERENCES: Final = ("differs", "elsewhere", "not_listed", "limited", "gone")


def listed_m2(rows: pd.DataFrame) -> pd.Series:
    """Recovered area of each parcel in each zone by the list, in square metres.

    Args:
        rows: `parcel_id`, `zone_id`, and `recovered_m2` as exact decimal text, "" where the list has none.

    Returns:
        float64, named "listed_m2", by (`parcel_id`, `zone_id`) sorted; decimals are summed exactly, and only
        sums above 0 are there.

    >>> rows = pd.DataFrame({"parcel_id": ["P1", "P1"], "zone_id": "Z", "recovered_m2": ["0.1", "0.2"]})
    >>> listed_m2(rows).to_dict()
    {('P1', 'Z'): 0.3}
    """
    sums: dict[tuple[str, str], Decimal] = {}
    for parcel, zone, text in zip(rows["parcel_id"], rows["zone_id"], rows["recovered_m2"], strict=True):
        if text:
            sums[parcel, zone] = sums.get((parcel, zone), Decimal(0)) + Decimal(text)
    found = {key: float(m2) for key, m2 in sorted(sums.items()) if m2 > 0}
    index = pd.MultiIndex.from_tuples(list(found), names=PAIR) if found else _no_pairs()
    return pd.Series(list(found.values()), index=index, dtype=float, name="listed_m2")


def _no_pairs() -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([pd.Index([], dtype=str), pd.Index([], dtype=str)], names=PAIR)


NOTHING_LISTED: Final = pd.Series([], index=_no_pairs(), dtype=float, name="listed_m2")


def counted_m2(
    listed: pd.Series, drawn: pd.Series, units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> pd.Series:
    """The part of the listed areas that counts, in square metres: where no shape says otherwise.

    A parcel that is drawn and lies in drawn zones gives a zone without a boundary at most what is left of
    its drawn area; several such zones share it in proportion.

    Args:
        listed: As `listed_m2` gives it.
        drawn: m² by (`parcel_id`, `zone_id`) of shapes alone, as `areas.overlap_m2` gives it.
        units: Index `parcel_id`; missing geometry where a parcel is on no map.
        zones: Index `zone_id`.

    Returns:
        float64, named "counted_m2", on the index of `listed` without what does not count.
    """
    parcels, zone_ids = (listed.index.get_level_values(name) for name in PAIR)
    units = units[units.index.isin(parcels)]  # the others, perhaps a million, have no part in it
    shaped = pd.Series(polygons(units), index=units.index, dtype=object).notna()
    bounded = zones.index[pd.Series(polygons(zones), dtype=object).notna().to_numpy()]
    on_map = parcels.isin(shaped.index[shaped.to_numpy()])
    counts = parcels.isin(units.index) & ~(on_map & zone_ids.isin(bounded))
    found = listed[counts].rename("counted_m2")
    return found * _share(found, drawn, units)


def _share(found: pd.Series, drawn: pd.Series, units: gpd.GeoDataFrame) -> pd.Series:
    """How much of each listed area a parcel can still give beside what of it lies in drawn zones."""
    parcels = found.index.get_level_values("parcel_id")
    inside = drawn.groupby(level="parcel_id").sum().reindex(parcels, fill_value=0.0).to_numpy()
    whole = area_m2(units.geometry).reindex(parcels).to_numpy()
    stated = found.groupby(level="parcel_id").transform("sum").to_numpy()
    left = np.maximum(whole - inside, 0.0)
    with np.errstate(invalid="ignore"):
        share = np.where((inside > 0) & (left < stated), left / stated, 1.0)
    return pd.Series(share, index=found.index)


def together(drawn: pd.Series, counted: pd.Series) -> pd.Series:
    """One table of areas: of shapes, and of the list where no shape says; no pair stands twice.

    Returns:
        float64, named "overlap_m2", by (`parcel_id`, `zone_id`) sorted, only areas above 0.
    """
    counted = counted[counted > 0]
    if counted.empty:
        return drawn
    both: pd.Series = pd.concat([drawn, counted]).sort_index()
    return both.rename("overlap_m2")


def parts_m2_of(units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, listed: pd.Series) -> pd.Series:
    """Square metres of each unit in each zone, by shapes and by the list; see `counted_m2`."""
    drawn = overlap_m2(units, zones)
    return together(drawn, counted_m2(listed, drawn, units, zones))


def differences(
    listed: pd.Series, counted: pd.Series, drawn: pd.Series, units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Where map and list disagree by more than 0.1 m², the largest first.

    Returns:
        Columns `parcel_id`, `zone_id`, `drawn_m2` and `listed_m2` (NaN: it does not say), `counted_m2`, and
        `why`: "differs" (both say, not the same), "elsewhere" (the shape does not touch that zone),
        "not_listed" (the shape lies in a zone that the list does not name), "limited" (drawn land of it
        lies in other zones), "gone" (no such parcel is in force).
    """
    of_list = drawn[
        drawn.index.get_level_values("parcel_id").isin(listed.index.get_level_values("parcel_id"))
    ]
    index = listed.index.union(of_list.index).set_names(PAIR)
    frame = pd.DataFrame(
        {
            "drawn_m2": of_list.reindex(index),
            "listed_m2": listed.reindex(index),
            "counted_m2": together(drawn, counted).reindex(index, fill_value=0.0),
        },
        index=index,
    )
    off = (frame["counted_m2"] - frame["listed_m2"].fillna(0.0)).abs()
    frame = frame[(off > TOLERANCE_M2).to_numpy()].reset_index()
    bounded = frame["zone_id"].isin(zones.index)
    frame["why"] = np.select(
        [
            ~frame["parcel_id"].isin(units.index),
            frame["listed_m2"].isna(),
            frame["drawn_m2"].notna(),
            bounded,
        ],
        ["gone", "not_listed", "differs", "elsewhere"],
        "limited",
    )
    at_stake = (frame["counted_m2"] - frame["listed_m2"].fillna(0.0)).abs()
    order = at_stake.sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def beyond_gap(coverage: pd.DataFrame, listed_by_zone: pd.Series) -> list[Problem]:
    """Zones whose listed parcels without a shape need more room than the drawn parcels leave.

    Some of that land may be drawn under another number, and then counts twice; or the list's areas are
    larger than the ground.

    Args:
        coverage: As `balance.coverage` gives it.
        listed_by_zone: m² by `zone_id` that count by the list.
    """
    room = coverage["gap_m2"].reindex(listed_by_zone.index)
    beyond = listed_by_zone - room
    return [
        Problem(
            str(zone),
            "problem.listed_beyond_gap",
            {"zone_id": str(zone), "listed_m2": float(listed_by_zone[zone]), "gap_m2": float(room[zone])},
            "warning",
            area_m2=float(beyond[zone]),
        )
        for zone in beyond.index[beyond > TOLERANCE_M2]
    ]
