"""The movements of money of the whole ledger, and the voids that may cancel them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.ledger.accounts import ACT_OF_MILESTONE, line_of
from gis.ledger.entry import parse_body
from gis.ledger.facts import Milestone, Money, Opening, Void
from gis.store.tables import entry_table

if TYPE_CHECKING:
    from gis.ledger.accounts import Line

_row = entry_table.c
# As the body of an entry says that it tells no amount; within a text of it the quotes would be escaped.
_NO_AMOUNT = '"amount_vnd":null'


def read_money_lines(connection: sa.Connection, after: int, through: int) -> list[Line]:
    """The movements that the entries after a seq, through another (included), tell; in seq order."""
    reaching = _row.kind.in_((Milestone.kind, Opening.kind)) & _row.milestone.in_(list(ACT_OF_MILESTONE))
    query = (
        sa.select(_row.body)
        .where(_row.seq > after, _row.seq <= through, reaching | (_row.kind == Money.kind))
        .where(~_row.body.contains(_NO_AMOUNT, autoescape=True))
        .order_by(_row.seq)
    )
    entries = (parse_body(body) for body in connection.scalars(query.execution_options(yield_per=10_000)))
    return [line for entry in entries if (line := line_of(entry)) is not None]


def read_voids(connection: sa.Connection, after: int, through: int) -> list[tuple[int, int]]:
    """(seq, target) of the voids after a seq, through another (included), each of its target's own parcel."""
    target = entry_table.alias("target")
    query = sa.select(_row.seq, _row.target).where(_row.kind == Void.kind, _row.seq <= through)
    if after:  # else without it, so that the database stays in the index and out of the bodies
        query = query.where(_row.seq > after)
    query = query.join(target, target.c.seq == _row.target)
    query = query.where(target.c.parcel.is_not_distinct_from(_row.parcel))
    return [(row.seq, row.target) for row in connection.execute(query)]
