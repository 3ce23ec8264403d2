"""Colours and legend: one table for map and legend, told apart by all eyes and in a grey print."""

import sys
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from gis.maps.layers import CATEGORY_COLOURS, LAST_COLOURS
from gis.maps.style import legend_rows
from gis.maps.tiles import FAINT
from gis.milestones import CLASS_COLOURS, CLASSES
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from colourworld import EYES, delta_e, lab

APART = 7.5  # CIEDE2000; 1 is just seen side by side, 2 to 3 at a glance
STEP = 6.0  # L*, of 100


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_delta_e__agrees_with_the_pairs_that_its_authors_published(one, other, told):
    assert delta_e(one, other) == pytest.approx(told, abs=5e-5)


@pytest.mark.parametrize("eyes", EYES)
def test_class_colours__any_two_are_apart_for_all_eyes(eyes):
    near = min(
        (delta_e(lab(CLASS_COLOURS[one], eyes), lab(CLASS_COLOURS[other], eyes)), one, other)
        for one, other in combinations(CLASSES, 2)
    )
    assert near[0] > APART, near


def test_class_colours__any_two_are_apart_in_a_grey_print():
    greys = sorted((lab(colour)[0], name) for name, colour in CLASS_COLOURS.items())
    assert all(light - dark > STEP for (dark, _), (light, _) in pairwise(greys)), greys


@pytest.mark.parametrize("eyes", EYES)
def test_category_colours__any_two_are_apart_for_all_eyes(eyes):
    colours = (*CATEGORY_COLOURS, LAST_COLOURS["none"])  # what is hatched is told by that
    near = min(
        (delta_e(lab(one, eyes), lab(other, eyes)), one, other) for one, other in combinations(colours, 2)
    )
    assert near[0] > APART, near
    assert delta_e(lab(LAST_COLOURS["several"], eyes), lab(LAST_COLOURS["other"], eyes)) > APART


def test_category_colours__any_two_are_apart_in_a_grey_print():
    greys = sorted(lab(colour)[0] for colour in (*CATEGORY_COLOURS, LAST_COLOURS["none"]))
    assert all(light - dark > STEP for dark, light in pairwise(greys)), greys


def test_class_colours__what_a_filter_leaves_out_looks_like_none_of_them():
    """Near to the lightest classes only, and those are tinted."""
    assert min(delta_e(lab(FAINT), lab(colour)) for colour in CLASS_COLOURS.values()) > 4


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
    steps = [lab(CLASS_COLOURS[name])[0] for name in ramp]
    assert all(lighter - darker > STEP for lighter, darker in pairwise(steps))


def test_legend_rows__only_stuck_has_an_outline_of_its_own():
    rows = legend_rows(Texts("vi"))
    assert [row.name for row in rows if row.stuck] == ["stuck"]
    assert len({row.outline for row in rows if not row.stuck}) == 1
