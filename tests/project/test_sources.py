"""Sheets go the way of map files where they are lists of corners; a tracking list is told from them."""

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, ON, make_project, stamp
from shapely import box

from gis.errors import DataError
from gis.project.intake import check_for, import_layer
from gis.project.sources import read_source
from gis.project.stated import Stated
from gis.store.workbooks import Column, Sheet, workbook


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path)
    yield made
    made.close()


def book(path, *sheets):
    """An .xlsx; each sheet its rows, the first of them the header."""
    made = [
        Sheet(f"Tờ {at}", "", tuple(Column(head) for head in head_row), rows)
        for at, (head_row, *rows) in enumerate(sheets, start=1)
    ]
    path.write_bytes(workbook(made))
    return path


def corner_rows(column):
    """Parcel 9/`column`: 100 m by 100 m, X is north."""
    west = EAST + 100 * column
    places = [(west, NORTH), (west + 100, NORTH), (west + 100, NORTH + 100), (west, NORTH + 100)]
    return [["9", str(column), str(at), north, east] for at, (east, north) in enumerate(places, start=1)]


# No list of corners says in which old commune it is.
CORNERS = Stated(crs="EPSG:5897", commune="15910")
HEAD = ["Số tờ", "Số thửa", "Số hiệu điểm", "X (m)", "Y (m)"]
LIST_HEAD = ["STT", "Họ và tên", "Thôn", "Số tờ", "Số thửa", "Diện tích thu hồi (m2)"]
LIST_ROWS = [[1, "Nguyễn Văn Giả", "Thôn 1", "7", "1", 1000.5], [2, "Lê Thị Giả", "Thôn 2", "7", "2", 200.25]]


def test_check__a_list_of_corners_is_parcels(project, tmp_path):
    file = book(tmp_path / "bang ke.xlsx", [HEAD, *corner_rows(5), *corner_rows(6)])
    (report,) = check_for(project, [file], ON).reports
    assert report.layers[0].asks_crs  # no title states one
    (report,) = check_for(project, [file], ON, stated=CORNERS).reports
    (layer,) = report.layers
    assert (layer.kind, layer.features, layer.imported, layer.area_m2) == ("parcels", 2, 2, 20_000.0)


def test_import__a_list_of_corners_stands_where_its_corners_are(project, tmp_path):
    file = book(tmp_path / "bang ke.xlsx", [HEAD, *corner_rows(5)])
    import_layer(project, "parcels", [file], stamp("x"), stated=CORNERS)
    units = project.snapshot(ON).units
    (shape,) = units.geometry[units["sheet"] == "9"]
    assert shape.equals(box(EAST + 500, NORTH, EAST + 600, NORTH + 100))


def test_check__a_tracking_list_is_counted_by_rows_households_and_recovered_area(project, tmp_path):
    file = book(tmp_path / "theo doi.xlsx", [LIST_HEAD, *LIST_ROWS])
    (report,) = check_for(project, [file], ON).reports
    (layer,) = report.layers
    assert (layer.kind, layer.features, layer.imported) == ("list", 2, 2)
    assert (layer.households, layer.parcels, layer.area_m2) == (2, 2, 1200.75)
    assert not report.refused


def test_import__a_tracking_list_is_no_parcels_and_says_where_to_go(project, tmp_path):
    file = book(tmp_path / "theo doi.xlsx", [LIST_HEAD, *LIST_ROWS])
    head = project.refresh()
    with pytest.raises(DataError) as refused:
        import_layer(project, "parcels", [file], stamp("x"))
    assert [p.message for p in refused.value.problems] == ["problem.sheet_is_list"]
    assert project.refresh() == head


def test_read_source__other_sheets_beside_corners_are_told(tmp_path):
    file = book(tmp_path / "hai.xlsx", [HEAD, *corner_rows(5)], [["Ghi chú"], ["xin chào"]])
    found = read_source(file)
    assert len(found.layers) == 1
    assert [(p.message, p.severity) for p in found.problems] == [("problem.sheet_left_out", "warning")]


def test_read_source__neither_corners_nor_a_list(tmp_path):
    found = read_source(book(tmp_path / "khac.xlsx", [["Món", "Giá"], ["Bún", 30_000]]))
    assert "problem.sheet_neither" in [p.message for p in found.problems]
    assert (found.layers, found.tracking) == ((), None)


def test_read_source__names_every_file_that_was_read(tmp_path):
    """A Shapefile's numbers lie in its .dbf: another .dbf beside the same .shp is another source."""
    frame = gpd.GeoDataFrame(
        {"soThua": ["1"]}, geometry=[box(588_000, 2_201_000, 588_100, 2_201_100)], crs=5897
    )
    frame.to_file(tmp_path / "thua.shp")
    before = read_source(tmp_path / "thua.shp").digests
    assert [name for name, _ in before] == ["thua.shp", "thua.cpg", "thua.dbf", "thua.prj", "thua.shx"]
    frame.assign(soThua=["2"]).to_file(tmp_path / "thua.shp")
    after = read_source(tmp_path / "thua.shp").digests
    assert [one[0] for one, other in zip(before, after, strict=True) if one != other] == ["thua.dbf"]
