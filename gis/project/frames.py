"""The frames of a project without boundaries yet: right columns, no rows."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

UNIT_TEXTS = ("kind", "commune", "sheet", "number", "land_use", "name", "source")

EMPTY_ZONES = gpd.GeoDataFrame(
    {"name": pd.Series(dtype=str)}, geometry=gpd.GeoSeries([]), index=pd.Index([], name="zone_id", dtype=str)
)
EMPTY_UNITS = gpd.GeoDataFrame(
    {name: pd.Series(dtype=str) for name in UNIT_TEXTS}
    | {name: pd.Series(dtype=float) for name in ("legal_area_m2", "measured_area_m2")},
    geometry=gpd.GeoSeries([]),
    index=pd.Index([], name="parcel_id", dtype=str),
)
