"""The balance: zones worked out by hand, alarms that must ring, and the law on random subdivisions."""

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.clearance.areas import overlap_m2
from gis.clearance.balance import balance, check_balance, coverage
from gis.clearance.partition import class_m2
from gis.errors import CrsMismatchError, DuplicateIdError
from gis.milestones import CLASSES
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from worlds import EAST, NORTH, box, units, zones


def measured(found, zone_id="Z"):
    return found.loc[zone_id].tolist()


def one_class(overlaps):
    """m² by zone with every parcel in one class."""
    ids = overlaps.index.get_level_values("parcel_id").unique()
    return class_m2(overlaps, pd.Series("paid", index=ids))


def residual(lots, parks, table):
    return balance(coverage(lots, parks), one_class(table)).loc["Z", "residual_m2"]


def test_coverage__a_gap_and_an_overlap_by_hand():
    """Zone 100 x 50. A: 0-40, B: 30-90 (10 wide on A), C: 90-120 of which 10 inside, to y = 40 only."""
    lots = units(A=box(0, 0, 40, 50), B=box(30, 0, 90, 50), C=box(90, 0, 120, 40))
    found = coverage(lots, zones(Z=box(0, 0, 100, 50)))
    assert list(found.columns) == ["zone_m2", "gap_m2", "overlap_m2"]
    assert found.index.name == "zone_id"
    assert measured(found) == pytest.approx([5000, 100, 500], abs=1e-6)


def test_coverage__three_over_each_other_count_twice():
    """Each is 10 x 10 on the same ground: Σ parts 300, union 100."""
    lots = units(A=box(0, 0, 10, 10), B=box(0, 0, 10, 10), C=box(0, 0, 10, 10))
    assert measured(coverage(lots, zones(Z=box(0, 0, 10, 20)))) == pytest.approx([200, 100, 200])


def test_coverage__a_unit_wholly_within_another():
    """A house plot of 4 x 5 drawn on a garden that was never cut out."""
    lots = units(GARDEN=box(0, 0, 20, 20), HOUSE=box(5, 5, 9, 10))
    assert measured(coverage(lots, zones(Z=box(0, 0, 20, 20)))) == pytest.approx([400, 0, 20], abs=1e-6)


def test_coverage__neighbours_with_differing_vertices_neither_gap_nor_overlap():
    """One long plot beside two short ones: the long edge has no vertex where those meet."""
    lots = units(A=box(0, 0, 10, 20), B=box(10, 0, 20, 7), C=box(10, 7, 20, 20))
    assert measured(coverage(lots, zones(Z=box(0, 0, 20, 20)))) == pytest.approx([400, 0, 0], abs=1e-6)


def test_coverage__an_overlap_counts_only_inside_the_zone():
    """A and B overlap on x 8-12; the zone ends at x = 10."""
    lots = units(A=box(0, 0, 12, 10), B=box(8, 0, 20, 10))
    assert measured(coverage(lots, zones(Z=box(0, 0, 10, 10)))) == pytest.approx([100, 0, 20], abs=1e-6)


def test_coverage__a_canal_in_several_pieces_and_a_zone_with_a_hole():
    canal = shapely.MultiPolygon([box(0, 8, 5, 10), box(15, 8, 20, 10)])
    ring = box(0, 0, 20, 20).difference(box(5, 5, 15, 15))
    found = coverage(units(K=canal, P=box(0, 0, 20, 5)), zones(Z=ring))
    assert measured(found) == pytest.approx([300, 300 - 20 - 100, 0], abs=1e-6)


def test_coverage__a_zone_without_parcels_is_all_gap():
    found = coverage(units(A=box(0, 0, 1, 1)), zones(Z=box(50, 50, 60, 60), W=box(0, 0, 2, 1)))
    assert list(found.index) == ["Z", "W"]
    assert measured(found) == [100, 100, 0]
    assert measured(found, "W") == pytest.approx([2, 1, 0], abs=1e-9)


def test_coverage__no_units_at_all():
    empty = units(A=box(0, 0, 1, 1)).iloc[:0]
    assert measured(coverage(empty, zones(Z=box(0, 0, 10, 10)))) == [100, 100, 0]


def test_coverage__a_zone_without_a_shape_has_no_row():
    found = coverage(units(A=None, B=box(0, 0, 1, 1)), zones(Y=None, Z=box(0, 0, 1, 1)))
    assert list(found.index) == ["Z"]


def test_coverage__other_crs_and_doubled_ids_are_refused():
    lots = units(A=box(0, 0, 1, 1), B=box(1, 0, 2, 1))
    with pytest.raises(CrsMismatchError):
        coverage(lots, zones(crs=5899, Z=box(0, 0, 1, 1)))
    with pytest.raises(DuplicateIdError):
        coverage(lots.rename(index={"B": "A"}), zones(Z=box(0, 0, 1, 1)))


def test_balance__closes_by_hand():
    """From `a_gap_and_an_overlap_by_hand`: parts 2000 + 3000 + 400 = 5400 = 5000 + 500 - 100."""
    lots = units(A=box(0, 0, 40, 50), B=box(30, 0, 90, 50), C=box(90, 0, 120, 40))
    parks = zones(Z=box(0, 0, 100, 50))
    found = balance(coverage(lots, parks), one_class(overlap_m2(lots, parks)))
    assert list(found.columns) == ["zone_m2", "classes_m2", "gap_m2", "overlap_m2", "residual_m2"]
    assert measured(found) == pytest.approx([5000, 5400, 100, 500, 0], abs=1e-6)
    assert check_balance(found) == []


def test_balance__a_zone_without_parcels_closes():
    found = balance(
        coverage(units(A=box(0, 0, 1, 1)), zones(Z=box(5, 5, 9, 9))),
        pd.DataFrame(columns=list(CLASSES), dtype=float),
    )
    assert measured(found) == [16, 0, 16, 0, 0]
    assert check_balance(found) == []


def six_lots():
    """Six lots of 10 x 10 that fill the zone."""
    lots = units(**{f"P{n}": box(10 * n, 0, 10 * n + 10, 10) for n in range(6)})
    parks = zones(Z=box(0, 0, 60, 10))
    return lots, parks, overlap_m2(lots, parks)


def test_check_balance__a_parcel_deleted_from_the_table_rings():
    lots, parks, table = six_lots()
    assert residual(lots, parks, table) == pytest.approx(0, abs=1e-9)
    for lost in table.index:
        short = balance(coverage(lots, parks), one_class(table.drop(lost)))
        assert short.loc["Z", "residual_m2"] == pytest.approx(100)
        [problem] = check_balance(short)
        assert (problem.source, problem.message) == ("Z", "problem.balance_open")
        assert problem.facts["residual_m2"] == pytest.approx(100)


def test_check_balance__a_parcel_counted_twice_rings():
    lots, parks, table = six_lots()
    table["P3", "Z"] *= 2
    found = balance(coverage(lots, parks), one_class(table))
    assert found.loc["Z", "residual_m2"] == pytest.approx(-100)
    assert len(check_balance(found)) == 1


def test_check_balance__a_loss_is_not_hidden_by_a_true_overlap():
    """A and B overlap by 30; without B in the table 80 are missing, not 50."""
    lots, parks = units(A=box(0, 0, 8, 10), B=box(5, 0, 13, 10)), zones(Z=box(0, 0, 13, 10))
    table = overlap_m2(lots, parks)
    assert residual(lots, parks, table) == pytest.approx(0, abs=1e-9)
    assert residual(lots, parks, table.drop([("B", "Z")])) == pytest.approx(80)


def test_check_balance__tolerance_is_included_and_never_measured_rings():
    frame = pd.DataFrame({"residual_m2": [0.1, -0.1, 0.11, np.nan]}, index=list("abcd"))
    assert [problem.source for problem in check_balance(frame)] == ["c", "d"]
    found = balance(coverage(*six_lots()[:2]), pd.DataFrame({"paid": [600.0, 5.0]}, index=["Z", "GHOST"]))
    assert [problem.source for problem in check_balance(found)] == ["GHOST"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_check_balance__says_every_figure(language):
    lots, parks, table = six_lots()
    short = balance(coverage(lots, parks), one_class(table.drop([("P0", "Z")])))
    text = Texts(language).problem(check_balance(short)[0])
    for figure in ("600", "500", "100", "0"):
        assert figure in text


def subdivision(rng, columns, rows, jitter, mishap):
    """A jittered grid of quadrilaterals that share their vertices; some dropped, some pushed."""
    east, north = np.meshgrid(np.arange(columns + 1) * 20.0, np.arange(rows + 1) * 30.0)
    nodes = np.stack([east, north], -1) + rng.uniform(-jitter, jitter, (*east.shape, 2)) + (EAST, NORTH)
    rings = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], 2).reshape(-1, 4, 2)
    pushed = rng.random(len(rings)) < mishap
    rings[pushed] += rng.uniform(-5, 5, (pushed.sum(), 1, 2))
    kept = rng.random(len(rings)) >= mishap / 2
    shapes = shapely.polygons(rings)[kept]
    return units(**{f"P{n:04}": shape for n, shape in enumerate(shapes)})


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 9),
    st.integers(1, 9),
    st.floats(0, 6),
    st.sampled_from([0, 0.1, 0.6]),
)
def test_balance__closes_on_random_subdivisions(seed, columns, rows, jitter, mishap):
    """Totals equal the sum of clipped parcels; gap and overlap equal plain unions; rows in any order."""
    rng = np.random.default_rng(seed)
    lots = subdivision(rng, columns, rows, jitter, mishap)
    ring = shapely.Point(EAST + 10 * columns, NORTH + 15 * rows).buffer(
        rng.uniform(5, 15 * max(rows, columns))
    )
    parks = zones(Z=ring, W=box(5, 5, 20 * columns - 5, 30 * rows - 5))
    table = overlap_m2(lots, parks)
    measures = coverage(lots, parks)
    found = balance(measures, one_class(table))
    assert (found["residual_m2"].abs() <= 1e-6 * found["zone_m2"]).all()
    for zone_id, outline in parks.geometry.items():
        clipped = gpd.clip(lots, outline, keep_geom_type=True) if len(lots) else lots
        parts_m2 = float(clipped.area.sum())
        union_m2 = float(clipped.union_all().area) if len(clipped) else 0.0
        expected = [outline.area, parts_m2, outline.area - union_m2, parts_m2 - union_m2, 0]
        np.testing.assert_allclose(found.loc[zone_id], expected, rtol=0, atol=1e-6 * outline.area)
    mixed = lots.iloc[rng.permutation(len(lots))]
    np.testing.assert_allclose(coverage(mixed, parks), measures, rtol=0, atol=1e-6)
