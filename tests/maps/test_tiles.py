"""A tile's colours by hand, read back from the PNG by another reader."""

import io

import numpy as np
from PIL import Image

from gis.maps.tiles import FAINT, HATCH, OUTLINE, Look, png, tile_values

RED, BLUE = "#e64226", "#226fa7"
LOOK = Look((RED, BLUE))
CODES = np.array([1, 0], dtype=np.uint8)  # unit 0 is blue, unit 1 red
UNITS = np.array([[0, 0, 1, 1], [0, 0, 1, 1], [-1, -1, 1, 1], [-1, -1, 1, 1]], dtype=np.int32)


def colours(values, look):
    """The PNG as Pillow reads it: "#rrggbb", or "" where nothing shows."""
    image = Image.open(io.BytesIO(png(values, look.palette))).convert("RGBA")

    def name(red, green, blue, alpha):
        return f"#{red:02x}{green:02x}{blue:02x}" if alpha else ""

    return [[name(*image.getpixel((x, y))) for x in range(image.width)] for y in range(image.height)]


def test_tile__each_pixel_has_the_colour_of_its_unit_and_none_where_there_is_none():
    assert colours(tile_values(UNITS, CODES, LOOK, zoom=12), LOOK) == [
        [BLUE, BLUE, RED],
        [BLUE, BLUE, RED],
        ["", "", RED],
    ]


def test_tile__close_by_a_line_stands_where_another_unit_begins():
    assert colours(tile_values(UNITS, CODES, LOOK, zoom=15), LOOK) == [
        [BLUE, OUTLINE, RED],
        [OUTLINE, OUTLINE, RED],
        ["", OUTLINE, RED],
    ]


def test_tile__what_a_filter_leaves_out_is_faint():
    look = Look((RED, BLUE), only=frozenset({1}))
    assert colours(tile_values(UNITS, CODES, look, zoom=12), look)[0] == [BLUE, BLUE, FAINT]
    nothing = Look((RED, BLUE), only=frozenset())
    assert colours(tile_values(UNITS, CODES, nothing, zoom=12), nothing)[0] == [FAINT, FAINT, FAINT]


def test_tile__hatching_runs_over_hatched_codes_alone():
    """Lines of 5 of 16 pixels, slanting: pixel (row, column) is of a line where row + column mod 16 < 5."""
    look = Look((RED, BLUE), hatched=frozenset({0}))
    units = np.ones((33, 33), dtype=np.int32)
    units[:, 20:] = 0
    seen = colours(tile_values(units, CODES, look, zoom=13), look)
    assert all(seen[y][x] == (HATCH if (x + y) % 16 < 5 else RED) for y in range(32) for x in range(20))
    assert all(seen[y][x] == BLUE for y in range(32) for x in range(20, 32))
    assert not any(HATCH in row for row in colours(tile_values(units, CODES, look, zoom=12), look))


def test_tile__a_hatched_code_that_is_left_out_is_faint_all_over():
    look = Look((RED, BLUE), hatched=frozenset({0}), only=frozenset({1}))
    seen = colours(tile_values(np.ones((17, 17), dtype=np.int32), CODES, look, zoom=14), look)
    assert {colour for row in seen for colour in row} == {FAINT}


def test_png__of_nothing_shows_nothing():
    values = tile_values(np.full((9, 9), -1, dtype=np.int32), CODES, LOOK, zoom=16)
    assert {colour for row in colours(values, LOOK) for colour in row} == {""}
