"""What each route of the map answers.

An answer's ETag is made of what it shows: the boundary version and the codes of the units in it. So a
mark makes stale the tiles and views that it touches, and none of the others, for however many people.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from starlette.responses import JSONResponse, Response

from gis.errors import WrongViewError
from gis.maps.features import unit_at, units_in_view, view_geojson, zones_geojson
from gis.maps.layers import CLASS_LAYER
from gis.maps.raster import TILE_PX
from gis.maps.tiles import CHOSEN, chosen_values, png, tile_values
from gis.web.chosen_sets import chosen_sets
from gis.web.map_params import bbox_of, day_of, names_of, part_of, point_of, seq_of, tile_of
from gis.web.prepared import prepared_units, tile_units

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from starlette.requests import Request

    from gis.maps.features import MapUnits
    from gis.maps.layers import Paint
    from gis.project import Snapshot

GZIP_FROM_BYTES: Final = 1_000
GZIP_LEVEL: Final = 5
CHANGES_TOLD: Final = 500  # of more the map fetches its view anew
ENTRIES_BACK: Final = 2_000  # likewise where it has not asked for so long
GEOJSON: Final = "application/geo+json"


@dataclass(frozen=True)
class Asked:
    """A request of the map: its parameters, and the moment that they name."""

    request: Request
    snapshot: Snapshot
    snapshot_of: Callable[[date, int | None], Snapshot]
    paint_of: Callable[[Snapshot, str], Paint]

    def text(self, name: str) -> str | None:
        """A parameter of the address."""
        return self.request.query_params.get(name)

    @cached_property
    def units(self) -> MapUnits:
        """The prepared units of the moment."""
        return prepared_units.of(self.snapshot)

    @cached_property
    def paint(self) -> Paint:
        """The layer that is shown.

        Raises:
            WrongViewError: If there is none of that name.
        """
        return self.paint_at(self.snapshot)

    def paint_at(self, snapshot: Snapshot) -> Paint:
        """The same layer at another moment."""
        layer = self.text("layer") or CLASS_LAYER
        try:
            return self.paint_of(snapshot, layer)
        except KeyError:
            raise WrongViewError(name="layer", found=layer, expected=CLASS_LAYER + ", …") from None


def asked(
    request: Request,
    snapshot_of: Callable[[date, int | None], Snapshot],
    paint_of: Callable[[Snapshot, str], Paint],
) -> Asked:
    """The moment that a request names: a day, and a seq where it is not the head.

    Raises:
        WrongViewError: If one of them is no day or no seq, or the ledger has no such entry yet.
    """
    on, written = day_of(request.query_params.get("on")), request.query_params.get("known")
    known = None if written is None else seq_of(written)
    snapshot = snapshot_of(on, known)
    if known is not None and known > snapshot.head.seq:
        raise WrongViewError(name="known", found=str(known), expected=f"0…{snapshot.head.seq}")
    return Asked(request, snapshot, snapshot_of, paint_of)


def parcels(ask: Asked) -> Response:
    """The units of the box `bbox`, or the one unit `parcel`, with their codes."""
    parcel = ask.text("parcel")
    if parcel is None:
        found = units_in_view(ask.units, bbox_of(ask.text("bbox")))
    else:
        places = ask.units.parcel_ids.get_indexer(pd.Index([parcel]))
        places = places[places >= 0]
        found = places[np.isfinite(ask.units.bounds[places, 0])]
    return _features(ask, found)


def at(ask: Asked) -> Response:
    """The unit under the point `at`, if there is one."""
    place = unit_at(ask.units, *point_of(ask.text("at")))
    return _features(ask, np.array([] if place is None else [place], dtype=np.int64))


def _features(ask: Asked, found: NDArray[np.int64]) -> Response:
    codes = ask.paint.codes
    tag = _etag(ask.snapshot.boundary_sha.encode(), found.tobytes(), codes[found].tobytes())
    return _tagged(ask.request, tag, lambda: view_geojson(ask.units, found, codes), GEOJSON)


def zones(ask: Asked) -> Response:
    """The zones and the parents above them."""
    plan = ask.snapshot.plan
    names = {zone.zone_id: zone.name for zone in plan.zones}
    parents = {zone.zone_id: zone.parent for zone in plan.zones}
    tag = _etag(ask.snapshot.boundary_sha.encode(), repr((names, parents)).encode())
    return _tagged(ask.request, tag, lambda: zones_geojson(ask.snapshot.zones, names, parents), GEOJSON)


def tile(ask: Asked) -> Response:
    """An overview tile, PNG of 512 x 512, or the `part` of it that a map draws over its own after a mark."""
    place = tile_of(ask.request.path_params)
    look = ask.paint.look(names_of(ask.text("only")))
    whole = tile_values(tile_units(ask.snapshot, place), ask.paint.codes, look, place[0])
    values = np.ascontiguousarray(whole[part_of(ask.text("part"), TILE_PX)])
    tag = _etag(values.tobytes(), repr(look.palette).encode())
    return _tagged(ask.request, tag, lambda: png(values, look.palette), "image/png")


def chosen(ask: Asked) -> Response:
    """The ids of the parcels that are chosen, by the name `set` of their list."""
    return JSONResponse({"parcels": list(_chosen(ask))}, headers={"Cache-Control": "private, max-age=3600"})


def chosen_tile(ask: Asked) -> Response:
    """What is chosen on an overview tile, to be laid over it."""
    units = tile_units(ask.snapshot, tile_of(ask.request.path_params))
    values = chosen_values(units, ask.units.parcel_ids.isin(_chosen(ask)))
    return _tagged(ask.request, _etag(values.tobytes()), lambda: png(values, [CHOSEN]), "image/png")


def _chosen(ask: Asked) -> Sequence[str]:
    name = ask.text("set") or ""
    found = chosen_sets.of(name)
    if found is None:
        raise WrongViewError(name="set", found=name, expected="…")
    return found


def changes(ask: Asked) -> Response:
    """What has changed on the map since the seq `since`: new codes by unit, and the boxes of those units.

    ``{"head": 12}`` alone where nothing has; with ``"reload": true`` where it is too much to tell one by one:
    other boundaries, another ledger, another legend, hundreds of units.
    """
    since, now = seq_of(ask.text("since"), "since"), ask.snapshot
    told: dict[str, object] = {"head": now.known, "boundary": version(now)}
    if since != now.known:
        told |= _changed(ask, since)
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _changed(ask: Asked, since: int) -> dict[str, object]:
    now = ask.snapshot
    if not 0 <= now.known - since <= ENTRIES_BACK:
        return {"reload": True}
    before = ask.snapshot_of(now.on, since)
    if before.boundary_sha != now.boundary_sha:
        return {"reload": True}
    old, new = ask.paint_at(before), ask.paint
    places = np.flatnonzero(old.codes != new.codes)
    if old.names != new.names or old.fills != new.fills or len(places) > CHANGES_TOLD:
        return {"reload": True}
    ids = ask.units.parcel_ids[places].tolist()
    boxes = ask.units.bounds[places]
    return {
        "changed": dict(zip(ids, new.codes[places].tolist(), strict=True)),
        "boxes": boxes[np.isfinite(boxes[:, 0])].tolist(),
    }


def version(snapshot: Snapshot) -> str:
    """A short name of the boundary version."""
    return hashlib.sha256(snapshot.boundary_sha.encode()).hexdigest()[:12]


def _tagged(request: Request, tag: str, content_of: Callable[[], bytes], media_type: str) -> Response:
    """The content, or 304 where the browser has it already."""
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    seen = request.headers.get("if-none-match", "").split(",")
    if tag in [one.strip().removeprefix("W/") for one in seen]:
        return Response(status_code=304, headers=headers)
    content = content_of()
    packs = media_type == GEOJSON and "gzip" in request.headers.get("accept-encoding", "")
    if packs and len(content) >= GZIP_FROM_BYTES:
        content = gzip.compress(content, GZIP_LEVEL, mtime=0)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(content, media_type=media_type, headers=headers)


def _etag(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=10)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return f'"{digest.hexdigest()}"'
