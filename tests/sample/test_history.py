"""The invented story keeps the rules of the ledger, and looks like a commune's year."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import shapely

from gis.ledger.entry import parse_time
from gis.ledger.facts import KINDS
from gis.milestones import (
    MILESTONES,
    OBJECT_CATEGORIES,
    OBSTACLE_CATEGORIES,
    REPEATABLE_MILESTONES,
    VISIT_OUTCOMES,
)
from gis.sample.batches import HOLIDAYS

if TYPE_CHECKING:
    import pandas as pd

    from gis.store.sample_files import Sample

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")
HOLDING = ["commune", "sheet", "number", "household_id"]


@pytest.fixture(scope="module")
def history(sample: Sample) -> pd.DataFrame:
    return sample.history


@pytest.fixture(scope="module")
def live(history: pd.DataFrame) -> pd.DataFrame:
    """The milestones that are not void."""
    void = set(history.loc[history["kind"] == "void", "ref"].astype(int))
    voided = (history.index + 1).isin(void)
    return history[(history["kind"] == "milestone") & ~voided]


def test_history__about_thirty_thousand_entries_with_the_holdings(sample: Sample) -> None:
    assert 28_000 <= 3 + len(sample.holdings) + len(sample.history) <= 31_000


def test_history__is_written_in_office_hours_one_after_another(history: pd.DataFrame) -> None:
    moments = [parse_time(text) for text in history["recorded_at"]]
    assert moments == sorted(moments)
    for moment in sorted(set(moments)):
        local = moment.astimezone(OFFICE)
        assert local.weekday() < 5
        assert local.date() not in HOLIDAYS
        hour = local.hour + local.minute / 60
        assert 7.5 <= hour < 11.5 or 13.5 <= hour < 17
    assert moments[0].astimezone(OFFICE).date() >= date(2025, 7, 1)
    assert moments[-1].astimezone(OFFICE) < datetime(2026, 11, 16, tzinfo=OFFICE)


def test_history__nothing_happens_after_it_is_written_or_before_the_start(history: pd.DataFrame) -> None:
    late = 0
    dated = history[(history["on"] != "") & (history["kind"] != "opening")]
    for recorded_at, on in dated[["recorded_at", "on"]].itertuples(index=False):
        recorded = parse_time(recorded_at).astimezone(OFFICE).date()
        assert date(2025, 7, 1) <= date.fromisoformat(on) <= recorded
        late += (recorded - date.fromisoformat(on)).days > 14
    assert late > 50


def test_history__known_words_only(history: pd.DataFrame) -> None:
    assert set(history["kind"]) == set(KINDS) - {"boundaries", "holding", "succession"}
    assert set(history["milestone"]) - {""} == {*MILESTONES, "meeting", "origin_confirmed"}
    assert set(history["category"]) - {""} <= {*OBSTACLE_CATEGORIES, *OBJECT_CATEGORIES}
    assert set(history["outcome"]) - {""} == set(VISIT_OUTCOMES)
    assert set(history["act"]) - {""} == {"paid", "deposited", "withdrawn"}


def test_history__an_opening_is_of_a_day_before_the_project(history: pd.DataFrame) -> None:
    openings = history[history["kind"] == "opening"]
    assert (openings["on"] < "2025-07-01").all()
    assert not openings["milestone"].isin(["handed_over", "delivered"]).any()


def test_history__each_milestone_is_of_a_holding(sample: Sample, history: pd.DataFrame) -> None:
    holdings = set(sample.holdings[HOLDING].itertuples(index=False, name=None))
    named = history[(history["household_id"] != "") & (history["number"] != "")]
    assert set(named[HOLDING].itertuples(index=False, name=None)) <= holdings
    assert (history.loc[history["kind"] == "milestone", "household_id"] != "").all()


def test_history__a_milestone_is_reached_once(live: pd.DataFrame) -> None:
    once = live[~live["milestone"].isin(REPEATABLE_MILESTONES)]
    assert not once.duplicated([*HOLDING, "milestone"]).any()


def test_history__money_where_it_belongs(live: pd.DataFrame) -> None:
    approved, paid = live["milestone"] == "plan_approved", live["milestone"] == "paid"
    drawn = live["document"].str.startswith("RTG-")  # paid by a withdrawal, which has the amount
    assert (live["amount_vnd"] != "").eq(approved | (paid & ~drawn)).all()
    assert live.loc[live["amount_vnd"] != "", "amount_vnd"].astype(int).gt(0).all()
    assert (live["document"] != "").all()


def test_history__who_reached_a_milestone_in_a_batch_belongs_to_it(
    sample: Sample, history: pd.DataFrame, live: pd.DataFrame
) -> None:
    joined = history.loc[history["kind"] == "batch_joined", ["batch", "household_id"]]
    assert set(joined["batch"]) == set(sample.batches["batch"])
    named = live.loc[live["batch"] != "", ["batch", "household_id"]].drop_duplicates()
    assert len(named.merge(joined)) == len(named)
    assert live.loc[live["batch"] == "", "milestone"].isin(["handed_over", "delivered"]).all()


def test_history__references_point_back_at_what_they_close_or_cancel(history: pd.DataFrame) -> None:
    cancelled = set()
    rows = history.rename(columns={"count": "count_"})  # a row has a method of that name
    for number, row in enumerate(rows.itertuples(index=False), start=1):
        if not row.ref:
            assert row.kind not in {"void", "obstacle_closed", "object_removed"}
            continue
        target = history.iloc[int(row.ref) - 1]
        assert int(row.ref) < number
        assert (target["commune"], target["sheet"], target["number"]) == (row.commune, row.sheet, row.number)
        if row.kind == "obstacle_closed":
            assert target["kind"] == "obstacle_opened"
            assert target["on"] <= row.on
        elif row.kind == "object_removed":
            assert target["kind"] == "object_listed"
            assert target["on"] <= row.on
            assert int(row.count_) <= int(target["count"])
        else:
            assert target["kind"] == "milestone"
            assert row.note
        assert row.ref not in cancelled
        cancelled.add(row.ref)


def test_history__corrections_and_cancellations(history: pd.DataFrame) -> None:
    notes = history.loc[history["kind"] == "void", "note"].value_counts()
    assert set(notes.index) == {"Ghi nhầm ngày", "Ghi nhầm số biên bản", "Ghi nhầm thửa"}
    assert 20 <= notes.sum() <= 40


def test_history__obstacles_open_and_closed(history: pd.DataFrame) -> None:
    kinds = history["kind"].value_counts()
    assert 150 < kinds["obstacle_opened"] < 450
    assert 0.2 < kinds["obstacle_closed"] / kinds["obstacle_opened"] < 0.7


def test_history__rice_is_handed_over_after_the_harvests(live: pd.DataFrame) -> None:
    months = live.loc[live["milestone"] == "handed_over", "on"].str[5:7].value_counts(normalize=True)
    assert months.loc[["06", "09", "10"]].sum() > 0.75
    assert "02" not in months.index


def test_history__some_land_is_delivered_to_the_investor(live: pd.DataFrame) -> None:
    delivered = live[live["milestone"] == "delivered"]
    assert 60 <= len(delivered) <= 110
    handed = live.loc[live["milestone"] == "handed_over", HOLDING]
    assert len(delivered.merge(handed, on=HOLDING)) == len(delivered)


def test_history__what_is_cleared_at_the_end(sample: Sample, live: pd.DataFrame) -> None:
    key = ["commune", "sheet", "number"]
    signed = live.loc[live["milestone"] == "handed_over", HOLDING].drop_duplicates().groupby(key).size()
    holders = sample.holdings.groupby(key).size()
    cleared = signed.index[signed == holders.reindex(signed.index)]
    parcels = sample.parcels.set_index(key).geometry
    features = sample.features.assign(commune="15910", sheet="", number=sample.features["code"])
    shapes = list(parcels[parcels.index.isin(cleared)])
    shapes += list(features.set_index(key).geometry[lambda s: s.index.isin(cleared)])
    shares = [
        shapely.area(shapely.intersection(shapes, zone)).sum() / zone.area for zone in sample.zones.geometry
    ]
    assert 0.44 < shares[0] < 0.51
    assert 0.17 < shares[1] < 0.24
    assert 0.06 < shares[2] < 0.11
