"""Rows of a list that would count the same land or money twice: a sheet for each month, a copied row.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.sheets.households import name_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.errors import Fact
    from gis.project.office_list_rows import Key
    from gis.sheets.tracking import TrackingRow


def land_twice(placed: Sequence[tuple[Key, TrackingRow]], zones: Mapping[str, str]) -> list[Problem]:
    """Rows that say of a piece of land what a row before said: parcel, zone, land use and recovered area.

    On one sheet only of the same household: two of one name may have equal shares. On several sheets of the
    same name, for a household may stand at another number there.

    Args:
        placed: Rows with their parcels, in the file's order.
        zones: Zone ids by the texts that stand in the rows.
    """
    first: dict[tuple[object, ...], TrackingRow] = {}
    of_name: dict[tuple[object, ...], TrackingRow] = {}
    problems = []
    for key, row in placed:
        area = row.recovered_area_m2
        if area is None and not any(one.amount_vnd for one in row.milestones):
            continue
        land = (key, zones[row.zone], row.land_use, area)
        other = first.setdefault((*land, _table(row), row.household_key), row)
        elsewhere = of_name.setdefault((*land, name_key(row.household_name)), row)
        other = elsewhere if other is row and _table(elsewhere) != _table(row) else other
        if other is row:
            continue
        facts: dict[str, Fact] = {"key": "/".join(key), "sheet": _table(other), "row": other.row}
        problems.append(Problem(row.source, "problem.list_land_again", facts, area_m2=float(area or 0)))
    return problems


def _table(row: TrackingRow) -> str:
    return row.source.rpartition(", ")[0]
