"""The command that brings a project's database to this program's schema."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gis.cli.common import DEFAULT_PROJECT, ProjectOption, T, now, out
from gis.project.migrating import migrate_project

if TYPE_CHECKING:
    from collections.abc import Callable


def migrate(folder: ProjectOption = DEFAULT_PROJECT) -> None:
    """Migrate, after a checked backup; nothing has changed where anything fails."""
    done = migrate_project(folder, os.environ.get("GPMB_DATABASE_URL"), now())
    if done.copied_to is None:
        out.print(T("cli.migrate.nothing", after=done.after))
        return
    facts = {"before": done.before, "after": done.after, "head": str(done.head)}
    out.print(T("cli.migrate.done", **facts, path=str(done.copied_to)), soft_wrap=True)


COMMANDS: dict[str, Callable[..., None]] = {"migrate": migrate}
