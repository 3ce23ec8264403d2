"""Forgetting a person: names, places of living and words leave the database, the chain stays as it is.

Law 91/2025/QH15 gives a person the right to have personal data erased. The chain never held any: it
names a random id and salted fingerprints of words that are no longer there. What is kept is that an
erasure took place: whose id, by whom, when and why, without names.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from gis.errors import LedgerBusyError
from gis.ledger.entry import time_text
from gis.store.register import batched
from gis.store.register_changes import PERSONAL_FIELDS
from gis.store.tables import (
    attachment_table,
    backup_made_table,
    erasure_table,
    household_change_table,
    household_table,
    list_household_table,
    note_table,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from gis.store.database import Ledger, Stamp

# Copies of rows wait in these until the database is packed.
REGISTER_TABLES: Final = ("household", "household_change", "list_household", "note", "attachment")
# How long packing waits for somebody who reads, milliseconds.
READERS_MS: Final = 5000


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a household's data was erased: never what it was."""

    erasure_id: str
    household_id: str
    at: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class ErasedAttachment:
    """That a scan was erased."""

    sha256: str
    erased_at: str
    erased_by: str | None
    erased_why: str | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """All that a database has forgotten, so that an old backup can be made to forget it too.

    Args:
        erasures: Of households.
        note_ids: Notes whose words were erased.
        attachments: Scans that were erased.
    """

    erasures: tuple[Erasure, ...] = ()
    note_ids: frozenset[str] = frozenset()
    attachments: tuple[ErasedAttachment, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup that still holds what was erased after it."""

    at: str
    folder: str
    seq: int


def overwrite_deleted(connection: sa.Connection) -> None:
    """Have SQLite overwrite with zeros what this connection deletes; before the first deletion."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def erase_households(
    connection: sa.Connection, ids: Sequence[str], stamp: Stamp, reason: str
) -> list[Erasure]:
    """Forget the names and hamlets of some households, in the register and in its history.

    Their kind, old commune and officer stay: a parcel's work goes on. Those that the register does not
    know are remembered as erased all the same.
    """
    at = time_text(stamp.now)
    erasures = [Erasure(secrets.token_hex(8), one, at, stamp.by, reason) for one in ids]
    _forget(connection, erasures)
    if erasures:
        connection.execute(sa.insert(erasure_table), [asdict(one) for one in erasures])
    return erasures


def _forget(connection: sa.Connection, erasures: Iterable[Erasure]) -> None:
    overwrite_deleted(connection)
    for erasure in erasures:
        connection.execute(
            sa.update(household_table)
            .where(household_table.c.household_id == erasure.household_id)
            .values(name="", hamlet="", erased_at=erasure.at)
        )
        connection.execute(
            sa.delete(household_change_table).where(
                household_change_table.c.household_id == erasure.household_id,
                household_change_table.c.field.in_(PERSONAL_FIELDS),
            )
        )
        connection.execute(
            sa.delete(list_household_table).where(list_household_table.c.household_id == erasure.household_id)
        )


def erase_notes(connection: sa.Connection, note_ids: Collection[str]) -> None:
    """Forget the words of notes; the chain keeps their fingerprints.

    An empty row stays and says that this was meant: a register that lost its notes by accident must not
    take those of a good backup with it. Without its salt a fingerprint tells nothing of the words.
    """
    overwrite_deleted(connection)
    for chosen in batched(sorted(note_ids)):
        erased = sa.update(note_table).where(note_table.c.note_id.in_(chosen))
        connection.execute(erased.values(salt="", text=""))


def read_words(connection: sa.Connection) -> Iterator[tuple[str, str]]:
    """The words of every note that has any, by the note's id."""
    found = connection.execute(
        sa.select(note_table.c.note_id, note_table.c.text).where(note_table.c.salt != "")
    )
    return ((row.note_id, row.text) for row in found)


def erase_file_names(connection: sa.Connection, digests: Collection[str]) -> None:
    """Forget what scans were called; people put names into file names."""
    overwrite_deleted(connection)
    for chosen in batched(sorted(digests)):
        connection.execute(
            sa.update(attachment_table).where(attachment_table.c.sha256.in_(chosen)).values(file_name="")
        )


def read_file_names(connection: sa.Connection, digests: Collection[str]) -> dict[str, str]:
    """What some scans were called, by SHA-256, those that are still there."""
    found: dict[str, str] = {}
    for chosen in batched(sorted(digests)):
        rows = connection.execute(
            sa.select(attachment_table.c.sha256, attachment_table.c.file_name).where(
                attachment_table.c.sha256.in_(chosen), attachment_table.c.erased_at.is_(None)
            )
        )
        found |= {row.sha256: row.file_name for row in rows}
    return found


def read_erasures(connection: sa.Connection, ids: Iterable[str] | None = None) -> list[Erasure]:
    """The erasures of some households, or all, the oldest first."""
    query = sa.select(erasure_table).order_by(erasure_table.c.at, erasure_table.c.erasure_id)
    rows = [Erasure(**row) for row in connection.execute(query).mappings()]
    wanted = None if ids is None else set(ids)
    return [row for row in rows if wanted is None or row.household_id in wanted]


def read_forgotten(connection: sa.Connection) -> Forgotten:
    """All that this database has forgotten: for `reapply_erasures` on a backup that is brought back."""
    notes = connection.scalars(sa.select(note_table.c.note_id).where(note_table.c.salt == ""))
    erased = connection.execute(
        sa.select(
            attachment_table.c.sha256,
            attachment_table.c.erased_at,
            attachment_table.c.erased_by,
            attachment_table.c.erased_why,
        ).where(attachment_table.c.erased_at.is_not(None))
    )
    return Forgotten(
        tuple(read_erasures(connection)),
        frozenset(notes),
        tuple(ErasedAttachment(**row) for row in erased.mappings()),
    )


def reapply_erasures(connection: sa.Connection, erasures: Forgotten) -> None:
    """Make a database that came back from a backup forget what was erased since it was made.

    Args:
        connection: Of a transaction on the restored database, whose chain is not touched.
        erasures: As `read_forgotten` gave them of the database that it replaces. The files of its
            `attachments` must not be put back.
    """
    known = set(connection.scalars(sa.select(erasure_table.c.erasure_id)))
    since = [one for one in erasures.erasures if one.erasure_id not in known]
    _forget(connection, since)
    if since:
        connection.execute(sa.insert(erasure_table), [asdict(one) for one in since])
    erase_notes(connection, erasures.note_ids)
    for one in erasures.attachments:
        values = asdict(one)
        digest = values.pop("sha256")
        connection.execute(
            sa.update(attachment_table)
            .where(attachment_table.c.sha256 == digest)
            .values(**values, file_name="")
        )


def read_backups(connection: sa.Connection) -> list[BackupMade]:
    """The backups that were made of this database, the newest first."""
    query = sa.select(backup_made_table.c.at, backup_made_table.c.folder, backup_made_table.c.seq).order_by(
        backup_made_table.c.at.desc()
    )
    return [BackupMade(**row) for row in connection.execute(query).mappings()]


def scrub(ledger: Ledger) -> bool:
    """Pack the database, so that no byte of what was deleted stays in its files.

    Overwriting deleted rows is not enough: pages that were split or freed earlier keep copies, and so
    does the write-ahead log. Packing writes only what is there; then the log is emptied.

    Returns:
        Whether it was done; False where another program was reading, the disk is full, or the database is not
        ours to pack: the erasure holds, its traces in free space stay until the next time.

    """
    engine = ledger.engine
    pack = _pack_sqlite if engine.dialect.name == "sqlite" else _pack_postgres
    try:
        with ledger.backend.locked():
            connection = engine.raw_connection()
            try:
                return pack(connection.driver_connection)
            finally:
                connection.close()
    except (LedgerBusyError, engine.dialect.loaded_dbapi.OperationalError):
        return False


def _pack_sqlite(driver: Any) -> bool:  # noqa: ANN401 - sqlite3's connection, through SQLAlchemy's pool
    before = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute(f"PRAGMA busy_timeout = {READERS_MS}")
    try:
        driver.execute("PRAGMA secure_delete = ON")
        driver.execute("VACUUM")
        busy = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        driver.execute(f"PRAGMA busy_timeout = {before}")
    return not busy


def _pack_postgres(driver: Any) -> bool:  # noqa: ANN401 - psycopg's connection, through SQLAlchemy's pool
    driver.rollback()
    driver.autocommit = True
    before = driver.execute("SHOW lock_timeout").fetchone()[0]
    skipped: list[str] = []

    def hear(notice: Any) -> None:  # noqa: ANN401 - psycopg's Diagnostic
        skipped.append(str(notice.sqlstate))

    try:
        driver.execute(f"SET lock_timeout = {READERS_MS}")
        # Who does not own a table is told "skipping it" in a warning, and nothing is packed.
        driver.add_notice_handler(hear)
        for table in REGISTER_TABLES:
            driver.execute(f"VACUUM (FULL, ANALYZE) {table}")
        driver.remove_notice_handler(hear)
        # The planner's statistics keep frequent values; skipped with a notice where we do not own it.
        driver.execute("VACUUM FULL pg_catalog.pg_statistic")
    finally:
        driver.execute(f"SET lock_timeout = '{before}'")
        driver.autocommit = False
    return not skipped
