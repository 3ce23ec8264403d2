"""Every feature of a file is read or a problem says that some are not, wherever the file is cut."""

import struct

import pytest
from vectorworld import DEGREES, DRAWINGS, ENDINGS, write_sample

from gis.store.files import read_vector
from gis.store.shapefile_parts import index_of
from gis.texts import Texts

COUNT = 30
CUTS = 25
PARTS_WITHOUT_FEATURES = {".prj", ".cpg", ".xsd"}


def read(path):
    """Features with a shape, ids of the refusals, ids of the warnings; every problem has its sentence."""
    layers, problems = read_vector(path)
    assert all(Texts(language).problem(problem) for problem in problems for language in ("vi", "en"))
    refused = {one.message for one in problems if one.severity == "refused"}
    assert "problem.reading_stopped" not in refused, problems
    count = sum(int(layer.frame.geometry.notna().sum()) for layer in layers)
    return count, refused, {one.message for one in problems} - refused


@pytest.mark.parametrize("ending", ENDINGS)
def test_read_vector__every_format_whole(tmp_path, ending):
    path = write_sample(tmp_path, ending, COUNT)
    (layer,), problems = read_vector(path)
    assert len(layer.frame) == COUNT
    expected = {
        ".dxf": {"problem.drawing_read", "problem.polygons_unlabelled"},
        ".geojsonl": {"problem.count_unproven"},
    }
    expected[".dgn"], expected[".kml"] = expected[".dxf"], {"problem.readers_differ_driver"}
    expected[".kmz"] = expected[".kml"]
    assert {one.message for one in problems} == expected.get(ending, set())
    if ending in DRAWINGS | {".tab", ".mif"}:  # GDAL writes no VN-2000 into these
        assert layer.frame.crs is None
    else:
        assert layer.frame.crs.to_epsg() == (4326 if ending in DEGREES else 5897)
    if ending not in DRAWINGS:
        columns = {name.lower() for name in layer.frame.columns}
        assert {"so_to", "so_thua", "xu_dong"} <= columns
        assert set(layer.frame[next(c for c in layer.frame if c.lower() == "xu_dong")]) == {"Đồng Cửa"}
    beside = {one.name for one in path.parent.iterdir()}
    assert not any(name.endswith((".gfs", "-shm", "-wal")) for name in beside), (
        "nothing is written beside a file"
    )


@pytest.mark.parametrize("ending", ENDINGS)
def test_read_vector__a_file_cut_anywhere_is_never_a_smaller_whole_one(tmp_path, ending):
    path = write_sample(tmp_path, ending, COUNT)
    for part in sorted(path.parent.iterdir()):
        if part.suffix in PARTS_WITHOUT_FEATURES:
            continue
        content = part.read_bytes()
        step = max(1, len(content) // CUTS)
        for cut in [*range(1, len(content), step), len(content) - 2, len(content) - 1]:
            part.write_bytes(content[:cut])
            count, refused, warned = read(path)
            assert refused or count == COUNT or "problem.count_unproven" in warned, (part.name, cut, count)
        part.write_bytes(content)


@pytest.mark.parametrize("ending", ENDINGS)
def test_read_vector__what_stands_behind_the_end_loses_nothing(tmp_path, ending):
    path = write_sample(tmp_path, ending, COUNT)
    for part in sorted(path.parent.iterdir()):
        content = part.read_bytes()
        for tail in (b"\0" * 100, b"rac " * 20):
            part.write_bytes(content + tail)
            count, refused, _ = read(path)
            assert refused or count == COUNT, (part.name, tail[:4], count)
        part.write_bytes(content)


def test_read_vector__rows_marked_as_deleted_are_told(tmp_path):
    path = write_sample(tmp_path, ".shp", COUNT)
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    header = struct.unpack("<H", dbf[8:10])[0]
    dbf[header : header + 1] = b"*"
    path.with_suffix(".dbf").write_bytes(dbf)
    assert read(path) == (COUNT - 1, set(), {"problem.rows_deleted"})


def test_read_vector__parts_of_two_exports_are_refused(tmp_path):
    path = write_sample(tmp_path / "a", ".shp", COUNT)
    other = write_sample(tmp_path / "b", ".shp", COUNT - 1)
    path.with_suffix(".dbf").write_bytes(other.with_suffix(".dbf").read_bytes())
    assert "problem.shapefile_parts_differ" in read(path)[1]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        # GDAL passes over a member that is no feature, without a word.
        ("a.geojson", '{"type": "FeatureCollection", "features": [null]}', "problem.features_lost"),
        ("a.geojson", '{"type": "FeatureCollection", "features": []}]}', "problem.file_unopened"),
        (
            "a.json",
            '{"geometryType": "esriGeometryPoint", "exceededTransferLimit": true, "features": '
            '[{"attributes": {}, "geometry": {"x": 1, "y": 2}}]}',
            "problem.transfer_limit",
        ),
    ],
)
def test_read_vector__json_that_is_less_than_it_seems(tmp_path, name, text, message):
    (tmp_path / name).write_text(text, "utf-8")
    assert message in read(tmp_path / name)[1]


def test_read_vector__kml_that_points_elsewhere_says_so(tmp_path):
    path = write_sample(tmp_path, ".kml", COUNT)
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    path.write_text(path.read_text("utf-8").replace("</Document>", f"{link}</Document>"), "utf-8")
    assert "problem.kml_links" in read(path)[2]


def test_read_vector__entities_of_xml_are_refused(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for ending in (".kml", ".gml"):
        path = write_sample(tmp_path / ending[1:], ending, COUNT)
        head, _, rest = path.read_text("utf-8").partition("?>")
        path.write_text(f"{head}?>{bomb}{rest}", "utf-8")
        assert "problem.xml_broken" in read(path)[1] or not read_vector(path)[0]


def test_index_of__is_the_index_that_gdal_writes(tmp_path):
    path = write_sample(tmp_path, ".shp", COUNT)
    assert index_of(path) == (path.with_suffix(".shx").read_bytes(), COUNT)


def test_index_of__refuses_a_chain_that_breaks_off(tmp_path):
    path = write_sample(tmp_path, ".shp", COUNT)
    path.with_suffix(".shx").unlink()
    path.write_bytes(path.read_bytes()[:-10])
    assert read(path)[1] == {"problem.shx_missing"}
