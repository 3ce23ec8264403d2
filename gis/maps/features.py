"""Parcels and zones as GeoJSON bytes for the browser: geometry, sheet, number and class, never a name.

Geometry is prepared once per boundary version (`map_units`); a view then costs one query of the tree
and the text of its own units. Pure: no file, no clock.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.maps.raster import Edges, edges
from gis.vn2000 import to_wgs84

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

MAX_UNITS: Final = 15_000  # more in one view is a picture nobody can read and a browser that stalls
DEGREE_DECIMALS: Final = 7  # 1e-7 degree is 1 cm
TOP_SHARE: Final = 0.05  # vertices this near to the northern end of a shape are its upper edge

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class MapUnits:
    """All parcels and public features of a boundary version, ready for the map.

    Args:
        parcel_ids: The units' own order.
        facts: `kind`, `sheet`, `number` by place: all that the browser is told of a unit besides its code.
        geometry: Shapes in degrees WGS 84, rounded to 1e-7; None where a unit has none.
        bounds: West, south, east, north by place; NaN where a unit has no shape.
        tree: Of `geometry`.
    """

    parcel_ids: pd.Index
    facts: tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
    geometry: NDArray[Any]
    bounds: NDArray[np.float64]
    tree: shapely.STRtree

    @cached_property
    def edges(self) -> Edges:
        """Their edges, for the overview tiles."""
        return edges(self.geometry)

    def feature(self, at: int, code: int) -> str:
        """The GeoJSON text of the unit at a place, with its code in the layer that is shown."""
        kind, sheet, number = (str(column[at]) for column in self.facts)
        told = {"parcel_id": str(self.parcel_ids[at]), "kind": kind, "sheet": sheet, "number": number}
        shape = shapely.to_geojson(self.geometry[at])
        return f'{{"type":"Feature","geometry":{shape},"properties":{json.dumps(told | {"code": code})}}}'


def map_units(units: gpd.GeoDataFrame) -> MapUnits:
    """Parcels and public features prepared for tiles and views.

    Args:
        units: Index `parcel_id`; columns `kind`, `sheet`, `number`; geometry in a VN-2000 CRS.

    Returns:
        WGS 84 geometry rounded to 1e-7 degree; a unit without geometry is in no view.

    Raises:
        NotVn2000Error: If the units have no usable CRS.
    """
    geometry = _rounded(to_wgs84(units.geometry))
    kind, sheet, number = (units[name].to_numpy(dtype=object) for name in ("kind", "sheet", "number"))
    tree = shapely.STRtree(geometry)
    return MapUnits(units.index, (kind, sheet, number), geometry, shapely.bounds(geometry), tree)


def _rounded(geometry: gpd.GeoSeries) -> NDArray[Any]:
    """Geometry to 1e-7 degree, which also makes its text short."""
    return np.asarray(shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DEGREE_DECIMALS)))


def units_in_view(prepared: MapUnits, bbox: Bounds) -> NDArray[np.int64]:
    """Positions of the units whose bounding box meets the view, ascending.

    Args:
        prepared: The units of a boundary version.
        bbox: West, south, east, north in degrees WGS 84; edges are in.
    """
    return np.sort(prepared.tree.query(shapely.box(*bbox)))


def unit_at(prepared: MapUnits, longitude: float, latitude: float) -> int | None:
    """The place of the unit under a point in degrees WGS 84, of two the one drawn last; else None."""
    found = prepared.tree.query(shapely.Point(longitude, latitude), predicate="intersects")
    return int(found.max()) if len(found) else None


def view_geojson(
    prepared: MapUnits, found: NDArray[np.int64], codes: NDArray[np.uint8], most: int = MAX_UNITS
) -> bytes:
    """Units as a GeoJSON FeatureCollection in UTF-8.

    Args:
        prepared: The units of a boundary version.
        found: Places of the units wanted, such as `units_in_view` gives them.
        codes: Code of every unit in the layer that is shown, in the order of `prepared.parcel_ids`.
        most: The largest number of units that is sent.

    Returns:
        Properties `parcel_id`, `kind`, `sheet`, `number`, `code`. Of more than `most` units only their
        count, ``{"too_many": n}``: a part would look like the whole.
    """
    if len(found) > most:
        return json.dumps({"too_many": len(found)}).encode()
    features = [
        prepared.feature(at, code) for at, code in zip(found.tolist(), codes[found].tolist(), strict=True)
    ]
    return ('{"type":"FeatureCollection","features":[' + ",".join(features) + "]}").encode()


def unit_bounds(prepared: MapUnits, parcel_ids: Sequence[str]) -> Bounds | None:
    """West, south, east, north of some units together in degrees WGS 84; None if none has geometry."""
    places = prepared.parcel_ids.get_indexer(pd.Index(parcel_ids))
    boxes = prepared.bounds[places[places >= 0]]
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    west, south = boxes[:, :2].min(axis=0).tolist()
    east, north = boxes[:, 2:].max(axis=0).tolist()
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
