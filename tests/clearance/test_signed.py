"""What holders signed away: parts worked out by hand."""

import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis.clearance.signed import check_parts, governing_area_m2, signed_m2, signed_share
from gis.ledger.part import SquareMetres
from gis.texts import Texts

sys.path.insert(0, str(Path(__file__).parent))
from worlds import assert_measure, box, holds, parts, reaches, state_of, units

LOT = box(0, 0, 10, 20)  # drawn: 200 m²


def m2(text):
    return SquareMetres(Decimal(text))


def held(*shares):
    """P1 held by H1, H2, ... with these parts, all of one act."""
    return [(1, holds("P1", f"H{n}", share), "act") for n, share in enumerate(shares, start=1)]


def signs(*numbers):
    return [(9, reaches("P1", f"H{n}", "handed_over")) for n in numbers]


def share(shares, *signed, **areas):
    return signed_share(units(**areas, P1=LOT), state_of(*held(*shares), *signs(*signed)))["P1"]


def test_governing_area_m2__measured_then_certificate_then_drawn():
    lots = units(
        measured=[210, np.nan, 0, np.nan, np.nan],
        legal=[205, 205, 204, 0, np.nan],
        A=LOT,
        B=LOT,
        C=LOT,
        D=LOT,
        E=None,
    )
    expected = {"A": 210, "B": 205, "C": 204, "D": 200, "E": np.nan}
    assert_measure(governing_area_m2(lots), expected, name="governing_area_m2")


def test_signed_share__one_holder():
    assert share([Fraction(1)]) == 0
    assert share([Fraction(1)], 1) == 1


def test_signed_share__fractions_add_exactly():
    """Ten floats of 0.1 fall short of 1; ten tenths do not."""
    assert share([Fraction(1, 10)] * 10, *range(1, 11)) == 1
    assert share([Fraction(1, 3)] * 3, 1, 2) == float(Fraction(2, 3))
    assert share([Fraction(1, 7)] * 7, *range(1, 8)) == 1


def test_signed_share__square_metres_over_the_governing_area():
    assert share([m2("50"), m2("150")], 1) == pytest.approx(0.25)
    assert share([m2("50"), m2("150")], 1, legal=250) == pytest.approx(0.2)
    assert share([m2("50"), m2("150")], 1, legal=250, measured=400) == pytest.approx(0.125)


def test_signed_share__is_capped_at_the_whole():
    assert share([m2("150"), m2("150")], 1, 2) == 1
    assert share([Fraction(2, 3), Fraction(2, 3)], 1, 2) == 1


def test_signed_share__undetermined_holders_count_when_all_of_them_signed():
    """1/4 is known; H2 and H3 jointly hold the other 3/4."""
    shares = [Fraction(1, 4), None, None]
    assert share(shares, 1) == 0.25
    assert share(shares, 1, 2) == 0.25
    assert share(shares, 2, 3) == 0.75
    assert share(shares, 1, 2, 3) == 1
    assert share([None], 1) == 1
    assert share([m2("50"), None], 2) == pytest.approx(0.75)


def test_signed_share__known_parts_that_fill_the_parcel_leave_no_remainder():
    assert share([Fraction(1), None], 2) == 0
    assert share([m2("300"), None], 2) == 0


def test_signed_share__on_the_units_index():
    """P2 nobody holds, P3 is whole and signed; P9 is not on the map; order of the units."""
    state = state_of(
        *held(Fraction(1, 2), Fraction(1, 2)),
        *signs(2),
        (1, holds("P3", "H1")),
        (2, reaches("P3", "H1", "handed_over")),
        (1, holds("P9", "H1")),
        (2, reaches("P9", "H1", "handed_over")),
    )
    found = signed_share(units(P3=LOT, P2=LOT, P1=LOT), state)
    assert_measure(found, {"P3": 1, "P2": 0, "P1": 0.5}, name="signed_share")


def test_signed_share__square_metres_of_an_unknown_area_are_not_known():
    found = signed_share(units(P1=None), state_of(*held(m2("50"), m2("70")), *signs(1)))
    assert np.isnan(found["P1"])


def test_signed_m2__part_in_each_zone_by_share():
    table = parts({("P1", "E"): 100, ("P1", "W"): 40, ("P2", "W"): 10})
    assert_measure(signed_m2(table, pd.Series({"P2": 1.0, "P1": 0.25})), {"E": 25, "W": 20}, name="signed_m2")


def test_signed_m2__a_share_that_is_not_known_shows():
    table = parts({("P1", "Z"): 100, ("P2", "Z"): 10})
    assert np.isnan(signed_m2(table, pd.Series({"P1": np.nan, "P2": 1.0}))["Z"])
    with pytest.raises(KeyError, match="P2"):
        signed_m2(table, pd.Series({"P1": 1.0}))


def faults(*shares, **areas):
    return check_parts(units(**areas, P1=LOT), state_of(*held(*shares)))


@pytest.mark.parametrize(
    "shares",
    [
        [Fraction(1)],
        [Fraction(1, 10)] * 10,
        [Fraction(1, 4), None],
        [m2("60"), m2("140")],
        [m2("60"), m2("140.1")],  # rounded to 0.1 m² by whoever measured
        [m2("60"), m2("100")],  # parts in m² need not fill the parcel
        [Fraction(1, 2), m2("100")],
        [],
    ],
)
def test_check_parts__passes(shares):
    assert faults(*shares) == []


def test_check_parts__above_the_whole():
    [problem] = faults(Fraction(2, 3), Fraction(2, 3))
    assert problem.source == "lots.gpkg, parcels, feature 1"
    assert problem.message == "problem.parts_above_whole"
    assert problem.facts == {"parcel": "P1", "count": 2, "sum": "4/3"}
    assert faults(Fraction(1), Fraction(1, 9), None)[0].facts["sum"] == "10/9"


def test_check_parts__fractions_short_of_the_whole():
    [problem] = faults(Fraction(1, 3), Fraction(1, 3))
    assert (problem.message, problem.facts["sum"]) == ("problem.parts_not_whole", "2/3")
    assert faults(Fraction(1, 2))[0].facts["sum"] == "1/2"


def test_check_parts__square_metres_above_the_area():
    [problem] = faults(m2("60"), m2("140.2"))
    assert problem.message == "problem.parts_above_area"
    assert problem.facts["parts_m2"] == pytest.approx(200.2)
    assert problem.facts["area_m2"] == 200
    assert faults(Fraction(1, 2), m2("101"))[0].facts["parts_m2"] == pytest.approx(201)
    assert faults(m2("60"), m2("140.2"), measured=210) == []


def test_check_parts__all_parcels_in_the_order_of_the_units():
    state = state_of(
        (1, holds("P1", "H1", Fraction(1, 2))),
        (1, holds("P2", "H1")),
        (1, holds("P3", "H1", Fraction(1, 5))),
        (1, holds("P9", "H1", Fraction(1, 5))),
    )
    found = check_parts(units(P3=LOT, P1=LOT, P2=LOT), state)
    assert [problem.facts["parcel"] for problem in found] == ["P3", "P1"]
    for language in ("vi", "en"):
        assert "1/5" in Texts(language).problem(found[0])
