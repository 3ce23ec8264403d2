"""The ledger in PostgreSQL with PostGIS: for several machines, by GPMB_DATABASE_URL."""

from __future__ import annotations

import re
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from gis.errors import LedgerBusyError
from gis.store.boundary_tables import allow_no_shape, create_boundary_tables
from gis.store.copies import copy_tables
from gis.store.refusals import (
    BadDatabaseUrlError,
    DatabaseFullError,
    DatabaseLoginError,
    DatabaseLostError,
    DatabaseMissingError,
    DatabaseRightsError,
    DatabaseSettingError,
    DatabaseTooOldError,
    DatabaseUnfitError,
    DatabaseUnreachableError,
    ForeignDatabaseError,
    PostgisMissingError,
)
from gis.store.tables import version_of
from gis.store.writing import LibraryTransaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gis.errors import GisError

LOCK_SECONDS = 30
CONNECT_SECONDS = 10
LEAST_VERSION = 14
LOCK_SPACE = 0x47504D42  # "GPMB": our corner of the server's advisory locks
DRIVER = "postgresql+psycopg"

# The triggers are ALWAYS on, also where a session says that it replays a replica's changes. The
# table is named by where the trigger stands: a temporary table `entry` must not lead it astray.
APPEND_ONLY = (
    """CREATE FUNCTION entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'the ledger is append-only: % refused', TG_OP USING ERRCODE = 'GP001'; END $$""",
    """CREATE FUNCTION entry_next_only() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE next_seq bigint;
       BEGIN
         EXECUTE format('SELECT COALESCE(MAX(seq), 0) + 1 FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME)
           INTO next_seq;
         IF NEW.seq IS DISTINCT FROM next_seq THEN
           RAISE EXCEPTION 'the ledger takes only the entry after its head' USING ERRCODE = 'GP001';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER entry_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
       FOR EACH STATEMENT EXECUTE FUNCTION entry_refuse()""",
    """CREATE TRIGGER entry_next_only BEFORE INSERT ON entry
       FOR EACH ROW EXECUTE FUNCTION entry_next_only()""",
    "ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_no_change",
    "ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_next_only",
)
# Since version 2, as in a file: see `sqlite.py`.
TRUE_COLUMNS = (
    """CREATE FUNCTION entry_columns() RETURNS trigger LANGUAGE plpgsql AS $$
       DECLARE said json := NEW.body;
       BEGIN
         IF NEW.household IS DISTINCT FROM said ->> 'household'
           OR NEW.milestone IS DISTINCT FROM said ->> 'milestone'
           OR (NEW.kind = 'holding' AND NEW.predecessors IS NULL)
           OR (NEW.kind IN ('void', 'obstacle_closed') AND NEW.target IS NULL) THEN
           RAISE EXCEPTION 'the ledger takes only columns that are as the body' USING ERRCODE = 'GP001';
         END IF;
         RETURN NEW;
       END $$""",
    """CREATE TRIGGER entry_columns BEFORE INSERT ON entry
       FOR EACH ROW EXECUTE FUNCTION entry_columns()""",
    "ALTER TABLE entry ENABLE ALWAYS TRIGGER entry_columns",
)
NO_APPEND_ONLY = (
    "DROP TRIGGER entry_no_change ON entry",
    "DROP TRIGGER entry_next_only ON entry",
    "DROP FUNCTION entry_refuse()",
    "DROP FUNCTION entry_next_only()",
)
# A commit is on the server's disk before it is acknowledged, whatever the server's default; a client
# that died must not keep the writer's lock until the network notices by itself.
SESSION = (
    "SET synchronous_commit = on",
    f"SET lock_timeout = '{LOCK_SECONDS}s'",
    "SET idle_in_transaction_session_timeout = '15min'",
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
)


class PostgresBackend:
    """A database, or a schema of one by its search_path, on a PostgreSQL server."""

    def __init__(self, url: str, epsg: int) -> None:
        """Read the URL; nothing is opened yet.

        Raises:
            BadDatabaseUrlError: If it is not PostgreSQL's; the URL itself is never repeated.
        """
        url = url.strip()
        scheme = url.partition(":")[0]
        if scheme not in {"postgres", "postgresql", DRIVER}:
            raise BadDatabaseUrlError
        try:
            self._url = sa.make_url(url).set(drivername=DRIVER)
            (self._url.host or "").encode("idna")  # UnicodeError: what no name of a server can be
        except (sa.exc.ArgumentError, ValueError):
            raise BadDatabaseUrlError from None
        port = f":{self._url.port}" if self._url.port else ""
        self.name = f"{self._url.host or 'localhost'}{port}/{self._url.database or ''}"
        self.epsg = epsg

    def exists(self) -> bool:
        """The server alone can tell."""
        return True

    def make(self) -> None:
        """Nothing: its administrator makes a database."""

    def engine(self) -> sa.Engine:
        """Connections whose transactions each see one moment."""
        engine = sa.create_engine(
            self._url,
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "gpmb",
                "client_encoding": "utf8",
                "keepalives_idle": 30,
                "keepalives_interval": 10,
                "keepalives_count": 3,
            },
        )
        sa.event.listen(engine, "connect", _configure)
        return engine

    def follow(self, engine: sa.Engine) -> None:
        """A server's database keeps its place: a backup comes back into an empty one."""

    def writing_engine(self, engine: sa.Engine) -> sa.Engine:
        """The same connections, each statement seeing what was committed before it."""
        return engine.execution_options(isolation_level="READ COMMITTED")

    def locked(self) -> AbstractContextManager[None]:
        """Nothing: the lock is the server's, taken by `lock`."""
        return nullcontext()

    @contextmanager
    def transaction(self, engine: sa.Engine) -> Iterator[LibraryTransaction]:
        """By the library, its lock first."""
        with engine.begin() as connection:
            self.lock(connection)
            yield LibraryTransaction(connection)

    def lock(self, connection: sa.Connection) -> None:
        """One writer among all machines; the server queues them in order."""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, hashtext(current_schema()))")

    def require_fit(self, connection: sa.Connection) -> None:
        """Refuse a server that is too old, has no PostGIS, or may lose what it acknowledged."""
        row = connection.exec_driver_sql(
            """SELECT current_setting('server_version_num')::int / 10000 AS version,
                      current_setting('server_encoding') AS server_encoding,
                      current_setting('fsync') AS fsync,
                      current_setting('full_page_writes') AS full_page_writes,
                      current_schema() IS NULL AS no_schema,
                      EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'postgis') AS postgis"""
        ).one()
        if row.version < LEAST_VERSION:
            raise DatabaseTooOldError(database=self.name, found=row.version, needed=LEAST_VERSION)
        if row.no_schema:
            raise DatabaseRightsError(database=self.name, reason="search_path")
        for setting, needed in (("server_encoding", "UTF8"), ("fsync", "on"), ("full_page_writes", "on")):
            found = str(getattr(row, setting))
            if found != needed:
                raise DatabaseSettingError(database=self.name, setting=setting, found=found, needed=needed)
        if not row.postgis:
            raise PostgisMissingError(database=self.name)

    def version(self, connection: sa.Connection) -> int:
        """The number of alembic's revision in the schema that we write to.

        Raises:
            DatabaseUnfitError: If tables of our names stand there that are not ours.
        """
        found = set(
            connection.exec_driver_sql(
                "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
            ).scalars()
        )
        if "alembic_version" not in found:
            if found & {"entry", "household", "note", "project"}:
                raise ForeignDatabaseError(database=self.name)
            return 0
        revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        version = version_of(revision)
        if version is None:
            raise ForeignDatabaseError(database=self.name)
        return version

    def stamp(self, connection: sa.Connection, version: int) -> None:
        """Alembic's mark is all there is."""

    def create_rest(self, connection: sa.Connection) -> None:
        """The triggers of the append-only table, and the boundary tables."""
        for statement in (*APPEND_ONLY, *TRUE_COLUMNS):
            connection.execute(sa.text(statement))
        create_boundary_tables(connection, self.epsg)
        allow_no_shape(connection)

    def missing_guards(self, connection: sa.Connection) -> list[str]:
        """The triggers that are not always on with the function that this program makes, and strangers."""
        needed = {
            "entry_no_change": _source(APPEND_ONLY[0]),
            "entry_next_only": _source(APPEND_ONLY[1]),
            "entry_columns": _source(TRUE_COLUMNS[0]),
        }
        rows = connection.exec_driver_sql(
            """SELECT t.tgname::text, CASE WHEN t.tgenabled = 'A' THEN p.prosrc ELSE '' END
               FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
               WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"""
        )
        found = {name: source.split() for name, source in rows}
        return sorted(name for name in needed.keys() | found.keys() if needed.get(name) != found.get(name))

    def damage(self, connection: sa.Connection) -> str | None:
        """Nothing: a server looks after its pages itself."""

    def refusal(self, error: sa.exc.DBAPIError) -> GisError:
        """The sentence for a server's answer, or for none."""
        state = getattr(error.orig, "sqlstate", None) or ""
        reason = self._reason(error)
        facts: dict[str, Any] = {"database": self.name}
        if state == "55P03":
            return LedgerBusyError(path=self.name, seconds=LOCK_SECONDS)
        if state in {"42501", "25006"}:
            return DatabaseRightsError(**facts, reason=reason)
        if state.startswith("53"):
            return DatabaseFullError(**facts, reason=reason)
        broken = isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError))
        if broken and (not state or state.startswith(("08", "28", "3D", "57P"))):
            return self._connection_refusal(error, reason)
        return DatabaseUnfitError(**facts, reason=reason)

    def _connection_refusal(self, error: sa.exc.DBAPIError, reason: str) -> GisError:
        # libpq gives a refused connection no SQLSTATE, only the server's words.
        if error.connection_invalidated or error.statement:
            return DatabaseLostError(database=self.name, reason=reason)
        words = str(error.orig)
        if "no password supplied" in words or "authentication failed" in words or "role" in words:
            return DatabaseLoginError(database=self.name, user=self._url.username or "")
        if re.search(r'database ".*" does not exist', words):
            return DatabaseMissingError(database=self.name)
        return DatabaseUnreachableError(database=self.name, reason=reason)

    def _reason(self, error: sa.exc.DBAPIError) -> str:
        """The server's first line, without a password that it might repeat."""
        words = str(error.orig).strip().partition("\n")[0]
        password = self._url.password
        return words.replace(str(password), "…") if password else words

    def copy(self, connection: sa.Connection, path: Path) -> None:
        """Every row of every table that only this database has, into a new SQLite file."""
        copy_tables(connection, path)


def _source(statement: str) -> list[str]:
    """The words between the $$ of a function."""
    return statement.split("$$")[1].split()


def _configure(connection: Any, _: object) -> None:  # noqa: ANN401 - psycopg's, through SQLAlchemy's adapter
    driver = getattr(connection, "driver_connection", connection)
    before = driver.autocommit
    driver.autocommit = True
    for setting in SESSION:
        driver.execute(setting)
    driver.autocommit = before
