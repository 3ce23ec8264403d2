"""Readings of a file's numbers: how a user names them, and where they put the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import CRS, Transformer

from gis.boundaries.candidates import GEOGRAPHIC, READINGS, Reading, land, parse_reading
from gis.errors import UnknownCrsError
from gis.vn2000 import VN2000_EPSG

# docs/domain: a point of the commune.
EAST, NORTH, LON, LAT = 588000.0, 2201000.0, 105.842307697, 19.896340598


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("5897", Reading(5897)),
        (" epsg:5897 ", Reading(5897)),
        ("EPSG:3405:swapped", Reading(3405, swapped=True)),
        ("EPSG:5897:KM", Reading(5897, unit="km")),
        ("EPSG:5897:mm:swapped", Reading(5897, swapped=True, unit="mm")),
        ("4326:swapped", Reading(4326, swapped=True, unit="degree")),
    ],
)
def test_parse_reading__as_a_user_states_it(text: str, reading: Reading) -> None:
    assert parse_reading(text) == reading
    assert parse_reading(reading.id) == reading


@pytest.mark.parametrize(
    "text",
    ["", "VN-2000", "EPSG:99999", "5897:upside", "5897:km:mm", "5897:km:km", "4326:km", "58 97"],
)
def test_parse_reading__refuses_what_names_no_reading(text: str) -> None:
    with pytest.raises(UnknownCrsError):
        parse_reading(text)


def test_readings__are_all_of_the_list_once() -> None:
    assert len(set(READINGS)) == len(READINGS)
    plain = {one.epsg for one in READINGS if not one.swapped and one.unit in {"m", "degree"}}
    assert plain == {*VN2000_EPSG, 32648, 32649, 3857, 2044, 2045, 3148, 3149, 4326, 4756, 4147, 4131} | {
        6956,
        6957,
        6958,
        6959,
    }
    # Each of the metric ones in two orders and three units, each in degrees in two orders.
    assert len(READINGS) == (len(plain) - len(GEOGRAPHIC)) * 6 + len(GEOGRAPHIC) * 2


@pytest.mark.parametrize(
    ("reading", "numbers"),
    [
        (Reading(5897), (EAST, NORTH)),
        (Reading(5897, swapped=True), (NORTH, EAST)),
        (Reading(5897, unit="km"), (EAST / 1000, NORTH / 1000)),
        (Reading(5897, swapped=True, unit="mm"), (NORTH * 1000, EAST * 1000)),
        (Reading(4326, unit="degree"), (LON, LAT)),
        (Reading(4326, swapped=True, unit="degree"), (LAT, LON)),
        # Withdrawn: false easting 0, false northing 500,000.
        (Reading(6957), (EAST - 500_000, NORTH + 500_000)),
    ],
)
def test_land__is_where_the_numbers_are_meant(reading: Reading, numbers: tuple[float, float]) -> None:
    assert land(reading, np.array([numbers]), 5897)[0] == pytest.approx((EAST, NORTH), abs=2e-3)


def test_land__withdrawn_ones_by_pyproj() -> None:
    old = Transformer.from_crs(CRS.from_epsg(4756), CRS.from_epsg(6957), always_xy=True)
    new = Transformer.from_crs(CRS.from_epsg(4756), CRS.from_epsg(5897), always_xy=True)
    there = land(Reading(6957), np.array([old.transform(105.84, 19.9)]), 5897)[0]
    assert there == pytest.approx(new.transform(105.84, 19.9), abs=1e-6)


def test_land__other_readings_are_off_by_the_known_distances() -> None:
    # docs/domain §2, worked out by others: read as 3405 660 m, as 32648 787 m, no datum shift 224 m.
    here = np.array([[EAST, NORTH]])
    for code, metres in ((3405, 660), (32648, 787)):
        assert np.hypot(*(land(Reading(code), here, 5897) - here).T)[0] == pytest.approx(metres, abs=2)
    degrees = np.array([[LON, LAT]])
    unshifted = land(Reading(4756, unit="degree"), degrees, 5897)
    assert np.hypot(*(unshifted - here).T)[0] == pytest.approx(224, abs=2)


def test_land__numbers_that_are_no_place_are_nowhere() -> None:
    assert not np.isfinite(land(Reading(4326, unit="degree"), np.array([[EAST, NORTH]]), 5897)).all()
    assert not np.isfinite(land(Reading(5514), np.array([[EAST, NORTH]]), 5897)).any()
