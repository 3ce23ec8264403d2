"""What the map can be coloured by: a code for every unit, and a legend row for every code.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from gis.maps.style import STUCK
from gis.maps.tiles import HATCH, Look
from gis.milestones import CLASS_COLOURS, CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

CLASS_LAYER: Final = "class"
LAYERS: Final = (CLASS_LAYER, "land_use", "batch", "hamlet", "obstacle", "last_change", "findings")
OTHER, SEVERAL, NONE = "other", "several", "none"
# Told apart as `CLASS_COLOURS` are: by hue and lightness, for all eyes; tests/maps/test_style.py measures it.
CATEGORY_COLOURS: Final = (
    "#e7ddb3",
    "#0d87c9",
    "#096060",
    "#c8aa60",
    "#762341",
    "#6ed3e5",
    "#9b5947",
    "#1e2b54",
    "#c2859c",
)
LAST_COLOURS: Final = {SEVERAL: "#b9b9b9", OTHER: "#f7f7f6", NONE: "#f7f7f6"}  # the first two are hatched
REST_HATCH: Final = "#8d99a6"
AGE_DAYS: Final = (7, 30, 90, 365)
AGES: Final = ("d7", "d30", "d90", "d365", "older", "never")
AGE_COLOURS: Final = tuple(
    CLASS_COLOURS[name]
    for name in ("recovered", "paid", "plan_approved", "plan_published", "inventoried", "not_started")
)
# The worst finding looks like what is stuck, hatched; what is in order is as pale as what is not started.
FINDING_COLOURS: Final = {
    "overlap": CLASS_COLOURS["stuck"],
    "gap": CLASS_COLOURS["recovered"],
    "list": CLASS_COLOURS["plan_approved"],
    "area": CLASS_COLOURS["inventoried"],
    NONE: CLASS_COLOURS["not_started"],
}
_CLASS_INDEX: Final = pd.Index(CLASSES)


@dataclass(frozen=True, slots=True)
class Paint:
    """A layer of the map at a moment.

    Args:
        layer: Its name, such as "class".
        codes: Code of each unit by place, an index of `names`.
        names: What each code stands for, such as "stuck"; never a person.
        fills: "#rrggbb" by code.
        hatched: Codes that are hatched besides.
        titles: What each code is called where the data says it; "" or absent: by the catalogue.
        hatch: Colour of the hatching.
    """

    layer: str
    codes: NDArray[np.uint8]
    names: tuple[str, ...]
    fills: tuple[str, ...]
    hatched: frozenset[int] = field(default=frozenset())
    titles: tuple[str, ...] = ()
    hatch: str = HATCH

    def look(self, only: Collection[str] | None = None) -> Look:
        """How it is painted where a filter keeps some names; None keeps all, unknown names keep nothing."""
        kept = None if only is None else frozenset(at for at, name in enumerate(self.names) if name in only)
        return Look(self.fills, self.hatched, kept, self.hatch)


def class_paint(classes: pd.Series[str], parcel_ids: pd.Index) -> Paint:
    """The layer of the classes of the partition.

    Args:
        classes: Class names by parcel_id.
        parcel_ids: Order wanted.

    Raises:
        KeyError: If a unit has no class, or one that is not in `CLASSES`.

    >>> class_paint(pd.Series({"P1": "stuck", "P2": "handed_over"}), pd.Index(["P2", "P1"])).codes.tolist()
    [0, 1]
    """
    aligned = classes if classes.index.equals(parcel_ids) else classes.reindex(parcel_ids)
    codes = _CLASS_INDEX.get_indexer(pd.Index(aligned))
    if (codes < 0).any():
        at = int(np.argmax(codes < 0))
        raise KeyError(
            f"parcel {parcel_ids[at]!r} has the class {aligned.iloc[at]!r}, which is not one of {CLASSES}"
        )
    return class_codes_paint(codes)


def class_codes_paint(codes: NDArray[np.integer]) -> Paint:
    """The layer of the classes from their places in `gis.milestones.CLASSES`, in the units' order."""
    fills = tuple(CLASS_COLOURS[name] for name in CLASSES)
    hatched = frozenset({CLASSES.index(STUCK)})
    return Paint(CLASS_LAYER, codes.astype(np.uint8), CLASSES, fills, hatched)


def category_paint(
    layer: str, names: NDArray[Any], weight: NDArray[np.float64], titles: Mapping[str, str]
) -> Paint:
    """A layer of categories: the nine that take most land have colours of their own, the rest one together.

    Args:
        layer: Its name.
        names: Category of each unit by place; "" for none. `OTHER`, `SEVERAL` and `NONE` are no categories.
        weight: Square metres of each unit that count.
        titles: What categories are called, by name; what is not in it is called by the catalogue.

    Returns:
        The categories by their land, the largest first, then what there is of `SEVERAL`, `OTHER`, `NONE`.
    """
    places, found = pd.factorize(names)
    land = np.bincount(places, weights=weight, minlength=len(found))
    own = [at for at in np.lexsort((found, -land)).tolist() if found[at] not in ("", SEVERAL)]
    shown = [str(found[at]) for at in own[: len(CATEGORY_COLOURS)]]
    last = [(SEVERAL, SEVERAL in found), (OTHER, len(own) > len(shown)), (NONE, True)]
    kept = (*shown, *(name for name, there in last if there))
    code = {name: at for at, name in enumerate(kept)}
    of_category = [code.get(str(name) or NONE, code.get(OTHER, 0)) for name in found]
    fills = (*CATEGORY_COLOURS[: len(shown)], *(LAST_COLOURS[name] for name in kept[len(shown) :]))
    codes = np.array(of_category, dtype=np.uint8)[places] if len(found) else np.zeros(0, dtype=np.uint8)
    hatched = frozenset(at for at, name in enumerate(kept) if name in (SEVERAL, OTHER))
    called = tuple(titles.get(name, "") for name in kept)
    return Paint(layer, codes, kept, fills, hatched, called, REST_HATCH)


def finding_paint(names: NDArray[np.object_]) -> Paint:
    """The layer of what is to be looked at in each unit's data, from names of `FINDING_COLOURS` by place."""
    kinds = tuple(FINDING_COLOURS)
    codes = pd.Index(kinds).get_indexer(pd.Index(names)).astype(np.uint8)
    return Paint("findings", codes, kinds, tuple(FINDING_COLOURS.values()), frozenset({0}))


def age_paint(last: NDArray[np.int64], since: Sequence[int]) -> Paint:
    """The layer of the last change: how long ago something was last recorded of each unit.

    Args:
        last: Seq of the last entry that names each unit, by place; 0 where none does.
        since: The last seq before each of the spans of `AGE_DAYS`, the shortest first.
    """
    codes = np.full(len(last), len(AGES) - 1, dtype=np.uint8)
    codes[last > 0] = len(AGES) - 2
    for at in reversed(range(len(since))):
        codes[last > since[at]] = at
    return Paint("last_change", codes, AGES, AGE_COLOURS)
