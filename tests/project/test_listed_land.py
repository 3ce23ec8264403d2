"""Land of a list that gets its map later: ids stay, old days stay, nothing counts twice."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import geopandas as gpd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from landworld import EAST, NORTH
from listworld import CCN, GD1, ON, ROWS, look, make_empty, stamp, take, zone
from shapely import box

from gis.clearance.bridge_lines import Moment
from gis.ledger.marks import Mark
from gis.maps.features import map_units, unit_bounds, units_in_view, whole_bounds
from gis.project.bridge import bridge
from gis.project.intake import import_layer
from gis.project.list_words import difference_lines, no_map_line
from gis.project.old_land import land
from gis.project.proof import proof
from gis.texts import Texts
from gis.web.card import facts_html
from gis.web.proof import proof_html

LATER = date(2026, 4, 1)
APRIL = datetime(2026, 4, 1, 2, tzinfo=UTC)
VI = Texts("vi")


@pytest.fixture
def listed(place, tmp_path):
    opened = make_empty(tmp_path, place.url)
    take(opened, tmp_path)
    yield opened
    opened.close()


def draw(project, tmp_path, shapes, request="draw", now=APRIL):
    """Parcels by (sheet, number) of the old commune 15910."""
    file = tmp_path / f"{request}.gpkg"
    gpd.GeoDataFrame(
        {
            "soTo": [sheet for sheet, _ in shapes],
            "soThua": [number for _, number in shapes],
            "maXa": "15910",
            "loaiDat": "LUC",
        },
        geometry=list(shapes.values()),
        crs=5897,
    ).to_file(file)
    return import_layer(project, "parcels", [file], stamp(request, now), crs="EPSG:5897")


def bound(project, tmp_path, shapes, request="zone", now=APRIL):
    file = tmp_path / f"{request}.gpkg"
    gpd.GeoDataFrame({"zone_id": list(shapes)}, geometry=list(shapes.values()), crs=5897).to_file(file)
    return import_layer(project, "zones", [file], stamp(request, now), crs="EPSG:5897")


def lot(west, width, high=10):
    return box(EAST + west, NORTH, EAST + west + width, NORTH + high)


def everything(project):
    """Each way that a page or command looks at a snapshot, and its figures."""
    snapshot = project.snapshot(LATER)
    assert snapshot.problems == ()
    prepared = map_units(snapshot.units)
    drawn = int(snapshot.units.geometry.notna().sum())
    assert len(units_in_view(prepared, (-180, -90, 180, 90))) == drawn
    whole_bounds(prepared, snapshot.zones)
    for parcel in snapshot.units.index:
        card = snapshot.card(parcel)
        bare = snapshot.units.geometry[parcel] is None
        assert (card.drawn_area_m2 is None) == bare
        assert (unit_bounds(prepared, [parcel]) is None) == bare
        assert land(project, snapshot).of([parcel]) or not card.zones_m2
    return snapshot


def test_listed__a_shape_joins_by_key_and_keeps_id_entries_and_old_days(listed, tmp_path):
    """7/1 is drawn with 990 m² in a project whose CCN has no boundary: the list's 1000.5 m² still count."""
    before = [total.to_dict() for total in listed.snapshot(ON).totals]
    done = draw(listed, tmp_path, {("7", "1"): lot(0, 99), ("9", "9"): lot(300, 10)})
    assert (done.added, done.count) == (1, 4)
    snapshot = everything(listed)
    assert list(snapshot.units.index) == ["P000001", "P000002", "P000003", "P000004"]
    assert snapshot.units.geometry["P000001"].area == pytest.approx(990)
    assert snapshot.units.loc["P000001", "measured_area_m2"] == 1200  # the file has none, the list had
    assert zone(snapshot, CCN).cleared_ha == pytest.approx(0.10005)
    assert [total.to_dict() for total in listed.snapshot(ON).totals] == before
    assert listed.verify() == ([], listed.refresh())


def test_listed__a_boundary_and_a_shape_take_over_and_the_difference_is_told(listed, tmp_path):
    """CCN is bounded 200 m x 10 m: 7/1 drawn gives 990 m², 7/2 by the list 900 m² of the 1010 m² gap."""
    draw(listed, tmp_path, {("7", "1"): lot(0, 99)})
    bound(listed, tmp_path, {CCN: lot(0, 200)})
    snapshot = everything(listed)
    ccn = zone(snapshot, CCN)
    assert ccn.cleared_ha == pytest.approx(0.099)
    assert ccn.balance.zone_m2 == pytest.approx(2000)
    assert ccn.balance.listed_m2 == pytest.approx(900)
    assert ccn.balance.gap_m2 == pytest.approx(1010)
    assert abs(ccn.balance.residual_m2) < 1e-6
    assert snapshot.remarks == ()
    found = snapshot.boundaries.differences
    assert found[["parcel_id", "why", "drawn_m2", "listed_m2"]].to_numpy().tolist() == [
        ["P000001", "differs", pytest.approx(990), 1000.5]
    ]
    assert "15910/7/1" in difference_lines(snapshot, VI)[1]
    assert "2 thửa" in no_map_line(snapshot, VI)  # 7/2 and 8/12a of the other zone


def test_listed__drawn_under_another_number_is_not_counted_silently(listed, tmp_path):
    """7/2 is drawn as 7/2a: the list's 900 m² find no room in the boundary, which is told."""
    draw(listed, tmp_path, {("7", "1"): lot(0, 100), ("7", "2a"): lot(100, 90)})
    bound(listed, tmp_path, {CCN: lot(0, 190)})
    remarks = listed.snapshot(LATER).remarks
    assert [(one.message, one.area_m2) for one in remarks] == [
        ("problem.listed_beyond_gap", pytest.approx(900, abs=1e-6))
    ]


def test_listed__land_in_a_drawn_zone_leaves_only_the_rest_for_another(listed, tmp_path):
    """7/1 is drawn with 1000 m², 700 of them in GD1: CCN, without a boundary, gets 300 and not 1000.5."""
    draw(listed, tmp_path, {("7", "1"): lot(0, 100)})
    bound(listed, tmp_path, {GD1: lot(-10, 80)})
    snapshot = listed.snapshot(LATER)
    assert snapshot.boundaries.parts_m2["P000001"] == {
        CCN: pytest.approx(300),
        GD1: pytest.approx(700),
    }
    assert set(snapshot.boundaries.differences["why"]) == {"limited", "not_listed"}


def test_listed__the_way_from_list_to_map_has_no_residual(listed, tmp_path):
    """What the drawing and the boundary changed is explained by their entries, to the millimetre."""
    start = Moment(ON, listed.refresh().seq)
    draw(listed, tmp_path, {("7", "1"): lot(0, 99)})
    bound(listed, tmp_path, {CCN: lot(0, 200)})
    end = Moment(LATER, listed.refresh().seq)
    for one, other in ((start, end), (end, start), (Moment(date(2026, 3, 4), end.known), end)):
        found = bridge(listed.snapshot, listed.entries(), one, other)
        assert found.problems == ()
        assert abs(found.residual_m2) < 1e-6


def test_listed__the_way_across_a_newer_list_has_no_residual(listed, tmp_path):
    start = Moment(ON, listed.refresh().seq)
    newer = [ROWS[0].replace('"1000,5"', '"800"'), *ROWS[1:]]
    take(listed, tmp_path, newer, "newer", now=APRIL, changes="take")
    end = Moment(LATER, listed.refresh().seq)
    found = bridge(listed.snapshot, listed.entries(), start, end)
    assert found.problems == ()
    commune = found.zones[0]
    assert [(line.cause, round(line.m2, 6)) for line in commune.lines] == [("resurveyed", -200.5)]
    # An area is put right as a milestone's day is: for that day too, and what was known then stays to be asked.
    assert zone(listed.snapshot(ON), CCN).cleared_ha == pytest.approx(0.08)
    assert zone(listed.snapshot(ON, start.known), CCN).cleared_ha == pytest.approx(0.10005)


def test_listed__a_mark_on_land_without_a_shape(listed):
    """Parcel 7/2: the first household hands over too, and 900 m² more are cleared."""
    snapshot = listed.snapshot(LATER)
    waiting = [h for h in snapshot.state.of_parcel("P000002") if "handed_over" not in h.milestones]
    request = Mark(("P000002",), "handed_over", LATER, "BB 7", household=waiting[0].household)
    listed.mark(request, stamp("mark", APRIL))
    assert zone(listed.snapshot(LATER), CCN).cleared_ha == pytest.approx(0.19005)


AREAS = st.integers(min_value=1, max_value=99_999).map(lambda tenths: Decimal(tenths) / 10)
LISTS = st.lists(
    st.tuples(AREAS, st.sampled_from(["CCN Hoàng Sơn", "Làng nghề mộc"]), st.booleans()), max_size=12
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=LISTS)
def test_listed__totals_are_the_sums_of_the_list(rows, tmp_path_factory):
    """Each row a household and a parcel of its own: a zone's hectares are the exact sums of its rows."""
    if not rows:
        return
    folder = tmp_path_factory.mktemp("law")
    project = make_empty(folder)
    told = [
        f'{n},Hộ thử {n},Thôn 1,15910,{zone_name},7,{n},LUC,,"{str(area).replace(".", ",")}",,,,,'
        + ("05/03/2026" if over else "")
        for n, (area, zone_name, over) in enumerate(rows, start=1)
    ]
    take(project, folder, told)
    snapshot = project.snapshot(ON)
    for zone_id, zone_name in ((CCN, "CCN Hoàng Sơn"), ("lang-nghe-moc", "Làng nghề mộc")):
        own = [(area, over) for area, named, over in rows if named == zone_name]
        total = zone(snapshot, zone_id)
        cleared = sum((area for area, over in own if over), Decimal(0))
        assert math.isclose(
            total.listed_ha, float(sum((a for a, _ in own), Decimal(0))) / 10_000, abs_tol=1e-9
        )
        assert math.isclose(total.cleared_ha or 0.0, float(cleared) / 10_000, abs_tol=1e-9)
    shown = look(project, folder, told)
    assert shown.nothing_new
    project.close()


def test_listed__the_card_and_the_proof_say_what_a_list_states(listed):
    """7/1 has no shape: both say where its square metres come from, and name the version of the list."""
    card = listed.snapshot(LATER).card("P000001")
    assert (card.drawn_area_m2, card.zones_m2, card.listed_zones) == (None, {CCN: 1000.5}, {CCN})
    assert "1.000,5 m² (theo danh sách)" in facts_html(card, listed.plan, VI)
    page = proof_html(proof(listed, "15910/7/1", LATER), {}, APRIL, VI)
    assert "1.000,5 m² (theo danh sách)" in page
    assert "diện tích theo danh sách" in page
