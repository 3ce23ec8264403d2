"""Erasing a person's data (Law 91/2025/QH15): what it reaches, and doing it.

Of a household and of all that were merged into it go: name, hamlet, the history of both, the words of
every note that concerns it, what its scans were called, and, where asked, the scans. Its kind, old
commune, officer and parcels stay. A hamlet says where a person lives and leads, with a parcel, to the
person, so it goes. Entries, and with them their hashes, stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.errors import Problem, RefusedError
from gis.ledger.facts import Holding, ObjectRemoved, ObstacleClosed, Void
from gis.ledger.setting import require_account, require_none, require_reason
from gis.project.attachments import folder_of
from gis.project.people import person
from gis.store import attachments, erasure, register
from gis.store.register_changes import PERSONAL_FIELDS, read_changes
from gis.vietnamese import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gis.ledger.entry import Entry
    from gis.project.people import Person
    from gis.project.project import Project
    from gis.store.database import Stamp, Writer
    from gis.store.erasure import BackupMade
    from gis.store.register import Household
    from gis.store.register_changes import Change

_WORD: Final = re.compile(r"[^\W_]+")
LONG_NAME: Final = 8


@dataclass(frozen=True, slots=True)
class Reach:
    """What concerns a household in the ledger, beside its entries, which stay.

    Args:
        notes: Entries that concern it and carry words.
        parcel_notes: Entries with words about a parcel that it held, that name no household.
        attachments: Scans of its own entries alone, by SHA-256.
        shared_attachments: Scans that entries of other households name too; they are never erased here.
    """

    notes: tuple[Entry, ...]
    parcel_notes: tuple[Entry, ...]
    attachments: tuple[str, ...]
    shared_attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased.

    Args:
        ids: The household and all that were merged into it.
        notes: Seqs of the entries whose words are gone.
        attachments: Scans that are gone, by SHA-256.
        mentioned: Seqs of entries of others whose words still hold the name, theirs or of another person
            of the same name.
        in_chain: Seqs of entries whose document number holds the name: the chain cannot forget it.
        scrubbed: Whether no trace is left in the database's files.
        backups: Backups that still hold the data until they expire.
    """

    ids: tuple[str, ...]
    notes: tuple[int, ...]
    attachments: tuple[str, ...]
    mentioned: tuple[int, ...]
    in_chain: tuple[int, ...]
    scrubbed: bool
    backups: tuple[BackupMade, ...]


def reach(entries: Sequence[Entry], ids: Collection[str]) -> Reach:
    """What an erasure of some households reaches.

    Args:
        entries: All, in seq order from 1.
        ids: The household and all that were merged into it.
    """
    wanted = set(ids)
    parcels = {
        entry.fact.parcel
        for entry in entries
        if isinstance(entry.fact, Holding) and entry.fact.household in wanted
    }
    notes, parcel_notes = [], []
    named: dict[str, set[str]] = {}
    for entry in entries:
        noted = getattr(entry.fact, "note", None) is not None
        if not noted and not entry.attachments:
            continue
        about = concerned(entries, entry)
        for attachment in entry.attachments:
            # What names no household at all is not this household's own.
            named.setdefault(attachment.sha256, set()).update(about or {""})
        if noted and about & wanted:
            notes.append(entry)
        elif noted and not about and entry.parcel in parcels:
            parcel_notes.append(entry)
    own = tuple(sorted(one for one, about in named.items() if about <= wanted))
    shared = tuple(sorted(one for one, about in named.items() if about & wanted and about - wanted))
    return Reach(tuple(notes), tuple(parcel_notes), own, shared)


def concerned(entries: Sequence[Entry], entry: Entry) -> frozenset[str]:
    """The households that an entry speaks of; what it cancels or closes speaks for it."""
    fact = entry.fact
    match fact:
        case Holding():
            return frozenset({fact.household, *fact.predecessors})
        case Void():
            return _of_target(entries, entry, fact.target)
        case ObstacleClosed():
            return _of_target(entries, entry, fact.opened)
        case ObjectRemoved():
            return _of_target(entries, entry, fact.listed)
    household = getattr(fact, "household", None)
    return frozenset() if household is None else frozenset({household})


def _of_target(entries: Sequence[Entry], entry: Entry, target: int) -> frozenset[str]:
    # Only an earlier entry can be meant, so this ends.
    return concerned(entries, entries[target - 1]) if 0 < target < entry.seq else frozenset()


def erase(
    project: Project,
    household_id: str,
    reason: str,
    stamp: Stamp,
    *,
    confirmed: str,
    notes: Collection[int] = (),
    with_attachments: bool = False,
    keep_mentions: bool = False,
) -> Erased:
    """Erase a person's data; sent again, it only clears traces that were left.

    Args:
        project: Whose register.
        household_id: Whom, by any of its ids.
        reason: Why, without names: it is kept.
        stamp: Who and when.
        confirmed: The household's id once more, as its user typed it.
        notes: Seqs of `Reach.parcel_notes` and `mentions` whose words are to go, too.
        with_attachments: Its own scans, too; those that others' entries name stay.
        keep_mentions: `mentions` that `notes` does not name were looked at and are to stay.

    Raises:
        RefusedError: With every reason; nothing was erased.
    """
    require_account(stamp.by)
    require_reason(reason)
    found = _confirmed(project, household_id, confirmed)
    with project.ledger.writing() as writer:
        entries = project.entries()  # nobody adds to them meanwhile
        reached = reach(entries, found.ids)
        connection = writer.connection
        names = _names(register.read_rows(connection, found.ids), read_changes(connection, found.ids))
        others = _others(reached, _mentions(erasure.read_words(connection), entries, names))
        left = tuple(entry.seq for entry in others if entry.seq not in notes)
        undecided = [] if keep_mentions else _left_mentions(found, left)
        wrong = _wrong_notes((*reached.parcel_notes, *others), notes)
        require_none([*_named_reason(names, reason), *wrong, *undecided])
        gone = {entry.seq for entry in reached.notes} | set(notes)
        erasure.erase_notes(connection, {one for seq in gone for one in _note_ids(entries[seq - 1])})
        _erase_file_names(writer, reached, names)
        known = {one.household_id for one in erasure.read_erasures(connection, found.ids)}
        fresh = [one for one in found.ids if one not in known]
        erasure.erase_households(connection, fresh, stamp, nfc(reason).strip())
        # Last: a file does not come back with the transaction.
        scans = _erase_scans(project, writer, reached, stamp, reason) if with_attachments else ()
    return Erased(
        ids=found.ids,
        notes=tuple(sorted(gone)),
        attachments=scans,
        mentioned=left,
        in_chain=_in_chain(entries, names),
        scrubbed=erasure.scrub(project.ledger),
        backups=tuple(backups(project)),
    )


def _confirmed(project: Project, household_id: str, confirmed: str) -> Person:
    """The person of an id, typed once more.

    Raises:
        RefusedError: If there is none, or what was typed is another id.
    """
    found = person(project, household_id)
    if confirmed.strip() not in found.ids:
        facts = {"needed": found.household_id}
        raise RefusedError(problems=[Problem(household_id, "refused.erase_confirm", facts)])
    return found


def _left_mentions(found: Person, left: Sequence[int]) -> list[Problem]:
    """That words of others name the person, and nobody said whether they go or stay."""
    facts = {"seqs": ", ".join(map(str, left))}
    return [Problem(found.household_id, "refused.erase_mentions", facts)] if left else []


def scrub(project: Project) -> bool:
    """Clear traces that an erasure had to leave; whether none are left."""
    return erasure.scrub(project.ledger)


def mentions(project: Project, ids: Collection[str]) -> list[Entry]:
    """Entries of others whose words hold the full name of a household; somebody must look whose it is."""
    entries = project.entries()
    with project.ledger.reading() as connection:
        names = _names(register.read_rows(connection, ids), read_changes(connection, ids))
        found = _mentions(erasure.read_words(connection), entries, names)
    return _others(reach(entries, ids), found)


def _others(reached: Reach, found: Iterable[Entry]) -> list[Entry]:
    own = {entry.seq for entry in (*reached.notes, *reached.parcel_notes)}
    return [entry for entry in found if entry.seq not in own]


def _mentions(
    words: Iterable[tuple[str, str]], entries: Iterable[Entry], names: Collection[str]
) -> list[Entry]:
    telling = {note_id for note_id, text in words if _says(text, names)}
    return [entry for entry in entries if telling & _note_ids(entry)] if telling else []


def _note_ids(entry: Entry) -> set[str]:
    notes = (getattr(entry.fact, field, None) for field in ("note", "signatory"))
    return {note.id for note in notes if note is not None}


def backups(project: Project) -> list[BackupMade]:
    """The backups that were made, the newest first: what was erased since stands in them."""
    with project.ledger.reading() as connection:
        return erasure.read_backups(connection)


def _erase_scans(
    project: Project, writer: Writer, reached: Reach, stamp: Stamp, reason: str
) -> tuple[str, ...]:
    """Remove a household's own scans; those that are there are what was erased."""
    folder, connection = folder_of(project), writer.connection
    known = attachments.read_kept(connection, reached.attachments)
    for digest in known:
        attachments.erase_attachment(folder, connection, digest, stamp.by, stamp.now, reason)
    return tuple(digest for digest, kept in known.items() if kept.erased_at is None)


def _names(rows: Mapping[str, Household], changes: Iterable[Change]) -> set[str]:
    """All names that some households have or had, as plain words."""
    names = {household.name for household in rows.values()}
    for change in changes:
        if change.field in PERSONAL_FIELDS[:1]:
            names |= {change.before or "", change.after or ""}
    return {_words(name) for name in names} - {""}


def _words(text: str) -> str:
    """A text as plain words, for whole words to be found in it."""
    return " ".join(_WORD.findall(fold(text)))


def _says(text: str, names: Collection[str]) -> bool:
    """Whether one of some names stands in a text as whole words; of long ones also run together."""
    plain = _words(text)
    joined = plain.replace(" ", "")
    return any(
        f" {name} " in f" {plain} " or (len(name) >= LONG_NAME and name.replace(" ", "") in joined)
        for name in names
    )


def _named_reason(names: Collection[str], reason: str) -> list[Problem]:
    return [Problem("", "refused.reason_names")] if _says(reason, names) else []


def _wrong_notes(allowed: Iterable[Entry], notes: Collection[int]) -> list[Problem]:
    known = {entry.seq for entry in allowed}
    return [Problem(f"entry {seq}", "refused.erase_note") for seq in sorted(notes) if seq not in known]


def _erase_file_names(writer: Writer, reached: Reach, names: Collection[str]) -> None:
    """Forget what its own scans are called, and of shared ones those file names that hold the name."""
    called = erasure.read_file_names(writer.connection, reached.shared_attachments)
    telling = {digest for digest, name in called.items() if _says(name, names)}
    erasure.erase_file_names(writer.connection, {*reached.attachments, *telling})


def _in_chain(entries: Iterable[Entry], names: Collection[str]) -> tuple[int, ...]:
    """Entries whose document number holds one of some names."""
    return tuple(entry.seq for entry in entries if _says(getattr(entry.fact, "document", None) or "", names))
