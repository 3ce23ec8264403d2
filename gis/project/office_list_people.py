"""Which household of a list is which of the register: the same list's earlier file, or who holds the land.

Two households are taken for one only where code, or name and land, say so; a name alone never does.
Pure: no file, no clock.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.errors import Problem
from gis.sheets.households import name_key
from gis.vietnamese import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis.project.office_list_rows import Key, ListedPeople, Resolved


@dataclass(frozen=True, slots=True)
class KnownPeople:
    """A household that the register has, as it was called and with the land by which it is known.

    Args:
        household: Its id.
        name: As the same list wrote it before, else as the register has it; "" once it was erased.
        code: The office's own code, as the list had it.
        hamlet: As the list wrote it.
        keys: Its parcels.
        of_list: Whether the same list brought it.
        row: Its first row in the file that brought it, 0 where none did.
    """

    household: str
    name: str
    code: str
    hamlet: str
    keys: frozenset[Key]
    of_list: bool
    row: int = 0


@dataclass(frozen=True, slots=True)
class Matched:
    """Ids by the list's keys of households; `fresh` are those that nobody had before."""

    ids: Mapping[str, str]
    fresh: frozenset[str]
    problems: tuple[Problem, ...]


def match_people(resolved: Resolved, known: Sequence[KnownPeople]) -> Matched:
    """An id for every household of a list: a known one where it is surely the same, else a new one.

    In this order, each only where it means one household on both sides: the office's code; name and
    hamlet with the very same parcels; with a common parcel; name with a common parcel; name and hamlet
    within the same list; the very same parcels within the same list (a name that was written differently),
    which is told. Several of one name and hamlet that hold the very same parcels are taken in the order of
    their rows, which is told too.

    Args:
        resolved: The list.
        known: Those of its earlier file, and those who hold its parcels.
    """
    keys: dict[str, set[Key]] = defaultdict(set)
    for holding in resolved.holdings:
        keys[holding.household].add(holding.key)
    came = {one: frozenset(found) for one, found in keys.items()}
    people = resolved.people
    waiting, free = dict(people), {one.household: one for one in known}
    ids: dict[str, str] = {}
    problems: list[Problem] = []

    def pair(same: Callable[[ListedPeople, KnownPeople], bool], message: str = "") -> None:
        pairs = _pairs(waiting, free, came, same)
        for one, other in _alone(pairs):
            ids[one] = other
            if message:
                problems.append(Problem(people[one].source, message, {"household": other}, "warning"))
            elif not free[other].of_list:
                facts = {"household": other}
                problems.append(Problem(people[one].source, "problem.list_known_holder", facts, "warning"))
            del waiting[one], free[other]

    pair(lambda one, other: bool(one.code) and fold(one.code) == fold(other.code))
    pair(lambda one, other: _is(one, other) and came[one.key] == other.keys)
    for one, other in _in_order(resolved, waiting, free, came):
        ids[one] = other
        facts = {"household": other}
        problems.append(Problem(people[one].source, "problem.list_same_land", facts, "warning"))
        del waiting[one], free[other]
    pair(lambda one, other: _is(one, other) and bool(came[one.key] & other.keys))
    pair(lambda one, other: _called(one, other) and _lives(one, other) and bool(came[one.key] & other.keys))
    pair(lambda one, other: _called(one, other) and bool(came[one.key] & other.keys))
    pair(lambda one, other: other.of_list and _is(one, other))
    pair(lambda one, other: other.of_list and came[one.key] == other.keys, "problem.list_other_name")
    fresh = {one: "H" + secrets.token_hex(8) for one in waiting}
    return Matched(ids | fresh, frozenset(fresh.values()), tuple(problems))


def _called(one: ListedPeople, other: KnownPeople) -> bool:
    return bool(other.name) and fold(one.name) == fold(other.name)


def _is(one: ListedPeople, other: KnownPeople) -> bool:
    """Whether name and hamlet are the same, accents and all."""
    return bool(other.name) and _person(one) == _person(other)


def _person(one: ListedPeople | KnownPeople) -> tuple[str, str]:
    return name_key(one.name), name_key(one.hamlet)


def _in_order(
    resolved: Resolved,
    waiting: Mapping[str, ListedPeople],
    free: Mapping[str, KnownPeople],
    came: Mapping[str, frozenset[Key]],
) -> list[tuple[str, str]]:
    """Households of one name, hamlet and land, as many as there were: in the order of their rows."""
    rows = {holding.household: holding.row for holding in reversed(resolved.holdings)}
    there: dict[object, list[KnownPeople]] = defaultdict(list)
    for other in free.values():
        if other.of_list and other.row:
            there[(*_person(other), other.keys)].append(other)
    here: dict[object, list[str]] = defaultdict(list)
    for key, one in waiting.items():
        here[(*_person(one), came[key])].append(key)
    return [
        (one, other.household)
        for group, ones in here.items()
        if len(ones) == len(there.get(group, ()))
        for one, other in zip(
            sorted(ones, key=rows.__getitem__), sorted(there[group], key=lambda one: one.row), strict=True
        )
    ]


def _lives(one: ListedPeople, other: KnownPeople) -> bool:
    return fold(one.hamlet) == fold(other.hamlet)


def _pairs(
    waiting: Mapping[str, ListedPeople],
    free: Mapping[str, KnownPeople],
    came: Mapping[str, frozenset[Key]],
    same: Callable[[ListedPeople, KnownPeople], bool],
) -> list[tuple[str, str]]:
    """All pairs that are the same; only those with a name, a code or a parcel in common are looked at."""
    places: dict[object, list[str]] = defaultdict(list)
    for other in free.values():
        for mark in {fold(other.name), fold(other.code), *other.keys} - {""}:
            places[mark].append(other.household)
    found: dict[tuple[str, str], None] = {}
    for one in waiting.values():
        for mark in {fold(one.name), fold(one.code), *came[one.key]} - {""}:
            for other_id in places.get(mark, ()):
                if same(one, free[other_id]):
                    found[one.key, other_id] = None
    return list(found)


def _alone(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs of which neither side is in another pair."""
    ones: dict[str, int] = defaultdict(int)
    others: dict[str, int] = defaultdict(int)
    for one, other in pairs:
        ones[one] += 1
        others[other] += 1
    return [(one, other) for one, other in pairs if ones[one] == others[other] == 1]
