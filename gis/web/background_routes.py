"""The route of the map's background: what there is of one, and its tiles, from this machine or through it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from anyio import to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gis.errors import GisError
from gis.maps.tiles import png
from gis.project import shared
from gis.store.backgrounds import read_background, read_tile, version_of
from gis.texts import Texts
from gis.web.map_params import tile_of
from gis.web.prepared import Kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.routing import BaseRoute

BACKGROUND: Final = "/map/background"
TILES_KEPT: Final = 600
DAY: Final = "private, max-age=86400"
_EMPTY: Final = png(np.zeros((1, 1), dtype=np.uint8), ()), "image/png"
_tiles: Final[Kept[tuple[bytes, str] | None]] = Kept(TILES_KEPT)


def _shared_folder() -> Path:
    return shared().folder


def background_routes(folder_of: Callable[[], Path] = _shared_folder) -> list[BaseRoute]:
    """The routes of the background.

    Args:
        folder_of: The project's folder.
    """

    async def about(_request: Request) -> Response:
        return await to_thread.run_sync(_about, folder_of)

    async def tile(request: Request) -> Response:
        return await to_thread.run_sync(_tile, request, folder_of)

    return [Route(BACKGROUND, about), Route(BACKGROUND + "/{z}/{x}/{y}", tile)]


def _about(folder_of: Callable[[], Path]) -> Response:
    """``{}`` where there is none; what is wrong with its setting, in one sentence."""
    told: dict[str, object] = {}
    try:
        found = read_background(folder_of())
    except GisError as error:
        told = {"error": Texts().error(error)}
    else:
        if found:
            # A browser keeps tiles for a day: those of another background have another address.
            told = {"url": BACKGROUND, "version": version_of(found)}
            told |= {"attribution": found.attribution, "max_zoom": found.max_zoom}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _tile(request: Request, folder_of: Callable[[], Path]) -> Response:
    """A tile; where there is none, a picture of nothing: a browser takes an empty answer for an error."""
    try:
        background, place = read_background(folder_of()), tile_of(request.path_params)
    except GisError as error:
        return JSONResponse({"error": Texts().error(error)}, status_code=400)
    if background is None:
        return Response(status_code=404)
    found = _tiles.get((version_of(background), place), lambda: read_tile(background, *place))
    content, kind = found or _EMPTY
    return Response(content, media_type=kind, headers={"Cache-Control": DAY if found else "no-store"})
