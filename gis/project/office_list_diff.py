"""A list beside what the ledger has: what is new, what says something else, what is no longer there.

Pure: no file, no clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from gis.ledger.facts import Milestone, Money, Opening
from gis.ledger.openings import OpeningRow
from gis.milestones import REPEATABLE_MILESTONES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from gis.ledger.entry import Entry
    from gis.ledger.state import State
    from gis.project.office_list_rows import ListedHolding
    from gis.sheets.tracking import TrackedMilestone

MONEY_ACTS = {"plan_approved": {"approved"}, "paid": {"paid", "deposited", "withdrawn"}}
Words: TypeAlias = "tuple[date | None, str | None, int | None]"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that the list says otherwise than what stands.

    Args:
        source: The row that says it.
        parcel: Its id.
        household: Its id.
        what: "part", "recovered_m2", or the id of a milestone.
        old: As it stands, "" where nothing does.
        new: As the list says, "" where it says nothing any more.
        voids: Entries that a correction cancels.
        opening: What takes their place.
    """

    source: str
    parcel: str
    household: str
    what: str
    old: str
    new: str
    voids: tuple[int, ...] = ()
    opening: OpeningRow | None = None


@dataclass
class Differences:
    """What of one list's milestones is new and what is changed.

    Args:
        fresh: Openings that nothing stands against.
        changed: To be decided by the user.
        ledger: Rows whose milestone the team recorded here otherwise: the ledger stays, it is told.
    """

    fresh: list[OpeningRow] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    ledger: list[Change] = field(default_factory=list)


def milestones_of(
    state: State,
    holding: ListedHolding,
    parcel: str,
    household: str,
    latest: date,
    left_out: frozenset[str],
    today: date,
) -> Differences:
    """A holding's milestones beside those that the ledger has of it.

    Args:
        state: What holds today.
        holding: As the list has it.
        parcel: Its id.
        household: Its id.
        latest: The day of a milestone whose day nobody knows.
        left_out: Milestones that the list had of this holding before and could have now: one that is not
            there any more is a change.
        today: The day of the import: a month that has not ended is known up to it.
    """
    found = Differences()
    entries = [
        entry
        for entry in state.history.get(parcel, ())
        if isinstance(entry.fact, Opening | Milestone)
        and entry.fact.household == household
        and entry.seq not in state.voided
    ]
    names = dict.fromkeys([one.milestone for one in holding.milestones])
    openings = (e.fact.milestone for e in entries if isinstance(e.fact, Opening))
    names |= dict.fromkeys(name for name in openings if name in left_out)
    for name in names:
        said = [one for one in holding.milestones if one.milestone == name]
        stands = [e for e in entries if _milestone(e) == name]
        rows = [_opening(holding, parcel, household, one, _day(one, stands, latest, today)) for one in said]
        if name in REPEATABLE_MILESTONES:
            known = name in left_out
            _repeatable(state, found, holding, (parcel, household, name), rows, stands, known=known)
        else:
            period = next((one for one in said if one.not_later_than or one.on is None), None)
            _once(found, holding, (parcel, household, name), rows, stands, period)
    return found


def _milestone(entry: Entry) -> str:
    return entry.fact.milestone if isinstance(entry.fact, Opening | Milestone) else ""


def _day(one: TrackedMilestone, stands: Sequence[Entry], latest: date, today: date) -> tuple[date, bool]:
    """The day and whether it is the last possible; what was unknown before keeps the day that it got."""
    if one.on is not None and one.not_before is None:
        return one.on, False
    before = [
        e
        for e in stands
        if isinstance(e.fact, Opening) and e.fact.not_later_than and e.on and _within(one, e.on)
    ]
    same = [e for e in before if _said(e)[1:] == (one.document, one.amount_vnd)]
    day = next((e.on for e in (*same, *before)), None)
    if day is None and one.on is not None and one.not_before is not None:
        day = max(one.not_before, min(one.on, today))  # a month that is not over
    return (day or latest), True


def _within(one: TrackedMilestone, on: date) -> bool:
    """Whether a list that knows no day, only a month, or a year does not contradict a day."""
    return one.on is None or (one.not_before is not None and one.not_before <= on <= one.on)


def _opening(
    holding: ListedHolding, parcel: str, household: str, one: TrackedMilestone, day: tuple[date, bool]
) -> OpeningRow:
    return OpeningRow(
        parcel,
        household,
        one.milestone,
        day[0],
        not_later_than=day[1],
        document=one.document,
        amount_vnd=one.amount_vnd,
        row=holding.row,
        source=one.cell or holding.source,
    )


def _said(entry: Entry) -> Words:
    fact = entry.fact
    if isinstance(fact, Opening | Milestone):
        return (entry.on, fact.document, fact.amount_vnd)
    return (entry.on, None, None)


def _told(row: OpeningRow) -> Words:
    return (row.on, row.document, row.amount_vnd)


def _once(
    found: Differences,
    holding: ListedHolding,
    about: tuple[str, str, str],
    rows: Sequence[OpeningRow],
    stands: Sequence[Entry],
    period: TrackedMilestone | None,
) -> None:
    """A milestone that comes once; `period` is the list's where it knows no day."""
    if not stands:
        found.fresh += rows
        return
    old = stands[0]
    if not rows:
        seqs = tuple(e.seq for e in stands)
        found.changed.append(Change(holding.source, *about, words_of(_said(old)), "", seqs))
        return
    new = rows[0]
    was, now = _said(old), _told(new)
    exact = not (isinstance(old.fact, Opening) and old.fact.not_later_than)
    unknown = period is not None and exact and was[0] is not None and _within(period, was[0])
    same_day = was[0] == now[0] or unknown
    if same_day and now[1] in (None, was[1]) and now[2] in (None, was[2]):
        return
    change = Change(new.source, *about, words_of(was), words_of(now), tuple(e.seq for e in stands), new)
    by_list = all(isinstance(e.fact, Opening) for e in stands)
    (found.changed if by_list else found.ledger).append(change)


def _repeatable(
    state: State,
    found: Differences,
    holding: ListedHolding,
    about: tuple[str, str, str],
    rows: Sequence[OpeningRow],
    stands: Sequence[Entry],
    *,
    known: bool,
) -> None:
    """A milestone that may come several times: each of the list against each that stands."""
    left = Counter(_said(e) for e in stands)
    fresh = []
    for row in rows:
        if left[_told(row)] > 0:
            left[_told(row)] -= 1
        else:
            fresh.append(row)
    openings = [e for e in stands if isinstance(e.fact, Opening)]
    lost = []
    for entry in reversed(openings):
        if known and left[_said(entry)] > 0:
            left[_said(entry)] -= 1
            lost.append(entry)
    parcel, household, name = about
    by_team = any(isinstance(e.fact, Milestone) for e in stands) or _money(state, parcel, household, name)
    for old, new in zip(lost, fresh, strict=False):
        old_words, new_words = words_of(_said(old)), words_of(_told(new))
        found.changed.append(Change(new.source, *about, old_words, new_words, (old.seq,), new))
    for old in lost[len(fresh) :]:
        found.changed.append(Change(holding.source, *about, words_of(_said(old)), "", (old.seq,)))
    for new in fresh[len(lost) :]:
        if by_team:  # the team may have recorded the same money itself: not added unasked
            found.changed.append(Change(new.source, *about, "", words_of(_told(new)), (), new))
        else:
            found.fresh.append(new)


def _money(state: State, parcel: str, household: str, name: str) -> bool:
    """Whether money of this kind was recorded of the household by the team."""
    acts = MONEY_ACTS.get(name, set())
    return any(
        isinstance(e.fact, Money)
        and e.fact.household == household
        and e.fact.act in acts
        and e.seq not in state.voided
        for place in (parcel, None)
        for e in _of_household(state, place, household)
    )


def _of_household(state: State, place: str | None, household: str) -> Iterable[Entry]:
    """Entries of a place; those of no parcel only where one names the household."""
    if place is None and None not in state.told_of.get(household, ()):
        return ()
    return state.history.get(place, ())


def words_of(said: Words) -> str:
    """A milestone's day, document and amount as one text, the same in every language.

    >>> from datetime import date
    >>> words_of((date(2026, 3, 1), "12/QĐ", 5_000_000))
    '2026-03-01 · 12/QĐ · 5000000'
    """
    on, document, amount = said
    pieces = (on.isoformat() if on else "", document or "", "" if amount is None else str(amount))
    return " · ".join(piece for piece in pieces if piece)


def areas_text(areas: Mapping[str, Decimal | None]) -> str:
    """Square metres by zone as one text.

    >>> from decimal import Decimal
    >>> areas_text({"gd1": Decimal("120.5"), "ccn": None})
    'ccn: ? m², gd1: 120.5 m²'
    """
    return ", ".join(
        f"{zone}: {'?' if area is None else f'{area:f}'} m²" for zone, area in sorted(areas.items())
    )
