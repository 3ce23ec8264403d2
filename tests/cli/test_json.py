"""What scripts read: the JSON of each command, its keys, its figures against the frames themselves."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from datetime import date

import pytest

from gis.cli.main import run
from gis.milestones import CLASSES
from gis.project import Project

TOTAL_KEYS = {
    "zone_id", "name", "parent", "goal_ha", "plan_ha", "mapped_ha", "cleared_ha", "signed_ha", "clean_ha",
    "remaining_of_plan_ha", "remaining_of_mapped_ha", "share_of_goal", "share_of_plan", "share_of_mapped",
    "by_class_ha", "balance",
}  # fmt: skip
ON = "15/11/2026"


def call(*words, code=0):
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert (ended.value.code or 0) == code, complained.getvalue()
    return said.getvalue(), complained.getvalue()


def as_json(*words, code=0):
    return json.loads(call(*words, "--json", code=code)[0])


@pytest.fixture(scope="module")
def totals(sample_folder):
    return as_json("totals", "--on", ON, "--project", sample_folder)


@pytest.fixture(scope="module")
def parcels(sample_folder):
    return as_json("parcels", "--on", ON, "--project", sample_folder)


def test_totals__the_commune_first_and_the_documented_keys(totals):
    assert (totals[0]["zone_id"], totals[0]["parent"]) == ("commune", None)
    assert all(set(one) == TOTAL_KEYS for one in totals)
    assert [one["parent"] for one in totals[1:]] == [
        "commune",
        "kcn-phu-quy",
        "kcn-phu-quy",
        "commune",
        "commune",
    ]
    village = totals[-1]
    assert village["zone_id"] == "lang-nghe-moc"
    assert {village[key] for key in TOTAL_KEYS - {"zone_id", "name", "parent"}} == {None}


def test_totals__plan_figures_and_shares(totals):
    commune = totals[0]
    assert (commune["goal_ha"], commune["plan_ha"]) == (250, 257.4)
    assert commune["share_of_goal"] == pytest.approx(commune["cleared_ha"] / 250)
    assert commune["share_of_plan"] == pytest.approx(commune["cleared_ha"] / 257.4)
    assert commune["remaining_of_mapped_ha"] == pytest.approx(commune["mapped_ha"] - commune["cleared_ha"])


def test_totals__parents_are_the_sums_of_their_leaves(totals):
    by_id = {one["zone_id"]: one for one in totals}
    first, rest, cluster = (
        by_id[name] for name in ("kcn-phu-quy-gd1", "kcn-phu-quy-con-lai", "ccn-hoang-son")
    )
    for key in ("mapped_ha", "cleared_ha", "signed_ha"):
        assert by_id["kcn-phu-quy"][key] == pytest.approx(first[key] + rest[key])
        assert by_id["commune"][key] == pytest.approx(first[key] + rest[key] + cluster[key])


def test_totals__every_zone_balances_to_a_tenth_of_a_square_metre(totals):
    for one in totals[:-1]:
        balance = one["balance"]
        assert set(balance) == {"zone_m2", "classes_m2", "gap_m2", "overlap_m2", "residual_m2"}
        explained = sum(balance["classes_m2"].values()) - balance["overlap_m2"] + balance["gap_m2"]
        assert balance["zone_m2"] == pytest.approx(explained, abs=0.1)
        assert list(one["by_class_ha"]) == list(CLASSES)
        assert one["cleared_ha"] == pytest.approx(one["by_class_ha"]["handed_over"])


def test_parcels__their_parts_sum_to_the_totals(parcels, totals):
    """Another way to the same figure: by the list of parcels, in plain Python."""
    cleared_m2 = sum(sum(one["zones"].values()) for one in parcels if one["cleared"])
    assert cleared_m2 / 10_000 == pytest.approx(totals[0]["cleared_ha"], abs=1e-9)
    assert set(parcels[0]) == {
        "parcel_id",
        "land_use",
        "area_m2",
        "zones",
        "class",
        "cleared",
        "stuck",
        "holdings",
    }
    held = next(one for one in parcels if one["holdings"])
    assert set(held["holdings"][0]) == {"household_id", "part", "milestone"}
    assert all(one["cleared"] == (one["class"] == "handed_over") for one in parcels)


def test_parcels__no_name_in_any_byte(sample_folder):
    printed = call("parcels", "--on", ON, "--project", sample_folder, "--json")[0]
    printed += call("parcels", "--on", ON, "--project", sample_folder)[0]
    lines = (sample_folder / "households" / "households.csv").read_text("utf-8").splitlines()
    # The commune's own office holds public land: its name is nobody's.
    names = {line.split(",")[1] for line in lines[1:] if ",household," in line}
    assert len(names) > 500
    assert not [name for name in names if name in printed]


def test_parcels__not_cleared_leaves_out_the_cleared(sample_folder, parcels):
    left = as_json("parcels", "--not-cleared", "--on", ON, "--project", sample_folder)
    assert {one["parcel_id"] for one in left} == {one["parcel_id"] for one in parcels if not one["cleared"]}


def test_balance__exit_0_when_it_closes(sample_folder):
    found = as_json("balance", "--on", ON, "--project", sample_folder)
    assert found["problems"] == []
    assert len(found["zones"]) == 6


def test_mark__its_seqs_and_what_two_clocks_make_of_them(sample_copy):
    before = as_json("totals", "--project", sample_copy)
    parcel = next(
        one
        for one in as_json("parcels", "--not-cleared", "--project", sample_copy)
        if len(one["holdings"]) == 1 and len(one["zones"]) == 2
    )
    words = ("--milestone", "handed_over", "--on", "20/11/2026", "--document", "BB 7", "--by", "lan")
    seqs = as_json("mark", "--parcel", parcel["parcel_id"], *words, "--project", sample_copy)["seqs"]
    after = as_json("totals", "--project", sample_copy)
    risen = {
        new["zone_id"]: (new["cleared_ha"] - old["cleared_ha"]) * 10_000
        for new, old in zip(after, before, strict=True)
        if new["cleared_ha"] is not None
    }
    for zone_id, part_m2 in parcel["zones"].items():
        assert risen[zone_id] == pytest.approx(part_m2, abs=1e-4)
    assert risen["commune"] == pytest.approx(sum(parcel["zones"].values()), abs=1e-4)
    assert as_json("totals", "--known", seqs[0] - 1, "--project", sample_copy) == before
    assert (
        as_json("totals", "--on", "19/11/2026", "--project", sample_copy)[0]["cleared_ha"]
        <= before[0]["cleared_ha"]
    )
    recorded = Project.open(sample_copy).entries()[-1].recorded_at.date()
    assert recorded >= date(2026, 11, 20)


def test_verify__a_changed_byte_is_found_and_named(sample_copy):
    import sqlite3
    from contextlib import closing

    assert as_json("verify", "--project", sample_copy)["ok"]
    with closing(sqlite3.connect(sample_copy / "ledger.db")) as connection:
        connection.execute("DROP TRIGGER entry_no_update")
        connection.execute('UPDATE entry SET body = replace(body, \'"by":"\', \'"by":"x\') WHERE seq = 7000')
        connection.commit()
    found = as_json("verify", "--project", sample_copy, code=1)
    assert found["ok"] is False
    assert "7000" in found["problems"][0]["source"]


@pytest.mark.parametrize(
    "words", [["totals", "--on", "31/02/2026"], ["totals", "--on", "2026-13-01"], ["verify", "--head", "x"]]
)
def test_refusals__bad_words_get_one_sentence(sample_folder, words):
    said, complained = call(*words, "--project", sample_folder, code=1)
    assert (said, len(complained.strip().splitlines())) == ("", 1)


@pytest.mark.parametrize(
    "words",
    [
        ["totals", "--known", "99999999"],
        ["verify", "--head", "²:" + "0" * 64],
        ["verify", "--head", "1:" + "z" * 64],
    ],
)
def test_refusals__numbers_that_are_none_of_the_ledgers(sample_folder, words):
    said, complained = call(*words, "--project", sample_folder, code=1)
    assert (said, len(complained.strip().splitlines())) == ("", 1)


def test_areas__a_crs_that_there_is_not(sample_folder, tmp_path):
    words = ("areas", sample_folder / "zones" / "zones.gpkg", "--out", tmp_path / "o.csv")
    for crs in ("99999", "4326", "6957"):
        assert crs in call(*words, "--crs", crs, code=1)[1]


def test_demo__refuses_a_folder_with_something_in_it(sample_folder):
    assert str(sample_folder) in call("demo", sample_folder, code=1)[1]
