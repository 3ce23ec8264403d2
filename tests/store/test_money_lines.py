"""The movements of money as the database gives them, beside what else stands there."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gis.ledger.accounts import line_of
from gis.ledger.entry import Draft
from gis.ledger.facts import Milestone, Money, Opening, Void
from gis.store.database import Ledger, Stamp
from gis.store.money_lines import read_money_lines, read_voids

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import FIRST_MOMENT, day, holds

SAYS_NULL = '"amount_vnd":null'
FACTS = (
    (1, holds("P1", "A")),
    (2, Milestone("P1", "A", "plan_approved", SAYS_NULL, 100)),
    (2, Milestone("P1", "A", "plan_approved", "QĐ-2", None)),
    (2, Milestone("P1", "A", "handed_over", "BB-1", 7)),
    (3, Opening("P1", "A", "paid", SAYS_NULL, 30, True, "00", 1)),
    (3, Money(None, "A", "paid", 20, None, None)),
    (None, Void("P1", 2, None)),
    (None, Void("P2", 5, None)),
    (None, Void(None, 6, None)),
    (4, Money("P1", "A", "deposited", 9, None, None)),
)


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "ledger.db")
    pairs = [
        (
            Draft(None if number is None else day(number), fact),
            Stamp("lan", f"r{place}", FIRST_MOMENT + timedelta(minutes=place)),
        )
        for place, (number, fact) in enumerate(FACTS)
    ]
    with opened.writing() as writer:
        writer.append(pairs)
    yield opened
    opened.close()


def test_read_money_lines__what_tells_an_amount_and_nothing_else(ledger):
    with ledger.reading() as connection:
        found = read_money_lines(connection, 0, 99)
        assert [line.amount_vnd for line in found] == [100, 30, 20, 9]
        assert found == [line for entry in ledger.entries() if (line := line_of(entry))]
        assert [line.seq for line in read_money_lines(connection, 2, 6)] == [5, 6]


def test_read_voids__a_void_of_another_parcel_counts_for_nothing(ledger):
    with ledger.reading() as connection:
        assert sorted(read_voids(connection, 0, 99)) == [(7, 2), (9, 6)]
        assert read_voids(connection, 7, 99) == [(9, 6)]
        assert read_voids(connection, 0, 8) == [(7, 2)]
