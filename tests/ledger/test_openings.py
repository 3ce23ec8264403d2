"""What an office had recorded before us."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.effects import after
from gis.ledger.openings import OpeningRow, RecordOpenings
from gis.ledger.setting import Setting
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, reaches

SETTING = Setting(parcels={"P1"}, starts=day(1), today=day(20))
STATE = state(entries((1, holds("P1", "H1")), (9, reaches("P1", "H1", "paid"))), day(20), 99)
ROW = OpeningRow("P1", "H1", "notified", day(-400), False, "TB 1", None, 2, "cu.csv, line 2")
DIGEST = "a" * 64


def test_record__a_day_before_the_project_counts_for_the_holding():
    (draft,) = RecordOpenings((ROW,), DIGEST).decide(STATE, SETTING)
    assert (draft.on, draft.fact.file_sha256, draft.fact.row) == (day(-400), DIGEST, 2)
    (holding,) = after(STATE, (draft,)).of_parcel("P1")
    reached = holding.milestones["notified"]
    assert (reached.on, reached.document, reached.not_later_than) == (day(-400), "TB 1", False)


def test_record__an_unknown_day_is_kept_as_not_later_than():
    (draft,) = RecordOpenings((replace(ROW, not_later_than=True),), DIGEST).decide(STATE, SETTING)
    assert after(STATE, (draft,)).of_parcel("P1")[0].milestones["notified"].not_later_than


def test_record__the_same_list_twice_writes_nothing():
    request = RecordOpenings((ROW,), DIGEST)
    assert request.decide(after(STATE, request.decide(STATE, SETTING)), SETTING) == ()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parcel": "P9"}, "refused.unknown_parcel"),
        ({"household": "H9"}, "refused.not_a_holder"),
        ({"milestone": "party"}, "refused.unknown_milestone"),
        ({"on": day(21)}, "refused.future_day"),
        ({"amount_vnd": -1}, "refused.bad_amount"),
    ],
)
def test_record__refuses(change, message):
    with pytest.raises(RefusedError) as refused:
        RecordOpenings((replace(ROW, **change),), DIGEST).decide(STATE, SETTING)
    assert [(p.source, p.message) for p in refused.value.problems] == [("cu.csv, line 2", message)]


def test_record__two_rows_of_one_milestone_are_refused():
    twice = RecordOpenings((ROW, replace(ROW, on=day(2), row=3, source="cu.csv, line 3")), DIGEST)
    with pytest.raises(RefusedError) as refused:
        twice.decide(STATE, SETTING)
    assert refused.value.problems[0].facts == {"first": "cu.csv, line 2"}
