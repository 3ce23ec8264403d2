"""Whether a database is this program's, of this schema and of this project; a new one is made whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.errors import NewerLedgerError
from gis.store.refusals import OlderLedgerError, OtherProjectError
from gis.store.tables import SCHEMA_VERSION, metadata, project_table, revision_of, version_table

if TYPE_CHECKING:
    from gis.store.backend import Backend


def is_ready(backend: Backend, connection: sa.Connection, project_id: str | None) -> bool:
    """Whether nothing has to be made or written before the ledger is used.

    Args:
        backend: Where the ledger is.
        connection: To it.
        project_id: Whose ledger is wanted; None does not ask.

    Raises:
        OlderLedgerError: If `python -m gis migrate` is needed first.
        NewerLedgerError: If a newer version of this program made it.
        OtherProjectError: If it belongs to another project.
    """
    backend.require_fit(connection)
    version = backend.version(connection)
    if version > SCHEMA_VERSION:
        raise NewerLedgerError(path=backend.name, found=version, needed=SCHEMA_VERSION)
    if version == 0:
        return False
    if version < SCHEMA_VERSION:
        raise OlderLedgerError(path=backend.name, found=version, needed=SCHEMA_VERSION)
    owner = connection.scalar(sa.select(project_table.c.project_id))
    if project_id is not None and owner is not None and owner != project_id:
        raise OtherProjectError(path=backend.name, found=owner, needed=project_id)
    return project_id is None or owner is not None


def make_ready(backend: Backend, connection: sa.Connection, project_id: str | None) -> None:
    """The tables of a new database at this program's version, and the project that it belongs to."""
    if backend.version(connection) == 0:
        metadata.create_all(connection, checkfirst=False)
        backend.create_rest(connection)
        connection.execute(sa.insert(version_table).values(version_num=revision_of(SCHEMA_VERSION)))
        backend.stamp(connection, SCHEMA_VERSION)
    if project_id is not None:
        connection.execute(sa.insert(project_table).values(project_id=project_id))
