"""What marking everything that was chosen would do, and what was marked together lately."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from gis.errors import Problem, RefusedError
from gis.ledger.bulk_marks import examine
from gis.ledger.entry import Entry
from gis.ledger.facts import Milestone
from gis.ledger.state import advance
from gis.ledger.voids import Cancel
from gis.project.snapshot import Snapshot
from gis.store.requests import read_bulk_marks, read_request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from gis.clearance.totals import ZoneTotal
    from gis.ledger.bulk_marks import MarkChosen
    from gis.ledger.entry import Draft
    from gis.project.project import Project

NOBODY: Final = "-"  # stands for the account and request of entries that nobody wrote
RECENT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """Hectares of a zone by class, before and after; only classes that change, the commune's zone_id first.

    Args:
        zone_id: As in the totals.
        before_ha: By class.
        after_ha: By the same classes.
    """

    zone_id: str
    before_ha: Mapping[str, float]
    after_ha: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Review:
    """What a request would write, before it is written.

    Args:
        households: That would be marked, people who were entered twice once.
        parcels: That would be marked.
        entries: How many entries would be written.
        zones: What changes in the totals, the commune first; a zone in which nothing changes is absent.
        skipped: A line for each holding that has the milestone already.
        warnings: What is odd, line by line.
        refused: Why nothing can be written; empty where it can.
        refused_parcels: Those that a reason is about.
    """

    households: int
    parcels: int
    entries: int
    zones: tuple[ZoneChange, ...]
    skipped: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    refused: tuple[Problem, ...]
    refused_parcels: frozenset[str]


def review(project: Project, request: MarkChosen, today: date, now: datetime) -> Review:
    """What a request would do if it were sent now; nothing is written.

    Args:
        project: The open project.
        request: What was chosen.
        today: The day of the entries.
        now: The clock, for entries that are only thought.
    """
    project.load([one.parcel for one in request.chosen])
    found, aliases = project.look(
        lambda state, setting: (examine(state, request, setting), setting.aliases), today
    )
    before = project.snapshot(today)
    after = would_be(before, found.drafts, now)
    facts = [draft.fact for draft in found.drafts if isinstance(draft.fact, Milestone)]
    labels = {before.boundaries.labels.get(one.parcel, one.parcel): one.parcel for one in request.chosen}
    return Review(
        households=len({aliases.get(fact.household, fact.household) for fact in facts}),
        parcels=len({fact.parcel for fact in facts}),
        entries=len(found.drafts),
        zones=tuple(_changes(before.totals, after.totals)),
        skipped=found.skipped,
        warnings=tuple(warning for draft in found.drafts for warning in draft.warnings),
        refused=found.refused,
        refused_parcels=frozenset(labels[one.source] for one in found.refused if one.source in labels),
    )


def would_be(before: Snapshot, drafts: Sequence[Draft], now: datetime) -> Snapshot:
    """The snapshot as it would be once drafts were written: every figure by the code that counts them then.

    Args:
        before: A snapshot of the head.
        drafts: Of parcels; what would be written.
        now: The clock.
    """
    entries = [
        Entry(before.known + place, draft.on, now, NOBODY, NOBODY, place - 1, draft.fact, draft.attachments)
        for place, draft in enumerate(drafts, start=1)
    ]
    state = advance(before.state, entries)
    changed = {entry.parcel for entry in entries if entry.parcel is not None}
    standing = before.standing.after(state, changed)
    return Snapshot(before.plan, before.boundaries, state, before.head, lambda _: standing)


def _changes(before: Sequence[ZoneTotal], after: Sequence[ZoneTotal]) -> list[ZoneChange]:
    found = []
    for old, new in zip(before, after, strict=True):
        was, is_now = old.by_class_ha or {}, new.by_class_ha or {}
        moved = [name for name in is_now if was.get(name, 0.0) != is_now[name]]
        if moved:
            zone = ZoneChange(
                old.zone_id,
                {name: was.get(name, 0.0) for name in moved},
                {name: is_now[name] for name in moved},
            )
            found.append(zone)
    return found


@dataclass(frozen=True, slots=True)
class Together:
    """Marks that one request wrote and that still count: what can be taken back together.

    Args:
        first: The first of them: its request, writer, day, document.
        fact: What it says.
        parcels: How many parcels they are of.
    """

    first: Entry
    fact: Milestone
    parcels: int


def recent_together(project: Project, account_id: str, after: int) -> list[Together]:
    """The requests by which an account marked several parcels at once, the newest first, at most twenty.

    Args:
        project: The open project.
        account_id: Whose.
        after: Only what was written behind this seq.
    """
    with project.ledger.reading() as connection:
        own = (
            Together(entry, entry.fact, parcels)
            for entry, parcels in read_bulk_marks(connection, after)
            if entry.by == account_id and isinstance(entry.fact, Milestone)
        )
        return list(islice(own, RECENT_MOST))


def undoing(project: Project, request_id: str, reason: str, today: date) -> Cancel:
    """The request to cancel all that a request marked and that still counts.

    Args:
        project: The open project.
        request_id: Of the request that marked.
        reason: Why, in words.
        today: The day of the cancelling.

    Raises:
        RefusedError: If nothing of it counts any more.
    """
    with project.ledger.reading() as connection:
        written = read_request(connection, request_id)
    project.load({entry.parcel for entry in written if entry.parcel is not None})
    voided = project.snapshot(today).state.voided
    live = tuple(entry for entry in written if entry.seq not in voided)
    if not live:
        raise RefusedError(problems=[Problem("", "refused.nothing_to_undo")])
    return Cancel(tuple(entry.seq for entry in live), reason, live)


def still_marked(project: Project, request_id: str, today: date) -> tuple[str, ...]:
    """The parcels that a request marked and that have its milestone by other entries, by their labels.

    An entry that was corrected since is another one: what takes the request back leaves it.

    Args:
        project: The open project.
        request_id: Of the request that marked and was taken back.
        today: The day.
    """
    with project.ledger.reading() as connection:
        facts = [entry.fact for entry in read_request(connection, request_id)]
    snapshot = project.snapshot(today)
    holdings = snapshot.state.holdings
    left = (
        fact.parcel
        for fact in facts
        if isinstance(fact, Milestone)
        and (holding := holdings.get((fact.parcel, fact.household)))
        and fact.milestone in holding.milestones
    )
    return tuple(snapshot.boundaries.labels.get(parcel, parcel) for parcel in dict.fromkeys(left))
