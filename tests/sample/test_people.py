"""The invented households: marked as such, and shares that sum to a parcel."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from gis.ledger.part import SquareMetres, parse_part
from gis.plan import parse_plan

if TYPE_CHECKING:
    from gis.store.sample_files import Sample

KEY = ["commune", "sheet", "number"]


def test_people__about_two_thousand_of_three_kinds(sample: Sample) -> None:
    households = sample.households
    assert 1_900 <= len(households) <= 2_100
    assert households["kind"].value_counts().loc[["organisation", "commune"]].tolist() == [8, 1]
    assert households["household_id"].is_unique
    assert households["household_id"].str.fullmatch(r"H[0-9A-Z]{8}").all()


def test_people__names_say_that_they_are_samples_and_are_no_keys(sample: Sample) -> None:
    households = sample.households
    assert households["name"].str.endswith(" (mẫu)").all()
    assert households.duplicated(["name", "hamlet", "commune"]).any()


def test_people__every_holder_is_registered_and_every_unit_exists(sample: Sample) -> None:
    holdings = sample.holdings
    assert set(holdings["household_id"]) <= set(sample.households["household_id"])
    code = parse_plan(sample.project, "project.toml").commune.code
    units = set(sample.parcels[KEY].itertuples(index=False, name=None))
    units |= {(code, "", feature) for feature in sample.features["code"]}
    assert set(holdings[KEY].itertuples(index=False, name=None)) <= units
    nobody = units - set(holdings[KEY].itertuples(index=False, name=None))
    assert 10 <= len(nobody) <= 40
    assert not holdings.duplicated([*KEY, "household_id"]).any()


def test_people__holdings_begin_with_the_project(sample: Sample) -> None:
    starts = parse_plan(sample.project, "project.toml").starts
    assert set(sample.holdings["from"]) == {starts.isoformat()}


def test_people__shares_of_a_parcel(sample: Sample) -> None:
    parts = defaultdict(list)
    for *key, part in sample.holdings[[*KEY, "part"]].itertuples(index=False, name=None):
        parts[tuple(key)].append(parse_part(part))
    for shares in parts.values():
        fractions = [share for share in shares if isinstance(share, Fraction)]
        assert sum(fractions, Fraction(0)) == (1 if len(fractions) == len(shares) else 0)
    shared = sum(len(shares) > 1 and None not in shares for shares in parts.values())
    assert 0.05 < shared / len(parts) < 0.1
    in_m2 = sum(any(isinstance(share, SquareMetres) for share in shares) for shares in parts.values())
    assert 0.01 < in_m2 / len(parts) < 0.03
    open_parts = sum(None in shares for shares in parts.values())
    assert 0.005 < open_parts / len(parts) < 0.02


def test_people__public_land_is_held_by_the_commune(sample: Sample) -> None:
    commune_id = sample.households.loc[sample.households["kind"] == "commune", "household_id"].item()
    features = sample.holdings[sample.holdings["sheet"] == ""]
    assert len(features) == len(sample.features)
    assert set(features["household_id"]) == {commune_id}
    graves = sample.parcels.loc[sample.parcels["land_use"] == "NTD", KEY].merge(sample.holdings, on=KEY)
    assert set(graves["household_id"]) == {commune_id}


def test_people__households_hold_several_parcels(sample: Sample) -> None:
    private = sample.households.loc[sample.households["kind"] == "household", "household_id"]
    held = sample.holdings[sample.holdings["household_id"].isin(private)].groupby("household_id").size()
    assert held.median() >= 3
    assert held.max() <= 12
