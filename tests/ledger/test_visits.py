"""Visits: with who holds land on the day, and a list of them by household, the newest first."""

import sys
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import Visit
from gis.ledger.setting import Setting
from gis.ledger.state import state
from gis.ledger.visits import RecordVisit, visits, visits_of
from gis.texts import LANGUAGES, Texts

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, voids
from build import visits as visited

SETTING = Setting(parcels={"P1", "P2", "P3"}, starts=day(1), today=day(20))
FACTS = [
    (1, holds("P1", "H1")),
    (1, holds("P2", "H1")),
    (10, holds("P1", "H2", 1, "H1")),
    (1, holds("P3", "H3")),
]


def at(*facts):
    ledger = entries(*FACTS, *facts)
    return state(ledger, day(20), len(ledger))


def visit(household="H1", parcel=None, on=5, outcome="considering", note=None):
    return RecordVisit(household, parcel, day(on), outcome, note)


def reasons(command, now):
    with pytest.raises(RefusedError) as refused:
        command.decide(now, SETTING)
    for language in LANGUAGES:
        assert all(Texts(language).problem(problem) for problem in refused.value.problems)
    return [(problem.source, problem.message) for problem in refused.value.problems]


def test_record__about_one_parcel_or_all_that_a_household_holds():
    assert visit(note=" hẹn tuần sau ").decide(at(), SETTING) == (
        Draft(day(5), Visit(None, "H1", "considering"), (), (), (("note", "hẹn tuần sau"),)),
    )
    (draft,) = visit(parcel="P2", outcome="agreed").decide(at(), SETTING)
    assert draft.fact == Visit("P2", "H1", "agreed")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (visit(outcome="happy"), ("", "refused.unknown_outcome")),
        (visit(on=21), ("", "refused.future_day")),
        (visit(parcel="P9"), ("P9", "refused.unknown_parcel")),
        (visit("H9"), ("", "refused.holds_nothing")),
        (visit("H2"), ("", "refused.holds_nothing")),  # holds from day 10
        (visit("H2", "P1"), ("P1", "refused.before_holding")),
        (visit("H1", "P1", on=10), ("P1", "refused.not_a_holder_on")),
        (visit(note="\udcff"), ("", "refused.bad_text")),
    ],
)
def test_record__refuses(command, expected):
    assert reasons(command, at()) == [expected]


def test_record__who_held_it_on_the_day_though_no_longer_today():
    assert visit("H1", "P1", on=9).decide(at(), SETTING)
    assert visit("H2", on=10).decide(at(), SETTING)


def test_visits__by_household_the_newest_first_without_the_void_ones():
    """Seqs 5 to 9: about all of H1 on days 6 and 4, about P2 on day 5, H3's, and a void one."""
    now = at(
        (6, visited("H1", "refused")),
        (4, visited("H1", "absent")),
        (5, visited("H1", "considering", "P2")),
        (7, visited("H3", "agreed", "P3")),
        (8, visited("H1", "agreed")),
        (None, voids(None, 9)),
    )
    assert {
        name: [(v.on, v.outcome, v.parcel, v.seq) for v in found] for name, found in visits(now).items()
    } == {
        "H1": [
            (day(6), "refused", None, 5),
            (day(5), "considering", "P2", 7),
            (day(4), "absent", None, 6),
        ],
        "H3": [(day(7), "agreed", "P3", 8)],
    }
    assert visits_of(now, ["H1", "H9"]) == {"H1": visits(now)["H1"]}
    assert visits_of(now, []) == {}


def test_visits__of_one_day_the_last_written_first_and_none_of_a_later_day():
    ledger = entries(*FACTS, (6, visited("H1", "absent")), (6, visited("H1", "agreed")), (9, visited("H1")))
    assert [one.outcome for one in visits(state(ledger, day(8), 7))["H1"]] == ["agreed", "absent"]


def test_is_repeated_by__the_same_visit_and_no_other():
    written = entries((5, visited("H1")))
    assert visit().is_repeated_by(written)
    assert not visit(parcel="P1").is_repeated_by(written)
    assert not visit(outcome="agreed").is_repeated_by(written)
