"""The ledger in an SQLite file beside the project: the default, for one machine."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis.errors import LedgerBusyError, LedgerFolderError, LedgerUnfitError
from gis.store.refusals import (
    CopyUnfitError,
    ForeignLedgerError,
    LedgerDamagedError,
    LedgerGoneError,
    LedgerNoFolderError,
)
from gis.store.turns import take_turn
from gis.store.writing import driver_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gis.errors import GisError
    from gis.store.writing import Transaction

LOCK_SECONDS = 30.0
_DAMAGED_WORDS = ("Could not decode", "no such table", "no such column")
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# INSERT OR REPLACE removes the row in its way without a DELETE trigger unless recursive_triggers is
# on for that very connection; so the insert itself refuses whatever would stand in a row's way.
APPEND_ONLY = (
    """CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE refused'); END""",
    """CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE refused'); END""",
    """CREATE TRIGGER entry_next_only BEFORE INSERT ON entry
       WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM entry)
         OR EXISTS (SELECT 1 FROM entry WHERE request_id = NEW.request_id AND item = NEW.item)
       BEGIN SELECT RAISE(ABORT, 'the ledger takes only the entry after its head'); END""",
)
# Since version 2: a program of version 1 that is still open must not go on writing without the
# columns from which hectares follow.
TRUE_COLUMNS = """CREATE TRIGGER entry_columns BEFORE INSERT ON entry
       WHEN NEW.household IS NOT json_extract(NEW.body, '$.household')
         OR NEW.milestone IS NOT json_extract(NEW.body, '$.milestone')
         OR (NEW.kind = 'holding' AND NEW.predecessors IS NULL)
         OR (NEW.kind IN ('void', 'obstacle_closed') AND NEW.target IS NULL)
       BEGIN SELECT RAISE(ABORT, 'the ledger takes only columns that are as the body'); END"""
NO_APPEND_ONLY = tuple(
    f"DROP TRIGGER {name}" for name in ("entry_no_update", "entry_no_delete", "entry_next_only")
)


class SqliteBackend:
    """A file with a write-ahead log, every commit on the disk, one writer by a lock file."""

    def __init__(self, path: Path, epsg: int = 0) -> None:
        """Name the file; nothing is opened yet. A file has no tables with geometry."""
        self.path = path
        self.epsg = epsg
        self.name = str(path)
        self._lock = path.with_name(path.name + ".lock")
        self._identity: tuple[int, int] | None = None

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def engine(self) -> sa.Engine:
        """Connections to the file, each told how to keep it.

        Raises:
            LedgerFolderError: If the folder is not there.
        """
        if not self.path.parent.is_dir():
            raise LedgerNoFolderError(path=self.name)
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self.path)),
            creator=self._connection,
            poolclass=sa.QueuePool,
            hide_parameters=True,
        )
        sa.event.listen(engine, "connect", self._configure)
        sa.event.listen(engine, "begin", _begin)
        return engine

    def make(self) -> None:
        """An empty file where none is, to be made a ledger; a look alone makes none."""
        try:
            self.path.touch()
        except OSError as error:
            raise LedgerFolderError(path=self.name, reason=error.strerror) from error

    def _connection(self) -> sqlite3.Connection:
        # "rw", not "rwc": where the file is gone for a moment, or for good, an empty one in its place
        # would be taken for a project of which nothing is cleared. No implicit BEGIN by the driver:
        # transactions begin in `_begin`.
        return sqlite3.connect(
            f"{self.path.absolute().as_uri()}?mode=rw",
            uri=True,
            check_same_thread=False,
            timeout=LOCK_SECONDS,
            isolation_level=None,
        )

    def follow(self, engine: sa.Engine) -> None:
        """Let go of a file that another has taken the place of: a restored backup.

        Connections would go on with the file that was moved away, and what they wrote would be lost.

        Raises:
            LedgerGoneError: If the file is not there any more.
        """
        try:
            found = self.path.stat()
        except OSError as error:
            engine.dispose()
            raise LedgerGoneError(path=self.name) from error
        identity = (found.st_dev, found.st_ino)
        if self._identity not in (None, identity):
            engine.dispose()
        self._identity = identity

    def writing_engine(self, engine: sa.Engine) -> sa.Engine:
        """The same connections, their transactions begun as a writer's."""
        return engine.execution_options(write=True)

    def _configure(self, connection: sqlite3.Connection, _: object) -> None:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise LedgerUnfitError(path=self.name, reason=f"journal_mode {mode}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer among all programs of this machine, in fair order.

        SQLite's own busy handler lets writers starve; a lock file in front of it does not.
        """
        try:
            turn = take_turn(self._lock, LOCK_SECONDS)
        except TimeoutError as error:
            raise LedgerBusyError(path=self.name, seconds=int(LOCK_SECONDS)) from error
        except OSError as error:
            raise LedgerFolderError(path=self.name, reason=error.strerror or str(error)) from error
        with turn:  # what fails inside is not the lock's
            yield

    def transaction(self, engine: sa.Engine) -> AbstractContextManager[Transaction]:
        """By the driver itself."""
        return driver_transaction(engine)

    def lock(self, connection: sa.Connection) -> None:
        """BEGIN IMMEDIATE has taken it."""

    def require_fit(self, connection: sa.Connection) -> None:
        """`_configure` has looked at what matters."""

    def version(self, connection: sa.Connection) -> int:
        """The file's own version number, which every version of this program has kept.

        Raises:
            LedgerUnfitError: If it is another program's file.
        """
        found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if found == 0 and sa.inspect(connection).get_table_names():
            raise ForeignLedgerError(path=self.name)
        return found

    def stamp(self, connection: sa.Connection, version: int) -> None:
        """Write the file's version number."""
        connection.exec_driver_sql(f"PRAGMA user_version = {version}")

    def create_rest(self, connection: sa.Connection) -> None:
        """The triggers of the append-only table."""
        for trigger in (*APPEND_ONLY, TRUE_COLUMNS):
            connection.exec_driver_sql(trigger)

    def missing_guards(self, connection: sa.Connection) -> list[str]:
        """The triggers that are not to the letter what this program makes, and strangers."""
        needed = {statement.split()[2]: statement.split() for statement in (*APPEND_ONLY, TRUE_COLUMNS)}
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        found = {name: sql.split() for name, sql in connection.exec_driver_sql(query)}
        return sorted(name for name in needed.keys() | found.keys() if needed.get(name) != found.get(name))

    def damage(self, connection: sa.Connection) -> str | None:
        """What SQLite's own check finds: figures are read from an index that the chain does not cover."""
        found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
        return None if found == "ok" else found

    def refusal(self, error: sa.exc.DBAPIError) -> GisError:
        """A disk that failed, or a file that is none of ours."""
        reason = str(error.orig)
        code = getattr(error.orig, "sqlite_errorcode", None)
        # Neither a text that is none nor a table that somebody took away has a code of its own.
        if reason.startswith(_DAMAGED_WORDS) or (code is not None and code & 0xFF in _DAMAGED):
            return LedgerDamagedError(path=self.name, reason=reason)
        if isinstance(error, sa.exc.OperationalError):
            return LedgerFolderError(path=self.name, reason=reason)
        return LedgerUnfitError(path=self.name, reason=reason)

    def copy(self, connection: sa.Connection, path: Path) -> None:
        """The file page by page, by SQLite's own backup; what a running transaction wrote is not in it.

        Raises:
            CopyUnfitError: If the copy cannot be written; its disk may be full.
        """
        del connection
        try:
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(path)) as target:
                source.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise CopyUnfitError(path=str(path), reason=str(error)) from error


def _begin(connection: sa.Connection) -> None:
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:  # a writer's, which the driver began
        return
    # A writer takes the write lock at its start, not at its first write: what it reads stays true.
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
