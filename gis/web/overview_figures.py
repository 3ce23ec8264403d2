"""All figures of the overview for a day and what is known of it, worked out once for all that show them.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pandas as pd

from gis.clearance.curve import M2_PER_HA, cleared_curve, cleared_on
from gis.clearance.forecast import Way, cleared_between, months, of_zones
from gis.clearance.stuck import stuck
from gis.ledger.accounts import accounts
from gis.plan import COMMUNE_ID
from gis.web.charts import exact_ha, plain_ha
from gis.web.figures import PACE_MONTHS, household_counts
from gis.web.prepared import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.clearance.forecast import Month
    from gis.clearance.stuck import Stuck
    from gis.clearance.totals import ZoneTotal
    from gis.ledger.accounts import Account, Sums
    from gis.plan import Target
    from gis.project import Snapshot
    from gis.texts import Texts
    from gis.web.figures import HouseholdCount

DAYS_KEPT: Final = 4


@dataclass(frozen=True)
class Overview:
    """The figures of a snapshot, each made when it is asked for.

    Args:
        snapshot: Of the day, by what is known.
        aliases: Of each household that was entered twice, the id that counts.
    """

    snapshot: Snapshot
    aliases: Mapping[str, str]

    @property
    def on(self) -> date:
        """The day, included."""
        return self.snapshot.on

    @property
    def total(self) -> ZoneTotal:
        """The commune's figures."""
        return self.snapshot.totals[0]

    @property
    def cleared_ha(self) -> float:
        """Hectares handed over in the commune."""
        return self.snapshot.cleared_ha

    @cached_property
    def households(self) -> Mapping[str, HouseholdCount]:
        """Households by zone id, the commune's first."""
        return household_counts(self.snapshot, self.aliases)

    @cached_property
    def accounts(self) -> Mapping[str, Account]:
        """The money of each household."""
        return accounts(self.snapshot.state, self.aliases)

    @property
    def money(self) -> Sums:
        """The commune's money in whole đồng."""
        return self.snapshot.money

    @cached_property
    def overlaps(self) -> pd.Series:
        """m² by (`parcel_id`, `zone_id`) of the zones that count: the plan's leaves."""
        return self.overlaps_of(None)

    def overlaps_of(self, zone_id: str | None) -> pd.Series:
        """m² by (`parcel_id`, `zone_id`) of the leaves at or under a zone; None: of all."""
        return of_zones(self.snapshot.overlaps, self.snapshot.plan.leaf_ids(zone_id or COMMUNE_ID))

    @cached_property
    def cleared_on(self) -> pd.Series:
        """The day on which each parcel became cleared; see `curve.cleared_on`."""
        return cleared_on(self.snapshot.state, self.snapshot.hand_overs)

    @cached_property
    def curve(self) -> pd.DataFrame:
        """Cleared hectares at the end of each month up to the day."""
        return cleared_curve(self.overlaps, self.cleared_on, self.on)

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Hectares of each of the last twelve months."""
        return months(self.overlaps, self.cleared_on, self.on)

    def cleared_since(self, first: date) -> float:
        """Hectares handed over from a day on, included."""
        return float(cleared_between(self.overlaps, self.cleared_on, first, self.on).sum()) / M2_PER_HA

    @property
    def recent_from(self) -> date:
        """The first day of the months whose pace is told."""
        before = pd.Timestamp(self.on) - pd.DateOffset(months=PACE_MONTHS)
        return before.date() + timedelta(days=1)

    @cached_property
    def recent_ha(self) -> float:
        """Hectares per month over the last six months."""
        return self.cleared_since(self.recent_from) / PACE_MONTHS

    @property
    def goal(self) -> Way:
        """The way to the plan's goal."""
        goal = self.snapshot.plan.goal
        return Way(goal.area_ha, self.cleared_ha, self.on, goal.by)

    @property
    def target(self) -> Target | None:
        """What is asked of the day's year; None where the plan does not say."""
        return self.snapshot.plan.target(self.on.year)

    @cached_property
    def year(self) -> Way | None:
        """The way to the year's target."""
        if self.target is None:
            return None
        done_ha = self.cleared_since(date(self.on.year, 1, 1))
        return Way(self.target.area_ha, done_ha, self.on, date(self.on.year, 12, 31))

    @cached_property
    def stuck(self) -> Stuck:
        """The stuck land, by category and days."""
        return stuck(self.overlaps, self.snapshot.classes, self.snapshot.state)


_kept: Final[Kept[Overview]] = Kept(DAYS_KEPT)


def overview(snapshot: Snapshot, aliases: Mapping[str, str]) -> Overview:
    """The overview of a snapshot, kept while day, ledger, land, plan and merged households stay the same."""
    key = (snapshot.plan, snapshot.boundary_sha, snapshot.head.hash, snapshot.on, snapshot.known)
    return _kept.get((*key, frozenset(aliases.items())), lambda: Overview(snapshot, aliases))


def headline_share(found: Overview) -> tuple[float | None, float | None]:
    """Hectares of the denominator that the plan names for the headline, and the share of it."""
    total = found.total
    shares = {
        "goal": (total.goal_ha, total.share_of_goal),
        "plan": (total.plan_ha, total.share_of_plan),
        "mapped": (total.mapped_ha, total.share_of_mapped),
    }
    return shares[found.snapshot.plan.headline]


def report_line(found: Overview, words: Texts) -> str:
    """The one line for a meeting: what is handed over of which whole, paid, and stuck. It names nobody.

    It is pasted where no banner stands beside it, so it says itself where later entries are left out.
    """
    whole_ha, part = headline_share(found)
    counts, known, head = found.households["commune"], found.snapshot.known, found.snapshot.head.seq
    line = words(
        "overview.headline",
        on=found.on,
        cleared=exact_ha(words, found.total.cleared_ha),
        whole=plain_ha(words, whole_ha),
        share=part,
        denominator=words(f"overview.of_{found.snapshot.plan.headline}"),
        handed=counts.handed_over,
        total=counts.total,
        paid=found.money.paid,
        stuck=counts.stuck,
    )
    return (
        line if known == head else f"{line} {words('overview.headline_known', seq=known, left=head - known)}"
    )


def goal_text(found: Overview, words: Texts) -> str:
    """The goal's hectares, "about" where the plan says so."""
    goal = found.snapshot.plan.goal
    return words(
        "overview.goal_about" if goal.approximate else "overview.goal_exact", ha=plain_ha(words, goal.area_ha)
    )


def pace_sentence(found: Overview, words: Texts) -> str:
    """The pace of the last months beside the one that the goal needs."""
    way, recent = found.goal, found.recent_ha
    if way.needed_ha is None:
        return words("overview.pace_over", by=way.by, recent=recent)
    if way.needed_ha == 0:
        return words("overview.pace_reached", by=way.by, recent=recent)
    message = "overview.pace_short" if recent < way.needed_ha else "overview.pace_enough"
    return words(message, recent=recent, needed=way.needed_ha, by=way.by, months=round(way.months))


def year_sentence(found: Overview, words: Texts) -> str:
    """How far the year's target is reached, and what is left of it."""
    way = found.year
    if way is None:
        return words("overview.year_none", year=found.on.year)
    facts = {
        "year": found.on.year,
        "done": exact_ha(words, way.done_ha),
        "asked": plain_ha(words, way.asked_ha),
        "share": way.share,
    }
    if way.remaining_ha == 0:
        return words("overview.year_reached", **facts)
    if not way.needed_ha or way.months < 1:
        return words("overview.year_left", left=way.remaining_ha, **facts)
    return words("overview.year_needed", needed=way.needed_ha, **facts)
