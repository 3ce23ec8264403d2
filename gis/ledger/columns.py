"""The ledger as columns, and the fold of all its parcels at once.

The same answer as `gis.ledger.state` for what hectares follow from (who holds what, what it reached,
which obstacles are open), for millions of entries. Stories that only the fold entry by entry tells
are named, not guessed. Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.ledger.chain import derived
from gis.ledger.facts import Holding, Milestone, ObstacleClosed, ObstacleOpened, Opening, Void
from gis.ledger.part import SquareMetres, parse_part
from gis.milestones import MILESTONES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray

    from gis.ledger.entry import Entry

_FOLDED: Final = (Holding, Milestone, Opening, ObstacleOpened, ObstacleClosed, Void)
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
        part: int32, the place in `parts`; -1 where there is none.
        inherits: bool, a holding that ends others.
        parcels: Parcel ids, each once, sorted.
        households: Household ids, each once.
        parts: Canonical texts of parts, each once.
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
        wanted = pc.and_(
            pc.is_in(table["kind"], pa.array(FOLDED_KINDS, pa.string())), pc.is_valid(table["parcel"])
        )
        rows = table if pc.all(wanted, min_count=0).as_py() else table.filter(wanted)
        parcel, parcels = _sorted(*_codes(rows["parcel"]))
        household, households = _codes(rows["household"])
        part, parts = _codes(rows["part"])
        return cls(
            seq=_whole(rows["seq"], 0),
            kind=_known(rows["kind"], FOLDED_KINDS),
            day=_days(rows["on_day"]),
            parcel=parcel,
            household=household,
            milestone=_known(rows["milestone"], MILESTONES),
            target=_whole(rows["target"], 0),
            part=part,
            inherits=_whole(rows["predecessors"], 0) > 0,
            parcels=parcels,
            households=households,
            parts=parts,
        )


@dataclass(frozen=True)
class Land:
    """What the hectares of a day follow from.

    Args:
        holdings: The columns of `gis.clearance.partition.holdings_table`, a row for each holding, by
            parcel id.
        stuck: Ids of parcels with an open obstacle.
        untold: Ids of parcels that are in neither: a household took over from another there, and
            what it inherits only the fold entry by entry tells.
    """

    holdings: pd.DataFrame
    stuck: pd.Index
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
        The same as the fold entry by entry, without the parcels that are `untold`.
    """
    live = _live(columns, on, known)
    held = live & (columns.kind == FOLDED_KINDS.index(Holding.kind))
    untold = _untold(columns, held)
    told = ~untold[columns.parcel]
    open_ = _open_obstacles(columns, live & told)
    return Land(
        holdings=_holdings(columns, held & told, live & told),
        stuck=_ids(columns.parcels, np.unique(columns.parcel[open_])),
        untold=_ids(columns.parcels, np.flatnonzero(untold)),
    )


def _live(columns: Columns, on: date, known: int) -> NDArray[np.bool_]:
    """Which rows count on the day: known, happened, and not cancelled by a void of their parcel."""
    is_known = columns.seq <= known
    live: NDArray[np.bool_] = is_known & (columns.day <= np.datetime64(on, "D").astype(np.int64))
    voids = np.flatnonzero(is_known & (columns.kind == FOLDED_KINDS.index(Void.kind)))
    live[_rows_of(columns, voids)] = False
    return live


def _rows_of(columns: Columns, naming: NDArray[np.int64]) -> NDArray[np.int64]:
    """The rows that some rows name as their target, where both speak of one parcel."""
    if not len(naming) or not len(columns.seq):
        return np.empty(0, dtype=np.int64)
    row_of_seq = np.full(columns.seq.max() + 1, NONE, dtype=np.int64)
    row_of_seq[columns.seq] = np.arange(len(columns.seq))
    target = columns.target[naming]
    named = np.where((target > 0) & (target < len(row_of_seq)), row_of_seq[target % len(row_of_seq)], NONE)
    same = (named >= 0) & (columns.parcel[named] == columns.parcel[naming])
    rows: NDArray[np.int64] = named[same]
    return rows


def _untold(columns: Columns, held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which parcels have several holding entries of which one ends others.

    The only holding of a parcel inherits from nobody; without predecessors nothing ever ends, so
    that the order of the entries decides nothing but the part.
    """
    count = np.bincount(columns.parcel[held], minlength=len(columns.parcels))
    inherits = np.zeros(len(columns.parcels), dtype=bool)
    inherits[columns.parcel[held & columns.inherits]] = True
    return inherits & (count > 1)


def _open_obstacles(columns: Columns, live: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which rows opened an obstacle that is open."""
    opened: NDArray[np.bool_] = live & (columns.kind == FOLDED_KINDS.index(ObstacleOpened.kind))
    closes = np.flatnonzero(live & (columns.kind == FOLDED_KINDS.index(ObstacleClosed.kind)))
    opened[_rows_of(columns, closes)] = False
    return opened


def _holdings(columns: Columns, held: NDArray[np.bool_], live: NDArray[np.bool_]) -> pd.DataFrame:
    """The holdings of the plain parcels: each with its newest part and all that it reached."""
    rows = np.flatnonzero(held)
    key = _holding_keys(columns, rows)
    # By holding, then by day, then by seq: the last row of each holding states its part.
    order = np.lexsort((columns.seq[rows], columns.day[rows], key))
    key = key[order]
    last = np.append(key[1:] != key[:-1], True)[: len(key)]
    rows, key = rows[order][last], key[last]
    numerator, denominator, part_m2 = _parts(columns.parts)
    part = columns.part[rows]
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
    kinds = [FOLDED_KINDS.index(fact.kind) for fact in (Milestone, Opening)]
    rows = np.flatnonzero(live & np.isin(columns.kind, kinds) & (columns.milestone != NONE))
    reached = np.zeros((len(key), len(MILESTONES)), dtype=bool)
    if len(key):
        wanted = _holding_keys(columns, rows)
        holding = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        ours = key[holding] == wanted  # else a milestone of a household that holds nothing here
        reached[holding[ours], columns.milestone[rows[ours]]] = True
    return reached


def _holding_keys(columns: Columns, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for parcel and household, in the order of parcels."""
    keys: NDArray[np.int64] = columns.parcel[rows].astype(np.int64) << 32
    keys |= columns.household[rows]
    return keys


def _parts(
    texts: pa.Array,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Numerator, denominator and square metres of each part; at -1, the last, what is not determined."""
    parts = [parse_part(text) for text in texts.to_pylist()]
    in_m2 = [float(part.m2) if isinstance(part, SquareMetres) else np.nan for part in parts]
    fractions = [None if isinstance(part, SquareMetres) else part for part in parts]
    return (
        np.array([*(f.numerator if f else 0 for f in fractions), 0], dtype=np.int64),
        np.array([*(f.denominator if f else 0 for f in fractions), 0], dtype=np.int64),
        np.array([*in_m2, np.nan], dtype=np.float64),
    )


def _codes(texts: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """The code of each text, -1 where there is none, and the texts by code."""
    plain = not pa.types.is_dictionary(texts.type)
    encoded = (texts.dictionary_encode() if plain else texts.unify_dictionaries()).combine_chunks()
    return _filled(encoded.indices, NONE).astype(np.int32, copy=False), encoded.dictionary


def _sorted(codes: NDArray[np.int32], texts: pa.Array) -> tuple[NDArray[np.int32], pa.Array]:
    """The same codes and texts with the texts in order."""
    if pc.all(pc.less(texts[:-1], texts[1:]), min_count=0).as_py():
        return codes, texts
    order = pc.sort_indices(texts).to_numpy()
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[codes], texts.take(pa.array(order))


def _known(texts: pa.ChunkedArray, names: tuple[str, ...]) -> NDArray[np.int8]:
    """The place of each text in a list of names, -1 where it is not in it."""
    codes, found = _codes(texts)
    places = [names.index(text) if text in names else NONE for text in found.to_pylist()]
    return np.array([*places, NONE], dtype=np.int8)[codes]


def _days(texts: pa.ChunkedArray) -> NDArray[np.int32]:
    codes, found = _codes(texts)
    days = np.array(found.to_pylist(), dtype="datetime64[D]").astype(np.int64).tolist()
    return np.array([*days, _NEVER], dtype=np.int32)[codes]


def _whole(numbers: pa.ChunkedArray, missing: int) -> NDArray[np.int64]:
    return _filled(pc.cast(numbers, pa.int64()), missing).astype(np.int64, copy=False)


def _filled(values: pa.Array | pa.ChunkedArray, missing: int) -> NDArray[np.integer]:
    whole = pc.fill_null(values, missing) if values.null_count else values
    return np.asarray(whole.to_numpy())


def _texts(vocabulary: pa.Array, codes: NDArray[np.int32]) -> pd.Series:
    return pd.Series(vocabulary.take(pa.array(codes)).to_pandas(), dtype="str")


def _ids(vocabulary: pa.Array, codes: NDArray[np.int64]) -> pd.Index:
    ids: pd.Index = pd.Index(vocabulary.take(pa.array(codes)).to_pandas(), dtype="str", name="parcel_id")
    return ids
