"""What files do not say is asked, and what a user states is taken: old commune, sheet, CRS, re-surveys."""

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, ON, make_project, plot, stamp
from shapely import Point

from gis.boundaries.drawing import DrawingOptions
from gis.errors import RefusedError, UnknownCrsError
from gis.project.intake import check_for, import_layer
from gis.project.stated import Stated
from gis.texts import Texts

TM3 = "EPSG:5897"


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path)
    yield made
    made.close()


def without_commune(folder):
    frame = gpd.GeoDataFrame({"soTo": "9", "soThua": ["1"], "loaiDat": "LUC"}, geometry=[plot(5)], crs=5897)
    frame.to_file(folder / "tho.gpkg")
    return folder / "tho.gpkg"


def ids(report, severity="refused"):
    return [one.message for one in report.all_problems if one.severity == severity]


def test_check__parcels_without_an_old_commune_are_asked_with_the_list_of_them(project, tmp_path):
    (report,) = check_for(project, [without_commune(tmp_path)], ON, stated=Stated(TM3)).reports
    assert ids(report) == ["problem.commune_ask"]
    assert (report.layers[0].kind, report.layers[0].imported) == ("parcels", 0)
    (asked,) = report.refused
    for language in ("vi", "en"):
        assert "15907 Hoằng Cát" in Texts(language).problem(asked)
        assert "--commune" in Texts(language).problem(asked)


def test_import__the_stated_old_commune_is_the_parcels(project, tmp_path):
    stated = Stated(TM3, commune="15907")
    import_layer(project, "parcels", [without_commune(tmp_path)], stamp("c"), stated=stated)
    assert "15907/9/1" in project.snapshot(ON).boundaries.by_label


@pytest.mark.parametrize(
    ("stated", "error"),
    [(Stated(commune="99999"), RefusedError), (Stated(crs="EPSG:5897:inches"), UnknownCrsError)],
)
def test_check__a_statement_that_means_nothing_is_refused(project, tmp_path, stated, error):
    with pytest.raises(error) as refused:
        check_for(project, [without_commune(tmp_path)], ON, stated=stated)
    for language in ("vi", "en"):
        assert "{" not in Texts(language).error(refused.value)


def drawing(path, numbers=("163", "164"), shift=0.0):
    """Two plots side by side as lines and texts, in TM-3; a label stands outside of both."""
    west, north = EAST + 500 + shift, NORTH
    lines = [(west, north), (west + 100, north), (west + 100, north + 50), (west, north + 50), (west, north)]
    middle = [(west + 60, north), (west + 60, north + 50)]
    entities = [polyline(lines), polyline(middle)]
    for number, east in zip(numbers, (west + 20, west + 80), strict=True):
        entities.append(text(number, east, north + 20))
    entities.append(text("999", west + 300, north + 20))
    body = "\n".join(entities)
    path.write_text(f"0\nSECTION\n2\nENTITIES\n{body}\n0\nENDSEC\n0\nEOF\n", "utf-8")
    return path


def polyline(points):
    head = f"0\nLWPOLYLINE\n8\nRANH\n90\n{len(points)}\n70\n0"
    return "\n".join([head, *(f"10\n{x!r}\n20\n{y!r}" for x, y in points)])


def text(words, x, y):
    return f"0\nTEXT\n8\nNHAN\n10\n{x!r}\n20\n{y!r}\n40\n2.5\n1\n{words}"


def test_check__a_drawing_without_a_sheet_asks_for_it_and_takes_what_is_stated(project, tmp_path):
    file = drawing(tmp_path / "khu dan cu.dxf")
    stated = Stated(TM3, commune="15910")
    (report,) = check_for(project, [file], ON, stated=stated).reports
    assert "problem.column_missing_sheet_drawing" in ids(report)
    asked = next(one for one in report.refused if one.message == "problem.column_missing_sheet_drawing")
    assert "--sheet" in Texts("vi").problem(asked)
    told = Stated(TM3, commune="15910", drawing=DrawingOptions(sheet="12"))
    checked = check_for(project, [file], ON, stated=told)
    assert ids(checked.reports[0]) == ["problem.label_outside"]
    assert sorted(checked.frames["parcels"]["sheet"]) == ["12", "12"]
    only = DrawingOptions(sheet="12", lines=frozenset({"KHONG_CO"}))
    checked = check_for(project, [file], ON, stated=Stated(TM3, "15910", only))
    assert "parcels" not in checked.frames


def test_check__shapes_of_a_drawings_problems_lie_where_the_drawing_does(project, tmp_path):
    """The label stands at 588,800 / 2,201,020 in TM-3; a drawing with X and Y swapped has it there too."""
    file = drawing(tmp_path / "to 12.dxf")
    place = Point(EAST + 800, NORTH + 20)
    turned = tmp_path / "to 13.dxf"
    pairs = file.read_text("utf-8").split("\n")
    # Groups 10 and 20 of every point change places.
    swapped = {"10": "20", "20": "10"}
    turned.write_text(
        "\n".join(swapped.get(line, line) if at % 2 == 0 else line for at, line in enumerate(pairs)), "utf-8"
    )
    for path, crs in ((file, TM3), (turned, f"{TM3}:swapped")):
        (report,) = check_for(project, [path], ON, stated=Stated(crs, commune="15910")).reports
        (outside,) = [one for one in report.all_problems if one.message == "problem.label_outside"]
        assert outside.shape.distance(place) < 0.001
    (report,) = check_for(project, [file], ON).reports
    (outside,) = [one for one in report.all_problems if one.message == "problem.label_outside"]
    assert outside.shape is None, "nobody knows yet where the drawing lies"


def test_check__a_drawing_without_numbers_asks_for_its_texts_and_for_no_columns(project, tmp_path):
    file = drawing(tmp_path / "khong chu.dxf", numbers=("", ""))
    (report,) = check_for(
        project, [file], ON, stated=Stated(TM3, "15910", DrawingOptions(sheet="12"))
    ).reports
    found = ids(report)
    assert "problem.column_missing_number_drawing" in found
    assert not [
        one for one in found if one in {"problem.column_missing_number", "problem.column_missing_sheet"}
    ]
