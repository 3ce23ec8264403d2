"""What the search box is told while somebody types.

Names go out only to whoever may see them, and whoever may not cannot find by them: a viewer's search knows no
name at all. What was typed is in no address and no log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from gis.access import ROLES
from gis.maps.style import STUCK
from gis.milestones import CLASS_COLOURS, CLASSES
from gis.project import people
from gis.web.card import unit_title
from gis.web.posted import as_json, posted
from gis.web.prepared import Kept, classes_of
from gis.web.search_index import TEXT_MOST, LandIndex, PeopleIndex, search
from gis.web.search_looks import looks
from gis.web.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from gis.project import Project, Snapshot
    from gis.project.people import Person
    from gis.store.register import Household
    from gis.web.posted import Posted
    from gis.web.search_index import Hit

SEARCH: Final = "/tim"
SEEN: Final = "search"
VERSIONS_KEPT: Final = 3
HOLDERS_TOLD: Final = 2

_land: Final[Kept[LandIndex]] = Kept(VERSIONS_KEPT)
_making: Final = Lock()
_ids: Final[Kept[frozenset[str]]] = Kept(VERSIONS_KEPT)
# By whether names are in it; kept only until the register changes, so that what was erased is gone.
_people: Final[WeakKeyDictionary[Project, dict[bool, _Known]]] = WeakKeyDictionary()
_by_id: Final[WeakKeyDictionary[Project, tuple[Sequence[Person], dict[str, Person]]]] = WeakKeyDictionary()


def land_index(snapshot: Snapshot) -> LandIndex:
    """What can be found of a snapshot's boundary version, made at the first call."""
    communes = commune_names(snapshot)
    with _making:  # it takes seconds of a large project: nobody makes it a second time
        return _land.get(snapshot.boundary_sha, lambda: LandIndex.of(snapshot.units, communes))


def warm_search(project: Project, snapshot: Snapshot) -> None:
    """Prepare the search before somebody waits for it: seconds of a large project."""
    land_index(snapshot)
    for role in ROLES:
        people_index(project, snapshot, Visitor("", role))


def commune_names(snapshot: Snapshot) -> Mapping[str, str]:
    """Names of the old communes by code."""
    return {old.code: old.name for old in snapshot.plan.commune.old_communes}


def people_index(project: Project, snapshot: Snapshot, visitor: Visitor) -> PeopleIndex:
    """The households that a visitor may find: by name and hamlet, or by code alone.

    Those that the ledger names and the register does not know have a code alone.
    """
    everybody, names = people.people(project), visitor.may("names")
    ledger = _ids.get(snapshot.head.hash, lambda: frozenset(snapshot.state.told_of))
    kept = _people.setdefault(project, {})
    if names in kept and kept[names].is_of(everybody, ledger):
        return kept[names].index
    known = {one for person in everybody for one in person.ids}
    strangers = sorted(ledger - known)
    if names:
        named = ((one.ids, one.household.name, one.household.hamlet) for one in everybody)
        index = PeopleIndex.of_people([*named, *(((one,), "", "") for one in strangers)])
    else:
        index = PeopleIndex.of_codes([*(one.ids for one in everybody), *((one,) for one in strangers)])
    kept[names] = _Known(everybody, ledger, index)
    return index


def known_people(project: Project) -> Mapping[str, Person]:
    """Every household that the register knows, by each of its ids."""
    everybody = people.people(project)
    kept = _by_id.get(project)
    if kept is None or kept[0] is not everybody:
        kept = (everybody, {one: person for person in everybody for one in person.ids})
        _by_id[project] = kept
    return kept[1]


@dataclass(frozen=True, slots=True)
class _Known:
    """An index of households, and what it was made of."""

    everybody: Sequence[Person]
    ledger: frozenset[str]
    index: PeopleIndex

    def is_of(self, everybody: Sequence[Person], ledger: frozenset[str]) -> bool:
        return self.everybody is everybody and (self.ledger is ledger or self.ledger == ledger)


def search_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The route of the search box.

    Args:
        project_of: The open project.
    """
    return [posted(SEARCH, project_of, found)]


def found(asked: Posted) -> Response:
    """What the text `q` means on the day, as rows for a list, and how many there are in words."""
    text, snapshot, words = asked.text("q", TEXT_MOST), asked.snapshot, asked.words
    land = land_index(snapshot)
    present = asked.project.snapshot(snapshot.on)  # who may be found is the same on all days
    hits, more = search(land, people_index(asked.project, present, asked.visitor), text)
    rows = _Rows(asked, land, hits)
    said = "search.more" if more else "search.count" if hits else "search.none"
    return as_json({"hits": [rows.row(hit) for hit in hits], "said": words(said, count=len(hits))})


class _Rows:
    """The rows of some hits, with what they need looked up at once."""

    def __init__(self, asked: Posted, land: LandIndex, hits: Sequence[Hit]) -> None:
        self._words, self._snapshot, self._land = asked.words, asked.snapshot, land
        units = [str(hit.key) for hit in hits if hit.kind == "unit"]
        self._facts = unit_facts(self._snapshot, units)
        asked.project.prepare(units)
        self._communes = commune_names(self._snapshot)
        ids = [str(hit.key) for hit in hits if hit.kind == "household"]
        self._names: Mapping[str, Household] = named(asked, ids, SEEN) if asked.visitor.may("names") else {}

    def row(self, hit: Hit) -> dict[str, object]:
        """One row: `kind`, `key`, `title`, `where`, and of a unit its class."""
        if hit.kind == "unit":
            return self._unit(str(hit.key))
        if hit.kind == "household":
            return self._household(str(hit.key))
        one = self._land.named[int(hit.key)]
        return {
            "kind": hit.kind,
            "key": [one.commune, one.name],
            "title": self._words(f"search.{hit.kind}", name=one.name),
            "where": self._words(
                "search.parcels_in",
                count=len(one.places),
                commune=self._communes.get(one.commune, one.commune),
            ),
        }

    def _unit(self, parcel_id: str) -> dict[str, object]:
        (kind, commune, sheet, number, name), class_, m2 = self._facts[parcel_id]
        holders = [one.household for one in self._snapshot.state.of_parcel(parcel_id)]
        parts = (
            self._communes.get(commune, commune),
            self._words.m2(m2) if m2 else self._words("card.outside"),
            ", ".join(holders[:HOLDERS_TOLD]) + ("…" if len(holders) > HOLDERS_TOLD else ""),
        )
        return {
            "kind": "unit",
            "key": parcel_id,
            "title": unit_title(kind, sheet, number, name, self._words),
            "where": " · ".join(part for part in parts if part),
            "class": self._words(f"class.{class_}"),
            "colour": CLASS_COLOURS[class_],
            "stuck": class_ == STUCK,
        }

    def _household(self, household_id: str) -> dict[str, object]:
        person = self._names.get(household_id)
        home = (person.hamlet, self._communes.get(person.commune, person.commune)) if person else ()
        return {
            "kind": "household",
            "key": household_id,
            "title": (person.name if person else "") or household_id,
            "where": " · ".join(part for part in (household_id, *home) if part),
        }


def named(asked: Posted, ids: Iterable[str], what: str) -> Mapping[str, Household]:
    """The register's entries of households that are about to be shown, once that look is logged.

    Args:
        asked: By whom; it must be somebody who may see names.
        ids: Of whom.
        what: Where, an id of the catalogues' family `seen`.
    """
    asked.visitor.require("names")
    by_id = known_people(asked.project)
    households = {one: by_id[one].household for one in ids if one in by_id}
    called = [one for one, household in households.items() if household.name]
    looks.note(asked.project, asked.visitor, what, called, datetime.now(UTC))
    return households


def unit_facts(snapshot: Snapshot, ids: Sequence[str]) -> dict[str, tuple[list[str], str, float]]:
    """Of some units: kind, old commune, sheet, number and name; class; square metres inside the zones."""
    places = snapshot.units.index.get_indexer(list(ids))
    rows = zip(*(column[places] for column in land_index(snapshot).facts[:5]), strict=True)
    codes = classes_of(snapshot).codes[places]
    parts_m2 = snapshot.boundaries.parts_m2
    return {
        one: (list(row), CLASSES[code], sum(parts_m2.get(one, {}).values()))
        for one, row, code in zip(ids, rows, codes.tolist(), strict=True)
    }
