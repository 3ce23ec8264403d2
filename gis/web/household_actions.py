"""What the register's forms of the page "Hộ và thửa" do, as callbacks before the page is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from gis.ledger.entry import parse_time
from gis.project import erasing, people, register_edits, shared
from gis.project.days import vietnam_day
from gis.project.register_edits import EDITED_FIELDS
from gis.store.register_changes import seen_of
from gis.web import common
from gis.web.actions import Done, field
from gis.web.common import Refusal, attempt, new_request, stamp, stamp_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.project.people import Hamlet
    from gis.store.erasure import BackupMade
    from gis.texts import Texts

BACKUPS_SHOWN: Final = 5


def open_household(household_id: str | None) -> None:
    """Open a household, or with None the list, with fresh forms."""
    st.session_state["household"] = household_id
    st.session_state["people-request"] = new_request()
    st.session_state.pop("people-outcome", None)


def request_id() -> str:
    """The id of the request that the forms on the page will send."""
    if "people-request" not in st.session_state:
        st.session_state["people-request"] = new_request()
    return str(st.session_state["people-request"])


def edit(household_id: str, request: str) -> None:
    """Write what the form of the details says, if nobody has written since it was drawn."""
    told = st.session_state
    values = {name: told[field("edit", name, request)] or "" for name in EDITED_FIELDS}
    seen = told[field("edit", "seen", request)]

    def write(words: Texts) -> tuple[str, ...]:
        changes = register_edits.edit(shared(), household_id, values, stamp(request), seen)
        changed = ", ".join(words(f"people.field_{change.field}") for change in changes)
        return (words("people.done_edit", fields=changed) if changes else words("people.nothing_changed"),)

    carry_out(write, {household_id: seen})


def officer(ids: Sequence[str], key: str, request: str) -> None:
    """Put the chosen officer in charge of one household."""
    account = st.session_state[key] or ""

    def write(words: Texts) -> tuple[str, ...]:
        changes = register_edits.set_officer(shared(), ids, account, stamp(request))
        if not changes:
            return (words("people.nothing_changed"),)
        return (words("people.done_officer", officer=account or "–", count=len(changes)),)

    carry_out(write)


def hamlet_officer(hamlet: Hamlet, key: str, request: str) -> None:
    """Put the chosen officer in charge of all households of a hamlet as they are now."""

    def write(words: Texts) -> tuple[str, ...]:
        account = st.session_state[key] or ""
        ids = [one.household_id for one in people.of_hamlet(shared(), hamlet)]
        changes = register_edits.set_officer(shared(), ids, account, stamp(request))
        return (words("people.done_officer", officer=account or "–", count=len(changes)),)

    carry_out(write)


def merge(duplicate: str, into: str, seen: dict[str, str], request: str) -> None:
    """Merge two households, if nobody has changed either since they were shown beside each other."""
    any_kind = bool(st.session_state.get(field("merge", "any_kind", request)))

    def write(words: Texts) -> tuple[str, ...]:
        merged = register_edits.merge(shared(), duplicate, into, stamp(request), seen=seen, any_kind=any_kind)
        st.session_state["household"] = merged.into
        done = words("people.done_merge", duplicate=merged.duplicate, into=merged.into)
        labels = shared().snapshot(common.today()).boundaries.labels
        warned = [
            words(warning.message, parcel=labels.get(str(warning.facts["parcel"]), warning.facts["parcel"]))
            for warning in merged.warnings
        ]
        return (done, *(text[:1].upper() + text[1:] for text in warned))

    carry_out(write, seen)


def unmerge(member: str, request: str) -> None:
    """Let a merged id count by itself again."""

    def write(words: Texts) -> tuple[str, ...]:
        left = register_edits.unmerge(shared(), member, stamp(request))
        return (words("people.done_unmerge", household=member, left=left),)

    carry_out(write)


def erase(household_id: str, request: str) -> None:
    """Erase a person's data as the form says."""
    told = st.session_state

    def write(words: Texts) -> tuple[str, ...]:
        done = erasing.erase(
            shared(),
            household_id,
            told[field("erase", "reason", request)],
            stamp_to("erase", request),
            confirmed=told[field("erase", "code", request)],
            notes=told.get(field("erase", "notes", request)) or (),
            with_attachments=bool(told.get(field("erase", "scans", request))),
            keep_mentions=True,  # the form listed them
        )
        return erased_lines(done, words)

    carry_out(write)


def scrub() -> None:
    """Clear traces that an erasure had to leave."""

    def clear(words: Texts) -> tuple[str, ...]:
        common.visitor().require("erase")
        return (words("people.scrubbed" if erasing.scrub(shared()) else "people.not_scrubbed"),)

    carry_out(clear)


def erased_lines(done: erasing.Erased, words: Texts) -> tuple[str, ...]:
    """What was erased, and what may still hold the data, a sentence each."""
    counts = {"notes": len(done.notes), "attachments": len(done.attachments)}
    lines = [words("people.done_erased", ids=", ".join(done.ids), **counts)]
    if not done.scrubbed:
        lines.append(words("people.not_scrubbed"))
    if done.mentioned:
        lines.append(words("people.mentioned", seqs=", ".join(map(str, done.mentioned))))
    if done.in_chain:
        lines.append(words("people.in_chain", seqs=", ".join(map(str, done.in_chain))))
    return (*lines, *copies_lines(done.backups, words))


def copies_lines(backups: Sequence[BackupMade], words: Texts) -> tuple[str, ...]:
    """That copies elsewhere still hold the data, the newest backups by day and folder."""
    lines = [words("people.other_copies")]
    if backups:
        lines.append(words("people.old_backups", backups=len(backups)))
    for backup in backups[:BACKUPS_SHOWN]:
        made = vietnam_day(parse_time(backup.at))
        lines.append(words("people.backup", at=made, folder=backup.folder))
    return tuple(lines)


def carry_out(write: Callable[[Texts], tuple[str, ...]], seen: Mapping[str, str] | None = None) -> None:
    """Write, and keep what came of it for the page.

    After a refusal the fields keep what was typed, unless somebody else has written since: then they
    start anew from what holds now.
    """
    words = common.texts()
    lines = attempt(lambda: write(words), words)
    if not isinstance(lines, Refusal):
        st.session_state["people-outcome"] = Done(lines)
        st.session_state["people-request"] = new_request()
        return
    st.session_state["people-outcome"] = lines
    now = {one.household_id: seen_of(one.household) for one in people.people(shared())} if seen else {}
    if any(now.get(one) != was for one, was in (seen or {}).items()):
        st.session_state["people-request"] = new_request()
