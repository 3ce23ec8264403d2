"""Commands: what is written, and every reason why nothing is."""

import sys
from fractions import Fraction
from pathlib import Path

import pytest

from gis.errors import RefusedError
from gis.ledger.holdings import HoldingRow
from gis.ledger.marks import Mark
from gis.ledger.setting import Setting, require_account, require_reason
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds

SETTING = Setting(parcels={"P1", "P2", "P3"}, starts=day(1), today=day(20))


def at(*facts):
    ledger = entries(*facts)
    return state(ledger, day(20), len(ledger))


def reasons(call):
    with pytest.raises(RefusedError) as refused:
        call()
    return [(problem.source, problem.message) for problem in refused.value.problems]


ONE = at((1, holds("P1", "H1")))
TWO = at(
    (1, holds("P1", "H1", Fraction(1, 2))), (1, holds("P1", "H2", Fraction(1, 2))), (1, holds("P2", "H1"))
)


def handed(*parcels, on=5, document="BB-9", **more):
    return Mark(parcels, "handed_over", day(on), document, **more)


def row(parcel, household, part, since=1, source="holdings.csv, line 2"):
    return HoldingRow(parcel, household, part, day(since), source)


def test_require_reason__words_are_needed():
    assert reasons(lambda: require_reason(" ")) == [("", "refused.missing_reason")]


def test_require_account__somebody_answers_for_what_is_written():
    assert reasons(lambda: require_account(" ")) == [("", "refused.missing_account")]
    require_account("lan")
