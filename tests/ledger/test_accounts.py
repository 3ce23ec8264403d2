"""Accounts: approved = paid + deposited + remaining, to the đồng, whatever order entries come in."""

import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gis.ledger.accounts import ACTS, Sums, account, accounts, lowest_deposit, sums_of
from gis.ledger.entry import Entry
from gis.ledger.facts import Milestone, Money, Opening, Void
from gis.ledger.settling import settle
from gis.ledger.state import advance, state

sys.path.insert(0, str(Path(__file__).parent))
from build import day, entries, holds, voids


def money(household, act, amount, parcel=None, document="QĐ 1", batch=None):
    return Money(parcel, household, act, amount, document, batch)


def at(*facts, on=30):
    ledger = entries(*facts)
    return state(ledger, day(on), len(ledger))


def test_accounts__milestones_with_amounts_and_money_entries_count_alike():
    known = at(
        (1, holds("P1", "H1")),
        (2, Milestone("P1", "H1", "plan_approved", "QĐ 1", 1_000)),
        (3, Opening("P1", "H1", "paid", "BK 1", 300, False, "a" * 64, 2)),
        (4, money("H1", "approved", 50)),
        (5, money("H1", "deposited", 200, "P1")),
        (6, money("H1", "withdrawn", 80)),
        (7, Milestone("P1", "H1", "recovered", "QĐ 2", None)),
    )
    found = accounts(known)["H1"]
    assert found.sums == Sums(approved=1_050, paid=380, deposited=120)
    assert (found.approved, found.paid, found.deposited, found.remaining) == (1_050, 380, 120, 550)
    assert [line.act for line in found.lines] == ["approved", "paid", "approved", "deposited", "withdrawn"]


def test_accounts__of_a_day_without_voided_and_later_entries():
    facts = [
        (1, holds("P1", "H1")),
        (2, money("H1", "approved", 100)),
        (3, money("H1", "paid", 40)),
        (None, voids(None, 3)),
        (9, money("H1", "paid", 60)),
    ]
    assert accounts(at(*facts, on=8))["H1"].sums == Sums(100, 0, 0)
    assert accounts(at(*facts, on=9))["H1"].sums == Sums(100, 60, 0)


def test_accounts__what_was_entered_twice_is_one_account():
    known = at((1, money("H1", "approved", 100)), (2, money("H2", "paid", 30)), (3, money("H3", "paid", 7)))
    found = accounts(known, {"H2": "H1"})
    assert {name: one.sums for name, one in found.items()} == {"H1": Sums(100, 30, 0), "H3": Sums(0, 7, 0)}
    assert account(known, "H2", {"H2": "H1"}) == found["H1"]


def test_accounts__overpaid_is_shown_and_not_hidden():
    found = account(at((1, money("H1", "approved", 100)), (2, money("H1", "paid", 130))), "H1")
    assert (found.remaining, found.sums.overpaid) == (-30, 30)


def test_account__of_a_household_without_money_is_empty():
    assert account(at((1, holds("P1", "H1"))), "H1").sums == Sums()


def test_lowest_deposit__at_the_end_of_days():
    lines = account(
        at(
            (2, money("H1", "withdrawn", 30)),
            (2, money("H1", "deposited", 50)),
            (6, money("H1", "withdrawn", 15)),
        ),
        "H1",
    ).lines
    assert lowest_deposit(lines, day(2)) == 5
    assert lowest_deposit(lines, day(1)) == 0
    assert lowest_deposit(lines, day(3)) == 5
    assert lowest_deposit(lines) == 0
    assert lowest_deposit(lines[:2], day(9)) == 20


def pieces(*facts):
    found = settle(account(at(*facts), "H1").lines)
    told = [(p.act, p.amount_vnd, p.parcel, p.approval and p.approval.seq) for p in found.pieces]
    return told, [(line.seq, vnd) for line, vnd in found.open_vnd]


def test_settle__own_parcel_first_then_the_household_then_the_oldest():
    told, still_open = pieces(
        (1, money("H1", "approved", 100, "P1")),
        (2, money("H1", "approved", 50)),
        (3, money("H1", "approved", 70, "P2")),
        (4, money("H1", "paid", 90, "P2")),
        (5, money("H1", "paid", 60)),
    )
    assert told == [
        ("approved", 100, "P1", 1),
        ("approved", 50, None, 2),
        ("approved", 70, "P2", 3),
        ("paid", 70, "P2", 3),
        ("paid", 20, None, 2),
        ("paid", 60, "P1", 1),
    ]
    assert still_open == [(1, 40), (2, 30)]


def test_settle__a_withdrawal_pays_out_of_the_deposit_of_its_parcel():
    told, still_open = pieces(
        (1, money("H1", "approved", 100, "P1")),
        (1, money("H1", "approved", 100, "P2")),
        (2, money("H1", "deposited", 100, "P1")),
        (2, money("H1", "deposited", 100, "P2")),
        (3, money("H1", "withdrawn", 30, "P2")),
    )
    assert told[2:] == [("deposited", 100, "P1", 1), ("paid", 30, "P2", 2), ("deposited", 70, "P2", 2)]
    assert still_open == []


def test_settle__nothing_that_was_approved():
    told, _ = pieces((1, money("H1", "paid", 5, "P1")), (2, money("H1", "withdrawn", 3)))
    assert told == [("paid", 5, "P1", None), ("paid", 3, None, None), ("deposited", -3, None, None)]


HOUSEHOLDS, PARCELS = ("H1", "H2"), (None, "P1", "P2")
ACTS_OR_VOID = st.one_of(
    st.builds(
        money,
        st.sampled_from(HOUSEHOLDS),
        st.sampled_from(ACTS),
        st.integers(1, 1_000),
        st.sampled_from(PARCELS),
    ),
    st.builds(
        Milestone,
        st.sampled_from(PARCELS[1:]),
        st.sampled_from(HOUSEHOLDS),
        st.sampled_from(["plan_approved", "paid", "recovered"]),
        st.just("BK"),
        st.one_of(st.none(), st.integers(0, 1_000)),
    ),
    st.integers(0, 8).map(lambda back: back),
)


@st.composite
def ledgers(draw):
    """Entries and voids of entries before them, on days in any order."""
    made = []
    for seq, (what, on) in enumerate(
        draw(st.lists(st.tuples(ACTS_OR_VOID, st.integers(1, 20)), max_size=14)), start=1
    ):
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        if isinstance(what, int):
            target = next((e for e in made if e.seq == seq - 1 - what and not isinstance(e.fact, Void)), None)
            done = {e.fact.target for e in made if isinstance(e.fact, Void)}
            free = target is None or target.seq in done
            fact = money("H1", "approved", 1) if free else Void(target.parcel, target.seq)
        else:
            fact = what
        made.append(
            Entry(seq, None if isinstance(fact, Void) else day(on), moment, "lan", f"r{seq}", 0, fact)
        )
    return made


@given(ledgers(), st.integers(1, 20), st.integers(0, 14))
def test_accounts__equal_a_dictionary_model(ledger, on, cut):
    """Against sums worked out one entry at a time, and folded in two steps as in one."""
    known = state(ledger, day(on), len(ledger))
    gone = {e.fact.target for e in ledger if isinstance(e.fact, Void)}
    model = defaultdict(lambda: dict.fromkeys(("approved", "paid", "deposited"), 0))
    for entry in ledger:
        fact = entry.fact
        if isinstance(fact, Void) or entry.seq in gone or entry.on > day(on):
            continue
        if isinstance(fact, Milestone):
            column = {"plan_approved": "approved", "paid": "paid"}.get(fact.milestone)
            if column and fact.amount_vnd is not None:
                model[fact.household][column] += fact.amount_vnd
        elif fact.act == "withdrawn":
            model[fact.household]["paid"] += fact.amount_vnd
            model[fact.household]["deposited"] -= fact.amount_vnd
        else:
            model[fact.household][fact.act] += fact.amount_vnd
    found = accounts(known)
    assert {name: one.sums for name, one in found.items()} == {name: Sums(**m) for name, m in model.items()}
    for name, one in found.items():
        assert one.approved == one.paid + one.deposited + one.remaining
        assert account(known, name) == one
        parts = settle(one.lines)
        assert (
            sum((Sums(**{p.act: p.amount_vnd}) for p in parts.pieces), Sums())
            == one.sums
            == sums_of(one.lines)
        )
        still_open = sum(vnd for _, vnd in parts.open_vnd)
        given_out = sum(line.amount_vnd for line in one.lines if line.act in {"paid", "deposited"})
        assert still_open == max(one.approved - given_out, 0)
    before = state(ledger, day(on), cut)
    assert accounts(advance(before, ledger[cut:])) == found
