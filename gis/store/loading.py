"""The rows of a backup's ledger into an empty database, in the order of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.ledger.entry import parse_body
from gis.ledger.facts import Boundaries
from gis.store.tables import entry_table, metadata, project_table, version_table

if TYPE_CHECKING:
    from pathlib import Path

    from gis.ledger.entry import Entry

ROWS_AT_ONCE: Final = 5_000


def load_tables(copy: Path, connection: sa.Connection) -> list[Entry]:
    """Every row of a copy, each table as it was; entry after entry, so that the database checks the order.

    Args:
        copy: An SQLite file of `copy_tables`, at this program's schema version.
        connection: Of a writing transaction on a ledger without entries.

    Returns:
        The entries that put boundary versions in force; their files are not in the copy.
    """
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(copy)))
    try:
        with engine.connect() as source:
            there = set(sa.inspect(source).get_table_names())
            for table in metadata.sorted_tables:
                if table.name not in there or table in {project_table, version_table}:
                    continue
                order = list(table.primary_key.columns)
                rows = source.execute(
                    sa.select(table).order_by(*order), execution_options={"yield_per": ROWS_AT_ONCE}
                )
                for part in rows.mappings().partitions():
                    connection.execute(sa.insert(table), [dict(row) for row in part])
    finally:
        engine.dispose()
    boundaries = sa.select(entry_table.c.body).where(entry_table.c.kind == Boundaries.kind)
    return [parse_body(body) for body in connection.scalars(boundaries.order_by(entry_table.c.seq))]
