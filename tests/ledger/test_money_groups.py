"""Money by đợt and late payments, by hand."""

import sys
from pathlib import Path

import pytest

from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.accounts import Sums, accounts
from gis.ledger.facts import BatchDocument, BatchOpened, Milestone, Money
from gis.ledger.money_groups import by_batch, late_payments, payment_rule
from gis.ledger.state import state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries


def at(*facts, on=60):
    ledger = entries(*facts)
    return state(ledger, day(on), len(ledger))


def money(act, amount, household="H1", document=None, batch=None):
    return Money(None, household, act, amount, document, batch)


LEDGER = (
    (1, BatchOpened("D1", "Đợt 1", None, "luat-2024")),
    (2, BatchDocument("D1", "plan_approved", "QĐ 1", day(10))),
    (2, Milestone("P1", "H1", "plan_approved", "QĐ 1", 100)),
    (3, Milestone("P2", "H1", "plan_approved", "QĐ 2", 40)),
    (3, money("approved", 30, "H2", "QĐ 2")),
    (5, money("paid", 110)),
    (6, money("paid", 7, "H3", "BK 9")),
    (6, money("deposited", 10, "H2", "GTG 1", "D1")),
)


def test_by_batch__a_payment_belongs_to_the_approval_that_it_settles():
    known = at(*LEDGER)
    rows = by_batch(known, accounts(known))
    assert [(r.batch, r.decision, r.sums, r.households) for r in rows] == [
        ("D1", None, Sums(100, 100, 10), 2),  # the deposit names the đợt itself
        (None, "QĐ 2", Sums(70, 10, 0), 2),
        (None, None, Sums(0, 7, 0), 1),
    ]
    assert sum((r.sums for r in rows), Sums()) == sum((a.sums for a in accounts(known).values()), Sums())


def test_late_payments__thirty_days_from_the_day_the_decision_took_effect():
    """QĐ 1 took effect on day 10, QĐ 2 on its own day 3: 30 days end on days 40 and 33, included."""
    unpaid = LEDGER[:5]

    def late(on):
        known = at(*unpaid, on=on)
        return [
            (x.approval.document, x.household, x.unpaid_vnd, x.days_late)
            for x in late_payments(known, accounts(known))
        ]

    assert late(33) == []
    assert late(34) == [("QĐ 2", "H1", 40, 1), ("QĐ 2", "H2", 30, 1)]
    assert late(41) == [("QĐ 2", "H1", 40, 8), ("QĐ 2", "H2", 30, 8), ("QĐ 1", "H1", 100, 1)]


def test_late_payments__only_what_is_open_and_a_deposit_is_in_time():
    known = at(*LEDGER)
    found = [(x.household, x.unpaid_vnd) for x in late_payments(known, accounts(known))]
    assert found == [("H1", 30), ("H2", 20)]


def test_payment_rule__of_the_regime_else_of_the_shipped_one():
    assert payment_rule(DEFAULT_DEADLINES, "nq-254-2025").days == 30
    own = DEFAULT_DEADLINES.model_copy(update={"regimes": {}})
    assert payment_rule(own, "cu-2013").days == 30


@pytest.mark.parametrize("batch", ["D7"])
def test_by_batch__a_name_that_was_never_opened_is_still_a_row(batch):
    known = at((1, money("paid", 5, batch=batch)))
    assert [r.batch for r in by_batch(known, accounts(known))] == [batch]
    assert late_payments(known, accounts(known)) == ()
