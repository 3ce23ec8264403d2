"""What the forms of a parcel's card share: which request they send, their fields, the look before writing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from gis.errors import Problem, RefusedError
from gis.ledger.batches import batches
from gis.project.entry_words import who
from gis.web import actions
from gis.web import card as cards
from gis.web.actions import Asked, Done, Review
from gis.web.common import Refusal
from gis.web.uploads import scans_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from gis.ledger.state import HoldingState
    from gis.project import Card
    from gis.store.register import Household
    from gis.texts import Texts
    from gis.web.common import View

ALL_HOLDINGS: Final = "*"
WHOLE_PARCEL: Final = ""
DOCUMENT_MOST: Final = 80
NOTE_MOST: Final = 500
RADIO_MOST: Final = 6
AMEND: Final = frozenset({"undo", "correct"})


@dataclass(frozen=True)
class Form:
    """A form of the open card: its fields are keyed by the request that it will send."""

    name: str
    shown: View
    card: Card
    names: Mapping[str, Household]
    request: str

    @property
    def words(self) -> Texts:
        """The reader's language."""
        return self.shown.texts

    @property
    def place(self) -> str:
        """The part of the card where it stands, and where what came of it is said."""
        return "amend" if self.name in AMEND else "main" if self.name == "mark" else "other"

    @property
    def uploads(self) -> tuple[UploadedFile, ...]:
        """The scans that were brought to it."""
        return tuple(self.told("scans") or ())

    def key(self, name: str) -> str:
        """The key of a field."""
        return actions.field(self.name, name, self.request)

    def told(self, name: str) -> Any:  # noqa: ANN401 - whatever the field holds
        """What a field holds; None where it is not drawn."""
        return st.session_state.get(self.key(name))

    def text(self, name: str) -> str:
        """The words of a field, "" where there are none."""
        return str(self.told(name) or "").strip()

    def who(self, household: str) -> str:
        """A household as the card calls it."""
        return who(household, self.names, self.words)


@contextmanager
def drawn(form: Form, title: str = "") -> Iterator[None]:
    """The frame of a form; below it what it would write, where its user looks at that first."""
    with st.form(f"{form.name}.{form.request}", enter_to_submit=False):
        if title:
            st.html(f"<h3>{escape(title)}</h3>")
        yield
    show_review(form)


def submit(
    form: Form,
    label: str,
    build: Callable[[], Asked],
    message: str,
    *,
    main: bool = False,
    drawn_for: Mapping[str, object] | None = None,
) -> None:
    """The button of a form within `drawn`.

    Args:
        form: The form.
        label: What the button says.
        build: What the fields ask for.
        message: The text id of what is said when it is written.
        main: Whether it is the card's main button.
        drawn_for: Choices beside the form by which its fields were drawn: a click that comes before the
            fields follow another choice is refused.
    """
    st.form_submit_button(
        label,
        type="primary" if main else "secondary",
        on_click=actions.send,
        args=(form, partial(_as_drawn, form, build, drawn_for or {}), message),
        width="stretch",
    )


def _as_drawn(form: Form, build: Callable[[], Asked], drawn_for: Mapping[str, object]) -> Asked:
    if any(form.told(name) != value for name, value in drawn_for.items()):
        raise RefusedError(problems=[Problem("", "refused.form_changed")])
    return build()


def show_review(form: Form) -> None:
    """What the form would write and what is odd about it, then the button that writes it."""
    found = st.session_state.get("review")
    if not isinstance(found, Review) or (found.form.name, found.form.request) != (form.name, form.request):
        return
    words = form.words
    warnings = [warning for draft in found.drafts for warning in draft.warnings]
    st.html(
        cards.review_html(found.drafts, form.card, form.names, words)
        + cards.warned_html(words("form.warned_before"), actions.told(tuple(warnings), words))
    )
    write, leave = st.columns(2)
    write.button(
        words("form.write"),
        type="primary",
        key=f"review.write.{form.request}",
        on_click=actions.write_reviewed,
        width="stretch",
    )
    leave.button(
        words("form.leave"),
        key=f"review.leave.{form.request}",
        on_click=actions.leave_review,
        width="stretch",
    )


def show_outcome(place: str, words: Texts) -> None:
    """What the last button in a part of the card did."""
    where, outcome = st.session_state.get("outcome", ("", None))
    if where != place:
        return
    if isinstance(outcome, Refusal):
        outcome.show()
    elif isinstance(outcome, Done):
        lines = "".join(f"<p>{escape(line)}</p>" for line in outcome.lines)
        st.html(
            f'<div class="gp-done" role="status">{lines}</div>'
            + cards.warned_html(words("form.warned_after"), outcome.warnings)
        )


def keep_among(key: str, options: Sequence[object]) -> None:
    """Forget a choice that is not to be had any more: somebody else wrote meanwhile."""
    if key in st.session_state and st.session_state[key] not in options:
        del st.session_state[key]


def keep_all_among(key: str, options: Sequence[object]) -> None:
    """Forget those of several choices that are not to be had any more."""
    if key in st.session_state:
        st.session_state[key] = [one for one in st.session_state[key] if one in options]


def choice(form: Form, name: str, label: str, options: Sequence[Any], said: Callable[[Any], str]) -> None:
    """One of several, without typing: a phone would open its keyboard over the list."""
    keep_among(form.key(name), options)
    st.selectbox(label, options, format_func=said, key=form.key(name), filter_mode=None)


def holder(form: Form, holdings: Sequence[HoldingState], everybody: str | None = None) -> None:
    """Which holding is meant; no question where there is only one answer.

    Args:
        form: The form.
        holdings: Those to choose from.
        everybody: ALL_HOLDINGS: all of them at once, where they are several; WHOLE_PARCEL: none of
            them by name; None: one of them.
    """
    options = [holding.household for holding in holdings]
    if everybody == WHOLE_PARCEL or (everybody == ALL_HOLDINGS and len(options) > 1):
        options = [everybody, *options]

    def said(option: str) -> str:
        if option == ALL_HOLDINGS:
            return form.words("card.all_holdings", count=len(holdings))
        return form.who(option) if option else form.words("form.whole_parcel")

    label = form.words("form.who" if everybody is None else "card.holding")
    key = form.key("holding")
    keep_among(key, options)
    if len(options) == 1:
        st.session_state[key] = options[0]
        st.html(f'<p class="gp-note">{escape(said(options[0]))}</p>')
    elif len(options) <= RADIO_MOST:
        st.radio(label, options, format_func=said, key=key)
    else:
        choice(form, "holding", label, options, said)


def household(form: Form) -> str | None:
    """The household that `holder` holds; None for all of them or the whole parcel."""
    told = form.told("holding")
    return None if told in {ALL_HOLDINGS, WHOLE_PARCEL, None} else str(told)


def day(form: Form, label: str) -> None:
    """A day from the project's first to today; today at first."""
    key = form.key("on")
    st.session_state.setdefault(key, form.shown.today)
    st.date_input(
        label,
        key=key,
        min_value=form.shown.snapshot.plan.starts,
        max_value=form.shown.snapshot.on,
        format="DD/MM/YYYY",
    )


def day_and_document(form: Form, day_label: str, document_label: str) -> None:
    """A day beside the number of a document."""
    left, right = st.columns(2)
    with left:
        day(form, day_label)
    right.text_input(document_label, key=form.key("document"), max_chars=DOCUMENT_MOST)


def note(form: Form, label: str) -> None:
    """Free words; they go to the register."""
    st.text_input(label, key=form.key("note"), max_chars=NOTE_MOST)


def batch(form: Form) -> None:
    """The đợt that it belongs to, where there are any."""
    known = batches(form.shown.snapshot.state)
    if not known:
        return
    options = ["", *known]
    keep_among(form.key("batch"), options)
    st.selectbox(
        form.words("form.batch"),
        options,
        format_func=lambda one: f"{one} · {known[one].name}" if one else form.words("form.no_batch"),
        key=form.key("batch"),
    )


def scans(form: Form) -> None:
    """Scans and photos, stored when the form is sent; pictures may be pasted."""
    scans_input(form.key("scans"), form.words)
