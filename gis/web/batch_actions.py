"""What the forms of the page "Đợt, văn bản" do, as callbacks before the page is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.errors import FileUnreadableError
from gis.ledger.batch_apply import ApplyDocument, Listed, applications
from gis.ledger.batch_lists import parse_list
from gis.ledger.batches import AddDocument, JoinBatch, OpenBatch, batches, holdings_of
from gis.ledger.setting import require_none
from gis.ledger.voids import Cancel
from gis.project import batches as figures
from gis.project import people, shared
from gis.project.attachments import attach_stream
from gis.web import common
from gis.web.actions import Done, field
from gis.web.common import Refusal, attempt, new_request, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.ledger.batches import Batch, Document
    from gis.ledger.state import State
    from gis.project import Snapshot
    from gis.project.batches import Review
    from gis.store.database import Stamp
    from gis.texts import Texts

WAYS: Final = ("zone", "hamlet", "list")
ALL: Final = "all"
LIST: Final = "list"
NO_ZONE: Final = ""
STEPS_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A list as it would be applied, and what that comes to."""

    request: ApplyDocument
    review: Review
    request_id: str  # of this look: another list after a try that seemed to fail is another request


@dataclass(frozen=True, slots=True)
class Undoable:
    """What can be taken back together: an application of a document, or one that was not applied."""

    document: Document
    seqs: tuple[int, ...]
    by: str | None  # None: the document itself


def undoable(state: State, batch: Batch) -> list[Undoable]:
    """The newest applications of a đợt's documents, then the documents that were not applied."""
    merged = people.aliases(shared())
    found = [(one, applications(state, batch, one, merged)) for one in batch.documents]
    steps = [Undoable(document, one.seqs, one.by) for document, applied in found for one in applied]
    return [
        *steps,
        *(Undoable(document, (document.seq,), None) for document, applied in found if not applied),
    ]


def open_batch_page(batch: str | None) -> None:
    """Open a đợt, or with None the list, with fresh forms."""
    st.session_state["batch"] = batch
    _renew()
    st.session_state.pop("batch.outcome", None)


def request_id() -> str:
    """The id of the request that the forms on the page will send."""
    if "batch.request" not in st.session_state:
        st.session_state["batch.request"] = new_request()
    return str(st.session_state["batch.request"])


def _renew() -> None:
    st.session_state["batch.request"] = new_request()
    st.session_state.pop("batch.review", None)


def _tries() -> int:
    return int(st.session_state.get("batch.tries", 0))


def _list_stamp(request: str) -> Stamp:
    """The stamp of a list of households: another after each refusal, for the list may be another then.

    Who is there already is passed over, so that no list needs the id of the try before.
    """
    return stamp(f"{request}-{_tries()}")


def _texts() -> Texts:
    return common.texts().of(shared().plan)


def _carry_out(write: Callable[[Texts], tuple[str, ...]]) -> bool:
    """Write, and keep what came of it for the page; the forms start anew where it was written."""
    words = _texts()
    outcome = attempt(lambda: Done(write(words)), words)
    st.session_state["batch.outcome"] = outcome
    if isinstance(outcome, Refusal):
        st.session_state["batch.tries"] = _tries() + 1
        return False
    _renew()
    return True


def open_batch(regimes: Sequence[str], request: str) -> None:
    """Open the đợt that the form tells of, and show it."""
    told = st.session_state
    wanted = OpenBatch(
        name=told[field("batch", "name", request)],
        on=told[field("batch", "on", request)],
        regime=told[field("batch", "regime", request)],
        zone=told[field("batch", "zone", request)] or None,
        regimes=tuple(regimes),
    )

    def write(words: Texts) -> tuple[str, ...]:
        receipt = shared().do(wanted, stamp(request))
        made = next(one for one in batches(_now().state).values() if one.seq == receipt.seqs[0])
        st.session_state["batch"] = made.batch
        return (words("batch_page.done_open", batch=made.batch),)

    _carry_out(write)


def _now() -> Snapshot:
    return shared().snapshot(common.today())


def join(batch: Batch, way: str, request: str) -> None:
    """Add the households that the form names: of a zone, of a hamlet, or of a list."""
    told = st.session_state
    on = told[field("join", "on", request)]

    def write(words: Texts) -> tuple[str, ...]:
        listed = _to_join(way, request)
        households, sources = (tuple(one.household for one in listed), tuple(one.source for one in listed))
        wanted = JoinBatch(batch.batch, households, on, sources=sources)
        receipt = shared().do(wanted, _list_stamp(request))
        return (words("batch_page.done_join", count=len(receipt.seqs), batch=batch.batch),)

    _carry_out(write)


def _to_join(way: str, request: str) -> tuple[Listed, ...]:
    told, snapshot = st.session_state, _now()
    land = figures.land_of(snapshot)
    if way == "zone":
        zone = told[field("join", "zone", request)]
        return tuple(Listed(one) for one in figures.households_in(snapshot, land, zone))
    if way == "hamlet":
        holders = set(figures.households_in(snapshot, land, None))
        live_there = people.of_hamlet(shared(), told[field("join", "hamlet", request)])
        return tuple(Listed(one) for person in live_there for one in person.ids if one in holders)
    return _typed_list("join", request)


def _typed_list(form: str, request: str) -> tuple[Listed, ...]:
    """The list of a form: its file where there is one, else its text.

    Raises:
        FileUnreadableError: If the file is no UTF-8 text.
        RefusedError: With every line that cannot be read.
    """
    told = st.session_state
    uploaded = told.get(field(form, "file", request))
    text = told.get(field(form, "list", request)) or ""
    if uploaded is not None:
        try:
            text = uploaded.getvalue().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FileUnreadableError(file=uploaded.name, reason=f"UTF-8, byte {error.start}") from None
    rows, problems = parse_list(text)
    require_none(problems)
    return rows


def leave(batch: Batch, request: str) -> None:
    """Take the chosen households out of a đợt."""
    told = st.session_state
    households = tuple(told[field("leave", "households", request)])
    on = told[field("leave", "on", request)]

    def write(words: Texts) -> tuple[str, ...]:
        receipt = shared().do(JoinBatch(batch.batch, households, on, left=True), _list_stamp(request))
        return (words("batch_page.done_leave", count=len(receipt.seqs), batch=batch.batch),)

    _carry_out(write)


def add_document(batch: Batch, request: str) -> None:
    """Record the document that the form tells of, with its scan."""
    told = st.session_state
    uploaded = told.get(field("document", "scan", request))

    def write(words: Texts) -> tuple[str, ...]:
        sent = stamp(request)
        scans = (attach_stream(shared(), uploaded, uploaded.name, sent),) if uploaded else ()
        wanted = AddDocument(
            batch=batch.batch,
            milestone=told[field("document", "milestone", request)],
            number=told[field("document", "number", request)],
            on=told[field("document", "on", request)],
            effective=told[field("document", "effective", request)],
            signatory=told[field("document", "signatory", request)],
            attachments=scans,
        )
        receipt = shared().do(wanted, sent)
        st.session_state["batch.apply"] = receipt.seqs[0]
        return (words("batch_page.done_document", number=wanted.number.strip()),)

    _carry_out(write)


def review(batch: Batch, request: str) -> None:
    """Work out what applying the chosen document to the list would write."""
    told, words = st.session_state, _texts()

    def work_out() -> Reviewed:
        snapshot = _now()
        parcels = figures.land_of(snapshot).of_batch(batch)
        if told[field("apply", "who", request)] == ALL:
            holders = holdings_of(snapshot.state, batch.members, parcels, people.aliases(shared()))
            listed = tuple(Listed(one) for one in holders)
        else:
            listed = _typed_list("apply", request)
        renewed = bool(told.get(field("apply", "renewed", request)))
        document = told[field("apply", "document", request)]
        wanted = ApplyDocument(batch.batch, document, listed, parcels, renewed)
        return Reviewed(wanted, figures.review(shared(), wanted, common.today()), new_request())

    found = attempt(work_out, words)
    if isinstance(found, Refusal):
        told["batch.outcome"] = found
        told.pop("batch.review", None)
    else:
        told.pop("batch.outcome", None)
        told["batch.review"] = found


def back() -> None:
    """Forget a review: something in its form was changed."""
    st.session_state.pop("batch.review", None)


def apply() -> None:
    """Write what was reviewed, in one transaction; a second click finds it written."""
    reviewed: Reviewed | None = st.session_state.get("batch.review")
    if reviewed is None:
        return

    def write(words: Texts) -> tuple[str, ...]:
        receipt = shared().do(reviewed.request, stamp(reviewed.request_id))
        seqs = words("batch_page.seqs", first=receipt.seqs[0], last=receipt.seqs[-1])
        return (words("batch_page.done_apply", count=len(receipt.seqs), seqs=seqs),)

    if not _carry_out(write):
        back()


def undo(request: str) -> None:
    """Cancel all that one application of a document wrote, or a document that none applied."""
    told = st.session_state
    step: Undoable = told[field("undo", "step", request)]
    reason = told[field("undo", "reason", request)]

    def write(words: Texts) -> tuple[str, ...]:
        receipt = shared().do(Cancel(step.seqs, reason), stamp(request))
        return (words("batch_page.done_undo", count=len(receipt.seqs)),)

    _carry_out(write)
