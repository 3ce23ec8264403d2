"""The CRS that a list of corners states in its title: "VN-2000, kinh tuyến trục 105°00', múi chiếu 3°".

Pure: no file, no clock, no network.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from pyproj import CRS

from gis.vietnamese import fold
from gis.vn2000 import VN2000_EPSG

if TYPE_CHECKING:
    from collections.abc import Iterable

_MERIDIAN: Final = re.compile(
    r"kinh tuyen (?:truc|trung uong)\D{0,12}?(10[2-9]|11[0-9])\s*(?:[°ºo*]|do\b|[.,](?=\d))?\s*([0-9]{1,2})?"
)
_WIDTH: Final = re.compile(r"mui(?: chieu)?\D{0,12}?([36])(?![0-9])")
_DATUM: Final = re.compile(r"vn[ _-]?2000")
_WIDE: Final = 6
_MINUTES: Final = 60


@lru_cache(maxsize=1)
def _by_meridian() -> dict[tuple[int, int], list[int]]:
    """EPSG codes by width of the zone (degrees) and central meridian (minutes)."""
    found: dict[tuple[int, int], list[int]] = {}
    for code in VN2000_EPSG:
        crs = CRS.from_epsg(code)
        operation = crs.coordinate_operation
        if operation is None:
            continue
        values = {one.name: float(one.value) for one in operation.params}
        wide = values["Scale factor at natural origin"] < 0.9998  # noqa: PLR2004 - 0.9996 of UTM, 0.9999 of TM-3
        minutes = round(values["Longitude of natural origin"] * _MINUTES)
        found.setdefault((_WIDE if wide else 3, minutes), []).append(code)
    return found


def stated_epsg(texts: Iterable[str]) -> int | None:
    """The one projected VN-2000 CRS that titles state; None where they state none, or two.

    A meridian that both a zone of 3 and one of 6 degrees have (105°, 111°) needs the width beside it.

    >>> stated_epsg(["Hệ tọa độ VN-2000, kinh tuyến trục 105°00', múi chiếu 3°"])
    5897
    >>> stated_epsg(["VN-2000, kinh tuyến trục 105°"]), stated_epsg(["VN-2000, KTT"])
    (None, None)
    """
    whole = fold(" ; ".join(texts))
    meridians = {(int(match[1]), int(match[2] or 0)) for match in _MERIDIAN.finditer(whole)}
    widths = {int(match[1]) for match in _WIDTH.finditer(whole)}
    if len(meridians) != 1 or len(widths) > 1 or not _DATUM.search(whole):
        return None
    ((degrees, minutes),) = meridians
    codes = {
        code
        for (width, at), found in _by_meridian().items()
        if at == degrees * _MINUTES + minutes and (not widths or width in widths)
        for code in found
    }
    return codes.pop() if len(codes) == 1 else None
