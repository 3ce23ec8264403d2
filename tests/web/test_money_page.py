"""The page "Chi trả" without a browser: its figures, and a payment reviewed, written and cancelled."""

import shutil

import pytest
from pageworld import open_page, press, words

from gis.ledger.accounts import Sums, account, accounts
from gis.ledger.facts import Money
from gis.ledger.money_groups import late_payments
from gis.project import shared
from gis.texts import Texts
from gis.web.common import today

VI = Texts("vi")


@pytest.fixture(scope="module")
def folder(sample_folder, tmp_path_factory):
    """A sample for this module, whose tests write to it, each to a household of its own."""
    copied = tmp_path_factory.mktemp("money") / "data"
    shutil.copytree(sample_folder, copied)
    return copied


@pytest.fixture
def project(folder, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(folder))
    return shared()


def run_page(**address):
    return open_page("money.py", **address)


def open_households(project, count):
    """Households to whom money is open, none deposited, with approved land that is not marked as paid."""
    state = project.snapshot(today()).state
    unpaid = {
        h.household
        for h in state.holdings.values()
        if "plan_approved" in h.milestones and "paid" not in h.milestones
    }
    found = accounts(state)
    return [n for n, one in found.items() if one.remaining > 0 and not one.deposited and n in unpaid][:count]


def fill(page, act, amount):
    next(r for r in page.radio if r.key.startswith("money.act")).set_value(act)
    next(t for t in page.text_input if t.key.startswith("money.amount")).set_value(amount)
    next(t for t in page.text_input if t.key.startswith("money.document")).set_value("BK-1")


def test_page__totals_and_late_payments_of_the_ledger(project):
    state = project.snapshot(today()).state
    found = accounts(state)
    whole = sum((one.sums for one in found.values()), Sums())
    said = words(run_page())
    for amount in (whole.approved, whole.paid, whole.deposited, whole.remaining):
        assert VI.vnd(amount) in said
    late = late_payments(state, found)
    assert (
        VI(
            "money_page.late_remark",
            count=len(late),
            households=len({x.household for x in late}),
            amount=sum(x.unpaid_vnd for x in late),
        )
        in said
    )


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page__in_both_languages_and_on_a_past_day(project, language):
    assert Texts(language)("money_page.title") in words(run_page(lang=language))
    (household,) = open_households(project, 1)
    past = run_page(lang=language, on="2026-03-01", household=household)
    assert not past.radio or not any(r.key.startswith("money.act") for r in past.radio)


def test_page__a_payment_is_reviewed_then_written_and_can_be_cancelled(project):
    household = open_households(project, 3)[0]
    before = account(project.snapshot(today()).state, household)
    page = run_page(household=household)
    fill(page, "paid", VI.integer(before.remaining))
    press(page, VI("money_page.review"))
    assert project.ledger.head().seq == project.snapshot(today()).head.seq
    assert account(project.snapshot(today()).state, household) == before  # nothing written yet
    assert VI("money_page.before") in words(page)
    press(page, VI("money_page.write"))
    after = account(project.snapshot(today()).state, household)
    assert (after.remaining, after.paid) == (0, before.paid + before.remaining)
    press(page, VI("money_page.cancel_button"))  # without a reason
    assert account(project.snapshot(today()).state, household) == after
    next(t for t in page.text_input if t.key.startswith("money.reason")).set_value("ghi nhầm")
    press(page, VI("money_page.cancel_button"))
    now = project.snapshot(today()).state
    assert account(now, household) == before
    entries = project.entries()
    request = entries[after.lines[-1].seq - 1].request_id
    marked = [e for e in entries if e.request_id == request]
    assert {e.fact.kind for e in marked} == {"money", "milestone"}
    assert all(e.seq in now.voided for e in marked)  # the milestones that it marked went with it


def test_page__a_refusal_keeps_what_was_typed_and_writes_nothing(project):
    household = open_households(project, 3)[1]
    head = project.ledger.head().seq
    page = run_page(household=household)
    fill(page, "withdrawn", "1.000.000")
    press(page, VI("money_page.review"))
    assert "1.000.000 đ" in words(page)
    assert not any(b.label == VI("money_page.write") for b in page.button)
    assert next(t for t in page.text_input if t.key.startswith("money.amount")).value == "1.000.000"
    fill(page, "paid", "một triệu")
    press(page, VI("money_page.review"))
    assert project.ledger.head().seq == head


def test_page__somebody_else_paid_since_the_form_was_drawn(project):
    from gis.ledger.money import RecordMoney
    from gis.web.common import new_request, stamp

    household = open_households(project, 3)[2]
    page = run_page(household=household)
    fill(page, "paid", "5.000")
    press(page, VI("money_page.review"))
    project.do(RecordMoney(household, "paid", 7_000, today(), "BK-9"), stamp(new_request()))
    head = project.ledger.head().seq
    press(page, VI("money_page.write"))
    assert project.ledger.head().seq == head
    assert "7.000 đ" in words(page)
    assert sum(isinstance(e.fact, Money) and e.fact.household == household for e in project.entries()) == 1
