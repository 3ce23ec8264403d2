"""From the first schema to this one: every entry as it was, the new columns from it, or nothing at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from first_schema import DERIVED, make_v1, v1_rows
from rows import NOW, append

from gis.errors import NewerLedgerError
from gis.ledger.chain import Head
from gis.ledger.verify import check_chain
from gis.store import migrate as migrate_module
from gis.store.database import Ledger
from gis.store.migrate import migrate
from gis.store.refusals import (
    CopyUnfitError,
    MigrationBrokenError,
    MigrationNeedsVerifyError,
    NothingToMigrateError,
    OlderLedgerError,
)
from gis.store.tables import SCHEMA_VERSION
from gis.texts import Texts

if TYPE_CHECKING:
    from postgres import Place


def run(place: Place) -> migrate_module.Migration:
    return migrate(place.backend, place.folder / "backups", NOW)


def test_open__an_older_ledger_is_refused_by_a_sentence_that_names_the_command(place: Place) -> None:
    make_v1(place)
    with pytest.raises(OlderLedgerError) as refused:
        place.open()
    for language in ("vi", "en"):
        assert "python -m gis migrate" in Texts(language).error(refused.value)


def test_migrate__entries_stay_and_the_new_columns_follow_from_them(place: Place) -> None:
    head = make_v1(place)
    done = run(place)
    assert (done.before, done.after, done.head) == (1, SCHEMA_VERSION, head)
    ledger = place.open("15910")
    rows = list(ledger.rows())
    assert check_chain(rows) == ([], head)
    assert [(row.body, row.hash) for row in rows] == [(row["body"], row["hash"]) for row in v1_rows()]
    found = [(row.household, row.milestone, row.target, row.part, row.predecessors) for row in rows]
    assert found == DERIVED
    append(ledger, 2, "later")
    assert ledger.head().seq == 9
    ledger.close()
    assert place.execute("SELECT name, officer, merged_into, erased_at FROM household") == [
        ("Lê Thị Đào", "", None, None)
    ]


def test_migrate__the_triggers_are_back(place: Place) -> None:
    make_v1(place)
    run(place)
    for statement in ("UPDATE entry SET milestone = 'x'", "DELETE FROM entry"):
        with pytest.raises(Exception, match="the ledger is append-only"):
            place.execute(statement)


def test_migrate__a_program_of_the_old_version_that_is_still_open_writes_nothing_more(place: Place) -> None:
    """Its entries would have none of the columns from which hectares follow."""
    make_v1(place)
    run(place)
    columns = "kind, on_day, recorded_at, request_id, item, parcel, body, hash"
    for seq in (2, 4, 6, 7):
        told = f"INSERT INTO entry (seq, {columns}) SELECT 8, {columns.replace('item', '99')} FROM entry WHERE seq = {seq}"
        with pytest.raises(Exception, match="the ledger takes only columns"):
            place.execute(told)


def test_migrate__the_copy_is_noted_for_erasures(place: Place) -> None:
    head = make_v1(place)
    run(place)
    noted = place.execute("SELECT at, folder, seq, hash FROM backup_made WHERE NOT encrypted")
    assert noted == [("2026-03-01T08:00:00.000000Z", str(place.folder / "backups"), head.seq, head.hash)]


def test_migrate__makes_the_same_schema_as_a_new_database(
    place: Place, tmp_path_factory: Any, request: Any
) -> None:
    make_v1(place)
    run(place)
    migrated = shape(place)
    if place.url is None:
        fresh = type(place)(tmp_path_factory.mktemp("fresh"), None)
    else:
        server = request.getfixturevalue("postgres_server")
        fresh = type(place)(place.folder, server.new_database("gpmb_fresh").url)
    fresh.open().close()
    assert shape(fresh) == migrated


def shape(place: Place) -> dict[str, Any]:
    """Tables with columns, keys and indexes, and what stands beside them: triggers and functions."""
    engine = place.backend.engine()
    if place.url is None:
        beside = place.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
        beside += place.execute("PRAGMA user_version")
    else:
        beside = place.execute(
            "SELECT tgname::text, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
            " UNION ALL SELECT proname::text, prosrc, '' FROM pg_proc WHERE proname LIKE 'entry%'"
            " UNION ALL SELECT indexname::text, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT table_name::text || '.' || column_name, coalesce(collation_name, ''), udt_name::text"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
        )
    with engine.connect() as connection:
        look = sa.inspect(connection)
        names = [name for name in look.get_table_names() if name not in {"boundary_unit", "boundary_zone"}]
        tables = {
            name: (
                [(c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(name)],
                look.get_pk_constraint(name)["constrained_columns"],
                sorted(str(u["column_names"]) for u in look.get_unique_constraints(name)),
                sorted((str(i["name"]), str(i["column_names"])) for i in look.get_indexes(name)),
            )
            for name in names
        }
    engine.dispose()
    return {"beside": beside, **tables}


def test_migrate__the_copy_before_is_a_ledger_of_the_old_version(place: Place) -> None:
    head = make_v1(place)
    done = run(place)
    assert done.copied_to == place.folder / "backups" / "before-migrate-1-20260301T080000Z.db"
    with closing(sqlite3.connect(done.copied_to)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT seq, hash FROM entry ORDER BY seq DESC").fetchone() == astuple(head)
        assert connection.execute("SELECT name FROM household").fetchall() == [("Lê Thị Đào",)]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM entry")
    # It can be migrated in its turn, as a file.
    (place.folder / "again").mkdir()
    done.copied_to.rename(place.folder / "again" / "ledger.db")
    again = type(place)(place.folder / "again", None)
    assert run(again).head == head
    ledger = Ledger(place.folder / "again" / "ledger.db")
    assert check_chain(ledger.rows()) == ([], head)
    ledger.close()


def test_migrate__twice_does_nothing_more(place: Place) -> None:
    head = make_v1(place)
    run(place)
    done = run(place)
    assert (done.before, done.after, done.head, done.copied_to) == (
        SCHEMA_VERSION,
        SCHEMA_VERSION,
        head,
        None,
    )
    assert len(list((place.folder / "backups").iterdir())) == 1


def require_untouched(place: Place) -> None:
    with pytest.raises(OlderLedgerError):
        place.open()
    found = place.execute("SELECT body, hash FROM entry ORDER BY seq")
    assert found == [(row["body"], row["hash"]) for row in v1_rows()]
    with pytest.raises(Exception, match="the ledger is append-only"):
        place.execute("DELETE FROM entry")
    with pytest.raises(Exception, match=r"no such column|does not exist"):
        place.execute("SELECT milestone FROM entry")


def test_migrate__what_breaks_in_the_middle_changes_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_v1(place)

    def fail(*_: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(migrate_module, "_require_same", fail)
    with pytest.raises(RuntimeError):
        run(place)
    require_untouched(place)
    monkeypatch.undo()
    later = migrate(place.backend, place.folder / "later", NOW)
    assert later.after == SCHEMA_VERSION


KILLED = """
    import os, signal, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from gis.store import migrate
    from gis.store.backend import choose_backend
    folder = Path(sys.argv[1])
    migrate._require_same = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    migrate.migrate(choose_backend(folder / "ledger.db", sys.argv[2], 5897), folder / "killed", datetime.now(UTC))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 on Windows")
def test_migrate__killed_before_its_end_changes_nothing(place: Place) -> None:
    make_v1(place)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(place.folder), place.url or ""]
    killed = subprocess.run(command, env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    require_untouched(place)
    assert run(place).after == SCHEMA_VERSION


def test_migrate__a_result_that_is_not_the_same_ledger_is_taken_back(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_v1(place)
    monkeypatch.setattr(migrate_module, "check_chain", lambda rows: ([], Head(len(list(rows)) - 1, "")))
    with pytest.raises(MigrationBrokenError):
        run(place)
    require_untouched(place)


def test_migrate__a_copy_that_is_not_whole_stops_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    make_v1(place)
    backend = place.backend

    def half(_: object, path: Path) -> None:
        path.write_bytes(b"SQLite format 3\0" + b"\0" * 100)

    monkeypatch.setattr(backend, "copy", half)
    with pytest.raises(CopyUnfitError) as refused:
        migrate(backend, place.folder / "backups", NOW)
    assert "before-migrate-1" in Texts("vi").error(refused.value)
    require_untouched(place)


def test_migrate__a_broken_chain_is_not_migrated(tmp_path: Path) -> None:
    from postgres import Place

    place = Place(tmp_path, None)
    make_v1(place)
    place.execute(
        "DROP TRIGGER entry_no_update", "UPDATE entry SET body = replace(body, '1/3', '1/2') WHERE seq = 2"
    )
    with pytest.raises(MigrationNeedsVerifyError) as refused:
        run(place)
    assert refused.value.facts == {"seq": 2}
    assert not (tmp_path / "backups").exists()


def test_migrate__nothing_there(place: Place) -> None:
    with pytest.raises(NothingToMigrateError):
        run(place)
    assert not (place.folder / "ledger.db").exists()


def test_migrate__a_newer_ledger(place: Place) -> None:
    place.open().close()
    newer = (
        "PRAGMA user_version = 9"
        if place.url is None
        else "UPDATE alembic_version SET version_num = 'gpmb_9'"
    )
    place.execute(newer)
    with pytest.raises(NewerLedgerError):
        run(place)
