"""Objects on land: what was listed less what is gone is left, whatever the order of the entries."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.errors import RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import ObjectListed, ObjectRemoved
from gis.ledger.objects import ListObject, RemoveObject
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state
from gis.ledger.voids import void
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, lists, reaches, removes, voids

SETTING = Setting(parcels={"P1", "F1"}, starts=day(1), today=day(20), labels={"P1": "15901/1/7"})
HELD = (1, holds("P1", "H1"))


def at(*facts):
    ledger = entries(HELD, *facts)
    return state(ledger, day(20), len(ledger))


def reasons(command, now):
    with pytest.raises(RefusedError) as refused:
        command.decide(now, SETTING)
    for language in LANGUAGES:
        assert all(Texts(language).problem(problem) for problem in refused.value.problems)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def listing(parcel="P1", category="grave_earth", count=3, household=None, on=5, **more):
    return ListObject(parcel, household, category, count, day(on), **more)


def test_list__objects_of_a_household_or_of_nobody():
    (draft,) = listing(household="H1", note="ba ngôi").decide(at(), SETTING)
    assert draft == Draft(day(5), ObjectListed("P1", "H1", "grave_earth", 3), (), (), (("note", "ba ngôi"),))
    assert listing("F1", "pole", 1).decide(at(), SETTING)
    assert listing().decide(at((2, lists("P1", "grave_earth", 3))), SETTING)  # another row of graves


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (listing("P9"), ("P9", "refused.unknown_parcel")),
        (listing(category="ship"), ("", "refused.unknown_object")),
        (listing(count=0), ("", "refused.bad_count")),
        (listing(count=-1), ("", "refused.bad_count")),
        (listing(count=1.5), ("", "refused.bad_count")),
        (listing(count=10**400), ("", "refused.bad_count")),
        (listing(on=21), ("", "refused.future_day")),
        (listing(household="H7"), ("15901/1/7", "refused.not_a_holder_on")),
        (listing(note="\udcff"), ("", "refused.bad_text")),
        (listing(seen=0), ("15901/1/7", "refused.written_since_seen")),
    ],
)
def test_list__refuses(command, expected):
    assert reasons(command, at()) == [expected]


def test_list__on_land_that_was_handed_over_warns():
    (draft,) = listing().decide(at((3, reaches("P1", "H1", "handed_over"))), SETTING)
    assert [(w.message, w.severity) for w in draft.warnings] == [("warning.object_after_handover", "warning")]


def test_remove__some_and_then_the_rest():
    five = at((5, lists("P1", "grave_built", 5)))
    (draft,) = RemoveObject(2, 2, day(6), " BB-7 ").decide(five, SETTING)
    assert (draft.on, draft.fact) == (day(6), ObjectRemoved("P1", 2, 2, "BB-7"))
    three = at((5, lists("P1", "grave_built", 5)), (6, removes("P1", 2, 2)))
    assert RemoveObject(2, 3, day(5)).decide(three, SETTING)
    with pytest.raises(RefusedError) as refused:
        RemoveObject(2, 4, day(7)).decide(three, SETTING)
    (problem,) = refused.value.problems
    assert (problem.message, problem.facts["left"]) == ("refused.removed_too_many", 3)


def test_remove__refuses():
    listed = (5, lists("P1", "grave_built", 2))
    assert reasons(RemoveObject(1, 1, day(5)), at()) == [("", "refused.no_object")]
    assert reasons(RemoveObject(9, 1, day(21)), at()) == [
        ("", "refused.future_day"),
        ("", "refused.no_object"),
    ]
    assert reasons(RemoveObject(2, 0, day(4)), at(listed)) == [
        ("", "refused.bad_count"),
        ("15901/1/7", "refused.removed_before_listed"),
    ]
    assert reasons(RemoveObject(2, 1, day(6)), at(listed, (6, removes("P1", 2, 2)))) == [
        ("15901/1/7", "refused.objects_gone")
    ]
    assert reasons(RemoveObject(2, 1, day(6)), at(listed, (None, voids("P1", 2)))) == [
        ("15901/1/7", "refused.object_void")
    ]
    assert reasons(RemoveObject(2, 1, day(6), seen=1), at(listed)) == [
        ("15901/1/7", "refused.written_since_seen")
    ]


def test_remove__what_goes_on_a_later_day_than_today_shows_counts_already():
    """Written when the clock was ahead: the state of today does not show it, and nothing goes twice."""
    ahead = at((5, lists("P1", "tree", 4)), (25, removes("P1", 2, 4)))
    assert [one.count for one in ahead.by_parcel["P1"].objects] == [4]
    assert reasons(RemoveObject(2, 1, day(6)), ahead) == [("15901/1/7", "refused.objects_gone")]


def test_void__of_a_list_only_together_with_its_removals():
    listed = at((5, lists("P1", "tree", 4)), (6, removes("P1", 2, 1)))
    with pytest.raises(RefusedError) as refused:
        void(listed, [2])
    assert [(p.message, p.facts["entries"]) for p in refused.value.problems] == [
        ("refused.void_carries", "3")
    ]
    assert len(void(listed, [2, 3])) == 2
    assert len(void(listed, [3])) == 1


def test_is_repeated_by__the_same_request_and_no_other():
    written = entries((5, lists("P1", "grave_earth", 3)))
    assert listing().is_repeated_by(written)
    assert not listing(count=4).is_repeated_by(written)
    assert not RemoveObject(1, 3, day(5)).is_repeated_by(written)
    assert RemoveObject(1, 3, day(5)).is_repeated_by(entries((5, removes("P1", 1, 3))))


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4), st.integers(5, 15)), max_size=12))
def test_commands__never_leave_less_than_nothing(removals):
    """Any removals in any order: what was taken is written, what was refused is not, left = listed - gone."""
    facts = [(1, holds("P1", "H1")), (5, lists("P1", "tree", 6)), (5, lists("P1", "crop", 3))]
    now = state(entries(*facts), day(20), 3)
    left = {2: 6, 3: 3}
    for which, count, on in removals:
        target = which + 1
        try:
            (draft,) = RemoveObject(target, count, day(on)).decide(now, SETTING)
        except RefusedError:
            assert count > left[target]
            continue
        left[target] -= count
        facts.append((on, draft.fact))
        now = advance(now, entries(*facts)[-1:])
    assert {one.seq: one.count for one in now.by_parcel["P1"].objects} == {
        seq: count for seq, count in left.items() if count
    }
