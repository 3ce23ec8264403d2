"""Recording money: what is written and marked, what is refused, what is shown."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.accounts import accounts
from gis.ledger.effects import void_effects
from gis.ledger.entry import Draft, Entry
from gis.ledger.facts import BatchOpened, Milestone, Money, Void
from gis.ledger.marks import Mark, mark
from gis.ledger.money import RecordMoney
from gis.ledger.rules import MOST_VND
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state
from gis.ledger.voids import Cancel, void

sys.path.insert(0, str(Path(__file__).parent))
from build import FIRST_MOMENT, day, entries, holds, reaches

SETTING = Setting(parcels={"P1", "P2", "P3"}, starts=day(1), today=day(20), labels={"P1": "1/1"})


def approved(parcel, household, amount):
    return Milestone(parcel, household, "plan_approved", "QĐ 1", amount)


def money(household, act, amount, parcel=None):
    return Money(parcel, household, act, amount, "QĐ 1", None)


def at(*facts):
    ledger = entries(*facts)
    return state(ledger, day(20), len(ledger))


def written(known, request):
    """The state after a request, its drafts being written as one."""
    drafts = request.decide(known, SETTING)
    later = [
        Entry(known.known + n, d.on, FIRST_MOMENT, "lan", "r", n, d.fact) for n, d in enumerate(drafts, 1)
    ]
    return advance(known, later), drafts


def problems(known, request):
    with pytest.raises(RefusedError) as refused:
        request.decide(known, SETTING)
    return [(problem.source, problem.message) for problem in refused.value.problems]


ONE = at((1, holds("P1", "H1")), (1, holds("P2", "H1")), (2, approved("P1", "H1", 100)))


def pay(amount, act="paid", on=5, household="H1", document="BK 1", **more):
    return RecordMoney(household, act, amount, day(on), document, **more)


def test_record_money__a_partial_payment_marks_nothing():
    assert pay(60).decide(ONE, SETTING) == (Draft(day(5), Money(None, "H1", "paid", 60, "BK 1", None)),)


def test_record_money__what_completes_the_approval_marks_the_approved_holdings():
    now, drafts = written(ONE, pay(100))
    assert [d.fact for d in drafts] == [
        Money(None, "H1", "paid", 100, "BK 1", None),
        Milestone("P1", "H1", "paid", "BK 1", None),  # P2 has no approval: nothing says it is paid
    ]
    assert accounts(now)["H1"].paid == 100  # the milestone carries no amount


def test_record_money__the_rest_after_a_part_and_for_the_household_as_a_whole():
    whole = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (2, money("H1", "approved", 100)),
        (3, money("H1", "paid", 40)),
    )
    _, drafts = written(whole, pay(60))
    assert [d.fact.parcel for d in drafts] == [None, "P1", "P2"]


def test_record_money__one_parcel_whose_own_money_is_all_paid():
    both = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H1")),
        (2, approved("P1", "H1", 100)),
        (2, approved("P2", "H1", 50)),
    )
    _, drafts = written(both, pay(50, parcel="P2"))
    assert [(d.fact.parcel, d.fact.kind) for d in drafts] == [("P2", "money"), ("P2", "milestone")]
    _, drafts = written(both, pay(49, parcel="P2"))
    assert len(drafts) == 1


def test_record_money__a_deposit_never_marks_and_its_last_withdrawal_does():
    deposited, drafts = written(ONE, pay(100, "deposited"))
    assert len(drafts) == 1
    part, drafts = written(deposited, pay(30, "withdrawn", 6))
    assert len(drafts) == 1
    assert (accounts(part)["H1"].paid, accounts(part)["H1"].deposited) == (30, 70)
    done, drafts = written(part, pay(70, "withdrawn", 7))
    assert [d.fact.kind for d in drafts] == ["money", "milestone"]
    assert (accounts(done)["H1"].remaining, accounts(done)["H1"].deposited) == (0, 0)


def test_record_money__a_payment_beside_a_deposit_that_is_still_there_marks_nothing():
    deposited, _ = written(ONE, pay(40, "deposited"))
    _, drafts = written(deposited, pay(60))
    assert len(drafts) == 1


def test_record_money__a_holding_marked_before_is_not_marked_again():
    marked = at((1, holds("P1", "H1")), (2, approved("P1", "H1", 100)), (3, reaches("P1", "H1", "paid")))
    assert len(pay(100).decide(marked, SETTING)) == 1


def test_record_money__a_merged_household_is_one():
    two = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H2")),
        (2, approved("P1", "H1", 100)),
        (3, money("H2", "deposited", 100)),
    )
    aliases = {"H2": "H1"}
    assert problems(two, pay(100, "withdrawn")) == [("", "refused.beyond_deposit")]
    _, drafts = written(two, pay(100, "withdrawn", aliases=aliases))
    assert [(d.fact.kind, d.fact.household) for d in drafts] == [("money", "H1"), ("milestone", "H1")]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (pay(0), "refused.money_amount"),
        (pay(-5), "refused.money_amount"),
        (pay(MOST_VND + 1), "refused.money_amount"),
        (pay(-5, "approved"), "refused.less_approved"),
        (pay(5, "lent"), "refused.unknown_act"),
        (pay(5, on=21), "refused.future_day"),
        (pay(5, on=0), "refused.early_day"),
        (pay(5, document="BK\udcff"), "refused.bad_text"),
        (pay(5, document="B" * 81), "refused.document_number"),
        (pay(5, household="H7"), "refused.never_held"),
        (pay(5, parcel="P3"), "refused.never_held_parcel"),
        (pay(5, parcel="P9"), "refused.unknown_parcel"),
        (pay(5, batch="D9"), "refused.unknown_batch"),
        (pay(5, seen=2), "refused.money_since_seen"),
        (pay(1, "withdrawn"), "refused.beyond_deposit"),
    ],
)
def test_record_money__refuses(request_, message):
    assert message in [found for _, found in problems(ONE, request_)]


def test_record_money__every_reason_at_once():
    assert problems(ONE, pay(0, household="H7", on=21, batch="D9")) == [
        ("", "refused.money_amount"),
        ("", "refused.future_day"),
        ("", "refused.unknown_batch"),
        ("", "refused.never_held"),
    ]


def test_record_money__who_held_the_land_once_may_be_paid_but_not_before():
    sold = at(
        (3, holds("P1", "H1")), (4, approved("P1", "H1", 100)), (6, holds("P1", "H2", Fraction(1), "H1"))
    )
    assert pay(100, on=9, parcel="P1").decide(sold, SETTING)
    assert problems(sold, pay(5, on=2, parcel="P1")) == [("1/1", "refused.before_holding")]
    assert problems(sold, pay(5, on=2)) == [("", "refused.before_any_holding")]


def test_record_money__a_backdated_withdrawal_takes_nothing_that_a_later_one_took():
    known = at((1, holds("P1", "H1")), (2, money("H1", "deposited", 50)), (8, money("H1", "withdrawn", 40)))
    assert problems(known, pay(11, "withdrawn", on=4)) == [("", "refused.beyond_deposit")]
    assert pay(10, "withdrawn", on=4).decide(known, SETTING)
    assert problems(known, pay(1, "withdrawn", on=1)) == [("", "refused.beyond_deposit")]


def test_record_money__warns_and_keeps():
    def told(known, request):
        return [w.message for w in request.decide(known, SETTING)[0].warnings]

    bare = at((1, holds("P1", "H1")))
    assert told(bare, pay(5)) == ["warning.money_without_approval"]
    assert told(bare, pay(5, "approved", document=" ")) == ["warning.money_document"]
    (warning,) = pay(130, "deposited").decide(ONE, SETTING)[0].warnings
    assert (warning.message, warning.severity) == ("warning.money_beyond_approval", "warning")
    assert (warning.facts["approved"], warning.facts["settled"], warning.facts["beyond"]) == (100, 130, 30)
    supplement, _ = written(ONE, pay(50, "approved", on=9))
    assert told(supplement, pay(120, on=8)) == ["warning.money_before_approval"]
    assert told(supplement, pay(120, on=9)) == []


def test_record_money__its_batch_must_be_there():
    known = at(
        (1, holds("P1", "H1")),
        (1, BatchOpened("D1", "Đợt 1", None, "luat-2024")),
        (2, approved("P1", "H1", 9)),
    )
    (draft,) = pay(5, batch="D1").decide(known, SETTING)
    assert draft.fact.batch == "D1"


def test_record_money__sent_twice_is_the_same_request():
    now, _ = written(ONE, pay(100))
    sent = [e for entries_ in now.history.values() for e in entries_ if e.seq > ONE.known]
    assert pay(100).is_repeated_by(sent)
    assert not pay(99).is_repeated_by(sent)
    assert not pay(100, on=6).is_repeated_by(sent)


def test_mark__paid_beyond_what_is_approved_is_shown():
    def told(amount, parcels=("P1",)):
        drafts = mark(ONE, Mark(parcels, "paid", day(5), "BK", amount_vnd=amount), SETTING)
        return {w.message for d in drafts for w in d.warnings if "money" in w.message}

    assert told(100) == set()
    assert told(101) == {"warning.money_beyond_approval"}
    assert told(51, ("P1", "P2")) == {"warning.money_beyond_approval"}
    assert told(None) == set()


def test_void__a_deposit_that_was_withdrawn_goes_only_together_with_the_withdrawal():
    known = at((1, holds("P1", "H1")), (2, money("H1", "deposited", 50)), (8, money("H1", "withdrawn", 40)))
    assert problems(known, Cancel((2,), "nhầm")) == [("2", "refused.void_overdrawn")]
    assert len(void(known, [2, 3])) == 2
    assert not void_effects(known, [Draft(None, Void(None, 3))])


MERGED = replace(SETTING, aliases={"H2": "H1"})


def test_mark__paid_beyond_what_is_approved_counts_both_ids_of_people_entered_twice():
    """100 approved for H1, 20 paid to H2: 80 are left for P1 and P2 together, 40 for each."""
    two = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H2")),
        (2, approved("P1", "H1", 100)),
        (3, money("H2", "paid", 20)),
    )

    def told(amount, setting, parcels=("P1", "P2"), **more):
        drafts = mark(two, Mark(parcels, "paid", day(5), "BK", amount_vnd=amount, **more), setting)
        return [(w.message, w.facts["household"]) for d in drafts for w in d.warnings if "money" in w.message]

    beyond = "warning.money_beyond_approval"
    assert told(40, MERGED) == []
    assert told(41, MERGED) == [(beyond, "H1"), (beyond, "H2")]
    assert told(41, SETTING) == [("warning.money_without_approval", "H2")]
    assert told(80, MERGED, ("P1",), household="H1") == []
    assert told(81, MERGED, ("P1",), household="H1") == [(beyond, "H1")]


def test_void__a_deposit_that_was_withdrawn_under_the_other_id_stays():
    known = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H2")),
        (2, money("H1", "deposited", 50)),
        (8, money("H2", "withdrawn", 40)),
    )
    with pytest.raises(RefusedError) as refused:
        Cancel((3,), "wrong").decide(known, MERGED)
    (problem,) = refused.value.problems
    assert (problem.source, problem.message) == ("3", "refused.void_overdrawn")
    assert problem.facts == {"household": "H1", "entries": "4"}
    assert len(Cancel((3, 4), "wrong").decide(known, MERGED)) == 2


def test_void__an_approval_that_the_other_id_was_paid_by_is_odd():
    known = at(
        (1, holds("P1", "H1")),
        (1, holds("P2", "H2")),
        (2, money("H1", "approved", 50)),
        (8, money("H2", "paid", 40)),
    )
    (draft,) = Cancel((3,), "wrong").decide(known, MERGED)
    assert [(w.message, w.facts["household"], w.facts["beyond"]) for w in draft.warnings] == [
        ("warning.void_overpaid", "H1", 40)
    ]
    assert Cancel((3,), "wrong").decide(known, SETTING)[0].warnings == ()
