"""Questions about requests: which marked several parcels at once, and what one of them wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from gis.ledger.entry import Entry, parse_body
from gis.ledger.facts import Milestone, Money, Void
from gis.store.tables import entry_table

if TYPE_CHECKING:
    from collections.abc import Iterator

_row = entry_table.c
# A list of payments marks and books; its money goes with its marks.
MARKING: Final = (Milestone.kind, Money.kind)


def read_bulk_marks(connection: sa.Connection, after: int) -> Iterator[tuple[Entry, int]]:
    """The requests that only marked, several parcels, as far as their marks still count, the newest first.

    What did more (a sheet with its talks, a succession, a delivery) is not taken back by its marks.

    Args:
        connection: Sees the ledger.
        after: Only entries behind this seq.

    Returns:
        Of each its first entry that counts, and how many parcels.
    """
    cancelled = sa.select(_row.target).where(_row.seq > after, _row.kind == Void.kind)
    others = sa.select(_row.request_id).where(_row.seq > after, _row.kind.not_in(MARKING))
    parcels = sa.func.count(_row.parcel.distinct()).label("parcels")
    found = connection.execute(
        sa.select(sa.func.min(_row.seq).label("first"), parcels)
        .where(
            _row.seq > after,
            _row.kind == Milestone.kind,
            _row.seq.not_in(cancelled),
            _row.request_id.not_in(others),
        )
        .group_by(_row.request_id)
        .having(parcels > 1)
        .order_by(sa.desc("first"))
    ).all()
    for row in found:
        body = connection.scalar(sa.select(_row.body).where(_row.seq == row.first))
        yield parse_body(str(body)), row.parcels


def read_request(connection: sa.Connection, request_id: str) -> list[Entry]:
    """What a request has written, by item."""
    bodies = sa.select(_row.body).where(_row.request_id == request_id).order_by(_row.item)
    return [parse_body(body) for body in connection.scalars(bodies)]


def read_requests(connection: sa.Connection, beginning: str) -> list[Entry]:
    """What all requests have written whose ids are this beginning and a hexadecimal number; in seq order."""
    id_ = _row.request_id
    # Between two ids, so that the index is gone through and not the ledger; no such number begins with g.
    among = sa.and_(id_ > beginning, id_ < f"{beginning}g", id_.startswith(beginning, autoescape=True))
    bodies = sa.select(_row.body).where(among).order_by(_row.seq)
    return [parse_body(body) for body in connection.scalars(bodies)]
