"""The bytes and the chain, against hashes worked out by `sha256sum` and ledgers spoiled by hand."""

import hashlib
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import UnreadableEntryError
from gis.ledger.chain import FIRST_PREVIOUS_HASH, Head, check_chain, link, row_of
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


def test_check_chain__an_untouched_ledger_has_no_problem():
    problems, head = check_chain(rows(LEDGER))
    assert problems == []
    assert head == Head(4, rows(LEDGER)[-1].hash)


def messages(written, expected=None):
    return [(p.source, p.message) for p in check_chain(written, expected)[0]]


def test_check_chain__names_a_changed_body():
    written = rows(LEDGER)
    written[1] = replace(written[1], body=written[1].body.replace("BB-1", "BB-2"))
    assert messages(written) == [("entry 2", "verify.changed")]


def test_check_chain__names_a_changed_column():
    written = rows(LEDGER)
    written[1] = replace(written[1], on_day="2026-01-03")
    assert messages(written) == [("entry 2", "verify.column")]


def test_check_chain__names_a_missing_line():
    written = rows(LEDGER)
    del written[1]
    assert messages(written)[0] == ("entry 3", "verify.missing")


def test_check_chain__names_lines_in_another_order():
    written = rows(LEDGER)
    written[1], written[2] = written[2], written[1]
    assert messages(written)[0] == ("entry 3", "verify.missing")


def test_check_chain__a_tail_cut_off_shows_against_a_printed_head():
    written = rows(LEDGER)
    printed = Head(4, written[-1].hash)
    assert messages(written[:3]) == []
    assert messages(written[:3], printed) == [("entry 4", "verify.truncated")]
    assert messages([], printed) == [("entry 4", "verify.truncated")]


def test_check_chain__a_rewritten_ledger_shows_against_a_printed_head():
    printed = Head(2, rows(LEDGER)[1].hash)
    other = rows(entries((1, holds("P1", "H2")), (2, reaches("P1", "H2", "paid"))))
    assert messages(other, printed) == [("entry 2", "verify.other_head")]
    assert messages(rows(LEDGER), printed) == []


def test_check_chain__a_clock_that_went_back_shows():
    ledger = [LEDGER[0], replace(LEDGER[1], recorded_at=datetime(2025, 1, 1, tzinfo=UTC))]
    assert messages(rows(ledger)) == [("entry 2", "verify.time_back")]


def test_check_chain__a_void_of_another_parcels_entry_shows():
    ledger = entries((1, holds("P1", "H1")), (None, voids("P2", 1)))
    assert messages(rows(ledger)) == [("entry 2", "verify.void_target")]
