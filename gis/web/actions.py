"""What the card's buttons do: write what a form asks for, or show first what it would write.

Each runs as a callback before the page is drawn, so that map, figures and card show what was written.
What a refused form holds stays in its fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as data_field
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.entry import Attachment
from gis.milestones import CLEARED_MILESTONE
from gis.project import shared
from gis.project.attachments import attach_stream
from gis.project.newcomers import do_with_newcomers
from gis.web import common
from gis.web.common import Refusal, attempt, new_request, stamp
from gis.web.selection import CARD, SIDE

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.errors import Problem
    from gis.ledger.entry import Draft
    from gis.ledger.setting import Command
    from gis.project import Card, Receipt
    from gis.store.register import Household
    from gis.texts import Texts
    from gis.web.forms import Form

HECTARE_M2: Final = 10_000
# Stands for a scan that is not stored yet, so that a review knows that there will be one.
COMING_SCAN: Final = Attachment("0" * 64, "application/pdf", 1)


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, and what rose or fell by it, in words; and what is odd about it."""

    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for.

    Args:
        make: The command; it takes `attachments` where scans were brought.
        review: Whether its user looks at it before it is written.
        newcomers: Households that the register does not know yet.
    """

    make: Callable[..., Command]
    review: bool = False
    newcomers: tuple[Household, ...] = data_field(default=())


@dataclass(frozen=True, slots=True)
class Review:
    """What would be written, before it is."""

    form: Form
    asked: Asked
    uploads: tuple[UploadedFile, ...]
    message: str
    drafts: tuple[Draft, ...]


def open_parcel(parcel_id: str | None, *, zoom: bool = False) -> None:
    """Open a parcel's card, with fresh forms."""
    st.session_state["parcel"] = parcel_id
    st.session_state[SIDE] = CARD
    _renew()
    st.session_state.pop("outcome", None)
    if zoom:
        st.session_state["zoom_to"] = (parcel_id,)


def _renew() -> None:
    st.session_state["request"] = new_request()
    st.session_state.pop("review", None)


def request_id() -> str:
    """The id of the request that the forms on the page will send."""
    if "request" not in st.session_state:
        st.session_state["request"] = new_request()
    return str(st.session_state["request"])


def field(form: str, name: str, request: str) -> str:
    """The key of a form's field: another request has other fields, so they start empty."""
    return f"{form}.{name}.{request}"


def send(form: Form, build: Callable[[], Asked], message: str) -> None:
    """Write what a form asks for; what wants a look before, is shown instead.

    Args:
        form: As its user saw it: a later entry of somebody else refuses the request.
        build: What the fields ask for; a `GisError` of it is shown.
        message: The text id of what is said when it is written, with its {seqs}.
    """
    st.session_state.pop("review", None)

    def asked_for() -> Asked | Review:
        asked = build()
        return _reviewed(form, asked, message) if asked.review else asked

    found = attempt(asked_for, form.words)
    if isinstance(found, Review):
        st.session_state["review"] = found
        st.session_state.pop("outcome", None)
    elif isinstance(found, Refusal):
        tell(form, found)
    else:
        carry_out(form, message, lambda: _write(found, form.uploads, form.request))


def _reviewed(form: Form, asked: Asked, message: str) -> Review:
    uploads = form.uploads
    command = asked.make(attachments=(COMING_SCAN,) * len(uploads)) if uploads else asked.make()
    return Review(form, asked, uploads, message, shared().preview(command, common.today()))


def write_reviewed() -> None:
    """Write what was looked at; a second click finds it written."""
    found: Review | None = st.session_state.get("review")
    if found is None:
        return
    carry_out(found.form, found.message, lambda: _write(found.asked, found.uploads, found.form.request))


def leave_review() -> None:
    """Back to the form, which keeps what was typed."""
    st.session_state.pop("review", None)


def _write(asked: Asked, uploads: tuple[UploadedFile, ...], request: str) -> Receipt:
    """Store the scans, then write the entries that name them."""
    sent, scans = stamp(request), []
    for upload in uploads:
        upload.seek(0)
        scans.append(attach_stream(shared(), upload, upload.name, sent))
    command = asked.make(attachments=tuple(dict.fromkeys(scans))) if scans else asked.make()
    if asked.newcomers:
        return do_with_newcomers(shared(), command, asked.newcomers, sent)
    return shared().do(command, sent)


def carry_out(form: Form, message: str, write: Callable[[], Receipt]) -> None:
    """Write, and keep what came of it for the page; whatever changed since is shown either way."""
    words = form.words
    receipt = attempt(write, words)
    if isinstance(receipt, Refusal):
        leave_review()
        tell(form, receipt)
        return
    if receipt.repeated and isinstance(st.session_state.get("outcome", ("", None))[1], Done):
        return  # the first click has said it all, its warnings too
    seqs = ", ".join(words.integer(seq) for seq in receipt.seqs)
    after = shared().snapshot(common.today())
    risen = (
        effects(form.card, after.card(form.card.parcel_id), words)
        if form.card.parcel_id in after.units.index
        else ()
    )
    warned = told(receipt.warnings, words)
    finish(form, Done((words(message, seqs=seqs), *risen), warned))


def finish(form: Form, done: Done) -> None:
    """Say what was written, and begin fresh forms."""
    tell(form, done)
    if st.session_state.get("request") == form.request:
        _renew()


def tell(form: Form, outcome: Done | Refusal) -> None:
    """Keep an outcome for the part of the card where its form stands."""
    st.session_state["outcome"] = (form.place, outcome)


def told(warnings: tuple[Problem, ...], words: Texts) -> tuple[str, ...]:
    """Warnings in words, each once."""
    return tuple(dict.fromkeys(words.problem(warning) for warning in warnings))


def effects(before: Card, after: Card, words: Texts) -> tuple[str, ...]:
    """What a zone gained or lost by what was written of a parcel, in words."""
    was, is_now = (card.class_ == CLEARED_MILESTONE for card in (before, after))
    if was == is_now:
        done, now_done = (
            sum(CLEARED_MILESTONE in holding.milestones for holding in card.holdings)
            for card in (before, after)
        )
        late = len(after.holdings) - now_done
        return (words("card.still_waiting", count=late),) if late and now_done and now_done != done else ()
    if not after.zones_m2:
        return (words("card.no_effect_outside"),)
    names = {zone.zone_id: zone.name for zone in shared().plan.zones}
    sign = "+" if is_now else "−"
    return tuple(
        words("card.effect", zone=names.get(zone, zone), change=sign + words.number(area_m2 / HECTARE_M2, 4))
        for zone, area_m2 in after.zones_m2.items()
    )
