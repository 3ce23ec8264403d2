"""What is written, and every reason why nothing is."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Attachment, Draft
from gis.ledger.facts import Milestone, Void
from gis.ledger.marks import Correct, Mark, correct, mark
from gis.ledger.setting import Setting
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import (
    ONE,
    SETTING,
    TWO,
    at,
    day,
    entries,
    handed,
    holds,
    lists,
    opens,
    reaches,
    reasons,
    removes,
    voids,
    waives,
)


def test_mark__one_parcel_with_one_holding():
    (draft,) = mark(ONE, handed("P1"), SETTING)
    assert (draft.on, draft.fact) == (day(5), Milestone("P1", "H1", "handed_over", "BB-9", None))


def test_mark__a_parcel_named_twice_is_marked_once():
    assert len(mark(ONE, handed("P1", "P1"), SETTING)) == 1


def test_mark__several_holdings_need_a_choice_and_the_refusal_lists_them():
    with pytest.raises(RefusedError) as refused:
        mark(TWO, handed("P1"), SETTING)
    assert refused.value.problems[0].facts == {"count": 2, "households": "H1, H2"}
    both = mark(TWO, handed("P1", "P2", all_holdings=True), SETTING)
    assert [(d.fact.parcel, d.fact.household) for d in both] == [("P1", "H1"), ("P1", "H2"), ("P2", "H1")]
    one = mark(TWO, handed("P1", "P2", household="H1"), SETTING)
    assert [(d.fact.parcel, d.fact.household) for d in one] == [("P1", "H1"), ("P2", "H1")]


def test_mark__all_holdings_means_those_that_have_not_handed_over_yet():
    halves = [(1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2)))]
    half_done = at(*halves, (3, reaches("P1", "H1", "handed_over")))
    rest = mark(half_done, handed("P1", all_holdings=True), SETTING)
    assert [draft.fact.household for draft in rest] == ["H2"]
    done = at(*halves, *((3, reaches("P1", name, "handed_over")) for name in ("H1", "H2")))
    again = reasons(lambda: mark(done, handed("P1", all_holdings=True), SETTING))
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
        (handed("P1", batch="D9"), "refused.unknown_batch"),
        (Mark(("P1",), "paid", day(5), "x", amount_vnd=10**17), "refused.bad_amount"),
    ],
)
def test_mark__refuses(request_, message):
    assert reasons(lambda: mark(ONE, request_, SETTING))[0][1] == message


def test_mark__all_reasons_at_once_and_nothing_written():
    assert reasons(lambda: mark(ONE, handed("P1", "P9", "P3", on=21, document=None), SETTING)) == [
        ("", "refused.future_day"),
        ("", "refused.missing_minutes"),
        ("P9", "refused.unknown_parcel"),
        ("P3", "refused.no_holding"),
    ]


def test_mark__today_and_the_first_day_are_allowed():
    assert mark(ONE, handed("P1", on=20), SETTING)
    assert mark(ONE, handed("P1", on=1), SETTING)


def test_mark__a_milestone_is_reached_once_but_payments_repeat():
    done = at(
        (1, holds("P1", "H1")), (3, reaches("P1", "H1", "handed_over")), (3, reaches("P1", "H1", "paid"))
    )
    assert reasons(lambda: mark(done, handed("P1"), SETTING)) == [("P1", "refused.already_reached")]
    assert mark(done, Mark(("P1",), "paid", day(6), "BK-2", amount_vnd=5), SETTING)


def test_mark__after_a_void_it_may_be_marked_anew():
    undone = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "handed_over")), (None, voids("P1", 2)))
    assert mark(undone, handed("P1"), SETTING)


def test_mark__not_before_the_household_held_it():
    late = at((9, holds("P1", "H1")))
    assert reasons(lambda: mark(late, handed("P1", on=8), SETTING)) == [("P1", "refused.before_holding")]


def test_mark__refused_when_somebody_wrote_since_it_was_seen():
    seen_three = {"P1": 3, "P2": 3}
    assert mark(TWO, handed("P1", all_holdings=True, seen=seen_three), SETTING)
    rival = at(
        (1, holds("P1", "H1", Fraction(1, 2))),
        (1, holds("P1", "H2", Fraction(1, 2))),
        (1, holds("P2", "H1")),
        (2, reaches("P1", "H2", "paid")),
    )
    mine = handed("P1", household="H1", seen=seen_three)
    assert mark(rival, mine, SETTING)  # the rival wrote of the other household
    theirs = handed("P1", household="H2", seen=seen_three)
    with pytest.raises(RefusedError) as refused:
        mark(rival, theirs, SETTING)
    problem = refused.value.problems[0]
    assert (problem.message, problem.facts["by"], problem.facts["seq"]) == (
        "refused.written_since_seen",
        "lan",
        4,
    )


def test_mark__an_obstacle_opened_since_it_was_seen_refuses_too():
    stuck = at((1, holds("P1", "H1")), (2, opens("P1")))
    assert reasons(lambda: mark(stuck, handed("P1", seen={"P1": 1}), SETTING)) == [
        ("P1", "refused.written_since_seen")
    ]
    assert mark(stuck, handed("P1", seen={"P1": 2}), SETTING)


def test_correct__a_void_and_the_right_milestone_together():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "handed_over", "BB-1")))
    assert correct(marked, 2, day(4), " BB-2 ", SETTING) == (
        Draft(None, Void("P1", 2)),
        Draft(day(4), Milestone("P1", "H1", "handed_over", "BB-2", None)),
    )
    assert reasons(lambda: correct(marked, 2, day(30), "", SETTING)) == [
        ("", "refused.future_day"),
        ("", "refused.missing_minutes"),
    ]
    assert reasons(lambda: correct(marked, 1, day(4), "BB", SETTING))[0][1] == "refused.void_carries"


def test_correct__its_reason_goes_with_the_void_alone():
    marked = at((1, holds("P1", "H1")), (3, reaches("P1", "H1", "paid")))
    drafts = Correct(2, day(4), None, " wrong day ").decide(marked, SETTING)
    assert [draft.words for draft in drafts] == [(("note", "wrong day"),), ()]


def test_mark__warns_of_what_is_odd_and_writes_it():
    stuck = at((1, holds("P1", "H1")), (2, opens("P1")), (6, reaches("P1", "H1", "recovered")))
    (draft,) = mark(stuck, handed("P1", on=5), SETTING)
    assert [(w.message, w.severity) for w in draft.warnings] == [
        ("warning.out_of_order", "warning"),
        ("warning.days_out_of_order", "warning"),
        ("warning.open_obstacle", "warning"),
    ]
    assert draft.warnings[0].facts["missing"] == "notified, inventoried, plan_published, plan_approved, paid"


def test_mark__a_scan_of_the_minutes_stands_for_their_number():
    scan = Attachment("a" * 64, "application/pdf", 10)
    (draft,) = mark(ONE, handed("P1", document=None, attachments=(scan,)), SETTING)
    assert (draft.attachments, draft.fact.document) == ((scan,), None)


def test_mark__stray_bytes_of_another_encoding_are_refused():
    assert reasons(lambda: mark(ONE, handed("P1", document="BB\udcff"), SETTING)) == [
        ("", "refused.bad_text")
    ]


LISTED = Setting(
    parcels={"P1"},
    starts=day(1),
    today=day(20),
    milestones=("notified", "meeting", "inventoried", "handed_over"),
    optional=("meeting",),
)


def test_mark__the_projects_own_list_says_what_there_is_and_what_comes_before():
    (draft,) = mark(ONE, Mark(("P1",), "meeting", day(5)), LISTED)
    assert (draft.fact.milestone, [w.facts["missing"] for w in draft.warnings]) == ("meeting", ["notified"])
    (draft,) = mark(ONE, handed("P1"), LISTED)
    assert draft.warnings[0].facts["missing"] == "notified, inventoried"  # an optional one may be left out
    assert reasons(lambda: mark(ONE, Mark(("P1",), "paid", day(5)), LISTED)) == [
        ("", "refused.unknown_milestone")
    ]
    assert reasons(lambda: mark(ONE, Mark(("P1",), "meeting", day(5)), SETTING)) == [
        ("", "refused.unknown_milestone")
    ]


def test_mark__a_waived_milestone_is_not_missed_and_one_reached_after_all_is_odd():
    waived = at((1, holds("P1", "H1")), (2, waives("P1", "H1", "meeting")))
    (draft,) = mark(waived, Mark(("P1",), "inventoried", day(5)), LISTED)
    assert draft.warnings[0].facts["missing"] == "notified"
    (draft,) = mark(waived, Mark(("P1",), "meeting", day(5)), LISTED)
    assert [w.message for w in draft.warnings] == ["warning.out_of_order", "warning.waived_before"]


def test_mark__a_hand_over_with_objects_left_is_not_yet_clean_land():
    """Three graves of the parcel less one that is moved, four of H1's own trees, not those of H2."""
    halves = [(1, holds("P1", name, Fraction(1, 2))) for name in ("H1", "H2")]
    full = at(
        *halves,
        (2, lists("P1", "grave_earth", 2)),
        (2, lists("P1", "grave_earth", 1)),
        (2, lists("P1", "tree", 4, "H1")),
        (2, lists("P1", "pole", 9, "H2")),
        (3, removes("P1", 3, 1)),
    )
    (draft,) = mark(full, handed("P1", household="H1"), SETTING)
    left = [w.facts for w in draft.warnings if w.message == "warning.objects_left"]
    assert left == [{"category": "grave_earth", "count": 2}, {"category": "tree", "count": 4}]


def test_mark__warns_of_what_somebody_left_behind_who_no_longer_holds():
    """H1's graves and obstacle stay on the parcel that H3 bought from it."""
    sold = at(
        (1, holds("P1", "H1")),
        (2, opens("P1", "price", "H1")),
        (2, lists("P1", "grave_earth", 2, "H1")),
        (4, holds("P1", "H3", Fraction(1), "H1")),
    )
    (draft,) = mark(sold, handed("P1"), SETTING)
    assert [w.message for w in draft.warnings] == [
        "warning.out_of_order",
        "warning.open_obstacle",
        "warning.objects_left",
    ]


def test_correct__keeps_what_nobody_corrects():
    scan = Attachment("a" * 64, "application/pdf", 10)
    paid = Milestone("P1", "H1", "paid", "BK-1", 7_000, "D1", day(2))
    ledger = entries((1, holds("P1", "H1")), (3, paid))
    ledger[1] = replace(ledger[1], attachments=(scan,))
    _, renewed = correct(state(ledger, day(20), 99), 2, day(4), "BK-2", SETTING)
    assert renewed.fact == replace(paid, document="BK-2")
    assert renewed.attachments == (scan,)


def test_correct__not_to_a_day_on_which_the_household_did_not_hold_the_parcel():
    """H1 handed over on day 3 and sold on day 5: on day 7 the land was no longer H1's to hand over."""
    sold = at(
        (2, holds("P1", "H1")),
        (3, reaches("P1", "H1", "handed_over", "BB-1")),
        (5, holds("P1", "H2", Fraction(1), "H1")),
    )
    assert reasons(lambda: correct(sold, 2, day(7), "BB-1", SETTING)) == [("P1", "refused.not_a_holder_on")]
    assert reasons(lambda: correct(sold, 2, day(1), "BB-1", SETTING)) == [("P1", "refused.not_a_holder_on")]
    assert [draft.on for draft in correct(sold, 2, day(4), "BB-1", SETTING)] == [None, day(4)]


def test_correct__to_a_day_before_what_usually_comes_first_is_odd_and_written():
    told = at(
        (1, holds("P1", "H1")),
        (3, reaches("P1", "H1", "notified")),
        (4, reaches("P1", "H1", "inventoried")),
    )
    _, renewed = correct(told, 3, day(2), None, SETTING)
    assert [warning.message for warning in renewed.warnings] == ["warning.days_out_of_order"]


def test_mark__no_land_goes_to_the_investor_before_its_holder_handed_it_over():
    given = Mark(("P1",), "delivered", day(5), "BB-1")
    assert reasons(lambda: mark(ONE, given, SETTING)) == [("P1", "refused.delivered_unhanded")]
    later = at((1, holds("P1", "H1")), (6, reaches("P1", "H1", "handed_over")))
    assert reasons(lambda: mark(later, given, SETTING)) == [("P1", "refused.delivered_before_handover")]
    assert mark(later, replace(given, on=day(6)), SETTING)


def test_mark__who_has_left_is_refused_with_the_days_of_the_holding():
    """H1 held P1 on days 1 to 9; a second spell would be told instead of the first."""
    left = [(1, holds("P1", "H1")), (10, holds("P1", "H2", Fraction(1), "H1"))]

    def told(*facts):
        with pytest.raises(RefusedError) as refused:
            mark(at(*facts), handed("P1", household="H1"), SETTING)
        (problem,) = refused.value.problems
        return problem.message, problem.facts["since"], problem.facts["until"]

    assert told(*left) == ("refused.held_before", "2026-01-01", "2026-01-10")
    again = [(12, holds("P1", "H1", Fraction(1), "H2")), (15, holds("P1", "H3", Fraction(1), "H1"))]
    assert told(*left, *again) == ("refused.held_before", "2026-01-12", "2026-01-15")


def test_is_repeated_by__the_same_mark_and_no_other():
    scan = Attachment("0" * 64, "image/jpeg", 1)
    written = entries((5, Milestone("P1", "H1", "handed_over", "BB-9"), "r"))
    asked = handed("P1")
    assert asked.is_repeated_by(written)
    assert replace(asked, household="H1").is_repeated_by(written)
    others = (
        replace(asked, parcels=("P1", "P2")),
        replace(asked, document="BB-8"),
        replace(asked, household="H2"),
        replace(asked, amount_vnd=5),
        replace(asked, batch="D1"),
        replace(asked, attachments=(scan,)),
        replace(asked, on=day(6)),
        replace(asked, milestone="paid"),
    )
    assert not any(one.is_repeated_by(written) for one in others)
    with_scan = [replace(entry, attachments=(scan,)) for entry in written]
    assert asked.is_repeated_by(with_scan)  # a second click after the fields were emptied


def test_is_repeated_by__the_same_correction_and_no_other():
    written = entries((None, Void("P1", 2)), (4, Milestone("P1", "H1", "handed_over", "BB-2")))
    asked = Correct(2, day(4), "BB-2 ", "sai số")
    assert asked.is_repeated_by(written)
    others = (replace(asked, target=1), replace(asked, on=day(5)), replace(asked, document="BB-3"))
    assert not any(one.is_repeated_by(written) for one in others)
