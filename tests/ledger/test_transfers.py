"""Land changes hands: parts, milestones that go along, and what is refused."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.effects import after
from gis.ledger.setting import Setting
from gis.ledger.state import state
from gis.ledger.transfers import Transfer

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, reaches

SETTING = Setting(parcels={"P1", "P2"}, starts=day(1), today=day(20))
HALF = Fraction(1, 2)
# H1 and H2 hold a half each; H2 handed its half over.
HALVES = state(
    entries(
        (1, holds("P1", "H1", HALF), "r"), (1, holds("P1", "H2", HALF), "r"),
        (3, reaches("P1", "H1", "notified")), (3, reaches("P1", "H2", "notified")),
        (4, reaches("P1", "H2", "handed_over")),
    ),
    day(20),
    99,
)  # fmt: skip


def reasons(request):
    with pytest.raises(RefusedError) as refused:
        request.decide(HALVES, SETTING)
    return [problem.message for problem in refused.value.problems]


def then(request):
    found = after(HALVES, request.decide(HALVES, SETTING), "r9").of_parcel("P1")
    return {h.household: (h.part, set(h.milestones)) for h in found}


def test_transfer__heirs_keep_what_the_dead_had_reached():
    divided = Transfer("P1", ("H1",), (("H3", Fraction(1, 4)), ("H4", Fraction(1, 4))), day(10))
    assert then(divided) == {
        "H2": (HALF, {"notified", "handed_over"}),
        "H3": (Fraction(1, 4), {"notified"}),
        "H4": (Fraction(1, 4), {"notified"}),
    }


def test_transfer__who_grows_does_not_clear_the_land_that_it_receives():
    """H2 handed over its own half only: with the half of H1 the whole is not handed over."""
    bought = Transfer("P1", ("H1",), (("H2", Fraction(1)),), day(10))
    assert then(bought) == {"H2": (Fraction(1), {"notified"})}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"on": day(21)}, "refused.future_day"),
        ({"parcel": "P9"}, "refused.unknown_parcel"),
        ({"predecessors": ("H7",)}, "refused.not_a_holder"),
        ({"predecessors": ()}, "refused.transfer_nobody"),
        ({"successors": (("H3", Fraction(1, 3)),)}, "refused.shares_sum"),
        ({"successors": (("H3", Fraction(1, 4)), ("H3", Fraction(1, 4)))}, "refused.successor_twice"),
        ({"successors": (("Nguyễn A", HALF),)}, "refused.household_id"),
        ({"seen": 4}, "refused.written_since_seen"),
        ({"on": day(2), "predecessors": ("H2",)}, "refused.transfer_carries"),
    ],
)
def test_transfer__refuses(change, message):
    assert message in reasons(replace(Transfer("P1", ("H1",), (("H3", HALF),), day(10)), **change))


def test_transfer__the_sum_that_is_wrong_is_told():
    with pytest.raises(RefusedError) as refused:
        Transfer("P1", ("H1",), (("H3", Fraction(1, 3)),), day(10)).decide(HALVES, SETTING)
    assert refused.value.problems[0].facts["sum"] == "5/6"


def test_transfer__not_before_a_later_change_of_a_holding_that_it_speaks_of():
    """Three thirds; on day 10 H1 bought that of H2 and has two. On day 5 none of it may be given away anew.

    A sale of day 5 by H3 to H1, "the whole" in the parts of today, would leave H1 two thirds after day 10.
    """
    third = Fraction(1, 3)
    now = state(
        entries(
            (1, holds("P1", "H1", third), "r"), (1, holds("P1", "H2", third), "r"),
            (1, holds("P1", "H3", third), "r"), (10, holds("P1", "H1", 2 * third, "H2", "H1")),
        ),
        day(20),
        99,
    )  # fmt: skip
    grows = Transfer("P1", ("H3",), (("H1", Fraction(1)),), day(5))
    with pytest.raises(RefusedError) as refused:
        grows.decide(now, SETTING)
    assert [(one.message, one.facts["household"], one.facts["seq"]) for one in refused.value.problems] == [
        ("refused.transfer_later", "H1", 4)
    ]
    same_day = after(now, replace(grows, on=day(10)).decide(now, SETTING))
    assert [(h.household, h.part) for h in same_day.of_parcel("P1")] == [("H1", Fraction(1))]
    others = after(now, Transfer("P1", ("H3",), (("H4", third),), day(5)).decide(now, SETTING))
    assert {h.household: h.part for h in others.of_parcel("P1")} == {"H1": 2 * third, "H4": third}
