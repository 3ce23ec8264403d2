"""The households of a project as people ask for them: lists, searches, hamlets, officers, history.

Names leave these functions only to the clearance team's own pages and commands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self
from weakref import WeakKeyDictionary

from gis.errors import Problem, RefusedError
from gis.store import register
from gis.store.register_changes import Change, read_changes
from gis.vietnamese import fold, nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.state import HoldingState, State
    from gis.project.project import Project
    from gis.store.register import Household

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Hamlet:
    """A hamlet: its name repeats from commune to commune, so the old commune's code is part of it."""

    commune: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The hamlet of "15910/Thôn 1".

        >>> Hamlet.parse("15910/Thôn 1")
        Hamlet(commune='15910', name='Thôn 1')
        """
        commune, _, name = nfc(text).partition("/")
        return cls(commune.strip(), " ".join(name.split()))

    def __str__(self) -> str:
        """As `parse` reads it."""
        return f"{self.commune}/{self.name}"


@dataclass(frozen=True)
class Person:
    """A household that counts, and the ids under which it was entered again."""

    household: Household
    members: tuple[str, ...] = ()

    @cached_property
    def folded(self) -> str:
        """What a search looks into."""
        return fold(" ".join((*self.ids, self.household.name, self.household.hamlet)))

    @property
    def household_id(self) -> str:
        """The id that counts."""
        return self.household.household_id

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids under which the ledger may speak of it."""
        return (self.household_id, *self.members)

    @property
    def hamlet(self) -> Hamlet | None:
        """Where it lives, None where that is not known."""
        if not self.household.hamlet:
            return None
        return Hamlet(self.household.commune, self.household.hamlet)


def aliases(project: Project) -> Mapping[str, str]:
    """Of each household that was entered twice, the id that counts."""
    with project.ledger.reading() as connection:
        return register.read_aliases(connection)


def people(project: Project) -> Sequence[Person]:
    """Every household that counts, by commune, hamlet and name; erased ones last."""
    with project.ledger.reading() as connection:
        version = register.read_version(connection)
        kept = _kept.get(project)
        if kept is not None and kept[0] == version:
            return kept[1]
        rows = register.read_rows(connection)
    found = tuple(persons(rows))
    _kept[project] = (version, found)
    return found


# A page asks for everybody on each click; names stay in memory only until the register changes.
_kept: WeakKeyDictionary[Project, tuple[object, tuple[Person, ...]]] = WeakKeyDictionary()


def persons(rows: Mapping[str, Household]) -> list[Person]:
    """The households that count, each with the ids that were merged into it."""
    merged = {one.household_id: one.merged_into for one in rows.values() if one.merged_into}
    members: dict[str, list[str]] = {}
    for one, root in register.roots_of(merged).items():
        members.setdefault(root, []).append(one)
    found = [
        Person(household, tuple(sorted(members.get(household.household_id, ()))))
        for household in rows.values()
        if household.merged_into is None
    ]
    return sorted(found, key=_order)


def _order(person: Person) -> tuple[object, ...]:
    one = person.household
    # People read hamlet by hamlet: "Thôn 2" before "Thôn 10"; what has no hamlet comes after.
    erased, nowhere = one.erased_at is not None, not one.hamlet
    hamlet = [(int(part), "") if part.isdigit() else (-1, part) for part in _DIGITS.split(fold(one.hamlet))]
    return (erased, nowhere, one.commune, hamlet, fold(one.name), one.name, one.household_id)


def person(project: Project, household_id: str) -> Person:
    """The household that an id stands for, itself or what it was merged into.

    Raises:
        RefusedError: If the register does not know it.
    """
    with project.ledger.reading() as connection:
        merged = register.read_aliases(connection)
        root = merged.get(household_id, household_id)
        household = known_row(register.read_rows(connection, [root]), root)
    return Person(household, tuple(sorted(one for one, other in merged.items() if other == root)))


def find(
    everybody: Iterable[Person], text: str = "", *, hamlet: Hamlet | None = None, officer: str | None = None
) -> list[Person]:
    """The households that a search means, in the order given.

    Args:
        everybody: As `people` gives them.
        text: Without accents if wanted; each word begins a word of code, name or hamlet, or the whole
            stands in one of them.
        hamlet: Only of this hamlet of this commune.
        officer: Only of this officer; "" of none.
    """
    wanted = fold(text)
    return [
        one
        for one in everybody
        if (hamlet is None or one.hamlet == hamlet)
        and (officer is None or one.household.officer == officer)
        and (not wanted or _means(one, wanted))
    ]


def _means(one: Person, wanted: str) -> bool:
    if wanted in one.folded:
        return True
    begun = one.folded.split()
    return all(any(word.startswith(part) for word in begun) for part in wanted.split())


def hamlets(everybody: Iterable[Person]) -> dict[Hamlet, int]:
    """How many households each hamlet has, in the order given."""
    counts: dict[Hamlet, int] = {}
    for one in everybody:
        if one.hamlet is not None:
            counts[one.hamlet] = counts.get(one.hamlet, 0) + 1
    return counts


def officers(everybody: Iterable[Person]) -> dict[str, int]:
    """How many households each officer has, by account; "" those without one."""
    counts: dict[str, int] = {}
    for one in everybody:
        counts[one.household.officer] = counts.get(one.household.officer, 0) + 1
    return dict(sorted(counts.items()))


def history(project: Project, household_id: str) -> list[Change]:
    """What was changed of a household and of those merged into it, the oldest first."""
    ids = person(project, household_id).ids
    with project.ledger.reading() as connection:
        return read_changes(connection, ids)


def held_by(state: State) -> dict[str, list[HoldingState]]:
    """What each household id holds on the day, by parcel."""
    found: dict[str, list[HoldingState]] = {}
    for parcel in state.parcels:  # once through, each parcel's story while it is at hand
        for holding in state.of_parcel(parcel):
            found.setdefault(holding.household, []).append(holding)
    return {household: sorted(holdings, key=_parcel_of) for household, holdings in sorted(found.items())}


def _parcel_of(holding: HoldingState) -> str:
    return holding.parcel


def of_hamlet(project: Project, hamlet: Hamlet) -> list[Person]:
    """The households of a hamlet.

    Raises:
        RefusedError: If nobody lives there, with the hamlets that there are.
    """
    everybody = people(project)
    found = find(everybody, hamlet=hamlet)
    if not found:
        facts = {"found": str(hamlet), "known": ", ".join(map(str, hamlets(everybody)))}
        raise RefusedError(problems=[Problem("", "refused.unknown_hamlet", facts)])
    return found


def known_row(rows: Mapping[str, Household], household_id: str) -> Household:
    """The register's own row of an id.

    Raises:
        RefusedError: If there is none.
    """
    found = rows.get(household_id)
    if found is None:
        raise RefusedError(problems=[Problem(household_id, "refused.unknown_household")])
    return found
