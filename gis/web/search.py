"""Parcels by what a person types: "7/12", "15910/7/12", "tờ 7 thửa 12", "P000123", "K01".

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gis.vietnamese import fold

if TYPE_CHECKING:
    import geopandas as gpd

_SPOKEN = re.compile(r"^to\s*(?:so\s*)?(\S+?)[\s,;]*thua\s*(?:so\s*)?(\S+)$")


def find_units(units: gpd.GeoDataFrame, text: str) -> list[str]:
    """The ids that a text means, in the order of `units`; none where it means nothing.

    Args:
        units: Index `parcel_id`; columns `commune`, `sheet`, `number`.
        text: An id, a public feature's number, sheet/number, or old commune's code/sheet/number.
    """
    wanted = fold(text)
    if spoken := _SPOKEN.match(wanted):
        wanted = f"{spoken[1]}/{spoken[2]}"
    wanted = wanted.replace(" ", "")
    if not wanted:
        return []
    if wanted.upper() in units.index:
        return [wanted.upper()]
    sheets, numbers = units["sheet"].str.lower(), units["number"].str.lower()
    inside = sheets != ""
    short = numbers.where(~inside, sheets + "/" + numbers)
    whole = short.where(~inside, units["commune"] + "/" + short)
    return [str(parcel) for parcel in units.index[(short == wanted) | (whole == wanted)]]
