"""Parcels surveyed anew, imported over parcels that the ledger speaks of: hectares by hand, on each day."""

from datetime import date

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, ON, ZONE, plot, stamp
from shapely import box

from gis.clearance.bridge_lines import Moment
from gis.errors import GisError, ImportRefusedError
from gis.ledger.facts import Succession
from gis.ledger.marks import Mark
from gis.ledger.objects import ListObject
from gis.project.bridge import bridge
from gis.project.intake import import_layer
from gis.project.stated import Stated

BEFORE, DAY = date(2026, 3, 5), date(2026, 3, 9)


def survey(folder, name="do-lai.gpkg", **shapes):
    """A file of parcels of sheet 7 by number, "_" for "-" in it."""
    numbers = [number[1:].replace("_", "-") for number in shapes]
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"},
        geometry=list(shapes.values()),
        crs=5897,
    )
    frame.to_file(folder / name)
    return [folder / name]


def strip(west, east):
    """Land from `west` to `east` metres of the world's corner, 100 m high."""
    return box(EAST + west, NORTH, EAST + east, NORTH + 100)


def hand_over(project, parcel, request="giao"):
    project.mark(Mark((parcel,), "handed_over", date(2026, 3, 1), "BB-1"), stamp(request))


def cleared_ha(project, on=ON):
    return next(one.cleared_ha for one in project.snapshot(on).totals if one.zone_id == ZONE)


def by_label(project, on=ON):
    return project.snapshot(on).boundaries.by_label


def carry(project, files, request="do", on=DAY, **answers):
    return import_layer(project, "parcels", files, stamp(request), on, stated=Stated("EPSG:5897", **answers))


def refused(project, files, **answers):
    head = project.refresh()
    with pytest.raises(GisError) as caught:
        carry(project, files, **answers)
    assert project.refresh() == head
    return [problem.message for problem in caught.value.problems if problem.severity == "refused"]


def test_import_layer__the_same_file_again_changes_nothing(project, tmp_path):
    head = project.refresh()
    done = carry(project, survey(tmp_path, n1=plot(0), n2=plot(1), n2a=plot(2)))
    assert (done.added, done.changed, done.seqs) == (0, 0, ())
    assert project.refresh() == head


def test_import_layer__the_same_land_by_way_of_degrees_is_no_new_survey(project, tmp_path):
    frame = gpd.read_file(survey(tmp_path, n1=plot(0), n2=plot(1), n2a=plot(2))[0]).to_crs(4326)
    frame.to_file(tmp_path / "wgs84.gpkg")
    head = project.refresh()
    # Neither axes nor CRS are stated: corners on loaded corners say it.
    assert import_layer(project, "parcels", [tmp_path / "wgs84.gpkg"], stamp("do"), DAY).seqs == ()
    assert project.refresh() == head


def test_import_layer__a_new_number_on_the_same_land_keeps_the_parcel(project, tmp_path):
    hand_over(project, "P000001")
    done = carry(project, survey(tmp_path, n101=plot(0)))
    assert [p.message for p in done.warnings if p.message.startswith("resurvey")] == [
        "resurvey.new_number",
        "resurvey.not_in_file",
    ]
    assert by_label(project)["15910/7/101"] == "P000001"
    assert by_label(project, BEFORE)["15910/7/1"] == "P000001"  # the old days call it as it was called then
    assert cleared_ha(project) == pytest.approx(1)
    assert project.verify()[0] == []


def test_import_layer__a_cleared_parcel_that_was_divided_stays_cleared(project, tmp_path):
    """Parcel 1 (1 ha, An's, handed over) becomes 0.4 and 0.6 ha; the old day shows the old parcel."""
    hand_over(project, "P000001")
    carry(project, survey(tmp_path, n1_1=strip(0, 40), n1_2=strip(40, 100)))
    after = project.snapshot(ON)
    news = [by_label(project)[f"15910/7/1-{n}"] for n in (1, 2)]
    assert [after.card(p).class_ for p in news] == ["handed_over"] * 2
    assert [[h.household for h in after.card(p).holdings] for p in news] == [["AN"], ["AN"]]
    assert cleared_ha(project) == pytest.approx(1)
    assert "P000001" in project.snapshot(BEFORE).units.index
    assert cleared_ha(project, BEFORE) == pytest.approx(1)
    assert project.verify()[0] == []


def test_import_layer__a_redrawn_parcel_and_its_difference_in_the_bridge(project, tmp_path):
    """Parcel 1 is 0.3 m wider now, parcel 2 begins there: 0.003 ha more are cleared, by the survey alone."""
    hand_over(project, "P000001")
    carry(project, survey(tmp_path, n1=strip(0, 100.3), n2=strip(100.3, 200)))
    assert cleared_ha(project) == pytest.approx(1.003)
    assert cleared_ha(project, BEFORE) == pytest.approx(1)
    (entry,) = [e for e in project.ledger.entries() if isinstance(e.fact, Succession)]
    assert entry.fact.pairs == (("P000001", "P000004", 100_000), ("P000002", "P000005", 99_700))
    known = project.known_on(ON)
    made = bridge(project.snapshot, project.entries(), Moment(BEFORE, known), Moment(ON, known))
    assert made.problems == ()
    (zone,) = [one for one in made.zones if one.zone_id == ZONE]
    assert {line.cause: line.m2 for line in zone.lines} == {"resurveyed": pytest.approx(30)}
    assert project.verify()[0] == []


def test_import_layer__a_merger_is_cleared_only_where_both_were(project, tmp_path):
    """Parcels 1 (handed over) and 2 (not) become one of 2 ha: nothing of it is cleared until all of it is."""
    hand_over(project, "P000001")
    carry(project, survey(tmp_path, n12=strip(0, 200)))
    merged = by_label(project)["15910/7/12"]
    card = project.snapshot(ON).card(merged)
    assert cleared_ha(project) == 0
    assert {h.household: str(h.part) for h in card.holdings} == {"AN": "3/4", "BINH": "1/4"}


def test_import_layer__what_cannot_be_decided_is_asked_and_nothing_is_written(project, tmp_path):
    files = survey(tmp_path, n1=strip(0, 150), n2=strip(150, 200))
    assert refused(project, files) == ["ask.part_of_land"]
    done = carry(project, files, confirmed=frozenset({"15910/7/1"}))
    assert done.seqs
    card = project.snapshot(ON).card(by_label(project)["15910/7/1"])
    # 10,000 m² were An's alone, of 5,000 m² each of the two had half.
    assert {h.household: str(h.part) for h in card.holdings} == {"AN": "5/6", "BINH": "1/6"}


def test_import_layer__a_number_that_stands_elsewhere_cannot_be_confirmed(project, tmp_path):
    files = survey(tmp_path, n2=plot(0))
    assert "ask.number_elsewhere" in refused(project, files)
    assert "ask.number_elsewhere" in refused(project, files, confirmed=frozenset({"15910/7/2"}))


def test_import_layer__graves_on_a_divided_parcel_need_a_place(project, tmp_path):
    (seq,) = project.do(ListObject("P000001", None, "grave_earth", 2, date(2026, 3, 1)), stamp("mo")).seqs
    files = survey(tmp_path, n1_1=strip(0, 40), n1_2=strip(40, 100))
    assert refused(project, files) == ["refused.object_without_place"]
    carry(project, files, objects={seq: "15910/7/1-2"})
    cards = {n: project.snapshot(ON).state.by_parcel[by_label(project)[f"15910/7/1-{n}"]] for n in (1, 2)}
    assert [sum(one.count for one in cards[n].objects) for n in (1, 2)] == [0, 2]


def test_import_layer__a_parcel_without_entries_is_simply_drawn_anew(project, tmp_path):
    """Parcel 2a is nobody's: it keeps its id and gets its new shape."""
    carry(project, survey(tmp_path, n2a=strip(200, 295)))
    assert by_label(project)["15910/7/2a"] == "P000003"
    assert project.snapshot(ON).boundaries.drawn_m2["P000003"] == pytest.approx(9_500)
    assert not [e for e in project.ledger.entries() if isinstance(e.fact, Succession)]


def test_import_layer__a_zone_that_comes_later_leaves_the_old_days_alone(project, tmp_path):
    """The zone's boundary grows from 250 m to 300 m on a day: from then on parcel 2a counts whole."""
    zone = gpd.GeoDataFrame({"zone_id": [ZONE]}, geometry=[strip(0, 300)], crs=5897)
    zone.to_file(tmp_path / "khu-moi.gpkg")
    hand_over(project, "P000001")
    import_layer(project, "zones", [tmp_path / "khu-moi.gpkg"], stamp("khu"), DAY, crs="EPSG:5897")

    def inside_m2(on):
        return project.snapshot(on).boundaries.parts_m2["P000003"][ZONE]

    assert (inside_m2(BEFORE), inside_m2(DAY)) == (pytest.approx(5_000), pytest.approx(10_000))
    assert cleared_ha(project, BEFORE) == cleared_ha(project) == pytest.approx(1)


def test_import_layer__the_same_request_writes_once(project, tmp_path):
    files = survey(tmp_path, n1_1=strip(0, 40), n1_2=strip(40, 100))
    first = carry(project, files)
    head = project.refresh()
    assert carry(project, files).seqs == first.seqs
    assert project.refresh() == head


def test_import_layer__two_rows_of_one_key_are_refused(project, tmp_path):
    with pytest.raises(ImportRefusedError):
        carry(project, survey(tmp_path, n1=plot(0), N1=plot(5)))


def six(folder, name, by=0.0, **columns):
    """Parcels 1 to 6 of sheet 7, each 1 ha, moved to the north by metres."""
    frame = gpd.GeoDataFrame(
        {"soTo": "7", "soThua": [str(n) for n in range(1, 7)], "maXa": "15910"} | columns,
        geometry=[strip(100 * n, 100 * n + 100) for n in range(6)],
        crs=5897,
    )
    frame.set_geometry(frame.translate(0, by)).to_file(folder / name)
    return [folder / name]


def test_import_layer__a_map_in_another_place_is_one_question_and_no_new_survey(project, tmp_path):
    """All six lie 60 m to the north: by their land they would be nobody's, by their number they are the same."""
    carry(project, six(tmp_path, "dau.gpkg"), "dau", confirmed=frozenset({"15910/7/3"}))
    hand_over(project, by_label(project)["15910/7/1"])
    files = six(tmp_path, "dung-cho.gpkg", 60)
    assert refused(project, files) == ["ask.survey_moved"]
    carry(project, files, "dung", confirmed=frozenset({"15910/7/1"}))
    card = project.snapshot(ON).card(by_label(project)["15910/7/1"])
    assert (card.class_, [h.household for h in card.holdings]) == ("handed_over", ["AN"])
    # The zone reaches 120 m to the north: of the 100 m that were cleared 60 m are left in it.
    assert cleared_ha(project) == pytest.approx(0.6)
    assert cleared_ha(project, BEFORE) == pytest.approx(1)
    assert project.verify()[0] == []


def test_import_layer__where_a_file_is_silent_what_is_known_stays(project, tmp_path):
    stated = {"dienTich": [9_999.5] * 6, "loaiDat": "LUC"}
    carry(project, six(tmp_path, "dau.gpkg", **stated), "dau", confirmed=frozenset({"15910/7/3"}))
    head = project.refresh()
    done = carry(project, six(tmp_path, "trong.gpkg"), "trong")
    assert (done.added, done.changed) == (0, 0)
    assert project.refresh() == head
    assert "resurvey.kept_words" in [p.message for p in done.warnings]


def test_import_layer__the_largest_change_is_told_behind_a_sum_that_hides_it(project, tmp_path):
    """0.4 m go from parcel 2 to parcel 1: 40 m² more, 40 m² less, nothing in sum."""
    done = carry(project, survey(tmp_path, n1=strip(0, 100.4), n2=strip(100.4, 200)))
    (told,) = [p for p in done.warnings if p.message == "resurvey.largest_change"]
    assert told.facts["unit"] == "15910/7/1"
    figures = [told.facts[name] for name in ("before", "after", "difference", "gained", "lost")]
    assert figures == pytest.approx([10_000, 10_040, 40, 40, 40])
