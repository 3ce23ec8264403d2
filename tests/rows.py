"""A few entries for tests of databases: what they say does not matter there."""

from __future__ import annotations

from datetime import UTC, date, datetime

from gis.ledger.entry import Draft
from gis.ledger.facts import Holding
from gis.store.database import Stamp

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DRAFT = Draft(date(2026, 3, 1), Holding("P1", "H1", None))
COLUMNS = "kind, on_day, recorded_at, request_id, item, parcel, body, hash"


def append(ledger, count=1, request_id="r1", now=NOW):
    """Some entries of one request."""
    with ledger.writing() as writer:
        return writer.append([(DRAFT, Stamp("lan", request_id, now))] * count)
