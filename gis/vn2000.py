"""The VN-2000 coordinate reference systems, and the one transformation to WGS 84 that is used.

Axis order is east, north everywhere (Vietnamese documents write X for north, Y for east).
Pure: no file, no clock, no network.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import geopandas as gpd
import shapely
from pyproj import CRS, Transformer, network
from pyproj.transformer import TransformerGroup

from gis.errors import (
    CustomVn2000Error,
    DeprecatedVn2000Error,
    GeographicCrsError,
    MissingCrsError,
    NoTransformationError,
    NotVn2000Error,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Shapes = TypeVar("Shapes", gpd.GeoDataFrame, gpd.GeoSeries)

# EPSG dataset, "VN-2000 / ...": UTM 48N and 49N, then the TM-3 zones of the provinces.
VN2000_EPSG: Final = (3405, 3406, *range(5896, 5900), *range(9205, 9219))
# Withdrawn by EPSG (change 2013.051): false easting and northing entered the wrong way round.
DEPRECATED_EPSG: Final = {6956: 5896, 6957: 5897, 6958: 5898, 6959: 5899}
VN2000_GEOGRAPHIC_EPSG: Final = 4756
WGS84_EPSG: Final = 4326
# QĐ 05/2007/QĐ-BTNMT: "VN-2000 to WGS 84 (2)", coordinate frame rotation. EPSG:5194 differs by 0.7 m.
DATUM_SHIFT_EPSG: Final = 6960
_LEAST_MATCH_CONFIDENCE: Final = 70
# Translations (m), rotations (") and scale (ppm) that VN-2000 was ever published with: EPSG:6960, EPSG:5194.
_PUBLISHED_SHIFTS: Final = (
    (-191.90441429, -39.30318279, -111.45032835, -0.00928836, 0.01975479, -0.00427372, 0.252906278),
    (-192.873, -39.382, -111.202, 0.00205, 0.0005, -0.00335, 0.0188),
)
# People round them: half a unit of the last digit that any list of them keeps.
_SHIFT_ROUNDING: Final = (0.006, 0.006, 0.006, 0.000_06, 0.000_06, 0.000_06, 0.006)


def known_epsg(crs: object) -> int | None:
    """EPSG code of the projected VN-2000 CRS that this CRS equals, else None.

    Args:
        crs: Anything pyproj reads as a CRS; None is no CRS.

    >>> known_epsg("EPSG:5897"), known_epsg(4326), known_epsg(None)
    (5897, None, None)
    """
    if crs is None:
        return None
    return _known_epsg(CRS.from_user_input(crs).to_wkt())


@lru_cache(maxsize=64)
def _known_epsg(wkt: str) -> int | None:
    """Match a WKT by its name or its parameters, and demand that the two CRS are equal."""
    crs = CRS.from_wkt(wkt)
    code = crs.to_epsg(min_confidence=_LEAST_MATCH_CONFIDENCE)
    if code is None or code not in VN2000_EPSG:
        return None
    # A code inside a WKT is a claim: its parameters must agree. A bare projection names no datum, and
    # pyproj matched it by ellipsoid and parameters alone.
    bare = crs.datum is not None and crs.datum.name.lower().startswith("unknown")
    return code if bare or CRS.from_epsg(code).equals(crs, ignore_axis_order=True) else None


def known_projection(crs: CRS, codes: Iterable[int] = VN2000_EPSG) -> int | None:
    """EPSG code of the projected VN-2000 CRS whose projection and ellipsoid this CRS has, whatever its datum.

    Args:
        crs: A CRS; one that is not projected has none.
        codes: Those to compare with.

    >>> known_projection(CRS("+proj=utm +zone=48 +ellps=WGS84"))
    3405
    """
    wanted = _projection(crs)
    for code in codes:
        if wanted is not None and wanted == _projection(CRS.from_epsg(code)):
            return code
    return None


def _projection(crs: CRS) -> tuple[object, ...] | None:
    """Method, parameters and ellipsoid, rounded to what a text keeps; None where it is no projection."""
    operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    if not crs.is_projected or operation is None or ellipsoid is None:
        return None
    metric = all(axis.unit_conversion_factor == 1 for axis in crs.axis_info)
    # "Transverse Mercator" and UTM's own form of it have the same five parameters.
    values = sorted((int(one.code or 0), round(float(one.value), 9)) for one in operation.params)
    if not metric or "Transverse Mercator" not in operation.method_name:
        return None
    return (*values, round(ellipsoid.semi_major_metre, 3), round(ellipsoid.inverse_flattening, 6))


def has_published_shift(crs: CRS) -> bool:
    """Whether a CRS with datum parameters of its own (`+towgs84`) has those of VN-2000.

    Programs and lists give them as they are published (EPSG:6960, or 5194 before it), for the way back
    with every sign turned, and with the rotations turned where a rotation of the position vector is meant.
    """
    given = list(crs.coordinate_operation.towgs84) if crs.is_bound and crs.coordinate_operation else []
    if len(given) != len(_SHIFT_ROUNDING):
        return False
    for shift in _PUBLISHED_SHIFTS:
        for way in (1, -1):
            for rotation in (1, -1):
                turned = [*shift[:3], *(rotation * angle for angle in shift[3:6]), shift[6]]
                gaps = [abs(way * ours - theirs) for ours, theirs in zip(turned, given, strict=True)]
                if all(gap <= most for gap, most in zip(gaps, _SHIFT_ROUNDING, strict=True)):
                    return True
    return False


def require_vn2000(crs: object) -> CRS:
    """The projected VN-2000 CRS that `crs` equals, as EPSG defines it.

    Args:
        crs: Anything pyproj reads as a CRS, or None.

    Returns:
        One of the 20 CRS of `VN2000_EPSG`; a file's own WKT becomes the EPSG definition.

    Raises:
        NotVn2000Error: If the CRS is absent (`MissingCrsError`), in degrees (`GeographicCrsError`),
            withdrawn (`DeprecatedVn2000Error`), with datum parameters of its own
            (`CustomVn2000Error`), or of another datum or projection.

    >>> require_vn2000(5897).to_epsg()
    5897
    """
    if crs is None:
        raise MissingCrsError
    given = CRS.from_user_input(crs)
    code = known_epsg(given)
    if code is not None:
        return CRS.from_epsg(code)
    if given.to_epsg() in DEPRECATED_EPSG:
        old = int(given.to_epsg() or 0)
        raise DeprecatedVn2000Error(found=f"EPSG:{old}", instead=f"EPSG:{DEPRECATED_EPSG[old]}")
    if given.is_bound and given.source_crs is not None:
        inner = known_epsg(given.source_crs)
        if inner is not None:
            raise CustomVn2000Error(found=crs_name(given), instead=f"EPSG:{inner}")
    if given.is_geographic:
        raise GeographicCrsError(found=crs_name(given))
    raise NotVn2000Error(found=crs_name(given))


def crs_name(crs: object) -> str | None:
    """A CRS as a person reads it: "EPSG:4326 (WGS 84)"; None stays None.

    >>> crs_name(4326)
    'EPSG:4326 (WGS 84)'
    """
    if crs is None:
        return None
    given = CRS.from_user_input(crs)
    code = given.to_epsg()
    return f"EPSG:{code} ({given.name})" if code else given.name


def transformer(crs_from: object, crs_to: object) -> Transformer:
    """The verified transformation between two CRS, axis order east, north on both sides.

    Between VN-2000 and anything else it goes by EPSG:6960 and by nothing else; within VN-2000 there is
    no change of datum. Cached, safe to share between threads, never asks the network.

    Args:
        crs_from: CRS of the coordinates that are given.
        crs_to: CRS of the coordinates that are wanted.

    Raises:
        NotVn2000Error: If one of them is a withdrawn VN-2000 CRS or has datum parameters of its own.
        NoTransformationError: If EPSG:6960 does not join the two.

    >>> east, north = transformer(4326, 5897).transform(105.842307697, 19.896340598)
    >>> round(east, 2), round(north, 2)
    (588000.0, 2201000.0)
    """
    return _transformer(_usable(crs_from).to_wkt(), _usable(crs_to).to_wkt())


def _usable(crs: object) -> CRS:
    """The EPSG definition where the CRS equals a known one; refuse what must never be transformed."""
    try:
        return require_vn2000(crs)
    except (MissingCrsError, DeprecatedVn2000Error, CustomVn2000Error):
        raise
    except NotVn2000Error:
        return CRS.from_user_input(crs)


@lru_cache(maxsize=64)
def _transformer(wkt_from: str, wkt_to: str) -> Transformer:
    crs_from, crs_to = CRS.from_wkt(wkt_from), CRS.from_wkt(wkt_to)
    # A grid fetched on one machine and not on another would give two answers.
    network.set_network_enabled(active=False)  # type: ignore[attr-defined]  # public, unexported in its stub
    group = TransformerGroup(crs_from, crs_to, always_xy=True, allow_ballpark=False)
    same_datum = _is_vn2000_datum(crs_from) and _is_vn2000_datum(crs_to)
    for candidate in group.transformers:
        if same_datum or DATUM_SHIFT_EPSG in _operation_codes(candidate):
            # From its definition: members of a group are not safe to share between threads.
            return Transformer.from_pipeline(candidate.definition)
    raise NoTransformationError(found=crs_name(crs_from), wanted=crs_name(crs_to))


def _operation_codes(candidate: Transformer) -> set[int]:
    ids = [operation.to_json_dict().get("id", {}) for operation in candidate.operations or ()]
    return {int(i["code"]) for i in ids if "EPSG" in str(i.get("authority")) and str(i["code"]).isdigit()}


def _is_vn2000_datum(crs: CRS) -> bool:
    if known_epsg(crs) is not None:
        return True
    return crs.to_epsg() == VN2000_GEOGRAPHIC_EPSG


def to_crs(shapes: Shapes, crs: object) -> Shapes:
    """The same rows with their vertices in another CRS, by `transformer`.

    Nothing but the vertices changes: no repair, no simplification, no vertex added. Heights (Z) and
    measures (M) are left out, because a planar shift says nothing of them. A vertex that has no image
    becomes infinite; `boundaries` reports it.

    Args:
        shapes: Frame or series with a CRS.
        crs: The CRS wanted.

    Returns:
        A new frame or series, same index and order; missing geometry stays missing. There and back
        differs by up to 0.6 mm: EPSG:6960 in two dimensions takes the height as zero on both sides.

    Raises:
        NotVn2000Error: If a CRS is absent, withdrawn, or has datum parameters of its own.
        NoTransformationError: If EPSG:6960 does not join the two.
    """
    move = transformer(shapes.crs, crs)
    target = _usable(crs)

    flat = shapely.force_2d(shapes.geometry.to_numpy())
    if _usable(shapes.crs) != target:
        # shapely's hint lists only the interleaved form of the function.
        flat = shapely.transform(flat, move.transform, interleaved=False)  # type: ignore[arg-type]
    geometry = gpd.GeoSeries(flat, index=shapes.index, crs=target, name=shapes.geometry.name)
    if isinstance(shapes, gpd.GeoSeries):
        return geometry
    plain = gpd.GeoDataFrame(shapes.drop(columns=geometry.name))
    return plain.assign(**{str(geometry.name): geometry}).set_geometry(geometry.name)[list(shapes.columns)]


def to_vn2000(shapes: Shapes, epsg: int) -> Shapes:
    """The same rows in a projected VN-2000 CRS; see `to_crs`.

    Raises:
        NotVn2000Error: If `epsg` is not one of the 20, or the frame has no usable CRS.
        NoTransformationError: If EPSG:6960 does not join the two.

    >>> from shapely import Point
    >>> point = gpd.GeoSeries([Point(105.842307697, 19.896340598)], crs=4326)
    >>> [round(v) for v in to_vn2000(point, 5897)[0].coords[0]]
    [588000, 2201000]
    """
    return to_crs(shapes, require_vn2000(epsg))


def to_wgs84(shapes: Shapes) -> Shapes:
    """The same rows in longitude, latitude WGS 84, degrees; see `to_crs`.

    >>> from shapely import Point
    >>> point = gpd.GeoSeries([Point(588000, 2201000)], crs=5897)
    >>> [round(v, 6) for v in to_wgs84(point)[0].coords[0]]
    [105.842308, 19.896341]
    """
    return to_crs(shapes, WGS84_EPSG)
