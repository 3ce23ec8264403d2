"""Questions to the table `entry` that cost what they ask for and not the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.ledger.entry import Entry, parse_body
from gis.store.tables import entry_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NAMES_AT_ONCE: Final = 500  # SQLite takes a limited number of parameters
_row = entry_table.c


def read_block(
    connection: sa.Connection, parcel: str, size: int
) -> tuple[dict[str, list[Entry]], str | None]:
    """The whole stories of a parcel and of some that follow it in order of ids.

    Args:
        connection: Sees the ledger.
        parcel: The first one.
        size: About so many entries; a story is never cut.

    Returns:
        Entries in seq order by parcel, the parcel itself absent where no entry names it; and the
        parcel that follows, None where the ledger names no other.
    """
    rows = connection.execute(
        sa.select(_row.parcel, _row.body).where(_row.parcel >= parcel).order_by(_row.parcel).limit(size)
    ).all()
    if len(rows) < size:
        return _grouped((row.parcel, row.body) for row in rows), None
    following = rows[-1].parcel  # whose story may go on behind the block
    if following == parcel:
        return read_parcels(connection, [parcel]), None
    return _grouped((row.parcel, row.body) for row in rows if row.parcel != following), following


def read_parcels(connection: sa.Connection, parcels: Sequence[str]) -> dict[str, list[Entry]]:
    """The stories of some parcels, in seq order; those that no entry names are absent."""
    found: dict[str, list[Entry]] = {}
    for start in range(0, len(parcels), _NAMES_AT_ONCE):
        some = parcels[start : start + _NAMES_AT_ONCE]
        rows = connection.execute(
            sa.select(_row.parcel, _row.body).where(_row.parcel.in_(some)).order_by(_row.parcel)
        )
        found |= _grouped((row.parcel, row.body) for row in rows)
    return found


def read_common(connection: sa.Connection) -> list[Entry]:
    """The entries of no parcel, in seq order."""
    bodies = connection.scalars(sa.select(_row.body).where(_row.parcel.is_(None)))
    return sorted((parse_body(body) for body in bodies), key=lambda entry: entry.seq)


def read_parcel_ids(connection: sa.Connection) -> list[str]:
    """Every parcel that an entry names, in order."""
    named = sa.select(_row.parcel).where(_row.parcel.is_not(None)).distinct().order_by(_row.parcel)
    return list(connection.scalars(named))


def read_parcels_of(connection: sa.Connection, kind: str, through: int) -> list[str]:
    """The parcels of which entries of a kind speak, of those through a seq (included), in order."""
    query = sa.select(_row.parcel).where(_row.kind == kind, _row.seq <= through, _row.parcel.is_not(None))
    return list(connection.scalars(query.distinct().order_by(_row.parcel)))


def read_named(connection: sa.Connection, after: int, through: int) -> set[str]:
    """The parcels that the entries after a seq, through another (included), name."""
    query = sa.select(_row.parcel).where(_row.seq > after, _row.seq <= through, _row.parcel.is_not(None))
    return set(connection.scalars(query.distinct()))


def read_place(connection: sa.Connection, seq: int) -> tuple[bool, str | None]:
    """Whether there is an entry, and the parcel that it names."""
    found = connection.execute(sa.select(_row.parcel).where(_row.seq == seq)).first()
    return (False, None) if found is None else (True, found.parcel)


def read_households(connection: sa.Connection) -> list[tuple[str, str | None]]:
    """Each household with each parcel that its entries name, None for those of no parcel."""
    pairs = sa.select(_row.household, _row.parcel).where(_row.household.is_not(None)).distinct()
    return [(row.household, row.parcel) for row in connection.execute(pairs)]


def read_last_seq(connection: sa.Connection) -> int:
    """The last seq; 0 in an empty ledger."""
    return connection.scalar(sa.select(sa.func.max(_row.seq))) or 0


def read_last_before(connection: sa.Connection, moment: str, head: int) -> int:
    """The last seq that was recorded before a moment; 0 if none was.

    Args:
        connection: Sees the ledger.
        moment: As `gis.ledger.entry.time_text` writes it.
        head: The last seq.
    """
    low, high = 0, head  # recorded_at never falls: the answer is found by halving
    while low < high:
        middle = (low + high + 1) // 2
        recorded = connection.scalar(sa.select(_row.recorded_at).where(_row.seq == middle))
        low, high = (middle, high) if recorded is not None and recorded < moment else (low, middle - 1)
    return low


def _grouped(rows: Iterable[tuple[str, str]]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for parcel, body in rows:
        found.setdefault(parcel, []).append(parse_body(body))
    return {parcel: sorted(group, key=lambda entry: entry.seq) for parcel, group in found.items()}


def pairs_of(entries: Iterable[Entry]) -> Iterator[tuple[str, str | None]]:
    """What `read_households` would say of some entries."""
    for entry in entries:
        household = getattr(entry.fact, "household", None)
        if household is not None:
            yield household, entry.parcel


def read_last_seqs(connection: sa.Connection, through: int) -> dict[str, int]:
    """The last seq that names each parcel, of the entries through a seq (included)."""
    query = (
        sa.select(_row.parcel, sa.func.max(_row.seq).label("last"))
        .where(_row.seq <= through, _row.parcel.is_not(None))
        .group_by(_row.parcel)
    )
    return {row.parcel: row.last for row in connection.execute(query)}
