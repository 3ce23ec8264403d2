"""Reports of files: the law features = imported + refused rows, and the JSON that scripts read."""

import json

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from landworld import ON, make_project, plot
from shapely import Polygon

from gis.boundaries.layers import RawLayer
from gis.errors import Problem
from gis.project.intake import check_for
from gis.project.report import CrsReport, FileReport, by_owner, family, layer_report, to_json, with_refusals
from gis.project.stated import Stated
from gis.texts import Texts

VI = Texts("vi")
TM3 = Stated(crs="EPSG:5897")


@pytest.fixture
def project(tmp_path):
    made = make_project(tmp_path)
    yield made
    made.close()


def raw_of(count, file="thua.gpkg", layer="thua"):
    frame = gpd.GeoDataFrame({"n": range(count)}, geometry=[plot(n) for n in range(count)], crs=5897)
    return RawLayer(file, layer, "GPKG", "UTF-8", frame)


def to_file(folder, name, numbers, shapes, **more):
    frame = gpd.GeoDataFrame(
        {"soTo": "9", "soThua": numbers, "maXa": "15910", "loaiDat": "LUC"} | more, geometry=shapes, crs=5897
    )
    frame.to_file(folder / name)
    return folder / name


@given(st.lists(st.sampled_from(["good", "warned", "refused", "lost"]), max_size=12))
def test_layer_report__features_are_imported_and_refused_rows(rows):
    """Of each row it is known whether it is good, only warned of, refused late, or lost by the check itself."""
    raw = raw_of(len(rows))
    drawn = {raw.feature(n): 10_000.0 for n, what in enumerate(rows) if what != "lost"}
    said = {"warned": "warning", "refused": "refused", "lost": "refused"}
    problems = [
        Problem(raw.feature(n), "problem.key_twice", severity=said[what])
        for n, what in enumerate(rows)
        if what in said
    ]
    report = layer_report(raw, "parcels", drawn, problems, CrsReport())
    refused = {problem.source for problem in problems if problem.severity == "refused"}
    assert report.imported == rows.count("good") + rows.count("warned")
    assert report.features == report.imported + len(refused) == len(rows)
    assert report.area_m2 == 10_000.0 * report.imported


def test_layer_report__a_refused_layer_has_no_usable_row():
    raw = raw_of(3)
    drawn = {raw.feature(n): 10_000.0 for n in range(3)}
    problem = Problem(raw.source, "problem.features_lost", {"stated": 4, "found": 3})
    assert layer_report(raw, "parcels", drawn, [problem], CrsReport()).imported == 0


def test_by_owner__the_longest_name_then_the_others():
    names = ["a.gpkg", "a.gpkg, thua", "b.gpkg"]
    sources = ["a.gpkg, thua, feature 2", "a.gpkg", "b.gpkg, feature 1", "ab.gpkg"]
    found = by_owner([Problem(source, "problem.x") for source in sources], names)
    assert [[p.source for p in one] for one in found] == [
        [sources[1]],
        [sources[0]],
        [sources[2]],
        [sources[3]],
    ]


def test_family__of_ids_that_there_are():
    ids = {
        "crs": "problem.axes_swapped",
        "text": "problem.encoding_guessed",
        "key": "problem.key_missing",
        "shape": "problem.ring_crosses_itself",
        "land": "problem.same_land",
        "file": "problem.file_empty",
    }
    assert {name: family(Problem("", message)) for name, message in ids.items()} == {
        name: name for name in ids
    }


def test_with_refusals__a_later_reason_stands_at_its_file_and_once():
    first = Problem("a.gpkg, feature 1", "problem.key_twice")
    reports = [FileReport("/x/a.gpkg", (), (first,)), FileReport("/x/b.gpkg")]
    later = with_refusals(
        reports, [first, Problem("b.gpkg, feature 1", "problem.x"), Problem("", "problem.y")]
    )
    assert [[p.message for p in one.problems] for one in later] == [
        ["problem.key_twice", "problem.y"],
        ["problem.x"],
    ]


def test_check__files_are_judged_together_and_beside_what_is_loaded(project, tmp_path):
    """Two files share a key; a third lies on parcel 1 of the project; a bow tie of two equal triangles."""
    one = to_file(tmp_path, "mot.gpkg", ["1", "2"], [plot(5), plot(6)])
    two = to_file(tmp_path, "hai.gpkg", ["2", "3"], [plot(7), plot(8)])
    checked = check_for(project, [one, two], ON, stated=TM3)
    assert [[p.message for p in r.refused] for r in checked.reports] == [[], ["problem.key_in_two_files"]]
    assert [r.layers[0].imported for r in checked.reports] == [2, 1]
    west, south, east, north = plot(9).bounds
    tie = Polygon([(west, south), (east, north), (east, south), (west, north)])
    on_top = to_file(tmp_path, "ba.gpkg", ["4", "5"], [plot(0), tie])
    (report,) = check_for(project, [on_top], ON, stated=TM3).reports
    layer = report.layers[0]
    rows = {p.source for p in report.refused if "feature" in p.source}
    assert layer.features == layer.imported + len(rows) == 2
    assert layer.imported == 1
    assert "resurvey.new_number" in [p.message for p in report.all_problems]


def test_check__a_redrawn_parcel_with_entries_is_told_with_what_changes(project, tmp_path):
    """Parcel 7/1 has holders; 10 m less of its width are 1,000 m²; half of it is a question with the land."""
    (report,) = check_for(project, to_file_of(tmp_path, "lai.gpkg", plot(0, 90)), ON, "parcels", TM3).reports
    told = next(p for p in report.all_problems if p.message == "resurvey.redrawn")
    assert (told.severity, told.facts["count"], round(told.facts["difference"])) == ("warning", 1, -1000)
    (report,) = check_for(project, to_file_of(tmp_path, "nua.gpkg", plot(0, 50)), ON, "parcels", TM3).reports
    asked = next(p for p in report.refused if p.message == "ask.other_land")
    assert (asked.source, asked.area_m2) == ("nua.gpkg, feature 1", 5_000.0)
    assert report.layers[0].imported == 0


def to_file_of(folder, name, shape):
    """Parcel 7/1 as another file draws it."""
    frame = gpd.GeoDataFrame(
        {"soTo": ["7"], "soThua": ["1"], "maXa": "15910", "loaiDat": "LUC"}, geometry=[shape], crs=5897
    )
    frame.to_file(folder / name)
    return [folder / name]


def test_check__writes_nothing(project, tmp_path):
    before = {path: path.read_bytes() for path in project.versions_folder.iterdir()}
    head = project.refresh()
    check_for(project, [to_file(tmp_path, "mot.gpkg", ["1"], [plot(5)])], ON, stated=TM3)
    assert project.refresh() == head
    assert {path: path.read_bytes() for path in project.versions_folder.iterdir()} == before


def test_check__tells_each_step_in_order(project, tmp_path):
    files = [to_file(tmp_path, f"{n}.gpkg", [n], [plot(int(n))]) for n in ("5", "6")]
    steps = []
    check_for(project, files, ON, stated=TM3, told=steps.append)
    assert [(s.stage, s.at, s.of) for s in steps] == [
        ("reading", 1, 2), ("reading", 2, 2), ("checking", 1, 2), ("checking", 2, 2), ("comparing", 1, 1)
    ]  # fmt: skip


def test_check__a_file_that_is_none_is_refused_with_its_reason(project, tmp_path):
    (tmp_path / "hong.gpkg").write_bytes(b"not a database")
    (report,) = check_for(project, [tmp_path / "hong.gpkg"], ON).reports
    assert report.layers == ()
    assert len(report.refused) == 1


def test_to_json__exactly_the_documented_keys(project, tmp_path):
    file = to_file(tmp_path, "mot.gpkg", ["1", ""], [plot(5), plot(6)])
    (report,) = check_for(project, [file], ON, stated=TM3).reports
    found = json.loads(json.dumps(to_json(report, VI), allow_nan=False))
    assert set(found) == {"file", "layers", "refused"}
    (layer,) = found["layers"]
    assert set(layer) == {"name", "features", "imported", "problems", "crs", "encoding", "area_m2"}
    assert set(layer["crs"]) == {"chosen", "declared", "margin", "candidates"}
    assert (layer["features"], layer["imported"], layer["area_m2"]) == (2, 1, 10_000.0)
    assert layer["crs"]["chosen"] == layer["crs"]["declared"] == "EPSG:5897"
    (wrong,) = found["refused"]
    assert wrong["source"] == VI.place("mot.gpkg, feature 2")
    assert wrong["message"]


def test_to_json__of_a_file_without_layers_says_why(tmp_path):
    problem = Problem("hong.gpkg", "problem.file_empty")
    found = to_json(FileReport("hong.gpkg", (), (problem,)), VI)
    assert found["layers"] == []
    assert [one["message"] for one in found["refused"]] == [VI("problem.file_empty")]
