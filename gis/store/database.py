"""The ledger on disk: an append-only table in SQLite, written by one at a time.

The database itself refuses to change, remove, replace or skip a line; what this module guarantees
is order, one writer, and that an acknowledged entry is on the disk.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa
from filelock import FileLock, Timeout

from gis.errors import LedgerBusyError, LedgerFolderError, LedgerUnfitError, NewerLedgerError
from gis.ledger.chain import Head, Row, row_of
from gis.ledger.entry import Entry, parse_body, parse_time
from gis.store.tables import APPEND_ONLY, SCHEMA_VERSION, entry_table, metadata

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gis.ledger.entry import Draft

LOCK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who asked, when, and with which request: one for all drafts of a command.

    Args:
        by: Account id.
        request_id: The same request sent again writes nothing more.
        now: The writer's clock, with a time zone.
    """

    by: str
    request_id: str
    now: datetime


class Writer:
    """The one writer, inside its transaction: sees the true head and appends to it."""

    def __init__(self, connection: sa.Connection) -> None:
        """Read the head that the next entry follows."""
        self.connection = connection
        last = connection.execute(
            sa.select(entry_table.c.seq, entry_table.c.hash, entry_table.c.recorded_at)
            .order_by(entry_table.c.seq.desc())
            .limit(1)
        ).first()
        self.head = Head(last.seq, last.hash) if last else Head()
        self._last_time = parse_time(last.recorded_at) if last else datetime.min.replace(tzinfo=UTC)

    def of_request(self, request_id: str) -> list[Entry]:
        """What a request has written before, by item."""
        found = self.connection.scalars(
            sa.select(entry_table.c.body)
            .where(entry_table.c.request_id == request_id)
            .order_by(entry_table.c.item)
        )
        return [parse_body(body) for body in found]

    def append(self, stamped: Sequence[tuple[Draft, Stamp]]) -> list[Entry]:
        """Entries after the head, each recorded not before the one ahead of it."""
        written: list[Entry] = []
        rows: list[Row] = []
        items: dict[str, int] = {}
        for draft, stamp in stamped:
            item = items.get(stamp.request_id, 0)
            items[stamp.request_id] = item + 1
            self._last_time = max(stamp.now.astimezone(UTC), self._last_time)
            entry = Entry(
                seq=self.head.seq + 1,
                on=draft.on,
                recorded_at=self._last_time,
                by=stamp.by,
                request_id=stamp.request_id,
                item=item,
                fact=draft.fact,
                attachments=draft.attachments,
                warned=tuple(dict.fromkeys(warning.message for warning in draft.warnings)),
            )
            row = row_of(entry, self.head.hash)
            self.head = Head(row.seq, row.hash)
            written.append(entry)
            rows.append(row)
        if rows:
            self.connection.execute(sa.insert(entry_table), [asdict(row) for row in rows])
        return written


class Ledger:
    """A ledger file; safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        """Open the file, made with its table and triggers where it is absent.

        Raises:
            LedgerFolderError: If the folder cannot be written.
            LedgerUnfitError: If the file is no SQLite database, or its disk cannot keep a
                write-ahead log (a network share).
            NewerLedgerError: If a newer version of this program made it.
        """
        if not path.parent.is_dir():
            raise LedgerFolderError(path=str(path), reason="no such folder")
        self.path = path
        self._lock_path = path.with_name(path.name + ".lock")
        self.engine = sa.create_engine(
            f"sqlite:///{path}",
            poolclass=sa.QueuePool,
            # No implicit BEGIN by the driver: transactions begin in `_begin`.
            connect_args={"check_same_thread": False, "timeout": LOCK_SECONDS, "isolation_level": None},
        )
        self._writing_engine = self.engine.execution_options(write=True)
        sa.event.listen(self.engine, "connect", self._configure)
        sa.event.listen(self.engine, "begin", _begin)
        try:
            self._prepare()
        except sa.exc.OperationalError as error:
            raise LedgerFolderError(path=str(path), reason=str(error.orig)) from error
        except sa.exc.DatabaseError as error:
            raise LedgerUnfitError(path=str(path), reason=str(error.orig)) from error

    def _configure(self, connection: sqlite3.Connection, _: object) -> None:
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise LedgerUnfitError(path=str(self.path), reason=f"journal_mode {mode}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA recursive_triggers = ON")
        connection.execute("PRAGMA foreign_keys = ON")

    def _prepare(self) -> None:
        with self._locked(), self._writing_engine.begin() as connection:
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version > SCHEMA_VERSION:
                raise NewerLedgerError(path=str(self.path), found=version, needed=SCHEMA_VERSION)
            if version == 0:
                metadata.create_all(connection)
                for trigger in APPEND_ONLY:
                    connection.exec_driver_sql(trigger)
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        # SQLite's own busy handler lets writers starve; a lock file in front of it does not.
        try:
            with FileLock(self._lock_path, timeout=LOCK_SECONDS, poll_interval=0.005):
                yield
        except Timeout as error:
            raise LedgerBusyError(path=str(self.path), seconds=int(LOCK_SECONDS)) from error
        except OSError as error:
            raise LedgerFolderError(path=str(self.path), reason=str(error)) from error

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The one writer's transaction: all of it is on disk at its end, or none of it."""
        try:
            with self._locked(), self._writing_engine.begin() as connection:
                yield Writer(connection)
        except sa.exc.OperationalError as error:
            raise LedgerFolderError(path=str(self.path), reason=str(error.orig)) from error
        except sa.exc.DatabaseError as error:
            raise LedgerUnfitError(path=str(self.path), reason=str(error.orig)) from error

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        """A look at one moment of the ledger; a damaged file is told in a sentence."""
        try:
            with self.engine.connect() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise LedgerFolderError(path=str(self.path), reason=str(error.orig)) from error
        except sa.exc.DatabaseError as error:
            raise LedgerUnfitError(path=str(self.path), reason=str(error.orig)) from error

    def head(self) -> Head:
        """The last entry's seq and hash."""
        with self._reading() as connection:
            return _head(connection)

    def read(self, after: int) -> tuple[list[Entry], Head]:
        """The entries after a seq and the head that they lead to, both of one moment."""
        with self._reading() as connection:
            return _entries(connection, after), _head(connection)

    def hash_at(self, seq: int) -> str | None:
        """The hash of an entry, None where there is none."""
        with self._reading() as connection:
            found = connection.scalar(sa.select(entry_table.c.hash).where(entry_table.c.seq == seq))
        return None if found is None else str(found)

    def entries(self, after: int = 0) -> list[Entry]:
        """The entries after a seq, in seq order.

        Raises:
            UnreadableEntryError: If a body cannot be read; `verify` says which.
        """
        with self._reading() as connection:
            return _entries(connection, after)

    def rows(self) -> Iterator[Row]:
        """Every row as the database holds it, in seq order, for `verify`."""
        with self._reading() as connection:
            for row in connection.execute(sa.select(entry_table).order_by(entry_table.c.seq)):
                yield Row(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it

    def close(self) -> None:
        """Give the file back."""
        self.engine.dispose()


def _begin(connection: sa.Connection) -> None:
    # A writer takes the write lock at its start, not at its first write: what it reads stays true.
    writes = connection.get_execution_options().get("write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _head(connection: sa.Connection) -> Head:
    row = connection.execute(
        sa.select(entry_table.c.seq, entry_table.c.hash).order_by(entry_table.c.seq.desc()).limit(1)
    ).first()
    return Head(row.seq, row.hash) if row else Head()


def _entries(connection: sa.Connection, after: int) -> list[Entry]:
    bodies = connection.scalars(
        sa.select(entry_table.c.body).where(entry_table.c.seq > after).order_by(entry_table.c.seq)
    )
    return [parse_body(body) for body in bodies]
