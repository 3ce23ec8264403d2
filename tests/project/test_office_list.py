"""An office's list becomes the project: figures by hand, without any map, on both databases."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from listworld import CCN, GD1, ON, ROWS, look, make_empty, names, read, stamp, take, zone

from gis.errors import ImportRefusedError, RefusedError, SyntheticProjectError
from gis.ledger.accounts import accounts
from gis.ledger.facts import Boundaries, Holding, Opening
from gis.ledger.marks import Mark
from gis.project import Project
from gis.project.erasing import erase
from gis.project.list_words import no_balance_lines, no_map_line
from gis.project.office_list import import_list
from gis.project.office_list_undo import list_imports, undo_list
from gis.project.versions import last_fact
from gis.store.list_households import read_list
from gis.store.versions import read_version
from gis.texts import Texts

VI = Texts("vi")
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "verify_ledger.py"


@pytest.fixture
def empty(place, tmp_path):
    opened = make_empty(tmp_path, place.url)
    yield opened
    opened.close()


def test_import_list__hectares_without_a_map_by_hand(empty, tmp_path):
    """CCN: 1000.5 + 500.2 + 399.8 = 1900.5 m²; cleared is parcel 7/1 alone, of 7/2 only one of two holders."""
    done = take(empty, tmp_path)
    assert (done.preview.households, done.preview.parcels, done.preview.undrawn) == (3, 3, 3)
    snapshot = empty.snapshot(ON)
    ccn = zone(snapshot, CCN)
    assert ccn.cleared_ha == pytest.approx(0.10005, abs=1e-12)
    assert ccn.listed_ha == pytest.approx(0.19005, abs=1e-12)
    assert (ccn.mapped_ha, ccn.balance, ccn.share_of_mapped) == (None, None, None)
    assert ccn.share_of_plan == pytest.approx(0.10005 / 50)
    assert zone(snapshot, GD1).cleared_ha == pytest.approx(0.025, abs=1e-12)
    assert snapshot.totals[0].cleared_ha == pytest.approx(0.12505, abs=1e-12)
    # 7/2 governs by its measured 900 m²; neither part is determined, so nothing of it is signed away yet.
    assert ccn.signed_ha == pytest.approx(0.10005, abs=1e-12)
    assert snapshot.problems == ()
    assert "3 thửa, 0,22 ha" in no_map_line(snapshot, VI)
    assert len(no_balance_lines(snapshot, VI)) == 2
    assert empty.verify() == ([], empty.refresh())


def test_import_list__entries_name_file_and_row_and_the_chain_no_person(empty, tmp_path):
    tracking = read(empty, tmp_path)
    done = import_list(empty, tracking, stamp("a"))
    entries = empty.entries()
    assert [entry.seq for entry in entries] == list(done.seqs)
    assert [entry.fact.layer for entry in entries if isinstance(entry.fact, Boundaries)] == [
        "parcels",
        "listed",
    ]
    openings = [entry for entry in entries if isinstance(entry.fact, Opening)]
    assert {entry.fact.file_sha256 for entry in openings} == {tracking.sha256}
    handed = [entry for entry in openings if entry.fact.milestone == "handed_over"]
    assert [(entry.on, entry.fact.row, entry.fact.not_later_than) for entry in handed] == [
        (date(2026, 3, 5), 3, False),
        (date(2026, 3, 5), 5, False),
        (ON, 6, True),  # only a mark: not later than the day of the import
    ]
    assert "Mẫu" not in "".join(row.body for row in empty.ledger.rows())
    assert names(empty) == [
        ("Nguyễn Thị Mẫu", "Thôn 1"),
        ("Nguyễn Thị Mẫu", "Thôn 2"),
        ("Trần Văn Thử", "Thôn 2"),
    ]


def test_import_list__money_of_the_list_is_money_of_the_accounts(empty, tmp_path):
    """Approved 50 + 20 million, paid 30: all of the first household."""
    take(empty, tmp_path)
    sums = [one.sums for one in accounts(empty.snapshot(ON).state).values()]
    assert [(one.approved, one.paid) for one in sums if one.approved] == [(70_000_000, 30_000_000)]
    shown = look(empty, tmp_path)
    ccn = next(one for one in shown.zones if one.zone_id == CCN)
    assert (ccn.approved_vnd, ccn.paid_vnd) == (70_000_000, 30_000_000)
    assert (str(ccn.recovered_m2), str(ccn.handed_over_m2), ccn.parcels) == ("1900.5", "1400.3", 2)


def test_import_list__the_same_file_twice_changes_nothing(empty, tmp_path):
    take(empty, tmp_path)
    head = empty.refresh()
    shown = look(empty, tmp_path)
    assert shown.nothing_new
    assert (shown.same, shown.gone, shown.continues) == (4, (), "theo doi.csv")
    again = take(empty, tmp_path, request="again")
    assert again.seqs == ()
    later = stamp("later").now.replace(month=5)
    assert take(empty, tmp_path, request="later", now=later).seqs == ()
    assert empty.refresh() == head
    assert len(names(empty)) == 3


def test_import_list__a_newer_file_new_changed_and_gone(empty, tmp_path):
    take(empty, tmp_path)
    newer = [
        ROWS[0].replace("05/03/2026", "06/03/2026").replace('"1000,5"', '"1000"'),
        ROWS[1],
        ROWS[2],
        "4,Lê Thị Mới,Thôn 3,Hoằng Xuyên,CCN Hoàng Sơn,9,5,LUC,100,80,,,,,07/03/2026",
    ]
    shown = look(empty, tmp_path, newer)
    assert (shown.new, shown.same, shown.undrawn, shown.new_households) == (1, 3, 1, 1)
    assert [(one.what, one.old, one.new) for one in shown.changed] == [
        ("recovered_m2", "ccn-hoang-son: 1000.5 m²", "ccn-hoang-son: 1000 m²"),
        ("handed_over", "2026-03-05", "2026-03-06"),
    ]
    assert [(shown.labels[row.parcel], row.recovered) for row in shown.gone] == [("15910/8/12a", "250")]
    before = empty.refresh()
    with pytest.raises(ImportRefusedError) as refused:
        take(empty, tmp_path, newer, "undecided")
    assert "problem.list_changes_undecided" in [one.message for one in refused.value.problems]
    assert empty.refresh() == before
    kept = take(empty, tmp_path, newer, "keep", changes="keep")
    snapshot = empty.snapshot(ON)
    # Only what is new: 80 m² more, cleared; nothing that was there is lost.
    assert zone(snapshot, CCN).cleared_ha == pytest.approx(0.10005 + 0.008, abs=1e-12)
    assert zone(snapshot, GD1).cleared_ha == pytest.approx(0.025, abs=1e-12)
    assert len(kept.seqs) == 4  # two versions, a holding, a milestone
    take(empty, tmp_path, newer, "take", changes="take", gone="take")
    snapshot = empty.snapshot(ON)
    assert zone(snapshot, CCN).cleared_ha == pytest.approx(0.1 + 0.008, abs=1e-12)
    assert zone(snapshot, GD1).cleared_ha is None
    assert empty.verify() == ([], empty.refresh())
    handed = snapshot.state.of_parcel("P000001")[0].milestones["handed_over"]
    assert handed.on == date(2026, 3, 6)


def test_import_list__every_reason_by_row_and_nothing_written(empty, tmp_path):
    rows = [
        ROWS[0].replace("CCN Hoàng Sơn", "KCN Phú Quý"),
        ROWS[1].replace("CCN Hoàng Sơn", "Khu lạ"),
        ROWS[2].replace("Hoằng Xuyên", "Hoằng Lạ"),
        ROWS[3].replace("KCN Phú Quý - giai đoạn 1", ""),
    ]
    with pytest.raises(ImportRefusedError) as refused:
        take(empty, tmp_path, rows)
    told = [(one.source, one.message) for one in refused.value.problems if one.severity == "refused"]
    assert told == [
        ("theo doi.csv, row 3", "problem.list_zone_divided"),
        ("theo doi.csv, row 4", "problem.list_zone_unknown"),
        ("theo doi.csv, row 6", "problem.list_zone_missing"),
        ("theo doi.csv, row 5", "problem.list_commune_unknown"),
    ]
    assert empty.refresh().seq == 0
    assert names(empty) == []
    answered = {"KCN Phú Quý": GD1, "Khu lạ": CCN}
    shown = look(empty, tmp_path, [*rows[:2], ROWS[2], rows[3]], zone=GD1, zones=answered)
    assert shown.refused == ()


def test_import_list__the_same_land_in_two_rows_is_refused(empty, tmp_path):
    """7/2 has 900 m²; two households with 899.8 and 399.8 m² would count 400 m² twice."""
    rows = [ROWS[0], ROWS[1].replace('"500,2"', '"899,8"'), *ROWS[2:]]
    shown = look(empty, tmp_path, rows)
    found = [one for one in shown.refused if one.message == "problem.list_recovered_twice"]
    assert [one.area_m2 for one in found] == [pytest.approx(399.6)]


def test_import_list__another_holder_is_asked_and_the_same_name_on_the_land_is_one(project, tmp_path):
    """Parcel 7/1 is An's in the ledger: her list row is hers, a stranger's is refused."""
    mine = "1,Nguyễn Thị Mẫu,Thôn 1,15910,CCN Hoàng Sơn,7,1,LUC,,1000,,,,,05/03/2026"
    shown = look(project, tmp_path, [mine])
    assert (shown.new_households, shown.same, shown.undrawn) == (0, 1, 0)
    other = mine.replace("Nguyễn Thị Mẫu", "Phạm Văn Khác")
    with pytest.raises(ImportRefusedError) as refused:
        take(project, tmp_path, [other])
    assert "problem.list_other_holder" in [one.message for one in refused.value.problems]
    kept = take(project, tmp_path, [other], "keep", changes="keep")
    assert not [e for e in project.entries() if e.seq in kept.seqs and isinstance(e.fact, Holding | Opening)]


def test_import_list__into_the_sample_is_refused(sample_copy, tmp_path):
    sample = Project.open(sample_copy)
    with pytest.raises(SyntheticProjectError):
        take(sample, tmp_path)


def test_import_list__parts_of_the_list(empty, tmp_path):
    head = (
        "STT,Họ và tên,Xã cũ,Khu,Số tờ,Số thửa,Tỷ lệ sở hữu,Diện tích thu hồi (m2),Ngày bàn giao mặt bằng\n"
    )
    rows = [
        "1,Nguyễn Văn Một,15910,CCN Hoàng Sơn,7,1,1/3,100,05/03/2026",
        "2,Nguyễn Văn Hai,15910,CCN Hoàng Sơn,7,1,2/3,200,",
    ]
    tracking = read(empty, tmp_path, rows, head=head)
    import_list(empty, tracking, stamp("a"))
    parts = sorted(str(one.part) for one in empty.snapshot(ON).state.of_parcel("P000001"))
    assert parts == ["1/3", "2/3"]
    # A third of 300 m² is signed away.
    assert zone(empty.snapshot(ON), CCN).signed_ha == pytest.approx(0.01, abs=1e-12)


# Undo


def test_undo__all_of_it_and_the_next_import_begins_anew(empty, tmp_path):
    done = take(empty, tmp_path)
    undone = undo_list(empty, done.seqs[3], "nhập nhầm tệp", stamp("undo"))
    assert (undone.voids, undone.households) == (len(done.seqs) - 2, 3)
    snapshot = empty.snapshot(ON)
    assert snapshot.totals[0].cleared_ha is None
    assert (len(snapshot.units), names(empty), list(snapshot.state.holdings)) == (0, [], [])
    assert empty.verify() == ([], empty.refresh())
    with pytest.raises(RefusedError) as refused:
        undo_list(empty, done.seqs[0], "lần nữa", stamp("again"))
    assert [one.message for one in refused.value.problems] == ["problem.undo_done"]
    # What was known before the undo is still to be seen.
    assert zone(empty.snapshot(ON, done.seqs[-1]), CCN).cleared_ha == pytest.approx(0.10005)
    again = take(empty, tmp_path, request="again")
    assert list(empty.snapshot(ON).units.index) == ["P000004", "P000005", "P000006"]
    assert zone(empty.snapshot(ON), CCN).cleared_ha == pytest.approx(0.10005)
    assert [one.seq for one in list_imports(empty.snapshot(ON).state)] == [again.seqs[0], done.seqs[0]]


def test_undo__of_a_newer_file_puts_back_what_it_corrected(empty, tmp_path):
    take(empty, tmp_path)
    before = [total.to_dict() for total in empty.snapshot(ON).totals]
    newer = [ROWS[0].replace("05/03/2026", "06/03/2026").replace('"1000,5"', '"1000"'), *ROWS[1:3]]
    done = take(empty, tmp_path, newer, "newer", changes="take", gone="take")
    undo_list(empty, done.seqs[0], "nhầm", stamp("undo"))
    assert [total.to_dict() for total in empty.snapshot(ON).totals] == before
    handed = empty.snapshot(ON).state.of_parcel("P000001")[0].milestones["handed_over"]
    assert handed.on == date(2026, 3, 5)
    assert empty.verify() == ([], empty.refresh())
    assert take(empty, tmp_path, request="same").seqs == ()


def test_undo__what_somebody_recorded_in_place_of_a_correction_counts_alone(empty, tmp_path):
    """50 million by the first list, 60 by the second; the team cancels that and records 55. 7/2 has 20."""
    take(empty, tmp_path)
    newer = [ROWS[0].replace("50000000", "60000000").replace("05/03/2026", "06/03/2026"), *ROWS[1:]]
    done = take(empty, tmp_path, newer, "newer", changes="take")
    corrected = {
        e.fact.milestone: e for e in empty.entries() if e.seq in done.seqs and e.fact.kind == "opening"
    }
    assert set(corrected) == {"plan_approved", "handed_over"}
    wrong = corrected["plan_approved"]
    empty.void([wrong.seq], "sai số tiền", stamp("void"))
    told = Mark(("P000001",), "plan_approved", ON, "QĐ 5", wrong.fact.household, amount_vnd=55_000_000)
    empty.mark(told, stamp("mark"))
    undone = undo_list(empty, done.seqs[0], "nhầm", stamp("undo"))
    assert [one.message for one in undone.warnings] == ["problem.undo_corrected_since"]
    assert sum(one.approved for one in accounts(empty.snapshot(ON).state).values()) == 75_000_000
    assert empty.snapshot(ON).state.of_parcel("P000001")[0].milestones["handed_over"].on == date(2026, 3, 5)
    assert empty.verify() == ([], empty.refresh())


def test_undo__refused_where_later_entries_build_on_it(empty, tmp_path):
    done = take(empty, tmp_path)
    newer = take(
        empty, tmp_path, [*ROWS, "4,Lê Thị Mới,Thôn 3,Hoằng Xuyên,CCN Hoàng Sơn,9,5,LUC,100,80,,,,,"], "n"
    )
    with pytest.raises(RefusedError) as refused:
        undo_list(empty, done.seqs[0], "nhầm", stamp("undo"))
    assert [one.message for one in refused.value.problems] == ["problem.undo_later"]
    undo_list(empty, newer.seqs[0], "nhầm", stamp("undo2"))
    undo_list(empty, done.seqs[0], "nhầm", stamp("undo3"))
    assert len(empty.snapshot(ON).units) == 0
    assert empty.verify() == ([], empty.refresh())


def test_verify_script__finds_a_ledger_of_lists_sound(tmp_path):
    opened = make_empty(tmp_path)
    done = take(opened, tmp_path)
    undo_list(opened, done.seqs[0], "nhầm", stamp("undo"))
    opened.close()
    folder = tmp_path / "xã"
    words = [sys.executable, "-I", "-S", SCRIPT, folder / "ledger.db", "--boundaries", folder / "boundaries"]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_undo__refused_where_the_team_recorded_more(empty, tmp_path):
    """A milestone that the team wrote on a holding of the list would hang in the air."""
    done = take(empty, tmp_path)
    household = empty.snapshot(ON).state.of_parcel("P000003")[0].household
    empty.mark(Mark(("P000003",), "delivered", ON, "BB 1", household=household), stamp("mark"))
    before = empty.refresh()
    with pytest.raises(RefusedError) as refused:
        undo_list(empty, done.seqs[0], "nhầm", stamp("undo"))
    assert "refused.void_carries" in [one.message for one in refused.value.problems]
    assert empty.refresh() == before
    assert len(names(empty)) == 3


def test_import_list__what_the_team_recorded_stays(empty, tmp_path):
    """The team marks 7/2 as handed over on 7 March; a newer list that says 9 March changes nothing and tells it."""
    take(empty, tmp_path)
    state = empty.snapshot(ON).state
    waiting = [h.household for h in state.of_parcel("P000002") if "handed_over" not in h.milestones]
    empty.mark(
        Mark(("P000002",), "handed_over", date(2026, 3, 7), "BB 2", household=waiting[0]), stamp("mark")
    )
    newer = [ROWS[0], ROWS[1][:-1] + ",09/03/2026", *ROWS[2:]]
    shown = look(empty, tmp_path, newer)
    assert shown.changed == ()
    assert "problem.list_ledger_stays" in [one.message for one in shown.problems]
    assert take(empty, tmp_path, newer, "newer").seqs == ()


def test_import_list__an_erased_household_is_found_by_its_land_and_does_not_come_back(empty, tmp_path):
    take(empty, tmp_path)
    gone = empty.snapshot(ON).state.of_parcel("P000003")[0].household
    erase(empty, gone, "yêu cầu của người dân", stamp("erase"), confirmed=gone)
    with empty.ledger.reading() as connection:
        assert gone not in {one.household_id for one in read_list(connection, list_id_of(empty))}
    assert take(empty, tmp_path, request="again").seqs == ()
    assert ("Trần Văn Thử", "Thôn 2") not in names(empty)


def list_id_of(project):
    fact = last_fact(project.snapshot(ON).state, "listed")
    return read_version(project.versions_folder, fact.sha256)["list_id"].iloc[0]
