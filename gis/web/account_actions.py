"""What the buttons of the page Tài khoản do: each asks anew whether whoever clicks is an administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from gis.project import accounts, shared
from gis.web.common import Refusal, attempt, new_request, stamp_to, texts

if TYPE_CHECKING:
    from collections.abc import Callable

OUTCOME = "account-outcome"
REQUEST = "account-request"


def request_id() -> str:
    """The id by which the widgets of the forms are known; another one after each change."""
    found: str = st.session_state.setdefault(REQUEST, new_request())
    return found


def add(request: str) -> None:
    """A new account from the form."""
    given = {
        name: str(st.session_state.get(f"account-{name}.{request}", "")) for name in ("id", "name", "oidc")
    }
    role = str(st.session_state.get(f"account-role.{request}", ""))

    def make() -> tuple[str, str]:
        asked = stamp_to("administer", request)
        wanted = given["id"].strip()
        code = accounts.add(
            shared(), wanted, role, asked.by, asked.now, name=given["name"], oidc=given["oidc"]
        )
        return wanted, code

    _keep(make)


def reset(account: str) -> None:
    """A new one-time code."""
    _keep(lambda: (account, _do(accounts.reset, account)))


def enable(account: str) -> None:
    """Open again an account that was closed."""
    _keep(lambda: (account, _do(accounts.enable, account)))


def disable(account: str) -> None:
    """Close an account."""
    _keep(lambda: _done("account.done_disabled", account, accounts.disable))


def end_sessions(account: str) -> None:
    """Log an account out everywhere."""
    _keep(lambda: _done("account.done_logged_out", account, accounts.end_sessions))


def set_role(account: str, request: str) -> None:
    """The role that the form says."""
    role = str(st.session_state.get(f"account-newrole.{account}.{request}", ""))

    def change() -> str:
        asked = stamp_to("administer", new_request())
        accounts.set_role(shared(), account, role, asked.by, asked.now)
        return texts()("account.done_role", account=account, role=texts()(f"account.role_{role}"))

    _keep(change)


def _do(command: Callable[..., str], account: str) -> str:
    asked = stamp_to("administer", new_request())
    return command(shared(), account, asked.by, asked.now)


def _done(message: str, account: str, command: Callable[..., object]) -> str:
    asked = stamp_to("administer", new_request())
    command(shared(), account, asked.by, asked.now)
    return texts()(message, account=account)


def _keep(action: Callable[[], str | tuple[str, str]]) -> None:
    """Keep what came of it for the page: a sentence, an account with its code, or a refusal."""
    outcome = attempt(action, texts())
    st.session_state[OUTCOME] = outcome
    if not isinstance(outcome, Refusal):
        st.session_state.pop(REQUEST, None)
