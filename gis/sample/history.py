"""The events in the order in which they were written, with document numbers, errors and corrections.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from gis.ledger.entry import time_text
from gis.sample.batches import END, working_day_after
from gis.sample.chance import chance
from gis.sample.story import Event, Paper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

COLUMNS: Final = (
    *("recorded_at", "by", "kind", "commune", "sheet", "number", "household_id", "milestone"),
    *("on", "document", "amount_vnd", "category", "ref", "note", "batch", "act", "outcome", "count"),
    "effective",
)
# Series of document numbers: how one is written, and where the commune's count of 2025 stood.
SERIES: Final = {
    "notified": ("TB {n}/TB-UBND", 12),
    "inventoried": ("BBKĐ-{n}/{year}", 1),
    "plan_published": ("BBNY-{n}/{year}", 1),
    "decision": ("QĐ {n}/QĐ-UBND", 41),
    "paid": ("BKCT-{n}/{year}", 1),
    "deposited": ("GTG-{n}/{year}", 1),
    "handed_over": ("BB-{n}/{year}", 1),
    "delivered": ("BBGĐ-{n}/{year}", 1),
    "meeting": ("BBHD-{n}/{year}", 1),
    "origin_confirmed": ("XN {n}/UBND-ĐC", 7),
    "withdrawn": ("RTG-{n}/{year}", 1),
    "district_notified": ("TB {n}/TB-UBND (huyện)", 118),
    "district_meeting": ("BBHD-{n}/{year} (huyện)", 9),
    "district_inventoried": ("BBKĐ-{n}/{year} (huyện)", 61),
    "district_origin_confirmed": ("XN {n}/UBND (huyện)", 30),
    "district_plan_published": ("BBNY-{n}/{year} (huyện)", 4),
}
DECISIONS: Final = frozenset({"plan_approved", "recovered"})
MISTYPED: Final = 26  # wrong day or number, corrected some days later
MISPLACED: Final = 9  # a hand-over marked on the wrong parcel, cancelled
_OFFICE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_HOURS: Final = ((7 * 3600 + 1800, 4 * 3600), (13 * 3600 + 1800, 3 * 3600 + 1800))  # start, length


@dataclass(frozen=True, slots=True)
class Written:
    """The story as the office wrote it.

    Args:
        rows: The rows of `history.csv`: `COLUMNS`, all str; `ref` counts rows from 1.
        documents: The number of each document.
    """

    rows: pd.DataFrame
    documents: Mapping[Paper, str]


def history(events: Sequence[Event], land: gpd.GeoDataFrame, seed: int) -> Written:
    """The events as the rows of `history.csv`.

    Args:
        events: All of them, `with_errors`.
        land: The units they speak of.
        seed: Of the times of day and the numbers.
    """
    rng = np.random.default_rng([seed, 10])
    order, moments = _written(events, rng)
    place = {index: row for row, index in enumerate(order, start=1)}
    numbers = _numbers(events, rng)
    keys = dict(enumerate(zip(land["commune"], land["sheet"], land["number"], strict=True)))
    rows = [
        (
            time_text(moments[index]),
            event.by,
            event.kind,
            *keys.get(event.unit, ("", "", "")),
            event.household,
            event.milestone,
            _text(event.on),
            _document(event, numbers),
            _text(event.amount_vnd),
            "" if event.kind == "obstacle_closed" else event.category,
            "" if event.target is None else str(place[event.target]),
            event.note,
            event.batch,
            event.act,
            event.outcome,
            _text(event.count),
            _text(event.effective),
        )
        for index in order
        for event in (events[index],)
    ]
    documents = {paper: _number(paper, number) for paper, number in numbers.items()}
    return Written(pd.DataFrame(rows, columns=list(COLUMNS), dtype=str), documents)


def _text(value: date | int | None) -> str:
    return "" if value is None else str(value)


def with_errors(events: Sequence[Event], seed: int) -> list[Event]:
    """The story with what was written wrongly first, and cancelled some days later.

    Args:
        events: As `story.Story.tell` gives them.
        seed: Of the errors.
    """
    return _with_errors(list(events), np.random.default_rng([seed, 5]))


def _with_errors(events: list[Event], rng: np.random.Generator) -> list[Event]:
    """Some events written wrongly first: cancelled, and written again where they were true."""
    typed = [i for i, e in enumerate(events) if e.milestone in {"handed_over", "inventoried", "paid"}]
    for index in sorted(rng.choice(typed, MISTYPED, replace=False).tolist()):
        right = events[index]
        later = working_day_after(right.recorded, int(rng.integers(1, 8)))
        if right.on is None or later > END:
            continue
        misread = chance(rng, 0.4)
        wrong_day = right.on - timedelta(days=int(rng.choice([1, 2, 10, 30])))
        events[index] = replace(right, misread=True) if misread else replace(right, on=wrong_day)
        note = "Ghi nhầm số biên bản" if misread else "Ghi nhầm ngày"
        events.append(_void(right, index, later, note))
        events.append(replace(right, recorded=later, session=f"sửa|{index}"))
    handed = {(e.unit, e.household) for e in events if e.milestone == "handed_over"}
    paid = [e for e in events if e.milestone == "paid" and (e.unit, e.household) not in handed]
    for index in sorted(rng.choice(len(paid), MISPLACED, replace=False).tolist()):
        other = paid[index]
        on = working_day_after(other.recorded, int(rng.integers(10, 30)))
        recorded = working_day_after(on, 1)
        later = working_day_after(recorded, int(rng.integers(1, 4)))
        if later > END or (other.unit, other.household) in handed:
            continue
        handed.add((other.unit, other.household))
        paper = Paper("handed_over", on, other.household)
        wrong = replace(
            other, milestone="handed_over", on=on, recorded=recorded, paper=paper, amount_vnd=None
        )
        events.append(replace(wrong, session=f"nhầm|{index}"))
        events.append(_void(wrong, len(events) - 1, later, "Ghi nhầm thửa"))
    return events


def _void(event: Event, index: int, recorded: date, note: str) -> Event:
    """The cancelling of an event."""
    return Event(
        kind="void",
        unit=event.unit,
        household=event.household,
        on=None,
        recorded=recorded,
        by=event.by,
        session=f"sửa|{index}",
        target=index,
        note=note,
    )


def _written(events: Sequence[Event], rng: np.random.Generator) -> tuple[list[int], dict[int, datetime]]:
    """The order of writing, and each event's moment in office hours; one session, one moment."""
    sessions: dict[tuple[date, str, str], list[int]] = {}
    for index, event in enumerate(events):
        sessions.setdefault((event.recorded, event.by, event.session), []).append(index)
    days: dict[date, list[tuple[date, str, str]]] = {}
    for key in sessions:
        days.setdefault(key[0], []).append(key)
    order: list[int] = []
    moments: dict[int, datetime] = {}
    for day in sorted(days):
        # A session comes after those that its own lines cancel or close.
        keys = sorted(days[day], key=lambda key: (max(events[i].target or -1 for i in sessions[key]), key))
        seconds = np.sort(rng.choice(sum(length for _, length in _HOURS), len(keys), replace=False))
        for key, second in zip(keys, seconds.tolist(), strict=True):
            moment = _moment(day, second)
            for index in sessions[key]:
                moments[index] = moment
            order += sessions[key]
    return order, moments


def _moment(day: date, second: int) -> datetime:
    """A second of the office's day, in UTC."""
    (start, length), (afternoon, _) = _HOURS
    since_midnight = start + second if second < length else afternoon + second - length
    local = datetime(day.year, day.month, day.day, tzinfo=_OFFICE) + timedelta(seconds=since_midnight)
    return local.astimezone(UTC)


def _numbers(events: Sequence[Event], rng: np.random.Generator) -> dict[Paper, int]:
    """The number of each document: by its day within its series and year."""
    papers = {event.paper for event in events if event.paper is not None}
    first_year = min(paper.day.year for paper in papers)
    numbers: dict[Paper, int] = {}
    last: dict[tuple[str, int], int] = {}
    for paper in sorted(papers, key=lambda paper: (paper.day, paper.series, paper.owner)):
        series = _series(paper)
        step = int(rng.integers(2, 18)) if series in {"decision", "notified"} else 1
        start = SERIES[series][1] if paper.day.year == first_year else 1
        counter = (series, paper.day.year)
        numbers[paper] = last[counter] = last[counter] + step if counter in last else start
    return numbers


def _series(paper: Paper) -> str:
    return "decision" if paper.series in DECISIONS else paper.series


def _document(event: Event, numbers: Mapping[Paper, int]) -> str:
    """A document's number as the office writes it; a typing error is off by ninety."""
    if event.paper is None:
        return ""
    return _number(event.paper, numbers[event.paper] + (90 if event.misread else 0))


def _number(paper: Paper, number: int) -> str:
    return SERIES[_series(paper)][0].format(n=number, year=paper.day.year)
