"""Which unit is under which pixel: by hand, by shapely's own point in polygon, and across tile borders."""

import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from gis.maps.features import map_units, units_in_view
from gis.maps.raster import edges, tile_bounds, to_world, unit_pixels

sys.path.insert(0, str(Path(__file__).parent))
from mapworld import units

SIZE = 8


def degrees(x, y):
    """Longitude and latitude of a place in parts of the world's side."""
    return np.column_stack(
        [np.asarray(x) * 360 - 180, np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * np.asarray(y)))))]
    )


def polygon(*pixels, holes=()):
    """A polygon by pixels of the tile 0/0/0 of SIZE pixels."""
    ring, *inner = [degrees(*np.array(part, dtype=float).T / SIZE) for part in (pixels, *holes)]
    return shapely.Polygon(ring, inner)


def pixels(*shapes, tile=(0, 0, 0), size=SIZE):
    geometry = np.array(shapes, dtype=object)
    return unit_pixels(edges(geometry), np.arange(len(shapes)), tile, size)[:size, :size]


def drawn(found):
    return ["".join("." if unit < 0 else str(unit) for unit in row) for row in found.tolist()]


def test_unit_pixels__a_square_takes_the_pixels_whose_centres_it_holds():
    """From 1 to 4 across holds the centres 1.5, 2.5, 3.5; from 2.6 to 4.4 down holds 3.5 alone."""
    found = pixels(polygon((1, 2.6), (4, 2.6), (4, 4.4), (1, 4.4)))
    assert drawn(found) == ["........"] * 3 + [".000...."] + ["........"] * 4


def test_unit_pixels__a_hole_is_not_filled_and_two_parts_are():
    ring = polygon((0, 0), (5, 0), (5, 5), (0, 5), holes=[[(1, 1), (4, 1), (4, 4), (1, 4)]])
    both = shapely.MultiPolygon(
        [polygon((6, 0), (8, 0), (8, 2), (6, 2)), polygon((6, 6), (8, 6), (8, 8), (6, 8))]
    )
    assert drawn(pixels(ring, both)) == [
        "00000.11", "0...0.11", "0...0...", "0...0...", "00000...", "........", "......11", "......11",
    ]  # fmt: skip


def test_unit_pixels__neighbours_leave_no_gap_and_share_no_pixel():
    """A slanting border between two triangles: each pixel goes to one of them, whichever holds its centre."""
    found = pixels(polygon((0, 0), (8, 0), (0, 8)), polygon((8, 0), (8, 8), (0, 8)))
    assert (found >= 0).all()
    assert (found == 0).sum() + (found == 1).sum() == SIZE * SIZE


def test_unit_pixels__of_two_that_overlap_the_later_is_seen():
    assert (
        drawn(pixels(polygon((0, 0), (2, 0), (2, 2), (0, 2)), polygon((1, 0), (3, 0), (3, 2), (1, 2))))[0]
        == "011....."
    )


def test_unit_pixels__what_has_no_shape_is_nowhere():
    assert drawn(pixels(None, shapely.Polygon(), polygon((0, 0), (2, 0), (2, 1), (0, 1))))[0] == "22......"
    assert (pixels(None) == -1).all()
    assert (
        unit_pixels(edges(np.array([], dtype=object)), np.array([], dtype=np.int64), (0, 0, 0), SIZE) == -1
    ).all()


def test_unit_pixels__smaller_than_a_pixel_is_seen_where_it_holds_a_centre():
    speck = polygon((2.4, 2.4), (2.6, 2.4), (2.6, 2.6), (2.4, 2.6))
    beside = polygon((4.6, 4.6), (4.9, 4.6), (4.9, 4.9), (4.6, 4.9))
    found = pixels(speck, beside)
    assert np.argwhere(found >= 0).tolist() == [[2, 2]]


@pytest.mark.parametrize("seed", range(5))
def test_unit_pixels__agrees_with_points_in_polygons(seed):
    """Random polygons in a tile deep down: the same pixels as shapely finds for the centres."""
    rng = np.random.default_rng(seed)
    tile, size = (15, 26018, 14523), 32
    shapes = []
    for _ in range(12):
        angles = np.sort(rng.uniform(0, 2 * np.pi, 7))
        centre, radius = rng.uniform(0, 1, 2), rng.uniform(0.02, 0.5, 7)
        x = (tile[1] + centre[0] + radius * np.cos(angles)) / 2**15
        y = (tile[2] + centre[1] + radius * np.sin(angles)) / 2**15
        shapes.append(shapely.Polygon(degrees(x, y)))
    found = pixels(*shapes, tile=tile, size=size)
    at = (np.arange(size) + 0.5) / size
    x, y = (axis.ravel() for axis in np.meshgrid((tile[1] + at) / 2**15, (tile[2] + at) / 2**15))
    # In the plane of the map, where the raster's edges are straight.
    flat = [shapely.transform(shape, to_world) for shape in shapes]
    wanted = np.full(size * size, -1)
    for place, shape in enumerate(flat):
        wanted[shapely.contains_xy(shape, x, y)] = place
    assert (found.ravel() == wanted).mean() > 0.999  # a centre on an edge may fall to either side


def test_unit_pixels__two_tiles_side_by_side_are_one_picture():
    """A tile's last column beyond its side is the next tile's first."""
    prepared = map_units(units())
    place = to_world(np.array([[105.8432, 19.8970]]))[0] * 2**16
    tile = (16, int(place[0]), int(place[1]))
    east = (tile[0], tile[1] + 1, tile[2])
    one, other = (
        unit_pixels(prepared.edges, units_in_view(prepared, tile_bounds(*t)), t) for t in (tile, east)
    )
    assert (one[:-1, -1] == other[:-1, 0]).all()


def test_unit_pixels__area_is_that_of_the_plane():
    """P000001 is 100 m square: at zoom 18 its pixels, counted, are 1 ha to within its edge."""
    prepared = map_units(units())
    middle = prepared.bounds[prepared.parcel_ids.get_loc("P000001")].reshape(2, 2).mean(axis=0)
    column, row = (int(value) for value in to_world(middle[None])[0] * 2**14)
    found = unit_pixels(prepared.edges, np.arange(len(prepared.parcel_ids)), (14, column, row), 4096)
    side_m = 40075016.686 / 2**14 / 4096 * np.cos(np.radians(middle[1]))
    seen = (found[:-1, :-1] == prepared.parcel_ids.get_loc("P000001")).sum() * side_m**2
    assert seen == pytest.approx(10_000, rel=0.02)


def test_tile_bounds__are_those_of_the_published_scheme():
    """Tile 1/1/0 is the north-eastern quarter, up to 85.0511287798 degrees."""
    assert tile_bounds(1, 1, 0) == pytest.approx((0, 0, 180, 85.0511287798066))
