"""What the forms of the page "Chi trả" do, as callbacks before the page is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from gis.ledger.facts import Milestone, Money
from gis.ledger.money import RecordMoney
from gis.ledger.voids import Cancel
from gis.project import people, shared
from gis.project.attachments import attach_stream
from gis.vietnamese import parse_vnd
from gis.web import common
from gis.web.actions import Done, field
from gis.web.common import Refusal, attempt, new_request, stamp
from gis.web.uploads import COMING_SCAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

    from gis.ledger.accounts import Account
    from gis.ledger.entry import Attachment, Draft, Entry
    from gis.ledger.state import State
    from gis.texts import Texts


@dataclass(frozen=True, slots=True)
class Review:
    """What a form asks for, and what would be written, before it is."""

    request: RecordMoney
    drafts: tuple[Draft, ...]
    scan: IO[bytes] | None
    file_name: str


def open_household(household: str | None) -> None:
    """Open a household's money, or with None the list, with fresh forms."""
    st.session_state["pay.household"] = household
    _renew()
    st.session_state.pop("pay.outcome", None)


def request_id() -> str:
    """The id of the request that the forms on the page will send."""
    if "pay.request" not in st.session_state:
        st.session_state["pay.request"] = new_request()
    return str(st.session_state["pay.request"])


def _renew() -> None:
    st.session_state["pay.request"] = new_request()
    st.session_state.pop("pay.review", None)


def review(household: str, seen: int, request: str) -> None:
    """Work out what the form would write, for its user to look at.

    Args:
        household: Whose money.
        seen: The last seq that told of it when the form was drawn.
        request: The form's id.
    """
    told, words = st.session_state, common.texts().of(shared().plan)
    uploaded = told.get(field("money", "scan", request))

    def work_out() -> Review:
        wanted = RecordMoney(
            household=household,
            act=told[field("money", "act", request)],
            amount_vnd=parse_vnd(told[field("money", "amount", request)]),
            on=told[field("money", "on", request)],
            document=told[field("money", "document", request)] or None,
            parcel=told[field("money", "parcel", request)],
            batch=told.get(field("money", "batch", request)),
            attachments=(COMING_SCAN,) if uploaded else (),
            aliases=people.aliases(shared()),
            seen=seen,
        )
        drafts = shared().preview(wanted, common.today())
        return Review(wanted, drafts, uploaded, uploaded.name if uploaded else "")

    found = attempt(work_out, words)
    told["pay.outcome" if isinstance(found, Refusal) else "pay.review"] = found
    if not isinstance(found, Refusal):
        told.pop("pay.outcome", None)


def back() -> None:
    """Leave the review; the form keeps what was typed."""
    st.session_state.pop("pay.review", None)


def record(request: str) -> None:
    """Write what was reviewed."""
    told, words = st.session_state, common.texts().of(shared().plan)
    reviewed: Review = told["pay.review"]

    def write() -> Done:
        sent = stamp(request)
        scans: tuple[Attachment, ...] = ()
        if reviewed.scan is not None:
            reviewed.scan.seek(0)
            scans = (attach_stream(shared(), reviewed.scan, reviewed.file_name, sent),)
        receipt = shared().do(replace(reviewed.request, attachments=scans), sent)
        seqs = ", ".join(words.integer(seq) for seq in receipt.seqs)
        return Done((words("money_page.done", seqs=seqs), *(words.problem(one) for one in receipt.warnings)))

    outcome = attempt(write, words)
    told["pay.outcome"] = outcome
    if isinstance(outcome, Refusal):  # the form keeps what was typed
        back()
    else:
        _renew()


def written_together(state: State, account: Account, seq: int) -> tuple[int, ...]:
    """A line's entry and the milestones that it marked: what is cancelled with it.

    Args:
        state: Of the day.
        account: The household's.
        seq: Of one of its lines.
    """
    entries = _entries(state, account)
    line = next((entry for entry in entries if entry.seq == seq), None)
    if line is None or not isinstance(line.fact, Money):
        return (seq,)
    marked = [
        entry.seq
        for entry in entries
        if entry.request_id == line.request_id
        and isinstance(entry.fact, Milestone)
        and entry.fact.amount_vnd is None
        and entry.seq not in state.voided
    ]
    return (seq, *marked)


def _entries(state: State, account: Account) -> list[Entry]:
    ids = {line.household for line in account.lines}
    places = dict.fromkeys(place for one in sorted(ids) for place in state.told_of.get(one, ()))
    return [e for place in places for e in state.history[place] if getattr(e.fact, "household", None) in ids]


def cancel(account: Account, request: str) -> None:
    """Cancel the chosen line, and the milestones that it marked."""
    told, words = st.session_state, common.texts().of(shared().plan)
    seq: int = told[field("money", "undo", request)]
    reason: str = told[field("money", "reason", request)]

    def write() -> Done:
        state = shared().snapshot(common.today()).state
        wanted = Cancel(written_together(state, account, seq), reason)
        receipt = shared().do(wanted, stamp(request))
        return Done(
            (
                words(
                    "money_page.done_cancel",
                    seqs=_listed(wanted.targets, words),
                    by=_listed(receipt.seqs, words),
                ),
            )
        )

    outcome = attempt(write, words)
    told["pay.outcome"] = outcome
    if not isinstance(outcome, Refusal):
        _renew()


def _listed(seqs: Sequence[int], words: Texts) -> str:
    return ", ".join(words.integer(seq) for seq in seqs)
