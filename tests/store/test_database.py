"""The ledger on a real disk: what it keeps, and what it refuses."""

import os
import sqlite3
import subprocess
import sys
import textwrap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gis.errors import LedgerFolderError, LedgerUnfitError, NewerLedgerError
from gis.ledger.chain import Head
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.ledger.verify import check_chain
from gis.store.database import Ledger, Stamp

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DRAFT = Draft(date(2026, 3, 1), Holding("P1", "H1", None))


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.db")
    yield opened
    opened.close()


def append(ledger, count=1, request_id="r1", now=NOW):
    with ledger.writing() as writer:
        return writer.append([(DRAFT, Stamp("lan", request_id, now))] * count)


def test_append__numbers_from_one_and_chains(ledger):
    written = append(ledger, 3)
    assert [(entry.seq, entry.item) for entry in written] == [(1, 0), (2, 1), (3, 2)]
    assert ledger.entries() == written
    assert ledger.entries(after=2) == written[2:]
    problems, head = check_chain(ledger.rows())
    assert problems == []
    assert ledger.head() == head
    assert ledger.hash_at(3) == head.hash
    assert ledger.hash_at(4) is None


def test_append__what_a_failed_command_wrote_is_not_there(ledger):
    def fail():
        with ledger.writing() as writer:
            writer.append([(DRAFT, Stamp("lan", "r1", NOW))])
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        fail()
    assert ledger.head() == Head()


def test_append__a_clock_that_jumps_back_does_not_take_the_ledger_along(ledger):
    append(ledger)
    earlier = append(ledger, request_id="r2", now=NOW - timedelta(days=400))
    assert earlier[0].recorded_at == NOW


def test_of_request__gives_back_what_it_wrote(ledger):
    written = append(ledger, 2)
    with ledger.writing() as writer:
        assert writer.of_request("r1") == written
        assert writer.of_request("r2") == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = 'x' WHERE seq = 1",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 2",
        "REPLACE INTO entry SELECT 3, kind, on_day, recorded_at, request_id, item, parcel, body, hash, household, milestone, target, part, predecessors FROM entry WHERE seq = 2",
        "INSERT INTO entry SELECT 9, kind, on_day, recorded_at, 'r9', 0, parcel, body, hash, household, milestone, target, part, predecessors FROM entry WHERE seq = 2",
    ],
)
def test_database__refuses_by_itself(ledger, statement):
    """A connection of somebody else's, with none of our settings."""
    append(ledger, 2)
    before = ledger.entries()
    with sqlite3.connect(ledger.backend.path) as connection, pytest.raises(sqlite3.IntegrityError, match="ledger"):
        connection.execute(statement)
    connection.close()
    assert ledger.entries() == before


def test_open__keeps_full_durability_and_a_write_ahead_log(ledger):
    with ledger.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL


def test_open__refuses_what_is_no_database(tmp_path):
    (tmp_path / "ledger.db").write_text("not a database, but long enough to be looked at " * 50)
    with pytest.raises(LedgerUnfitError):
        Ledger(tmp_path / "ledger.db")


def test_open__refuses_a_newer_ledger(tmp_path):
    with sqlite3.connect(tmp_path / "ledger.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(NewerLedgerError) as refused:
        Ledger(tmp_path / "ledger.db")
    assert refused.value.facts["found"] == 99


def test_open__refuses_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(LedgerFolderError):
        Ledger(tmp_path / "gone" / "ledger.db")


WRITER = """
    import sys
    from datetime import UTC, date, datetime
    from pathlib import Path
    from gis.ledger.entry import Draft
    from gis.ledger.facts import Holding
    from gis.store.database import Ledger, Stamp
    ledger = Ledger(Path(sys.argv[1]))
    for turn in range(25):
        with ledger.writing() as writer:
            stamp = Stamp("lan", f"{sys.argv[2]}-{turn}", datetime.now(UTC))
            writer.append([(Draft(date(2026, 3, 1), Holding("P1", sys.argv[2], None)), stamp)] * 2)
"""


def test_append__four_processes_at_once_lose_and_double_nothing(tmp_path):
    path = tmp_path / "ledger.db"
    script = tmp_path / "writer.py"
    script.write_text(textwrap.dedent(WRITER))
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    writers = [
        subprocess.Popen([sys.executable, script, path, f"H{n}"], env=environment, stderr=subprocess.PIPE)
        for n in range(4)
    ]
    assert [(writer.communicate(timeout=120)[1], writer.returncode) for writer in writers] == [(b"", 0)] * 4
    ledger = Ledger(path)
    problems, head = check_chain(ledger.rows())
    assert (problems, head.seq) == ([], 200)
    by_writer = [entry.fact.household for entry in ledger.entries()]
    assert {name: by_writer.count(name) for name in by_writer} == {f"H{n}": 50 for n in range(4)}
    ledger.close()
