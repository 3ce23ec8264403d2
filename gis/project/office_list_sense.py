"""Areas of a list beside the plan: a slip of a unit is 10,000 times too large, and no map is there to see it.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.errors import Fact
    from gis.plan import Plan
    from gis.project.office_list_rows import ListedHolding

M2_PER_HA: Final = 10_000


def beyond_plan(holdings: Sequence[ListedHolding], plan: Plan) -> list[Problem]:
    """A holding that is larger than its whole zone is refused; all of them together are told.

    Args:
        holdings: Of one list.
        plan: Its zones; one without a planned area is not looked at.
    """
    planned = {
        zone.zone_id: (zone.name, Decimal(str(zone.plan_ha)) * M2_PER_HA)
        for zone in plan.leaves()
        if zone.plan_ha
    }
    sums: dict[str, Decimal] = defaultdict(Decimal)
    sources: dict[str, str] = {}
    problems = []
    for holding in holdings:
        for zone, area in holding.areas.items():
            if area is None or zone not in planned:
                continue
            name, most = planned[zone]
            sums[zone] += area
            sources.setdefault(zone, holding.source.partition(", ")[0])
            if area > most:
                facts: dict[str, Fact] = {"key": "/".join(holding.key), "zone": name}
                facts |= {"recovered": float(area), "planned": float(most / M2_PER_HA)}
                problems.append(Problem(holding.source, "problem.list_beyond_zone", facts))
    for zone, total in sums.items():
        name, most = planned[zone]
        if total > most:
            facts = {"zone": name, "recovered": float(total / M2_PER_HA), "planned": float(most / M2_PER_HA)}
            problems.append(Problem(sources[zone], "problem.list_beyond_plan", facts, "warning"))
    return problems
