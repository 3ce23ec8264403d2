"""`bridge` as scripts read it: its JSON, its clocks, and that it says so when it does not add up."""

import io
import json
import math
from contextlib import redirect_stderr, redirect_stdout

import pytest

from gis.clearance.bridge_lines import ZoneBridge
from gis.cli.main import run

FROM, TO = "30/09/2026", "31/10/2026"


def call(*words, code=0):
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert (ended.value.code or 0) == code, complained.getvalue()
    return said.getvalue(), complained.getvalue()


def as_json(*words, code=0):
    return json.loads(call(*words, "--json", code=code)[0])


@pytest.fixture(scope="module")
def bridged(sample_folder):
    return as_json("bridge", "--from", FROM, "--to", TO, "--project", sample_folder)


def test_bridge__its_ends_are_the_totals_of_the_two_days_as_known_then(bridged, sample_folder):
    for end, before_or_after, day in (("from", "before_ha", FROM), ("to", "after_ha", TO)):
        totals = as_json("totals", "--on", day, "--known", day, "--project", sample_folder)
        assert [one[before_or_after] for one in bridged["zones"]] == pytest.approx(
            [one["cleared_ha"] for one in totals]
        )
        assert bridged[end]["on"] == "-".join(reversed(day.split("/")))
    assert bridged["from"]["known"] < bridged["to"]["known"]


def test_bridge__lines_sum_to_the_difference_in_every_zone_and_over_its_parcels(bridged):
    for zone in bridged["zones"]:
        assert set(zone) == {
            "zone_id", "name", "parent", "before_ha", "after_ha", "difference_ha", "lines", "residual_m2",
        }  # fmt: skip
        total = math.fsum(line["ha"] for line in zone["lines"])
        assert total == pytest.approx(zone["difference_ha"] or 0, rel=1e-9, abs=1e-9)
        for line in zone["lines"]:
            assert set(line) == {"cause", "ha", "gained_ha", "lost_ha", "parcels", "entries"}
            assert line["entries"] == sorted(set(line["entries"]))
            of_leaf = [
                c
                for c in bridged["changes"]
                if (c["zone_id"], c["cause"]) == (zone["zone_id"], line["cause"])
            ]
            if of_leaf:
                assert math.fsum(c["m2"] for c in of_leaf) == pytest.approx(line["ha"] * 10_000)
                assert len({c["parcel_id"] for c in of_leaf}) == line["parcels"]
    assert {line["cause"] for line in bridged["zones"][0]["lines"]} == {"cleared", "corrected"}
    assert abs(bridged["residual_m2"]) < 1e-3
    assert bridged["problems"] == []


def test_bridge__late_entries_of_the_first_day_alone_are_corrections(bridged, sample_folder):
    """The same day twice, by what was known at the end of either day."""
    words = ("--from", FROM, "--to", FROM, "--from-known", FROM, "--to-known", TO)
    found = as_json("bridge", *words, "--project", sample_folder)
    assert found["zones"][0]["lines"] == [
        line for line in bridged["zones"][0]["lines"] if line["cause"] == "corrected"
    ]


def test_bridge__the_way_back_negates_it(bridged, sample_folder):
    back = as_json("bridge", "--from", TO, "--to", FROM, "--project", sample_folder)
    assert [one["difference_ha"] for one in back["zones"]] == [
        one["difference_ha"] and -one["difference_ha"] for one in bridged["zones"]
    ]
    assert [c["m2"] for c in back["changes"]] == [-c["m2"] for c in bridged["changes"]]


def test_bridge__no_change_in_words(sample_folder):
    said, _ = call("bridge", "--from", TO, "--to", TO, "--project", sample_folder)
    assert "không tăng, không giảm" in said


def test_bridge__no_name_and_every_figure_in_the_table(bridged, sample_folder):
    said, _ = call("bridge", "--from", FROM, "--to", TO, "--project", sample_folder)
    lines = (sample_folder / "households" / "households.csv").read_text("utf-8").splitlines()
    assert not [line for line in lines[1:] if ",household," in line and line.split(",")[1] in said]
    commune = bridged["zones"][0]
    for hectares in (commune["before_ha"], commune["after_ha"], *(one["ha"] for one in commune["lines"])):
        assert f"{hectares:.4f}".replace(".", ",") in said


def test_bridge__what_does_not_add_up_is_an_alarm(sample_folder, monkeypatch):
    """A figure that no entry stands for: the alarm and exit 1."""
    monkeypatch.setattr(ZoneBridge, "residual_m2", 10.0)
    said, complained = call("bridge", "--from", FROM, "--to", TO, "--project", sample_folder, code=1)
    assert "giải trình không khớp" in complained
    assert "Bàn giao mới" in said


@pytest.mark.parametrize("words", [["--from", "31/02/2026"], ["--from", FROM, "--to-known", "99999999"]])
def test_bridge__bad_words_get_one_sentence(sample_folder, words):
    said, complained = call("bridge", *words, "--project", sample_folder, code=1)
    assert (said, len(complained.strip().splitlines())) == ("", 1)
