"""An open project: two clocks, rivals, retries, and what happens when the file changes under it."""

import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import geopandas as gpd
import pytest
from landworld import EAST, NORTH, NOW, ON, ZONE, plot, stamp
from shapely import box

from gis.clearance.curve import cleared_on
from gis.errors import (
    DataError,
    ImportRefusedError,
    LedgerLostError,
    LedgerUnfitError,
    NoProjectError,
    RefusedError,
    RequestReusedError,
    SyntheticProjectError,
)
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.ledger.marks import Mark
from gis.ledger.money import RecordMoney
from gis.project import Project
from gis.project.holdings import import_holdings
from gis.project.intake import import_layer


def handed(*parcels, on=ON, **more):
    return Mark(parcels, "handed_over", on, "BB-1", **more)


def ha(snapshot):
    return next((one.cleared_ha, one.signed_ha) for one in snapshot.totals if one.zone_id == ZONE)


def test_snapshot__hectares_by_hand(project):
    found = project.snapshot(ON)
    total = next(one for one in found.totals if one.zone_id == ZONE).to_dict()
    assert total["mapped_ha"] == pytest.approx(3.0)
    assert total["balance"]["gap_m2"] == pytest.approx(5000)  # 250 m x 20 m above the plots
    assert total["by_class_ha"]["not_started"] == pytest.approx(2)
    assert total["by_class_ha"]["no_holder"] == pytest.approx(0.5)


def test_mark__cleared_only_when_all_holdings_are_signed_by_their_parts(project):
    project.mark(handed("P000001"), stamp("a"))
    assert ha(project.snapshot(ON)) == pytest.approx((1, 1))
    project.mark(handed("P000002", household="BINH"), stamp("b"))
    assert ha(project.snapshot(ON)) == pytest.approx((1, 1.5))
    project.mark(handed("P000002", household="AN"), stamp("c"))
    assert ha(project.snapshot(ON)) == pytest.approx((2, 2))


def test_mark__two_clocks(project):
    """Done on 1 February, written on 10 March, cancelled on 12 March."""
    seqs = project.mark(handed("P000001", on=date(2026, 2, 1)), stamp("a")).seqs
    project.void(seqs, "nhầm thửa", stamp("v", now=NOW + timedelta(days=2)))
    later = date(2026, 3, 31)
    assert project.known_on(date(2026, 3, 10)) == seqs[0]
    assert project.known_on(date(2026, 3, 12)) == seqs[0] + 1
    assert ha(project.snapshot(later)) == (0, 0)
    assert ha(project.snapshot(later, known=seqs[0])) == pytest.approx((1, 1))
    assert ha(project.snapshot(date(2026, 1, 31), known=seqs[0])) == (0, 0)
    assert ha(project.snapshot(later, known=seqs[0] - 1)) == (0, 0)


def test_known_on__a_day_ends_at_midnight_in_vietnam(project):
    """17:30 UTC is half past midnight in Hanoi, of the next day."""
    late = datetime(2026, 3, 10, 17, 30, tzinfo=UTC)
    before = project.refresh().seq
    project.mark(handed("P000001"), stamp("a", now=late))
    assert project.known_on(date(2026, 3, 10)) == before
    assert project.known_on(date(2026, 3, 11)) == before + 1


def test_mark__the_same_request_again_writes_once(project):
    first = project.mark(handed("P000001"), stamp("again"))
    second = project.mark(handed("P000001"), stamp("again"))
    assert (second.seqs, first.repeated, second.repeated) == (first.seqs, False, True)
    assert project.refresh().seq == first.seqs[-1]
    with pytest.raises(RequestReusedError):
        project.mark(handed("P000002", all_holdings=True), stamp("again"))


def test_mark__a_rival_who_wrote_meanwhile_is_named_and_nothing_is_written(project):
    card = project.snapshot(ON).card("P000001")
    rival = Project.open(project.folder)
    rival.mark(Mark(("P000001",), "paid", ON, "BK-1", amount_vnd=5), stamp("rival", by="minh"))
    with pytest.raises(RefusedError) as refused:
        project.mark(handed("P000001", seen={"P000001": card.last_seq}), stamp("mine"))
    assert refused.value.problems[0].facts["by"] == "minh"
    assert project.refresh() == rival.refresh()
    seen_again = project.snapshot(ON).card("P000001").last_seq
    assert project.mark(handed("P000001", seen={"P000001": seen_again}), stamp("mine")).seqs
    rival.close()


def test_correct__a_wrong_day_in_one_step(project):
    seqs = project.mark(handed("P000001", on=date(2026, 2, 1)), stamp("a")).seqs
    project.correct(seqs[0], date(2026, 2, 5), "BB-2", "ghi nhầm ngày", stamp("c"))
    assert ha(project.snapshot(date(2026, 2, 4))) == (0, 0)
    assert ha(project.snapshot(date(2026, 2, 5))) == pytest.approx((1, 1))
    card = project.snapshot(ON).card("P000001")
    assert card.holdings[0].milestones["handed_over"].document == "BB-2"
    assert [entry.fact.kind for entry in card.history] == ["holding", "milestone", "void", "milestone"]
    assert project.reason(card.history[2]) == "ghi nhầm ngày"


def test_void__a_reason_is_needed_and_none_is_kept_of_a_refused_one(project):
    seqs = project.mark(handed("P000001"), stamp("a")).seqs
    with pytest.raises(RefusedError):
        project.void(seqs, " ", stamp("v"))
    with pytest.raises(RefusedError):
        project.void([9999], "vì sao", stamp("v"))
    with project.ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM note").scalar_one() == 0


def test_names__are_in_the_register_and_nowhere_in_the_chain(project):
    assert project.households(["AN", "BINH"])["AN"].name == "Nguyễn Thị Mẫu"
    assert not any("Mẫu" in row.body for row in project.ledger.rows())


def put_aside(project, backup):
    with closing(sqlite3.connect(project.folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")


def put_back(project, backup):
    project.ledger.engine.dispose()
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (project.folder / name).unlink(missing_ok=True)
    shutil.copy(backup, project.folder / "ledger.db")


def test_snapshot__a_restored_older_ledger_is_seen(project, tmp_path):
    put_aside(project, tmp_path / "backup.db")
    project.mark(handed("P000001"), stamp("a"))
    assert ha(project.snapshot(ON)) == pytest.approx((1, 1))
    put_back(project, tmp_path / "backup.db")
    assert ha(project.snapshot(ON)) == (0, 0)


def test_snapshot__a_page_that_is_still_drawn_leaves_nothing_of_the_ledger_before_a_restore(
    project, tmp_path
):
    """It looks at its figures once the other ledger is there: those of later pages are of that one alone."""
    put_aside(project, tmp_path / "backup.db")
    money = RecordMoney("AN", "approved", 5, ON)
    project.mark(handed("P000001"), stamp("a"))
    project.do(money, stamp("b"))
    drawn = project.snapshot(ON)
    put_back(project, tmp_path / "backup.db")
    project.refresh()
    drawn.totals, drawn.hand_overs, drawn.money  # noqa: B018 - each is worked out when it is asked for
    project.mark(handed("P000002", all_holdings=True), stamp("c"))
    project.do(replace(money, amount_vnd=7), stamp("d"))
    found = project.snapshot(ON)
    assert ha(found) == pytest.approx((1, 1))
    days = cleared_on(found.state, found.hand_overs)
    assert days.notna().to_dict() == {"P000001": False, "P000002": True}
    assert found.money.approved == 7


def test_refresh__holds_every_entry_up_to_the_head_while_others_write(project):
    """A second program writes while this one reads: no head without its entries."""
    rival = Project.open(project.folder)

    def write():
        for turn in range(60):
            rival.mark(Mark(("P000001",), "paid", ON, "BK", amount_vnd=turn), stamp(f"w{turn}", by="minh"))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        head = project.refresh()
        held = project.entries()
        assert held[-1].seq >= head.seq
        assert [entry.seq for entry in held] == list(range(1, len(held) + 1))
    writer.join()
    assert project.refresh() == rival.refresh()
    assert len(project.entries()) == project.refresh().seq
    rival.close()


def test_verify__boundaries_that_were_altered_or_lost_are_named(project):
    assert project.verify()[0] == []
    parcels, zones = (entry.fact.sha256 for entry in project.entries()[:2])
    path = project.versions_folder / f"{parcels}.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    (project.versions_folder / f"{zones}.parquet").unlink()
    assert [(p.source, p.message) for p in project.verify()[0]] == [
        ("entry 1", "verify.version_altered"),
        ("entry 2", "verify.version_missing"),
    ]


def test_verify__a_parcel_whose_parts_do_not_sum_to_the_whole_is_named_with_the_day(project):
    """As a ledger may hold it: no command writes it any more."""
    told = [Draft(ON, Holding("P000003", "H7", Fraction(1, 2))), Draft(ON, Holding("P000003", "H8", None))]
    late = Draft(ON, Holding("P000003", "H9", Fraction(2, 3)))
    project.write(stamp("half"), lambda *_: told, lambda _: True)
    assert project.verify()[0] == []
    project.write(stamp("more"), lambda *_: [late], lambda _: True)
    assert [(p.source, p.message, p.facts) for p in project.verify()[0]] == [
        (
            project.snapshot(ON).boundaries.labels["P000003"],
            "verify.shares",
            {"on": ON.isoformat(), "sum": "7/6"},
        )
    ]


def test_import_layer__new_keys_get_new_ids_and_old_ones_keep_theirs(project, tmp_path):
    more = gpd.GeoDataFrame(
        {"soTo": ["7", "7"], "soThua": ["9", "2a"], "maXa": "15910", "loaiDat": ["LUC", "CLN"]},
        geometry=[plot(3), plot(2)],
        crs=5897,
    )
    more.to_file(tmp_path / "them.gpkg")
    done = import_layer(project, "parcels", [tmp_path / "them.gpkg"], stamp("more"), on=ON)
    assert (done.count, done.added, done.changed) == (4, 1, 1)
    units = project.snapshot(ON).units
    assert units["number"].to_dict() == {"P000001": "1", "P000002": "2", "P000003": "2a", "P000004": "9"}
    assert units.loc["P000003", "land_use"] == "CLN"
    day_before = project.snapshot(ON - timedelta(days=1)).units
    assert len(day_before) == 3
    assert day_before.loc["P000003", "land_use"] == "LUC"


def test_import_layer__refuses_all_for_one_bad_row(project, tmp_path):
    bad = gpd.GeoDataFrame(
        {"soTo": ["8", "8"], "soThua": ["1", ""], "maXa": "15910"}, geometry=[plot(5), plot(6)], crs=5897
    )
    bad.to_file(tmp_path / "bad.gpkg")
    head = project.refresh()
    with pytest.raises(ImportRefusedError) as refused:
        import_layer(project, "parcels", [tmp_path / "bad.gpkg"], stamp("bad"), crs="EPSG:5897")
    assert "feature 2" in refused.value.problems[0].source
    assert project.refresh() == head


def test_import_layer__a_zone_that_the_plan_lacks_is_refused(project, tmp_path):
    gpd.GeoDataFrame({"zone_id": ["khu-la"]}, geometry=[plot(9)], crs=5897).to_file(tmp_path / "la.gpkg")
    with pytest.raises(ImportRefusedError) as refused:
        import_layer(project, "zones", [tmp_path / "la.gpkg"], stamp("bad"), crs="EPSG:5897")
    assert refused.value.problems[0].message == "problem.zone_not_in_plan"


def test_import_layer__zones_lying_over_each_other_are_refused(project, tmp_path):
    over = gpd.GeoDataFrame({"zone_id": ["kcn-phu-quy-gd1"]}, geometry=[plot(1)], crs=5897)
    over.to_file(tmp_path / "over.gpkg")
    with pytest.raises(ImportRefusedError) as refused:
        import_layer(project, "zones", [tmp_path / "over.gpkg"], stamp("bad"), crs="EPSG:5897")
    assert [p.message for p in refused.value.problems] == ["problem.zones_overlap"]


def to_file(tmp_path, name, numbers, shapes):
    frame = gpd.GeoDataFrame({"soTo": "7", "soThua": numbers, "maXa": "15910"}, geometry=shapes, crs=5897)
    frame.to_file(tmp_path / name)
    return [tmp_path / name]


def test_import_layer__a_feature_on_top_of_a_parcel_is_refused_a_sliver_is_told(project, tmp_path):
    def feature(name, shape):
        gpd.GeoDataFrame({"code": [name]}, geometry=[shape], crs=5897).to_file(tmp_path / f"{name}.gpkg")
        return [tmp_path / f"{name}.gpkg"]

    with pytest.raises(ImportRefusedError):
        import_layer(project, "features", feature("K01", plot(0)), stamp("k1"), crs="EPSG:5897")
    edge = box(EAST - 50, NORTH, EAST + 1, NORTH + 100)
    done = import_layer(project, "features", feature("K02", edge), stamp("k2"), crs="EPSG:5897")
    told = [(p.message, p.facts["area"]) for p in done.warnings if p.message == "problem.shared_land"]
    assert told == [("problem.shared_land", pytest.approx(100))]


def test_import_layer__a_version_before_the_one_in_force_is_refused(project, tmp_path):
    import_layer(
        project, "parcels", to_file(tmp_path, "a.gpkg", ["20"], [plot(5)]), stamp("a"), crs="EPSG:5897"
    )
    earlier = to_file(tmp_path, "b.gpkg", ["21"], [plot(6)])
    with pytest.raises(ImportRefusedError) as refused:
        import_layer(project, "parcels", earlier, stamp("b"), on=ON - timedelta(days=1), crs="EPSG:5897")
    assert refused.value.problems[0].message == "problem.version_before"


def test_open__a_damaged_ledger_is_told_in_a_sentence(project):
    project.ledger.engine.dispose()
    path = project.folder / "ledger.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(LedgerUnfitError):
        project.verify()


def test_import_holdings__every_bad_line_is_named_and_nothing_is_written(project, tmp_path):
    listed = tmp_path / "sai.csv"
    listed.write_text(
        "commune,sheet,number,household_id,part,from\n"
        "15910,7,99,X,1,\n15910,7,2a,X,một nửa,\n15910,7,2a,Y,1/2,32/01/2026\n",
        "utf-8",
    )
    head = project.refresh()
    with pytest.raises(ImportRefusedError) as refused:
        import_holdings(project, [listed], stamp("bad"))
    assert [(p.source, p.message) for p in refused.value.problems] == [
        ("sai.csv, line 2", "problem.no_such_parcel"),
        ("sai.csv, line 3", "problem.part_unreadable"),
        ("sai.csv, line 4", "problem.day_unreadable"),
    ]
    assert project.refresh() == head


def test_import_holdings__parts_above_the_area_are_kept_and_told(project, tmp_path):
    """Parcel 2a is 1 ha: 6.000 and 5.000 m2 cannot both be right."""
    listed = tmp_path / "m2.csv"
    listed.write_text(
        "commune,sheet,number,household_id,part,from\n15910,7,2a,X,6000 m2,\n15910,7,2a,Y,5000 m2,\n", "utf-8"
    )
    done = import_holdings(project, [listed], stamp("m2"))
    assert [(p.message, p.severity) for p in done.warnings] == [("problem.parts_above_area", "warning")]
    assert len(done.seqs) == 2


def test_open__a_lost_ledger_is_not_replaced_by_an_empty_one(project):
    project.close()
    for path in project.folder.glob("ledger.db*"):
        path.unlink()
    with pytest.raises(LedgerLostError):
        Project.open(project.folder)
    assert not (project.folder / "ledger.db").exists()


def test_snapshot__a_boundary_that_no_total_counts_is_a_problem(project):
    assert project.snapshot(ON).problems == ()
    path = project.folder / "project.toml"
    path.write_text(path.read_text("utf-8").replace(ZONE, "ccn-khac"), "utf-8")
    renamed = Project.open(project.folder)
    assert [p.message for p in renamed.snapshot(ON).problems] == ["problem.zone_not_in_plan"]
    renamed.close()


def test_import_holdings__a_key_that_two_parcels_share_names_neither(project, tmp_path):
    twins = gpd.GeoDataFrame(
        {"soTo": ["8", "8/1"], "soThua": ["1/1", "1"], "maXa": "15910"}, geometry=[plot(5), plot(6)], crs=5897
    )
    twins.to_file(tmp_path / "twins.gpkg")
    import_layer(project, "parcels", [tmp_path / "twins.gpkg"], stamp("twins"), crs="EPSG:5897")
    listed = tmp_path / "twins.csv"
    listed.write_text("commune,sheet,number,household_id,part,from\n15910,8,1/1,X,1,\n", "utf-8")
    with pytest.raises(ImportRefusedError):
        import_holdings(project, [listed], stamp("x"))


def test_open__says_what_is_missing_or_wrong(tmp_path):
    with pytest.raises(NoProjectError):
        Project.open(tmp_path)
    (tmp_path / "project.toml").write_text("synthetic = maybe", "utf-8")
    with pytest.raises(DataError):
        Project.open(tmp_path)


def test_open__the_samples_ledger_is_made_once_and_verifies(sample_folder):
    project = Project.open(sample_folder)
    problems, head = project.verify()
    assert problems == []
    assert head.seq > 15_000
    assert project.snapshot(date(2026, 11, 15)).state.orphans == ()
    with pytest.raises(SyntheticProjectError):
        import_layer(project, "zones", [], stamp())
    with pytest.raises(SyntheticProjectError):
        import_holdings(project, [], stamp())
    assert project.refresh() == head
    project.close()


def test_open__a_first_opening_that_fails_leaves_an_empty_ledger(sample_copy):
    (sample_copy / "ledger.db").unlink()
    history = sample_copy / "households" / "history.csv"
    whole = history.read_text("utf-8")
    cut = whole.splitlines(keepends=True)
    row = next(place for place, line in enumerate(cut) if place > 400 and ",milestone,15" in line)
    cut[row] = cut[row].replace(",milestone,15", ",milestone,99")
    history.write_text("".join(cut), "utf-8")
    with pytest.raises(DataError):
        Project.open(sample_copy)
    history.write_text(whole, "utf-8")
    project = Project.open(sample_copy)
    assert project.verify()[0] == []
    assert project.refresh().seq > 15_000
    project.close()


def test_mark__a_second_click_tells_again_what_the_first_was_warned_of(project):
    first = project.mark(handed("P000001"), stamp("a"))
    again = project.mark(handed("P000001"), stamp("a"))
    assert [warning.message for warning in first.warnings] == ["warning.out_of_order"]
    assert [(warning.message, warning.severity) for warning in again.warnings] == [
        ("warned.out_of_order", "warning")
    ]
    assert again.repeated
