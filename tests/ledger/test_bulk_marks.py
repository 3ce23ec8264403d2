"""One milestone for everything that was chosen: skipped, refused, all or nothing."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from gis.ledger.bulk_marks import Chosen, MarkChosen, examine
from gis.ledger.entry import Attachment
from gis.ledger.facts import Milestone

sys.path.insert(0, str(Path(__file__).parent))
from build import ONE, SETTING, TWO, at, day, entries, holds, opens, reaches, reasons

SCAN = Attachment("0" * 64, "application/pdf", 1)


def wanted(*parcels, seen=99, milestone="handed_over", document="BB-9", on=5, **more):
    chosen = tuple(one if isinstance(one, Chosen) else Chosen(one, seen) for one in parcels)
    return MarkChosen(chosen, milestone, day(on), document, **more)


def facts(drafts):
    return [(draft.fact.parcel, draft.fact.household, draft.fact.milestone) for draft in drafts]


def told(problems):
    return [(one.source, one.message) for one in problems]


def test_decide__marks_every_holding_of_every_parcel():
    drafts = wanted("P1", "P2", batch=None).decide(TWO, SETTING)
    assert facts(drafts) == [
        ("P1", "H1", "handed_over"),
        ("P1", "H2", "handed_over"),
        ("P2", "H1", "handed_over"),
    ]
    assert {(draft.on, draft.fact.document) for draft in drafts} == {(day(5), "BB-9")}


def test_decide__of_a_household_only_its_own_part():
    drafts = wanted(Chosen("P1", 99, frozenset({"H2", "H9"}))).decide(TWO, SETTING)
    assert facts(drafts) == [("P1", "H2", "handed_over")]
    assert reasons(lambda: wanted(Chosen("P2", 99, frozenset({"H2"}))).decide(TWO, SETTING)) == [
        ("P2", "refused.not_a_holder")
    ]


def test_examine__what_has_the_milestone_is_skipped_and_the_rest_marked():
    state = at(
        (1, holds("P1", "H1", Fraction(1, 2))),
        (1, holds("P1", "H2", Fraction(1, 2))),
        (2, reaches("P1", "H1", "handed_over", "BB-1")),
    )
    found = examine(state, wanted("P1"), SETTING)
    assert (facts(found.drafts), found.refused) == ([("P1", "H2", "handed_over")], ())
    (skipped,) = found.skipped
    assert (skipped.message, skipped.facts["seq"], skipped.facts["document"]) == (
        "warning.marked_before",
        3,
        "BB-1",
    )


def test_examine__a_milestone_that_may_come_twice_is_skipped_too():
    state = at((1, holds("P1", "H1")), (2, reaches("P1", "H1", "paid", "BK-1")))
    found = examine(state, wanted("P1", milestone="paid"), SETTING)
    assert (found.drafts, told(found.skipped)) == ((), [("P1", "warning.marked_before")])
    assert reasons(lambda: wanted("P1", milestone="paid").decide(state, SETTING)) == [
        ("", "refused.nothing_left_to_mark")
    ]


def test_decide__one_parcel_that_cannot_be_marked_refuses_all_with_every_reason():
    state = at((1, holds("P1", "H1")), (9, holds("P2", "H1")))
    assert reasons(lambda: wanted("P1", "P2", "P3", "P7").decide(state, SETTING)) == [
        ("P2", "refused.before_holding"),
        ("P3", "refused.no_holding"),
        ("P7", "refused.unknown_parcel"),
    ]


def test_decide__what_somebody_wrote_since_is_told_first_with_who_and_when():
    state = at((1, holds("P1", "H1")), (1, holds("P2", "H2")), (3, reaches("P2", "H2", "handed_over")))
    found = examine(state, wanted("P1", "P2", seen=2), SETTING)
    assert (told(found.refused), found.skipped) == ([("P2", "refused.written_since_seen")], ())
    assert {name: found.refused[0].facts[name] for name in ("by", "seq")} == {"by": "lan", "seq": 3}
    assert told(examine(state, wanted("P1", "P2", seen=3), SETTING).refused) == []


def test_decide__a_hand_over_needs_minutes_by_number_or_scan():
    assert reasons(lambda: wanted("P1", document=" ").decide(ONE, SETTING)) == [
        ("", "refused.missing_minutes")
    ]
    (draft,) = wanted("P1", document=None, attachments=(SCAN,)).decide(ONE, SETTING)
    assert (draft.fact.document, draft.attachments) == (None, (SCAN,))


def test_decide__nothing_chosen_an_unknown_batch_and_a_future_day():
    assert reasons(lambda: wanted().decide(ONE, SETTING)) == [("", "refused.nothing_named")]
    assert reasons(lambda: wanted("P1", batch="D7").decide(ONE, SETTING)) == [("", "refused.unknown_batch")]
    assert reasons(lambda: wanted("P1", on=21).decide(ONE, SETTING)) == [("", "refused.future_day")]


def test_decide__warns_and_does_not_block():
    state = at((1, holds("P1", "H1")), (2, opens("P1")))
    (draft,) = wanted("P1").decide(state, SETTING)
    assert {one.message for one in draft.warnings} == {"warning.out_of_order", "warning.open_obstacle"}


def test_is_repeated_by__the_same_request():
    written = entries((5, Milestone("P1", "H1", "handed_over", "BB-9"), "r"))
    assert wanted("P1", "P2").is_repeated_by(written)
    assert not wanted("P2").is_repeated_by(written)
    assert not wanted("P1", document="BB-8").is_repeated_by(written)
    assert not wanted("P1", on=6).is_repeated_by(written)
    assert not wanted("P1", milestone="paid").is_repeated_by(written)
    assert not wanted("P1", batch="D1").is_repeated_by(written)
    assert not wanted("P1", attachments=(SCAN,)).is_repeated_by(written)
    assert not wanted(Chosen("P1", 99, frozenset({"H2"}))).is_repeated_by(written)
    assert wanted(Chosen("P1", 99, frozenset({"H1"}))).is_repeated_by(written)


def test_chosen__twice_is_what_either_means_as_first_seen():
    whole, part = Chosen("P1", 5), Chosen("P1", 3, frozenset({"H1"}))
    assert part.with_(whole) == Chosen("P1", 3)
    assert whole.with_(replace(part, seen=9)) == Chosen("P1", 5)
