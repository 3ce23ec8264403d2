"""Colours and legend: one table for map and legend, readable in grey."""

from itertools import pairwise

from gis.maps.style import legend_rows
from gis.milestones import CLASSES
from gis.texts import Texts


def lightness(colour):
    """Rec. 709 luma of "#rrggbb", 0 to 255."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_legend_rows__every_class_once_in_the_order_of_the_partition():
    assert [row.name for row in legend_rows(Texts("vi"))] == list(CLASSES)


def test_legend_rows__both_languages_name_every_class():
    vietnamese, english = legend_rows(Texts("vi")), legend_rows(Texts("en"))
    assert vietnamese[0].label == "Đã bàn giao mặt bằng"
    assert all(a.label != b.label for a, b in zip(vietnamese, english, strict=True))


def test_legend_rows__hectares_of_an_absent_class_are_zero_and_unasked_ones_are_none():
    rows = {row.name: row.area_ha for row in legend_rows(Texts("vi"), {"stuck": 1.5})}
    assert rows["stuck"] == 1.5
    assert rows["paid"] == 0.0
    assert {row.area_ha for row in legend_rows(Texts("vi"))} == {None}


def test_legend_rows__the_ramp_of_progress_darkens_step_by_step():
    ramp = ["not_started", "notified", "inventoried", "plan_published", "plan_approved", "paid", "recovered"]
    fills = {row.name: lightness(row.fill) for row in legend_rows(Texts("vi"))}
    steps = [fills[name] for name in ramp]
    assert all(lighter - darker > 5 for lighter, darker in pairwise(steps))


def test_legend_rows__only_stuck_has_an_outline_of_its_own():
    rows = legend_rows(Texts("vi"))
    assert [row.name for row in rows if row.stuck] == ["stuck"]
    assert len({row.outline for row in rows if not row.stuck}) == 1
