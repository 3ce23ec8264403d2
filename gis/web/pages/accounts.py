"""Tài khoản: who may come in, with which role; and who saw names."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.access import ROLES
from gis.project import accounts
from gis.web import account_actions as actions
from gis.web import account_view as view
from gis.web import common
from gis.web.common import Refusal

if TYPE_CHECKING:
    from gis.store.accounts import Account
    from gis.web.common import View

NAMES_SHOWN = 300


def main() -> None:
    shown = common.view()
    words = shown.texts
    common.heading(words("account.page_title"))
    if not shown.may("administer"):
        return
    show_outcome(shown)
    everybody = accounts.accounts(shown.project)
    if not everybody:
        st.html(view.first_html(words))
        return
    open_now = accounts.open_sessions(shown.project, common.now())
    st.html(view.accounts_html(everybody, open_now, words))
    change_form(shown, everybody)
    add_form(shown)
    logs(shown, everybody)


def show_outcome(shown: View) -> None:
    """What the last button did; a code is shown this once."""
    outcome = st.session_state.pop(actions.OUTCOME, None)
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, tuple):
        account, code = outcome
        st.html(view.code_html(account, code, shown.texts))
    elif isinstance(outcome, str):
        st.html(f'<div class="gp-done" role="status"><p>{escape(outcome)}</p></div>')


def add_form(shown: View) -> None:
    """A new account: id, role, the person's name, and the login of an identity provider."""
    words, request = shown.texts, actions.request_id()
    with st.expander(words("account.add")), st.form(f"account-add.{request}", border=False):
        st.text_input(words("account.col_account"), key=f"account-id.{request}", placeholder="lan.nt")
        st.selectbox(
            words("account.col_role"),
            ROLES,
            index=ROLES.index("editor"),
            format_func=lambda role: words(f"account.role_{role}_long"),
            key=f"account-role.{request}",
        )
        st.text_input(words("account.col_name"), key=f"account-name.{request}")
        st.text_input(words("account.col_oidc"), key=f"account-oidc.{request}")
        st.form_submit_button(words("account.add_button"), on_click=actions.add, args=(request,))


def change_form(shown: View, everybody: list[Account]) -> None:
    """What can be done to one account."""
    words, request = shown.texts, actions.request_id()
    by_id = {one.account_id: one for one in everybody}
    with st.expander(words("account.change")):
        chosen = st.selectbox(
            words("account.col_account"), list(by_id), index=None, key="account-chosen", placeholder="…"
        )
        if chosen is None:
            return
        if by_id[chosen].disabled_at:
            st.button(words("account.enable"), key="account-enable", on_click=actions.enable, args=(chosen,))
            return
        st.selectbox(
            words("account.col_role"),
            ROLES,
            index=ROLES.index(by_id[chosen].role) if by_id[chosen].role in ROLES else 0,
            format_func=lambda role: words(f"account.role_{role}_long"),
            key=f"account-newrole.{chosen}.{request}",
        )
        with st.container(horizontal=True):
            st.button(
                words("account.set_role"),
                key="account-setrole",
                on_click=actions.set_role,
                args=(chosen, request),
            )
            st.button(words("account.reset"), key="account-reset", on_click=actions.reset, args=(chosen,))
            st.button(
                words("account.log_out"), key="account-out", on_click=actions.end_sessions, args=(chosen,)
            )
            st.button(words("account.disable"), key="account-close", on_click=actions.disable, args=(chosen,))
        st.html(f'<p class="gp-note">{escape(words("account.change_effect"))}</p>')


def logs(shown: View, everybody: list[Account]) -> None:
    """Who saw names, and what was done to accounts."""
    words = shown.texts
    with st.expander(words("account.names_title")):
        st.html(f'<p class="gp-note">{escape(words("account.names_note", count=NAMES_SHOWN))}</p>')
        left, right = st.columns(2)
        by = left.selectbox(
            words("account.col_by"),
            [one.account_id for one in everybody],
            index=None,
            key="account-log-by",
            placeholder=words("people.all"),
        )
        household = right.text_input(words("account.log_household"), key="account-log-household")
        found = accounts.name_log(shown.project, NAMES_SHOWN, by, household.strip() or None)
        st.html(view.names_html(found, words))
    with st.expander(words("account.changes_title")):
        st.html(view.changes_html(accounts.changes(shown.project), words))


main()
