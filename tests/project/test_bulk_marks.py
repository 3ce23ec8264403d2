"""Marking what was chosen on an open project: the look before is what comes, one transaction, one undo."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, NOW, ON, ZONE, make_project, stamp
from shapely import box

from gis.errors import RefusedError, RequestReusedError
from gis.ledger.bulk_marks import Chosen, MarkChosen
from gis.ledger.entry import Draft
from gis.ledger.facts import Milestone, Visit, Void
from gis.ledger.marks import Mark
from gis.project.bulk_marks import recent_together, review, still_marked, undoing
from gis.project.succession import succeed

ONE, TWO, NOBODYS = "P000001", "P000002", "P000003"
HANDED = "handed_over"


@pytest.fixture
def project(tmp_path):
    opened = make_project(tmp_path)
    yield opened
    opened.close()


def wanted(project, *parcels, milestone=HANDED, document="BB-1"):
    seen = project.refresh().seq
    return MarkChosen(tuple(Chosen(parcel, seen) for parcel in parcels), milestone, ON, document)


def cleared_ha(snapshot):
    return {total.zone_id: total.cleared_ha for total in snapshot.totals}


def test_review__the_hectares_by_hand_and_as_they_come(project):
    """The zone holds all of plots 1 and 2, 1 ha each."""
    request = wanted(project, ONE, TWO)
    head = project.refresh()
    found = review(project, request, ON, NOW)
    assert (found.households, found.parcels, found.entries, found.refused) == (2, 2, 3, ())
    assert found.zones[0].zone_id == "commune"
    zone = next(one for one in found.zones if one.zone_id == ZONE)
    assert zone.before_ha == pytest.approx({HANDED: 0.0, "not_started": 2.0})
    assert zone.after_ha == pytest.approx({HANDED: 2.0, "not_started": 0.0})
    assert project.refresh() == head  # looking writes nothing
    project.do(request, stamp("many"))
    now = {total.zone_id: total.by_class_ha for total in project.snapshot(ON).totals}
    for one in found.zones:
        assert {name: now[one.zone_id][name] for name in one.after_ha} == one.after_ha  # to the last digit


def test_review__who_cannot_be_marked_is_named_and_the_others_counted(project):
    found = review(project, wanted(project, ONE, NOBODYS), ON, NOW)
    assert [(one.source, one.message) for one in found.refused] == [("15910/7/2a", "refused.no_holding")]
    assert (found.refused_parcels, found.parcels) == ({NOBODYS}, 1)
    with pytest.raises(RefusedError):
        project.do(wanted(project, ONE, NOBODYS), stamp("many"))
    assert cleared_ha(project.snapshot(ON))[ZONE] == 0.0


def test_review__a_part_of_a_shared_parcel_clears_nothing(project):
    chosen = (Chosen(TWO, project.refresh().seq, frozenset({"AN"})),)
    found = review(project, MarkChosen(chosen, HANDED, ON, "BB-1"), ON, NOW)
    assert (found.households, found.entries, found.zones) == (1, 1, ())


def test_do__twice_writes_once_and_another_request_under_its_id_is_refused(project):
    request = wanted(project, ONE, TWO)
    first = project.do(request, stamp("many"))
    again = project.do(request, stamp("many"))
    assert (again.seqs, again.repeated) == (first.seqs, True)
    with pytest.raises(RequestReusedError):
        project.do(replace(request, document="BB-2"), stamp("many"))


def test_do__what_somebody_wrote_since_refuses_all_of_it(project):
    request = wanted(project, ONE, TWO)
    project.mark(Mark((TWO,), "notified", date(2026, 3, 1), "TB-1", all_holdings=True), stamp("rival", "hoa"))
    head = project.refresh()
    with pytest.raises(RefusedError) as refused:
        project.do(request, stamp("many"))
    assert [(one.source, one.facts["by"]) for one in refused.value.problems] == [
        ("15910/7/2", "hoa"),
        ("15910/7/2", "hoa"),
    ]
    assert project.refresh() == head
    assert project.do(wanted(project, ONE, TWO), stamp("many")).seqs


def test_recent_together__own_requests_of_several_parcels_that_still_count(project):
    start = project.refresh().seq
    project.do(wanted(project, ONE, milestone="notified"), stamp("single"))
    project.do(wanted(project, ONE, TWO), stamp("many"))
    project.do(wanted(project, ONE, TWO, milestone="paid"), stamp("other", "hoa"))
    (mine,) = recent_together(project, "lan", start)
    assert (mine.first.request_id, mine.fact.milestone, mine.parcels) == ("many", HANDED, 2)
    assert recent_together(project, "lan", mine.first.seq + 2) == []
    project.do(undoing(project, "many", "nhầm xã", ON), stamp("undo"))
    assert recent_together(project, "lan", start) == []


def test_recent_together__what_did_more_than_mark_is_not_taken_back_by_its_marks(project):
    """A sheet of the field that told of a talk too: the talk was held."""
    start = project.refresh().seq
    marks = [Milestone(parcel, "AN", "notified", "TB-1") for parcel in (ONE, TWO)]
    talk = Visit(None, "AN", "agreed")
    project.write(stamp("sheet"), lambda *_: [Draft(ON, fact) for fact in (*marks, talk)], lambda _: True)
    assert recent_together(project, "lan", start) == []


def test_undoing__the_whole_request_as_one_with_the_reason(project):
    before = cleared_ha(project.snapshot(ON))
    project.do(wanted(project, ONE, TWO), stamp("many"))
    receipt = project.do(undoing(project, "many", "nhầm biên bản", ON), stamp("undo"))
    written = [entry for entry in project.entries() if entry.seq in receipt.seqs]
    assert [type(entry.fact) for entry in written] == [Void] * 3
    assert {project.reason(entry) for entry in written} == {"nhầm biên bản"}
    assert cleared_ha(project.snapshot(ON)) == before
    assert project.verify()[0] == []
    with pytest.raises(RefusedError) as refused:
        undoing(project, "many", "lần nữa", ON)
    assert [one.message for one in refused.value.problems] == ["refused.nothing_to_undo"]


def test_still_marked__what_was_corrected_since_is_left_and_told(project):
    seqs = project.do(wanted(project, ONE, TWO), stamp("many")).seqs
    project.correct(seqs[0], ON, "BB-7", "số sai", stamp("right"))
    project.do(undoing(project, "many", "nhầm biên bản", ON), stamp("undo"))
    assert still_marked(project, "many", ON) == ("15910/7/1",)
    assert cleared_ha(project.snapshot(ON))[ZONE] == pytest.approx(1)


def test_undoing__leaves_what_was_cancelled_before_and_asks_for_a_reason(project):
    seqs = project.do(wanted(project, ONE, TWO), stamp("many")).seqs
    project.void([seqs[0]], "sai một hộ", stamp("one"))
    wish = undoing(project, "many", "", ON)
    assert wish.targets == seqs[1:]
    with pytest.raises(RefusedError) as refused:
        project.do(wish, stamp("undo"))
    assert [one.message for one in refused.value.problems] == ["refused.missing_reason"]


def test_undoing__is_refused_where_later_entries_build_on_it_and_says_which(project, tmp_path):
    """Parcel 1 was handed over and then divided: its halves are cleared by that hand-over."""
    project.do(wanted(project, ONE, TWO), stamp("many"))
    halves = [box(EAST, NORTH, EAST + 40, NORTH + 100), box(EAST + 40, NORTH, EAST + 100, NORTH + 100)]
    gpd.GeoDataFrame(
        {"soTo": "7", "soThua": ["1-1", "1-2"], "maXa": "15910", "loaiDat": "LUC"}, geometry=halves, crs=5897
    ).to_file(tmp_path / "moi.gpkg")
    succeed(project, [tmp_path / "moi.gpkg"], [ONE], ON, stamp("divided"))
    carried = [
        str(entry.seq)
        for entry in project.entries()
        if entry.request_id == "divided" and isinstance(entry.fact, Milestone)
    ]
    with pytest.raises(RefusedError) as refused:
        project.do(undoing(project, "many", "nhầm", ON), stamp("undo"))
    (problem,) = refused.value.problems
    assert (problem.message, problem.facts["entries"]) == ("refused.void_carries", ", ".join(carried))
