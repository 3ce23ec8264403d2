"""The columns of a ledger on a real disk, against those of its entries one by one."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from gis.errors import UnreadableEntryError
from gis.ledger.columns import Columns, fold, table_of
from gis.store.columns import read_columns

sys.path.insert(0, str(Path(__file__).parents[1] / "ledger"))
from build import day, holds
from lots import lots
from rows import NOW

from gis.ledger.entry import Draft
from gis.store.database import Stamp

ORDER = ["parcel_id", "household_id"]


@pytest.fixture
def ledger(place):
    opened = place.open()
    yield opened
    opened.close()


def write(ledger, drafts):
    with ledger.writing() as writer:
        writer.append([(draft, Stamp("lan", f"r{number}", NOW)) for number, draft in enumerate(drafts)])


def assert_same(found, expected):
    left, right = (one.holdings.sort_values(ORDER).reset_index(drop=True) for one in (found, expected))
    pd.testing.assert_frame_equal(left, right)
    for name in ("stuck", "occupied", "untold"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist()


def test_read_columns__the_same_fold_as_of_the_entries(ledger):
    write(ledger, lots(600))
    read, made = read_columns(ledger.reading), Columns.of(table_of(ledger.entries()))
    assert len(read.seq) == len(made.seq)
    for on, known in ((0, 600), (4, 600), (9, 600), (9, 250), (6, 0)):
        assert_same(fold(read, day(on), known), fold(made, day(on), known))


def test_read_columns__an_empty_ledger(ledger):
    assert len(read_columns(ledger.reading).seq) == 0
    assert fold(read_columns(ledger.reading), day(1), 0).holdings.empty


def test_read_columns__few_kinds(ledger):
    """Only holdings, all parts undetermined: columns without any value."""
    write(ledger, [Draft(day(1), holds("P1", "A", None)), Draft(day(1), holds("P2", "B", None))])
    found = fold(read_columns(ledger.reading), day(1), 2).holdings
    assert found["parcel_id"].tolist() == ["P1", "P2"]
    assert found["part_m2"].isna().all()


def test_read_columns__an_id_that_holds_the_separator_is_refused(ledger):
    write(ledger, [Draft(day(1), holds("P1", "A\x1fB")), Draft(day(1), holds("P2", "C"))])
    with pytest.raises(UnreadableEntryError, match="household"):
        read_columns(ledger.reading)
