"""What a file's own CRS says: one of the readings that are known, or only a name.

Pure: no file, no clock, no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyproj import CRS

from gis.boundaries.candidates import GEOGRAPHIC, PROJECTED, Reading
from gis.vn2000 import (
    DEPRECATED_EPSG,
    VN2000_EPSG,
    WGS84_EPSG,
    crs_name,
    has_published_shift,
    known_epsg,
    known_projection,
)

if TYPE_CHECKING:
    from gis.boundaries.candidates import Unit

# Parts of the names that programs give to a datum which they do not know.
_UNNAMED: Final = ("unknown", "user", "unspecified", "not specified", "undefined", "custom")
# And the datum itself under a name that is not EPSG's.
_VN2000: Final = ("vn 2000", "vn2000", "vietnam 2000", "viet nam 2000")


@dataclass(frozen=True, slots=True)
class Label:
    """What a file states as its CRS.

    Args:
        name: As a person reads it.
        reading: What it means; None where that is none of the known ones, or could be two of them.
        note: "" or the text to tell with it: "problem.crs_towgs84", "problem.crs_unnamed".
    """

    name: str
    reading: Reading | None
    note: str = ""


@lru_cache(maxsize=256)
def label_of(crs: CRS | None) -> Label | None:
    """What a file's CRS means, None where it states none.

    Datum parameters of its own (`+towgs84`) are understood where they are those that VN-2000 was ever
    published with, with either sign and either sense of rotation: the numbers of such a file are VN-2000.
    A datum without a name is VN-2000 where nothing else has that projection.

    >>> label_of(CRS.from_epsg(32648)).reading.id
    'EPSG:32648'
    """
    if crs is None:
        return None
    name = str(crs_name(crs))
    flat = _flat(crs)
    datum = flat.datum.name.lower().replace("_", " ").replace("-", " ") if flat.datum is not None else ""
    if flat.is_bound:
        inner = flat.source_crs
        code = known_projection(inner) if inner is not None and has_published_shift(flat) else None
        return Label(name, _reading(code) if code else None, "problem.crs_towgs84" if code else "")
    if any(word in datum for word in _UNNAMED):
        code = known_projection(flat)
        # UTM is also WGS 84's own projection: without a datum it could be either, 224 m apart.
        alone = code is not None and "UTM" not in CRS.from_epsg(code).name
        name = f"{flat.name} ({flat.datum.name})" if flat.datum is not None else flat.name
        return Label(name, _reading(code) if alone else None, "problem.crs_unnamed" if alone else "")
    code = known_epsg(flat) or flat.to_epsg()
    if code is None and flat.is_geographic and CRS.from_epsg(WGS84_EPSG).equals(flat, ignore_axis_order=True):
        code = WGS84_EPSG
    if code is None and flat.datum is not None and flat.datum == CRS("OGC:CRS84").datum:
        code = WGS84_EPSG if flat.is_geographic else None
    if code is None and any(word in datum for word in _VN2000):
        code = known_projection(flat, (*VN2000_EPSG, *DEPRECATED_EPSG))
    known = code in PROJECTED or code in GEOGRAPHIC or code in DEPRECATED_EPSG
    return Label(name, _reading(code) if known else None)


def _flat(crs: CRS) -> CRS:
    """The horizontal part of a CRS with heights."""
    if crs.is_compound and crs.sub_crs_list:
        return crs.sub_crs_list[0]
    return crs.to_2d() if len(crs.axis_info) > 2 else crs  # noqa: PLR2004 - east, north


def _reading(code: int | None) -> Reading | None:
    if code is None:
        return None
    unit: Unit = "degree" if code in GEOGRAPHIC else "m"
    return Reading(code, unit=unit)
