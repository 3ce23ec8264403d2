"""Lists of corner coordinates as offices write them become the polygons that they describe."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Polygon

from gis.boundaries.checks import check_parcels
from gis.boundaries.columns import DEFAULT_COLUMNS
from gis.boundaries.corner_crs import stated_epsg
from gis.boundaries.corners import corners_layer, looks_like_corners
from gis.table import Table
from gis.texts import Texts
from gis.vn2000 import VN2000_EPSG

E, N = 588000, 2201000
HEADER = ("Số hiệu điểm", "X (m)", "Y (m)", "Cạnh (m)")
SQUARE = [(0, 0), (20, 0), (20, 10), (0, 10)]
TITLE = "Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°"


def table(*rows, merged=()):
    width = max(map(len, rows))
    return Table(
        "bang ke.xlsx", "Tọa độ", tuple((*row, *[None] * (width - len(row))) for row in rows), merged
    )


def corners(points, edges=(None, None, None, None)):
    return [
        (str(at + 1), N + y, E + x, edge)
        for at, ((x, y), edge) in enumerate(zip(points, edges, strict=False))
    ]


def read(*rows, merged=()):
    layer, problems = corners_layer(table(*rows, merged=merged))
    for problem in problems:
        assert all(Texts(language).problem(problem) for language in ("vi", "en"))
    return layer, [(problem.message.removeprefix("problem."), problem.source) for problem in problems]


def test_corners_layer__a_list_with_its_title_header_and_closing_point():
    layer, problems = read(
        ("BẢNG KÊ TỌA ĐỘ GÓC RANH",),
        ("Thửa đất số 12, tờ bản đồ số 5",),
        (TITLE,),
        (),
        HEADER,
        (1, 2, 3, 4),
        *corners(SQUARE, (20.0, 10.0, 20.0, 10.0)),
        ("1", N, E, None),
        ("Diện tích: 200,0 m2",),
    )
    assert problems == [("corners_crs_stated", "bang ke.xlsx, Tọa độ")]
    assert layer.frame.crs.to_epsg() == 5897
    assert layer.frame.drop(columns="geometry").to_dict("records") == [
        {"sheet": "5", "number": "12", "measured_area_m2": 200.0}
    ]
    assert layer.frame.geometry[0].equals(Polygon([(E + x, N + y) for x, y in SQUARE]))
    units, wrong = check_parcels(layer, DEFAULT_COLUMNS, 5897, "15901")
    assert units.area.tolist() == [200]
    assert units["measured_area_m2"].tolist() == [200.0]
    assert [one.message for one in wrong if one.severity == "refused"] == []


@pytest.mark.parametrize("header", [("STT", "X", "Y"), ("Điểm", "Y (m)", "X (m)"), ("id", "E", "N")])
@pytest.mark.parametrize("swapped", [False, True])
def test_corners_layer__north_is_told_by_its_size_alone(header, swapped):
    rows = [(at, *((east, north) if swapped else (north, east))) for at, north, east, _ in corners(SQUARE)]
    layer, problems = read(header, *rows)
    assert problems == []
    assert layer.frame.crs is None
    assert layer.frame.total_bounds.tolist() == [E, N, E + 20, N + 10]


def test_corners_layer__several_parcels_by_titles_by_column_and_by_closing():
    other = [(x + 30, y) for x, y in SQUARE]
    by_title, _ = read(
        ("Thửa số 12, tờ bản đồ số 5",),
        HEADER,
        *corners(SQUARE),
        ("Thửa số 13, tờ bản đồ số 5",),
        HEADER,
        *corners(other),
    )
    assert by_title.frame["number"].tolist() == ["12", "13"]
    assert by_title.frame["sheet"].tolist() == ["5", "5"]
    # Ids in merged cells of a column, which stand in the first row of each alone.
    first, second = ([(None, *row[:3]) for row in corners(points)] for points in (SQUARE, other))
    first[0], second[0] = ("12", *first[0][1:]), ("13", *second[0][1:])
    by_column, _ = read(("Số thửa", "Điểm", "X", "Y"), *first, *second, merged=((1, 0, 4, 0), (5, 0, 8, 0)))
    assert by_column.frame["number"].tolist() == ["12", "13"]
    by_ring, problems = read(HEADER, *corners(SQUARE), ("1", N, E), *corners(other), ("1", N, E + 30))
    assert problems == []
    for layer in (by_title, by_column, by_ring):
        assert layer.frame.area.tolist() == [200, 200]
        assert layer.frame.geometry[1].bounds[0] == E + 30


def test_corners_layer__a_ring_inside_is_a_hole_and_one_outside_a_part():
    hole, part = [(4, 4), (6, 4), (6, 6), (4, 6)], [(40, 0), (50, 0), (50, 10), (40, 10)]
    rows = []
    for points in (SQUARE, hole, part):
        rows += [("12", *row[1:3]) for row in [*corners(points), corners(points)[0]]]
    layer, problems = read(("Số thửa", "X", "Y"), *rows)
    assert [message for message, _ in problems] == ["corners_rings"]
    assert layer.frame.area.tolist() == [200 - 4 + 100]


def test_corners_layer__lengths_and_the_area_are_checks_by_cell():
    edges = (20.0, 10.04, "20,06", 10.0)
    layer, problems = read(HEADER, *corners(SQUARE, edges), ("Diện tích", 200.6))
    assert problems == [
        ("corner_edge_differs", "bang ke.xlsx, Tọa độ, cell D4"),
        ("corners_area_differs", "bang ke.xlsx, Tọa độ, cell A6"),
    ]
    assert layer.frame.area.tolist() == [200]
    _, problems = read(HEADER, *corners(SQUARE), ("Diện tích: 1.200 m2",))
    assert problems == [("corners_area_unread", "bang ke.xlsx, Tọa độ, cell A6")]


def test_corners_layer__a_length_may_stand_between_two_corners_or_at_the_end_of_its_edge():
    between = []
    for row, edge in zip(corners(SQUARE), (20, 10, 20, 10), strict=True):
        between += [row, (None, None, None, edge)]
    assert read(HEADER, *between)[1] == []
    assert read(HEADER, *corners(SQUARE, (10, 20, 10, 20)))[1] == []


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("588.000", "corner_ambiguous"),
        ("mất mốc", "corner_not_a_number"),
        (None, "corner_not_a_number"),
        (58800, "corner_out_of_range"),
    ],
)
def test_corners_layer__a_cell_that_cannot_be_read_refuses_its_parcel_alone(cell, message):
    rows = corners(SQUARE)
    rows[2] = (rows[2][0], rows[2][1], cell)
    other = [(x + 30, y) for x, y in SQUARE]
    layer, problems = read(("Thửa số 1",), HEADER, *rows, ("Thửa số 2",), *corners(other))
    column = "B" if message == "corner_out_of_range" else "C"
    assert problems == [(message, f"bang ke.xlsx, Tọa độ, cell {column}5")]
    assert layer.frame["number"].tolist() == ["1", "2"]
    assert layer.frame.geometry.isna().tolist() == [True, False]


def test_corners_layer__numbers_as_vietnamese_write_them():
    rows = [(at, f"2.201.{y:03d},00", f"588.{x:03d},00") for at, (x, y) in enumerate(SQUARE)]
    layer, problems = read(HEADER, *rows)
    assert problems == []
    assert layer.frame.area.tolist() == [200]


def test_corners_layer__what_must_not_be_guessed_is_refused():
    other = [(x + 30, y) for x, y in SQUARE]
    # Points 1, 2, ... again without a title and without a closing point: one ring or two?
    _, problems = read(HEADER, *corners(SQUARE), *corners(other))
    assert problems[0] == ("corner_twice", "bang ke.xlsx, Tọa độ, cell A6")
    assert read(("Thửa số 1",), HEADER, *corners(SQUARE), ("Thửa số 2",), *corners(other)[:2])[1] == [
        ("corners_few", "bang ke.xlsx, Tọa độ, feature 2")
    ]
    beside = [(*one[:3], *two[:3]) for one, two in zip(corners(SQUARE), corners(other), strict=True)]
    assert read((*HEADER[:3], *HEADER[:3]), *beside)[1] == [("corners_side_by_side", "bang ke.xlsx, Tọa độ")]


def test_looks_like_corners__a_tracking_list_is_none():
    assert looks_like_corners(table(HEADER, *corners(SQUARE)))
    assert not looks_like_corners(
        table(
            ("STT", "Hộ", "Số tờ", "Diện tích", "Số tiền"),
            *[(at, "Hộ A", 5, 1234.5, 45872000) for at in range(9)],
        )
    )
    assert not looks_like_corners(table(("a",)))


@given(
    st.lists(
        st.tuples(st.decimals(0, 900, places=3), st.decimals(0, 900, places=3)),
        min_size=3,
        max_size=12,
        unique=True,
    )
)
def test_corners_layer__corners_come_back_in_their_order_to_the_millimetre(points):
    rows = [(at, str(N + y).replace(".", ","), float(E + x)) for at, (x, y) in enumerate(points)]
    layer, _ = read(HEADER, *rows)
    given_ = [(float(E + x), float(N + y)) for x, y in points]
    assert shapely.get_coordinates(layer.frame.geometry[0])[:-1].tolist() == [list(one) for one in given_]


MERIDIANS = {
    # EPSG dataset: central meridian (degrees, minutes) and width of the zone.
    3405: (105, 0, 6), 3406: (111, 0, 6), 5896: (102, 0, 3), 5897: (105, 0, 3), 5898: (108, 0, 3), 5899: (107, 45, 3),
    9205: (103, 0, 3), 9206: (104, 0, 3), 9207: (104, 30, 3), 9208: (104, 45, 3), 9209: (105, 30, 3), 9210: (105, 45, 3),
    9211: (106, 0, 3), 9212: (106, 15, 3), 9213: (106, 30, 3), 9214: (107, 0, 3), 9215: (107, 15, 3), 9216: (107, 30, 3),
    9217: (108, 15, 3), 9218: (108, 30, 3),
}  # fmt: skip


@pytest.mark.parametrize("code", VN2000_EPSG)
def test_stated_epsg__each_zone_by_its_meridian(code):
    degrees, minutes, width = MERIDIANS[code]
    title = f"Hệ tọa độ VN-2000, kinh tuyến trục {degrees}°{minutes:02d}', múi chiếu {width}°"
    assert stated_epsg([title]) == code
    assert (
        stated_epsg([f"VN2000 KINH TUYẾN TRỤC: {degrees} độ {minutes:02d} phút", f"Múi {width} độ"]) == code
    )
    assert stated_epsg([title, title]) == code
    assert stated_epsg([title, "kinh tuyến trục 104°15'"]) is None


def test_stated_epsg__what_is_not_stated_is_not_known():
    assert stated_epsg(["VN-2000, kinh tuyến trục 105°00'"]) is None  # 5897 and 3405 both have it
    assert stated_epsg(["VN-2000, kinh tuyến trục 105°30'"]) == 9209
    assert stated_epsg(["Kinh tuyến trục 105°00', múi 3°"]) is None
    assert stated_epsg(["Hệ tọa độ VN-2000"]) is None
