"""A project's database brought to this program's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.project.project import read_plan
from gis.store.backend import choose_backend
from gis.store.database import LEDGER_FILE
from gis.store.migrate import Migration, migrate

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


def migrate_project(folder: Path, url: str | None, now: datetime) -> Migration:
    """Migrate the ledger of a project, after a checked copy in its folder `backups`.

    Args:
        folder: The project's folder.
        url: The value of GPMB_DATABASE_URL, None or empty where it is not set.
        now: The clock, for the copy's name.

    Raises:
        GisError: With the reason; nothing has changed.
    """
    plan = read_plan(folder)
    backend = choose_backend(folder / LEDGER_FILE, url, plan.crs)
    return migrate(backend, folder / "backups", now)
