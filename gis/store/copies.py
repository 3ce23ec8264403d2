"""A copy of a ledger in an SQLite file of its own, and the proof that it is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis.ledger.chain import Head, link
from gis.store.refusals import CopyUnfitError
from gis.store.sqlite import APPEND_ONLY, TRUE_COLUMNS
from gis.store.tables import version_of, version_table

if TYPE_CHECKING:
    from pathlib import Path

# Of the statement alone: the connection goes on to other work in the same transaction.
STREAMED = {"yield_per": 5_000}
# Rows that follow from the bytes in `boundary_file`, with a geometry that SQLite does not have.
DERIVED_TABLES = {"boundary_unit", "boundary_zone", "spatial_ref_sys"}


def copy_tables(connection: sa.Connection, path: Path) -> None:
    """Every row that one transaction sees, written to a new SQLite file; it is a ledger of its own.

    Args:
        connection: To a database of any schema version: the tables are taken as they stand.
        path: A file that is not there yet.

    Raises:
        CopyUnfitError: If that file cannot be written; its disk may be full.
    """
    found = sa.MetaData()
    names = [name for name in sa.inspect(connection).get_table_names() if name not in DERIVED_TABLES]
    found.reflect(connection, only=names)
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    try:
        with engine.begin() as target:
            for table in found.sorted_tables:
                copy = _plain(table)
                copy.create(target)
                rows = connection.execute(sa.select(table), execution_options=STREAMED)
                for part in rows.mappings().partitions():
                    target.execute(sa.insert(copy), [dict(row) for row in part])
            version = version_of(connection.scalar(sa.select(version_table.c.version_num))) or 0
            for trigger in (*APPEND_ONLY, *([TRUE_COLUMNS] if version > 1 else [])):
                target.exec_driver_sql(trigger)
            target.exec_driver_sql(f"PRAGMA user_version = {version}")
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise CopyUnfitError(path=str(path), reason=str(error.orig)) from error
        raise
    finally:
        engine.dispose()


def _plain(table: sa.Table) -> sa.Table:
    """The same columns without what only its own database knows."""
    columns = [
        sa.Column(
            column.name,
            _plain_type(table.name, column),
            primary_key=column.primary_key,
            nullable=column.nullable,
            autoincrement=False,
        )
        for column in table.columns
    ]
    unique = [
        sa.UniqueConstraint(*(column.name for column in constraint.columns))
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    indexes = [sa.Index(index.name, *(column.name for column in index.columns)) for index in table.indexes]
    return sa.Table(table.name, sa.MetaData(), *columns, *unique, *indexes)


def _plain_type(table: str, column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    if (table, column.name) == ("entry", "seq"):
        return sa.Integer()  # so that SQLite keeps the rows in its order
    return sa.Text() if isinstance(column.type, sa.String) else column.type.as_generic()


def require_whole(path: Path, head: Head) -> None:
    """Refuse a copy that is not the ledger up to its head, entry by entry.

    Raises:
        CopyUnfitError: If the file cannot be read, or its chain does not lead to that head.
    """
    try:
        with closing(sqlite3.connect(path)) as connection:
            state = connection.execute("PRAGMA integrity_check").fetchone()[0]
            if state != "ok":
                raise CopyUnfitError(path=str(path), reason=str(state))
            found = Head()
            for seq, body, hash_ in connection.execute("SELECT seq, body, hash FROM entry ORDER BY seq"):
                if seq != found.seq + 1 or not isinstance(body, str) or hash_ != link(found.hash, body):
                    raise CopyUnfitError(path=str(path), reason=f"entry {seq}")
                found = Head(seq, hash_)
    except sqlite3.DatabaseError as error:
        raise CopyUnfitError(path=str(path), reason=str(error)) from error
    if found != head:
        raise CopyUnfitError(path=str(path), reason=f"{found.seq} ≠ {head.seq}")
