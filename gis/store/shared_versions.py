"""Boundary versions between a project's folder and the PostgreSQL that several machines share.

A file keeps its own versions beside it and shares none: there these calls do nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import Problem, VersionAlteredError, VersionMissingError
from gis.ledger.facts import Boundaries
from gis.store.boundary_tables import add_version, check_version_copy, has_boundary_tables, read_content
from gis.store.versions import has_version, keep_version, parse_version, read_version_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import sqlalchemy as sa

    from gis.ledger.entry import Entry
    from gis.store.database import Ledger


def share_versions(connection: sa.Connection, folder: Path, entries: Iterable[Entry]) -> None:
    """Put the versions that new entries bring into the database, in the transaction of those entries.

    Args:
        connection: The writer's.
        folder: Where the project's versions are.
        entries: As they were written.
    """
    if not has_boundary_tables(connection):
        return
    for _, sha256 in _named(entries):
        content = read_version_content(folder, sha256)
        add_version(connection, sha256, content, parse_version(content))


def fetch_versions(ledger: Ledger, folder: Path, entries: Iterable[Entry]) -> None:
    """Bring the versions that another machine's entries name into this machine's folder.

    Raises:
        VersionAlteredError: If the database gives other bytes than the name states.
    """
    missing = [sha256 for _, sha256 in _named(entries) if not has_version(folder, sha256)]
    if not missing:
        return
    with ledger.reading() as connection:
        if not has_boundary_tables(connection):
            return
        for sha256 in missing:
            content = read_content(connection, sha256)
            if content is not None:
                keep_version(folder, sha256, content)


def check_shared_versions(ledger: Ledger, folder: Path, entries: Iterable[Entry]) -> list[Problem]:
    """Where the database's versions are not those of the project's folder, by entry."""
    problems: list[Problem] = []
    with ledger.reading() as connection:
        if not has_boundary_tables(connection):
            return []
        for seq, sha256 in _named(entries):
            source = f"entry {seq}"
            try:
                content = read_version_content(folder, sha256)
            except (VersionMissingError, VersionAlteredError):
                continue  # told by the check of the folder
            if read_content(connection, sha256) != content:
                problems.append(Problem(source, "verify.postgis_file", {"sha256": sha256[:12]}))
            problems += check_version_copy(connection, source, sha256, parse_version(content))
    return problems


def _named(entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    for entry in entries:
        if isinstance(entry.fact, Boundaries):
            yield entry.seq, entry.fact.sha256
