"""What the forms of the page "Bàn giao cho nhà đầu tư" do, as callbacks before the page is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from gis.clearance.blocks import BlockTotal, block_totals
from gis.clearance.parcel_list import parse_exceptions, parse_parcels
from gis.ledger.deliveries import DeliverBlock, is_handed_over, known_name
from gis.ledger.effects import after
from gis.ledger.facts import Delivery, Milestone
from gis.ledger.setting import require_none
from gis.ledger.voids import Cancel
from gis.project import shared
from gis.project.attachments import attach_stream
from gis.project.old_land import land as all_land
from gis.web import common
from gis.web.actions import Done, field
from gis.web.common import Refusal, attempt, new_request, stamp
from gis.web.uploads import COMING_SCAN

if TYPE_CHECKING:
    from typing import IO

    from gis.ledger.entry import Attachment, Draft, Entry
    from gis.ledger.state import State
    from gis.project import Snapshot


@dataclass(frozen=True, slots=True)
class Review:
    """What a form asks for, what would be written, and the block as it would then be."""

    request: DeliverBlock
    drafts: tuple[Draft, ...]
    block: BlockTotal
    scan: IO[bytes] | None
    file_name: str


def request_id() -> str:
    """The id of the request that the forms on the page will send."""
    if "deliver.request" not in st.session_state:
        st.session_state["deliver.request"] = new_request()
    return str(st.session_state["deliver.request"])


def _renew() -> None:
    st.session_state["deliver.request"] = new_request()
    st.session_state.pop("deliver.review", None)


def review(request: str) -> None:
    """Work out what the form would write, for its user to look at."""
    told, words = st.session_state, common.texts().of(shared().plan)
    uploaded = told.get(field("deliver", "scan", request))

    def work_out() -> Review:
        snapshot = shared().snapshot(common.today())
        wanted = _wanted(snapshot, request, (COMING_SCAN,) if uploaded else ())
        drafts = shared().preview(wanted, common.today())
        return Review(
            wanted, drafts, _then(snapshot, wanted, drafts), uploaded, uploaded.name if uploaded else ""
        )

    told.pop("deliver.review", None)
    found = attempt(work_out, words)
    told["deliver.outcome" if isinstance(found, Refusal) else "deliver.review"] = found
    if not isinstance(found, Refusal):
        told.pop("deliver.outcome", None)


def _wanted(snapshot: Snapshot, request: str, scans: tuple[Attachment, ...]) -> DeliverBlock:
    """The request of the form.

    Raises:
        RefusedError: Where a list cannot be read.
    """
    told = st.session_state
    parcels, unread = parse_parcels(told[field("deliver", "parcels", request)], snapshot.units)
    exceptions, unclear = parse_exceptions(told[field("deliver", "exceptions", request)], snapshot.units)
    require_none([*unread, *unclear])
    if told[field("deliver", "waiting", request)]:
        named = {parcel for parcel, _ in exceptions}
        waiting = [one for one in parcels if one not in named and not is_handed_over(snapshot.state, one)]
        exceptions = (*exceptions, *((one, None) for one in waiting))
    return DeliverBlock(
        block=told[field("deliver", "block", request)],
        on=told[field("deliver", "on", request)],
        parcels=parcels,
        exceptions=exceptions,
        document=told[field("deliver", "document", request)],
        attachments=scans,
        seen={one: snapshot.state.last_seq(one) for one in parcels},
    )


def _then(snapshot: Snapshot, wanted: DeliverBlock, drafts: tuple[Draft, ...]) -> BlockTotal:
    """The block as it would be, its earlier parts with it."""
    name = known_name(snapshot.state, wanted.block)
    then = after(snapshot.state, drafts)
    land = all_land(shared(), snapshot, then)
    return next(one for one in block_totals(then, land) if one.name == name)


def back() -> None:
    """Leave the review; the form keeps what was typed."""
    st.session_state.pop("deliver.review", None)


def record(request: str) -> None:
    """Write what was reviewed."""
    told, words = st.session_state, common.texts().of(shared().plan)
    reviewed: Review | None = told.get("deliver.review")
    if reviewed is None:
        return  # the second of two clicks

    def write() -> Done:
        sent = stamp(request)
        scans: tuple[Attachment, ...] = ()
        if reviewed.scan is not None:
            reviewed.scan.seek(0)
            scans = (attach_stream(shared(), reviewed.scan, reviewed.file_name, sent),)
        receipt = shared().do(replace(reviewed.request, attachments=scans), sent)
        return Done(
            (
                words(
                    "blocks_page.done",
                    block=reviewed.block.name,
                    count=len(receipt.seqs),
                    seq=receipt.seqs[0],
                ),
            )
        )

    outcome = attempt(write, words)
    told["deliver.outcome"] = outcome
    if isinstance(outcome, Refusal):
        back()
    else:
        _renew()


def written_together(state: State, seq: int) -> tuple[int, ...]:
    """A delivery's entry and the milestones that it marked, those that still count."""
    delivery = next((e for e in state.history.get(None, ()) if e.seq == seq), None)
    if delivery is None or not isinstance(delivery.fact, Delivery):
        return (seq,)
    told = [e for parcel in delivery.fact.parcels for e in state.history.get(parcel, ())]
    marked = [entry.seq for entry in told if _by(entry, delivery)]
    return (seq, *(one for one in marked if one not in state.voided))


def _by(entry: Entry, delivery: Entry) -> bool:
    return entry.request_id == delivery.request_id and isinstance(entry.fact, Milestone)


def cancel(request: str) -> None:
    """Cancel the chosen delivery, and the milestones that it marked."""
    told, words = st.session_state, common.texts().of(shared().plan)
    seq: int = told[field("deliver", "undo", request)]
    reason: str = told[field("deliver", "reason", request)]

    def write() -> Done:
        targets = written_together(shared().snapshot(common.today()).state, seq)
        receipt = shared().do(Cancel(targets, reason), stamp(request))
        return Done((words("blocks_page.done_cancel", count=len(targets), seq=seq, by=receipt.seqs[0]),))

    outcome = attempt(write, words)
    told["deliver.outcome"] = outcome
    if not isinstance(outcome, Refusal):
        _renew()
