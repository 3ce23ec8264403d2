"""The sample's ledger is one that the commands would have written: nothing in it would have been refused."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.accounts import accounts
from gis.ledger.batches import AddDocument, JoinBatch, OpenBatch, batches
from gis.ledger.deliveries import DeliverBlock, blocks
from gis.ledger.facts import (
    BatchDocument,
    BatchJoined,
    BatchOpened,
    Delivery,
    Holding,
    Milestone,
    Money,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Visit,
    Void,
    Waiver,
)
from gis.ledger.marks import Mark
from gis.ledger.money import RecordMoney
from gis.ledger.objects import ListObject, RemoveObject
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.openings import OpeningRow, RecordOpenings
from gis.ledger.visits import RecordVisit
from gis.ledger.voids import Cancel
from gis.ledger.waivers import Waive
from gis.project import Project
from gis.project.batches import land_of, what_is_due
from gis.project.days import vietnam_day
from gis.store.versions import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.ledger.entry import Entry
    from gis.ledger.setting import Command

EVERY = {
    Money: 2,
    Milestone: 40,
    Opening: 60,
    BatchJoined: 60,
    Visit: 8,
    ObstacleOpened: 12,
    ObstacleClosed: 12,
}
REASON = "vì sao"


@pytest.fixture(scope="module")
def project(sample_folder: Path) -> Iterator[Project]:
    opened = Project.open(sample_folder)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def entries(project: Project) -> tuple[Entry, ...]:
    return tuple(project.entries())


def command(entry: Entry) -> Command | None:  # noqa: C901, PLR0911, PLR0912 - a case a kind
    """The request that would have written an entry."""
    on, fact = entry.on, entry.fact
    match fact:
        case Void():
            return Cancel((fact.target,), REASON)
        case _ if on is None:
            return None
        case Milestone():
            holding = (fact.document, fact.household)
            return Mark(
                (fact.parcel,), fact.milestone, on, *holding, amount_vnd=fact.amount_vnd, batch=fact.batch
            )
        case Opening():
            said = (fact.parcel, fact.household, fact.milestone, on, fact.not_later_than)
            row = OpeningRow(*said, fact.document, fact.amount_vnd, fact.row, "")
            return RecordOpenings((row,), fact.file_sha256)
        case Waiver():
            return Waive(fact.parcel, fact.household, fact.milestone, on, REASON)
        case ObstacleOpened():
            return OpenObstacle(fact.parcel, fact.household, fact.category, on)
        case ObstacleClosed():
            return CloseObstacle(fact.opened, on)
        case Visit():
            return RecordVisit(fact.household, fact.parcel, on, fact.outcome)
        case Money():
            said = (fact.household, fact.act, fact.amount_vnd, on, fact.document, fact.parcel)
            return RecordMoney(*said, fact.batch)
        case ObjectListed():
            return ListObject(fact.parcel, fact.household, fact.category, fact.count, on)
        case ObjectRemoved():
            return RemoveObject(fact.listed, fact.count, on, fact.document)
        case BatchOpened():
            return OpenBatch(fact.name, on, fact.regime, fact.zone, DEFAULT_DEADLINES.regimes, fact.batch)
        case BatchJoined():
            return JoinBatch(fact.batch, (fact.household,), on)
        case BatchDocument():
            return AddDocument(fact.batch, fact.milestone, fact.number, on, fact.effective)
        case Delivery():
            return DeliverBlock(fact.block, on, fact.parcels, fact.exceptions, fact.document)
    return None


def test_seed__every_kind_would_have_been_written_by_its_command(
    project: Project, entries: tuple[Entry, ...]
) -> None:
    """Each of some kinds, some of each of the many: decided on the day of writing, before the entry."""
    seen: Counter[type] = Counter()
    tried: Counter[type] = Counter()
    for entry in entries:
        request = command(entry)
        kind = type(entry.fact)
        seen[kind] += 1
        if request is None or (seen[kind] - 1) % EVERY.get(kind, 1):
            continue
        tried[kind] += 1
        snapshot = project.snapshot(vietnam_day(entry.recorded_at), entry.seq - 1)
        first = request.decide(snapshot.state, project._setting(snapshot))[0]
        assert first.on == entry.on, entry
        assert plain(first.fact) == plain(entry.fact), entry
    assert min(tried.values()) >= 2
    assert len(tried) == 14


def test_seed__a_delivery_marks_every_holding_that_went_as_a_whole(
    project: Project, entries: tuple[Entry, ...]
) -> None:
    for place, entry in enumerate(entries):
        if not isinstance(entry.fact, Delivery):
            continue
        request = command(entry)
        assert request is not None
        snapshot = project.snapshot(vietnam_day(entry.recorded_at), entry.seq - 1)
        drafts = request.decide(snapshot.state, project._setting(snapshot))
        assert [draft.fact for draft in drafts] == [one.fact for one in entries[place : place + len(drafts)]]
        assert len(drafts) >= len(entry.fact.parcels)


def plain(fact: object) -> object:
    """A fact without what a register gives to it."""
    notes = {name: None for name in ("note", "signatory") if hasattr(fact, name)}
    return replace(fact, **notes)  # type: ignore[type-var]


def test_seed__money_is_whole_and_what_is_approved_is_paid_deposited_or_remains(
    project: Project, entries: tuple[Entry, ...]
) -> None:
    found = accounts(project.snapshot(vietnam_day(entries[-1].recorded_at)).state)
    assert all(one.deposited >= 0 and one.remaining >= 0 for one in found.values())
    partly = [one for one in found.values() if 0 < one.paid < one.approved]
    assert len(partly) > 20
    assert sum(one.deposited for one in found.values()) > 10**9
    assert sum(one.remaining for one in found.values()) > 10**10


def test_seed__every_page_has_something_to_show(project: Project, entries: tuple[Entry, ...]) -> None:
    snapshot = project.snapshot(vietnam_day(entries[-1].recorded_at))
    found = batches(snapshot.state)
    assert {one.regime for one in found.values()} == {"luat-2024", "nq-254-2025"}
    assert len(found) == 9
    assert all(one.members and one.documents for one in found.values())
    assert [block.name for block in blocks(snapshot.state)] == ["Lô A1", "Lô A2"]
    left = [[p.excepted for p in one.parcels if p.excepted != 0] for one in blocks(snapshot.state)]
    assert left[0] == [None]
    assert [one > 0 for one in left[1]] == [True]
    assert 0.9 < (snapshot.clean_ha["commune"] or 0) / snapshot.cleared_ha < 0.999
    statuses = {one.status for one in what_is_due(snapshot, DEFAULT_DEADLINES, land_of(snapshot), 30)}
    assert {"overdue", "due", "open", "wait"} <= statuses


def test_seed__few_marks_miss_an_earlier_milestone(entries: tuple[Entry, ...]) -> None:
    """Who handed over had reached all that comes before, in whatever order; UBND xã alone has no such steps."""
    reached: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in entries:
        if isinstance(entry.fact, Milestone | Opening):
            reached[entry.fact.parcel, entry.fact.household].add(entry.fact.milestone)
    handed = [names for names in reached.values() if "handed_over" in names]
    whole = {"notified", "inventoried", "plan_published", "plan_approved", "paid", "recovered"}
    assert sum(whole <= names for names in handed) / len(handed) > 0.9


def test_seed__openings_name_the_history_and_their_row(
    sample_folder: Path, entries: tuple[Entry, ...]
) -> None:
    openings = [entry.fact for entry in entries if isinstance(entry.fact, Opening)]
    assert {one.file_sha256 for one in openings} == {sha256_of(sample_folder / "households" / "history.csv")}
    holdings = sum(isinstance(entry.fact, Holding) for entry in entries)
    rows = {one.row: entry for entry in entries if isinstance(one := entry.fact, Opening)}
    assert all(entry.seq == 3 + holdings + row for row, entry in rows.items())


def test_seed__each_hamlet_has_one_officer(sample_folder: Path, project: Project) -> None:
    households = project.households(
        [e.fact.household for e in project.entries() if isinstance(e.fact, Holding)]
    )
    officers = defaultdict(set)
    for one in households.values():
        officers[one.commune, one.hamlet].add(one.officer)
    assert all(len(found) == 1 for found in officers.values())
    assert {name for found in officers.values() for name in found} == {f"can-bo-{n}" for n in range(1, 6)} | {
        ""
    }
