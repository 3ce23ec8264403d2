"""The form of money on a parcel's card: of a household that holds the parcel, with a look before writing."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.ledger.accounts import ACTS, account
from gis.ledger.money import RecordMoney
from gis.project import people, shared
from gis.vietnamese import parse_vnd
from gis.web import forms
from gis.web.actions import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.ledger.accounts import Account
    from gis.web.forms import Form


def money(form: Form) -> None:
    """Record money that was approved, paid, deposited or withdrawn."""
    words, card = form.words, form.card
    if not card.holdings:
        st.html(f'<p class="gp-note">{escape(words("card.no_holdings"))}</p>')
        return
    aliases = people.aliases(shared())
    state = form.shown.snapshot.state
    known = {one.household: account(state, one.household, aliases) for one in card.holdings}
    with forms.drawn(form):
        forms.holder(form, card.holdings)
        st.html(_accounts_html(form, known))
        forms.choice(
            form, "act", words("form.act"), (*ACTS[1:], ACTS[0]), lambda one: words(f"money_page.act_{one}")
        )
        st.text_input(words("form.amount"), key=form.key("amount"), placeholder="45.872.000", max_chars=30)
        forms.choice(
            form,
            "about",
            words("money_page.parcel"),
            (True, False),
            lambda here: words("form.this_parcel" if here else "form.all_parcels"),
        )
        forms.day_and_document(form, words("form.on"), words("form.document"))
        forms.batch(form)
        forms.scans(form)
        build = partial(_asked, form, known, aliases)
        forms.submit(form, words("form.review"), build, "form.done")


def _accounts_html(form: Form, known: Mapping[str, Account]) -> str:
    """What each holder is approved, has, and is still owed."""
    words = form.words
    lines = "".join(
        "<p class='gp-note'>"
        + (f"{escape(form.who(household))}: " if len(known) > 1 else "")
        + escape(
            words(
                "money_page.sums",
                approved=one.approved,
                paid=one.paid,
                deposited=one.deposited,
                remaining=one.remaining,
            )
        )
        + "</p>"
        for household, one in known.items()
    )
    return f"<div>{lines}</div>"


def _asked(form: Form, known: Mapping[str, Account], aliases: Mapping[str, str]) -> Asked:
    household = str(form.told("holding"))
    make = partial(
        RecordMoney,
        household=household,
        act=form.told("act"),
        amount_vnd=parse_vnd(form.text("amount")),
        on=form.told("on"),
        document=form.text("document") or None,
        parcel=form.card.parcel_id if form.told("about") else None,
        batch=form.text("batch") or None,
        aliases=aliases,
        seen=max((line.seq for line in known[household].lines), default=0),
    )
    return Asked(make, review=True)
