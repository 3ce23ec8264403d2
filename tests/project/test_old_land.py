"""Land that became other land, in square metres worked out by hand: the zone covers plots 1, 2 and half of 3."""

from datetime import date

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, ON, ZONE, stamp
from shapely import box

from gis.clearance.blocks import block_totals, delivered_by_zone
from gis.ledger.deliveries import DeliverBlock
from gis.ledger.marks import Mark
from gis.project.holdings import import_holdings
from gis.project.old_land import land
from gis.project.stated import Stated
from gis.project.succession import succeed

FIRST, SECOND, THIRD = "P000001", "P000002", "P000003"
TM3 = Stated(crs="EPSG:5897")


def write(path, *shapes):
    numbers = [f"{path.stem}{place}" for place in range(len(shapes))]
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"}, geometry=list(shapes), crs=5897
    )
    frame.to_file(path)
    return path


def plot(west, east):
    return box(EAST + west, NORTH, EAST + east, NORTH + 100)


def delivered_m2(project):
    snapshot = project.snapshot(ON)
    where = land(project, snapshot)
    totals = block_totals(snapshot.state, where)
    rows = delivered_by_zone(snapshot.plan, snapshot.state, where, totals)
    return next(row.m2 for row in rows if row.zone_id == ZONE)


@pytest.fixture
def project(project, tmp_path):
    """Plots 2 and 3 are handed over and delivered on 2 March: 1 ha and half a hectare in the zone."""
    listed = tmp_path / "3.csv"
    listed.write_text(
        "commune,sheet,number,household_id,part,from\n15910,7,2a,CU,1,2025-07-01\n", encoding="utf-8"
    )
    import_holdings(project, [listed], stamp("h3"))
    marked = Mark((FIRST, SECOND, THIRD), "handed_over", date(2026, 3, 1), "BB-1", all_holdings=True)
    project.mark(marked, stamp("m"))
    project.do(DeliverBlock("Lô A", date(2026, 3, 2), (SECOND, THIRD), (), "BBGĐ-1"), stamp("d"))
    return project


def test_land__before_any_succession_a_parcel_lies_where_it_is_drawn(project):
    assert delivered_m2(project) == pytest.approx(15_000)


@pytest.mark.parametrize(
    ("olds", "shapes", "expected"),
    [
        ((THIRD,), [plot(200, 300)], 15_000),  # drawn anew as it was: still half of it in the zone
        ((THIRD,), [plot(200, 250), plot(250, 300)], 15_000),  # divided along the zone's line
        ((THIRD,), [plot(200, 240), plot(240, 300)], 15_000),  # divided inside
        ((SECOND, THIRD), [plot(100, 300)], 15_000),  # merged across the line
        ((FIRST, SECOND), [plot(0, 200)], 15_000),  # merged with land that was not delivered
        ((THIRD,), [plot(210, 300)], 14_000),  # 10 m of it became nobody's: no parcel has them any more
    ],
)
def test_land__delivered_land_stays_what_it_was(project, tmp_path, olds, shapes, expected):
    succeed(project, [write(tmp_path / "n.gpkg", *shapes)], olds, date(2026, 3, 9), stamp("s"), TM3)
    assert delivered_m2(project) == pytest.approx(expected)


def test_land__by_two_steps(project, tmp_path):
    """Plots 2 and 3 become one, and that two again with another line between them."""
    succeed(
        project, [write(tmp_path / "a.gpkg", plot(100, 300))], (SECOND, THIRD), date(2026, 3, 8), stamp("a")
    )
    parts = write(tmp_path / "b.gpkg", plot(100, 130), plot(130, 300))
    succeed(project, [parts], ("P000004",), date(2026, 3, 9), stamp("b"))
    assert delivered_m2(project) == pytest.approx(15_000)
