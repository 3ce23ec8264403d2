"""What a list behind a figure is: what an address asks of it, its heading, its lines.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis.clearance.curve import M2_PER_HA
from gis.clearance.stuck import AGES
from gis.errors import WrongViewError
from gis.milestones import CLASSES, OBSTACLE_CATEGORIES
from gis.web.charts import exact_ha
from gis.web.overview_view import PRESSING, age_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis.texts import Texts
    from gis.web.overview_figures import Overview


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list, each None where it does not say.

    Args:
        zone: A zone of the plan.
        first: The first day of a hand-over.
        last: The last one.
        category: Of obstacles.
        age: The place of a band in `AGES`.
        status: Of periods: "overdue" or "due".
        kind: A class of the partition.
    """

    zone: str | None = None
    first: date | None = None
    last: date | None = None
    category: str | None = None
    age: int | None = None
    status: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A line: its cells, the parcels to whose proof cards it leads, its entries."""

    cells: tuple[str, ...]
    parcels: tuple[str, ...] = ()
    seqs: tuple[int, ...] = ()
    of_no_parcel: bool = False  # its entries are of a household as a whole


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: what it is of, its sum in words, headings (a number's with True) and lines."""

    title: str
    total: str
    columns: tuple[tuple[str, bool], ...]
    rows: Sequence[Row]
    note: str = ""
    with_parcels: bool = True
    with_entries: bool = True


def require_known(asked: Asked, found: Overview) -> None:
    """Refuse what no list is of.

    Raises:
        WrongViewError: If so.
    """
    zones = [zone.zone_id for zone in found.snapshot.plan.zones]
    ages = [str(age) for age in range(len(AGES))]
    for name, value, known in (
        ("zone", asked.zone, zones),
        ("category", asked.category, list(OBSTACLE_CATEGORIES)),
        ("age", None if asked.age is None else str(asked.age), ages),
        ("status", asked.status, list(PRESSING)),
        ("kind", asked.kind, list(CLASSES)),
    ):
        if value is not None and value not in known:
            raise WrongViewError(name=name, found=value, expected=", ".join(known))


def _where(found: Overview, asked: Asked, words: Texts) -> str:
    """What a list is limited to, in words; "" where it is not."""
    pieces = []
    if asked.zone is not None:
        pieces.append(found.snapshot.plan.zone(asked.zone).name)
    if asked.first is not None and asked.last is not None:
        pieces.append(words("figures.between", first=asked.first, last=asked.last))
    if asked.category is not None:
        pieces.append(words(f"obstacle.{asked.category}"))
    if asked.age is not None:
        pieces.append(age_words(asked.age, words))
    if asked.kind is not None:
        pieces.append(words(f"class.{asked.kind}"))
    return ", ".join(pieces)


def titled(message: str, found: Overview, asked: Asked, words: Texts) -> str:
    """A list's heading, with what it is limited to."""
    where = _where(found, asked, words)
    return words(message) + (f": {where}" if where else "")


def summed(parcels: int, area_m2: float, words: Texts) -> str:
    """What a list of parcels sums to."""
    return words("figures.sum", ha=exact_ha(words, area_m2 / M2_PER_HA), parcels=parcels)
