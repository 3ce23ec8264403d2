"""Đợt of an open project: hectares against the frames, one transaction, one writing for one request."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from gis.deadlines import DEFAULT_DEADLINES
from gis.errors import DeadlineTableError, RefusedError, RequestReusedError
from gis.ledger.batch_apply import ApplyDocument, Listed
from gis.ledger.batches import AddDocument, JoinBatch, OpenBatch, batches
from gis.project import Project
from gis.project.batches import (
    batch_figures,
    deadlines_of,
    households_in,
    land_of,
    review,
    signatory,
    what_is_due,
    zones_ha,
)
from gis.project.people import aliases
from gis.project.register_edits import merge
from gis.store.database import Stamp

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PARK, PHASE = "kcn-phu-quy", "kcn-phu-quy-gd1"


def stamp(request):
    return Stamp("lan", request, NOW)


@pytest.fixture
def project(sample_copy):
    opened = Project.open(sample_copy)
    yield opened
    opened.close()


def with_batch(project, count):
    """A đợt of the first households of the phase, with a decision; its document's seq."""
    snapshot = project.snapshot(TODAY)
    members = households_in(snapshot, land_of(snapshot), PHASE)[:count]
    regimes = tuple(DEFAULT_DEADLINES.regimes)
    project.do(OpenBatch("Đợt 99", date(2026, 11, 2), "nq-254-2025", PHASE, regimes), stamp("open"))
    project.do(JoinBatch("D99", members, date(2026, 11, 2)), stamp("join"))
    decision = AddDocument("D99", "plan_approved", "QĐ 999", date(2026, 11, 10), signatory="Chủ tịch UBND xã")
    return members, project.do(decision, stamp("document")).seqs[0]


def applying(project, seq, members, amount=None):
    land = land_of(project.snapshot(TODAY))
    batch = batches(project.snapshot(TODAY).state)["D99"]
    listed = tuple(Listed(one, amount, f"line {n}") for n, one in enumerate(members, 1))
    return ApplyDocument("D99", seq, listed, land.of_batch(batch))


def parts_ha(snapshot, parcels):
    """Hectares by zone, by pandas alone."""
    chosen = snapshot.overlaps[snapshot.overlaps.index.get_level_values("parcel_id").isin(parcels)]
    return (chosen.groupby(level="zone_id").sum() / 10_000).to_dict()


def test_land_of__a_zone_has_the_parcels_of_its_phases(project):
    snapshot = project.snapshot(TODAY)
    land = land_of(snapshot)
    inside = {zone: set(parcels) for zone, parcels in land.inside.items()}
    leaves = snapshot.overlaps.reset_index().groupby("zone_id")["parcel_id"].agg(set)
    assert inside[PHASE] == leaves[PHASE]
    assert inside[PARK] == set().union(*(leaves[zone] for zone in leaves.index if zone.startswith(PARK)))
    assert land.codes == snapshot.units["land_use"].to_dict()


def test_review__its_figures_are_what_is_written(project):
    members, seq = with_batch(project, 5)
    request = applying(project, seq, members, 1_000_000)
    found = review(project, request, TODAY)
    before = project.refresh().seq
    receipt = project.do(request, stamp("apply"))
    written = [entry.fact for entry in project.entries() if entry.seq in receipt.seqs]
    parcels = {fact.parcel for fact in written if fact.kind == "milestone"}
    assert (found.households, found.parcels, found.entries) == (5, len(parcels), len(written))
    assert found.money_vnd == 5_000_000 == sum(f.amount_vnd for f in written if f.kind == "money")
    expected = parts_ha(project.snapshot(TODAY), parcels)
    assert found.zones_ha == pytest.approx(expected)
    assert receipt.seqs == tuple(range(before + 1, before + 1 + len(written)))
    figures = batch_figures(
        project.snapshot(TODAY),
        batches(project.snapshot(TODAY).state)["D99"],
        land_of(project.snapshot(TODAY)),
    )
    assert figures.applied[seq] == (5, len(written) - 5)
    assert figures.reached["plan_approved"] == 5
    within = parts_ha(project.snapshot(TODAY), figures.parcels)
    assert figures.zones_ha == pytest.approx({PHASE: within[PHASE]})


def test_apply__the_same_request_writes_once_and_another_may_not_take_its_id(project):
    members, seq = with_batch(project, 3)
    request = applying(project, seq, members)
    first = project.do(request, stamp("apply"))
    again = project.do(request, stamp("apply"))
    assert (again.seqs, again.repeated) == (first.seqs, True)
    with pytest.raises(RequestReusedError):
        project.do(JoinBatch("D99", members[:1], TODAY, left=True), stamp("apply"))
    assert project.refresh().seq == first.seqs[-1]
    assert project.verify()[0] == []


def test_apply__a_refused_list_writes_nothing(project):
    members, seq = with_batch(project, 3)
    before = project.refresh()
    with pytest.raises(RefusedError) as refused:
        project.do(applying(project, seq, [*members, "H404"]), stamp("apply"))
    assert [(p.source, p.message) for p in refused.value.problems] == [
        ("line 4", "refused.household_unknown")
    ]
    assert project.refresh() == before


def test_signatory__is_in_the_register_and_not_in_the_chain(project):
    _, seq = with_batch(project, 1)
    document = batches(project.snapshot(TODAY).state)["D99"].document(seq)
    assert signatory(project, document) == "Chủ tịch UBND xã"
    assert not any("Chủ tịch" in body for _, body in _bodies(project))


def _bodies(project):
    frame = pd.read_sql("select seq, body from entry", f"sqlite:///{project.folder / 'ledger.db'}")
    return frame.itertuples(index=False, name=None)


def test_zones_ha__each_parcel_once(project):
    snapshot = project.snapshot(TODAY)
    parcel = snapshot.overlaps.index[0][0]
    assert zones_ha(snapshot, [parcel, parcel]) == pytest.approx(parts_ha(snapshot, [parcel]))
    assert zones_ha(snapshot, ["P999999"]) == {}


def test_deadlines_of__the_folders_own_table(tmp_path):
    assert deadlines_of(tmp_path) is DEFAULT_DEADLINES
    (tmp_path / "deadlines.toml").write_text('[regimes.x]\nname = "X"\nsource = "X"\n', "utf-8")
    assert set(deadlines_of(tmp_path).regimes) == {*DEFAULT_DEADLINES.regimes, "x"}
    (tmp_path / "deadlines.toml").write_text("[regimes", "utf-8")
    with pytest.raises(DeadlineTableError):
        deadlines_of(tmp_path)


def test_apply__people_entered_twice_are_one_household_of_a_batch(project):
    """Two members are merged: a list of one id marks the land of both, and each figure counts one."""
    members, seq = with_batch(project, 3)
    merge(project, members[1], members[0], stamp("merge"), any_kind=True)
    merged = aliases(project)
    assert merged == {members[1]: members[0]}
    request = applying(project, seq, members[:1])
    found = review(project, request, TODAY)
    receipt = project.do(request, stamp("apply"))
    facts = [entry.fact for entry in project.entries() if entry.seq in receipt.seqs]
    assert {fact.household for fact in facts} == set(members[:2])
    assert (found.households, found.entries) == (1, len(facts))
    assert project.do(request, stamp("apply")).repeated

    snapshot = project.snapshot(TODAY)
    land, batch = land_of(snapshot), batches(snapshot.state)["D99"]
    figures = batch_figures(snapshot, batch, land, merged)
    assert (set(figures.holdings), figures.landless) == ({members[0], members[2]}, ())
    assert (figures.households, figures.applied[seq]) == (2, (1, len(facts)))

    def owing(known):
        rows = what_is_due(snapshot, DEFAULT_DEADLINES, land, aliases=known)
        return {row.household for row in rows if row.batch == "D99" and row.rule.id == "payment"}

    assert (owing({}), owing(merged)) == (set(members[:2]), {members[0]})
