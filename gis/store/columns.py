"""The columns of the whole ledger in one go: what `gis.ledger.columns` folds, millions of rows in seconds.

A row at a time costs a Python object for each value. Instead the database strings each column of many
rows together, from the index `entry_story` alone, and Arrow cuts the strings. (A faster driver with
an SQLite of its own is no way: two SQLites in one process undo each other's locks on the file.)
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from gis.errors import UnreadableEntryError
from gis.ledger.columns import FOLDED_KINDS, SCHEMA, Columns
from gis.ledger.facts import Milestone, Opening
from gis.store.tables import entry_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

SEPARATOR: Final = "\x1f"  # ASCII's own unit separator: no id or day holds it
# Most entries: they need fewer columns, and none of these is ever empty.
_REACHING: Final = (Milestone.kind, Opening.kind)
_OTHERS: Final = tuple(kind for kind in FOLDED_KINDS if kind not in _REACHING)


def read_columns(reading: Callable[[], AbstractContextManager[sa.Connection]]) -> Columns:
    """All entries, as columns.

    Args:
        reading: Gives connections. Two of them look at two moments: entries that are written
            meanwhile may be there in part. Up to a seq that was the head before, all are there.

    Raises:
        UnreadableEntryError: If a value holds the separator.
    """

    def read(kinds: Sequence[str], names: Sequence[str], filled: int) -> pa.Table:
        with reading() as connection:
            return _read(connection, kinds, names, filled=filled)

    reaching = ("seq", "parcel", "household", "milestone", "on_day")
    others = ("seq", "parcel", "kind", "household", "on_day", "target", "part", "predecessors")
    with ThreadPoolExecutor(max_workers=2) as workers:  # the database works without Python's lock
        tables = [
            workers.submit(read, _REACHING, reaching, 5),
            workers.submit(read, _OTHERS, others, 3),
        ]
        return Columns.of(pa.concat_tables([table.result() for table in tables]))


def _read(connection: sa.Connection, kinds: Sequence[str], names: Sequence[str], *, filled: int) -> pa.Table:
    """The rows of some kinds; a kind that is not among the columns is called by the first of them.

    Args:
        connection: Sees one moment of the ledger.
        kinds: The kinds.
        names: The columns.
        filled: So many of the columns, from the first, have a value in every row.
    """
    table = entry_table.c
    strung = []
    for place, name in enumerate(names):
        text: sa.ColumnElement[str] = sa.cast(table[name], sa.Text) if _is_number(name) else table[name]
        present = text if place < filled else sa.func.coalesce(text, "")
        strung.append(sa.func.aggregate_strings(present, SEPARATOR))
    row = connection.execute(
        # No condition on seq: it would draw the database away from the index, into all bodies.
        sa.select(sa.func.count(), *strung).where(table.kind.in_(kinds), table.parcel.is_not(None))
    ).one()
    count = int(row[0])
    if not count:
        return _dictionaries(SCHEMA.empty_table())
    found = {name: _cut(str(text), count, name) for name, text in zip(names, row[1:], strict=True)}
    if "kind" not in found:  # to the fold an opening is a milestone
        constant = pa.array(np.zeros(count, dtype=np.int32))
        found["kind"] = pa.DictionaryArray.from_arrays(constant, [kinds[0]])
    empty = _dictionaries(SCHEMA.empty_table()).schema
    return pa.table([found.get(field.name, pa.nulls(count, field.type)) for field in empty], schema=empty)


def _dictionaries(table: pa.Table) -> pa.Table:
    """A table with its texts as dictionaries."""
    texts = pa.dictionary(pa.int32(), pa.string())
    fields = [field.with_type(texts) if field.type == pa.string() else field for field in table.schema]
    return table.cast(pa.schema(fields))


def _cut(text: str, count: int, name: str) -> pa.Array:
    """The values of a strung column, empty ones as null; numbers where the column is of numbers."""
    data = f"{text}{SEPARATOR}".encode()
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord(SEPARATOR))
    if len(ends) != count:
        raise UnreadableEntryError(reason=f"{name}: separator")
    if _is_number(name):
        return _numbers(text, count)
    # Each value with its separator, so that nothing is copied; it is taken off the few that differ.
    offsets = np.zeros(count + 1, dtype=np.int64)
    offsets[1:] = ends + 1
    values = pa.LargeStringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data))
    encoded = values.dictionary_encode()
    differing = pc.utf8_slice_codeunits(encoded.dictionary.cast(pa.string()), 0, -1)
    empty = pc.index(differing, "").as_py()
    codes = encoded.indices
    if empty >= 0:
        codes = pc.if_else(pc.equal(codes, empty), pa.scalar(None, pa.int32()), codes)
    return pa.DictionaryArray.from_arrays(codes, differing)


def _is_number(name: str) -> bool:
    return bool(SCHEMA.field(name).type == pa.int64())


def _numbers(text: str, count: int) -> pa.Array:
    if text.strip(SEPARATOR) == "":
        return pa.nulls(count, pa.int64())
    if SEPARATOR * 2 in f"{SEPARATOR}{text}{SEPARATOR}":  # some are missing
        return pa.array([int(one) if one else None for one in text.split(SEPARATOR)], pa.int64())
    numbers: NDArray[np.int64] = np.fromstring(text, dtype=np.int64, sep=SEPARATOR)
    return pa.array(numbers)
