"""Commands: what is written, and every reason why nothing is."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger import commands
from gis.ledger.commands import HoldingRow, Mark, Setting
from gis.ledger.entry import Draft
from gis.ledger.facts import Holding, Milestone, Note, Void
from gis.ledger.part import SquareMetres
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import closes, day, entries, holds, opens, reaches, voids

SETTING = Setting(parcels={"P1", "P2", "P3"}, starts=day(1), today=day(20))


def at(*facts):
    ledger = entries(*facts)
    return state(ledger, day(20), len(ledger))


def reasons(call):
    with pytest.raises(RefusedError) as refused:
        call()
    return [(problem.source, problem.message) for problem in refused.value.problems]


ONE = at((1, holds("P1", "H1")))
TWO = at(
    (1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2))), (1, holds("P2", "H1"))
)


def handed(*parcels, on=5, document="BB-9", **more):
    return Mark(parcels, "handed_over", day(on), document, **more)


def test_mark__one_parcel_with_one_holding():
    assert commands.mark(ONE, handed("P1"), SETTING) == (
        Draft(day(5), Milestone("P1", "H1", "handed_over", "BB-9", None)),
    )


def test_mark__a_parcel_named_twice_is_marked_once():
    assert len(commands.mark(ONE, handed("P1", "P1"), SETTING)) == 1


def test_mark__several_holdings_need_a_choice_and_the_refusal_lists_them():
    with pytest.raises(RefusedError) as refused:
        commands.mark(TWO, handed("P1"), SETTING)
    assert refused.value.problems[0].facts == {"count": 2, "households": "H1, H2"}
    both = commands.mark(TWO, handed("P1", "P2", all_holdings=True), SETTING)
    assert [(d.fact.parcel, d.fact.household) for d in both] == [("P1", "H1"), ("P1", "H2"), ("P2", "H1")]
    one = commands.mark(TWO, handed("P1", "P2", household="H1"), SETTING)
    assert [(d.fact.parcel, d.fact.household) for d in one] == [("P1", "H1"), ("P2", "H1")]


def test_mark__all_holdings_means_those_that_have_not_handed_over_yet():
    halves = [(1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2)))]
    half_done = at(*halves, (3, reaches("P1", "H1", "handed_over")))
    rest = commands.mark(half_done, handed("P1", all_holdings=True), SETTING)
    assert [draft.fact.household for draft in rest] == ["H2"]
    done = at(*halves, *((3, reaches("P1", name, "handed_over")) for name in ("H1", "H2")))
    again = reasons(lambda: commands.mark(done, handed("P1", all_holdings=True), SETTING))
    assert again == [("P1", "refused.already_reached")] * 2


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (handed("P9"), "refused.unknown_parcel"),
        (handed("P3"), "refused.no_holding"),
        (handed("P1", household="H7"), "refused.not_a_holder"),
        (handed("P1", on=21), "refused.future_day"),
        (handed("P1", on=0), "refused.early_day"),
        (handed("P1", document="  "), "refused.missing_minutes"),
        (Mark(("P1",), "cleared", day(5), "x"), "refused.unknown_milestone"),
        (Mark(("P1",), "paid", day(5), "x", amount_vnd=-1), "refused.bad_amount"),
        (handed(), "refused.nothing_named"),
        (handed("P1", household="H1", all_holdings=True), "refused.both_ways"),
        (Mark(("P1",), "paid", day(5), "x", amount_vnd=10**17), "refused.bad_amount"),
    ],
)
def test_mark__refuses(request_, message):
    assert reasons(lambda: commands.mark(ONE, request_, SETTING))[0][1] == message


def test_mark__all_reasons_at_once_and_nothing_written():
    assert reasons(lambda: commands.mark(ONE, handed("P1", "P9", "P3", on=21, document=None), SETTING)) == [
        ("", "refused.future_day"),
        ("", "refused.missing_minutes"),
        ("P9", "refused.unknown_parcel"),
        ("P3", "refused.no_holding"),
    ]


def test_mark__today_and_the_first_day_are_allowed():
    assert commands.mark(ONE, handed("P1", on=20), SETTING)
    assert commands.mark(ONE, handed("P1", on=1), SETTING)


def test_mark__a_milestone_is_reached_once_but_payments_repeat():
    done = at(
        (1, holds("P1", "H1")), (3, reaches("P1", "H1", "handed_over")), (3, reaches("P1", "H1", "paid"))
    )
    assert reasons(lambda: commands.mark(done, handed("P1"), SETTING)) == [("P1", "refused.already_reached")]
    assert commands.mark(done, Mark(("P1",), "paid", day(6), "BK-2", amount_vnd=5), SETTING)


def test_mark__after_a_void_it_may_be_marked_anew():
    undone = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "handed_over")), (None, voids("P1", 2)))
    assert commands.mark(undone, handed("P1"), SETTING)


def test_mark__not_before_the_household_held_it():
    late = at((9, holds("P1", "H1")))
    assert reasons(lambda: commands.mark(late, handed("P1", on=8), SETTING)) == [
        ("P1", "refused.before_holding")
    ]


def test_mark__refused_when_somebody_wrote_since_it_was_seen():
    seen_three = {"P1": 3, "P2": 3}
    assert commands.mark(TWO, handed("P1", all_holdings=True, seen=seen_three), SETTING)
    rival = at(
        (1, holds("P1", "H1", Fraction(1, 2))),
        (1, holds("P1", "H2", Fraction(1, 2))),
        (1, holds("P2", "H1")),
        (2, reaches("P1", "H2", "paid")),
    )
    mine = handed("P1", household="H1", seen=seen_three)
    assert commands.mark(rival, mine, SETTING)  # the rival wrote of the other household
    theirs = handed("P1", household="H2", seen=seen_three)
    with pytest.raises(RefusedError) as refused:
        commands.mark(rival, theirs, SETTING)
    problem = refused.value.problems[0]
    assert (problem.message, problem.facts["by"], problem.facts["seq"]) == (
        "refused.written_since_seen",
        "lan",
        4,
    )


def test_mark__an_obstacle_opened_since_it_was_seen_refuses_too():
    stuck = at((1, holds("P1", "H1")), (2, opens("P1")))
    assert reasons(lambda: commands.mark(stuck, handed("P1", seen={"P1": 1}), SETTING)) == [
        ("P1", "refused.written_since_seen")
    ]
    assert commands.mark(stuck, handed("P1", seen={"P1": 2}), SETTING)


def test_void__cancels_and_names_the_parcel():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")))
    assert commands.void(marked, [2]) == (Draft(None, Void("P1", 2)),)


def test_void__refuses_what_cannot_be_cancelled():
    marked = at(
        (1, holds("P1", "H1")),
        (3, reaches("P1", "H1", "paid")),
        (None, voids("P1", 2)),
        (4, opens("P1")),
        (5, closes("P1", 4)),
    )
    assert reasons(lambda: commands.void(marked, [9, 3, 2, 4])) == [
        ("9", "refused.void_unknown"),
        ("3", "refused.void_of_void"),
        ("2", "refused.void_twice"),
        ("4", "refused.void_carries"),
    ]


def test_void__what_is_left_must_still_sum_to_one():
    """Half is handed over; without the other half's holding the parcel would pass for cleared."""
    halves = [(1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2)))]
    half_done = at(*halves, (3, reaches("P1", "H1", "handed_over")))
    with pytest.raises(RefusedError) as refused:
        commands.void(half_done, [2])
    assert [(p.message, p.facts["sum"]) for p in refused.value.problems] == [("refused.void_shares", "1/2")]
    untouched = at(*halves)
    assert [draft.fact.target for draft in commands.void(untouched, [1, 2])] == [1, 2]


def test_void__a_restated_part_goes_though_milestones_rest_on_the_first_one():
    restated = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")), (5, holds("P1", "H1", None)))
    assert [draft.fact.target for draft in commands.void(restated, [3])] == [3]


def test_void__a_holding_goes_only_with_its_milestones():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")))
    assert reasons(lambda: commands.void(marked, [1])) == [("1", "refused.void_carries")]
    assert [draft.fact.target for draft in commands.void(marked, [1, 2])] == [1, 2]


def test_correct__a_void_and_the_right_milestone_together():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "handed_over", "BB-1")))
    assert commands.correct(marked, 2, day(4), " BB-2 ", SETTING) == (
        Draft(None, Void("P1", 2)),
        Draft(day(4), Milestone("P1", "H1", "handed_over", "BB-2", None)),
    )
    assert reasons(lambda: commands.correct(marked, 2, day(30), "", SETTING)) == [
        ("", "refused.future_day"),
        ("", "refused.missing_minutes"),
    ]
    assert reasons(lambda: commands.correct(marked, 1, day(4), "BB", SETTING))[0][1] == "refused.void_carries"


def test_with_note__only_voids_carry_it():
    drafts = commands.correct(
        at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid"))), 2, day(4), None, SETTING
    )
    noted = commands.with_note(drafts, Note("n", "f"))
    assert (noted[0].fact.note, noted[1]) == (Note("n", "f"), drafts[1])


def test_require_reason__words_are_needed():
    assert reasons(lambda: commands.require_reason(" ")) == [("", "refused.missing_reason")]


def test_require_account__somebody_answers_for_what_is_written():
    assert reasons(lambda: commands.require_account(" ")) == [("", "refused.missing_account")]
    commands.require_account("lan")


def row(parcel, household, part, since=1, source="holdings.csv, line 2"):
    return HoldingRow(parcel, household, part, day(since), source)


def test_hold__writes_new_and_changed_parts_only():
    rows = [row("P1", "H1", Fraction(1, 3)), row("P1", "H2", Fraction(2, 3)), row("P2", "H1", Fraction(1))]
    assert commands.hold(TWO, rows, SETTING) == (
        Draft(day(1), Holding("P1", "H1", Fraction(1, 3))),
        Draft(day(1), Holding("P1", "H2", Fraction(2, 3))),
    )


def test_hold__shares_must_sum_to_one():
    def sums(*parts):
        return reasons(
            lambda: commands.hold(ONE, [row("P2", f"H{i}", p) for i, p in enumerate(parts)], SETTING)
        )

    assert sums(Fraction(1, 2), Fraction(1, 3)) == [("holdings.csv, line 2", "refused.shares_sum")]
    assert sums(Fraction(2, 3), Fraction(1, 2)) == [("holdings.csv, line 2", "refused.shares_sum")]
    free = [
        row("P2", "H1", Fraction(1, 2)),
        row("P2", "H2", None),
        row("P3", "H1", SquareMetres(Decimal(100))),
    ]
    assert len(commands.hold(ONE, free, SETTING)) == 3


def test_hold__a_part_that_differs_cannot_begin_before_the_known_one():
    late = at((9, holds("P1", "H1", None)))
    earlier = [row("P1", "H1", Fraction(1), since=3)]
    assert reasons(lambda: commands.hold(late, earlier, SETTING)) == [
        ("holdings.csv, line 2", "refused.before_known_holding")
    ]
    assert commands.hold(late, [row("P1", "H1", None, since=3)], SETTING) == ()
    assert len(commands.hold(late, [row("P1", "H1", Fraction(1), since=9)], SETTING)) == 1


@pytest.mark.parametrize("name", ["Nguyen Van A", "Nguyễn", "A\nB", "x" * 41])
def test_hold__a_name_is_no_household_id(name):
    assert (
        reasons(lambda: commands.hold(ONE, [row("P2", name, None)], SETTING))[0][1] == "refused.household_id"
    )


def test_mark__stray_bytes_of_another_encoding_are_refused():
    assert reasons(lambda: commands.mark(ONE, handed("P1", document="BB\udcff"), SETTING)) == [
        ("", "refused.bad_text")
    ]


def test_hold__refuses_bad_rows_all_at_once():
    rows = [
        row("P9", "H1", None),
        row("P1", " ", None),
        row("P1", "H1", None, 40),
        row("P1", "H1", Fraction(1)),
    ]
    assert {message for _, message in reasons(lambda: commands.hold(ONE, rows, SETTING))} == {
        "refused.unknown_parcel",
        "refused.no_household",
        "refused.holding_day",
        "refused.holding_twice",
    }
