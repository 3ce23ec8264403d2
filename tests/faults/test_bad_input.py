"""Every bad file gives `check` a result or a refusal: never a traceback, a hang, a crash or the machine's memory."""

import itertools
import os
import random
import shutil
import stat
import sys
import time
import unicodedata
import zipfile
from collections import Counter, defaultdict

import pytest
from vectorworld import ENDINGS, write_sample

if sys.platform == "win32":
    pytest.skip("limits of a process's memory need fork", allow_module_level=True)

import files as work

from gis.cli import main

SEED = 20260101
FUZZ_SECONDS, FUZZ_SECONDS_FULL = 30, 300


@pytest.fixture(scope="module")
def empty_project(tmp_path_factory):
    """A project as `init` makes it: what is loaded already takes time for each file, and is in the sample."""
    folder = tmp_path_factory.mktemp("moi") / "du-an"
    with pytest.raises(SystemExit) as left:
        main.run(["init", str(folder)])
    assert not left.value.code
    return folder


def report(outcomes, title):
    """Print the figures by ending, and fail with every outcome that is not a result or a refusal."""
    by_ending = defaultdict(list)
    for one in outcomes:
        by_ending[one.path.suffix.lower() or one.path.name].append(one)
    print(f"\n{title}: {len(outcomes)} files, {dict(Counter(one.code for one in outcomes))}")
    for ending, some in sorted(by_ending.items()):
        slowest, peak = max(one.seconds for one in some), max(one.peak_mb for one in some)
        print(f"  {ending:12} {len(some):5} files, slowest {slowest:5.2f} s, peak {peak:4} MB")
    bad = [one for one in outcomes if not one.is_good]
    assert not bad, "\n".join(
        f"{one.path}: exit {one.code}, {one.seconds:.1f} s, {one.peak_mb} MB: {one.said[-2000:]}"
        for one in bad[:5]
    )


def test_check__every_bad_file_of_others(shared_data, empty_project):
    files = [
        path
        for folder in ("bad_input", "parcels")
        for path in sorted((shared_data / folder).rglob("*"))
        if path.is_file()
    ]
    assert len(files) > 700
    began = time.monotonic()
    report(work.check_all(files, empty_project), "files of others")
    print(f"  {time.monotonic() - began:.0f} s in all")


def pack(path, members, links=()):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
        for name, target in links:
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            packed.writestr(link, target)
    return path


@pytest.fixture
def hostile(tmp_path):
    """What an attacker or an accident puts in the place of a file."""
    good = write_sample(tmp_path / "tot", ".gpkg")
    sparse = shutil.copy(good, tmp_path / "thua.gpkg")
    os.truncate(sparse, 5 << 30)
    text = tmp_path / "thua.geojson"
    text.write_text("{")
    os.truncate(text, 5 << 30)
    beside = write_sample(tmp_path / "canh", ".shp")
    os.truncate(beside.with_suffix(".dbf"), 5 << 30)
    pipe_beside = write_sample(tmp_path / "ong", ".shp")
    pipe_beside.with_suffix(".dbf").unlink()
    os.mkfifo(pipe_beside.with_suffix(".dbf"))
    os.mkfifo(tmp_path / "ong.gpkg")
    (tmp_path / "thu muc.shp").mkdir()
    (tmp_path / "lien ket.gpkg").symlink_to(good)
    (tmp_path / "vong.gpkg").symlink_to(tmp_path / "vong.gpkg")
    (tmp_path / "cut.gpkg").symlink_to(tmp_path / "khong co.gpkg")
    (tmp_path / "thiet bi.geojson").symlink_to("/dev/zero")
    names = [unicodedata.normalize(form, "Tờ bản đồ số 7 - Hoằng Xuyên") for form in ("NFC", "NFD")]
    named = [write_sample(tmp_path / name / ".." / f"{name} x", ".shp", stem=name) for name in names]
    deep = tmp_path / "sau.geojson"
    deep.write_text('{"type":"FeatureCollection","features":' + "[" * 200_000)
    paths = [sparse, text, beside, pipe_beside, *named, deep]
    paths += [
        tmp_path / name for name in ("ong.gpkg", "thu muc.shp", "lien ket.gpkg", "vong.gpkg", "cut.gpkg")
    ]
    return [
        *paths,
        tmp_path / "thiet bi.geojson",
        tmp_path / "khong co.shp",
        *zips(tmp_path),
        *books(tmp_path),
    ]


def zips(folder):
    good = write_sample(folder / "trong zip", ".geojson").read_bytes()
    bomb = pack(folder / "bom.zip", {"a.geojson": b" " * (600 << 20)})
    many = pack(folder / "nhieu.zip", {f"{n}.geojson": b"{}" for n in range(5000)})
    nested = pack(folder / "long.zip", {"a.zip": bomb.read_bytes()[:1000], "b.geojson": good})
    climbing = pack(folder / "leo.zip", {"../../../leo.geojson": good})
    absolute = pack(folder / "tuyet doi.zip", {"/tmp/tuyet doi.geojson": good})  # noqa: S108 - must not be written
    link = pack(folder / "lk.zip", {"a.geojson": good}, [("b.geojson", "/etc/passwd")])
    twice = folder / "trung.zip"
    with zipfile.ZipFile(twice, "w") as packed:
        packed.writestr("a.geojson", good)
        packed.writestr("b.geojson", b"{}")
    twice.write_bytes(twice.read_bytes().replace(b"b.geojson", b"a.geojson"))
    return [bomb, many, nested, climbing, absolute, link, twice]


def books(folder):
    """Workbooks: one that unpacks to 600 MB, and one whose cells are commands."""
    kinds = "http://schemas.openxmlformats.org"
    types = (
        f'<Types xmlns="{kinds}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    )
    root = f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship Id="r1" '
    root_of_book = f'{root}Type="{kinds}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    sheets = f'{root}Type="{kinds}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    book = (
        f'<workbook xmlns="{kinds}/spreadsheetml/2006/main" xmlns:r="{kinds}/officeDocument/2006/relationships">'
        '<sheets><sheet name="Danh sách" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": root_of_book,
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": sheets,
    }
    start, end = f'<worksheet xmlns="{kinds}/spreadsheetml/2006/main"><sheetData>', "</sheetData></worksheet>"
    row = '<row><c t="inlineStr"><is><t>thua</t></is></c></row>'
    formulas = (
        "HYPERLINK(&quot;http://127.0.0.1:9/&quot;)",
        "cmd|'/c calc'!A0",
        "1+1",
        "WEBSERVICE(&quot;http://127.0.0.1:9/&quot;)",
    )
    cells = "".join(f"<row><c><f>{one}</f></c></row>" for one in formulas)
    bomb = pack(folder / "bom.xlsx", {**parts, "xl/worksheets/sheet1.xml": start + row * 12_000_000 + end})
    commands = pack(folder / "lenh.xlsx", {**parts, "xl/worksheets/sheet1.xml": start + cells + end})
    csv = folder / "lenh.csv"
    csv.write_text("ho,so_to,so_thua\n=cmd|'/c calc'!A0,7,1\n@SUM(1),7,2\n", "utf-8")
    return [bomb, commands, csv]


def test_check__what_is_no_file_or_a_trap(hostile, empty_project, tmp_path):
    outcomes = work.check_all(hostile, empty_project)
    report(outcomes, "traps")
    assert not list(tmp_path.parent.glob("leo.geojson"))
    assert all(one.seconds < 10 for one in outcomes)
    through = {one.path.name for one in outcomes if one.code == 0}
    assert {"lien ket.gpkg", "leo.zip", "tuyet doi.zip"} <= through, "what is harmless goes through"


def test_check__every_format_under_every_other_ending(tmp_path, empty_project):
    samples = {ending: write_sample(tmp_path / ending[1:], ending) for ending in ENDINGS}
    renamed = []
    for (ending, path), other in itertools.product(samples.items(), [*ENDINGS, ".xlsx", ".csv", ".dwg", ""]):
        if other != ending:
            place = tmp_path / f"{ending[1:]}-as" / f"thua{other}"
            place.parent.mkdir(exist_ok=True)
            renamed.append(shutil.copy(path, place))
    report(work.check_all(renamed, empty_project), "renamed")


@pytest.mark.parametrize("content", [b"", b"\0", b"{", b"P", b"<"])
def test_check__no_byte_and_one_byte(tmp_path, empty_project, content):
    paths = [tmp_path / f"thua{ending}" for ending in [*ENDINGS, ".xlsx", ".csv", ".ods"]]
    for path in paths:
        path.write_bytes(content)
    outcomes = work.check_all(paths, empty_project)
    report(outcomes, f"{len(content)} bytes")
    assert all(one.code == 1 for one in outcomes)


def test_check__mutated_samples_of_every_format(tmp_path, empty_project, full):
    """A seed and a number name each file: `thua-17` of the same seed is the same bytes again."""
    sets = {
        ending: sorted(write_sample(tmp_path / ending[1:], ending).parent.iterdir()) for ending in ENDINGS
    }
    seconds = FUZZ_SECONDS_FULL if full else FUZZ_SECONDS
    print(f"\nseed {SEED}, {seconds} s")
    outcomes, number, began = [], 0, time.monotonic()
    while time.monotonic() - began < seconds:
        batch = []
        for _ in range(40):
            number += 1
            chance = random.Random(f"{SEED}-{number}")  # noqa: S311 - the same bytes in every run
            ending = ENDINGS[number % len(ENDINGS)]
            victim = chance.choice(sets[ending])
            folder = tmp_path / f"fuzz-{number}"
            folder.mkdir()
            for part in sets[ending]:
                content = part.read_bytes()
                (folder / part.name).write_bytes(work.mutated(content, chance) if part == victim else content)
            batch.append(folder / f"thua{ending}")
        ended = work.check_all(batch, empty_project)
        outcomes += ended
        for one in ended:
            if one.is_good:
                shutil.rmtree(one.path.parent)
    report(outcomes, f"mutated, seed {SEED}")
