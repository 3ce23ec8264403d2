"""Small worlds of parcels, zones and ledgers, and the one check of a measure."""

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import closes, day, entries, holds, opens, reaches  # noqa: F401 - for the tests beside

EAST, NORTH = 587_000, 2_200_000  # true coordinates of the commune: round-off as in real work


def box(x0, y0, x1, y1):
    """A rectangle whose corner (0, 0) lies in the commune."""
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def zones(crs=5897, **shapes):
    index = pd.Index(list(shapes), name="zone_id", dtype="str")
    return gpd.GeoDataFrame({"name": list(shapes)}, geometry=list(shapes.values()), index=index, crs=crs)


def units(crs=5897, measured=np.nan, legal=np.nan, **shapes):
    index = pd.Index(list(shapes), name="parcel_id", dtype="str")
    columns = {
        "measured_area_m2": np.broadcast_to(np.asarray(measured, float), len(shapes)).copy(),
        "legal_area_m2": np.broadcast_to(np.asarray(legal, float), len(shapes)).copy(),
        "source": [f"lots.gpkg, parcels, feature {n}" for n in range(1, len(shapes) + 1)],
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes.values()), index=index, crs=crs)


def parts(cells):
    """A table (parcel, zone, m²) from {(parcel, zone): m²}."""
    index = pd.MultiIndex.from_tuples(list(cells), names=["parcel_id", "zone_id"])
    return pd.Series(list(cells.values()), index=index, name="overlap_m2", dtype=float)


def state_of(*facts, on=400):
    """The state after some facts (day number, fact), on a later day."""
    ledger = entries(*facts)
    return state(ledger, day(on), len(ledger))


def assert_measure(series, expected, *, name, index_name=None, tolerance=1e-6):
    """Values, name, dtype and index of a measure."""
    assert series.name == name
    assert series.dtype == np.float64
    assert list(series.index) == list(expected)
    if index_name:
        assert list(series.index.names) == index_name
    np.testing.assert_allclose(series.to_numpy(), list(expected.values()), rtol=0, atol=tolerance)
