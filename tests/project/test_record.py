"""What a process knows of a ledger, against the fold of all its entries."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gis.ledger.entry import Draft
from gis.ledger.facts import BatchOpened, Boundaries
from gis.ledger.state import State, state
from gis.project import record as record_module
from gis.project.days import vietnam_day
from gis.project.record import Record
from gis.store.database import Ledger, Stamp

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import FIRST_MOMENT, day, holds, voids
from lots import lots


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def write(ledger, drafts, request="r"):
    first = ledger.head().seq
    stamps = [
        Stamp("lan", f"{request}{n}", FIRST_MOMENT + timedelta(hours=5 * (first + n)))
        for n in range(len(drafts))
    ]
    with ledger.writing() as writer:
        return writer.append(list(zip(drafts, stamps, strict=True)))


def plain(found):
    """A state by value, whatever order its parcels come in."""
    by_parcel = {
        parcel: (
            [(h.household, h.part, h.since, h.last_seq, dict(h.milestones)) for h in one.holdings],
            one.obstacles,
            one.orphans,
            one.objects,
        )
        for parcel, one in found.by_parcel.items()
    }
    told_of = {household: set(parcels) for household, parcels in found.told_of.items()}
    history = dict(found.history)
    return by_parcel, history, dict(found.voided), dict(found.boundaries), told_of, found.orphans


def assert_knows(record, ledger, *cuts):
    entries = ledger.entries()
    for on, known in cuts:
        found = State(day(on), known, record.upto(known))
        expected = state(entries, day(on), known)
        assert plain(found) == plain(expected)
        assert len(found.by_parcel) == len(expected.by_parcel)
        assert len(found.voided) == len(expected.voided)
        for seq in (0, 1, known, known + 1, len(entries) + 5):
            assert found.entry(seq) == expected.entry(seq)


def test_upto__equals_the_fold_of_all_entries(ledger):
    write(ledger, lots(500))
    record = Record(ledger)
    record.refresh()
    assert_knows(record, ledger, (9, 500), (4, 500), (9, 120), (0, 500), (9, 0))


def test_refresh__takes_in_what_a_rival_wrote(ledger):
    """Some stories are known before, some are read between, some never: all are whole afterwards."""
    drafts = lots(400)
    write(ledger, drafts[:200])
    record = Record(ledger)
    record.refresh()
    before = State(day(9), 200, record.upto(200))
    first = plain(before)
    rival = Ledger(ledger.backend.path)
    write(rival, drafts[200:300], "s")
    record.story("P1")  # reads beyond what was looked at
    assert plain(before) == first
    fresh, other = record.refresh()
    assert not other
    assert {entry.parcel for entry in fresh} == {None}
    assert_knows(record, ledger, (9, 300), (9, 200))
    write(rival, drafts[300:], "t")
    rival.close()
    record.refresh()
    assert_knows(record, ledger, (9, 400), (5, 350), (9, 200))
    assert plain(before) == first


@pytest.mark.parametrize(("block", "kept"), [(2, 10), (7, 10_000), (256, 30)])
def test_story__whatever_is_read_at_once_or_forgotten(ledger, monkeypatch, block, kept):
    monkeypatch.setattr(record_module, "BLOCKS", (block, 4 * block))
    monkeypatch.setattr(record_module, "ENTRIES_KEPT", kept)
    write(ledger, lots(200, parcels=20))
    record = Record(ledger)
    record.refresh()
    record.load(["P3", "P7", "P99"])
    assert record.story("P99") is None
    assert record.story("P3").entries == tuple(e for e in ledger.entries() if e.parcel == "P3")
    assert_knows(record, ledger, (9, 200), (9, 50))
    write(ledger, lots(200, parcels=20, seed=5)[:1], "s")
    record.refresh()
    assert_knows(record, ledger, (9, 201))


def test_refresh__many_new_entries_are_read_when_they_are_asked_for(ledger, monkeypatch):
    monkeypatch.setattr(record_module, "NEAR", 5)
    write(ledger, lots(100))
    record = Record(ledger)
    record.refresh()
    assert_knows(record, ledger, (9, 100))
    write(ledger, [*lots(40, seed=3)], "s")
    assert record.refresh()[1] is False
    assert_knows(record, ledger, (9, 140), (9, 100))


def test_refresh__another_ledger_in_its_place_is_told(ledger, tmp_path):
    write(ledger, lots(10))
    record = Record(ledger)
    record.refresh()
    record.ledger = Ledger(tmp_path / "other.db")
    write(record.ledger, [Draft(day(1), holds("P1", "Z"))])
    assert record.refresh()[1] is True
    assert [h.household for h in State(day(9), 1, record.upto(1)).of_parcel("P1")] == ["Z"]
    record.ledger.close()


def test_refresh__the_first_look_gives_what_is_of_no_parcel(ledger):
    boundaries = Boundaries("parcels", "aa", 1, "EPSG:5897", 2, ())
    write(ledger, [Draft(day(1), boundaries), Draft(day(1), holds("P1", "A")), Draft(None, voids("P1", 2))])
    record = Record(ledger)
    assert [entry.seq for entry in record.refresh()[0]] == [1]
    assert record.refresh() == ((), False)
    write(ledger, [Draft(day(2), BatchOpened("D1", "đợt 1", None, "regime"))], "s")
    assert [entry.seq for entry in record.refresh()[0]] == [4]


def test_known_on__as_the_entries_say_one_by_one(ledger):
    write(ledger, lots(60))
    record = Record(ledger)
    record.refresh()
    for number in range(-1, 16):
        expected = [e.seq for e in ledger.entries() if vietnam_day(e.recorded_at) <= day(number)]
        assert record.known_on(day(number)) == max(expected, default=0)
    assert record.known_on(day(1).max) == 60


def test_named_between__whichever_comes_first(ledger):
    write(ledger, [Draft(day(1), holds(f"P{n}", "A")) for n in range(1, 6)])
    record = Record(ledger)
    record.refresh()
    assert record.named_between(2, 4) == record.named_between(4, 2) == {"P3", "P4"}
    assert record.named_between(3, 3) == set()
