"""A whole project on each database: one set of figures, from several machines."""

import shutil
from datetime import date

import pytest
from landworld import NOW, ON, make_project, stamp
from postgres import EPSG

from gis.errors import LedgerLostError
from gis.ledger.marks import Mark
from gis.plan import empty_plan_text
from gis.project import Project
from gis.store.database import open_ledger
from gis.store.refusals import DatabaseEmptyError, OtherProjectError


def handed(*parcels, household=None):
    return Mark(parcels, "handed_over", ON, "BB-1", household=household)


def figures(project):
    return [total.to_dict() for total in project.snapshot(ON).totals]


def test_open__figures_are_those_of_a_file(place, tmp_path_factory, monkeypatch):
    """Imports, marks, voids, names and reasons by the same calls; by hand 2 of 3 ha are handed over."""
    if place.url:
        monkeypatch.setenv("GPMB_DATABASE_URL", place.url)
    project = make_project(tmp_path_factory.mktemp("here"))
    first = project.mark(handed("P000001"), stamp("a"))
    for household in ("AN", "BINH"):
        project.mark(handed("P000002", household=household), stamp(household))
    wrong = project.mark(Mark(("P000001",), "inventoried", ON, "BB-0"), stamp("b"))
    void = project.void(wrong.seqs, "nhầm thửa", stamp("c"))
    assert project.mark(handed("P000001"), stamp("a")).seqs == first.seqs
    zone = next(total for total in project.snapshot(ON).totals if total.zone_id == "ccn-hoang-son")
    assert zone.cleared_ha == pytest.approx(2.0)
    assert project.verify()[0] == []
    entry = project.entries()[void.seqs[0] - 1]
    assert project.reason(entry) == "nhầm thửa"
    assert {one.name for one in project.households({"AN"}).values()} <= {"Nguyễn Thị Mẫu"}
    assert (project.folder / "ledger.db").exists() is (place.url is None)
    project.close()


def test_open__two_machines_share_one_project(postgres, tmp_path, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("GPMB_DATABASE_URL", postgres.url)
    here = make_project(tmp_path)
    folder = tmp_path_factory.mktemp("there") / "xã"
    folder.mkdir()
    shutil.copy(here.folder / "project.toml", folder)
    there = Project.open(folder)
    assert figures(there) == figures(here)
    there.mark(handed("P000001"), stamp("a", by="minh"))
    assert figures(here) == figures(there)
    assert here.entries()[-1].by == "minh"
    assert there.verify() == here.verify() == ([], here.refresh())
    here.close()
    there.close()


def test_open__a_project_that_had_a_ledger_does_not_start_anew(postgres, tmp_path):
    project = make_project(tmp_path)
    project.close()
    with pytest.raises(DatabaseEmptyError):
        Project.open(project.folder, postgres.url)
    (project.folder / "ledger.db").unlink()
    with pytest.raises(DatabaseEmptyError):
        Project.open(project.folder, postgres.url)
    with pytest.raises(LedgerLostError):
        Project.open(project.folder)


def test_open__another_project_is_refused(postgres, tmp_path):
    """Sample data of the same commune is another project."""
    open_ledger(tmp_path, postgres.url, "15910-sample", EPSG).close()
    folder = tmp_path / "xã"
    folder.mkdir()
    (folder / "project.toml").write_text(empty_plan_text(), "utf-8")
    with pytest.raises(OtherProjectError):
        Project.open(folder, postgres.url)


def test_open__the_sample_has_the_same_ledger_on_both(postgres, sample_folder, sample_copy):
    """Ids of notes and households are random; everything else is the same, entry by entry."""
    on_file, on_server = Project.open(sample_folder), Project.open(sample_copy, postgres.url)
    day = date(2026, 11, 15)
    told = [
        [(entry.seq, entry.fact.kind, entry.on, entry.parcel, entry.recorded_at) for entry in one.entries()]
        for one in (on_file, on_server)
    ]
    assert told[0] == told[1]
    sums = [[total.to_dict() for total in one.snapshot(day).totals] for one in (on_file, on_server)]
    assert sums[0] == sums[1]
    assert on_server.verify()[0] == []
    assert on_server.known_on(NOW.date()) == on_file.known_on(NOW.date())
    on_file.close()
    on_server.close()
