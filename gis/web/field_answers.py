"""What the field page is told: parcels found, one parcel as it stands, and the parcels of a sheet.

Lists that stay on a phone hold no names: codes of households alone. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.milestones import CLASS_COLOURS
from gis.project.entry_words import part_words
from gis.web.card import commune_name, title, zone_area
from gis.web.search_index import FOUND_MOST, search
from gis.web.search_land import Chosen, parcels_of
from gis.web.search_routes import land_index, people_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis.ledger.state import HoldingState
    from gis.project import Project, Snapshot
    from gis.store.register import Household
    from gis.texts import Texts
    from gis.web.visitors import Visitor

LIST_MOST: Final = 10_000  # parcels that one list may hold: about a megabyte, packed a fifth of it


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, in which language, and what holds today.

    Args:
        project: The open project.
        snapshot: Today's, by the whole ledger.
        visitor: Whoever the door let in.
        words: Language.
    """

    project: Project
    snapshot: Snapshot
    visitor: Visitor
    words: Texts


@dataclass(frozen=True, slots=True)
class Answer:
    """What is told, and the households whose names it tells."""

    content: dict[str, object]
    named: tuple[str, ...] = ()


def found(asking: Asking, text: str) -> Answer:
    """The parcels that a search means, and those of the households that it means, the best first."""
    snapshot = asking.snapshot
    hits, more = search(
        land_index(snapshot), people_index(asking.project, snapshot, asking.visitor), text, FOUND_MOST
    )
    holders: dict[str, str] = {}  # of each parcel the household by which it was found, "" where by itself
    for hit in hits:
        if hit.kind == "unit":
            holders.setdefault(str(hit.key), "")
        elif hit.kind == "household" and len(holders) < FOUND_MOST:
            household = str(hit.key)
            for parcel in parcels_of(asking.project, snapshot, Chosen("household", household)):
                holders.setdefault(parcel, household)
    shown = dict(list(holders.items())[:FOUND_MOST])
    wanted = set(shown.values()) - {""}
    persons = asking.project.households(wanted) if asking.visitor.may("names") else {}
    rows = [_row(asking, one, persons.get(holder)) for one, holder in shown.items()]
    named = sorted(one for one, person in persons.items() if person.name)
    return Answer({"found": rows, "more": more or len(holders) > len(shown)}, tuple(named))


def _row(asking: Asking, parcel_id: str, person: Household | None) -> dict[str, object]:
    snapshot, words = asking.snapshot, asking.words
    card = snapshot.card(parcel_id)
    return {
        "id": parcel_id,
        "title": title(card, words),
        "commune": commune_name(card, snapshot.plan),
        "class": card.class_,
        "who": person.name if person else "",
    }


def parcel(asking: Asking, parcel_id: str) -> Answer | None:
    """A parcel as it stands: class, areas, who holds it, what each reached; None where there is none.

    `seen` is the last entry that speaks of it: a mark that names it is refused once somebody wrote since.
    """
    snapshot, words = asking.snapshot, asking.words
    if parcel_id not in snapshot.units.index:
        return None
    card = snapshot.card(parcel_id)
    ids = [holding.household for holding in card.holdings]
    known = asking.project.households(ids) if asking.visitor.may("names") else {}
    told: dict[str, object] = {
        "id": parcel_id,
        "title": title(card, words),
        "commune": commune_name(card, snapshot.plan),
        "class": card.class_,
        "zones": [[snapshot.plan.zone(zone).name, zone_area(card, zone, words)] for zone in card.zones_m2],
        "holdings": [_holding(one, known, words) for one in card.holdings],
        "obstacles": [words(f"obstacle.{one.category}") for one in card.obstacles],
        "seen": card.last_seq,
        "known": snapshot.known,
        "on": snapshot.on.isoformat(),
    }
    return Answer(told, tuple(sorted(known)))


def _holding(holding: HoldingState, known: Mapping[str, Household], words: Texts) -> dict[str, object]:
    person = known.get(holding.household)
    return {
        "household": holding.household,
        "name": person.name if person else "",
        "hamlet": person.hamlet if person else "",
        "part": part_words(holding.part, words),
        "reached": {
            step: {"on": reached.on.isoformat(), "until": reached.not_later_than}
            for step, reached in holding.milestones.items()
        },
    }


def sheets(snapshot: Snapshot) -> list[tuple[str, str, int]]:
    """Old commune, sheet and how many parcels it has, in the order in which people count."""
    units = snapshot.units
    counted = units[units["kind"] == "parcel"].groupby(["commune", "sheet"]).size()
    rows = [(str(key[0]), str(key[1]), int(count)) for key, count in counted.items()]
    return sorted(rows, key=lambda row: (row[0], _counted(row[1])))


def _counted(sheet: str) -> tuple[int, int, str]:
    return (0, int(sheet), "") if sheet.isascii() and sheet.isdigit() else (1, 0, sheet)


def in_sheet(snapshot: Snapshot, commune: str | None, sheet: str | None) -> Sequence[str]:
    """The ids of a sheet's parcels, or of all units where none is named."""
    units = snapshot.units
    if commune is None or sheet is None:
        return [str(one) for one in units.index]
    return [str(one) for one in units.index[(units["commune"] == commune) & (units["sheet"] == sheet)]]


def listed(asking: Asking, ids: Iterable[str]) -> dict[str, object]:
    """Parcels for use without network, without names: as `parcel` tells each, as short rows.

    A row: id, old commune, sheet, number, class, seen, and for each holding [household, part, reached
    milestones]. Areas stay out: the list is for finding and marking.
    """
    snapshot, words = asking.snapshot, asking.words
    chosen = list(ids)
    parts = snapshot.units.loc[chosen, ["commune", "sheet", "number", "name"]].itertuples(index=False)
    classes = snapshot.classes
    rows = [
        [
            parcel_id,
            unit.commune,
            unit.sheet,
            unit.number,
            str(classes[parcel_id]),
            snapshot.state.last_seq(parcel_id),
            [
                [one.household, part_words(one.part, words), list(one.milestones)]
                for one in snapshot.state.of_parcel(parcel_id)
            ],
            "" if unit.sheet else unit.name,
        ]
        for parcel_id, unit in zip(chosen, parts, strict=True)
    ]
    return {"rows": rows, "known": snapshot.known, "on": snapshot.on.isoformat()}


def looks(words: Texts) -> dict[str, tuple[str, str]]:
    """The name and colour of each class."""
    return {name: (words(f"class.{name}"), colour) for name, colour in CLASS_COLOURS.items()}
