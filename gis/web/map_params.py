"""What the map's addresses ask for, read strictly: a wrong part is named in one sentence.

Pure: no file, no clock.
"""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from gis.errors import WrongViewError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.maps.features import Bounds

SEQ_DIGITS: Final = 12
LONGITUDE_MAX: Final = 180.0
LATITUDE_MAX: Final = 90.0
ZOOM_MAX: Final = 22
EARLIEST: Final = date(1900, 1, 1)  # no land was cleared before; a slip of the finger means year 26
_TILE_PART: Final = re.compile(r"\d{1,7}", re.ASCII)
_PART: Final = re.compile(r"(\d{1,4}),(\d{1,4}),(\d{1,4}),(\d{1,4})", re.ASCII)
_NAMES: Final = re.compile(r"[A-Za-z0-9_.+-]{1,60}(,[A-Za-z0-9_.+-]{1,60}){0,99}")


def day_of(text: str | None) -> date:
    """The day of `on=YYYY-MM-DD`.

    Raises:
        WrongViewError: If it is absent, not a day, or before `EARLIEST`.
    """
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        raise WrongViewError(name="on", found=text, expected="YYYY-MM-DD") from None
    if day < EARLIEST:
        raise WrongViewError(name="on", found=text, expected=f"YYYY-MM-DD ≥ {EARLIEST}")
    return day


def seq_of(text: str | None, name: str = "known") -> int:
    """The seq of `known=7`.

    Raises:
        WrongViewError: If it is absent or not a whole number from 0 on.
    """
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= SEQ_DIGITS):
        raise WrongViewError(name=name, found=text, expected="0, 1, 2, …")
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


def point_of(text: str | None) -> tuple[float, float]:
    """Longitude and latitude of `at=lon,lat`, degrees WGS 84.

    Raises:
        WrongViewError: If it is not two numbers on the globe.

    >>> point_of("105.8,19.8")
    (105.8, 19.8)
    """
    try:
        longitude, latitude = (float(part) for part in (text or "").split(","))
    except ValueError:
        raise WrongViewError(name="at", found=text, expected="lon,lat") from None
    if not (abs(longitude) <= LONGITUDE_MAX and abs(latitude) <= LATITUDE_MAX):  # NaN is not, either
        raise WrongViewError(name="at", found=text, expected="lon,lat")
    return longitude, latitude


def tile_of(path: Mapping[str, str]) -> tuple[int, int, int]:
    """Zoom, column, row of a tile's address.

    Raises:
        WrongViewError: If there is no such tile.

    >>> tile_of({"z": "14", "x": "13008", "y": "7268"})
    (14, 13008, 7268)
    """
    parts = [path[name] for name in "zxy"]
    zoom, column, row = (int(part) if _TILE_PART.fullmatch(part) else -1 for part in parts)
    if not (0 <= zoom <= ZOOM_MAX and 0 <= column < 2**zoom and 0 <= row < 2**zoom):
        raise WrongViewError(name="z/x/y", found="/".join(parts)[:60], expected="z ≤ 22; x, y < 2^z")
    return zoom, column, row


def part_of(text: str | None, side: int) -> tuple[slice, slice]:
    """Rows and columns of `part=x,y,right,bottom`, pixels of a tile from its north-west corner; absent: all.

    Raises:
        WrongViewError: If it is not four whole numbers of a part of the tile that holds a pixel at least.

    >>> part_of("8,0,16,4", 512)
    (slice(0, 4, None), slice(8, 16, None))
    """
    if text is None:
        return slice(0, side), slice(0, side)
    found = _PART.fullmatch(text)
    x, y, right, bottom = (int(part) for part in found.groups()) if found else (0, 0, 0, 0)
    if not (x < right <= side and y < bottom <= side):
        raise WrongViewError(name="part", found=text, expected=f"x,y,right,bottom ≤ {side}")
    return slice(y, bottom), slice(x, right)


def names_of(text: str | None) -> frozenset[str] | None:
    """The names of `only=stuck,paid`; None where it is absent: no filter.

    Raises:
        WrongViewError: If it is not a list of names.
    """
    if text is None:
        return None
    if not is_names(text):
        raise WrongViewError(name="only", found=text, expected="a,b,c")
    return frozenset(text.split(","))


def is_names(text: str) -> bool:
    """Whether a text is a list of names such as layers have.

    >>> is_names("stuck,paid"), is_names(""), is_names("<b>")
    (True, False, False)
    """
    return _NAMES.fullmatch(text) is not None
