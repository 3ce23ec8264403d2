"""The ways in which the numbers of a file can be read as places: a CRS, the order of its axes, and a unit.

Pure: no file, no clock, no network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from gis.errors import GisError, UnknownCrsError
from gis.vn2000 import DEPRECATED_EPSG, VN2000_EPSG, VN2000_GEOGRAPHIC_EPSG, WGS84_EPSG, crs_name, transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

Unit: TypeAlias = Literal["m", "km", "mm", "degree"]

UNIT_M: Final[dict[str, float]] = {"m": 1.0, "km": 1000.0, "mm": 0.001}
WEB_MERCATOR_EPSG: Final = 3857
WGS84_UTM_EPSG: Final = (32648, 32649)
# Datums of older maps, by the geographic CRS that joins each to WGS 84. EPSG gives that step to some
# metres only: 6 m for Hanoi 1972 (EPSG:1544), 45 m for Indian 1960 (EPSG:1542).
HISTORIC_GEOGRAPHIC: Final = {2044: 4147, 2045: 4147, 4147: 4147, 3148: 4131, 3149: 4131, 4131: 4131}
ACCURACY_M: Final = {4147: 6, 4131: 45}
GEOGRAPHIC: Final = (WGS84_EPSG, VN2000_GEOGRAPHIC_EPSG, 4147, 4131)
PROJECTED: Final = (
    *VN2000_EPSG,
    *WGS84_UTM_EPSG,
    WEB_MERCATOR_EPSG,
    *(code for code in HISTORIC_GEOGRAPHIC if code not in GEOGRAPHIC),
    *DEPRECATED_EPSG,
)
# False easting 0 and northing 500,000 where the twin has them the right way round.
_WITHDRAWN_SHIFT: Final = np.array([500_000.0, -500_000.0])
_READING: Final = re.compile(r"(?:EPSG:)?(\d{4,5})((?::[a-z]+)*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a file's numbers.

    Args:
        epsg: The CRS.
        swapped: Whether the first number of a vertex is the north and the second the east.
        unit: Of the numbers; "degree" where the CRS is geographic.
    """

    epsg: int
    swapped: bool = False
    unit: Unit = "m"

    @property
    def id(self) -> str:
        """How a user names it: "EPSG:5897", "EPSG:3405:swapped", "EPSG:5897:swapped:km"."""
        unit = "" if self.unit in {"m", "degree"} else f":{self.unit}"
        return f"EPSG:{self.epsg}" + (":swapped" if self.swapped else "") + unit

    @property
    def name(self) -> str:
        """The CRS as a person reads it: "EPSG:5897 (VN-2000 / TM-3 zone 482)"."""
        return _name(self.epsg)

    @property
    def withdrawn(self) -> int | None:
        """The CRS to use instead of a withdrawn one, else None."""
        return DEPRECATED_EPSG.get(self.epsg)

    @property
    def accuracy_m(self) -> int:
        """Metres to which PROJ knows the step to VN-2000, where that is worse than a metre; else 0."""
        return ACCURACY_M.get(HISTORIC_GEOGRAPHIC.get(self.epsg, 0), 0)


@lru_cache(maxsize=256)
def _name(epsg: int) -> str:
    return str(crs_name(epsg))


def _readings() -> tuple[Reading, ...]:
    orders = (False, True)
    plain = [Reading(code, swapped, "degree") for code in GEOGRAPHIC for swapped in orders]
    units: tuple[Unit, ...] = ("m", "km", "mm")
    metric = [Reading(code, swapped, unit) for unit in units for code in PROJECTED for swapped in orders]
    return (*metric, *plain)


READINGS: Final = _readings()


def parse_reading(text: object) -> Reading:
    """The reading that a user states.

    Args:
        text: "5897", "EPSG:5897", "EPSG:3405:swapped", "EPSG:5897:km", "EPSG:5897:swapped:mm".

    Raises:
        UnknownCrsError: If it names no CRS, or says more than that.

    >>> parse_reading("epsg:3405:swapped").id
    'EPSG:3405:swapped'
    """
    found = _READING.fullmatch(str(text).strip())
    words = found[2].lower().strip(":").split(":") if found and found[2] else []
    if found is None or len(set(words)) != len(words) or not set(words) <= {"swapped", "km", "mm"}:
        raise UnknownCrsError(found=str(text))
    if {"km", "mm"} <= set(words):
        raise UnknownCrsError(found=str(text))
    try:
        crs = CRS.from_epsg(int(found[1]))
    except CRSError:
        raise UnknownCrsError(found=str(text)) from None
    unit: Unit = "degree" if crs.is_geographic else "m"
    if "km" in words or "mm" in words:
        if crs.is_geographic:
            raise UnknownCrsError(found=str(text))
        unit = "km" if "km" in words else "mm"
    return Reading(int(found[1]), "swapped" in words, unit)


def metres(reading: Reading, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers as the CRS has them: east, north (or longitude, latitude), in metres (or degrees).

    Args:
        reading: How to read them.
        xy: (n, 2), as the file has them.
    """
    ordered = xy[:, ::-1] if reading.swapped else xy
    return ordered * UNIT_M.get(reading.unit, 1.0)


def land(reading: Reading, xy: NDArray[np.float64], epsg: int) -> NDArray[np.float64]:
    """Where the numbers lie in a projected VN-2000 CRS, read in one way; never finite where nowhere.

    Args:
        reading: How to read them.
        xy: (n, 2), as the file has them.
        epsg: The projected VN-2000 CRS wanted.

    >>> land(Reading(5897, swapped=True), np.array([[2201000.0, 588000.0]]), 5897).tolist()
    [[588000.0, 2201000.0]]
    """
    given = metres(reading, xy)
    code = reading.epsg
    with np.errstate(invalid="ignore", over="ignore"):
        if reading.withdrawn is not None:
            given, code = given + _WITHDRAWN_SHIFT, reading.withdrawn
        if code == epsg:
            return given
        base = HISTORIC_GEOGRAPHIC.get(code)
        try:
            if base is not None and base != code:
                given, code = _moved(_same_datum(code, base), given), base
            return _moved(_joined(code, epsg), given)
        except GisError:
            return np.full_like(given, np.nan)


@lru_cache(maxsize=256)
def _joined(code: int, epsg: int) -> Transformer:
    """The verified transformation; found once, as a file is read in two hundred ways."""
    return transformer(code, epsg)


@lru_cache(maxsize=16)
def _same_datum(code: int, base: int) -> Transformer:
    """From a projected CRS to the geographic one below it: exact, no change of datum."""
    return Transformer.from_crs(code, base, always_xy=True)


def _moved(move: Transformer, xy: NDArray[Any]) -> NDArray[np.float64]:
    east, north = move.transform(xy[:, 0], xy[:, 1])
    return np.column_stack([east, north])
