"""What only a file can do wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from rows import COLUMNS, append

from gis.errors import LedgerFolderError, LedgerUnfitError
from gis.store.database import Ledger
from gis.store.refusals import LedgerDamagedError, LedgerGoneError

if TYPE_CHECKING:
    from pathlib import Path


def test_open__keeps_full_durability_and_a_write_ahead_log(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    with ledger.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2  # FULL
    ledger.close()


def test_open__refuses_what_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("not a database, but long enough to be looked at " * 50)
    with pytest.raises(LedgerUnfitError):
        Ledger(tmp_path / "ledger.db")


def test_open__refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LedgerFolderError):
        Ledger(tmp_path / "gone" / "ledger.db")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE seq = 2",
        "INSERT OR IGNORE INTO entry SELECT * FROM entry WHERE seq = 2",
        f"REPLACE INTO entry (seq, {COLUMNS}) SELECT 3, {COLUMNS} FROM entry WHERE seq = 2",
        "UPDATE OR REPLACE entry SET seq = 1 WHERE seq = 2",
    ],
)
def test_file__refuses_replacing_without_our_settings(tmp_path: Path, statement: str) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    append(ledger, 2)
    before = list(ledger.rows())
    with (
        closing(sqlite3.connect(tmp_path / "ledger.db")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="the ledger"),
    ):
        connection.execute(statement)
    assert list(ledger.rows()) == before
    ledger.close()


def test_reading__a_ledger_that_was_moved_away_is_told_and_none_is_made_in_its_place(tmp_path: Path) -> None:
    """An empty file there would be taken for a project of which nothing is cleared."""
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.head()
    (tmp_path / "ledger.db").rename(tmp_path / "moved.db")
    for _ in range(2):
        with pytest.raises(LedgerGoneError):
            ledger.head()
        with pytest.raises(LedgerGoneError), ledger.writing():
            pass
    assert not (tmp_path / "ledger.db").exists()
    (tmp_path / "moved.db").rename(tmp_path / "ledger.db")
    assert ledger.head().seq == 0
    ledger.close()


@pytest.mark.parametrize("damage", ["page", "text"])
def test_reading__a_damaged_ledger_is_called_damaged(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "ledger.db"
    ledger = Ledger(path)
    append(ledger)
    ledger.close()
    if damage == "text":
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("DROP TRIGGER entry_no_update")
            connection.execute("UPDATE entry SET body = CAST(x'ff41' AS TEXT)")
    else:
        content = bytearray(path.read_bytes())
        content[4096:] = b"\x5a" * (len(content) - 4096)
        path.write_bytes(bytes(content))
    with pytest.raises(LedgerDamagedError):
        Ledger(path).entries()
