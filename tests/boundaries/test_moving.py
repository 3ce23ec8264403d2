"""A map that is the loaded one in another place, by pyproj and by hand; a true survey is none."""

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from gis.boundaries.moving import moved

EAST, NORTH = 588_000.0, 2_201_000.0


def parcels(count=24):
    """Uneven plots in rows of six, numbered from 1."""
    shapes = [
        box(
            EAST + 40 * (n % 6),
            NORTH + 30 * (n // 6),
            EAST + 40 * (n % 6) + 31 + n % 5,
            NORTH + 30 * (n // 6) + 22,
        )
        for n in range(count)
    ]
    rows = [{"commune": "15910", "sheet": "7", "number": str(n + 1)} for n in range(count)]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=5897)


@pytest.mark.parametrize("metres", [0.6, 3.0, 300.0])
def test_moved__one_shift_of_all(metres):
    old = parcels()
    found = moved(old, old.set_geometry(old.translate(0, metres)))
    assert (found.parcels, found.of) == (24, 24)
    assert found.metres == pytest.approx(metres)


def test_moved__utm_numbers_read_as_tm3_are_660_m_off_and_come_back():
    """By pyproj: the same plots in EPSG:3405, whose numbers were taken for EPSG:5897."""
    old = parcels()
    new = old.set_geometry(old.to_crs(3405).geometry.set_crs(5897, allow_override=True))
    found = moved(old, new)
    assert found.parcels == 24
    assert found.metres == pytest.approx(660, abs=2)
    back = old.geometry.transform(found.to_new)
    assert back.symmetric_difference(new.geometry).area.max() < 0.01


def test_moved__a_few_that_changed_do_not_hide_the_others():
    old = parcels()
    shapes = old.translate(2, 0).to_numpy()
    shapes[:6] = [shape.buffer(5) for shape in old.translate(9, 9).to_numpy()[:6]]
    assert moved(old, old.set_geometry(shapes)).parcels == 18


def test_moved__no_survey_is_taken_for_it():
    old, chance = parcels(), np.random.default_rng(1)
    assert moved(old, old) is None
    assert moved(old, old.set_geometry(old.translate(0.45, 0))) is None
    assert moved(old.iloc[:4], old.iloc[:4].set_geometry(old.iloc[:4].translate(3, 0))) is None
    ways = chance.uniform(-3, 3, (len(old), 2))
    each = [shape.buffer(0) for shape in old.geometry]
    moves = [gpd.GeoSeries([one]).translate(*way).iloc[0] for one, way in zip(each, ways, strict=True)]
    assert moved(old, old.set_geometry(moves)) is None


def test_moved__numbers_that_nobody_knows_tell_nothing():
    old = parcels()
    new = old.set_geometry(old.translate(3, 0)).assign(number=[f"x{n}" for n in range(len(old))])
    assert moved(old, new) is None
