"""What is told of land laid against itself, what is loaded, the zones and the commune: areas by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from gis.boundaries.findings import findings
from gis.boundaries.gaps import gaps
from gis.errors import NotVn2000Error, Problem
from gis.texts import Texts

SHARED = Path(__file__).parents[2] / "../shared/data/parcels"


def units(
    shapes: list[Any], numbers: list[str] | None = None, file: str = "lots.gpkg", **areas: list[float]
) -> gpd.GeoDataFrame:
    count = len(shapes)
    columns = {
        "kind": "parcel",
        "commune": "15910",
        "sheet": "7",
        "number": numbers or [str(i + 1) for i in range(count)],
        "legal_area_m2": areas.get("legal", [np.nan] * count),
        "measured_area_m2": areas.get("measured", [np.nan] * count),
        "source": [f"{file}, feature {i + 1}" for i in range(count)],
    }
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=5897)


def zone(shape: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": ["KCN"]}, index=["KCN-1"], geometry=[shape], crs=5897)


def told(problems: list[Problem]) -> list[tuple[str, str, float]]:
    for problem in problems:
        assert problem.area_m2 is not None
        assert problem.shape is None or problem.shape.is_valid
        for language in ("vi", "en"):
            assert Texts(language).problem(problem)
    areas = [problem.area_m2 or 0 for problem in problems]
    assert [round(area, 2) for area in areas] == sorted((round(area, 2) for area in areas), reverse=True)
    return [(p.source, p.message.removeprefix("problem."), round(p.area_m2 or 0, 6)) for p in problems]


def test_findings__a_clean_coverage_has_none() -> None:
    grid = [box(10 * i, 10 * j, 10 * i + 10, 10 * j + 10) for i in range(5) for j in range(5)]
    found = findings(units(grid), "parcels", None, zone(box(0, 0, 50, 50)), box(-1, -1, 51, 51))
    assert found == []
    assert findings(units([]), "parcels") == []


def test_findings__overlaps_and_one_shape_under_two_numbers() -> None:
    twin = Polygon([(30, 20), (20, 20), (20, 0), (30, 0)])
    found = findings(
        units([box(0, 0, 10, 20), box(8, 0, 20, 20), box(20, 0, 30, 20), twin, box(26, 0, 40, 20)]), "parcels"
    )
    # 2 x 20, 10 x 20 and, of each of the twins, 4 x 20.
    assert told(found) == [
        ("lots.gpkg, feature 4", "same_shape", 200),
        ("lots.gpkg, feature 5", "shared_land", 80),
        ("lots.gpkg, feature 5", "shared_land", 80),
        ("lots.gpkg, feature 2", "shared_land", 40),
    ]
    assert [p.severity for p in found] == ["refused", "warning", "warning", "warning"]
    assert found[0].facts == {"unit": "15910/7/4", "other": "15910/7/3", "area": 200}
    assert found[3].shape is not None
    assert found[3].shape.equals(box(8, 0, 10, 20))


def test_findings__against_what_is_loaded_and_not_replaced() -> None:
    loaded = units([box(0, 0, 10, 10), box(10, 0, 20, 10), box(12, 0, 22, 10)], ["1", "2", "3"], "old.gpkg")
    came = units([box(0, 0, 11, 10), box(18, 0, 30, 10)], ["1", "9"])
    # 1 takes the place of 1; it shares 1 x 10 with 2. 9 shares 2 x 10 with 2 and 4 x 10 with 3.
    # What 2 and 3 share was told when they came.
    assert told(findings(came, "parcels", loaded)) == [
        ("lots.gpkg, feature 2", "shared_land", 40),
        ("lots.gpkg, feature 2", "shared_land", 20),
        ("lots.gpkg, feature 1", "shared_land", 10),
    ]


def test_findings__more_than_half_of_the_smaller_is_the_same_land() -> None:
    half = findings(units([box(0, 0, 10, 10), box(5, 0, 15, 10)]), "parcels")
    assert told(half) == [("lots.gpkg, feature 2", "shared_land", 50)]
    more = findings(units([box(0, 0, 10, 10), box(4, 0, 14, 10)]), "parcels")
    assert told(more) == [("lots.gpkg, feature 2", "same_land", 60)]
    within = findings(units([box(0, 0, 100, 100), box(4, 0, 14, 10)]), "parcels")
    assert told(within) == [("lots.gpkg, feature 2", "same_land", 100)]


def test_findings__gaps_between_neighbours() -> None:
    # A strip of 0.4 x 20 that opens at both ends, a road of 3 m, and a closed slit of 0.2 x 10.
    shapes = [
        box(0, 0, 10, 20),
        box(10.4, 0, 20, 20),
        box(23, 0, 40, 20).difference(box(30, 5, 30.2, 15)),
        box(50, 0, 60, 20),
    ]
    found = findings(units(shapes), "parcels")
    assert told(found) == [("lots.gpkg, feature 1", "gap_between", 8)]
    assert found[0].facts["other"] == "15910/7/2"
    halves = [box(0, 0, 10, 20), box(10, 0, 20, 20).difference(box(10, 5, 10.2, 15))]
    assert told(findings(units(halves), "parcels")) == [("lots.gpkg, feature 1", "gap_between", 2)]
    # What fills the strip is no parcel of this file: the land is somebody's.
    ditch = units([box(10, 0, 10.4, 20)], ["K01"], "old.gpkg")
    assert findings(units(shapes), "parcels", ditch) == []


def test_findings__the_rest_of_a_zone() -> None:
    shapes = [box(0, 0, 40, 100), box(60, 0, 90, 100)]
    found = findings(units(shapes), "parcels", None, zone(box(0, 0, 100, 100)))
    # 20 m between the two and 10 m beside the second, in two pieces; outside the zone nobody asks.
    assert told(found) == [("KCN-1", "zone_uncovered", 3_000)]
    assert found[0].facts == {"zone": "KCN-1", "count": 2, "area": 3_000}
    assert findings(units(shapes), "parcels", None, zone(box(500, 500, 600, 600))) == []
    road = units([box(40, 0, 60, 100)], ["K01"], "roads.gpkg")
    assert told(findings(units(shapes), "parcels", road, zone(box(0, 0, 100, 100)))) == [
        ("KCN-1", "zone_uncovered", 1_000)
    ]


def test_findings__slivers_and_parts() -> None:
    # 0.2 m by 40 m: 2 x 8 m2 over 80.4 m.
    thin = box(100, 0, 100.2, 40)
    two = MultiPolygon([box(0, 0, 10, 10), box(20, 0, 20.2, 40)])
    found = findings(units([two, thin]), "parcels")
    assert told(found) == [
        ("lots.gpkg, feature 1", "sliver", 8),
        ("lots.gpkg, feature 2", "sliver", 8),
        ("lots.gpkg", "multipart", 0),
    ]
    assert found[0].facts["width"] == pytest.approx(16 / 80.4)
    assert found[2].facts == {"count": 1, "most": 2, "unit": "15910/7/1"}
    assert findings(units([thin]), "features") == []


def test_findings__outside_the_commune() -> None:
    shapes = [box(0, 0, 10, 10), box(90, 0, 130, 10), box(200, 0, 210, 10), box(40, 0, 100.09, 1)]
    found = findings(units(shapes), "parcels", place=box(0, 0, 100, 100))
    assert told(found)[0] == ("lots.gpkg, feature 2", "outside_place", 300)
    assert told(found)[1] == ("lots.gpkg, feature 3", "outside_place", 100)
    assert [p.facts["inside"] for p in found[:2]] == [0.25, 0]
    assert "phần nằm trong xã là 25,00%" in Texts("vi").problem(found[0])
    assert len([p for p in found if p.message == "problem.outside_place"]) == 2
    zones = zone(box(50, 0, 150, 100)).assign(source="zones.gpkg, feature 1")
    zones.index.name = "zone_id"
    assert told(findings(zones, "zones", place=box(0, 0, 100, 100))) == [
        ("zones.gpkg, feature 1", "outside_place", 5_000)
    ]


def test_findings__stated_and_drawn_areas() -> None:
    # 100 m2 of 10 x 10 m: the boundary is good for 0.05 m by half of 40 m, 1 m2.
    shapes = [box(20 * i, 0, 20 * i + 10, 10) for i in range(5)]
    frame = units(
        shapes,
        measured=[100, 101, 101.1, 98, np.nan],
        legal=[100.04, 99.5, 50, np.nan, np.nan],
    )
    found = findings(frame, "parcels")
    assert told(found) == [
        ("lots.gpkg, feature 3", "area_legal_differs", 50),
        ("lots.gpkg, feature 4", "area_measured_differs", 2),
        ("lots.gpkg, feature 3", "area_measured_differs", 1.1),
        ("lots.gpkg", "areas_measured_within_accuracy", 1),
        ("lots.gpkg", "areas_legal_within_accuracy", 0.5),
    ]
    assert found[0].facts["difference"] == 50
    assert found[2].facts["difference"] == pytest.approx(-1.1)


def test_findings__refuses_degrees() -> None:
    with pytest.raises(NotVn2000Error):
        findings(units([box(0, 0, 1, 1)]).set_crs(4326, allow_override=True), "parcels")


def test_gaps__a_notch_in_one_parcel_is_its_own_form() -> None:
    notched = box(0, 0, 20, 20).difference(box(10, 5, 10.4, 20))
    assert gaps(np.array([notched, box(20, 0, 40, 20)])) == []


rectangles = st.builds(
    lambda x, y, w, h: box(x, y, x + w, y + h),
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(2, 12),
    st.integers(2, 12),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(rectangles, min_size=1, max_size=8), st.lists(rectangles, min_size=1, max_size=8))
def test_findings__shared_land_as_by_overlay(came: list[Any], there: list[Any]) -> None:
    new = units(came)
    old = units(there, [f"old {i}" for i in range(len(there))], "old.gpkg")
    found = findings(new, "parcels", old)
    total_m2 = sum(p.area_m2 or 0 for p in found if p.message.removeprefix("problem.") in SHARING)
    # Each pair by geopandas' own overlay: of the two layers, and of the rows that came, each pair once.
    ids = new.assign(one=range(len(new)))[["one", "geometry"]]
    both = gpd.overlay(ids, old[["geometry"]], keep_geom_type=True).area.sum()
    among = sum(
        gpd.overlay(ids.iloc[[i]], ids.iloc[i + 1 :], keep_geom_type=True).area.sum()
        for i in range(len(ids) - 1)
    )
    assert total_m2 == pytest.approx(both + among)
    told(found)


SHARING = {"shared_land", "same_land", "same_shape"}


@settings(deadline=None, max_examples=60)
@given(st.lists(rectangles, min_size=1, max_size=8), st.randoms())
def test_findings__row_order_changes_no_land(shapes: list[Any], random: Any) -> None:
    order = list(range(len(shapes)))
    random.shuffle(order)

    def land(rows: list[Any]) -> list[float]:
        return sorted(round(p.area_m2 or 0, 6) for p in findings(units(rows), "parcels"))

    assert land(shapes) == land([shapes[i] for i in order])


@pytest.mark.parametrize(("name", "shared"), [("cz_vfr/parcely_poly.gpkg", 0), ("seoul_kr/Parcels.shp", 11)])
def test_findings__parcels_of_other_countries(name: str, shared: int) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared data absent: {name}")
    shapes = list(gpd.read_file(path).geometry)
    found = findings(units(shapes), "parcels")
    told(found)
    assert sum(p.message.removeprefix("problem.") in SHARING for p in found) == shared
    # Each is no wider than a metre and shares nothing with any parcel.
    land = shapely.union_all(shapes)
    strips = [p for p in found if p.message == "problem.gap_between" and p.shape is not None]
    for strip in strips:
        assert strip.shape is not None
        assert strip.shape.intersection(land).area == pytest.approx(0, abs=1e-6)


def test_findings__real_parcels_with_their_own_legal_areas() -> None:
    path = SHARED / "vn_sample/thua_dat_134.geojson"
    if not path.exists():
        pytest.skip("shared data absent: vn_sample")
    rows = gpd.read_file(path).to_crs(5899)
    frame = units(list(rows.geometry), legal=rows["DIENTICH"].tolist()).set_crs(5899, allow_override=True)
    # The legal areas there are the drawn ones, rounded to 0.1 m2.
    assert [p for p in findings(frame, "parcels") if "area" in p.message] == []


def test_findings__a_shape_repeated_by_a_join_is_one_refusal_in_no_time():
    """600 rows of one shape would be 179,700 pairs."""
    rows = {"commune": "1", "sheet": "7", "number": [str(n) for n in range(600)], "source": "a, t, feature 1"}
    rows |= {"legal_area_m2": float("nan"), "measured_area_m2": float("nan")}
    frame = gpd.GeoDataFrame(rows, geometry=[box(0, 0, 30, 30)] * 600, crs=5897)
    (told,) = findings(frame, "parcels")
    assert (told.message, told.severity, told.source) == ("problem.land_crowded", "refused", "a, t")
    assert told.facts == {"count": 600, "different": 1}
    assert told.area_m2 == 600 * 900
