"""Parcels and zones as GeoJSON bytes for the browser: geometry, sheet, number and class, never a name.

Geometry is prepared once per boundary version (`map_units`); a view then costs one query of the tree
and one join of strings. Pure: no file, no clock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.milestones import CLASSES
from gis.vn2000 import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

MAX_UNITS: Final = 15_000  # more in one view is a picture nobody can read and a browser that stalls
DEGREE_DECIMALS: Final = 7  # 1e-7 degree is 1 cm
TOP_SHARE: Final = 0.05  # vertices this near to the northern end of a shape are its upper edge
_CLASS_INDEX: Final = pd.Index(CLASSES)

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class MapUnits:
    """All parcels and public features of a boundary version, ready for the map.

    `parcel_ids` is the units' own order; `heads[i]` is the GeoJSON text of unit i up to its class.
    """

    parcel_ids: pd.Index
    heads: tuple[str, ...]
    bounds: NDArray[np.float64]
    tree: shapely.STRtree


def map_units(units: gpd.GeoDataFrame) -> MapUnits:
    """Parcels and public features prepared for `view_geojson`.

    Args:
        units: Index `parcel_id`; columns `kind`, `sheet`, `number`; geometry in a VN-2000 CRS.

    Returns:
        WGS 84 geometry rounded to 1e-7 degree; a unit without geometry is in no view.

    Raises:
        NotVn2000Error: If the units have no usable CRS.
    """
    geometry = _rounded(to_wgs84(units.geometry))
    kinds = units[["kind", "sheet", "number"]].itertuples(index=False)
    heads = tuple(
        _head(shape, parcel_id, *map(str, facts))
        for shape, parcel_id, facts in zip(shapely.to_geojson(geometry), units.index, kinds, strict=True)
    )
    return MapUnits(units.index, heads, shapely.bounds(geometry), shapely.STRtree(geometry))


def _rounded(geometry: gpd.GeoSeries) -> NDArray[Any]:
    """Geometry to 1e-7 degree, which also makes its text short."""
    return np.asarray(shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DEGREE_DECIMALS)))


def _head(shape: str | None, parcel_id: str, kind: str, sheet: str, number: str) -> str:
    facts = json.dumps({"parcel_id": parcel_id, "kind": kind, "sheet": sheet, "number": number})
    return f'{{"type":"Feature","geometry":{shape},"properties":{facts[:-1]},"class":'


def class_codes(classes: pd.Series[str], parcel_ids: pd.Index) -> NDArray[np.int8]:
    """Class of each unit as its index in `gis.milestones.CLASSES`.

    Args:
        classes: Class names by parcel_id.
        parcel_ids: Order wanted.

    Returns:
        int8, in the order of `parcel_ids`.

    Raises:
        KeyError: If a unit has no class, or one that is not in `CLASSES`.

    >>> class_codes(pd.Series({"P1": "stuck", "P2": "handed_over"}), pd.Index(["P2", "P1"])).tolist()
    [0, 1]
    """
    aligned = classes if classes.index.equals(parcel_ids) else classes.reindex(parcel_ids)
    codes = _CLASS_INDEX.get_indexer(pd.Index(aligned)).astype(np.int8)
    if (codes < 0).any():
        at = int(np.argmax(codes < 0))
        raise KeyError(
            f"parcel {parcel_ids[at]!r} has the class {aligned.iloc[at]!r}, which is not one of {CLASSES}"
        )
    return codes


def units_in_view(prepared: MapUnits, bbox: Bounds) -> NDArray[np.int64]:
    """Positions of the units whose bounding box meets the view, ascending.

    Args:
        prepared: The units of a boundary version.
        bbox: West, south, east, north in degrees WGS 84; edges are in.
    """
    return np.sort(prepared.tree.query(shapely.box(*bbox)))


def view_geojson(prepared: MapUnits, bbox: Bounds, codes: NDArray[np.int8], most: int = MAX_UNITS) -> bytes:
    """The units of a view as a GeoJSON FeatureCollection in UTF-8.

    Args:
        prepared: The units of a boundary version.
        bbox: West, south, east, north in degrees WGS 84; edges are in.
        codes: Class index of every unit, in the order of `prepared.parcel_ids`.
        most: The largest number of units that is sent.

    Returns:
        Properties `parcel_id`, `kind`, `sheet`, `number`, `class` (index in `CLASSES`). With more than `most`
        units in the view only their count, ``{"too_many": n}``: a part would look like the whole.
    """
    found = units_in_view(prepared, bbox)
    if len(found) > most:
        return json.dumps({"too_many": len(found)}).encode()
    heads = prepared.heads
    features = [
        f"{heads[at]}{code}}}}}" for at, code in zip(found.tolist(), codes[found].tolist(), strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


def unit_bounds(prepared: MapUnits, parcel_id: str) -> Bounds | None:
    """West, south, east, north of one unit in degrees WGS 84; None if it is not there or has no geometry."""
    at = prepared.parcel_ids.get_indexer(pd.Index([parcel_id]))[0]
    if at < 0 or not np.isfinite(prepared.bounds[at]).all():
        return None
    west, south, east, north = prepared.bounds[at].tolist()
    return west, south, east, north


def whole_bounds(prepared: MapUnits, zones: gpd.GeoDataFrame) -> Bounds | None:
    """What the map shows first: all zones, else all units; None where there is neither.

    Args:
        prepared: The units of a boundary version.
        zones: Zones in a VN-2000 CRS, perhaps none.

    Returns:
        West, south, east, north in degrees WGS 84.
    """
    boxes = to_wgs84(zones.geometry).bounds.to_numpy() if len(zones) else prepared.bounds
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def zones_geojson(
    zones: gpd.GeoDataFrame, names: Mapping[str, str], parents: Mapping[str, str | None]
) -> bytes:
    """The zones and the parents above them as a GeoJSON FeatureCollection in UTF-8, parents first.

    Args:
        zones: Index `zone_id`; geometry in a VN-2000 CRS. Zones without a boundary are simply not there.
        names: Name of every zone of the plan by zone_id, in the plan's order (parents before children).
        parents: Zone above each zone, None at the top.

    Returns:
        Properties `zone_id`, `name`, `parent` (true: it is divided further), `label` [longitude, latitude].
        A parent without a boundary of its own is the union of the zones under it.
    """
    shapes = {
        str(zone_id): shape
        for zone_id, shape in zones.geometry.items()
        if shape is not None and not shape.is_empty
    }
    divided = set(parents.values()) - {None}
    for zone_id in reversed(tuple(names)):
        under = [shapes[child] for child, parent in parents.items() if parent == zone_id and child in shapes]
        if zone_id not in shapes and under:
            shapes[zone_id] = shapely.union_all(under)
    if not shapes:
        return b'{"type":"FeatureCollection","features":[]}'
    drawn = sorted(shapes, key=lambda zone_id: (zone_id not in divided, zone_id))
    geometry = _rounded(to_wgs84(gpd.GeoSeries([shapes[zone_id] for zone_id in drawn], crs=zones.crs)))
    features = [
        _zone(zone_id, names.get(zone_id, zone_id), shape, parent=zone_id in divided)
        for zone_id, shape in zip(drawn, geometry, strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


def _zone(zone_id: str, name: str, shape: BaseGeometry, *, parent: bool) -> str:
    """One zone; a parent is labelled above its upper edge, so that the name does not cover its parts."""
    label = (
        _upper_edge(shape) if parent else shapely.get_coordinates(shapely.point_on_surface(shape))[0].tolist()
    )
    rounded = [round(value, DEGREE_DECIMALS) for value in label]
    facts = json.dumps(
        {"zone_id": zone_id, "name": name, "parent": parent, "label": rounded}, ensure_ascii=False
    )
    return f'{{"type":"Feature","geometry":{shapely.to_geojson(shape)},"properties":{facts}}}'


def _upper_edge(shape: BaseGeometry) -> list[float]:
    """The middle of the northern edge, or the northern tip of a shape that lies askew."""
    xy = shapely.get_coordinates(shape)
    _, south, _, north = shape.bounds
    top = xy[xy[:, 1] >= north - TOP_SHARE * (north - south), 0]
    return [float(top.min() + top.max()) / 2, north]
