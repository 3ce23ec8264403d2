"""What a line drawn on the map means, by areas worked out by hand in the small world of three plots and a canal."""

import sys
from pathlib import Path

import pytest

from gis.maps import choosing
from gis.maps.choosing import RingError, TooManyChosenError, units_inside
from gis.maps.features import map_units
from gis.vn2000 import transformer

sys.path.insert(0, str(Path(__file__).parent))
from mapworld import EAST, NORTH, units

PREPARED = map_units(units())


def ring(*corners):
    """A ring in degrees from metres east and north of the first plot's corner."""
    to_degrees = transformer(5897, 4326)
    return [to_degrees.transform(EAST + east, NORTH + north) for east, north in corners]


def rectangle(west, south, east, north):
    return ring((west, south), (east, south), (east, north), (west, north))


def ids(inside):
    return PREPARED.parcel_ids[inside.units].tolist()


@pytest.mark.parametrize(
    ("east", "mostly", "wholly", "touched"),
    [
        (99, ["P000001"], [], ["P000001"]),  # 99 of 100 m
        (101, ["P000001"], ["P000001"], ["P000001", "P000002"]),
        (149, ["P000001"], ["P000001"], ["P000001", "P000002"]),
        (151, ["P000001", "P000002"], ["P000001"], ["P000001", "P000002"]),
        (201, ["P000001", "P000002"], ["P000001", "P000002"], ["P000001", "P000002"]),
        (49, [], [], ["P000001"]),
    ],
)
def test_units_inside__by_each_rule(east, mostly, wholly, touched):
    area = rectangle(-5, -5, east, 105)
    for rule, meant in (("mostly", mostly), ("wholly", wholly), ("touched", touched)):
        inside = units_inside(PREPARED, area, rule)
        assert ids(inside) == meant
        assert inside.left_out == len(touched) - len(meant)
        assert inside.features == 1  # the canal lies along the north and is never chosen so


def test_units_inside__a_shape_that_is_no_rectangle():
    triangle = ring(
        (-10, -10), (130, -10), (-10, 130)
    )  # through P000001, all but its corner in the north-east
    assert ids(units_inside(PREPARED, triangle, "mostly")) == ["P000001"]
    assert units_inside(PREPARED, triangle, "wholly").left_out == 2


def test_units_inside__a_line_in_common_is_no_area():
    inside = units_inside(PREPARED, rectangle(-50, 0, 0, 100), "touched")
    assert (ids(inside), inside.left_out) == ([], 0)


@pytest.mark.parametrize(
    "corners",
    [
        [],
        [(0, 0), (100, 100)],
        [(0, 0), (100, 100), (0, 0)],
        [(0, 0), (100, 100), (100, 0), (0, 100)],  # a bow-tie
    ],
)
def test_units_inside__nobody_can_tell_what_is_inside(corners):
    with pytest.raises(RingError):
        units_inside(PREPARED, ring(*corners), "mostly")


def test_units_inside__no_number_and_too_many_corners():
    with pytest.raises(RingError):
        units_inside(PREPARED, [(float("nan"), 0.0), (1.0, 0.0), (0.0, 1.0)], "mostly")
    with pytest.raises(RingError):
        units_inside(PREPARED, [(0.0, float(n)) for n in range(501)], "mostly")


def test_units_inside__more_than_one_transaction_takes(monkeypatch):
    monkeypatch.setattr(choosing, "CHOSEN_MOST", 2)
    assert len(units_inside(PREPARED, rectangle(-5, -5, 205, 105), "mostly").units) == 2
    with pytest.raises(TooManyChosenError) as refused:
        units_inside(PREPARED, rectangle(-5, -5, 2105, 105), "mostly")
    assert refused.value.facts == {"count": 3, "most": 2}
