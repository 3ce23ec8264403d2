"""Milestones, obstacle categories and the classes of the partition: their order and colours.

The words on the page are in the catalogues ("milestone.paid", "class.stuck", "obstacle.price").
Pure: no file, no clock.
"""

from __future__ import annotations

from typing import Final

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

# Fill colours: green for cleared, vermilion for stuck, then one blue ramp that darkens with
# progress. They differ in lightness too, so that they survive print in grey and colour blindness.
CLASS_COLOURS: Final[dict[str, str]] = {
    "handed_over": "#1b7837",
    "stuck": "#d7301f",
    "no_holder": "#7a5195",
    "recovered": "#08519c",
    "paid": "#2f7fbc",
    "plan_approved": "#6baed6",
    "plan_published": "#9ecae1",
    "inventoried": "#c6dbef",
    "notified": "#e3eef8",
    "not_started": "#f2f2ee",
}
