"""Which reading of a file's numbers is believed, and when its user is asked."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from shapely import box

from gis.boundaries.candidates import Reading
from gis.boundaries.detective import Verdict, detect
from gis.boundaries.evidence import scene_of
from gis.boundaries.reasons import verdict_json, verdict_rows
from gis.plan import empty_plan_text, parse_plan
from gis.texts import Texts

if TYPE_CHECKING:
    import pandas as pd

PLAN = parse_plan(empty_plan_text(), "project.toml")
BARE = scene_of(PLAN)
# Uneven strips of fields, so that no shift brings corners onto corners.
EDGES = 587_000 + np.cumsum(np.random.default_rng(3).uniform(18, 42, 81)).round(2)
FIELDS = gpd.GeoSeries(
    [
        box(west, 2_200_000 + 61.3 * row, east, 2_200_061.3 + 61.3 * row)
        for row in range(10)
        for west, east in pairwise(EDGES)
    ],
    crs=5897,
)
AREAS = FIELDS.area.round(1)


def numbers(code: int, *, swapped: bool = False, factor: float = 1) -> gpd.GeoSeries:
    """The fields in another CRS of the same datum, by PROJ alone."""
    move = Transformer.from_crs(CRS.from_epsg(5897), CRS.from_epsg(code), always_xy=True)

    def moved(xy: np.ndarray) -> np.ndarray:
        there = np.column_stack(move.transform(xy[:, 0], xy[:, 1])) * factor
        return there[:, ::-1] if swapped else there

    return gpd.GeoSeries(shapely.transform(FIELDS.to_numpy(), moved))


def judged(
    shapes: gpd.GeoSeries, declared: int | None, areas: pd.Series | None = None, **scene: object
) -> Verdict:
    crs = None if declared is None else CRS.from_epsg(declared)
    return detect(shapes, crs, areas, replace(BARE, **scene))


def chosen(verdict: Verdict) -> str | None:
    return verdict.chosen.id if verdict.chosen else None


def test_detect__no_label_and_nothing_to_compare_asks() -> None:
    verdict = judged(numbers(5897), None)
    assert (chosen(verdict), verdict.declared, verdict.margin) == (None, None, 0)
    assert [one.id for one in verdict.choices] == ["EPSG:5897", "EPSG:3405", "EPSG:32648", "EPSG:3148"]
    assert [round(one.offset_m / 20) for one in verdict.choices[:3]] == [0, 33, 39], "0, 660 and 787 m"
    assert all(one.inside == 1 for one in verdict.choices)


def test_detect__own_label_alone_is_asked_unless_it_is_to_be_believed() -> None:
    verdict = judged(numbers(5897), 5897)
    assert (chosen(verdict), verdict.choices[0].id) == (None, "EPSG:5897")
    believed = judged(numbers(5897), 5897, believes_label=True)
    assert (chosen(believed), believed.confirmed) == ("EPSG:5897", False)
    confirmed = judged(numbers(5897), 5897, AREAS)
    assert (chosen(confirmed), confirmed.confirmed) == ("EPSG:5897", True)


@pytest.mark.parametrize("label", [3405, 32648, 4326, 3857, 9210, 5514, 6957, 4147])
@pytest.mark.parametrize("areas", [None, AREAS], ids=["no areas", "areas"])
def test_detect__a_lying_label_is_asked(label: int, areas: pd.Series | None) -> None:
    verdict = judged(numbers(5897), label, areas)
    assert chosen(verdict) is None
    assert verdict.declared
    assert verdict.declared.startswith(f"EPSG:{label}")
    assert "EPSG:5897" in {one.id for one in verdict.choices[:2]}


def test_detect__areas_uncover_the_projects_label_on_utm_numbers() -> None:
    assert chosen(judged(numbers(3405), 5897, AREAS)) is None
    assert judged(numbers(3405), None, AREAS).candidates[0].id == "EPSG:3405"


def test_detect__another_meridian_is_alone() -> None:
    for declared in (None, 9210):
        verdict = judged(numbers(9210), declared)
        assert (chosen(verdict), verdict.confirmed) == ("EPSG:9210", True)
        assert verdict.margin > 0.9
    assert chosen(judged(numbers(9210), 5897)) is None, "the label and the place disagree"


@pytest.mark.parametrize("declared", [None, 5897])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "EPSG:5897"),
        ({"swapped": True}, "EPSG:5897:swapped"),
        ({"factor": 0.001}, "EPSG:5897:km"),
        ({"factor": 1000, "swapped": True}, "EPSG:5897:swapped:mm"),
    ],
)
def test_detect__loaded_land_beside_decides(
    options: dict[str, object], expected: str, declared: int | None
) -> None:
    there, came = FIELDS.iloc[:400], slice(400, None)
    shapes = numbers(5897, **options).iloc[came]
    verdict = judged(shapes, declared, neighbours=there)
    assert (chosen(verdict), verdict.confirmed) == (expected, True)
    assert verdict.margin > 0.5
    lie = judged(shapes, 3405, neighbours=there)
    assert (chosen(lie), lie.candidates[0].id) == (None, expected)


def test_detect__degrees_need_loaded_land_too() -> None:
    degrees = numbers(4756)
    assert chosen(judged(degrees, 4326)) is None, (
        "VN-2000 degrees for WGS 84 are 224 m off and in the commune"
    )
    beside = judged(degrees.iloc[400:], 4756, neighbours=FIELDS.iloc[:400])
    assert chosen(beside) == "EPSG:4756"
    assert chosen(judged(degrees.iloc[400:], 4326, neighbours=FIELDS.iloc[:400])) is None


def test_detect__what_lies_nowhere_near_is_asked_by_name() -> None:
    far = gpd.GeoSeries([box(588_000, 1_100_000, 588_100, 1_100_100)])
    verdict = judged(far, 5897)
    assert (chosen(verdict), verdict.choices) == (None, ())
    assert verdict.candidate(Reading(5897)) is not None
    assert verdict.candidates[0].distance_m > 100_000


def test_detect__land_that_sticks_out_where_another_readings_does_not_is_asked() -> None:
    # UTM numbers read as TM-3 lie 660 m further south: by the commune's southern edge they stick out.
    low = FIELDS.translate(0, 2_196_900 - 2_200_000)
    move = Transformer.from_crs(CRS.from_epsg(5897), CRS.from_epsg(3405), always_xy=True)
    utm = gpd.GeoSeries(shapely.transform(low.to_numpy(), lambda xy: np.column_stack(move.transform(*xy.T))))
    assert chosen(judged(gpd.GeoSeries(low.to_numpy()), 5897, believes_label=True)) == "EPSG:5897"
    assert chosen(judged(utm, 5897, believes_label=True)) is None


def test_detect__a_withdrawn_crs_is_named_and_never_chosen() -> None:
    shapes = gpd.GeoSeries(FIELDS.translate(-500_000, 500_000).to_numpy())
    for declared in (None, 6957):
        verdict = judged(shapes, declared)
        assert (chosen(verdict), verdict.choices) == (None, ())
        assert verdict.candidates[0].id == "EPSG:6957"
        assert "crs.withdrawn" in {reason.message for reason in verdict.candidates[0].reasons}


def test_detect__what_a_user_states_is_chosen() -> None:
    verdict = detect(numbers(5897), CRS.from_epsg(5897), None, BARE, Reading(3405))
    assert (chosen(verdict), verdict.stated, verdict.declared) == ("EPSG:3405", True, "EPSG:5897")
    elsewhere = detect(numbers(5897), None, None, BARE, Reading(9218))
    assert elsewhere.candidate(Reading(9218)) is not None


def test_detect__without_a_place_at_most_the_own_label_is_believed() -> None:
    assert chosen(judged(numbers(5897), 5897, place=None)) is None
    assert chosen(judged(numbers(5897), 5897, place=None, believes_label=True)) == "EPSG:5897"
    assert chosen(judged(numbers(5897), 3405, place=None, believes_label=True)) is None
    assert chosen(judged(numbers(9210), 9210, place=None, believes_label=True)) is None


def test_detect__a_layer_without_any_shape() -> None:
    verdict = judged(gpd.GeoSeries([None, None]), 5897)
    assert (verdict.chosen, verdict.candidates, verdict.declared) == (None, (), "EPSG:5897")


def test_detect__order_of_rows_does_not_matter() -> None:
    there = FIELDS.iloc[:400]
    forward = judged(numbers(5897).iloc[400:], None, neighbours=there)
    backward = judged(numbers(5897).iloc[:399:-1], None, neighbours=there.iloc[::-1])
    assert chosen(forward) == chosen(backward) == "EPSG:5897"
    assert [(c.id, c.score, c.matched) for c in forward.candidates] == [
        (c.id, c.score, c.matched) for c in backward.candidates
    ]


def test_detect__a_hundred_thousand_parcels_in_two_seconds() -> None:
    east, north = np.meshgrid(np.arange(400) * 15.0 + 584_700, np.arange(250) * 30.0 + 2_197_000)
    many = gpd.GeoSeries(shapely.box(east.ravel(), north.ravel(), east.ravel() + 15, north.ravel() + 30))
    started = time.perf_counter()
    verdict = judged(many, 5897, many.area, neighbours=many.set_crs(5897))
    took = time.perf_counter() - started
    print(f"100,000 parcels beside 100,000: {took:.2f} s")
    assert chosen(verdict) == "EPSG:5897"
    assert took < 2 * 4, "two seconds on a quiet machine"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_verdict_rows__and_json_in_words(language: str) -> None:
    verdict = judged(numbers(5897), 32648, AREAS, neighbours=FIELDS)
    texts = Texts(language)
    rows, data = verdict_rows(verdict, texts), verdict_json(verdict, texts)
    assert [row.id for row in rows] == [one["id"] for one in data["candidates"]]
    assert rows[0].name == "EPSG:5897 (VN-2000 / TM-3 zone 482)"
    assert ("100,00%" if language == "vi" else "100.00%") in rows[0].reasons
    assert (data["chosen"], data["declared"]) == (None, "EPSG:32648")
    assert data["candidates"][0]["area_ratio"] == pytest.approx(1, abs=1e-5)
    lost = verdict_json(judged(numbers(5897), 4326), texts)
    assert next(one for one in lost["candidates"] if one["id"] == "EPSG:4326")["distance_m"] is None
