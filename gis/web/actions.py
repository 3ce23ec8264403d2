"""What the card's buttons do: record a hand-over, cancel it, give it its right day and number.

Each runs as a callback before the page is drawn, so that map, figures and card show what was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.facts import Milestone
from gis.ledger.marks import Mark
from gis.milestones import CLEARED_MILESTONE
from gis.project import shared
from gis.web import common
from gis.web.common import Refusal, attempt, new_request, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.ledger.entry import Entry
    from gis.project import Card, Receipt
    from gis.texts import Texts

ALL_HOLDINGS: Final = "*"
UNDO_SHOWN: Final = 10
HECTARE_M2: Final = 10_000


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, and what rose or fell by it, in words."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be undone: entries of one request that say the same of a parcel's holdings."""

    seqs: tuple[int, ...]
    entry: Entry


def open_parcel(parcel_id: str | None, *, zoom: bool = False) -> None:
    """Open a parcel's card, with fresh forms."""
    st.session_state["parcel"] = parcel_id
    st.session_state["request"] = new_request()
    st.session_state.pop("outcome", None)
    if zoom:
        st.session_state["zoom_to"] = parcel_id


def request_id() -> str:
    """The id of the request that the forms on the page will send."""
    if "request" not in st.session_state:
        st.session_state["request"] = new_request()
    return str(st.session_state["request"])


def field(form: str, name: str, request: str) -> str:
    """The key of a form's field: another request has other fields, so they start empty."""
    return f"{form}.{name}.{request}"


def record(card: Card, request: str) -> None:
    """Record the hand-over that the form tells of.

    Args:
        card: The parcel as its user saw it: a later entry of somebody else refuses the request.
        request: The form's id.
    """
    told = st.session_state
    household = told[field("mark", "holding", request)]
    wanted = Mark(
        parcels=(card.parcel_id,),
        milestone=CLEARED_MILESTONE,
        on=told[field("mark", "on", request)],
        document=told[field("mark", "document", request)],
        household=None if household == ALL_HOLDINGS else household,
        all_holdings=household == ALL_HOLDINGS,
        seen={card.parcel_id: card.last_seq},
    )
    _carry_out(card, request, "card.done_mark", lambda: shared().mark(wanted, stamp(request)))


def undo(card: Card, request: str) -> None:
    """Cancel the chosen entries."""
    told = st.session_state
    step: Step = told[field("undo", "step", request)]
    reason = told[field("undo", "reason", request)]
    _carry_out(card, request, "card.done_undo", lambda: shared().void(step.seqs, reason, stamp(request)))


def correct(card: Card, request: str) -> None:
    """Give the chosen milestone its right day and document."""
    told = st.session_state
    entry: Entry = told[field("correct", "entry", request)]
    on, document = told[field("correct", "on", request)], told[field("correct", "document", request)]
    reason = told[field("correct", "reason", request)]
    _carry_out(
        card,
        request,
        "card.done_correct",
        lambda: shared().correct(entry.seq, on, document, reason, stamp(request)),
    )


def _carry_out(card: Card, request: str, message: str, write: Callable[[], Receipt]) -> None:
    """Write, and keep what came of it for the page; whatever changed since is shown either way."""
    words = common.texts().of(shared().plan)
    receipt = attempt(write, words)
    after = shared().snapshot(common.today()).card(card.parcel_id)
    if isinstance(receipt, Refusal):
        st.session_state["outcome"] = receipt
        if after.last_seq != card.last_seq:  # somebody else wrote: the user starts from the new card
            st.session_state["request"] = new_request()
        return
    seqs = ", ".join(words.integer(seq) for seq in receipt.seqs)
    lines = (words(message, seqs=seqs), *effects(card, after, words))
    st.session_state["outcome"] = Done(lines)
    if st.session_state.get("request") == request:
        st.session_state["request"] = new_request()


def effects(before: Card, after: Card, words: Texts) -> tuple[str, ...]:
    """What a zone gained or lost by what was written of a parcel, in words."""
    was, is_now = (card.class_ == CLEARED_MILESTONE for card in (before, after))
    if was == is_now:
        late = sum(CLEARED_MILESTONE not in holding.milestones for holding in after.holdings)
        if late and late < len(after.holdings):
            return (words("card.still_waiting", count=late),)
        return ()
    if not after.zones_m2:
        return (words("card.no_effect_outside"),)
    names = {zone.zone_id: zone.name for zone in shared().plan.zones}
    sign = "+" if is_now else "−"
    return tuple(
        words("card.effect", zone=names.get(zone, zone), change=sign + words.number(area_m2 / HECTARE_M2, 4))
        for zone, area_m2 in after.zones_m2.items()
    )


def steps(history: Sequence[Entry], voided: Sequence[int] | set[int]) -> list[Step]:
    """The milestones of a parcel that can be undone, the newest first; those of one request together."""
    grouped: dict[tuple[object, ...], list[Entry]] = {}
    for entry in reversed(history):
        if isinstance(entry.fact, Milestone) and entry.seq not in voided:
            key = (entry.request_id, entry.fact.milestone, entry.on, entry.fact.document)
            grouped.setdefault(key, []).append(entry)
    found = [Step(tuple(sorted(entry.seq for entry in group)), group[0]) for group in grouped.values()]
    return found[:UNDO_SHOWN]
