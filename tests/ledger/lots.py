"""A few hundred drafts at random over some parcels: every kind that hectares follow from, and others."""

import random
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from gis.ledger.entry import Draft
from gis.ledger.facts import (
    Milestone,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Visit,
    Void,
)
from gis.ledger.part import SquareMetres

sys.path.insert(0, str(Path(__file__).parent))
from build import day, holds

PARTS = (None, Fraction(1), Fraction(1, 3), SquareMetres(Decimal("120.5")))


def lots(count, parcels=40, seed=12):
    """Drafts as a ledger would take them one by one; what they name came before, of the same parcel."""
    drawn = random.Random(seed)  # noqa: S311 - a sample, no secret
    drafts = []
    for _ in range(count):
        parcel = f"P{drawn.randrange(parcels)}"
        household = drawn.choice("ABC")
        earlier = [seq for seq, one in enumerate(drafts, start=1) if one.fact.parcel == parcel]
        facts = [
            holds(parcel, household, drawn.choice(PARTS), *drawn.choice([(), (), (), ("A",), ("A", "B")])),
            Milestone(parcel, household, drawn.choice(["notified", "paid", "handed_over"]), "BB-1"),
            Milestone(parcel, household, drawn.choice(["notified", "paid", "handed_over"]), "BB-2"),
            Opening(parcel, household, "recovered", None, None, True, "00", 1),
            ObstacleOpened(parcel, drawn.choice([None, household]), "price"),
            ObjectListed(parcel, household, "graves", drawn.randrange(1, 4)),
            Visit(drawn.choice([parcel, None]), household, "agreed"),
        ]
        if earlier:
            target = drawn.choice(earlier)
            facts += [ObstacleClosed(parcel, target), ObjectRemoved(parcel, target, 2, None)]
            facts += [Void(parcel, target)]
        fact = drawn.choice(facts)
        drafts.append(Draft(None if isinstance(fact, Void) else day(drawn.randrange(1, 9)), fact))
    return drafts
