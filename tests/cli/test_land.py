"""obstacle, object, visit, waive, and what mark prints: over the sample, as a person types them."""

import json
import sys
from pathlib import Path

import pytest

from gis.ledger.facts import ObjectListed, ObjectRemoved, ObstacleClosed, ObstacleOpened, Visit, Waiver
from gis.ledger.visits import visits
from gis.project import Project

sys.path.insert(0, str(Path(__file__).parent))
from test_json import as_json, call

ON = "14/11/2026"


@pytest.fixture
def place(sample_copy):
    """A folder of the sample, a parcel that one household holds and that nothing stands in the way of."""
    units = as_json("parcels", "--not-cleared", "--on", "15/11/2026", "--project", sample_copy)
    unit = next(one for one in units if len(one["holdings"]) == 1 and not one["stuck"] and one["zones"])
    return sample_copy, unit["parcel_id"], unit["holdings"][0]["household_id"]


def write(place, *words, code=0):
    """The seqs of a command, and what it said on stderr."""
    said, complained = call(*words, "--by", "lan", "--json", "--project", place[0], code=code)
    return (json.loads(said)["seqs"] if said else []), complained


def entry(place, seq):
    project = Project.open(place[0])
    found = project.entries()[seq - 1]
    return found, project.reason(found)


def test_obstacle__opened_refused_twice_and_closed(place):
    _, parcel, household = place
    words = ("--parcel", parcel, "--category", "price", "--household", household, "--on", ON)
    (seq,), _ = write(place, "obstacle", "open", *words, "--note", "giá thấp")
    found, reason = entry(place, seq)
    assert (found.fact.category, found.fact.household, reason) == ("price", household, "giá thấp")
    assert isinstance(found.fact, ObstacleOpened)
    assert str(seq) in write(place, "obstacle", "open", *words, code=1)[1]
    (closed,), _ = write(place, "obstacle", "close", seq, "--on", ON)
    assert entry(place, closed)[0].fact == ObstacleClosed(parcel, seq)
    assert write(place, "obstacle", "close", seq, "--on", ON, code=1)[0] == []


def test_object__listed_and_removed_until_none_is_left(place):
    _, parcel, _ = place
    words = ("--parcel", parcel, "--category", "grave_earth", "--count", 3, "--on", "13/11/2026")
    (seq,), _ = write(place, "object", "list", *words)
    assert isinstance(entry(place, seq)[0].fact, ObjectListed)
    (removed,), _ = write(place, "object", "remove", seq, "--count", 2, "--document", "BB-9", "--on", ON)
    assert entry(place, removed)[0].fact == ObjectRemoved(parcel, seq, 2, "BB-9")
    assert " 1 " in write(place, "object", "remove", seq, "--count", 2, "--on", ON, code=1)[1]
    assert write(place, "object", "remove", seq, "--on", ON)[0]


def test_visit__is_kept_and_listed(place):
    folder, parcel, household = place
    words = ("--household", household, "--outcome", "considering", "--on", ON)
    (about_all,), _ = write(place, "visit", *words, "--note", "hẹn sau vụ")
    (about_one,), _ = write(place, "visit", *words, "--parcel", parcel)
    assert entry(place, about_all)[1] == "hẹn sau vụ"
    assert isinstance(entry(place, about_one)[0].fact, Visit)
    state = Project.open(folder).snapshot(entry(place, about_all)[0].on).state
    assert [one.seq for one in visits(state)[household]] == [about_one, about_all]


def test_waive__only_an_optional_milestone_by_its_name_of_the_plan(place):
    _, parcel, household = place
    words = ("--parcel", parcel, "--on", ON, "--reason", "họp chung với đợt trước")
    (seq,), _ = write(place, "waive", *words, "--milestone", "meeting")
    assert entry(place, seq)[0].fact.household == household
    assert isinstance(entry(place, seq)[0].fact, Waiver)
    assert "«Họp dân»" in write(place, "waive", *words, "--milestone", "meeting", code=1)[1]
    said = write(place, "waive", *words, "--milestone", "paid", code=1)[1]
    assert "Họp dân, Xác nhận nguồn gốc đất" in said


def test_mark__says_what_is_odd_and_keeps_the_scan(place, tmp_path):
    folder, parcel, _ = place
    scan = tmp_path / "bien ban.pdf"
    scan.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    write(place, "object", "list", "--parcel", parcel, "--category", "house", "--on", ON)
    words = ("--parcel", parcel, "--milestone", "handed_over", "--on", ON, "--attach", scan)
    (seq,), complained = write(place, "mark", *words)
    found, _ = entry(place, seq)
    assert {"warning.out_of_order", "warning.objects_left"} <= set(found.warned)
    assert "Họp dân" not in complained  # an optional milestone is not missed
    assert "mặt bằng sạch" in complained
    assert [one.type for one in found.attachments] == ["application/pdf"]
    assert found.fact.document is None
    assert as_json("verify", "--project", folder)["ok"]


def test_mark__of_a_projects_own_milestone(place):
    _, parcel, _ = place
    words = ("--parcel", parcel, "--on", ON)
    assert write(place, "mark", *words, "--milestone", "meeting")[0]
    assert "origin_confirmed" in write(place, "mark", *words, "--milestone", "party", code=1)[1]


def test_totals__clean_land_falls_by_the_parcel_and_rises_when_the_last_object_is_gone(sample_copy):
    def figures():
        totals = as_json("totals", "--on", "15/11/2026", "--project", sample_copy)
        return {one["zone_id"]: (one["cleared_ha"], one["clean_ha"]) for one in totals}

    before = figures()
    assert all(cleared is None or clean <= cleared for cleared, clean in before.values())
    units = as_json("parcels", "--on", "15/11/2026", "--project", sample_copy)
    listed = {e.parcel for e in Project.open(sample_copy).entries() if isinstance(e.fact, ObjectListed)}
    free = (one for one in units if one["cleared"] and one["parcel_id"] not in listed)
    unit = next(one for one in free if len(one["zones"]) == 2)
    place = (sample_copy, None, None)
    words = ("--parcel", unit["parcel_id"], "--category", "pole", "--count", 2, "--on", "10/11/2026")
    (seq,), _ = write(place, "object", "list", *words)
    fallen = figures()
    assert {zone: cleared for zone, (cleared, _) in fallen.items()} == {
        zone: cleared for zone, (cleared, _) in before.items()
    }
    lost = {zone: (before[zone][1] - fallen[zone][1]) * 10_000 for zone in unit["zones"]}
    assert lost == pytest.approx(unit["zones"], abs=1e-4)
    assert before["commune"][1] - fallen["commune"][1] == pytest.approx(sum(unit["zones"].values()) / 10_000)
    write(place, "object", "remove", seq, "--on", "11/11/2026")
    assert figures() == fallen
    write(place, "object", "remove", seq, "--on", "11/11/2026")
    assert figures() == before
