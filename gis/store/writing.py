"""The one writer's transaction: on SQLite by the driver alone, until somebody asks for the library.

SQLAlchemy's way into and out of a transaction takes about as long as a fast disk takes to keep an
entry (benchmarks/ledger.py); an append needs two statements and none of it. Whoever writes into the
register beside it asks for `connection`, and goes on in the same transaction.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Transaction(Protocol):
    """A transaction that has begun, and whose end whoever began it brings about."""

    @property
    def dialect(self) -> sa.Dialect:
        """The database's, for statements in its words."""

    @property
    def connection(self) -> sa.Connection:
        """The library's view of the transaction."""

    def run(self, statement: str, rows: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - a cursor
        """A statement in the database's own words, for each of some rows.

        Raises:
            DBAPIError: What the database raises, as the library tells it.
        """


class LibraryTransaction:
    """A transaction that the library began: the way to a server outweighs it."""

    def __init__(self, connection: sa.Connection) -> None:
        """Go on in a transaction."""
        self.connection = connection
        self.dialect = connection.dialect

    def run(self, statement: str, rows: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - a cursor
        """A statement in the database's own words, for each of some rows."""
        return self.connection.exec_driver_sql(statement, list(rows) or None)


class DriverTransaction:
    """A transaction that SQLite's driver began on a connection of the library's pool."""

    def __init__(self, engine: sa.Engine) -> None:
        """Take the write lock at once, so that what is read stays true."""
        self._engine = engine
        self.dialect = engine.dialect
        self._pooled = engine.raw_connection()
        self._driver: Any = self._pooled.driver_connection
        self._connection: sa.Connection | None = None
        try:
            self.run("BEGIN IMMEDIATE")
        except BaseException:
            self._pooled.close()
            raise

    @property
    def connection(self) -> sa.Connection:
        """The library's view of the same transaction, made when it is asked for."""
        if self._connection is None:
            self._connection = sa.Connection(self._engine, self._pooled)
        return self._connection

    def run(self, statement: str, rows: Sequence[Any] = ()) -> Any:  # noqa: ANN401 - a cursor
        """A statement in the database's own words, for each of some rows."""
        try:
            return self._driver.executemany(statement, rows) if rows else self._driver.execute(statement)
        except sqlite3.Error as error:
            raised = sa.exc.DBAPIError.instance(
                statement, None, error, sqlite3.Error, dialect=self._engine.dialect
            )
            raise raised from error

    def end(self, statement: str) -> None:
        """Commit or roll back, and give the connection back."""
        try:
            if self._driver.in_transaction:  # a full disk may have rolled it back by itself
                self.run(statement)
        finally:
            (self._connection or self._pooled).close()


@contextmanager
def driver_transaction(engine: sa.Engine) -> Iterator[DriverTransaction]:
    """A writer's transaction in a file: kept at its end, gone where it failed."""
    transaction = DriverTransaction(engine)
    try:
        yield transaction
    except BaseException:
        transaction.end("ROLLBACK")
        raise
    transaction.end("COMMIT")
