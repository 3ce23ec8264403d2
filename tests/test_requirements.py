"""The pins: whole, the same as installed, and apart from what only tests need."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PLATFORMS = {"linux": "Linux", "win32": "Windows", "darwin": "Darwin"}
PYTHONS = ("3.11", "3.12", "3.13")
FIXED_BY_THE_USER = {"geopandas", "shapely", "folium", "fiona", "pyproj", "streamlit"}


def pins(name: str) -> dict[str, Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-r")]
    return {canonicalize_name(requirement.name): requirement for requirement in found}


def environment(platform: str, python: str) -> dict[str, str]:
    """The names that a marker may ask for, on a platform and a Python."""
    chosen = {"sys_platform": platform, "platform_system": PLATFORMS[platform], "python_version": python}
    return {
        **{key: str(value) for key, value in default_environment().items()},
        **chosen,
        "python_full_version": f"{python}.0",
    }


def applies(requirement: Requirement, where: dict[str, str]) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**where, "extra": ""})


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_pins__exact_and_installed(name: str) -> None:
    here = {
        **environment("linux", "3.11"),
        **{key: str(value) for key, value in default_environment().items()},
    }
    for requirement in pins(name).values():
        (pin,) = requirement.specifier
        assert pin.operator == "==", requirement
        if applies(requirement, here):
            assert metadata.version(requirement.name) == pin.version


def test_pins__what_the_user_fixed_is_there() -> None:
    assert pins("requirements.txt").keys() >= FIXED_BY_THE_USER


def test_pins__nothing_twice() -> None:
    assert pins("requirements.txt").keys() & pins("requirements-dev.txt").keys() == set()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", PLATFORMS)
def test_pins__whole_on_each_platform(platform: str, python: str) -> None:
    where = environment(platform, python)
    app = {name for name, pin in pins("requirements.txt").items() if applies(pin, where)}
    tests = app | {name for name, pin in pins("requirements-dev.txt").items() if applies(pin, where)}
    for name in tests:
        known = app if name in app else tests
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            assert name == "colorama"  # Windows' own: needs nothing
            continue
        for line in needed:
            requirement = Requirement(line)
            if applies(requirement, where):
                assert canonicalize_name(requirement.name) in known, f"{name} needs {requirement}"


def test_config__loopback_only_and_nothing_reported() -> None:
    config = tomllib.loads((ROOT / ".streamlit/config.toml").read_text("utf-8"))
    assert config["server"]["address"] == "127.0.0.1"
    assert config["server"]["headless"] is True
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["enableStaticServing"] is False
    assert config["server"]["enableAgentApi"] is False
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["toolbarMode"] == "viewer"
