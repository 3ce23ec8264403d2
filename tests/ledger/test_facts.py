"""Every kind goes into a body and comes back the same."""

import json
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from gis.errors import UnreadableEntryError
from gis.ledger.entry import Attachment, Entry, body_of, parse_body
from gis.ledger.facts import (
    KINDS,
    BatchDocument,
    BatchJoined,
    BatchOpened,
    Boundaries,
    Delivery,
    Holding,
    Milestone,
    Money,
    Note,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Succession,
    Visit,
    Void,
    Waiver,
)

NOTE = Note("n1", "a" * 64)
FACTS = [
    Boundaries("zones", "b" * 64, 3, "EPSG:5897", 1, (("khu.gpkg", "c" * 64),)),
    Holding("P1", "H1", Fraction(1, 3), ("H2", "H3")),
    Milestone("P1", "H1", "paid", "BK-1", 5_000_000, "D1", date(2026, 2, 1)),
    Opening("P1", "H1", "notified", None, None, True, "d" * 64, 7),
    Waiver("P1", "H1", "plan_published", NOTE),
    ObstacleOpened("P1", None, "price", NOTE),
    ObstacleClosed("P1", 4, NOTE),
    Visit(None, "H1", "agreed", NOTE),
    Money(None, "H1", "deposited", 7_000_000, "PT-1", "D1"),
    ObjectListed("P1", "H1", "grave_built", 3, None),
    ObjectRemoved("P1", 9, 2, "BB-9"),
    BatchOpened("D1", "Đợt 1", "kcn", "nq-254-2025"),
    BatchJoined("D1", "H1", left=False),
    BatchDocument("D1", "plan_approved", "QĐ 12", date(2026, 2, 3), NOTE),
    Delivery("Lô A1", "BB-77", ("P1", "P2"), (("P2", 1205), ("P3", None))),
    Succession((("P1", "P8", 5000), ("P1", "P9", 2501))),
    Void("P1", 3, NOTE),
]


def entry_of(fact, **more):
    moment = datetime(2026, 3, 2, 8, tzinfo=UTC)
    return Entry(7, date(2026, 3, 1), moment, "lan", "r1", 0, fact, **more)


def test_facts__stand_for_every_kind():
    assert {fact.kind for fact in FACTS} == set(KINDS)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.kind)
def test_parse_body__gives_back_what_body_of_wrote(fact):
    entry = entry_of(fact)
    assert parse_body(body_of(entry)) == entry


def test_body_of__fields_of_later_days_are_absent_at_their_default():
    early = body_of(entry_of(Milestone("P1", "H1", "paid", "BK-1", 5)))
    facts = set(json.loads(early)) - {"v", "seq", "kind", "on", "recorded_at", "by", "request_id", "item"}
    assert facts == {"parcel", "household", "milestone", "document", "amount_vnd"}


def test_body_of__keeps_attachments_and_the_warnings_that_were_shown():
    shown = entry_of(
        Milestone("P1", "H1", "handed_over", "BB-1"),
        attachments=(Attachment("e" * 64, "application/pdf", 1234),),
        warned=("warning.out_of_order",),
    )
    body = json.loads(body_of(shown))
    assert body["attachments"] == [{"sha256": "e" * 64, "type": "application/pdf", "bytes": 1234}]
    assert body["warned"] == ["warning.out_of_order"]
    assert parse_body(body_of(shown)) == shown


@pytest.mark.parametrize("change", [{"surprise": 1}, {"parcel": ...}])
def test_parse_body__refuses_a_field_too_many_and_one_too_few(change):
    body = json.loads(body_of(entry_of(Milestone("P1", "H1", "paid"))))
    for name, value in change.items():
        if value is ...:
            del body[name]
        else:
            body[name] = value
    with pytest.raises(UnreadableEntryError):
        parse_body(json.dumps(body))
