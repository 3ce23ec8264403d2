"""The statement of every append, put into the database's own SQL once instead of at every entry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis.store.tables import entry_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.ledger.chain import Row

LAST = "SELECT seq, hash, recorded_at FROM entry ORDER BY seq DESC LIMIT 1"
_NAMES = tuple(column.name for column in entry_table.columns)


@dataclass(frozen=True, slots=True)
class Prepared:
    """How a writer puts a row into the table."""

    insert: str
    value: Callable[[Row], Any]  # of a row, as the driver takes it: by place or by name

    def values(self, rows: Sequence[Row]) -> list[Any]:
        """Rows as the driver wants them."""
        return [self.value(row) for row in rows]


@cache
def prepared(dialect: sa.Dialect) -> Prepared:
    """The statement in the words of a database's driver."""
    insert = sa.insert(entry_table).compile(dialect=dialect)
    order = getattr(insert, "positiontup", None)
    return Prepared(str(insert), attrgetter(*order) if order else _by_name)


def _by_name(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _NAMES}
