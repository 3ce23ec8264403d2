"""Waivers: only what is optional, with a reason, and not what was reached."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import Waiver
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state
from gis.ledger.voids import void
from gis.ledger.waivers import Waive
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, reaches, voids, waives

SETTING = Setting(
    parcels={"P1", "P2"},
    starts=day(1),
    today=day(20),
    milestones=("notified", "meeting", "handed_over"),
    optional=("meeting",),
)
HELD = [(1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2)))]


def at(*facts):
    ledger = entries(*HELD, *facts)
    return state(ledger, day(20), len(ledger))


def waive(household="H1", milestone="meeting", parcel="P1", on=5, reason="đã họp năm trước", seen=None):
    return Waive(parcel, household, milestone, day(on), reason, seen)


def reasons(command, now, setting=SETTING):
    with pytest.raises(RefusedError) as refused:
        command.decide(now, setting)
    for language in LANGUAGES:
        assert all(Texts(language).problem(problem) for problem in refused.value.problems)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def test_waive__one_holding_its_reason_in_words():
    assert waive().decide(at(), SETTING) == (
        Draft(day(5), Waiver("P1", "H1", "meeting"), words=(("note", "đã họp năm trước"),)),
    )


def test_waive__all_holdings_means_those_that_neither_reached_it_nor_are_waived():
    def households(now):
        return [draft.fact.household for draft in waive(None).decide(now, SETTING)]

    assert households(at()) == ["H1", "H2"]
    assert households(at((3, reaches("P1", "H1", "meeting")))) == ["H2"]
    assert households(at((3, waives("P1", "H2", "meeting")))) == ["H1"]
    done = at((3, waives("P1", "H2", "meeting")), (3, reaches("P1", "H1", "meeting")))
    assert reasons(waive(None), done) == [("P1", "refused.waive_reached"), ("P1", "refused.waived_twice")]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (waive(parcel="P9"), ("P9", "refused.unknown_parcel")),
        (waive(parcel="P2"), ("P2", "refused.no_holding")),
        (waive("H9"), ("P1", "refused.not_a_holder")),
        (waive(milestone="party"), ("", "refused.unknown_milestone")),
        (waive(milestone="handed_over"), ("", "refused.not_optional")),
        (waive(reason="  "), ("", "refused.waive_reason")),
        (waive(reason="\udcff"), ("", "refused.bad_text")),
        (waive(on=21), ("", "refused.future_day")),
        (waive(seen=0), ("P1", "refused.written_since_seen")),
    ],
)
def test_waive__refuses(command, expected):
    assert reasons(command, at()) == [expected]


def test_waive__nothing_where_the_project_has_no_optional_ones():
    plain = Setting(parcels={"P1"}, starts=day(1), today=day(20))
    assert reasons(waive(milestone="paid"), at(), plain) == [("", "refused.no_optional")]


def test_waive__not_before_the_household_held_it_nor_after_it_left():
    sold = at((10, holds("P1", "H3", Fraction(1, 2), "H1")))
    assert reasons(waive("H3", on=9), sold) == [("P1", "refused.before_holding")]
    assert reasons(waive("H1", on=9), sold) == [("P1", "refused.not_a_holder")]


def test_waive__not_twice_and_anew_once_it_is_void():
    assert reasons(waive(), at((3, waives("P1", "H1", "meeting")))) == [("P1", "refused.waived_twice")]
    undone = at((3, waives("P1", "H1", "meeting")), (None, voids("P1", 3)))
    assert waive().decide(undone, SETTING)


def test_waive__counts_in_the_state_and_its_void_takes_it_back():
    (draft,) = waive().decide(at(), SETTING)
    ledger = entries(*HELD, (5, draft.fact))
    now = advance(at(), ledger[2:])
    assert [sorted(one.waived) for one in now.of_parcel("P1")] == [["meeting"], []]
    (cancelled,) = void(now, [3])
    after = advance(now, entries(*HELD, (5, draft.fact), (None, cancelled.fact))[3:])
    assert [sorted(one.waived) for one in after.of_parcel("P1")] == [[], []]


def test_is_repeated_by__the_same_waiver_and_no_other():
    written = entries((5, waives("P1", "H1", "meeting")), (5, waives("P1", "H2", "meeting")))
    assert waive(None).is_repeated_by(written)
    assert not waive("H1").is_repeated_by(written)
    assert waive("H1").is_repeated_by(written[:1])
    assert not waive(None, on=6).is_repeated_by(written)
