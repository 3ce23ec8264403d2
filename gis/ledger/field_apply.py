"""A sheet that came back from the field: compared with the ledger, and what of it is to be written.

Every entry is one that a command of its own would write; all of them or none. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from gis.errors import Problem, RefusedError
from gis.ledger.effects import after
from gis.ledger.facts import Milestone, ObstacleOpened, Opening
from gis.ledger.field_sheets import DOCUMENT_MOST, EMPTY, Compared, Day, is_of_sheet
from gis.ledger.field_told import (
    closed_told,
    milestone_told,
    obstacle_of,
    obstacles_of,
    opened_told,
    visit_told,
    was_taken_back,
)
from gis.ledger.marks import Correct, Mark
from gis.ledger.obstacles import CloseObstacle, OpenObstacle
from gis.ledger.rules import written_since
from gis.ledger.setting import require_none
from gis.ledger.visits import RecordVisit
from gis.ledger.voids import Cancel

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Draft, Entry
    from gis.ledger.field_sheets import Issue, Slot, Value
    from gis.ledger.setting import Command, Setting
    from gis.ledger.state import State


@dataclass(frozen=True)
class Sheet:
    """A sheet that came back.

    Args:
        issue: Which one.
        then: The state of the day and head of its issue.
        returned: What came back, by slot; slots that nobody filled are among them.
        words_of: The words kept with an entry.
    """

    issue: Issue
    then: State
    returned: Mapping[Slot, tuple[Value, ...]]
    words_of: Callable[[Entry], str | None] = field(compare=False)


def compare(sheet: Sheet, now: State, setting: Setting) -> tuple[tuple[Compared, ...], list[Problem]]:
    """Every slot on its three sides, and what of it cannot be taken.

    Args:
        sheet: What came back.
        now: The state as it is.
        setting: The project's.
    """
    found, problems = [], []
    closing: dict[int, Compared] = {}
    for slot, returned in sheet.returned.items():
        one, why_not = _compared(sheet, now, slot, returned, setting)
        problems += why_not
        if one is None:
            continue
        if one.target is not None:
            # The whole parcel's obstacle stands in every holder's row: it ends once.
            first = closing.setdefault(one.target, one)
            if first is not one:
                problems += _ended_twice(first, one, setting)
                continue
        found.append(one)
    return tuple(found), [*problems, *_said_before(sheet, now, setting)]


def _said_before(sheet: Sheet, now: State, setting: Setting) -> list[Problem]:
    """Obstacles that an earlier file of the sheet told of and this one does not: they stay, and are told."""
    told = {(slot.row.parcel, slot.kind, slot.name) for slot in sheet.returned}
    keys = {slot.row for slot in sheet.returned}
    numbers = {(key.parcel, key.household): key.number for key in keys}
    problems = []
    for parcel in sorted({key.parcel for key in keys}):
        first = min(key.number for key in keys if key.parcel == parcel)
        for entry in now.live(parcel):
            if not is_of_sheet(entry, sheet.issue) or entry.seq in now.voided:
                continue
            kind, category = obstacle_of(now, entry)
            if kind and (parcel, kind, category) not in told:
                row = numbers.get((parcel, getattr(entry.fact, "household", "")), first)
                facts: dict[str, Fact] = {"row": row, "category": category, "seq": entry.seq}
                problems.append(Problem(setting.label(parcel), "problem.field_said_before", facts, "warning"))
    return problems


def _ended_twice(first: Compared, other: Compared, setting: Setting) -> list[Problem]:
    if first.returned == other.returned:
        return []
    facts: dict[str, Fact] = {
        "row": other.slot.row.number,
        "first": first.slot.row.number,
        "category": other.slot.name,
    }
    return [Problem(setting.label(other.slot.row.parcel), "problem.field_ended_twice", facts)]


def _compared(
    sheet: Sheet, now: State, slot: Slot, returned: tuple[Value, ...], setting: Setting
) -> tuple[Compared | None, list[Problem]]:
    source = setting.label(slot.row.parcel)
    facts: dict[str, Fact] = {"row": slot.row.number, "household": slot.row.household}
    one, problems = _SIDES[slot.kind](sheet, now, slot, returned, source, facts)
    if one is not None:
        one = replace(one, taken_back=was_taken_back(now, one, sheet.issue))
    gone = (slot.row.parcel, slot.row.household) not in now.holdings
    # A talk is held with the household, whatever it holds.
    if one is not None and slot.kind != "visit" and gone and one.fate in {"field", "conflict"}:
        return None, [*problems, Problem(source, "problem.field_holds_no_more", facts)]
    return one, problems


Sides: TypeAlias = "tuple[Compared | None, list[Problem]]"


def _milestone(
    sheet: Sheet, now: State, slot: Slot, returned: tuple[Value, ...], source: str, facts: dict[str, Fact]
) -> Sides:
    """A milestone: a cell that was emptied takes nothing back, and a number needs its day."""
    facts = facts | {"milestone": slot.name}
    printed = milestone_told(sheet.then, slot.row, slot.name).values
    emptied = [at for at, value in enumerate(returned) if not value and printed[at]]
    if returned[1] and not returned[0] and not printed[0]:
        return None, [Problem(source, "problem.field_document_alone", facts)]
    length = len(str(returned[1]))
    if length > DOCUMENT_MOST and returned[1] != printed[1]:
        facts |= {"found": length, "most": DOCUMENT_MOST}
        return None, [Problem(source, "problem.field_document_long", facts)]
    filled = tuple(printed[at] if at in emptied else value for at, value in enumerate(returned))
    told = [Problem(source, "problem.field_emptied", facts, "warning")] if emptied else []
    return Compared(slot, printed, filled, milestone_told(now, slot.row, slot.name)), told


def _visit(
    sheet: Sheet, now: State, slot: Slot, returned: tuple[Value, ...], _: str, __: dict[str, Fact]
) -> Sides:
    """A talk: a sheet prints none."""
    told = visit_told(now, slot.row, returned[0], sheet.issue, sheet.words_of)
    return Compared(slot, EMPTY["visit"], returned, told), []


def _opened(
    sheet: Sheet, now: State, slot: Slot, returned: tuple[Value, ...], source: str, facts: dict[str, Fact]
) -> Sides:
    """An obstacle that came: none that stood when the sheet was printed."""
    facts = facts | {"category": slot.name}
    standing = [one for one in obstacles_of(sheet.then, slot.row) if one.category == slot.name]
    if standing:
        facts |= {"since": standing[0].since.isoformat()}
        return None, [Problem(source, "problem.field_stands_already", facts)]
    told = opened_told(now, slot.row, slot.name, sheet.issue.head.seq)
    return Compared(slot, EMPTY["opened"], returned, told), []


def _closed(
    sheet: Sheet, now: State, slot: Slot, returned: tuple[Value, ...], source: str, facts: dict[str, Fact]
) -> Sides:
    """An obstacle that went: one that stood when the sheet was printed."""
    facts = facts | {"category": slot.name}
    standing = [one for one in obstacles_of(sheet.then, slot.row) if one.category == slot.name]
    if not standing:
        return None, [Problem(source, "problem.field_stands_not", facts)]
    target = standing[0].seq
    if target in now.voided:
        facts |= {"seq": target, "void": now.voided[target]}
        return None, [Problem(source, "problem.field_cancelled", facts)]
    return Compared(slot, EMPTY["closed"], returned, closed_told(now, target), target), []


_SIDES: Final = {"milestone": _milestone, "visit": _visit, "opened": _opened, "closed": _closed}


def is_correction(one: Compared, issue: Issue) -> bool:
    """Whether following the field cancels an entry: a talk that somebody else recorded is left beside it."""
    entry = one.now.entry
    return entry is not None and (one.slot.kind != "visit" or is_of_sheet(entry, issue))


@dataclass(frozen=True)
class ApplySheet:
    """A request to write what came back from the field.

    Args:
        sheet: What came back.
        taken: The conflicts in which the field is followed; in all others the ledger stays as it is.
        left: The changes of the field that are not written all the same.
        reason: Why, for entries that are corrected.
        seen: By slot, the entry that stood in the ledger when its user looked; None: not asked.
    """

    sheet: Sheet
    taken: Collection[Slot] = ()
    left: Collection[Slot] = ()
    reason: str = ""
    seen: Mapping[Slot, int | None] | None = None

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """The entries, in the order of the rows.

        Raises:
            RefusedError: With every reason; nothing is written then.
        """
        found, problems = compare(self.sheet, state, setting)
        require_none([*problems, *self._written_since(found, setting)])
        drafts: list[Draft] = []
        refused: list[Problem] = []
        then = state
        for one in found:
            if not self.writes(one):
                continue
            try:
                for command in self._commands(one):
                    written = tuple(command.decide(then, setting))
                    then = after(then, written)
                    drafts += written
            except RefusedError as error:
                source = setting.label(one.slot.row.parcel)
                refused += [p if p.source else replace(p, source=source) for p in error.problems]
        require_none(refused)
        return tuple(drafts)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """Whatever the same request wrote: its id is made of what came back and was decided."""
        return all(is_of_sheet(entry, self.sheet.issue) for entry in written)

    def writes(self, one: Compared) -> bool:
        """Whether a slot is written."""
        if one.fate == "conflict":
            return one.slot in self.taken
        return one.fate == "field" and one.slot not in self.left

    def _written_since(self, found: Sequence[Compared], setting: Setting) -> list[Problem]:
        """The slots that would be written of which somebody else wrote after their user looked."""
        if self.seen is None:
            return []
        return [
            problem
            for one in found
            if self.writes(one) and self.seen.get(one.slot) != _seq(one)
            for problem in _since(one, setting)
        ]

    def _commands(self, one: Compared) -> list[Command]:
        """What writes a slot: a new entry, or a correction of the one that stands."""
        before = one.now.entry
        if before is None or not is_correction(one, self.sheet.issue):
            return [_anew(one, one.returned, NOTHING)]
        if one.slot.kind == "milestone" and isinstance(before.fact, Milestone):
            on, document = one.merged
            return [Correct(before.seq, _exact(on), str(document) or None, self.reason, before)]
        words = self.sheet.words_of(before) if one.slot.kind in {"opened", "closed"} else None
        kept = Kept.of(before, words)
        return [Cancel((before.seq,), self.reason), _anew(one, one.merged, kept)]


@dataclass(frozen=True, slots=True)
class Kept:
    """What no cell of a sheet says of an entry, and stays when it is corrected.

    Args:
        whole: Whether an obstacle is the whole parcel's.
        amount_vnd: Of an opening about money.
        words: The note.
        attachments: The scans.
    """

    whole: bool = False
    amount_vnd: int | None = None
    words: str | None = None
    attachments: tuple[Attachment, ...] = ()

    @classmethod
    def of(cls, entry: Entry, words: str | None) -> Kept:
        """Of an entry with its words."""
        fact = entry.fact
        amount_vnd = fact.amount_vnd if isinstance(fact, Opening) else None
        whole = isinstance(fact, ObstacleOpened) and fact.household is None
        return cls(whole, amount_vnd, words, entry.attachments)


NOTHING: Final = Kept()


def _anew(one: Compared, cells: tuple[Value, ...], kept: Kept) -> Command:
    """The request that writes the cells of a slot."""
    row, scans = one.slot.row, kept.attachments
    match one.slot.kind:
        case "milestone":
            return Mark(
                (row.parcel,),
                one.slot.name,
                _exact(cells[0]),
                str(cells[1]) or None,
                row.household,
                amount_vnd=kept.amount_vnd,
                attachments=scans,
            )
        case "opened":
            holder = None if kept.whole else row.household
            return OpenObstacle(
                row.parcel, holder, one.slot.name, _exact(cells[1]), kept.words, attachments=scans
            )
        case "closed":
            return CloseObstacle(one.target or 0, _exact(cells[1]), kept.words, attachments=scans)
        case "visit":
            on, outcome, note = cells
            return RecordVisit(row.household, None, _exact(on), str(outcome), str(note) or None, scans)


def _seq(one: Compared) -> int | None:
    return one.now.entry.seq if one.now.entry else None


def _since(one: Compared, setting: Setting) -> list[Problem]:
    """That somebody wrote of a slot meanwhile, or cancelled what stood there."""
    source, entry = setting.label(one.slot.row.parcel), one.now.entry
    if entry is None:
        return [Problem(source, "problem.field_looked_before")]
    return [written_since(entry, source)]


def _exact(value: Value) -> date:
    """The day of an entry.

    Raises:
        RefusedError: If only the last day that it can have been is known.
    """
    if not isinstance(value, Day):
        raise TypeError(value)  # a slot without a day is refused where the file is read
    if value.at_latest:
        raise RefusedError(problems=[Problem("", "problem.field_at_latest", {"on": value.on.isoformat()})])
    return value.on
