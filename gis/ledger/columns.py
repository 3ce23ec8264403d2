"""The ledger as columns, and the fold of all its parcels at once.

The same answer as `gis.ledger.state` for what hectares follow from (who holds what, what it reached,
which obstacles are open), for millions of entries. Stories that only the fold entry by entry tells
are named, not guessed. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.ledger.chain import derived
from gis.ledger.facts import (
    Holding,
    Milestone,
    ObjectListed,
    ObjectRemoved,
    ObstacleClosed,
    ObstacleOpened,
    Opening,
    Void,
)
from gis.ledger.part import SquareMetres, parse_part
from gis.milestones import MILESTONES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from gis.ledger.entry import Entry
    from gis.ledger.facts import EntryFact

_FOLDED: Final = (
    Holding,
    Milestone,
    Opening,
    ObstacleOpened,
    ObstacleClosed,
    ObjectListed,
    ObjectRemoved,
    Void,
)
# The kinds that hectares follow from; entries of others need not be read.
FOLDED_KINDS: Final = tuple(fact.kind for fact in _FOLDED)
SCHEMA: Final = pa.schema(
    {
        "seq": pa.int64(),
        "parcel": pa.string(),
        "household": pa.string(),
        "kind": pa.string(),
        "milestone": pa.string(),
        "on_day": pa.string(),
        "target": pa.int64(),
        "part": pa.string(),
        "predecessors": pa.int64(),
    }
)
NONE: Final = -1  # the code of what is not there
_NEVER: Final = np.iinfo(np.int32).max  # the day of an entry without one: after all days


@dataclass(frozen=True)
class Columns:
    """Entries of `FOLDED_KINDS` that name a parcel: a row each, in any order, texts as codes.

    Args:
        seq: int64.
        kind: int8, the place in `FOLDED_KINDS`.
        day: int32, days since 1970-01-01; the last of all numbers where there is none.
        parcel: int32, the place in `parcels`.
        household: int32, the place in `households`; -1 where there is none.
        milestone: int8, the place in `MILESTONES`; -1 where there is none.
        target: int64, a seq; 0 where there is none.
        part: int32, the place in `parts`, of holdings and objects; -1 where there is none.
        inherits: bool, a holding that ends others.
        parcels: Parcel ids, each once.
        households: Household ids, each once.
        parts: Canonical texts of parts and numbers of objects, each once.
    """

    seq: NDArray[np.int64]
    kind: NDArray[np.int8]
    day: NDArray[np.int32]
    parcel: NDArray[np.int32]
    household: NDArray[np.int32]
    milestone: NDArray[np.int8]
    target: NDArray[np.int64]
    part: NDArray[np.int32]
    inherits: NDArray[np.bool_]
    parcels: pa.Array
    households: pa.Array
    parts: pa.Array

    @classmethod
    def of(cls, table: pa.Table) -> Columns:
        """The columns of rows of the table `entry`.

        Args:
            table: Of `SCHEMA`, its texts plain or as dictionaries, in any order; rows without a parcel
                and of other kinds are left out.
        """
        parcel, parcels = _codes(table["parcel"])
        household, households = _codes(table["household"])
        part, parts = _codes(table["part"])
        kind = _known(table["kind"], FOLDED_KINDS)
        values: dict[str, NDArray[Any]] = {
            "seq": _whole(table["seq"], 0),
            "kind": kind,
            "day": _days(table["on_day"]),
            "parcel": parcel,
            "household": household,
            "milestone": _known(table["milestone"], MILESTONES),
            "target": _whole(table["target"], 0),
            "part": part,
            "inherits": _whole(table["predecessors"], 0) > 0,
        }
        wanted = (kind != NONE) & (parcel != NONE)
        if not wanted.all():
            values = {name: array[wanted] for name, array in values.items()}
        return cls(**values, parcels=parcels, households=households, parts=parts)


@dataclass(frozen=True)
class Land:
    """What the hectares of a day follow from.

    Args:
        holdings: The columns of `gis.clearance.partition.holdings_table`, a row for each holding in
            any order, but not those of `untold`.
        stuck: Ids of parcels with an open obstacle, sorted.
        occupied: Ids of parcels on which objects stand, sorted.
        untold: Ids of parcels where a household took over from another, sorted: what it inherits
            only the fold entry by entry tells.
    """

    holdings: pd.DataFrame
    stuck: pd.Index
    occupied: pd.Index
    untold: pd.Index


def table_of(entries: Iterable[Entry]) -> pa.Table:
    """Entries as the rows that the store would read."""
    rows = [derived(entry) for entry in entries]
    return pa.table({name: [row[name] for row in rows] for name in SCHEMA.names}, schema=SCHEMA)


def fold(columns: Columns, on: date, known: int) -> Land:
    """What holds on a day, of all parcels at once.

    Args:
        columns: The entries.
        on: The day; what happened on it counts.
        known: The last seq that counts; later entries and their voids are as if never written.

    Returns:
        The same as the fold entry by entry, without the holdings of the parcels that are `untold`.
    """
    live = live_rows(columns, on, known)
    held = live & are(columns, Holding)
    untold = untold_parcels(columns, held)
    told = ~untold[columns.parcel]
    return Land(
        holdings=_holdings(columns, held & told, live & told),
        stuck=_ids(columns, np.unique(columns.parcel[open_obstacles(columns, live)])),
        occupied=_ids(columns, np.unique(columns.parcel[_standing_objects(columns, live)])),
        untold=_ids(columns, np.flatnonzero(untold)),
    )


def are(columns: Columns, *facts: type[EntryFact]) -> NDArray[np.bool_]:
    """Which rows are of some kinds."""
    table = np.array([kind in {fact.kind for fact in facts} for kind in FOLDED_KINDS])
    return table[columns.kind]


def live_rows(columns: Columns, on: date, known: int) -> NDArray[np.bool_]:
    """Which rows count on the day: known, happened, and not cancelled by a void of their parcel."""
    is_known = columns.seq <= known
    live: NDArray[np.bool_] = is_known & (columns.day <= np.datetime64(on, "D").astype(np.int64))
    _, cancelled = _targets(columns, is_known & are(columns, Void))
    live[cancelled] = False
    return live


def _targets(columns: Columns, naming: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Some rows and the rows that they name as their targets, where both speak of one parcel."""
    rows = np.flatnonzero(naming)
    if not len(rows):
        return rows, rows
    row_of_seq = np.full(columns.seq.max() + 1, NONE, dtype=np.int64)
    row_of_seq[columns.seq] = np.arange(len(columns.seq))
    target = columns.target[rows]
    named = np.where((target > 0) & (target < len(row_of_seq)), row_of_seq[target % len(row_of_seq)], NONE)
    same = (named >= 0) & (columns.parcel[named] == columns.parcel[rows])
    return rows[same], named[same]


def untold_parcels(columns: Columns, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which parcels have several holding entries of which one ends others.

    The only holding of a parcel inherits from nobody; without predecessors nothing ever ends, so
    that the order of the entries decides nothing but the part.
    """
    count = np.bincount(columns.parcel[held], minlength=len(columns.parcels))
    inherits = np.zeros(len(columns.parcels), dtype=bool)
    inherits[columns.parcel[held & columns.inherits]] = True
    return inherits & (count > 1)


def open_obstacles(columns: Columns, live: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows opened an obstacle that is open."""
    opened: NDArray[np.bool_] = live & are(columns, ObstacleOpened)
    _, closed = _targets(columns, live & are(columns, ObstacleClosed))
    opened[closed] = False
    return opened


def _standing_objects(columns: Columns, live: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows listed objects of which some still stand."""
    listed: NDArray[np.bool_] = live & are(columns, ObjectListed)
    removals, named = _targets(columns, live & are(columns, ObjectRemoved))
    ours = listed[named]
    removals, named = removals[ours], named[ours]
    if len(named):
        touched = np.unique(named)
        gone = np.zeros(len(touched), dtype=np.int64)
        np.add.at(gone, np.searchsorted(touched, named), _numbers(columns, removals))
        listed[touched[gone >= _numbers(columns, touched)]] = False
    return listed


def _numbers(columns: Columns, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many objects some rows list or remove."""
    texts = columns.parts.take(pa.array(columns.part[rows]))
    return np.asarray(pc.cast(texts, pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)


def _holdings(columns: Columns, held: NDArray[np.bool_], live: NDArray[np.bool_]) -> pd.DataFrame:
    """The holdings of the plain parcels: each with its newest part and all that it reached."""
    rows = np.flatnonzero(held)
    key = holding_keys(columns, rows)
    # By holding, then by day, then by seq: the last row of each holding states its part.
    order = np.lexsort((columns.seq[rows], columns.day[rows], key))
    key = key[order]
    last = np.append(key[1:] != key[:-1], True)[: len(key)]
    rows, key = rows[order][last], key[last]
    used, part = np.unique(columns.part[rows], return_inverse=True)
    numerator, denominator, part_m2 = _parts(columns.parts, used)
    table: dict[str, object] = {
        "parcel_id": _texts(columns.parcels, columns.parcel[rows]),
        "household_id": _texts(columns.households, columns.household[rows]),
        "numerator": numerator[part],
        "denominator": denominator[part],
        "part_m2": part_m2[part],
    }
    reached = _reached(columns, live, key)
    table |= {name: reached[:, place] for place, name in enumerate(MILESTONES)}
    return pd.DataFrame(table)


def _reached(columns: Columns, live: NDArray[np.bool_], key: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which milestones each holding reached, whenever it began: columns as `MILESTONES`."""
    rows = np.flatnonzero(live & are(columns, Milestone, Opening) & (columns.milestone != NONE))
    reached = np.zeros((len(key), len(MILESTONES)), dtype=bool)
    if len(key):
        wanted = holding_keys(columns, rows)
        holding = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        ours = key[holding] == wanted  # else a milestone of a household that holds nothing here
        reached[holding[ours], columns.milestone[rows[ours]]] = True
    return reached


def holding_keys(columns: Columns, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for parcel and household."""
    keys: NDArray[np.int64] = columns.parcel[rows].astype(np.int64) << 32
    keys |= columns.household[rows]
    return keys


def _parts(
    texts: pa.Array, used: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Numerator, denominator and square metres of some parts; -1 is a part that is not determined."""
    parts = [None if code == NONE else parse_part(texts[code].as_py()) for code in used.tolist()]
    in_m2 = [float(part.m2) if isinstance(part, SquareMetres) else np.nan for part in parts]
    fractions = [None if isinstance(part, SquareMetres) else part for part in parts]
    return (
        np.array([f.numerator if f else 0 for f in fractions], dtype=np.int64),
        np.array([f.denominator if f else 0 for f in fractions], dtype=np.int64),
        np.array(in_m2, dtype=np.float64),
    )


def _codes(texts: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """The code of each text, -1 where there is none, and the texts by code."""
    plain = not pa.types.is_dictionary(texts.type)
    encoded = (texts.dictionary_encode() if plain else texts.unify_dictionaries()).combine_chunks()
    return _filled(encoded.indices, NONE).astype(np.int32, copy=False), encoded.dictionary


def _known(texts: pa.ChunkedArray, names: tuple[str, ...]) -> NDArray[np.int8]:
    """The place of each text in a list of names, -1 where it is not in it."""
    codes, found = _codes(texts)
    places = [names.index(text) if text in names else NONE for text in found.to_pylist()]
    return np.array([*places, NONE], dtype=np.int8)[codes]


def _days(texts: pa.ChunkedArray) -> NDArray[np.int32]:
    codes, found = _codes(texts)
    # A text that stands for nothing may be left in a dictionary that no row uses.
    days = [np.datetime64(text, "D").astype(int) if text else _NEVER for text in found.to_pylist()]
    return np.array([*days, _NEVER], dtype=np.int32)[codes]


def _whole(numbers: pa.ChunkedArray, missing: int) -> NDArray[np.int64]:
    return _filled(pc.cast(numbers, pa.int64()), missing).astype(np.int64, copy=False)


def _filled(values: pa.Array | pa.ChunkedArray, missing: int) -> NDArray[np.integer]:
    """Values with something instead of what is not there; whole blocks of nothing cost nothing."""
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    filled = [
        np.full(len(chunk), missing)
        if chunk.null_count == len(chunk)
        else np.asarray(pc.fill_null(chunk, missing) if chunk.null_count else chunk)
        for chunk in chunks
    ]
    return np.concatenate(filled) if filled else np.empty(0, dtype=np.int64)


def _texts(vocabulary: pa.Array, codes: NDArray[np.int32]) -> pd.Series:
    return pd.Series(vocabulary.take(pa.array(codes)).to_pandas(), dtype="str")


def _ids(columns: Columns, codes: NDArray[np.integer]) -> pd.Index:
    taken = columns.parcels.take(pa.array(codes)).to_pandas()
    ids: pd.Index = pd.Index(taken, dtype="str", name="parcel_id")
    return ids.sort_values()
