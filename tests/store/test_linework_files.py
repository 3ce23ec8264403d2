"""DXF and DGN drawings: entities become parcels with their labels, and each entity is counted."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely
from shapely import LineString, Point, box

from gis.boundaries.drawing import DrawingOptions
from gis.boundaries.layers import RawLayer
from gis.store.files import read_vector
from gis.store.linework_files import drawing_layer, text_lines
from gis.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

E, N = 588000.0, 2201000.0


def dxf(path: Path, entities: list[str]) -> Path:
    """A DXF of the plainest kind: entities alone, as every CAD program reads them."""
    body = "\n".join(entities)
    path.write_text(f"0\nSECTION\n2\nENTITIES\n{body}\n0\nENDSEC\n0\nEOF\n", "utf-8")
    return path


def polyline(points, layer: str = "RANH_THUA", *, closed: bool = False) -> str:
    head = f"0\nLWPOLYLINE\n8\n{layer}\n90\n{len(points)}\n70\n{int(closed)}"
    return "\n".join([head, *(f"10\n{x!r}\n20\n{y!r}" for x, y in points)])


def label(words: str, x: float, y: float, layer: str = "NHAN") -> str:
    return f"0\nTEXT\n8\n{layer}\n10\n{float(x)!r}\n20\n{float(y)!r}\n40\n2.5\n1\n{words}"


def square(x: float, y: float, side: float = 10) -> list[tuple[float, float]]:
    return [(E + x, N + y), (E + x + side, N + y), (E + x + side, N + y + side), (E + x, N + y + side)]


def told(problems) -> dict[str, int]:
    found: dict[str, int] = {}
    for problem in problems:
        assert all(Texts(language).problem(problem) for language in ("vi", "en"))
        found[problem.message] = found.get(problem.message, 0) + 1
    return found


def counted(problems) -> dict[str, int]:
    (facts,) = [problem.facts for problem in problems if problem.message == "problem.drawing_read"]
    return dict(facts)


def test_read_vector__a_dxf_of_lines_and_labels_is_parcels(tmp_path: Path) -> None:
    x, y = E, N
    path = dxf(
        tmp_path / "DC5.dxf",
        [
            polyline(square(0, 0, 20), closed=True),
            polyline([(x + 8, y), (x + 8, y + 20)]),
            label("163/160,0/LUC", x + 4, y + 5),
            label("164", x + 12, y + 9),
            label("240.3", x + 12, y + 5),
            label("TỜ BẢN ĐỒ SỐ 5", x, y + 40, "TIEU_DE"),
            "0\nPOINT\n8\nMOC\n10\n588000.0\n20\n2201000.0",
        ],
    )
    (layer,), problems = read_vector(path)
    rows = layer.frame.drop(columns=["geometry", "text"], errors="ignore").to_dict("records")
    assert rows == [
        {"sheet": "5", "number": "163", "measured_area_m2": "160,0", "land_use": "LUC"},
        {"sheet": "5", "number": "164", "measured_area_m2": "240.3", "land_use": ""},
    ]
    assert layer.frame.area.tolist() == pytest.approx([160, 240])
    assert layer.frame.crs is None
    facts = counted(problems)
    assert facts == {"entities": 7, "drawn": 2, "texts": 4, "left": 1, "polygons": 2, "numbered": 2}
    assert told(problems) | {"problem.text_recoded": 1} == {
        "problem.drawing_read": 1,
        "problem.drawing_left_point": 1,
        "problem.sheet_from_title": 1,
        "problem.text_recoded": 1,  # UTF-8 where a DXF without a header is taken for code page 1252
    }


def test_read_vector__a_bulge_is_stroked_and_its_area_stays(tmp_path: Path) -> None:
    # Half a circle of radius 5 on a chord of 10: bulge 1; 39.27 m², GDAL strokes every 4 degrees.
    head = "0\nLWPOLYLINE\n8\nRANH\n90\n2\n70\n1"
    body = f"{head}\n10\n{E}\n20\n{N}\n42\n1.0\n10\n{E + 10}\n20\n{N}\n42\n0.0"
    (layer,), problems = read_vector(dxf(tmp_path / "cung.dxf", [body]))
    assert layer.frame.area.tolist() == pytest.approx([39.27], abs=0.05)
    assert told(problems) == {"problem.drawing_read": 1, "problem.polygons_unlabelled": 1}


def test_drawing_layer__every_entity_is_used_or_left_out_for_a_reason() -> None:
    ring = box(E, N, E + 10, N + 10)
    frame = gpd.GeoDataFrame(
        {
            "Layer": ["R", "R", "T", "H", "P", "R", "R", "KHUNG"],
            "PaperSpace": [None, 1, None, None, None, None, None, None],
            "SubClasses": ["AcDbPolyline", "", "AcDbText", "AcDbHatch", "AcDbPoint", "", "", ""],
            "Text": [None, None, "7", None, None, None, None, None],
        },
        geometry=[
            ring.boundary,
            ring.boundary,
            Point(E + 5, N + 5),
            ring,
            Point(E, N),
            None,
            LineString([(E, N), (E, N)]),
            LineString([(E + 2, N), (E + 2, N + 10)]),
        ],
    )
    raw = RawLayer("a.dxf", "entities", "DXF", "UTF-8", frame, {5: "curve"})
    layer, problems = drawing_layer(raw, DrawingOptions(lines=frozenset({"R", "H", "P"})))
    assert layer.frame["number"].tolist() == ["7"]
    facts = counted(problems)
    assert facts["drawn"] + facts["texts"] + facts["left"] == facts["entities"] == 8
    left = {one.message: one.facts["count"] for one in problems if "_left_" in one.message}
    assert left == {
        f"problem.drawing_left_{reason}": 1
        for reason in ("paper", "fill", "point", "empty", "no_length", "layer")
    }
    assert [one.facts["reason"] for one in problems if one.severity == "refused"] == ["curve"]


def test_drawing_layer__fills_are_the_parcels_where_nothing_else_is_drawn(tmp_path: Path) -> None:
    shapes = [box(E, N, E + 10, N + 10), box(E + 10, N, E + 20, N + 10)]
    frame = gpd.GeoDataFrame({"Layer": ["0", "0"]}, geometry=shapes, crs=5897)
    pyogrio.write_dataframe(frame, tmp_path / "vung.dxf", driver="DXF")
    (layer,), _ = read_vector(tmp_path / "vung.dxf")
    assert layer.frame.area.tolist() == pytest.approx([100, 100])


def test_read_vector__a_dgn_of_lines_is_parcels(tmp_path: Path) -> None:
    """GDAL writes lines into a DGN v7, but neither levels nor texts: those are in the next test."""
    outer = shapely.get_coordinates(box(E, N, E + 20, N + 20)).tolist()
    lines = [LineString(outer), LineString([(E + 8, N), (E + 8, N + 20)])]
    path = tmp_path / "ranh.dgn"
    pyogrio.write_dataframe(gpd.GeoDataFrame(geometry=lines, crs=5897), path, driver="DGN")
    (layer,), problems = read_vector(path)
    assert sorted(layer.frame.area) == pytest.approx([160, 240], abs=0.05)
    facts = counted(problems)
    assert (facts["entities"], facts["drawn"], facts["polygons"]) == (2, 2, 2)


def test_drawing_layer__a_dgn_has_levels_for_layers() -> None:
    frame = gpd.GeoDataFrame(
        {"Type": [6, 17, 17], "Level": [10, 13, 62], "Text": [None, "163/100", "Nhà"]},
        geometry=[box(E, N, E + 10, N + 10), Point(E + 5, N + 5), Point(E + 5, N + 6)],
    )
    raw = RawLayer("a.dgn", "elements", "DGN", None, frame)
    layer, problems = drawing_layer(raw, DrawingOptions(lines=frozenset({"10"}), labels=frozenset({"13"})))
    assert layer.frame.drop(columns="geometry").to_dict("records") == [
        {"number": "163", "measured_area_m2": "100"}
    ]
    assert told(problems) == {"problem.drawing_read": 1}


def test_read_vector__gdals_own_drawings_are_counted(
    shared_data: Path, require: Callable[[object, str], None]
) -> None:
    folder = shared_data / "bad_input" / "gdal"
    require(folder.is_dir(), f"no {folder}")
    for path in sorted([*folder.glob("dxf/*.dxf"), *folder.glob("dgn/*.dgn")]):
        _, problems = read_vector(path)
        told(problems)
        for problem in problems:
            if problem.message == "problem.drawing_read":
                facts = problem.facts
                assert facts["drawn"] + facts["texts"] + facts["left"] == facts["entities"], path.name


def test_text_lines__mtext_breaks_lines() -> None:
    assert text_lines("163\\P245.7\r\n LUC ") == "163\n245.7\nLUC"


def test_read_vector__parcels_of_the_sample_drawn_as_lines_come_back(
    sample_folder: Path, tmp_path: Path
) -> None:
    """200 parcels as edges in no order, each side of a shared one drawn: same land, same labels."""
    path = sample_folder / "parcels" / "parcels.gpkg"
    parcels = pyogrio.read_dataframe(path, layer="parcels")
    lots = parcels[parcels["commune"] == parcels["commune"][0]].head(200).explode(ignore_index=True)
    lots["number"] = [str(at + 1) for at in range(len(lots))]  # the sample has several sheets
    entities = []
    for shape, number, area, use in zip(
        lots.geometry, lots["number"], lots.geometry.area, lots["land_use"], strict=True
    ):
        for ring in (shape.exterior, *shape.interiors):
            entities += [polyline(pair) for pair in pairwise(list(ring.coords))]
        at = shape.representative_point()
        entities.append(label(f"{number}/{area:.1f}/{use}", at.x, at.y))
    random.Random(5).shuffle(entities)  # noqa: S311 - an order, no secret
    (layer,), problems = read_vector(dxf(tmp_path / "to ban do.dxf", entities))
    assert [problem for problem in problems if problem.severity == "refused"] == []
    back = layer.frame[layer.frame["number"] != ""].set_index("number")
    assert sorted(back.index) == sorted(lots["number"])
    there = back.loc[lots["number"]]
    change = there.geometry.symmetric_difference(
        lots.geometry.set_axis(there.index).set_crs(None, allow_override=True)
    )
    print(f"largest change {change.area.max():.9f} m2 of {len(lots)} parcels, {lots.area.sum():.1f} m2")
    assert change.area.max() < 0.001
    assert there["land_use"].tolist() == lots["land_use"].tolist()
    assert there["measured_area_m2"].tolist() == [f"{area:.1f}" for area in lots.geometry.area]
