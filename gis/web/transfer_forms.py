"""The form of land that changes hands: who gives, who receives which part, with the sum as it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.errors import Problem, RefusedError
from gis.ledger.part import parse_part
from gis.ledger.shares import wrong_sum
from gis.ledger.transfers import Transfer
from gis.project import people
from gis.store.register import Household
from gis.vietnamese import parse_number
from gis.web import actions, forms
from gis.web.actions import Asked
from gis.web.common import Refusal, attempt

if TYPE_CHECKING:
    from gis.ledger.part import Part
    from gis.web.forms import Form

RECEIVERS_MOST: Final = 20
FOUND_SHOWN: Final = 10
NEW: Final = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives, and what was typed as the part."""

    household: str
    part: str
    newcomer: Household | None = None


def part_of(text: str) -> Part:
    """The part that a person typed: "1/2", "120,5 m2", or nothing where it is not determined.

    Raises:
        GisError: If it cannot be read, or has two readings.

    >>> from gis.ledger.part import part_text
    >>> part_text(part_of("120,5 m²")), part_text(part_of("2/4")), part_of("")
    ('120.5 m2', '1/2', None)
    """
    stripped = text.strip().replace("m²", "m2")
    if stripped.endswith("m2"):
        return parse_part(f"{parse_number(stripped.removesuffix('m2')):f} m2")
    return parse_part(stripped)


def transfer(form: Form) -> None:
    """Record a sale, an inheritance or a division among heirs."""
    words, card = form.words, form.card
    if not card.holdings:
        st.html(f'<p class="gp-note">{escape(words("card.no_holdings"))}</p>')
        return
    holders = [holding.household for holding in card.holdings]
    with st.container(key="gp-form-transfer"):
        forms.keep_all_among(form.key("gives"), holders)
        if len(holders) == 1:
            st.session_state[form.key("gives")] = holders
            st.html(f'<p class="gp-note">{escape(words("form.gives"))}: {escape(form.who(holders[0]))}</p>')
        else:
            st.multiselect(
                words("form.gives"),
                holders,
                format_func=form.who,
                key=form.key("gives"),
                placeholder=words("form.choose"),
            )
        st.number_input(
            words("form.receivers"),
            min_value=1,
            max_value=RECEIVERS_MOST,
            value=1,
            step=1,
            key=form.key("count"),
        )
        for place in range(_count(form)):
            _draw_receiver(form, place)
        if said := _sum_html(form, _receivers(form)):
            st.html(said)
        forms.day(form, words("form.transferred_on"))
        forms.scans(form)
        st.button(
            words("form.review"),
            key=form.key("send"),
            on_click=actions.send,
            args=(form, partial(_asked, form), "form.done"),
            width="stretch",
        )
    forms.show_review(form)


def _count(form: Form) -> int:
    return int(form.told("count") or 1)


def _draw_receiver(form: Form, place: int) -> None:
    """Who receives: somebody found by name or code, or a household that is new."""
    words = form.words
    st.html(f"<h4>{escape(words('form.receiver', number=place + 1))}</h4>")
    st.text_input(
        words("form.find_household"),
        key=form.key(f"find{place}"),
        placeholder=words("form.find_hint"),
        max_chars=80,
    )
    asked = form.text(f"find{place}")
    if not asked:
        return
    living = _found(form, asked)

    def said(option: str) -> str:
        if option == NEW:
            return words("form.new_household", name=asked)
        one = living[option]
        pieces = (one.name, option, one.hamlet) if one else (option,)
        return " · ".join(piece for piece in pieces if piece)

    forms.choice(form, f"who{place}", words("form.who"), [*living, NEW], said)
    st.text_input(
        words("form.part"), key=form.key(f"part{place}"), placeholder=words("form.part_hint"), max_chars=40
    )


def _found(form: Form, asked: str) -> dict[str, Household | None]:
    """Households by id that a search means; None where the ledger knows a code that the register does not."""
    found = people.find(form.shown.people(), asked)[:FOUND_SHOWN]
    living: dict[str, Household | None] = {
        one.household_id: one.household for one in found if one.household.erased_at is None
    }
    form.shown.note_names("search", list(living))
    told_of = form.shown.snapshot.state.told_of
    codes = [code for code in (asked, asked.upper()) if code in told_of]
    return living | {code: None for code in codes if code not in {one.household_id for one in found}}


def _receivers(form: Form) -> list[Receiver]:
    """Who receives, as the fields have it now: a button is often clicked right out of a field."""
    return [_receiver(form, place) for place in range(_count(form))]


def _receiver(form: Form, place: int) -> Receiver:
    chosen, name = form.told(f"who{place}"), form.text(f"find{place}")
    part = form.text(f"part{place}")
    if chosen is None or not name:
        return Receiver("", part)
    if chosen != NEW:
        return Receiver(str(chosen), part)
    household = f"H{form.request[:9].upper()}{place + 1}"
    return Receiver(household, part, Household(household, name, "household", "", form.card.commune))


def _sum_html(form: Form, receivers: list[Receiver]) -> str:
    """What all parts sum to afterwards, and whether that can be."""
    words = form.words
    typed = attempt(lambda: [part_of(one.part) for one in receivers if one.household], words)
    if isinstance(typed, Refusal):
        return f'<p class="gp-sum wrong" role="status">{escape(typed.sentence)}</p>'
    if not typed:
        return ""
    gone = {*(form.told("gives") or ()), *(one.household for one in receivers)}
    parts = [holding.part for holding in form.card.holdings if holding.household not in gone] + typed
    fractions = [part for part in parts if isinstance(part, Fraction)]
    if not fractions:
        return f'<p class="gp-sum">{escape(words("form.sum_unknown"))}</p>'
    wrong = wrong_sum(parts) is not None
    said = words("form.sum_wrong" if wrong else "form.sum", sum=str(sum(fractions, Fraction(0))))
    return f'<p class="gp-sum{" wrong" if wrong else ""}" role="status">{escape(said)}</p>'


def _asked(form: Form) -> Asked:
    """The transfer of the fields, always looked at before it is written.

    Raises:
        GisError: If a receiver is missing or a part cannot be read.
    """
    receivers = _receivers(form)
    if not all(one.household for one in receivers):
        raise RefusedError(problems=[Problem("", "refused.receiver_missing")])
    make = partial(
        Transfer,
        parcel=form.card.parcel_id,
        predecessors=tuple(form.told("gives") or ()),
        successors=tuple((one.household, part_of(one.part)) for one in receivers),
        on=form.told("on"),
        seen=form.card.last_seq,
    )
    newcomers = tuple(one.newcomer for one in receivers if one.newcomer is not None)
    return Asked(make, review=True, newcomers=newcomers)
