"""New parcels for old ones, from a file, in one transaction."""

from datetime import date

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, ON, ZONE, stamp
from shapely import box

from gis.errors import ImportRefusedError
from gis.ledger.marks import Mark
from gis.project.stated import Stated
from gis.project.succession import succeed

DAY = date(2026, 3, 9)
TM3 = Stated(crs="EPSG:5897")


def write(path, numbers, shapes):
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"}, geometry=shapes, crs=5897
    )
    frame.to_file(path)
    return path


def cleared_ha(project, on=ON):
    return next(one.cleared_ha for one in project.snapshot(on).totals if one.zone_id == ZONE)


def test_succeed__a_cleared_parcel_that_is_divided_stays_cleared(project, tmp_path):
    """Parcel 1 (1 ha, handed over) becomes 0.4 ha and 0.6 ha: the hectares do not move."""
    project.mark(Mark(("P000001",), "handed_over", date(2026, 3, 1), "BB-1"), stamp("a"))
    halves = [box(EAST, NORTH, EAST + 40, NORTH + 100), box(EAST + 40, NORTH, EAST + 100, NORTH + 100)]
    file = write(tmp_path / "moi.gpkg", ["1-1", "1-2"], halves)
    done = succeed(project, [file], ["P000001"], DAY, stamp("s"))
    assert done.pairs == (("P000001", "P000004", 40_000), ("P000001", "P000005", 60_000))
    assert (done.difference_m2, done.warnings) == (pytest.approx(0), ())
    after = project.snapshot(ON)
    assert "P000001" not in after.units.index
    assert cleared_ha(project) == pytest.approx(1)
    assert {p: after.card(p).class_ for p in ("P000004", "P000005")} == dict.fromkeys(
        ("P000004", "P000005"), "handed_over"
    )
    assert cleared_ha(project, date(2026, 3, 8)) == pytest.approx(1)  # the day before: by the old shape
    assert "P000001" in project.snapshot(date(2026, 3, 8)).units.index
    assert project.verify()[0] == []


def test_succeed__land_that_no_new_parcel_covers_is_told(project, tmp_path):
    file = write(tmp_path / "moi.gpkg", ["1a"], [box(EAST, NORTH, EAST + 90, NORTH + 100)])
    done = succeed(project, [file], ["P000001"], DAY, stamp("s"), TM3)
    (warning,) = done.warnings
    assert (warning.message, warning.facts["area"]) == ("problem.land_without_successor", pytest.approx(1000))
    assert done.difference_m2 == pytest.approx(-1000)


def test_succeed__refuses_a_number_that_is_taken_and_land_elsewhere(project, tmp_path):
    before = project.refresh()
    taken = write(tmp_path / "a.gpkg", ["2"], [box(EAST, NORTH, EAST + 100, NORTH + 100)])
    away = write(tmp_path / "b.gpkg", ["9"], [box(EAST + 500, NORTH, EAST + 600, NORTH + 100)])
    for file, message in ((taken, "problem.key_taken"), (away, "problem.no_successor")):
        with pytest.raises(ImportRefusedError) as refused:
            succeed(project, [file], ["P000001"], DAY, stamp("s"), TM3)
        assert message in [problem.message for problem in refused.value.problems]
    assert project.refresh() == before
