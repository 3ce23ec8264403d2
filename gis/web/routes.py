"""The routes beside the pages: tiles, parcels of a view, zones, what changed, our own assets, a sign of life.

Geometry goes to the browser here and never through the page. Answers hold no names; addresses hold
no personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gis.errors import GisError
from gis.maps.folium_map import BUNDLE
from gis.texts import Texts
from gis.web import map_answers
from gis.web.assets import BASE, PAGE_STYLES, STATIC, map_bundle
from gis.web.background_routes import BACKGROUND, background_routes
from gis.web.map_layers import shared_paint

if TYPE_CHECKING:
    import os
    from collections.abc import Callable
    from datetime import date

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope

    from gis.maps.layers import Paint
    from gis.project import Snapshot
    from gis.web.map_answers import Asked

PARCELS: Final = "/map/parcels"
ZONES: Final = "/map/zones"
AT: Final = "/map/at"
CHANGES: Final = "/map/changes"
TILES: Final = "/tiles"
CHOSEN: Final = "/map/chosen"
CHOSEN_TILES: Final = "/tiles/chosen"
MAP_ROUTES: Final = {
    "parcels": PARCELS,
    "zones": ZONES,
    "at": AT,
    "changes": CHANGES,
    "tiles": TILES,
    "chosen": CHOSEN,
    "chosen_tiles": CHOSEN_TILES,
    "background": BACKGROUND,
}


IMMUTABLE: Final = {"Cache-Control": "public, max-age=31536000, immutable"}


class _Immutable(StaticFiles):
    """Files whose path carries their version: a browser never asks twice."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(IMMUTABLE)
        return response


def routes(
    snapshot_of: Callable[[date, int | None], Snapshot],
    paint_of: Callable[[Snapshot, str], Paint] = shared_paint,
) -> list[BaseRoute]:
    """All routes of the map.

    Args:
        snapshot_of: The snapshot of a day and a known seq, both included; None is the head.
        paint_of: A layer of a snapshot by its name; KeyError where there is none of that name.
    """

    def route(path: str, content_of: Callable[[Asked], Response]) -> Route:
        async def answer(request: Request) -> Response:
            return await to_thread.run_sync(_answer, request, snapshot_of, paint_of, content_of)

        return Route(path, answer)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    async def page_style(request: Request) -> Response:
        path = PAGE_STYLES.get(request.path_params["name"])
        if path is None:
            return PlainTextResponse("Not Found", 404)
        return FileResponse(path, media_type="text/css", headers=IMMUTABLE)

    async def bundle(_request: Request) -> Response:
        return Response(map_bundle(), media_type="text/javascript", headers=IMMUTABLE)

    return [
        route(PARCELS, map_answers.parcels),
        route(ZONES, map_answers.zones),
        route(AT, map_answers.at),
        route(CHANGES, map_answers.changes),
        route(CHOSEN, map_answers.chosen),
        route(CHOSEN_TILES + "/{z}/{x}/{y}.png", map_answers.chosen_tile),
        route(TILES + "/{z}/{x}/{y}.png", map_answers.tile),
        *background_routes(),
        Route("/healthz", healthz),
        Route(BASE + "/pages/{name}", page_style),
        Route(f"{BASE}/{BUNDLE}", bundle),
        Mount(BASE, _Immutable(directory=STATIC)),
    ]


def _answer(
    request: Request,
    snapshot_of: Callable[[date, int | None], Snapshot],
    paint_of: Callable[[Snapshot, str], Paint],
    content_of: Callable[[Asked], Response],
) -> Response:
    """What a route gives, or 400 with one sentence."""
    try:
        return content_of(map_answers.asked(request, snapshot_of, paint_of))
    except GisError as error:
        return JSONResponse(
            {"error": Texts().error(error)}, status_code=400, headers={"Cache-Control": "no-store"}
        )
