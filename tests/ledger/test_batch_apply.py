"""Applying a document: one mark for each holding, money once a household, all or nothing."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import RefusedError
from gis.ledger.batch_apply import ApplyDocument, Listed, applications, examine, money_total
from gis.ledger.batches import batches
from gis.ledger.entry import Entry
from gis.ledger.facts import BatchDocument, BatchJoined, BatchOpened, Milestone, Money
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state

sys.path.insert(0, str(Path(__file__).parent))
from build import FIRST_MOMENT, day, entries, holds, reaches, voids

PARCELS = {"P1", "P2", "P3", "P4"}
SETTING = Setting(parcels=PARCELS, starts=day(1), today=day(60))
MERGED = replace(SETTING, aliases={"H3": "H1"})
HALF = Fraction(1, 2)
# Document entries 8 (notice), 9 (decision), 10 (payment list), 11 (hand-over minutes).
WORLD = [
    (1, holds("P1", "H1")),
    (1, holds("P2", "H1", HALF)),
    (1, holds("P2", "H2", HALF)),
    (1, holds("P3", "H3")),
    (2, BatchOpened("D1", "Đợt 1", None, "luat-2024")),
    (2, BatchJoined("D1", "H1", left=False)),
    (2, BatchJoined("D1", "H2", left=False)),
    (5, BatchDocument("D1", "notified", "TB 1", None)),
    (20, BatchDocument("D1", "plan_approved", "QĐ 2", day(25))),
    (30, BatchDocument("D1", "paid", "BK 3", None)),
    (40, BatchDocument("D1", "handed_over", "BB 4", None)),
]
NOTICE, DECISION, PAYMENT, MINUTES = 8, 9, 10, 11


def at(*more):
    ledger = entries(*WORLD, *more)
    return state(ledger, day(60), len(ledger))


def applies(document, *listed, **more):
    rows = [
        one if isinstance(one, Listed) else Listed(one, None, f"line {n}") for n, one in enumerate(listed, 1)
    ]
    return ApplyDocument("D1", document, tuple(rows), **more)


def written(now, request, setting=SETTING):
    """The state after the request's drafts are in the ledger."""
    drafts = request.decide(now, setting)
    more = [
        Entry(now.known + n, draft.on, FIRST_MOMENT, "lan", "apply", n - 1, draft.fact)
        for n, draft in enumerate(drafts, 1)
    ]
    return advance(now, more), more


def reasons(request, now, setting=SETTING):
    with pytest.raises(RefusedError) as refused:
        request.decide(now, setting)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def test_apply__a_mark_for_each_holding_of_each_household():
    drafts = applies(NOTICE, "H1", "H2").decide(at(), SETTING)
    assert [(draft.on, draft.fact) for draft in drafts] == [
        (day(5), Milestone("P1", "H1", "notified", "TB 1", None, "D1")),
        (day(5), Milestone("P2", "H1", "notified", "TB 1", None, "D1")),
        (day(5), Milestone("P2", "H2", "notified", "TB 1", None, "D1")),
    ]


def test_apply__only_parcels_of_the_batch():
    request = applies(NOTICE, "H1", "H2", parcels={"P1"})
    assert reasons(request, at()) == [("line 2", "refused.no_land_in_batch")]
    (draft,) = applies(NOTICE, "H1", parcels={"P1"}).decide(at(), SETTING)
    assert draft.fact.parcel == "P1"


def test_apply__money_once_a_household_and_none_on_the_marks():
    request = applies(DECISION, Listed("H1", 45_872_000, "line 1"), Listed("H2", None, "line 2"))
    drafts = request.decide(at(), SETTING)
    marks = [draft.fact for draft in drafts if isinstance(draft.fact, Milestone)]
    money = [(draft.on, draft.fact) for draft in drafts if isinstance(draft.fact, Money)]
    assert [(fact.parcel, fact.household, fact.amount_vnd) for fact in marks] == [
        ("P1", "H1", None),
        ("P2", "H1", None),
        ("P2", "H2", None),
    ]
    assert money == [(day(20), Money(None, "H1", "approved", 45_872_000, "QĐ 2", "D1"))]
    assert money_total(drafts) == 45_872_000


def test_apply__one_unknown_household_refuses_all_and_every_line_is_named():
    request = applies(NOTICE, "H1", "H9", "H3", "H8")
    assert reasons(request, at()) == [
        ("line 2", "refused.household_unknown"),
        ("line 3", "refused.not_a_member"),
        ("line 4", "refused.household_unknown"),
    ]


def test_apply__what_was_marked_before_is_skipped_with_a_line():
    now = at((4, reaches("P1", "H1", "notified", "TB 0")))
    found = examine(now, applies(NOTICE, "H1"), SETTING)
    assert [draft.fact.parcel for draft in found.drafts] == ["P2"]
    ((skipped),) = found.skipped
    assert (skipped.source, skipped.message, skipped.severity) == ("P1", "warning.marked_before", "warning")
    assert (skipped.facts["seq"], skipped.facts["document"]) == (12, "TB 0")


def test_apply__a_notice_sent_again_is_marked_only_where_that_is_asked():
    now = at((4, reaches("P1", "H1", "notified", "TB 0")), (4, reaches("P2", "H1", "notified", "TB 0")))
    assert reasons(applies(NOTICE, "H1"), now) == [("", "refused.nothing_to_apply")]
    drafts = applies(NOTICE, "H1", renewed=True).decide(now, SETTING)
    assert [(draft.on, draft.fact.document) for draft in drafts] == [(day(5), "TB 1")] * 2
    # An older notice never counts as a newer one.
    later = at((6, reaches("P1", "H1", "notified", "TB 2")), (6, reaches("P2", "H1", "notified", "TB 2")))
    assert reasons(applies(NOTICE, "H1", renewed=True), later) == [("", "refused.nothing_to_apply")]


def test_apply__a_supplement_is_marked_though_there_is_an_approval():
    now = at((10, reaches("P1", "H1", "plan_approved", "QĐ 1")))
    drafts = applies(DECISION, "H1").decide(now, SETTING)
    assert [draft.fact.parcel for draft in drafts] == ["P1", "P2"]


def test_apply__the_same_decision_twice_writes_only_what_is_missing():
    first = applies(DECISION, "H1")
    now, _ = written(at(), first)
    assert reasons(first, now) == [("", "refused.nothing_to_apply")]
    with_money = applies(DECISION, Listed("H1", 7_000_000))
    (money,) = with_money.decide(now, SETTING)
    assert money.fact == Money(None, "H1", "approved", 7_000_000, "QĐ 2", "D1")
    after, _ = written(now, with_money)
    assert [p.message for p in examine(after, with_money, SETTING).skipped] == [
        "warning.money_before",
        "warning.marked_before",
        "warning.marked_before",
    ]
    other = applies(DECISION, Listed("H1", 8_000_000, "line 1"))
    assert reasons(other, after) == [("line 1", "refused.money_differs")]


def test_apply__money_on_a_mark_of_the_same_decision_is_not_counted_twice():
    now = at((20, Milestone("P1", "H1", "plan_approved", "QĐ 2", 5_000_000)))
    found = examine(now, applies(DECISION, Listed("H1", 5_000_000)), SETTING)
    assert money_total(found.drafts) == 0
    assert [draft.fact.parcel for draft in found.drafts] == ["P2"]


def test_apply__a_payment_beyond_what_is_approved_is_warned_of():
    now = at((20, Money(None, "H1", "approved", 100, "QĐ 2", "D1")))
    exact = applies(PAYMENT, Listed("H1", 100)).decide(now, SETTING)
    beyond = applies(PAYMENT, Listed("H1", 101)).decide(now, SETTING)
    assert [draft.fact.kind for draft in exact] == ["milestone", "milestone", "money"]
    assert exact[-1].warnings == ()
    assert [warning.message for warning in beyond[-1].warnings] == ["warning.money_beyond_approval"]


def test_apply__a_partial_payment_records_its_money_and_no_milestone():
    now = at((20, Money(None, "H1", "approved", 100, "QĐ 2", "D1")))
    request = applies(PAYMENT, Listed("H1", 99, "line 1"))
    found = examine(now, request, SETTING)
    assert [draft.fact.kind for draft in found.drafts] == ["money"]
    assert [(p.source, p.message, p.facts["remaining"]) for p in found.skipped] == [
        ("line 1", "warning.partial_payment", 1)
    ]
    after, _ = written(now, request)
    assert [p.message for p in examine(after, request, SETTING).skipped] == [
        "warning.money_before",
        "warning.partial_payment",
    ]


@pytest.mark.parametrize(
    ("request_", "problems"),
    [
        (applies(NOTICE), [("", "refused.nobody_named")]),
        (
            applies(NOTICE, "H1", "H1"),
            [("line 1", "refused.household_twice"), ("line 2", "refused.household_twice")],
        ),
        (applies(NOTICE, Listed("H1", 5, "line 1")), [("line 1", "refused.amount_unfit")]),
        (applies(DECISION, Listed("H1", -5, "line 1")), [("line 1", "refused.bad_amount")]),
        (applies(DECISION, Listed("H1", 10**15 + 1, "line 1")), [("line 1", "refused.bad_amount")]),
        (applies(99, "H1"), [("", "refused.unknown_document")]),
        (ApplyDocument("D7", NOTICE, (Listed("H1"),)), [("", "refused.unknown_batch")]),
    ],
)
def test_apply__refused(request_, problems):
    assert reasons(request_, at()) == problems


def test_apply__land_taken_over_after_the_document_refuses():
    now = at((10, holds("P4", "H2")))
    assert reasons(applies(NOTICE, "H1", "H2"), now) == [("P4", "refused.before_holding")]


def test_apply__a_void_document_is_none():
    assert reasons(applies(NOTICE, "H1"), at((None, voids(None, NOTICE)))) == [
        ("", "refused.unknown_document")
    ]


def test_is_repeated_by__entries_of_the_same_list():
    request = applies(DECISION, Listed("H1", 9))
    _, entries_ = written(at(), request)
    assert request.is_repeated_by(entries_)
    assert not applies(DECISION, Listed("H2", 9)).is_repeated_by(entries_)


@given(st.lists(st.sampled_from(["H1", "H2"]), unique=True, min_size=1), st.randoms())
def test_apply__order_of_the_list_does_not_matter_and_one_by_one_gives_the_same(listed, random):
    shuffled = random.sample(listed, len(listed))
    at_once, _ = written(at(), applies(MINUTES, *listed))
    one_by_one = at()
    for household in shuffled:
        one_by_one, _ = written(one_by_one, applies(MINUTES, household))

    def reached(now):
        return {
            key: {name: (r.on, r.document) for name, r in h.milestones.items()}
            for key, h in now.holdings.items()
        }

    assert reached(at_once) == reached(one_by_one)
    assert {household for (_, household), marks in reached(at_once).items() if marks} == set(listed)


def test_applications__the_entries_of_a_request_while_they_count():
    now, more = written(at(), applies(DECISION, Listed("H1", 9)))
    batch = batches(now)["D1"]
    ((found),) = applications(now, batch, batch.document(DECISION))
    assert (found.request_id, found.by, found.seqs) == ("apply", "lan", tuple(entry.seq for entry in more))
    assert applications(now, batch, batch.document(NOTICE)) == ()
    ledger = [*entries(*WORLD), *more]
    ledger += [
        Entry(len(ledger) + n, None, FIRST_MOMENT, "lan", "undo", n, voids(entry.parcel, entry.seq))
        for n, entry in enumerate(more, 1)
    ]
    undone = state(ledger, day(60), len(ledger))
    assert applications(undone, batch, batch.document(DECISION)) == ()


@pytest.mark.parametrize("named", ["H1", "H3"])
def test_apply__people_entered_twice_are_marked_on_all_their_land_by_either_id(named):
    """H3 was merged into H1, which alone belongs to the đợt: P1 and P2 are of H1, P3 of H3."""
    _, more = written(at(), applies(NOTICE, named), MERGED)
    assert [(e.fact.parcel, e.fact.household) for e in more] == [("P1", "H1"), ("P2", "H1"), ("P3", "H3")]
    assert reasons(applies(NOTICE, "H3"), at()) == [("line 1", "refused.not_a_member")]


def test_apply__both_ids_of_one_household_on_a_list_are_refused():
    assert reasons(applies(NOTICE, "H3", "H2", "H1"), at(), MERGED) == [
        ("line 1", "refused.merged_twice"),
        ("line 3", "refused.merged_twice"),
    ]


def test_apply__the_money_of_both_ids_is_one_account():
    """100 approved for H1 and 50 for H3; 140 were paid to H1: 10 remain, whoever of them is named."""
    now = at(
        (20, Money(None, "H1", "approved", 100, "QĐ 2", "D1")),
        (20, Money(None, "H3", "approved", 50, "QĐ 9", None)),
        (28, Money(None, "H1", "paid", 140, "BK 2", "D1")),
    )

    def told(amount):
        found = examine(now, applies(PAYMENT, Listed("H3", amount, "line 1")), MERGED)
        (money,) = (draft for draft in found.drafts if isinstance(draft.fact, Money))
        odd = [(w.message, w.facts["household"]) for w in money.warnings]
        return [d.fact.kind for d in found.drafts], [p.message for p in found.skipped], odd

    assert told(9) == (["money"], ["warning.partial_payment"], [])
    marks = ["milestone"] * 3
    assert told(10) == ([*marks, "money"], [], [])
    assert told(11) == ([*marks, "money"], [], [("warning.money_beyond_approval", "H3")])


def test_apply__money_of_the_same_document_under_the_other_id_is_not_paid_again():
    now = at((30, Money(None, "H1", "paid", 7, "BK 3", "D1")))
    found = examine(now, applies(PAYMENT, Listed("H3", 7, "line 1")), MERGED)
    assert money_total(found.drafts) == 0
    assert [p.message for p in found.skipped] == ["warning.money_before"]
    assert reasons(applies(PAYMENT, Listed("H3", 8, "line 1")), now, MERGED) == [
        ("line 1", "refused.money_differs")
    ]


def test_is_repeated_by__what_was_written_under_the_other_id_of_a_listed_household():
    request = applies(DECISION, Listed("H3", 9, "line 1"))
    _, more = written(at(), request, MERGED)
    assert {entry.fact.household for entry in more} == {"H1", "H3"}
    assert request.is_repeated_by(more)


def test_applications__the_land_of_the_other_id_is_undone_too():
    now, more = written(at(), applies(NOTICE, "H1"), MERGED)
    batch = batches(now)["D1"]
    ((found),) = applications(now, batch, batch.document(NOTICE), MERGED.aliases)
    assert found.seqs == tuple(entry.seq for entry in more) == (12, 13, 14)
