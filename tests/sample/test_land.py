"""The invented land: whole, valid, keyed, and cut by the zones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.plan import parse_plan
from gis.vn2000 import to_wgs84

if TYPE_CHECKING:
    from gis.store.sample_files import Sample

OLD_COMMUNES = {"15895", "15910", "15907", "15901"}
COMMUNE = Path(__file__).parents[2] / "../shared/data/boundaries/hoang_hoa_8_communes_2025.geojson"


@pytest.fixture(scope="module")
def units(sample: Sample) -> gpd.GeoSeries:
    return pd.concat([sample.parcels.geometry, sample.features.geometry], ignore_index=True)


def test_build__about_six_thousand_parcels(sample: Sample) -> None:
    assert 5_700 <= len(sample.parcels) <= 6_300
    assert 150 <= len(sample.features) <= 300
    assert set(sample.parcels["commune"]) == OLD_COMMUNES


def test_build__is_in_the_communes_true_place(sample: Sample, units: gpd.GeoSeries) -> None:
    assert {frame.crs.to_epsg() for frame in (sample.zones, sample.parcels, sample.features)} == {5897}
    west, south, east, north = units.total_bounds
    assert west > 584560
    assert east < 590773
    assert south > 2196841
    assert north < 2204712


def test_build__lies_inside_the_commune(units: gpd.GeoSeries) -> None:
    if not COMMUNE.exists():
        pytest.skip("no ../shared here: the commune's boundary is not at hand")
    communes = gpd.read_file(COMMUNE)
    commune = communes.loc[communes["code"] == "15910"].geometry.iloc[0]
    assert commune.contains(shapely.union_all(to_wgs84(units.set_crs(5897)).to_numpy()))


def test_build__polygons_are_valid_and_to_the_millimetre(sample: Sample, units: gpd.GeoSeries) -> None:
    for shapes in (units, sample.zones.geometry):
        assert shapes.is_valid.all()
        assert set(shapes.geom_type) == {"Polygon"}
        coordinates = shapely.get_coordinates(shapes.to_numpy())
        assert (abs(coordinates * 1000 - (coordinates * 1000).round()) < 1e-4).all()


def test_build__neighbours_share_their_vertices(units: gpd.GeoSeries) -> None:
    wrong = shapely.coverage_invalid_edges(units.to_numpy())
    touched = [edge for edge in wrong if edge is not None and not edge.is_empty]
    # Only the corners that were moved on purpose, and their neighbours.
    assert 0 < len(touched) < 80


def test_build__slivers_are_a_few_hundred_square_metres(sample: Sample, units: gpd.GeoSeries) -> None:
    gap = overlap = 0.0
    for zone in sample.zones.geometry:
        parts = shapely.intersection(units.to_numpy(), zone)
        union = shapely.union_all(parts).area
        gap += zone.area - union
        overlap += shapely.area(parts).sum() - union
    assert 50 < gap < 400
    assert 20 < overlap < 400


def test_build__mapped_areas_are_near_the_plans_but_not_equal(sample: Sample) -> None:
    plan = parse_plan(sample.project, "project.toml")
    for zone_id, zone in zip(sample.zones["zone_id"], sample.zones.geometry, strict=True):
        plan_ha = plan.zone(zone_id).plan_ha
        assert plan_ha is not None
        assert 0.1 < abs(zone.area / 1e4 - plan_ha) < 1.0
    assert (sample.zones.area / 1e4).round(2).tolist() == [116.21, 90.97, 49.6]


def test_build__zones_share_a_border_and_wind(sample: Sample) -> None:
    first, rest, other = sample.zones.geometry
    assert shapely.coverage_is_valid([first, rest, other])
    assert shapely.shared_paths(first.exterior, rest.exterior).length > 900
    assert all(30 <= len(zone.exterior.coords) - 1 <= 80 for zone in (first, rest, other))


def test_build__zones_cut_parcels_and_features(sample: Sample) -> None:
    for zone in sample.zones.geometry:
        for layer in (sample.parcels, sample.features):
            inside = layer.geometry.intersection(zone).area
            assert ((inside > 1) & (inside < layer.area - 1)).sum() >= 5


def test_build__cadastral_keys_are_unique(sample: Sample) -> None:
    parcels = sample.parcels
    assert not parcels.duplicated(["commune", "sheet", "number"]).any()
    assert sample.features["code"].is_unique
    # Each old commune counts its sheets from 1.
    for _, group in parcels.groupby("commune"):
        sheets = sorted(group["sheet"].astype(int).unique())
        assert sheets == list(range(1, len(sheets) + 1))
    assert parcels["number"].str.endswith("a").sum() > 20
    assert parcels["number"].str.fullmatch(r"\d+-[12]").sum() > 20


def test_build__land_of_a_lowland_commune(sample: Sample) -> None:
    uses = sample.parcels["land_use"].value_counts()
    assert set(uses.index) == {
        "LUC",
        "LUK",
        "HNK",
        "CLN",
        "NTS",
        "ONT",
        "ONT+CLN",
        "DVH",
        "NTD",
        "SKC",
        "TMD",
    }
    assert uses["LUC"] > 0.6 * len(sample.parcels)
    assert set(sample.features["land_use"]) == {"DGT", "DTL"}
    rice = sample.parcels[sample.parcels["land_use"] == "LUC"].area
    assert 400 < rice.median() < 600
    assert (rice > 1000).sum() > 100


def test_build__paper_areas_are_near_the_drawn_ones_some_far_some_unknown(sample: Sample) -> None:
    parcels = sample.parcels
    off = (parcels["legal_area_m2"] / parcels.area - 1).abs()
    assert off.median() < 0.01
    assert 100 < (off > 0.05).sum() < 350
    assert 0.04 < parcels["legal_area_m2"].isna().mean() < 0.1
    assert 0.15 < parcels["measured_area_m2"].isna().mean() < 0.3
