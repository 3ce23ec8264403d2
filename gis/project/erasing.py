"""Erasing a person's data (Law 91/2025/QH15): what it reaches, and doing it.

Of a household and of all that were merged into it go: name, hamlet, the history of both, the words of
every note that concerns it, what its scans were called, and, where asked, the scans. Its kind, old
commune, officer and parcels stay. A hamlet says where a person lives and leads, with a parcel, to the
person, so it goes. Entries, and with them their hashes, stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import Problem, RefusedError
from gis.ledger.facts import Holding, ObjectRemoved, ObstacleClosed, Void
from gis.ledger.setting import require_account, require_none, require_reason
from gis.project.attachments import folder_of
from gis.project.people import person
from gis.store import attachments, erasure, register
from gis.store.register_changes import PERSONAL_FIELDS, read_changes
from gis.vietnamese import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from gis.ledger.entry import Entry
    from gis.project.project import Project
    from gis.store.database import Stamp, Writer
    from gis.store.erasure import BackupMade


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
        in_chain: Seqs of entries whose document number holds the name: the chain cannot forget it.
        scrubbed: Whether no trace is left in the database's files.
        backups: Backups that still hold the data until they expire.
    """

    ids: tuple[str, ...]
    notes: tuple[int, ...]
    attachments: tuple[str, ...]
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
) -> Erased:
    """Erase a person's data; sent again, it only clears traces that were left.

    Args:
        project: Whose register.
        household_id: Whom, by any of its ids.
        reason: Why, without names: it is kept.
        stamp: Who and when.
        confirmed: The household's id once more, as its user typed it.
        notes: Seqs of `Reach.parcel_notes` whose words are to go, too.
        with_attachments: Its own scans, too; those that others' entries name stay.

    Raises:
        RefusedError: With every reason; nothing was erased.
    """
    require_account(stamp.by)
    require_reason(reason)
    found = person(project, household_id)
    if confirmed.strip() not in found.ids:
        facts = {"needed": found.household_id}
        raise RefusedError(problems=[Problem(household_id, "refused.erase_confirm", facts)])
    entries = project.entries()
    reached = reach(entries, found.ids)
    with project.ledger.writing() as writer:
        names = _names(writer, found.ids)
        require_none([*_named_reason(names, reason), *_wrong_notes(reached, notes)])
        words = [entry for entry in reached.parcel_notes if entry.seq in notes]
        gone = (*reached.notes, *words)
        erasure.erase_notes(writer.connection, {entry.fact.note.id for entry in gone})  # type: ignore[union-attr]
        _erase_file_names(writer, reached, names)
        known = {one.household_id for one in erasure.read_erasures(writer.connection, found.ids)}
        fresh = [one for one in found.ids if one not in known]
        erasure.erase_households(writer.connection, fresh, stamp, nfc(reason).strip())
        # Last: a file does not come back with the transaction.
        scans = _erase_scans(project, writer, reached, stamp, reason) if with_attachments else ()
    return Erased(
        ids=found.ids,
        notes=tuple(sorted(entry.seq for entry in gone)),
        attachments=scans,
        in_chain=_in_chain(entries, names),
        scrubbed=erasure.scrub(project.ledger),
        backups=tuple(backups(project)),
    )


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


def _names(writer: Writer, ids: Iterable[str]) -> set[str]:
    """All names that some households have or had, folded."""
    rows = register.read_rows(writer.connection, ids)
    names = {household.name for household in rows.values()}
    for change in read_changes(writer.connection, rows):
        if change.field in PERSONAL_FIELDS[:1]:
            names |= {change.before or "", change.after or ""}
    return {fold(name) for name in names} - {""}


def _named_reason(names: Collection[str], reason: str) -> list[Problem]:
    if any(name in fold(reason) for name in names):
        return [Problem("", "refused.reason_names")]
    return []


def _wrong_notes(reached: Reach, notes: Collection[int]) -> list[Problem]:
    allowed = {entry.seq for entry in reached.parcel_notes}
    return [Problem(f"entry {seq}", "refused.erase_note") for seq in sorted(notes) if seq not in allowed]


def _erase_file_names(writer: Writer, reached: Reach, names: Collection[str]) -> None:
    """Forget what its own scans are called, and of shared ones those file names that hold the name."""
    called = erasure.read_file_names(writer.connection, reached.shared_attachments)
    telling = {
        digest
        for digest, name in called.items()
        if any(one in fold(name.replace("_", " ").replace("-", " ")) for one in names)
    }
    erasure.erase_file_names(writer.connection, {*reached.attachments, *telling})


def _in_chain(entries: Iterable[Entry], names: Collection[str]) -> tuple[int, ...]:
    """Entries whose document number holds one of some names."""
    if not names:
        return ()
    found = []
    for entry in entries:
        document = getattr(entry.fact, "document", None) or ""
        if any(name in fold(document) for name in names):
            found.append(entry.seq)
    return tuple(found)
