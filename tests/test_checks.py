"""Where a Chromium for tests comes from, with each platform given."""

from __future__ import annotations

import sys

import pytest
from checks import chromium_candidates, chromium_steps, postgres_steps, spread


def test_chromium_candidates__a_choice_is_never_replaced() -> None:
    for platform in ("linux", "darwin", "win32"):
        assert chromium_candidates(platform, {"GPMB_CHROMIUM": "/x"}) == ["/x"]


def test_chromium_candidates__by_platform() -> None:
    assert chromium_candidates("linux", {})[0] == "chromium"
    assert chromium_candidates("darwin", {})[0] == "/Applications/Chromium.app/Contents/MacOS/Chromium"
    environment = {"PROGRAMFILES": r"C:\Program Files", "LOCALAPPDATA": ""}
    chrome = r"C:\Program Files\Google\Chrome\Application\chrome.exe"
    assert chromium_candidates("win32", environment) == [chrome]


@pytest.mark.parametrize("prefix", [[], ["sudo", "-n"]])
def test_chromium_steps__debian_package_where_it_may_install(prefix: list[str]) -> None:
    update, install = chromium_steps("linux", "debian", prefix)
    assert update == [*prefix, "apt-get", "-qq", "update"]
    assert install[-1] == "chromium"
    assert install[: len(prefix)] == prefix


@pytest.mark.parametrize(
    ("platform", "distribution", "prefix", "options"),
    [
        ("linux", "debian", None, []),
        ("linux", "ubuntu", None, []),
        ("linux", "ubuntu", [], ["--with-deps"]),
        ("linux", "fedora", [], []),
        ("darwin", "", None, []),
        ("win32", "", None, []),
    ],
)
def test_chromium_steps__else_playwright(
    platform: str, distribution: str, prefix: list[str] | None, options: list[str]
) -> None:
    expected = [sys.executable, "-m", "playwright", "install", *options, "chromium"]
    assert chromium_steps(platform, distribution, prefix) == [expected]


@pytest.mark.parametrize("distribution", ["debian", "ubuntu"])
@pytest.mark.parametrize("prefix", [[], ["sudo", "-n"]])
def test_postgres_steps__the_package_where_it_may_install(distribution: str, prefix: list[str]) -> None:
    update, install = postgres_steps("linux", distribution, prefix)
    assert update == [*prefix, "apt-get", "-qq", "update"]
    assert install == [
        *prefix,
        "apt-get",
        "-qq",
        "install",
        "-y",
        "--no-install-recommends",
        "postgresql-postgis",
    ]


@pytest.mark.parametrize(
    ("platform", "distribution", "prefix"),
    [("linux", "debian", None), ("linux", "fedora", []), ("darwin", "", None), ("win32", "", None)],
)
def test_postgres_steps__else_nothing(platform: str, distribution: str, prefix: list[str] | None) -> None:
    assert postgres_steps(platform, distribution, prefix) == []


def test_spread__two_workers_by_file_unless_told_otherwise() -> None:
    assert spread([], 2)[:2] == ["--numprocesses=2", "--dist=loadfile"]
    assert spread(["tests/test_app.py"], 64)[0] == "--numprocesses=4"
    for told in (["-n0"], ["-n", "3"], ["--numprocesses=1"], ["--pdb"]):
        assert spread(told, 2) == []
    assert spread([], 1) == spread([], None) == []
