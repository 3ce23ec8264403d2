"""What a script asks of the list of parcels, read strictly, and the units that it means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from gis.errors import WrongViewError
from gis.maps.features import units_in_view
from gis.maps.layers import CLASS_LAYER, LAYERS
from gis.milestones import CLASSES
from gis.project import people
from gis.store.stories import read_last_seqs
from gis.web.map_layers import paint_of
from gis.web.map_params import bbox_of
from gis.web.parcel_table import SORTS, Asked, Table
from gis.web.prepared import Kept, classes_of, prepared_units
from gis.web.search_index import TEXT_MOST, matching
from gis.web.search_land import ID_MOST, Chosen, parcels_of
from gis.web.search_routes import land_index, people_index

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray

    from gis.maps.layers import Paint
    from gis.project import Project, Snapshot
    from gis.web.parcel_table import Found, Sort
    from gis.web.posted import Posted

Held: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.int64], list[str]]"

FIRST_MOST: Final = 10_000_000
NAMES_MOST: Final = 100  # lines of a legend
FEW_HOUSEHOLDS: Final = 3  # so many are asked one by one, of more all holdings are gone through
_tables: Final[Kept[Table]] = Kept(3)
_lasts: Final[Kept[NDArray[np.int64]]] = Kept(3)
_holdings: Final[Kept[Held]] = Kept(3)


@dataclass(frozen=True)
class ListAsked:
    """A question to the list.

    Args:
        posted: As it came.
    """

    posted: Posted

    @property
    def snapshot(self) -> Snapshot:
        """The moment that is asked about."""
        return self.posted.snapshot

    @cached_property
    def zones(self) -> tuple[str, ...] | None:
        """The leaf zones of the zone that is asked for; None: all land."""
        zone = self._one_of("zone", [one.zone_id for one in self.snapshot.plan.zones])
        return self.snapshot.plan.leaf_ids(zone) if zone else None

    @cached_property
    def found(self) -> Found:
        """The units that are meant, sorted.

        Raises:
            WrongViewError: If a part of the question is not what it must be.
        """
        posted, snapshot = self.posted, self.snapshot
        class_ = self._one_of("class", CLASSES)
        sort: Sort = next(one for one in SORTS if one == (self._one_of("sort", SORTS) or SORTS[1]))
        asked = Asked(
            zones=self.zones,
            commune=posted.text("commune", ID_MOST),
            class_code=CLASSES.index(class_) if class_ else None,
            land_use=posted.text("land_use", ID_MOST),
            kept=tuple(self._kept()),
        )
        last = last_seqs(posted.project, snapshot) if sort == "last" else None
        codes = classes_of(snapshot).codes
        return table_of(snapshot).look_up(asked, codes, sort, last, down=posted.told.get("down") is True)

    def _kept(self) -> Iterator[NDArray[np.int64] | NDArray[np.bool_]]:
        """What the legend, a chosen household or sheet, a text and the view of the map keep."""
        posted, snapshot = self.posted, self.snapshot
        only = posted.told.get("only")
        if only:
            paint = self._paint()
            kept = [at for at, name in enumerate(paint.names) if name in self._texts(only, "only")]
            yield np.isin(paint.codes, kept)
        if land := posted.told.get("land"):
            yield _places(snapshot, parcels_of(posted.project, snapshot, _chosen(land)))
        if text := posted.text("text", TEXT_MOST).strip():
            yield self._means(text)
        if box := posted.told.get("box"):
            parts = box if isinstance(box, list) else []
            yield units_in_view(prepared_units.of(snapshot), bbox_of(",".join(map(str, parts))[:200]))

    def _paint(self) -> Paint:
        layer = self._one_of("layer", LAYERS) or CLASS_LAYER
        return paint_of(self.posted.project, self.snapshot, layer)

    def _means(self, text: str) -> NDArray[np.int64]:
        posted, snapshot = self.posted, self.snapshot
        present = posted.project.snapshot(snapshot.on)
        known = people_index(posted.project, present, posted.visitor)
        places, households = matching(land_index(snapshot), known, text)
        return np.union1d(places, held_places(posted.project, snapshot, households))

    def _one_of(self, name: str, allowed: Collection[str]) -> str:
        value = self.posted.text(name, ID_MOST)
        if value and value not in allowed:
            raise WrongViewError(name=name, found=value, expected=", ".join(list(allowed)[:5]) + ", …")
        return value

    def _texts(self, value: object, name: str) -> frozenset[str]:
        if not isinstance(value, list) or len(value) > NAMES_MOST:
            raise WrongViewError(name=name, found="…", expected="[a, b, c]")
        return frozenset(map(str, value))


def _chosen(value: object) -> Chosen:
    told = value if isinstance(value, dict) else {}
    kind, name, commune = (str(told.get(part, ""))[:ID_MOST] for part in ("kind", "name", "commune"))
    return Chosen(kind, name, commune)


def table_of(snapshot: Snapshot) -> Table:
    """The columns of a snapshot's boundary version, made at the first call."""
    told = land_index(snapshot).places
    return _tables.get(
        snapshot.boundary_sha, lambda: Table.of(snapshot.units, snapshot.boundaries.cells, told)
    )


def last_seqs(project: Project, snapshot: Snapshot) -> NDArray[np.int64]:
    """The last entry that speaks of each unit, by place; 0 where none does."""

    def read() -> NDArray[np.int64]:
        with project.ledger.reading() as connection:
            last = read_last_seqs(connection, snapshot.known)
        seqs = np.zeros(len(snapshot.units), dtype=np.int64)
        places = snapshot.units.index.get_indexer(pd.Index(list(last), dtype="str"))
        seqs[places[places >= 0]] = np.array(list(last.values()), dtype=np.int64)[places >= 0]
        return seqs

    return _lasts.get((snapshot.head.hash, snapshot.boundary_sha, snapshot.known), read)


def held_places(project: Project, snapshot: Snapshot, households: Collection[str]) -> NDArray[np.int64]:
    """The places of the parcels that some households hold on the day."""
    if len(households) <= FEW_HOUSEHOLDS:
        held = {
            parcel
            for household in households
            for parcel in parcels_of(project, snapshot, Chosen("household", household))
        }
        return _places(snapshot, held)
    merged = people.aliases(project)
    wanted = set(households)
    parcels, codes, ids = _holdings.get(
        (snapshot.head.hash, snapshot.boundary_sha, snapshot.on, snapshot.known),
        lambda: _held(project, snapshot),
    )
    theirs = np.array([merged.get(one, one) in wanted for one in ids], dtype=bool)
    return np.unique(parcels[theirs[codes]]) if len(ids) else parcels


def _held(project: Project, snapshot: Snapshot) -> Held:
    """The place of the parcel of every holding, its household's code, and the ids by code."""
    holdings, _ = project.land(snapshot)
    places = snapshot.units.index.get_indexer(holdings["parcel_id"])
    codes, ids = pd.factorize(holdings["household_id"])
    there = places >= 0
    return places[there].astype(np.int64), codes[there].astype(np.int64), [str(one) for one in ids]


def _places(snapshot: Snapshot, parcels: Collection[str]) -> NDArray[np.int64]:
    found = snapshot.units.index.get_indexer(pd.Index(list(parcels), dtype="str"))
    places: NDArray[np.int64] = found[found >= 0].astype(np.int64)
    return places
