"""Why two figures differ: each cause by hand, and the law that the causes sum to the difference."""

import math
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from landworld import EAST, NORTH, ON, ZONE, stamp

from gis.clearance.bridge_lines import Bridge, Moment, zone_bridges
from gis.ledger.facts import Void
from gis.ledger.marks import Mark
from gis.project.bridge import bridge, legs
from gis.project.stated import Stated
from gis.project.succession import succeed

sys.path.insert(0, str(Path(__file__).parent))
from bridgeworld import CCN, FIRST, GD1, SPLIT, day, entries, holds, reaches, snapshots, version, voids

HECTARE = 10_000
TM3 = Stated(crs="EPSG:5897")
HELD = (
    (1, holds("P1", "AN")),
    (1, holds("P2", "BINH")),
    (1, holds("P3", "CUC")),
    (1, holds("F1", "UBND")),
)
START = (*FIRST, *HELD)
KNOWN = len(START)


def hands(parcel, household):
    return reaches(parcel, household, "handed_over")


def found(facts, start, end):
    """The bridge of some facts after the first ones, between (day number, known) and (day number, known)."""
    ledger = entries(*START, *facts)
    moments = [Moment(day(number), known) for number, known in (start, end)]
    made = bridge(snapshots(ledger), ledger, *moments)
    assert made.problems == ()
    return made


def told(made, zone="commune"):
    """{cause: (m², parcels, entries)} of a zone."""
    bridged = next(one for one in made.zones if one.zone_id == zone)
    return {
        line.cause: (pytest.approx(line.m2, abs=1e-6), line.parcels, line.entries) for line in bridged.lines
    }


def by_zone(made, zone):
    return {cause: m2.expected for cause, (m2, _, _) in told(made, zone).items()}


def test_bridge__handed_over_between_the_days():
    """8: P1 on day 15. From day 10 to day 20."""
    made = found([(15, hands("P1", "AN"))], (10, KNOWN), (20, 8))
    assert told(made) == {"cleared": (10_000, ("P1",), (8,))}
    assert told(made, GD1) == told(made) == told(made, "kcn-phu-quy")
    assert told(made, CCN) == {}
    commune = made.zones[0]
    assert (commune.before_m2, commune.after_m2, commune.difference_m2) == pytest.approx((0, 10_000, 10_000))


@pytest.mark.parametrize(
    ("on", "cause"), [(9, "corrected"), (10, "corrected"), (11, "cleared"), (20, "cleared")]
)
def test_bridge__day_a_belongs_to_before_and_day_b_to_after(on, cause):
    assert list(told(found([(on, hands("P1", "AN"))], (10, KNOWN), (20, 8)))) == [cause]


def test_bridge__after_day_b_is_no_change():
    assert told(found([(21, hands("P1", "AN"))], (10, KNOWN), (20, 8))) == {}


def test_bridge__written_late_and_cancelled_late_are_corrections_of_either_sign():
    """8: P1 on day 5, known on day 10. Then 9: P2 on day 6, written late; 10: cancels 8."""
    facts = [(5, hands("P1", "AN")), (6, hands("P2", "BINH")), (None, voids("P1", 8))]
    made = found(facts, (10, 8), (20, 10))
    line = made.zones[0].line("corrected")
    assert (line.m2, line.gained_m2, line.lost_m2) == pytest.approx((0, 10_000, -10_000))
    assert (line.parcels, line.entries) == (("P1", "P2"), (9, 10))


def test_bridge__a_day_set_right_is_taken_back_and_then_cleared():
    """8: P1 on day 5. It was day 15: 9 cancels 8, 10 says so."""
    facts = [(5, hands("P1", "AN")), (None, voids("P1", 8), "r"), (15, hands("P1", "AN"), "r")]
    assert told(found(facts, (10, 8), (20, 10))) == {
        "cleared": (10_000, ("P1",), (10,)),
        "corrected": (-10_000, ("P1",), (9,)),
    }


def test_bridge__a_holder_who_has_not_handed_over_makes_a_parcel_uncleared():
    """8: P1 on day 5; 9: from day 15 half of it is Dung's."""
    facts = [(5, hands("P1", "AN")), (15, holds("P1", "DUNG", Fraction(1, 2)))]
    assert told(found(facts, (10, 8), (20, 9))) == {"part_changed": (-10_000, ("P1",), (9,))}


def test_bridge__the_one_who_waited_gave_his_part_to_the_one_who_did_not():
    """8: half of P1 is Dung's; 9: An hands over on day 5; 10: Dung's part goes to An on day 15."""
    facts = [
        (2, holds("P1", "DUNG", Fraction(1, 2))),
        (5, hands("P1", "AN")),
        (15, holds("P1", "AN", Fraction(1), "DUNG")),
    ]
    assert told(found(facts, (10, 9), (20, 10))) == {"part_changed": (10_000, ("P1",), (10,))}
    facts[2] = (15, holds("P1", "AN", Fraction(1), "AN", "DUNG"))
    assert told(found(facts, (10, 9), (20, 10))) == {}  # together they had not handed over


def test_bridge__a_zone_drawn_anew_takes_from_one_and_gives_to_the_other():
    """8: P2 on day 5. On day 15 "gd1" ends 50 m earlier, "ccn" begins there: half of P2 changes zone."""
    facts = [(5, hands("P2", "BINH")), (15, version("zones", "zones-2"))]
    made = found(facts, (10, 8), (20, 9))
    assert told(made, GD1) == {"boundary_changed": (-5_000, ("P2",), (9,))}
    assert told(made, CCN) == {"boundary_changed": (5_000, ("P2",), (9,))}
    commune = made.zones[0].line("boundary_changed")
    assert (commune.m2, commune.gained_m2) == pytest.approx((0, 5_000))
    assert commune.parcels == ("P2",)  # once, in two zones


def test_bridge__a_plot_and_its_zone_drawn_anew_on_one_day_the_plot_first():
    """8: P2 on day 5. On day 15 it is 10 m narrower, and half of the old P2 goes to "ccn".

    The plot first, in the old zones: gd1 -1000. Then the zone: gd1 from 9000 to 5000, ccn +4000.
    """
    facts = [
        (5, hands("P2", "BINH")),
        (15, version("zones", "zones-2"), "r"),
        (15, version("parcels", "plots-2"), "r"),
    ]
    made = found(facts, (10, 8), (20, 10))
    assert told(made, GD1) == {
        "resurveyed": (-1_000, ("P2",), (10,)),
        "boundary_changed": (-4_000, ("P2",), (9,)),
    }
    assert told(made, CCN) == {"boundary_changed": (4_000, ("P2",), (9,))}


def test_bridge__handed_over_before_the_zone_shrank_counts_as_it_was_then():
    """8: P2 on day 12, in "gd1" with all of it; 9: "gd1" is redrawn on day 15."""
    facts = [(12, hands("P2", "BINH")), (15, version("zones", "zones-2"))]
    assert by_zone(found(facts, (10, KNOWN), (20, 9)), GD1) == {"cleared": 10_000, "boundary_changed": -5_000}
    facts = [(16, hands("P2", "BINH")), (15, version("zones", "zones-2"))]
    assert by_zone(found(facts, (10, KNOWN), (20, 9)), GD1) == {"cleared": 5_000}


def succession(on):
    """P3 becomes P4 and P5, which start with what Cuc had: 5 entries, the version and the pairs first."""
    return [
        (on, version("parcels", "plots-2"), "split"),
        (on, SPLIT, "split"),
        (on, holds("P4", "CUC"), "split"),
        (on, holds("P5", "CUC"), "split"),
    ]


def test_bridge__a_parcel_that_was_divided_is_resurveyed_not_cleared_anew():
    """8: P3 on day 5. 9..14: on day 15 it becomes P4 (6000 m²) and P5 (3900), which start as handed over."""
    facts = [(5, hands("P3", "CUC")), *succession(15)]
    facts += [(5, hands("P4", "CUC"), "split"), (5, hands("P5", "CUC"), "split")]
    made = found(facts, (10, 8), (20, 14))
    line = made.zones[0].line("resurveyed")
    assert [one.cause for one in made.zones[0].lines] == ["resurveyed"]
    assert (line.m2, line.gained_m2, line.lost_m2) == pytest.approx((-100, 9_900, -10_000))
    assert (line.parcels, line.entries) == (("P3", "P4", "P5"), (9, 10))


def test_bridge__handed_over_and_then_divided():
    """8: P3 on day 12: cleared as it was. On day 15 divided: a hundred m² less."""
    facts = [(12, hands("P3", "CUC")), *succession(15)]
    facts += [(12, hands("P4", "CUC"), "split"), (12, hands("P5", "CUC"), "split")]
    assert by_zone(found(facts, (10, KNOWN), (20, 14)), CCN) == pytest.approx(
        {"cleared": 10_000, "resurveyed": -100}
    )


def test_bridge__divided_and_then_handed_over():
    """8..11: divided on day 15. 12: P4 on day 16, cleared on its own area; P5 still waits."""
    facts = [*succession(15), (16, hands("P4", "CUC"))]
    made = found(facts, (10, KNOWN), (20, 12))
    assert told(made) == {"cleared": (6_000, ("P4",), (12,))}


def test_bridge__divided_and_handed_over_on_one_day():
    made = found([*succession(15), (15, hands("P4", "CUC"))], (10, KNOWN), (20, 12))
    assert told(made) == {"cleared": (6_000, ("P4",), (12,))}


def test_bridge__a_version_learned_later_is_no_correction_of_hand_overs():
    """8: P2 on day 5; 9: written after, in force from day 6: it is 10 m narrower."""
    facts = [(5, hands("P2", "BINH")), (6, version("parcels", "plots-2"))]
    made = found(facts, (10, 8), (20, 9))
    assert told(made) == {"resurveyed": (-1_000, ("P2",), (9,))}


def test_bridge__from_before_the_first_entry():
    """Nothing is known on day 0: no boundary, so None, not 0."""
    made = found([(5, hands("P1", "AN"))], (0, 0), (20, 8))
    assert (made.zones[0].before_m2, made.zones[0].to_dict()["before_ha"]) == (None, None)
    assert told(made) == {"cleared": (10_000, ("P1",), (8,))}


def test_bridge__obstacles_and_other_milestones_do_not_matter():
    made = found([(15, reaches("P1", "AN", "paid"))], (10, KNOWN), (20, 8))
    assert told(made) == {}
    assert made.zones[0].difference_m2 == 0


def test_legs__stop_before_and_after_each_entry_that_draws_land():
    facts = [(15, version("zones", "zones-2")), (6, version("parcels", "plots-2"), "r"), (6, SPLIT, "r")]
    ledger = entries(*START, *facts)
    learned, happened = legs(ledger, Moment(day(10), KNOWN), Moment(day(20), 10))
    assert learned == (tuple(Moment(day(10), seq) for seq in (7, 8, 10)), True)
    assert happened == (tuple(Moment(day(number), 10) for number in (10, 14, 15, 20)), True)


def test_problems__a_change_that_no_entry_explains_is_an_alarm():
    """Totals of two days, and no line between them."""
    ledger = entries(*START, (15, hands("P1", "AN")))
    before, after = (snapshots(ledger)(day(number), 8).totals for number in (10, 20))
    leaves = {one.zone_id: (one.zone_id,) for one in before}
    start, end = Moment(day(10), 8), Moment(day(20), 8)
    silent = Bridge(start, end, zone_bridges(before, after, leaves, []))
    assert [problem.facts["zone_id"] for problem in silent.problems] == ["commune", "kcn-phu-quy", GD1]
    assert silent.residual_m2 == pytest.approx(10_000)
    told_twice = bridge(snapshots(ledger), ledger, start, end).zones[0].lines[0].changes * 2
    assert Bridge(start, end, zone_bridges(before, after, leaves, told_twice)).problems


PARCELS = {"P1": "AN", "P2": "BINH", "P3": "CUC", "P4": "CUC", "P5": "CUC", "F1": "UBND"}
DAYS = st.integers(1, 30)
PARCEL = st.sampled_from(sorted(PARCELS))
FACTS = st.one_of(
    st.tuples(DAYS, PARCEL).map(lambda one: [(one[0], hands(one[1], PARCELS[one[1]]))]),
    st.tuples(DAYS, PARCEL).map(lambda one: [(one[0], hands(one[1], "DUNG"))]),
    st.tuples(DAYS, PARCEL).map(lambda one: [(one[0], holds(one[1], "DUNG", Fraction(1, 2)))]),
    st.tuples(DAYS, PARCEL).map(lambda one: [(one[0], holds(one[1], "DUNG", Fraction(1), PARCELS[one[1]]))]),
    st.integers(0, 40).map(lambda back: [(None, back)]),
    DAYS.map(lambda on: [(on, version("zones", "zones-2"))]),
    DAYS.map(lambda on: [(on, version("zones", "zones-1"))]),
    DAYS.map(lambda on: [(on, version("parcels", "plots-2"))]),
    DAYS.map(lambda on: [*succession(on), (on, hands("P4", "CUC"), "split")]),
)


@st.composite
def worlds(draw):
    """A ledger on the street, and two moments."""
    facts = list(START)
    for number, group in enumerate(draw(st.lists(FACTS, min_size=1, max_size=14))):
        for on, fact, *request in group:
            if on is not None:
                facts.append((on, fact, *(f"{one}{number}" for one in request)))
            elif len(facts) - fact > len(FIRST):
                target = facts[len(facts) - 1 - fact][1]
                if not isinstance(target, Void) and target.parcel:
                    facts.append((None, voids(target.parcel, len(facts) - fact)))
    ledger = entries(*facts)
    moment = st.builds(Moment, st.integers(0, 31).map(day), st.integers(0, len(ledger)))
    return ledger, draw(moment), draw(moment)


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_bridge__lines_sum_to_the_difference_and_the_way_back_negates_them(world):
    """The difference by another way: the sums of cleared parcels' parts, parcel by parcel."""
    ledger, start, end = world
    of = snapshots(ledger)
    made, back = bridge(of, ledger, start, end), bridge(of, ledger, end, start)
    assert made.problems == ()

    def cleared_m2(moment, zone):
        snapshot = of(moment.on, moment.known)
        parts = snapshot.boundaries.parts_m2
        return math.fsum(
            parts.get(p, {}).get(zone, 0.0) for p, name in snapshot.classes.items() if name == "handed_over"
        )

    for zone in (GD1, CCN):
        difference = cleared_m2(end, zone) - cleared_m2(start, zone)
        bridged = next(one for one in made.zones if one.zone_id == zone)
        assert math.fsum(line.m2 for line in bridged.lines) == pytest.approx(difference, rel=1e-9, abs=1e-5)
    for one, other in zip(made.zones, back.zones, strict=True):
        assert [(x.cause, x.m2, x.entries) for x in one.lines] == [
            (x.cause, -x.m2, x.entries) for x in other.lines
        ]
    assert all(change.entries for line in made.zones[0].lines for change in line.changes)
    assert made.to_dict()["from"] == {"on": start.on.isoformat(), "known": start.known}


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_bridge__from_a_moment_to_itself_has_no_lines(world):
    ledger, start, _ = world
    made = bridge(snapshots(ledger), ledger, start, start)
    assert [zone.lines for zone in made.zones] == [()] * len(made.zones)
    assert HECTARE * sum(zone.residual_m2 for zone in made.zones) == 0


@settings(max_examples=80, deadline=None)
@given(worlds(), st.integers(0, 31))
def test_bridge__two_ways_are_one_where_the_same_is_known(world, between):
    """What was redrawn is the same by whatever day one stops on the way."""
    ledger, one, other = world
    of, known = snapshots(ledger), other.known
    first, last = sorted((one.on, other.on))
    middle = min(max(day(between), first), last)
    moments = [Moment(on, known) for on in (first, middle, last)]
    whole = bridge(of, ledger, moments[0], moments[2])
    parts = [bridge(of, ledger, moments[0], moments[1]), bridge(of, ledger, moments[1], moments[2])]

    def m2(made, cause):
        return math.fsum(line.m2 for line in made.zones[0].lines if line.cause == cause)

    for cause in ("resurveyed", "boundary_changed"):
        assert m2(whole, cause) == pytest.approx(sum(m2(part, cause) for part in parts), abs=1e-4)


def test_bridge__of_an_open_project_with_a_real_succession(project, tmp_path):
    """P000001 (1 ha): handed over on 1 March, written later; on the 9th it becomes 0.4 ha and 0.5 ha."""
    start = Moment(date(2026, 3, 8), project.refresh().seq)
    project.mark(Mark(("P000001",), "handed_over", date(2026, 3, 1), "BB-1"), stamp("a"))
    shapes = [
        shapely.box(EAST, NORTH, EAST + 40, NORTH + 100),
        shapely.box(EAST + 40, NORTH, EAST + 90, NORTH + 100),
    ]
    columns = {"soTo": "7", "soThua": ["1-1", "1-2"], "maXa": "15910", "loaiDat": "LUC"}
    gpd.GeoDataFrame(columns, geometry=shapes, crs=5897).to_file(tmp_path / "moi.gpkg")
    seqs = succeed(project, [tmp_path / "moi.gpkg"], ["P000001"], date(2026, 3, 9), stamp("s"), TM3).seqs
    made = bridge(project.snapshot, project.entries(), start, Moment(ON, project.known_on(ON)))
    assert made.problems == ()
    assert told(made, ZONE) == {
        "corrected": (10_000, ("P000001",), (seqs[0] - 1,)),
        "resurveyed": (-1_000, ("P000001", "P000004", "P000005"), seqs[:2]),
    }
