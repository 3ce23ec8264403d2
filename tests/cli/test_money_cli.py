"""The commands of money and deliveries: what scripts read, and what they refuse."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_json import as_json, call

ON = "15/11/2026"
SUMS = ("approved", "paid", "deposited", "remaining")


def sums(row):
    assert row["approved"] == row["paid"] + row["deposited"] + row["remaining"]
    return [row[name] for name in SUMS]


def added(rows):
    return [sum(column) for column in zip(*map(sums, rows), strict=True)]


def test_money__households_batches_and_zones_sum_to_the_same(sample_folder):
    told = ("money", "--on", ON, "--project", sample_folder)
    whole = as_json(*told)
    zones = as_json(*told, "--zone")
    leaves = [z for z in zones if z["zone_id"] not in {"commune", "kcn-phu-quy"}]
    assert sums(whole)[0] > 0
    assert added(whole["households"]) == added(as_json(*told, "--batch")) == added(leaves) == sums(whole)
    assert sums(zones[0]) == sums(whole)
    assert zones[-1]["zone_id"] == "outside"


def test_money__one_household_and_its_lines(sample_folder):
    late = as_json("money", "--late", "--on", ON, "--project", sample_folder)
    assert [one["days_late"] for one in late] == sorted((one["days_late"] for one in late), reverse=True)
    one = as_json("money", "--household", late[0]["household_id"], "--on", ON, "--project", sample_folder)
    by_act = dict.fromkeys(("approved", "paid"), 0)
    for line in one["lines"]:
        by_act[line["act"]] += line["amount_vnd"]
    assert (by_act["approved"], by_act["paid"]) == (one["approved"], one["paid"])
    assert as_json("money", "--household", "H-khong-co", "--project", sample_folder)["lines"] == []


@pytest.mark.parametrize("words", [("--zone",), ("--batch",), ("--late",), ()])
def test_money__as_a_table(sample_folder, words):
    assert call("money", *words, "--on", ON, "--project", sample_folder)[0].strip()


def test_pay__deposit_withdrawal_and_their_refusal(sample_copy):
    project = ("--project", sample_copy)
    household = as_json("money", "--late", *project)[0]["household_id"]
    before = as_json("money", "--household", household, *project)
    told = ("pay", "--household", household, "--on", ON, "--by", "lan", "--document", "GTG-1", *project)
    _, why = call(*told, "--act", "withdrawn", "--amount", "1000", code=1)
    assert household in why
    assert as_json(*told, "--act", "deposited", "--amount", "1000")["warnings"] == []
    as_json(*told, "--act", "withdrawn", "--amount", "400")
    after = as_json("money", "--household", household, *project)
    assert (after["deposited"], after["paid"] - before["paid"]) == (600, 400)
    assert after["remaining"] == before["remaining"] - 1000
    call(*told, "--act", "paid", "--amount", "0", code=1)


def test_deliver__a_block_less_its_exception(sample_copy):
    project = ("--project", sample_copy)
    gone = {one for block in as_json("blocks", *project)["blocks"] for one in block["parcels"]}
    cleared = [p for p in as_json("parcels", *project) if p["cleared"] and len(p["zones"]) == 1]
    handed = [p for p in cleared if p["parcel_id"] not in gone]
    first, second = handed[0], handed[1]
    told = ("deliver", "--block", "Lô 1", "--on", ON, "--by", "lan", *project)
    named = (
        "--parcels",
        f"{first['parcel_id']}, {second['parcel_id']}",
        "--except",
        f"{second['parcel_id']}: 0,5",
    )
    call(*told, *named, code=1)  # no minutes
    assert as_json(*told, *named, "--document", "BBGĐ-1")["seqs"]
    (block,) = [b for b in as_json("blocks", *project)["blocks"] if b["block"] == "Lô 1"]
    m2 = sum(first["zones"].values()) + sum(second["zones"].values()) - 0.5
    assert block["delivered_ha"] == pytest.approx(m2 / 10_000)
    assert [(x["parcel"], x["m2"]) for x in block["exceptions"]] == [
        (second["parcel_id"], pytest.approx(0.5))
    ]
    call(*told, "--parcels", "1/1/1/1", "--document", "BB", code=1)
    assert "Lô 1" in call("blocks", *project)[0]


def test_blocks__commune_is_the_sum_of_its_leaves(sample_folder):
    zones = as_json("blocks", "--on", ON, "--project", sample_folder)["zones"]
    leaves = [z for z in zones if z["zone_id"] not in {"commune", "kcn-phu-quy"}]
    assert zones[0]["delivered_ha"] == pytest.approx(sum(z["delivered_ha"] for z in leaves))
    assert zones[0]["delivered_ha"] > 0
