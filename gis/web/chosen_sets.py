"""The lists of parcels that pages have chosen, by a short name: the map asks for a list once.

A name is made of what it names and says nothing by itself. Pages and routes meet here in one process.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from gis.maps.folium_map import ChosenSet
from gis.web.prepared import Kept

if TYPE_CHECKING:
    from collections.abc import Iterable

SETS_KEPT: Final = 200
NAME_BYTES: Final = 16


class ChosenSets:
    """The last lists that pages have chosen; safe to share between threads."""

    def __init__(self, most: int = SETS_KEPT) -> None:
        """Keep at most that many."""
        self._kept: Kept[tuple[str, ...]] = Kept(most)

    def keep(self, parcels: Iterable[str]) -> ChosenSet | None:
        """Keep a list; None where it is empty.

        >>> sets = ChosenSets()
        >>> kept = sets.keep(["P2", "P1"])
        >>> kept.count, sets.of(kept.name), sets.keep([])
        (2, ('P1', 'P2'), None)
        """
        ids = tuple(sorted(parcels))
        if not ids:
            return None
        name = hashlib.blake2b("\n".join(ids).encode(), digest_size=NAME_BYTES).hexdigest()
        self._kept.get(name, lambda: ids)
        return ChosenSet(name, len(ids))

    def of(self, name: str) -> tuple[str, ...] | None:
        """The list of a name; None where it is not kept (any more)."""
        return self._kept.find(name)


chosen_sets: Final = ChosenSets()
