"""A sheet against the ledger: laws of the three-way comparison, and conflicts worked out by hand."""

import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gis.errors import RefusedError
from gis.ledger.chain import Head
from gis.ledger.entry import Entry
from gis.ledger.facts import Milestone, ObstacleClosed, ObstacleOpened, Opening, Visit, Void
from gis.ledger.field_apply import ApplySheet, Sheet, compare
from gis.ledger.field_sheets import EMPTY, Day, Issue, RowKey, Slot, fate, is_of_sheet, request_of, row_keys
from gis.ledger.field_told import milestone_told, obstacles_of
from gis.ledger.marks import Mark
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.state import advance, state
from gis.ledger.visits import RecordVisit
from gis.ledger.voids import Cancel
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import FIRST_MOMENT, SETTING, day, entries, holds, opens, reaches, visits

STEPS = ("notified", "inventoried", "handed_over")
# H1 holds P1 and half of P2, H2 the other half; P2 is stuck as a whole (7), H1 on P1 alone (8).
LEDGER = (
    (1, holds("P1", "H1")),
    (1, holds("P2", "H1", Fraction(1, 2))),
    (1, holds("P2", "H2", Fraction(1, 2))),
    (1, holds("P3", "H3")),
    (2, reaches("P1", "H1", "notified", "TB-1")),
    (2, Opening("P2", "H1", "notified", None, None, True, "00", 1)),
    (3, opens("P2", "papers")),
    (3, opens("P1", "price", "H1")),
)
HEAD = len(LEDGER)


def then():
    return state(entries(*LEDGER), day(20), HEAD)


THEN = then()
KEYS = row_keys(THEN, [["H1"], ["H2"]])
ISSUE = Issue("7f3a09bc", "xa", day(20), Head(HEAD, "ab"), STEPS, len(KEYS))
P1, P2_H1, P2_H2 = KEYS


def written(now, drafts, request="other", by="minh"):
    """The state once drafts are entries."""
    moment = FIRST_MOMENT + timedelta(hours=1)
    made = [
        Entry(now.known + at, one.on, moment + timedelta(minutes=now.known), by, request, at, one.fact)
        for at, one in enumerate(drafts, start=1)
    ]
    return advance(now, made)


def did(now, *commands, request="other"):
    """The state once somebody else carried commands out."""
    for command in commands:
        now = written(now, command.decide(now, SETTING), request)
    return now


def slots(**filled):
    """What came back: everything as printed, but for slots by their text ("milestone.1.notified")."""
    found = {}
    for key in KEYS:
        if key.leads:
            found[Slot("visit", key)] = EMPTY["visit"]
        for step in STEPS:
            found[Slot("milestone", key, step)] = milestone_told(THEN, key, step).values
    return found | filled.get("told", {})


def sheet(told=None, words_of=lambda _: None):
    return Sheet(ISSUE, THEN, slots(told=told or {}), words_of)


def milestone(key, step, on=None, document=""):
    return {Slot("milestone", key, step): (Day(day(on)) if on else None, document)}


def opened(key, category, on):
    return {Slot("opened", key, category): (category, Day(day(on)))}


def closed(key, category, on):
    return {Slot("closed", key, category): (category, Day(day(on)))}


def talk(key, on, outcome="agreed", note=""):
    return {Slot("visit", key): (Day(day(on)), outcome, note)}


def one_of(found, kind, name=""):
    return next(one for one in found if (one.slot.kind, one.slot.name) == (kind, name))


def apply(told, now, request=None, **more):
    """What applying a sheet gives: the drafts, and the state with them."""
    asked = ApplySheet(sheet(told), **more)
    drafts = asked.decide(now, SETTING)
    return drafts, written(now, drafts, request or request_of(ISSUE, slots(told=told), ()), "lan")


def problems_of(found):
    for language in LANGUAGES:
        assert all(Texts(language).problem(problem) for problem in found)
    return [(problem.source, problem.message) for problem in found]


# The cells


@pytest.mark.parametrize(
    ("printed", "returned", "now", "expected"),
    [
        ("", "", "", "same"),
        ("", "A", "", "field"),
        ("", "", "A", "ledger"),
        ("", "A", "A", "agreed"),
        ("", "A", "B", "conflict"),
        ("A", "B", "A", "field"),
        ("A", "A", "B", "ledger"),
        ("A", "B", "B", "agreed"),
        ("A", "B", "C", "conflict"),
    ],
)
def test_fate__every_case(printed, returned, now, expected):
    assert fate(printed, returned, now) == expected


VALUES = st.sampled_from(["", "A", "B", "C"])


@given(VALUES, VALUES, VALUES)
def test_fate__both_sides_are_treated_alike(printed, ours, theirs):
    mirrored = {"field": "ledger", "ledger": "field"}
    there, back = fate(printed, ours, theirs), fate(printed, theirs, ours)
    assert mirrored.get(there, there) == back
    assert (there == "same") == (ours == theirs == printed)


# What a sheet is


def test_row_keys__a_row_a_holding_and_the_first_leads_its_household():
    assert [(key.number, key.parcel, key.household, key.lead, key.seen) for key in KEYS] == [
        (1, "P1", "H1", 1, 8),
        (2, "P2", "H1", 1, 7),
        (3, "P2", "H2", 3, 7),
    ]


def test_obstacles_of__what_one_who_left_had_in_the_way_stands_in_the_way_of_who_holds_the_parcel_now():
    now = written(THEN, [type("D", (), {"on": day(10), "fact": holds("P1", "H9", Fraction(1), "H1")})()])
    (key,) = row_keys(now, [["H9"]])
    assert [(one.household, one.category) for one in obstacles_of(now, key)] == [("H1", "price")]


def test_row_keys__what_is_handed_over_stands_only_while_something_is_in_its_way():
    now = did(THEN, Mark(("P1",), "handed_over", day(9), "BB", "H1"))
    assert [key.parcel for key in row_keys(now, [["H1"]])] == ["P1", "P2"]
    free = did(now, CloseObstacle(8, day(10)))
    assert [key.parcel for key in row_keys(free, [["H1"]])] == ["P2"]


@pytest.mark.parametrize("at", range(len(ISSUE.line)))
def test_issue__any_letter_that_is_changed_is_found(at):
    changed = ISSUE.line[:at] + ("x" if ISSUE.line[at] != "x" else "y") + ISSUE.line[at + 1 :]
    assert Issue.parse(changed) is None


@pytest.mark.parametrize("at", range(len(P1.line("7f3a09bc"))))
def test_row_key__any_letter_that_is_changed_is_found(at):
    line = P1.line("7f3a09bc")
    changed = line[:at] + ("x" if line[at] != "x" else "y") + line[at + 1 :]
    assert RowKey.parse(changed, "7f3a09bc") is None


# By hand


def test_compare__as_printed_nothing_is_written():
    found, problems = compare(sheet(), THEN, SETTING)
    assert {one.fate for one in found} == {"same"}
    assert problems == []
    assert ApplySheet(sheet()).decide(THEN, SETTING) == ()


def test_apply__each_kind_writes_its_entry():
    told = milestone(P1, "inventoried", 9, "BB-2") | opened(P2_H2, "graves", 10) | closed(P1, "price", 11)
    drafts, after = apply(told | talk(P2_H2, 12, "considering", "đợi con về"), THEN)
    assert [(draft.on, draft.fact) for draft in drafts] == [
        (day(9), Milestone("P1", "H1", "inventoried", "BB-2")),
        (day(12), Visit(None, "H2", "considering")),
        (day(10), ObstacleOpened("P2", "H2", "graves")),
        (day(11), ObstacleClosed("P1", 8)),
    ]
    assert drafts[1].words == (("note", "đợi con về"),)
    assert after.by_parcel["P1"].obstacles == ()


def test_apply__the_same_sheet_twice_writes_nothing_and_a_further_one_only_what_is_new():
    told = milestone(P1, "inventoried", 9, "BB-2") | opened(P2_H2, "graves", 10) | closed(P1, "price", 11)
    told |= talk(P2_H2, 12)
    _, after = apply(told, THEN)
    assert ApplySheet(sheet(told)).decide(after, SETTING) == ()
    more = told | milestone(P2_H1, "inventoried", 13, "BB-3")
    assert [draft.fact for draft in ApplySheet(sheet(more)).decide(after, SETTING)] == [
        Milestone("P2", "H1", "inventoried", "BB-3")
    ]


def test_compare__the_same_on_both_sides_is_nothing_to_write():
    now = did(THEN, Mark(("P1",), "inventoried", day(9), "BB-2", "H1"), CloseObstacle(8, day(11)))
    told = milestone(P1, "inventoried", 9, "BB-2") | closed(P1, "price", 11)
    found, _ = compare(sheet(told), now, SETTING)
    assert one_of(found, "milestone", "inventoried").fate == "agreed"
    assert one_of(found, "closed", "price").fate == "agreed"
    assert ApplySheet(sheet(told)).decide(now, SETTING) == ()


def test_compare__a_day_that_differs_is_a_conflict_and_the_ledger_is_kept():
    now = did(THEN, Mark(("P1",), "inventoried", day(8), "BB-7", "H1"))
    told = milestone(P1, "inventoried", 9, "BB-2")
    found, _ = compare(sheet(told), now, SETTING)
    one = one_of(found, "milestone", "inventoried")
    assert one.fates == ("conflict", "conflict")
    assert (one.now.entry.by, one.now.entry.seq) == ("minh", HEAD + 1)
    assert ApplySheet(sheet(told)).decide(now, SETTING) == ()


def test_apply__a_conflict_in_which_the_field_is_followed_is_a_correction_with_its_reason():
    now = did(THEN, Mark(("P1",), "inventoried", day(8), "BB-7", "H1"))
    told = milestone(P1, "inventoried", 9, "BB-2")
    taken = {Slot("milestone", P1, "inventoried")}
    drafts, after = apply(told, now, taken=taken, reason="theo biên bản")
    assert [(draft.on, draft.fact) for draft in drafts] == [
        (None, Void("P1", HEAD + 1)),
        (day(9), Milestone("P1", "H1", "inventoried", "BB-2")),
    ]
    assert drafts[0].words == (("note", "theo biên bản"),)
    assert ApplySheet(sheet(told), taken=taken, reason="x").decide(after, SETTING) == ()
    with pytest.raises(RefusedError) as refused:
        apply(told, now, taken=taken, reason=" ")
    assert [one.message for one in refused.value.problems] == ["refused.missing_reason"]


def test_apply__cells_of_one_milestone_are_merged_cell_by_cell():
    """The field gives the day its number, the ledger corrected the day: both stay."""
    now = did(THEN, Mark(("P1",), "inventoried", day(8), "", "H1"))
    told = milestone(P1, "inventoried", 8, "BB-2")
    found, _ = compare(sheet(told), now, SETTING)
    assert one_of(found, "milestone", "inventoried").fates == ("agreed", "field")
    drafts, _ = apply(told, now, reason="bổ sung số")
    assert drafts[-1].fact == Milestone("P1", "H1", "inventoried", "BB-2")
    assert drafts[-1].on == day(8)


def test_apply__a_printed_day_that_the_field_changed_is_corrected():
    told = milestone(P1, "notified", 4, "TB-1")
    drafts, _ = apply(told, THEN, reason="ngày sai")
    assert [draft.fact for draft in drafts] == [Void("P1", 5), Milestone("P1", "H1", "notified", "TB-1")]
    left = ApplySheet(sheet(told), left={Slot("milestone", P1, "notified")}, reason="x")
    assert left.decide(THEN, SETTING) == ()


def test_apply__an_opening_entry_gets_its_day():
    """It was "not later than": the field found the minutes."""
    told = milestone(P2_H1, "notified", 2, "TB-9")
    drafts, after = apply(told, THEN, reason="tìm thấy thông báo")
    assert [draft.fact for draft in drafts] == [Void("P2", 6), Milestone("P2", "H1", "notified", "TB-9")]
    assert milestone_told(after, P2_H1, "notified").values == (Day(day(2)), "TB-9")


def test_apply__a_day_that_is_only_the_latest_is_never_taken_for_the_day():
    """Neither where the number alone was corrected, nor where somebody typed it."""
    number = {Slot("milestone", P2_H1, "notified"): (Day(day(2), at_latest=True), "TB-9")}
    typed = {Slot("milestone", P1, "inventoried"): (Day(day(9), at_latest=True), "BB-2")}
    came = {Slot("opened", P2_H2, "graves"): ("graves", Day(day(9), at_latest=True))}
    for told in (number, typed, came):
        with pytest.raises(RefusedError) as refused:
            apply(told, THEN, reason="x")
        assert problems_of(refused.value.problems) == [
            (next(iter(told)).row.parcel, "problem.field_at_latest")
        ]


@pytest.mark.parametrize("told", [milestone(P1, "notified", 2, "TB-7"), milestone(P1, "notified", 3, "TB-1")])
def test_apply__what_was_cancelled_since_it_was_printed_comes_back_whole_and_only_if_asked(told):
    now = did(THEN, Cancel((5,), "nhầm hộ"))
    (slot,) = told
    found = one_of(compare(sheet(told), now, SETTING)[0], "milestone", "notified")
    assert (found.fate, found.now.entry) == ("conflict", None)
    assert apply(told, now, reason="x")[0] == ()
    (draft,) = apply(told, now, taken={slot}, reason="x")[0]
    assert (Day(draft.on), draft.fact.document) == told[slot]


def test_compare__a_number_that_was_added_to_what_was_cancelled_since_is_asked_about():
    """It was printed without a number: the number is new, but the ledger's no is newer than the sheet."""
    told = milestone(P1, "notified", 2, "TB-7")
    plain = state(entries(*LEDGER[:4], (2, reaches("P1", "H1", "notified")), *LEDGER[5:]), day(20), HEAD)
    now = did(plain, Cancel((5,), "nhầm hộ"))
    asked = Sheet(ISSUE, plain, told, lambda _: None)
    assert [one.fate for one in compare(asked, now, SETTING)[0]] == ["conflict"]
    assert ApplySheet(asked, reason="x").decide(now, SETTING) == ()


def test_apply__the_whole_parcels_obstacle_that_is_corrected_stays_the_whole_parcels():
    now = did(THEN, OpenObstacle("P2", None, "graves", day(8)))
    told = opened(P2_H2, "graves", 9)
    drafts, _ = apply(told, now, taken=set(told), reason="ngày sai")
    assert [draft.fact for draft in drafts] == [Void("P2", HEAD + 1), ObstacleOpened("P2", None, "graves")]


def test_apply__the_words_of_an_obstacle_stay_when_its_day_is_corrected():
    now = did(THEN, OpenObstacle("P2", "H2", "graves", day(8)))
    told = opened(P2_H2, "graves", 9)
    asked = ApplySheet(sheet(told, lambda entry: f"mộ cụ {entry.seq}"), taken=set(told), reason="ngày sai")
    assert dict(asked.decide(now, SETTING)[-1].words) == {"note": f"mộ cụ {HEAD + 1}"}


def test_compare__a_new_number_that_is_too_long_is_told():
    told = milestone(P1, "inventoried", 9, "x" * 81)
    assert problems_of(compare(sheet(told), THEN, SETTING)[1]) == [("P1", "problem.field_document_long")]


def test_apply__a_talk_is_with_the_household_though_the_first_of_its_parcels_went():
    now = written(THEN, [type("D", (), {"on": day(10), "fact": holds("P1", "H9", Fraction(1), "H1")})()])
    drafts, _ = apply(talk(P1, 9), now)
    assert [draft.fact for draft in drafts] == [visits("H1", "agreed")]


def test_compare__an_emptied_cell_takes_nothing_back_and_is_told():
    found, problems = compare(sheet(milestone(P1, "notified")), THEN, SETTING)
    assert problems_of(problems) == [("P1", "problem.field_emptied")]
    assert one_of(found, "milestone", "notified").fate == "same"
    assert ApplySheet(sheet(milestone(P1, "notified"))).decide(THEN, SETTING) == ()


def test_compare__a_document_without_a_day_is_refused():
    _, problems = compare(sheet(milestone(P1, "inventoried", None, "BB-2")), THEN, SETTING)
    assert problems_of(problems) == [("P1", "problem.field_document_alone")]


def test_compare__an_obstacle_that_stood_is_not_new_and_one_that_did_not_cannot_end():
    told = opened(P1, "price", 9) | closed(P2_H2, "graves", 9)
    _, problems = compare(sheet(told), THEN, SETTING)
    assert problems_of(problems) == [
        ("P1", "problem.field_stands_already"),
        ("P2", "problem.field_stands_not"),
    ]


def test_compare__an_obstacle_that_was_cancelled_meanwhile_is_told():
    now = written(THEN, [type("D", (), {"on": None, "fact": Void("P1", 8)})()])
    _, problems = compare(sheet(closed(P1, "price", 9)), now, SETTING)
    assert problems_of(problems) == [("P1", "problem.field_cancelled")]


def test_apply__the_whole_parcels_obstacle_ends_once_though_both_rows_say_so():
    drafts, _ = apply(closed(P2_H1, "papers", 9) | closed(P2_H2, "papers", 9), THEN)
    assert [draft.fact for draft in drafts] == [ObstacleClosed("P2", 7)]
    _, problems = compare(sheet(closed(P2_H1, "papers", 9) | closed(P2_H2, "papers", 8)), THEN, SETTING)
    assert problems_of(problems) == [("P2", "problem.field_ended_twice")]


def test_compare__an_obstacle_that_somebody_opened_meanwhile_on_another_day_is_a_conflict():
    now = did(THEN, OpenObstacle("P2", "H2", "graves", day(9)))
    told = opened(P2_H2, "graves", 10)
    found, _ = compare(sheet(told), now, SETTING)
    assert one_of(found, "opened", "graves").fates == ("agreed", "conflict")
    drafts, after = apply(told, now, taken={Slot("opened", P2_H2, "graves")}, reason="ngày của biên bản")
    assert [draft.fact for draft in drafts] == [Void("P2", HEAD + 1), ObstacleOpened("P2", "H2", "graves")]
    assert ApplySheet(sheet(told)).decide(after, SETTING) == ()


def test_compare__a_closing_of_another_day_is_a_conflict_that_can_be_corrected():
    now = did(THEN, CloseObstacle(8, day(9)))
    told = closed(P1, "price", 10)
    drafts, after = apply(told, now, taken={Slot("closed", P1, "price")}, reason="x")
    assert [draft.fact for draft in drafts] == [Void("P1", HEAD + 1), ObstacleClosed("P1", 8)]
    assert ApplySheet(sheet(told)).decide(after, SETTING) == ()


def test_compare__a_talk_of_the_same_day_that_came_out_otherwise_is_never_cancelled():
    now = did(THEN, RecordVisit("H2", None, day(9), "refused"))
    told = talk(P2_H2, 9, "agreed")
    found, _ = compare(sheet(told), now, SETTING)
    assert one_of(found[::-1], "visit").fates == ("agreed", "conflict", "same")
    drafts, after = apply(told, now, taken={Slot("visit", P2_H2)})
    assert [draft.fact for draft in drafts] == [Visit(None, "H2", "agreed")]
    assert ApplySheet(sheet(told)).decide(after, SETTING) == ()


def test_compare__a_talk_of_another_day_is_no_conflict():
    now = did(THEN, RecordVisit("H2", None, day(8), "refused"))
    drafts, _ = apply(talk(P2_H2, 9, "agreed"), now)
    assert [(draft.on, draft.fact) for draft in drafts] == [(day(9), Visit(None, "H2", "agreed"))]


def test_apply__a_talk_that_a_later_file_of_the_sheet_tells_otherwise_is_asked_about():
    _, after = apply(talk(P2_H2, 9, "agreed"), THEN)
    later = talk(P2_H2, 10, "agreed")
    found, _ = compare(sheet(later), after, SETTING)
    assert one_of(found[::-1], "visit").fates == ("conflict", "agreed", "same")
    drafts, _ = apply(later, after, taken={Slot("visit", P2_H2)}, reason="gõ nhầm ngày")
    assert [draft.fact for draft in drafts] == [Void(None, HEAD + 1), Visit(None, "H2", "agreed")]


def test_compare__what_an_earlier_file_said_and_this_one_does_not_is_told_and_stays():
    _, after = apply(opened(P2_H2, "graves", 9) | closed(P1, "price", 9), THEN)
    found, problems = compare(sheet(opened(P2_H2, "harvest", 9)), after, SETTING)
    assert problems_of(problems) == [("P1", "problem.field_said_before"), ("P2", "problem.field_said_before")]
    assert {one.severity for one in problems} == {"warning"}
    assert one_of(found, "opened", "harvest").fate == "field"
    assert compare(sheet(opened(P2_H2, "graves", 9) | closed(P1, "price", 9)), after, SETTING)[1] == []


def test_compare__who_holds_no_more_is_told_only_where_something_is_to_be_written():
    now = written(THEN, [type("D", (), {"on": day(10), "fact": holds("P1", "H9", Fraction(1), "H1")})()])
    assert compare(sheet(), now, SETTING)[1] == []
    _, problems = compare(sheet(milestone(P1, "inventoried", 9, "BB-2")), now, SETTING)
    assert problems_of(problems) == [("P1", "problem.field_holds_no_more")]


def test_apply__what_somebody_wrote_since_it_was_looked_at_is_refused():
    told = milestone(P1, "inventoried", 9, "BB-2")
    looked, _ = compare(sheet(told), THEN, SETTING)
    seen = {one.slot: one.now.entry.seq if one.now.entry else None for one in looked}
    taken = {Slot("milestone", P1, "inventoried")}
    now = did(THEN, Mark(("P1",), "inventoried", day(8), "BB-7", "H1"))
    with pytest.raises(RefusedError) as refused:
        ApplySheet(sheet(told), taken, (), "x", seen).decide(now, SETTING)
    assert problems_of(refused.value.problems) == [("P1", "refused.written_since_seen")]
    other = did(THEN, Mark(("P3",), "inventoried", day(8), "BB-7", "H3"))
    assert len(ApplySheet(sheet(told), (), (), "", seen).decide(other, SETTING)) == 1


def test_apply__every_reason_is_told_and_nothing_is_written():
    told = milestone(P1, "handed_over", 9) | milestone(P2_H2, "inventoried", 21, "BB")
    with pytest.raises(RefusedError) as refused:
        apply(told, THEN)
    assert problems_of(refused.value.problems) == [
        ("P1", "refused.missing_minutes"),
        ("P2", "refused.future_day"),
    ]


def test_request_of__is_the_same_for_the_same_cells_in_any_order_and_another_for_others():
    told = slots(told=milestone(P1, "inventoried", 9, "BB-2"))
    turned = dict(reversed(list(told.items())))
    assert request_of(ISSUE, told, ()) == request_of(ISSUE, turned, ())
    assert request_of(ISSUE, told, ()) != request_of(ISSUE, told, [Slot("milestone", P1, "inventoried")])
    assert request_of(ISSUE, told, ()) != request_of(ISSUE, slots(), ())
    one = [Slot("milestone", P1, "inventoried")]
    assert request_of(ISSUE, told, one) != request_of(ISSUE, told, (), one)  # taken later is not left before
    entry = Entry(1, day(1), FIRST_MOMENT, "lan", request_of(ISSUE, told, ()), 0, visits("H1"))
    assert is_of_sheet(entry, ISSUE)


# Laws

DAYS = st.integers(4, 20)
NUMBERS = st.sampled_from(["", "BB-2", "BB-3"])


@st.composite
def fillings(draw):
    """What a team may write onto a sheet."""
    told = {}
    for key in KEYS:
        for step in ("inventoried", "notified"):
            if draw(st.booleans()):
                told |= milestone(key, step, draw(DAYS), draw(NUMBERS))
        if draw(st.booleans()):
            told |= opened(key, draw(st.sampled_from(["graves", "harvest"])), draw(DAYS))
        if key.leads and draw(st.booleans()):
            told |= talk(key, draw(DAYS), draw(st.sampled_from(["agreed", "absent"])))
    if draw(st.booleans()):
        told |= closed(P1, "price", draw(DAYS))
    if draw(st.booleans()):
        told |= closed(P2_H2, "papers", draw(DAYS))
    return told


@st.composite
def meanwhiles(draw, parcels=("P1", "P2", "P3"), households=("H1", "H2", "H3")):
    """What others recorded meanwhile, as far as the ledger takes it."""
    now = THEN
    for _ in range(draw(st.integers(0, 5))):
        parcel, household, on = draw(st.sampled_from(parcels)), draw(st.sampled_from(households)), draw(DAYS)
        command = draw(
            st.sampled_from(
                [
                    Mark((parcel,), "inventoried", day(on), draw(NUMBERS), household),
                    OpenObstacle(parcel, household, "graves", day(on)),
                    OpenObstacle(parcel, None, "harvest", day(on)),
                    CloseObstacle(8, day(on)),
                    CloseObstacle(7, day(on)),
                    RecordVisit(household, None, day(on), "absent"),
                ]
            )
        )
        try:
            now = did(now, command)
        except RefusedError:
            continue
    return now


def decided(told, now, taken=()):
    """A sheet applied, or another example where the ledger refuses it."""
    try:
        return apply(told, now, taken=taken, reason="theo phiếu")
    except RefusedError:
        assume(False)


@given(meanwhiles())
def test_law__a_sheet_as_printed_never_writes(now):
    found, problems = compare(sheet(), now, SETTING)
    assert {one.fate for one in found} <= {"same", "ledger"}
    assert problems == []
    assert ApplySheet(sheet()).decide(now, SETTING) == ()


@settings(deadline=None)
@given(fillings(), meanwhiles())
def test_law__the_same_sheet_twice_changes_nothing(told, now):
    _, after = decided(told, now)
    assert ApplySheet(sheet(told), reason="theo phiếu").decide(after, SETTING) == ()


@settings(deadline=None)
@given(fillings(), meanwhiles())
def test_law__where_the_field_is_followed_in_all_the_ledger_says_what_it_said(told, now):
    found, _ = compare(sheet(told), now, SETTING)
    conflicts = {one.slot for one in found if one.fate == "conflict"}
    _, after = decided(told, now, conflicts)
    then_found, _ = compare(sheet(told), after, SETTING)
    assert {one.fate for one in then_found} <= {"same", "ledger", "agreed"}


@settings(deadline=None)
@given(fillings(), meanwhiles())
def test_law__without_a_decision_nothing_that_others_wrote_is_cancelled(told, now):
    drafts, _ = decided(told, now)
    targets = {draft.fact.target for draft in drafts if isinstance(draft.fact, Void)}
    theirs = {
        one.now.entry.seq
        for one in compare(sheet(told), now, SETTING)[0]
        if one.fate == "conflict" and one.now.entry
    }
    assert not targets & theirs


@settings(deadline=None)
@given(fillings(), meanwhiles(parcels=("P3",), households=("H3",)))
def test_law__what_others_record_elsewhere_changes_nothing_of_a_sheet(told, elsewhere):
    assume(elsewhere.known == HEAD or all(e.parcel in {"P3", None} for e in _since_head(elsewhere)))
    found, problems = compare(sheet(told), THEN, SETTING)
    later, later_problems = compare(sheet(told), elsewhere, SETTING)
    assert [(one.slot, one.fates) for one in found] == [(one.slot, one.fates) for one in later]
    assert problems == later_problems
    drafts, _ = decided(told, THEN)
    assert ApplySheet(sheet(told), reason="theo phiếu").decide(elsewhere, SETTING) == drafts


def _since_head(now):
    return [e for place in ("P1", "P2", "P3", None) for e in now.history.get(place, ()) if e.seq > HEAD]


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 10**9), st.integers(1, 300))
def test_law__an_identity_comes_back_as_it_was(on, seq, rows):
    one = Issue("0a1b2c3d", "15910-sample", on, Head(seq, "f" * 64), STEPS, rows)
    assert Issue.parse(f"  {one.line}\n") == one
