"""What requests have written, on both databases."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest

from gis.ledger.entry import Draft
from gis.store.database import Stamp
from gis.store.requests import read_request, read_requests

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import FIRST_MOMENT, day, visits

REQUESTS = ("phieu-ab-0f", "phieu-ab-9", "phieu-ab-0f", "phieu-abc-1", "phieu-ab_-2", "PHIEU-AB-3", "zz")


@pytest.fixture
def ledger(place):
    opened = place.open()
    pairs = [
        (Draft(day(1), visits("H1")), Stamp("lan", request, FIRST_MOMENT + timedelta(minutes=at)))
        for at, request in enumerate(REQUESTS)
    ]
    with opened.writing() as writer:
        writer.append(pairs)
    yield opened
    opened.close()


def test_read_requests__those_that_begin_so_and_no_others_in_the_order_of_writing(ledger):
    with ledger.reading() as connection:
        assert [one.seq for one in read_requests(connection, "phieu-ab-")] == [1, 2, 3]
        assert [one.seq for one in read_request(connection, "phieu-ab-0f")] == [1, 3]
        assert read_requests(connection, "phieu-a-") == []
