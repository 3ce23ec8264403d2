"""What offices' lists call the households of the register, so that a newer list finds each again.

A household that was corrected in the register keeps here the name that its list writes. These rows are
personal data: they go with an erasure, and the newer list then finds the household by its parcels alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeAlias

import sqlalchemy as sa

from gis.store.register import batched
from gis.store.tables import household_change_table, household_table, list_household_table

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Connection: TypeAlias = "sa.Connection"  # for callers that have one and know no library of databases


@dataclass(frozen=True, slots=True)
class ListHousehold:
    """A household as a list has it.

    Args:
        list_id: The list, through all its newer files.
        household_id: The random id that the chain knows.
        code: The office's own code, "" where the list has none.
        name: As the list writes it.
        hamlet: As the list writes it.
    """

    list_id: str
    household_id: str
    code: str
    name: str
    hamlet: str


def read_list(connection: sa.Connection, list_id: str) -> list[ListHousehold]:
    """The households of a list, by their ids."""
    table = list_household_table
    query = sa.select(table).where(table.c.list_id == list_id).order_by(table.c.household_id)
    return [ListHousehold(**row) for row in connection.execute(query).mappings()]


def write_list(connection: sa.Connection, households: Sequence[ListHousehold]) -> None:
    """Say how a list calls households now; what it said of them before goes."""
    table = list_household_table
    by_list: dict[str, list[ListHousehold]] = {}
    for one in households:
        by_list.setdefault(one.list_id, []).append(one)
    for list_id, own in by_list.items():
        for ids in batched(one.household_id for one in own):
            old = sa.delete(table).where(table.c.list_id == list_id, table.c.household_id.in_(ids))
            connection.execute(old)
        connection.execute(sa.insert(table), [asdict(one) for one in own])


def forget_list(connection: sa.Connection, list_id: str, ids: Collection[str]) -> None:
    """Let a list know some households no more."""
    for chosen in batched(sorted(ids)):
        connection.execute(
            sa.delete(list_household_table).where(
                list_household_table.c.list_id == list_id, list_household_table.c.household_id.in_(chosen)
            )
        )


def remove_households(connection: sa.Connection, ids: Collection[str]) -> None:
    """Take households out of the register that only an undone import had brought, with their history."""
    for chosen in batched(sorted(ids)):
        for table in (list_household_table, household_change_table, household_table):
            connection.execute(sa.delete(table).where(table.c.household_id.in_(chosen)))
