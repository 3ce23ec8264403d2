"""Milestones, obstacle and object categories and the classes of the partition: their order and colours.

The words on the page are in the catalogues ("milestone.paid", "class.stuck", "obstacle.price").
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The usual order (NĐ 88/2024, Luật Đất đai 2024); payment, recovery and hand-over occur in any
# order, so the order ranks and warns, it never blocks.
MILESTONES: Final = (
    "notified",
    "inventoried",
    "plan_published",
    "plan_approved",
    "paid",
    "recovered",
    "handed_over",
    "delivered",
)
CLEARED_MILESTONE: Final = "handed_over"
DELIVERED_MILESTONE: Final = "delivered"  # to the investor
# Milestones that may come several times for one holding (supplements, partial payments).
REPEATABLE_MILESTONES: Final = frozenset({"plan_approved", "paid"})

OBSTACLE_CATEGORIES: Final = (
    "price",
    "papers",
    "area_difference",
    "boundary_dispute",
    "inheritance",
    "absent",
    "inventory_refused",
    "payment_refused",
    "complaint",
    "resettlement",
    "graves",
    "utilities",
    "harvest",
    "funding",
    "late_building",
    "remainder_request",
    "planning_change",
    "mortgage",
)

# What stands on land and must go before it is clean ("mặt bằng sạch").
OBJECT_CATEGORIES: Final = (
    "grave_built",
    "grave_earth",
    "grave_unclaimed",
    "house",
    "structure",
    "crop",
    "tree",
    "pole",
)
# How a talk with a household (vận động) ended.
VISIT_OUTCOMES: Final = ("agreed", "considering", "refused", "absent", "other")

# Each parcel or public feature is in exactly one class, the first that applies (top to bottom).
CLASSES: Final = (
    "handed_over",
    "stuck",
    "no_holder",
    "recovered",
    "paid",
    "plan_approved",
    "plan_published",
    "inventoried",
    "notified",
    "not_started",
)

# Fill colours: green for cleared, vermilion for stuck, then a blue ramp that darkens with progress. Chosen
# by search so that any two differ by a step of lightness (print in grey) and by colour for people who see
# no red or no green; tests/maps/test_style.py measures both.
CLASS_COLOURS: Final[dict[str, str]] = {
    "handed_over": "#166441",
    "stuck": "#e64226",
    "no_holder": "#471b41",
    "recovered": "#273a75",
    "paid": "#226fa7",
    "plan_approved": "#559cba",
    "plan_published": "#82b3e4",
    "inventoried": "#b0c7dd",
    "notified": "#d4e2e8",
    "not_started": "#f6f2e6",
}


def place(milestone: str) -> int:
    """The place of a milestone among the eight; -1 for a project's own, which makes no class.

    >>> place("inventoried"), place("meeting")
    (1, -1)
    """
    return MILESTONES.index(milestone) if milestone in MILESTONES else -1


@dataclass(frozen=True, slots=True)
class Step:
    """A milestone of a project's list.

    Args:
        id: What entries name it by.
        names: What the project calls it, by language; empty for the eight, whose words are in the catalogues.
        optional: Whether it may be waived ("không áp dụng"); it makes no class and no hectares.
        after: The milestone that it follows in the usual order; None for the eight.
    """

    id: str
    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    optional: bool = False
    after: str | None = None

    def name(self, language: str) -> str | None:
        """What the project calls it in a language, else in Vietnamese; None for the eight."""
        return self.names.get(language) or self.names.get("vi")


def in_order(optional: Iterable[Step]) -> tuple[Step, ...]:
    """The eight in their order, each followed by the optional ones that come after it, as written.

    What follows no known milestone is left out: a project's plan refuses it.

    >>> [step.id for step in in_order([Step("meeting", optional=True, after="notified")])][:3]
    ['notified', 'meeting', 'inventoried']
    """
    written = tuple(optional)

    def followers(before: str) -> tuple[Step, ...]:
        found = [step for step in written if step.after == before and step.id != before]
        return tuple(one for step in found for one in (step, *followers(step.id)))

    return tuple(one for name in MILESTONES for one in (Step(name), *followers(name)))
