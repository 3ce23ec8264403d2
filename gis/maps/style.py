"""How a class looks on the map and in the legend: one table for both, made of `gis.milestones`.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gis.maps.tiles import HATCH
from gis.milestones import CLASS_COLOURS, CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.texts import Texts

STUCK: Final = "stuck"
# A stuck parcel is outlined and hatched besides its colour: it is told apart in a grey print too.
STUCK_OUTLINE: Final = HATCH
OUTLINE: Final = "#52606d"
CLASS_INDEX: Final = {name: index for index, name in enumerate(CLASSES)}


@dataclass(frozen=True, slots=True)
class LegendRow:
    """A line of the legend: a class, its look, and its hectares (None where they are not given)."""

    name: str
    label: str
    fill: str
    outline: str
    stuck: bool
    area_ha: float | None = None


def legend_rows(texts: Texts, class_ha: Mapping[str, float] | None = None) -> tuple[LegendRow, ...]:
    """The legend in the order of the partition.

    Args:
        texts: Language of the labels.
        class_ha: Hectares by class; a class that is absent has 0.0. None leaves the hectares out.

    Returns:
        One row a class, all classes, `gis.milestones.CLASSES` order.

    >>> from gis.texts import Texts
    >>> [row.name for row in legend_rows(Texts("vi"))][:2]
    ['handed_over', 'stuck']
    """
    return tuple(
        LegendRow(
            name=name,
            label=texts(f"class.{name}"),
            fill=CLASS_COLOURS[name],
            outline=STUCK_OUTLINE if name == STUCK else OUTLINE,
            stuck=name == STUCK,
            area_ha=None if class_ha is None else float(class_ha.get(name, 0.0)),
        )
        for name in CLASSES
    )
