"""The ledger on a real disk: what it keeps, and what it refuses."""

import os
import sqlite3
import subprocess
import sys
import textwrap
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from rows import COLUMNS, DRAFT, NOW, append

from gis.errors import GisError, LedgerUnfitError, NewerLedgerError
from gis.ledger.chain import Head
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding, Milestone, Void
from gis.ledger.verify import check_chain
from gis.store.database import Stamp
from gis.store.refusals import DatabaseUnfitError, OtherProjectError
from gis.texts import Texts


@pytest.fixture
def ledger(place):
    opened = place.open()
    yield opened
    opened.close()


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
        "UPDATE entry SET household = 'H2'",
        "DELETE FROM entry WHERE seq = 2",
        "DELETE FROM entry",
        f"INSERT INTO entry (seq, {COLUMNS}) SELECT 9, {COLUMNS} FROM entry WHERE seq = 2",
        f"INSERT INTO entry (seq, {COLUMNS}) SELECT 0, {COLUMNS} FROM entry WHERE seq = 2",
        f"INSERT INTO entry (seq, {COLUMNS}) SELECT 2, {COLUMNS} FROM entry WHERE seq = 2 "
        "ON CONFLICT (seq) DO UPDATE SET body = 'x'",
        f"INSERT INTO entry (seq, {COLUMNS}) SELECT 3, {COLUMNS} FROM entry WHERE seq = 2 "
        "ON CONFLICT (request_id, item) DO UPDATE SET body = 'x'",
        "INSERT INTO entry SELECT * FROM entry",
    ],
)
def test_database__refuses_by_itself(place, ledger, statement):
    """A connection of somebody else's, with none of our settings, and of the table's owner."""
    append(ledger, 2)
    before = list(ledger.rows())
    with pytest.raises((sqlite3.DatabaseError, psycopg.Error), match="the ledger"):
        place.execute(statement)
    assert list(ledger.rows()) == before


def test_database__gives_texts_in_one_order(place, ledger):
    """Bytes, as SQLite sorts: Vietnamese letters, capitals and signs alike on any server."""
    append_parcels = ["P10", "P2", "p1", "Đ1", "d1", "P 1"]
    with ledger.writing() as writer:
        stamp = Stamp("lan", "r1", NOW)
        writer.append(
            [(Draft(date(2026, 3, 1), Holding(parcel, "H1", None)), stamp) for parcel in append_parcels]
        )
    found = [row[0] for row in place.execute("SELECT parcel FROM entry ORDER BY parcel")]
    assert found == sorted(append_parcels, key=str.encode)


def test_rows__hold_the_derived_columns(ledger):
    with ledger.writing() as writer:
        stamp = Stamp("lan", "r1", NOW)
        handed = Milestone("P1", "H1", "handed_over")
        writer.append(
            [
                (DRAFT, stamp),
                (Draft(date(2026, 3, 1), handed), stamp),
                (Draft(None, Void("P1", 2)), stamp),
            ]
        )
    told = [(row.household, row.milestone, row.target) for row in ledger.rows()]
    assert told == [("H1", None, None), ("H1", "handed_over", None), (None, None, 2)]


def test_open__refuses_a_newer_ledger(place):
    place.open().close()
    if place.url is None:
        place.execute("PRAGMA user_version = 99")
    else:
        place.execute("UPDATE alembic_version SET version_num = 'gpmb_99'")
    with pytest.raises(NewerLedgerError) as refused:
        place.open()
    assert refused.value.facts["found"] == 99
    assert "99" in Texts("vi").error(refused.value)


def test_open__refuses_the_database_of_another_project(place):
    place.open("15910").close()
    place.open("15910").close()
    place.open().close()
    with pytest.raises(OtherProjectError) as refused:
        place.open("15910-sample")
    assert refused.value.facts["found"] == "15910"


def test_open__a_ledger_without_a_project_is_claimed_once(place):
    place.open().close()
    place.open("A").close()
    with pytest.raises(OtherProjectError):
        place.open("B")


def test_open__refuses_tables_of_another_program(place):
    place.execute("CREATE TABLE entry (id INTEGER)")
    with pytest.raises((LedgerUnfitError, DatabaseUnfitError)):
        place.open()
    assert place.execute("SELECT * FROM entry") == []


def test_writing__what_is_wrong_inside_is_a_refusal_and_nothing_is_written(ledger):
    def fail():
        with ledger.writing() as writer:
            writer.append([(DRAFT, Stamp("lan", "r1", NOW))])
            writer.connection.execute(sa.text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(GisError):
        fail()
    assert ledger.head() == Head()


def test_read__head_and_entries_are_of_one_moment(ledger):
    append(ledger, 2)
    with ledger.reading() as connection:
        first = connection.scalar(sa.text("SELECT COUNT(*) FROM entry"))
        append(ledger, 1, "r2")
        assert connection.scalar(sa.text("SELECT COUNT(*) FROM entry")) == first == 2
    assert ledger.head().seq == 3


WRITER = """
    import sys
    from datetime import UTC, date, datetime
    from pathlib import Path
    from gis.ledger.entry import Draft
    from gis.ledger.facts import Holding
    from gis.store.database import Stamp, open_ledger
    ledger = open_ledger(Path(sys.argv[1]), sys.argv[3], "15910", 5897)
    for turn in range(25):
        with ledger.writing() as writer:
            stamp = Stamp("lan", f"{sys.argv[2]}-{turn}", datetime.now(UTC))
            writer.append([(Draft(date(2026, 3, 1), Holding("P1", sys.argv[2], None)), stamp)] * 2)
"""


def test_append__four_processes_at_once_lose_and_double_nothing(place):
    """They also make the database: the first of them does, the others find it."""
    script = place.folder / "writer.py"
    script.write_text(textwrap.dedent(WRITER))
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    writers = [
        subprocess.Popen(
            [sys.executable, script, place.folder, f"H{n}", place.url or ""],
            env=environment,
            stderr=subprocess.PIPE,
        )
        for n in range(4)
    ]
    assert [(writer.communicate(timeout=120)[1], writer.returncode) for writer in writers] == [(b"", 0)] * 4
    ledger = place.open("15910")
    problems, head = check_chain(ledger.rows())
    assert (problems, head.seq) == ([], 200)
    by_writer = [entry.fact.household for entry in ledger.entries()]
    assert {name: by_writer.count(name) for name in by_writer} == {f"H{n}": 50 for n in range(4)}
    ledger.close()
