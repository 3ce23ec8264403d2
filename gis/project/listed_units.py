"""The parcels that a list names and no map has, and the recovered areas that it states: two layers.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from gis.project.office_list_rows import Key, ListedParcel

LISTED_TEXTS: Final = (
    "parcel_id",
    "household_id",
    "zone_id",
    "commune",
    "sheet",
    "number",
    "recovered_m2",
    "list_id",
    "file",
)


@dataclass(frozen=True, slots=True)
class ListedRow:
    """Square metres of one household's part of a parcel that are recovered in a zone, as a list says.

    Args:
        parcel: Its id.
        household: Its id.
        zone: Leaf of the plan.
        key: Of the parcel as the list writes it.
        recovered: Exact decimal text in square metres, "" where the list has none.
        list_id: The list, through all its newer files.
        file: The file that said so first, and its `row` from 1.
    """

    parcel: str
    household: str
    zone: str
    key: Key
    recovered: str
    list_id: str
    file: str
    row: int


def rows_of(frame: pd.DataFrame | None) -> list[ListedRow]:
    """The rows of a version of the layer "listed"."""
    if frame is None:
        return []
    columns = (frame[name] for name in (*LISTED_TEXTS, "row"))
    return [
        ListedRow(parcel, household, zone, (commune, sheet, number), recovered, list_id, file, int(row))
        for parcel, household, zone, commune, sheet, number, recovered, list_id, file, row in zip(
            *columns, strict=True
        )
    ]


def frame_of(rows: Iterable[ListedRow], epsg: int) -> gpd.GeoDataFrame:
    """A version of the layer "listed": a row for each household, parcel and zone; no shapes."""
    found = sorted(rows, key=lambda row: (row.parcel, row.household, row.zone))
    values = [
        (row.parcel, row.household, row.zone, *row.key, row.recovered, row.list_id, row.file) for row in found
    ]
    columns: dict[str, object] = {
        name: pd.Series([value[at] for value in values], dtype=str) for at, name in enumerate(LISTED_TEXTS)
    }
    columns["row"] = np.array([row.row for row in found], dtype=np.int64)
    index = pd.Index(
        [f"{row.parcel}/{row.household}/{row.zone}" for row in found], name="listed_id", dtype=str
    )
    data = pd.DataFrame(columns).set_index(index)
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries([None] * len(found), index=index, crs=epsg))


def keys_of(units: gpd.GeoDataFrame) -> dict[Key, str]:
    """The parcel id of each key; public features have no sheet and are left out."""
    columns = zip(units["commune"], units["sheet"], units["number"], strict=True)
    return {key: str(parcel) for key, parcel in zip(columns, units.index, strict=True) if key[1]}


def with_listed(
    units: gpd.GeoDataFrame, parcels: Mapping[Key, ListedParcel], next_uid: int
) -> tuple[gpd.GeoDataFrame, dict[Key, str], int]:
    """The layer of parcels with those that no map has, each with an id that nobody had.

    Args:
        units: The newest version of the layer, by `parcel_id`.
        parcels: Those of the list; one whose key is there stays as it is, but for areas and a use that
            nothing said of it before, as long as it has no shape.
        next_uid: The first number that no parcel has had.

    Returns:
        The layer, the new ids by key, the next free number.
    """
    known = keys_of(units)
    fresh = [one for key, one in parcels.items() if key not in known]
    ids = {one.key: f"P{next_uid + place:06d}" for place, one in enumerate(fresh)}
    filled = _filled(units, parcels, known)
    if not fresh:
        return filled, ids, next_uid
    came = gpd.GeoDataFrame(
        {
            "kind": "parcel",
            "commune": [one.key[0] for one in fresh],
            "sheet": [one.key[1] for one in fresh],
            "number": [one.key[2] for one in fresh],
            "land_use": [one.land_use for one in fresh],
            "legal_area_m2": [_number(one.legal_m2) for one in fresh],
            "measured_area_m2": [_number(one.measured_m2) for one in fresh],
            "name": "",
            "source": [one.source for one in fresh],
        },
        geometry=gpd.GeoSeries([None] * len(fresh), crs=units.crs),
        crs=units.crs,
    ).set_index(pd.Index([ids[one.key] for one in fresh], name="parcel_id", dtype=str))
    texts = [name for name in came.columns if name not in {"geometry", "legal_area_m2", "measured_area_m2"}]
    came[texts] = came[texts].astype(str)
    whole = came if filled.empty else pd.concat([filled, came[list(filled.columns)]])
    return gpd.GeoDataFrame(whole, crs=units.crs).sort_index(), ids, next_uid + len(fresh)


def _filled(
    units: gpd.GeoDataFrame, parcels: Mapping[Key, ListedParcel], known: Mapping[Key, str]
) -> gpd.GeoDataFrame:
    """Parcels without a shape with what nothing said of them before."""
    bare = set(units.index[units.geometry.isna()])
    found = units.copy()
    for key, one in parcels.items():
        parcel = known.get(key)
        if parcel not in bare:
            continue
        for column, value in (("legal_area_m2", one.legal_m2), ("measured_area_m2", one.measured_m2)):
            if value is not None and np.isnan(found.at[parcel, column]):  # noqa: PD008 - one cell
                found.at[parcel, column] = float(value)  # noqa: PD008
        if one.land_use and not found.at[parcel, "land_use"]:  # noqa: PD008
            found.at[parcel, "land_use"] = one.land_use  # noqa: PD008
    return found


def _number(value: Decimal | None) -> float:
    return float("nan") if value is None else float(value)
