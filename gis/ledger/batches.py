"""Đợt: a part of the clearance whose notice, decision and payment list name many households.

The read model and the commands that open a đợt, say who belongs to it, and record its documents.
Pure: no file, no clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, Final

from gis.errors import Problem
from gis.ledger.accounts import NO_ALIASES, first_ids, ids_of
from gis.ledger.entry import Draft
from gis.ledger.facts import BatchDocument, BatchJoined, BatchOpened
from gis.ledger.setting import day_problems, document_number, has_scans, require_none, text_problems, words_of
from gis.vietnamese import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from gis.errors import Fact
    from gis.ledger.entry import Attachment, Entry
    from gis.ledger.facts import Note
    from gis.ledger.setting import Setting
    from gis.ledger.state import HoldingState, State

BATCH_ID: Final = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,15}")
NAME_MOST: Final = 120
NUMBER_MOST: Final = 80


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a đợt.

    `effective` is the day from which its deadlines run: its own where it says no other.
    """

    seq: int
    number: str
    on: date
    effective: date
    milestone: str
    signatory: Note | None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """A đợt on the day: its members with the day each joined, its documents by day and then by seq."""

    batch: str
    name: str
    zone: str | None
    regime: str
    on: date
    seq: int
    members: Mapping[str, date]
    documents: tuple[Document, ...] = ()

    def document(self, seq: int) -> Document | None:
        """The document that the entry `seq` records; None where it is none of this đợt."""
        return next((one for one in self.documents if one.seq == seq), None)


def batches(state: State) -> dict[str, Batch]:
    """The đợt of a day by id, D2 before D10.

    A document or a member counts from its own day, even where that is before the day of the opening:
    what an office did before it kept this book is recorded later than it happened.
    """
    live = state.live(None)
    found: dict[str, Batch] = {}
    for entry in sorted(live, key=lambda one: one.seq):
        fact = entry.fact
        if isinstance(fact, BatchOpened) and entry.on is not None:
            opened = Batch(fact.batch, fact.name, fact.zone, fact.regime, entry.on, entry.seq, {})
            found.setdefault(fact.batch, opened)
    members: dict[str, dict[str, date]] = {batch: {} for batch in found}
    documents: dict[str, list[Document]] = {batch: [] for batch in found}
    for entry in live:
        fact = entry.fact
        if entry.on is None:
            continue
        if isinstance(fact, BatchJoined) and fact.batch in found:
            if fact.left:
                members[fact.batch].pop(fact.household, None)
            else:
                members[fact.batch].setdefault(fact.household, entry.on)
        elif isinstance(fact, BatchDocument) and fact.batch in found:
            documents[fact.batch].append(_document(entry.seq, entry.on, fact, entry.attachments))
    return {
        name: replace(one, members=MappingProxyType(members[name]), documents=tuple(documents[name]))
        for name, one in sorted(found.items(), key=lambda item: _natural(item[0]))
    }


def _natural(batch: str) -> list[tuple[int, str]]:
    """What ids are sorted by: their numbers as numbers."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", batch)]


def _document(seq: int, on: date, fact: BatchDocument, attachments: tuple[Attachment, ...]) -> Document:
    return Document(seq, fact.number, on, fact.effective or on, fact.milestone, fact.signatory, attachments)


def holdings_of(
    state: State,
    households: Iterable[str],
    parcels: Collection[str] | None = None,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> dict[str, tuple[HoldingState, ...]]:
    """The holdings of some households, by parcel id; who holds nothing is absent.

    People who were entered twice are one household: all that they hold stands under that of their ids
    which is named first.

    Args:
        state: Of the day.
        households: Their ids.
        parcels: Only of these parcels; None: of all.
        aliases: Of a household that was entered twice, the id that counts.
    """
    named = first_ids(households, aliases).values()
    found = {one: tuple(_holdings(state, ids_of(one, aliases), parcels)) for one in named}
    return {household: holdings for household, holdings in found.items() if holdings}


def _holdings(state: State, ids: Collection[str], parcels: Collection[str] | None) -> Iterable[HoldingState]:
    places = {place for one in ids for place in state.told_of.get(one, ()) if place is not None}
    for parcel in sorted(places):
        if parcels is None or parcel in parcels:
            yield from (one for one in state.of_parcel(parcel) if one.household in ids)


def new_id(name: str, taken: Collection[str]) -> str:
    """A short id for a đợt: of the first number in its name, else the next free one.

    >>> new_id("Đợt 3 - KCN Phú Quý", ()), new_id("Đợt 3 bổ sung", {"D3"}), new_id("Kênh Bắc", {"D1"})
    ('D3', 'D3-2', 'D2')
    """
    number = re.search(r"\d{1,6}", fold(name))
    if number is None:
        count = 1
        while f"D{count}" in taken:
            count += 1
        return f"D{count}"
    first = f"D{number[0]}"
    count, found = 1, first
    while found in taken:
        count += 1
        found = f"{first}-{count}"
    return found


def _used_ids(state: State) -> frozenset[str]:
    """Every id that a đợt ever had, of any day and cancelled ones too: no id means two things."""
    entries = state.history.get(None, ())
    return frozenset(entry.fact.batch for entry in entries if isinstance(entry.fact, BatchOpened))


def unknown_batch(state: State, batch: str) -> list[Problem]:
    """A đợt that is not there."""
    known = batches(state)
    if batch in known:
        return []
    return [Problem("", "refused.unknown_batch", {"batch": batch, "batches": ", ".join(known) or None})]


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A request to open a đợt.

    Args:
        name: What the office calls it; it goes into the chain, so no person's name.
        on: The day it began.
        regime: Id of its regime of deadlines.
        zone: Id of a zone of the plan; None: not bound to one.
        batch: Its id; None: one is made from the name.
        regimes: The ids that there are.
    """

    name: str
    on: date
    regime: str
    zone: str | None
    regimes: Collection[str]
    batch: str | None = None

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """One entry.

        Raises:
            RefusedError: With every reason.
        """
        name, used = nfc(self.name).strip(), _used_ids(state)
        batch = self.batch or new_id(name, used)
        problems = [*day_problems(self.on, setting), *text_problems(name)]
        if not 0 < len(name) <= NAME_MOST:
            problems.append(Problem("", "refused.batch_name", {"most": NAME_MOST, "found": len(name)}))
        if not BATCH_ID.fullmatch(batch):
            problems.append(Problem("", "refused.batch_id", {"found": batch}))
        if batch in used:
            problems.append(Problem("", "refused.batch_taken", {"batch": batch}))
        if self.regime not in self.regimes:
            facts: dict[str, Fact] = {"regime": self.regime, "regimes": ", ".join(self.regimes)}
            problems.append(Problem("", "refused.unknown_regime", facts))
        if self.zone is not None and self.zone not in setting.zones:
            facts = {"zone": self.zone, "zones": ", ".join(setting.zones)}
            problems.append(Problem("", "refused.unknown_zone", facts))
        require_none(problems)
        return (Draft(self.on, BatchOpened(batch, name, self.zone, self.regime)),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """A đợt of the same name, zone and regime on the same day."""
        said = (nfc(self.name).strip(), self.zone, self.regime, self.on)
        return all(
            isinstance(fact := entry.fact, BatchOpened)
            and (fact.name, fact.zone, fact.regime, entry.on) == said
            and self.batch in {None, fact.batch}
            for entry in written
        )


@dataclass(frozen=True, slots=True)
class JoinBatch:
    """A request to let households belong to a đợt, or with `left` to take them out of it.

    People who were entered twice join once, and leave under every id by which they joined. `sources` says
    where each household stands in its user's list ("line 3"), for the refusals.
    """

    batch: str
    households: tuple[str, ...]
    on: date
    left: bool = False
    sources: tuple[str, ...] = ()

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """An entry for each household that is not there (or not away) yet.

        Raises:
            RefusedError: With every reason; nobody joins where one is unknown.
        """
        require_none([*day_problems(self.on, setting), *unknown_batch(state, self.batch)])
        members = batches(state)[self.batch].members
        there: dict[str, list[str]] = {}
        for member in members:
            there.setdefault(setting.root(member), []).append(member)
        chosen = first_ids(self.households, setting.aliases)
        if self.left:
            fresh = [member for root in chosen for member in there.get(root, ())]
        else:
            fresh = [one for root, one in chosen.items() if root not in there]
        problems = _who_problems(state, self, there, setting)
        if not fresh and not problems:
            message = "refused.all_joined" if chosen else "refused.nobody_named"
            problems.append(Problem("", message, {"batch": self.batch}))
        require_none(problems)
        return tuple(Draft(self.on, BatchJoined(self.batch, one, self.left)) for one in fresh)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """Some of the same households, in or out; one that was entered twice may leave under both ids."""
        facts = [(entry.on, entry.fact) for entry in written if isinstance(entry.fact, BatchJoined)]
        return (
            len(facts) == len(written)
            and {(fact.batch, fact.left, on) for on, fact in facts} == {(self.batch, self.left, self.on)}
            and any(fact.household in self.households for _, fact in facts)
        )


def _who_problems(
    state: State, request: JoinBatch, members: Collection[str], setting: Setting
) -> list[Problem]:
    """Who cannot join or leave, each with the reason; `members` by the ids that count."""
    holders = holdings_of(state, request.households, aliases=setting.aliases)
    known = {*map(setting.root, holders), *members}
    moved = {setting.root(one): on for one, on in _last_moves(state, request.batch)}
    problems = []
    for household, source in zip_longest(request.households, request.sources, fillvalue=""):
        facts: dict[str, Fact] = {"household": household, "batch": request.batch}
        root = setting.root(household)
        last = moved.get(root)
        if root not in known:
            problems.append(Problem(source, "refused.household_unknown", facts))
        elif request.left and root not in members:
            problems.append(Problem(source, "refused.not_a_member", facts))
        elif (root in members) == request.left and last is not None and last > request.on:
            # Before the day of a later move it would change nothing of today.
            facts |= {"on": request.on.isoformat(), "other_on": last.isoformat()}
            problems.append(Problem(source, "refused.moved_later", facts))
    return problems


def _last_moves(state: State, batch: str) -> Iterable[tuple[str, date]]:
    """Each household that joined or left a đợt with the day, the last ones last."""
    return (
        (entry.fact.household, entry.on)
        for entry in state.live(None)
        if isinstance(entry.fact, BatchJoined) and entry.fact.batch == batch and entry.on is not None
    )


@dataclass(frozen=True, slots=True)
class AddDocument:
    """A request to record a document of a đợt.

    Args:
        batch: Of this đợt.
        milestone: What it stands for.
        number: As it is printed on it.
        on: Its date.
        effective: The day from which its deadlines run; None: its date.
        signatory: Who signed, in words: they go to the register.
        attachments: Its scans, stored before.
    """

    words_in: ClassVar[str] = "signatory"
    batch: str
    milestone: str
    number: str
    on: date
    effective: date | None = None
    signatory: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def runs_from(self) -> date | None:
        """The day from which its deadlines run, where that is not its date."""
        return None if self.effective == self.on else self.effective

    def decide(self, state: State, setting: Setting) -> tuple[Draft, ...]:
        """One entry.

        Raises:
            RefusedError: With every reason.
        """
        number = document_number(self.number) or ""
        problems = [*day_problems(self.on, setting), *text_problems(number, self.signatory)]
        problems += unknown_batch(state, self.batch)
        if self.milestone not in setting.milestones:
            facts: dict[str, Fact] = {
                "milestone": self.milestone,
                "milestones": ", ".join(setting.milestones),
            }
            problems.append(Problem("", "refused.unknown_milestone", facts))
        if not 0 < len(number) <= NUMBER_MOST:
            problems.append(Problem("", "refused.document_number", {"most": NUMBER_MOST}))
        if self.effective is not None and self.effective < self.on:
            facts = {"on": self.on.isoformat(), "effective": self.effective.isoformat()}
            problems.append(Problem("", "refused.effective_early", facts))
        problems += _same_document(state, self.batch, self.milestone, number)
        require_none(problems)
        fact = BatchDocument(self.batch, self.milestone, number, self.runs_from)
        return (Draft(self.on, fact, self.attachments, words=words_of(self.signatory, "signatory")),)

    def is_repeated_by(self, written: Sequence[Entry]) -> bool:
        """The same document of the same đợt, effective from the same day, and no new scan."""
        said = (self.batch, self.milestone, document_number(self.number), self.runs_from)
        return all(
            isinstance(fact := entry.fact, BatchDocument)
            and (fact.batch, fact.milestone, fact.number, fact.effective) == said
            and entry.on == self.on
            and has_scans(entry, self.attachments)
            for entry in written
        )


def _same_document(state: State, batch: str, milestone: str, number: str) -> list[Problem]:
    """A document of a đợt is recorded once."""
    for entry in state.history.get(None, ()):
        fact = entry.fact
        said = isinstance(fact, BatchDocument) and (fact.batch, fact.milestone, fact.number)
        if said == (batch, milestone, number) and entry.seq not in state.voided and entry.on is not None:
            facts: dict[str, Fact] = {"number": number, "on": entry.on.isoformat(), "seq": entry.seq}
            return [Problem("", "refused.document_twice", facts)]
    return []
