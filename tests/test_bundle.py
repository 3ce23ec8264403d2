"""Bundles for machines without a network: tiny ones of wheels made here; the real one with --full."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from startworld import (
    ROOT,
    borrowed_venv,
    closed_port,
    copy_launcher,
    refused,
    run,
    unreachable,
    without_pip_settings,
)

from launcher import bundle, program, wheels
from launcher.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = "{}.{}".format(*sys.version_info[:2])
OTHER = next(name for name in wheels.PLATFORMS if name != wheels.this_platform())
REQUIREMENTS = b'# two\ngpmb-mot==1.0   # everywhere\ngpmb-hai==2.0; sys_platform == "win32"\n'


def make_wheel(folder: Path, name: str, version: str) -> Path:
    """A wheel of one module that knows its version."""
    files = {
        f"{name}.py": f"VERSION = {version!r}\n",
        f"{name}-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{name}-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(text)}")
    files[f"{name}-{version}.dist-info/RECORD"] = "\n".join([*rows, f"{name}-{version}.dist-info/RECORD,,"])
    target = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return target


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> dict[str, str]:
    """An environment in which pip finds two small wheels in a folder and asks nobody else."""
    folder = tmp_path_factory.mktemp("shop")
    make_wheel(folder, "gpmb_mot", "1.0")
    make_wheel(folder, "gpmb_hai", "2.0")
    return without_pip_settings() | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder)}


@pytest.fixture
def folder(tmp_path) -> Path:
    """A small program whose data is the sample, beside what must stay at home."""
    place = tmp_path / "phần mềm"
    place.mkdir()
    copy_launcher(place)
    (place / "requirements.txt").write_bytes(REQUIREMENTS)
    (place / "app.py").write_text("")
    for name in ("data/zones", "data/parcels", "gis/__pycache__", "sao-luu"):
        (place / name).mkdir(parents=True)
    (place / "gis/texts.py").write_text("")
    (place / "data/project.toml").write_text("# true\nsynthetic = true\n")
    (place / "data/zones/zones.gpkg").write_bytes(b"zones")
    for name in (
        "data/ledger.db",
        "data/parcels/xa-that.gpkg",
        "sao-luu/x.gpmb",
        "gis/__pycache__/texts.pyc",
    ):
        (place / name).write_bytes(b"NGUYEN VAN MAU")
    borrowed_venv(place)
    return place


def in_zip(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name.removeprefix("gpmb/"): archive.read(name) for name in archive.namelist()}


def test_bundle__has_the_program_its_wheels_and_nothing_of_an_office(folder, shop, tmp_path) -> None:
    ran = run(
        folder,
        "bundle",
        "--platform",
        "win_amd64",
        "--python",
        "3.12",
        "--to",
        str(tmp_path / "b.zip"),
        environment=shop,
    )
    assert ran.returncode == 0, ran.stderr
    found = in_zip(tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    assert ran.stdout.splitlines()[-1] == f"{hashlib.sha256(whole).hexdigest()}  b.zip"
    # Both, though pip on this machine would leave out what is for Windows alone.
    names = ["gpmb_hai-2.0-py3-none-any.whl", "gpmb_mot-1.0-py3-none-any.whl"]
    assert sorted(name for name in found if name.endswith(".whl")) == [f"wheels/{name}" for name in names]
    sums = [f"{hashlib.sha256(found[f'wheels/{name}']).hexdigest()}  {name}" for name in names]
    assert found["wheels/SHA256SUMS"].decode().splitlines() == sums
    assert json.loads(found["wheels/bundle.json"]) == {
        "platform": "win_amd64",
        "python": "3.12",
        "requirements_sha256": hashlib.sha256(REQUIREMENTS).hexdigest(),
    }
    expected = {
        "app.py",
        "gis/texts.py",
        "requirements.txt",
        "start.py",
        "data/project.toml",
        "data/zones/zones.gpkg",
    }
    expected |= {f"launcher/{path.name}" for path in ROOT.glob("launcher/*.py")}
    assert {name for name in found if not name.startswith("wheels/")} == expected | {"CAI-DAT.txt"}
    assert not any(b"NGUYEN VAN MAU" in content for content in found.values())
    text = found["CAI-DAT.txt"].decode()
    assert "py -3.12 start.py --open\r\n" in text
    assert "{" not in text
    assert not list(tmp_path.glob("*.part"))


def test_bundle__unpacked_installs_where_nothing_can_be_reached(folder, shop, tmp_path) -> None:
    ran = run(folder, "bundle", "--to", str(tmp_path / "b.zip"), environment=shop)
    assert ran.returncode == 0, ran.stderr
    shutil.unpack_archive(tmp_path / "b.zip", tmp_path / "máy khác")
    there = tmp_path / "máy khác" / "gpmb"
    venv = borrowed_venv(there)
    prepared = "import start; print(start.prepare(start.ROOT / 'requirements.txt'))"
    command = [sys.executable, "-c", prepared]
    environment = unreachable() | {"PYTHONIOENCODING": "utf-8"}
    installed = subprocess.run(
        command, cwd=there, env=environment, capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stderr
    python = installed.stdout.splitlines()[-1]
    asked = [python, "-c", "import gpmb_mot; print(gpmb_mot.VERSION)"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() == "1.0"
    assert (venv / "requirements.installed").exists()


@pytest.fixture
def unpacked(tmp_path) -> Path:
    """The folder of a bundle for this machine, made by hand."""
    place = tmp_path / "gpmb"
    (place / "wheels").mkdir(parents=True)
    (place / "requirements.txt").write_bytes(REQUIREMENTS)
    made = make_wheel(place / "wheels", "gpmb_mot", "1.0")
    (place / "wheels/SHA256SUMS").write_text(
        f"{hashlib.sha256(made.read_bytes()).hexdigest()}  {made.name}\n"
    )
    about(place)
    return place


def about(place: Path, **facts: str) -> None:
    fit = {
        "platform": wheels.this_platform(),
        "python": HERE,
        "requirements_sha256": hashlib.sha256(REQUIREMENTS).hexdigest(),
    }
    (place / "wheels/bundle.json").write_text(json.dumps(fit | facts))


def options(place: Path, version: str = f"{HERE}.9") -> list[str]:
    return wheels.offline_options(place, version, place / "requirements.txt")


def test_offline_options__from_the_wheels_alone(unpacked) -> None:
    assert {"--no-index", "--isolated", f"--find-links={unpacked / 'wheels'}"} == set(options(unpacked))


def test_offline_options__none_without_the_folder_and_for_the_tests(unpacked) -> None:
    assert wheels.offline_options(unpacked, f"{HERE}.9", unpacked / "requirements-dev.txt") == []
    shutil.rmtree(unpacked / "wheels")
    assert options(unpacked) == []


def append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


SPOILED = {
    "changed": (lambda at: append(at / "gpmb_mot-1.0-py3-none-any.whl"), "gpmb_mot-1.0-py3-none-any.whl"),
    "missing": (lambda at: (at / "gpmb_mot-1.0-py3-none-any.whl").unlink(), "gpmb_mot-1.0-py3-none-any.whl"),
    "foreign": (lambda at: make_wheel(at, "gpmb_mot", "9.9"), "gpmb_mot-9.9-py3-none-any.whl"),
    "no list": (lambda at: (at / "SHA256SUMS").unlink(), "SHA256SUMS"),
    "half a list": (lambda at: (at / "SHA256SUMS").write_text("0a0a"), "SHA256SUMS"),
    "no facts": (lambda at: (at / "bundle.json").unlink(), "bundle.json"),
    "half the facts": (lambda at: (at / "bundle.json").write_text('{"platform": "linux'), "bundle.json"),
    "other facts": (lambda at: (at / "bundle.json").write_text('["linux"]'), "bundle.json"),
}


@pytest.mark.parametrize("how", SPOILED)
def test_offline_options__wheels_that_are_not_as_listed_are_refused(unpacked, how) -> None:
    spoil, file = SPOILED[how]
    spoil(unpacked / "wheels")
    with pytest.raises(Refusal) as refusal:
        options(unpacked)
    assert refusal.value.message == "wheels_changed"
    assert all(file in line for line in str(refusal.value).splitlines())


@pytest.mark.parametrize(
    ("facts", "message", "says"),
    [
        ({"platform": OTHER}, "wheels_platform", f"--platform {wheels.this_platform()} --python {HERE}"),
        ({"python": "3.10"}, "wheels_python", "3.10 start.py"),
        ({"requirements_sha256": "0" * 64}, "wheels_stale", "requirements.txt"),
    ],
)
def test_offline_options__a_bundle_for_something_else_is_refused(unpacked, facts, message, says) -> None:
    about(unpacked, **facts)
    with pytest.raises(Refusal) as refusal:
        options(unpacked)
    assert refusal.value.message == message
    assert all(says in line for line in str(refusal.value).splitlines())


def test_offline_options__an_environment_of_another_python_than_both_is_to_be_made_anew(unpacked) -> None:
    with pytest.raises(Refusal) as refusal:
        options(unpacked, "3.10.4")
    assert refusal.value.message == "broken_venv"


def test_start__a_bundle_of_another_machine_says_so_before_it_installs(folder) -> None:
    (folder / "wheels").mkdir()
    about(folder, platform=OTHER)
    shutil.rmtree(folder / ".venv")
    ran = run(folder, "--port", str(closed_port()), environment=unreachable())
    refused(ran, "wheels_platform", found=OTHER, here=wheels.this_platform())
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    ("arguments", "message", "says"),
    [
        (("--platform", "beos"), "bundle_platform", "win_amd64"),
        (("--python", "3.10"), "bundle_python", "3.11"),
        (("--to", "app.py"), "bundle_exists", "app.py"),
    ],
)
def test_bundle__an_order_that_cannot_be_met(folder, monkeypatch, arguments, message, says) -> None:
    monkeypatch.chdir(folder)
    refused(run(folder, "bundle", *arguments), message, says=says)


def test_bundle__a_wheel_that_does_not_exist(folder, shop, tmp_path) -> None:
    (folder / "requirements.txt").write_text("gpmb-mot==7.7\n")
    ran = run(folder, "bundle", "--python", "3.13", "--to", str(tmp_path / "b.zip"), environment=shop)
    refused(ran, "bundle_no_wheel", pin="gpmb-mot==7.7", python="3.13")
    assert {path.name for path in tmp_path.iterdir()} == {folder.name}


def test_bundle__no_network(folder, tmp_path) -> None:
    ran = run(folder, "bundle", "--to", str(tmp_path / "b.zip"), environment=unreachable())
    refused(ran, "no_network")
    assert {path.name for path in tmp_path.iterdir()} == {folder.name}


def test_bundle__data_of_an_office_beside_the_program(folder, shop, tmp_path) -> None:
    (folder / "data/project.toml").write_text("synthetic = false  # synthetic = true\n")
    ran = run(folder, "bundle", "--to", str(tmp_path / "b.zip"), environment=shop)
    refused(ran, "bundle_office")


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root may mount a small disk")
def test_bundle__a_full_disk(folder, shop, tmp_path) -> None:
    disk = tmp_path / "đĩa"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        refused(run(folder, "bundle", "--to", str(disk / "b.zip"), environment=shop), "disk_full")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_program_files__what_git_has_and_not_what_was_done_to_it(tmp_path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=t", "-c", "user.email=t@t.example"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *arguments], check=True, capture_output=True)

    git("init")
    (tmp_path / "requirements.txt").write_bytes(REQUIREMENTS)
    (tmp_path / "app.py").write_text("")
    (tmp_path / "app.py").chmod(0o755)
    git("add", ".")
    git("commit", "-m", "one")
    (tmp_path / "requirements.txt").write_text("mine==1\n")
    (tmp_path / "danh-sach.xlsx").write_text("")
    found = program.program_files(tmp_path)
    assert [(one.path, one.executable) for one in found] == [
        ("app.py", os.name != "nt"),
        ("requirements.txt", False),
    ]
    assert bundle.requirements_of(found) == REQUIREMENTS


def test_walked_files__without_git_it_is_the_same_program(require) -> None:
    require((ROOT / ".git").exists() and shutil.which("git"), "needs the repository, not a copy of its files")
    listed = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True
    ).stdout
    tracked = {name for name in listed.decode().split("\0") if (ROOT / name).is_file()}
    walked = {one.path for one in program.walked_files(ROOT)}
    assert tracked - walked == set()
    assert {name for name in walked if name.startswith("data/")} == {
        name for name in tracked if name.startswith("data/")
    }


@pytest.mark.parametrize("platform", wheels.PLATFORMS)
def test_pins__as_the_markers_say(platform) -> None:
    text = (ROOT / "requirements.txt").read_bytes()
    where = {**default_environment(), "sys_platform": wheels.PLATFORMS[platform].sys_platform, "extra": ""}
    lines = (line.partition("#")[0].strip() for line in text.decode().splitlines())
    applying = [
        one
        for one in map(Requirement, filter(None, lines))
        if one.marker is None or one.marker.evaluate(where)
    ]
    assert bundle.pins(text, where["sys_platform"]) == [f"{one.name}{one.specifier}" for one in applying]


@pytest.mark.parametrize("line", ["a>=1", "a", 'a==1; python_version < "3.12"', "-r other.txt", "a==1 b==2"])
def test_pins__what_is_no_exact_pin_stops_the_build(line) -> None:
    with pytest.raises(ValueError, match="no exact pin"):
        bundle.pins(line.encode(), "linux")


@pytest.mark.parametrize(
    ("build", "machine", "name"),
    [
        ("win-amd64", "AMD64", "win_amd64"),
        ("linux-x86_64", "x86_64", "linux_x86_64"),
        ("macosx-14.0-arm64", "arm64", "macos_arm64"),
        ("macosx-10.13-universal2", "x86_64", "macos_x86_64"),
        ("linux-aarch64", "aarch64", "linux_aarch64"),
    ],
)
def test_platform_name__as_the_bundles_are_called(build, machine, name) -> None:
    assert wheels.platform_name(build, machine) == name


@pytest.fixture
def full() -> None:
    if os.environ.get("GPMB_FULL") != "1":
        pytest.skip("downloads hundreds of megabytes: with --full only")


@pytest.mark.parametrize("platform", wheels.PLATFORMS)
def test_bundle__of_the_real_pins_is_whole(full, tmp_path, platform) -> None:
    ran = run(ROOT, "bundle", "--platform", platform, "--to", str(tmp_path / "b.zip"))
    assert ran.returncode == 0, ran.stderr
    text = (ROOT / "requirements.txt").read_bytes()
    pins = bundle.pins(text, wheels.PLATFORMS[platform].sys_platform)
    found = {
        tuple(Path(name).name.split("-")[:2]) for name in in_zip(tmp_path / "b.zip") if name.endswith(".whl")
    }
    assert {(name.lower(), version) for name, version in found} == {
        (pin.partition("==")[0].lower().replace("-", "_"), pin.partition("==")[2]) for pin in pins
    }


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_bundle__of_the_real_pins_serves_where_nothing_can_be_reached(full, tmp_path) -> None:
    ran = run(ROOT, "bundle", "--to", str(tmp_path / "b.zip"))
    assert ran.returncode == 0, ran.stderr
    shutil.unpack_archive(tmp_path / "b.zip", tmp_path)
    port = closed_port()
    command = [sys.executable, "start.py", "--port", str(port)]
    started = subprocess.Popen(
        command, cwd=tmp_path / "gpmb", env=unreachable(), stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    try:
        assert any(f"Open http://127.0.0.1:{port}" in line for line in lines_of(started))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
            assert answer.read() == b"ok"
    finally:
        started.terminate()
        started.wait(60)


def lines_of(started: subprocess.Popen[str]) -> Iterator[str]:
    assert started.stdout is not None
    yield from started.stdout
