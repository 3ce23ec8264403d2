"""What a database must offer to keep a ledger, and the two that do: a file, or PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from gis.store.postgres import PostgresBackend
from gis.store.sqlite import SqliteBackend

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    import sqlalchemy as sa

    from gis.errors import GisError
    from gis.store.writing import Transaction


class Backend(Protocol):
    """What differs between the databases; everything else is the same SQLAlchemy Core code.

    Args:
        name: The database as its user knows it: a path, or server and database; never a password.
        epsg: The project's CRS, for tables with geometry.
    """

    name: str
    epsg: int

    def exists(self) -> bool:
        """Whether there may be something; a look does not make anything."""

    def make(self) -> None:
        """Let there be an empty database where there is none; a server's is made by its administrator."""

    def engine(self) -> sa.Engine:
        """Connections that read: each sees one moment."""

    def follow(self, engine: sa.Engine) -> None:
        """Let go of connections to a database that another has taken the place of."""

    def writing_engine(self, engine: sa.Engine) -> sa.Engine:
        """The same connections, for the one writer: what it reads after its lock is the newest."""

    def locked(self) -> AbstractContextManager[None]:
        """Held around everything that writes, before its transaction begins."""

    def transaction(self, engine: sa.Engine) -> AbstractContextManager[Transaction]:
        """The one writer's, with its lock; kept at its end, gone where it failed."""

    def lock(self, connection: sa.Connection) -> None:
        """Taken first inside the writer's transaction, and given back by its end."""

    def require_fit(self, connection: sa.Connection) -> None:
        """Refuse a server or file that cannot keep a ledger safely."""

    def version(self, connection: sa.Connection) -> int:
        """The schema's version; 0 where nothing is there yet."""

    def stamp(self, connection: sa.Connection, version: int) -> None:
        """Note a version beside alembic's own mark, where older programs look for it."""

    def create_rest(self, connection: sa.Connection) -> None:
        """What the common tables do not say: append-only, and this database's own tables."""

    def missing_guards(self, connection: sa.Connection) -> list[str]:
        """What should refuse a change of the ledger and is gone, altered or off; and what is not ours."""

    def damage(self, connection: sa.Connection) -> str | None:
        """The first thing that is wrong with the database's own pages; None where nothing is."""

    def refusal(self, error: sa.exc.DBAPIError) -> GisError:
        """The sentence for what the database raised."""

    def copy(self, connection: sa.Connection, path: Path) -> None:
        """Everything that the transaction sees, as an SQLite file that must not exist yet."""


def choose_backend(place: Path, url: str | None, epsg: int) -> Backend:
    """PostgreSQL where a URL is given, else the file.

    Args:
        place: The SQLite file `ledger.db` of a project.
        url: The value of GPMB_DATABASE_URL; None or empty where it is not set.
        epsg: The project's CRS, for the boundary tables of PostGIS.

    Raises:
        BadDatabaseUrlError: If the URL is not PostgreSQL's.
    """
    return PostgresBackend(url, epsg) if url else SqliteBackend(place, epsg)
