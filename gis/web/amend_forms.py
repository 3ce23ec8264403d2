"""The forms that mend the record: cancel an entry of the parcel, give a milestone its right day and paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from gis.ledger.accounts import account
from gis.ledger.facts import Milestone, Money
from gis.ledger.marks import Correct
from gis.ledger.voids import Cancel
from gis.project import people, shared
from gis.project.entry_words import entry_words
from gis.web import forms
from gis.web.actions import Asked
from gis.web.card_story import steps
from gis.web.money_actions import written_together

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gis.ledger.entry import Entry
    from gis.web.card_story import Step
    from gis.web.forms import Form


def amend(undo: Form, correct: Form, story: Sequence[Entry], voided: Collection[int]) -> None:
    """Both forms, folded away; nothing where nothing can be mended."""
    words, found = undo.words, steps(story, voided)
    forms.show_outcome("amend", words)
    if not found:
        return
    milestones = [e for e in reversed(story) if isinstance(e.fact, Milestone) and e.seq not in voided]
    with st.expander(words("card.amend")):
        if not milestones:
            _undo(undo, found)
            return
        undo_tab, correct_tab = st.tabs([words("card.undo"), words("card.correct")])
        with undo_tab:
            _undo(undo, found)
        with correct_tab:
            _correct(correct, {entry.seq: entry for entry in milestones})


def entry_label(form: Form, entry: Entry) -> str:
    """What an entry says, its day, its document; whose it is only where that is a question."""
    words, fact = form.words, entry.fact
    day = words.date(entry.on) if entry.on else None
    if not isinstance(fact, Milestone):
        return " · ".join(piece for piece in (entry_words(entry, form.names, words), day) if piece)
    found = form.names.get(fact.household)
    holder = (found.name if found else fact.household) if len(form.card.holdings) > 1 else None
    pieces = (words.milestone_name(fact.milestone), day, fact.document, holder)
    return " · ".join(piece for piece in pieces if piece)


def _undo(form: Form, found: Sequence[Step]) -> None:
    """Cancel an entry, and what was written together with it."""
    words, by_seqs = form.words, {step.seqs: step for step in found}

    def said(seqs: tuple[int, ...]) -> str:
        label = entry_label(form, by_seqs[seqs].entry)
        return label if len(seqs) == 1 else label + words("card.and_more", count=len(seqs) - 1)

    def asked() -> Asked:
        step = by_seqs[form.told("step")]
        return Asked(partial(Cancel, _targets(form, step), form.text("reason"), (step.entry,)))

    with forms.drawn(form):
        forms.choice(form, "step", words("card.which"), list(by_seqs), said)
        st.text_input(words("card.why"), key=form.key("reason"), max_chars=200)
        forms.submit(form, words("card.undo"), asked, "card.done_undo")


def _targets(form: Form, step: Step) -> tuple[int, ...]:
    """The entries to cancel: with money, the milestones that it marked."""
    fact = step.entry.fact
    if not isinstance(fact, Money):
        return step.seqs
    state = form.shown.snapshot.state
    return written_together(state, account(state, fact.household, people.aliases(shared())), step.entry.seq)


def _correct(form: Form, milestones: dict[int, Entry]) -> None:
    """Give a milestone its right day and number in one step."""
    words = form.words
    forms.choice(
        form, "entry", words("card.which"), list(milestones), lambda seq: entry_label(form, milestones[seq])
    )
    chosen = milestones[form.told("entry")]
    if form.told("of") != chosen.seq or form.told("on") is None:  # the fields hold what the entry says now
        st.session_state[form.key("of")] = chosen.seq
        st.session_state[form.key("on")] = chosen.on
        st.session_state[form.key("document")] = getattr(chosen.fact, "document", "") or ""

    def asked() -> Asked:
        return Asked(
            partial(Correct, chosen.seq, form.told("on"), form.text("document"), form.text("reason"), chosen)
        )

    with forms.drawn(form):
        forms.day_and_document(form, words("card.right_on"), words("card.right_document"))
        st.text_input(words("card.why"), key=form.key("reason"), max_chars=200)
        forms.submit(
            form,
            words("card.correct_button"),
            asked,
            "card.done_correct",
            drawn_for={"entry": chosen.seq},
        )
