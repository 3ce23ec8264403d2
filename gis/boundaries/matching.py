"""A new survey against the parcels that are loaded: which parcel became which.

Land decides, numbers only confirm: a parcel that keeps its number on other land is asked about, and so is
whatever may be a slip of the survey or a true change. Nothing here is carried by guess.
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

import numpy as np
import shapely

from gis.boundaries.checks import UNIT_KEY
from gis.errors import Problem
from gis.vn2000 import require_vn2000

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from gis.errors import Fact

Kind: TypeAlias = Literal["unchanged", "renumbered", "redrawn", "split", "merged", "rearranged", "new"]

# Two surveys of one boundary: strips along a line narrower than this, and no wider anywhere, are no change of
# hands. TT 26/2024/TT-BTNMT art. 7 asks boundary points of a rural 1:1000 map to 0.2 m or better.
SURVEY_WIDTH_M: Final = 0.5
# From here on nearly all land is the same, up to here nearly none; between lies what a person must look at.
SAME_SHARE: Final = 0.9
OTHER_SHARE: Final = 0.1
LEAST_M2: Final = 0.1
# A file that went through another format or through WGS 84 and back (0.6 mm) is no new survey.
SAME_SHAPE_M: Final = 0.001


class Shared(NamedTuple):
    """What an old and a new parcel share, in square metres, and whether it is more than a strip."""

    old: str
    new: str
    area_m2: float
    broad: bool


@dataclass(frozen=True, slots=True)
class Match:
    """Old parcels and the new ones on their land.

    Args:
        kind: What happened; "new" has no old parcel.
        olds: Ids of the old parcels, in order.
        news: Ids of the new parcels, in order.
        pairs: What they share, by old and new.
        difference_m2: New area less old area, square metres.
        same_shape: Whether the one new parcel is drawn as the one old parcel, to the millimetre.
        doubts: Why a person must decide; empty where land and number say the same.
    """

    kind: Kind
    olds: tuple[str, ...]
    news: tuple[str, ...]
    pairs: tuple[Shared, ...]
    difference_m2: float
    same_shape: bool = False
    doubts: tuple[Problem, ...] = field(default=())

    @property
    def id(self) -> str:
        """How a person names it to answer: its first new parcel, which no other match has."""
        return self.news[0]


def match(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> list[Match]:
    """What became of the parcels on whose land new ones lie; parcels that none touches are left out.

    Args:
        old: Parcels in force by `parcel_id`, with `UNIT_KEY` and polygons in a projected VN-2000 CRS.
        new: Parcels of a file, index any different texts, with `UNIT_KEY`, `source` and polygons.

    Returns:
        Every new parcel in exactly one match, in file order of its first; each old parcel in one at most.

    Raises:
        NotVn2000Error: If a CRS is absent, geographic or of another datum.

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> key = {"commune": "1", "sheet": "2", "source": "a.gpkg"}
    >>> old = gpd.GeoDataFrame([key | {"number": "7"}], index=["P1"], geometry=[box(0, 0, 20, 10)], crs=5897)
    >>> halves = [box(0, 0, 8, 10), box(8, 0, 20, 10)]
    >>> new = gpd.GeoDataFrame([key | {"number": n} for n in "89"], geometry=halves, crs=5897)
    >>> [(one.kind, one.olds, one.news) for one in match(old, new.set_index(new["number"]))]
    [('split', ('P1',), ('8', '9'))]
    """
    require_vn2000(old.crs)
    require_vn2000(new.crs)
    areas = _Areas(_areas(old), _areas(new))
    linked = [pair for pair in _shared(old, new) if areas.links(pair)]
    keys = _Keys(_keys(old), _keys(new))
    groups = _groups([str(one) for one in old.index], [str(one) for one in new.index], linked)
    succeeded = {parcel for olds, _ in groups for parcel in olds}
    elsewhere = {key: parcel for parcel, key in keys.old.items() if parcel not in succeeded}
    judge = _Judge(
        areas, keys, elsewhere, dict(zip(map(str, new.index), new["source"], strict=True)), _shapes(new)
    )
    drawn = _shapes(old)
    by_new: dict[str, list[Shared]] = {}
    for pair in linked:
        by_new.setdefault(pair.new, []).append(pair)
    return [
        _matched(olds, news, [pair for one in news for pair in by_new.get(one, ())], drawn, judge)
        for olds, news in groups
    ]


def _matched(
    olds: list[str],
    news: list[str],
    pairs: Sequence[Shared],
    drawn: Mapping[str, BaseGeometry],
    judge: _Judge,
) -> Match:
    areas, keys = judge.areas, judge.keys
    difference_m2 = sum(areas.new[one] for one in news) - sum(areas.old[one] for one in olds)
    same = len(olds) == len(news) == 1 and _same_shape(drawn[olds[0]], judge.shapes[news[0]])
    kind = _kind(olds, news, keys, same_shape=same)
    doubts = judge.doubts(kind, olds, news, pairs)
    return Match(kind, tuple(olds), tuple(news), tuple(pairs), difference_m2, same, tuple(doubts))


def _same_shape(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two polygons are nowhere further apart than a format's rounding, wherever their rings begin."""
    if one.normalize().equals_exact(other.normalize(), SAME_SHAPE_M):
        return True
    return bool(shapely.hausdorff_distance(one.boundary, other.boundary) <= SAME_SHAPE_M)


class _Areas(NamedTuple):
    """Square metres of the old and the new parcels by id."""

    old: Mapping[str, float]
    new: Mapping[str, float]

    def shares(self, pair: Shared) -> tuple[float, float]:
        """What part of the old parcel, and of the new one, is shared."""
        return pair.area_m2 / self.old[pair.old], pair.area_m2 / self.new[pair.new]

    def links(self, pair: Shared) -> bool:
        """Whether land went from the one to the other, and not just a strip along their line."""
        return pair.broad or max(self.shares(pair)) > OTHER_SHARE


class _Keys(NamedTuple):
    """The key of each old and each new parcel by id."""

    old: Mapping[str, tuple[str, ...]]
    new: Mapping[str, tuple[str, ...]]


def _shapes(units: gpd.GeoDataFrame) -> dict[str, BaseGeometry]:
    return dict(zip(map(str, units.index), units.geometry.to_numpy(), strict=True))


def _areas(units: gpd.GeoDataFrame) -> dict[str, float]:
    areas_m2 = shapely.area(units.geometry.to_numpy())
    return {str(parcel): float(area) for parcel, area in zip(units.index, areas_m2, strict=True)}


def _keys(units: gpd.GeoDataFrame) -> dict[str, tuple[str, ...]]:
    columns = [units[name].astype(str) for name in UNIT_KEY]
    return dict(zip(map(str, units.index), zip(*columns, strict=True), strict=True))


def _shared(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> list[Shared]:
    """Every pair that shares more than 0.1 m², by the places of new and old."""
    shapes, others = new.geometry.to_numpy(), old.geometry.to_numpy()
    at_new, at_old = shapely.STRtree(others).query(shapes, predicate="intersects")
    common = shapely.intersection(shapes[at_new], others[at_old])
    areas_m2 = shapely.area(common)
    order = np.lexsort((at_old, at_new))
    order = order[areas_m2[order] > LEAST_M2]
    broad = _broad(common[order])
    return [
        Shared(str(old.index[at_old[i]]), str(new.index[at_new[i]]), float(areas_m2[i]), bool(wide))
        for i, wide in zip(order, broad, strict=True)
    ]


def _broad(shapes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Whether anything is left of land when half of a survey's width is taken from each side."""
    broad: np.ndarray[Any, Any] = ~shapely.is_empty(shapely.buffer(shapes, -SURVEY_WIDTH_M / 2))
    return broad


def _groups(
    olds: Sequence[str], news: Sequence[str], linked: Iterable[Shared]
) -> list[tuple[list[str], list[str]]]:
    """Old and new parcels that hang together by shared land; every new one is in a group."""
    olds_of: dict[str, list[str]] = {one: [] for one in news}
    news_of: dict[str, list[str]] = {}
    for pair in linked:
        olds_of[pair.new].append(pair.old)
        news_of.setdefault(pair.old, []).append(pair.new)
    order = {one: at for at, one in enumerate(news)}
    place = {one: at for at, one in enumerate(olds)}
    seen: set[str] = set()
    groups = []
    for first in news:
        if first in seen:
            continue
        together, theirs, waiting = [], dict[str, None](), [first]
        seen.add(first)
        while waiting:
            one = waiting.pop()
            together.append(one)
            for parcel in olds_of[one]:
                if parcel not in theirs:
                    theirs[parcel] = None
                    fresh = [other for other in news_of[parcel] if other not in seen]
                    seen.update(fresh)
                    waiting += fresh
        groups.append((sorted(theirs, key=place.__getitem__), sorted(together, key=order.__getitem__)))
    return groups


def _kind(olds: Sequence[str], news: Sequence[str], keys: _Keys, *, same_shape: bool) -> Kind:
    if not olds:
        return "new"
    if len(olds) == len(news) == 1:
        if keys.old[olds[0]] != keys.new[news[0]]:
            return "renumbered"
        return "unchanged" if same_shape else "redrawn"
    if len(olds) == 1:
        return "split"
    return "merged" if len(news) == 1 else "rearranged"


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """What a person must look at before land, holders and milestones go along.

    Args:
        areas: Of all parcels.
        keys: Of all parcels.
        elsewhere: The old parcels by key that no new one takes the land of.
        sources: Where the file has each new parcel.
        shapes: Their polygons.
    """

    areas: _Areas
    keys: _Keys
    elsewhere: Mapping[tuple[str, ...], str]
    sources: Mapping[str, str]
    shapes: Mapping[str, BaseGeometry]

    def doubts(
        self, kind: Kind, olds: Sequence[str], news: Sequence[str], pairs: Sequence[Shared]
    ) -> list[Problem]:
        """Every reason why a match wants an answer, each with the label by which it is confirmed."""
        confirm: dict[str, Fact] = {"confirm": "/".join(part for part in self.keys.new[news[0]] if part)}
        found = [
            *self._numbers(news),
            *(self._other_land(pairs) if kind in {"renumbered", "redrawn"} else ()),
            *(self._parts(pairs) if kind in {"split", "merged", "rearranged"} else ()),
            *(self._rests(olds, pairs) if kind in {"split", "rearranged"} else ()),
        ]
        return [replace(doubt, facts=doubt.facts | confirm) for doubt in found]

    def _numbers(self, news: Sequence[str]) -> Iterator[Problem]:
        """A number that stands on other land, which nobody surveyed anew."""
        for one in news:
            if self.keys.new[one] in self.elsewhere:
                yield self._problem(one, "ask.number_elsewhere", {"new": "/".join(self.keys.new[one])})

    def _other_land(self, pairs: Sequence[Shared]) -> Iterator[Problem]:
        """One parcel for one, and yet not on the same land."""
        for pair in pairs:
            share = min(self.areas.shares(pair))
            if share < SAME_SHARE:
                yield self._of_pair(pair, "ask.other_land", share)

    def _parts(self, pairs: Sequence[Shared]) -> Iterator[Problem]:
        """Land that is too much for a strip along a line and too little for a parcel that went along."""
        for pair in pairs:
            share = max(self.areas.shares(pair))
            if share < SAME_SHARE:
                yield self._of_pair(pair, "ask.part_of_land", share)

    def _rests(self, olds: Sequence[str], pairs: Sequence[Shared]) -> Iterator[Problem]:
        """Old land that would be nobody's: no new parcel lies on it."""
        for old in olds:
            taken_m2 = sum(pair.area_m2 for pair in pairs if pair.old == old)
            rest_m2 = self.areas.old[old] - taken_m2
            if taken_m2 < SAME_SHARE * self.areas.old[old]:
                first = next(pair.new for pair in pairs if pair.old == old)
                facts: dict[str, Fact] = {"old": "/".join(self.keys.old[old]), "area": rest_m2}
                yield self._problem(first, "ask.rest_of_land", facts, rest_m2)

    def _of_pair(self, pair: Shared, message: str, share: float) -> Problem:
        facts: dict[str, Fact] = {
            "old": "/".join(self.keys.old[pair.old]),
            "new": "/".join(self.keys.new[pair.new]),
            "area": pair.area_m2,
            "share": share,
        }
        return self._problem(pair.new, message, facts, pair.area_m2)

    def _problem(
        self, new: str, message: str, facts: Mapping[str, Fact], area_m2: float | None = None
    ) -> Problem:
        at_stake_m2 = self.areas.new[new] if area_m2 is None else area_m2
        return Problem(str(self.sources[new]), message, facts, area_m2=at_stake_m2, shape=self.shapes[new])
