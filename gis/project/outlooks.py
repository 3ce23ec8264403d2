"""What is next for the households of an open project on a snapshot's day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.deadlines import SOON_DAYS
from gis.ledger.accounts import NO_ALIASES, accounts
from gis.ledger.next_steps import Order
from gis.ledger.outlooks import Sources, outlooks
from gis.project.batches import land_of, what_is_due

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.deadlines import Deadlines
    from gis.ledger.next_steps import Outlook
    from gis.project.snapshot import Snapshot


def outlooks_of(
    snapshot: Snapshot,
    deadlines: Deadlines,
    soon: int = SOON_DAYS,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> Mapping[str, Outlook]:
    """What is next for each household that holds land in a zone or has money to come, by urgency.

    Land outside all zones is not to be recovered: nothing is next for it.

    Args:
        snapshot: Of the day.
        deadlines: The regimes.
        soon: So many days before its last day, that day included, a step comes before others.
        aliases: Of a household that was entered twice, the id that counts.

    Returns:
        By the id that counts, in the order of `gis.ledger.next_steps.Rank`.
    """
    sources = Sources(
        order=Order.of(snapshot.plan.milestones),
        deadlines=deadlines,
        due=what_is_due(snapshot, deadlines, land_of(snapshot), soon, aliases),
        accounts=accounts(snapshot.state, aliases),
        wanted=frozenset(snapshot.boundaries.parts_m2),
        aliases=aliases,
        soon=soon,
    )
    return outlooks(snapshot.state, sources)
