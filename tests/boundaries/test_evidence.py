"""The place, the areas and the loaded land, each by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from gis.boundaries.candidates import Reading
from gis.boundaries.evidence import (
    Scene,
    area_fit,
    beyond_m,
    least_matched,
    matched_corners,
    sample_of,
    scene_of,
)
from gis.plan import empty_plan_text, parse_plan

PLAN = parse_plan(empty_plan_text(), "project.toml")
PLOTS = gpd.GeoSeries([box(588000 + 50 * i, 2201000, 588050 + 50 * i, 2201100) for i in range(20)], crs=5897)


def test_scene_of__holds_the_bounds_that_others_worked_out() -> None:
    # docs/domain: east 584 560-590 773, north 2 196 841-2 204 712, of the commune itself; the box of its
    # degrees holds it and is wider by what its sides are bent and turned.
    west, south, east, north = scene_of(PLAN).box
    assert (west, south, east, north) == pytest.approx((584_560, 2_196_841, 590_773, 2_204_712), abs=40)
    assert west < 584_560
    assert south < 2_196_841
    assert east > 590_773
    assert north > 2_204_712


def test_scene__box_by_what_is_known() -> None:
    there = scene_of(PLAN, gpd.GeoSeries([box(595_000, 2_201_000, 595_100, 2_201_100), None], crs=5897))
    assert there.box[2] == 595_100, "loaded land is part of the place"
    assert scene_of(PLAN).box[2] < 591_000
    alone = Scene(5897, None, PLOTS)
    assert alone.box == (586_000, 2_199_000, 591_000, 2_203_100)
    nothing = Scene(5897)
    assert (nothing.is_known, alone.is_known) == (False, True)
    assert nothing.box == (-250_000, 850_000, 1_150_000, 2_650_000)


def test_beyond_m__from_a_box() -> None:
    places = np.array([[1.0, 1.0], [5.0, 6.0], [-3.0, 1.0], [np.inf, 0.0]])
    assert beyond_m(places, (0, 0, 2, 2)).tolist() == [0, 5, 3, np.inf]


def test_sample_of__leaves_out_what_lies_nowhere_and_spreads_evenly() -> None:
    shapes = gpd.GeoSeries([None, box(0, 0, 0, 0), *[Point(i, i).buffer(1) for i in range(5000)]])
    sample = sample_of(shapes)
    assert len(sample.shapes) == 1000
    assert sample.centres[-1].tolist() == pytest.approx([4999, 4999])
    assert np.isnan(sample.areas_m2).all()
    assert len(sample_of(gpd.GeoSeries([None])).shapes) == 0


def test_area_fit__tells_tm3_from_utm_by_areas_to_the_decimetre() -> None:
    # A scale of 0.9996 for 0.9999 makes areas smaller by 1 - (0.9996 / 0.9999)² = 6.0e-4.
    sample = sample_of(PLOTS, pd.Series([5000.0] * 20))
    right, wrong = area_fit(Reading(5897), sample, 5897), area_fit(Reading(3405), sample, 5897)
    assert right is not None
    assert wrong is not None
    assert (right.ratio, right.count) == (pytest.approx(1), 20)
    assert wrong.ratio == pytest.approx((0.9999 / 0.9996) ** 2, rel=1e-5)
    assert (right.fits, right.differs, wrong.fits, wrong.differs) == (True, False, False, True)


def test_area_fit__old_areas_tell_nothing() -> None:
    rough = pd.Series([4900.0, 5100.0] * 10)
    fit = area_fit(Reading(3405), sample_of(PLOTS, rough), 5897)
    assert fit is not None
    assert (fit.tells_scale, fit.fits, fit.differs) == (False, False, False)
    few = pd.Series([5000.0] * 4 + [np.nan] * 16)
    fit = area_fit(Reading(3405), sample_of(PLOTS, few), 5897)
    assert fit is not None
    assert not fit.differs
    assert area_fit(Reading(5897), sample_of(PLOTS, pd.Series([np.nan, 0.0] * 10)), 5897) is None


def test_matched_corners__shared_corners_within_five_centimetres() -> None:
    sample = sample_of(PLOTS.iloc[10:].reset_index(drop=True))
    scene = Scene(5897, None, PLOTS.iloc[:10])
    # The plots stand in a row: the two corners of the edge between the tenth and the eleventh.
    assert matched_corners(Reading(5897), sample, scene) == 2
    beside = Scene(5897, None, PLOTS.iloc[:10].translate(0.04, -0.04))
    assert matched_corners(Reading(5897), sample, beside) == 2
    apart = Scene(5897, None, PLOTS.iloc[:10].translate(0.11, 0))
    assert matched_corners(Reading(5897), sample, apart) == 0
    assert matched_corners(Reading(3405), sample, scene) == 0
    assert matched_corners(Reading(5897), sample, Scene(5897)) == 0
    assert least_matched(sample, scene) > 2, "two corners may be chance"


def test_least_matched__above_what_chance_brings() -> None:
    # Corners strewn over loaded land that is as dense as any: counted ten times, never enough.
    rng = np.random.default_rng(5)
    there = gpd.GeoSeries([box(x, y, x + 8, y + 8) for x, y in rng.uniform(0, 2000, (5000, 2))], crs=5897)
    scene = Scene(5897, (0, 0, 2000, 2000), there)
    for seed in range(100, 110):
        strewn = np.random.default_rng(seed).uniform(0, 2000, (1000, 2))
        sample = sample_of(gpd.GeoSeries([box(x, y, x + 9, y + 7) for x, y in strewn]))
        assert matched_corners(Reading(5897), sample, scene) < least_matched(sample, scene)
