"""The bytes and the chain, against hashes worked out by hand."""

import hashlib
import sys
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import UnreadableEntryError
from gis.ledger.chain import FIRST_PREVIOUS_HASH, link, row_of
from gis.ledger.entry import Entry, body_of, parse_body, parse_time
from gis.ledger.facts import Milestone

sys.path.insert(0, str(Path(__file__).parent))
from build import entries, holds, opens, reaches, voids


def test_body_of__is_canonical_json_to_the_letter():
    moment = datetime(2026, 3, 2, 1, 2, 3, 4, tzinfo=UTC)
    entry = Entry(7, date(2026, 3, 1), moment, "lan", "r1", 0, Milestone("P000001", "H1", "paid", "QĐ 45", 5))
    assert body_of(entry) == (
        '{"amount_vnd":5,"by":"lan","document":"QĐ 45","household":"H1","item":0,"kind":"milestone",'
        '"milestone":"paid","on":"2026-03-01","parcel":"P000001","recorded_at":"2026-03-02T01:02:03.000004Z",'
        '"request_id":"r1","seq":7,"v":1}'
    )


def test_body_of__composes_letters():
    """An "Đ" with a combining mark and its composed twin give the same bytes."""
    spelled = [Milestone("P1", "H1", "paid", text) for text in ("Quyết định", "Quyết định")]
    bodies = {
        body_of(Entry(1, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), "lan", "r", 0, f))
        for f in spelled
    }
    assert len(bodies) == 1


def rows(ledger):
    written, previous = [], FIRST_PREVIOUS_HASH
    for entry in ledger:
        written.append(row_of(entry, previous))
        previous = written[-1].hash
    return written


LEDGER = entries(
    (1, holds("P1", "H1", Fraction(1, 3))),
    (2, reaches("P1", "H1", "paid")),
    (2, opens("P1")),
    (None, voids("P1", 2)),
)


@pytest.mark.parametrize("entry", LEDGER)
def test_parse_body__comes_back(entry):
    assert parse_body(body_of(entry)) == entry


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"v":2}', '{"v":1,"kind":"dream"}', "null"])
def test_parse_body__refuses_what_is_no_body(body):
    with pytest.raises(UnreadableEntryError):
        parse_body(body)


def test_parse_time__takes_one_spelling_only():
    with pytest.raises(ValueError, match="2026"):
        parse_time("2026-03-02T01:02:03.5Z")


def test_link__covers_the_previous_hash_and_the_body():
    first = rows(LEDGER)[0]
    assert first.hash == hashlib.sha256(b"0" * 64 + first.body.encode()).hexdigest()
    assert rows(LEDGER)[1].hash == link(first.hash, rows(LEDGER)[1].body)
