"""Random ledgers for laws: backdated lines, voids, transfers, waiting milestones, obstacles, several kinds."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from hypothesis import strategies as st

from gis.ledger.facts import Milestone, ObjectListed, ObjectRemoved, Opening, Visit
from gis.ledger.part import SquareMetres

sys.path.insert(0, str(Path(__file__).parent))
from build import closes, entries, holds, opens, voids

PARCELS = ("P2", "P1", "P10")
HOUSEHOLDS = ("B", "A", "C")
PARTS = (None, Fraction(1), Fraction(1, 3), SquareMetres(Decimal("120.5")))
NAMES = ("notified", "paid", "handed_over", "delivered")


@st.composite
def stories(draw, lines=16, days=6):
    """Entries of a few parcels in which little is plain."""
    facts = []
    for _ in range(draw(st.integers(0, lines))):
        parcel = draw(st.sampled_from(PARCELS))
        kind = draw(st.sampled_from(["holding", "holding", "milestone", "milestone", "opening", *_OTHERS]))
        earlier = [seq for seq, (_, fact, _) in enumerate(facts, start=1) if fact.parcel == parcel]
        if kind in ("void", "closes") and not earlier:
            continue
        request = draw(st.sampled_from(["act", f"r{len(facts)}"]))
        if kind == "void":
            facts.append((None, voids(parcel, draw(st.sampled_from(earlier))), request))
            continue
        if kind == "closes":
            target, count = draw(st.sampled_from(earlier)), draw(st.integers(1, 2))
            ends = [closes(parcel, target), ObjectRemoved(parcel, target, count, None)]
            fact = draw(st.sampled_from(ends))
        else:
            fact = draw(_fact(kind, parcel))
        facts.append((draw(st.integers(1, days)), fact, request))
    return entries(*facts)


_OTHERS = ("void", "closes", "closes", "opens", "object", "visit")


@st.composite
def _fact(draw, kind, parcel):
    household = draw(st.sampled_from(HOUSEHOLDS))
    if kind == "holding":
        ended = draw(st.sampled_from([(), (), (), ("A",), ("A", "B"), (household,)]))
        return holds(parcel, household, draw(st.sampled_from(PARTS)), *ended)
    if kind == "milestone":
        return Milestone(parcel, household, draw(st.sampled_from(NAMES)), "BB-1")
    if kind == "opening":
        return Opening(parcel, household, draw(st.sampled_from(NAMES)), None, None, True, "00", 1)
    if kind == "opens":
        return opens(parcel, household=draw(st.sampled_from([None, household])))
    if kind == "object":
        return ObjectListed(parcel, household, "graves", draw(st.integers(1, 3)))
    return Visit(draw(st.sampled_from([parcel, None])), household, "agreed")
