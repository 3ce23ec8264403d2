"""What the map can be coloured by: a code for every unit, and a legend row for every code.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.maps.style import STUCK
from gis.maps.tiles import Look
from gis.milestones import CLASS_COLOURS, CLASSES

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

CLASS_LAYER: Final = "class"
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
    """

    layer: str
    codes: NDArray[np.uint8]
    names: tuple[str, ...]
    fills: tuple[str, ...]
    hatched: frozenset[int] = field(default=frozenset())

    def look(self, only: Collection[str] | None = None) -> Look:
        """How it is painted where a filter keeps some names; None keeps all, unknown names keep nothing."""
        kept = None if only is None else frozenset(at for at, name in enumerate(self.names) if name in only)
        return Look(self.fills, self.hatched, kept)


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
