"""The forms of milestones: the hand-over, any other milestone, and what does not apply."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.marks import Mark
from gis.ledger.waivers import Waive
from gis.milestones import CLEARED_MILESTONE, REPEATABLE_MILESTONES
from gis.vietnamese import parse_vnd
from gis.web import forms
from gis.web.actions import Asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.ledger.state import HoldingState
    from gis.web.forms import Form

MONEY_MILESTONES: Final = frozenset({"plan_approved", "paid"})


def hand_over(form: Form) -> None:
    """Record the hand-over: which holding, which day, by which minutes."""
    words, card = form.words, form.card
    if not card.holdings:
        st.html(
            f'<p class="gp-note">{escape(words("card.needs_holdings"))} '
            "<code>python -m gis import holdings holdings.csv</code></p>"
        )
        return
    waiting = [one for one in card.holdings if CLEARED_MILESTONE not in one.milestones]
    if not waiting:
        return
    with forms.drawn(form, words("card.mark")):
        forms.holder(form, waiting, forms.ALL_HOLDINGS)
        forms.day_and_document(form, words("card.on"), words("card.document"))
        forms.batch(form)
        forms.scans(form)
        forms.submit(
            form,
            words("card.mark"),
            partial(_mark, form, CLEARED_MILESTONE, len(waiting)),
            "card.done_mark",
            main=True,
        )


def milestone(form: Form) -> None:
    """Record any other milestone of the project's list."""
    words, plan = form.words, form.shown.snapshot.plan
    steps = [step.id for step in plan.milestones if step.id != CLEARED_MILESTONE]
    open_steps = [step for step in steps if _left(form, step)]
    if not open_steps:
        st.html(f'<p class="gp-note">{escape(words("form.nothing_left"))}</p>')
        return
    forms.choice(form, "step", words("form.milestone"), open_steps, words.milestone_name)
    chosen = str(form.told("step"))
    left = _left(form, chosen)
    with forms.drawn(form):
        forms.holder(form, left, forms.ALL_HOLDINGS)
        forms.day_and_document(form, words("form.on"), words("form.document"))
        if chosen in MONEY_MILESTONES:
            st.text_input(
                words("form.amount"), key=form.key("amount"), placeholder="45.872.000", max_chars=30
            )
        forms.batch(form)
        forms.scans(form)
        build = partial(_mark, form, chosen, len(left))
        forms.submit(form, words("form.record"), build, "form.done", drawn_for={"step": chosen})


def _left(form: Form, step: str) -> Sequence[HoldingState]:
    """The holdings that can still reach a milestone."""
    repeats = step in REPEATABLE_MILESTONES
    return [one for one in form.card.holdings if repeats or step not in one.milestones]


def _mark(form: Form, step: str, count: int) -> Asked:
    """The mark of the fields; several holdings at once are looked at first."""
    household, amount = forms.household(form), form.text("amount")
    make = partial(
        Mark,
        parcels=(form.card.parcel_id,),
        milestone=step,
        on=form.told("on"),
        document=form.text("document") or None,
        household=household,
        all_holdings=household is None,
        amount_vnd=parse_vnd(amount) if amount and step in MONEY_MILESTONES else None,
        seen={form.card.parcel_id: form.card.last_seq},
        batch=form.text("batch") or None,
    )
    return Asked(make, review=household is None and count > 1)


def waiver(form: Form) -> None:
    """Record that an optional milestone does not apply, and why."""
    words, plan = form.words, form.shown.snapshot.plan

    def left(step: str) -> list[HoldingState]:
        return [h for h in form.card.holdings if step not in h.milestones and step not in h.waived]

    steps = [step.id for step in plan.milestones if step.optional and left(step.id)]
    if not steps:
        st.html(f'<p class="gp-note">{escape(words("form.nothing_to_waive"))}</p>')
        return
    forms.choice(form, "step", words("form.milestone"), steps, words.milestone_name)
    chosen = str(form.told("step"))
    holdings = left(chosen)
    with forms.drawn(form):
        forms.holder(form, holdings, forms.ALL_HOLDINGS)
        forms.day(form, words("form.on"))
        st.text_input(words("card.why"), key=form.key("note"), max_chars=forms.NOTE_MOST)
        forms.scans(form)
        build = partial(_waive, form, chosen, len(holdings))
        forms.submit(form, words("form.waive"), build, "form.done_waive", drawn_for={"step": chosen})


def _waive(form: Form, step: str, count: int) -> Asked:
    household = forms.household(form)
    make = partial(
        Waive,
        parcel=form.card.parcel_id,
        household=household,
        milestone=step,
        on=form.told("on"),
        reason=form.text("note"),
        seen=form.card.last_seq,
    )
    return Asked(make, review=household is None and count > 1)
