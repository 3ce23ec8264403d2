"""A real PostgreSQL with PostGIS for a run of tests: its own server, folder, port and users."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.store.backend import Backend
    from gis.store.database import Ledger

USER, PASSWORD = "gpmb", "mật khẩu: 1/2@ß"
EPSG = 5897
TEMPLATE, EMPTY = "gpmb_template", "gpmb_empty"
STARTED_WITHIN_S = 60


@dataclass(frozen=True)
class Server:
    """A running server; `database` is the one that `url` leads to.

    Args:
        binaries: Where pg_ctl and its kin are.
        folder: Its data, owned by the account that runs it.
        port: On 127.0.0.1.
        account: Of the operating system, where this process is root; else None.
        database: In this server.
    """

    binaries: Path
    folder: Path
    port: int
    account: str | None
    database: str = "postgres"

    @property
    def url(self) -> str:
        """As GPMB_DATABASE_URL has it, the password quoted."""
        from urllib.parse import quote

        return f"postgresql://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{self.database}"

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's programs, as the account that may."""
        command = [str(self.binaries / program), *arguments]
        if self.account:
            command = ["runuser", "-u", self.account, "--", *command]
        # No pipes: the server that pg_ctl starts would keep them open for ever.
        log = self.folder / "programs.log"
        with log.open("ab") as output:
            subprocess.run(
                command, check=True, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def start(self) -> None:
        """Answering when this returns."""
        data, log = str(self.folder / "data"), str(self.folder / "server.log")
        # As it would run in an office: a commit is on the disk before it is acknowledged.
        options = (
            f"-p {self.port} -h 127.0.0.1 -k '{self.folder}' -c max_connections=60 -c shared_buffers=32MB"
        )
        self.run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", str(STARTED_WITHIN_S), "start")

    def stop(self, mode: str = "fast") -> None:
        """Down when this returns; "immediate" is a crash."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def execute(self, *statements: str) -> None:
        """Statements of the administrator, each its own transaction."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def new_database(self, name: str, template: str = TEMPLATE) -> Server:
        """A fresh database with PostGIS, and the server seen from there."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return replace(self, database=name)


def find_binaries() -> Path | None:
    """The folder of the newest server's programs, PostGIS beside them; None where there is none."""
    found = [Path(path).resolve().parent for path in [shutil.which("initdb")] if path]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))
    return next((folder for folder in found if _is_whole(folder)), None)


def _is_whole(folder: Path) -> bool:
    if not all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
        return False
    shares = [folder.parent / "share", folder.parent / "share/postgresql"]
    places = [Path("/usr/share/postgresql") / folder.parent.name, *shares]
    return any((place / "extension/postgis.control").exists() for place in places)


def may_run() -> bool:
    """Whether a server can be run here: as anybody but root, or as root with the account postgres."""
    if sys.platform == "win32":
        return False
    if os.geteuid() != 0:
        return True
    import pwd

    return bool(shutil.which("runuser")) and any(entry.pw_name == "postgres" for entry in pwd.getpwall())


@contextmanager
def running_server() -> Iterator[Server]:
    """A new server in a folder of its own, gone at the end."""
    binaries = find_binaries()
    assert binaries is not None
    account = "postgres" if os.geteuid() == 0 else None
    # Not under pytest's own folder, which only its owner may enter; short, for the socket's sake.
    folder = Path(tempfile.mkdtemp(prefix="gpmb-pg-"))
    password = folder / "password"
    password.write_text(PASSWORD + "\n", "utf-8")
    if account:
        for path in (folder, password):
            shutil.chown(path, account)
    server = Server(binaries, folder, free_port(), account)
    try:
        server.run(
            *("initdb", "-D", str(folder / "data"), "-U", USER, "--pwfile", str(password)),
            *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        server.start()
        try:
            server.execute(f"CREATE DATABASE {EMPTY}", f"CREATE DATABASE {TEMPLATE}")
            replace(server, database=TEMPLATE).execute("CREATE EXTENSION postgis")
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True)
class Place:
    """Where a ledger of a test is kept, in either database; nothing is made yet.

    Args:
        folder: The project's folder.
        url: Of PostgreSQL; None is the SQLite file of the folder.
    """

    folder: Path
    url: str | None

    def open(self, project_id: str | None = None) -> Ledger:
        """The ledger, as a program would open it."""
        from gis.store.database import open_ledger

        return open_ledger(self.folder, self.url, project_id, EPSG)

    @property
    def backend(self) -> Backend:
        """What `open` would open."""
        from gis.store.backend import choose_backend

        return choose_backend(self.folder / "ledger.db", self.url, EPSG)

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Statements of somebody else's, with none of our settings; the rows of the last one."""
        if self.url is None:
            with closing(sqlite3.connect(self.folder / "ledger.db", isolation_level=None)) as connection:
                return [connection.execute(statement).fetchall() for statement in statements][-1]
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            cursors = [connection.execute(statement) for statement in statements]
            return cursors[-1].fetchall() if cursors[-1].description else []
