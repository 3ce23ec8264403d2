"""The part "Phiếu mang về" of the page of work: a file that came back, beside the ledger, then written."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.field_apply import is_correction
from gis.project import shared
from gis.project.field_sheet import (
    Decisions,
    apply_sheet,
    households_of,
    look,
    preview_sheet,
    read_sheet,
    written_before,
)
from gis.project.field_sheet_undo import counting_of, undoing_sheet
from gis.store.received import sent
from gis.web import actions, common
from gis.web import card as cards
from gis.web.actions import Done
from gis.web.common import Refusal, attempt
from gis.web.field_sheet_compare import Called, decision_label, identity_html, slots_html
from gis.web.household_view import plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.ledger.field_sheets import Compared, Slot
    from gis.project.field_sheet import Look
    from gis.project.field_sheet_cells import Returned
    from gis.web.common import View

TYPES: Final = ("xlsx", "xlsm", "xls", "ods")
READ: Final = "trip-read"
DONE: Final = "trip-done"
KEEP: Final = "ledger"
TAKE: Final = "field"


def sheet_back(shown: View) -> None:
    """The field for the file, and what it says."""
    words = shown.texts
    st.html(common.section(words("trip.back"), words("trip.back_lead")))
    if not shown.can_write:
        st.html(f'<p class="gp-note">{escape(shown.read_only)}</p>')
        return
    file = st.file_uploader(
        words("trip.choose"), type=list(TYPES), key="trip-file", label_visibility="collapsed"
    )
    show_outcome(shown)
    if file is None:
        st.session_state.pop(READ, None)
        return
    returned = _read(shown, file)
    if isinstance(returned, Refusal):
        returned.show()
        return
    compared(shown, returned)
    undo_part(shown, returned.issue.sheet)


def show_outcome(shown: View) -> None:
    """What the last button did."""
    outcome = st.session_state.get(DONE)
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(line)}</p>" for line in outcome.lines)
        warned = cards.warned_html(shown.texts("form.warned_after"), outcome.warnings)
        st.html(f'<div class="gp-done" role="status">{lines}</div>{warned}')


def _read(shown: View, file: UploadedFile) -> Returned | Refusal:
    """The file, read once."""
    kept = st.session_state.get(READ)
    if kept is not None and kept[0] == file.file_id:
        return kept[1]  # type: ignore[no-any-return]
    st.session_state.pop(DONE, None)

    def read() -> Returned:
        with sent(file.name, file) as path:
            return read_sheet(shown.project, path)

    found = attempt(read, shown.texts)
    st.session_state[READ] = (file.file_id, found)
    return found


def compared(shown: View, returned: Returned) -> None:
    """All cells by what becomes of them, the decisions, and the button."""
    words = shown.texts
    found = look(shown.project, returned, shown.today)
    names = shown.households(households_of(returned), "field_sheet")
    called = Called(shown.snapshot.boundaries.labels, names, words)
    st.html(identity_html(returned.issue, found, words))
    warned = [problem for problem in found.problems if problem.severity == "warning"]
    warn(words("trip.to_know"), actions.told(tuple(warned), words))
    if found.refused:
        first, *others = [words.problem(one) for one in found.refused]
        sentence = words("trip.refused") if others else f"{words('trip.refused')} {first}"
        Refusal(sentence, (first, *others)).show()
    decided, corrects = decisions(found, called)
    for fate in ("field", "conflict", "ledger", "agreed"):
        part = found.of(fate)
        if not part:
            continue
        if fate in {"field", "conflict"}:
            st.html(common.section(words(f"trip.part_{fate}")) + slots_html(part, called))
            ask(found, part, called)
        else:
            with st.expander(words(f"trip.part_{fate}")):
                st.html(slots_html(part, called))
    if not found.refused:
        write_part(shown, found, decided, corrects=corrects)


def warn(title: str, warnings: tuple[str, ...]) -> None:
    """What is odd, where anything is."""
    if warnings:
        st.html(cards.warned_html(title, warnings))


def _key(found: Look, slot: Slot) -> str:
    return f"trip-{found.returned.issue.sheet}-{slot.text}"


def ask(found: Look, part: tuple[Compared, ...], called: Called) -> None:
    """Whether field or ledger is followed, where following the field touches what is recorded."""
    words = called.words
    for one in part:
        if one.fate != "conflict" and not is_correction(one, found.returned.issue):
            continue
        usual = KEEP if one.fate == "conflict" else TAKE
        taken = "trip.take" if is_correction(one, found.returned.issue) else "trip.add"
        said = {KEEP: words("trip.keep"), TAKE: words(taken)}
        st.radio(
            plain(decision_label(one, called)),
            (KEEP, TAKE),
            index=(KEEP, TAKE).index(usual),
            format_func=said.__getitem__,
            key=_key(found, one.slot),
            horizontal=True,
        )


def decisions(found: Look, called: Called) -> tuple[Decisions, bool]:
    """What the radios say, at first what they will say; and whether entries are corrected."""
    issue = found.returned.issue
    told = {one.slot: st.session_state.get(_key(found, one.slot)) for one in found.compared}
    taken = frozenset(one.slot for one in found.of("conflict") if told[one.slot] == TAKE)
    left = frozenset(one.slot for one in found.of("field") if told[one.slot] == KEEP)
    corrects = [
        one
        for one in (*found.of("conflict"), *found.of("field"))
        if is_correction(one, issue) and (one.slot in taken or (one.fate == "field" and one.slot not in left))
    ]
    reason = ""
    if corrects:
        st.session_state.setdefault(
            f"trip-reason-{issue.sheet}",
            called.words("trip.reason_usual", sheet=issue.sheet.upper(), on=issue.on),
        )
        reason = st.session_state[f"trip-reason-{issue.sheet}"]
    return Decisions(taken, left, reason), bool(corrects)


def write_part(shown: View, found: Look, decided: Decisions, *, corrects: bool) -> None:
    """What would be written, with its warnings, and the button; or that nothing is left to write."""
    words = shown.texts
    before = written_before(shown.project, found.returned, decided)
    if before:
        seqs = ", ".join(words.integer(seq) for seq in before)
        st.html(f'<div class="gp-hint">{escape(words("trip.before", seqs=seqs))}</div>')
        return
    if corrects:
        st.text_input(words("trip.reason"), key=f"trip-reason-{found.returned.issue.sheet}", max_chars=200)
    writes = len(found.of("field")) - len(decided.left) + len(decided.taken)
    if not writes:
        st.html(f'<div class="gp-hint">{escape(words("trip.nothing_left"))}</div>')
        return
    drafts = attempt(lambda: preview_sheet(shown.project, found, decided, shown.today), words)
    if isinstance(drafts, Refusal):
        drafts.show()
        return
    warnings = tuple(warning for draft in drafts for warning in draft.warnings)
    warn(words("form.warned_before"), actions.told(warnings, words))
    st.button(
        words("trip.write", count=len(drafts), changes=writes),
        type="primary",
        key="trip-write",
        on_click=write,
        args=(shown, found, decided),
    )


def undo_part(shown: View, sheet: str) -> None:
    """What the sheet wrote and what counts of it, and the button that takes all of it back."""
    words, standing = shown.texts, counting_of(shown.project, sheet, shown.today)
    if not standing:
        return
    lead = words("trip.undo_lead", count=len(standing), first=standing[0].seq, last=standing[-1].seq)
    with st.expander(words("trip.undo")), st.form("trip-undo", border=False, enter_to_submit=False):
        st.html(f'<p class="gp-note">{escape(lead)}</p>')
        st.text_input(words("card.why"), key=f"trip-why-{sheet}", max_chars=200)
        st.form_submit_button(words("trip.undo"), on_click=undo, args=(shown, sheet, common.new_request()))


def undo(shown: View, sheet: str, request: str) -> None:
    """Cancel all of a sheet, with the reason; a second click finds it done."""
    words, reason = shown.texts, str(st.session_state.get(f"trip-why-{sheet}") or "")

    def undone() -> Done:
        receipt = shared().do(undoing_sheet(shared(), sheet, reason), common.stamp(request))
        return Done(
            (words("trip.undone", sheet=sheet.upper(), count=len(receipt.seqs)),),
            actions.told(receipt.warnings, words),
        )

    st.session_state[DONE] = attempt(undone, words)


def write(shown: View, found: Look, decided: Decisions) -> None:
    """Write what was looked at; a second click finds it written."""
    words = shown.texts

    def written() -> Done:
        stamp = common.stamp("")
        receipt = apply_sheet(shared(), found, decided, stamp.by, stamp.now)
        seqs = ", ".join(words.integer(seq) for seq in receipt.seqs)
        return Done(
            (words("trip.written", count=len(receipt.seqs), seqs=seqs),),
            actions.told(receipt.warnings, words),
        )

    st.session_state[DONE] = attempt(written, words)
