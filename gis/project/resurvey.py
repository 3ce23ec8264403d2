"""Parcels that were surveyed anew, laid over the parcels that are there: who keeps its id, who succeeds whom.

A parcel of which the ledger says nothing is simply drawn anew. One that it speaks of is succeeded by the
new ones on its land, with its holders and milestones; where that cannot be decided by land and number, a
person is asked and nothing is written until there is an answer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from gis.boundaries.checks import UNIT_KEY
from gis.boundaries.matching import match
from gis.boundaries.moving import moved
from gis.errors import Problem
from gis.project.stated import NOTHING_STATED
from gis.project.versions import fill_in

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gis.boundaries.matching import Match
    from gis.boundaries.moving import Moved
    from gis.errors import Fact
    from gis.ledger.state import State
    from gis.project.stated import Stated

PREFIX: Final = "P"
TOLD_M2: Final = 0.05  # what an area to 0.1 m² shows


@dataclass(frozen=True, slots=True, eq=False)
class Resurvey:
    """The parcels as they would be after an import, and what becomes of the ledger's.

    Args:
        frame: The whole layer by `parcel_id`.
        next_uid: The number that no id was ever given yet.
        matches: What happened to the parcels on the land of the files, `news` by their new ids.
        pairs: (old parcel, new parcel, tenths of m² that they share) of the successions.
        added: How many parcels are on land, or have a number, that none was known of.
        changed: How many parcels are drawn, numbered or described otherwise.
        problems: Questions without an answer (refused), and what to know (warnings).
    """

    frame: gpd.GeoDataFrame
    next_uid: int
    matches: tuple[Match, ...]
    pairs: tuple[tuple[str, str, int], ...]
    added: int
    changed: int
    problems: tuple[Problem, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many matches there are of each kind."""
        return Counter(one.kind for one in self.matches)


def resurveyed(
    before: gpd.GeoDataFrame,
    came: gpd.GeoDataFrame,
    state: State,
    next_uid: int,
    stated: Stated = NOTHING_STATED,
) -> Resurvey:
    """What an import of parcels makes of those that are there; nothing is written.

    Args:
        before: The newest version of the layer, by `parcel_id`; missing geometry where one is on no map.
        came: The good rows of the files, each key once, in the CRS of `before`.
        state: What the ledger holds.
        next_uid: The number that no id was ever given yet.
        stated: What a person answered: of the new parcels that come from the same land the first one
            speaks for all; and on which new parcel each listed object stands.
    """
    # Their place in the files: two labels may read alike, 8 + 1/1 and 8/1 + 1.
    came = came.set_index(pd.Index([str(row) for row in range(len(came))], dtype=str, name="parcel_id"))
    drawn = before[~(before.geometry.isna() | before.geometry.is_empty)]
    undrawn = before.drop(index=drawn.index)
    beside = moved(drawn, came)
    first = _label(next(came.itertuples()))
    is_moved = beside is not None and first in stated.confirmed
    matches = _moved_matches(drawn, came, beside) if beside and is_moved else match(drawn, came)
    # A number that a list knows and no map: the parcel gets its shape, wherever that lies.
    listed = {_key(row): str(row.Index) for row in undrawn.itertuples()}
    joining = {str(row.Index): listed[_key(row)] for row in came.itertuples() if _key(row) in listed}
    ids, next_uid = _ids(matches, joining, state, next_uid)
    named = _as_drawn(came, drawn, matches).rename(index=ids)
    fill_in(named, before, named.index.intersection(undrawn.index))
    kept_words = _keep_words(named, drawn, matches, ids)
    gone = {old for one in matches for old in one.olds} | {joining[new] for new in ids if new in joining}
    kept = before.drop(index=[parcel for parcel in before.index if parcel in gone])
    whole = gpd.GeoDataFrame(pd.concat([kept, named]), crs=came.crs).sort_index()
    succeeding = [one for one in matches if _succeeds(one, state)]
    pairs = tuple(
        (pair.old, ids[pair.new], _tenths(pair.area_m2)) for one in succeeding for pair in one.pairs
    )
    return Resurvey(
        whole,
        next_uid,
        tuple(replace(one, news=tuple(ids[new] for new in one.news)) for one in matches),
        pairs,
        sum(len(one.news) for one in matches if one.kind == "new" and one.id not in joining),
        _changed(before, named, matches, ids),
        _problems(matches, succeeding, drawn, came, state, beside, stated, kept_words),
    )


def _problems(
    matches: Sequence[Match],
    succeeding: Sequence[Match],
    drawn: gpd.GeoDataFrame,
    came: gpd.GeoDataFrame,
    state: State,
    beside: Moved | None,
    stated: Stated,
    kept_words: int,
) -> tuple[Problem, ...]:
    """Questions first, then what to know; of a map in a wrong place only that."""
    doubts = _doubts(matches, came, beside, stated.confirmed)
    if any(one.message == "ask.survey_moved" for one in doubts):
        return tuple(doubts)
    words = [Problem("", "resurvey.kept_words", {"count": kept_words}, "warning")] if kept_words else []
    return (
        *doubts,
        *_objects(succeeding, came, drawn, state, stated.objects),
        *_told(matches, succeeding),
        *_largest_change(succeeding, drawn, came),
        *words,
        *_not_surveyed(drawn, came, matches),
    )


def _keep_words(
    named: gpd.GeoDataFrame, drawn: gpd.GeoDataFrame, matches: Sequence[Match], ids: Mapping[str, str]
) -> int:
    """Put what is known of parcels that stay themselves where their file says nothing; of how many."""
    alone = [one for one in matches if len(one.olds) == len(one.news) == 1]
    known = drawn.loc[[one.olds[0] for one in alone]]
    known = known.set_axis(pd.Index([ids[one.news[0]] for one in alone], name=named.index.name))
    # Who measured the old boundary did not measure this one.
    redrawn = [ids[one.news[0]] for one in alone if not one.same_shape]
    known.loc[redrawn, "measured_area_m2"] = float("nan")
    columns = ["legal_area_m2", "measured_area_m2", "land_use", "name"]
    was = pd.DataFrame(named.loc[known.index, columns])
    fill_in(named, known, known.index)
    now = pd.DataFrame(named.loc[known.index, columns])
    return int((~((was == now) | (was.isna() & now.isna()))).any(axis=1).sum())


def _as_drawn(came: gpd.GeoDataFrame, drawn: gpd.GeoDataFrame, matches: Sequence[Match]) -> gpd.GeoDataFrame:
    """The parcels that came; what only a format's rounding tells apart stays as it was drawn."""
    same = {one.news[0]: one.olds[0] for one in matches if one.same_shape}
    shapes = came.geometry.copy()
    shapes[list(same)] = drawn.geometry[list(same.values())].to_numpy()
    return came.set_geometry(shapes)


def _label(row: object) -> str:
    """How a person calls a parcel: commune/sheet/number."""
    return "/".join(part for part in _key(row) if part)


def _key(row: object) -> tuple[str, ...]:
    return tuple(str(getattr(row, name)) for name in UNIT_KEY)


def _succeeds(one: Match, state: State) -> bool:
    """Whether the ledger must say that these parcels became those: it speaks of one, and its land changed."""
    return bool(one.olds) and not one.same_shape and any(state.last_seq(old) for old in one.olds)


def _ids(
    matches: Sequence[Match], joining: dict[str, str], state: State, next_uid: int
) -> tuple[dict[str, str], int]:
    """The id of each new parcel: that of the one old parcel which it is, else one that none ever had."""
    ids = {}
    for one in matches:
        for new in one.news:
            if one.kind == "new" and new in joining:
                ids[new] = joining[new]
            elif len(one.olds) == len(one.news) == 1 and not _succeeds(one, state):
                ids[new] = one.olds[0]
            else:
                ids[new] = f"{PREFIX}{next_uid:06d}"
                next_uid += 1
    return ids, next_uid


def _tenths(area_m2: float) -> int:
    return int((Decimal(repr(area_m2)) * 10).quantize(Decimal(1), ROUND_HALF_UP))


def _changed(
    before: gpd.GeoDataFrame, named: gpd.GeoDataFrame, matches: Sequence[Match], ids: dict[str, str]
) -> int:
    """How many of the parcels that came are known and not as they were."""
    columns = [name for name in before.columns if name not in {"geometry", "source"}]
    common = named.index.intersection(before.index)
    was, now = pd.DataFrame(before[columns]).loc[common], pd.DataFrame(named[columns]).loc[common]
    same_words = ((was == now) | (was.isna() & now.isna())).all(axis=1)
    same_shape = {ids[one.news[0]] for one in matches if one.same_shape}
    kept = sum(1 for parcel, same in same_words.items() if not same or parcel not in same_shape)
    return kept + sum(len(one.news) for one in matches if one.olds and ids[one.news[0]] not in common)


def _moved_matches(drawn: gpd.GeoDataFrame, came: gpd.GeoDataFrame, beside: Moved) -> list[Match]:
    """What became of parcels whose map lay elsewhere: matched as if it had lain here, each drawn anew."""
    there = drawn.set_geometry(drawn.geometry.transform(beside.to_new))
    old_m2, new_m2 = drawn.geometry.area, came.geometry.area
    return [
        replace(
            one,
            kind="redrawn" if one.kind == "unchanged" else one.kind,
            same_shape=False,
            difference_m2=float(new_m2[list(one.news)].sum() - old_m2[list(one.olds)].sum()),
        )
        for one in match(there, came)
    ]


def _doubts(
    matches: Sequence[Match], came: gpd.GeoDataFrame, beside: Moved | None, confirmed: Collection[str]
) -> list[Problem]:
    """What a person must answer: first of all whether the whole map lies in a wrong place."""
    first = _label(next(came.itertuples()))
    if beside is None:
        return _questions(matches, came, confirmed)
    if first in confirmed:  # said of the map, and of nothing else
        return _questions(matches, came, set(confirmed) - {first})
    source = str(came["source"].iloc[0]).rpartition(", feature ")[0]
    facts: dict[str, Fact] = {
        "count": beside.parcels,
        "of": beside.of,
        "metres": beside.metres,
        "confirm": first,
    }
    return [Problem(source, "ask.survey_moved", facts, area_m2=float(came.geometry.area.sum()))]


def _questions(matches: Sequence[Match], came: gpd.GeoDataFrame, confirmed: Collection[str]) -> list[Problem]:
    """The doubts that no one answered; a number that two parcels would have is no question of land."""
    labels = {str(row.Index): _label(row) for row in came.itertuples()} if confirmed else {}
    return [
        doubt
        for one in matches
        for doubt in one.doubts
        if doubt.message == "ask.number_elsewhere" or labels.get(one.id) not in confirmed
    ]


def _objects(
    succeeding: Sequence[Match],
    came: gpd.GeoDataFrame,
    drawn: gpd.GeoDataFrame,
    state: State,
    places: Mapping[int, str],
) -> list[Problem]:
    """Graves, houses and what else is listed on a parcel that was divided, without a part to stand on."""
    problems = []
    for one in succeeding:
        for old in one.olds:
            known = state.by_parcel.get(old)
            news = [pair.new for pair in one.pairs if pair.old == old]
            if known is None or not known.objects or len(news) < 2:  # noqa: PLR2004 - one has no choice
                continue
            on = came.loc[news]
            labels = {_label(row): str(row.source) for row in on.itertuples()}
            name = _label(next(drawn.loc[[old]].itertuples()))
            for listed in known.objects:
                if places.get(listed.seq) in labels:
                    continue
                facts: dict[str, Fact] = {
                    "seq": listed.seq,
                    "category": listed.category,
                    "count": listed.count,
                    "old": name,
                    "news": ", ".join(labels),
                }
                first, where = next(iter(labels.values())), drawn.geometry[old]
                problems.append(Problem(first, "refused.object_without_place", facts, shape=where))
    return problems


def _told(matches: Sequence[Match], succeeding: Sequence[Match]) -> list[Problem]:
    """One line for each kind of succession, with its count and what the survey changed; and new numbers."""
    problems = []
    numbered = sum(one.kind == "renumbered" and one not in succeeding for one in matches)
    if numbered:
        problems.append(Problem("", "resurvey.new_number", {"count": numbered}, "warning"))
    for kind in dict.fromkeys(one.kind for one in succeeding):
        found = [one for one in succeeding if one.kind == kind]
        facts: dict[str, Fact] = {
            "count": len(found),
            "olds": sum(len(one.olds) for one in found),
            "news": sum(len(one.news) for one in found),
            "difference": sum(one.difference_m2 for one in found),
        }
        problems.append(Problem("", f"resurvey.{kind}", facts, "warning"))
    return problems


def _largest_change(
    succeeding: Sequence[Match], drawn: gpd.GeoDataFrame, came: gpd.GeoDataFrame
) -> list[Problem]:
    """The redrawn parcel that gained or lost most: a sum hides what grew behind what shrank."""
    redrawn = [one for one in succeeding if one.kind == "redrawn"]
    most = max(redrawn, key=lambda one: abs(one.difference_m2), default=None)
    if most is None or abs(most.difference_m2) < TOLD_M2:
        return []
    row = next(came.loc[[most.id]].itertuples())
    facts: dict[str, Fact] = {
        "unit": _label(row),
        "before": float(drawn.geometry[most.olds[0]].area),
        "after": float(came.geometry[most.id].area),
        "difference": most.difference_m2,
        "gained": sum(one.difference_m2 for one in redrawn if one.difference_m2 > 0),
        "lost": -sum(one.difference_m2 for one in redrawn if one.difference_m2 < 0),
    }
    shape = came.geometry[most.id]
    area_m2 = abs(most.difference_m2)
    return [Problem(str(row.source), "resurvey.largest_change", facts, "warning", area_m2, shape)]


def _not_surveyed(drawn: gpd.GeoDataFrame, came: gpd.GeoDataFrame, matches: Sequence[Match]) -> list[Problem]:
    """The parcels of the sheets that came on which no new one lies: they stay as they are."""
    touched = {old for one in matches for old in one.olds}
    if not touched:
        return []
    sheets = set(zip(came["commune"], came["sheet"], strict=True))
    left = [
        row
        for row in drawn.itertuples()
        if (row.commune, row.sheet) in sheets and str(row.Index) not in touched
    ]
    if not left:
        return []
    facts: dict[str, Fact] = {"count": len(left), "first": _label(left[0])}
    area_m2 = float(drawn.geometry[[row.Index for row in left]].area.sum())
    return [Problem("", "resurvey.not_in_file", facts | {"area": area_m2}, "warning", area_m2=area_m2)]
