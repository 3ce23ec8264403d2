"""The whole server: pages and our own routes in one process, by ``streamlit run app.py``."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from anyio import create_task_group, to_thread
from streamlit.starlette import App

from gis import project
from gis.errors import GisError
from gis.web.attachment_routes import attachment_routes
from gis.web.common import today
from gis.web.daily import daily_backups
from gis.web.door import middleware
from gis.web.field_routes import field_routes
from gis.web.field_sheet_routes import field_sheet_routes
from gis.web.guide_routes import guide_routes
from gis.web.household_routes import household_routes
from gis.web.login_routes import login_routes
from gis.web.overview_routes import overview_routes
from gis.web.parcel_table_routes import parcel_table_routes
from gis.web.prepared import warm
from gis.web.proof_routes import proof_routes
from gis.web.routes import routes
from gis.web.search_routes import search_routes, warm_search
from gis.web.undelayed import undelay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import date


def snapshot(on: date, known: int | None) -> project.Snapshot:
    """The open project as it was on a day, by what was known at a seq; both included, None is the head."""
    return project.shared().snapshot(on, known)


def warmed() -> None:
    """Prepare the map's shapes and the search before the first visitor waits for them, and let them rest.

    What is there by now stays: Python's collector need not go through a million shapes again and again.
    """
    with suppress(GisError):
        now = snapshot(today(), None)
        warm(now)
        warm_search(project.shared(), now)
    gc.collect()
    gc.freeze()


@asynccontextmanager
async def opened_early(_: App) -> AsyncIterator[None]:
    """Open the project before the first visitor would wait for it, and look after its daily backup."""
    with suppress(GisError):
        await to_thread.run_sync(project.shared)
    undelay()
    async with create_task_group() as tasks:
        tasks.start_soon(daily_backups, project.shared)
        tasks.start_soon(to_thread.run_sync, warmed)
        yield
        tasks.cancel_scope.cancel()


# `streamlit run` finds this assignment by its syntax: keep it plain and at module level.
app = App(
    "gis/web/pages/main.py",
    routes=[
        *routes(snapshot),
        *attachment_routes(project.shared),
        *proof_routes(project.shared),
        *household_routes(project.shared),
        *overview_routes(project.shared),
        *login_routes(project.shared),
        *field_routes(project.shared),
        *search_routes(project.shared),
        *field_sheet_routes(project.shared),
        *parcel_table_routes(project.shared),
        *guide_routes(),
    ],
    middleware=middleware(project.shared),
    lifespan=opened_early,
)
