"""What the buttons beside the chosen parcels do, as callbacks before the page is drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.clearance.parcel_list import Communes, parse_parcels
from gis.ledger.bulk_marks import MarkChosen
from gis.project import bulk_marks, shared
from gis.project.attachments import attach_stream
from gis.web import common, selection
from gis.web.actions import COMING_SCAN, field, told
from gis.web.common import Refusal, attempt, new_request, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.errors import Problem
    from gis.project import Snapshot
    from gis.project.bulk_marks import Review
    from gis.texts import Texts
    from gis.web.common import View
    from gis.web.map_view import Drawn

OUTCOME: Final = "many-outcome"
REQUEST: Final = "many-request"
LIST, COMMUNE = "many-list", "many-commune"
UNCLEAR: Final = frozenset({"problem.list_ambiguous", "problem.list_ambiguous_several"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was written or cancelled, in words.

    Args:
        lines: What was done.
        warnings: What is odd about it.
        request_id: Of what was written and can be taken back.
        undone: The request that was taken back.
    """

    lines: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    request_id: str | None = None
    undone: str | None = None


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was looked at: the request, the scans that will be stored with it, and what it comes to."""

    request: MarkChosen
    uploads: tuple[UploadedFile, ...]
    review: Review
    request_id: str


def request_id() -> str:
    """The id of the request that the form will send."""
    if REQUEST not in st.session_state:
        st.session_state[REQUEST] = new_request()
    return str(st.session_state[REQUEST])


def _texts() -> Texts:
    return common.texts().of(shared().plan)


def _now() -> Snapshot:
    return shared().snapshot(common.today())


def _tried(action: Callable[[], None]) -> None:
    """Do what changes the choice; why not is shown where the outcome stands."""
    st.session_state.pop(OUTCOME, None)
    refusal = attempt(action, _texts())
    if isinstance(refusal, Refusal):
        st.session_state[OUTCOME] = refusal
        st.session_state[selection.SIDE] = selection.MANY


def take_drawn(drawn: Drawn, snapshot: Snapshot) -> None:
    """Choose what lies inside a line."""
    _tried(lambda: selection.take_drawn(drawn, snapshot))


def toggle(parcel: str, snapshot: Snapshot) -> None:
    """A click on a parcel in the mode of choosing many."""
    _tried(lambda: selection.toggle(parcel, snapshot))


def change_rule(snapshot: Snapshot) -> None:
    """What was drawn last means what the other rule says."""
    last: selection.LastRing | None = st.session_state.get(selection.LAST_RING)
    if last is not None and last.rule != selection.rule():
        take_drawn(last.drawn, snapshot)


def take_list(shown: View, *, out: bool) -> None:
    """Add the parcels of the pasted list, or take them out; what was not understood stays in words."""
    snapshot, words = shown.snapshot, shown.texts
    names = {one.code: one.name for one in snapshot.plan.commune.old_communes}
    communes = Communes(names, st.session_state.get(COMMUNE) or "")
    found, problems = parse_parcels(st.session_state.get(LIST) or "", snapshot.units, communes)

    def take() -> None:
        count = selection.drop(found) if out else selection.choose(found, snapshot)
        message = "chosen.list_out" if out else "chosen.list_in"
        selection.say(message, *_lines(problems, words), found=len(found), count=count)

    _tried(take)
    if found and not any(problem.severity == "refused" for problem in problems):
        st.session_state[LIST] = ""


def _lines(problems: Iterable[Problem], words: Texts) -> tuple[str, ...]:
    """What was not understood; where the commune is missing, also the field for the whole list."""
    told = []
    for problem in problems:
        line = words.problem(problem)
        told.append(f"{line} {words('chosen.list_commune')}" if problem.message in UNCLEAR else line)
    return tuple(told)


def take_filter(shown: View, parcels: tuple[str, ...], *, only: bool) -> None:
    """Add what the legend's filter keeps, or keep of the choice what it keeps."""

    def take() -> None:
        if only:
            selection.say("chosen.filter_only", count=selection.keep_only(parcels))
        else:
            count = selection.choose(parcels, shown.snapshot)
            selection.say("chosen.filter_in", found=len(parcels), count=count)

    _tried(take)


def take_household(shown: View, household: str) -> None:
    """Add all that a household holds."""
    _tried(
        lambda: selection.say(
            "chosen.household_in",
            household=household,
            count=selection.choose_household(shown, household),
        )
    )


def clear() -> None:
    """Choose nothing."""
    _tried(selection.clear)
    st.session_state.pop(selection.SAID, None)


def review(request: str) -> None:
    """Work out what the form would write for everything that is chosen."""
    told_ = st.session_state
    uploads = tuple(told_.get(field("chosen", "scans", request)) or ())
    wanted = MarkChosen(
        chosen=tuple(selection.chosen().values()),
        milestone=told_[field("chosen", "step", request)],
        on=told_[field("chosen", "on", request)],
        document=(told_[field("chosen", "document", request)] or "").strip() or None,
        batch=told_.get(field("chosen", "batch", request)) or None,
        attachments=(COMING_SCAN,) * len(uploads),
    )
    _review(wanted, uploads)


def _review(wanted: MarkChosen, uploads: tuple[UploadedFile, ...]) -> None:
    # Each look has an id of its own: what was changed after a try that seemed to fail is another request.
    def look() -> None:
        found = bulk_marks.review(shared(), wanted, common.today(), common.now())
        st.session_state[selection.REVIEW] = Reviewed(wanted, uploads, found, new_request())

    _tried(look)


def reviewed() -> Reviewed | None:
    """What was looked at, while it still stands."""
    found: Reviewed | None = st.session_state.get(selection.REVIEW)
    return found


def leave_review() -> None:
    """Back to the form, which keeps what was typed."""
    st.session_state.pop(selection.REVIEW, None)


def look_again() -> None:
    """Take what others have written meanwhile as seen, and look at the same request anew."""
    before = reviewed()
    selection.look_again(_now())
    st.session_state.pop(OUTCOME, None)
    if before is not None:
        wanted = replace(before.request, chosen=tuple(selection.chosen().values()))
        _review(wanted, before.uploads)


def drop_refused() -> None:
    """Take the parcels that refuse the request out of the choice, and look at the rest."""
    before = reviewed()
    if before is None:
        return
    selection.drop(before.review.refused_parcels)
    wanted = replace(before.request, chosen=tuple(selection.chosen().values()))
    _review(wanted, before.uploads)


def write() -> None:
    """Write what was looked at, in one transaction; a second click finds it written."""
    found = reviewed()
    if found is None:
        return
    words = _texts()
    outcome = attempt(lambda: _write(found, words), words)
    st.session_state[OUTCOME] = outcome
    if isinstance(outcome, Refusal):  # the choice stays, and the review, from which one looks again
        return
    selection.clear()
    st.session_state.pop(selection.SAID, None)
    st.session_state[REQUEST] = new_request()


def _write(found: Reviewed, words: Texts) -> Outcome:
    sent, scans = stamp(found.request_id), []
    for upload in found.uploads:
        upload.seek(0)
        scans.append(attach_stream(shared(), upload, upload.name, sent))
    project = shared()
    project.load([one.parcel for one in found.request.chosen])
    receipt = project.do(replace(found.request, attachments=tuple(dict.fromkeys(scans))), sent)
    line = words(
        "chosen.done",
        milestone=found.request.milestone,
        parcels=found.review.parcels,
        households=found.review.households,
        count=len(receipt.seqs),
        first=receipt.seqs[0],
        last=receipt.seqs[-1],
    )
    return Outcome((line,), told(receipt.warnings, words), found.request_id)


def undo(request: str, reason_key: str) -> None:
    """Cancel all that a request marked, as one, with the reason."""
    words, reason = _texts(), str(st.session_state.get(reason_key) or "")
    before = st.session_state.get(OUTCOME)
    if isinstance(before, Outcome) and before.undone == request:
        return  # the second of two clicks

    def cancel() -> Outcome:
        wanted = bulk_marks.undoing(shared(), request, reason, common.today())
        receipt = shared().do(wanted, stamp(f"{request}-undo"))
        lines = [words("chosen.undone", count=len(receipt.seqs))]
        left = bulk_marks.still_marked(shared(), request, common.today())
        if left:
            lines.append(words("chosen.undone_left", count=len(left), parcels=", ".join(left)))
        return Outcome(tuple(lines), told(receipt.warnings, words), undone=request)

    st.session_state[OUTCOME] = attempt(cancel, words)
