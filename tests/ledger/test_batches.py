"""Đợt: who belongs to them, their documents, and every reason why something is not recorded."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.batches import AddDocument, JoinBatch, OpenBatch, batches, holdings_of, new_id
from gis.ledger.facts import BatchDocument, BatchJoined, BatchOpened
from gis.ledger.setting import Setting
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, voids

REGIMES = ("luat-2024", "nq-254-2025")
SETTING = Setting(parcels={"P1", "P2"}, starts=day(1), today=day(60), zones=["Z1", "Z2"])
MERGED = replace(SETTING, aliases={"H2": "H1"})
OPENED = BatchOpened("D1", "Đợt 1", "Z1", "luat-2024")


def at(*facts, on=60):
    ledger = entries(*facts)
    return state(ledger, day(on), len(ledger))


def joins(household, *, left=False):
    return BatchJoined("D1", household, left)


def document(number="TB 1", milestone="notified", effective=None):
    return BatchDocument("D1", milestone, number, effective)


def reasons(command, now, setting=SETTING):
    with pytest.raises(RefusedError) as refused:
        command.decide(now, setting)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def test_batches__members_and_documents_count_from_their_own_day():
    facts = [(10, OPENED), (3, document()), (12, joins("H1")), (5, joins("H2")), (11, document("TB 2"))]
    whole = batches(at(*facts))["D1"]
    assert (whole.on, dict(whole.members)) == (day(10), {"H2": day(5), "H1": day(12)})
    assert [(one.number, one.on, one.effective, one.seq) for one in whole.documents] == [
        ("TB 1", day(3), day(3), 2),
        ("TB 2", day(11), day(11), 5),
    ]
    assert batches(at(*facts, on=9)) == {}
    assert set(batches(at(*facts, on=11))["D1"].members) == {"H2"}


def test_batches__who_left_is_no_member_and_may_come_back():
    facts = [(1, OPENED), (2, joins("H1")), (8, joins("H1", left=True))]
    assert not batches(at(*facts))["D1"].members
    assert set(batches(at(*facts, on=7))["D1"].members) == {"H1"}
    assert batches(at(*facts, (9, joins("H1"))))["D1"].members == {"H1": day(9)}


def test_batches__what_is_void_does_not_count():
    facts = [(1, OPENED), (2, joins("H1")), (3, document()), (None, voids(None, 2)), (None, voids(None, 3))]
    found = batches(at(*facts))["D1"]
    assert (dict(found.members), found.documents) == ({}, ())


def test_batches__are_in_the_order_of_their_numbers():
    opened = [(1, BatchOpened(one, one, None, "luat-2024")) for one in ("D10", "KENH", "D2", "D1-2", "D1")]
    assert list(batches(at(*opened))) == ["D1", "D1-2", "D2", "D10", "KENH"]


def test_holdings_of__only_of_the_named_parcels():
    now = at((1, holds("P2", "H1")), (1, holds("P1", "H1")), (1, holds("P3", "H2")))
    assert [h.parcel for h in holdings_of(now, ["H1", "H9"])["H1"]] == ["P1", "P2"]
    assert list(holdings_of(now, ["H2", "H1"], {"P2"})) == ["H1"]


def test_holdings_of__people_entered_twice_stand_under_the_id_that_is_named_first():
    now = at((1, holds("P2", "H1")), (1, holds("P1", "H2")), (1, holds("P3", "H3")))
    found = holdings_of(now, ["H2", "H3", "H1"], aliases={"H2": "H1"})
    assert {one: [(h.parcel, h.household) for h in held] for one, held in found.items()} == {
        "H2": [("P1", "H2"), ("P2", "H1")],
        "H3": [("P3", "H3")],
    }


@pytest.mark.parametrize(
    ("name", "taken", "found"),
    [
        ("Đợt 1", (), "D1"),
        ("đợt 01/2026", (), "D01"),
        ("Đợt 1", {"D1", "D1-2"}, "D1-3"),
        ("Kênh Bắc", (), "D1"),
        ("Kênh", {"D1", "D2"}, "D3"),
    ],
)
def test_new_id__short_and_free(name, taken, found):
    assert new_id(name, taken) == found


def opening(name="Đợt 2", on=4, regime="luat-2024", zone="Z1", batch=None):
    return OpenBatch(name, day(on), regime, zone, REGIMES, batch)


def test_open_batch__one_entry_with_an_id_of_its_own():
    (draft,) = opening(" Đợt 1 ").decide(at((1, OPENED)), SETTING)
    assert (draft.on, draft.fact) == (day(4), BatchOpened("D1-2", "Đợt 1", "Z1", "luat-2024"))


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (opening(""), "refused.batch_name"),
        (opening("x" * 121), "refused.batch_name"),
        (opening("\udcff"), "refused.bad_text"),
        (opening(on=61), "refused.future_day"),
        (opening(on=0), "refused.early_day"),
        (opening(regime="luat-2013"), "refused.unknown_regime"),
        (opening(zone="Z9"), "refused.unknown_zone"),
        (opening(batch="đợt"), "refused.batch_id"),
        (opening(batch="D1"), "refused.batch_taken"),
    ],
)
def test_open_batch__refused(request_, message):
    assert reasons(request_, at((1, OPENED))) == [("", message)]


def test_open_batch__an_id_once_given_is_not_given_again():
    now = at((1, OPENED), (None, voids(None, 1)))
    assert reasons(opening(batch="D1"), now) == [("", "refused.batch_taken")]


WORLD = at((1, holds("P1", "H1")), (1, holds("P2", "H2")), (1, OPENED), (2, joins("H1")))


def test_join_batch__only_who_is_not_there_yet():
    drafts = JoinBatch("D1", ("H1", "H2", "H2"), day(5)).decide(WORLD, SETTING)
    assert [draft.fact for draft in drafts] == [joins("H2")]


def test_join_batch__one_unknown_household_refuses_all_and_names_its_line():
    request = JoinBatch("D1", ("H2", "H7", "H8"), day(5), sources=("line 1", "line 2", "line 5"))
    assert reasons(request, WORLD) == [
        ("line 2", "refused.household_unknown"),
        ("line 5", "refused.household_unknown"),
    ]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (JoinBatch("D9", ("H1",), day(5)), "refused.unknown_batch"),
        (JoinBatch("D1", (), day(5)), "refused.nobody_named"),
        (JoinBatch("D1", ("H1",), day(5)), "refused.all_joined"),
        (JoinBatch("D1", ("H2",), day(5), left=True), "refused.not_a_member"),
        (JoinBatch("D1", ("H1",), day(1), left=True), "refused.moved_later"),
        (JoinBatch("D1", ("H1",), day(61), left=True), "refused.future_day"),
    ],
)
def test_join_batch__refused(request_, message):
    assert reasons(request_, WORLD) == [("", message)]


def test_join_batch__leaving_is_an_entry_of_its_own():
    (draft,) = JoinBatch("D1", ("H1",), day(9), left=True).decide(WORLD, SETTING)
    assert draft.fact == joins("H1", left=True)


def test_add_document__its_words_go_to_the_register():
    request = AddDocument("D1", "plan_approved", " QĐ 41 ", day(5), day(12), "Chủ tịch UBND xã")
    (draft,) = request.decide(WORLD, SETTING)
    assert draft.fact == document("QĐ 41", "plan_approved", day(12))
    assert (draft.on, draft.words) == (day(5), (("signatory", "Chủ tịch UBND xã"),))


def test_add_document__effective_on_its_own_day_is_not_said_twice():
    (draft,) = AddDocument("D1", "notified", "TB 1", day(5), day(5)).decide(WORLD, SETTING)
    assert draft.fact == document("TB 1")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (AddDocument("D9", "notified", "TB 1", day(5)), "refused.unknown_batch"),
        (AddDocument("D1", "told", "TB 1", day(5)), "refused.unknown_milestone"),
        (AddDocument("D1", "notified", " ", day(5)), "refused.document_number"),
        (AddDocument("D1", "notified", "TB 1", day(61)), "refused.future_day"),
        (AddDocument("D1", "notified", "TB 1", day(5), day(4)), "refused.effective_early"),
        (AddDocument("D1", "notified", "TB 8", day(9)), "refused.document_twice"),
    ],
)
def test_add_document__refused(request_, message):
    now = at((1, OPENED), (3, document("TB 8")))
    assert reasons(request_, now) == [("", message)]


@pytest.mark.parametrize(
    ("command", "other"),
    [
        (opening("Đợt 7"), opening("Đợt 8")),
        (JoinBatch("D1", ("H2",), day(5)), JoinBatch("D1", ("H1",), day(5))),
        (AddDocument("D1", "notified", "TB 1", day(5)), AddDocument("D1", "paid", "TB 1", day(5))),
    ],
)
def test_is_repeated_by__the_same_request_and_no_other(command, other):
    (draft,) = command.decide(WORLD, SETTING)
    written = entries((5, draft.fact)) if draft.on == day(5) else entries((4, draft.fact))
    assert (command.is_repeated_by(written), other.is_repeated_by(written)) == (True, False)


def test_join_batch__people_entered_twice_join_once():
    """H2 was merged into H1, which belongs to the đợt."""
    assert reasons(JoinBatch("D1", ("H2",), day(5)), WORLD, MERGED) == [("", "refused.all_joined")]
    nobody = at((1, holds("P1", "H1")), (1, holds("P2", "H2")), (1, OPENED))
    (draft,) = JoinBatch("D1", ("H2", "H1"), day(5)).decide(nobody, MERGED)
    assert draft.fact == joins("H2")


def test_join_batch__an_id_without_land_is_known_by_the_other_one():
    now = at((1, holds("P1", "H1")), (1, OPENED))
    (draft,) = JoinBatch("D1", ("H2",), day(5)).decide(now, MERGED)
    assert draft.fact == joins("H2")


def test_join_batch__people_entered_twice_leave_under_every_id_by_which_they_joined():
    for members, named in [(("H1",), "H2"), (("H1", "H2"), "H1"), (("H1", "H2"), "H2")]:
        now = at((1, holds("P1", "H1")), (1, OPENED), *((2, joins(one)) for one in members))
        drafts = JoinBatch("D1", (named,), day(9), left=True).decide(now, MERGED)
        assert [draft.fact for draft in drafts] == [joins(one, left=True) for one in members]
    both = JoinBatch("D1", ("H1",), day(9), left=True)
    assert both.is_repeated_by(entries((9, joins("H1", left=True)), (9, joins("H2", left=True))))
    assert not both.is_repeated_by(entries((9, joins("H2", left=True))))


def test_join_batch__not_before_the_day_on_which_the_other_id_moved():
    now = at((1, holds("P1", "H1")), (1, OPENED), (2, joins("H1")), (8, joins("H1", left=True)))
    assert reasons(JoinBatch("D1", ("H2",), day(7)), now, MERGED) == [("", "refused.moved_later")]
    (draft,) = JoinBatch("D1", ("H2",), day(8)).decide(now, MERGED)
    assert draft.fact == joins("H2")
