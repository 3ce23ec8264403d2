"""From an older schema to this program's: a checked copy first, then everything or nothing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from gis.errors import FolderUnwritableError, NewerLedgerError, Problem
from gis.ledger.chain import Head, Row, link
from gis.ledger.entry import time_text
from gis.ledger.verify import check_chain
from gis.store.copies import require_whole
from gis.store.refusals import MigrationBrokenError, MigrationNeedsVerifyError, NothingToMigrateError
from gis.store.tables import SCHEMA_VERSION, backup_made_table, entry_table, revision_of, version_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from gis.store.backend import Backend


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done: the schema versions, the copy made before, and the head, the same as before.

    `copied_to` is None where nothing was to be done.
    """

    before: int
    after: int
    head: Head
    copied_to: Path | None = None


def migrate(backend: Backend, backups: Path, now: datetime) -> Migration:
    """Bring a ledger to this program's schema; where anything fails, nothing has changed.

    Args:
        backend: Where the ledger is.
        backups: The folder for the copy that is made and checked first.
        now: The clock, for that copy's name.

    Raises:
        NothingToMigrateError: If there is no ledger at all.
        NewerLedgerError: If a newer program made it.
        MigrationNeedsVerifyError: If its chain is broken before anything is done, with every reason.
        CopyUnfitError: If the copy is not whole.
        MigrationBrokenError: If the result would not be the same ledger.
    """
    if not backend.exists():
        raise NothingToMigrateError(path=backend.name)
    engine = backend.engine()
    try:
        with _told(backend), backend.locked(), backend.writing_engine(engine).begin() as connection:
            backend.lock(connection)
            backend.require_fit(connection)
            version = backend.version(connection)
            if version == 0:
                raise NothingToMigrateError(path=backend.name)
            if version > SCHEMA_VERSION:
                raise NewerLedgerError(path=backend.name, found=version, needed=SCHEMA_VERSION)
            head = require_links(connection)
            if version == SCHEMA_VERSION:
                return Migration(version, version, head)
            path = _copy(backend, connection, backups / f"before-migrate-{version}-{now:%Y%m%dT%H%M%SZ}.db")
            require_whole(path, head)
            upgrade(backend, connection, version)
            _require_same(connection, head)
            _note_copy(connection, path, head, now)
            return Migration(version, SCHEMA_VERSION, head, path)
    finally:
        engine.dispose()


def upgrade(backend: Backend, connection: sa.Connection, version: int, to: int = SCHEMA_VERSION) -> None:
    """Alembic's steps from one version to another inside the caller's transaction.

    Args:
        backend: Whose version mark is written too.
        connection: Inside the transaction that all of it belongs to.
        version: Where the database stands; 0 is an empty one.
        to: Where it shall stand.
    """
    from alembic import command  # noqa: PLC0415 - slow to import, and needed here alone
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "gis:store/migrations")
    config.attributes |= {"connection": connection, "epsg": backend.epsg}
    # The first version of this program knew no alembic.
    if version and not sa.inspect(connection).has_table(version_table.name):
        command.stamp(config, revision_of(version))
    command.upgrade(config, revision_of(to))
    backend.stamp(connection, to)


def require_links(connection: sa.Connection) -> Head:
    """The head to which the chain leads, by what every schema version has: seq, body and hash.

    Raises:
        MigrationNeedsVerifyError: If the chain is broken; the first entry where it is.
    """
    head = Head()
    table = sa.table("entry", sa.column("seq"), sa.column("body"), sa.column("hash"))
    for seq, body, hash_ in connection.execute(sa.select(table).order_by(table.c.seq)):
        if seq != head.seq + 1 or hash_ != link(head.hash, body):
            raise MigrationNeedsVerifyError(seq=seq)
        head = Head(seq, hash_)
    return head


def _copy(backend: Backend, connection: sa.Connection, path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FolderUnwritableError(path=str(path.parent), reason=error.strerror) from error
    backend.copy(connection, path)
    return path


def _note_copy(connection: sa.Connection, path: Path, head: Head, now: datetime) -> None:
    """The copy holds names: an erasure must be able to tell that it is there."""
    noted = {"backup_id": path.stem, "at": time_text(now), "folder": str(path.parent)}
    connection.execute(
        sa.insert(backup_made_table).values(**noted, seq=head.seq, hash=head.hash, encrypted=False)
    )


def _require_same(connection: sa.Connection, head: Head) -> None:
    rows = (
        Row(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
        for row in connection.execute(sa.select(entry_table).order_by(entry_table.c.seq))
    )
    problems, found = check_chain(rows)
    if found != head:
        facts = {"needed": str(head), "found": str(found)}
        problems = [*problems, Problem(f"entry {head.seq}", "verify.other_head", facts)]
    if problems:
        raise MigrationBrokenError(problems=problems)


@contextmanager
def _told(backend: Backend) -> Iterator[None]:
    """What a database raises, as the sentence that it is."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise backend.refusal(error) from error
