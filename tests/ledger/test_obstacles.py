"""Obstacles: opened once at a time, closed once, never before they were opened."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Attachment, Draft
from gis.ledger.facts import ObstacleClosed, ObstacleOpened
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.setting import Setting
from gis.ledger.state import advance, state
from gis.ledger.voids import void
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import closes, day, entries, holds, opens, reaches, voids

SETTING = Setting(parcels={"P1", "P2", "F1"}, starts=day(1), today=day(20), labels={"P1": "15901/1/7"})
HELD = [(1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2)))]


def at(*facts, on=20):
    ledger = entries(*HELD, *facts)
    return state(ledger, day(on), len(ledger))


def reasons(command, now):
    with pytest.raises(RefusedError) as refused:
        command.decide(now, SETTING)
    for language in LANGUAGES:
        assert all(Texts(language).problem(problem) for problem in refused.value.problems)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def opening(parcel="P1", category="price", household=None, on=5, **more):
    return OpenObstacle(parcel, household, category, day(on), **more)


def test_open__of_the_whole_parcel_of_one_holder_and_of_what_nobody_holds():
    scan = Attachment("a" * 64, "image/png", 9)
    assert opening(note=" giá thấp ", attachments=(scan,)).decide(at(), SETTING) == (
        Draft(day(5), ObstacleOpened("P1", None, "price"), (scan,), (), (("note", "giá thấp"),)),
    )
    (draft,) = opening(household="H2").decide(at(), SETTING)
    assert draft.fact == ObstacleOpened("P1", "H2", "price")
    assert opening("F1", "utilities").decide(at(), SETTING)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (opening("P9"), ("P9", "refused.unknown_parcel")),
        (opening(category="weather"), ("", "refused.unknown_obstacle")),
        (opening(on=21), ("", "refused.future_day")),
        (opening(on=0), ("", "refused.early_day")),
        (opening(household="H7"), ("15901/1/7", "refused.not_a_holder_on")),
        (opening("F1", household="H1"), ("F1", "refused.not_a_holder_on")),
        (opening(note="\udcff"), ("", "refused.bad_text")),
        (opening(seen=1), ("15901/1/7", "refused.written_since_seen")),
    ],
)
def test_open__refuses(command, expected):
    assert reasons(command, at()) == [expected]


def test_open__an_unknown_category_lists_them_all_and_every_reason_is_told():
    wrong = opening("P9", "weather", on=21)
    with pytest.raises(RefusedError) as refused:
        wrong.decide(at(), SETTING)
    told = refused.value.problems
    assert [p.message for p in told] == [
        "refused.unknown_parcel",
        "refused.unknown_obstacle",
        "refused.future_day",
    ]
    assert told[1].facts["obstacles"].startswith("price, papers, ")


def test_open__twice_for_one_holder_is_refused_naming_the_open_one():
    stuck = at((3, opens("P1", "price")))
    assert reasons(opening(on=5), stuck) == [("15901/1/7", "refused.obstacle_open")]
    assert reasons(opening(on=2), stuck) == [("15901/1/7", "refused.obstacle_open")]
    assert opening(household="H1").decide(stuck, SETTING)
    assert opening(category="papers").decide(stuck, SETTING)
    assert opening().decide(at((3, opens("P1", "price")), (None, voids("P1", 3))), SETTING)


def test_open__again_from_the_day_that_it_closed_but_not_before():
    closed = at((3, opens("P1", "price")), (8, closes("P1", 3)))
    assert opening(on=8).decide(closed, SETTING)
    with pytest.raises(RefusedError) as refused:
        opening(on=7).decide(closed, SETTING)
    (problem,) = refused.value.problems
    assert (problem.message, problem.facts["seq"], problem.facts["closed"]) == (
        "refused.obstacle_overlaps",
        3,
        "2026-01-08",
    )


def test_open__the_holder_is_the_one_of_that_day():
    """H1's half went to H3 on day 10: before, the obstacle is H1's, from then on it is H3's."""
    sold = at((10, holds("P1", "H3", Fraction(1, 2), "H1")))
    assert opening(household="H1", on=9).decide(sold, SETTING)
    assert reasons(opening(household="H1", on=10), sold) == [("15901/1/7", "refused.not_a_holder_on")]
    assert reasons(opening(household="H3", on=9), sold) == [("15901/1/7", "refused.before_holding")]
    assert opening(household="H3", on=10).decide(sold, SETTING)


def test_open__on_land_that_was_handed_over_warns():
    done = at((3, reaches("P1", "H1", "handed_over")))
    assert opening().decide(done, SETTING)[0].warnings == ()
    (draft,) = opening(household="H1").decide(done, SETTING)
    assert [(w.message, w.severity) for w in draft.warnings] == [
        ("warning.obstacle_after_handover", "warning")
    ]


def test_close__names_the_parcel_and_takes_it_out_of_the_way():
    stuck = at((3, opens("P1", "price", "H1")))
    (draft,) = CloseObstacle(3, day(3), "đã thống nhất").decide(stuck, SETTING)
    assert (draft.fact, draft.words) == (ObstacleClosed("P1", 3), (("note", "đã thống nhất"),))
    ledger = entries(*HELD, (3, opens("P1", "price", "H1")), (3, draft.fact))
    assert advance(stuck, ledger[3:]).by_parcel["P1"].obstacles == ()


def test_close__refuses_what_is_not_open():
    assert reasons(CloseObstacle(9, day(5)), at()) == [("", "refused.no_obstacle")]
    assert reasons(CloseObstacle(1, day(21)), at()) == [
        ("", "refused.future_day"),
        ("", "refused.no_obstacle"),
    ]
    stuck = (3, opens("P1", "price"))
    assert reasons(CloseObstacle(3, day(2)), at(stuck)) == [("15901/1/7", "refused.closed_before_opened")]
    assert reasons(CloseObstacle(3, day(5)), at(stuck, (4, closes("P1", 3)))) == [
        ("15901/1/7", "refused.obstacle_closed")
    ]
    assert reasons(CloseObstacle(3, day(5)), at(stuck, (None, voids("P1", 3)))) == [
        ("15901/1/7", "refused.obstacle_void")
    ]
    assert reasons(CloseObstacle(3, day(5), seen=2), at(stuck)) == [
        ("15901/1/7", "refused.written_since_seen")
    ]


def test_close__after_its_closing_was_void_it_may_be_closed_anew():
    undone = at((3, opens("P1", "price")), (4, closes("P1", 3)), (None, voids("P1", 4)))
    assert CloseObstacle(3, day(5)).decide(undone, SETTING)


def test_void__of_an_opening_only_together_with_its_closing():
    closed = at((3, opens("P1", "price")), (4, closes("P1", 3)))
    with pytest.raises(RefusedError) as refused:
        void(closed, [3])
    assert [(p.message, p.facts["entries"]) for p in refused.value.problems] == [
        ("refused.void_carries", "4")
    ]
    assert [draft.fact.target for draft in void(closed, [3, 4])] == [3, 4]


def test_is_repeated_by__the_same_request_and_no_other():
    written = entries((5, opens("P1", "price")))
    assert opening().is_repeated_by(written)
    assert not opening(household="H1").is_repeated_by(written)
    assert not opening(on=6).is_repeated_by(written)
    assert not CloseObstacle(1, day(5)).is_repeated_by(written)
    assert CloseObstacle(1, day(5)).is_repeated_by(entries((5, closes("P1", 1))))
