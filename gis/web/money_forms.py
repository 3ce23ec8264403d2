"""The forms of one household's money on the page "Chi trả": record with a review, cancel."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.ledger.accounts import ACTS, ids_of
from gis.ledger.money import DOCUMENT_MOST
from gis.web import money_actions as actions
from gis.web import money_view as view
from gis.web.actions import field
from gis.web.uploads import scan_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.ledger.accounts import Account
    from gis.web.common import View
    from gis.web.money_actions import Review
    from gis.web.money_view import Labels


def record_form(shown: View, labels: Labels, aliases: Mapping[str, str], account: Account) -> None:
    """Record a payment, deposit, withdrawal or supplement; what it does is shown before it is written."""
    words, request, state = shown.texts, actions.request_id(), shown.snapshot.state
    ids = sorted(ids_of(account.household, aliases))
    parcels = tuple(dict.fromkeys(parcel for one in ids for parcel in state.told_of.get(one, ()) if parcel))
    seen = max((line.seq for line in account.lines), default=0)
    with st.form(f"pay.record.{request}", enter_to_submit=False):
        st.html(f"<h3>{escape(words('money_page.record'))}</h3>")
        st.radio(
            words("money_page.col_act"),
            (*ACTS[1:], ACTS[0]),
            format_func=lambda one: words(f"money_page.act_{one}"),
            key=field("money", "act", request),
        )
        _fields(shown, labels, parcels, request)
        st.form_submit_button(
            words("money_page.review"),
            type="primary",
            on_click=actions.review,
            args=(account.household, seen, request),
            width="stretch",
        )
    found = st.session_state.get("pay.review")
    if found is not None and found.request.household == account.household:
        _review(shown, labels, account, found)


def _fields(shown: View, labels: Labels, parcels: tuple[str, ...], request: str) -> None:
    """Amount, day, document, parcel, đợt and scan."""
    words, key = shown.texts, field("money", "on", request)
    st.session_state.setdefault(key, shown.today)
    amount, day = st.columns(2)
    amount.text_input(
        words("money_page.amount"),
        key=field("money", "amount", request),
        placeholder="45.872.000",
        max_chars=30,
    )
    day.date_input(
        words("money_page.day"),
        key=key,
        min_value=shown.snapshot.plan.starts,
        max_value=shown.today,
        format="DD/MM/YYYY",
    )
    document, parcel = st.columns(2)
    document.text_input(
        words("money_page.col_document"), key=field("money", "document", request), max_chars=DOCUMENT_MOST
    )
    parcel.selectbox(
        words("money_page.parcel"),
        (None, *parcels),
        format_func=lambda one: labels.parcel(one) if one else words("money_page.all_parcels"),
        key=field("money", "parcel", request),
    )
    if labels.batches:
        st.selectbox(
            words("money_page.col_batch"),
            (None, *labels.batches),
            format_func=lambda one: labels.batches.get(one, "–"),
            key=field("money", "batch", request),
        )
    scan_input(words("money_page.scan"), field("money", "scan", request))


def _review(shown: View, labels: Labels, account: Account, found: Review) -> None:
    """What would be written, its effect and warnings; then the button that writes it."""
    words, request = shown.texts, actions.request_id()
    st.html(view.review_html(account, found.request, found.drafts, labels, words))
    write, leave = st.columns(2)
    write.button(
        words("money_page.write"),
        type="primary",
        key=f"pay.write.{request}",
        on_click=actions.record,
        args=(request,),
        width="stretch",
    )
    leave.button(words("money_page.leave"), key=f"pay.back.{request}", on_click=actions.back, width="stretch")


def cancel_form(shown: View, account: Account) -> None:
    """Cancel a line, and what it marked, with a reason."""
    words, request = shown.texts, actions.request_id()
    if not account.lines:
        return
    lines = {line.seq: line for line in reversed(account.lines)}

    def label(seq: int) -> str:
        line = lines[seq]
        said = (words.date(line.on), words(f"money.{line.act}"), words.vnd(line.amount_vnd), line.document)
        return " · ".join(piece for piece in said if piece)

    with st.expander(words("money_page.cancel")), st.form(f"pay.cancel.{request}", enter_to_submit=False):
        st.selectbox(words("card.which"), list(lines), format_func=label, key=field("money", "undo", request))
        st.text_input(words("card.why"), key=field("money", "reason", request), max_chars=200)
        st.form_submit_button(
            words("money_page.cancel_button"),
            on_click=actions.cancel,
            args=(account, request),
            width="stretch",
        )
