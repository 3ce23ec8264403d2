"""What the parts of a parcel sum to, on each day: the whole, as far as they are known.

Pure: no file, no clock.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.ledger.facts import Holding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.errors import Fact
    from gis.ledger.part import Part
    from gis.ledger.state import State
    from gis.ledger.stories import Story


def wrong_days(before: Story | None, then: Story, through: date) -> Iterator[tuple[date, Fraction]]:
    """The days on which the parts of a parcel sum wrongly, and did not so before; with the sum.

    Only days on which holdings begin are looked at: between them nothing changes.

    Args:
        before: What was known of it; None: nothing.
        then: What would be.
        through: The last day.
    """
    stories = (then,) if before is None else (before, then)
    begun = (e.on for story in stories for e in story.live(through) if isinstance(e.fact, Holding))
    for on in sorted({day for day in begun if day is not None}):
        was, total = (None if one is None else sum_on(one, on) for one in (before, then))
        if total is not None and total != was:
            yield on, total


def sum_on(story: Story, on: date) -> Fraction | None:
    """What the parts of a parcel sum to on a day, where it cannot be right; see `wrong_sum`."""
    return wrong_sum([holding.part for holding in story.state(on).holdings])


def wrong_sum(parts: Sequence[Part]) -> Fraction | None:
    """The sum of the fractions where it cannot be right: above 1, or below it with all parts known.

    >>> wrong_sum([Fraction(1, 2), Fraction(1, 3)]), wrong_sum([Fraction(1, 2), None])
    (Fraction(5, 6), None)
    """
    fractions = [part for part in parts if isinstance(part, Fraction)]
    total = sum(fractions, Fraction(0))
    only_fractions = bool(parts) and len(fractions) == len(parts)
    return total if total > 1 or (only_fractions and total != 1) else None


def check_shares(state: State) -> list[Problem]:
    """The parcels whose parts sum wrongly on some day, each with the first such day.

    Remarks (severity "warning"): the ledger is whole, and says what cannot be.

    No command writes that; a transfer of an earlier day than a later change could, before it was refused.

    Args:
        state: Whose entries are looked at, of all days.

    Returns:
        A problem for each parcel, whose id is its source.
    """
    problems = []
    for parcel, story in state.stories.items():
        if parcel is None or not _is_shared(story):
            continue
        for on, total in wrong_days(None, story, date.max):
            facts: dict[str, Fact] = {"on": on.isoformat(), "sum": str(total)}
            problems.append(Problem(parcel, "verify.shares", facts, "warning"))
            break
    return problems


def _is_shared(story: Story) -> bool:
    """Whether parts of a parcel could sum to anything else than the whole: most parcels have one holder."""
    parts = [entry.fact.part for entry in story.entries if isinstance(entry.fact, Holding)]
    return parts != [Fraction(1)] and any(isinstance(part, Fraction) for part in parts)
