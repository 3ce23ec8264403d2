"""Geometry in the project's CRS, and every reason why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from gis.boundaries.layers import RawLayer
from gis.boundaries.shapes import polygons
from gis.errors import NotVn2000Error, Problem, UnknownCrsError
from gis.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

PLOT = box(588000, 2201000, 588100, 2201200)


def layer(shapes: Sequence[Any], crs: object = 5897, unreadable: dict[int, str] | None = None) -> RawLayer:
    return RawLayer(
        "lots.gpkg",
        "thua",
        "GPKG",
        "UTF-8",
        gpd.GeoDataFrame(geometry=list(shapes), crs=crs),
        unreadable or {},
    )


def said(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in problems)
    return [(problem.source, problem.message) for problem in problems]


def moved(shape: Any, east: float, north: float) -> Any:
    return shapely.transform(shape, lambda xy: xy + np.array([east, north]))


def not_a_number() -> Any:
    with np.errstate(invalid="ignore"):
        return shapely.from_wkt("POLYGON ((588000 2201000, 588000 nan, 588010 2201000, 588000 2201000))")


def test_polygons__good_ones_are_not_touched() -> None:
    two = MultiPolygon([PLOT, moved(PLOT, 500, 0)])
    holed = PLOT.difference(box(588040, 2201040, 588060, 2201060))
    shapes, problems = polygons(layer([PLOT, two, holed]), 5897)
    assert problems == []
    assert shapely.equals_exact(
        shapes.to_numpy(), np.array([PLOT, two, holed], dtype=object), tolerance=0
    ).all()
    assert shapes.area.tolist() == [20_000, 40_000, 19_600]


def test_polygons__each_refused_feature_by_its_reason_and_number() -> None:
    bow_tie = moved(Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), 588000, 2201000)
    shapes, problems = polygons(
        layer(
            [
                PLOT,
                bow_tie,
                None,
                Polygon(),
                Point(588000, 2201000),
                GeometryCollection([PLOT, Point(588000, 2201000)]),
                LineString([(588000, 2201000), (588010, 2201000)]),
                moved(PLOT, 0, -2_000_000),
                None,
                Polygon([(588000, 2201000), (588000, 2201000), (588000, 2201000), (588000, 2201000)]),
                not_a_number(),
                MultiPolygon([PLOT, moved(PLOT, 50, 0)]),
                None,
                None,
                None,
            ],
            unreadable={
                8: "Unknown WKB type 17",
                12: "IllegalArgumentException: Points of LinearRing do not form a closed linestring",
                13: "Nonlinear geometry types such as CurvePolygon are not currently supported",
                14: "IllegalArgumentException: Invalid number of points in LinearRing found 2 - must be 0 or >= 3",
            },
        ),
        5897,
    )
    assert shapes.notna().sum() == 1
    assert shapes.iloc[0].equals(PLOT)
    assert [(p.facts["feature"], p.message) for p in problems] == [
        (2, "problem.ring_crosses_itself"),
        (3, "problem.geometry_missing"),
        (4, "problem.geometry_empty"),
        (5, "problem.not_polygon"),
        (6, "problem.not_polygon"),
        (7, "problem.not_polygon"),
        (8, "problem.outside_vietnam"),
        (9, "problem.geometry_unreadable"),
        (10, "problem.ring_collapsed"),
        (11, "problem.ring_not_finite"),
        (12, "problem.ring_crosses_itself"),
        (13, "problem.ring_not_closed"),
        (14, "problem.curve_unreadable"),
        (15, "problem.ring_few_points"),
    ]
    assert {p.severity for p in problems} == {"refused"}
    assert said(problems)[0][0] == "lots.gpkg, thua, feature 2"
    # The two diagonals of the 10 m square cross in its middle; its lobes cancel, or are 25 m2 each.
    assert (problems[0].facts["east"], problems[0].facts["north"]) == (588005, 2201005)
    assert (problems[0].facts["least"], problems[0].facts["most"], problems[0].area_m2) == (0, 50, 50)
    assert (
        Texts("vi")
        .problem(problems[0])
        .startswith(
            "lots.gpkg, thua, đối tượng 2: ranh giới tự cắt tại (588005,000; 2201005,000), "
            "tùy cách hiểu mà diện tích từ 0,0 m² đến 50,0 m²"
        )
    )


def test_polygons__what_is_repaired_is_told_with_its_area() -> None:
    eight = moved(Polygon([(0, 0), (5, 5), (0, 10), (10, 10), (5, 5), (10, 0)]), 588000, 2201000)
    hole_outside = Polygon(PLOT.exterior.coords, [box(588200, 2201000, 588210, 2201010).exterior.coords])
    shapes, problems = polygons(layer([hole_outside, PLOT, eight, GeometryCollection([PLOT])]), 5897)
    assert shapes.area.tolist() == [20_000, 20_000, 50, 20_000]
    assert shapes.is_valid.all()
    assert [(p.facts["feature"], p.message, p.severity) for p in problems] == [
        (4, "problem.collection_opened", "warning"),
        (1, "problem.ring_repaired_area", "warning"),
        (3, "problem.ring_repaired", "warning"),
    ]
    outside = problems[1]
    assert (outside.facts["before"], outside.facts["after"], outside.facts["change"]) == (19_900, 20_000, 100)
    # With the hole as land, as linework reads it, the parcel would be 20 100 m2.
    assert outside.area_m2 == 200
    assert outside.shape == shapes.iloc[0]
    assert "19.900,0 m², sau khi sửa là 20.000,0 m² (chênh 100,0 m²)" in Texts("vi").problem(outside)
    said(problems)


def test_polygons__a_layer_of_collections_alone_is_a_layer_of_polygons() -> None:
    shapes, problems = polygons(layer([GeometryCollection([PLOT, moved(PLOT, 500, 0)])]), 5897)
    assert shapes.area.tolist() == [40_000]
    assert said(problems) == [("lots.gpkg, thua, feature 1", "problem.collection_opened")]


def test_polygons__from_degrees_by_the_official_parameters() -> None:
    # Points of docs/domain, to 1 mm, as a triangle.
    triangle = Polygon(
        [(105.835937693, 19.896083355), (105.842307697, 19.896340598), (105.868585938, 19.858644661)]
    )
    shapes, problems = polygons(layer([triangle], 4326), 5897)
    assert problems == []
    assert shapes.crs == CRS.from_epsg(5897)
    expected = [(587333.118, 2200968.198), (588000.000, 2201000.000), (590773.200, 2196841.003)]
    assert shapely.get_coordinates(shapes.iloc[0])[:3] == pytest.approx(np.array(expected), abs=1e-3)


def test_polygons__heights_are_left_out_and_said() -> None:
    high = shapely.force_3d(PLOT, 7.5)
    shapes, problems = polygons(layer([high, PLOT]), 5897)
    assert said(problems) == [("lots.gpkg, thua", "problem.heights_left_out")]
    assert problems[0].severity == "warning"
    assert not shapes.has_z.any()


def test_polygons__measures_are_left_out_and_said() -> None:
    measured = shapely.from_wkt(
        "POLYGON M ((588000 2201000 1, 588010 2201000 2, 588010 2201010 3, 588000 2201000 1))"
    )
    shapes, problems = polygons(layer([measured, PLOT]), 5897)
    assert said(problems) == [("lots.gpkg, thua", "problem.measures_left_out")]
    assert not shapely.has_m(shapes.to_numpy()).any()
    assert shapes.area.tolist() == [50, 20_000]


def test_polygons__an_empty_part_leaves_the_land_of_the_others() -> None:
    shapes, problems = polygons(layer([MultiPolygon([PLOT, Polygon()])]), 5897)
    assert (shapes.area.tolist(), problems) == ([20_000], [])


@pytest.mark.parametrize(
    ("shapes", "crs", "messages"),
    [
        ([], 5897, ["problem.layer_empty"]),
        ([PLOT], None, ["problem.crs_missing"]),
        ([Point(0, 0)], None, ["problem.crs_missing", "problem.no_polygons"]),
        ([None, Point(0, 0), LineString([(0, 0), (1, 1)])], 5897, ["problem.no_polygons"]),
        ([PLOT], 4326, ["problem.not_degrees"]),
        ([shapely.transform(PLOT, lambda xy: xy[:, ::-1])], 5897, ["problem.axes_swapped"]),
        ([PLOT], 6957, ["error.crs_deprecated"]),
        ([PLOT], 5514, ["error.no_transformation"]),
        (
            [box(0, 0, 1, 1)],
            "+proj=tmerc +lat_0=0 +lon_0=105 +k=0.9999 +x_0=500000 +ellps=WGS84 +towgs84=1,2,3",
            ["error.crs_custom"],
        ),
    ],
)
def test_polygons__whole_layer_refused(shapes: list[Any], crs: object, messages: list[str]) -> None:
    found, problems = polygons(layer(shapes, crs), 5897)
    assert found.isna().all()
    assert len(found) == len(shapes)
    assert said(problems) == [("lots.gpkg, thua", message) for message in messages]


def test_polygons__all_problems_of_a_pointless_layer_at_once() -> None:
    _, (problem,) = polygons(layer([Point(588000, 2201000)] * 3 + [None]), 5897)
    assert problem.facts == {"found": "Point 3, – 1", "count": 4}


def test_polygons__declared_crs() -> None:
    shapes, problems = polygons(layer([PLOT], None), 5897, declared_crs="EPSG:5897")
    assert (problems, shapes.area.tolist()) == ([], [20_000])
    shapes, problems = polygons(layer([PLOT]), 5897, declared_crs=5897)
    assert problems == []
    shapes, problems = polygons(layer([PLOT]), 5897, declared_crs="EPSG:3405")
    assert [(p.message, p.severity) for p in problems] == [("problem.crs_declared_otherwise", "warning")]
    assert shapes.area.tolist() == [20_000], "what the file states is used"
    with pytest.raises(UnknownCrsError):
        polygons(layer([PLOT], None), 5897, declared_crs="EPSG:99999")
    with pytest.raises(NotVn2000Error):
        polygons(layer([PLOT]), 32648)


def test_polygons__utm_48_reaches_the_eastern_coast() -> None:
    # Đà Nẵng, 108.2 E, in VN-2000 / UTM 48N lies at 843 km east.
    _, problems = polygons(layer([box(843000, 1776000, 843100, 1776100)], 3405), 3405)
    assert problems == []
