"""The day in Vietnam: an entry of 1 a.m. in Hanoi is of that day, not of the day before in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def vietnam_day(moment: datetime) -> date:
    """The day in Vietnam of a moment that carries its zone.

    >>> from datetime import UTC, datetime
    >>> vietnam_day(datetime(2026, 3, 1, 18, tzinfo=UTC)).isoformat()
    '2026-03-02'
    """
    return moment.astimezone(HANOI).date()
