"""The worst finding of each unit, on plots worked out by hand."""

import geopandas as gpd
import pytest
from shapely import box

from gis.boundaries.unit_findings import unit_findings
from gis.errors import NotVn2000Error

EAST, NORTH = 588_000.0, 2_201_000.0
NAN = float("nan")


def plot(west, east, south=0.0, north=100.0):
    return box(EAST + west, NORTH + south, EAST + east, NORTH + north)


def units(*rows, crs=5897):
    """Rows of (shape, measured m², kind), named A, B, C."""
    shapes, measured, kinds = zip(*((*row, "parcel")[:3] for row in rows), strict=True)
    return gpd.GeoDataFrame(
        {"kind": kinds, "measured_area_m2": measured, "legal_area_m2": NAN},
        geometry=list(shapes),
        index=list("ABCDEFG"[: len(rows)]),
        crs=crs,
    )


def test_unit_findings__each_kind_and_nothing():
    """A and B share 1 m x 100 m; C lies 0.4 m beside D; E states 500 m² too much; F and G meet."""
    land = units(
        (plot(0, 100), NAN),
        (plot(99, 200), NAN),
        (plot(300, 400), NAN),
        (plot(400.4, 500), NAN),
        (plot(600, 700), 10_500.0),
        (plot(800, 900), 10_004.0),
        (plot(900, 1000), NAN),
    )
    assert unit_findings(land).tolist() == ["overlap", "overlap", "gap", "gap", "area", "none", "none"]


def test_unit_findings__the_worst_counts():
    land = units((plot(0, 100), 11_000.0), (plot(99, 200), NAN), (plot(200.4, 300), NAN))
    assert unit_findings(land).tolist() == ["overlap", "overlap", "gap"]
    assert unit_findings(land, ["A", "C", "X"]).tolist() == ["overlap", "overlap", "gap"]


def test_unit_findings__a_list_that_disagrees_is_worse_than_an_area():
    land = units((plot(0, 100), 11_000.0), (plot(100, 200), NAN))
    assert unit_findings(land, {"A", "B"}).tolist() == ["list", "list"]


def test_unit_findings__the_area_of_a_road_and_land_on_no_map():
    land = units((plot(0, 100), 11_000.0, "feature"), (None, 500.0))
    assert unit_findings(land, ["B"]).tolist() == ["none", "list"]


def test_unit_findings__needs_vn2000():
    with pytest.raises(NotVn2000Error):
        unit_findings(units((plot(0, 100), NAN), crs=32648))
