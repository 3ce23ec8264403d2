"""One search for parcels, public features, sheets, field names and households, as somebody types.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np

from gis.vietnamese import fold
from gis.web.search_lines import INSIDE, Lines
from gis.web.search_words import read, toned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.web.search_words import Wanted

Kind: TypeAlias = Literal["sheet", "field", "unit", "household"]

TEXT_MOST: Final = 100  # letters that one search may have
FEATURE: Final = "feature"
FACTS: Final = ("kind", "commune", "sheet", "number", "name", "land_use")
FOUND_MOST: Final = 20
NAMED_MOST: Final = 5  # sheets, fields and features that one answer tells: parcels must not be pushed out
NAME_LEAST: Final = 2  # letters of a name: fewer mean half of the commune
LIKE: Final = INSIDE + 1  # the rank of what fits only without the accents that were typed
_DIGITS: Final = re.compile(r"(\d+)")
_WITH_COMMUNE: Final = re.compile(r"\d{5}(/|$)")


@dataclass(frozen=True, slots=True)
class Named:
    """Land that has a name: a map sheet, the fields of one name (xứ đồng), or one public feature.

    Args:
        kind: Which of the three.
        commune: The old commune's code; "" where there is none.
        name: As it is shown; of a public feature its id.
        places: Of its parcels among the units.
    """

    kind: Kind
    commune: str
    name: str
    places: array[int]


@dataclass(frozen=True, slots=True)
class LandIndex:
    """What can be found of a boundary version.

    Args:
        ids: Of the units, in the order in which they are told: commune, sheet, number as people count.
        places: Where each of them stands among the units.
        facts: Columns of the units by their places: kind, commune, sheet, number, name, land use.
        labels: Their numbers and ids, in that order.
        named: Sheets, field names, public features.
        names: Their lines.
        communes: Folded names of the old communes by code.
        exact: Ids by each folded label.
    """

    ids: tuple[str, ...]
    places: NDArray[np.int64]
    facts: tuple[NDArray[np.object_], ...]
    labels: Lines
    named: tuple[Named, ...]
    names: Lines
    communes: Mapping[str, str]
    exact: Mapping[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    def of(cls, units: gpd.GeoDataFrame, communes: Mapping[str, str]) -> LandIndex:
        """The index of parcels and public features.

        Args:
            units: Index `parcel_id`; columns `FACTS`.
            communes: Names of the old communes by code.
        """
        facts = tuple(units[name].fillna("").to_numpy(dtype=object) for name in FACTS)
        rows = [_Unit(at, *row) for at, row in enumerate(zip(map(str, units.index), *facts[:5], strict=True))]
        folded = _once(fold)
        order = _told_order(rows)
        exact: dict[str, list[str]] = {}
        lines = []
        for row in order:
            labels = row.labels(folded)
            for label in labels:
                exact.setdefault(label, []).append(row.parcel_id)
            lines.append((*map(_whole, labels), folded(row.number)))
        named = _named(order)
        called = {code: fold(name) for code, name in communes.items()}
        own = {row.parcel_id: fold(row.name) for row in order if row.kind == FEATURE}
        return cls(
            tuple(row.parcel_id for row in order),
            np.array([row.at for row in order], dtype=np.int64),
            facts,
            Lines.of(lines),
            named,
            Lines.of(_keys(one, called.get(one.commune, ""), own) for one in named),
            called,
            {label: tuple(found) for label, found in exact.items()},
        )

    def whole(self, text: str) -> tuple[str, ...]:
        """The ids that a text names as a whole: an id, a feature's code, sheet/number, commune/sheet/number.

        In the order in which they are told; none where it names nothing.
        """
        found = (self.exact.get(label, ()) for label in self.asked(read(text).label))
        return tuple(dict.fromkeys(one for some in found for one in some))

    def asked(self, label: str) -> tuple[str, ...]:
        """The labels that a typed one means: "7/12 trinh" names the old commune too.

        A name of a commune alone is none: it means the whole of its land.
        """
        words = label.split(" ")
        figures = [word for word in words if any(map(str.isdigit, word))]
        if len(figures) != 1 or len(words) == 1:
            return (label,)
        names = [word for word in words if word not in figures]
        return tuple(
            f"{code}/{figures[0]}"
            for code, called in sorted(self.communes.items())
            if all(any(one.startswith(word) for one in called.split(" ")) for word in names)
        ) or (label,)


def _once(work: Callable[[str], str]) -> Callable[[str], str]:
    """The same function, that works each text out once."""
    return lru_cache(maxsize=100_000)(work)


def _whole(label: str) -> str:
    """A label as the lines hold it: with a commune's code apart from sheets that begin with its figures.

    >>> _whole("15910/7/12"), _whole("7/12"), _whole("159")
    ('=15910/7/12', '7/12', '159')
    """
    return f"={label}" if _WITH_COMMUNE.match(label) else label


@dataclass(frozen=True, slots=True)
class _Unit:
    at: int
    parcel_id: str
    kind: str
    commune: str
    sheet: str
    number: str
    name: str

    def labels(self, folded: Callable[[str], str]) -> tuple[str, ...]:
        """Whole names of the unit: with the commune, without it, its id."""
        number, own = folded(self.number), self.parcel_id.casefold()
        if not self.sheet:
            return tuple(filter(None, (number, own)))
        short = f"{folded(self.sheet)}/{number}"
        return f"{self.commune}/{short}", short, own


def _told_order(rows: Sequence[_Unit]) -> list[_Unit]:
    """Parcels by commune, sheet and number as people count, then public features; ties by id."""
    texts = {part for row in rows for part in (row.sheet, row.number)}
    counted = {text: at for at, text in enumerate(sorted(texts, key=lambda text: (natural(text), text)))}

    def key(row: _Unit) -> tuple[object, ...]:
        return row.kind == FEATURE, row.commune, counted[row.sheet], counted[row.number], row.parcel_id

    return sorted(rows, key=key)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A key by which numbers in texts sort as numbers.

    >>> sorted(["10", "9a", "9", "K2"], key=natural)
    ['9', '9a', '10', 'K2']
    """
    pieces = (piece for piece in _DIGITS.split(text) if piece)
    return tuple(
        (0, int(one), "") if one.isascii() and one.isdigit() else (1, 0, fold(one)) for one in pieces
    )


def _named(order: Sequence[_Unit]) -> tuple[Named, ...]:
    sheets: dict[tuple[str, str], array[int]] = {}
    fields: dict[tuple[str, str], array[int]] = {}
    features = []
    for row in order:
        if row.kind == FEATURE:
            features.append(Named("unit", row.commune, row.parcel_id, array("q", [row.at])))
            continue
        sheets.setdefault((row.commune, row.sheet), array("q")).append(row.at)
        if row.name:
            fields.setdefault((row.commune, row.name), array("q")).append(row.at)
    by_name = sorted(fields.items(), key=lambda one: (fold(one[0][1]), one[0]))
    return (
        *(Named("sheet", commune, name, places) for (commune, name), places in sheets.items()),
        *(Named("field", commune, name, places) for (commune, name), places in by_name),
        *features,
    )


def _keys(one: Named, commune: str, features: Mapping[str, str]) -> tuple[str, ...]:
    if one.kind == "unit":
        return (features[one.name],)
    # The commune's name narrows other words down; by itself it would stand before every name that begins so.
    where = " ".join(f"@{word}" for word in commune.split(" ") if word)
    name = fold(one.name)
    if one.kind == "field":
        return name, where
    return f"to {name}", name, _whole(f"{one.commune}/{name}"), f"{one.commune}/to {name}", where


@dataclass(frozen=True, slots=True)
class PeopleIndex:
    """What can be found of households: their codes alone, or names and hamlets too.

    Args:
        ids: Of the households that count, in the order in which they are told.
        folded: Their lines without accents.
        toned: The same lines with accents: who types accents means them. None for codes alone.
    """

    ids: tuple[str, ...]
    folded: Lines
    toned: Lines | None = None

    @classmethod
    def of_codes(cls, households: Iterable[Sequence[str]]) -> PeopleIndex:
        """An index that knows no name.

        Args:
            households: All ids of each household, the one that counts first.
        """
        rows = sorted(tuple(ids) for ids in households)
        return cls(tuple(row[0] for row in rows), Lines.of([fold(one) for one in row] for row in rows))

    @classmethod
    def of_people(cls, households: Iterable[tuple[Sequence[str], str, str]]) -> PeopleIndex:
        """An index of names.

        Args:
            households: All ids of each household, the one that counts first; its name; its hamlet.
        """
        rows = list(households)
        return cls(
            tuple(ids[0] for ids, _, _ in rows),
            Lines.of((*map(fold, ids), fold(name), fold(hamlet)) for ids, name, hamlet in rows),
            Lines.of((toned(name), toned(hamlet)) for _, name, hamlet in rows),
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, its key, and how well it fits.

    Args:
        kind: What it is.
        key: A unit's or a household's id; of a sheet or a field its place in `LandIndex.named`.
        rank: `EXACT`, `BEGINS`, `WORD` or `INSIDE` of `search_lines`, or `LIKE`.
    """

    kind: Kind
    key: str | int
    rank: int


def search(
    land: LandIndex, people: PeopleIndex, text: str, most: int = FOUND_MOST
) -> tuple[tuple[Hit, ...], bool]:
    """What a typed text means, the best first.

    Better fits stand first; of equal ones sheets, fields and public features, then parcels and households:
    those first that such a text rather means, parcels where it has a figure, households where it has none.
    Within a kind the index's own order decides, so that the same text always gives the same answer.

    Args:
        land: Parcels and public features.
        people: The households that whoever asks may find.
        text: As typed.
        most: So many at most.

    Returns:
        What was found, and whether there is more.
    """
    wanted = read(text)
    begun = islice(land.names.ranked(wanted.text, inside=False), NAMED_MOST)
    named = [_named_hit(land, line, rank) for rank, line in begun]
    units = [Hit("unit", land.ids[line], rank) for rank, line in _units(land, wanted.label, most + 1)]
    persons = _persons(people, wanted, most + 1)
    figures = any(map(str.isdigit, wanted.label))
    both = (units, persons) if figures else (persons, units)
    best: dict[tuple[Kind, str | int], Hit] = {}
    for hit in sorted(
        (*named, *both[0], *both[1]), key=lambda hit: hit.rank
    ):  # stable: the order above decides
        best.setdefault((hit.kind, hit.key), hit)
    return tuple(best.values())[:most], len(best) > most


def _named_hit(land: LandIndex, line: int, rank: int) -> Hit:
    one = land.named[line]
    return Hit("unit", one.name, rank) if one.kind == "unit" else Hit(one.kind, line, rank)


def _units(land: LandIndex, label: str, most: int) -> list[tuple[int, int]]:
    inside = _may_be_inside(label)
    found = [
        one
        for asked in land.asked(label)
        for one in islice(land.labels.ranked(_whole(asked), inside=inside, apart=False), most)
    ]
    return sorted(found, key=lambda one: one[0])[:most]


def _may_be_inside(label: str) -> bool:
    """Whether a label may stand inside others: 8/1 is not meant by 18/1, and a name has no figures."""
    return "/" not in label and any(map(str.isdigit, label))


def _persons(people: PeopleIndex, wanted: Wanted, most: int) -> list[Hit]:
    """Households: those that fit with their accents before the others."""
    if len(wanted.text) < NAME_LEAST:
        return []
    found: dict[int, int] = {}
    if wanted.toned and people.toned is not None:
        accented = people.toned.ranked(wanted.toned, inside=False, apart=False)
        found |= {line: rank for rank, line in islice(accented, most)}
    for rank, line in islice(people.folded.ranked(wanted.text), most):
        found.setdefault(line, LIKE if wanted.toned else rank)
    return [Hit("household", people.ids[line], rank) for line, rank in list(found.items())[:most]]


def matching(land: LandIndex, people: PeopleIndex, text: str) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """All that a text means.

    Args:
        land: Parcels and public features.
        people: The households that whoever asks may find.
        text: As typed.

    Returns:
        Places among the units, ascending; and ids of households.
    """
    wanted = read(text)
    inside = _may_be_inside(wanted.label)
    lines = [land.labels.every(_whole(one), inside=inside, apart=False) for one in land.asked(wanted.label)]
    named = land.names.every(wanted.text, inside=False)
    found = [*(land.places[some] for some in lines), *(np.asarray(land.named[line].places) for line in named)]
    persons = people.folded.every(wanted.text) if len(wanted.text) >= NAME_LEAST else ()
    return np.unique(np.concatenate(found)), tuple(people.ids[line] for line in persons)
