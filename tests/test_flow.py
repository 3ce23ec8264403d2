"""The whole path on real input: a file of 134 real parcels to hectares of a zone, and back.

The expected figures are the file's own `Shape_Area` and a clip done here with shapely and pyproj alone.
"""

import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from pyproj import Transformer

from gis.cli.main import run

ROOT = Path(__file__).resolve().parents[1]
ZONE = "ccn-hoang-son"
# The file states WGS 84 degrees; nothing is loaded that would confirm them, and no column names an old commune.
WGS84 = ("--crs", "EPSG:4326", "--commune", "15910")


def gis(*words, code=0):
    """One command line; what it printed on stdout, or on stderr where it was refused."""
    said, complained = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complained), pytest.raises(SystemExit) as ended:
        run([str(word) for word in words])
    assert (ended.value.code or 0) == code, (words, said.getvalue(), complained.getvalue())
    return said.getvalue() if code == 0 else complained.getvalue()


def as_json(*words):
    return json.loads(gis(*words, "--json"))


@pytest.fixture(scope="module")
def parcel_file(shared_data):
    return shared_data / "parcels" / "vn_sample" / "thua_dat_134.geojson"


@pytest.fixture(scope="module")
def figures(parcel_file):
    """By sheet and number: the file's own area, and the ring moved to EPSG:5899 by pyproj alone."""
    move = Transformer.from_crs(4326, 5899, always_xy=True).transform
    told = {}
    for feature in json.loads(parcel_file.read_text("utf-8"))["features"]:
        said = feature["properties"]
        shape = shapely.transform(shapely.geometry.shape(feature["geometry"]), move, interleaved=False)
        told[f"{said['soTo']:.0f}", f"{said['soThua']:.0f}"] = (said["Shape_Area"], shape)
    return told


@pytest.fixture(scope="module")
def zone(figures):
    """A rectangle over the western half of the parcels."""
    shapes = [shape for _, shape in figures.values()]
    west, south, east, north = shapely.total_bounds(shapes)
    return shapely.box(west - 10, south - 10, (west + east) / 2, north + 10)


@pytest.fixture(scope="module")
def project(tmp_path_factory, parcel_file, figures, zone):
    """A project for that place with the parcels, the zone and one household a parcel."""
    folder = tmp_path_factory.mktemp("thử nghiệm") / "dự án"
    gis("init", folder, "--crs", "EPSG:5899", "--name", "Xã thử")
    gis("import", "parcels", parcel_file, *WGS84, "--project", folder, "--by", "lan")
    drawn = folder.parent / "khu.gpkg"
    gpd.GeoDataFrame({"ma_khu": [ZONE], "ten_khu": ["Khu thử"]}, geometry=[zone], crs=5899).to_file(drawn)
    gis("import", "zones", drawn, "--crs", "EPSG:5899", "--project", folder, "--by", "lan")
    rows = [f"15910,{sheet},{number},H{number},1,2026-01-01" for sheet, number in figures]
    listed = folder.parent / "ho.csv"
    listed.write_text("commune,sheet,number,household_id,part,from\n" + "\n".join(rows) + "\n", "utf-8")
    gis("import", "holdings", listed, "--project", folder, "--by", "lan")
    return folder


def of_zone(totals):
    return next(one for one in totals if one["zone_id"] == ZONE)


def test_areas__every_parcel_as_the_cadastre_has_it(tmp_path, parcel_file, figures):
    out = tmp_path / "areas.csv"
    gis("areas", parcel_file, "--crs", "EPSG:5899", "--out", out)
    lines = out.read_text("utf-8").splitlines()
    assert lines[0] == "row,area_m2"
    assert len(lines) == 135
    for number, (line, (legal_m2, _)) in enumerate(zip(lines[1:], figures.values(), strict=True), start=1):
        row, area_m2 = line.split(",")
        assert int(row) == number
        assert float(area_m2) == pytest.approx(legal_m2, abs=0.01)


def test_flow__the_zone_holds_what_the_file_says(project, figures, zone):
    found = of_zone(as_json("totals", "--project", project))
    inside = sum(legal_m2 for legal_m2, shape in figures.values() if zone.contains(shape))
    cut = sum(shape.intersection(zone).area for _, shape in figures.values() if not zone.contains(shape))
    assert found["mapped_ha"] == pytest.approx(zone.area / 10_000, abs=1e-6)
    assert found["cleared_ha"] == 0
    balance = found["balance"]
    assert sum(balance["classes_m2"].values()) == pytest.approx(inside + cut, abs=0.5)
    assert abs(balance["residual_m2"]) < 0.1


def test_flow__marks_raise_the_hectares_by_their_parts(project, figures, zone):
    """Three parcels inside by the file's own areas, and one across the boundary by its clip."""
    whole = [key for key, (_, shape) in figures.items() if zone.contains(shape)][:3]
    across = next(key for key, (_, shape) in figures.items() if zone.crosses(shape) or zone.overlaps(shape))
    marked = [f"15910/{sheet}/{number}" for sheet, number in [*whole, across]]
    words = [word for key in marked for word in ("--parcel", key)]
    before = of_zone(as_json("totals", "--project", project))["cleared_ha"]
    written = as_json(
        *("mark", *words, "--milestone", "handed_over", "--on", "05/02/2026", "--document", "BB-1"),
        *("--by", "lan", "--project", project),
    )
    expected_m2 = sum(figures[key][0] for key in whole) + figures[across][1].intersection(zone).area
    after = of_zone(as_json("totals", "--project", project))
    assert len(written["seqs"]) == 4
    assert (after["cleared_ha"] - before) * 10_000 == pytest.approx(expected_m2, abs=0.05)
    assert after["signed_ha"] == pytest.approx(after["cleared_ha"])
    day_before = of_zone(as_json("totals", "--project", project, "--on", "2026-02-04"))
    assert day_before["cleared_ha"] == before
    unknown_then = of_zone(as_json("totals", "--project", project, "--known", written["seqs"][0] - 1))
    assert unknown_then["cleared_ha"] == before
    gis("void", *written["seqs"], "--reason", "nhầm thửa", "--by", "lan", "--project", project)
    assert of_zone(as_json("totals", "--project", project))["cleared_ha"] == before


def test_flow__the_chain_verifies_and_a_printed_head_holds(project):
    found = as_json("verify", "--project", project)
    assert (found["ok"], found["problems"]) == (True, [])
    head = f"{found['head']['seq']}:{found['head']['hash']}"
    gis("verify", "--head", head, "--project", project)
    told = gis("verify", "--head", f"{found['head']['seq'] + 5}:{'0' * 64}", "--project", project, code=1)
    assert str(found["head"]["seq"] + 5) in told


def test_import__the_same_file_again_writes_nothing(project, parcel_file):
    before = as_json("verify", "--project", project)["head"]
    gis("import", "parcels", parcel_file, *WGS84[2:], "--project", project)
    renamed = shutil.copy(parcel_file, project.parent / "tên khác.geojson")
    gis("import", "parcels", renamed, *WGS84[2:], "--project", project)
    assert as_json("verify", "--project", project)["head"] == before


def test_check__land_with_entries_that_is_redrawn_is_succeeded_and_said(project, parcel_file, tmp_path):
    moved = gpd.read_file(parcel_file)
    moved.loc[0, "geometry"] = moved.geometry[0].buffer(1e-6)
    redrawn = tmp_path / "redrawn.geojson"
    moved.to_file(redrawn)
    report = as_json("check", redrawn, *WGS84[2:], "--project", project)
    told = [one["id"] for one in report["layers"][0]["problems"]]
    assert ("resurvey.redrawn" in told, report["refused"]) == (True, [])


def test_refusals__one_sentence_and_the_right_exit_code(project, tmp_path):
    common = ("--on", "05/02/2026", "--by", "lan", "--project", project)
    told = gis(
        "mark", "--parcel", "P999999", "--milestone", "handed_over", "--document", "BB", *common, code=1
    )
    assert "P999999" in told
    assert len(told.strip().splitlines()) == 1
    gis("mark", "--milestone", "handed_over", *common, code=2)
    assert "project.toml" in gis("totals", "--project", tmp_path, code=1)
    assert "EPSG:5897" in gis("areas", "x.gpkg", "--crs", "wgs84", "--out", tmp_path / "o.csv", code=1)
    assert "khong-co.gpkg" in gis(
        "areas", "khong-co.gpkg", "--crs", "5899", "--out", tmp_path / "o.csv", code=1
    )
    told = gis("init", project, code=1)
    assert str(project) in told


@pytest.mark.parametrize(("language", "word"), [("vi", "thửa"), ("en", "no such parcel")])
def test_refusals__in_a_process_of_its_own(project, language, word):
    """As an office runs it: a real process, its exit code, its language."""
    line = ["mark", "--parcel", "P999999", "--milestone", "paid", "--on", "05/02/2026", "--by", "lan"]
    done = subprocess.run(
        [sys.executable, "-m", "gis", *line, "--project", project],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"GPMB_LANG": language, "PYTHONUTF8": "1"},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_refusals__every_reason_is_listed(project):
    words = ("--milestone", "paid", "--on", "05/02/2026", "--by", "lan", "--project", project)
    told = gis("mark", "--parcel", "P999998", "--parcel", "P999999", *words, code=1).strip().splitlines()
    assert len(told) == 3
    assert ["P999998" in told[1], "P999999" in told[2]] == [True, True]


def test_init__not_inside_the_repository():
    assert "data/new" in gis("init", "data/new", code=1)
    assert not (ROOT / "data" / "new").exists()
