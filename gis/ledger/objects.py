"""Objects on land (graves, houses, crops, poles): listed, and removed before the land is clean.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from gis.errors import Problem, RefusedError
from gis.ledger.entry import Draft
from gis.ledger.facts import ObjectListed, ObjectRemoved
from gis.ledger.land_rules import (
    count_problems,
    day_of,
    entry_of,
    handed_over,
    holder_problems,
    naming,
    parcel_problems,
)
from gis.ledger.rules import since_seen, unknown_id
from gis.ledger.setting import day_problems, document_number, has_scans, require_none, text_problems, words_of
from gis.milestones import CLEARED_MILESTONE, OBJECT_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.setting import Setting
    from gis.ledger.state import State


@dataclass(frozen=True, slots=True)
class ListObject:
    """A request to record that objects stand on a parcel.

    Args:
        parcel: On this parcel.
        household: They are this household's; None: nobody's, or not known.
        category: An id of `gis.milestones.OBJECT_CATEGORIES`.
        count: How many, 1 or more.
        on: The day they were listed.
        note: Free words for the register.
        seen: The last seq of the parcel when its user looked; None: not asked.
        attachments: Photos and lists.
    """

    words_in: ClassVar[str] = "note"
    parcel: str
    household: str | None
    category: str
    count: int
    on: date
    note: str | None = None
    seen: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The list, with a warning where the parcel is handed over already.

        Raises:
            RefusedError: With every reason.
        """
        require_none([p for rule in LIST_RULES for p in rule(state, self, setting)])
        source = setting.label(self.parcel)
        late = handed_over(state, self.parcel, None, CLEARED_MILESTONE)
        warnings = [Problem(source, "warning.object_after_handover", severity="warning")] if late else []
        fact = ObjectListed(self.parcel, self.household, self.category, self.count)
        return (Draft(self.on, fact, self.attachments, tuple(warnings), words_of(self.note)),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """As many of the same on the same day, and no new scan."""
        return [
            (e.on, e.fact.parcel, e.fact.household, e.fact.category, e.fact.count)
            for e in written
            if isinstance(e.fact, ObjectListed) and has_scans(e, self.attachments)
        ] == [(self.on, self.parcel, self.household, self.category, self.count)]


@dataclass(frozen=True, slots=True)
class RemoveObject:
    """A request to record that objects of a list are gone.

    Args:
        listed: The seq of the entry that listed them.
        count: How many went, at most as many as are left.
        on: The day they went.
        document: Number of the minutes or permit, where there is one.
        seen: The last seq of the parcel when its user looked; None: not asked.
        attachments: Photos and minutes.
    """

    listed: int
    count: int
    on: date
    document: str | None = None
    seen: int | None = None
    attachments: tuple[Attachment, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The removal.

        Raises:
            RefusedError: If the list is unknown or void, or holds fewer, or came later.
        """
        problems = [*day_problems(self.on, setting), *text_problems(self.document)]
        problems += count_problems(self.count, "")
        found = entry_of(state, self.listed, ObjectListed)
        if found is None:
            raise RefusedError(problems=[*problems, Problem("", "refused.no_object", {"seq": self.listed})])
        entry, listed = found
        source = setting.label(listed.parcel)
        problems += _removal_problems(state, entry, listed, self, source)
        problems += since_seen(state, listed.parcel, self.seen, source, listed.household)
        require_none(problems)
        fact = ObjectRemoved(listed.parcel, self.listed, self.count, document_number(self.document))
        return (Draft(self.on, fact, self.attachments),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """As many of the same list on the same day, by the same document and no new scan."""
        return [
            (e.on, e.fact.listed, e.fact.count, e.fact.document)
            for e in written
            if isinstance(e.fact, ObjectRemoved) and has_scans(e, self.attachments)
        ] == [(self.on, self.listed, self.count, document_number(self.document))]


def _removal_problems(
    state: State, entry: Entry, listed: ObjectListed, request: RemoveObject, source: str
) -> list[Problem]:
    """No more go than are left, and not before they were listed."""
    if entry.seq in state.voided:
        return [Problem(source, "refused.object_void", {"void": state.voided[entry.seq]})]
    removals = naming(state, entry, ObjectRemoved, "listed")
    left = listed.count - sum(removed.count for _, removed in removals)
    problems = []
    facts: dict[str, Fact] = {"category": listed.category}
    if left <= 0:
        entries = ", ".join(str(other.seq) for other, _ in removals)
        gone = facts | {"count": listed.count, "entries": entries}
        problems.append(Problem(source, "refused.objects_gone", gone))
    elif request.count > left:
        asked = facts | {"left": left, "found": request.count}
        problems.append(Problem(source, "refused.removed_too_many", asked))
    if entry.on is not None and request.on < entry.on:
        days: dict[str, Fact] = {"on": request.on.isoformat(), "since": day_of(entry)}
        problems.append(Problem(source, "refused.removed_before_listed", days))
    return problems


def well_formed(_: State, request: ListObject, setting: Setting) -> list[Problem]:
    """So many of a known category on a known parcel, on a day that may be written of."""
    return [
        *parcel_problems(request.parcel, setting),
        *unknown_id("object", request.category, OBJECT_CATEGORIES),
        *count_problems(request.count, ""),
        *day_problems(request.on, setting),
        *text_problems(request.note),
    ]


def held(state: State, request: ListObject, setting: Setting) -> list[Problem]:
    """A household that is named holds the parcel on the day."""
    return holder_problems(state, request.parcel, request.household, request.on, setting)


def written_since(state: State, request: ListObject, setting: Setting) -> list[Problem]:
    """Nobody overwrites what somebody else wrote after they looked."""
    source = setting.label(request.parcel)
    return since_seen(state, request.parcel, request.seen, source, request.household)


LIST_RULES: Final[tuple[Callable[[State, ListObject, Setting], list[Problem]], ...]] = (
    well_formed,
    held,
    written_since,
)
