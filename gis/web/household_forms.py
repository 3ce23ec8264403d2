"""The forms of one household on the page "Hộ và thửa": details, officer in charge, merge, erasure."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.project import erasing, people
from gis.project.register_edits import EDITED_FIELDS, KINDS, NAME_MAX
from gis.store.register_changes import seen_of
from gis.vietnamese import fold
from gis.web import household_actions as actions
from gis.web import household_view as view
from gis.web.actions import field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis.ledger.entry import Entry
    from gis.project.people import Hamlet, Person
    from gis.store.erasure import BackupMade
    from gis.web.common import View

OTHERS_SHOWN: Final = 10


def communes_of(shown: View) -> dict[str, str]:
    """Names of the old communes by code."""
    return {old.code: old.name for old in shown.snapshot.plan.commune.old_communes}


def edit_form(shown: View, person: Person) -> None:
    """Name, kind, hamlet and commune as they are now, to be put right."""
    words, request, household = shown.texts, actions.request_id(), person.household
    communes = communes_of(shown)
    # What was seen and what the fields hold are of one moment: that of the form's first drawing.
    st.session_state.setdefault(field("edit", "seen", request), seen_of(household))
    for name in EDITED_FIELDS:
        st.session_state.setdefault(field("edit", name, request), getattr(household, name))
    with st.form(f"people-edit.{request}", enter_to_submit=False):
        st.text_input(words("people.field_name"), key=field("edit", "name", request), max_chars=NAME_MAX)
        hamlet, commune = st.columns(2)
        hamlet.text_input(words("people.field_hamlet"), key=field("edit", "hamlet", request))
        commune.selectbox(
            words("people.field_commune"),
            list(dict.fromkeys([*communes, household.commune, ""])),
            format_func=lambda one: communes.get(one, one or "–"),
            key=field("edit", "commune", request),
        )
        st.radio(
            words("people.field_kind"),
            KINDS,
            format_func=lambda one: words(f"people.kind_{one}"),
            key=field("edit", "kind", request),
            horizontal=True,
        )
        st.form_submit_button(
            words("people.save"),
            type="primary",
            on_click=actions.edit,
            args=(person.household_id, request),
            width="stretch",
        )


def officer_input(shown: View, everybody: Sequence[Person], key: str, now: str) -> None:
    """An officer's account: one that is known or a new one."""
    words = shown.texts
    known = [one for one in people.officers(everybody) if one]
    st.session_state.setdefault(key, now or None)
    if now and now not in known:
        known = [now, *known]
    st.selectbox(
        words("people.officer_account"),
        known,
        key=key,
        accept_new_options=True,
        placeholder=words("people.officer_hint"),
    )


def officer_form(shown: View, everybody: Sequence[Person], person: Person) -> None:
    """Who is in charge of this household."""
    request = actions.request_id()
    key = field("officer", "account", request)
    with st.form(f"people-officer.{request}", enter_to_submit=False):
        officer_input(shown, everybody, key, person.household.officer)
        st.form_submit_button(
            shown.texts("people.save_officer"),
            on_click=actions.officer,
            args=((person.household_id,), key, request),
            width="stretch",
        )


def hamlet_officer_form(shown: View, everybody: Sequence[Person]) -> None:
    """One officer for all of a hamlet, after a look at how many households that are."""
    words, request, communes = shown.texts, actions.request_id(), communes_of(shown)
    counts = people.hamlets(everybody)
    if not counts:
        st.html(f'<p class="gp-note">{escape(words("people.no_hamlets"))}</p>')
        return

    def label(hamlet: Hamlet) -> str:
        place = f"{hamlet.name}, {communes.get(hamlet.commune, hamlet.commune)}"
        return words("people.hamlet_count", hamlet=place, count=counts[hamlet])

    left, right = st.columns(2)
    with left:
        hamlet = st.selectbox(
            words("people.field_hamlet"),
            list(counts),
            format_func=label,
            key=field("hamlet", "which", request),
        )
    key = field("hamlet", "officer", request)
    with right:
        officer_input(shown, everybody, key, "")
    account = st.session_state[key] or ""
    found = people.find(everybody, hamlet=hamlet)
    others = sum(one.household.officer not in {"", account} for one in found)
    if account:
        said = words("people.hamlet_review", hamlet=label(hamlet), officer=account, others=others)
        st.html(f'<p class="gp-note">{escape(said)}</p>')
    st.button(
        words("people.hamlet_button", count=len(found)),
        key=f"people-hamlet.{request}",
        disabled=not account,
        on_click=actions.hamlet_officer,
        args=(hamlet, key, request),
    )


def merge_form(
    shown: View, everybody: Sequence[Person], person: Person, called: Callable[[Person], list[str]]
) -> None:
    """Find the other entry of the same household, look at both, choose the code that is kept."""
    words, request, communes = shown.texts, actions.request_id(), communes_of(shown)
    for member in person.members:
        st.button(
            words("people.unmerge", household=member),
            key=f"people-unmerge.{member}.{request}",
            on_click=actions.unmerge,
            args=(member, request),
        )
    asked = st.text_input(
        words("people.merge_search"),
        key=field("merge", "search", request),
        placeholder=words("people.search_hint"),
    )
    others = _others(everybody, person, asked)
    shown.note_names("search", [one.household_id for one in others])
    if not others:
        st.html(f'<p class="gp-note">{escape(words("people.merge_nobody"))}</p>')
        return
    other = st.radio(
        words("people.merge_other"),
        others[:OTHERS_SHOWN],
        format_func=lambda one: view.option(one, communes, words),
        index=None,
        key=field("merge", "other", request),
    )
    if len(others) > OTHERS_SHOWN:
        st.html(f'<p class="gp-note">{escape(words("people.more", count=len(others) - OTHERS_SHOWN))}</p>')
    if other is not None:
        _merge_two(shown, (person, other), (called(person), called(other)))


def _merge_two(shown: View, pair: tuple[Person, Person], parcels: tuple[list[str], list[str]]) -> None:
    words, request = shown.texts, actions.request_id()
    person, other = pair
    st.html(view.beside_html(pair, parcels, communes_of(shown), words))
    both = sorted(set(parcels[0]) & set(parcels[1]))
    if both:
        said = words("people.merge_both", parcels=", ".join(both))
        st.html(f'<div class="gp-refusal" role="alert">{escape(said)}</div>')
    kept = st.radio(
        words("people.merge_keep"),
        [one.household_id for one in pair],
        key=field("merge", "keep", request),
        horizontal=True,
    )
    if person.household.kind != other.household.kind:
        st.checkbox(words("people.any_kind"), key=field("merge", "any_kind", request))
    duplicate = next(one.household_id for one in pair if one.household_id != kept)
    st.button(
        words("people.merge_button", duplicate=duplicate, into=kept),
        key=f"people-merge.{request}",
        type="primary",
        on_click=actions.merge,
        args=(duplicate, kept, {one.household_id: seen_of(one.household) for one in pair}, request),
    )


def _others(everybody: Sequence[Person], person: Person, asked: str) -> list[Person]:
    """What the search means; without one, households of the same name in the same old commune."""
    rest = [one for one in everybody if one != person and one.household.erased_at is None]
    if asked.strip():
        return people.find(rest, asked)
    name, commune = fold(person.household.name), person.household.commune
    return [one for one in rest if fold(one.household.name) == name and one.household.commune == commune]


def erase_form(
    shown: View,
    person: Person,
    reached: erasing.Reach,
    mentions: Sequence[Entry],
    backups: Sequence[BackupMade],
) -> None:
    """What goes and what stays, a reason, and the code typed once more."""
    words, request = shown.texts, actions.request_id()
    asked = {entry.seq: entry for entry in (*reached.parcel_notes, *mentions)}
    said = words("people.erase_reach", notes=len(reached.notes), ids=", ".join(person.ids))
    lines = [said, words("people.erase_kept"), *actions.copies_lines(backups, words)]
    st.html("".join(f'<p class="gp-note">{escape(one)}</p>' for one in lines))
    with st.form(f"people-erase.{request}", enter_to_submit=False):
        if asked:
            st.multiselect(
                words("people.erase_notes"),
                sorted(asked),
                format_func=lambda seq: _note_label(shown, asked[seq]),
                key=field("erase", "notes", request),
            )
        if reached.attachments:
            count = len(reached.attachments)
            st.checkbox(words("people.erase_scans", count=count), key=field("erase", "scans", request))
        if reached.shared_attachments:
            shared = words("people.shared_scans", count=len(reached.shared_attachments))
            st.html(f'<p class="gp-note">{escape(shared)}</p>')
        st.text_input(words("people.erase_reason"), key=field("erase", "reason", request), max_chars=NAME_MAX)
        st.text_input(
            words("people.erase_code", household=person.household_id), key=field("erase", "code", request)
        )
        st.form_submit_button(
            words("people.erase_button"), on_click=actions.erase, args=(person.household_id, request)
        )


def _note_label(shown: View, entry: Entry) -> str:
    label = shown.snapshot.boundaries.labels.get(entry.parcel or "", entry.parcel or "")
    return view.plain(f"{entry.seq} · {label} · {shown.project.reason(entry) or '–'}")
