"""A layer placed by the detective's verdict: what is used, what is told, what is asked."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely import box

from gis.boundaries.checks import check_features, check_parcels, check_zones
from gis.boundaries.columns import DEFAULT_COLUMNS
from gis.boundaries.evidence import Scene, scene_of
from gis.boundaries.judging import judge
from gis.boundaries.layers import RawLayer
from gis.boundaries.shapes import polygons
from gis.errors import Problem, UnknownCrsError
from gis.plan import empty_plan_text, parse_plan
from gis.store.files import read_vector
from gis.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SCENE = scene_of(parse_plan(empty_plan_text(), "project.toml"))
PLOTS = [box(588000 + 37.3 * i, 2201000, 588037.3 + 37.3 * i, 2201120) for i in range(12)]


def layer(shapes: Sequence[Any], crs: object = None) -> RawLayer:
    attributes = {
        "so_to": ["1"] * len(shapes),
        "so_thua": [str(n) for n in range(len(shapes))],
        "dt_do_dac": [round(37.3 * 120, 1)] * len(shapes),
        "zone_id": [f"z-{n}" for n in range(len(shapes))],
        "ma": [f"K{n}" for n in range(len(shapes))],
    }
    return RawLayer(
        "lots.gpkg", "thua", "GPKG", "UTF-8", gpd.GeoDataFrame(attributes, geometry=list(shapes), crs=crs)
    )


def placed(
    raw: RawLayer, scene: Scene = SCENE, stated: str | None = None
) -> tuple[gpd.GeoSeries, list[Problem]]:
    shapes, problems = polygons(raw, scene.epsg, verdict=judge(raw, DEFAULT_COLUMNS, scene, stated))
    for language in ("vi", "en"):
        assert all("{" not in Texts(language).problem(problem) for problem in problems)
    return shapes, problems


def messages(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    return [(problem.message, problem.severity) for problem in problems]


def swapped(shapes: Sequence[Any]) -> list[Any]:
    return [shapely.transform(shape, lambda xy: xy[:, ::-1]) for shape in shapes]


def test_judge__own_label_with_agreeing_areas_says_nothing() -> None:
    shapes, problems = placed(layer(PLOTS, 5897))
    assert problems == []
    assert shapely.equals_exact(shapes.to_numpy(), np.array(PLOTS, dtype=object), tolerance=0).all()


def test_judge__own_label_with_nothing_to_compare_is_asked_with_what_is_at_stake() -> None:
    raw = layer(PLOTS, 5897)
    raw = replace(raw, frame=raw.frame.drop(columns="dt_do_dac"))
    shapes, problems = placed(raw)
    assert messages(problems) == [("problem.crs_ask_alone", "refused")]
    assert problems[0].facts["metres"] == pytest.approx(1240, abs=5), "Indian 1960; UTM is 661 and 787 m off"
    assert problems[0].facts["first"] == "EPSG:5897"
    assert shapes.isna().all()
    shapes, problems = placed(raw, stated="EPSG:5897")
    assert problems == []
    assert shapes.notna().all()
    shapes, problems = placed(raw, replace(SCENE, believes_label=True))
    assert messages(problems) == [("problem.crs_unconfirmed", "warning")]
    assert problems[0].facts["metres"] == pytest.approx(661, abs=2)
    assert shapes.notna().all()


@pytest.mark.parametrize(
    ("shapes", "crs", "message"),
    [
        (PLOTS, None, "problem.crs_ask_missing"),
        (PLOTS, 3405, "problem.crs_ask_label"),
        (PLOTS, 4326, "problem.crs_ask_label"),
        (PLOTS, 5514, "problem.crs_ask_label"),
        (swapped(PLOTS), 5897, "problem.crs_ask_label"),
        ([box(0, 0, 1, 1)] * 3, 5897, "problem.crs_nowhere"),
    ],
)
def test_judge__asked_with_the_choices(shapes: list[Any], crs: object, message: str) -> None:
    found, problems = placed(layer(shapes, crs))
    assert messages(problems) == [(message, "refused")]
    assert found.isna().all()
    if message != "problem.crs_nowhere":
        assert "EPSG:5897" in str(problems[0].facts["choices"])


def test_judge__a_withdrawn_label_is_named_beside_the_question() -> None:
    _, problems = placed(layer(PLOTS, 6957))
    assert [problem.message for problem in problems] == ["problem.crs_ask_label", "error.crs_deprecated"]
    assert problems[1].facts == {"found": "EPSG:6957", "instead": "EPSG:5897"}


@pytest.mark.parametrize("kind", ["parcels", "zones", "features"])
def test_checks__take_the_verdict(kind: str) -> None:
    raw = layer(swapped(PLOTS))
    verdict = judge(raw, DEFAULT_COLUMNS, SCENE, "EPSG:5897:swapped")
    if kind == "parcels":
        frame, problems = check_parcels(raw, DEFAULT_COLUMNS, 5897, "15910", verdict=verdict)
    elif kind == "features":
        frame, problems = check_features(raw, DEFAULT_COLUMNS, 5897, "15910", verdict=verdict)
    else:
        frame, problems = check_zones(raw, DEFAULT_COLUMNS, 5897, verdict=verdict)
    assert len(frame) == len(PLOTS)
    assert frame.geometry.area.sum() == pytest.approx(12 * 37.3 * 120)
    assert [p for p in problems if p.severity == "refused"] == []


@pytest.mark.parametrize("unit", ["km", "mm"])
def test_judge__a_stated_unit_is_used(unit: str) -> None:
    factor = 0.001 if unit == "km" else 1000
    small = [shapely.transform(shape, lambda xy: xy * factor) for shape in PLOTS]
    shapes, problems = placed(layer(small), stated=f"5897:{unit}")
    assert problems == []
    assert shapes.area.sum() == pytest.approx(12 * 37.3 * 120)


def test_judge__what_is_stated_goes_before_the_label_and_is_told() -> None:
    shapes, problems = placed(layer(PLOTS, 5897), stated="EPSG:3405")
    assert messages(problems) == [("problem.crs_stated_otherwise", "warning")]
    # North by k0 of TM-3 over that of UTM from the equator: 660 m further.
    assert shapes.iloc[0].centroid.y - PLOTS[0].centroid.y == pytest.approx(
        2_201_060 * (0.9999 / 0.9996 - 1), abs=1
    )


def test_judge__a_choice_outside_the_commune_is_told_and_outside_vietnam_refused() -> None:
    shapes, problems = placed(layer(PLOTS), stated="EPSG:9210")
    assert messages(problems) == [("problem.crs_outside_place", "warning")]
    assert problems[0].facts["km"] == pytest.approx(75, abs=4)
    assert shapes.notna().all()
    shapes, problems = placed(layer(PLOTS), stated="EPSG:4326")
    assert [p.message for p in problems if p.severity == "refused"] == ["problem.not_degrees"]
    assert shapes.isna().all()
    shapes, problems = placed(layer(PLOTS), stated="EPSG:5514")
    assert "error.no_transformation" in [p.message for p in problems]
    _, problems = placed(layer(PLOTS), stated="EPSG:6957")
    assert messages(problems) == [("error.crs_deprecated", "refused")]
    with pytest.raises(UnknownCrsError):
        judge(layer(PLOTS), DEFAULT_COLUMNS, SCENE, "EPSG:5897:sideways")


def test_judge__older_datums_are_told_to_be_inexact() -> None:
    move = Transformer.from_crs(CRS.from_epsg(4147), CRS.from_epsg(2044), always_xy=True)
    degrees = [(105.84, 19.89), (105.841, 19.89), (105.841, 19.891), (105.84, 19.89)]
    old = shapely.Polygon([move.transform(*point) for point in degrees])
    shapes, problems = placed(layer([old]), stated="2044")
    assert messages(problems) == [("problem.crs_inexact", "warning")]
    assert shapes.iloc[0].is_valid


@pytest.mark.parametrize("sign", [1, -1])
def test_judge__towgs84_of_either_sign_is_the_official_shift(sign: int) -> None:
    published = (
        -191.90441429,
        -39.30318279,
        -111.45032835,
        -0.00928836,
        0.01975479,
        -0.00427372,
        0.252906278,
    )
    shift = ",".join(str(sign * value) for value in published)
    crs = f"+proj=tmerc +lat_0=0 +lon_0=105 +k=0.9999 +x_0=500000 +ellps=WGS84 +units=m +towgs84={shift}"
    shapes, problems = placed(layer(PLOTS, crs))
    assert messages(problems) == [("problem.crs_towgs84", "warning")]
    assert shapely.equals_exact(shapes.to_numpy(), np.array(PLOTS, dtype=object), tolerance=0).all()


def test_judge__a_small_shift_from_loaded_land_is_told() -> None:
    # The same land as some program brought it: 0.70 m aside, as by EPSG:5194 for EPSG:6960.
    rng = np.random.default_rng(11)
    wide = 588_000 + np.cumsum(rng.uniform(20, 40, 61))
    land = [
        box(west, 2_200_000 + 61.7 * row, east, 2_200_061.7 + 61.7 * row)
        for row in range(6)
        for west, east in pairwise(wide)
    ]
    there = gpd.GeoSeries(land, crs=5897)
    scene = replace(SCENE, neighbours=there)
    moved = layer(list(there.translate(0.7, 0.0)), 5897)
    moved = replace(moved, frame=moved.frame.drop(columns="dt_do_dac"))
    _, problems = placed(moved, scene)
    assert messages(problems) == [("problem.crs_ask_alone", "refused"), ("problem.crs_shifted", "warning")]
    _, problems = placed(moved, scene, "EPSG:5897")
    assert messages(problems) == [("problem.crs_shifted", "warning")]
    (shift,) = [p.facts["metres"] for p in problems if p.message == "problem.crs_shifted"]
    assert shift == pytest.approx(0.7, abs=0.01)
    _, problems = placed(layer(land, 5897), scene)
    assert problems == []
    _, problems = placed(layer(list(there.translate(15, 9)), 5897), scene)
    assert "problem.crs_shifted" not in [p.message for p in problems]


def test_judge__layers_without_shapes_go_the_way_of_all_layers() -> None:
    _, problems = placed(layer([None, None]))
    assert "problem.crs_missing" in [p.message for p in problems]


# Real parcels


@pytest.fixture(scope="module")
def vn_sample(shared_data: Path) -> RawLayer:
    file = shared_data / "parcels" / "vn_sample" / "thua_dat_134.geojson"
    if not file.exists():
        pytest.skip("shared data absent: parcels/vn_sample")
    (raw,), _ = read_vector(file)
    return raw


@pytest.fixture(scope="module")
def vn_planar(vn_sample: RawLayer) -> gpd.GeoSeries:
    """Its vertices in EPSG:5899, by PROJ's own choice of operation."""
    return vn_sample.frame.geometry.to_crs(5899)


def as_layer(raw: RawLayer, geometry: gpd.GeoSeries, rows: slice, crs: object) -> RawLayer:
    frame = raw.frame.set_geometry(gpd.GeoSeries(geometry.to_numpy(), index=raw.frame.index)).iloc[rows]
    return replace(raw, frame=frame.reset_index(drop=True).set_crs(crs, allow_override=True))


def test_vn_sample__beside_its_own_neighbours_every_file_is_read_right(
    vn_sample: RawLayer, vn_planar: gpd.GeoSeries
) -> None:
    scene = Scene(5899, None, vn_planar.iloc[:67])
    for code in (5899, 4326, 4756, 3405, 3406, 32648, 5897, 3857):
        geometry = vn_planar.to_crs(code)
        for declared in (None, code):
            verdict = judge(as_layer(vn_sample, geometry, slice(67, None), declared), DEFAULT_COLUMNS, scene)
            assert verdict.chosen is not None, code
            assert verdict.chosen.id == f"EPSG:{code}"


def test_vn_sample__alone_its_meridian_has_no_twin_and_its_degrees_have(
    vn_sample: RawLayer, vn_planar: gpd.GeoSeries
) -> None:
    west, south, east, north = map(float, vn_planar.total_bounds)
    scene = Scene(5899, (west - 3000, south - 3000, east + 3000, north + 3000))
    for declared in (None, 5899):
        verdict = judge(as_layer(vn_sample, vn_planar, slice(None), declared), DEFAULT_COLUMNS, scene)
        assert verdict.chosen is not None
        assert (verdict.chosen.id, verdict.confirmed) == ("EPSG:5899", True)
    degrees = judge(vn_sample, DEFAULT_COLUMNS, scene)
    assert (degrees.chosen, degrees.declared) == (None, "EPSG:4326"), "or VN-2000 degrees, 224 m apart"
    assert {"EPSG:4326", "EPSG:4756"} <= {one.id for one in degrees.choices}
