"""What pages show of accounts, as HTML: who is logged in, the list, sessions, changes, who saw names.

Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.ledger.entry import parse_time
from gis.project.accounts import state_of
from gis.project.days import HANOI
from gis.web.visitors import CHANGE, FIRST, LOGIN, LOGOUT, STILL_IN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.store.accounts import Account, AccountChange
    from gis.store.name_views import NameView
    from gis.store.sessions import Session
    from gis.texts import Texts
    from gis.web.visitors import Visitor

WATCH_EVERY_MS: Final = 5_000


def account_html(visitor: Visitor, words: Texts) -> str:
    """Who is logged in, and the way to another password and out."""
    role = words(f"account.role_{visitor.role}")
    links = " · ".join(
        f'<a href="{address}?lang={words.language}" target="_self">{escape(words(label))}</a>'
        for address, label in ((CHANGE, "account.change_title"), (LOGOUT, "account.logout_title"))
    )
    return f'<p class="gp-account"><b>{escape(visitor.account_id)}</b> · {escape(role)}<br>{links}</p>'


def watch_html() -> str:
    """A script that leads to the login as soon as the session has ended; a page is told nothing by then."""
    return f"""<script>
if (!window.gpmbWatch) {{
  const look = async () => {{
    try {{
      const answer = await fetch("{STILL_IN}", {{ cache: "no-store" }});
      if (answer.ok && !(await answer.json()).in) {{
        const here = location.pathname + location.search;
        location.replace("{LOGIN}?next=" + encodeURIComponent(here));
      }}
    }} catch (error) {{ /* the network is gone: the page itself says so */ }}
  }};
  window.gpmbWatch = setInterval(look, {WATCH_EVERY_MS});
  document.addEventListener("visibilitychange", () => document.hidden || look());
}}
</script>"""


def accounts_html(accounts: Sequence[Account], open_now: Sequence[Session], words: Texts) -> str:
    """All accounts with role, state, and whether they are logged in."""
    logged_in = {one.account_id for one in open_now}
    rows = []
    for one in accounts:
        state = "account.state_in" if one.account_id in logged_in else f"account.state_{state_of(one)}"
        cells = (
            one.account_id,
            one.name or "–",
            words(f"account.role_{one.role}"),
            words(state),
            one.oidc or "–",
            _when(one.created_at, words),
        )
        rows.append("".join(f"<td>{escape(cell)}</td>" for cell in cells))
    return _table(("account", "name", "role", "state", "oidc", "since"), rows, words)


def changes_html(changes: Iterable[AccountChange], words: Texts) -> str:
    """What was done to accounts, the newest first."""
    rows = [
        f"<td>{escape(_when(one.at, words))}</td><td>{escape(one.by)}</td>"
        f"<td>{escape(one.account_id)}</td><td>{escape(words(f'account.did_{one.what}'))}</td>"
        for one in changes
    ]
    return _table(("at", "by", "account", "what"), rows, words)


def names_html(views: Iterable[NameView], words: Texts) -> str:
    """Who saw names: of one household by its code, else of how many."""
    rows = []
    for one in views:
        whose = one.household or words("account.households", count=one.count)
        rows.append(
            f"<td>{escape(_when(one.at, words))}</td><td>{escape(one.by)}</td>"
            f"<td>{escape(words(f'seen.{one.what}'))}</td><td>{escape(whose)}</td>"
        )
    return _table(("at", "by", "where", "whose"), rows, words)


def first_html(words: Texts) -> str:
    """What it means that there are no accounts, and the way to the first one."""
    return (
        f'<div class="gp-hint"><p>{escape(words("account.none_yet"))}</p>'
        f'<p><a href="{FIRST}?lang={words.language}" target="_self">'
        f"{escape(words('account.first_title'))}</a></p>"
        f"<p>{escape(words('account.first_command'))} <code>python -m gis account add quan.tri administrator"
        "</code></p></div>"
    )


def code_html(account_id: str, code: str, words: Texts) -> str:
    """A one-time code, to be read out or written down: it is shown once."""
    said = words("account.code_made", account=account_id)
    return (
        f'<div class="gp-done" role="status"><p>{escape(said)}</p>'
        f'<p><code class="gp-code">{escape(code)}</code></p>'
        f"<p>{escape(words('account.code_once'))}</p></div>"
    )


def _when(at: str, words: Texts) -> str:
    return words.day_time(parse_time(at).astimezone(HANOI))


def _table(heads: Sequence[str], rows: Sequence[str], words: Texts) -> str:
    head = "".join(f"<th>{escape(words(f'account.col_{name}'))}</th>" for name in heads)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="gp-scroll" tabindex="0"><table class="gp-table small"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
