"""The routes beside the pages: zones and parcels of a view, our own assets, and a sign of life.

Geometry goes to the browser here and never through the page. Answers hold no names; addresses hold
no personal data.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import secrets
from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from gis.errors import GisError, WrongViewError
from gis.maps.features import MapUnits, class_codes, map_units, view_geojson, zones_geojson
from gis.texts import Texts
from gis.web.assets import BASE, STATIC

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope

    from gis.maps.features import Bounds
    from gis.project import Snapshot

SEQ_DIGITS: Final = 12
PARCELS: Final = "/map/parcels"
ZONES: Final = "/map/zones"
MAP_ROUTES: Final = {"parcels": PARCELS, "zones": ZONES}
GZIP_FROM_BYTES: Final = 1_000
GZIP_LEVEL: Final = 5
LONGITUDE_MAX: Final = 180.0
LATITUDE_MAX: Final = 90.0
# A browser's copy never outlives the process: a ledger restored from a backup may reuse a seq.
_RUN: Final = secrets.token_hex(4)


class PreparedUnits:
    """The prepared units of the last few boundary versions; safe to share between threads."""

    def __init__(self, most: int = 3) -> None:
        """Keep at most that many versions."""
        self._most = most
        self._kept: OrderedDict[str, MapUnits] = OrderedDict()
        self._lock = Lock()

    def of(self, snapshot: Snapshot) -> MapUnits:
        """The units of the snapshot's boundary version, made at the first call."""
        with self._lock:
            key = snapshot.boundary_sha
            if key not in self._kept:
                self._kept[key] = map_units(snapshot.units)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


prepared_units: Final = PreparedUnits()


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
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def routes(snapshot_of: Callable[[date, int], Snapshot]) -> list[BaseRoute]:
    """All routes of the map.

    Args:
        snapshot_of: The snapshot of a day and a known seq, both included.
    """

    async def parcels(request: Request) -> Response:
        return await to_thread.run_sync(_answer, request, snapshot_of, _parcels)

    async def zones(request: Request) -> Response:
        return await to_thread.run_sync(_answer, request, snapshot_of, _zones)

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})

    return [
        Route(PARCELS, parcels),
        Route(ZONES, zones),
        Route("/healthz", healthz),
        Mount(BASE, _Immutable(directory=STATIC)),
    ]


def _answer(
    request: Request,
    snapshot_of: Callable[[date, int], Snapshot],
    content_of: Callable[[Request, Snapshot], bytes],
) -> Response:
    """GeoJSON, 304 where the browser has it already, or 400 with one sentence."""
    try:
        on, known = day_of(request.query_params.get("on")), seq_of(request.query_params.get("known"))
        box = bbox_of(request.query_params.get("bbox")) if request.url.path == PARCELS else None
        snapshot = snapshot_of(on, known)
        if known > snapshot.head.seq:
            raise WrongViewError(name="known", found=str(known), expected=f"0…{snapshot.head.seq}")
    except GisError as error:
        return JSONResponse(
            {"error": Texts().error(error)}, status_code=400, headers={"Cache-Control": "no-store"}
        )
    tag = _etag(_RUN, request.url.path, snapshot.boundary_sha, known, on, box)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in [
        seen.strip().removeprefix("W/") for seen in request.headers.get("if-none-match", "").split(",")
    ]:
        return Response(status_code=304, headers=headers)
    content = content_of(request, snapshot)
    if len(content) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, GZIP_LEVEL, mtime=0)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(content, media_type="application/geo+json", headers=headers)


def _parcels(request: Request, snapshot: Snapshot) -> bytes:
    prepared = prepared_units.of(snapshot)
    codes = class_codes(snapshot.classes, prepared.parcel_ids)
    return view_geojson(prepared, bbox_of(request.query_params.get("bbox")), codes)


def _zones(_request: Request, snapshot: Snapshot) -> bytes:
    names = {zone.zone_id: zone.name for zone in snapshot.plan.zones}
    return zones_geojson(snapshot.zones, names, {zone.zone_id: zone.parent for zone in snapshot.plan.zones})


def _etag(*parts: object) -> str:
    return '"' + hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:20] + '"'


def day_of(text: str | None) -> date:
    """The day of `on=YYYY-MM-DD`.

    Raises:
        WrongViewError: If it is absent or not a day.
    """
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise WrongViewError(name="on", found=text, expected="YYYY-MM-DD") from None


def seq_of(text: str | None) -> int:
    """The seq of `known=7`.

    Raises:
        WrongViewError: If it is absent or not a whole number from 0 on.
    """
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= SEQ_DIGITS):
        raise WrongViewError(name="known", found=text, expected="0, 1, 2, …")
    return int(text)


def bbox_of(text: str | None) -> Bounds:
    """The box of `bbox=w,s,e,n`, degrees WGS 84.

    Raises:
        WrongViewError: If it is not four numbers, west before east and south before north, on the globe.

    >>> bbox_of("105.8,19.8,105.9,19.9")
    (105.8, 19.8, 105.9, 19.9)
    """
    try:
        west, south, east, north = (float(part) for part in (text or "").split(","))
    except ValueError:
        raise WrongViewError(name="bbox", found=text, expected="w,s,e,n") from None
    if not all(map(math.isfinite, (west, south, east, north))):
        raise WrongViewError(name="bbox", found=text, expected="w,s,e,n")
    if not (
        -LONGITUDE_MAX <= west < east <= LONGITUDE_MAX and -LATITUDE_MAX <= south < north <= LATITUDE_MAX
    ):
        raise WrongViewError(name="bbox", found=text, expected="w < e, s < n")
    return west, south, east, north
