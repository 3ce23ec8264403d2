"""The ledger on disk: an append-only table in SQLite or PostgreSQL, written by one at a time.

The database itself refuses to change, remove, replace or skip a line; what this module guarantees
is order, one writer, and that an acknowledged entry is on the disk. What differs between the two
databases is in `sqlite.py` and `postgres.py`.
"""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.ledger.chain import Head, Row, row_of
from gis.ledger.entry import Entry, parse_body, parse_time, time_text
from gis.store.backend import choose_backend
from gis.store.prepared import LAST, prepared
from gis.store.refusals import DatabaseEmptyError
from gis.store.requests import read_request
from gis.store.schema import is_ready, make_ready
from gis.store.tables import entry_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.ledger.entry import Draft
    from gis.store.backend import Backend
    from gis.store.writing import Transaction

ROWS_AT_ONCE = 10_000
LEDGER_FILE = "ledger.db"


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

    def __init__(self, transaction: Transaction) -> None:
        """Read the head that the next entry follows."""
        self._transaction = transaction
        last = transaction.run(LAST).fetchone()
        self.head = Head(last[0], last[1]) if last else Head()
        self._last_time = last[2] if last else ""

    @property
    def connection(self) -> sa.Connection:
        """The library's view of the transaction, for what is written beside the ledger."""
        return self._transaction.connection

    def of_request(self, request_id: str) -> list[Entry]:
        """What a request has written before, by item."""
        return read_request(self.connection, request_id)

    def append(self, stamped: Sequence[tuple[Draft, Stamp]]) -> list[Entry]:
        """Entries after the head, each recorded not before the one ahead of it."""
        written: list[Entry] = []
        rows: list[Row] = []
        items: dict[str, int] = {}
        for draft, stamp in stamped:
            item = items.get(stamp.request_id, 0)
            items[stamp.request_id] = item + 1
            entry = Entry(
                seq=self.head.seq + 1,
                on=draft.on,
                recorded_at=self._time(stamp.now),
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
            ready = prepared(self._transaction.dialect)
            self._transaction.run(ready.insert, ready.values(rows))
        return written

    def _time(self, now: datetime) -> datetime:
        """The moment of the next entry: now, or that of the one ahead where a clock jumped back."""
        text = time_text(now)
        if text < self._last_time:  # texts of one length in UTC are in the order of their moments
            return parse_time(self._last_time)
        self._last_time = text
        return now.astimezone(UTC)


class Ledger:
    """A ledger in its database; safe to share between threads and processes."""

    def __init__(self, place: Path | Backend, project_id: str | None = None) -> None:
        """Open the database, made with its tables and triggers where it is empty.

        Args:
            place: An SQLite file, or the backend of any database.
            project_id: The project that it must belong to; an unclaimed one is claimed.

        Raises:
            LedgerFolderError: If the folder cannot be written.
            LedgerUnfitError: If the file is no SQLite database, or its disk cannot keep a
                write-ahead log (a network share).
            OlderLedgerError: If an older version of this program made it.
            NewerLedgerError: If a newer version of this program made it.
            OtherProjectError: If it belongs to another project.
            GisError: If the server cannot be reached, or cannot keep a ledger; each its own sentence.
        """
        self.backend = choose_backend(place, None, 0) if isinstance(place, Path) else place
        self.engine = self.backend.engine()
        self._writing_engine = self.backend.writing_engine(self.engine)
        # A command that ends without closing still gives the server its connections back.
        weakref.finalize(self, self.engine.dispose)
        try:
            self._prepare(project_id)
        except BaseException:
            self.engine.dispose()
            raise

    def _prepare(self, project_id: str | None) -> None:
        with self._told(), self.backend.locked():
            self.backend.make()
            with self.engine.connect() as connection:
                ready = is_ready(self.backend, connection, project_id)
            if ready:
                return
            with self._writing_engine.begin() as connection:
                self.backend.lock(connection)
                if not is_ready(self.backend, connection, project_id):
                    make_ready(self.backend, connection, project_id)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What the database raises, as the sentence that it is."""
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise self.backend.refusal(error) from error

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """The one writer's transaction: all of it is on disk at its end, or none of it."""
        with self._told(), self.backend.locked():
            self.backend.follow(self.engine)
            with self.backend.transaction(self._writing_engine) as transaction:
                yield Writer(transaction)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A look at one moment of the database; what is wrong with it is told in a sentence."""
        self.backend.follow(self.engine)
        with self._told(), self.engine.connect() as connection:
            yield connection

    def head(self) -> Head:
        """The last entry's seq and hash."""
        with self.reading() as connection:
            return _head(connection)

    def read(self, after: int) -> tuple[list[Entry], Head]:
        """The entries after a seq and the head that they lead to, both of one moment."""
        with self.reading() as connection:
            return _entries(connection, after), _head(connection)

    def seqs_of(self, request_id: str) -> list[int]:
        """The entries that a request wrote, by item; none where it never came."""
        query = sa.select(entry_table.c.seq).where(entry_table.c.request_id == request_id)
        with self.reading() as connection:
            return list(connection.scalars(query.order_by(entry_table.c.item)))

    def hash_at(self, seq: int) -> str | None:
        """The hash of an entry, None where there is none."""
        with self.reading() as connection:
            found = connection.scalar(sa.select(entry_table.c.hash).where(entry_table.c.seq == seq))
        return None if found is None else str(found)

    def entries(self, after: int = 0) -> list[Entry]:
        """The entries after a seq, in seq order.

        Raises:
            UnreadableEntryError: If a body cannot be read; `verify` says which.
        """
        with self.reading() as connection:
            return _entries(connection, after)

    def rows(self) -> Iterator[Row]:
        """Every row as the database holds it, in seq order, for `verify`."""
        with self.reading() as connection:
            query = sa.select(entry_table).order_by(entry_table.c.seq)
            for row in connection.execute(query, execution_options={"yield_per": ROWS_AT_ONCE}):
                yield Row(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it

    def close(self) -> None:
        """Give the file, or the server's connections, back."""
        self.engine.dispose()


def open_ledger(folder: Path, url: str | None = None, project_id: str | None = None, epsg: int = 0) -> Ledger:
    """The ledger of a project.

    Args:
        folder: The project's folder, whose `ledger.db` it is where no URL is given.
        url: The value of GPMB_DATABASE_URL, None or empty where it is not set.
        project_id: The project that the database must belong to.
        epsg: The project's CRS, for the boundary tables of PostGIS.
    """
    return Ledger(choose_backend(folder / LEDGER_FILE, url, epsg), project_id)


def require_entries(ledger: Ledger, folder: Path) -> None:
    """Refuse an empty database for a folder that had a ledger: land would seem never to be cleared.

    Raises:
        DatabaseEmptyError: If no entry is there.
    """
    if ledger.head().seq == 0:
        ledger.close()
        raise DatabaseEmptyError(path=ledger.backend.name, folder=str(folder))


def _head(connection: sa.Connection) -> Head:
    row = connection.exec_driver_sql(LAST).fetchone()
    return Head(row[0], row[1]) if row else Head()


def _entries(connection: sa.Connection, after: int) -> list[Entry]:
    bodies = connection.scalars(
        sa.select(entry_table.c.body).where(entry_table.c.seq > after).order_by(entry_table.c.seq)
    )
    return [parse_body(body) for body in bodies]
