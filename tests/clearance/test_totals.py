"""Totals per leaf, parent and commune, worked out by hand on a small plan."""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis.clearance.areas import overlap_m2
from gis.clearance.balance import coverage
from gis.clearance.totals import check_zones, totals
from gis.milestones import CLASSES
from gis.plan import Commune, Goal, OldCommune, Plan, ZonePlan
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from worlds import box, units, zones

KEYS = [
    "zone_id", "name", "parent", "goal_ha", "plan_ha", "mapped_ha", "cleared_ha", "signed_ha", "clean_ha",
    "remaining_of_plan_ha", "remaining_of_mapped_ha", "share_of_goal", "share_of_plan", "share_of_mapped",
    "by_class_ha", "balance",
]  # fmt: skip


def zone_plan(zone_id, parent=None, plan_ha=None):
    return ZonePlan(zone_id=zone_id, name=zone_id.upper(), parent=parent, plan_ha=plan_ha, source="plan")


PLAN = Plan(
    synthetic=True,
    crs=5897,
    starts=date(2025, 7, 1),
    headline="goal",
    commune=Commune(
        name="Hoàng Sơn",
        register_name="Hoằng Sơn",
        code="15910",
        old_communes=(OldCommune(code="15901", name="Hoằng Sơn"),),
    ),
    goal=Goal(area_ha=10.0, approximate=True, by=date(2030, 12, 31), text="10 ha", source="plan"),
    zones=(
        zone_plan("park", plan_ha=8.0),
        zone_plan("phase-1", "park", 5.0),
        zone_plan("phase-2", "park", 3.0),
        zone_plan("cluster", plan_ha=2.0),
        zone_plan("village"),
    ),
)


def world():
    """phase-1 is 300 x 200 m (6 ha) with A, B, C of 2 ha each; phase-2 100 x 100 (1 ha) under D to a half.

    A is handed over; B by half of its holders; D is stuck. The cluster has a boundary and no parcels,
    the village has neither boundary nor figure.
    """
    lots = units(
        A=box(0, 0, 100, 200), B=box(100, 0, 200, 200), C=box(200, 0, 300, 200), D=box(300, 0, 350, 100)
    )
    parks = zones(
        **{"phase-2": box(300, 0, 400, 100), "phase-1": box(0, 0, 300, 200), "cluster": box(900, 0, 950, 200)}
    )
    classes = pd.Series({"A": "handed_over", "B": "inventoried", "C": "no_holder", "D": "stuck"})
    signed = pd.Series({"A": 1.0, "B": 0.5, "C": 0.0, "D": 0.25})
    return lots, parks, classes, signed


def by_zone(occupied=()):
    lots, parks, classes, signed = world()
    found = totals(PLAN, coverage(lots, parks), overlap_m2(lots, parks), classes, signed, occupied)
    return {total.zone_id: total for total in found}


def test_totals__the_commune_first_then_the_plans_order():
    found = by_zone()
    assert list(found) == ["commune", "park", "phase-1", "phase-2", "cluster", "village"]
    parents = {zone_id: total.parent for zone_id, total in found.items()}
    assert parents == {
        "commune": None, "park": "commune", "phase-1": "park", "phase-2": "park", "cluster": "commune", "village": "commune",
    }  # fmt: skip
    assert found["commune"].name == "Hoàng Sơn"


def test_totals__a_leaf_by_hand():
    leaf = by_zone()["phase-1"].to_dict()
    assert leaf["by_class_ha"] == pytest.approx(
        dict.fromkeys(CLASSES, 0) | {"handed_over": 2, "inventoried": 2, "no_holder": 2}
    )
    assert leaf["mapped_ha"] == pytest.approx(6)
    assert leaf["cleared_ha"] == pytest.approx(2)
    assert leaf["signed_ha"] == pytest.approx(3)
    assert leaf["remaining_of_plan_ha"] == pytest.approx(3)
    assert leaf["remaining_of_mapped_ha"] == pytest.approx(4)
    assert leaf["share_of_plan"] == pytest.approx(0.4)
    assert leaf["share_of_mapped"] == pytest.approx(1 / 3)
    assert leaf["goal_ha"] is None
    assert leaf["share_of_goal"] is None


def test_totals__parents_are_the_sum_of_their_leaves():
    park = by_zone()["park"].to_dict()
    assert park["plan_ha"] == 8
    assert park["mapped_ha"] == pytest.approx(7)
    assert park["cleared_ha"] == pytest.approx(2)
    assert park["signed_ha"] == pytest.approx(3 + 0.25 * 0.5)
    assert park["by_class_ha"]["stuck"] == pytest.approx(0.5)
    assert park["balance"]["zone_m2"] == pytest.approx(70_000)
    assert park["balance"]["gap_m2"] == pytest.approx(5_000)
    assert park["balance"]["classes_m2"]["stuck"] == pytest.approx(5_000)
    assert park["balance"]["residual_m2"] == pytest.approx(0, abs=1e-6)


def test_totals__the_commune_has_the_goal_and_the_sum_of_root_plan_areas():
    commune = by_zone()["commune"].to_dict()
    assert (commune["goal_ha"], commune["plan_ha"]) == (10, 10)
    assert commune["mapped_ha"] == pytest.approx(8)
    assert commune["share_of_goal"] == pytest.approx(0.2)
    assert commune["share_of_plan"] == pytest.approx(0.2)
    assert commune["share_of_mapped"] == pytest.approx(0.25)
    assert commune["remaining_of_plan_ha"] == pytest.approx(8)


def test_totals__a_boundary_without_parcels_has_zeros():
    cluster = by_zone()["cluster"].to_dict()
    assert cluster["cleared_ha"] == cluster["signed_ha"] == 0
    assert cluster["by_class_ha"] == dict.fromkeys(CLASSES, 0)
    assert cluster["balance"]["gap_m2"] == pytest.approx(10_000)
    assert cluster["remaining_of_mapped_ha"] == pytest.approx(1)


def test_totals__without_a_boundary_nothing_is_zero():
    village = by_zone()["village"].to_dict()
    named = {"zone_id": "village", "name": "VILLAGE", "parent": "commune"}
    assert village == dict.fromkeys(KEYS) | named


def test_totals__no_boundary_at_all():
    lots, parks, classes, signed = world()
    found = totals(PLAN, coverage(lots, parks.iloc[:0]), overlap_m2(lots, parks.iloc[:0]), classes, signed)
    commune = found[0].to_dict()
    assert commune["plan_ha"] == commune["goal_ha"] == 10
    assert [key for key in KEYS if commune[key] is None] == [
        "parent", "mapped_ha", "cleared_ha", "signed_ha", "clean_ha", "remaining_of_plan_ha", "remaining_of_mapped_ha",
        "share_of_goal", "share_of_plan", "share_of_mapped", "by_class_ha", "balance",
    ]  # fmt: skip


def test_to_dict__has_exactly_the_documented_keys():
    for total in by_zone().values():
        found = total.to_dict()
        assert list(found) == KEYS
        assert {key: getattr(total, key) for key in KEYS if key != "balance"} == {
            key: value for key, value in found.items() if key != "balance"
        }
    assert list(by_zone()["park"].to_dict()["balance"]) == [
        "zone_m2", "classes_m2", "gap_m2", "overlap_m2", "residual_m2",
    ]  # fmt: skip
    assert list(by_zone()["park"].by_class_ha) == list(CLASSES)


def test_totals__classes_sum_to_what_the_balance_says_they_do():
    for total in by_zone().values():
        if total.balance:
            explained = (
                sum(total.balance.classes_m2.values()) - total.balance.overlap_m2 + total.balance.gap_m2
            )
            assert explained == pytest.approx(total.balance.zone_m2)


def test_totals__a_part_that_is_not_known_is_not_hidden():
    lots, parks, classes, signed = world()
    signed["D"] = np.nan
    found = totals(PLAN, coverage(lots, parks), overlap_m2(lots, parks), classes, signed)
    assert [np.isnan(total.signed_ha) for total in found[:4]] == [True, True, False, True]


def test_check_zones__boundaries_that_no_total_counts():
    assert check_zones(PLAN, ["phase-1", "village"]) == []
    found = check_zones(PLAN, ["ghost", "phase-1", "park"])
    assert [(p.source, p.message) for p in found] == [
        ("ghost", "problem.zone_not_in_plan"),
        ("park", "problem.zone_divided"),
    ]
    for language in ("vi", "en"):
        assert all(Texts(language).problem(problem) for problem in found)


def test_totals__clean_land_is_what_is_handed_over_less_where_something_stands():
    assert [total.clean_ha for total in by_zone().values()] == pytest.approx([2, 2, 2, 0, 0, None])
    left = by_zone(occupied={"A", "B"})
    assert [total.clean_ha for total in left.values()] == pytest.approx([0, 0, 0, 0, 0, None])
    assert left["commune"].cleared_ha == pytest.approx(2)
    assert by_zone(occupied={"B", "nowhere"})["park"].clean_ha == by_zone()["park"].cleared_ha


def test_totals__nothing_is_said_of_clean_land_that_nobody_looked_at():
    assert {total.clean_ha for total in by_zone(occupied=None).values()} == {None}
