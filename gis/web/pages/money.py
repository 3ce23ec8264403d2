"""Chi trả: what was approved, paid and deposited for the commune, zones, đợt, households; what is late."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from gis.clearance.money_zones import by_zone
from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.accounts import Account, Sums, accounts
from gis.ledger.batches import batches
from gis.ledger.money_groups import by_batch, late_payments
from gis.project import people
from gis.project.old_land import land as all_land
from gis.vietnamese import fold
from gis.web import common
from gis.web import money_actions as actions
from gis.web import money_forms as forms
from gis.web import money_view as view
from gis.web.actions import Done
from gis.web.common import Refusal
from gis.web.due_rows import regimes
from gis.web.household_view import plain
from gis.web.money_view import Labels
from gis.web.pager import pager

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.ledger.money_groups import Late
    from gis.web.common import View

A_PAGE = 20
LATE_SHOWN = 15


@dataclass(frozen=True, slots=True)
class Books:
    """All that the page shows of the day, worked out once for a day and a head of the ledger."""

    accounts: Mapping[str, Account]
    late: tuple[Late, ...]
    labels: Labels
    aliases: Mapping[str, str]

    @property
    def whole(self) -> Sums:
        """The commune's money."""
        return sum((one.sums for one in self.accounts.values()), Sums())


def main() -> None:
    shown = common.view()
    words = shown.texts
    books = books_of(shown)
    household = selection(books)
    common.keep_address(shown, household=household)
    if household is not None:
        detail(shown, books, household)
        return
    common.heading(words("money_page.title"), shown.team_only)
    show_outcome()
    if not books.accounts:
        st.html(f'<div class="gp-hint">{escape(words("money_page.nothing"))}</div>')
    else:
        summary(shown, books)
    listing(shown, books)


def books_of(shown: View) -> Books:
    """The accounts of the day, kept while day and ledger stay the same; names are read anew each time."""
    snapshot = shown.snapshot
    merged = people.aliases(shown.project)
    key = (snapshot.head.hash, snapshot.on, snapshot.known, tuple(sorted(merged.items())))
    kept = st.session_state.get("pay.books")
    if kept is None or kept[0] != key:
        found = accounts(snapshot.state, merged)
        terms = regimes(shown)
        if isinstance(terms, Refusal):
            terms.show()
            terms = DEFAULT_DEADLINES
        kept = (key, found, late_payments(snapshot.state, found, terms))
        st.session_state["pay.books"] = kept
    names = {one.household_id: one.household.name for one in shown.people()}
    called = {name: f"{batch.name} ({name})" for name, batch in batches(snapshot.state).items()}
    return Books(kept[1], kept[2], Labels(snapshot.boundaries.labels, names, called), merged)


def selection(books: Books) -> str | None:
    """The household that is open: the session's, at first that of the address."""
    if "pay.household" not in st.session_state:
        st.session_state["pay.household"] = st.query_params.get("household")
    asked = st.session_state["pay.household"]
    asked = books.aliases.get(asked, asked)
    return asked if asked in books.accounts or asked in books.labels.households else None


def show_outcome() -> None:
    """What the last button did."""
    outcome = st.session_state.get("pay.outcome")
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(one)}</p>" for one in outcome.lines)
        st.html(f'<div class="gp-done" role="status">{lines}</div>')


def summary(shown: View, books: Books) -> None:
    """Totals, zones, đợt and late payments."""
    words, snapshot = shown.texts, shown.snapshot
    of = words("money_page.of_households", count=len(books.accounts))
    st.html(view.totals_html(books.whole, of, words))
    beyond = [one for one in books.accounts.values() if one.sums.overpaid]
    if beyond:
        amount = sum(one.sums.overpaid for one in beyond)
        said = words("money_page.overpaid", count=len(beyond), amount=amount)
        st.html(f'<div class="gp-refusal">{escape(said)}</div>')
    land = all_land(shown.project, snapshot)
    rows = by_zone(snapshot.plan, snapshot.state, books.accounts, land, books.aliases)
    st.html(common.section(words("money_page.zones"), words("money_page.zones_remark")))
    st.html(view.zones_html(rows, words))
    late_list(shown, books)
    with st.expander(words("money_page.batches")):
        groups = by_batch(snapshot.state, books.accounts)
        st.html(view.batches_html(groups, books.labels.batches, words))


def late_list(shown: View, books: Books) -> None:
    """Approved money that is past its last day."""
    words, late = shown.texts, books.late
    amount = sum(one.unpaid_vnd for one in late)
    households = len({one.household for one in late})
    remark = words("money_page.late_remark", count=len(late), households=households, amount=amount)
    st.html(common.section(words("money_page.late"), remark if late else words("money_page.no_late")))
    if not late:
        return
    st.html(view.late_html(late[:LATE_SHOWN], books.labels, words))
    without = Labels(books.labels.parcels, {}, books.labels.batches)
    if len(late) > LATE_SHOWN:
        said = words("money_page.late_more", count=len(late) - LATE_SHOWN)
        st.html(f'<p class="gp-note">{escape(said)}</p>')
    st.download_button(
        words("money_page.late_csv"),
        view.late_csv(late, without, words),
        file_name=f"cham-chi-tra-{shown.snapshot.on.isoformat()}.csv",
        mime="text/csv",
        key="pay.late_csv",
    )


def listing(shown: View, books: Books) -> None:
    """Every household's account, searched and by pages."""
    words = shown.texts
    st.html(common.section(words("money_page.households"), words("money_page.households_remark")))
    text, only = st.columns([5, 3], vertical_alignment="bottom")
    asked = text.text_input(
        words("people.search"),
        key="pay.search",
        placeholder=words("people.search_hint"),
        on_change=_first_page,
    )
    choices = ("all", "remaining", "overpaid", "late")
    chosen = only.selectbox(
        words("money_page.which"),
        choices,
        key="pay.which",
        format_func=lambda one: words(f"money_page.which_{one}"),
        on_change=_first_page,
    )
    found = wanted(shown, books, asked, chosen)
    first = min(int(st.session_state.get("pay.first", 0)), max(len(found) - 1, 0) // A_PAGE * A_PAGE)
    last = min(first + A_PAGE, len(found))
    said = words(
        "people.found",
        first=first + 1 if found else 0,
        last=last,
        count=len(found),
        total=len(everybody(books)),
    )
    st.html(f'<p class="gp-note">{escape(said)}</p>')
    shown.note_names("money", [one.household for one in found[first:last]])
    with st.container(key="people-list"):  # looks as the list of households does
        for one in found[first:last]:
            line(shown, books, one)
    pager("pay", first, len(found), A_PAGE, _turn, shown.texts)
    download(shown, books, found)


def line(shown: View, books: Books, account: Account) -> None:
    """One household of the list: a click opens it."""
    sums = account.sums
    name = plain(books.labels.household(account.household))
    figures = shown.texts(
        "money_page.line", approved=sums.approved, settled=sums.settled, remaining=sums.remaining
    )
    st.button(
        f"**{name}** {plain(figures)}",
        key=f"pay.open.{account.household}",
        on_click=actions.open_household,
        args=(account.household,),
        width="stretch",
    )


def everybody(books: Books) -> list[str]:
    """The households of the register and those of which only the ledger knows money, by id."""
    return [*books.labels.households, *(one for one in books.accounts if one not in books.labels.households)]


def wanted(shown: View, books: Books, asked: str, chosen: str) -> list[Account]:
    """The accounts that the search and the choice leave."""
    listed = shown.people()
    ids = [one.household_id for one in people.find(listed, asked)]
    known = {one.household_id for one in listed}
    ids += [one for one in books.accounts if one not in known and fold(asked) in fold(one)]
    late = {one.household for one in books.late}
    found = [books.accounts.get(one, Account(one, Sums(), ())) for one in ids]
    tests: dict[str, Callable[[Account], bool]] = {
        "all": lambda _: True,
        "remaining": lambda one: one.remaining > 0,
        "overpaid": lambda one: one.remaining < 0,
        "late": lambda one: one.household in late,
    }
    return [one for one in found if tests[chosen](one)]


def _first_page() -> None:
    st.session_state["pay.first"] = 0


def _turn(first: int) -> None:
    st.session_state["pay.first"] = max(first, 0)


def download(shown: View, books: Books, found: list[Account]) -> None:
    """The list as a file, without names unless they are asked for."""
    words = shown.texts
    with st.container(horizontal=True, vertical_alignment="center"):
        named = shown.may("names") and st.checkbox(words("money_page.with_names"), key="pay.with_names")
        if named:
            shown.note_names("money_file", [one.household for one in found])
        st.download_button(
            words("money_page.csv", count=len(found)),
            view.accounts_csv(found, books.late, words, books.labels.households if named else None),
            file_name=f"chi-tra-{shown.snapshot.on.isoformat()}.csv",
            mime="text/csv",
            key="pay.csv",
        )


def detail(shown: View, books: Books, household: str) -> None:
    """One household: its sums, its lines, and the form that records more."""
    words = shown.texts
    account = books.accounts.get(household, Account(household, Sums(), ()))
    st.button(f"← {words('people.to_list')}", key="pay.leave", on_click=actions.open_household, args=(None,))
    common.heading(books.labels.household(household), shown.team_only)
    shown.note_names("money", [household])
    show_outcome()
    of = words("money_page.of_lines", count=len(account.lines))
    st.html(view.totals_html(account.sums, of, words))
    if account.sums.overpaid:
        said = words("money_page.household_overpaid", amount=account.sums.overpaid)
        st.html(f'<div class="gp-refusal">{escape(said)}</div>')
    left, right = st.columns([13, 8], gap="medium")
    with left:
        st.html(common.section(words("money_page.lines"), words("money_page.lines_remark")))
        if account.lines:
            st.html(view.lines_html(account, books.labels, words))
        else:
            st.html(f'<div class="gp-hint">{escape(words("money_page.no_lines"))}</div>')
        late = [one for one in books.late if one.household == household]
        if late:
            st.html(common.section(words("money_page.late")))
            st.html(view.late_html(late, Labels(books.labels.parcels, {}, books.labels.batches), words))
    with right:
        if not shown.can_write:
            st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
            return
        forms.record_form(shown, books.labels, books.aliases, account)
        forms.cancel_form(shown, account)


main()
